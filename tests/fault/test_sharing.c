/* SPDX-License-Identifier: MIT */
/*
 * Networks in the program's own OpenCL: on its queue alone, without a copy, to the reference's bits. What calls of
 * OpenCL the library makes is counted by the layer that also lets them fail.
 */
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS /* as together.h, but that the layer wants a newer OpenCL */
#include "find_layer.h"
#include "../unit/together.h"

#include <pthread.h>

#define REPLICAS 2
#define CHANNELS 3
#define ROUNDS   12
#define TICKS    4
#define READ     3
#define GROUPS   2

static struct layer *layer;

/* The program's own OpenCL. */
struct mine {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_kernel film, paint;
};

static const char source[] =
    "__kernel void film(__global const char *codes, ulong offset, ulong replica_bytes, ulong column_bytes, uint rows,"
    "                   __global const long *sums, __global char *pictures, __global long *seen, ulong from)\n"
    "{\n"
    "    ulong j = get_global_id(0), r = get_global_id(1), all = get_global_size(0);\n"
    "    ulong place = offset + r * replica_bytes + j / rows * column_bytes + j % rows;\n"
    "    pictures[(from * get_global_size(1) + r) * all + j] = codes[place];\n"
    "    if (j < 12 && r == 0)\n"
    "        seen[from * 12 + j] = sums[j];\n"
    "}\n"
    "__kernel void paint(__global char *codes, ulong offset, ulong replica_bytes, ulong column_bytes, uint rows,"
    "                    __global const char *wanted)\n"
    "{\n"
    "    ulong j = get_global_id(0), r = get_global_id(1), all = get_global_size(0);\n"
    "    ulong column = offset + r * replica_bytes + j / rows * column_bytes;\n"
    "    for (ulong b = j % rows; b < column_bytes; b += rows)\n"
    "        codes[column + b] = wanted[r * all + j];\n"
    "}\n";

#define CL(call) ck_assert_int_eq(call, CL_SUCCESS)

/* By this name CI's leak sanitizer knows what PoCL keeps of a build: see .ci/run. */
static cl_program compile_program(cl_context context, cl_device_id device)
{
    const char *text = source;
    cl_int error;
    cl_program program = clCreateProgramWithSource(context, 1, &text, NULL, &error);
    CL(error);
    CL(clBuildProgram(program, 1, &device, "", NULL, NULL));
    return program;
}

static struct mine open_mine(cl_device_id device)
{
    cl_int error;
    struct mine mine = {.device = device};
    mine.context = clCreateContext(NULL, 1, &device, NULL, NULL, &error);
    CL(error);
    mine.queue = clCreateCommandQueue(mine.context, device, 0, &error);
    CL(error);
    cl_program program = compile_program(mine.context, device);
    mine.film = clCreateKernel(program, "film", &error);
    CL(error);
    mine.paint = clCreateKernel(program, "paint", &error);
    CL(error);
    clReleaseProgram(program);
    layer->queue = mine.queue;
    return mine;
}

static void release_queue(struct mine *mine)
{
    clReleaseCommandQueue(mine->queue);
    clReleaseContext(mine->context);
}

static void close_mine(struct mine *mine)
{
    clReleaseKernel(mine->film);
    clReleaseKernel(mine->paint);
    release_queue(mine);
}

static praxis_context *share(const struct mine *mine)
{
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_opencl_context_create(NULL, mine->context, mine->device, mine->queue, &context),
                     PRAXIS_SUCCESS);
    return context;
}

static praxis_network *make_network(praxis_context *context)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.replicas = REPLICAS;
    parameters.channels = CHANNELS;
    parameters.noise = 0.4;
    parameters.bias_spread = 0.3;
    praxis_network *network = unit_network(context, &parameters);
    const uint32_t first[] = {0, 9, 20}, second[] = {48};
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "first", first, UNIT_LENGTH(first), &group));
    unit_success(context, praxis_network_add_group(network, "second", second, UNIT_LENGTH(second), &group));
    return network;
}

static const uint32_t groups[GROUPS] = {1, 0};

static praxis_step make_step(void)
{
    static const float input[REPLICAS * CHANNELS] = {0.5F, -1, 2, 0.25F, 1, -2};
    praxis_step step;
    praxis_step_default(&step);
    step.ticks = TICKS;
    step.flags = PRAXIS_RUN_TRACE;
    step.input = input;
    step.input_count = UNIT_LENGTH(input);
    step.groups = groups;
    step.group_count = GROUPS;
    step.read_ticks = READ;
    return step;
}

static praxis_opencl_view view_of(praxis_context *context, praxis_network *network, praxis_field field)
{
    praxis_opencl_view view = {.struct_size = sizeof view};
    unit_success(context, praxis_opencl_field(network, field, &view));
    ck_assert_uint_eq(view.struct_size, sizeof view);
    return view;
}

static cl_mem make_buffer(const struct mine *mine, size_t bytes)
{
    cl_int error;
    cl_mem buffer = clCreateBuffer(mine->context, CL_MEM_READ_WRITE, bytes, NULL, &error);
    CL(error);
    return buffer;
}

/* The first arguments of both kernels, and a work-item for each neuron. */
static void queue_kernel(const struct mine *mine, cl_kernel kernel, const praxis_opencl_view *view)
{
    const size_t global[] = {(size_t)view->columns * view->rows, view->replicas};
    CL(clSetKernelArg(kernel, 0, sizeof view->buffer, &view->buffer));
    CL(clSetKernelArg(kernel, 1, sizeof view->offset, &view->offset));
    CL(clSetKernelArg(kernel, 2, sizeof view->replica_bytes, &view->replica_bytes));
    CL(clSetKernelArg(kernel, 3, sizeof view->column_bytes, &view->column_bytes));
    CL(clSetKernelArg(kernel, 4, sizeof view->rows, &view->rows));
    CL(clEnqueueNDRangeKernel(mine->queue, kernel, 2, NULL, global, NULL, 0, NULL, NULL));
}

static void read_back(const struct mine *mine, cl_mem buffer, void *data, size_t bytes)
{
    CL(clEnqueueReadBuffer(mine->queue, buffer, CL_TRUE, 0, bytes, data, 0, NULL, NULL));
}

/* ---- One queue and no copy ---- */

/* Films activations and sums of all rounds on the device. */
static void film_rounds(const struct mine *mine, praxis_context *context, praxis_network *network, cl_mem pictures,
                        cl_mem seen)
{
    for (cl_ulong round = 0; round < ROUNDS; round++) {
        const praxis_step step = make_step();
        praxis_opencl_sums sums = {.struct_size = sizeof sums};
        struct layer_asked before = layer->asked;
        unit_success(context, praxis_opencl_step(network, &step, &sums));
        ck_assert(sums.ticks == READ && sums.replicas == REPLICAS && sums.groups == GROUPS);
        const praxis_opencl_view view = view_of(context, network, PRAXIS_FIELD_ACTIVATION);
        /* The first round makes what later ones have, and brings the input to the device. */
        if (round > 0) {
            ck_assert_int_gt(layer->asked.launches, before.launches);
            before.launches = layer->asked.launches;
            /* A full window is learned, which is told to the device in some numbers. */
            before.writes = layer->asked.writes, before.waits = layer->asked.waits;
            ck_assert_mem_eq(&before, &layer->asked, sizeof before);
        }
        CL(clSetKernelArg(mine->film, 5, sizeof sums.buffer, &sums.buffer));
        CL(clSetKernelArg(mine->film, 6, sizeof pictures, &pictures));
        CL(clSetKernelArg(mine->film, 7, sizeof seen, &seen));
        CL(clSetKernelArg(mine->film, 8, sizeof round, &round));
        queue_kernel(mine, mine->film, &view);
    }
}

START_TEST(test_one_queue_and_no_copy)
{
    struct mine mine = open_mine(together_device());
    struct layer_asked before = layer->asked;
    praxis_context *context = share(&mine), *other = unit_context("reference");
    praxis_network *network = make_network(context), *twin = make_network(other);
    ck_assert_int_eq(layer->asked.queues, before.queues);
    size_t neurons = px_to_size(unit_info(network).neurons), sums = (size_t)READ * REPLICAS * GROUPS;
    int8_t *pictures = unit_allocate(ROUNDS * REPLICAS * neurons, 1);
    int64_t *seen = unit_allocate(ROUNDS * sums, sizeof *seen);
    cl_mem film = make_buffer(&mine, ROUNDS * REPLICAS * neurons);
    cl_mem film_of_sums = make_buffer(&mine, ROUNDS * sums * sizeof *seen);

    /* What reads out through the host leaves nothing behind for those that do not. */
    float output[REPLICAS * READ * GROUPS];
    praxis_step through = make_step();
    through.output = output;
    unit_success(context, praxis_network_step(network, &through));
    unit_success(other, praxis_network_step(twin, &through));
    film_rounds(&mine, context, network, film, film_of_sums);
    ck_assert_int_eq(layer->asked.elsewhere, before.elsewhere);
    ck_assert_int_eq(layer->asked.queues, before.queues);
    read_back(&mine, film, pictures, ROUNDS * REPLICAS * neurons);
    read_back(&mine, film_of_sums, seen, ROUNDS * sums * sizeof *seen);

    for (size_t round = 0; round < ROUNDS; round++) {
        float means[REPLICAS][READ][GROUPS];
        praxis_step step = make_step();
        step.output = &means[0][0][0];
        unit_success(other, praxis_network_step(twin, &step));
        int8_t *codes = unit_codes(twin, PRAXIS_FIELD_ACTIVATION);
        ck_assert_mem_eq(codes, pictures + round * REPLICAS * neurons, REPLICAS * neurons);
        for (size_t i = 0; i < sums; i++) {
            size_t tick = i / (REPLICAS * GROUPS), replica = i / GROUPS % REPLICAS, group = i % GROUPS;
            double mean = (double)seen[round * sums + i] * UNIT_ACTIVATION / (group == 0 ? 1 : 3);
            ck_assert(means[replica][tick][group] == (float)mean);
        }
        free(codes);
    }
    free(pictures);
    free(seen);
    clReleaseMemObject(film);
    clReleaseMemObject(film_of_sums);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
    praxis_context_destroy(other);
    close_mine(&mine);
}
END_TEST

/* ---- What is shown, and what is written ---- */

START_TEST(test_fields_are_where_the_views_say)
{
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine);
    praxis_network *network = make_network(context);
    uint64_t neurons = unit_info(network).neurons;
    unit_scramble(network, 5);
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++) {
        praxis_field field = (praxis_field)f;
        if (field == PRAXIS_FIELD_WEIGHT || field == PRAXIS_FIELD_TRACE) {
            praxis_opencl_view none = {.struct_size = sizeof none};
            unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, unit_field(field).name,
                         praxis_opencl_field(network, field, &none));
            continue;
        }
        const praxis_opencl_view view = view_of(context, network, field);
        praxis_network_info info = unit_info(network);
        size_t bytes, channels = unit_field_elements(&info, field), each = unit_field_bytes(field);
        CL(clGetMemObjectInfo(view.buffer, CL_MEM_SIZE, sizeof bytes, &bytes, NULL));
        unsigned char *memory = unit_allocate(bytes, 1), *codes = unit_codes(network, field), *wanted = codes;
        read_back(&mine, view.buffer, memory, bytes);
        ck_assert(view.code_bytes == each && view.replicas == REPLICAS && view.columns * view.rows == neurons);
        for (uint64_t r = 0; r < REPLICAS; r++)
            for (uint64_t j = 0; j < neurons; j++)
                for (uint64_t c = 0; c < channels; c++, wanted += each) {
                    uint64_t place = view.offset + r * view.replica_bytes + j / view.rows * view.column_bytes +
                                     c * view.channel_bytes + j % view.rows * each;
                    unit_require(place + each <= bytes && memcmp(memory + place, wanted, each) == 0,
                                 "%s of neuron %d is not where the view says", unit_field(field).name, (int)j);
                }
        free(memory);
        free(codes);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    close_mine(&mine);
}
END_TEST

/* Activations painted on the device between calls, without a wait, are what writing them through the host is. */
START_TEST(test_written_activations)
{
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine), *other = unit_context("reference");
    praxis_network *network = make_network(context), *twin = make_network(other);
    size_t count = unit_field_count(network, PRAXIS_FIELD_ACTIVATION);
    int8_t *codes = unit_allocate(count, 1);
    cl_mem wanted = make_buffer(&mine, count);
    uint64_t state = 11, hashes[REPLICAS], right[REPLICAS];
    for (int round = 0; round < 3; round++) {
        unit_randomise(codes, PRAXIS_FIELD_ACTIVATION, count, 0, &state);
        unit_run(context, network, 3, PRAXIS_RUN_TRACE);
        unit_run(other, twin, 3, PRAXIS_RUN_TRACE);
        const praxis_opencl_view view = view_of(context, network, PRAXIS_FIELD_ACTIVATION);
        CL(clEnqueueWriteBuffer(mine.queue, wanted, CL_FALSE, 0, count, codes, 0, NULL, NULL));
        CL(clSetKernelArg(mine.paint, 5, sizeof wanted, &wanted));
        queue_kernel(&mine, mine.paint, &view);
        CL(clFinish(mine.queue)); /* of the codes, which the next round draws anew */
        unit_write_codes(twin, PRAXIS_FIELD_ACTIVATION, codes);
        const float modulator[REPLICAS] = {0.5F, -0.25F};
        unit_run(context, network, 2, PRAXIS_RUN_TRACE);
        unit_run(other, twin, 2, PRAXIS_RUN_TRACE);
        unit_success(context, praxis_network_modulate(network, modulator, REPLICAS));
        unit_success(other, praxis_network_modulate(twin, modulator, REPLICAS));
        unit_success(context, praxis_network_hash(network, hashes));
        unit_success(other, praxis_network_hash(twin, right));
        ck_assert_mem_eq(hashes, right, sizeof right);
    }
    free(codes);
    clReleaseMemObject(wanted);
    praxis_network_destroy(network);
    praxis_network_destroy(twin);
    praxis_context_destroy(context);
    praxis_context_destroy(other);
    close_mine(&mine);
}
END_TEST

/* ---- What is refused ---- */

static struct {
    char text[4096];
} said;

static void remember(void *user, praxis_log_level level, const char *message)
{
    (void)user;
    if (level == PRAXIS_LOG_ERROR)
        snprintf(said.text, sizeof said.text, "%s", message);
}

static void refuse(const char *device, const struct mine *mine, praxis_status wanted, const char *part)
{
    praxis_context_options options;
    praxis_context *context = (praxis_context *)&said;
    praxis_context_options_default(&options);
    options.log.callback = remember;
    options.device = device;
    said.text[0] = '\0';
    ck_assert_int_eq(praxis_opencl_context_create(&options, mine->context, mine->device, mine->queue, &context),
                     wanted);
    ck_assert_ptr_null(context);
    ck_assert_msg(strstr(said.text, part), "\"%s\" does not say \"%s\"", said.text, part);
}

static cl_uint references_of(cl_device_id device)
{
    cl_uint count = 0;
    CL(clGetDeviceInfo(device, CL_DEVICE_REFERENCE_COUNT, sizeof count, &count, NULL));
    return count;
}

START_TEST(test_refusals_of_contexts)
{
    struct mine mine = open_mine(together_device()), other = open_mine(mine.device), given = mine;
    cl_int error;
    const praxis_status invalid = PRAXIS_ERROR_INVALID_ARGUMENT;
    given.context = NULL;
    refuse(NULL, &given, invalid, "context is NULL");
    given = mine, given.device = NULL;
    refuse(NULL, &given, invalid, "device is NULL");
    given = mine, given.queue = NULL;
    refuse(NULL, &given, invalid, "queue is NULL");
    refuse("reference", &mine, invalid, "\"reference\"");
    given = mine, given.queue = other.queue;
    refuse(NULL, &given, invalid, "the queue is of another context");
    ck_assert_int_eq(praxis_opencl_context_create(NULL, mine.context, mine.device, mine.queue, NULL), invalid);

    given = mine;
    given.queue = clCreateCommandQueue(mine.context, mine.device, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, &error);
    if (!error) {
        refuse(NULL, &given, PRAXIS_ERROR_UNSUPPORTED, "out of order");
        clReleaseCommandQueue(given.queue);
    }
    /* Halves of the device are other devices. */
    const cl_device_partition_property halves[] = {CL_DEVICE_PARTITION_BY_COUNTS, 1, 1,
                                                   CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0};
    static cl_device_id parts[2]; /* never released: docs/opencl.md says why */
    if (clCreateSubDevices(mine.device, halves, 2, parts, NULL)) {
        printf("SKIPPED: the device has no parts: devices of other contexts\n");
    } else {
        given = mine, given.device = parts[0];
        refuse(NULL, &given, invalid, "the queue is of another device");
        given.context = clCreateContext(NULL, 2, parts, NULL, NULL, &error);
        CL(error);
        given.queue = clCreateCommandQueue(given.context, parts[1], 0, &error);
        CL(error);
        refuse(NULL, &given, invalid, "the queue is of another device");
        given.device = parts[1];
        praxis_device_info info = {.struct_size = sizeof info};
        const cl_uint before = references_of(given.device);
        praxis_context *context = share(&given);
        ck_assert_uint_eq(references_of(given.device), before + 1);
        unit_success(context, praxis_context_device(context, &info));
        ck_assert(info.usable && info.compute_units == 1 && info.name[0] && !info.selector[0]);
        praxis_context_destroy(context);
        release_queue(&given);
    }
    close_mine(&mine);
    close_mine(&other);
}
END_TEST

static void refuse_step(praxis_context *context, praxis_network *network, const praxis_step *step, const char *part)
{
    praxis_opencl_sums sums = {.struct_size = sizeof sums};
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, part, praxis_opencl_step(network, step, &sums));
    ck_assert_ptr_null(sums.buffer);
}

START_TEST(test_refusals_of_networks)
{
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine), *unshared = unit_context(NULL), *reference = unit_context("reference");
    praxis_network *network = make_network(context), *other = make_network(unshared), *slow = make_network(reference);
    praxis_opencl_view view = {.struct_size = sizeof view};
    praxis_opencl_sums sums = {.struct_size = sizeof sums};
    praxis_step step = make_step();
    float output[REPLICAS * READ * GROUPS];
    uint64_t hashes[REPLICAS], now[REPLICAS];
    unit_success(context, praxis_network_hash(network, hashes));

    unit_failure(unshared, PRAXIS_ERROR_UNSUPPORTED, "praxis_opencl_context_create",
                 praxis_opencl_field(other, PRAXIS_FIELD_ACTIVATION, &view));
    unit_failure(reference, PRAXIS_ERROR_UNSUPPORTED, "praxis_opencl_context_create",
                 praxis_opencl_step(slow, &step, &sums));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "view is NULL",
                 praxis_opencl_field(network, PRAXIS_FIELD_BIAS, NULL));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "field 14",
                 praxis_opencl_field(network, PRAXIS_FIELD_COUNT, &view));
    ck_assert_int_eq(praxis_opencl_field(NULL, PRAXIS_FIELD_BIAS, &view), PRAXIS_ERROR_INVALID_ARGUMENT);
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "sums is NULL", praxis_opencl_step(network, &step, NULL));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "step is NULL", praxis_opencl_step(network, NULL, &sums));
    step.output = output;
    refuse_step(context, network, &step, "output is given");
    step.output = NULL, step.output_mean = 1;
    refuse_step(context, network, &step, "output_mean 1");
    step.output_mean = 0, step.groups = NULL, step.group_count = 0;
    refuse_step(context, network, &step, "0 groups");
    step = make_step(), step.read_ticks = TICKS + 1;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "read_ticks is 5", praxis_opencl_step(network, &step, &sums));
    /* And what only this may: a step of the public header without an output. */
    step = make_step();
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "go together", praxis_network_step(network, &step));

    unit_success(context, praxis_network_hash(network, now));
    ck_assert_mem_eq(now, hashes, sizeof now);
    praxis_network_destroy(network);
    praxis_network_destroy(other);
    praxis_network_destroy(slow);
    praxis_context_destroy(context);
    praxis_context_destroy(unshared);
    praxis_context_destroy(reference);
    close_mine(&mine);
}
END_TEST

/* ---- How it ends ---- */

/* The library holds what was given until its last network goes, and nothing after that. */
START_TEST(test_released_first)
{
    const struct layer_objects before = layer->objects;
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine);
    praxis_network *network = make_network(context);
    close_mine(&mine);
    praxis_context_destroy(context);
    praxis_step step = make_step();
    praxis_opencl_sums sums = {.struct_size = sizeof sums};
    unit_success(context, praxis_opencl_step(network, &step, &sums));
    unit_success(context, praxis_network_finish(network));
    praxis_network_destroy(network);
    ck_assert_mem_eq(&before, &layer->objects, sizeof before);
}
END_TEST

START_TEST(test_fork)
{
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine);
    praxis_network *network = make_network(context);
    int result = 0;
    pid_t child = fork();
    if (child == 0) {
        praxis_opencl_view view = {.struct_size = sizeof view};
        praxis_opencl_sums sums = {.struct_size = sizeof sums};
        praxis_step step = make_step();
        bool right = praxis_opencl_field(network, PRAXIS_FIELD_BIAS, &view) == PRAXIS_ERROR_UNSUPPORTED &&
                     praxis_opencl_step(network, &step, &sums) == PRAXIS_ERROR_UNSUPPORTED;
        praxis_network_destroy(network);
        praxis_context_destroy(context);
        _exit(right ? 0 : 1);
    }
    ck_assert(waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0);
    unit_run(context, network, 1, 0);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    close_mine(&mine);
}
END_TEST

/* Every call that opening makes fails once: it is told, or does not matter, and nothing stays. */
START_TEST(test_failures)
{
    struct mine mine = open_mine(together_device());
    const struct layer_objects before = layer->objects;
    long calls = 1;
    for (long number = 0; number <= calls; number++) {
        praxis_context_options options;
        praxis_context *context = NULL;
        praxis_context_options_default(&options);
        options.log.callback = remember;
        said.text[0] = '\0';
        layer->calls = 0, layer->failing = number, layer->code = 0, layer->failed = 0, layer->armed = true;
        praxis_status status = praxis_opencl_context_create(&options, mine.context, mine.device, mine.queue, &context);
        layer->armed = false;
        calls = number == 0 ? layer->calls : calls;
        ck_assert_msg(!status || (said.text[0] && !context), "call %ld, %s: no message", number, layer->name);
        ck_assert(number > 0 || !status);
        praxis_context_destroy(context);
        ck_assert_msg(memcmp(&before, &layer->objects, sizeof before) == 0, "call %ld, %s: objects stay", number,
                      layer->name);
    }
    ck_assert_int_gt(calls, 10);
    close_mine(&mine);
}
END_TEST

/* ---- Threads on one queue ---- */

static void *live(void *place)
{
    praxis_context *context = place;
    praxis_network *network = make_network(context);
    uint64_t *hashes = unit_allocate(REPLICAS, sizeof *hashes);
    for (int round = 0; round < 20; round++) {
        praxis_step step = make_step();
        praxis_opencl_sums sums = {.struct_size = sizeof sums};
        unit_success(context, praxis_opencl_step(network, &step, &sums));
    }
    unit_success(context, praxis_network_hash(network, hashes));
    praxis_network_destroy(network);
    return hashes;
}

START_TEST(test_threads_share_a_queue)
{
    struct mine mine = open_mine(together_device());
    praxis_context *context = share(&mine);
    pthread_t threads[3];
    void *hashes[3];
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, live, context), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_join(threads[i], &hashes[i]), 0);
    for (int i = 1; i < 3; i++)
        ck_assert_mem_eq(hashes[i], hashes[0], REPLICAS * sizeof(uint64_t));
    for (int i = 0; i < 3; i++)
        free(hashes[i]);
    praxis_context_destroy(context);
    close_mine(&mine);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    Suite *suite = suite_create("sharing");
    if (!unit_opencl()) {
        fprintf(stderr, "no OpenCL device can be used\n");
        return UNIT_SKIPPED;
    }
    layer = find_layer();
    if (!layer) {
        fprintf(stderr, "no layer: %s\n", dlerror());
        return EXIT_FAILURE;
    }
    TCase *tests = unit_case(suite, "sharing");
    tcase_add_test(tests, test_one_queue_and_no_copy);
    tcase_add_test(tests, test_fields_are_where_the_views_say);
    tcase_add_test(tests, test_written_activations);
    tcase_add_test(tests, test_refusals_of_contexts);
    tcase_add_test(tests, test_refusals_of_networks);
    tcase_add_test(tests, test_released_first);
    tcase_add_test(tests, test_fork);
    tcase_add_test(tests, test_failures);
    tcase_add_test(tests, test_threads_share_a_queue);
    return unit_main(suite);
}

/* SPDX-License-Identifier: MIT */
/*
 * Whether a device computes what the kernels stand on: dot products by a path, and the wide arithmetic beside them. A
 * program of its own, small enough to be built for every context, runs over numbers at the edges and random ones.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/build.h"
#include "base/philox.h"

#define SAMPLES 1024
#define LOCAL   64
#define PLANES  6

/* As in cl/confirm.cl. */
#define MULTIPLIER UINT32_C(0xD2511F53)
#define DIVISOR    1009

static const char *const plane_names[PLANES] = {
    "dot product", "upper half of the product", "rounded product", "upper half of a multiple", "remainder", "bytes"};

struct samples {
    int8_t a[4][SAMPLES], b[4][SAMPLES];
    int32_t acc[SAMPLES];
    uint32_t x[SAMPLES], y[SAMPLES];
};

typedef uint32_t results[PLANES][SAMPLES];

/* ---- Numbers ---- */

/*
 * The first 128 samples tell every lane of one operand from every lane of the other: one lane is not zero, and the
 * other operand has four different numbers. Up to 512 all lanes are at the edges of their range, and sums wrap. The
 * rest is random.
 */
static void fill_lanes(struct samples *samples, uint32_t i, struct px_philox_block bits)
{
    static const int8_t edges[] = {-128, 127, -127, 0, 1, -1, -128, 127};
    int8_t(*a)[SAMPLES] = samples->a, (*b)[SAMPLES] = samples->b;
    for (uint32_t lane = 0; lane < 4; lane++) {
        uint8_t first = (uint8_t)(bits.word[0] >> 8 * lane), second = (uint8_t)(bits.word[1] >> 8 * lane);
        int8_t single = lane == i % 4 ? edges[i / 4 % 8] : 0, distinct = (int8_t)(50 * (int)lane - 77);
        if (i < 128) {
            a[lane][i] = i < 64 ? single : distinct;
            b[lane][i] = i < 64 ? distinct : single;
        } else {
            a[lane][i] = i < 512 ? edges[first % 8] : (int8_t)first;
            b[lane][i] = i < 512 ? edges[second % 8] : (int8_t)second;
        }
    }
}

static void fill_samples(struct samples *samples)
{
    static const int32_t sums[] = {0, INT32_MAX, INT32_MIN, -1};
    static const uint32_t words[] = {0, 1, UINT32_MAX, UINT32_C(0x80000000), INT32_MAX, UINT32_C(0xFFFF0000)};
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t counter[] = {i, 0, 0, 0}, next[] = {i, 1, 0, 0};
        struct px_philox_block bits = px_philox(counter, 1), more = px_philox(next, 1);
        fill_lanes(samples, i, bits);
        samples->acc[i] = i < 512 ? sums[i % 4] : (int32_t)bits.word[2];
        samples->x[i] = i < 36 ? words[i / 6] : bits.word[3];
        samples->y[i] = i < 36 ? words[i % 6] : more.word[0];
    }
}

static void expect(const struct samples *samples, results expected)
{
    for (uint32_t i = 0; i < SAMPLES; i++) {
        uint32_t sum = (uint32_t)samples->acc[i];
        for (uint32_t lane = 0; lane < 4; lane++)
            sum += (uint32_t)(samples->a[lane][i] * samples->b[lane][i]);
        uint32_t x = samples->x[i], y = samples->y[i];
        expected[0][i] = sum;
        expected[1][i] = (uint32_t)((uint64_t)x * y >> 32);
        expected[2][i] = (uint32_t)(((int64_t)(int32_t)x * (int32_t)y + (INT64_C(1) << 30)) >> 31);
        expected[3][i] = (uint32_t)((uint64_t)MULTIPLIER * x >> 32);
        expected[4][i] = x % DIVISOR;
        expected[5][i] = (uint32_t)((x | (uint64_t)y << 32) >> i % 4 * 8);
    }
}

/* ---- The device ---- */

/* A path under examination. */
struct examination {
    const struct px_opencl_device *device;
    struct samples samples;
    results found, expected;
    cl_program program;
    cl_kernel kernel;
    cl_command_queue queue;
    cl_mem buffers[6];    /* of the kernel's arguments, without the count */
    struct px_text doubt; /* what is wrong with the path, nothing where nothing is */
};

static bool is_doubted(const struct examination *exam)
{
    return exam->doubt.used > 0 || exam->doubt.failed;
}

/* A compiler that refuses the program casts doubt on the path; any other failure says nothing of it. */
static praxis_status build(struct examination *exam, const char *source, enum px_dot_product path)
{
    static const char *const names[] = {"confirm"};
    const struct px_opencl_device *device = exam->device;
    struct px_text text = {.start = NULL};
    px_opencl_append_language(&text, &device->info, path, NULL);
    px_text_append(&text, " -DINLINE=static");
    char *options = px_text_take(&text);
    cl_int error = CL_OUT_OF_HOST_MEMORY;
    if (options)
        error = px_program_build(device, source, options, names, 1, &exam->program, &exam->kernel);
    if (px_cl_is_refusal(error)) {
        char *log = px_program_log(device, exam->program);
        px_text_append(&exam->doubt, "does not compile: %s (%d)\noptions: %s\nlog:\n%s", px_cl_error(error), error,
                       options, log && *log ? log : "(the driver gave none)");
        free(log);
        error = CL_SUCCESS;
    }
    free(options);
    return error ? px_cl_fail(device->base.log, error, "building the self-test") : PRAXIS_SUCCESS;
}

static praxis_status read_and_build(struct examination *exam, enum px_dot_product path)
{
    praxis_status status;
    char *source = px_opencl_confirmation_source(exam->device, &status);
    if (!status)
        status = build(exam, source, path);
    free(source);
    return status;
}

static praxis_status make_buffers(struct examination *exam)
{
    struct samples *samples = &exam->samples;
    const struct {
        void *data;
        size_t size;
    } contents[] = {{samples->a, sizeof samples->a},     {samples->b, sizeof samples->b},
                    {samples->acc, sizeof samples->acc}, {samples->x, sizeof samples->x},
                    {samples->y, sizeof samples->y},     {exam->found, sizeof exam->found}};
    cl_int error;
    exam->queue = px_opencl_queue(exam->device, &error);
    for (int i = 0; i < 6 && !error; i++)
        exam->buffers[i] =
            clCreateBuffer(exam->device->context, CL_MEM_COPY_HOST_PTR, contents[i].size, contents[i].data, &error);
    return error ? px_cl_fail(exam->device->base.log, error, "memory for the self-test") : PRAXIS_SUCCESS;
}

static void run(struct examination *exam)
{
    const cl_uint count = SAMPLES;
    const size_t global = SAMPLES / 4, local = LOCAL;
    cl_mem output = exam->buffers[5];
    cl_int error = CL_SUCCESS;
    for (cl_uint i = 0; i < 5 && !error; i++)
        error = clSetKernelArg(exam->kernel, i, sizeof exam->buffers[i], &exam->buffers[i]);
    if (!error)
        error = clSetKernelArg(exam->kernel, 5, sizeof count, &count);
    if (!error)
        error = clSetKernelArg(exam->kernel, 6, sizeof output, &output);
    if (!error)
        error = clEnqueueNDRangeKernel(exam->queue, exam->kernel, 1, NULL, &global, &local, 0, NULL, NULL);
    if (!error)
        error = clEnqueueReadBuffer(exam->queue, output, CL_TRUE, 0, sizeof exam->found, exam->found, 0, NULL, NULL);
    if (error)
        px_text_append(&exam->doubt, "does not run: %s (%d)", px_cl_error(error), error);
}

static void release_examination(struct examination *exam)
{
    for (int i = 0; i < 6; i++)
        if (exam->buffers[i])
            clReleaseMemObject(exam->buffers[i]);
    if (exam->queue)
        clReleaseCommandQueue(exam->queue);
    if (exam->kernel)
        clReleaseKernel(exam->kernel);
    if (exam->program)
        clReleaseProgram(exam->program);
    px_text_free(&exam->doubt);
    free(exam);
}

/* ---- Judgement ---- */

/* Where dot products alone are wrong another path may be right; where the rest is, none can be. */
static praxis_status compare(struct examination *exam)
{
    const struct samples *samples = &exam->samples;
    const praxis_device_info *info = &exam->device->info;
    for (int plane = 1; plane < PLANES; plane++)
        for (uint32_t i = 0; i < SAMPLES; i++)
            if (exam->found[plane][i] != exam->expected[plane][i])
                return px_fail(
                    exam->device->base.log, PRAXIS_ERROR_DEVICE,
                    "%s, driver %s, computes wrongly: the %s of %u and %u is %u, must be %u; another version "
                    "of the driver may be right",
                    info->name, info->driver, plane_names[plane], samples->x[i], samples->y[i], exam->found[plane][i],
                    exam->expected[plane][i]);
    for (uint32_t i = 0; i < SAMPLES && !is_doubted(exam); i++)
        if (exam->found[0][i] != exam->expected[0][i])
            px_text_append(&exam->doubt, "computes wrongly: %d + (%d, %d, %d, %d) * (%d, %d, %d, %d) is %d, must be %d",
                           samples->acc[i], samples->a[0][i], samples->a[1][i], samples->a[2][i], samples->a[3][i],
                           samples->b[0][i], samples->b[1][i], samples->b[2][i], samples->b[3][i],
                           (int)exam->found[0][i], (int)exam->expected[0][i]);
    return PRAXIS_SUCCESS;
}

praxis_status px_opencl_confirm(const struct px_opencl_device *device, enum px_dot_product path, char **found_doubt)
{
    struct examination *exam = calloc(1, sizeof *exam);
    *found_doubt = NULL;
    if (!exam)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for the self-test");
    exam->device = device;
    fill_samples(&exam->samples);
    expect(&exam->samples, exam->expected);
    memset(exam->found, 0xA5, sizeof exam->found); /* what the kernel does not write must not look right */
    praxis_status status = read_and_build(exam, path);
    if (!status && !is_doubted(exam))
        status = make_buffers(exam);
    if (!status && !is_doubted(exam))
        run(exam);
    if (!status && !is_doubted(exam))
        status = compare(exam);
    if (!status && is_doubted(exam) && !(*found_doubt = px_text_take(&exam->doubt)))
        status = px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for what the self-test found");
    release_examination(exam);
    return status;
}

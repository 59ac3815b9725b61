/* SPDX-License-Identifier: MIT */
/*
 * The border of the library: what may be NULL, structures of other sizes than the library's, messages of threads, and
 * contexts that a forked process inherits.
 */
#include "unit.h"

#include <pthread.h>
#include <stddef.h>

#include "structure.h"

static praxis_parameters shape(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.channels = 3;
    return parameters;
}

static praxis_network *make(praxis_context *context)
{
    const praxis_parameters parameters = shape();
    return unit_network(context, &parameters);
}

/* ---- NULL ---- */

#define refused(call) ck_assert_int_eq((call), PRAXIS_ERROR_INVALID_ARGUMENT)

START_TEST(null_without_network)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_parameter_info parameter = {.struct_size = sizeof parameter};
    praxis_device_info device = {.struct_size = sizeof device};
    praxis_network_info info = {.struct_size = sizeof info};
    praxis_graph graph = {.struct_size = sizeof graph};
    praxis_statistics statistics = {.struct_size = sizeof statistics};
    praxis_run run;
    double real = 0;
    float value = 0;
    uint64_t hash;
    uint32_t number = 0;
    char text[PRAXIS_PARAMETER_TEXT];
    praxis_parameters parameters = shape();
    praxis_parameter known;
    praxis_run_default(&run);
    praxis_run_default(NULL);
    praxis_parameters_default(NULL);
    praxis_context_options_default(NULL);
    praxis_context_destroy(NULL);
    praxis_network_destroy(NULL);
    praxis_step_default(NULL);
    ck_assert_int_eq((int)praxis_run_init(NULL, sizeof run), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq((int)praxis_step_init(NULL, 200), PRAXIS_ERROR_INVALID_ARGUMENT);
    refused(praxis_network_step(NULL, NULL));
    refused(praxis_context_create(NULL, NULL));
    refused(praxis_context_device(NULL, &device));
    refused(praxis_context_device(context, NULL));
    ck_assert_uint_eq(praxis_context_last_error(NULL, NULL, 0), 0);
    refused(praxis_devices(NULL, NULL, 0, NULL));
    refused(praxis_devices(NULL, NULL, 1, (size_t *)&hash));
    refused(praxis_parameter_describe(PRAXIS_PARAMETER_LEAK, NULL));
    refused(praxis_parameter_find(NULL, &known));
    refused(praxis_parameter_find("leak", NULL));
    refused(praxis_parameter_choice(PRAXIS_PARAMETER_FACTOR, 0, NULL));
    refused(praxis_parameter_find_choice(PRAXIS_PARAMETER_FACTOR, NULL, &number));
    refused(praxis_parameter_find_choice(PRAXIS_PARAMETER_FACTOR, "post", NULL));
    refused(praxis_parameters_set(NULL, "leak", "0", NULL));
    refused(praxis_parameters_set(&parameters, NULL, "0", NULL));
    refused(praxis_parameters_set(&parameters, "leak", NULL, NULL));
    refused(praxis_parameters_get(NULL, "leak", text, sizeof text, NULL));
    refused(praxis_parameters_get(&parameters, NULL, text, sizeof text, NULL));
    refused(praxis_parameters_get(&parameters, "leak", NULL, 0, NULL));
    refused(praxis_tuning_describe(0, NULL));
    refused(praxis_tuning_find(NULL, &number));
    refused(praxis_tuning_find("rows", NULL));
    refused(praxis_dot_product_describe(0, NULL));
    refused(praxis_dot_product_find(NULL, &number));
    refused(praxis_dot_product_find("c", NULL));
    refused(praxis_network_create(context, NULL, NULL));
    praxis_network *network = (praxis_network *)(uintptr_t)1;
    refused(praxis_network_create(NULL, NULL, &network));
    ck_assert_ptr_null(network);
    refused(praxis_network_describe(NULL, &info));
    refused(praxis_network_graph(NULL, &graph));
    refused(praxis_network_set_parameter(NULL, PRAXIS_PARAMETER_LEAK, 0));
    refused(praxis_network_get_parameter(NULL, PRAXIS_PARAMETER_LEAK, &real));
    refused(praxis_network_set(NULL, "leak", "0"));
    refused(praxis_network_get(NULL, "leak", text, sizeof text));
    refused(praxis_network_read(NULL, PRAXIS_FIELD_BIAS, NULL, &value, 1));
    refused(praxis_network_write(NULL, PRAXIS_FIELD_BIAS, NULL, &value, 1));
    refused(praxis_network_read_codes(NULL, PRAXIS_FIELD_BIAS, NULL, &value, 4));
    refused(praxis_network_write_codes(NULL, PRAXIS_FIELD_BIAS, NULL, &value, 4));
    refused(praxis_network_hash(NULL, &hash));
    refused(praxis_network_settle(NULL));
    refused(praxis_network_reset(NULL, PRAXIS_RESET_TRACES, NULL));
    refused(praxis_network_add_group(NULL, "g", &number, 1, &number));
    refused(praxis_network_find_group(NULL, "g", &number));
    refused(praxis_network_set_plastic_groups(NULL, &number, 1));
    refused(praxis_network_share_noise(NULL, 0));
    refused(praxis_network_run(NULL, &run));
    refused(praxis_network_modulate(NULL, &value, 1));
    refused(praxis_network_finish(NULL));
    refused(praxis_network_exchange(NULL, 1));
    refused(praxis_measure_shares(NULL, NULL, 1));
    refused(praxis_network_plan_rank(NULL, NULL, 2, 0, NULL));
    refused(praxis_network_statistics(NULL, PRAXIS_FIELD_WEIGHT, &statistics));
    ck_assert_double_eq(praxis_network_modulator_limit(NULL), 0);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(null_with_network)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_network *network = make(context);
    uint32_t number = 0;
    uint64_t before, after;
    unit_success(context, praxis_network_hash(network, &before));
    refused(praxis_network_describe(network, NULL));
    refused(praxis_network_graph(network, NULL));
    refused(praxis_network_get_parameter(network, PRAXIS_PARAMETER_LEAK, NULL));
    refused(praxis_network_set(network, NULL, "0"));
    refused(praxis_network_set(network, "learning_rate", NULL));
    refused(praxis_network_get(network, NULL, (char *)&number, 1));
    refused(praxis_network_get(network, "leak", NULL, 0));
    refused(praxis_network_read(network, PRAXIS_FIELD_BIAS, NULL, NULL, 49));
    refused(praxis_network_write(network, PRAXIS_FIELD_BIAS, NULL, NULL, 49));
    refused(praxis_network_read_codes(network, PRAXIS_FIELD_BIAS, NULL, NULL, 196));
    refused(praxis_network_write_codes(network, PRAXIS_FIELD_BIAS, NULL, NULL, 196));
    refused(praxis_network_hash(network, NULL));
    refused(praxis_network_add_group(network, NULL, &number, 1, &number));
    refused(praxis_network_add_group(network, "g", NULL, 1, &number));
    refused(praxis_network_add_group(network, "g", &number, 1, NULL));
    refused(praxis_network_find_group(network, NULL, &number));
    refused(praxis_network_find_group(network, "g", NULL));
    refused(praxis_network_set_plastic_groups(network, NULL, 1));
    refused(praxis_network_run(network, NULL));
    refused(praxis_network_modulate(network, NULL, 1));
    refused(praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, NULL));
    unit_success(context, praxis_network_hash(network, &after));
    ck_assert_uint_eq(before, after);
    ck_assert_uint_eq(unit_info(network).groups, 0);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A graph that was not planned, or not by this library. */
START_TEST(graphs_that_are_none)
{
    praxis_graph graph = {.struct_size = sizeof graph}, changed;
    ck_assert_uint_eq(praxis_graph_presynaptic(NULL, 0, 0), UINT32_MAX);
    ck_assert_uint_eq(praxis_graph_postsynaptic(NULL, 0, 0), UINT32_MAX);
    ck_assert_uint_eq(praxis_graph_presynaptic(&graph, 0, 0), UINT32_MAX);
    ck_assert_uint_eq(praxis_graph_postsynaptic(&graph, 0, 0), UINT32_MAX);
    refused(praxis_graph_plan(49, 2, NULL, NULL));
    ck_assert_int_eq(praxis_graph_plan(49, 2, NULL, &graph), PRAXIS_SUCCESS);
    ck_assert_uint_lt(praxis_graph_presynaptic(&graph, 48, graph.degree - 1), 49);
    ck_assert_uint_eq(praxis_graph_presynaptic(&graph, 49, 0), UINT32_MAX);
    ck_assert_uint_eq(praxis_graph_presynaptic(&graph, 0, graph.degree), UINT32_MAX);
    ck_assert_uint_eq(praxis_graph_postsynaptic(&graph, UINT32_MAX, UINT32_MAX), UINT32_MAX);
    uint64_t state = 9;
    for (int i = 0; i < 4000; i++) { /* any bytes: nothing but a number or UINT32_MAX */
        unsigned char *bytes = (unsigned char *)&changed;
        changed = graph;
        size_t at = (size_t)unit_integer(&state, (int64_t)sizeof graph.struct_size, (int64_t)sizeof graph - 1);
        bytes[at] = (unsigned char)unit_bits(&state);
        uint32_t neuron = (uint32_t)unit_integer(&state, 0, 60),
                 partner = praxis_graph_presynaptic(&changed, neuron, 3);
        unit_require(partner == UINT32_MAX || partner < changed.neurons, "neuron %u of %llu", partner,
                     (unsigned long long)changed.neurons);
        praxis_graph_postsynaptic(&changed, neuron, (uint32_t)unit_bits(&state));
    }
}
END_TEST

START_TEST(the_graph_of_a_network)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = make(context);
    const praxis_graph graph = unit_graph(network);
    praxis_graph planned = {.struct_size = sizeof planned};
    ck_assert_int_eq(praxis_graph_plan(49, 2, NULL, &planned), PRAXIS_SUCCESS);
    ck_assert_mem_eq(&graph, &planned, sizeof graph);
    ck_assert_uint_eq(unit_info(network).synapses, planned.synapses);
    ck_assert_uint_eq(unit_info(network).degree, planned.degree);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Structures of other sizes ---- */

#define CANARY 0xa5

/* A structure of the library's, and room behind it for what a newer one may have. */
union roomy {
    praxis_graph graph;
    praxis_device_info device;
    praxis_context_options options;
    praxis_parameters parameters;
    praxis_parameter_info parameter;
    praxis_choice_info choice;
    praxis_tuning_info tuning;
    praxis_dot_product_info dot_product;
    praxis_network_info network;
    praxis_field_info field;
    praxis_run run;
    praxis_step step;
    praxis_statistics statistics;
    size_t struct_size;
    unsigned char bytes[sizeof(praxis_statistics) + 256];
};

/* Every function that takes or fills a structure, called with a structure of this size. */
struct border {
    const char *name;
    size_t size;
    praxis_status (*call)(praxis_context *context, praxis_network *network, union roomy *structure);
};

static praxis_status plan_graph(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context, (void)network;
    return praxis_graph_plan(49, 2, NULL, &structure->graph);
}

static praxis_status describe_device(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)network;
    return praxis_context_device(context, &structure->device);
}

static praxis_status list_devices(praxis_context *context, praxis_network *network, union roomy *structure)
{
    size_t count;
    (void)context, (void)network;
    return praxis_devices(NULL, &structure->device, 1, &count);
}

static praxis_status describe_parameter(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context, (void)network;
    return praxis_parameter_describe(PRAXIS_PARAMETER_GAIN, &structure->parameter);
}

static praxis_status describe_choice(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context, (void)network;
    return praxis_parameter_choice(PRAXIS_PARAMETER_FACTOR, 1, &structure->choice);
}

static praxis_status describe_tuning(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context, (void)network;
    return praxis_tuning_describe(1, &structure->tuning);
}

static praxis_status describe_dot_product(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context, (void)network;
    return praxis_dot_product_describe(1, &structure->dot_product);
}

static praxis_status describe_network(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_network_describe(network, &structure->network);
}

static praxis_status plan_network(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)network;
    return praxis_network_plan(context, NULL, &structure->network);
}

static praxis_status describe_graph(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_network_graph(network, &structure->graph);
}

static praxis_status describe_field(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_field_describe(network, PRAXIS_FIELD_GAIN, &structure->field);
}

static praxis_status count_weights(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, &structure->statistics);
}

static const struct border filled[] = {
    {"graph", sizeof(praxis_graph), plan_graph},
    {"device", sizeof(praxis_device_info), describe_device},
    {"devices", sizeof(praxis_device_info), list_devices},
    {"parameter", sizeof(praxis_parameter_info), describe_parameter},
    {"choice", sizeof(praxis_choice_info), describe_choice},
    {"tuning", sizeof(praxis_tuning_info), describe_tuning},
    {"dot product", sizeof(praxis_dot_product_info), describe_dot_product},
    {"network", sizeof(praxis_network_info), describe_network},
    {"plan", sizeof(praxis_network_info), plan_network},
    {"graph of a network", sizeof(praxis_graph), describe_graph},
    {"field", sizeof(praxis_field_info), describe_field},
    {"statistics", sizeof(praxis_statistics), count_weights},
};

static praxis_status create_network(praxis_context *context, praxis_network *network, union roomy *structure)
{
    praxis_network *made = network;
    praxis_status status = praxis_network_create(context, &structure->parameters, &made);
    ck_assert((made == NULL) == (status != PRAXIS_SUCCESS));
    praxis_network_destroy(made);
    return status;
}

static praxis_status create_context(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)network;
    structure->options.device = "reference";
    praxis_context *made = context;
    praxis_status status = praxis_context_create(&structure->options, &made);
    ck_assert((made == NULL) == (status != PRAXIS_SUCCESS));
    praxis_context_destroy(made);
    return status;
}

static praxis_status run_network(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_network_run(network, &structure->run);
}

static praxis_status step_network(praxis_context *context, praxis_network *network, union roomy *structure)
{
    (void)context;
    return praxis_network_step(network, &structure->step);
}

static const struct border taken[] = {
    {"parameters", sizeof(praxis_parameters), create_network},
    {"options", sizeof(praxis_context_options), create_context},
    {"run", sizeof(praxis_run), run_network},
    {"step", sizeof(praxis_step), step_network},
};

/* The defaults of the structure of `taken[i]`, of `size` bytes. */
static praxis_status begin_structure(size_t i, union roomy *structure, size_t size)
{
    return i == 0   ? praxis_parameters_init(&structure->parameters, size)
           : i == 1 ? praxis_context_options_init(&structure->options, size)
           : i == 2 ? praxis_run_init(&structure->run, size)
                    : praxis_step_init(&structure->step, size);
}

static void require_byte(const union roomy *structure, size_t from, size_t to, unsigned char byte, const char *name)
{
    for (size_t b = from; b < to; b++)
        unit_require(structure->bytes[b] == byte, "%s: byte %zu is 0x%02x", name, b, structure->bytes[b]);
}

/* What a newer caller has behind the library's structure becomes zero, what lies behind the caller's stays. */
START_TEST(structures_are_filled)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_network *network = make(context);
    for (size_t i = 0; i < UNIT_LENGTH(filled); i++) {
        const struct border *border = &filled[i];
        union roomy exact, newer;
        memset(&exact, CANARY, sizeof exact);
        memset(&newer, CANARY, sizeof newer);
        exact.struct_size = border->size;
        newer.struct_size = border->size + 40;
        ck_assert_msg(border->call(context, network, &exact) == PRAXIS_SUCCESS, "%s", border->name);
        ck_assert_msg(border->call(context, network, &newer) == PRAXIS_SUCCESS, "%s", border->name);
        ck_assert_uint_eq(exact.struct_size, border->size);
        ck_assert_uint_eq(newer.struct_size, border->size + 40);
        require_byte(&exact, border->size, sizeof exact, CANARY, border->name);
        require_byte(&newer, border->size, border->size + 40, 0, border->name);
        require_byte(&newer, border->size + 40, sizeof newer, CANARY, border->name);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(structures_are_taken)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_network *network = make(context);
    for (size_t i = 0; i < UNIT_LENGTH(taken); i++) {
        const struct border *border = &taken[i];
        union roomy structure;
        memset(&structure, CANARY, sizeof structure);
        ck_assert_int_eq(begin_structure(i, &structure, border->size), PRAXIS_SUCCESS);
        require_byte(&structure, border->size, sizeof structure, CANARY, border->name);
        ck_assert_msg(border->call(context, network, &structure) == PRAXIS_SUCCESS, "%s", border->name);
        memset(&structure, CANARY, sizeof structure);
        ck_assert_int_eq(begin_structure(i, &structure, border->size + 40), PRAXIS_SUCCESS);
        ck_assert_uint_eq(structure.struct_size, border->size + 40);
        require_byte(&structure, border->size, border->size + 40, 0, border->name);
        require_byte(&structure, border->size + 40, sizeof structure, CANARY, border->name);
        ck_assert_msg(border->call(context, network, &structure) == PRAXIS_SUCCESS, "%s", border->name);
        structure.bytes[border->size + 39] =
            1; /* a member that this library does not have, and that is not as before */
        ck_assert_int_eq(border->call(context, network, &structure), PRAXIS_ERROR_UNSUPPORTED);
    }
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

START_TEST(sizes_that_cannot_be)
{
    static const size_t wrong[] = {0, 1, 4, 7, 8, 2 * sizeof(size_t), PX_LARGEST_SIZE + 1, SIZE_MAX};
    praxis_context *context = unit_context(unit_device(_i));
    praxis_network *network = make(context);
    uint64_t before, after;
    unit_success(context, praxis_network_hash(network, &before));
    for (size_t w = 0; w < UNIT_LENGTH(wrong); w++) {
        union roomy structure, untouched;
        for (size_t i = 0; i < UNIT_LENGTH(filled); i++) {
            memset(&structure, CANARY, sizeof structure);
            structure.struct_size = wrong[w];
            untouched = structure;
            refused(filled[i].call(context, network, &structure));
            ck_assert_mem_eq(&structure, &untouched, sizeof structure);
        }
        for (size_t i = 0; i < UNIT_LENGTH(taken); i++) {
            memset(&structure, CANARY, sizeof structure);
            untouched = structure;
            refused(begin_structure(i, &structure, wrong[w]));
            ck_assert_mem_eq(&structure, &untouched, sizeof structure);
            begin_structure(i, &structure, taken[i].size);
            structure.struct_size = wrong[w];
            refused(taken[i].call(context, network, &structure));
        }
    }
    praxis_run run = {.struct_size = 8};
    char expected[128];
    snprintf(expected, sizeof expected, "struct_size of run is 8, must be from %zu to 65536",
             offsetof(praxis_run, output) + sizeof run.output); /* the last member that it had at first */
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, expected, praxis_network_run(network, &run));
    unit_success(context, praxis_network_hash(network, &after));
    ck_assert_uint_eq(before, after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A structure that has grown since its caller was compiled, in small: `added` is what the caller does not have. */
struct before {
    size_t struct_size;
    int32_t number;
};
struct after {
    size_t struct_size;
    int32_t number;
    int32_t added;
    double more;
};

START_TEST(older_callers)
{
    enum { FIRST = PX_FIRST_SIZE(struct before, number) };
    struct {
        struct before structure;
        unsigned char canary[32];
    } caller = {.structure = {sizeof caller.structure, 5}};
    struct after own = {sizeof own, 1, 2, 3};
    memset(caller.canary, CANARY, sizeof caller.canary);
    ck_assert_int_eq(px_structure_take(NULL, "it", &caller.structure, FIRST, &own, sizeof own), PRAXIS_SUCCESS);
    ck_assert_int_eq(own.number, 5);
    ck_assert_double_eq(own.more, 3);
    ck_assert_uint_eq(own.struct_size, sizeof own);
    own.number = 7;
    px_structure_give(&caller.structure, &own, sizeof own);
    ck_assert_int_eq(caller.structure.number, 7);
    caller.structure = (struct before){0, 0};
    ck_assert_int_eq(px_structure_begin(&caller.structure, sizeof caller.structure, FIRST, &own, sizeof own),
                     PRAXIS_SUCCESS);
    ck_assert_uint_eq(caller.structure.struct_size, sizeof caller.structure);
    ck_assert_int_eq(caller.structure.number, 7);
    for (size_t i = 0; i < sizeof caller.canary; i++)
        ck_assert_uint_eq(caller.canary[i], CANARY);
}
END_TEST

/* ---- Threads ---- */

struct failing {
    praxis_context *context;
    pthread_barrier_t *barrier;
    double value;
    char message[128];
};

/* Fails by a value of its own, waits until all have, and only then asks what it was. */
static void *fail_alone(void *user)
{
    struct failing *failing = user;
    praxis_parameters parameters = shape();
    praxis_network *network = NULL;
    parameters.gain = failing->value;
    praxis_network_create(failing->context, &parameters, &network);
    pthread_barrier_wait(failing->barrier);
    praxis_context_last_error(failing->context, failing->message, sizeof failing->message);
    return NULL;
}

START_TEST(every_thread_has_its_failure)
{
    enum { THREADS = 5 };
    praxis_context *context = unit_context(unit_device(_i));
    pthread_barrier_t barrier;
    struct failing failing[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int t = 0; t < THREADS; t++) {
        failing[t] = (struct failing){.context = context, .barrier = &barrier, .value = -1 - t};
        ck_assert_int_eq(pthread_create(&threads[t], NULL, fail_alone, &failing[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        char expected[64];
        pthread_join(threads[t], NULL);
        snprintf(expected, sizeof expected, "gain is %d, must be from 0 to 7.5", -1 - t);
        ck_assert_str_eq(failing[t].message, expected);
    }
    ck_assert_uint_eq(praxis_context_last_error(context, NULL, 0), 0); /* this one never failed */
    pthread_barrier_destroy(&barrier);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Processes ---- */

/* What a child of fork() gets of a network that its parent made: 0 where it is as it should be. */
static int use_inherited(praxis_context *context, praxis_network *network, bool survives)
{
    char message[256];
    uint64_t hash;
    praxis_network *another = NULL;
    praxis_status expected = survives ? PRAXIS_SUCCESS : PRAXIS_ERROR_UNSUPPORTED;
    const praxis_parameters parameters = shape();
    if (praxis_network_hash(network, &hash) != expected)
        return 1;
    if (praxis_network_create(context, &parameters, &another) != expected)
        return 2;
    praxis_context_last_error(context, message, sizeof message);
    if (!survives && !strstr(message, "forked"))
        return 3;
    praxis_network_destroy(another);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    size_t devices = 0;
    if (!survives && (praxis_devices(NULL, NULL, 0, &devices) != PRAXIS_SUCCESS || devices != 1))
        return 4; /* only the reference is left: drivers are not asked again */
    return 0;
}

START_TEST(a_child_inherits)
{
    praxis_context *context = unit_context(unit_device(_i));
    praxis_network *network = make(context);
    uint64_t before, after;
    unit_success(context, praxis_network_hash(network, &before));
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(use_inherited(context, network, _i == 0));
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result) && WEXITSTATUS(result) == 0, "the child ended with 0x%x", (unsigned)result);
    unit_success(context, praxis_network_hash(network, &after));
    ck_assert_uint_eq(before, after);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("interface");
    TCase *calls = unit_case(suite, "calls");
    tcase_add_loop_test(calls, null_without_network, 0, devices);
    tcase_add_loop_test(calls, null_with_network, 0, devices);
    tcase_add_test(calls, graphs_that_are_none);
    tcase_add_test(calls, the_graph_of_a_network);
    TCase *sizes = unit_case(suite, "sizes");
    tcase_add_loop_test(sizes, structures_are_filled, 0, devices);
    tcase_add_loop_test(sizes, structures_are_taken, 0, devices);
    tcase_add_loop_test(sizes, sizes_that_cannot_be, 0, devices);
    tcase_add_test(sizes, older_callers);
    TCase *border = unit_case(suite, "threads and processes");
    tcase_add_loop_test(border, every_thread_has_its_failure, 0, devices);
    tcase_add_loop_test(border, a_child_inherits, 0, devices);
    return unit_main_on_devices(suite, devices);
}

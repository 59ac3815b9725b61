/* SPDX-License-Identifier: MIT */
/*
 * A program of the library's, compiled with its header, with an older one (-DOLDER) and with that of a version to come
 * (-DNEWER): all must run, print the same, and find nothing written behind their structures.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <praxis/praxis.h>

#define CANARY 0xa5
#define BEHIND 256

/* A structure as this program knows it, and what lies behind it. */
#define GUARDED(type, name)                                                                                            \
    struct {                                                                                                           \
        type it;                                                                                                       \
        unsigned char behind[BEHIND];                                                                                  \
    } name;                                                                                                            \
    memset(&(name), CANARY, sizeof(name))

/* The same where the library fills it. */
#define FILLED(type, name)                                                                                             \
    GUARDED(type, name);                                                                                               \
    (name).it.struct_size = sizeof(name).it

#define INTACT(name) intact(#name, (name).behind, (name).it.struct_size, sizeof(name).it)

/* What a newer program knows and the library does not is zero after it was filled; and is refused where it is set. */
#ifdef NEWER
#define ZERO(name)                                                                                                     \
    require((name).it.grown[0] == 0 && (name).it.grown[1] == 0 && (name).it.grown[2] == 0, #name " grown")
#define REFUSED(name, call)                                                                                            \
    (name).it.grown[1] = 7;                                                                                            \
    require((call) == PRAXIS_ERROR_UNSUPPORTED, #call);                                                                \
    (name).it.grown[1] = 0
#else
#define ZERO(name)
#define REFUSED(name, call)
#endif

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "caller: %s\n", what);
    exit(1);
}

static void intact(const char *name, const unsigned char *behind, size_t size, size_t known)
{
    require(size == known, name);
    for (size_t i = 0; i < BEHIND; i++)
        require(behind[i] == CANARY, name);
}

#define REPLICAS 2
#define CHANNELS 3
#define TICKS    9

static void tell_library(praxis_context *context)
{
    FILLED(praxis_device_info, device);
    FILLED(praxis_graph, graph);
    require(!praxis_context_device(context, &device.it), "praxis_context_device");
    INTACT(device);
    ZERO(device);
    require(!praxis_graph_plan(100, 4, NULL, &graph.it), "praxis_graph_plan");
    INTACT(graph);
    ZERO(graph);
    printf("%s %s %d\n", device.it.selector, device.it.name, device.it.usable);
    printf("%u %u %.17g %u\n", graph.it.prime, graph.it.degree, graph.it.second_eigenvalue,
           praxis_graph_presynaptic(&graph.it, 7, 11));
    for (int i = 0; i <= PRAXIS_PARAMETER_TARGET_RATE; i++) {
        FILLED(praxis_parameter_info, parameter);
        require(!praxis_parameter_describe((praxis_parameter)i, &parameter.it), "praxis_parameter_describe");
        INTACT(parameter);
        ZERO(parameter);
        printf("%s %g %g %g %d\n", parameter.it.name, parameter.it.minimum, parameter.it.maximum,
               parameter.it.default_value, parameter.it.settable);
    }
}

/* An array of structures is as far apart as this program has them. */
static void list_devices(void)
{
    struct {
        praxis_device_info it[3];
        unsigned char behind[BEHIND];
    } devices;
    size_t count = 0;
    memset(&devices, CANARY, sizeof devices);
    devices.it[0].struct_size = sizeof devices.it[0];
    require(!praxis_devices(NULL, devices.it, 3, &count), "praxis_devices");
    intact("devices", devices.behind, devices.it[0].struct_size, sizeof devices.it[0]);
    for (size_t i = 0; i < count && i < 3; i++)
        printf("%s\n", devices.it[i].selector);
}

static praxis_network *make_network(praxis_context *context)
{
    GUARDED(praxis_parameters, parameters);
    praxis_network *network = NULL;
    praxis_parameters_default(&parameters.it);
    INTACT(parameters);
    ZERO(parameters);
    parameters.it.neurons = 50;
    parameters.it.replicas = REPLICAS;
    parameters.it.channels = CHANNELS;
    parameters.it.noise = 0.3;
    parameters.it.factor = PRAXIS_FACTOR_SLOPE;
    parameters.it.consolidation = 2;
    REFUSED(parameters, praxis_network_create(context, &parameters.it, &network));
    require(!praxis_network_create(context, &parameters.it, &network), "praxis_network_create");
    INTACT(parameters);
    return network;
}

static void run_network(praxis_network *network)
{
    GUARDED(praxis_run, run);
    const uint32_t members[] = {3, 1, 48};
    float input[REPLICAS * TICKS * CHANNELS], modulator[REPLICAS * TICKS], output[REPLICAS * TICKS];
    uint32_t group = 0;
    for (int i = 0; i < REPLICAS * TICKS * CHANNELS; i++)
        input[i] = (float)(i % 7) / 3;
    for (int i = 0; i < REPLICAS * TICKS; i++)
        modulator[i] = (float)(i % 3) - 1;
    require(!praxis_network_add_group(network, "some", members, 3, &group), "praxis_network_add_group");
    praxis_run_default(&run.it);
    INTACT(run);
    ZERO(run);
    run.it.ticks = TICKS;
    run.it.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL;
    run.it.input = input;
    run.it.modulator = modulator;
    run.it.groups = &group;
    run.it.group_count = 1;
    run.it.output = output;
    REFUSED(run, praxis_network_run(network, &run.it));
    require(!praxis_network_run(network, &run.it), "praxis_network_run");
    INTACT(run);
    for (int i = 0; i < REPLICAS * TICKS; i++)
        printf("%.9g\n", (double)output[i]);
}

static void tell_network(praxis_network *network)
{
    FILLED(praxis_network_info, info);
    FILLED(praxis_graph, graph);
    struct {
        praxis_statistics it[REPLICAS];
        unsigned char behind[BEHIND];
    } statistics;
    uint64_t hashes[REPLICAS];
    require(!praxis_network_describe(network, &info.it), "praxis_network_describe");
    INTACT(info);
    ZERO(info);
    require(!praxis_network_graph(network, &graph.it), "praxis_network_graph");
    INTACT(graph);
    ZERO(graph);
    printf("%llu %llu %llu %llu %s\n", (unsigned long long)info.it.synapses, (unsigned long long)info.it.device_bytes,
           (unsigned long long)info.it.tick, (unsigned long long)info.it.modulations, info.it.sum_path);
    for (int f = 0; f < PRAXIS_FIELD_COUNT && f <= PRAXIS_FIELD_NOISE_SOURCE; f++) {
        FILLED(praxis_field_info, field);
        require(!praxis_field_describe(network, (praxis_field)f, &field.it), "praxis_field_describe");
        INTACT(field);
        ZERO(field);
        printf("%s %.17g %d %d\n", field.it.name, field.it.unit, field.it.code_minimum, field.it.code_maximum);
    }
    memset(&statistics, CANARY, sizeof statistics);
    statistics.it[0].struct_size = sizeof statistics.it[0];
    require(!praxis_network_statistics(network, PRAXIS_FIELD_WEIGHT, statistics.it), "praxis_network_statistics");
    intact("statistics", statistics.behind, statistics.it[0].struct_size, sizeof statistics.it[0]);
    require(!praxis_network_hash(network, hashes), "praxis_network_hash");
    for (int r = 0; r < REPLICAS; r++)
        printf("%.17g %016llx\n", statistics.it[r].variance, (unsigned long long)hashes[r]);
}

/* What the older header does not have. Nothing is printed. */
#ifdef OLDER
static void use_the_rest(praxis_context *context, praxis_network *network)
{
    (void)context, (void)network;
}
#else
static void describe_tables(void)
{
    FILLED(praxis_choice_info, choice);
    FILLED(praxis_tuning_info, tuning);
    require(!praxis_parameter_choice(PRAXIS_PARAMETER_FACTOR, 1, &choice.it), "praxis_parameter_choice");
    INTACT(choice);
    ZERO(choice);
    require(!praxis_tuning_describe(2, &tuning.it), "praxis_tuning_describe");
    INTACT(tuning);
    ZERO(tuning);
    FILLED(praxis_dot_product_info, path);
    require(!praxis_dot_product_describe(2, &path.it), "praxis_dot_product_describe");
    INTACT(path);
    ZERO(path);
}

static void plan_network(praxis_context *context)
{
    GUARDED(praxis_parameters, parameters);
    FILLED(praxis_network_info, info);
    char text[PRAXIS_PARAMETER_TEXT];
    praxis_parameters_default(&parameters.it);
    require(!praxis_parameters_set(&parameters.it, "neurons", "50", NULL), "praxis_parameters_set");
    require(!praxis_parameters_get(&parameters.it, "neurons", text, sizeof text, NULL), "praxis_parameters_get");
    INTACT(parameters);
    ZERO(parameters);
    require(parameters.it.neurons == 50 && strcmp(text, "50") == 0, "neurons");
    REFUSED(parameters, praxis_network_plan(context, &parameters.it, &info.it));
    require(!praxis_network_plan(context, &parameters.it, &info.it), "praxis_network_plan");
    INTACT(info);
    ZERO(info);
}

static void read_out(praxis_network *network)
{
    GUARDED(praxis_readout_options, options);
    GUARDED(praxis_readout_span, span);
    FILLED(praxis_readout_info, info);
    praxis_readout *readout = NULL;
    praxis_readout_options_default(&options.it);
    INTACT(options);
    ZERO(options);
    REFUSED(options, praxis_readout_create(network, &options.it, &readout));
    require(!praxis_readout_create(network, &options.it, &readout), "praxis_readout_create");
    require(!praxis_readout_describe(readout, &info.it), "praxis_readout_describe");
    INTACT(info);
    ZERO(info);
    praxis_readout_span_default(&span.it);
    INTACT(span);
    ZERO(span);
    span.it.ticks = 1;
    REFUSED(span, praxis_readout_run(readout, &span.it));
    require(!praxis_readout_run(readout, &span.it), "praxis_readout_run");
    INTACT(span);
    praxis_readout_destroy(readout);
}

static void step(praxis_network *network)
{
    GUARDED(praxis_step, step);
    praxis_step_default(&step.it);
    INTACT(step);
    ZERO(step);
    REFUSED(step, praxis_network_step(network, &step.it));
    require(!praxis_network_step(network, &step.it), "praxis_network_step");
    INTACT(step);
}

static void learn(void)
{
    GUARDED(praxis_critic_options, critic_options);
    GUARDED(praxis_predictor_options, predictor_options);
    praxis_critic *critic = NULL;
    praxis_predictor *predictor = NULL;
    praxis_critic_options_default(&critic_options.it);
    INTACT(critic_options);
    ZERO(critic_options);
    REFUSED(critic_options, praxis_critic_create(&critic_options.it, &critic));
    require(!praxis_critic_create(&critic_options.it, &critic), "praxis_critic_create");
    praxis_predictor_options_default(&predictor_options.it);
    INTACT(predictor_options);
    ZERO(predictor_options);
    REFUSED(predictor_options, praxis_predictor_create(&predictor_options.it, &predictor));
    require(!praxis_predictor_create(&predictor_options.it, &predictor), "praxis_predictor_create");
    praxis_critic_destroy(critic);
    praxis_predictor_destroy(predictor);
}

static void use_the_rest(praxis_context *context, praxis_network *network)
{
    describe_tables();
    plan_network(context);
    step(network);
    read_out(network);
    learn();
}
#endif

int main(void)
{
    GUARDED(praxis_context_options, options);
    praxis_context *context = NULL;
    praxis_context_options_default(&options.it);
    INTACT(options);
    ZERO(options);
    options.it.device = "reference";
    REFUSED(options, praxis_context_create(&options.it, &context));
    require(!praxis_context_create(&options.it, &context), "praxis_context_create");
    INTACT(options);
    tell_library(context);
    list_devices();
    praxis_network *network = make_network(context);
    run_network(network);
    tell_network(network);
    use_the_rest(context, network);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The public functions: check pointers and structure sizes, then forward. What the values may be is checked in the
 * room they belong to.
 */
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "network/network.h"

#define VERSION_TEXT_(major, minor, patch) #major "." #minor "." #patch
#define VERSION_TEXT(major, minor, patch)  VERSION_TEXT_(major, minor, patch)

/*
 * Structures grow at their end. `own` (of `size` bytes, holding defaults) takes over what the caller's has; false when
 * the caller's says it is empty or larger than this library knows.
 */
static bool take_structure(void *own, size_t size, const void *given)
{
    size_t given_size = 0;
    if (given)
        memcpy(&given_size, given, sizeof given_size);
    if (given_size < sizeof given_size || given_size > size)
        return false;
    memcpy(own, given, given_size);
    memcpy(own, &size, sizeof size);
    return true;
}

/* The way out: fills as much of the caller's structure as it has room for. */
static void give_structure(void *given, const void *own)
{
    size_t size;
    memcpy(&size, given, sizeof size);
    memcpy((char *)given + sizeof size, (const char *)own + sizeof size, size - sizeof size);
}

static bool structure_fits(const void *given, size_t size)
{
    size_t given_size = 0;
    if (given)
        memcpy(&given_size, given, sizeof given_size);
    return given_size >= sizeof given_size && given_size <= size;
}

/* Parameters with defaults for what the caller's do not have; NULL: all of them. */
static praxis_status take_parameters(praxis_context *context, const praxis_parameters *given, praxis_parameters *own)
{
    px_parameters_default(own);
    if (given && !take_structure(own, sizeof *own, given))
        return px_fail(&context->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                       "the struct_size of parameters is not from 8 to %llu", (unsigned long long)sizeof *own);
    return PRAXIS_SUCCESS;
}

static praxis_status bad_argument(const praxis_network *network, const char *what)
{
    return px_fail(network ? network->log : NULL, PRAXIS_ERROR_INVALID_ARGUMENT, "%s", what);
}

static praxis_status bad_structure(const praxis_network *network, const char *name, size_t size)
{
    return px_fail(network ? network->log : NULL, PRAXIS_ERROR_INVALID_ARGUMENT,
                   "%s is NULL or its struct_size is not from 8 to %llu", name, (unsigned long long)size);
}

const char *praxis_version(void)
{
    return VERSION_TEXT(PRAXIS_VERSION_MAJOR, PRAXIS_VERSION_MINOR, PRAXIS_VERSION_PATCH);
}

const char *praxis_status_string(praxis_status status)
{
    switch (status) {
    case PRAXIS_SUCCESS:
        return "success";
    case PRAXIS_ERROR_INVALID_ARGUMENT:
        return "invalid argument";
    case PRAXIS_ERROR_OUT_OF_RANGE:
        return "out of range";
    case PRAXIS_ERROR_OUT_OF_MEMORY:
        return "out of memory";
    case PRAXIS_ERROR_NO_DEVICE:
        return "no such device";
    case PRAXIS_ERROR_DEVICE:
        return "device failed";
    case PRAXIS_ERROR_BUILD:
        return "kernels did not compile";
    case PRAXIS_ERROR_UNSUPPORTED:
        return "not supported";
    case PRAXIS_ERROR_IO:
        return "file could not be read or written";
    }
    return "unknown status";
}

/* ---- Graph ---- */

static void describe_graph(const struct px_graph *graph, praxis_graph *described)
{
    struct px_certificate certificate;
    px_graph_certify(graph, &certificate);
    *described = (praxis_graph){
        .struct_size = sizeof *described,
        .neurons = graph->neurons,
        .prime = graph->prime,
        .curves = graph->curves,
        .degree = graph->degree,
        .primitive_root = graph->primitive_root,
        .exponent = graph->exponent,
        .diameter = certificate.diameter,
        .second_eigenvalue = certificate.second_eigenvalue,
        .ramanujan_bound = certificate.ramanujan_bound,
        .synapses = graph->neurons * graph->degree,
    };
    memcpy(described->slopes, graph->slope, sizeof described->slopes);
}

/* What the neighbour functions need of a described graph. */
static struct px_graph internal_graph(const praxis_graph *described)
{
    struct px_graph graph = {
        .neurons = described->neurons,
        .prime = described->prime,
        .curves = described->curves,
        .degree = described->degree,
    };
    memcpy(graph.slope, described->slopes, sizeof graph.slope);
    return graph;
}

praxis_status praxis_graph_plan(uint64_t neurons, uint32_t degree_factor, const praxis_log *log, praxis_graph *graph)
{
    struct px_log messages;
    px_log_open(&messages, log);
    struct px_graph plan;
    praxis_status status;
    if (!structure_fits(graph, sizeof *graph))
        status = px_fail(&messages, PRAXIS_ERROR_INVALID_ARGUMENT, "graph is NULL or its struct_size is wrong");
    else
        status = px_graph_plan(&messages, neurons, degree_factor, &plan);
    if (!status) {
        praxis_graph described;
        describe_graph(&plan, &described);
        give_structure(graph, &described);
    }
    px_log_close(&messages);
    return status;
}

uint32_t praxis_graph_presynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan = internal_graph(graph);
    return px_graph_presynaptic(&plan, neuron, tap);
}

uint32_t praxis_graph_postsynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan = internal_graph(graph);
    return px_graph_postsynaptic(&plan, neuron, tap);
}

/* ---- Devices and contexts ---- */

praxis_status praxis_devices(const praxis_log *log, praxis_device_info *devices, size_t capacity, size_t *count)
{
    if (!count || (capacity > 0 && !structure_fits(devices, sizeof *devices)))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    struct px_log messages;
    px_log_open(&messages, log);
    praxis_device_info *list = NULL;
    *count = 0;
    praxis_status status = px_devices(&messages, &list, count);
    size_t stride = capacity > 0 ? devices->struct_size : 0;
    for (size_t i = 0; i < *count && i < capacity && !status; i++) {
        char *entry = (char *)devices + i * stride;
        memcpy(entry, &stride, sizeof stride);
        give_structure(entry, &list[i]);
    }
    free(list);
    px_log_close(&messages);
    return status;
}

void praxis_context_options_default(praxis_context_options *options)
{
    if (options)
        *options = (praxis_context_options){.struct_size = sizeof *options};
}

praxis_status praxis_context_create(const praxis_context_options *options, praxis_context **context)
{
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *context = NULL;
    praxis_context_options own;
    praxis_context_options_default(&own);
    if (options && !take_structure(&own, sizeof own, options))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return px_context_create(&own, context);
}

void praxis_context_destroy(praxis_context *context)
{
    px_context_release(context);
}

praxis_status praxis_context_device(const praxis_context *context, praxis_device_info *info)
{
    if (!context || !structure_fits(info, sizeof *info))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_device_info described = {.struct_size = sizeof described};
    context->device->operations->describe(context->device, &described);
    give_structure(info, &described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_context_store_tuning(praxis_context *context, const praxis_parameters *parameters,
                                          const char *tuning)
{
    praxis_parameters own;
    struct px_shape shape;
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = take_parameters(context, parameters, &own);
    if (!status)
        status = px_shape_make(&context->log, &own, &shape);
    return status ? status : context->device->operations->store_tuning(context->device, &shape, tuning);
}

size_t praxis_context_last_error(const praxis_context *context, char *buffer, size_t size)
{
    if (!context)
        return 0;
    /* Reading the message takes the log's lock: logically const. */
    return px_log_last_error((struct px_log *)(uintptr_t)&context->log, buffer, size);
}

/* ---- Parameters and networks ---- */

void praxis_parameters_default(praxis_parameters *parameters)
{
    if (parameters)
        px_parameters_default(parameters);
}

praxis_status praxis_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info)
{
    praxis_parameter_info described = {.struct_size = sizeof described};
    if (!structure_fits(info, sizeof *info))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = px_parameter_describe(parameter, &described);
    if (!status)
        give_structure(info, &described);
    return status;
}

praxis_status praxis_network_create(praxis_context *context, const praxis_parameters *parameters,
                                    praxis_network **network)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *network = NULL;
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_parameters own;
    praxis_status status = take_parameters(context, parameters, &own);
    return status ? status : px_network_create(context, &own, network);
}

void praxis_network_destroy(praxis_network *network)
{
    px_network_destroy(network);
}

praxis_status praxis_network_describe(const praxis_network *network, praxis_network_info *info)
{
    if (!network || !structure_fits(info, sizeof *info))
        return bad_structure(network, "info", sizeof *info);
    praxis_network_info described = {.struct_size = sizeof described};
    describe_graph(&network->shape.graph, &described.graph);
    px_network_describe(network, &described);
    give_structure(info, &described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value)
{
    return network ? px_network_set_parameter(network, parameter, value) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status praxis_network_get_parameter(const praxis_network *network, praxis_parameter parameter, double *value)
{
    if (!network || !value || (unsigned)parameter >= PRAXIS_PARAMETER_COUNT)
        return bad_argument(network, "network or value is NULL, or the parameter is unknown");
    praxis_parameters copy = network->parameters;
    *value = *px_parameter_member(&copy, parameter);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_network_set_factor(praxis_network *network, praxis_factor factor)
{
    return network ? px_network_set_factor(network, factor) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

/* ---- State ---- */

praxis_status praxis_field_describe(const praxis_network *network, praxis_field field, praxis_field_info *info)
{
    if ((unsigned)field >= PRAXIS_FIELD_COUNT || !structure_fits(info, sizeof *info))
        return bad_argument(network, "the field is unknown, or info is NULL or its struct_size wrong");
    praxis_field_info described;
    px_network_field(network, field, &described);
    give_structure(info, &described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_field_find(const char *name, praxis_field *field)
{
    return name && field && px_field_find(name, field) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

static praxis_status check_access(const praxis_network *network, praxis_field field, const void *data, size_t count)
{
    if (!network || (!data && count > 0))
        return bad_argument(network, "the array of values is NULL");
    if ((unsigned)field >= PRAXIS_FIELD_COUNT)
        return px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "field %d is unknown, the last is %d", (int)field,
                       PRAXIS_FIELD_COUNT - 1);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_network_read(praxis_network *network, praxis_field field, const praxis_range *range, float *values,
                                  size_t count)
{
    praxis_status status = check_access(network, field, values, count);
    return status ? status : px_network_read(network, field, range, values, count);
}

praxis_status praxis_network_write(praxis_network *network, praxis_field field, const praxis_range *range,
                                   const float *values, size_t count)
{
    praxis_status status = check_access(network, field, values, count);
    return status ? status : px_network_write(network, field, range, values, count);
}

praxis_status praxis_network_read_codes(praxis_network *network, praxis_field field, const praxis_range *range,
                                        void *codes, size_t bytes)
{
    praxis_status status = check_access(network, field, codes, bytes);
    return status ? status : px_network_transfer(network, field, range, codes, bytes, false);
}

praxis_status praxis_network_write_codes(praxis_network *network, praxis_field field, const praxis_range *range,
                                         const void *codes, size_t bytes)
{
    praxis_status status = check_access(network, field, codes, bytes);
    return status ? status : px_network_transfer(network, field, range, (void *)(uintptr_t)codes, bytes, true);
}

praxis_status praxis_network_hash(praxis_network *network, uint64_t *hashes)
{
    if (!network || !hashes)
        return bad_argument(network, "hashes is NULL");
    return px_network_hash(network, hashes);
}

praxis_status praxis_network_settle(praxis_network *network)
{
    return network ? px_learning_settle(network, NULL) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status praxis_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask)
{
    if (!network || what == 0 || (what & ~PRAXIS_RESET_EPISODE))
        return bad_argument(network, "what to reset must be PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_TRACES or both");
    return px_network_reset(network, what, mask);
}

/* ---- Groups ---- */

praxis_status praxis_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                       uint32_t *group)
{
    if (!network || !name || !neurons || !group)
        return bad_argument(network, "name, neurons or group is NULL");
    return px_network_add_group(network, name, neurons, count, group);
}

praxis_status praxis_network_find_group(const praxis_network *network, const char *name, uint32_t *group)
{
    if (!network || !name || !group)
        return bad_argument(network, "name or group is NULL");
    return px_network_find_group(network, name, group);
}

praxis_status praxis_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count)
{
    return network ? px_network_set_plastic_groups(network, groups, count) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status praxis_network_share_noise(praxis_network *network, uint32_t group)
{
    return network ? px_network_share_noise(network, group) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

/* ---- Running ---- */

void praxis_run_default(praxis_run *run)
{
    if (run)
        *run = (praxis_run){.struct_size = sizeof *run};
}

praxis_status praxis_network_run(praxis_network *network, const praxis_run *run)
{
    praxis_run own;
    praxis_run_default(&own);
    if (!network || !take_structure(&own, sizeof own, run))
        return bad_structure(network, "run", sizeof own);
    return px_network_run(network, &own);
}

praxis_status praxis_network_modulate(praxis_network *network, const float *modulator, size_t count)
{
    if (!network || !modulator)
        return bad_argument(network, "modulator is NULL");
    return px_learning_modulate(network, modulator, count);
}

double praxis_network_modulator_limit(const praxis_network *network)
{
    return network ? px_modulation_limit(&network->parameters) : 0;
}

praxis_status praxis_network_finish(praxis_network *network)
{
    return network ? network->backend->operations->finish(network->backend) : PRAXIS_ERROR_INVALID_ARGUMENT;
}

/* ---- Feedback and statistics ---- */

praxis_status praxis_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs,
                                     float *matrix)
{
    if (!network || !groups || !matrix)
        return bad_argument(network, "groups or matrix is NULL");
    return px_feedback_groups(network, groups, outputs, matrix);
}

praxis_status praxis_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix)
{
    if (!matrix || neurons > UINT32_MAX)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_feedback_random(seed, outputs, neurons, matrix);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error,
                                      const float *matrix, float *modulator)
{
    if (!error || !matrix || !modulator)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_feedback_project(replicas, outputs, neurons, error, matrix, modulator);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics)
{
    if (!network || !structure_fits(statistics, sizeof *statistics))
        return bad_structure(network, "statistics", sizeof *statistics);
    praxis_statistics *own = calloc(network->shape.replicas, sizeof *own);
    if (!own)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for statistics");
    praxis_status status = px_network_statistics(network, field, own);
    size_t stride = statistics->struct_size;
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++) {
        char *entry = (char *)statistics + r * stride;
        memcpy(entry, &stride, sizeof stride);
        give_structure(entry, &own[r]);
    }
    free(own);
    return status;
}

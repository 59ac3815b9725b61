/* SPDX-License-Identifier: MIT */
/*
 * The public functions: check pointers and structure sizes, then forward. What the values may be is checked in the
 * room they belong to.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/tuning.h"
#include "context.h"
#include "network/network.h"
#include "structure.h"

#define VERSION_TEXT_(major, minor, patch) #major "." #minor "." #patch
#define VERSION_TEXT(major, minor, patch)  VERSION_TEXT_(major, minor, patch)

/* The last member that each structure had when it first appeared. */
enum {
    FIRST_GRAPH = PX_FIRST_SIZE(praxis_graph, synapses),
    FIRST_DEVICE_INFO = PX_FIRST_SIZE(praxis_device_info, local_memory_bytes),
    FIRST_CONTEXT_OPTIONS = PX_FIRST_SIZE(praxis_context_options, tuning),
    FIRST_TUNING_INFO = PX_FIRST_SIZE(praxis_tuning_info, reserved),
    FIRST_PARAMETERS = PX_FIRST_SIZE(praxis_parameters, consolidation),
    FIRST_PARAMETER_INFO = PX_FIRST_SIZE(praxis_parameter_info, settable),
    FIRST_CHOICE_INFO = PX_FIRST_SIZE(praxis_choice_info, description),
    FIRST_NETWORK_INFO = PX_FIRST_SIZE(praxis_network_info, sum_path),
    FIRST_FIELD_INFO = PX_FIRST_SIZE(praxis_field_info, code_maximum),
    FIRST_RUN = PX_FIRST_SIZE(praxis_run, output),
    FIRST_STEP = PX_FIRST_SIZE(praxis_step, output),
    FIRST_STATISTICS = PX_FIRST_SIZE(praxis_statistics, gain_maximum)
};

/* Parameters with defaults for what the caller's do not have; NULL: all of them. */
static praxis_status take_parameters(praxis_context *context, const praxis_parameters *given, praxis_parameters *own)
{
    px_parameters_default(own);
    return given ? px_structure_take(&context->log, "parameters", given, FIRST_PARAMETERS, own, sizeof *own)
                 : PRAXIS_SUCCESS;
}

/* Whether a context is there, and of this process. */
static praxis_status check_context(const praxis_context *context)
{
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    return px_context_is_inherited(context) ? px_context_fail_inherited(context) : PRAXIS_SUCCESS;
}

/* The same of a network, with what else must be there: pointers whose names stand in `names`. */
static praxis_status check_network(const praxis_network *network, const char *names, bool there)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    praxis_status status = check_context(network->context);
    if (!status && !there)
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s NULL", names);
    return status;
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

/* What the neighbour functions need of a described graph; false where it cannot be one, or has no such neuron or tap.
 */
static bool take_graph(const praxis_graph *described, uint32_t neuron, uint32_t tap, struct px_graph *graph)
{
    if (!described || described->struct_size < FIRST_GRAPH || described->struct_size > PX_LARGEST_SIZE)
        return false;
    *graph = (struct px_graph){
        .neurons = described->neurons,
        .prime = described->prime,
        .curves = described->curves,
        .degree = described->degree,
    };
    memcpy(graph->slope, described->slopes, sizeof graph->slope);
    return px_graph_is_whole(graph) && neuron < graph->neurons && tap < graph->degree;
}

praxis_status praxis_graph_plan(uint64_t neurons, uint32_t degree_factor, const praxis_log *log, praxis_graph *graph)
{
    struct px_log messages;
    px_log_open(&messages, log);
    struct px_graph plan;
    praxis_status status = px_structure_check(&messages, "graph", graph, FIRST_GRAPH);
    if (!status)
        status = px_graph_plan(&messages, neurons, degree_factor, &plan);
    if (!status) {
        praxis_graph described;
        describe_graph(&plan, &described);
        px_structure_give(graph, &described, sizeof described);
    }
    px_log_close(&messages);
    return status;
}

uint32_t praxis_graph_presynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan;
    return take_graph(graph, neuron, tap, &plan) ? px_graph_presynaptic(&plan, neuron, tap) : UINT32_MAX;
}

uint32_t praxis_graph_postsynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap)
{
    struct px_graph plan;
    return take_graph(graph, neuron, tap, &plan) ? px_graph_postsynaptic(&plan, neuron, tap) : UINT32_MAX;
}

/* ---- Devices and contexts ---- */

praxis_status praxis_devices(const praxis_log *log, praxis_device_info *devices, size_t capacity, size_t *count)
{
    struct px_log messages;
    if (!count)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *count = 0;
    px_log_open(&messages, log);
    praxis_device_info *list = NULL;
    praxis_status status =
        capacity > 0 ? px_structure_check(&messages, "devices", devices, FIRST_DEVICE_INFO) : PRAXIS_SUCCESS;
    if (!status)
        status = px_devices(&messages, &list, count);
    for (size_t i = 0; i < *count && i < capacity && !status; i++)
        px_structure_begin((char *)devices + i * devices->struct_size, devices->struct_size, FIRST_DEVICE_INFO,
                           &list[i], sizeof list[i]);
    free(list);
    px_log_close(&messages);
    return status;
}

static const praxis_context_options default_options = {.struct_size = sizeof default_options};

praxis_status praxis_context_options_init(praxis_context_options *options, size_t size)
{
    return px_structure_begin(options, size, FIRST_CONTEXT_OPTIONS, &default_options, sizeof default_options);
}

praxis_status praxis_context_create(const praxis_context_options *options, praxis_context **context)
{
    praxis_context_options own = default_options;
    if (!context)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *context = NULL;
    /* Where messages go stands in the structure: until its size is believed, nowhere. */
    praxis_status status =
        options ? px_structure_check(NULL, "options", options, FIRST_CONTEXT_OPTIONS) : PRAXIS_SUCCESS;
    if (options && !status) {
        struct px_log messages;
        px_log_open(&messages, &options->log);
        status = px_structure_take(&messages, "options", options, FIRST_CONTEXT_OPTIONS, &own, sizeof own);
        px_log_close(&messages);
    }
    return status ? status : px_context_create(&own, context);
}

void praxis_context_destroy(praxis_context *context)
{
    px_context_release(context);
}

praxis_status praxis_context_device(const praxis_context *context, praxis_device_info *info)
{
    praxis_status status = check_context(context);
    if (!status)
        status = px_structure_check(px_context_log(context), "info", info, FIRST_DEVICE_INFO);
    if (status)
        return status;
    praxis_device_info described = {.struct_size = sizeof described};
    context->device->operations->describe(context->device, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_context_store_tuning(praxis_context *context, const praxis_parameters *parameters,
                                          const char *tuning)
{
    praxis_parameters own;
    struct px_shape shape;
    praxis_status status = check_context(context);
    if (!status)
        status = take_parameters(context, parameters, &own);
    if (!status)
        status = px_shape_make(&context->log, &own, &shape);
    return status ? status : context->device->operations->store_tuning(context->device, &shape, tuning);
}

praxis_status praxis_tuning_describe(uint32_t number, praxis_tuning_info *info)
{
    praxis_tuning_info described;
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_TUNING_INFO);
    if (status || !px_tuning_describe(number, &described))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_tuning_find(const char *name, uint32_t *number)
{
    return name && number && px_tuning_find(name, number) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

size_t praxis_context_last_error(const praxis_context *context, char *buffer, size_t size)
{
    if (buffer && size > 0)
        buffer[0] = '\0';
    return context ? px_log_last_error(px_context_log(context), buffer, size) : 0;
}

/* ---- Parameters and networks ---- */

praxis_status praxis_parameters_init(praxis_parameters *parameters, size_t size)
{
    praxis_parameters own;
    px_parameters_default(&own);
    return px_structure_begin(parameters, size, FIRST_PARAMETERS, &own, sizeof own);
}

static bool is_parameter(praxis_parameter parameter)
{
    return (unsigned)parameter < PRAXIS_PARAMETER_COUNT;
}

praxis_status praxis_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info)
{
    praxis_parameter_info described;
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_PARAMETER_INFO);
    if (status || !is_parameter(parameter))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_parameter_describe(parameter, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_parameter_find(const char *name, praxis_parameter *parameter)
{
    return name && parameter && px_parameter_find(name, parameter) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

praxis_status praxis_parameter_choice(praxis_parameter parameter, uint32_t choice, praxis_choice_info *info)
{
    praxis_choice_info described = {.struct_size = sizeof described};
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_CHOICE_INFO);
    if (status || !is_parameter(parameter) ||
        !px_parameter_choice(parameter, choice, &described.name, &described.description))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_parameter_find_choice(praxis_parameter parameter, const char *name, uint32_t *choice)
{
    return is_parameter(parameter) && name && choice && px_parameter_find_choice(parameter, name, choice)
               ? PRAXIS_SUCCESS
               : PRAXIS_ERROR_INVALID_ARGUMENT;
}

/* The caller's parameters and which of them is meant. */
static praxis_status take_parameter(struct px_log *log, const praxis_parameters *given, const char *name,
                                    const char *text, praxis_parameters *own, praxis_parameter *parameter)
{
    px_parameters_default(own);
    praxis_status status = px_structure_take(log, "parameters", given, FIRST_PARAMETERS, own, sizeof *own);
    if (!status && (!name || !text))
        status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "name or text is NULL");
    if (!status)
        status = px_parameter_named(log, name, parameter);
    if (!status && !px_parameter_is_within(*parameter, given->struct_size))
        status = px_fail(log, PRAXIS_ERROR_UNSUPPORTED, "parameters of %llu bytes have no %s",
                         (unsigned long long)given->struct_size, name);
    return status;
}

praxis_status praxis_parameters_set(praxis_parameters *parameters, const char *name, const char *text,
                                    const praxis_log *log)
{
    struct px_log messages;
    praxis_parameters own;
    praxis_parameter parameter;
    px_log_open(&messages, log);
    praxis_status status = take_parameter(&messages, parameters, name, text, &own, &parameter);
    if (!status)
        status = px_parameter_set_text(&messages, &own, parameter, text);
    if (!status)
        px_structure_give(parameters, &own, sizeof own);
    px_log_close(&messages);
    return status;
}

praxis_status praxis_parameters_get(const praxis_parameters *parameters, const char *name, char *text, size_t size,
                                    const praxis_log *log)
{
    struct px_log messages;
    praxis_parameters own;
    praxis_parameter parameter;
    px_log_open(&messages, log);
    praxis_status status = take_parameter(&messages, parameters, name, text, &own, &parameter);
    if (!status)
        status = px_parameter_text(&messages, &own, parameter, text, size);
    px_log_close(&messages);
    return status;
}

praxis_status praxis_network_create(praxis_context *context, const praxis_parameters *parameters,
                                    praxis_network **network)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *network = NULL;
    praxis_parameters own;
    praxis_status status = check_context(context);
    if (!status)
        status = take_parameters(context, parameters, &own);
    return status ? status : px_network_create(context, &own, network);
}

void praxis_network_destroy(praxis_network *network)
{
    px_network_destroy(network);
}

praxis_status praxis_network_describe(const praxis_network *network, praxis_network_info *info)
{
    praxis_status status = check_network(network, "", true);
    if (!status)
        status = px_structure_check(network->log, "info", info, FIRST_NETWORK_INFO);
    if (status)
        return status;
    praxis_network_info described;
    px_network_describe(network, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_network_plan(praxis_context *context, const praxis_parameters *parameters,
                                  praxis_network_info *info)
{
    praxis_parameters own;
    praxis_network_info planned;
    praxis_status status = check_context(context);
    if (!status)
        status = px_structure_check(&context->log, "info", info, FIRST_NETWORK_INFO);
    if (!status)
        status = take_parameters(context, parameters, &own);
    if (!status)
        status = px_network_plan(context, &own, &planned);
    if (!status)
        px_structure_give(info, &planned, sizeof planned);
    return status;
}

praxis_status praxis_network_graph(const praxis_network *network, praxis_graph *graph)
{
    praxis_status status = check_network(network, "", true);
    if (!status)
        status = px_structure_check(network->log, "graph", graph, FIRST_GRAPH);
    if (status)
        return status;
    praxis_graph described;
    describe_graph(&network->shape.graph, &described);
    px_structure_give(graph, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

/* A network, and one of its parameters by number. */
static praxis_status check_parameter(const praxis_network *network, const char *names, bool there,
                                     praxis_parameter parameter)
{
    praxis_status status = check_network(network, names, there);
    if (!status && !is_parameter(parameter))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "parameter %d is unknown, the last is %d",
                         (int)parameter, PRAXIS_PARAMETER_COUNT - 1);
    return status;
}

praxis_status praxis_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value)
{
    praxis_status status = check_parameter(network, "", true, parameter);
    return status ? status : px_network_set_parameter(network, parameter, value);
}

praxis_status praxis_network_get_parameter(const praxis_network *network, praxis_parameter parameter, double *value)
{
    praxis_status status = check_parameter(network, "value is", value != NULL, parameter);
    if (!status)
        *value = px_parameter_get(&network->parameters, parameter);
    return status;
}

praxis_status praxis_network_set(praxis_network *network, const char *name, const char *text)
{
    praxis_parameter parameter;
    praxis_status status = check_network(network, "name or text is", name && text);
    if (!status)
        status = px_parameter_named(network->log, name, &parameter);
    return status ? status : px_network_set_text(network, parameter, text);
}

praxis_status praxis_network_get(const praxis_network *network, const char *name, char *text, size_t size)
{
    praxis_parameter parameter;
    praxis_status status = check_network(network, "name or text is", name && text);
    if (!status)
        status = px_parameter_named(network->log, name, &parameter);
    return status ? status : px_parameter_text(network->log, &network->parameters, parameter, text, size);
}

/* ---- State ---- */

praxis_status praxis_field_describe(const praxis_network *network, praxis_field field, praxis_field_info *info)
{
    struct px_log *log = network ? network->log : NULL;
    praxis_status status = px_structure_check(log, "info", info, FIRST_FIELD_INFO);
    if (!status && (unsigned)field >= PRAXIS_FIELD_COUNT)
        status = px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "field %d is unknown, the last is %d", (int)field,
                         PRAXIS_FIELD_COUNT - 1);
    if (status)
        return status;
    praxis_field_info described;
    px_network_field(network, field, &described);
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_field_find(const char *name, praxis_field *field)
{
    return name && field && px_field_find(name, field) ? PRAXIS_SUCCESS : PRAXIS_ERROR_INVALID_ARGUMENT;
}

static praxis_status check_access(const praxis_network *network, praxis_field field, const void *data, size_t count)
{
    praxis_status status = check_network(network, "the array of values is", data || count == 0);
    if (!status && (unsigned)field >= PRAXIS_FIELD_COUNT)
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "field %d is unknown, the last is %d", (int)field,
                         PRAXIS_FIELD_COUNT - 1);
    return status;
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
    praxis_status status = check_network(network, "hashes is", hashes != NULL);
    return status ? status : px_network_hash(network, hashes);
}

praxis_status praxis_network_settle(praxis_network *network)
{
    praxis_status status = check_network(network, "", true);
    return status ? status : px_learning_settle(network, NULL);
}

praxis_status praxis_network_copy_replica(praxis_network *from, uint32_t replica, praxis_network *to, uint32_t target)
{
    praxis_status status = check_network(from, "the network to copy to is", to != NULL);
    if (!status)
        status = check_network(to, "", true);
    return status ? status : px_network_copy_replica(from, replica, to, target);
}

praxis_status praxis_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask)
{
    praxis_status status = check_network(network, "", true);
    if (!status && (what == 0 || (what & ~PRAXIS_RESET_EPISODE)))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "what to reset is 0x%x, must be PRAXIS_RESET_ACTIVATIONS, PRAXIS_RESET_TRACES or both", what);
    return status ? status : px_network_reset(network, what, mask);
}

/* ---- Groups ---- */

praxis_status praxis_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                       uint32_t *group)
{
    praxis_status status = check_network(network, "name, neurons or group is", name && neurons && group);
    return status ? status : px_network_add_group(network, name, neurons, count, group);
}

praxis_status praxis_network_find_group(const praxis_network *network, const char *name, uint32_t *group)
{
    praxis_status status = check_network(network, "name or group is", name && group);
    return status ? status : px_network_find_group(network, name, group);
}

praxis_status praxis_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count)
{
    praxis_status status = check_network(network, "", true);
    return status ? status : px_network_set_plastic_groups(network, groups, count);
}

praxis_status praxis_network_share_noise(praxis_network *network, uint32_t group)
{
    praxis_status status = check_network(network, "", true);
    return status ? status : px_network_share_noise(network, group);
}

/* ---- Running ---- */

static const praxis_run default_run = {.struct_size = sizeof default_run};

praxis_status praxis_run_init(praxis_run *run, size_t size)
{
    return px_structure_begin(run, size, FIRST_RUN, &default_run, sizeof default_run);
}

praxis_status praxis_network_run(praxis_network *network, const praxis_run *run)
{
    praxis_run own = default_run;
    praxis_status status = check_network(network, "", true);
    if (!status)
        status = px_structure_take(network->log, "run", run, FIRST_RUN, &own, sizeof own);
    return status ? status : px_network_run(network, &own);
}

static const praxis_step default_step = {
    .struct_size = sizeof default_step, .reset_what = PRAXIS_RESET_EPISODE, .read_ticks = 1};

praxis_status praxis_step_init(praxis_step *step, size_t size)
{
    return px_structure_begin(step, size, FIRST_STEP, &default_step, sizeof default_step);
}

praxis_status praxis_network_step(praxis_network *network, const praxis_step *step)
{
    praxis_step own = default_step;
    praxis_status status = check_network(network, "", true);
    if (!status)
        status = px_structure_take(network->log, "step", step, FIRST_STEP, &own, sizeof own);
    return status ? status : px_network_step(network, &own);
}

praxis_status praxis_network_modulate(praxis_network *network, const float *modulator, size_t count)
{
    praxis_status status = check_network(network, "modulator is", modulator != NULL);
    return status ? status : px_learning_modulate(network, modulator, count);
}

double praxis_network_modulator_limit(const praxis_network *network)
{
    return network ? px_modulation_limit(&network->parameters) : 0;
}

praxis_status praxis_network_finish(praxis_network *network)
{
    praxis_status status = check_network(network, "", true);
    return status ? status : network->backend->operations->finish(network->backend);
}

/* ---- Feedback and statistics ---- */

praxis_status praxis_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs,
                                     float *matrix)
{
    praxis_status status = check_network(network, "groups or matrix is", groups && matrix);
    return status ? status : px_feedback_groups(network, groups, outputs, matrix);
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
    praxis_status status = check_network(network, "", true);
    if (!status)
        status = px_structure_check(network->log, "statistics", statistics, FIRST_STATISTICS);
    if (status)
        return status;
    praxis_statistics *own = calloc(network->shape.replicas, sizeof *own);
    if (!own)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for statistics");
    status = px_network_statistics(network, field, own);
    for (uint32_t r = 0; r < network->shape.replicas && !status; r++)
        px_structure_begin((char *)statistics + r * statistics->struct_size, statistics->struct_size, FIRST_STATISTICS,
                           &own[r], sizeof own[r]);
    free(own);
    return status;
}

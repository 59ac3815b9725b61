/* SPDX-License-Identifier: MIT */
/* Making and freeing a network. */
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "base/text.h"
#include "context.h"

static praxis_status take_seeds(praxis_network *network, const praxis_parameters *parameters)
{
    network->seeds = calloc(parameters->replicas, sizeof *network->seeds);
    if (!network->seeds)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u seeds", parameters->replicas);
    for (uint32_t r = 0; r < parameters->replicas; r++)
        network->seeds[r] = parameters->seeds ? parameters->seeds[r] : parameters->seed + r;
    network->shape.seeds = network->seeds;
    network->parameters.seeds = NULL; /* the caller's array is not ours to keep */
    return PRAXIS_SUCCESS;
}

/* An empty list of groups: offsets always have one entry more than there are groups. */
static praxis_status prepare_groups(praxis_network *network)
{
    network->group_offsets = calloc(1, sizeof *network->group_offsets);
    if (!network->group_offsets)
        return px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for groups");
    return PRAXIS_SUCCESS;
}

praxis_status px_shape_make(struct px_log *log, const praxis_parameters *parameters, struct px_shape *shape)
{
    praxis_status status = px_parameters_check(log, parameters);
    if (!status)
        status = px_graph_plan(log, parameters->neurons, parameters->degree_factor, &shape->graph);
    if (!status && parameters->input_fan_out > shape->graph.neurons)
        status = px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "input_fan_out is %u, must be from 0 to the neurons, %llu",
                         parameters->input_fan_out, (unsigned long long)shape->graph.neurons);
    shape->first_column = 0;
    shape->columns = shape->graph.prime;
    shape->accompanied = false;
    shape->replicas = parameters->replicas;
    shape->channels = parameters->channels;
    shape->window = parameters->trace_window;
    shape->traces_stored = parameters->trace_form == PRAXIS_TRACE_STORED;
    shape->seeds = NULL;
    shape->host_bytes = status ? 0 : px_birth_bytes(shape);
    return status;
}

static praxis_status prepare_network(praxis_network *network, const praxis_parameters *parameters)
{
    praxis_status status = px_shape_make(network->log, parameters, &network->shape);
    if (status)
        return status;
    network->parameters = *parameters;
    status = take_seeds(network, parameters);
    if (!status)
        status = px_learning_create(network);
    network->step.flags = calloc(parameters->replicas, 1);
    network->contexts = calloc(parameters->replicas, sizeof *network->contexts);
    if (!status && (!network->step.flags || !network->contexts))
        status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u replicas", parameters->replicas);
    return status ? status : prepare_groups(network);
}

static praxis_status apply_parameters(praxis_network *network, const praxis_parameters *parameters, bool noisy)
{
    struct px_constants constants;
    px_constants_make(parameters, network->shape.graph.degree, noisy, &constants);
    praxis_status status = network->backend->operations->set_constants(network->backend, &constants);
    if (status)
        return status;
    network->parameters = *parameters;
    network->noisy = noisy;
    return PRAXIS_SUCCESS;
}

praxis_status px_network_make_noisy(praxis_network *network)
{
    return apply_parameters(network, &network->parameters, true);
}

praxis_status px_network_gate(praxis_network *network, const uint32_t *contexts)
{
    struct px_constants constants;
    px_constants_make(&network->parameters, network->shape.graph.degree, network->noisy, &constants);
    praxis_status status = network->backend->operations->gate(network->backend, contexts);
    if (status)
        return status;
    network->gated = true;
    network->last_open = constants.last_open;
    memcpy(network->contexts, contexts, network->shape.replicas * sizeof *contexts);
    return PRAXIS_SUCCESS;
}

praxis_status px_network_gate_again(praxis_network *network, const uint32_t *contexts, uint32_t last_open)
{
    struct px_constants constants;
    px_constants_make(&network->parameters, network->shape.graph.degree, network->noisy, &constants);
    constants.last_open = last_open;
    praxis_status status = network->backend->operations->set_constants(network->backend, &constants);
    if (!status)
        status = px_network_gate(network, contexts);
    network->last_open = last_open;
    return status ? status : apply_parameters(network, &network->parameters, network->noisy);
}

static praxis_status check_settable(const praxis_network *network, praxis_parameter parameter)
{
    praxis_parameter_info info;
    px_parameter_describe(parameter, &info);
    return info.settable ? PRAXIS_SUCCESS
                         : px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                                   "%s cannot be changed on a living network", info.name);
}

/* Lets parameters that differ in one hold from now on. */
static praxis_status change(praxis_network *network, praxis_parameter parameter, const praxis_parameters *changed)
{
    praxis_status status = px_parameters_check(network->log, changed);
    if (!status)
        status = px_network_reserve(network, &(struct px_call_needs){0});
    if (!status && parameter != PRAXIS_PARAMETER_FACTOR) /* which what waits has no part in */
        status = px_learning_follow(network, NULL);      /* under the old rate and decay */
    return status ? status : apply_parameters(network, changed, network->noisy);
}

praxis_status px_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value)
{
    praxis_parameters changed = network->parameters;
    praxis_status status = check_settable(network, parameter);
    if (!status)
        status = px_parameter_set(network->log, &changed, parameter, value);
    return status ? status : change(network, parameter, &changed);
}

praxis_status px_network_set_text(praxis_network *network, praxis_parameter parameter, const char *text)
{
    praxis_parameters changed = network->parameters;
    praxis_status status = check_settable(network, parameter);
    if (!status)
        status = px_parameter_set_text(network->log, &changed, parameter, text);
    return status ? status : change(network, parameter, &changed);
}

void px_network_describe_shape(const struct px_shape *shape, const praxis_parameters *parameters,
                               praxis_network_info *info)
{
    *info = (praxis_network_info){
        .struct_size = sizeof *info,
        .neurons = shape->graph.neurons,
        .synapses = px_owned_neurons(shape) * shape->graph.degree,
        .prime = shape->graph.prime,
        .curves = shape->graph.curves,
        .degree = shape->graph.degree,
        .replicas = shape->replicas,
        .channels = shape->channels,
        .factor = parameters->factor,
    };
}

void px_network_describe(const praxis_network *network, praxis_network_info *info)
{
    px_network_describe_shape(&network->shape, &network->parameters, info);
    info->groups = network->group_count;
    info->tick = network->tick;
    info->modulations = network->learning.modulations;
    network->backend->operations->describe(network->backend, info);
}

praxis_status px_network_plan(struct px_device *device, const praxis_parameters *parameters,
                              const struct px_shape *shape, praxis_network_info *info)
{
    px_network_describe_shape(shape, parameters, info);
    return device->operations->plan(device, shape, info);
}

/* The part with this number, and how many there are: of one device the whole. */
static praxis_status find_part(struct px_device *device, const struct px_shape *shape, uint32_t number,
                               struct px_cut *part, uint32_t *parts)
{
    *parts = 1;
    *part = (struct px_cut){device, *shape, 0};
    praxis_status status =
        device->operations->cut ? device->operations->cut(device, shape, number, part, parts) : PRAXIS_SUCCESS;
    if (!status && number >= *parts)
        return px_fail(device->log, PRAXIS_ERROR_OUT_OF_RANGE, "part %u asked for, there are %u", number, *parts);
    return status;
}

static praxis_status plan_cut(const struct px_cut *part, const praxis_parameters *parameters,
                              const struct px_shape *shape, uint32_t parts, praxis_part_info *info)
{
    praxis_network_info planned;
    praxis_device_info described = {.struct_size = sizeof described};
    praxis_status status = px_network_plan(part->device, parameters, &part->shape, &planned);
    if (status)
        return status;
    part->device->operations->describe(part->device, &described);
    uint64_t owned = part->shape.replicas * px_owned_neurons(&part->shape);
    bool alone = px_is_whole(&part->shape);
    *info = (praxis_part_info){
        .struct_size = sizeof *info,
        .parts = parts,
        .first_replica = part->first_replica,
        .replicas = part->shape.replicas,
        .first_column = part->shape.first_column,
        .columns = part->shape.columns,
        .weight_slabs = planned.weight_slabs,
        .synapses = planned.synapses * part->shape.replicas,
        .device_bytes = planned.device_bytes,
        .host_bytes = planned.host_bytes,
        .bytes_out = alone ? 0 : owned,
        .bytes_in = alone ? 0 : part->shape.replicas * shape->graph.neurons - owned,
    };
    memcpy(info->selector, described.selector, sizeof info->selector);
    memcpy(info->sum_path, planned.sum_path, sizeof info->sum_path);
    return PRAXIS_SUCCESS;
}

praxis_status px_network_plan_part(struct px_device *device, const praxis_parameters *parameters,
                                   const struct px_shape *shape, uint32_t number, praxis_part_info *info)
{
    struct px_cut part;
    uint32_t parts;
    praxis_status status = find_part(device, shape, number, &part, &parts);
    if (!status && !part.device)
        status = px_fail(device->log, PRAXIS_ERROR_UNSUPPORTED, "part %u is another rank's, which alone can plan it",
                         number);
    return status ? status : plan_cut(&part, parameters, shape, parts, info);
}

/* Where the columns of a rank begin, of so many that have alike: what px_partition_cut comes to. */
static uint32_t first_of_rank(uint32_t columns, uint32_t ranks, uint32_t rank)
{
    return (uint32_t)((UINT64_C(2) * columns * rank + ranks) / (UINT64_C(2) * ranks));
}

praxis_status px_network_plan_rank(struct px_device *device, const praxis_parameters *parameters,
                                   const struct px_shape *shape, uint32_t ranks, uint32_t rank, praxis_part_info *info)
{
    if (device->operations->cut)
        return px_fail(device->log, PRAXIS_ERROR_UNSUPPORTED, "ranks of several devices cannot be planned: open one");
    if (ranks == 0 || ranks > shape->columns)
        return px_fail(device->log, PRAXIS_ERROR_OUT_OF_RANGE, "ranks is %u, must be from 1 to the columns, %u", ranks,
                       shape->columns);
    if (rank >= ranks)
        return px_fail(device->log, PRAXIS_ERROR_OUT_OF_RANGE, "rank %u asked for, there are %u", rank, ranks);
    uint32_t first = first_of_rank(shape->columns, ranks, rank), end = first_of_rank(shape->columns, ranks, rank + 1);
    const struct px_cut part = {device, px_shape_cut(shape, first, end - first), 0};
    praxis_status status = plan_cut(&part, parameters, shape, ranks, info);
    if (!status && ranks > 1) /* activations of two ticks on their way, on each */
        info->host_bytes = px_add(info->host_bytes, px_multiply(UINT64_C(2) * shape->replicas, shape->graph.neurons));
    return status;
}

/* How a back end computes, for messages. */
static const char *way_of(const struct px_backend *backend, praxis_network_info *info)
{
    backend->operations->describe(backend, info);
    return info->sum_path;
}

/* What is to be said of a device that is wrong. The text is the caller's (free). */
static char *complain(const praxis_network *network, const char *doubt)
{
    const struct px_device *device = network->context->device;
    struct px_text text = {.start = NULL};
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_network_info way = {.struct_size = sizeof way};
    device->operations->describe(device, &info);
    px_text_append(&text, "%s, %s, driver %s, computes a network of %llu neurons wrongly by way of %s: %s", info.name,
                   info.platform, info.driver, (unsigned long long)network->shape.graph.neurons,
                   way_of(network->backend, &way), doubt);
    return px_text_take(&text);
}

/* Verifies a back end, or of those that it is made of each of this process. *doubt as of px_verify. */
static praxis_status verify_parts(struct px_backend *backend, const struct px_shape *shape, char **doubt)
{
    struct px_backend *own;
    struct px_cut cut;
    praxis_status status = PRAXIS_SUCCESS;
    if (!backend->operations->part)
        return px_verify(backend, shape, doubt);
    for (uint32_t number = 0; !status && !*doubt && backend->operations->part(backend, number, &cut, &own); number++)
        status = own ? px_verify(own, &cut.shape, doubt) : PRAXIS_SUCCESS;
    return status;
}

/*
 * A back end whose weights are born, in the best of the device's ways to compute that is right. *complaint is what
 * there is to say of the way before, NULL where there was none.
 */
static praxis_status try_backend(praxis_network *network, uint32_t choice, char **complaint)
{
    struct px_device *device = network->context->device;
    praxis_network_info way = {.struct_size = sizeof way};
    char *doubt = NULL;
    praxis_status status = device->operations->create_backend(device, &network->shape, choice, &network->backend);
    if (!status && !network->backend)
        return px_fail(network->log, PRAXIS_ERROR_DEVICE, "%s; another version of the driver may be right", *complaint);
    if (!status && *complaint)
        px_message(network->log, PRAXIS_LOG_WARNING, "%s\ngoing on with %s", *complaint,
                   way_of(network->backend, &way));
    free(*complaint);
    *complaint = NULL;
    if (!status)
        status = network->backend->operations->birth(network->backend);
    if (!status)
        status = verify_parts(network->backend, &network->shape, &doubt);
    if (doubt && !(*complaint = complain(network, doubt)))
        status = px_fail(network->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a message");
    free(doubt);
    return status;
}

/* Later networks of the context begin with this way. Where other threads have gone further, theirs stays. */
static void remember_choice(praxis_context *context, uint32_t choice)
{
    unsigned first = atomic_load(&context->choice);
    while (first < choice && !atomic_compare_exchange_weak(&context->choice, &first, choice))
        ;
}

/* A way that is wrong for one shape is not trusted with another. Where none is right, each network tries them all. */
static praxis_status open_backend(praxis_network *network)
{
    char *complaint = NULL;
    uint32_t choice = atomic_load(&network->context->choice);
    praxis_status status = try_backend(network, choice, &complaint);
    while (!status && complaint) {
        network->backend->operations->destroy(network->backend);
        network->backend = NULL;
        status = try_backend(network, ++choice, &complaint);
    }
    if (!status)
        remember_choice(network->context, choice);
    free(complaint);
    return status;
}

praxis_status px_network_create(praxis_context *context, const praxis_parameters *parameters, praxis_network **network)
{
    praxis_network *made = calloc(1, sizeof *made);
    praxis_status status =
        made ? PRAXIS_SUCCESS : px_fail(&context->log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for a network");
    if (made) {
        made->context = px_context_retain(context);
        made->log = &context->log;
        status = prepare_network(made, parameters);
    }
    status = px_context_agree(context, "praxis_network_create", status);
    if (!status)
        status = open_backend(made);
    if (!status)
        status = apply_parameters(made, &made->parameters, parameters->noise > 0);
    if (!status)
        status = px_network_birth(made);
    if (made)
        status = px_network_conclude(made, "praxis_network_create", status);
    if (status)
        px_network_destroy(made);
    else
        *network = made;
    return status;
}

void px_network_destroy(praxis_network *network)
{
    if (!network)
        return;
    if (network->backend && !px_context_is_inherited(network->context))
        network->backend->operations->destroy(network->backend);
    free(network->seeds);
    px_learning_free(network);
    free(network->group_names);
    free(network->group_offsets);
    free(network->group_members);
    free(network->targets.target);
    free(network->targets.groups);
    px_step_room_free(&network->step);
    free(network->block);
    free(network->contexts);
    px_context_release(network->context);
    free(network);
}

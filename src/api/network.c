/* SPDX-License-Identifier: MIT */
/* The public functions of networks as a whole, their parameters and their groups. */
#include "api/check.h"
#include "structure.h"

enum {
    FIRST_NETWORK_INFO = PX_FIRST_SIZE(praxis_network_info, sum_path),
    FIRST_PART_INFO = PX_FIRST_SIZE(praxis_part_info, sum_path)
};

praxis_status praxis_network_create(praxis_context *context, const praxis_parameters *parameters,
                                    praxis_network **network)
{
    if (!network)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *network = NULL;
    praxis_parameters own;
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_take_parameters(&context->log, parameters, &own);
    return status ? status : px_network_create(context, &own, network);
}

void praxis_network_destroy(praxis_network *network)
{
    px_network_destroy(network);
}

praxis_status praxis_network_describe(const praxis_network *network, praxis_network_info *info)
{
    praxis_status status = px_check_network_there(network);
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
    struct px_shape shape;
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_structure_check(&context->log, "info", info, FIRST_NETWORK_INFO);
    if (!status)
        status = px_take_parameters(&context->log, parameters, &own);
    if (!status)
        status = px_shape_make(&context->log, &own, &shape);
    if (!status)
        status = px_network_plan(context->device, &own, &shape, &planned);
    if (!status)
        px_structure_give(info, &planned, sizeof planned);
    return status;
}

/* What the plan of a part needs. */
static praxis_status take_plan(praxis_context *context, const praxis_parameters *parameters,
                               const praxis_part_info *info, praxis_parameters *own, struct px_shape *shape)
{
    praxis_status status = px_check_context(context);
    if (!status)
        status = px_structure_check(&context->log, "info", info, FIRST_PART_INFO);
    if (!status)
        status = px_take_parameters(&context->log, parameters, own);
    return status ? status : px_shape_make(&context->log, own, shape);
}

praxis_status praxis_network_plan_rank(praxis_context *context, const praxis_parameters *parameters, uint32_t ranks,
                                       uint32_t rank, praxis_part_info *info)
{
    praxis_parameters own;
    praxis_part_info planned;
    struct px_shape shape;
    praxis_status status = take_plan(context, parameters, info, &own, &shape);
    if (!status)
        status = px_network_plan_rank(context->device, &own, &shape, ranks, rank, &planned);
    if (!status)
        px_structure_give(info, &planned, sizeof planned);
    return status;
}

praxis_status praxis_network_plan_part(praxis_context *context, const praxis_parameters *parameters, uint32_t part,
                                       praxis_part_info *info)
{
    praxis_parameters own;
    praxis_part_info planned;
    struct px_shape shape;
    praxis_status status = take_plan(context, parameters, info, &own, &shape);
    if (!status)
        status = px_network_plan_part(context->device, &own, &shape, part, &planned);
    if (!status)
        px_structure_give(info, &planned, sizeof planned);
    return status;
}

/* A network, and one of its parameters by number. */
static praxis_status check_parameter(const praxis_network *network, const char *names, bool there,
                                     praxis_parameter parameter)
{
    praxis_status status = px_check_network(network, names, there);
    if (!status && !px_is_parameter(parameter))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT, "parameter %d is unknown, the last is %d",
                         (int)parameter, PRAXIS_PARAMETER_COUNT - 1);
    return status;
}

praxis_status praxis_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value)
{
    praxis_status status = check_parameter(network, "", true, parameter);
    return PX_CALL(status, network, px_network_set_parameter(network, parameter, value));
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
    praxis_status status = px_check_network(network, "name or text is", name && text);
    if (!status)
        status = px_parameter_named(network->log, name, &parameter);
    return PX_CALL(status, network, px_network_set_text(network, parameter, text));
}

praxis_status praxis_network_get(const praxis_network *network, const char *name, char *text, size_t size)
{
    praxis_parameter parameter;
    praxis_status status = px_check_network(network, "name or text is", name && text);
    if (!status)
        status = px_parameter_named(network->log, name, &parameter);
    return status ? status : px_parameter_text(network->log, &network->parameters, parameter, text, size);
}

praxis_status praxis_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                       uint32_t *group)
{
    praxis_status status = px_check_network(network, "name, neurons or group is", name && neurons && group);
    return PX_CALL(status, network, px_network_add_group(network, name, neurons, count, group));
}

praxis_status praxis_network_find_group(const praxis_network *network, const char *name, uint32_t *group)
{
    praxis_status status = px_check_network(network, "name or group is", name && group);
    return status ? status : px_network_find_group(network, name, group);
}

praxis_status praxis_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count)
{
    praxis_status status = px_check_network(network, "", true);
    return PX_CALL(status, network, px_network_set_plastic_groups(network, groups, count));
}

praxis_status praxis_network_share_noise(praxis_network *network, uint32_t group)
{
    praxis_status status = px_check_network(network, "", true);
    return PX_CALL(status, network, px_network_share_noise(network, group));
}

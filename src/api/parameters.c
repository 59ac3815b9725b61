/* SPDX-License-Identifier: MIT */
/* The public functions of parameters without a network. */
#include "api/check.h"
#include "structure.h"

enum {
    FIRST_PARAMETERS = PX_FIRST_SIZE(praxis_parameters, consolidation),
    FIRST_PARAMETER_INFO = PX_FIRST_SIZE(praxis_parameter_info, settable),
    FIRST_CHOICE_INFO = PX_FIRST_SIZE(praxis_choice_info, description)
};

praxis_status px_take_parameters(struct px_log *log, const praxis_parameters *given, praxis_parameters *own)
{
    px_parameters_default(own);
    return given ? px_structure_take(log, "parameters", given, FIRST_PARAMETERS, own, sizeof *own) : PRAXIS_SUCCESS;
}

praxis_status praxis_parameters_init(praxis_parameters *parameters, size_t size)
{
    praxis_parameters own;
    px_parameters_default(&own);
    return px_structure_begin(parameters, size, FIRST_PARAMETERS, &own, sizeof own);
}

praxis_status praxis_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info)
{
    praxis_parameter_info described;
    praxis_status status = px_structure_check(NULL, "info", info, FIRST_PARAMETER_INFO);
    if (status || !px_is_parameter(parameter))
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
    if (status || !px_is_parameter(parameter) ||
        !px_parameter_choice(parameter, choice, &described.name, &described.description))
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    px_structure_give(info, &described, sizeof described);
    return PRAXIS_SUCCESS;
}

praxis_status praxis_parameter_find_choice(praxis_parameter parameter, const char *name, uint32_t *choice)
{
    return px_is_parameter(parameter) && name && choice && px_parameter_find_choice(parameter, name, choice)
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

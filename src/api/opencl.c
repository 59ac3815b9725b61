/* SPDX-License-Identifier: MIT */
/* The public functions of the caller's own OpenCL. */
#include "backend/opencl/share.h"

#include "api/check.h"
#include "structure.h"

enum { FIRST_VIEW = PX_FIRST_SIZE(praxis_opencl_view, rows), FIRST_SUMS = PX_FIRST_SIZE(praxis_opencl_sums, groups) };

praxis_status praxis_opencl_context_create(const praxis_context_options *options, cl_context context,
                                           cl_device_id device, cl_command_queue queue, praxis_context **made)
{
    praxis_context_options own;
    const struct px_opencl_given given = {context, device, queue};
    if (!made)
        return PRAXIS_ERROR_INVALID_ARGUMENT;
    *made = NULL;
    praxis_status status = px_take_context_options(options, &own);
    return status ? status : px_context_create(&own, &given, made);
}

static praxis_status check_shared(const praxis_network *network)
{
    praxis_status status = px_check_network(network, "", true);
    return status ? status : px_opencl_check_shared(network->backend);
}

praxis_status praxis_opencl_field(praxis_network *network, praxis_field field, praxis_opencl_view *view)
{
    praxis_opencl_view own;
    praxis_status status = check_shared(network);
    if (!status)
        status = px_structure_check(network->log, "view", view, FIRST_VIEW);
    if (!status)
        status = px_check_known_field(network->log, field);
    status = PX_CALL(status, network, px_opencl_show_field(network->backend, field, &own));
    if (!status)
        px_structure_give(view, &own, sizeof own);
    return status;
}

praxis_status praxis_opencl_step(praxis_network *network, const praxis_step *step, praxis_opencl_sums *sums)
{
    praxis_step own;
    praxis_opencl_sums shown;
    praxis_status status = check_shared(network);
    if (!status)
        status = px_structure_check(network->log, "sums", sums, FIRST_SUMS);
    if (!status)
        status = px_take_step(network->log, step, &own);
    if (!status && (own.group_count == 0 || own.output || own.output_mean))
        status = px_fail(network->log, PRAXIS_ERROR_INVALID_ARGUMENT,
                         "a step whose output stays on the device has groups, no `output` and no `output_mean`: %llu "
                         "groups given, output is %s, output_mean %d",
                         (unsigned long long)own.group_count, own.output ? "given" : "NULL", own.output_mean);
    status = PX_CALL(status, network, px_network_step(network, &own));
    if (status)
        return status;
    px_opencl_show_sums(network->backend, &shown);
    px_structure_give(sums, &shown, sizeof shown);
    return PRAXIS_SUCCESS;
}

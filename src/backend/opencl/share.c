/* SPDX-License-Identifier: MIT */
#include "backend/opencl/share.h"

#include "backend/opencl/discovery.h"
#include "backend/opencl/network.h"
#include "backend/opencl/state.h"

/* ---- What is given ---- */

static praxis_status check_there(struct px_log *log, const struct px_opencl_given *given)
{
    const char *missing = !given->context ? "context" : !given->device ? "device" : !given->queue ? "queue" : NULL;
    return missing ? px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "%s is NULL", missing) : PRAXIS_SUCCESS;
}

/* A queue is of a context and of one of its devices: if it is of these, they belong together. */
static praxis_status check_queue(struct px_log *log, const struct px_opencl_given *given)
{
    cl_context context;
    cl_device_id device;
    cl_command_queue_properties properties;
    cl_int error = clGetCommandQueueInfo(given->queue, CL_QUEUE_CONTEXT, sizeof context, &context, NULL);
    if (!error)
        error = clGetCommandQueueInfo(given->queue, CL_QUEUE_DEVICE, sizeof device, &device, NULL);
    if (!error)
        error = clGetCommandQueueInfo(given->queue, CL_QUEUE_PROPERTIES, sizeof properties, &properties, NULL);
    if (error)
        return px_cl_fail(log, error, "clGetCommandQueueInfo");
    if (context != given->context || device != given->device)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "the queue is of another %s than the one given",
                       context != given->context ? "context" : "device");
    if (properties & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)
        return px_fail(log, PRAXIS_ERROR_UNSUPPORTED,
                       "the queue is out of order: networks need one that does commands in the order they come in");
    return PRAXIS_SUCCESS;
}

/* As a search would have found it, but that it has no selector. */
static praxis_status describe_given(struct px_opencl_device *device)
{
    cl_int error =
        clGetDeviceInfo(device->device, CL_DEVICE_PLATFORM, sizeof device->platform, &device->platform, NULL);
    if (error)
        return px_cl_fail(device->base.log, error, "clGetDeviceInfo");
    device->info = (praxis_device_info){.struct_size = sizeof device->info};
    px_opencl_lock();
    px_opencl_describe(device);
    px_opencl_unlock();
    return device->info.usable ? PRAXIS_SUCCESS
                               : px_fail(device->base.log, PRAXIS_ERROR_DEVICE, "%s cannot be used: %s",
                                         device->info.name, device->info.reason);
}

praxis_status px_opencl_take(struct px_opencl_device *device, const struct px_opencl_given *given)
{
    struct px_log *log = device->base.log;
    praxis_status status = check_there(log, given);
    if (!status)
        status = check_queue(log, given);
    device->device = given->device;
    if (!status)
        status = describe_given(device);
    if (status)
        return status;
    cl_int error = clRetainDevice(given->device);
    device->held = error ? NULL : given->device;
    if (!error)
        error = clRetainContext(given->context);
    device->context = error ? NULL : given->context;
    if (!error)
        error = clRetainCommandQueue(given->queue);
    device->queue = error ? NULL : given->queue;
    return error ? px_cl_fail(log, error, "retaining what was given") : PRAXIS_SUCCESS;
}

/* ---- What is shown ---- */

praxis_status px_opencl_check_shared(const struct px_backend *backend)
{
    if (px_opencl_is_network(backend) && ((const struct px_opencl *)backend)->device->queue)
        return PRAXIS_SUCCESS;
    return px_fail(backend->log, PRAXIS_ERROR_UNSUPPORTED,
                   "the network shares no OpenCL with the program: its context is not of praxis_opencl_context_create");
}

praxis_status px_opencl_show_field(struct px_backend *backend, praxis_field field, praxis_opencl_view *view)
{
    const struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_layout *layout = &opencl->layout;
    if (field == PRAXIS_FIELD_WEIGHT || field == PRAXIS_FIELD_TRACE)
        return px_fail(backend->log, PRAXIS_ERROR_UNSUPPORTED,
                       "%s cannot be shown: its order in device memory is the library's own", px_field(field)->name);
    bool of_activations = field == PRAXIS_FIELD_ACTIVATION;
    uint64_t channel = (uint64_t)layout->padded * px_field_bytes(field);
    uint64_t column = of_activations ? layout->stride : channel * px_field_elements(&opencl->shape, field);
    *view = (praxis_opencl_view){
        .struct_size = sizeof *view,
        .buffer = of_activations ? opencl->activations : opencl->fields[field],
        .offset = of_activations ? px_present_start(opencl) : 0,
        .replica_bytes = opencl->shape.columns * column,
        .column_bytes = column,
        .channel_bytes = channel,
        .code_bytes = px_field_bytes(field),
        .replicas = opencl->shape.replicas,
        .columns = opencl->shape.columns,
        .rows = opencl->shape.graph.prime,
    };
    return PRAXIS_SUCCESS;
}

void px_opencl_show_sums(struct px_backend *backend, praxis_opencl_sums *sums)
{
    const struct px_opencl *opencl = px_opencl_of(backend);
    const struct px_span *span = &opencl->staged.span;
    *sums = (praxis_opencl_sums){
        .struct_size = sizeof *sums,
        .buffer = opencl->staged.sums.buffer,
        .ticks = span->ticks - span->read_from,
        .replicas = opencl->shape.replicas,
        .groups = span->group_count,
    };
}

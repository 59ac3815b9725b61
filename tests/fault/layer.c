/* SPDX-License-Identifier: MIT */
#include "layer.h"

#include <CL/cl_layer.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layer *layer_control(void);

static struct layer layer;
static const struct _cl_icd_dispatch *next;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct layer *layer_control(void)
{
    return &layer;
}

/* What the environment asks of a program that does not know of the layer: FAULT_CALL, the number of the call that
 * fails, FAULT_CODE, FAULT_LOST, and FAULT_REPORT, a file to which its name is appended when it does. */
static const char *report;

static void take_environment(void)
{
    const char *call = getenv("FAULT_CALL"), *code = getenv("FAULT_CODE");
    report = getenv("FAULT_REPORT");
    layer.armed = call != NULL;
    layer.failing = call ? atol(call) : 0;
    layer.code = code ? (unsigned)atoi(code) % LAYER_CODES : 0;
    layer.lost = getenv("FAULT_LOST") != NULL;
}

static void report_call(const char *name, int error)
{
    FILE *file = report ? fopen(report, "a") : NULL;
    if (file) {
        fprintf(file, "%s %d\n", name, error);
        fclose(file);
    }
}

/* Codes of kinds of calls, those that drivers were seen to give, or that the specification lets them. */
typedef const cl_int codes[LAYER_CODES];
static codes searching = {CL_OUT_OF_HOST_MEMORY, CL_PLATFORM_NOT_FOUND_KHR};
static codes asking = {CL_OUT_OF_HOST_MEMORY, CL_OUT_OF_RESOURCES, CL_INVALID_VALUE};
static codes opening = {CL_OUT_OF_HOST_MEMORY, CL_DEVICE_NOT_AVAILABLE, CL_OUT_OF_RESOURCES};
static codes allocating = {CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY,
                           CL_INVALID_BUFFER_SIZE};
static codes compiling = {CL_OUT_OF_HOST_MEMORY, CL_BUILD_PROGRAM_FAILURE, CL_OUT_OF_RESOURCES,
                          CL_COMPILER_NOT_AVAILABLE};
static codes preparing = {CL_OUT_OF_HOST_MEMORY, CL_OUT_OF_RESOURCES, CL_INVALID_KERNEL_NAME};
static codes launching = {CL_OUT_OF_HOST_MEMORY, CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES,
                          CL_DEVICE_NOT_AVAILABLE};
static codes waiting = {CL_OUT_OF_HOST_MEMORY, CL_OUT_OF_RESOURCES, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
                        CL_DEVICE_NOT_AVAILABLE};

/* Whether this call, of this kind, is to fail; with what is in layer.error. */
static bool fails(const char *name, codes kind)
{
    bool answer = false;
    pthread_mutex_lock(&lock);
    if (layer.armed && (!layer.lazy || kind == allocating) && (!layer.only || strcmp(layer.only, name) == 0)) {
        long number = ++layer.calls;
        bool first = number == layer.failing, later = layer.lost && layer.failing > 0 && number > layer.failing;
        if (first) {
            layer.error = kind[layer.code];
            layer.name = name;
            report_call(name, layer.error);
        }
        answer = (first || later) && layer.error != 0;
        layer.failed += answer;
    }
    pthread_mutex_unlock(&lock);
    return answer;
}

/* A buffer was promised that is not there. */
static bool promised;

/* A command that would be the first to touch it. */
static bool is_untouchable(const char *name)
{
    pthread_mutex_lock(&lock);
    bool answer = promised;
    promised = false;
    if (answer) {
        layer.error = CL_MEM_OBJECT_ALLOCATION_FAILURE;
        layer.name = name;
    }
    pthread_mutex_unlock(&lock);
    return answer;
}

static void count(long *objects, long more)
{
    pthread_mutex_lock(&lock);
    *objects += more;
    pthread_mutex_unlock(&lock);
}

static void note_command(cl_command_queue queue, long *commands)
{
    count(commands, 1);
    count(&layer.asked.elsewhere, queue != layer.queue);
}

/* A call that returns its error, or an object and its error by a pointer. */
#define FAIL(name, kind)                                                                                               \
    if (fails(#name, kind))                                                                                            \
    return layer.error
#define FAIL_OBJECT(name, kind, error)                                                                                 \
    if (fails(#name, kind)) {                                                                                          \
        if (error)                                                                                                     \
            *(error) = layer.error;                                                                                    \
        return NULL;                                                                                                   \
    }

/* ---- What there is ---- */

static cl_int CL_API_CALL get_platform_ids(cl_uint room, cl_platform_id *platforms, cl_uint *number)
{
    FAIL(clGetPlatformIDs, searching);
    return next->clGetPlatformIDs(room, platforms, number);
}

static cl_int CL_API_CALL get_platform_info(cl_platform_id platform, cl_platform_info what, size_t size, void *value,
                                            size_t *needed)
{
    FAIL(clGetPlatformInfo, asking);
    return next->clGetPlatformInfo(platform, what, size, value, needed);
}

static cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint room,
                                         cl_device_id *devices, cl_uint *number)
{
    FAIL(clGetDeviceIDs, asking);
    return next->clGetDeviceIDs(platform, type, room, devices, number);
}

static cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info what, size_t size, void *value,
                                          size_t *needed)
{
    FAIL(clGetDeviceInfo, asking);
    return next->clGetDeviceInfo(device, what, size, value, needed);
}

static cl_int CL_API_CALL get_context_info(cl_context context, cl_context_info what, size_t size, void *value,
                                           size_t *needed)
{
    FAIL(clGetContextInfo, asking);
    return next->clGetContextInfo(context, what, size, value, needed);
}

static cl_int CL_API_CALL get_queue_info(cl_command_queue queue, cl_command_queue_info what, size_t size, void *value,
                                         size_t *needed)
{
    FAIL(clGetCommandQueueInfo, asking);
    return next->clGetCommandQueueInfo(queue, what, size, value, needed);
}

/* ---- Objects ---- */

static cl_context CL_API_CALL create_context(const cl_context_properties *properties, cl_uint number,
                                             const cl_device_id *devices,
                                             void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *),
                                             void *data, cl_int *error)
{
    FAIL_OBJECT(clCreateContext, opening, error);
    cl_context made = next->clCreateContext(properties, number, devices, notify, data, error);
    count(&layer.objects.contexts, made != NULL);
    return made;
}

static cl_command_queue CL_API_CALL create_queue(cl_context context, cl_device_id device,
                                                 cl_command_queue_properties properties, cl_int *error)
{
    FAIL_OBJECT(clCreateCommandQueue, opening, error);
    count(&layer.asked.queues, 1);
    cl_command_queue made = next->clCreateCommandQueue(context, device, properties, error);
    count(&layer.objects.queues, made != NULL);
    return made;
}

static cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t size, void *data, cl_int *error)
{
    bool failing = fails("clCreateBuffer", allocating);
    if (failing && !layer.lazy) {
        if (error)
            *error = layer.error;
        return NULL;
    }
    promised = failing;
    count(&layer.asked.buffers, 1);
    cl_mem made = next->clCreateBuffer(context, flags, size, data, error);
    count(&layer.objects.buffers, made != NULL);
    return made;
}

static cl_program CL_API_CALL create_program(cl_context context, cl_uint number, const char **texts,
                                             const size_t *lengths, cl_int *error)
{
    FAIL_OBJECT(clCreateProgramWithSource, preparing, error);
    cl_program made = next->clCreateProgramWithSource(context, number, texts, lengths, error);
    count(&layer.objects.programs, made != NULL);
    return made;
}

static cl_program CL_API_CALL load_program(cl_context context, cl_uint number, const cl_device_id *devices,
                                           const size_t *lengths, const unsigned char **binaries, cl_int *found,
                                           cl_int *error)
{
    FAIL_OBJECT(clCreateProgramWithBinary, preparing, error);
    cl_program made = next->clCreateProgramWithBinary(context, number, devices, lengths, binaries, found, error);
    count(&layer.objects.programs, made != NULL);
    return made;
}

static cl_kernel CL_API_CALL create_kernel(cl_program program, const char *name, cl_int *error)
{
    FAIL_OBJECT(clCreateKernel, preparing, error);
    cl_kernel made = next->clCreateKernel(program, name, error);
    count(&layer.objects.kernels, made != NULL);
    return made;
}

#define RETAIN(function, call, type, objects_)                                                                         \
    static cl_int CL_API_CALL function(type object)                                                                    \
    {                                                                                                                  \
        count(&layer.objects.objects_, 1);                                                                             \
        return next->call(object);                                                                                     \
    }
#define RELEASE(function, call, type, objects_)                                                                        \
    static cl_int CL_API_CALL function(type object)                                                                    \
    {                                                                                                                  \
        count(&layer.objects.objects_, -1);                                                                            \
        return next->call(object);                                                                                     \
    }
RETAIN(retain_context, clRetainContext, cl_context, contexts)
RETAIN(retain_queue, clRetainCommandQueue, cl_command_queue, queues)
RETAIN(retain_buffer, clRetainMemObject, cl_mem, buffers)
RETAIN(retain_program, clRetainProgram, cl_program, programs)
RETAIN(retain_kernel, clRetainKernel, cl_kernel, kernels)
RETAIN(retain_event, clRetainEvent, cl_event, events)
RELEASE(release_context, clReleaseContext, cl_context, contexts)
RELEASE(release_queue, clReleaseCommandQueue, cl_command_queue, queues)
RELEASE(release_buffer, clReleaseMemObject, cl_mem, buffers)
RELEASE(release_program, clReleaseProgram, cl_program, programs)
RELEASE(release_kernel, clReleaseKernel, cl_kernel, kernels)
RELEASE(release_event, clReleaseEvent, cl_event, events)

/* ---- Programs ---- */

static cl_int CL_API_CALL build_program(cl_program program, cl_uint number, const cl_device_id *devices,
                                        const char *options, void(CL_CALLBACK *notify)(cl_program, void *), void *data)
{
    FAIL(clBuildProgram, compiling);
    return next->clBuildProgram(program, number, devices, options, notify, data);
}

static cl_int CL_API_CALL get_program_info(cl_program program, cl_program_info what, size_t size, void *value,
                                           size_t *needed)
{
    FAIL(clGetProgramInfo, asking);
    return next->clGetProgramInfo(program, what, size, value, needed);
}

static cl_int CL_API_CALL get_build_info(cl_program program, cl_device_id device, cl_program_build_info what,
                                         size_t size, void *value, size_t *needed)
{
    FAIL(clGetProgramBuildInfo, asking);
    return next->clGetProgramBuildInfo(program, device, what, size, value, needed);
}

static cl_int CL_API_CALL set_argument(cl_kernel kernel, cl_uint index, size_t size, const void *value)
{
    FAIL(clSetKernelArg, preparing);
    return next->clSetKernelArg(kernel, index, size, value);
}

/* ---- Commands ---- */

/* An event that is given is one more object. */
static cl_int with_event(cl_int error, const cl_event *event)
{
    count(&layer.objects.events, !error && event);
    return error;
}

static cl_int CL_API_CALL launch(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset,
                                 const size_t *global, const size_t *local, cl_uint number, const cl_event *wait,
                                 cl_event *event)
{
    note_command(queue, &layer.asked.launches);
    FAIL(clEnqueueNDRangeKernel, launching);
    if (is_untouchable("clEnqueueNDRangeKernel"))
        return layer.error;
    return with_event(
        next->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, number, wait, event), event);
}

static cl_int CL_API_CALL read_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                                      size_t size, void *data, cl_uint number, const cl_event *wait, cl_event *event)
{
    note_command(queue, &layer.asked.reads);
    FAIL(clEnqueueReadBuffer, waiting);
    return with_event(next->clEnqueueReadBuffer(queue, buffer, blocking, offset, size, data, number, wait, event),
                      event);
}

static cl_int CL_API_CALL write_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                                       size_t size, const void *data, cl_uint number, const cl_event *wait,
                                       cl_event *event)
{
    note_command(queue, &layer.asked.writes);
    FAIL(clEnqueueWriteBuffer, launching);
    if (is_untouchable("clEnqueueWriteBuffer"))
        return layer.error;
    return with_event(next->clEnqueueWriteBuffer(queue, buffer, blocking, offset, size, data, number, wait, event),
                      event);
}

static cl_int CL_API_CALL copy_buffer(cl_command_queue queue, cl_mem source, cl_mem target, size_t from, size_t to,
                                      size_t size, cl_uint number, const cl_event *wait, cl_event *event)
{
    note_command(queue, &layer.asked.copies);
    FAIL(clEnqueueCopyBuffer, launching);
    return with_event(next->clEnqueueCopyBuffer(queue, source, target, from, to, size, number, wait, event), event);
}

static void *CL_API_CALL map_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, cl_map_flags flags,
                                    size_t offset, size_t size, cl_uint number, const cl_event *wait, cl_event *event,
                                    cl_int *error)
{
    note_command(queue, &layer.asked.maps);
    FAIL_OBJECT(clEnqueueMapBuffer, waiting, error);
    return next->clEnqueueMapBuffer(queue, buffer, blocking, flags, offset, size, number, wait, event, error);
}

static cl_int CL_API_CALL unmap(cl_command_queue queue, cl_mem memory, void *mapped, cl_uint number,
                                const cl_event *wait, cl_event *event)
{
    /* What was written there stays mapped otherwise: the command is done, and its answer lost. */
    cl_int error = with_event(next->clEnqueueUnmapMemObject(queue, memory, mapped, number, wait, event), event);
    FAIL(clEnqueueUnmapMemObject, waiting);
    return error;
}

static cl_int CL_API_CALL mark(cl_command_queue queue, cl_uint number, const cl_event *wait, cl_event *event)
{
    FAIL(clEnqueueMarkerWithWaitList, launching);
    return with_event(next->clEnqueueMarkerWithWaitList(queue, number, wait, event), event);
}

static cl_int CL_API_CALL flush(cl_command_queue queue)
{
    FAIL(clFlush, launching);
    return next->clFlush(queue);
}

static cl_int CL_API_CALL finish(cl_command_queue queue)
{
    note_command(queue, &layer.asked.waits);
    /* A device that is gone does nothing any more. */
    cl_int error = layer.lost ? next->clFinish(queue) : CL_SUCCESS;
    FAIL(clFinish, waiting);
    return layer.lost ? error : next->clFinish(queue);
}

static cl_int CL_API_CALL wait_for_events(cl_uint number, const cl_event *events)
{
    count(&layer.asked.waits, 1);
    FAIL(clWaitForEvents, waiting);
    return next->clWaitForEvents(number, events);
}

/* ---- The loader ---- */

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t size, void *value, size_t *needed)
{
    static const char name[] = "PRAXIS faults";
    const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    const void *answer = what == CL_LAYER_NAME ? (const void *)name : &version;
    size_t length = what == CL_LAYER_NAME ? sizeof name : sizeof version;
    if ((what != CL_LAYER_NAME && what != CL_LAYER_API_VERSION) || (value && size < length))
        return CL_INVALID_VALUE;
    if (value)
        memcpy(value, answer, length);
    if (needed)
        *needed = length;
    return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const struct _cl_icd_dispatch *target,
                                            cl_uint *entries_of_layer, const struct _cl_icd_dispatch **dispatch)
{
    static struct _cl_icd_dispatch table;
    const struct _cl_icd_dispatch calls = {
        .clGetPlatformIDs = get_platform_ids,
        .clGetPlatformInfo = get_platform_info,
        .clGetDeviceIDs = get_device_ids,
        .clGetDeviceInfo = get_device_info,
        .clGetContextInfo = get_context_info,
        .clGetCommandQueueInfo = get_queue_info,
        .clCreateContext = create_context,
        .clRetainContext = retain_context,
        .clReleaseContext = release_context,
        .clCreateCommandQueue = create_queue,
        .clRetainCommandQueue = retain_queue,
        .clReleaseCommandQueue = release_queue,
        .clCreateBuffer = create_buffer,
        .clRetainMemObject = retain_buffer,
        .clReleaseMemObject = release_buffer,
        .clCreateProgramWithSource = create_program,
        .clCreateProgramWithBinary = load_program,
        .clRetainProgram = retain_program,
        .clReleaseProgram = release_program,
        .clBuildProgram = build_program,
        .clGetProgramInfo = get_program_info,
        .clGetProgramBuildInfo = get_build_info,
        .clCreateKernel = create_kernel,
        .clRetainKernel = retain_kernel,
        .clReleaseKernel = release_kernel,
        .clSetKernelArg = set_argument,
        .clWaitForEvents = wait_for_events,
        .clRetainEvent = retain_event,
        .clReleaseEvent = release_event,
        .clFlush = flush,
        .clFinish = finish,
        .clEnqueueReadBuffer = read_buffer,
        .clEnqueueWriteBuffer = write_buffer,
        .clEnqueueCopyBuffer = copy_buffer,
        .clEnqueueMapBuffer = map_buffer,
        .clEnqueueUnmapMemObject = unmap,
        .clEnqueueNDRangeKernel = launch,
        .clEnqueueMarkerWithWaitList = mark,
    };
    if (!target || entries < sizeof calls / sizeof(void *))
        return CL_INVALID_VALUE;
    take_environment();
    next = target;
    table = calls;
    *dispatch = &table;
    *entries_of_layer = sizeof table / sizeof(void *);
    return CL_SUCCESS;
}

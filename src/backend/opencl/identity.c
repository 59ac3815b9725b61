/* SPDX-License-Identifier: MIT */
/* What is kept of a device's programs and tunings is found again by what the device is: all of it, or nothing is kept.
 */
#include <stdlib.h>

#include "backend/opencl/device.h"
#include "base/host.h"
#include "base/text.h"

/* Appends "name: value", or warns that the query has failed; false then. Takes the value. */
static bool append_text(struct px_text *text, const struct px_opencl_device *device, const char *name,
                        const char *query, cl_int error, char *value)
{
    if (error)
        px_message(device->base.log, PRAXIS_LOG_WARNING,
                   "no programs and no tunings are kept: the driver of %s does not answer %s: %s (%d)",
                   device->info.name, query, px_cl_error(error), error);
    else
        px_text_append(text, "%s: %s\n", name, value);
    free(value);
    return !error;
}

static bool append_platform(struct px_text *text, const struct px_opencl_device *device)
{
    char *version;
    cl_int error = px_opencl_platform_text(device->platform, CL_PLATFORM_VERSION, &version);
    px_text_append(text, "praxis %s\nplatform: %s\n", praxis_version(), device->info.platform);
    return append_text(text, device, "platform version", "CL_PLATFORM_VERSION", error, version);
}

static bool append_device(struct px_text *text, const struct px_opencl_device *device)
{
    static const struct {
        const char *name, *query;
        cl_device_info what;
    } texts[] = {
        {"device", "CL_DEVICE_NAME", CL_DEVICE_NAME},
        {"vendor", "CL_DEVICE_VENDOR", CL_DEVICE_VENDOR},
        {"device version", "CL_DEVICE_VERSION", CL_DEVICE_VERSION},
        {"driver", "CL_DRIVER_VERSION", CL_DRIVER_VERSION},
    };
    bool known = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && known; i++) {
        char *value;
        cl_int error = px_opencl_device_text(device->device, texts[i].what, &value);
        known = append_text(text, device, texts[i].name, texts[i].query, error, value);
    }
    return known;
}

/* A CPU device's name may be the same on machines that share the directory. */
static bool append_host(struct px_text *text, const struct px_opencl_device *device)
{
    if (device->info.type != PRAXIS_DEVICE_CPU && device->info.type != PRAXIS_DEVICE_EMULATOR)
        return true;
    bool known = px_host_append(text);
    if (!known)
        px_message(device->base.log, PRAXIS_LOG_WARNING,
                   "no programs and no tunings are kept: /proc/cpuinfo does not tell what CPU this is");
    return known;
}

praxis_status px_opencl_identify(const struct px_opencl_device *device, char **identity)
{
    struct px_text text = {.start = NULL};
    bool known = append_platform(&text, device) && append_device(&text, device) && append_host(&text, device);
    *identity = px_text_take(&text);
    if (known && !*identity)
        return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for what tells %s from other devices",
                       device->info.name);
    if (!known) {
        free(*identity);
        *identity = NULL;
    }
    return PRAXIS_SUCCESS;
}

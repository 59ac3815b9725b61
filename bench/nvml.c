/* SPDX-License-Identifier: MIT */
/*
 * NVIDIA's management library, which comes with the driver, by name: what is used of it is declared here, as nvml.h of
 * CUDA 12 has it (https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html). Results are 0 for success.
 */
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool/memory.h"
#include "sensors.h"

#define CLOCK_SM        1
#define CLOCK_MEMORY    2
#define TEMPERATURE_GPU 0

struct nvml {
    void *library, *device;
    int (*init)(void), (*shutdown)(void);
    int (*find)(const char *pci, void **device);
    int (*energy)(void *device, unsigned long long *millijoules); /* since the driver was loaded; Volta and later */
    int (*power)(void *device, unsigned *milliwatts);
    int (*limit)(void *device, unsigned *milliwatts);
    int (*clock)(void *device, unsigned type, unsigned *megahertz);
    int (*temperature)(void *device, unsigned sensor, unsigned *celsius);
};

/* The functions, of which none may be missing: all are as old as Volta. */
static bool load(struct nvml *nvml)
{
    const struct {
        const char *name;
        void *target;
    } functions[] = {
        {"nvmlInit_v2", &nvml->init},
        {"nvmlShutdown", &nvml->shutdown},
        {"nvmlDeviceGetHandleByPciBusId_v2", &nvml->find},
        {"nvmlDeviceGetTotalEnergyConsumption", &nvml->energy},
        {"nvmlDeviceGetPowerUsage", &nvml->power},
        {"nvmlDeviceGetEnforcedPowerLimit", &nvml->limit},
        {"nvmlDeviceGetClockInfo", &nvml->clock},
        {"nvmlDeviceGetTemperature", &nvml->temperature},
    };
    bool all = true;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        all = (*(void **)functions[i].target = dlsym(nvml->library, functions[i].name)) && all;
    return all;
}

static void read_nvml(void *work, struct reading *reading)
{
    const struct nvml *nvml = work;
    unsigned long long millijoules;
    unsigned value;
    if (nvml->energy(nvml->device, &millijoules) == 0)
        reading->joules = (double)millijoules * 1e-3;
    if (nvml->power(nvml->device, &value) == 0)
        reading->watts = value * 1e-3;
    if (nvml->limit(nvml->device, &value) == 0)
        reading->limit_watts = value * 1e-3;
    if (nvml->clock(nvml->device, CLOCK_SM, &value) == 0)
        reading->clock_mhz = value;
    if (nvml->clock(nvml->device, CLOCK_MEMORY, &value) == 0)
        reading->memory_mhz = value;
    if (nvml->temperature(nvml->device, TEMPERATURE_GPU, &value) == 0)
        reading->celsius = value;
}

static void close_nvml(void *work)
{
    struct nvml *nvml = work;
    if (nvml->device)
        nvml->shutdown();
    if (nvml->library)
        dlclose(nvml->library);
    free(nvml);
}

/* The device of this address; the library is shut down where it knows none. */
static bool find(struct nvml *nvml, const char *pci)
{
    if (nvml->init() != 0)
        return false;
    if (nvml->find(pci, &nvml->device) == 0 && nvml->device)
        return true;
    nvml->device = NULL;
    nvml->shutdown();
    return false;
}

bool nvml_open(const struct sensors_place *place, struct sensor *sensor)
{
    if (!*place->pci)
        return false;
    struct nvml *nvml = memory_get(1, sizeof *nvml);
    nvml->library = dlopen(place->nvml, RTLD_NOW | RTLD_LOCAL);
    if (!nvml->library || !load(nvml) || !find(nvml, place->pci)) {
        close_nvml(nvml);
        return false;
    }
    struct reading reading = {.joules = NAN, .watts = NAN};
    read_nvml(nvml, &reading);
    bool power = isfinite(reading.watts), energy = isfinite(reading.joules);
    snprintf(sensor->source, sizeof sensor->source, "NVML%s",
             energy  ? ", energy counter"
             : power ? ", readings of power"
                     : "");
    if (!energy && !power)
        snprintf(sensor->missing, sizeof sensor->missing, "NVML tells neither energy nor power of %s", place->pci);
    sensor->work = nvml;
    sensor->read = read_nvml;
    sensor->close = close_nvml;
    return true;
}

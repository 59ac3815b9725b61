/* SPDX-License-Identifier: MIT */
/* NVIDIA's management library with one card, at 0000:65:00.0, whose energy grows by 3 J in each look. FAKE_NVML names
 * what it does not tell: init, find, energy, power. */
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6 };

static int card, users;
static unsigned long long looks;

static int lacks(const char *what)
{
    const char *lacking = getenv("FAKE_NVML");
    return lacking && strstr(lacking, what);
}

int nvmlInit_v2(void);
int nvmlInit_v2(void)
{
    users += !lacks("init");
    return lacks("init") ? NOT_SUPPORTED : SUCCESS;
}

int nvmlShutdown(void);
int nvmlShutdown(void)
{
    users--;
    return SUCCESS;
}

/* How many have begun and not ended. */
int fake_nvml_users(void);
int fake_nvml_users(void)
{
    return users;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, void **device);
int nvmlDeviceGetHandleByPciBusId_v2(const char *pci, void **device)
{
    if (strcmp(pci, "0000:65:00.0") != 0 || users == 0)
        return NOT_FOUND;
    *device = &card;
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules);
int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *millijoules)
{
    if (device != &card || lacks("energy"))
        return NOT_SUPPORTED;
    *millijoules = 7000 + 3000 * looks++;
    return SUCCESS;
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts);
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    *milliwatts = 312500;
    return device != &card || lacks("power") ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *milliwatts);
int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *milliwatts)
{
    *milliwatts = 700000;
    return device != &card ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetClockInfo(void *device, unsigned type, unsigned *megahertz);
int nvmlDeviceGetClockInfo(void *device, unsigned type, unsigned *megahertz)
{
    *megahertz = type == 1 ? 1980 : type == 2 ? 3201 : 0;
    return device != &card || *megahertz == 0 ? NOT_SUPPORTED : SUCCESS;
}

int nvmlDeviceGetTemperature(void *device, unsigned sensor, unsigned *celsius);
int nvmlDeviceGetTemperature(void *device, unsigned sensor, unsigned *celsius)
{
    *celsius = 41;
    return device != &card || sensor != 0 ? NOT_SUPPORTED : SUCCESS;
}

/* SPDX-License-Identifier: MIT */
/*
 * The hardware monitors of AMD's and Intel's kernel drivers. What they have is in the kernel's documentation:
 * gpu/amdgpu/thermal.html, and ABI/testing/sysfs-driver-intel-i915-hwmon and -xe-hwmon. Energies are counters of
 * microjoules of 64 bits; the drivers take care of those of the hardware, which wrap.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "sensors.h"
#include "sysfs.h"

#define MONITORS 64 /* numbers of hardware monitors that are looked at */

/* Files, of which the first that can be read counts. A limit of 0 is none. */
static const struct driver {
    const char *name; /* Intel's have monitors of their parts beside that of the card, with other names */
    const char *energy[2], *power[2], *limit[2], *temperature[2];
    const char *clock, *memory_clock;
    double clock_mhz; /* of a unit of both */
} drivers[] = {
    {"amdgpu",
     {NULL},
     {"power1_average", "power1_input"},
     {"power1_cap"},
     {"temp1_input"},
     "freq1_input",
     "freq2_input",
     1e-6},
    {"xe",
     {"energy1_input", "energy2_input"},
     {NULL},
     {"power1_max", "power2_max"},
     {"temp2_input"},
     "../../tile0/gt0/freq0/act_freq",
     NULL,
     1},
    {"i915", {"energy1_input"}, {NULL}, {"power1_max"}, {"temp1_input"}, NULL, NULL, 1},
};

struct hwmon {
    const struct driver *driver;
    char folder[SYSFS_PATH - 64];
};

static double first_of(const struct hwmon *hwmon, const char *const files[2], double scale)
{
    double value = NAN;
    for (int i = 0; i < 2 && files[i] && isnan(value); i++)
        value = sysfs_number(scale, "%s/%s", hwmon->folder, files[i]);
    return value;
}

static double clock_of(const struct hwmon *hwmon, const char *file)
{
    return file ? sysfs_number(hwmon->driver->clock_mhz, "%s/%s", hwmon->folder, file) : NAN;
}

static void read_hwmon(void *work, struct reading *reading)
{
    const struct hwmon *hwmon = work;
    const struct driver *driver = hwmon->driver;
    double limit = first_of(hwmon, driver->limit, 1e-6);
    reading->joules = first_of(hwmon, driver->energy, 1e-6);
    reading->watts = first_of(hwmon, driver->power, 1e-6);
    reading->limit_watts = limit > 0 ? limit : NAN;
    reading->celsius = first_of(hwmon, driver->temperature, 1e-3);
    reading->clock_mhz = clock_of(hwmon, driver->clock);
    reading->memory_mhz = clock_of(hwmon, driver->memory_clock);
}

/* The monitor of the card, which is not the only one there. */
static const struct driver *find(const struct sensors_place *place, char folder[SYSFS_PATH - 64])
{
    char name[RESULT_TEXT];
    for (int number = 0; number < MONITORS; number++) {
        int length = snprintf(folder, SYSFS_PATH - 64, "%s/sys/bus/pci/devices/%s/hwmon/hwmon%d", place->root,
                              place->pci, number);
        if (length >= SYSFS_PATH - 64 || !sysfs_text(name, "%s/name", folder))
            continue;
        for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
            if (strcmp(name, drivers[i].name) == 0)
                return &drivers[i];
    }
    return NULL;
}

bool hwmon_open(const struct sensors_place *place, struct sensor *sensor)
{
    if (!*place->pci)
        return false;
    struct hwmon *hwmon = memory_get(1, sizeof *hwmon);
    hwmon->driver = find(place, hwmon->folder);
    if (!hwmon->driver) {
        free(hwmon);
        return false;
    }
    struct reading reading;
    read_hwmon(hwmon, &reading);
    bool power = isfinite(reading.watts), energy = isfinite(reading.joules);
    snprintf(sensor->source, sizeof sensor->source, "hwmon of %s%s", hwmon->driver->name,
             energy  ? ", energy counter"
             : power ? ", readings of power"
                     : "");
    if (!energy && !power)
        snprintf(sensor->missing, sizeof sensor->missing, "the hardware monitor of %s tells neither energy nor power",
                 hwmon->driver->name);
    sensor->work = hwmon;
    sensor->read = read_hwmon;
    sensor->close = free;
    return true;
}

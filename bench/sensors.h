/* SPDX-License-Identifier: MIT */
/*
 * What the sensors of a device say: of NVIDIA's cards its management library, of AMD's and Intel's the hardware monitor
 * of their kernel driver, of CPUs the counters of the running average power limit (RAPL).
 */
#ifndef BENCH_SENSORS_H
#define BENCH_SENSORS_H

#include <stdbool.h>

#include "result.h"

/* At one moment; NaN where it is not told. */
struct reading {
    double joules; /* taken since some moment before; only grows */
    double watts, limit_watts, clock_mhz, memory_mhz, celsius;
};

/* Where to look. */
struct sensors_place {
    const char *root; /* of the file system that /sys lies in; empty for that of the machine */
    const char *nvml; /* NVIDIA's library */
    const char *pci;  /* as pci_address tells it; may be empty */
    bool host;        /* a CPU, or a GPU that shares its memory: what RAPL measures */
};

#define SENSORS_NVML "libnvidia-ml.so.1"

struct sensors;

/* Never NULL. */
struct sensors *sensors_open(const struct sensors_place *place);
void sensors_close(struct sensors *sensors);

/* What tells: "NVML, energy counter"; empty for nothing. And what does not, and why; empty for nothing. */
const char *sensors_source(const struct sensors *sensors);
const char *sensors_missing(const struct sensors *sensors);

void sensors_read(struct sensors *sensors, struct reading *reading);

/* ---- Kinds of sensors ---- */

/* One that was opened. Reading fills in what it tells and leaves the rest. */
struct sensor {
    void *work;
    void (*read)(void *work, struct reading *reading);
    void (*close)(void *work);
    char source[RESULT_TEXT], missing[RESULT_TEXT]; /* each empty to begin with */
};

/* Each opens its kind at this place, or returns false and says in `missing` why, where it should have been there. */
bool nvml_open(const struct sensors_place *place, struct sensor *sensor);
bool hwmon_open(const struct sensors_place *place, struct sensor *sensor);
bool rapl_open(const struct sensors_place *place, struct sensor *sensor);

#endif

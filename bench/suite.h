/* SPDX-License-Identifier: MIT */
/* The measurements of one device, one after the other. */
#ifndef BENCH_SUITE_H
#define BENCH_SUITE_H

#include <praxis/praxis.h>
#include <stdbool.h>

#include "tool/opening.h"
#include "opencl.h"
#include "result.h"
#include "sensors.h"
#include "series.h"
#include "stream.h"

#define SUITE_SIZES 24

struct suite {
    double begin; /* on clock_now, for progress */
    struct series_settings settings;
    uint64_t sizes[SUITE_SIZES]; /* neurons asked for, k = 2 */
    size_t size_count;
    uint64_t factor_size;    /* where k = 1, 3 and 4 are measured too; 0: nowhere */
    bool factor_learning;    /* and learning with them */
    uint64_t learning_limit; /* learning is measured up to this size */
    double energy_seconds;   /* that one thing runs under the eyes of sensors, at least */
    int starts;              /* how often a first and a second start are measured; 0: not at all */
};

/* What the parts of a device's suite share. */
struct bench {
    const struct suite *suite;
    const struct cli_opening *opening;
    praxis_context *context;
    struct opencl *opencl;   /* NULL where the device is none of OpenCL's */
    struct streams *streams; /* NULL likewise */
    struct sensors *sensors;
};

/* One line of progress on standard error, with the seconds since the suite began. */
void suite_progress(const struct suite *suite, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the driver says of a device. */
void suite_describe(const praxis_device_info *info, struct result_device *result);

/* Opens the device and measures all of it. False where something failed: the message has been written, and what could
 * be measured is in the result. */
bool suite_run(const struct suite *suite, const struct cli_opening *opening, struct result_device *result);

/* What the sensors tell while the series runs, once it has been measured: one time of it is so many synaptic
 * operations. Nothing where there are none. */
struct result_energy suite_energy(const struct bench *bench, struct series *series, double operations);
/* Opens the sensors and looks at the device at rest. */
void suite_sensors(struct bench *bench, struct result_device *result);

/* What networks of all sizes are made with. */
void suite_parameters(uint64_t neurons, uint32_t degree_factor, praxis_parameters *parameters);

/* The parts. Each returns false where it failed and has written a message. */

/* Measures a network of this size and adds it to the result; a size that does not fit is left out. */
bool suite_network(const struct bench *bench, uint64_t neurons, uint32_t degree_factor, struct result_device *result);
/* N = 961 with noise and both regulators, one replica, four, and one per compute unit. */
bool suite_small(struct bench *bench, struct result_device *result);
/* N = 361 and 961 in closed loops that learn, one replica, 20 and 100. */
bool suite_loops(struct bench *bench, struct result_device *result);
/* The persistent form beside that without it, of the smaller sizes. */
bool suite_forms(struct bench *bench, struct result_device *result);

#endif

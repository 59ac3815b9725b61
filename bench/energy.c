/* SPDX-License-Identifier: MIT */
/* Joules per synaptic operation, and power, clocks and temperature while it is done. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "tool/clock.h"
#include "meter.h"
#include "pci.h"
#include "suite.h"

static const struct result_energy unknown = {NAN, NAN, NAN, NAN, NAN, NAN};

/* Runs of the length that was measured, one after the other, until they have taken long enough; the seconds they took,
 * and *times. Negative where one fails. */
static double run_for(struct series *series, double seconds, double *times)
{
    double begin = clock_now(), taken = 0;
    for (*times = 0; taken < seconds; taken = clock_now() - begin) {
        if (!series->run(series->work, series->times))
            return -1;
        *times += (double)series->times;
    }
    return taken;
}

struct result_energy suite_energy(const struct bench *bench, struct series *series, double operations)
{
    double times, wanted = bench->suite->energy_seconds;
    bool tells = *sensors_source(bench->sensors) && !series->failed && series->count > 0;
    if (!tells || (series->lead && !series->lead(series->work)))
        return unknown;
    /* Readings of power are means over some time: the device is at work when the first is taken. */
    if (run_for(series, wanted / 4, &times) < 0)
        return unknown;
    struct meter *meter = meter_begin(bench->sensors);
    double taken = run_for(series, wanted, &times);
    if (!meter)
        return unknown;
    struct meter_seen seen = meter_end(meter);
    if (taken < 0)
        return unknown;
    return (struct result_energy){
        .joules_per_operation = seen.watts * taken / (times * operations),
        .watts = seen.watts,
        .clock_mhz = seen.clock_mhz,
        .memory_mhz = seen.memory_mhz,
        .celsius = seen.celsius,
        .seconds = taken,
    };
}

void suite_sensors(struct bench *bench, struct result_device *result)
{
    char pci[PCI_ADDRESS] = "";
    if (bench->opencl)
        pci_address(bench->opencl->device, pci);
    const struct sensors_place place = {
        .root = "", .nvml = SENSORS_NVML, .pci = pci, .host = !bench->opencl || bench->opencl->host_memory};
    bench->sensors = sensors_open(&place);
    result_text(result->sensors.source, sensors_source(bench->sensors));
    result_text(result->sensors.missing, sensors_missing(bench->sensors));
    struct meter *meter = *result->sensors.source ? meter_begin(bench->sensors) : NULL;
    if (!meter)
        return;
    suite_progress(bench->suite, "sensors: %s", result->sensors.source);
    double seconds = bench->suite->energy_seconds / 2;
    const struct timespec rest = {(time_t)seconds, (long)((seconds - floor(seconds)) * 1e9)};
    nanosleep(&rest, NULL);
    struct meter_seen seen = meter_end(meter);
    result->sensors.idle_watts = seen.watts;
    result->sensors.limit_watts = seen.limit_watts;
    if (isnan(seen.watts) && !*result->sensors.missing)
        result_text(result->sensors.missing, "the energy counter stands still");
}

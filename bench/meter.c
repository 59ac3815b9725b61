/* SPDX-License-Identifier: MIT */
#include "meter.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "tool/clock.h"
#include "tool/memory.h"

#define INTERVAL_NANOSECONDS 20000000

/* ---- Readings ---- */

static void take_counter(struct meter_sums *sums, double now, double joules)
{
    if (isnan(joules))
        return;
    if (!sums->counted) {
        sums->counted = true;
        sums->first_joules = joules;
        sums->counted_seconds = now;
    } else if (joules != sums->last_joules) {
        if (sums->moves++ == 0) {
            sums->from_seconds = now;
            sums->from_joules = joules;
        }
        sums->to_seconds = now;
        sums->to_joules = joules;
    }
    sums->last_joules = joules;
}

void meter_take(struct meter_sums *sums, double now, const struct reading *reading)
{
    struct meter_seen *seen = &sums->seen;
    if (sums->count == 0) {
        *seen = (struct meter_seen){NAN, NAN, NAN, NAN, NAN};
        sums->first_seconds = now;
    }
    take_counter(sums, now, reading->joules);
    if (sums->count > 0)
        sums->watt_seconds += (sums->last_watts + reading->watts) / 2 * (now - sums->last_seconds);
    sums->last_watts = reading->watts;
    sums->last_seconds = now;
    sums->clocks += reading->clock_mhz;
    sums->memory_clocks += reading->memory_mhz;
    seen->celsius = fmax(seen->celsius, reading->celsius);
    seen->limit_watts = fmin(seen->limit_watts, reading->limit_watts);
    sums->count++;
}

/* By the counter's steps, else from the first reading to the last, else by readings of power. */
static double mean_watts(const struct meter_sums *sums)
{
    if (sums->moves > 1)
        return (sums->to_joules - sums->from_joules) / (sums->to_seconds - sums->from_seconds);
    if (sums->moves == 1)
        return (sums->last_joules - sums->first_joules) / (sums->last_seconds - sums->counted_seconds);
    return sums->count > 1 ? sums->watt_seconds / (sums->last_seconds - sums->first_seconds) : sums->last_watts;
}

struct meter_seen meter_sum(const struct meter_sums *sums)
{
    struct meter_seen seen = sums->seen;
    if (sums->count == 0)
        return (struct meter_seen){NAN, NAN, NAN, NAN, NAN};
    seen.watts = mean_watts(sums);
    seen.clock_mhz = sums->clocks / sums->count;
    seen.memory_mhz = sums->memory_clocks / sums->count;
    return seen;
}

/* ---- The thread ---- */

struct meter {
    struct sensors *sensors;
    struct meter_sums sums;
    pthread_t thread;
    pthread_mutex_t lock;
    bool over; /* guarded by the lock */
};

static bool is_over(struct meter *meter)
{
    pthread_mutex_lock(&meter->lock);
    bool over = meter->over;
    pthread_mutex_unlock(&meter->lock);
    return over;
}

static void look(struct meter *meter)
{
    struct reading reading;
    sensors_read(meter->sensors, &reading);
    meter_take(&meter->sums, clock_now(), &reading);
}

static void *watch(void *argument)
{
    const struct timespec interval = {0, INTERVAL_NANOSECONDS};
    struct meter *meter = argument;
    do {
        look(meter);
        nanosleep(&interval, NULL);
    } while (!is_over(meter));
    look(meter);
    return NULL;
}

struct meter *meter_begin(struct sensors *sensors)
{
    struct meter *meter = memory_get(1, sizeof *meter);
    meter->sensors = sensors;
    pthread_mutex_init(&meter->lock, NULL);
    if (pthread_create(&meter->thread, NULL, watch, meter) == 0)
        return meter;
    pthread_mutex_destroy(&meter->lock);
    free(meter);
    return NULL;
}

struct meter_seen meter_end(struct meter *meter)
{
    pthread_mutex_lock(&meter->lock);
    meter->over = true;
    pthread_mutex_unlock(&meter->lock);
    pthread_join(meter->thread, NULL);
    struct meter_seen seen = meter_sum(&meter->sums);
    pthread_mutex_destroy(&meter->lock);
    free(meter);
    return seen;
}

/* SPDX-License-Identifier: MIT */
/*
 * Processors, by the kernel's power capping (power/powercap/powercap.html, ABI/testing/sysfs-class-powercap): energy of
 * each package and of the memory that its controller knows, in microjoules. The counters wrap behind
 * max_energy_range_uj. As Linux sets it up since 5.10, energy_uj is for root alone (CVE-2020-8694). Clocks are those of
 * cpufreq, temperatures those of coretemp and k10temp.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "tool/text.h"
#include "sensors.h"
#include "sysfs.h"

#define PACKAGES  32
#define PARTS     4 /* of a package, of which memory may be one */
#define ZONES     (2 * PACKAGES)
#define ZONE_NAME 32
#define CLOCKS    8 /* CPUs whose clocks are looked at, all over the machine */
#define MOST_CPU  4096
#define MONITORS  64

struct zone {
    char name[ZONE_NAME];    /* in sysfs */
    double range, last, sum; /* joules: where the counter wraps, its last reading, and all since the first */
};

struct rapl {
    char root[SYSFS_PATH / 2];
    struct zone zones[ZONES];
    size_t zone_count;
    double limit_watts; /* of all packages together */
    int clocks[CLOCKS]; /* numbers of CPUs */
    size_t clock_count;
    int monitors[PACKAGES]; /* numbers of hardware monitors of packages */
    size_t monitor_count;
};

/* ---- Reading ---- */

/* A number of a zone, in millionths. */
static double number_of(const struct rapl *rapl, const char *zone, const char *file)
{
    return sysfs_number(1e-6, "%s/sys/class/powercap/%s/%s", rapl->root, zone, file);
}

/* False where it cannot be read. */
static bool read_zone(const struct rapl *rapl, struct zone *zone)
{
    double now = number_of(rapl, zone->name, "energy_uj");
    if (isnan(now))
        return false;
    if (now >= zone->last)
        zone->sum += now - zone->last;
    else if (zone->range >= zone->last)
        zone->sum += zone->range - zone->last + now;
    zone->last = now;
    return true;
}

static void read_rapl(void *work, struct reading *reading)
{
    struct rapl *rapl = work;
    double joules = 0, clocks = 0, hottest = NAN;
    bool all = rapl->zone_count > 0;
    for (size_t i = 0; i < rapl->zone_count; i++) {
        all = read_zone(rapl, &rapl->zones[i]) && all;
        joules += rapl->zones[i].sum;
    }
    for (size_t i = 0; i < rapl->clock_count; i++)
        clocks +=
            sysfs_number(1e-3, "%s/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", rapl->root, rapl->clocks[i]);
    for (size_t i = 0; i < rapl->monitor_count; i++)
        hottest =
            fmax(hottest, sysfs_number(1e-3, "%s/sys/class/hwmon/hwmon%d/temp1_input", rapl->root, rapl->monitors[i]));
    reading->joules = all ? joules : NAN;
    reading->limit_watts = rapl->limit_watts;
    reading->clock_mhz = rapl->clock_count > 0 ? clocks / (double)rapl->clock_count : NAN;
    reading->celsius = hottest;
}

/* ---- Opening ---- */

/* Adds a zone whose name begins with `wanted`; `names` and `missing` are told of it. */
static bool add_zone(struct rapl *rapl, const char *wanted, const char *zone, struct text *names, char *missing)
{
    char name[RESULT_TEXT];
    if (rapl->zone_count == ZONES || !sysfs_text(name, "%s/sys/class/powercap/%s/name", rapl->root, zone) ||
        strncmp(name, wanted, strlen(wanted)) != 0)
        return false;
    struct zone added = {.last = number_of(rapl, zone, "energy_uj"), .sum = 0};
    if (isnan(added.last)) {
        snprintf(missing, RESULT_TEXT, "%s/energy_uj cannot be read: %s", zone, strerror(errno));
        return false;
    }
    added.range = number_of(rapl, zone, "max_energy_range_uj");
    snprintf(added.name, sizeof added.name, "%s", zone);
    rapl->zones[rapl->zone_count] = added;
    rapl->zone_count++;
    text_append(names, "%s %s", names->used ? "," : "", name);
    return true;
}

/* intel-rapl is its name on AMD's processors, too. Zones of the whole platform hold packages, and are left out. */
static void find_zones(struct rapl *rapl, struct text *names, char *missing)
{
    char zone[ZONE_NAME];
    for (int package = 0; package < PACKAGES; package++) {
        snprintf(zone, sizeof zone, "intel-rapl:%d", package);
        if (!add_zone(rapl, "package", zone, names, missing))
            continue;
        double limit = number_of(rapl, zone, "constraint_0_power_limit_uw");
        rapl->limit_watts = isnan(rapl->limit_watts) ? limit : rapl->limit_watts + limit;
        for (int part = 0; part < PARTS; part++) {
            snprintf(zone, sizeof zone, "intel-rapl:%d:%d", package, part);
            add_zone(rapl, "dram", zone, names, missing);
        }
    }
}

static void find_clocks(struct rapl *rapl)
{
    int count = 0;
    while (count < MOST_CPU &&
           isfinite(sysfs_number(1, "%s/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", rapl->root, count)))
        count++;
    for (int i = 0; i < CLOCKS && i < count; i++)
        rapl->clocks[rapl->clock_count++] = (int)((double)i * count / (count < CLOCKS ? count : CLOCKS));
}

static void find_monitors(struct rapl *rapl)
{
    char name[RESULT_TEXT];
    for (int number = 0; number < MONITORS && rapl->monitor_count < PACKAGES; number++)
        if (sysfs_text(name, "%s/sys/class/hwmon/hwmon%d/name", rapl->root, number) &&
            (strcmp(name, "coretemp") == 0 || strcmp(name, "k10temp") == 0))
            rapl->monitors[rapl->monitor_count++] = number;
}

bool rapl_open(const struct sensors_place *place, struct sensor *sensor)
{
    char names[RESULT_TEXT / 2];
    struct text text = TEXT_IN(names);
    if (!place->host)
        return false;
    struct rapl *rapl = memory_get(1, sizeof *rapl);
    snprintf(rapl->root, sizeof rapl->root, "%s", place->root);
    rapl->limit_watts = NAN;
    find_zones(rapl, &text, sensor->missing);
    find_clocks(rapl);
    find_monitors(rapl);
    if (rapl->zone_count > 0)
        snprintf(sensor->source, sizeof sensor->source, "RAPL, energy counters of%s", names);
    else if (rapl->clock_count + rapl->monitor_count > 0)
        snprintf(sensor->source, sizeof sensor->source, "sysfs");
    if (rapl->zone_count == 0 && !*sensor->missing)
        snprintf(sensor->missing, sizeof sensor->missing, "the system shows no energy of its processors (RAPL)");
    if (!*sensor->source) {
        free(rapl);
        return false;
    }
    sensor->work = rapl;
    sensor->read = read_rapl;
    sensor->close = free;
    return true;
}

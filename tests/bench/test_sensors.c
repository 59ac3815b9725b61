/* SPDX-License-Identifier: MIT */
/*
 * Sensors as praxis-bench reads them: in trees of files as kernels lay them out, and in a library that stands for
 * NVIDIA's, whose path is the argument. Numbers come from the kernel's documentation of each file.
 */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <dlfcn.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>

#include "../unit/unit.h"
#include "../../bench/meter.h"
#include "../../bench/pci.h"
#include "../../bench/sensors.h"
#include "../../bench/suite.h"
#include "tool/clock.h"

const char cli_program[] = "test-";

static const char *fake_nvml;
static void *held; /* the library, which stays and keeps count */

/* ---- A tree ---- */

static char root[64];

static void set_up(void)
{
    strcpy(root, "/tmp/praxis-test-sensors.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    unsetenv("FAKE_NVML");
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void tear_down(void)
{
    nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Makes the folders that lead to a file below the root. */
static void make_folders(const char *file, char path[512])
{
    snprintf(path, 512, "%s/sys/%s", root, file);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static void put(const char *file, const char *text)
{
    char path[512];
    make_folders(file, path);
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    fprintf(stream, "%s\n", text);
    ck_assert_int_eq(fclose(stream), 0);
}

/* A file that is there and that nobody can read, whoever runs this: it is a folder. */
static void put_unreadable(const char *file)
{
    char path[512];
    make_folders(file, path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void drop(const char *file)
{
    char path[512];
    make_folders(file, path);
    ck_assert_int_eq(remove(path), 0);
}

static struct sensors *open_at(const char *pci, bool host, const char *nvml)
{
    const struct sensors_place place = {root, nvml, pci, host};
    return sensors_open(&place);
}

static struct reading read_once(struct sensors *sensors)
{
    struct reading reading;
    sensors_read(sensors, &reading);
    return reading;
}

#define NO_NVML "/nowhere/libnvidia-ml.so.1"
#define CARD    "0000:03:00.0"
#define MONITOR "bus/pci/devices/0000:03:00.0/hwmon/"

/* ---- Processors ---- */

#define ZONE "class/powercap/intel-rapl"

/* Two packages, each with cores and, of the second, memory; and the whole platform, which holds all of it. */
static void put_packages(void)
{
    put(ZONE ":0/name", "package-0");
    put(ZONE ":0/energy_uj", "262143000000");
    put(ZONE ":0/max_energy_range_uj", "262143328850");
    put(ZONE ":0/constraint_0_power_limit_uw", "125000000");
    put(ZONE ":0:0/name", "core");
    put(ZONE ":0:0/energy_uj", "5");
    put(ZONE ":1/name", "psys");
    put(ZONE ":1/energy_uj", "1");
    put(ZONE ":2/name", "package-1");
    put(ZONE ":2/energy_uj", "1000000");
    put(ZONE ":2/max_energy_range_uj", "262143328850");
    put(ZONE ":2/constraint_0_power_limit_uw", "115000000");
    put(ZONE ":2:0/name", "dram");
    put(ZONE ":2:0/energy_uj", "7000000");
    put(ZONE ":2:0/max_energy_range_uj", "65712999613");
    put("devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3000000");
    put("devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "4000000");
    put("class/hwmon/hwmon0/name", "nvme");
    put("class/hwmon/hwmon0/temp1_input", "99000");
    put("class/hwmon/hwmon2/name", "coretemp");
    put("class/hwmon/hwmon2/temp1_input", "51000");
    put("class/hwmon/hwmon3/name", "coretemp");
    put("class/hwmon/hwmon3/temp1_input", "57000");
}

START_TEST(packages_add_up_and_counters_wrap)
{
    put_packages();
    struct sensors *sensors = open_at("", true, NO_NVML);
    struct reading reading = read_once(sensors);
    ck_assert_str_eq(sensors_source(sensors), "RAPL, energy counters of package-0, package-1, dram");
    ck_assert_str_eq(sensors_missing(sensors), "");
    ck_assert_double_eq(reading.joules, 0);
    ck_assert(isnan(reading.watts) && isnan(reading.memory_mhz));
    ck_assert_double_eq_tol(reading.limit_watts, 240, 1e-9);
    ck_assert_double_eq(reading.clock_mhz, 3500);
    ck_assert_double_eq(reading.celsius, 57);
    put(ZONE ":2/energy_uj", "3000000");
    put(ZONE ":2:0/energy_uj", "7500000");
    ck_assert_double_eq_tol(read_once(sensors).joules, 2.5, 1e-9);
    put(ZONE ":0/energy_uj", "671150"); /* 328850 to the end of its range, and 671150 from there */
    ck_assert_double_eq_tol(read_once(sensors).joules, 3.5, 1e-6);
    ck_assert_double_eq_tol(read_once(sensors).joules, 3.5, 1e-6);
    drop(ZONE ":2:0/energy_uj"); /* gone for a while, and back */
    ck_assert(isnan(read_once(sensors).joules));
    put(ZONE ":2:0/energy_uj", "8500000");
    ck_assert_double_eq_tol(read_once(sensors).joules, 4.5, 1e-6);
    sensors_close(sensors);
}
END_TEST

START_TEST(a_wrap_without_a_range_adds_nothing)
{
    put(ZONE ":0/name", "package-0");
    put(ZONE ":0/energy_uj", "9000000");
    struct sensors *sensors = open_at("", true, NO_NVML);
    put(ZONE ":0/energy_uj", "1000000");
    ck_assert_double_eq(read_once(sensors).joules, 0);
    put(ZONE ":0/energy_uj", "1500000");
    ck_assert_double_eq_tol(read_once(sensors).joules, 0.5, 1e-9);
    ck_assert(isnan(read_once(sensors).limit_watts) && isnan(read_once(sensors).celsius));
    sensors_close(sensors);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
    put_packages();
    drop(ZONE ":0/energy_uj");
    put_unreadable(ZONE ":0/energy_uj");
    drop(ZONE ":2/energy_uj");
    put(ZONE ":2/energy_uj", "many");
    struct sensors *sensors = open_at("", true, NO_NVML);
    ck_assert_str_eq(sensors_source(sensors), "sysfs"); /* clocks and temperatures are there */
    ck_assert_str_eq(sensors_missing(sensors), "intel-rapl:2/energy_uj cannot be read: Invalid argument");
    struct reading reading = read_once(sensors);
    ck_assert(isnan(reading.joules));
    ck_assert_double_eq(reading.clock_mhz, 3500);
    sensors_close(sensors);
    drop(ZONE ":2/energy_uj");
    put(ZONE ":2/name", "psys");
    sensors = open_at("", true, NO_NVML);
    ck_assert_str_eq(sensors_missing(sensors), "intel-rapl:0/energy_uj cannot be read: Is a directory");
    sensors_close(sensors);
}
END_TEST

START_TEST(an_empty_system_has_none)
{
    static const struct {
        const char *pci;
        bool host;
        const char *missing;
    } cases[] = {
        {"", true, "the system shows no energy of its processors (RAPL)"},
        {"", false, "the driver does not tell where the device sits"},
        {CARD, false, "neither NVML nor a hardware monitor tells of " CARD},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        struct sensors *sensors = open_at(cases[i].pci, cases[i].host, NO_NVML);
        struct reading reading = read_once(sensors);
        ck_assert_str_eq(sensors_source(sensors), "");
        ck_assert_str_eq(sensors_missing(sensors), cases[i].missing);
        ck_assert(isnan(reading.joules) && isnan(reading.watts) && isnan(reading.limit_watts));
        ck_assert(isnan(reading.clock_mhz) && isnan(reading.memory_mhz) && isnan(reading.celsius));
        sensors_close(sensors);
    }
}
END_TEST

/* ---- Cards ---- */

START_TEST(amdgpu)
{
    put(MONITOR "hwmon5/name", "amdgpu");
    put(MONITOR "hwmon5/power1_average", "215000000");
    put(MONITOR "hwmon5/power1_cap", "303000000");
    put(MONITOR "hwmon5/freq1_input", "2482000000");
    put(MONITOR "hwmon5/freq2_input", "1249000000");
    put(MONITOR "hwmon5/temp1_input", "63000");
    put_packages(); /* the host's, and none of the card's business */
    struct sensors *sensors = open_at(CARD, false, NO_NVML);
    struct reading reading = read_once(sensors);
    ck_assert_str_eq(sensors_source(sensors), "hwmon of amdgpu, readings of power");
    ck_assert_str_eq(sensors_missing(sensors), "");
    ck_assert(isnan(reading.joules));
    ck_assert_double_eq_tol(reading.watts, 215, 1e-9);
    ck_assert_double_eq_tol(reading.limit_watts, 303, 1e-9);
    ck_assert_double_eq_tol(reading.clock_mhz, 2482, 1e-9);
    ck_assert_double_eq_tol(reading.memory_mhz, 1249, 1e-9);
    ck_assert_double_eq_tol(reading.celsius, 63, 1e-9);
    drop(MONITOR "hwmon5/power1_average"); /* newer chips have the other */
    put(MONITOR "hwmon5/power1_input", "15000000");
    ck_assert_double_eq_tol(read_once(sensors).watts, 15, 1e-9);
    sensors_close(sensors);
}
END_TEST

/* A card with two monitors, of which the first is of a part of it; a limit that is switched off. */
START_TEST(intel)
{
    put(MONITOR "hwmon1/name", "i915_gt0");
    put(MONITOR "hwmon1/energy1_input", "1");
    put(MONITOR "hwmon4/name", "i915");
    put(MONITOR "hwmon4/energy1_input", "18446744073709551615");
    put(MONITOR "hwmon4/power1_max", "0");
    struct sensors *sensors = open_at(CARD, false, NO_NVML);
    struct reading reading = read_once(sensors);
    ck_assert_str_eq(sensors_source(sensors), "hwmon of i915, energy counter");
    ck_assert_double_eq_tol(reading.joules, 18446744073709.55, 1);
    ck_assert(isnan(reading.limit_watts) && isnan(reading.watts) && isnan(reading.clock_mhz));
    sensors_close(sensors);
    drop(MONITOR "hwmon4/name");
    put(MONITOR "hwmon4/name", "xe");
    drop(MONITOR "hwmon4/energy1_input");
    put(MONITOR "hwmon4/energy2_input", "4500000");
    put(MONITOR "hwmon4/power2_max", "120000000");
    drop(MONITOR "hwmon4/power1_max");
    put(MONITOR "hwmon4/temp2_input", "44000");
    put("bus/pci/devices/0000:03:00.0/tile0/gt0/freq0/act_freq", "2850");
    sensors = open_at(CARD, false, NO_NVML);
    reading = read_once(sensors);
    ck_assert_str_eq(sensors_source(sensors), "hwmon of xe, energy counter");
    ck_assert_double_eq_tol(reading.joules, 4.5, 1e-9);
    ck_assert_double_eq_tol(reading.limit_watts, 120, 1e-9);
    ck_assert_double_eq_tol(reading.clock_mhz, 2850, 1e-9);
    ck_assert_double_eq_tol(reading.celsius, 44, 1e-9);
    sensors_close(sensors);
}
END_TEST

START_TEST(a_monitor_without_power)
{
    put(MONITOR "hwmon0/name", "amdgpu");
    put(MONITOR "hwmon0/temp1_input", "40000");
    put_unreadable(MONITOR "hwmon0/power1_average");
    struct sensors *sensors = open_at(CARD, false, NO_NVML);
    ck_assert_str_eq(sensors_source(sensors), "hwmon of amdgpu");
    ck_assert_str_eq(sensors_missing(sensors), "the hardware monitor of amdgpu tells neither energy nor power");
    ck_assert_double_eq_tol(read_once(sensors).celsius, 40, 1e-9);
    sensors_close(sensors);
    sensors = open_at("0000:04:00.0", false, NO_NVML); /* another card */
    ck_assert_str_eq(sensors_source(sensors), "");
    sensors_close(sensors);
}
END_TEST

/* A GPU in the processor, without a monitor of its own, is in the package. */
START_TEST(a_gpu_that_shares_memory)
{
    put_packages();
    struct sensors *sensors = open_at("0000:00:02.0", true, NO_NVML);
    ck_assert_str_eq(sensors_source(sensors), "RAPL, energy counters of package-0, package-1, dram");
    sensors_close(sensors);
}
END_TEST

/* ---- NVIDIA's library ---- */

static int nvml_users(void)
{
    int (*users)(void);
    *(void **)&users = dlsym(held, "fake_nvml_users");
    return users();
}

START_TEST(nvml)
{
    struct sensors *sensors = open_at("0000:65:00.0", false, fake_nvml);
    struct reading first = read_once(sensors), second = read_once(sensors);
    ck_assert_str_eq(sensors_source(sensors), "NVML, energy counter");
    ck_assert_str_eq(sensors_missing(sensors), "");
    ck_assert_double_eq_tol(second.joules - first.joules, 3, 1e-9);
    ck_assert_double_eq_tol(first.watts, 312.5, 1e-9);
    ck_assert_double_eq_tol(first.limit_watts, 700, 1e-9);
    ck_assert_double_eq(first.clock_mhz, 1980);
    ck_assert_double_eq(first.memory_mhz, 3201);
    ck_assert_double_eq(first.celsius, 41);
    sensors_close(sensors);
    ck_assert_int_eq(nvml_users(), 0);
}
END_TEST

START_TEST(nvml_that_tells_less)
{
    static const struct {
        const char *pci, *lacks, *source, *missing;
    } cases[] = {
        {"0000:65:00.0", "energy", "NVML, readings of power", ""},
        {"0000:65:00.0", "energy power", "NVML", "NVML tells neither energy nor power of 0000:65:00.0"},
        {"0000:65:00.0", "init", "", "neither NVML nor a hardware monitor tells of 0000:65:00.0"},
        {CARD, "nothing", "", "neither NVML nor a hardware monitor tells of " CARD},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        setenv("FAKE_NVML", cases[i].lacks, 1);
        struct sensors *sensors = open_at(cases[i].pci, false, fake_nvml);
        ck_assert_str_eq(sensors_source(sensors), cases[i].source);
        ck_assert_str_eq(sensors_missing(sensors), cases[i].missing);
        ck_assert(isnan(read_once(sensors).joules));
        sensors_close(sensors);
        ck_assert_int_eq(nvml_users(), 0);
    }
    struct sensors *sensors = open_at("0000:65:00.0", false, "libm.so.6"); /* a library without any of the functions */
    ck_assert_str_eq(sensors_source(sensors), "");
    sensors_close(sensors);
}
END_TEST

/* ---- PCI addresses ---- */

/* What the driver under test answers. */
static struct {
    bool khronos, nvidia, amd, whole;
} answers;

static cl_int answer(size_t size, void *value, size_t *given, const void *from, size_t length)
{
    *given = answers.whole ? length : length - 1;
    memcpy(value, from, size < length ? size : length);
    return size < length ? CL_INVALID_VALUE : CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *given)
{
    static const cl_uint khronos[4] = {0x10, 0x65, 0x1f, 7}, bus = 0x2b, slot = 0x0a, domain = 1;
    static const unsigned char amd[24] = {1, [21] = 0xc3, 0, 1};
    (void)device;
    if (what == 0x410F && answers.khronos)
        return answer(size, value, given, khronos, sizeof khronos);
    if (what == 0x4008 && answers.nvidia)
        return answer(size, value, given, &bus, sizeof bus);
    if (what == 0x4009 && answers.nvidia)
        return answer(size, value, given, &slot, sizeof slot);
    if (what == 0x400A && answers.nvidia)
        return answer(size, value, given, &domain, sizeof domain);
    if (what == 0x4037 && answers.amd)
        return answer(size, value, given, amd, sizeof amd);
    return CL_INVALID_VALUE;
}

START_TEST(addresses)
{
    char address[PCI_ADDRESS] = "x";
    answers.whole = true;
    pci_address(NULL, address);
    ck_assert_str_eq(address, "");
    answers.amd = true;
    pci_address(NULL, address);
    ck_assert_str_eq(address, "0000:c3:00.1");
    answers.nvidia = true;
    pci_address(NULL, address);
    ck_assert_str_eq(address, "0001:2b:01.2");
    answers.khronos = true;
    pci_address(NULL, address);
    ck_assert_str_eq(address, "0010:65:1f.7");
    answers.whole = false; /* an answer of another length is none */
    pci_address(NULL, address);
    ck_assert_str_eq(address, "");
}
END_TEST

/* ---- Readings over time ---- */

static struct meter_seen sum_of(const struct reading *readings, const double *seconds, size_t count)
{
    struct meter_sums sums = {.count = 0};
    for (size_t i = 0; i < count; i++)
        meter_take(&sums, seconds[i], &readings[i]);
    return meter_sum(&sums);
}

/* A counter that moves every second, looked at between; from 11 to 13 it moved by 300 J. */
START_TEST(counters_count_between_steps)
{
    static const double seconds[] = {10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5};
    static const double joules[] = {500, 500, 600, 600, 800, NAN, 900, 900};
    struct reading readings[8];
    for (size_t i = 0; i < 8; i++)
        readings[i] = (struct reading){joules[i], 7, 300 - (double)i, 1000 + (double)i, NAN, i == 3 ? 50 : 40};
    struct meter_seen seen = sum_of(readings, seconds, 8);
    ck_assert_double_eq_tol(seen.watts, 150, 1e-9);
    ck_assert_double_eq_tol(seen.clock_mhz, 1003.5, 1e-9);
    ck_assert_double_eq(seen.celsius, 50);
    ck_assert_double_eq(seen.limit_watts, 293);
    ck_assert(isnan(seen.memory_mhz));
    ck_assert_double_eq_tol(sum_of(readings, seconds, 4).watts, 100 / 1.5, 1e-9); /* one step: over all of the time */
    ck_assert_double_eq_tol(sum_of(readings, seconds, 2).watts, 7, 1e-9);         /* none: readings of power */
    ck_assert_double_eq_tol(sum_of(readings, seconds, 1).watts, 7, 1e-9);
    ck_assert(isnan(sum_of(readings, seconds, 0).watts));
}
END_TEST

START_TEST(power_is_integrated)
{
    static const double seconds[] = {1, 2, 4};
    struct reading readings[3] = {
        {NAN, 100, NAN, NAN, NAN, NAN}, {NAN, 300, NAN, NAN, NAN, NAN}, {NAN, 100, NAN, NAN, NAN, NAN}};
    ck_assert_double_eq_tol(sum_of(readings, seconds, 3).watts, (200 + 400) / 3.0, 1e-9);
}
END_TEST

/* What the thread saw of a library whose counter grows by 3 J a look. */
START_TEST(a_thread_looks)
{
    struct sensors *sensors = open_at("0000:65:00.0", false, fake_nvml);
    struct meter *meter = meter_begin(sensors);
    ck_assert_ptr_nonnull(meter);
    double begin = clock_now();
    while (clock_now() < begin + 0.1)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    struct meter_seen seen = meter_end(meter);
    ck_assert(seen.watts > 0);
    ck_assert_double_eq(seen.clock_mhz, 1980);
    ck_assert_double_eq(seen.celsius, 41);
    sensors_close(sensors);
}
END_TEST

/* ---- Energy of work ---- */

void suite_progress(const struct suite *suite, const char *format, ...)
{
    (void)suite;
    (void)format;
}

/* Work of a millisecond each time; it fails from its `last`th call on, and its lead does from the beginning. */
struct work {
    uint64_t times;
    int calls, last;
    bool led, leads;
};

static bool do_work(void *argument, uint64_t times)
{
    struct work *work = argument;
    nanosleep(&(struct timespec){0, 1000000 * (long)times}, NULL);
    work->times += times;
    return work->led && ++work->calls < work->last;
}

static bool lead(void *argument)
{
    struct work *work = argument;
    work->led = true;
    return work->leads;
}

static struct result_energy measure(struct work *work, struct sensors *sensors, int rounds)
{
    static const struct suite suite = {.energy_seconds = 0.1};
    const struct bench bench = {.suite = &suite, .sensors = sensors};
    struct series series = {.run = do_work, .lead = lead, .work = work, .times = 30, .count = rounds};
    return suite_energy(&bench, &series, 250);
}

/* The first quarter of the time is not watched: what it takes is not in the sum. */
START_TEST(energy_of_work)
{
    struct sensors *sensors = open_at("0000:65:00.0", false, fake_nvml), *none = open_at("", false, NO_NVML);
    struct work good = {0, 0, 1000, false, true}, failing = {0, 0, 2, false, true}, unled = {0, 0, 1000, false, false};
    struct result_energy energy = measure(&good, sensors, 1);
    ck_assert(energy.seconds >= 0.1 && energy.watts > 0 && good.led);
    ck_assert(energy.joules_per_operation > 0);
    double operations = energy.watts * energy.seconds / energy.joules_per_operation;
    ck_assert_double_eq_tol(operations / 7500, round(operations / 7500), 1e-6); /* whole runs */
    ck_assert(operations < 250 * (double)good.times);
    ck_assert_double_eq(energy.clock_mhz, 1980);
    ck_assert_double_eq(energy.memory_mhz, 3201);
    ck_assert_double_eq(energy.celsius, 41);
    ck_assert(isnan(measure(&failing, sensors, 1).joules_per_operation));
    ck_assert(isnan(measure(&unled, sensors, 1).joules_per_operation));
    ck_assert(isnan(measure(&good, sensors, 0).joules_per_operation)); /* what was not measured */
    ck_assert(isnan(measure(&good, none, 1).joules_per_operation));
    sensors_close(sensors);
    sensors_close(none);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    fake_nvml = argv[1];
    held = dlopen(fake_nvml, RTLD_NOW);
    if (!held)
        return 2;
    Suite *suite = suite_create("sensors");
    TCase *tests = unit_case(suite, "sensors");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, packages_add_up_and_counters_wrap);
    tcase_add_test(tests, a_wrap_without_a_range_adds_nothing);
    tcase_add_test(tests, what_cannot_be_read_is_said);
    tcase_add_test(tests, an_empty_system_has_none);
    tcase_add_test(tests, amdgpu);
    tcase_add_test(tests, intel);
    tcase_add_test(tests, a_monitor_without_power);
    tcase_add_test(tests, a_gpu_that_shares_memory);
    tcase_add_test(tests, nvml);
    tcase_add_test(tests, nvml_that_tells_less);
    tcase_add_test(tests, addresses);
    tcase_add_test(tests, counters_count_between_steps);
    tcase_add_test(tests, power_is_integrated);
    tcase_add_test(tests, a_thread_looks);
    tcase_add_test(tests, energy_of_work);
    return unit_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* The memory that the host has, and networks that do not fit into it. Uses internals of the library. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"
#include "messages.h"

#include <math.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/memory.h"

#define KIB UINT64_C(1024)

/* Puts a file below a folder that stands for the root. */
static void put_file(const char *root, const char *path, const char *text)
{
    char *whole = folder_path(root, path), *end = strrchr(whole, '/');
    *end = '\0';
    ck_assert(px_file_private_directory(whole));
    *end = '/';
    ck_assert(px_file_replace(whole, text, strlen(text)));
    free(whole);
}

/* Names and contents of files; NULL ends the list. */
struct machine {
    const char *what;
    const char *files[8][2];
    uint64_t available;
};

#define MEMINFO "MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\nBuffers: 1 kB\n"

static const struct machine machines[] = {
    {"no groups", {{"proc/meminfo", MEMINFO}}, 8000000 * KIB},
    {"more than 64 bits hold",
     {{"proc/meminfo", "MemAvailable: 99999999999999999 kB\n"},
      {"proc/self/cgroup", "0::/\n"},
      {"sys/fs/cgroup/memory.max", "1000000\n"}},
     1000000},
    {"version 2, of a container",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/\n"},
      {"sys/fs/cgroup/memory.max", "4000000000\n"},
      {"sys/fs/cgroup/memory.stat", "anon 1000000000\nfile 2900000000\n"}},
     3000000000},
    {"version 2, without a limit",
     {{"proc/meminfo", MEMINFO}, {"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/memory.max", "max\n"}},
     8000000 * KIB},
    {"version 2, the group above has the limit",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/user.slice/me/job\n"},
      {"sys/fs/cgroup/user.slice/me/job/memory.max", "7000000000\n"},
      {"sys/fs/cgroup/user.slice/me/memory.max", "5000000000\n"},
      {"sys/fs/cgroup/user.slice/me/memory.stat", "anon_thp 0\nanon 500000000\n"},
      {"sys/fs/cgroup/user.slice/memory.max", "max\n"}},
     4500000000},
    {"version 2, the path is the host's",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/docker/0123456789\n"},
      {"sys/fs/cgroup/memory.max", "2000000000\n"}},
     2000000000},
    {"version 2, more held than allowed",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "0::/\n"},
      {"sys/fs/cgroup/memory.max", "1000\n"},
      {"sys/fs/cgroup/memory.stat", "anon 2000\n"}},
     0},
    {"version 1",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "9:name=systemd:/memory\n5:cpu,memory:/job\n3:memory_other:/x\n"},
      {"sys/fs/cgroup/memory/job/memory.limit_in_bytes", "3000000000\n"},
      {"sys/fs/cgroup/memory/job/memory.stat", "cache 5\nrss 7\ntotal_rss 1000000000\n"},
      {"sys/fs/cgroup/memory/x/memory.limit_in_bytes", "10\n"}},
     2000000000},
    {"version 1, without a limit",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "4:memory:/\n"},
      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}},
     8000000 * KIB},
    {"nonsense",
     {{"proc/meminfo", MEMINFO},
      {"proc/self/cgroup", "\n0:\n0::\n::::\n0::relative\n"},
      {"sys/fs/cgroup/memory.max", "-5\n"}},
     8000000 * KIB},
};

START_TEST(what_is_available)
{
    for (size_t i = 0; i < UNIT_LENGTH(machines); i++) {
        char *root = folder_make();
        for (int f = 0; machines[i].files[f][0]; f++)
            put_file(root, machines[i].files[f][0], machines[i].files[f][1]);
        uint64_t found = px_memory_available(root), expected = machines[i].available;
        expected = expected == UINT64_MAX || expected < PTRDIFF_MAX ? expected : PTRDIFF_MAX; /* of 32 bits */
        ck_assert_msg(found == expected, "%s: %llu, must be %llu", machines[i].what, (unsigned long long)found,
                      (unsigned long long)expected);
        folder_remove(root);
    }
}
END_TEST

/* Where the files are missing what is there in all is asked of the system. */
START_TEST(a_system_without_files)
{
    char *root = folder_make();
    ck_assert_uint_gt(px_memory_available(root), 0);
    folder_remove(root);
    ck_assert_uint_gt(px_memory_available(""), 0);
    ck_assert_int_eq(px_memory_check(NULL, "it", 1), PRAXIS_SUCCESS);
}
END_TEST

/* High enough for anything that this process does meanwhile, and nearly reached by what it is told of itself. */
START_TEST(a_limit_of_the_address_space)
{
    const rlim_t high = (rlim_t)1 << 46, left = 512 << 20;
    struct rlimit before, limit;
    char *root = folder_make(), status[64];
    snprintf(status, sizeof status, "Name: test\nVmSize:\t %llu kB\n", (unsigned long long)((high - left) / 1024));
    put_file(root, "proc/meminfo", "MemAvailable: 8000000000 kB\n");
    put_file(root, "proc/self/status", status);
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    limit = before;
    limit.rlim_cur = high;
    if (before.rlim_max == RLIM_INFINITY || before.rlim_max >= high) {
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
        uint64_t found = px_memory_available(root);
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
        ck_assert_uint_eq(found, left);
    }
    folder_remove(root);
}
END_TEST

/* Of the address space, which other programs neither take nor give; 0: it is not known. */
static rlim_t taken_pages(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    bool known = file && fscanf(file, "%llu", &pages) == 1;
    if (file)
        fclose(file);
    return known ? (rlim_t)pages : 0;
}

/* Each of two parts alone would fit into what this process may take; both are refused before either is made. */
START_TEST(parts_that_cannot_fit_together)
{
    const rlim_t left = 512 << 20;
    praxis_parameters parameters;
    praxis_part_info part = {.struct_size = sizeof part};
    praxis_context *context = unit_context("reference,reference");
    praxis_network *network = NULL;
    struct rlimit before, limit;
    praxis_parameters_default(&parameters);
    parameters.neurons = (uint64_t)pow(0.35 * (double)left, 2 / 3.0); /* two bytes for each of 2 N^1.5 synapses */
    for (uint32_t number = 0; number < 2; number++) {
        unit_success(context, praxis_network_plan_part(context, &parameters, number, &part));
        ck_assert_double_lt((double)(part.device_bytes + part.host_bytes), 0.9 * (double)left);
    }
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    limit = before;
    limit.rlim_cur = taken_pages() * (rlim_t)sysconf(_SC_PAGESIZE) + left;
    if (limit.rlim_cur > left && limit.rlim_cur <= before.rlim_cur) {
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
        praxis_status status = praxis_network_create(context, &parameters, &network);
        ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
        ck_assert_int_eq(status, PRAXIS_ERROR_OUT_OF_MEMORY);
        unit_require(strncmp(unit_error(context), "the network takes ", 18) == 0, "\"%s\"", unit_error(context));
    }
    praxis_context_destroy(context);
}
END_TEST

/* No machine holds these: 10^14 bytes and more. They must be refused at once: allocated, they would stop this process.
 */
START_TEST(a_network_that_cannot_fit)
{
    static const struct {
        uint64_t neurons;
        uint32_t replicas, channels;
        praxis_trace_form form;
    } networks[] = {{1000000000, 1, 0, PRAXIS_TRACE_STORED},
                    {1000000000, 2, 0, PRAXIS_TRACE_WINDOW},
                    {1000000, 60000, 0, PRAXIS_TRACE_STORED},
                    {100000000, 1, 65536, PRAXIS_TRACE_WINDOW}};
    static struct messages messages;
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.device = unit_device(_i);
    options.log = (praxis_log){messages_remember, &messages};
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    memset(&messages, 0, sizeof messages);
    for (size_t i = 0; i < UNIT_LENGTH(networks); i++) {
        praxis_network *network = NULL;
        praxis_parameters parameters;
        praxis_parameters_default(&parameters);
        parameters.neurons = networks[i].neurons;
        parameters.replicas = networks[i].replicas;
        parameters.channels = networks[i].channels;
        parameters.trace_form = networks[i].form;
        parameters.degree_factor = 1;
        unit_failure(context, PRAXIS_ERROR_OUT_OF_MEMORY, "the network takes ",
                     praxis_network_create(context, &parameters, &network));
        ck_assert_ptr_null(network);
        ck_assert_ptr_null(strstr(messages.text, "program compiled"));
    }
    praxis_context_destroy(context);
}
END_TEST

int main(void)
{
    int available = unit_devices();
    Suite *suite = suite_create("memory");
    TCase *memory = unit_case(suite, "memory");
    tcase_add_test(memory, what_is_available);
    tcase_add_test(memory, a_system_without_files);
    tcase_add_test(memory, a_limit_of_the_address_space);
    tcase_add_test(memory, parts_that_cannot_fit_together);
    tcase_add_loop_test(memory, a_network_that_cannot_fit, 0, available);
    return unit_main_on_devices(suite, available);
}

/* SPDX-License-Identifier: MIT */
/*
 * What a process meets that has not used OpenCL before: every check starts this program anew. Several threads may be
 * the first to call the library; drivers may be named twice, or not at all, or lack what they need.
 */
#define _XOPEN_SOURCE 700 /* nftw, setenv */
#include "folder.h"
#include "messages.h"

#include <pthread.h>

#include "base/file.h"

#define THREADS   4
#define PROCESSES 6

/* ---- What the processes do; they end with 0 where all is well ---- */

static pthread_barrier_t start;

struct answer {
    praxis_status status;
    size_t count;
    uint64_t hash;
};

static void *list(void *user)
{
    struct answer *answer = user;
    pthread_barrier_wait(&start);
    answer->status = praxis_devices(NULL, NULL, 0, &answer->count);
    return NULL;
}

/* Opens the best device, which must be no reference, and lets a network live on it. */
static void *live(void *user)
{
    struct answer *answer = user;
    praxis_context *context = NULL;
    praxis_network *network = NULL;
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_parameters parameters;
    praxis_run run;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    praxis_run_default(&run);
    run.ticks = 3;
    pthread_barrier_wait(&start);
    answer->status = praxis_context_create(NULL, &context);
    if (!answer->status)
        answer->status = praxis_context_device(context, &info);
    answer->count = info.type == PRAXIS_DEVICE_REFERENCE ? 0 : 1;
    if (!answer->status)
        answer->status = praxis_network_create(context, &parameters, &network);
    if (!answer->status)
        answer->status = praxis_network_run(network, &run);
    if (!answer->status)
        answer->status = praxis_network_hash(network, &answer->hash);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return NULL;
}

/* All threads at once, and all with the same answer: `expected` devices, or one where that is 0. */
static int together(void *(*work)(void *), size_t expected)
{
    pthread_t threads[THREADS];
    struct answer answers[THREADS];
    int wrong = pthread_barrier_init(&start, NULL, THREADS);
    memset(answers, 0, sizeof answers);
    for (int i = 0; i < THREADS; i++)
        wrong |= pthread_create(&threads[i], NULL, work, &answers[i]);
    for (int i = 0; i < THREADS; i++)
        wrong |= pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        wrong |=
            answers[i].status != PRAXIS_SUCCESS || answers[i].count != expected || answers[i].hash != answers[0].hash;
    return wrong != 0;
}

/* How many devices there are, and that each selector is there once. */
static size_t count_devices(void)
{
    enum { ROOM = 64 };
    static praxis_device_info devices[ROOM];
    size_t count = 0;
    devices[0].struct_size = sizeof devices[0];
    if (praxis_devices(NULL, devices, ROOM, &count) || count > ROOM)
        abort();
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(devices[i].selector, devices[j].selector) == 0)
                abort();
    return count;
}

/* Where there are fewer devices than there should be, it is said which platform has none, and what to try. */
static int complain(size_t expected, const char *part)
{
    static struct messages messages;
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.log = (praxis_log){messages_remember, &messages};
    int wrong = praxis_context_create(&options, &context) != PRAXIS_SUCCESS;
    praxis_context_destroy(context);
    if (count_devices() < expected)
        wrong |= messages.warnings == 0 || !strstr(messages.text, part);
    if (count_devices() == 1)
        wrong |= !strstr(messages.text, "falling back to the scalar reference");
    if (wrong)
        fprintf(stderr, "%s is missing: %s\n", part, messages.text);
    return wrong;
}

static int play(const char *role, size_t expected, const char *part)
{
    if (strcmp(role, "list") == 0)
        return together(list, expected);
    if (strcmp(role, "live") == 0)
        return together(live, 1);
    if (strcmp(role, "count") == 0)
        return (int)count_devices();
    return complain(expected, part);
}

/* ---- The checks ---- */

/* How many devices a process finds, the reference among them. */
static size_t devices;

/* Variables that a process is to find with this value. */
struct setting {
    const char *names[3], *value;
};

/* What a process of this role ends with, in this environment but for the setting. -1: it was ended by a signal. */
static int run_process(const char *role, const char *part, const struct setting *setting)
{
    char expected[32];
    int result = 0;
    snprintf(expected, sizeof expected, "%zu", devices);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; setting && i < 3 && setting->names[i]; i++)
            setenv(setting->names[i], setting->value, 1);
        execl("/proc/self/exe", "test_first", role, expected, part, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &result, 0) != child)
        return -1;
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

START_TEST(threads_that_list)
{
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq(run_process("list", "", NULL), 0);
}
END_TEST

START_TEST(threads_that_open)
{
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq(run_process("live", "", NULL), 0);
}
END_TEST

/* Puts `copies` of every .icd file of this machine into a folder. */
static void copy_vendors(const char *folder, int copies)
{
    const char *given = getenv("OCL_ICD_VENDORS"), *vendors = given ? given : "/etc/OpenCL/vendors";
    DIR *list = opendir(vendors);
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        char *path = folder_path(vendors, entry->d_name), name[300];
        void *bytes = NULL;
        size_t size;
        bool read = strstr(entry->d_name, ".icd") && px_file_read(path, 4096, &bytes, &size);
        for (int i = 0; i < copies && read; i++) {
            snprintf(name, sizeof name, "%c-%s", 'a' + i, entry->d_name);
            char *copy = folder_path(folder, name);
            ck_assert(px_file_replace(copy, bytes, size));
            free(copy);
        }
        free(bytes);
        free(path);
    }
    if (list)
        closedir(list);
}

/* Some loaders list the driver of two files twice: its devices are there once all the same. */
START_TEST(two_files_of_one_driver)
{
    char *folder = folder_make();
    copy_vendors(folder, 2);
    const struct setting twice = {{"OCL_ICD_VENDORS"}, folder};
    if (folder_count(folder) > 0)
        ck_assert_int_eq(run_process("count", "", &twice), (int)devices);
    folder_remove(folder);
}
END_TEST

START_TEST(no_driver)
{
    char *folder = folder_make(), *file = folder_path(folder, "lost.icd");
    const struct setting only = {{"OCL_ICD_VENDORS"}, folder};
    ck_assert_int_eq(run_process("complain", "there is no OpenCL driver", &only), 0);
    ck_assert(px_file_replace(file, "libthatisnotthere.so.1\n", 23));
    ck_assert_int_eq(run_process("complain", "there is no OpenCL driver", &only), 0);
    free(file);
    folder_remove(folder);
}
END_TEST

/* PoCL 3.1 offers no device where it can write nowhere. */
START_TEST(nowhere_to_write)
{
    static const struct setting nowhere = {{"POCL_CACHE_DIR", "XDG_CACHE_HOME", "HOME"}, "/proc/nowhere"};
    ck_assert_int_eq(run_process("complain", "offers no device", &nowhere), 0);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 4)
        return play(argv[1], strtoul(argv[2], NULL, 10), argv[3]);
    int found = run_process("count", "", NULL);
    Suite *suite = suite_create("first");
    TCase *first = unit_case(suite, "first");
    devices = found > 0 ? (size_t)found : 0;
    tcase_add_test(first, threads_that_list);
    if (devices > 1)
        tcase_add_test(first, threads_that_open);
    tcase_add_test(first, two_files_of_one_driver);
    tcase_add_test(first, no_driver);
    tcase_add_test(first, nowhere_to_write);
    return unit_main_on_devices(suite, devices > 1 ? 2 : 1);
}

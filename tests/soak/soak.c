/* SPDX-License-Identifier: MIT */
/*
 * soak ticks N DEVICE, soak networks N DEVICE; "" is the best device.
 *
 * One small network that learns for N ticks, or N networks made, run and dropped; ten times on the way, what the
 * process holds and how the state is distributed. Fails where memory, descriptors or mappings grow after the first
 * tenth, or a distribution leaves its bounds.
 */
#include <dirent.h>
#include <math.h>
#include <praxis/praxis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORTS    10
#define SPAN_TICKS 1000
#define NEURONS    49
#define LESSON     50 /* ticks from one to the next */
#define GROUP      20

/* What a process may hold more of at the end than after the first tenth: allocators round up, in KiB. */
#define MORE_MEMORY 1024

static void fail(const char *what)
{
    fprintf(stderr, "soak: %s\n", what);
    exit(1);
}

static void check(praxis_context *context, praxis_status status)
{
    char message[1024] = "";
    if (!status)
        return;
    if (context)
        praxis_context_last_error(context, message, sizeof message);
    fprintf(stderr, "soak: %s: %s\n", praxis_status_string(status), message);
    exit(1);
}

static void check_text(char *end, const char *text, const char *what)
{
    if (end == text || *end)
        fail(what);
}

/* ---- What the process holds ---- */

struct holdings {
    long memory, mappings; /* KiB, resident or swapped out; lines of /proc/self/maps */
    int descriptors;
};

static int count_descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static long count_lines(const char *path)
{
    FILE *file = fopen(path, "r");
    long lines = 0;
    for (int c; file && (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

/* What is of no file: pages of files, such as those of a driver's compiler, come and go as the system likes. */
static long own_memory(void)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "RssAnon:", 8) == 0 || strncmp(line, "RssShmem:", 9) == 0 || strncmp(line, "VmSwap:", 7) == 0)
            kib += atol(strchr(line, ':') + 1);
    if (file)
        fclose(file);
    return kib;
}

static struct holdings holdings(void)
{
    return (struct holdings){
        .memory = own_memory(), .mappings = count_lines("/proc/self/maps"), .descriptors = count_descriptors()};
}

/* What was held after the first tenth is what may be held. */
static void compare(int report, const struct holdings *now)
{
    static struct holdings first;
    if (report == 1)
        first = *now;
    if (now->memory > first.memory + MORE_MEMORY)
        fail("the memory of the process grows");
    if (now->descriptors > first.descriptors)
        fail("descriptors stay open");
    if (now->mappings > first.mappings + 8)
        fail("mappings stay");
}

/* ---- How the state is distributed ---- */

static praxis_statistics statistics_of(praxis_context *context, praxis_network *network, praxis_field field)
{
    praxis_statistics statistics = {.struct_size = sizeof statistics};
    check(context, praxis_network_statistics(network, field, &statistics));
    return statistics;
}

static void report(praxis_context *context, praxis_network *network, int number, unsigned long long done)
{
    const praxis_statistics x = statistics_of(context, network, PRAXIS_FIELD_ACTIVATION),
                            w = statistics_of(context, network, PRAXIS_FIELD_WEIGHT);
    const struct holdings now = holdings(); /* with what a driver takes to compile for the first statistics */
    if (number == 1)
        puts(
            "done,memory_kib,descriptors,mappings,x_variance,x_kurtosis,x_clipped,w_variance,w_kurtosis,w_clipped,gain_"
            "minimum,gain_maximum");
    printf("%llu,%ld,%d,%ld,%.4f,%.4f,%.5f,%.4f,%.4f,%.5f,%.4f,%.4f\n", done, now.memory, now.descriptors, now.mappings,
           x.variance, x.excess_kurtosis, x.clipped, w.variance, w.excess_kurtosis, w.clipped, x.gain_minimum,
           x.gain_maximum);
    fflush(stdout);
    compare(number, &now);
    if (!(x.variance > 0.01 && x.variance < 4 && fabs(x.excess_kurtosis) < 10 && x.clipped < 0.2))
        fail("activations have left their bounds");
    if (!(w.variance > 0.1 && w.variance < 9 && fabs(w.excess_kurtosis) < 10 && w.clipped < 0.5))
        fail("weights have left their bounds");
    if (!(x.gain_minimum >= 0 && x.gain_maximum < 7.5))
        fail("gains have left their bounds");
}

/* ---- What is done ---- */

static praxis_network *make_network(praxis_context *context, uint64_t seed)
{
    uint32_t neurons[GROUP], group;
    praxis_parameters parameters;
    praxis_network *network = NULL;
    praxis_parameters_default(&parameters);
    parameters.neurons = NEURONS;
    parameters.channels = 1;
    parameters.noise = 0.3;
    parameters.seed = seed;
    parameters.variance_floor = 0.3; /* or gains would only fall */
    check(context, praxis_network_create(context, &parameters, &network));
    for (uint32_t i = 0; i < GROUP; i++)
        neurons[i] = i;
    check(context, praxis_network_add_group(network, "read", neurons, GROUP, &group));
    return network;
}

/* To follow a slow input: its error is sent back now and then, so that there is something to learn for ever. */
static void learn(praxis_context *context, praxis_network *network, unsigned long long first, unsigned ticks)
{
    static float input[SPAN_TICKS], modulator[SPAN_TICKS], output[SPAN_TICKS];
    const uint32_t groups[] = {0};
    praxis_run run;
    for (unsigned t = 0; t < ticks; t++) {
        input[t] = (float)sin((double)(first + t) * 0.02);
        modulator[t] = t % LESSON == LESSON - 1 ? input[t] - output[t] : 0; /* of the span before */
    }
    praxis_run_default(&run);
    run.ticks = ticks;
    run.flags = PRAXIS_RUN_TRACE | PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.input = input;
    run.modulator = modulator;
    run.groups = groups;
    run.group_count = 1;
    run.output = output;
    check(context, praxis_network_run(network, &run));
}

static void soak_ticks(praxis_context *context, unsigned long long ticks)
{
    praxis_network *network = make_network(context, 1);
    unsigned long long done = 0;
    for (int number = 1; number <= REPORTS; number++) {
        for (; done < ticks / REPORTS * (unsigned)number; done += SPAN_TICKS)
            learn(context, network, done, SPAN_TICKS);
        report(context, network, number, done);
    }
    praxis_network_destroy(network);
}

static void soak_networks(praxis_context *context, unsigned long long networks)
{
    unsigned long long done = 0;
    for (int number = 1; number <= REPORTS; number++) {
        praxis_network *network = NULL;
        for (; done < networks / REPORTS * (unsigned)number; done++) {
            praxis_network_destroy(network);
            network = make_network(context, done + 1);
            learn(context, network, 0, 20);
        }
        report(context, network, number, done);
        praxis_network_destroy(network);
    }
}

int main(int argc, char **argv)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    char *end;
    if (argc != 4)
        fail("usage: soak ticks|networks COUNT DEVICE");
    unsigned long long count = strtoull(argv[2], &end, 10);
    check_text(end, argv[2], "the count is no number");
    if (count < 10 * SPAN_TICKS && strcmp(argv[1], "ticks") == 0)
        fail("too few ticks");
    praxis_context_options_default(&options);
    options.device = argv[3];
    check(NULL, praxis_context_create(&options, &context));
    if (strcmp(argv[1], "ticks") == 0)
        soak_ticks(context, count);
    else
        soak_networks(context, count);
    praxis_context_destroy(context);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A life that is split by saving and loading is the straight life, bit for bit, wherever it is split and whoever goes
 * on with it; saving changes nothing; and what is wrong with a file is told, whatever it is.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"
#include "lively.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define TICKS   9
#define WINDOW  4
#define NEURONS 49

/* ---- Lives ---- */

/* What makes lives different. */
struct way {
    uint32_t replicas;
    praxis_trace_form form;
    praxis_factor factor;
    uint32_t consolidation;
};

static praxis_parameters parameters_of(struct way way)
{
    praxis_parameters parameters = lively(NEURONS, 2, way.replicas, 3);
    parameters.trace_window = WINDOW;
    parameters.trace_form = way.form;
    parameters.factor = way.factor;
    parameters.consolidation = way.consolidation;
    parameters.gate_share = 0.5;
    parameters.metaplasticity = 0.3;
    return parameters;
}

static void prepare_life(praxis_context *context, praxis_network *network)
{
    const uint32_t first[] = {1, 5, 9, 40}, second[] = {2, 7}, groups[] = {0, 1};
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "first", first, 4, &group));
    unit_success(context, praxis_network_add_group(network, "the second, \"quoted\"", second, 2, &group));
    unit_success(context, praxis_network_set_plastic_groups(network, groups, 2));
    unit_success(context, praxis_network_share_noise(network, 0));
}

/*
 * Tick t of a life: runs with modulators that wait, steps in which one replica rests or is reset, contexts, factors
 * given, parameters changed. What it does depends on t alone. The outputs are added to *sum.
 */
static void live(praxis_context *context, praxis_network *network, int t, double *sum)
{
    praxis_network_info info = unit_info(network);
    uint64_t state = (uint64_t)t * 77 + 5;
    float input[3 * 3], modulator[3], factor[3], output[3 * 2] = {0};
    const uint32_t groups[] = {0, 1}, contexts[] = {3, 1, 4};
    const uint8_t active[] = {1, 0, 1}, reset[] = {0, 1, 0};
    for (int i = 0; i < 9; i++)
        input[i] = (float)(unit_uniform(&state) - 0.5);
    for (int r = 0; r < 3; r++) {
        modulator[r] = (float)(unit_uniform(&state) - 0.5);
        factor[r] = (float)(unit_uniform(&state) * 2 - 1);
    }
    if (t == 4) /* what is open stays so */
        unit_success(context, praxis_network_set(network, "gate_share", "0.25"));
    if (t == 6)
        unit_success(context, praxis_network_set(network, "learning_rate", "0.0725"));
    if (t % 3 == 2) {
        praxis_step step;
        praxis_step_default(&step);
        step.factor = factor;
        step.modulator = t == 5 ? modulator : NULL;
        step.reset = t == 8 && info.replicas > 1 ? reset : NULL;
        step.active = t == 5 && info.replicas > 1 ? active : NULL;
        step.context = t == 2 ? contexts : NULL;
        step.ticks = 1;
        step.flags = EVERYTHING;
        step.input = input;
        step.input_count = info.replicas * 3;
        step.groups = groups;
        step.group_count = 2;
        step.output = output;
        unit_success(context, praxis_network_step(network, &step));
    } else {
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 1;
        run.flags = t == 7 ? 0 : EVERYTHING;
        run.input = input;
        run.modulator = modulator;
        run.groups = groups;
        run.group_count = 2;
        run.output = output;
        unit_success(context, praxis_network_run(network, &run));
    }
    for (int i = 0; i < 6; i++)
        *sum = *sum * 0.9 + (double)output[i];
}

static void hash_life(praxis_context *context, praxis_network *network, uint64_t *hashes)
{
    memset(hashes, 0, 3 * sizeof *hashes);
    unit_success(context, praxis_network_hash(network, hashes));
}

/* The life from tick `from` to its end. */
static void live_on(praxis_context *context, praxis_network *network, int from, uint64_t *hashes, double *sum)
{
    for (int t = from; t < TICKS; t++)
        live(context, network, t, sum);
    unit_success(context, praxis_network_settle(network));
    hash_life(context, network, hashes);
}

/* Saves a life at every tick, and goes on from each, in `other`; its saves leave no trace in itself. */
static void split_life(praxis_context *context, praxis_context *other, struct way way, const char *path)
{
    const praxis_parameters parameters = parameters_of(way);
    praxis_network *straight = unit_network(context, &parameters), *saved = unit_network(context, &parameters);
    uint64_t expected[3], found[3], before[3];
    double sum = 0, saved_sum = 0, sums[TICKS + 1];
    prepare_life(context, straight);
    prepare_life(context, saved);
    for (int t = 0; t < TICKS; t++) {
        live(context, straight, t, &sum);
        sums[t] = sum;
    }
    unit_success(context, praxis_network_settle(straight));
    hash_life(context, straight, expected);
    for (int t = 0; t <= TICKS; t++) {
        praxis_network *loaded = NULL, *copy = NULL;
        double loaded_sum = saved_sum, copy_sum = saved_sum;
        unit_success(context, praxis_network_save(saved, path));
        unit_success(other, praxis_network_load(other, path, &loaded));
        unit_success(other, praxis_network_copy(saved, other, &copy));
        hash_life(context, saved, before);
        hash_life(other, loaded, found);
        unit_require(memcmp(before, found, sizeof found) == 0, "tick %d: what was loaded differs", t);
        hash_life(other, copy, found);
        unit_require(memcmp(before, found, sizeof found) == 0, "tick %d: the copy differs", t);
        live_on(other, loaded, t, found, &loaded_sum);
        unit_require(memcmp(expected, found, sizeof found) == 0, "saved at tick %d it goes on otherwise", t);
        live_on(other, copy, t, found, &copy_sum);
        unit_require(memcmp(expected, found, sizeof found) == 0, "copied at tick %d it goes on otherwise", t);
        unit_require(loaded_sum == sum && copy_sum == sum, "tick %d: outputs differ", t);
        praxis_network_destroy(loaded);
        praxis_network_destroy(copy);
        if (t < TICKS)
            live(context, saved, t, &saved_sum);
        unit_require(t == TICKS || saved_sum == sums[t], "tick %d: saving changed an output", t);
    }
    unit_success(context, praxis_network_settle(saved));
    hash_life(context, saved, found);
    unit_require(memcmp(expected, found, sizeof found) == 0, "saving changed a life");
    praxis_network_destroy(straight);
    praxis_network_destroy(saved);
}

START_TEST(a_split_life_is_the_straight_one)
{
    char *folder = folder_make(), *path = folder_path(folder, "life.safetensors");
    praxis_context *context = unit_context("reference");
    for (uint32_t replicas = 1; replicas <= 3; replicas += 2)
        for (int form = PRAXIS_TRACE_STORED; form <= PRAXIS_TRACE_WINDOW; form++)
            for (int factor = PRAXIS_FACTOR_POST; factor <= PRAXIS_FACTOR_SUPPLIED; factor++)
                for (uint32_t consolidation = 1; consolidation <= 3; consolidation += 2)
                    split_life(context, context,
                               (struct way){replicas, (praxis_trace_form)form, (praxis_factor)factor, consolidation},
                               path);
    praxis_context_destroy(context);
    free(path);
    folder_remove(folder);
}
END_TEST

/* A context like the best OpenCL device's in which as much as can is otherwise. */
static praxis_context *other_context(uint64_t most_bytes, const char *dot_product, const char *tuning)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.max_allocation_bytes = most_bytes;
    options.dot_product = dot_product;
    options.tuning = tuning;
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

START_TEST(another_device_goes_on_with_it)
{
    char *folder = folder_make(), *path = folder_path(folder, "life.safetensors");
    praxis_context *reference = unit_context("reference"), *device = unit_context(NULL);
    praxis_context *slabs = other_context(4000, NULL, NULL), *plain = other_context(0, "c", "resident=0");
    const struct way stored = {3, PRAXIS_TRACE_STORED, PRAXIS_FACTOR_CENTRED, 3},
                     window = {3, PRAXIS_TRACE_WINDOW, PRAXIS_FACTOR_NOISE, 3};
    split_life(reference, device, stored, path);
    split_life(device, reference, stored, path);
    split_life(device, slabs, stored, path);
    split_life(slabs, plain, stored, path);
    split_life(plain, device, window, path);
    split_life(device, reference, window, path);
    praxis_context_destroy(reference);
    praxis_context_destroy(device);
    praxis_context_destroy(slabs);
    praxis_context_destroy(plain);
    free(path);
    folder_remove(folder);
}
END_TEST

static Suite *make_suite(int devices)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tests = unit_case(suite, "lives");
    tcase_add_test(tests, a_split_life_is_the_straight_one);
    if (devices == 2)
        tcase_add_test(tests, another_device_goes_on_with_it);
    return suite;
}

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    return unit_main_on_devices(make_suite(devices), devices);
}

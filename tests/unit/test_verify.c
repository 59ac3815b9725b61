/* SPDX-License-Identifier: MIT */
/* A device that computes wrongly is found out when a network is made: kernels with a fault stand for a compiler's. */
#define _XOPEN_SOURCE 700
#include "kernels.h"
#include "messages.h"
#include "together.h"

#include "backend/opencl/device.h"

/* A fault: what becomes of a line of a kernel file, and what its finding says. */
struct fault {
    const char *file, *edit; /* for sed */
    const char *message;
};

/* A way to run: path, tuning and the largest buffer. */
struct way {
    const char *path, *tuning;
    uint64_t bytes;
};

static praxis_context *open_way(const struct way *way, const char *folder, struct messages *messages)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    options.dot_product = way->path;
    options.tuning = way->tuning;
    options.max_allocation_bytes = way->bytes;
    options.kernel_directory = folder;
    *messages = (struct messages){.warnings = 0};
    options.log = (praxis_log){messages_remember, messages};
    ck_assert_msg(together_create(&options, &context) == PRAXIS_SUCCESS, "%s", messages->text);
    return context;
}

static praxis_parameters parameters_of(uint64_t neurons, uint32_t replicas)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.replicas = replicas;
    parameters.noise = 0.3;
    parameters.channels = 2;
    return parameters;
}

/* The network must be refused, by a message that names the device and says what is wrong. */
static void refuse(const struct way *way, const struct fault *fault, uint64_t neurons, uint32_t replicas)
{
    struct messages messages;
    char *folder = kernels_edit(fault->file, fault->edit);
    praxis_context *context = open_way(way, folder, &messages);
    const praxis_parameters parameters = parameters_of(neurons, replicas);
    const char *const parts[] = {"computes a network of",         "wrongly", ", driver ",
                                 "another version of the driver", way->path, fault->message};
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_context_device(context, &info);
    praxis_network *network = NULL;
    praxis_status status = praxis_network_create(context, &parameters, &network);
    ck_assert_msg(status == PRAXIS_ERROR_DEVICE, "%s, %s, %s, %s: %s", way->path, way->tuning, fault->file, fault->edit,
                  praxis_status_string(status));
    ck_assert_ptr_null(network);
    ck_assert_ptr_nonnull(strstr(unit_error(context), info.name));
    for (size_t i = 0; i < UNIT_LENGTH(parts); i++)
        ck_assert_msg(!parts[i] || strstr(unit_error(context), parts[i]) != NULL, "\"%s\" does not say \"%s\"",
                      unit_error(context), parts[i]);
    praxis_context_destroy(context);
    folder_remove(folder);
}

#define LAST_COLUMN "panel % PRIME == PRIME - 1"

static const struct fault birth_faults[] = {
    /* rows of the last column; every work-item of a work-group but the first; one tap of the last row */
    {"birth.cl", "s/philox_rows(.*/& if (" LAST_COLUMN ") words[0] ^= 0x80000000u;/", "at birth"},
    {"birth.cl", "s/philox_rows(.*/& if (get_local_id(0) > 0) words[1] = words[2];/", "at birth"},
    {"birth.cl",
     "s/philox_rows(.*/& if (" LAST_COLUMN " \\&\\& row + ROWS >= PRIME \\&\\& group == 1) words[3] ^= 0x80000000u;/",
     "at birth"},
};

static const struct fault tick_faults[] = {
    /* a lane of the last work-group */
    {"neuron.cl", "s/int_rows code = tanh_rows(.*/& if (" LAST_COLUMN " \\&\\& row == 0) ((int *)\\&code)[0] ^= 1;/",
     "after a tick"},
    {"neuron.cl", "s/noise \\* NORMAL_STEP), 28)/noise * NORMAL_STEP), 27)/", "after a tick"},
    {"neuron.cl", "s/now->input\\[c\\])/now->input[0])/", "after a tick"},
    {"homeostasis.cl", "s/1UL << 31/1UL << 20/", "after a tick"},
    {"homeostasis.cl", "s/< (constants)->variance_floor)/< 0)/", "after a tick"},
    {"readout.cl", "s/sum += /sum -= /", "sum of a group"},
};

static const struct fault learning_faults[] = {
    /* a bound, a bit of the rounding, the oldest tick of a word, what is stored */
    {"synapses.cl",
     "s/values < -127 ? (int_synapses)-127/values < -126 ? (int_synapses)-126/; s/(char16)-127/(char16)-126/",
     "after learning"},
    {"window.cl", "s/words\\[0\\] >> 16/words[0] >> 15/", "after learning"},
    {"window.cl", "s/min(4 \\* w + b, WINDOW - 1)/min(4 * w + min(b, 2u), WINDOW - 1)/", "after learning"},
    {"learn.cl", "s/values\\[i\\] - UNIT_HALF/values[i]/", "after learning"},
};

static const struct fault step_faults[] = {
    /* a factor, and the slot of the window that takes it; who is open, for sums and for learning; how weights slow
     * down; which replica is reset */
    {"gate.cl", "s/words\\[0\\] > last_open/words[1] > last_open/", "sum of a group"},
    {"supply.cl", "s/^    store_rows(found, 0, factors/    store_rows(found + (char)1, 0, factors/",
     "after factors were supplied"},
    {"supply.cl", "s/replica_of(panel)\\], since)/replica_of(panel)], since + WINDOW - 1)/", "after learning"},
    {"window.cl", "s/follows &= ~to_int_rows/follows |= to_int_rows/", "after learning"},
    {"learn.cl", "s/SIZE_OF(weight) \\* metaplasticity/weight * metaplasticity/", "after learning"},
    {"clear.cl", "s/replicas\\[get_global_id(1)\\] \\* each/get_global_id(1) * each/", "after a reset"},
};

/* On words a strip of one column is soon compiled. */
static const struct way ways[] = {{"c", "resident=0", 0},
                                  {"packed", "resident=0,strip=1", 0},
                                  {"packed", "resident=1,workers=16,strip=1", 0},
                                  {"c", "resident=1", 0}};

/* Each fault in one way or another, for compiling takes long. */
START_TEST(wrong_births_are_refused)
{
    refuse(&ways[_i % 2], &birth_faults[_i], 361, 1);
}
END_TEST

START_TEST(wrong_ticks_are_refused)
{
    refuse(&ways[(size_t)_i % UNIT_LENGTH(ways)], &tick_faults[_i], 121, 1);
}
END_TEST

START_TEST(wrong_learning_is_refused)
{
    refuse(&ways[_i % 2], &learning_faults[_i], 121, 1);
}
END_TEST

START_TEST(wrong_steps_are_refused)
{
    refuse(&ways[(size_t)_i % UNIT_LENGTH(ways)], &step_faults[_i], 121, 3);
}
END_TEST

/* What ticks alone do right, and several in one launch do not: whose activations come next, and which are summed. */
static const struct {
    struct way way;
    struct fault fault;
} stretch_faults[] = {
    {{"c", "resident=1", 0},
     {"resident.cl", "s/replicas, (present + tick) % 2/replicas, (present + (tick > 1)) % 2/", "3 ticks in one call"}},
    {{"c", "persistent=1", 0},
     {"persistent.cl", "s/replicas, (present + tick) % 2/replicas, (present + (tick > 1)) % 2/",
      "3 ticks in one call"}},
    {{"c", "persistent=1", 0},
     {"persistent.cl", "s/(present + tick + 1) % 2, replicas/present, replicas/", "3 ticks in one call"}},
};

START_TEST(wrong_stretches_are_refused)
{
    refuse(&stretch_faults[_i].way, &stretch_faults[_i].fault, 121, 1);
}
END_TEST

/* In the last rows of a network, slab or replica alone; of large ones three ranges are compared. */
static const struct {
    struct fault fault;
    struct way way;
    uint64_t neurons;
    uint32_t replicas;
} places[] = {
    {{"birth.cl", "s/philox_rows(.*/& if (" LAST_COLUMN " \\&\\& row + ROWS >= PRIME) words[0] ^= 0x80000000u;/",
      "at birth, neuron 106"},
     {"c", NULL, 0},
     10609,
     1},
    {{"birth.cl", "s/philox_rows(.*/& if (first_panel > 0) words[0] ^= 0x80000000u;/", "at birth"},
     {"packed", NULL, 20000},
     361,
     1},
    {{"birth.cl", "s/philox_rows(.*/& if (panel \\/ PRIME == 199) words[0] ^= 0x80000000u;/",
      "neuron 0 of replica 199"},
     {"c", NULL, 0},
     121,
     200},
};

START_TEST(faults_in_the_last_place_are_found)
{
    refuse(&places[_i].way, &places[_i].fault, places[_i].neurons, places[_i].replicas);
}
END_TEST

static uint64_t hash_of(praxis_context *context, praxis_network *network, uint32_t replicas)
{
    uint64_t *hashes = unit_allocate(replicas, sizeof *hashes), all = 0;
    unit_success(context, praxis_network_hash(network, hashes));
    for (uint32_t r = 0; r < replicas; r++)
        all = all * 31 + hashes[r];
    free(hashes);
    return all;
}

/* At birth, and after some ticks: the reference's. */
static void hash_both(praxis_context *context, praxis_network *network, uint32_t replicas, uint64_t hashes[2])
{
    hashes[0] = hash_of(context, network, replicas);
    unit_run(context, network, 3, PRAXIS_RUN_TRACE);
    hashes[1] = hash_of(context, network, replicas);
}

static void equal_the_reference(praxis_context *context, praxis_network *network, const praxis_parameters *parameters)
{
    praxis_context *other = unit_context("reference");
    praxis_network *reference = unit_network(other, parameters);
    uint64_t found[2], expected[2];
    hash_both(context, network, parameters->replicas, found);
    hash_both(other, reference, parameters->replicas, expected);
    ck_assert_uint_eq(found[0], expected[0]);
    ck_assert_uint_eq(found[1], expected[1]);
    praxis_network_destroy(reference);
    praxis_context_destroy(other);
}

/* What was put in for the comparison is gone: networks compared in full, in ranges, in slabs, without stored traces. */
START_TEST(comparing_leaves_no_trace)
{
    const struct {
        struct way way;
        uint64_t neurons;
        uint32_t replicas, window;
        praxis_trace_form form;
    } cases[] = {{{NULL, "resident=0", 0}, 361, 2, 16, PRAXIS_TRACE_STORED},
                 {{NULL, NULL, 0}, 121, 200, 4, PRAXIS_TRACE_STORED},
                 {{"packed", NULL, 20000}, 361, 2, 1, PRAXIS_TRACE_STORED},
                 {{NULL, NULL, 0}, 361, 2, 8, PRAXIS_TRACE_WINDOW}};
    struct messages messages;
    praxis_context *context = open_way(&cases[_i].way, NULL, &messages);
    praxis_parameters parameters = parameters_of(cases[_i].neurons, cases[_i].replicas);
    parameters.trace_window = cases[_i].window;
    parameters.trace_form = cases[_i].form;
    for (int n = 0; n < 2; n++) { /* the second is compared at birth alone */
        praxis_network *network = unit_network(context, &parameters);
        equal_the_reference(context, network, &parameters);
        praxis_network_destroy(network);
    }
    praxis_context_destroy(context);
}
END_TEST

/* A fault of the device's own path gives way to another path, with a warning, unless the path was asked for. */
START_TEST(stepping_down)
{
    struct messages messages;
    struct way way = {NULL, NULL, 0};
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_network_info found = {.struct_size = sizeof found};
    praxis_context *context = open_way(&way, NULL, &messages);
    praxis_context_device(context, &info);
    praxis_context_destroy(context);
    char edit[256];
    snprintf(edit, sizeof edit, "s/philox_rows(.*/& if (DOT_PRODUCT == %d) words[0] ^= 0x80000000u;/",
             (int)px_dot_product_named(info.dot_product));
    const struct fault fault = {"birth.cl", edit, "at birth"};
    char *folder = kernels_edit(fault.file, fault.edit);
    context = open_way(&way, folder, &messages);
    for (int n = 0; n < 2; n++) { /* the path is found wrong once: later networks, of other shapes too, do not try it */
        const praxis_parameters parameters = parameters_of(n ? 49 : 121, 2);
        praxis_network *network = unit_network(context, &parameters);
        ck_assert_int_eq(messages.warnings, 1);
        equal_the_reference(context, network, &parameters);
        ck_assert_int_eq(praxis_network_describe(network, &found), PRAXIS_SUCCESS);
        ck_assert_int_ne(strncmp(found.sum_path, info.dot_product, strlen(info.dot_product)), 0);
        praxis_network_destroy(network);
    }
    const char *const parts[] = {info.name, "computes a network of 121 neurons wrongly", "at birth", "going on with "};
    for (size_t i = 0; i < UNIT_LENGTH(parts); i++)
        ck_assert_msg(strstr(messages.text, parts[i]) != NULL, "\"%s\" does not say \"%s\"", messages.text, parts[i]);
    praxis_context_destroy(context);
    folder_remove(folder);
    way.path = info.dot_product;
    refuse(&way, &fault, 121, 2);
}
END_TEST

/* With each path wrong in a way of its own none is left. */
START_TEST(no_way_is_left)
{
    struct messages messages;
    const struct way way = {NULL, NULL, 0};
    char *folder = kernels_edit(birth_faults[0].file, birth_faults[0].edit);
    praxis_context *context = open_way(&way, folder, &messages);
    praxis_network *network = NULL;
    unit_failure(context, PRAXIS_ERROR_DEVICE, "another version of the driver",
                 praxis_network_create(context, NULL, &network));
    ck_assert_ptr_null(network);
    ck_assert_int_ge(messages.warnings, 2);
    praxis_context_destroy(context);
    folder_remove(folder);
}
END_TEST

/* A fault of every kind, or all of them. */
int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("verify");
    TCase *verify = unit_case(suite, "verify");
    if (devices == 2) {
        tcase_add_loop_test(verify, wrong_births_are_refused, 0, unit_all ? UNIT_LENGTH(birth_faults) : 2);
        tcase_add_loop_test(verify, wrong_ticks_are_refused, 0, unit_all ? UNIT_LENGTH(tick_faults) : 1);
        tcase_add_loop_test(verify, wrong_learning_is_refused, 0, unit_all ? UNIT_LENGTH(learning_faults) : 1);
        tcase_add_loop_test(verify, wrong_steps_are_refused, 0, unit_all ? UNIT_LENGTH(step_faults) : 1);
        tcase_add_loop_test(verify, wrong_stretches_are_refused, 0, unit_all ? UNIT_LENGTH(stretch_faults) : 1);
        tcase_add_loop_test(verify, faults_in_the_last_place_are_found, 0, unit_all ? UNIT_LENGTH(places) : 1);
        tcase_add_loop_test(verify, comparing_leaves_no_trace, 0, unit_all ? 4 : 1);
        tcase_add_test(verify, stepping_down);
        tcase_add_test(verify, no_way_is_left);
    }
    return unit_main_on_devices(suite, devices);
}

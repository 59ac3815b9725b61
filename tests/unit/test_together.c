/* SPDX-License-Identifier: MIT */
/*
 * Work-groups that run many ticks in one launch. What a device does not do at once, or does not show them of each
 * other, costs speed alone: with kernels that are wrong on purpose the library finds it, says so, and comes to the
 * reference's bits by a launch for every tick.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include "kernels.h"
#include "messages.h"

#define TICKS 200

static const praxis_parameters *parameters(void)
{
    static praxis_parameters small;
    praxis_parameters_default(&small);
    small.neurons = 121;
    small.replicas = 2;
    small.channels = 2;
    small.noise = 0.5;
    small.trace_window = 128;
    return &small;
}

static praxis_context *open_with(const char *tuning, const char *path, const char *kernels, struct messages *messages)
{
    praxis_context_options options;
    praxis_context_options_default(&options);
    options.tuning = tuning;
    options.dot_product = path;
    options.kernel_directory = kernels;
    options.log = (praxis_log){messages_remember, messages};
    praxis_context *context = NULL;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    return context;
}

/* The hash of all that ticks have moved, and of what they gave. */
static uint64_t live(praxis_context *context, bool *persistent)
{
    static float input[2 * TICKS], output[2][TICKS];
    const uint32_t members[] = {0, 3, 60, 120};
    uint32_t group;
    uint64_t hashes[2], all = 0;
    praxis_network *network = unit_network(context, parameters());
    praxis_run run;
    praxis_run_default(&run);
    for (int i = 0; i < 2 * TICKS; i++)
        input[i] = (float)(i % 7) / 7;
    unit_success(context, praxis_network_add_group(network, "read", members, UNIT_LENGTH(members), &group));
    run.ticks = TICKS;
    run.input = input;
    run.input_shared = 1;
    run.flags = PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS;
    run.groups = &group;
    run.group_count = 1;
    run.output = output[0];
    *persistent = strstr(unit_info(network).sum_path, ", persistent") != NULL;
    for (int i = 0; i < 2; i++) { /* untraced, and traced with launches of a window */
        unit_success(context, praxis_network_run(network, &run));
        run.flags |= PRAXIS_RUN_TRACE;
        for (int o = 0; o < 2 * TICKS; o++)
            all = all * 31 + (uint64_t)(int64_t)(output[o / TICKS][o % TICKS] * 1e6f);
    }
    unit_success(context, praxis_network_hash(network, hashes));
    praxis_network_destroy(network);
    return (all * 31 + hashes[0]) * 31 + hashes[1];
}

static const struct {
    const char *tuning, *path, *edit, *said;
    bool at_first; /* is the form found not to work before a network has its first state */
} cases[] = {
    /* not all at once, in more groups than two threads take */
    {"persistent=8,split=2,work_group=64", "packed", NULL, "run many ticks together", false},
    /* one is missing from a meeting in the midst of a launch; from the first of all */
    {"persistent=1", "c",
     "s/< full)/< full + (full > 80 * get_num_groups(0)))/; s/polls > 0/polls > 0 \\&\\& full <= 80 * "
     "get_num_groups(0)/",
     "waited too long after", false},
    {"persistent=1", "c", "s/< full)/< full + 1)/; s/polls > 0/false/", "work-groups do not all run at once", true},
    /* one is missing once they are found to run at once */
    {"persistent=1", "c",
     "s/< full)/< full + (full > 50 * get_num_groups(0)))/; s/polls > 0/polls > 0 \\&\\& full <= 50 * "
     "get_num_groups(0)/",
     "wait too long for each other", true},
    /* their kernels are none */
    {"persistent=1", "c", "$ a #error no work-groups that meet", "did not compile", true},
    /* what others wrote is not seen */
    {"persistent=1", "c", "s/!= line_of(round, cell)/!= line_of(round + (round == 50), cell)/",
     "do not see what others wrote", true},
};

START_TEST(bits_stay_whatever_groups_do)
{
    struct messages messages = {0};
    char *kernels = cases[_i].edit ? kernels_edit("persistent.cl", cases[_i].edit) : NULL;
    praxis_context *reference = unit_context("reference");
    praxis_context *context = open_with(cases[_i].tuning, cases[_i].path, kernels, &messages);
    bool persistent;
    uint64_t expected = live(reference, &persistent), found = live(context, &persistent);
    ck_assert_msg(found == expected, "%s: other bits", cases[_i].tuning);
    /* where other programs have the processors, groups may not be found to run at once */
    bool alone = !cases[_i].at_first && strstr(messages.text, "work-groups do not all run at once");
    ck_assert_msg(alone || strstr(messages.text, cases[_i].said), "case %d: %s", _i, messages.text);
    ck_assert(!persistent || !cases[_i].at_first);
    praxis_context_destroy(context);
    praxis_context_destroy(reference);
    if (kernels)
        folder_remove(kernels);
}
END_TEST

int main(int argc, char **argv)
{
    unit_arguments(argc, argv);
    int devices = unit_devices();
    Suite *suite = suite_create("together");
    TCase *together = unit_case(suite, "together");
    if (devices == 2)
        tcase_add_loop_test(together, bits_stay_whatever_groups_do, 0, unit_all ? UNIT_LENGTH(cases) : 2);
    return unit_main_on_devices(suite, devices);
}

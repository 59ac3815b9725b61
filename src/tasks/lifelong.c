/* SPDX-License-Identifier: MIT */
/* Lifelong: what is learned first is kept through a life in which the world goes on changing. */
#include <math.h>

#include "tasks/life.h"
#include "tasks/tasks.h"

static const struct life_environment environment = {
    .tasks = 10, .cues = 4, .actions = 4, .stretch = 2000, .pause = 8, .shown = 2, .rest = 10000};

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->neurons = 961;
    p->factor = PRAXIS_FACTOR_SUPPLIED;
    task_exploring_body(settings);
    p->trace_decay = 0;
    p->trace_form = PRAXIS_TRACE_WINDOW;
    p->trace_window = 1;
    p->learning_rate = 0.2;
    p->metaplasticity = 0.9;
    p->gate_share = 0.1;
}

static void unprotect(struct settings *settings)
{
    settings->parameters.metaplasticity = 0;
    settings->parameters.gate_share = 1;
    settings->parameters.learning_rate /= 2;
}

static void do_not_regulate(struct settings *settings)
{
    settings->world = LIFE_UNREGULATED;
}

static const struct task_option options[] = {{.name = NULL}};

static const struct task_figure figures[] = {
    [LIFE_KEPT] = {"kept", "share of trials", "the first task at the end of life, learning off", false, 3},
    [LIFE_MILLION] = {"million", "share of trials", "the same, after a million ticks without it", false, 3},
    [LIFE_RESTED] = {"rested", "share of trials", "the same, after the rest", false, 3},
    [LIFE_LEARN] = {"learn", "trials", "until 18 of 20 are right when a task first comes", true, 1},
    [LIFE_ADAPT] = {"adapt", "trials", "the same after a change, mean of the first tenth of the changes", true, 1},
    [LIFE_ADAPT_LATE] = {"late", "trials", "the same, of the last tenth", true, 1},
    [LIFE_REWARD] = {"reward", "share of trials", "the last tenth of life", false, 3},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"unprotected", "without gate and metaplasticity", unprotect},
    {"unregulated", "without variance control and homeostasis", do_not_regulate},
    {"unmodulated", "without modulation", task_unmodulated},
    {.name = NULL},
};

const struct task task_lifelong = {
    .name = "lifelong",
    .summary = "a long life in a world that changes, without forgetting what was first",
    .description =
        "Trials of ten ticks follow each other without resets: eight of silence, then one of four cues. The first task "
        "is learned in 2,000 trials; then the organoid rests for 10,000 ticks, and never meets that task again but in "
        "tests. Nine others take turns, 2,000 trials each, and whenever one comes again all its cues belong to other "
        "actions, without notice. Variance control and homeostasis go on all the time. The log tells of weights, "
        "activations and gains in every 10,000 ticks; a million trials are ten million ticks.",
    .source = "Protections as of continual; the regulators: G. G. Turrigiano, Cell 135, 2008",
    .protocol = &lives,
    .environment = &environment,
    .length = 120000,
    .tests = 10,
    .curve = "reward",
    .chance = 0.25,
    .options = options,
    .figures = figures,
    .controls = controls,
    .recipe = recipe,
};

/* SPDX-License-Identifier: MIT */
/* Continual learning: ten tasks one after another, each of four cues, without forgetting the first. */
#include <math.h>

#include "tasks/sequence.h"
#include "tasks/tasks.h"
#include "tool/random.h"

#define TASKS   10
#define CUES    4
#define ACTIONS 4

#define OPEN_SHARE 0.1 /* of all neurons, in a context */

enum { PROTECTION, SHARED };
enum protection {
    PROTECTION_NONE,
    PROTECTION_METAPLASTICITY,
    PROTECTION_GATE,
    PROTECTION_BOTH /* of the two above */
};
static const char *const protections[] = {"none", "metaplasticity", "gate", "both", NULL};

/* A channel for each cue of each task; or cues that all tasks share, and a channel that says which task it is. */
static uint32_t channels(const struct settings *settings)
{
    return settings->options[SHARED] > 0 ? CUES + TASKS : TASKS * CUES;
}

/* In every task each cue has an action of its own: a permutation. */
static void draw(uint64_t *random, uint32_t *answers)
{
    for (uint32_t task = 0; task < TASKS; task++, answers += CUES) {
        for (uint32_t i = 0; i < CUES; i++)
            answers[i] = i;
        for (uint32_t i = CUES - 1; i > 0; i--) {
            uint32_t j = (uint32_t)(random_next(random) % (i + 1)), kept = answers[i];
            answers[i] = answers[j];
            answers[j] = kept;
        }
    }
}

static void show(const struct settings *settings, uint32_t task, uint32_t cue, float *input)
{
    if (settings->options[SHARED] > 0)
        input[cue] = input[CUES + task] = 1;
    else
        input[task * CUES + cue] = 1;
}

static const struct sequence_environment environment = {
    .tasks = TASKS, .cues = CUES, .actions = ACTIONS, .channels = channels, .draw = draw, .show = show};

/* ---- What is changed ---- */

static bool is_gated(const struct settings *settings)
{
    enum protection protection = (enum protection)settings->options[PROTECTION];
    return protection == PROTECTION_GATE || protection == PROTECTION_BOTH;
}

/* Closed neurons do not act, so that the open ones must learn faster. */
static double rate(const struct settings *settings)
{
    return is_gated(settings) && settings->options[SHARED] == 0 ? 0.2 : 0.1;
}

static void set_protection(struct settings *settings)
{
    enum protection protection = (enum protection)settings->options[PROTECTION];
    settings->parameters.metaplasticity = protection == PROTECTION_METAPLASTICITY || protection == PROTECTION_BOTH;
    settings->parameters.gate_share = is_gated(settings) ? OPEN_SHARE : 1;
}

static void recipe(struct settings *settings)
{
    praxis_parameters *p = &settings->parameters;
    p->neurons = 361;
    p->factor = PRAXIS_FACTOR_NOISE;
    task_exploring_body(settings);
    p->trace_decay = 0;
    p->trace_form = PRAXIS_TRACE_WINDOW;
    p->trace_window = 1;
    p->learning_rate = rate(settings);
    set_protection(settings);
}

static void protect_by(struct settings *settings, enum protection protection)
{
    settings->parameters.learning_rate /= rate(settings); /* which may have been asked for */
    settings->options[PROTECTION] = protection;
    settings->parameters.learning_rate *= rate(settings);
    set_protection(settings);
}

static void unprotect(struct settings *settings)
{
    protect_by(settings, PROTECTION_NONE);
}

static void only_metaplasticity(struct settings *settings)
{
    protect_by(settings, PROTECTION_METAPLASTICITY);
}

static void only_gate(struct settings *settings)
{
    protect_by(settings, PROTECTION_GATE);
}

/* ---- Pictures ---- */

static void matrix_data(struct learner *learner, FILE *file)
{
    for (uint32_t learned = 1; learned <= TASKS; learned++) {
        for (uint32_t tested = 0; tested < TASKS; tested++)
            fprintf(file, "%u %u %g\n", tested + 1, learned, sequence_accuracy(learner, learned, tested));
        fputc('\n', file);
    }
}

static void matrix_script(struct learner *learner, FILE *file)
{
    (void)learner;
    fprintf(file,
            "set title 'Accuracy in each task, after each task, mean over seeds'\nset xlabel 'tested in task'\n"
            "set ylabel 'when it had learned so many'\nset xrange [0.5:%u.5]\nset yrange [%u.5:0.5]\n"
            "set xtics 1\nset ytics 1\nunset grid\nset cbrange [0:1]\nset cblabel 'share of trials'\nunset key\n"
            "set style fill solid 1.0\nset palette defined (0 '#b2182b', 0.25 '#fddbc7', 1 '#2166ac')\n"
            "plot 'matrix.dat' using 1:2:3 with image\n",
            TASKS, TASKS);
}

static const struct task_picture pictures[] = {
    {"matrix", matrix_data, matrix_script, NULL},
    {.name = NULL},
};

/* ---- The task ---- */

static const struct task_option options[] = {
    [PROTECTION] = {"protection", "NAME", "what keeps earlier tasks", protections, true, PROTECTION_BOTH, 0, 0},
    [SHARED] = {"shared", "0|1", "1: all tasks have the same cues, and a channel says which it is", NULL, true, 0, 0,
                1},
    {.name = NULL},
};

static const struct task_figure figures[] = {
    [SEQUENCE_ACCURACY] = {.name = "accuracy",
                           .unit = "share of trials",
                           .description = "learning off, all tasks, after the last",
                           .decimals = 3},
    [SEQUENCE_FORGETTING] = {.name = "forgetting",
                             .unit = "share of trials",
                             .description = "best accuracy in a task less the last, mean of all but the last task",
                             .lower = true,
                             .decimals = 3},
    [SEQUENCE_LEARNED] = {.name = "learned",
                          .unit = "share of trials",
                          .description = "each task when it had just been learned",
                          .decimals = 3},
    {.name = NULL},
};

static const struct task_control controls[] = {
    {"unprotected", "without protection", unprotect},
    {"metaplasticity", "metaplasticity alone", only_metaplasticity},
    {"gate", "the gate alone", only_gate},
    {"unmodulated", "without modulation", task_unmodulated},
    {.name = NULL},
};

const struct task task_continual = {
    .name = "continual",
    .summary = "ten tasks one after another, without forgetting",
    .description =
        "Ten tasks, one after another, each of four cues whose actions are a permutation drawn anew. A cue is "
        "shown for two ticks on a channel of its own, or with --shared 1 on one that all tasks use, while "
        "another says which task it is. After each task all are tested. What learns the tenth forgets the "
        "first, unless its weights are protected: by metaplasticity, or by a gate that a hash of what is "
        "shown opens for a tenth of the motor neurons. Without --shared the gate gives each cue neurons of "
        "its own, by design.",
    .source =
        "Catastrophic forgetting: M. McCloskey and N. J. Cohen, 1989; metaplasticity: S. Fusi, P. J. Drew and L. F. "
        "Abbott, Neuron 45, 2005; gates by context: N. Y. Masse, G. D. Grant and D. J. Freedman, PNAS 115, 2018",
    .protocol = &sequences,
    .environment = &environment,
    .length = 20000,
    .tests = 10,
    .curve = "reward",
    .chance = 1.0 / ACTIONS,
    .options = options,
    .figures = figures,
    .controls = controls,
    .pictures = pictures,
    .recipe = recipe,
};

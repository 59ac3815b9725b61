/* SPDX-License-Identifier: MIT */
/*
 * Series: a network hears one, and a dense readout says another, a tick at a time. First the network may learn from the
 * readout's errors (`plastic` ticks, the readout learning beside it by NLMS), then the readout is fitted to three
 * quarters of what is left, its ridge chosen on the last quarter; then comes a test in which nothing changes. A task
 * without fit keeps the readout that learned online.
 *
 * Predictions may be judged where the network runs freely: each a number of ticks after it heard the series last. Then
 * the ridge is chosen by such runs, too.
 */
#ifndef TASKS_SERIES_H
#define TASKS_SERIES_H

#include "tasks/protocol.h"

/* Numbers of the options that every such task has, in this order, before its own. */
enum { SERIES_LAGS, SERIES_SQUARES, SERIES_PLASTIC, SERIES_OPTIONS };

extern const char *const series_squares[];

#define SERIES_LAGS_OPTION(ticks)                                                                                      \
    {                                                                                                                  \
        "lags", "TICKS", "last ticks that the readout sees", NULL, true, ticks, 1, 256                                 \
    }
#define SERIES_SQUARES_OPTION(choice)                                                                                  \
    {                                                                                                                  \
        "squares", "WORD", "whether it sees squares of activations, too", series_squares, false, choice, 0, 1          \
    }
#define SERIES_PLASTIC_OPTION(ticks)                                                                                   \
    {                                                                                                                  \
        "plastic", "TICKS", "of learning in which the network learns, too, from the readout's errors", NULL, true,     \
            ticks, 0, 1e9                                                                                              \
    }

/* The parts of a series, in ticks. */
struct series_plan {
    uint64_t washout, plastic, training, validation, tests, beyond;
};

static inline uint64_t series_ticks(const struct series_plan *plan)
{
    return plan->washout + plan->plastic + plan->training + plan->validation + plan->tests + plan->beyond;
}

/* What may be measured. */
enum series_figure {
    SERIES_NRMSE,   /* of the test */
    SERIES_NMSE,    /* its square */
    SERIES_LINEAR,  /* NRMSE of a linear regression on past inputs, without a network */
    SERIES_CAPACITY /* squared correlations of outputs and targets in the test, summed over outputs */
};

struct series_environment {
    uint32_t channels; /* of the input */
    /* Draws series_ticks: input[ticks][channels] and target[ticks]; false where memory ran out. */
    bool (*generate)(const struct settings *settings, const struct series_plan *plan, uint64_t seed, float *input,
                     float *target);
    /* Outputs that recall the input of 1, 2, ... ticks before, instead of the target: how many. NULL: none. */
    uint32_t (*recalled)(const struct settings *settings);
    /* Writes what the body of the network is; NULL: as it was born. */
    praxis_status (*build)(const struct settings *settings, praxis_network *network);
    const double *ridges; /* [ridge_count] to choose of; none: the readout is not fitted */
    uint32_t ridge_count;
    uint32_t horizon;                  /* ticks after the network heard the series last; 0: it hears it all the time */
    uint32_t interval;                 /* ticks between the beginnings of such runs */
    const enum series_figure *figures; /* of the task, in the order of its list */
    uint64_t washout;                  /* ticks before the readout begins */
    double rate;                       /* of the readout that learns online, at first, */
    double rate_decay;                 /* and how it falls: see praxis_readout_rule */
    bool settles;                      /* whether modulators fall to 0, evenly, over the plastic ticks */
};

extern const struct protocol series;

/* A picture of recalled inputs, named "recall": squared correlations over lags. */
void series_write_recall(struct learner *learner, FILE *file);
void series_script_recall(struct learner *learner, FILE *file);

/* Modulators of which the sign is drawn anew in each tick: as large, and telling nothing. */
void series_random_sign(struct settings *settings);
/* The plain product of pre and post as trace, and the error as one modulator of all neurons. */
void series_scalar(struct settings *settings);
/* The controls of learning in the network, in a list of controls. */
#define SERIES_LEARNING_CONTROLS                                                                                       \
    {"frozen", "the network does not learn, the readout does", task_unmodulated},                                      \
        {"random-sign", "modulators of random sign", series_random_sign},                                              \
    {                                                                                                                  \
        "scalar", "pre x post, and the error as one modulator of all neurons", series_scalar                           \
    }
/* The rule of `plastic` ticks: the factor is the slope, and no trace outlasts its tick. */
void series_learn_at_once(praxis_parameters *parameters);
/* A network without memory: leak and gain are 0. */
void series_memoryless(struct settings *settings);

#endif

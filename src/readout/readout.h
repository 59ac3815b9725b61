/* SPDX-License-Identifier: MIT */
/*
 * The readout room: dense linear readouts of a network, fitted to samples or learned while it runs. Features are
 * integers until they meet a weight, so that what fits are made of is exact; then double precision in one order of
 * operations (dense.h). It speaks to the network through network.h alone. api/readout.c has checked pointers and
 * structure sizes.
 */
#ifndef PX_READOUT_READOUT_H
#define PX_READOUT_READOUT_H

#include "base/memory.h"
#include "kind.h"
#include "network/network.h"

/* Integers of features: 127 times a code, or its square. Their unit makes an activation of the first, and half its
 * square of the second. */
#define PX_FEATURE_SCALE 127
#define PX_FEATURE_UNIT  (2.0 / (127.0 * 127.0))

/* The most samples of a part: sums of products of features stay below 2^53. */
#define PX_SAMPLES_MAX (UINT64_C(1) << 24)

/* Samples of all replicas, in the order in which they came. */
struct px_samples {
    size_t rows, samples;         /* rows of states, of which some only precede a sample */
    size_t row_room, sample_room; /* allocated */
    uint64_t clock;               /* of the readout when the last came */
    int8_t *states;               /* [rows][R][neurons] codes */
    float *targets;               /* [samples][R][outputs] */
    uint32_t *row;                /* [samples] where the states of a sample stand; its lags precede it */
};

struct praxis_readout {
    praxis_readout_options options; /* options.neurons points to `neurons` */
    praxis_network *network;
    struct px_log *log;
    uint32_t *neurons;
    uint32_t replicas;
    size_t width;               /* features of one tick: neurons, and as many squares */
    size_t features;            /* of all lags, without the constant */
    struct px_samples parts[2]; /* for training, for validation */
    int8_t *history;            /* [R][lags][neurons] codes, newest first */
    uint64_t clock;             /* of the history: another whenever that changes */
    int8_t *codes;              /* [R][N] of the tick under way */
    double *weights;            /* [R][outputs][features + 1], the constant's last */
    double *inverse;            /* [R][features + 1][features + 1] of recursive least squares, or NULL */
    uint64_t *steps;            /* [R] online steps taken */
    double *feature;            /* [features + 1] of the replica under way */
    double *gain;               /* [features + 1] room for recursive least squares */
};

/* Weights of all replicas. */
static inline size_t px_readout_weight_count(const praxis_readout *readout)
{
    return (size_t)readout->replicas * readout->options.outputs * (readout->features + 1);
}

/* readout.c */
extern const struct px_kind px_readout_kind;
praxis_status px_readout_create(praxis_network *network, const praxis_readout_options *options,
                                praxis_readout **readout);
void px_readout_destroy(praxis_readout *readout);
praxis_status px_readout_reset(praxis_readout *readout, uint32_t what, const uint8_t *mask);
/* Features of a replica from codes of its last ticks, newest first and `step` apart, and the constant 1. */
void px_readout_features(const praxis_readout *readout, const int8_t *codes, size_t step, double *feature);
/* predictions[outputs] of features. */
void px_readout_predict(const praxis_readout *readout, uint32_t replica, const double *feature, double *prediction);

/* readout_run.c */
praxis_status px_readout_run(praxis_readout *readout, const praxis_readout_span *span);

/* samples.c */
void px_samples_free(struct px_samples *samples);
/* Room for `ticks` more samples, and rows before them. */
praxis_status px_samples_reserve(const praxis_readout *readout, struct px_samples *samples, uint64_t ticks);
/* Appends states that only precede, where they do not stand there: those that the next sample sees besides its own, the
 * newest of the history. */
void px_samples_precede(const praxis_readout *readout, struct px_samples *samples);
/* Appends the tick under way, of all replicas: target is [R] of outputs, `step` apart. */
void px_samples_append(const praxis_readout *readout, struct px_samples *samples, const float *target, size_t step);

/* fit.c: ridge regression on samples. */
praxis_status px_readout_fit(praxis_readout *readout, uint32_t parts, const double *ridge);
praxis_status px_readout_fit_each(const praxis_readout *readout, uint32_t parts, const double *ridges, size_t count,
                                  double *weights);
praxis_status px_readout_choose(praxis_readout *readout, const double *ridges, size_t count, double *chosen,
                                double *error);
praxis_status px_readout_error(praxis_readout *readout, uint32_t part, double *error);

/* online.c: a step of the rule of options, towards targets[outputs]. */
void px_readout_learn(praxis_readout *readout, uint32_t replica, const double *feature, const double *error);
void px_readout_forget_online(praxis_readout *readout, uint32_t replica);

/* saved_readout.c: what a file is to have of a readout, and one out of a file. */
void px_readout_list(const praxis_readout *readout, const char *name, struct px_index *index);
praxis_status px_readout_load(praxis_network *network, const struct px_archive *archive, const char *name,
                              praxis_readout **readout);

#endif

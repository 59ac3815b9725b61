/* SPDX-License-Identifier: MIT */
/*
 * Ridge regression (Hoerl and Kennard 1970) with an unpenalised constant: of all w, the one with the least
 *
 *     |y - mean y - (X - mean X) w|^2 + ridge s |w|^2,   s = the mean of the diagonal of C,
 *
 * where C = (X - mean X)'(X - mean X). With fewer features than samples (C + ridge s I) w = (X - mean X)'(y - mean y);
 * else the dual, (K + ridge s I) a = y - mean y with K = (X - mean X)(X - mean X)' and w = (X - mean X)' a (Saunders,
 * Gammerman and Vovk 1998), which has as many unknowns as samples. Products of features are integers, and their sums
 * exact in whatever order.
 */
#ifndef PX_READOUT_EQUATIONS_H
#define PX_READOUT_EQUATIONS_H

#include "readout/readout.h"

#define PX_FIT_BLOCK 256 /* samples whose features are laid out at once */

/* Samples of one replica, laid out for arithmetic. */
struct px_laid_out {
    size_t rows, samples;
    double *states;      /* [rows][width] integers of the features of a tick */
    double *targets;     /* [samples][outputs] */
    size_t *row;         /* [samples] */
    double *target_mean; /* [outputs] */
};

/* The equations of a fit, for any strength of the ridge. */
struct px_equations {
    bool dual;
    size_t size;    /* unknowns: features, or samples */
    double *matrix; /* [size][size], its lower half: centred products */
    double *right;  /* [size][outputs] */
    double *mean;   /* [features] */
    double scale;   /* the mean variance of features times the samples: what the ridge is relative to */
    double *factor; /* [size][size] room */
    double *weight; /* [features or size, the greater][outputs] room */
};

/* laid_out.c: those of some parts, PRAXIS_READOUT_TRAINING, PRAXIS_READOUT_VALIDATION or both; after a failure nothing.
 */
praxis_status px_lay_out(const praxis_readout *readout, uint32_t parts, uint32_t replica, struct px_laid_out *data);
void px_laid_out_free(struct px_laid_out *data);
/* Features of `count` samples from `first`: block[count][features]. */
void px_laid_out_features(const praxis_readout *readout, const struct px_laid_out *data, size_t first, size_t count,
                          double *block);
/* What is said where memory for a fit runs out. */
praxis_status px_readout_no_memory(const praxis_readout *readout);

/* equations.c. What was made before a failure is to be freed, too. */
praxis_status px_equations_make(const praxis_readout *readout, const struct px_laid_out *data,
                                struct px_equations *equations);
void px_equations_free(struct px_equations *equations);
/* Solves them for a strength of the ridge; the solution is what a replica has of weights[R][outputs][features + 1]. */
praxis_status px_equations_solve(const praxis_readout *readout, const struct px_laid_out *data,
                                 struct px_equations *equations, double ridge, uint32_t replica, double *weights);

#endif

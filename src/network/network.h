/* SPDX-License-Identifier: MIT */
/*
 * The network room: what a network is, its parameters and bounds, its invariants, and the order of operations in a
 * tick. It speaks to a device only through backend.h. Functions here validate what they are given and report through
 * the context's log; api.c has already checked pointers and structure sizes.
 */
#ifndef PX_NETWORK_NETWORK_H
#define PX_NETWORK_NETWORK_H

#include "backend/backend.h"

#define PX_GROUP_NAME_SIZE 64

/* One step of a weight code, and the full scale of a trace relative to 1 / (1 - decay). */
#define PX_ACTIVATION_UNIT (2.0 / 127)
#define PX_WEIGHT_UNIT     (3.0 / 127)

/* Modulators that weights have not followed yet; with a consolidation of 1 none outlives a call. */
struct px_waiting {
    uint32_t count;
    uint64_t *tick;   /* [consolidation] ticks run when each came */
    float *modulator; /* [consolidation][R] */
    uint32_t *first;  /* [R] those before it have been applied to this replica */
};

struct praxis_network {
    praxis_context *context; /* a reference */
    struct px_log *log;      /* the context's */
    struct px_backend *backend;
    struct px_shape shape;
    uint64_t *seeds; /* [R], what shape.seeds points to */
    praxis_parameters parameters;
    uint64_t tick;
    uint64_t modulations;
    bool noisy;       /* some neuron has noise */
    uint8_t *pending; /* [R] traced ticks in the window that the stored traces lack */
    uint8_t *commit;  /* [R] scratch of window.c */
    uint8_t *mask;    /* [R] scratch of window.c and modulation.c */
    struct px_waiting waiting;
    uint32_t group_count;
    char (*group_names)[PX_GROUP_NAME_SIZE];
    uint64_t *group_offsets; /* [group_count + 1] */
    uint32_t *group_members;
};

/* parameters.c: every parameter within its bounds, every number a number. */
void px_parameters_default(praxis_parameters *parameters);
praxis_status px_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info);
praxis_status px_parameters_check(struct px_log *log, const praxis_parameters *parameters);
double *px_parameter_member(praxis_parameters *parameters, praxis_parameter parameter);
praxis_status px_parameter_check(struct px_log *log, praxis_parameter parameter, double value);

/* rule.c: parameters as the integers of the back end. */
void px_rule_make(const praxis_parameters *parameters, uint32_t degree, bool noisy, struct px_rule *rule);
double px_trace_unit(const praxis_parameters *parameters);
double px_trace_decay(const praxis_parameters *parameters); /* as the integers have it */
double px_trace_limit(const praxis_parameters *parameters); /* the largest trace that has a code */
int32_t px_weight_decay(const praxis_parameters *parameters, uint32_t modulators); /* of so many at once, q24 */
int32_t px_input_code(double input, double input_scale);
/* The scales and the common shift of `count` modulators of one replica; false if one exceeds the limit. */
bool px_modulation_make(const praxis_parameters *parameters, const float *modulator, size_t count, int32_t *scale,
                        int32_t *shift);
double px_modulation_limit(const praxis_parameters *parameters);

/* birth.c: every field but the weights, drawn on the host and uploaded. */
praxis_status px_network_birth(praxis_network *network);

/* network.c */
/* The shape of a network with these parameters, but for its seeds. */
praxis_status px_shape_make(struct px_log *log, const praxis_parameters *parameters, struct px_shape *shape);
praxis_status px_network_create(praxis_context *context, const praxis_parameters *parameters, praxis_network **network);
void px_network_destroy(praxis_network *network);
praxis_status px_network_apply_rule(praxis_network *network);
praxis_status px_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value);
praxis_status px_network_set_factor(praxis_network *network, praxis_factor factor);
void px_network_describe(const praxis_network *network, praxis_network_info *info);

/* state.c */
praxis_status px_network_transfer(praxis_network *network, praxis_field field, const praxis_range *range, void *codes,
                                  size_t bytes, bool writing);
praxis_status px_network_read(praxis_network *network, praxis_field field, const praxis_range *range, float *values,
                              size_t count);
praxis_status px_network_write(praxis_network *network, praxis_field field, const praxis_range *range,
                               const float *values, size_t count);
praxis_status px_network_hash(praxis_network *network, uint64_t *hashes);

/* run.c */
praxis_status px_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask);
praxis_status px_network_run(praxis_network *network, const praxis_run *run);
praxis_status px_network_modulate(praxis_network *network, const float *modulator, size_t count);

/* modulation.c */
praxis_status px_modulators_check(const praxis_network *network, const float *modulator, uint64_t count);
praxis_status px_waiting_create(praxis_network *network);
void px_waiting_free(praxis_network *network);
/* The modulators of the tick just run, [R], `step` apart. */
void px_waiting_add(praxis_network *network, const float *modulator, size_t step);
/* Lets the weights of the replicas with mask[r] != 0 (NULL: all) follow what waits. */
praxis_status px_waiting_apply(praxis_network *network, const uint8_t *mask);
praxis_status px_waiting_apply_range(praxis_network *network, const praxis_range *range);

/* window.c */
/* Takes in all that waits or is pending, in these replicas (NULL: all). */
praxis_status px_window_settle(praxis_network *network, const praxis_range *range);
praxis_status px_window_prepare(praxis_network *network, bool traced); /* before ticks that are traced, or not */
uint32_t px_window_room(const praxis_network *network);                /* how many traced ticks fit */
void px_window_enter(praxis_network *network, uint32_t ticks);         /* after traced ticks */
void px_window_forget(praxis_network *network, const uint8_t *mask);   /* after traces of replicas became zero */
praxis_status px_window_modulate(praxis_network *network, const struct px_modulation *modulation);
praxis_status px_window_peek(praxis_network *network, const praxis_range *range, void *codes);

/* groups.c */
praxis_status px_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                   uint32_t *group);
praxis_status px_network_find_group(const praxis_network *network, const char *name, uint32_t *group);
praxis_status px_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count);
praxis_status px_network_share_noise(praxis_network *network, uint32_t group);
praxis_status px_network_check_groups(const praxis_network *network, const uint32_t *groups, size_t count);

/* feedback.c: arithmetic on the host, no device */
praxis_status px_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs, float *matrix);
void px_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix);
void px_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error, const float *matrix,
                         float *modulator);

/* statistics.c */
praxis_status px_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics);

#endif

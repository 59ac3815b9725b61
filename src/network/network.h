/* SPDX-License-Identifier: MIT */
/*
 * The network room: what a network is, its parameters and bounds, its invariants, and the order of operations in a
 * tick. It speaks to a device only through backend.h. Functions here validate what they are given and report through
 * the context's log; the room api has already checked pointers and structure sizes.
 */
#ifndef PX_NETWORK_NETWORK_H
#define PX_NETWORK_NETWORK_H

#include <stdatomic.h>

#include "archive/archive.h"
#include "backend/backend.h"

#define PX_GROUP_NAME_SIZE 64
#define PX_BROKEN_SIZE     512

/* A modulator that waits, and the ticks run since it came. */
struct px_waiting_modulator {
    uint64_t since;
    float modulator;
};

/* Modulators or factors, as they come: one for every replica, target or neuron. */
struct px_given {
    praxis_scope scope;
    const struct px_targets *targets; /* of PRAXIS_SCOPE_GROUP */
    uint64_t each;                    /* how many a replica has */
    const float *values;              /* [R][each] */
    bool gated;                       /* neurons that are closed have none */
};

/* One modulation of all replicas in integers: what struct px_modulation points to. */
struct px_scaled {
    praxis_scope scope;
    const struct px_targets *targets;
    bool gated;
    int32_t *scale, *shift, *decay; /* [R] each */
    bool *active;                   /* [R] whether any weight follows from it */
    int32_t *coefficients;          /* [R][window + 1]; NULL where no modulators are consolidated */
    int32_t *many;                  /* [many_count] scales of targets or neurons: room that grows */
    uint64_t many_count;
};

/* What has still to be learned: learning.c owns it. */
struct px_learning_state {
    uint64_t modulations; /* since birth */
    uint8_t *pending;     /* [R] traced ticks in the window that the stored traces lack */
    /* Modulators that weights have not followed yet; with a consolidation of 1 none outlives a call. */
    uint32_t count;
    uint64_t *tick;   /* [consolidation] ticks run when each came */
    float *modulator; /* [consolidation][R] */
    uint32_t *first;  /* [R] those before it have been applied to this replica */
    /* Room for what is under way. */
    uint8_t *closing;                      /* [R] replicas whose windows end */
    uint8_t *commit;                       /* [R] replicas whose stored traces take in what is pending */
    struct px_waiting_modulator *gathered; /* [consolidation] */
    struct px_scaled scaled;               /* what waited */
    struct px_scaled given;                /* what does not wait */
};

/* The list of targets that a step last named: groups.c makes it, once for a list that comes again and again. */
struct px_target_list {
    struct px_targets map; /* number 0: none yet */
    int32_t *target;       /* [N] what the map points to */
    uint32_t *groups;      /* [map.count] */
};

/* The host's side of a step or a run: room that grows. */
struct px_step_room {
    uint8_t *flags;   /* [R] */
    int32_t *factors; /* [factor_count] codes */
    uint64_t factor_count;
    int32_t *input; /* [input_count] */
    uint64_t input_count;
    int64_t *sums; /* [sum_count] */
    uint64_t sum_count;
};

struct praxis_network {
    praxis_context *context; /* a reference */
    struct px_log *log;      /* the context's */
    struct px_backend *backend;
    struct px_shape shape;
    uint64_t *seeds; /* [R], what shape.seeds points to */
    praxis_parameters parameters;
    uint64_t tick;
    bool noisy; /* some neuron has noise */
    struct px_learning_state learning;
    uint32_t group_count;
    char (*group_names)[PX_GROUP_NAME_SIZE];
    uint64_t *group_offsets; /* [group_count + 1] */
    uint32_t *group_members;
    struct px_target_list targets;
    struct px_step_room step;
    void *block; /* state on its way, block by block: room that grows */
    uint64_t block_bytes;
    bool gated;                  /* steps have contexts */
    uint32_t *contexts;          /* [R] those given last */
    uint32_t last_open;          /* as the constants had it then */
    _Atomic(const char *) call;  /* the one under way, NULL: none */
    char broken[PX_BROKEN_SIZE]; /* how it came to be broken; "": it is not */
};

/* call.c: what holds for every call but those that describe or destroy. */
/* Fails where the network is broken. */
praxis_status px_network_check_whole(const praxis_network *network);
/* Before and after what `call`, by its name, does; leave passes `status` on. Fails where another is under way, and then
 * is not left. */
praxis_status px_network_enter(praxis_network *network, const char *call);
praxis_status px_network_leave(praxis_network *network, praxis_status status);
/* How it stands half-way, which becomes how it stands in all processes that have the network together. */
praxis_status px_network_agree(praxis_network *network, const char *stage, praxis_status status);
/* How a call came out, which becomes that of all processes that have the network together. */
praxis_status px_network_conclude(praxis_network *network, const char *call, praxis_status status);
/* What the call has done so far is whole: should it fail now, that is what it leaves. */
void px_network_keep(praxis_network *network);
/* What a call will take memory for; see struct px_needs. */
struct px_call_needs {
    const struct px_span *span;
    const struct px_given *factors, *modulators;
    uint32_t moved;
};
praxis_status px_network_reserve(praxis_network *network, const struct px_call_needs *call);

/* parameters.c: what parameters are, their bounds, and their values as numbers and as text. */
void px_parameters_default(praxis_parameters *parameters);
/* Every parameter within its bounds, every number a number. */
praxis_status px_parameters_check(struct px_log *log, const praxis_parameters *parameters);
void px_parameter_describe(praxis_parameter id, praxis_parameter_info *info); /* struct_size is set */
bool px_parameter_find(const char *name, praxis_parameter *id);               /* false where there is none */
/* What a choice is; false where the parameter is none, or has not so many. */
bool px_parameter_choice(praxis_parameter id, uint32_t choice, const char **name, const char **description);
uint32_t px_parameter_choices(praxis_parameter id); /* how many: 0 where it is none */
bool px_parameter_find_choice(praxis_parameter id, const char *name, uint32_t *choice);
/* As px_parameter_find, with a message that lists the names. */
praxis_status px_parameter_named(struct px_log *log, const char *name, praxis_parameter *id);
/* Whether a structure of `size` bytes has the member. */
bool px_parameter_is_within(praxis_parameter id, size_t size);
/* One value, within its own bounds; what it must be beside others is px_parameters_check's to say. */
double px_parameter_get(const praxis_parameters *parameters, praxis_parameter id);
praxis_status px_parameter_set(struct px_log *log, praxis_parameters *parameters, praxis_parameter id, double value);
praxis_status px_parameter_text(struct px_log *log, const praxis_parameters *parameters, praxis_parameter id,
                                char *text, size_t size);
praxis_status px_parameter_set_text(struct px_log *log, praxis_parameters *parameters, praxis_parameter id,
                                    const char *text);

/* constants.c: parameters as the integers of the back end. */
void px_constants_make(const praxis_parameters *parameters, uint32_t degree, bool noisy,
                       struct px_constants *constants);
double px_trace_unit(const praxis_parameters *parameters);
double px_trace_decay(const praxis_parameters *parameters); /* as the integers have it */
double px_trace_limit(const praxis_parameters *parameters); /* the largest trace that has a code */
int32_t px_weight_decay(const praxis_parameters *parameters, uint32_t modulators); /* of so many at once, q24 */
int32_t px_input_code(double input, double input_scale);
/* Whether a modulator can be expressed, and consolidated with as many others; what is not a number cannot. Of two that
 * one does which is nearer to 0. */
bool px_modulator_fits(const praxis_parameters *parameters, float modulator);
/* The scales and the common shift of `count` modulators of one replica, whose largest magnitude fits; whether any scale
 * is not 0. */
bool px_modulation_make(const praxis_parameters *parameters, float largest, const float *modulator, uint64_t count,
                        int32_t *scale, int32_t *shift);
double px_modulation_limit(const praxis_parameters *parameters);

/* birth.c: every field but the weights, drawn on the host and uploaded. */
praxis_status px_network_birth(praxis_network *network);
uint64_t px_birth_bytes(const struct px_shape *shape); /* of the host's memory, that it takes meanwhile */

/*
 * verify.c: compares the weights just born, and what else the device has not been seen to compute before, with the
 * reference. *doubt is NULL, or what is wrong, allocated (free), and not reported. Weights, activations and traces are
 * as birth leaves them; other fields, constants and groups are to be set after it.
 */
praxis_status px_verify(struct px_backend *backend, const struct px_shape *shape, char **doubt);

/* network.c */
/* The shape of a network with these parameters, but for its seeds. */
praxis_status px_shape_make(struct px_log *log, const praxis_parameters *parameters, struct px_shape *shape);
praxis_status px_network_create(praxis_context *context, const praxis_parameters *parameters, praxis_network **network);
void px_network_destroy(praxis_network *network);
praxis_status px_network_make_noisy(praxis_network *network); /* from now on ticks ask for noise */
/* Opens what the contexts, [R], open: by the gate share of now, or as a `last_open` of the constants says. */
praxis_status px_network_gate(praxis_network *network, const uint32_t *contexts);
praxis_status px_network_gate_again(praxis_network *network, const uint32_t *contexts, uint32_t last_open);
praxis_status px_network_set_parameter(praxis_network *network, praxis_parameter parameter, double value);
praxis_status px_network_set_text(praxis_network *network, praxis_parameter parameter, const char *text);
/* What shape and parameters alone tell of a network. */
void px_network_describe_shape(const struct px_shape *shape, const praxis_parameters *parameters,
                               praxis_network_info *info);
void px_network_describe(const praxis_network *network, praxis_network_info *info); /* struct_size is set */
/* What a network of this shape takes on a device, or its part, whose synapses and bytes are of the columns it owns. */
praxis_status px_network_plan(struct px_device *device, const praxis_parameters *parameters,
                              const struct px_shape *shape, praxis_network_info *info);
/* What the part with this number of such a network takes on its device. */
praxis_status px_network_plan_part(struct px_device *device, const praxis_parameters *parameters,
                                   const struct px_shape *shape, uint32_t number, praxis_part_info *info);
/* And what a rank would have of it, of so many that each have such a device. */
praxis_status px_network_plan_rank(struct px_device *device, const praxis_parameters *parameters,
                                   const struct px_shape *shape, uint32_t ranks, uint32_t rank, praxis_part_info *info);

/* state.c */
/* What a field is in this network; network may be NULL: in any. struct_size is set. */
void px_network_field(const praxis_network *network, praxis_field field, praxis_field_info *info);
praxis_status px_network_transfer(praxis_network *network, praxis_field field, const praxis_range *range, void *codes,
                                  size_t bytes, bool writing);
praxis_status px_network_read(praxis_network *network, praxis_field field, const praxis_range *range, float *values,
                              size_t count);
praxis_status px_network_write(praxis_network *network, praxis_field field, const praxis_range *range,
                               const float *values, size_t count);
/* The memory of px_network_read, and of px_network_write. */
praxis_status px_network_reserve_move(praxis_network *network, praxis_field field, const praxis_range *range);
/* Codes that were read from anywhere, over a whole block: within their bounds they are written as they are, whatever is
 * pending. */
praxis_status px_network_put_codes(praxis_network *network, praxis_field field, const praxis_range *block,
                                   const void *codes);
/* Runs `visit` over the range in blocks of a few mebibytes: of one replica, or of several that are small. `offset`
 * counts the codes before a block; `codes` has room for it. */
typedef praxis_status (*px_block_visitor)(praxis_network *network, praxis_field field, const praxis_range *block,
                                          void *codes, uint64_t offset, void *user);
praxis_status px_network_visit(praxis_network *network, praxis_field field, const praxis_range *range,
                               px_block_visitor visit, void *user);
/* How many numbers a range of a field has; fails where the network has no such range. */
praxis_status px_network_count(const praxis_network *network, praxis_field field, const praxis_range *range,
                               uint64_t *count);
praxis_status px_network_hash(praxis_network *network, uint64_t *hashes);
praxis_status px_network_copy_replica(praxis_network *from, uint32_t replica, praxis_network *to, uint32_t target);

/* run.c */
praxis_status px_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask);
praxis_status px_network_run(praxis_network *network, const praxis_run *run);
/* Whether all inputs fit, of `ticks` ticks of every replica that has its own. */
praxis_status px_network_check_input(const praxis_network *network, const float *input, uint64_t count, uint64_t ticks);
/* The mean activation of a group whose codes come to this sum, over so many ticks. */
float px_network_group_mean(const praxis_network *network, uint32_t group, int64_t sum, uint32_t ticks);

/* step.c */
/* Sums of groups stay in the back end where there is no output. */
praxis_status px_network_step(praxis_network *network, const praxis_step *step);
void px_step_room_free(struct px_step_room *room);

/* learning.c. Masks and ranges say which replicas are meant; NULL: all. */
praxis_status px_learning_create(praxis_network *network);
void px_learning_free(praxis_network *network);
/* Takes in all that waits or is pending. */
praxis_status px_learning_settle(praxis_network *network, const praxis_range *range);
/* Lets the weights follow what waits. */
praxis_status px_learning_follow(praxis_network *network, const uint8_t *mask);
praxis_status px_learning_follow_range(praxis_network *network, const praxis_range *range);
praxis_status px_learning_make_place(praxis_network *network); /* before a run: only a failure leaves none */
/* Before ticks with these flags, [R] as px_backend_operations.ticks takes them; whether untraced ones end windows. */
praxis_status px_learning_prepare(praxis_network *network, const uint8_t *flags, bool untraced_end);
uint32_t px_learning_room(const praxis_network *network, const uint8_t *flags);        /* how many such ticks fit */
void px_learning_enter(praxis_network *network, const uint8_t *flags, uint32_t ticks); /* after them */
void px_learning_forget(praxis_network *network, const uint8_t *mask);      /* after traces of replicas became zero */
void px_learning_forget_replica(praxis_network *network, uint32_t replica); /* or of one became others */
/*
 * Whether weights follow the modulators, [R] and `step` apart, of the tick that is `ahead` ticks from the next one:
 * those since birth are a multiple of the consolidation, or these do anything at once. Not how many wait: where the
 * wait ended early in one replica, others would go by its count.
 */
bool px_learning_is_due(const praxis_network *network, const float *modulator, uint64_t step, uint32_t ahead);
/* Takes in the modulators of the tick just run, which are due or not. */
void px_learning_take(praxis_network *network, const float *modulator, uint64_t step, bool due);
/* Modulators that do not wait: whether they fit, and their integers; and then, what waits having gone first, their
 * modulation. */
praxis_status px_learning_scale(praxis_network *network, const struct px_given *modulators);
praxis_status px_learning_apply(praxis_network *network);
/* Both, of one modulator for each replica or each neuron. */
praxis_status px_learning_modulate(praxis_network *network, const float *modulator, size_t count);
/* Takes over what another network, or this one at another time, had still to learn, of which the windows hold the
 * ticks: arrays as in struct px_learning_state, the last three of which are not looked at where nothing waits. */
praxis_status px_learning_restore(praxis_network *network, uint64_t modulations, const uint8_t *pending, uint32_t count,
                                  const uint64_t *tick, const float *modulator, const uint32_t *first);
/* Traces as they would be stored now. */
praxis_status px_learning_peek(praxis_network *network, const praxis_range *range, void *codes);
uint64_t px_learning_hash(const praxis_network *network, uint32_t replica, uint64_t hash);

/* modulation.c: integers of modulators, in room made once. */
praxis_status px_scaled_create(struct px_log *log, const struct px_shape *shape, bool consolidated,
                               struct px_scaled *scaled);
void px_scaled_free(struct px_scaled *scaled);
void px_scaled_clear(const struct px_shape *shape, struct px_scaled *scaled); /* to nothing in every replica */
struct px_modulation px_scaled_modulation(const struct px_scaled *scaled, uint64_t time);
praxis_status px_modulators_check(struct px_log *log, const praxis_parameters *parameters, const float *modulator,
                                  uint64_t count);
/* The room for the scales of targets or neurons. */
praxis_status px_scaled_reserve(struct px_log *log, const struct px_shape *shape, const struct px_given *given,
                                struct px_scaled *scaled);
/* All that is asked of what was given; fails where a modulator is outside its limit. */
praxis_status px_scale(struct px_log *log, const struct px_shape *shape, const praxis_parameters *parameters,
                       const struct px_given *given, struct px_scaled *scaled);
/* What waits in one replica, put together. */
void px_scale_consolidated(const struct px_shape *shape, const praxis_parameters *parameters, uint32_t replica,
                           uint32_t pending, const struct px_waiting_modulator *waiting, uint32_t count,
                           struct px_scaled *scaled);

/* groups.c */
praxis_status px_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons, size_t count,
                                   uint32_t *group);
/* The groups of another network, in place of none: names[count], offsets[count + 1] of members. */
praxis_status px_network_restore_groups(praxis_network *network, uint32_t count,
                                        const char (*names)[PX_GROUP_NAME_SIZE], const uint64_t *offsets,
                                        const uint32_t *members);
praxis_status px_network_find_group(const praxis_network *network, const char *name, uint32_t *group);
praxis_status px_network_set_plastic_groups(praxis_network *network, const uint32_t *groups, size_t count);
praxis_status px_network_share_noise(praxis_network *network, uint32_t group);
praxis_status px_network_check_groups(const praxis_network *network, const uint32_t *groups, size_t count);
/* Makes network->targets of these groups, or leaves it. */
praxis_status px_network_target(praxis_network *network, const uint32_t *groups, size_t count);

/* feedback.c: arithmetic on the host, no device */
praxis_status px_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs, float *matrix);
void px_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix);
void px_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error, const float *matrix,
                         float *modulator);

/* statistics.c */
praxis_status px_statistics_check(struct px_log *log, praxis_field field); /* whether it has any */
/* All but the gains, from counts[256] of codes of a field. */
void px_statistics_fill(praxis_statistics *statistics, const uint64_t *counts, praxis_field field);
void px_statistics_fill_gains(praxis_statistics *statistics, const int32_t *gains, uint64_t count);
praxis_status px_network_statistics(praxis_network *network, praxis_field field, praxis_statistics *statistics);

/* ---- save.c, load.c, copy.c: the whole state, into a file and out of it, and from one network to another ---- */

/*
 * The parts that a network has on its devices: one, or several. Each owns neurons in all replicas, or all neurons of
 * some of them. `here`: it is this process'.
 */
struct px_slice {
    praxis_range range;
    bool here;
};
uint32_t px_network_parts(const praxis_network *network);
void px_network_slice(const praxis_network *network, uint32_t number, struct px_slice *slice);
/* Whether other processes have some of them. */
bool px_network_is_joint(const praxis_network *network);

/* What a file is to have of a network that is called `name` in it: all of it, or what the file of one part has of it,
 * the first of which has what is not divided. */
#define PX_ALL_PARTS UINT32_MAX
void px_network_list(praxis_network *network, const char *name, uint32_t part, struct px_index *index);
/* The same of an object that is not divided: whether it is in this file. */
static inline bool px_is_in_file(uint32_t part)
{
    return part == PX_ALL_PARTS || part == 0;
}
/* Each process reads what its own parts have. */
praxis_status px_network_load(praxis_context *context, const struct px_archive *archive, const char *name,
                              praxis_network **network);
/* Parameters and what they alone tell, with the counters; no seeds. */
praxis_status px_network_describe_saved(struct px_log *log, const struct px_archive *archive, const char *name,
                                        praxis_parameters *parameters, praxis_network_info *info);
/* statistics[R], struct_size set, by reading the codes. */
praxis_status px_network_saved_statistics(struct px_log *log, const struct px_archive *archive, const char *name,
                                          praxis_field field, praxis_statistics *statistics);
praxis_status px_network_copy(praxis_network *from, praxis_context *context, praxis_network **copy);

/* saved.c: what of a network stands in a file, which its list and its loader go by. */
struct px_saved {
    const char *name;
    praxis_tensor_type type;
    uint32_t dimensions;
    uint64_t shape[3];
    const void *elements; /* of an array of the host */
};
/* A field; false where the network has nothing of it. */
bool px_saved_field(const struct px_shape *shape, praxis_field field, struct px_saved *saved);
/* Arrays of the host; false where the network has none. */
enum px_saved_array {
    PX_SAVED_SEEDS,
    PX_SAVED_PENDING,
    PX_SAVED_WAITING_TICK,
    PX_SAVED_WAITING_MODULATOR,
    PX_SAVED_WAITING_FIRST,
    PX_SAVED_GROUP_NAMES,
    PX_SAVED_GROUP_OFFSETS,
    PX_SAVED_GROUP_MEMBERS,
    PX_SAVED_CONTEXTS,
    PX_SAVED_ARRAYS
};
bool px_saved_array(const praxis_network *network, enum px_saved_array array, struct px_saved *saved);
/* The window of past ticks, [R][longest pending][N]: activations, or factors; false where nothing is pending. */
bool px_saved_past(const struct px_shape *shape, const uint8_t *pending, bool factors, struct px_saved *saved);
/* How many parameters and fields files of a minor version have: those appended since are at their defaults, and as
 * born. */
uint32_t px_saved_parameters(uint32_t minor);
uint32_t px_saved_fields(uint32_t minor);
/* Names of texts. */
#define PX_SAVED_PARAMETER   "parameter." /* and its name */
#define PX_SAVED_NUMERICS    "numerics"
#define PX_SAVED_TICK        "tick"
#define PX_SAVED_MODULATIONS "modulations"
#define PX_SAVED_LAST_OPEN   "last_open" /* where there are contexts */

#endif

/* SPDX-License-Identifier: MIT */
/* Traces and weights from the window of traced ticks. docs/numerics.md derives formats and ranges. */
#include <string.h>

#include "backend/reference/reference.h"
#include "base/philox.h"
#include "base/size.h"
#include "base/tables.h"

/* The factors of a replica's last traced tick, where the window has them, of the neuron at a place. */
static int8_t *newest_factor(const struct px_reference *reference, const struct px_held *held)
{
    return reference->factors + reference->newest[held->replica] * reference->held + held->place;
}

void px_reference_record(struct px_reference *reference, const uint8_t *flags)
{
    uint64_t neurons = reference->shape.graph.neurons, replicas = reference->shape.replicas;
    const int8_t *factor = reference->fields[PRAXIS_FIELD_FACTOR];
    for (uint64_t r = 0; r < replicas; r++) {
        if (!(flags[r] & PRAXIS_RUN_TRACE))
            continue;
        reference->newest[r] = (reference->newest[r] + 1) % reference->shape.window;
        memcpy(reference->past + (reference->newest[r] * replicas + r) * neurons, reference->previous + r * neurons,
               px_to_size(neurons));
    }
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        if (flags[held.replica] & PRAXIS_RUN_TRACE)
            *newest_factor(reference, &held) = factor[place];
    }
}

praxis_status px_reference_supply(struct px_backend *backend, const struct px_values *factors)
{
    struct px_reference *reference = px_reference_of(backend);
    int8_t *factor = reference->fields[PRAXIS_FIELD_FACTOR];
    for (uint64_t place = 0; place < reference->held; place++) {
        const struct px_held held = px_reference_held(reference, place);
        factor[place] = (int8_t)px_reference_value(reference, factors, &held);
        *newest_factor(reference, &held) = factor[place];
    }
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

/* The part of a ring that holds the tick of this age, 0 a replica's last traced one: `size` codes a tick. */
static const int8_t *ring_at(const struct px_reference *reference, const int8_t *ring, uint64_t size, uint32_t replica,
                             uint32_t age)
{
    return ring + (reference->newest[replica] + reference->shape.window - age) % reference->shape.window * size;
}

/* Copies what the rings have of a past tick of a replica, or into them; NULL is left out. */
static void copy_past(const struct px_reference *reference, uint32_t replica, uint32_t age, int8_t *activations,
                      int8_t *factors, bool writing)
{
    uint64_t neurons = reference->shape.graph.neurons, tick = reference->shape.replicas * neurons, place = 0;
    int8_t *past = (int8_t *)(uintptr_t)ring_at(reference, reference->past, tick, replica, age) + replica * neurons;
    int8_t *own = (int8_t *)(uintptr_t)ring_at(reference, reference->factors, reference->held, replica, age);
    if (activations)
        memcpy(writing ? past : activations, writing ? activations : past, px_to_size(neurons));
    for (uint32_t i = 0; factors && i < reference->range_count; i++) {
        const praxis_range *range = &reference->ranges[i];
        uint64_t within = (uint64_t)replica - range->first_replica;
        if (within < range->replicas) {
            int8_t *held = own + place + within * range->neurons;
            int8_t *given = factors + (range->first_neuron - px_first_neuron(&reference->shape));
            memcpy(writing ? held : given, writing ? given : held, px_to_size(range->neurons));
        }
        place += range->replicas * range->neurons;
    }
}

praxis_status px_reference_download_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                         int8_t *activations, int8_t *factors)
{
    copy_past(px_reference_of(backend), replica, age, activations, factors, false);
    return PRAXIS_SUCCESS;
}

praxis_status px_reference_upload_past(struct px_backend *backend, uint32_t replica, uint32_t age,
                                       const int8_t *activations, const int8_t *factors)
{
    copy_past(px_reference_of(backend), replica, age, (int8_t *)(uintptr_t)activations, (int8_t *)(uintptr_t)factors,
              true);
    return PRAXIS_SUCCESS;
}

/* What one neuron's traces take in: its factors of the pending ticks, each times the coefficient of its age (plainly:
 * the power of the decay) and halved, in a common scale of 2^shift that brings the largest near 64. */
struct weighed {
    uint32_t ticks;
    int32_t shift;
    int32_t factor[PX_MAX_WINDOW]; /* by age, within +-64 */
};

#define LARGEST_SHIFT 7

/* Half of a q16 number to the nearest integer. Halves, of odd factors in the last tick, go to even: they cancel. */
static int32_t halved(int64_t factor)
{
    int64_t lower = px_shift_floor(factor, 17), rest = factor - lower * (1 << 17);
    return (int32_t)(lower + (rest > 65536 || (rest == 65536 && lower % 2 != 0)));
}

static struct weighed weigh(const struct px_reference *reference, const struct px_held *held, uint32_t ticks,
                            const int32_t *coefficients)
{
    struct weighed weighed = {.ticks = ticks, .shift = LARGEST_SHIFT};
    int64_t decayed[PX_MAX_WINDOW], largest = 0;
    for (uint32_t age = 0; age < ticks; age++) {
        const int8_t *factors = ring_at(reference, reference->factors, reference->held, held->replica, age);
        decayed[age] = (int64_t)factors[held->place] * coefficients[age];
        int64_t size = decayed[age] < 0 ? -decayed[age] : decayed[age];
        largest = size > largest ? size : largest;
    }
    while (largest * (INT64_C(1) << weighed.shift) > PX_CODE_MAX * INT64_C(65536))
        weighed.shift--;
    for (uint32_t age = 0; age < ticks; age++)
        weighed.factor[age] = halved(decayed[age] * (INT64_C(1) << weighed.shift));
    return weighed;
}

/* What the ticks pending add to one trace, in q16 of trace units: |sum| <= 128 * 127 * 64. */
static int32_t taken(const struct px_reference *reference, const struct weighed *weighed, uint32_t replica,
                     uint32_t partner)
{
    uint64_t neurons = reference->shape.graph.neurons, tick = reference->shape.replicas * neurons;
    int32_t sum = 0;
    for (uint32_t age = 0; age < weighed->ticks; age++)
        sum +=
            ring_at(reference, reference->past, tick, replica, age)[replica * neurons + partner] * weighed->factor[age];
    int32_t half = weighed->shift > 0 ? 1 << (weighed->shift - 1) : 0;
    return (int32_t)px_shift_floor(sum + half, weighed->shift) * reference->constants.trace_take;
}

/* Sixteen random bits of a synapse: those of its neuron and those of its tap, which are independent, mixed one to one.
 * Any two synapses' bits are independent of each other. */
static uint32_t rounding_bits(uint64_t seed, enum px_purpose purpose, uint64_t time, uint32_t neuron, uint32_t tap)
{
    uint32_t of_neuron = px_random(seed, purpose, time, neuron, PX_GROUP_NEURON).word[0] >> 16;
    uint32_t of_tap = px_random(seed, purpose, time, tap, PX_GROUP_TAP).word[0] >> 16;
    return (of_neuron ^ of_tap) * PX_ROUNDING_FACTOR & 0xffff;
}

/*
 * Rounds a trace in q16 to one of the two codes around it, up with the probability that makes the mean exact to 2^-17
 * of the distance between them. With 128 units added, a magnitude is a floating-point number whose exponent and first
 * four fraction bits are the code; random bits are added to the other fraction bits.
 */
static int32_t trace_code(int32_t value, uint32_t random)
{
    int64_t size = value < 0 ? -(int64_t)value : value;
    uint32_t magnitude = (uint32_t)px_shift_round(size + (128 << 16), 8), exponent = 15;
    while (magnitude >> (exponent + 1) != 0)
        exponent++;
    uint32_t fraction = (magnitude << (23 - exponent)) - (UINT32_C(1) << 23);
    uint32_t code = (((exponent - 15) << 23) + fraction + (random << 3 | 4)) >> 19;
    return value < 0 ? -(int32_t)code : (int32_t)code;
}

/* What is left of a change of a weight: the larger the weight, the less. */
static int64_t slowed(int64_t change, int32_t weight, int32_t metaplasticity)
{
    int32_t size = weight < 0 ? -weight : weight;
    return px_shift_round(change * (32768 - size * metaplasticity), 15);
}

/* One weight: the change in q16, rounded up with the probability of its fraction, then clipped at three sigma. */
static int8_t updated_weight(int32_t weight, int32_t trace, int32_t scale, int32_t shift, int32_t decay,
                             int32_t metaplasticity, uint32_t random)
{
    int64_t change = slowed(px_shift_round(trace, 16) * scale, weight, metaplasticity);
    if (shift > 16)
        change = px_shift_round(change, shift - 16);
    change -= px_shift_round((int64_t)weight * decay, 8);
    return (int8_t)px_clamp(weight + px_shift_floor(change + random, 16), -PX_CODE_MAX, PX_CODE_MAX);
}

/* One neuron's learning. */
struct lesson {
    struct px_held held;
    struct weighed weighed;
    const int32_t *coefficients; /* by age; the stored trace's is behind the last tick pending */
    bool modulate, commit;
    int32_t scale, shift, decay;
};

/* The trace after the last tick, in q16 of trace units. |power decode + take sum| < 2^31: see docs/numerics.md. */
static int32_t trace_value(const struct px_reference *reference, const struct lesson *lesson, uint32_t tap)
{
    int32_t value = taken(reference, &lesson->weighed, lesson->held.replica,
                          px_reference_partner(reference, lesson->held.neuron, tap));
    if (reference->shape.traces_stored) {
        const int8_t *trace = reference->fields[PRAXIS_FIELD_TRACE];
        value += px_mulaw_decode(trace[lesson->held.place * reference->shape.graph.degree + tap]) *
                 lesson->coefficients[lesson->weighed.ticks];
    }
    return value;
}

static void learn_neuron(const struct px_reference *reference, const struct px_learning *learning,
                         const struct lesson *lesson)
{
    uint64_t start = lesson->held.place * reference->shape.graph.degree,
             seed = reference->shape.seeds[lesson->held.replica];
    uint64_t modulation = learning->modulation ? learning->modulation->time : 0;
    int8_t *weight = (int8_t *)reference->fields[PRAXIS_FIELD_WEIGHT] + start;
    int8_t *trace = lesson->commit ? (int8_t *)reference->fields[PRAXIS_FIELD_TRACE] + start : NULL;
    for (uint32_t tap = 0; tap < reference->shape.graph.degree; tap++) {
        int32_t value = trace_value(reference, lesson, tap);
        if (lesson->modulate)
            weight[tap] = updated_weight(
                weight[tap], value, lesson->scale, lesson->shift, lesson->decay, reference->constants.metaplasticity,
                rounding_bits(seed, PX_PURPOSE_MODULATION, modulation, lesson->held.neuron, tap));
        if (lesson->commit)
            trace[tap] = (int8_t)trace_code(
                value, rounding_bits(seed, PX_PURPOSE_TRACE, learning->time, lesson->held.neuron, tap));
    }
}

static struct lesson make_lesson(const struct px_reference *reference, const struct px_learning *learning,
                                 const struct px_held *held)
{
    const struct px_modulation *modulation = learning->modulation;
    uint32_t replica = held->replica;
    struct lesson lesson = {
        .held = *held,
        .coefficients = reference->constants.trace_power,
        .commit = learning->commit[replica] && learning->pending[replica],
    };
    if (modulation && modulation->active[replica] &&
        (!modulation->gated || px_reference_is_open(reference, replica, held->neuron))) {
        lesson.scale = px_reference_value(reference, &modulation->scale, held);
        lesson.shift = modulation->shift[replica];
        lesson.decay = modulation->decay[replica];
        lesson.modulate = lesson.scale != 0 || lesson.decay != 0;
        if (modulation->coefficients)
            lesson.coefficients = modulation->coefficients + (uint64_t)replica * (reference->shape.window + 1);
    }
    lesson.weighed = weigh(reference, held, learning->pending[replica], lesson.coefficients);
    return lesson;
}

praxis_status px_reference_learn(struct px_backend *backend, const struct px_learning *learning)
{
    struct px_reference *reference = px_reference_of(backend);
    const uint8_t *plastic = reference->fields[PRAXIS_FIELD_PLASTIC];
    for (uint64_t place = 0; place < reference->held; place++) {
        if (!plastic[place])
            continue;
        const struct px_held held = px_reference_held(reference, place);
        const struct lesson lesson = make_lesson(reference, learning, &held);
        if (lesson.modulate || lesson.commit)
            learn_neuron(reference, learning, &lesson);
    }
    backend->changed = true;
    return PRAXIS_SUCCESS;
}

/* The codes of a neuron's traces as they would be stored now. */
static void peek_neuron(const struct px_reference *reference, const struct px_learning *learning,
                        const struct px_held *held, int8_t *codes)
{
    const uint8_t *plastic = reference->fields[PRAXIS_FIELD_PLASTIC];
    uint32_t degree = reference->shape.graph.degree;
    const struct lesson lesson = make_lesson(reference, learning, held);
    if (reference->shape.traces_stored)
        memcpy(codes, (const int8_t *)reference->fields[PRAXIS_FIELD_TRACE] + held->place * degree, degree);
    else
        memset(codes, 0, degree);
    if (!plastic[held->place] || lesson.weighed.ticks == 0)
        return;
    for (uint32_t tap = 0; tap < degree; tap++)
        codes[tap] = (int8_t)trace_code(
            trace_value(reference, &lesson, tap),
            rounding_bits(reference->shape.seeds[held->replica], PX_PURPOSE_TRACE, learning->time, held->neuron, tap));
}

praxis_status px_reference_peek_traces(struct px_backend *backend, const struct px_learning *learning,
                                       const praxis_range *range, void *codes)
{
    const struct px_reference *reference = px_reference_of(backend);
    uint32_t degree = reference->shape.graph.degree;
    int8_t *at = codes;
    for (uint32_t r = 0; r < range->replicas; r++)
        for (uint64_t j = 0; j < range->neurons; j++, at += degree) {
            uint64_t place = px_reference_place(reference, range->first_replica + r, range->first_neuron + j);
            const struct px_held held = px_reference_held(reference, place);
            peek_neuron(reference, learning, &held, at);
        }
    return PRAXIS_SUCCESS;
}

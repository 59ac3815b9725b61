/* SPDX-License-Identifier: MIT */
/* The table of fields: the one place that says what each is, how it is coded and what it may hold. */
#include "backend/backend.h"

#include <limits.h>
#include <string.h>

#define UNIT_Q28 (1.0 / 268435456)

#define NEURONS  PRAXIS_SHAPE_NEURONS
#define SYNAPSES PRAXIS_SHAPE_SYNAPSES
#define INPUTS   PRAXIS_SHAPE_INPUTS
#define INT8     PRAXIS_CODE_INT8
#define UINT8    PRAXIS_CODE_UINT8
#define INT32    PRAXIS_CODE_INT32

static const struct px_field field_table[PRAXIS_FIELD_COUNT] = {
    [PRAXIS_FIELD_ACTIVATION] = {"activation", "x after the last tick", NEURONS, INT8, PX_ACTIVATION_UNIT, -127, 127},
    [PRAXIS_FIELD_WEIGHT] = {"weight", "w of each synapse, by tap", SYNAPSES, INT8, PX_WEIGHT_UNIT, -127, 127},
    [PRAXIS_FIELD_TRACE] = {"trace", "e of each synapse, on a mu-law curve", SYNAPSES, INT8, 0, -127, 127},
    [PRAXIS_FIELD_INPUT_WEIGHT] = {"input_weight", "v of each input channel", INPUTS, INT8, PX_WEIGHT_UNIT, -127, 127},
    [PRAXIS_FIELD_LEAK] = {"leak", "share of its activation a neuron keeps per tick", NEURONS, INT32, UNIT_Q28,
                           -PX_Q28_ONE, PX_Q28_ONE},
    [PRAXIS_FIELD_GAIN] = {"gain", "scale of the recurrent sum; variance control moves it", NEURONS, INT32, UNIT_Q28, 0,
                           PX_GAIN_MAX},
    [PRAXIS_FIELD_BIAS] = {"bias", "rate homeostasis moves it", NEURONS, INT32, UNIT_Q28, -PX_BIAS_MAX, PX_BIAS_MAX},
    [PRAXIS_FIELD_NOISE] = {"noise", "standard deviation of the membrane noise", NEURONS, INT32, UNIT_Q28, 0,
                            PX_Q28_ONE * 4},
    [PRAXIS_FIELD_TARGET_RATE] = {"target_rate", "mean activation that rate homeostasis holds a neuron to", NEURONS,
                                  INT32, UNIT_Q28, -PX_Q28_ONE * 2, PX_Q28_ONE * 2},
    [PRAXIS_FIELD_MEAN] = {"mean", "running mean of the activation", NEURONS, INT32, UNIT_Q28, -PX_Q28_ONE * 2,
                           PX_Q28_ONE * 2},
    [PRAXIS_FIELD_VARIANCE] = {"variance", "running variance of the activation", NEURONS, INT32, UNIT_Q28, 0,
                               INT32_MAX},
    [PRAXIS_FIELD_FACTOR] = {"factor", "postsynaptic factor of the last traced tick, or of the next", NEURONS, INT8,
                             PX_ACTIVATION_UNIT, -127, 127},
    [PRAXIS_FIELD_PLASTIC] = {"plastic", "1: traces and weights of the neuron change", NEURONS, UINT8, 1, 0, 1},
    [PRAXIS_FIELD_NOISE_SOURCE] = {"noise_source", "the neuron whose noise this one takes", NEURONS, INT32, 1, 0,
                                   INT32_MAX},
};

const struct px_field *px_field(praxis_field field)
{
    return &field_table[field];
}

bool px_field_find(const char *name, praxis_field *field)
{
    for (int f = 0; f < PRAXIS_FIELD_COUNT; f++)
        if (strcmp(field_table[f].name, name) == 0) {
            *field = (praxis_field)f;
            return true;
        }
    return false;
}

uint32_t px_field_elements(const struct px_shape *shape, praxis_field field)
{
    switch (field_table[field].shape) {
    case PRAXIS_SHAPE_SYNAPSES:
        return shape->graph.degree;
    case PRAXIS_SHAPE_INPUTS:
        return shape->channels;
    case PRAXIS_SHAPE_NEURONS:
        break;
    }
    return 1;
}

uint32_t px_field_bytes(praxis_field field)
{
    return field_table[field].type == PRAXIS_CODE_INT32 ? 4 : 1;
}

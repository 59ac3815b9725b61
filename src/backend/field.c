/* SPDX-License-Identifier: MIT */
#include "backend/backend.h"

uint32_t px_field_elements(const struct px_shape *shape, praxis_field field)
{
    switch (field) {
    case PRAXIS_FIELD_WEIGHT:
    case PRAXIS_FIELD_TRACE:
        return shape->graph.degree;
    case PRAXIS_FIELD_INPUT_WEIGHT:
        return shape->channels;
    default:
        return 1;
    }
}

uint32_t px_field_bytes(praxis_field field)
{
    switch (field) {
    case PRAXIS_FIELD_ACTIVATION:
    case PRAXIS_FIELD_WEIGHT:
    case PRAXIS_FIELD_TRACE:
    case PRAXIS_FIELD_INPUT_WEIGHT:
    case PRAXIS_FIELD_FACTOR:
    case PRAXIS_FIELD_PLASTIC:
        return 1;
    default:
        return 4;
    }
}

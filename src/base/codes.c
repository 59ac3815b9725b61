/* SPDX-License-Identifier: MIT */
#include "base/tables.h"

#include <math.h>

int32_t px_tanh_code(int32_t potential)
{
    int32_t code = -127;
    while (code < 127 && px_tanh_thresholds[code + 127] <= potential)
        code++;
    return code;
}

int32_t px_normal_code(uint32_t bits)
{
    int32_t code = -127; /* reached; a higher one is reached when bits >= its threshold */
    for (int32_t step = 128; step > 0; step /= 2) {
        int32_t higher = code + step < 127 ? code + step : 127;
        code = px_normal_thresholds[higher + 126] <= bits ? higher : code; /* not a branch, which would go either way */
    }
    return code;
}

int32_t px_mulaw_decode(int32_t code)
{
    int32_t magnitude = code < 0 ? -code : code;
    int32_t segment = magnitude / 16, step = magnitude % 16;
    int32_t value = (16 + step) * (8 << segment) - 128;
    return code < 0 ? -value : value;
}

int32_t px_mulaw_floor(uint32_t magnitude)
{
    int32_t low = 0, high = 127; /* decode(low) <= magnitude, the answer lies in low..high */
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if ((uint32_t)px_mulaw_decode(middle) <= magnitude)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int32_t px_mulaw_nearest(double value)
{
    double magnitude = fabs(value);
    int32_t code = px_mulaw_floor((uint32_t)magnitude);
    if (code < 127 && px_mulaw_decode(code + 1) - magnitude < magnitude - px_mulaw_decode(code))
        code++;
    return value < 0 ? -code : code;
}

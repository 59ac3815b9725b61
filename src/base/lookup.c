/* SPDX-License-Identifier: MIT */
#include "base/lookup.h"

#include "base/tables.h"

uint32_t px_tanh_entry(uint32_t bin)
{
    uint32_t start = bin << PX_TANH_BIN_BITS, width = UINT32_C(1) << PX_TANH_BIN_BITS;
    uint32_t code = (uint32_t)px_tanh_code((int32_t)start);
    uint32_t distance = (uint32_t)px_tanh_thresholds[code + 127] - start;
    return code << PX_ENTRY_BITS | (distance < width ? distance : width);
}

uint32_t px_normal_entry(uint32_t bin)
{
    uint32_t shift = bin < PX_NORMAL_FINE_BINS ? PX_NORMAL_FINE_SHIFT : PX_NORMAL_SHIFT;
    uint32_t start = (bin < PX_NORMAL_FINE_BINS ? bin : bin - PX_NORMAL_FINE_BINS) << shift;
    uint32_t magnitude = (uint32_t)-px_normal_code(start), width = UINT32_C(1) << shift;
    uint32_t distance = px_normal_thresholds[127 - magnitude] - start;
    return magnitude << PX_ENTRY_BITS | (distance < width ? distance : width);
}

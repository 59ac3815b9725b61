/* SPDX-License-Identifier: MIT */
/*
 * Weights from traces: w <- clip(w + scale e / 2^shift - decay w), rounded at random. |trace * scale| stays below
 * 32124 * 32767 < 2^30, so a synapse costs one 32-bit product for the change and one for the decay.
 */

/* `scale` has one value per replica, or with per_neuron != 0 one per neuron in canonical order. */
__kernel void modulate(__global char *weights, __global const char *traces, uint first_unit, uint first_tile,
                       __global const int *scale, __global const int *shift, uint scale_start, uint shift_start,
                       int per_neuron, ulong time, int decay, __global const uint *tiles,
                       __global const char *plastic, __global const uint2 *seeds)
{
    uint block = get_global_id(0) % BLOCKS, group = get_global_id(1);
    uint tile = tiles[first_tile + get_global_id(0) / BLOCKS];
    uint unit = tile / TILES, row = tile % TILES * TILE + block * ROWS, replica = unit / PRIME;
    if (row >= PRIME || group * 8 >= DEGREE)
        return;
    int_rows learns = to_int_rows(load_rows(0, plastic + (size_t)unit * PADDED + row)) != 0;
    int_rows scales = per_neuron ? 0 : scale[scale_start + replica];
    if (per_neuron) {
        int *lane = (int *)&scales;
        for (uint i = 0; i < ROWS && row + i < PRIME; i++)
            lane[i] = scale[scale_start + (size_t)unit * PRIME + row + i];
    }
    if (decay == 0 && !any(scales != 0))
        return;
    int extra = shift[shift_start + replica] - 16, nearest = extra > 0 ? 1 << (extra - 1) : 0;
    uint_rows words[4];
    philox_rows(neuron_rows(unit, row), group, (uint)time, counter_end(PURPOSE_MODULATION, time), seeds[replica],
                words);
    size_t start = ((size_t)tile - (size_t)first_unit * TILES) * DEGREE * TILE + block * ROWS;
    UNROLL
    for (uint i = 0; i < 8; i++) {
        uint tap = group * 8 + i;
        if (tap >= DEGREE)
            break;
        int_rows old = to_int_rows(load_rows(0, weights + start + tap * TILE));
        int_rows trace = mulaw_decode(to_int_rows(load_rows(0, traces + start + tap * TILE)));
        int_rows random = as_int_rows(words[i / 2] >> (16 * (i % 2)) & 0xFFFF);
        int_rows change = ((trace * scales + nearest) >> extra) - ((old * decay + 128) >> 8);
        int_rows code = old + ((change + random) >> 16);
        code = code > 127 ? (int_rows)127 : code;
        code = code < -127 ? (int_rows)-127 : code;
        store_rows(to_char_rows(learns ? code : old), 0, weights + start + tap * TILE);
    }
}

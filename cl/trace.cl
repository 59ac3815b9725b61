/* SPDX-License-Identifier: MIT */
/*
 * Eligibility traces: e <- decay e + pre x factor, in q16 of the trace unit, rounded to a mu-law code at random so
 * that the mean is exact. A work-item owns eight taps of ROWS rows: one block of random bits serves them all.
 */

/*
 * `tiles` lists the tiles (unit * TILES + tile) with a plastic neuron; this slab's begin at tiles[first_tile]. The
 * activations before the tick begin at old_start.
 */
__kernel void trace(__global char *traces, uint first_unit, uint first_tile, __global const char *activations,
                    ulong old_start, ulong time, int keep, int take, __global const uint *tiles,
                    __global const char *plastic, __global const char *factors, __global const uint2 *seeds)
{
    uint block = get_global_id(0) % BLOCKS, group = get_global_id(1);
    uint tile = tiles[first_tile + get_global_id(0) / BLOCKS];
    uint unit = tile / TILES, row = tile % TILES * TILE + block * ROWS;
    if (row >= PRIME || group * 8 >= DEGREE)
        return;
    size_t neurons = (size_t)unit * PADDED + row;
    int_rows learns = to_int_rows(load_rows(0, plastic + neurons)) != 0;
    int_rows factor = to_int_rows(load_rows(0, factors + neurons));
    uint_rows words[4];
    philox_rows(neuron_rows(unit, row), group, (uint)time, counter_end(PURPOSE_TRACE, time), seeds[unit / PRIME],
                words);
    __global char *place = traces + ((size_t)tile - (size_t)first_unit * TILES) * DEGREE * TILE + block * ROWS;
    UNROLL
    for (uint i = 0; i < 8; i++) {
        uint tap = group * 8 + i;
        if (tap >= DEGREE)
            break;
        int_rows old = to_int_rows(load_rows(0, place + tap * TILE));
        int_rows pre = to_int_rows(load_rows(0, window(activations + old_start, unit, row, tap)));
        uint_rows random = words[i / 2] >> (16 * (i % 2)) & 0xFFFF;
        int_rows code = mulaw_round(mulaw_decode(old) * keep + pre * factor * take, random);
        store_rows(to_char_rows(learns ? code : old), 0, place + tap * TILE);
    }
}

/* SPDX-License-Identifier: MIT */
/* Normal weights from the seeds: a work-item draws four taps of ROWS rows, 32 bits each. Padding becomes 0. */

__kernel void birth(__global char *weights, uint first_panel, __global const uint2 *seeds)
{
    uint block = get_global_id(0), group = get_global_id(1), slab_panel = get_global_id(2);
    uint row = block * ROWS, panel = first_panel + slab_panel;
    uint_rows neurons = neuron_rows(panel, row), words[4];
    philox_rows(neurons, group, 0, counter_end(PURPOSE_WEIGHT, 0), seeds[replica_of(panel)], words);
    size_t tile = (size_t)slab_panel * TILES + row / TILE;
    int_rows padding = HOLDS(as_int_rows(neurons) - (int)(column_of(panel) * PRIME) >= (int)PRIME);
    __global char *own = weights + tile * TAPS * TILE;
#if WORD_TAPS == 4
    uint_rows word = 0;
    UNROLL
    for (uint i = 0; i < 4; i++)
        if (group * 4 + i < DEGREE)
            word |= (as_uint_rows(normal_rows(words[i]) & ~padding) & 255u) << (8 * i);
    if (group * 4 < TAPS)
        store_rows(word, 0, (__global uint *)own + group * TILE + row % TILE);
#else
    UNROLL
    for (uint i = 0; i < 4; i++)
        if (group * 4 + i < DEGREE)
            store_rows(to_char_rows(normal_rows(words[i]) & ~padding), 0, own + (group * 4 + i) * TILE + row % TILE);
#endif
}

/* SPDX-License-Identifier: MIT */
/* Normal weights from the seeds: a work-item draws four taps of ROWS rows, 32 bits each. Padding becomes 0. */

__kernel void birth(__global char *weights, uint first_unit, __global const uint2 *seeds)
{
    uint block = get_global_id(0), group = get_global_id(1), local_unit = get_global_id(2);
    uint row = block * ROWS, unit = first_unit + local_unit;
    uint_rows words[4];
    philox_rows(neuron_rows(unit, row), group, 0, counter_end(PURPOSE_WEIGHT, 0), seeds[unit / PRIME], words);
    size_t tile = (size_t)local_unit * TILES + row / TILE;
    for (uint i = 0; i < 4 && group * 4 + i < DEGREE; i++) {
        const uint *word = (const uint *)&words[i];
        __global char *target = weights + (tile * DEGREE + group * 4 + i) * TILE + row % TILE;
        for (uint lane = 0; lane < ROWS; lane++)
            target[lane] = row + lane < PRIME ? (char)normal_code(word[lane]) : 0;
    }
}

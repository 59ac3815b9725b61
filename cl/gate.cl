/* SPDX-License-Identifier: MIT */
/* Gates: which neurons take part in a context of their replica. */

#define PURPOSE_GATE 10u

/* Neurons whose random number in the context is greater than the last open one are closed: [panel][STRIDE] -1, or 0. */
__kernel void gate(__global const uint *contexts, uint last_open, __global const uint2 *seeds, __global char *closed)
{
    uint row = get_global_id(0) * ROWS, panel = get_global_id(1), replica = replica_of(panel);
    uint_rows words[4];
    philox_rows(neuron_rows(panel, row), 0, contexts[replica], counter_end(PURPOSE_GATE, 0), seeds[replica], words);
    store_rows(to_char_rows(HOLDS(words[0] > last_open)), 0, closed + (size_t)panel * STRIDE + row);
}

/* SPDX-License-Identifier: MIT */
/*
 * Learning: the trace of each synapse after the last tick,
 *
 *     value = keep decode(stored) + take sum(weighed factor x activation)        in q16 of the trace unit,
 *
 * from which weights follow and which is then stored, both rounded at random. Prepared by window.cl.
 * Arithmetic on vectors of synapses is in synapses.cl.
 */

/* What holds for the rows of a work-item in one tile; pointers lead to the first of them. */
typedef struct {
    __global char *weights, *stored; /* stored: where traces are to be stored */
    __global const char *traces;
    __global const uint *weighed;
    __global const int *lanes;
    int flags, take, decay, metaplasticity;
    int extra; /* bits below q16 of a trace times a scale */
} lesson;

/* What the neurons of a vector bring to all their synapses. */
typedef struct {
    own_int shift, start, scale, decay;
    own_uint keep, base, bits;
    own_uint weighed[4]; /* the first words of the window */
} neurons;

/*
 * Values of traces, q16, start from a base. It holds half a unit, so that their upper halves are units rounded to the
 * nearest, and takes away what decode_traces adds.
 */
#define UNIT_HALF (1 << 15)

INLINE own_int lane(const lesson *l, uint which, uint row)
{
    return *(__global const own_int *)(l->lanes + which * PADDED + row);
}

INLINE own_uint weighed_word(const lesson *l, uint word, uint row)
{
    return *(__global const own_uint *)(l->weighed + word * PADDED + row);
}

INLINE neurons neurons_of(const lesson *l, uint row, uint words)
{
    const own_uint keep = *(__global const own_uint *)(l->lanes + LANE_KEEP * PADDED + row);
    neurons n = {lane(l, LANE_SHIFT, row),
                 lane(l, LANE_START, row),
                 lane(l, LANE_SCALE, row),
                 lane(l, LANE_DECAY, row),
                 keep,
                 UNIT_HALF - (TRACES_STORED ? DECODED * keep : 0),
                 *(__global const own_uint *)(l->lanes + LANE_BITS * PADDED + row),
                 {0, 0, 0, 0}}; /* clang 21 makes a loop of {0} */
    UNROLL
    for (uint w = 0; w < 4; w++) /* a constant: PoCL keeps a loop of `words` */
        if (w < words)
            n.weighed[w] = weighed_word(l, w, row);
    return n;
}

/* change * (32768 - |weight| metaplasticity) / 2^15, to the nearest, the change being below 2^30. */
INLINE int_synapses slowed(int_synapses change, int_synapses weight, int metaplasticity)
{
    int_synapses share = 32768 - SIZE_OF(weight) * metaplasticity;
    return (change >> 15) * share + (((change & 32767) * share + 16384) >> 15);
}

/*
 * Weights in the direction of their traces. The product of trace and scale has some extra bits below q16. What is added
 * rounds twice: half of a unit of q16 rounds those away, and sixteen random bits of q16 then round to whole codes. The
 * product is below 2^15 * 32767 and there are at most 14 extra bits, so that the sum is below 2^31.
 */
INLINE void update(const lesson *l, const neurons *n, const int_synapses values[STEP_VECTORS],
                   const uint_synapses bits[STEP_VECTORS], uint at, bool decays)
{
    char_synapses weights[STEP_VECTORS];
    int_synapses changes[STEP_VECTORS];
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++)
        weights[i] = load_bytes(l->weights + at + i * WORD_TAPS * TILE);
    /* One vector after the other: Intel's compiler for GPUs does not find registers enough for all at once. */
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++) {
        if (l->metaplasticity)
            changes[i] = slowed(upper_times(values[i], n->scale), to_int_synapses(weights[i]), l->metaplasticity) +
                         change_rounding(n->scale, bits[i], l->extra);
        else
            changes[i] = rounded_change(values[i], n->scale, bits[i], l->extra);
    }
    if (decays) {
        UNROLL
        for (int i = 0; i < STEP_VECTORS; i++)
            changes[i] = ((changes[i] >> l->extra) - ((to_int_synapses(weights[i]) * n->decay + 128) >> 8)) >> 16;
    } else {
        UNROLL
        for (int i = 0; i < STEP_VECTORS; i++)
            changes[i] >>= 16 + l->extra;
    }
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++)
        store_changed(weights[i], changes[i], l->weights + at + i * WORD_TAPS * TILE);
}

/* The base, and what came in during the window; chunks of `words` words, at constant distance. */
INLINE void take_in(const lesson *l, const neurons *n, uint row, uint tap, __global const uint *const *partners,
                    uint words, uint chunks, int_synapses values[STEP_VECTORS])
{
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++)
        values[i] = add_chunk((int_synapses)n->start, partners, row, i, 0, words, n->weighed);
    for (uint c = 1; c < chunks; c++) {
        own_uint weighed[4];
        UNROLL
        for (uint w = 0; w < 4; w++)
            weighed[w] = weighed_word(l, 4 * c + w, row);
        UNROLL
        for (int i = 0; i < STEP_VECTORS; i++)
            values[i] = add_chunk(values[i], partners, row, i, c, 4, weighed);
    }
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++) {
        values[i] = unscaled(values[i], n->shift) * l->take;
#if TAPS > DEGREE
        /* Taps of padding stay 0: what is 0 rounds to 0. */
        values[i] = (int4)(0, 1, 2, 3) + (int)(tap + 4 * i) < (int)DEGREE ? values[i] : 0;
#endif
        values[i] = as_int_synapses(as_uint_synapses(values[i]) + n->base);
    }
}

/* The taps of a step, the first of them `tap`, of the rows in a vector. */
INLINE void learn_step(const lesson *l, const neurons *n, uint row, uint tap, __global const uint *const *partners,
                       __global const uint *tap_bits, uint words, uint chunks, bool decays)
{
    int_synapses values[STEP_VECTORS];
    uint_synapses bits[STEP_VECTORS];
    uint at = tap * TILE + row;
    take_in(l, n, row, tap, partners, words, chunks, values);
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++)
        bits[i] = n->bits ^ bits_of_taps(tap_bits + tap, i);
#if TRACES_STORED
    UNROLL
    for (int i = 0; i < STEP_VECTORS; i++)
        values[i] = as_int_synapses(as_uint_synapses(values[i]) +
                                    decode_traces(l->traces + at + i * WORD_TAPS * TILE) * n->keep);
#endif
    if (l->flags & LEARN_MODULATE)
        update(l, n, values, bits, at, decays);
    if (l->flags & LEARN_COMMIT) {
        UNROLL
        for (int i = 0; i < STEP_VECTORS; i++)
            store_traces(values[i] - UNIT_HALF, bits[i], l->stored + at + i * WORD_TAPS * TILE);
    }
}

/*
 * The taps of STRIP columns, from those at distance `first` on, of the rows from `row`. Where a work-item has several
 * vectors of rows, all of them go through the taps of a column before the next: their windows lie one after the other,
 * and what their neurons bring comes from cache, once for all curves. Rows of padding learn nothing.
 */
INLINE void learn_strip(const lesson *l, __global const uint *packed, __global const uint *tap_bits, uint panel,
                        uint row, uint first, uint words, uint chunks, bool decays)
{
    uint column = column_of(panel), end = min(first + STRIP, PRIME);
    packed = settled(packed + windows_start(replica_of(panel)));
    const neurons only = neurons_of(l, 0, words);
    walk rotations = walk_from(first);
    for (uint offset = first; offset < end; offset += STEP_COLUMNS) {
        __global const uint *partners[STEP_TAPS];
        UNROLL
        for (int i = 0; i < STEP_TAPS; i++) {
            uint start = wrap(row + walk_rotation(&rotations, i % CURVES));
            partners[i] = packed + window_place(partner_column(column, offset + i / CURVES), start, words);
            if (i % CURVES == CURVES - 1)
                walk_on(&rotations);
        }
        for (uint v = 0; v < ITEM_VECTORS * VECTOR_ROWS && row + v < PRIME; v += VECTOR_ROWS) {
            const neurons n = ITEM_VECTORS == 1 ? only : neurons_of(l, v, words);
            learn_step(l, &n, v, (offset - 1) * CURVES, partners, tap_bits, words, chunks, decays);
        }
    }
}

/* The same, compiled for each number of words. */
INLINE void learn_words(const lesson *l, __global const uint *packed, __global const uint *tap_bits, uint panel,
                        uint row, uint first, uint words, bool decays)
{
    if (words == 0)
        learn_strip(l, packed, tap_bits, panel, row, first, 0, 1, decays);
    else if (words == 1)
        learn_strip(l, packed, tap_bits, panel, row, first, 1, 1, decays);
    else if (words == 2)
        learn_strip(l, packed, tap_bits, panel, row, first, 2, 1, decays);
    else
        learn_strip(l, packed, tap_bits, panel, row, first, 4, PACKED_WORDS > 4 ? words / 4 : 1, decays);
}

/*
 * One slab of weights and traces, the first of whose panels is first_panel; traces are stored in `stored`, whose first
 * panel is stored_panel. tiles[first_entry] and the `entries` - 1 after it are the tiles to learn. A work-item owns
 * some rows of `each` tiles. It takes STRIP columns for all of them before it goes on, so that what it needs
 * of their windows stays in cache; work-items of the second dimension share the strips.
 * words: of the window, that window.cl made ready.
 */
__kernel MANY_REGISTERS __attribute__((reqd_work_group_size(LEARNERS, SHARERS, 1))) void
learn(__global char *weights, __global const char *traces, __global char *stored, uint first_panel, uint stored_panel,
      __global const uint *tiles, uint first_entry, uint entries, uint each, __global const assignment *assignments,
      uint words, __global const uint *packed, __global const uint *weighed, __global const int *lanes,
      __global const uint *tap_bits, int take, int metaplasticity)
{
    const uint rows = VECTOR_ROWS * ITEM_VECTORS, blocks = TILE / rows;
    uint block = get_global_id(0) % blocks * rows;
    uint begin = get_global_id(0) / blocks * each, end = min(begin + each, entries);
    for (uint first = 1 + get_global_id(1) * STRIP; first < PRIME; first += get_global_size(1) * STRIP)
        for (uint e = begin; e < end; e++) {
            uint tile = tiles[first_entry + e], panel = tile / TILES, row = tile % TILES * TILE + block;
            __global const assignment *own = assignments + replica_of(panel);
            if (row >= PRIME || own->flags == 0)
                continue;
            size_t start = (tile - (size_t)first_panel * TILES) * TAPS * TILE + block * WORD_TAPS;
            size_t target = (tile - (size_t)stored_panel * TILES) * TAPS * TILE + block * WORD_TAPS;
            const lesson l = {settled(weights + start),
                              settled(stored + target),
                              settled(traces + start),
                              weighed + (size_t)panel * PACKED_WORDS * PADDED + row,
                              lanes + (size_t)panel * LANES * PADDED + row,
                              own->flags,
                              take,
                              own->decay,
                              metaplasticity,
                              own->extra};
            __global const uint *bits = settled(tap_bits + replica_of(panel) * TAPS);
#if WORD_TAPS > 1
            /* A GPU's compiler would work the decay out and then throw it away. */
            if (l.decay == 0)
                learn_words(&l, packed, bits, panel, row, first, words, false);
            else
#endif
                learn_words(&l, packed, bits, panel, row, first, words, l.decay != 0);
        }
}

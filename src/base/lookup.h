/* SPDX-License-Identifier: MIT */
/*
 * The maps of tables.h as tables that one look-up answers: the argument is cut into bins so narrow that at most one
 * threshold falls into each. An entry is the magnitude of the code at the start of its bin, times 2^PX_ENTRY_BITS, plus
 * how far into the bin the threshold lies (the width of the bin: nowhere). Both maps are odd, so half of each will do.
 */
#ifndef PX_BASE_LOOKUP_H
#define PX_BASE_LOOKUP_H

#include <stdint.h>

#define PX_ENTRY_BITS 23

/* Potentials 0 .. 2^31 - 1; the magnitude grows by one at the threshold. */
#define PX_TANH_BIN_BITS 22
#define PX_TANH_BINS     512

/*
 * Random words 0 .. 2^31 - 1, whose codes are negative; the magnitude shrinks by one at the threshold. Thresholds crowd
 * near 0, so words below 2^PX_NORMAL_FINE_BITS have narrower bins, which come first.
 */
#define PX_NORMAL_FINE_BITS   26
#define PX_NORMAL_FINE_SHIFT  18
#define PX_NORMAL_SHIFT       21
#define PX_NORMAL_FINE_BINS   256
#define PX_NORMAL_COARSE_BINS 1024
#define PX_NORMAL_BINS        (PX_NORMAL_FINE_BINS + PX_NORMAL_COARSE_BINS)

uint32_t px_tanh_entry(uint32_t bin);
uint32_t px_normal_entry(uint32_t bin);

#endif

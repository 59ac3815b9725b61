/* SPDX-License-Identifier: MIT */
/* How the input of fuzz_index.c is put together. */
#ifndef FUZZ_INDEX_H
#define FUZZ_INDEX_H

#define INDEX_SEPARATOR "\n%%\n"
#define INDEX_BETWEEN   (sizeof INDEX_SEPARATOR - 1)

#endif

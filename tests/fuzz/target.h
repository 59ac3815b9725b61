/* SPDX-License-Identifier: MIT */
/* A target of libFuzzer: takes anything, and must neither crash, hang nor leak. replay.c runs it over a corpus. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* What targets that open checkpoints do alike. Uses internals of the library. */
#ifndef FUZZ_CHECKPOINT_H
#define FUZZ_CHECKPOINT_H

#include <praxis/praxis.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t size;
};

/* Makes the checksums of a file right where it has some, so that what comes in is looked at by more than checksums. */
void checkpoint_sign(struct bytes *bytes);

/* Describes what was opened, and makes each of its objects and uses it. */
void checkpoint_use(praxis_context *context, const praxis_checkpoint *checkpoint);

/* The reference, opened once. */
praxis_context *checkpoint_context(void);

#endif

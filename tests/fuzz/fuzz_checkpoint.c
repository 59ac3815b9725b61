/* SPDX-License-Identifier: MIT */
/* A checkpoint: opened, described, and each of its objects made of it and used. */
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "target.h"

static int read_bytes(void *user, uint64_t offset, void *to, size_t size)
{
    const struct bytes *bytes = user;
    if (offset > bytes->size || size > bytes->size - offset)
        abort(); /* it was told how many there are */
    memcpy(to, bytes->data + offset, size);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {malloc(size ? size : 1), size};
    const praxis_checkpoint_source source = {read_bytes, &bytes, size};
    praxis_checkpoint *checkpoint = NULL;
    if (!bytes.data)
        return 0;
    if (size)
        memcpy(bytes.data, data, size);
    checkpoint_sign(&bytes);
    if (!praxis_checkpoint_open_from(&source, NULL, &checkpoint))
        checkpoint_use(checkpoint_context(), checkpoint);
    praxis_checkpoint_close(checkpoint);
    free(bytes.data);
    return 0;
}

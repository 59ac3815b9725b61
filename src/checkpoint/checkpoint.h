/* SPDX-License-Identifier: MIT */
/*
 * The checkpoint room: what a program wants saved together, as one file or stream. What an object consists of is known
 * where it lives; what a file is, in the archive room.
 */
#ifndef PX_CHECKPOINT_CHECKPOINT_H
#define PX_CHECKPOINT_CHECKPOINT_H

#include "archive/archive.h"
#include "base/log.h"
#include "network/network.h"

/* How an object lists what is to be saved of it. */
typedef void (*px_lister)(void *object, const char *name, struct px_index *index);

/* Something to be saved: an object, a text or a tensor. */
struct px_item {
    char *name;
    px_lister list;          /* of an object */
    char *text;              /* of a text */
    struct px_tensor tensor; /* of a tensor, but for its name */
    void *object;            /* the object, or the elements of a tensor */
    praxis_network *network; /* that is in use while the object is saved, NULL: none */
};

struct praxis_checkpoint_writer {
    struct px_log log;
    struct px_item *items;
    uint32_t count, room;
};

struct praxis_checkpoint {
    struct px_log log;
    struct px_archive archive;
};

/* Adds one, whose parts are copied but for the object; fails where the name cannot be. */
praxis_status px_writer_add(praxis_checkpoint_writer *writer, const struct px_item *item);
void px_writer_free(praxis_checkpoint_writer *writer);

praxis_status px_writer_write(praxis_checkpoint_writer *writer, const char *path);
praxis_status px_writer_write_to(praxis_checkpoint_writer *writer, const praxis_checkpoint_sink *sink);

/* The same of one object, without a writer. */
praxis_status px_checkpoint_save(struct px_log *log, px_lister list, void *object, const char *name, const char *path);

#endif

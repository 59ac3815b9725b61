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

/* How an object lists what is to be saved of it in the file of a part, as px_network_list does. */
typedef void (*px_lister)(void *object, const char *name, uint32_t part, struct px_index *index);

/* Something to be saved: an object, a text or a tensor. */
struct px_item {
    char *name;
    px_lister list;          /* of an object */
    char *text;              /* of a text */
    struct px_tensor tensor; /* of a tensor, but for its name */
    void *object;            /* the object, or the elements of a tensor */
    praxis_network *network; /* that is in use while the object is saved, NULL: none */
};

/* What is saved together. */
struct px_saving {
    struct px_log *log;
    const struct px_item *items;
    uint32_t count;
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

/* output.c: calls on the networks in it, which the caller has entered */
/* To a file, or where the path is that of an index to a file for each part; of several processes that have a network
 * together one writes what is not divided. */
praxis_status px_saving_write(const struct px_saving *saving, const char *path);
praxis_status px_saving_write_to(const struct px_saving *saving, const praxis_checkpoint_sink *sink);
void px_saving_list(const struct px_saving *saving, uint32_t part, struct px_index *index);

/* An index of tensors, prepared, into a file, which appears whole; `like`: NULL, or the file whose permissions it gets.
 * And the failure of such a file, as errno has it. */
praxis_status px_saved_file_fail(struct px_log *log, const char *path);
praxis_status px_saved_file_write(struct px_log *log, struct px_index *index, const char *path, const char *like);

/* shards.c: to a file for each part, and an index of them */
praxis_status px_shards_write(const struct px_saving *saving, const char *path);

#endif

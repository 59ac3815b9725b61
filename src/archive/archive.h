/* SPDX-License-Identifier: MIT */
/*
 * The archive room: files of safetensors, with a version and checksums in their metadata. Tensors and texts have names;
 * what they mean is others' matter. docs/checkpoints.md describes the format.
 *
 *   8 bytes          length of the header, little-endian, a multiple of 8
 *   header           JSON, padded with blanks: {"__metadata__": {NAME: TEXT, ...}, NAME: {"dtype": ..., "shape": [...],
 *                    "data_offsets": [begin, end]}, ...}
 *   data             tensors one behind the other, without a gap, elements of eight bytes first
 *
 * Or several such files, shards, and an index that says which has which tensors; of some each has a piece.
 */
#ifndef PX_ARCHIVE_ARCHIVE_H
#define PX_ARCHIVE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <praxis/praxis.h>

#include "base/log.h"

/* The format's version, as its text. Another major version cannot be read; a minor one adds what older readers may
 * leave out. */
#define PX_ARCHIVE_MAJOR 1
#define PX_ARCHIVE_MINOR 0

/* Names of texts that are the format's own begin so. */
#define PX_ARCHIVE_OWN       "praxis."
#define PX_ARCHIVE_VERSION   "praxis.checkpoint"
#define PX_ARCHIVE_MADE_BY   "praxis.version"
#define PX_ARCHIVE_CHECKSUM  "praxis.checksum"
#define PX_ARCHIVE_CHECKSUMS "praxis.checksum." /* and the name of a tensor */
#define PX_ARCHIVE_SAVE      "praxis.save"      /* of a shard: with which others it was saved */

#define PX_ARCHIVE_NAME_MAX   200
#define PX_ARCHIVE_BLOCK      (UINT64_C(1) << 20) /* bytes read at once */
#define PX_ARCHIVE_HEADER_MAX (UINT64_C(16) << 20)

/* ---- index.c: what a header says ---- */

/* Where the elements of a tensor go while it is written. */
struct px_sink;

/* Gives all elements of tensor `number` of an object, in pieces of whole elements, in order. */
typedef praxis_status (*px_giver)(const void *object, uint64_t number, struct px_sink *sink);

struct px_tensor {
    char *name;
    praxis_tensor_type type;
    uint32_t dimensions;
    uint64_t shape[PRAXIS_TENSOR_DIMENSIONS];
    uint64_t begin, bytes; /* of its data, from the end of the header on */
    uint32_t checksum;
    px_giver give; /* of a tensor that is to be written, as what follows */
    const void *object;
    uint64_t number;
    uint32_t first_piece, pieces; /* of a tensor that is read from several files */
};

struct px_label {
    char *name, *text;
};

struct px_index {
    struct px_tensor *tensors;
    uint32_t tensor_count, tensor_room;
    struct px_label *labels;
    uint32_t label_count, label_room;
    bool failed; /* memory has run out: what was added since is not there */
};

void px_index_free(struct px_index *index);
void px_index_add_text(struct px_index *index, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* shape[dimensions]; begin and checksum are found when it is written. */
void px_index_add_tensor(struct px_index *index, const char *name, praxis_tensor_type type, uint32_t dimensions,
                         const uint64_t *shape, px_giver give, const void *object, uint64_t number);
/* By their names. */
void px_index_sort(struct px_index *index);
/* In a sorted index; NULL where there is none. */
const struct px_tensor *px_index_tensor(const struct px_index *index, const char *name);
const char *px_index_text(const struct px_index *index, const char *name);

/* Bytes of an element, and what the format calls a type; false where it has no such type. */
uint32_t px_tensor_element(praxis_tensor_type type);
const char *px_tensor_type_name(praxis_tensor_type type);
bool px_tensor_type_find(const char *name, praxis_tensor_type *type);
/* Bytes of a tensor; UINT64_MAX: more than can be. */
uint64_t px_tensor_bytes(const struct px_tensor *tensor);
/* The checksum of all texts, but that which says it, in a sorted index. */
uint32_t px_index_checksum(const struct px_index *index);

/* ---- header.c: the same as JSON ---- */

/* Allocated (free); NULL: no memory. */
char *px_header_write(const struct px_index *index);
/* `text` of `size` bytes, which describe `data` bytes; the index becomes sorted. Frees nothing on failure. */
praxis_status px_header_read(struct px_log *log, const char *text, size_t size, uint64_t data, struct px_index *index);

/* ---- write.c ---- */

/* Elements in the order of this machine; `bytes` of them, of the type of the tensor under way. */
praxis_status px_sink_put(struct px_sink *sink, const void *elements, uint64_t bytes);

/* Takes bytes; false: it has failed. */
struct px_output {
    bool (*write)(void *user, const void *bytes, size_t size);
    void *user;
};

/* Finds the place of each tensor and its checksum, for which the tensors are asked; the checksums become texts. More
 * texts may be added then. */
praxis_status px_archive_prepare(struct px_log *log, struct px_index *index);
/* Writes all of what was prepared, for which the tensors are asked once more. *failed tells a failure of the output
 * from others, which have been reported. */
praxis_status px_archive_write(struct px_log *log, struct px_index *index, const struct px_output *output,
                               bool *failed);

/* ---- read.c ---- */

struct px_piece;

struct px_archive {
    praxis_checkpoint_source source;
    int descriptor; /* of a file, else -1 */
    uint64_t data;  /* where it begins */
    uint32_t major, minor;
    struct px_index index; /* sorted */
    /* Of several files, whose sizes with that of the index are source.size: */
    struct px_archive *shards; /* [shard_count]; NULL: it is one file */
    uint32_t shard_count;
    struct px_piece *pieces; /* of the tensors, one tensor's side by side */
};

/* One of the processes that open an archive together: of shards each compares those with their checksums that are its
 * own, counted around. */
struct px_reader {
    uint32_t number, count;
};

/* Opens what was written, and compares everything with its checksums. */
praxis_status px_archive_open(struct px_log *log, const praxis_checkpoint_source *source, struct px_archive *archive);
/* The same of a file, or of an index and its shards. */
praxis_status px_archive_open_file(struct px_log *log, const char *path, const struct px_reader *reader,
                                   struct px_archive *archive);
/* The same of a shard whose descriptor and size are set; not `whole`: tensors are not compared. */
praxis_status px_archive_open_shard(struct px_log *log, struct px_archive *archive, bool whole);
void px_archive_close(struct px_archive *archive);

/* Reads whole elements of a tensor into the order of this machine. */
praxis_status px_archive_read(struct px_log *log, const struct px_archive *archive, const struct px_tensor *tensor,
                              uint64_t offset, void *elements, uint64_t bytes);

/* ---- map.c: the index of several files, and the names of their tensors ---- */

#define PX_MOST_SHARDS    1024
#define PX_SHARD_NAME_MAX 255 /* bytes of a file's name */
#define PX_SAVE_DIGITS    16  /* hexadecimal, of what tells a save from others */
#define PX_PIECE_PATH     (PX_ARCHIVE_PATH + 40)
#define PX_ARCHIVE_PATH   (2 * PX_ARCHIVE_NAME_MAX)

struct px_map {
    struct px_index files; /* a label for each tensor, whose text is the file's name; sorted when it was read */
    uint64_t bytes;        /* of all tensors */
    char save[PX_SAVE_DIGITS + 1];
};

/* Whether the file with this path is an index, by its ending. */
bool px_map_is(const char *path);
/* As JSON, allocated (free); NULL: no memory. */
char *px_map_write(const struct px_map *map);
praxis_status px_map_read(struct px_log *log, const char *text, size_t size, struct px_map *map);
void px_map_free(struct px_map *map);
/* The path of shard `number`, from 0 on, of an index; `digits`, PX_SAVE_DIGITS, tell it from other saves' ones.
 * Allocated (free); NULL: no memory. */
char *px_map_shard(const char *path, const char *digits, uint32_t number, uint32_t count);
/* Whether an index may name such a file, which lies beside it and nowhere else. */
bool px_map_may_name(const char *file);
/* Whether a file's name is that of a shard of such an index. */
bool px_map_owns(const char *path, const char *file);

/* "TENSOR@AXIS:FIRST": the elements of a tensor from FIRST of this axis on. */
void px_piece_name(char path[PX_PIECE_PATH], const char *tensor, uint32_t axis, uint64_t first);
/* False where a name is no such; *length is that of the tensor's. */
bool px_piece_parse(const char *name, size_t *length, uint32_t *axis, uint64_t *first);

/* ---- set.c: several files as one archive; what px_archive_open_file and others come to ---- */

praxis_status px_set_open(struct px_log *log, const char *path, const struct px_reader *reader,
                          struct px_archive *archive);
void px_set_close(struct px_archive *archive);
praxis_status px_set_read(struct px_log *log, const struct px_archive *archive, const struct px_tensor *tensor,
                          uint64_t offset, void *elements, uint64_t bytes);

/* ---- object.c: tensors and texts that belong to an object, "OBJECT.NAME" ---- */

void px_archive_name(char path[PX_ARCHIVE_PATH], const char *object, const char *name);
/* Says of what kind an object is, as px_archive_is asks. */
void px_archive_list_object(struct px_index *index, const char *object, const char *kind);
void px_archive_list_number(struct px_index *index, const char *object, const char *name, uint64_t number);
void px_archive_list_real(struct px_index *index, const char *object, const char *name, double value);
void px_archive_list_tensor(struct px_index *index, const char *object, const char *name, praxis_tensor_type type,
                            uint32_t dimensions, const uint64_t *shape, px_giver give, const void *giver,
                            uint64_t number);
/* A tensor that stands in memory as it is; its giver, whose number is how many bytes it has. */
praxis_status px_give_array(const void *elements, uint64_t bytes, struct px_sink *sink);
void px_archive_list_array(struct px_index *index, const char *object, const char *name, praxis_tensor_type type,
                           uint32_t dimensions, const uint64_t *shape, const void *elements);
/* The text of an object, which must be there; *text is NULL on failure. */
praxis_status px_archive_text(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, const char **text);
praxis_status px_archive_number(struct px_log *log, const struct px_archive *archive, const char *object,
                                const char *name, uint64_t most, uint64_t *number);
praxis_status px_archive_real(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, double *value);
/* The tensor of an object, which must be there and be of this type and shape. */
praxis_status px_archive_find(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, praxis_tensor_type type, uint32_t dimensions, const uint64_t *shape,
                              const struct px_tensor **tensor);
/* And its elements, `bytes` in all, which must be what its shape says. */
praxis_status px_archive_take(struct px_log *log, const struct px_archive *archive, const char *object,
                              const char *name, praxis_tensor_type type, uint32_t dimensions, const uint64_t *shape,
                              void *elements);
/* The extent of the first dimension of an object's tensor; 0: it is not there. */
uint64_t px_archive_extent(const struct px_archive *archive, const char *object, const char *name);
/* Whether an object of this kind was saved under the name. */
praxis_status px_archive_is(struct px_log *log, const struct px_archive *archive, const char *object, const char *kind);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Files of checkpoints: what a program puts in comes out, every damage is found, and nothing that stands in a file is
 * believed. Hostile files are made here by hand: what the library writes is in none of them.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"
#include "lively.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/crc.h"

/* ---- A file in memory ---- */

struct memory {
    unsigned char *bytes;
    size_t size, room;
    size_t fails_at; /* bytes that can be written, or SIZE_MAX */
    unsigned calls;
};

static int write_memory(void *user, const void *bytes, size_t size)
{
    struct memory *memory = user;
    memory->calls++;
    if (memory->size + size > memory->fails_at)
        return 5;
    if (memory->size + size > memory->room) {
        memory->room = 2 * (memory->size + size);
        memory->bytes = realloc(memory->bytes, memory->room);
        ck_assert_ptr_nonnull(memory->bytes);
    }
    memcpy(memory->bytes + memory->size, bytes, size);
    memory->size += size;
    return 0;
}

static int read_memory(void *user, uint64_t offset, void *bytes, size_t size)
{
    const struct memory *memory = user;
    ck_assert_msg(offset <= memory->size && size <= memory->size - offset, "read behind the end");
    memcpy(bytes, memory->bytes + offset, size);
    return 0;
}

static char last_message[4096];

static void keep_message(void *user, praxis_log_level level, const char *message)
{
    (void)user;
    (void)level;
    snprintf(last_message, sizeof last_message, "%s", message);
}

static const praxis_log keeping = {keep_message, NULL};

static praxis_status open_memory(struct memory *memory, praxis_checkpoint **checkpoint)
{
    const praxis_checkpoint_source source = {read_memory, memory, memory->size};
    last_message[0] = '\0';
    return praxis_checkpoint_open_from(&source, &keeping, checkpoint);
}

/* ---- What a program puts in ---- */

static praxis_checkpoint_writer *writer_of(void)
{
    praxis_checkpoint_writer *writer = NULL;
    ck_assert_int_eq(praxis_checkpoint_writer_create(&keeping, &writer), PRAXIS_SUCCESS);
    return writer;
}

static praxis_tensor tensor_of(const char *name, praxis_tensor_type type, uint64_t rows, uint64_t columns)
{
    return (praxis_tensor){
        .struct_size = sizeof(praxis_tensor), .name = name, .type = type, .dimensions = 2, .shape = {rows, columns}};
}

static const char tricky[] = "{\"a\": [1, 2]}\n\t\\ \"\x01 \xc3\xa4\xe2\x82\xac\xf0\x9f\xa7\xa0";

START_TEST(what_goes_in_comes_out)
{
    static const uint16_t halves[2][3] = {{1, 2, 65535}, {4, 5, 6}};
    static const double numbers[1][2] = {{-0.0, 1e-310}};
    static const uint8_t byte[1][1] = {{200}};
    struct memory memory = {.fails_at = SIZE_MAX};
    const praxis_checkpoint_sink sink = {write_memory, &memory};
    praxis_checkpoint_writer *writer = writer_of();
    const praxis_tensor first = tensor_of("halves", PRAXIS_TENSOR_U16, 2, 3),
                        last = tensor_of("byte", PRAXIS_TENSOR_U8, 1, 1),
                        wide = tensor_of("my.numbers", PRAXIS_TENSOR_F64, 1, 2),
                        none = tensor_of("none", PRAXIS_TENSOR_I64, 0, 7);
    ck_assert_int_eq(praxis_checkpoint_add_tensor(writer, &last, byte), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_tensor(writer, &first, halves), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_tensor(writer, &none, NULL), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_tensor(writer, &wide, numbers), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_text(writer, "task", tricky), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_add_text(writer, "halves", ""),
                     PRAXIS_SUCCESS); /* texts have names of their own */
    ck_assert_int_eq(praxis_checkpoint_write_to(writer, &sink), PRAXIS_SUCCESS);
    praxis_checkpoint_writer_destroy(writer);
    uint64_t header = memory.bytes[0] + 256u * memory.bytes[1];
    ck_assert_uint_eq(header % 8, 0);
    ck_assert_uint_eq(memory.size, 8 + header + 12 + 16 + 1);
    ck_assert_int_eq(memcmp(memory.bytes + 8 + header, numbers, 16), 0); /* eight bytes first, and aligned */
    ck_assert_uint_eq(memory.bytes[memory.size - 1], 200);

    praxis_checkpoint *checkpoint = NULL;
    ck_assert_msg(open_memory(&memory, &checkpoint) == PRAXIS_SUCCESS, "%s", last_message);
    praxis_checkpoint_info info = {.struct_size = sizeof info};
    ck_assert_int_eq(praxis_checkpoint_describe(checkpoint, &info), PRAXIS_SUCCESS);
    ck_assert_uint_eq(info.major, 1);
    ck_assert_uint_eq(info.minor, 0);
    ck_assert_uint_eq(info.tensors, 4);
    ck_assert_uint_eq(info.bytes, memory.size);
    ck_assert_str_eq(info.made_by, praxis_version());
    const char *text = NULL, *name;
    ck_assert_int_eq(praxis_checkpoint_text(checkpoint, "task", &text), PRAXIS_SUCCESS);
    ck_assert_str_eq(text, tricky);
    ck_assert_int_eq(praxis_checkpoint_text(checkpoint, "halves", &text), PRAXIS_SUCCESS);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(praxis_checkpoint_text(checkpoint, "tas", &text), PRAXIS_ERROR_INVALID_ARGUMENT);
    for (uint32_t i = 0; i < info.texts; i++)
        ck_assert_int_eq(praxis_checkpoint_text_at(checkpoint, i, &name, &text), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_text_at(checkpoint, info.texts, &name, &text), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_tensor found = {.struct_size = sizeof found};
    ck_assert_int_eq(praxis_checkpoint_tensor_at(checkpoint, 1, &found), PRAXIS_SUCCESS); /* by their names */
    ck_assert_str_eq(found.name, "halves");
    ck_assert_int_eq(praxis_checkpoint_tensor_at(checkpoint, 4, &found), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(praxis_checkpoint_tensor(checkpoint, "my.numbers", &found), PRAXIS_SUCCESS);
    ck_assert_int_eq(found.type, PRAXIS_TENSOR_F64);
    ck_assert_uint_eq(found.dimensions, 2);
    ck_assert_uint_eq(found.shape[1], 2);
    ck_assert_uint_eq(found.bytes, 16);
    uint16_t part[2];
    double back[2];
    ck_assert_int_eq(praxis_checkpoint_read(checkpoint, "halves", 4, part, 4), PRAXIS_SUCCESS);
    ck_assert_uint_eq(part[0], 65535);
    ck_assert_uint_eq(part[1], 4);
    ck_assert_int_eq(praxis_checkpoint_read(checkpoint, "my.numbers", 0, back, 16), PRAXIS_SUCCESS);
    ck_assert_int_eq(memcmp(back, numbers, 16), 0);
    ck_assert_int_eq(praxis_checkpoint_read(checkpoint, "halves", 3, part, 2), PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq(praxis_checkpoint_read(checkpoint, "halves", 10, part, 4), PRAXIS_ERROR_OUT_OF_RANGE);
    ck_assert_int_eq(praxis_checkpoint_read(checkpoint, "halves", UINT64_MAX - 1, part, 4), PRAXIS_ERROR_OUT_OF_RANGE);
    praxis_checkpoint_close(checkpoint);
    free(memory.bytes);
}
END_TEST

#define REFUSED(part, call)                                                                                            \
    do {                                                                                                               \
        ck_assert_int_eq(call, PRAXIS_ERROR_INVALID_ARGUMENT);                                                         \
        ck_assert_msg(strstr(last_message, part) != NULL, "\"%s\" does not say \"%s\"", last_message, part);           \
    } while (0)

START_TEST(names_that_cannot_be)
{
    praxis_context *context = unit_context("reference");
    const praxis_parameters parameters = lively(49, 1, 1, 0);
    praxis_network *network = unit_network(context, &parameters);
    praxis_checkpoint_writer *writer = writer_of();
    char longest[202];
    memset(longest, 'x', sizeof longest);
    longest[201] = '\0';
    praxis_tensor tensor = tensor_of("net.weight", PRAXIS_TENSOR_U8, 1, 1);
    REFUSED("no name", praxis_checkpoint_add_text(writer, "", "a"));
    REFUSED("no name", praxis_checkpoint_add_text(writer, "a b", "a"));
    REFUSED("no name", praxis_checkpoint_add_text(writer, "\xc3\xa4", "a"));
    REFUSED("no name", praxis_checkpoint_add_text(writer, longest, "a"));
    longest[200] = '\0';
    ck_assert_int_eq(praxis_checkpoint_add_text(writer, longest, "a"), PRAXIS_SUCCESS);
    REFUSED("own", praxis_checkpoint_add_text(writer, "praxis.version", "9"));
    REFUSED("own", praxis_checkpoint_add_network(writer, "praxis", network));
    REFUSED("own", praxis_checkpoint_add_text(writer, "__metadata__", "9"));
    REFUSED("dot", praxis_checkpoint_add_network(writer, "a.b", network));
    static const char *const no_texts[] = {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82", "\x80"};
    for (size_t i = 0; i < UNIT_LENGTH(no_texts); i++)
        REFUSED("UTF-8", praxis_checkpoint_add_text(writer, "bad", no_texts[i]));
    ck_assert_int_eq(praxis_checkpoint_add_network(writer, "net", network), PRAXIS_SUCCESS);
    REFUSED("confused", praxis_checkpoint_add_network(writer, "net", network));
    REFUSED("confused", praxis_checkpoint_add_tensor(writer, &tensor, "x"));
    REFUSED("confused", praxis_checkpoint_add_text(writer, "net", "a"));
    tensor.name = "other.weight";
    ck_assert_int_eq(praxis_checkpoint_add_tensor(writer, &tensor, "x"), PRAXIS_SUCCESS);
    REFUSED("confused", praxis_checkpoint_add_network(writer, "other", network));
    REFUSED("confused", praxis_checkpoint_add_tensor(writer, &tensor, "x"));
    tensor.name = "new";
    tensor.dimensions = 9;
    REFUSED("dimensions", praxis_checkpoint_add_tensor(writer, &tensor, "x"));
    tensor.dimensions = 2;
    tensor.type = (praxis_tensor_type)10;
    REFUSED("type", praxis_checkpoint_add_tensor(writer, &tensor, "x"));
    tensor.type = PRAXIS_TENSOR_F64;
    REFUSED("NULL", praxis_checkpoint_add_tensor(writer, &tensor, NULL));
    tensor.shape[0] = tensor.shape[1] = UINT64_C(1) << 40;
    REFUSED("more than can be", praxis_checkpoint_add_tensor(writer, &tensor, "x"));
    praxis_checkpoint_writer_destroy(writer);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Damage ---- */

/* A small life in memory, with everything that can be in it. */
static void save_life(praxis_context *context, struct memory *memory)
{
    praxis_parameters parameters = lively(49, 1, 2, 1);
    parameters.trace_window = 3;
    parameters.consolidation = 3;
    parameters.gate_share = 0.5;
    praxis_network *network = unit_network(context, &parameters);
    const uint32_t members[] = {3, 8};
    const uint32_t contexts[] = {1, 2};
    const float modulator[] = {0.1f, 0.2f, 0.3f, 0.4f};
    uint32_t group;
    unit_success(context, praxis_network_add_group(network, "group", members, 2, &group));
    praxis_step step;
    praxis_step_default(&step);
    step.context = contexts;
    unit_success(context, praxis_network_step(network, &step));
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = 2;
    run.flags = EVERYTHING;
    run.modulator = modulator;
    unit_success(context, praxis_network_run(network, &run));
    const praxis_checkpoint_sink sink = {write_memory, memory};
    praxis_checkpoint_writer *writer = writer_of();
    ck_assert_int_eq(praxis_checkpoint_add_network(writer, "network", network), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_write_to(writer, &sink), PRAXIS_SUCCESS);
    praxis_checkpoint_writer_destroy(writer);
    praxis_network_destroy(network);
}

/* Whether a network comes out of it; what does not must say why. */
static praxis_status load_life(praxis_context *context, struct memory *memory)
{
    praxis_checkpoint *checkpoint = NULL;
    praxis_network *network = NULL;
    praxis_status status = open_memory(memory, &checkpoint);
    if (!status)
        status = praxis_checkpoint_load_network(checkpoint, "network", context, &network);
    unit_require((status == PRAXIS_SUCCESS) == (network != NULL), "status %d", (int)status);
    praxis_network_destroy(network);
    praxis_checkpoint_close(checkpoint);
    return status;
}

START_TEST(every_damage_is_found)
{
    praxis_context *context = unit_context("reference");
    struct memory memory = {.fails_at = SIZE_MAX};
    uint64_t state = 3;
    save_life(context, &memory);
    unit_success(context, load_life(context, &memory));
    for (size_t at = 0; at < memory.size; at++) {
        unsigned char kept = memory.bytes[at];
        memory.bytes[at] ^= (unsigned char)(1 << unit_bits(&state) % 8);
        praxis_status status = load_life(context, &memory);
        unit_require(status == PRAXIS_ERROR_FORMAT || status == PRAXIS_ERROR_UNSUPPORTED,
                     "byte %zu: %d became %d, and: %s", at, kept, memory.bytes[at], praxis_status_string(status));
        unit_require(last_message[0] || unit_error(context)[0], "nothing is said of byte %zu", at);
        memory.bytes[at] = kept;
    }
    size_t size = memory.size;
    for (memory.size = 0; memory.size < size; memory.size += memory.size < 600 ? 1 : 97)
        unit_require(load_life(context, &memory) == PRAXIS_ERROR_FORMAT, "cut to %zu bytes", memory.size);
    memory.size = size;
    ck_assert_int_eq(write_memory(&memory, "", 1), 0); /* and one byte too many */
    ck_assert_int_eq(load_life(context, &memory), PRAXIS_ERROR_FORMAT);
    free(memory.bytes);
    praxis_context_destroy(context);
}
END_TEST

/* ---- Hostile files ---- */

/* A file of this header and these bytes of zeros, whose metadata and tensors have right checksums if they say
 * CHECKSUM: the only ones that are not wrong. */
static void make_file(struct memory *memory, const char *header, size_t data)
{
    size_t length = strlen(header);
    memory->size = 0;
    unsigned char start[8] = {(unsigned char)length, (unsigned char)(length >> 8), (unsigned char)(length >> 16)};
    ck_assert_int_eq(write_memory(memory, start, 8), 0);
    ck_assert_int_eq(write_memory(memory, header, length), 0);
    for (size_t i = 0; i < data; i++)
        ck_assert_int_eq(write_memory(memory, "", 1), 0);
}

START_TEST(hostile_headers)
{
#define ONE "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}"
    static const struct {
        const char *header, *part;
    } cases[] = {
        {"", "no JSON"},
        {"[]", "no JSON"},
        {" {}", "no JSON"},
        {"{} x", "no JSON"},
        {"{\"a\":", "no JSON"},
        {"{\"a\":1}", "\"a\" must have dtype"},
        {"{\"a\":{}}", "\"a\" must have dtype"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"more\":1}}", "must have dtype"},
        {"{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", "must have dtype"},
        {"{\"a\":{\"dtype\":8,\"shape\":[4],\"data_offsets\":[0,4]}}", "must have dtype"},
        {"{\"a\":{\"dtype\":\"U9\",\"shape\":[4],\"data_offsets\":[0,4]}}", "unknown dtype"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[-4],\"data_offsets\":[0,4]}}", "shape"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4.5],\"data_offsets\":[0,4]}}", "shape"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1e300],\"data_offsets\":[0,4]}}", "shape"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[\"4\"],\"data_offsets\":[0,4]}}", "shape"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,4],\"data_offsets\":[0,4]}}", "dimensions"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0]}}", "offsets that are none"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4,4]}}", "offsets that are none"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,0]}}", "as far apart"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,4]}}", "as far apart"},
        /* 2^32 x 2^32 bytes, which are 0 in 64 bits */
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "as far apart"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[4503599627370496,4096],\"data_offsets\":[0,0]}}", "as far apart"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "begins at byte 2, must at 0"},
        {"{" ONE ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", "begins at byte 2, must at 4"},
        {"{" ONE ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[5,7]}}", "begins at byte 5, must at 4"},
        {"{" ONE ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]}}", "have 6 bytes, there are 4"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", "have 3 bytes, there are 4"},
        {"{" ONE ",\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}}", "\"a\" is there twice"},
        {"{" ONE ",\"__metadata__\":7}", "__metadata__\" is no object"},
        {"{" ONE ",\"__metadata__\":{\"x\":7}}", "\"x\" in its metadata is no string"},
        {"{" ONE ",\"__metadata__\":{\"x\":\"\"},\"__metadata__\":{}}", "__metadata__\" is there twice"},
        {"{" ONE ",\"__metadata__\":{\"x\":\"1\",\"y\":\"\",\"x\":\"2\"}}", "\"x\" is in its metadata twice"},
        {"{" ONE "}", "no checkpoint: its metadata lacks \"praxis.checkpoint\""},
        {"{" ONE ",\"__metadata__\":{\"praxis.checkpoint\":\"1\"}}", "must be as 1.0"},
        {"{" ONE ",\"__metadata__\":{\"praxis.checkpoint\":\"1.0.0\"}}", "must be as 1.0"},
        {"{" ONE ",\"__metadata__\":{\"praxis.checkpoint\":\"2.0\"}}", "has version 2.0"},
        {"{" ONE ",\"__metadata__\":{\"praxis.checkpoint\":\"1.7\"}}", "metadata has no checksum"},
        {"{" ONE ",\"__metadata__\":{\"praxis.checkpoint\":\"1.7\",\"praxis.checksum\":\"0\"}}", "metadata is damaged"},
    };
    struct memory memory = {.fails_at = SIZE_MAX};
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        praxis_checkpoint *checkpoint = NULL;
        make_file(&memory, cases[i].header, 4);
        praxis_status status = open_memory(&memory, &checkpoint);
        unit_require(status == PRAXIS_ERROR_FORMAT ||
                         (status == PRAXIS_ERROR_UNSUPPORTED && strstr(last_message, "2.0")),
                     "%s: %s", cases[i].header, praxis_status_string(status));
        unit_require(strstr(last_message, cases[i].part), "%s: \"%s\" does not say \"%s\"", cases[i].header,
                     last_message, cases[i].part);
        ck_assert_ptr_null(checkpoint);
    }
    free(memory.bytes);
}
END_TEST

/* Deep, long or many: refused or read, in no time and without a crash. */
START_TEST(large_headers)
{
    struct memory memory = {.fails_at = SIZE_MAX};
    praxis_checkpoint *checkpoint = NULL;
    size_t size = 4 << 20;
    char *header = unit_allocate(size + 1, 1);
    memset(header, '[', size);
    header[0] = '{';
    make_file(&memory, header, 0);
    ck_assert_int_eq(open_memory(&memory, &checkpoint), PRAXIS_ERROR_FORMAT);
    memset(header, ',', size);
    memcpy(header, "{\"a\":[0", 7);
    for (size_t i = 8; i < size - 2; i += 2)
        header[i] = '0';
    memcpy(header + size - 2, "]}", 2);
    make_file(&memory, header, 0);
    ck_assert_int_eq(open_memory(&memory, &checkpoint), PRAXIS_ERROR_FORMAT);
    memset(memory.bytes, 0xff, 8); /* a header of 2^64 - 1 bytes */
    ck_assert_int_eq(open_memory(&memory, &checkpoint), PRAXIS_ERROR_FORMAT);
    ck_assert_ptr_nonnull(strstr(last_message, "18446744073709551615"));
    free(header);
    free(memory.bytes);
}
END_TEST

/* ---- Where writing fails ---- */

static praxis_network *small_network(praxis_context *context)
{
    const praxis_parameters parameters = lively(361, 2, 1, 1);
    return unit_network(context, &parameters);
}

START_TEST(a_sink_that_fails)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = small_network(context);
    praxis_checkpoint_writer *writer = writer_of();
    struct memory memory = {.fails_at = SIZE_MAX};
    const praxis_checkpoint_sink sink = {write_memory, &memory};
    ck_assert_int_eq(praxis_checkpoint_add_network(writer, "network", network), PRAXIS_SUCCESS);
    ck_assert_int_eq(praxis_checkpoint_write_to(writer, &sink), PRAXIS_SUCCESS);
    size_t size = memory.size;
    for (size_t fails_at = 0; fails_at < size; fails_at += size / 7) {
        memory.size = 0;
        memory.fails_at = fails_at;
        last_message[0] = '\0';
        ck_assert_int_eq(praxis_checkpoint_write_to(writer, &sink), PRAXIS_ERROR_IO);
        ck_assert_ptr_nonnull(strstr(last_message, "sink"));
    }
    praxis_checkpoint_writer_destroy(writer);
    free(memory.bytes);
    praxis_network_destroy(network);
    praxis_context_destroy(context);
}
END_TEST

/* A limit on the size of files stands for a full disk: it stops root too. */
START_TEST(a_full_disk_leaves_the_old_file)
{
    praxis_context *context = unit_context("reference");
    praxis_network *network = small_network(context), *loaded = NULL;
    char *folder = folder_make(), *path = folder_path(folder, "file"), *link = folder_path(folder, "link");
    uint64_t before, after;
    ck_assert_int_eq(symlink("file", link), 0);
    unit_success(context, praxis_network_save(network, link)); /* where there is nothing yet */
    unit_success(context, praxis_network_hash(network, &before));
    ck_assert_int_eq(chmod(path, 0640), 0);
    unit_run(context, network, 3, EVERYTHING);
    struct rlimit was, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t most = 0; most < 40000; most += 9000) {
        small = was;
        small.rlim_cur = most;
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
        praxis_status status = praxis_network_save(network, path);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
        ck_assert_int_eq(status, PRAXIS_ERROR_IO);
        ck_assert_ptr_nonnull(strstr(unit_error(context), "file: cannot be written: File too large"));
        ck_assert_uint_eq(folder_count(folder), 2);
    }
    unit_success(context, praxis_network_load(context, path, &loaded));
    unit_success(context, praxis_network_hash(loaded, &after));
    ck_assert_uint_eq(before, after);
    praxis_network_destroy(loaded);
    unit_success(context, praxis_network_save(network, link));
    struct stat found;
    ck_assert_int_eq(lstat(link, &found), 0);
    ck_assert(S_ISLNK(found.st_mode));
    ck_assert_int_eq(stat(path, &found), 0);
    ck_assert_uint_eq(found.st_mode & 0777, 0640);
    unit_failure(context, PRAXIS_ERROR_IO, "No such file", praxis_network_save(network, "/nowhere/file"));
    unit_failure(context, PRAXIS_ERROR_IO, "directory", praxis_network_save(network, folder));
    unit_failure(context, PRAXIS_ERROR_IO, "cannot be written", praxis_network_save(network, "/dev/null"));
    unit_failure(context, PRAXIS_ERROR_IO, "no file on disk", praxis_network_load(context, "/dev/null", &loaded));
    unit_failure(context, PRAXIS_ERROR_IO, "No such file", praxis_network_load(context, "/nowhere", &loaded));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "NULL", praxis_network_save(network, NULL));
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "NULL", praxis_network_load(context, NULL, &loaded));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    free(link);
    free(path);
    folder_remove(folder);
}
END_TEST

/* ---- Checksums ---- */

/* "123456789" has the checksum that every description of it names; pieces are as good as the whole. */
START_TEST(checksums_are_those_of_zlib)
{
    unsigned char bytes[1000];
    uint64_t state = 9;
    ck_assert_uint_eq(px_crc(0, "123456789", 9), 0xCBF43926u);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)unit_bits(&state);
    for (size_t cut = 0; cut < sizeof bytes; cut += 13) {
        uint32_t slow = 0xffffffffu;
        for (size_t i = 0; i < cut; i++) {
            slow ^= bytes[i];
            for (int b = 0; b < 8; b++)
                slow = slow & 1 ? slow >> 1 ^ 0xEDB88320u : slow >> 1;
        }
        ck_assert_uint_eq(px_crc(0, bytes, cut), ~slow);
        ck_assert_uint_eq(px_crc(px_crc(0, bytes, cut), bytes + cut, sizeof bytes - cut),
                          px_crc(0, bytes, sizeof bytes));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("archive");
    TCase *tests = unit_case(suite, "files");
    tcase_add_test(tests, what_goes_in_comes_out);
    tcase_add_test(tests, names_that_cannot_be);
    tcase_add_test(tests, every_damage_is_found);
    tcase_add_test(tests, hostile_headers);
    tcase_add_test(tests, large_headers);
    tcase_add_test(tests, a_sink_that_fails);
    tcase_add_test(tests, a_full_disk_leaves_the_old_file);
    tcase_add_test(tests, checksums_are_those_of_zlib);
    return unit_main(suite);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which tuning a network takes: the caller's, a stored one, the table's or none. Whatever lies where a stored one
 * should be, networks are made and have the same bits. Every failure here holds for root too. Uses internals of the
 * library.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"
#include "messages.h"
#include "unit.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "backend/opencl/choice.h"
#include "backend/opencl/device.h"
#include "backend/opencl/tiles.h"
#include "base/file.h"
#include "context.h"
#include "network/network.h"

#define HEADER 32 /* bytes before the key; cache.h has the format */

static praxis_context *open_context(const char *cache, const char *tuning, struct messages *messages)
{
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_context_options_default(&options);
    memset(messages, 0, sizeof *messages);
    options.log = (praxis_log){messages_remember, messages};
    options.cache_directory = cache;
    options.tuning = tuning;
    options.dot_product = "c"; /* the path that has all forms */
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    memset(messages, 0, sizeof *messages);
    return context;
}

static praxis_parameters small(void)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 49;
    parameters.noise = 0.4;
    return parameters;
}

/* What an open context chooses for these parameters. */
static struct px_tuning choose_in(praxis_context *context, const praxis_parameters *parameters)
{
    struct px_shape shape = {.seeds = NULL};
    struct px_tuning chosen;
    unit_success(context, px_shape_make(&context->log, parameters, &shape));
    px_tuning_choose((const struct px_opencl_device *)context->device, &shape, &chosen);
    return chosen;
}

/* What is chosen for these parameters, with the messages that it brings. */
static struct px_tuning choose(const char *cache, const char *tuning, const praxis_parameters *parameters,
                               struct messages *messages)
{
    praxis_context *context = open_context(cache, tuning, messages);
    struct px_tuning chosen = choose_in(context, parameters);
    praxis_context_destroy(context);
    return chosen;
}

static void store(const char *cache, const praxis_parameters *parameters, const char *tuning)
{
    struct messages messages;
    praxis_context *context = open_context(cache, NULL, &messages);
    unit_success(context, praxis_context_store_tuning(context, parameters, tuning));
    ck_assert_int_eq(messages.warnings, 0);
    praxis_context_destroy(context);
}

/* ---- Precedence ---- */

/* Runs a network and gives its hash; whether it was resident in *resident. */
static uint64_t live(const char *cache, const char *tuning, bool *resident, struct messages *messages)
{
    praxis_context *context = open_context(cache, tuning, messages);
    praxis_parameters parameters = small();
    praxis_network *network = unit_network(context, &parameters);
    *resident = strstr(unit_info(network).sum_path, "resident") != NULL;
    unit_run(context, network, 20, PRAXIS_RUN_TRACE);
    uint64_t hash = 0;
    unit_success(context, praxis_network_hash(network, &hash));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    return hash;
}

START_TEST(the_callers_goes_before_a_stored_one_before_the_rules)
{
    static const struct {
        const char *stored, *given;
        bool resident;
        const char *said;
    } cases[] = {
        {NULL, NULL, true, "chosen automatically"},
        {"resident=0", NULL, false, "stored for this device: resident=0\n"},
        {"resident=0", "", true, "given by the caller"},
        {"resident=0", "resident=1", true, "given by the caller"},
        {"resident=0", "rows=8", true, "given by the caller"},
        {"resident=1,rows=8", NULL, true, "stored for this device: resident=1,rows=8\n"},
        {"resident=1,rows=8", "resident=0", false, "given by the caller"},
        {NULL, NULL, true, "chosen automatically"},
    };
    char *folder = folder_make(), *cache = folder_path(folder, "cache");
    praxis_parameters parameters = small();
    struct messages messages;
    bool resident;
    uint64_t hash = live(NULL, NULL, &resident, &messages);
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        store(cache, &parameters, cases[i].stored);
        ck_assert_msg(live(cache, cases[i].given, &resident, &messages) == hash, "case %zu has other bits", i);
        ck_assert_msg(resident == cases[i].resident, "case %zu: %s", i, messages.text);
        ck_assert_msg(strstr(messages.text, cases[i].said) != NULL, "case %zu: %s", i, messages.text);
        ck_assert_msg(messages.warnings == 0, "case %zu: %s", i, messages.text);
    }
    ck_assert_uint_eq(folder_count(cache), 0);
    free(cache);
    folder_remove(folder);
}
END_TEST

static struct px_tuning parsed(const char *text)
{
    struct px_tuning tuning;
    ck_assert_int_eq(px_tuning_parse(NULL, text, &tuning), PRAXIS_SUCCESS);
    return tuning;
}

/* What is not named is left to the rules, never to what another origin says. */
START_TEST(a_tuning_is_taken_whole)
{
    char *folder = folder_make();
    praxis_parameters parameters = small();
    struct messages messages;
    const char *text =
        "resident=0,rows=8,vectors=2,streams=3,ahead=1,height=32,staged=1,split=4,work_group=64,workers=2,"
        "ticks=7,strip=9,tiles=11,persistent=2";
    store(folder, &parameters, text);
    struct px_tuning all = choose(folder, NULL, &parameters, &messages);
    struct px_tuning one = choose(folder, "rows=4", &parameters, &messages);
    const struct px_tuning expected = parsed(text), alone = parsed("rows=4");
    ck_assert_mem_eq(&all, &expected, sizeof all);
    ck_assert_mem_eq(&one, &alone, sizeof one);
    store(folder, &parameters, "tiles=3"); /* in the place of the old one */
    struct px_tuning later = choose(folder, NULL, &parameters, &messages);
    ck_assert_int_eq(later.tiles, 3);
    ck_assert_int_eq(later.rows, PX_TUNING_AUTOMATIC);
    ck_assert_uint_eq(folder_count(folder), 1);
    folder_remove(folder);
}
END_TEST

START_TEST(a_tuning_is_for_one_shape)
{
    praxis_parameters shapes[6];
    char *folder = folder_make();
    struct messages messages;
    for (size_t i = 0; i < UNIT_LENGTH(shapes); i++)
        shapes[i] = small();
    shapes[1].neurons = 121;
    shapes[2].degree_factor = 3;
    shapes[3].replicas = 2;
    shapes[4].trace_window = 8;
    shapes[5].trace_form = PRAXIS_TRACE_WINDOW;
    praxis_context *context = open_context(folder, NULL, &messages);
    for (size_t stored = 0; stored < UNIT_LENGTH(shapes); stored++) {
        store(folder, &shapes[stored], "strip=5");
        for (size_t i = 0; i < UNIT_LENGTH(shapes); i++)
            ck_assert_msg((choose_in(context, &shapes[i]).strip == 5) == (i == stored),
                          "stored for shape %zu, asked for %zu", stored, i);
        store(folder, &shapes[stored], stored % 2 ? "" : NULL);
    }
    praxis_context_destroy(context);
    shapes[0].neurons = 40 + 9; /* what does not count: the same network but for seeds and rates */
    store(folder, &shapes[0], "strip=5");
    shapes[0].seed = 77;
    shapes[0].channels = 5;
    shapes[0].learning_rate = 0.5;
    ck_assert_int_eq(choose(folder, NULL, &shapes[0], &messages).strip, 5);
    folder_remove(folder);
}
END_TEST

/* ---- The table ---- */

START_TEST(the_first_line_that_fits)
{
    static const struct px_tuning_row table[] = {
        {"Portable", "skylake", "c", 7, 31, 1, 1, "rows=8"},
        {"Portable", "", "c", 7, 31, 1, 4, "rows=4"},
        {"", "", "khr", 1, 100, 1, 100, "split=2"},
        {"", "Radeon", "", 1, 100, 1, 100, "split=4"},
        {.tuning = NULL},
    };
    static const struct {
        const char *platform, *name, *dot_product;
        uint32_t prime, replicas;
        const char *tuning;
    } cases[] = {
        {"Portable Computing Language", "pthread-skylake", "c", 31, 1, "rows=8"},
        {"Portable Computing Language", "pthread-skylake", "c", 31, 4, "rows=4"},
        {"Portable Computing Language", "pthread-skylake", "c", 31, 5, NULL},
        {"Portable Computing Language", "pthread-skylake", "c", 43, 1, NULL},
        {"Portable Computing Language", "pthread-skylake", "packed", 31, 1, NULL},
        {"Portable Computing Language", "pthread-zen", "c", 7, 1, "rows=4"},
        {"Other", "pthread-skylake", "c", 31, 1, NULL},
        {"Other", "Radeon", "khr", 31, 1, "split=2"},
        {"Other", "Radeon", "sdot4", 31, 1, "split=4"},
        {"Other", "Arc", "khr", 103, 1, NULL},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        praxis_device_info info = {.struct_size = sizeof info};
        struct px_shape shape = {.graph.prime = cases[i].prime, .replicas = cases[i].replicas};
        strcpy(info.platform, cases[i].platform);
        strcpy(info.name, cases[i].name);
        strcpy(info.dot_product, cases[i].dot_product);
        const char *tuning = px_tuning_look_up(table, &info, &shape);
        ck_assert_msg((tuning && cases[i].tuning) ? strcmp(tuning, cases[i].tuning) == 0 : tuning == cases[i].tuning,
                      "case %zu gives %s", i, tuning ? tuning : "nothing");
    }
}
END_TEST

START_TEST(every_line_of_the_library_can_be_read)
{
    struct px_tuning tuning;
    for (const struct px_tuning_row *row = px_tuning_table; row->tuning; row++) {
        ck_assert_msg(px_tuning_parse(NULL, row->tuning, &tuning) == PRAXIS_SUCCESS, "%s", row->tuning);
        ck_assert_msg((tuning.rows < 0 && tuning.vectors < 0) || strcmp(row->dot_product, "c") == 0, "%s", row->tuning);
        ck_assert_uint_le(row->least_prime, row->most_prime);
        ck_assert_uint_le(row->least_replicas, row->most_replicas);
    }
}
END_TEST

/* ---- What cannot be stored ---- */

START_TEST(wrong_tunings_are_refused_with_their_bounds)
{
    static const struct {
        const char *text, *part;
        praxis_status status;
    } cases[] = {
        {"colour=1", "\"colour=1\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"rows=8,", "\"\"", PRAXIS_ERROR_INVALID_ARGUMENT},
        {"resident=2", "resident is 2, must be a whole number from 0 to 1", PRAXIS_ERROR_OUT_OF_RANGE},
        {"rows=8,strip=0", "strip is 0, must be a whole number from 1 to 65536", PRAXIS_ERROR_OUT_OF_RANGE},
        {"tiles=4097", "tiles is 4097, must be a whole number from 1 to 4096", PRAXIS_ERROR_OUT_OF_RANGE},
    };
    char *folder = folder_make(), *cache = folder_path(folder, "cache");
    struct messages messages;
    praxis_parameters parameters = small();
    praxis_context *context = open_context(cache, NULL, &messages);
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++)
        unit_failure(context, cases[i].status, cases[i].part,
                     praxis_context_store_tuning(context, &parameters, cases[i].text));
    parameters.neurons = 4;
    unit_failure(context, PRAXIS_ERROR_OUT_OF_RANGE, "4, must be from 49",
                 praxis_context_store_tuning(context, &parameters, "rows=8"));
    ck_assert_uint_eq(folder_count(folder), 0);
    ck_assert_int_eq(praxis_context_store_tuning(NULL, &parameters, "rows=8"), PRAXIS_ERROR_INVALID_ARGUMENT);
    praxis_context_destroy(context);
    free(cache);
    folder_remove(folder);
}
END_TEST

/* Rows of sixteen would not run on a path of words. */
START_TEST(a_tuning_must_suit_the_path)
{
    char *folder = folder_make();
    struct messages messages;
    praxis_parameters parameters = small();
    praxis_context *context = open_context(folder, NULL, &messages);
    ((struct px_opencl_device *)context->device)->dot_product = PX_DOT_PRODUCT_PACKED;
    unit_failure(context, PRAXIS_ERROR_INVALID_ARGUMENT, "must be 1 and 4 where the dot product is packed",
                 praxis_context_store_tuning(context, &parameters, "rows=16"));
    unit_success(context, praxis_context_store_tuning(context, &parameters, "split=2"));
    praxis_context_destroy(context);
    ck_assert_int_eq(choose(folder, NULL, &parameters, &messages).split, PX_TUNING_AUTOMATIC); /* of path c */
    folder_remove(folder);
}
END_TEST

/* What others may have put there is not read, whatever it says. */
START_TEST(a_directory_that_others_may_write_to_is_not_read)
{
    char *folder = folder_make();
    struct messages messages;
    praxis_parameters parameters = small();
    praxis_context *context = open_context(folder, NULL, &messages);
    unit_success(context, praxis_context_store_tuning(context, &parameters, "rows=8"));
    praxis_context_destroy(context);
    ck_assert_int_eq(choose(folder, NULL, &parameters, &messages).rows, 8);
    ck_assert_int_eq(chmod(folder, 0770), 0);
    ck_assert_int_eq(choose(folder, NULL, &parameters, &messages).rows, PX_TUNING_AUTOMATIC);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    ck_assert_int_eq(choose(folder, NULL, &parameters, &messages).rows, 8);
    folder_remove(folder);
}
END_TEST

START_TEST(there_is_nowhere_to_store)
{
    char *folder = folder_make(), *file = folder_path(folder, "file"), *below = folder_path(file, "below");
    char *open = folder_path(folder, "open");
    struct messages messages;
    praxis_parameters parameters = small();
    ck_assert(px_file_replace(file, "text", 4));
    ck_assert_int_eq(mkdir(open, 0700), 0);
    ck_assert_int_eq(chmod(open, 0777), 0);
    const char *const unusable[] = {file, below, "/proc/praxis", "", open};
    for (size_t i = 0; i < UNIT_LENGTH(unusable); i++) {
        praxis_context *context = open_context(unusable[i], NULL, &messages);
        unit_failure(context, PRAXIS_ERROR_IO, "cannot be used",
                     praxis_context_store_tuning(context, &parameters, "rows=8"));
        praxis_context_destroy(context);
        ck_assert_int_eq(choose(unusable[i], NULL, &parameters, &messages).rows, PX_TUNING_AUTOMATIC);
        ck_assert_msg(messages.warnings == 0, "%s", messages.text);
    }
    ck_assert_uint_eq(folder_count(open), 0);
    praxis_context *context = open_context(NULL, NULL, &messages);
    unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, "no cache directory",
                 praxis_context_store_tuning(context, &parameters, "rows=8"));
    praxis_context_destroy(context);
    context = unit_context("reference");
    unit_failure(context, PRAXIS_ERROR_UNSUPPORTED, "the reference",
                 praxis_context_store_tuning(context, &parameters, "rows=8"));
    praxis_context_destroy(context);
    free(open);
    free(below);
    free(file);
    folder_remove(folder);
}
END_TEST

/* ---- Entries that are not sound ---- */

struct entry {
    char *folder, *path;
    unsigned char *bytes;
    size_t size, key_size;
    praxis_context *context; /* which reads it anew for every choice */
    struct messages *messages;
};

static struct entry make_entry(void)
{
    struct entry entry = {.folder = folder_make()};
    praxis_parameters parameters = small();
    void *bytes;
    store(entry.folder, &parameters, "strip=5");
    ck_assert_uint_eq(folder_list(entry.folder, &entry.path), 1);
    ck_assert(px_file_read(entry.path, 1 << 20, &bytes, &entry.size));
    entry.bytes = bytes;
    for (int i = 0; i < 4; i++)
        entry.key_size |= (size_t)entry.bytes[12 + i] << (8 * i);
    ck_assert_uint_eq(entry.size, HEADER + entry.key_size + strlen("strip=5"));
    entry.messages = unit_allocate(1, sizeof *entry.messages);
    entry.context = open_context(entry.folder, NULL, entry.messages);
    ck_assert_int_eq(choose_in(entry.context, &parameters).strip, 5);
    return entry;
}

static void free_entry(struct entry *entry)
{
    praxis_context_destroy(entry->context);
    free(entry->messages);
    free(entry->bytes);
    free(entry->path);
    folder_remove(entry->folder);
}

/* Puts this in the entry's place: it is said, and the rules choose. */
static void try_bytes(const struct entry *entry, const void *bytes, size_t size, const char *part)
{
    struct messages *messages = entry->messages;
    praxis_parameters parameters = small();
    const struct px_tuning automatic = parsed("");
    ck_assert(px_file_replace(entry->path, bytes, size));
    *messages = (struct messages){.warnings = 0};
    struct px_tuning chosen = choose_in(entry->context, &parameters);
    ck_assert_mem_eq(&chosen, &automatic, sizeof chosen);
    ck_assert_msg(messages->warnings == 1 && strstr(messages->text, part), "\"%s\" does not say \"%s\"", messages->text,
                  part);
    ck_assert_ptr_nonnull(strstr(messages->text, "chosen automatically"));
}

START_TEST(damaged_entries_are_not_used)
{
    struct entry entry = make_entry();
    struct messages messages;
    praxis_parameters parameters = small();
    for (size_t length = 0; length < entry.size; length += 1 + length / 4)
        try_bytes(&entry, entry.bytes, length, entry.path);
    for (size_t at = 0; at < entry.size; at += 7) {
        entry.bytes[at] ^= 4;
        try_bytes(&entry, entry.bytes, entry.size, entry.path);
        entry.bytes[at] ^= 4;
    }
    ck_assert_int_eq(unlink(entry.path), 0);
    ck_assert_int_eq(mkdir(entry.path, 0700), 0);
    ck_assert_int_eq(choose(entry.folder, NULL, &parameters, &messages).strip, PX_TUNING_AUTOMATIC);
    ck_assert_int_eq(messages.warnings, 1);
    ck_assert_int_eq(rmdir(entry.path), 0);
    store(entry.folder, &parameters, "strip=6");
    ck_assert_int_eq(choose(entry.folder, NULL, &parameters, &messages).strip, 6);
    free_entry(&entry);
}
END_TEST

static void try_entry(const struct entry *entry, const char *key, const char *text, const char *part)
{
    size_t size;
    unsigned char *bytes = px_cache_encode(key, (const unsigned char *)text, strlen(text), &size);
    try_bytes(entry, bytes, size, part);
    free(bytes);
}

static char *copy_key(const struct entry *entry)
{
    char *key = unit_allocate(entry->key_size + 1, 1);
    memcpy(key, entry->bytes + HEADER, entry->key_size);
    return key;
}

/* As after an update, had its key the same hash. */
START_TEST(entries_of_other_drivers_are_not_used)
{
    static const char *const lines[] = {"tuning ",         "\npraxis ",          "\nplatform: ", "\nplatform version: ",
                                        "\ndevice: ",      "\ndevice version: ", "\ndriver: ",   "\ncompute units: ",
                                        "\ndot product: ", "\nprime: ",          "\ncurves: ",   "\nreplicas: ",
                                        "\nwindow: ",      "\ntraces stored: "};
    struct entry entry = make_entry();
    for (size_t i = 0; i < UNIT_LENGTH(lines); i++) {
        char *key = copy_key(&entry), *line = strstr(key, lines[i]);
        ck_assert_msg(line != NULL, "the key has no line \"%s\": %s", lines[i], key);
        line[strlen(lines[i])] ^= 1;
        try_entry(&entry, key, "strip=5", "belongs to another");
        free(key);
    }
    free_entry(&entry);
}
END_TEST

START_TEST(sound_entries_of_something_else)
{
    static const char *const texts[] = {"colour=1", "resident=2", "strip=5,", "rows=8,strip=0", "\x7f\x45\x4c\x46"};
    struct entry entry = make_entry();
    char *key = copy_key(&entry);
    for (size_t i = 0; i < UNIT_LENGTH(texts); i++)
        try_entry(&entry, key, texts[i], "holds no tuning");
    free(key);
    free_entry(&entry);
}
END_TEST

START_TEST(tiles_are_as_tall_as_allowed)
{
    for (uint32_t p = 7; p < 40000; p += 4)
        for (uint32_t most = 16; most <= 256; most *= 2) {
            uint32_t rows = px_tile_rows(p, most);
            ck_assert(rows >= 16 && rows <= most && rows % 16 == 0);
        }
    ck_assert_uint_eq(px_tile_rows(31, 64), 32);
    ck_assert_uint_eq(px_tile_rows(103, 64), 64); /* 112 are too many */
    ck_assert_uint_eq(px_tile_rows(103, 128), 112);
    ck_assert_uint_eq(px_tile_rows(1019, 128), 128);
}
END_TEST

/* ---- The rules ---- */

static struct px_opencl_device imagined(praxis_device_type type, uint32_t compute_units)
{
    struct px_opencl_device device = {.info = {.type = type, .compute_units = compute_units},
                                      .dot_product = type == PRAXIS_DEVICE_CPU ? PX_DOT_PRODUCT_C : PX_DOT_PRODUCT_PTX,
                                      .register_integers = 16,
                                      .max_group_items = 1024,
                                      .max_allocation_bytes = UINT64_C(1) << 40};
    ck_assert_int_eq(px_tuning_parse(NULL, NULL, &device.tuning), PRAXIS_SUCCESS);
    return device;
}

static struct px_layout planned(const struct px_opencl_device *device, uint64_t neurons)
{
    struct px_shape shape = {.replicas = 1, .channels = 2, .window = 16, .traces_stored = true};
    struct px_layout layout;
    ck_assert_int_eq(px_graph_plan(NULL, neurons, 2, &shape.graph), PRAXIS_SUCCESS);
    shape.columns = shape.graph.prime;
    ck_assert_int_eq(px_opencl_plan_layout(device, device->dot_product, &device->tuning, &shape, &layout),
                     PRAXIS_SUCCESS);
    return layout;
}

/* docs/performance-log.md has the times of a tick at other splits. */
START_TEST(taps_are_split_as_was_best)
{
    static const struct {
        uint64_t neurons;
        uint32_t split;
    } measured[] = {{39601, 8}, {109561, 4}, {316969, 8}, {564001, 4}, {779689, 2}, {1038361, 1}};
    struct px_opencl_device gpu = imagined(PRAXIS_DEVICE_GPU, 132), cpu = imagined(PRAXIS_DEVICE_CPU, 132);
    for (size_t i = 0; i < UNIT_LENGTH(measured); i++) {
        struct px_layout layout = planned(&gpu, measured[i].neurons);
        ck_assert_msg(layout.split == measured[i].split, "%u parts for %" PRIu64 " neurons", layout.split,
                      measured[i].neurons);
        ck_assert_uint_eq(layout.streams, 1);
        ck_assert_uint_eq(planned(&cpu, measured[i].neurons).split, 1);
    }
}
END_TEST

/* Several where there are enough, few of them twice, and enough work-items for every core; docs/performance-log.md has
 * the times of a tick with AVX2, whose vectors are of eight integers. */
START_TEST(tiles_go_side_by_side)
{
    static const struct {
        uint64_t neurons;
        uint32_t tile, streams;
    } measured[] = {{961, 32, 1},     {4489, 80, 1},   {10609, 112, 1}, {39601, 112, 2},
                    {109561, 112, 3}, {316969, 96, 6}, {1038361, 64, 8}};
    struct px_opencl_device two = imagined(PRAXIS_DEVICE_CPU, 2), many = imagined(PRAXIS_DEVICE_CPU, 256);
    struct px_opencl_device narrow = two, middle = two;
    narrow.register_integers = 4;
    middle.register_integers = 8;
    for (size_t i = 0; i < UNIT_LENGTH(measured); i++) {
        struct px_layout layout = planned(&middle, measured[i].neurons);
        ck_assert_uint_eq(layout.tile, measured[i].tile);
        ck_assert_uint_eq(layout.streams, measured[i].streams);
    }
    for (uint64_t neurons = 49; neurons < 4000000; neurons += 1 + neurons / 50) {
        struct px_layout layout = planned(&two, neurons);
        uint32_t items = px_column_items(&layout);
        ck_assert_uint_eq(px_item_rows(&layout), layout.tile * layout.streams);
        ck_assert_uint_ge(items * layout.streams, layout.tiles);
        ck_assert_uint_le(layout.streams, layout.tiles < 8 ? layout.tiles : 8);
        ck_assert_msg(items * layout.streams * 5 <= layout.tiles * 6, "%u of %u tiles", layout.streams, layout.tiles);
        ck_assert(layout.tiles < 4 || layout.streams >= 3);
        ck_assert_uint_eq(planned(&narrow, neurons).streams, 1);
        struct px_layout shared = planned(&many, neurons);
        ck_assert(shared.streams == 1 || (uint64_t)shared.panels * px_column_items(&shared) >= 8 * 256);
    }
}
END_TEST

int main(void)
{
    int devices = unit_devices();
    Suite *suite = suite_create("tuning");
    TCase *table = unit_case(suite, "table");
    tcase_add_test(table, the_first_line_that_fits);
    tcase_add_test(table, every_line_of_the_library_can_be_read);
    tcase_add_test(unit_case(suite, "tiles"), tiles_are_as_tall_as_allowed);
    TCase *rules = unit_case(suite, "rules");
    tcase_add_test(rules, taps_are_split_as_was_best);
    tcase_add_test(rules, tiles_go_side_by_side);
    if (devices == 2) {
        TCase *stored = unit_case(suite, "stored");
        tcase_add_test(stored, the_callers_goes_before_a_stored_one_before_the_rules);
        tcase_add_test(stored, a_tuning_is_taken_whole);
        tcase_add_test(stored, a_tuning_is_for_one_shape);
        tcase_add_test(stored, wrong_tunings_are_refused_with_their_bounds);
        tcase_add_test(stored, a_tuning_must_suit_the_path);
        tcase_add_test(stored, a_directory_that_others_may_write_to_is_not_read);
        tcase_add_test(stored, there_is_nowhere_to_store);
        tcase_add_test(stored, damaged_entries_are_not_used);
        tcase_add_test(stored, entries_of_other_drivers_are_not_used);
        tcase_add_test(stored, sound_entries_of_something_else);
    }
    return unit_main_on_devices(suite, devices);
}

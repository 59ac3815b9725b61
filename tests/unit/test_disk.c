/* SPDX-License-Identifier: MIT */
/*
 * Saving to a disk that fails: each call that writes, brings to the disk or renames fails by each error that a system
 * has for it, or does less than was asked for. What failed is told with the file and the system's reason, the old file
 * stays as it was, or all of the old files do, nothing is left beside it, and the next save succeeds.
 *
 * The calls stand before those of the C library, which do the work. Every failure here holds for root too.
 */
#define _GNU_SOURCE /* RTLD_NEXT; nftw */
#include "folder.h"
#include "lively.h"
#include "messages.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- A disk that fails ---- */

enum call { WRITE, SYNC, SYNC_FOLDER, CLOSE, RENAME, CREATE, CALLS };

static struct {
    enum call failing;
    int error;    /* 0: nothing fails */
    long number;  /* of the call that does, from 1 on */
    size_t bytes; /* the most that a write takes; 0: all */
    long made[CALLS];
} disk;

/* Where a process stands still: before so many renames, until it is told to go on. */
static struct {
    long number; /* 0: nowhere */
    int tells, waits;
} stop;

static void stand_still(void)
{
    char byte = 0;
    if (write(stop.tells, &byte, 1) != 1 || read(stop.waits, &byte, 1) != 1)
        abort();
}

static bool fails(enum call call)
{
    bool answer = ++disk.made[call] == disk.number && disk.failing == call && disk.error;
    if (answer)
        errno = disk.error;
    return answer;
}

/* The C library's function of that name. */
static void find_next(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);
    ck_assert_ptr_nonnull(found);
    memcpy(function, &found, sizeof found);
}

static bool is(int descriptor, mode_t kind)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

ssize_t write(int descriptor, const void *bytes, size_t size)
{
    static ssize_t (*next)(int, const void *, size_t);
    if (!next)
        find_next("write", &next);
    if (!is(descriptor, S_IFREG))
        return next(descriptor, bytes, size);
    return fails(WRITE) ? -1 : next(descriptor, bytes, disk.bytes && disk.bytes < size ? disk.bytes : size);
}

int fsync(int descriptor)
{
    static int (*next)(int);
    if (!next)
        find_next("fsync", &next);
    return fails(is(descriptor, S_IFDIR) ? SYNC_FOLDER : SYNC) ? -1 : next(descriptor);
}

/* What is closed with an error is closed; of what was only read nobody asks. */
int close(int descriptor)
{
    static int (*next)(int);
    if (!next)
        find_next("close", &next);
    bool file = is(descriptor, S_IFREG) && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
    int result = next(descriptor);
    return file && fails(CLOSE) ? -1 : result;
}

int rename(const char *from, const char *to)
{
    static int (*next)(const char *, const char *);
    if (!next)
        find_next("rename", &next);
    if (disk.made[RENAME] + 1 == stop.number)
        stand_still();
    return fails(RENAME) ? -1 : next(from, to);
}

int open(const char *path, int flags, ...)
{
    static int (*next)(const char *, int, ...);
    if (!next)
        find_next("open", &next);
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return flags & O_CREAT && fails(CREATE) ? -1 : next(path, flags, mode);
}

/* ---- Files ---- */

/* One file, or two and their index. */
static const struct {
    const char *devices, *name;
    size_t files;
} forms[] = {{"reference", "saved", 1}, {"reference,reference", "saved.index.json", 3}};

struct place {
    praxis_context *context;
    praxis_network *network;
    char *folder, *path;
    size_t files;
};

/* A network that was saved once, and has gone on since. */
static struct place make_place(int form)
{
    const praxis_parameters parameters = lively(361, 2, 1, 1);
    struct place place = {
        .context = unit_context(forms[form].devices), .folder = folder_make(), .files = forms[form].files};
    place.network = unit_network(place.context, &parameters);
    place.path = folder_path(place.folder, forms[form].name);
    unit_success(place.context, praxis_network_save(place.network, place.path));
    unit_run(place.context, place.network, 3, EVERYTHING);
    return place;
}

static void end_place(struct place *place)
{
    praxis_network_destroy(place->network);
    praxis_context_destroy(place->context);
    free(place->path);
    folder_remove(place->folder);
}

/* What a network hashes to that is loaded from there. */
static uint64_t hash_of_file(struct place *place)
{
    praxis_network *loaded = NULL;
    uint64_t hash;
    unit_success(place->context, praxis_network_load(place->context, place->path, &loaded));
    unit_success(place->context, praxis_network_hash(loaded, &hash));
    praxis_network_destroy(loaded);
    return hash;
}

static uint64_t hash_of_network(struct place *place)
{
    uint64_t hash;
    unit_success(place->context, praxis_network_hash(place->network, &hash));
    return hash;
}

static praxis_status save_with(struct place *place, enum call call, int error, long number)
{
    memset(&disk, 0, sizeof disk);
    disk.failing = call;
    disk.error = error;
    disk.number = number;
    praxis_status status = praxis_network_save(place->network, place->path);
    disk.error = 0;
    return status;
}

/* ---- Tests ---- */

/* Failures after which the old file is there. */
static const struct {
    enum call call;
    int error;
} failures[] = {
    {WRITE, ENOSPC}, {WRITE, EDQUOT},  {WRITE, EIO},     {WRITE, EFBIG},   {SYNC, EIO},      {SYNC, ENOSPC},
    {SYNC, EDQUOT},  {CLOSE, EIO},     {CLOSE, EDQUOT},  {RENAME, EIO},    {RENAME, ENOSPC}, {RENAME, EROFS},
    {CREATE, EROFS}, {CREATE, EACCES}, {CREATE, ENOSPC}, {CREATE, EDQUOT}, {CREATE, EMFILE},
};

START_TEST(a_failure_leaves_the_old_file)
{
    const int form = _i % 2, error = failures[_i / 2].error;
    struct place place = make_place(form);
    uint64_t before = hash_of_file(&place);
    enum call call = failures[_i / 2].call;
    long calls = 1;
    for (long number = 1; number <= calls; number++) {
        unit_failure(place.context, PRAXIS_ERROR_IO, place.folder, save_with(&place, call, error, number));
        unit_require(form || disk.made[call] == number, "call %ld of %d was not the last", number, (int)call);
        unit_require(strstr(unit_error(place.context), strerror(error)) != NULL, "\"%s\" says not why",
                     unit_error(place.context));
        unit_require(hash_of_file(&place) == before, "call %ld: the old file has changed", number);
        unit_require(folder_count(place.folder) == place.files, "call %ld: something was left", number);
        if (number == 1) { /* how many there are in a whole save */
            struct place other = make_place(form);
            unit_success(other.context, save_with(&other, call, 0, 0));
            calls = disk.made[call];
            end_place(&other);
            ck_assert_int_gt(calls, 0);
        }
    }
    unit_success(place.context, praxis_network_save(place.network, place.path));
    ck_assert_uint_eq(hash_of_file(&place), hash_of_network(&place));
    ck_assert_uint_eq(folder_count(place.folder), place.files);
    end_place(&place);
}
END_TEST

/* The file is there by then, whole: only whether its name has come to the disk is not known. */
START_TEST(a_folder_that_does_not_come_to_the_disk)
{
    struct place place = make_place(_i);
    uint64_t before = hash_of_file(&place);
    for (long number = 1; number < (long)place.files; number++) { /* of a part, of which there is an older one */
        unit_failure(place.context, PRAXIS_ERROR_IO, strerror(EIO), save_with(&place, SYNC_FOLDER, EIO, number));
        ck_assert_uint_eq(hash_of_file(&place), before);
        ck_assert_uint_eq(folder_count(place.folder), place.files);
    }
    unit_failure(place.context, PRAXIS_ERROR_IO, strerror(EIO), save_with(&place, SYNC_FOLDER, EIO, (long)place.files));
    ck_assert_uint_eq(hash_of_file(&place), hash_of_network(&place));
    ck_assert_uint_eq(folder_count(place.folder), place.files);
    /* Some file systems have no such thing, and need none. */
    unit_run(place.context, place.network, 1, EVERYTHING);
    unit_success(place.context, save_with(&place, SYNC_FOLDER, EINVAL, 1));
    ck_assert_uint_eq(hash_of_file(&place), hash_of_network(&place));
    end_place(&place);
}
END_TEST

START_TEST(writes_that_do_less_than_all)
{
    struct place place = make_place(0);
    for (long number = 1; number < 4; number++) {
        unit_run(place.context, place.network, 1, EVERYTHING);
        unit_success(place.context, save_with(&place, WRITE, EINTR, number));
        ck_assert_uint_eq(hash_of_file(&place), hash_of_network(&place));
    }
    for (size_t bytes = 7; bytes < 8000; bytes *= 31) {
        unit_run(place.context, place.network, 1, EVERYTHING);
        disk.bytes = bytes;
        unit_success(place.context, praxis_network_save(place.network, place.path));
        disk.bytes = 0;
        ck_assert_uint_eq(hash_of_file(&place), hash_of_network(&place));
    }
    end_place(&place);
}
END_TEST

/* What was saved before by another number of parts, under the same name, goes; what was saved beside it stays. */
START_TEST(one_save_in_place_of_another)
{
    struct place place = make_place(1);
    char *beside = folder_path(place.folder, "saved-too.index.json"), *foreign;
    unit_success(place.context, praxis_network_save(place.network, beside));
    ck_assert_uint_eq(folder_count(place.folder), 6);
    praxis_context *other = unit_context("reference,reference,reference");
    praxis_network *network = NULL;
    unit_success(other, praxis_network_load(other, place.path, &network));
    unit_success(other, praxis_network_save(network, place.path));
    ck_assert_uint_eq(folder_count(place.folder), 7);
    unit_success(other, praxis_network_save(network, place.path)); /* the same again */
    ck_assert_uint_eq(folder_count(place.folder), 7);
    /* An index of others' names files that are theirs. */
    foreign = folder_path(place.folder, "model-00001-of-00001.safetensors");
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(i ? place.path : foreign, "w");
        ck_assert(file &&
                  fprintf(file, "{\"metadata\":{\"total_size\":1},\"weight_map\":"
                                "{\"x\":\"model-00001-of-00001.safetensors\"}}\n") > 0 &&
                  !fclose(file));
    }
    unit_success(other, praxis_network_save(network, place.path));
    ck_assert_uint_eq(folder_find(place.folder, "model-00001-of-00001.safetensors", NULL), 1);
    praxis_network_destroy(network);
    praxis_context_destroy(other);
    free(foreign);
    free(beside);
    end_place(&place);
}
END_TEST

/* Saves what make_place goes on to, but for the index, and waits. */
static int save_and_wait(const char *path, int tells, int waits)
{
    const praxis_parameters parameters = lively(361, 2, 1, 1);
    praxis_context *context = unit_context(forms[1].devices);
    praxis_network *network = unit_network(context, &parameters);
    unit_run(context, network, 3, EVERYTHING);
    memset(&disk, 0, sizeof disk);
    stop.number = (long)forms[1].files;
    stop.tells = tells;
    stop.waits = waits;
    return praxis_network_save(network, path) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* While one process saves, another saves the same, and then something else, whereby the same goes again. */
START_TEST(two_processes_save_the_same)
{
    struct place place = make_place(1);
    int told[2], go_on[2], status = -1;
    char byte = 0;
    ck_assert(!pipe(told) && !pipe(go_on));
    pid_t other = fork();
    if (other == 0)
        _exit(save_and_wait(place.path, told[1], go_on[0]));
    ck_assert(other > 0 && read(told[0], &byte, 1) == 1);
    uint64_t same = hash_of_network(&place);
    unit_success(place.context, praxis_network_save(place.network, place.path));
    ck_assert_uint_eq(hash_of_file(&place), same);
    unit_run(place.context, place.network, 1, EVERYTHING);
    unit_success(place.context, praxis_network_save(place.network, place.path));
    ck_assert_uint_ne(hash_of_file(&place), same);
    ck_assert(write(go_on[1], &byte, 1) == 1 && waitpid(other, &status, 0) == other);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(hash_of_file(&place), same);
    for (int i = 0; i < 2; i++)
        ck_assert(!close(told[i]) && !close(go_on[i]));
    end_place(&place);
}
END_TEST

/* What the index of a save says that is in it. */
static char *save_tensor(const char *path, praxis_tensor_type type)
{
    static const unsigned char zeros[8];
    const praxis_tensor tensor = {
        .struct_size = sizeof tensor, .name = "tensor", .type = type, .dimensions = 1, .shape = {sizeof zeros}};
    praxis_checkpoint_writer *writer = NULL;
    praxis_checkpoint *checkpoint = NULL;
    const char *text = NULL;
    ck_assert(!praxis_checkpoint_writer_create(NULL, &writer) &&
              !praxis_checkpoint_add_tensor(writer, &tensor, zeros) && !praxis_checkpoint_write(writer, path) &&
              !praxis_checkpoint_open(path, NULL, &checkpoint) &&
              !praxis_checkpoint_text(checkpoint, "praxis.save", &text));
    char *copy = strdup(text);
    praxis_checkpoint_close(checkpoint);
    praxis_checkpoint_writer_destroy(writer);
    return copy;
}

/* Files of saves that differ in a type alone are not taken for files of one. */
START_TEST(saves_are_told_apart_by_types)
{
    char *folder = folder_make(), *path = folder_path(folder, "saved.index.json");
    char *first = save_tensor(path, PRAXIS_TENSOR_I8), *again = save_tensor(path, PRAXIS_TENSOR_I8);
    char *other = save_tensor(path, PRAXIS_TENSOR_U8);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
    ck_assert_uint_eq(folder_count(folder), 2);
    free(first);
    free(again);
    free(other);
    free(path);
    folder_remove(folder);
}
END_TEST

/* No index is written that would not be read. */
START_TEST(an_index_that_is_too_large)
{
    char devices[10 * 13] = "reference", name[200], *file = unit_allocate(240, 1);
    for (int i = 1; i < 13; i++)
        strcat(devices, ",reference");
    praxis_parameters parameters = lively(169, 2, 1, 0);
    praxis_context_options options;
    praxis_context *context = NULL;
    praxis_checkpoint_writer *writer = NULL;
    praxis_context_options_default(&options);
    options.device = devices;
    options.partition = PRAXIS_PARTITION_COLUMNS;
    ck_assert_int_eq(praxis_context_create(&options, &context), PRAXIS_SUCCESS);
    praxis_network *network = unit_network(context, &parameters);
    char *folder = folder_make(), *path;
    memset(file, 'f', 200);
    strcpy(file + 200, ".index.json");
    path = folder_path(folder, file);
    unit_success(context, praxis_network_save(network, path));
    ck_assert_uint_eq(folder_count(folder), 14);
    static struct messages messages;
    ck_assert(!praxis_checkpoint_writer_create(&(praxis_log){messages_remember, &messages}, &writer));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "%0100d", i);
        ck_assert_int_eq(praxis_checkpoint_add_network(writer, name, network), PRAXIS_SUCCESS);
    }
    ck_assert_int_eq(praxis_checkpoint_write(writer, path), PRAXIS_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(messages.text, "the index of the checkpoint has "));
    praxis_checkpoint_writer_destroy(writer);
    praxis_network_destroy(network);
    ck_assert_uint_eq(folder_count(folder), 14);
    unit_success(context, praxis_network_load(context, path, &network));
    praxis_network_destroy(network);
    praxis_context_destroy(context);
    free(path);
    free(file);
    folder_remove(folder);
}
END_TEST

/* Where an index goes by way of a link, its files lie beside it and are called as it is, whatever that is. */
START_TEST(an_index_behind_a_link)
{
    static const char names[][20] = {"x", "other.index.json", "other.safetensors"};
    struct place place = make_place(1);
    char *link = folder_path(place.folder, "link.index.json"), *target = folder_path(place.folder, names[_i]);
    praxis_network *loaded = NULL;
    ck_assert(!symlink(names[_i], link));
    for (int i = 0; i < 2; i++) {
        unit_run(place.context, place.network, 1, EVERYTHING);
        unit_success(place.context, praxis_network_save(place.network, link));
        ck_assert_uint_eq(folder_count(place.folder), 2 * place.files + 1);
    }
    unit_success(place.context, praxis_network_load(place.context, link, &loaded));
    ck_assert(!access(target, F_OK));
    praxis_network_destroy(loaded);
    free(target);
    free(link);
    end_place(&place);
}
END_TEST

/* Nothing takes the place of a good index that could not be read. */
START_TEST(an_index_that_could_not_be_read)
{
    struct place place = make_place(1);
    char *path = folder_path(place.folder, "a\tb.index.json");
    unit_failure(place.context, PRAXIS_ERROR_INVALID_ARGUMENT, "control characters",
                 praxis_network_save(place.network, path));
    ck_assert_uint_eq(folder_count(place.folder), place.files);
    free(path);
    end_place(&place);
}
END_TEST

/* A folder to which nobody may write, root neither: one of the kernel's own. */
START_TEST(a_folder_that_cannot_be_written_to)
{
    struct place place = make_place(0);
    unit_failure(place.context, PRAXIS_ERROR_IO, "/proc/saved: cannot be written",
                 praxis_network_save(place.network, "/proc/saved"));
    end_place(&place);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("disk");
    TCase *tests = unit_case(suite, "saving");
    tcase_add_loop_test(tests, a_failure_leaves_the_old_file, 0, 2 * (int)UNIT_LENGTH(failures));
    tcase_add_loop_test(tests, a_folder_that_does_not_come_to_the_disk, 0, 2);
    tcase_add_test(tests, writes_that_do_less_than_all);
    tcase_add_test(tests, one_save_in_place_of_another);
    tcase_add_test(tests, two_processes_save_the_same);
    tcase_add_test(tests, saves_are_told_apart_by_types);
    tcase_add_test(tests, an_index_that_is_too_large);
    tcase_add_loop_test(tests, an_index_behind_a_link, 0, 3);
    tcase_add_test(tests, an_index_that_could_not_be_read);
    tcase_add_test(tests, a_folder_that_cannot_be_written_to);
    return unit_main(suite);
}

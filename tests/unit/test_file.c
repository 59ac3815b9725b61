/* SPDX-License-Identifier: MIT */
/* Whole files and private directories. Every failure here holds for root too. Uses internals of the library. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "unit.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

START_TEST(a_file_comes_back_whole)
{
    char *folder = folder_make(), *path = folder_path(folder, "file");
    for (size_t size = 0; size < 300000; size = size * 3 + 1) {
        char *bytes = unit_allocate(size, 1);
        void *found = NULL;
        size_t found_size = 77;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(i * 31);
        ck_assert(px_file_replace(path, bytes, size));
        ck_assert(px_file_read(path, size, &found, &found_size));
        ck_assert_uint_eq(found_size, size);
        ck_assert_int_eq(memcmp(found, bytes, size), 0);
        ck_assert_int_eq(((char *)found)[size], '\0');
        free(found);
        if (size > 0) {
            ck_assert(!px_file_read(path, size - 1, &found, &found_size));
            ck_assert_int_eq(errno, EFBIG);
            ck_assert_ptr_null(found);
        }
        free(bytes);
    }
    ck_assert_uint_eq(folder_count(folder), 1);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    free(path);
    folder_remove(folder);
}
END_TEST

START_TEST(what_is_no_file_is_not_read)
{
    char *folder = folder_make(), *pipe = folder_path(folder, "pipe"), *missing = folder_path(folder, "missing");
    void *found;
    size_t size;
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    ck_assert(!px_file_read(pipe, 100, &found, &size)); /* and nobody waits for a writer */
    ck_assert_int_eq(errno, EINVAL);
    ck_assert(!px_file_read(folder, 100, &found, &size));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert(!px_file_read(missing, 100, &found, &size));
    ck_assert_int_eq(errno, ENOENT);
    free(missing);
    free(pipe);
    folder_remove(folder);
}
END_TEST

/* A limit on the size of files stands for a full disk: it stops root too. */
START_TEST(a_failed_replacement_leaves_the_old_file)
{
    char *folder = folder_make(), *path = folder_path(folder, "file"), *below = folder_path(path, "below");
    char large[10000] = {0};
    void *found;
    size_t size;
    ck_assert(px_file_replace(path, "old", 3));
    struct rlimit before, small;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool replaced = px_file_replace(path, large, sizeof large);
    int error = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert(!replaced);
    ck_assert_int_eq(error, EFBIG);
    ck_assert(px_file_read(path, 100, &found, &size));
    ck_assert_uint_eq(size, 3);
    ck_assert_int_eq(memcmp(found, "old", 3), 0);
    free(found);
    ck_assert_uint_eq(folder_count(folder), 1);
    ck_assert(!px_file_replace(below, "x", 1));
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert(!px_file_replace(folder, "x", 1)); /* a folder is not replaced, and what was written beside it is gone */
    free(below);
    free(path);
    folder_remove(folder);
}
END_TEST

START_TEST(private_directories)
{
    char *folder = folder_make(), *deep = folder_path(folder, "a/b/c"), *file = folder_path(folder, "file");
    char *below = folder_path(file, "below"), *parent = folder_path(folder, "a");
    struct stat status;
    ck_assert(px_file_private_directory(deep));
    ck_assert(px_file_private_directory(deep)); /* again: it is there */
    ck_assert_int_eq(stat(deep, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    ck_assert_int_eq(stat(parent, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    ck_assert_int_eq(chmod(deep, 0770), 0); /* others may put things there */
    ck_assert(!px_file_private_directory(deep));
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(chmod(deep, 0755), 0); /* others may look */
    ck_assert(px_file_private_directory(deep));
    ck_assert(px_file_replace(file, "", 0));
    ck_assert(!px_file_private_directory(file));
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert(!px_file_private_directory(below));
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert(!px_file_private_directory("/proc/praxis"));
    ck_assert(!px_file_private_directory(""));
    free(parent);
    free(below);
    free(file);
    free(deep);
    folder_remove(folder);
}
END_TEST

START_TEST(text_grows)
{
    struct px_text text = {.start = NULL};
    char expected[60000] = "";
    for (int i = 0; i < 5000; i++) {
        px_text_append(&text, "%d,%s", i, i % 100 ? "" : "hundred\n");
        snprintf(expected + strlen(expected), 32, "%d,%s", i, i % 100 ? "" : "hundred\n");
    }
    ck_assert_uint_eq(text.used, strlen(expected));
    char *taken = px_text_take(&text);
    ck_assert_str_eq(taken, expected);
    ck_assert_ptr_null(text.start);
    free(taken);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *file = unit_case(suite, "file");
    tcase_add_test(file, a_file_comes_back_whole);
    tcase_add_test(file, what_is_no_file_is_not_read);
    tcase_add_test(file, a_failed_replacement_leaves_the_old_file);
    tcase_add_test(file, private_directories);
    tcase_add_test(file, text_grows);
    return unit_main(suite);
}

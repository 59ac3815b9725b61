/* SPDX-License-Identifier: MIT */
/*
 * Starts of networks as praxis-bench measures them. The process that it starts is the program it runs in, here this
 * test, which tells how it found its caches in place of a time.
 */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <dirent.h>

#include "../unit/unit.h"
#include "../../bench/start.h"

const char cli_program[] = "test-";

/* Entries of a folder; -1 where there is none. */
static int count_entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;
    if (!folder)
        return -1;
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count;
}

/* ---- The process that is started ---- */

/* Prints 1 and how many entries are in its cache, and leaves one more; -1 where not all caches lie in one place. As
 * selector: whether it fails, and in which start. */
static int be_started(const char *selector)
{
    static const char *const variables[] = {"CUDA_CACHE_PATH", "MESA_SHADER_CACHE_DIR", "NEO_CACHE_DIR",
                                            "XDG_CACHE_HOME"};
    const char *cache = getenv("POCL_CACHE_DIR");
    int entries = cache ? count_entries(cache) : -1;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *other = getenv(variables[i]);
        if (!cache || !other || strcmp(other, cache) != 0)
            entries = -2;
    }
    if (entries < 0)
        return printf("-1\n") < 0;
    char path[1024];
    snprintf(path, sizeof path, "%s/entry-%d", cache, entries);
    FILE *left = fopen(path, "w");
    if (!left || fclose(left))
        return 1;
    if (strcmp(selector, "silent") == 0)
        return 0;
    printf("%d\n", 1 + entries);
    return (strcmp(selector, "fails") == 0 && entries == 0) || (strcmp(selector, "fails-later") == 0 && entries == 1);
}

/* ---- The tests ---- */

static char place[] = "/tmp/praxis-test-start.XXXXXX";

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(place));
    ck_assert_int_eq(setenv("TMPDIR", place, 1), 0);
    ck_assert_int_eq(setenv("XDG_CACHE_HOME", "/nowhere", 1), 0); /* the user's own, which a start must not see */
}

static void tear_down(void)
{
    ck_assert_int_eq(rmdir(place), 0); /* nothing is left in it */
    strcpy(place + strlen(place) - 6, "XXXXXX");
}

START_TEST(first_starts_find_empty_caches_and_second_ones_what_these_left)
{
    struct result_start result;
    ck_assert(start_measure("good", 3, &result));
    ck_assert_double_eq(result.neurons, 961);
    ck_assert_double_eq(result.first.rounds, 3);
    ck_assert_double_eq(result.first.minimum, 1);
    ck_assert_double_eq(result.first.maximum, 1);
    ck_assert_double_eq(result.second.rounds, 3);
    ck_assert_double_eq(result.second.minimum, 2);
    ck_assert_double_eq(result.second.maximum, 2);
}
END_TEST

START_TEST(a_start_that_fails_gives_no_figure)
{
    static const char *const selectors[] = {"fails", "fails-later", "silent"};
    for (size_t i = 0; i < sizeof selectors / sizeof *selectors; i++) {
        struct result_start result;
        ck_assert(!start_measure(selectors[i], 2, &result));
        ck_assert_double_eq(result.first.rounds, 0);
        ck_assert_double_eq(result.second.rounds, 0);
        ck_assert(isnan(result.first.median) && isnan(result.second.median));
    }
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], START_WORD) == 0)
        return be_started(argv[2]);
    Suite *suite = suite_create("starts");
    TCase *tests = unit_case(suite, "starts");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, first_starts_find_empty_caches_and_second_ones_what_these_left);
    tcase_add_test(tests, a_start_that_fails_gives_no_figure);
    return unit_main(suite);
}

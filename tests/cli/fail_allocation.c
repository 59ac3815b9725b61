/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded before a program (glibc): the allocation of number FAIL_ALLOCATION that it makes from main on fails,
 * and with FAIL_REST all after it. At the end of main the number of allocations goes to the file COUNT_ALLOCATIONS.
 * Processes that the program starts are left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is behind glibc's own functions. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*end)(void), void *stack);

static atomic_bool armed;
static atomic_long made;
static long failing;
static bool rest;
static int (*program)(int, char **, char **);

static bool fails(void)
{
    if (!armed)
        return false;
    long number = atomic_fetch_add(&made, 1) + 1;
    if (number != failing && !(rest && failing > 0 && number > failing))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails() ? NULL : __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

static int counted_main(int argc, char **argv, char **environment)
{
    const char *number = getenv("FAIL_ALLOCATION"), *path = getenv("COUNT_ALLOCATIONS");
    failing = number ? atol(number) : 0;
    rest = getenv("FAIL_REST") != NULL;
    unsetenv("LD_PRELOAD");
    armed = true;
    int code = program(argc, argv, environment);
    armed = false;
    if (path) {
        char text[24];
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666), length = snprintf(text, sizeof text, "%ld\n", made);
        if (file < 0 || write(file, text, (size_t)length) != length || close(file) != 0)
            return 99;
    }
    return code;
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*end)(void), void *stack)
{
    union {
        void *object;
        int (*function)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void),
                        void *);
    } start = {dlsym(RTLD_NEXT, "__libc_start_main")};
    program = main;
    return start.function(counted_main, argc, argv, init, fini, end, stack);
}

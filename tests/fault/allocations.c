/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "allocations.h"

#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is behind glibc's own functions, and where the program's code lies; cJSON allocates for it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);
extern const char __executable_start, etext;

#define MOST_LIVING (1u << 16) /* a power of two */

struct allocations allocations;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t followed[MOST_LIVING]; /* by their addresses; 0: never used, 1: used and free */

static struct {
    uintptr_t start, end;
} json;

static int find_json(struct dl_phdr_info *module, size_t size, void *user)
{
    (void)size, (void)user;
    if (!strstr(module->dlpi_name, "libcjson"))
        return 0;
    for (int h = 0; h < module->dlpi_phnum; h++) {
        const ElfW(Phdr) *header = &module->dlpi_phdr[h];
        if (header->p_type == PT_LOAD && header->p_flags & PF_X) {
            json.start = module->dlpi_addr + header->p_vaddr;
            json.end = json.start + header->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void find_modules(void)
{
    dl_iterate_phdr(find_json, NULL);
}

static bool is_own(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;
    return (address >= (uintptr_t)&__executable_start && address < (uintptr_t)&etext) ||
           (address >= json.start && address < json.end);
}

static bool fails(const void *caller)
{
    bool answer = false;
    if (!allocations.armed || !is_own(caller))
        return false;
    pthread_mutex_lock(&lock);
    answer = ++allocations.made == allocations.failing;
    allocations.failed += answer;
    pthread_mutex_unlock(&lock);
    if (answer)
        errno = ENOMEM;
    return answer;
}

static uint32_t place_of(uintptr_t address)
{
    return (uint32_t)(address >> 4) * UINT32_C(2654435761) & (MOST_LIVING - 1);
}

static void *follow(void *memory, const void *caller)
{
    if (!memory || !allocations.followed || !is_own(caller))
        return memory;
    pthread_mutex_lock(&lock);
    uint32_t place = place_of((uintptr_t)memory);
    while (followed[place] > 1)
        place = (place + 1) & (MOST_LIVING - 1);
    followed[place] = (uintptr_t)memory;
    allocations.living++;
    pthread_mutex_unlock(&lock);
    return memory;
}

static void forget(const void *memory)
{
    if (!memory || allocations.living == 0)
        return;
    pthread_mutex_lock(&lock);
    uint32_t place = place_of((uintptr_t)memory);
    while (followed[place] && followed[place] != (uintptr_t)memory)
        place = (place + 1) & (MOST_LIVING - 1);
    if (followed[place]) {
        followed[place] = 1;
        allocations.living--;
    }
    pthread_mutex_unlock(&lock);
}

void *malloc(size_t size)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : follow(__libc_malloc(size), caller);
}

void *calloc(size_t count, size_t size)
{
    const void *caller = __builtin_return_address(0);
    return fails(caller) ? NULL : follow(__libc_calloc(count, size), caller);
}

void *realloc(void *memory, size_t size)
{
    const void *caller = __builtin_return_address(0);
    if (fails(caller))
        return NULL;
    forget(memory);
    void *moved = __libc_realloc(memory, size);
    return moved ? follow(moved, caller) : follow(memory, caller);
}

char *strdup(const char *text)
{
    const void *caller = __builtin_return_address(0);
    size_t size = strlen(text) + 1;
    void *copy = fails(caller) ? NULL : follow(__libc_malloc(size), caller);
    return copy ? memcpy(copy, text, size) : NULL;
}

void free(void *memory)
{
    forget(memory);
    __libc_free(memory);
}

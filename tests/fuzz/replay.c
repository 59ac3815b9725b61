/* SPDX-License-Identifier: MIT */
/* Runs a target over all files of a folder: what libFuzzer once found worth keeping. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "target.h"

static void replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    static uint8_t bytes[1 << 20];
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    uint8_t *own = malloc(size ? size : 1); /* of this size, for sanitizers */
    for (size_t i = 0; own && i < size; i++)
        own[i] = bytes[i];
    if (own)
        LLVMFuzzerTestOneInput(own, size);
    free(own);
}

int main(int argc, char **argv)
{
    int files = 0;
    DIR *list = argc == 2 ? opendir(argv[1]) : NULL;
    for (struct dirent *entry; list && (entry = readdir(list)) != NULL;)
        if (entry->d_name[0] != '.') {
            replay(argv[1], entry->d_name);
            files++;
        }
    if (list)
        closedir(list);
    printf("%d files\n", files);
    return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

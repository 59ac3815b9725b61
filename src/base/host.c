/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define MAX_LINES 64

/* Lines of /proc/cpuinfo, on x86, Arm, RISC-V and POWER, that name the CPU and what it can do. */
static bool tells_of_instructions(const char *line)
{
    static const char *const names[] = {
        "vendor_id",        "cpu family",  "model",    "stepping", "flags", "Features", "CPU implementer",
        "CPU architecture", "CPU variant", "CPU part", "isa",      "uarch", "cpu\t"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(line, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

bool px_host_append(struct px_text *text)
{
    struct utsname system;
    char *line = NULL;
    size_t size = 0, told = 0;
    if (uname(&system) >= 0)
        px_text_append(text, "host: %s %s\n", system.sysname, system.machine);
    FILE *file = fopen("/proc/cpuinfo", "r");
    /* The first processor stands for all; its part ends with an empty line. */
    for (int i = 0; file && i < MAX_LINES && getline(&line, &size, file) > 0 && line[0] != '\n'; i++)
        if (tells_of_instructions(line)) {
            px_text_append(text, "%s", line);
            told++;
        }
    free(line);
    if (file)
        fclose(file);
    return told > 0;
}

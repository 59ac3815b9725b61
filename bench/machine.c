/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* _SC_NPROCESSORS_ONLN, _SC_PHYS_PAGES */
#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The value of the first line of the file that begins with `key`, without what surrounds it; false if there is none. */
static bool find_line(const char *path, const char *key, char value[RESULT_TEXT])
{
    char line[512];
    bool found = false;
    FILE *file = fopen(path, "r");
    while (file && !found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        char *text = line + strlen(key);
        text += strspn(text, " \t:=\"");
        text[strcspn(text, "\"\n")] = '\0';
        result_text(value, text);
        found = true;
    }
    if (file)
        fclose(file);
    return found;
}

double machine_available_bytes(void)
{
    char kilobytes[RESULT_TEXT];
    return find_line("/proc/meminfo", "MemAvailable", kilobytes) ? strtod(kilobytes, NULL) * 1024 : INFINITY;
}

void machine_describe(struct result_machine *machine)
{
    char system[RESULT_TEXT] = "", text[4 * RESULT_TEXT];
    struct utsname names;
    if (uname(&names) < 0)
        memset(&names, 0, sizeof names);
    if (!find_line("/proc/cpuinfo", "model name", machine->cpu) && !find_line("/proc/cpuinfo", "Model", machine->cpu))
        result_text(machine->cpu, names.machine);
    find_line("/etc/os-release", "PRETTY_NAME", system);
    snprintf(text, sizeof text, "%s%s%.64s %.64s %.64s", system, *system ? ", " : "", names.sysname, names.release,
             names.machine);
    result_text(machine->system, text);
    result_text(machine->compiler, COMPILER);
    result_text(machine->openblas, peer_describe_openblas());
    const char *coretype = getenv("OPENBLAS_CORETYPE");
    result_text(machine->openblas_coretype, coretype ? coretype : "");
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts))
        strftime(machine->date, sizeof machine->date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    machine->cores = (double)sysconf(_SC_NPROCESSORS_ONLN);
    machine->memory_bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
}

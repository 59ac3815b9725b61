/* SPDX-License-Identifier: MIT */
/*
 * Which devices there are, asked in a process of its own: a driver that aborts, crashes or hangs takes that process
 * with it. Where one does, it is found by adding one driver after the other, and the devices are those of all the
 * others.
 */
#ifndef TOOL_SURVEY_H
#define TOOL_SURVEY_H

#include <cjson/cJSON.h>

#include "tool/command.h"
#include "tool/device.h"
#include "tool/drivers.h"
#include "tool/options.h"

/* The arguments with which this program prints survey_json of survey_here, NULL at the end; each program defines its
 * own. */
extern const char *const survey_question[];

#define CLI_IN_PROCESS_OPTION(target)                                                                                  \
    {                                                                                                                  \
        "in-process", CLI_FLAG, target, 0, 0, NULL, "start no others: a driver that aborts ends this one"              \
    }

#define SURVEY_SECONDS 300 /* the most that drivers take to list their devices */

/* A driver that is left out. */
struct survey_failure {
    const struct driver *driver; /* NULL: which one it is cannot be told, and all are left out */
    bool alone;                  /* it works alone, and fails beside others */
    char how[128];               /* "was killed by signal 6 (Aborted)" */
    char *printed;               /* the last that it wrote to standard error; may be "" */
};

struct survey {
    praxis_device_info *devices; /* best first, the reference last */
    size_t count;
    struct drivers drivers;
    struct survey_failure *failures; /* at most one for each driver */
    size_t failure_count;
    char *vendors; /* for OCL_ICD_VENDORS of a process that is to find these devices; NULL: as it is */
    bool isolated; /* false: no process could be started, and drivers were asked in this one */
};

/*
 * Makes a survey, and tells on standard error of drivers that are left out. Returns CLI_DONE, or the exit code where it
 * fails or a signal ends it. To be freed in any case.
 */
int survey_make(const struct cli_command *command, double seconds, struct survey *survey);

/* Those left out, as lines of a table. */
void survey_print(const struct survey *survey);
/* An object: `devices`, and those left out in `failed_drivers`, each with file, library, status and printed. */
cJSON *survey_json(const struct survey *survey);
/* The .icd file of one left out; "" where it is not known. */
const char *survey_file(const struct survey_failure *failure);

/* The same, asked in this process, with hints on standard error on what may be missing. */
int survey_here(const struct cli_command *command, struct survey *survey);
void survey_free(struct survey *survey);

#endif

/* SPDX-License-Identifier: MIT */
/* When and where a command saves what it does: --save, --resume and --checkpoint-every. */
#ifndef CLI_SAVING_H
#define CLI_SAVING_H

#include "cli/cli.h"

struct saving {
    const char *save, *resume, *every; /* as the command line says; NULL: nothing */
    uint64_t ticks;                    /* between checkpoints; 0: as time says */
    double seconds;                    /* likewise; 0: as ticks say, or where neither does, as often as costs little */
    uint64_t last_ticks;
    double last, took; /* when the last checkpoint was made, and how long it took */
};

#define SAVING_OPTIONS(target)                                                                                         \
    {"save", CLI_TEXT, &(target)->save, 0, 0, "FILE", "keep the whole state there, at the end and meanwhile"},         \
        {"resume", CLI_TEXT, &(target)->resume, 0, 0, "FILE", "go on from what --save has kept"},                      \
    {                                                                                                                  \
        "checkpoint-every", CLI_TEXT, &(target)->every, 0, 0, "TIME",                                                  \
            "how often --save keeps it: ticks, 5000, or seconds, 60s (default: as costs a hundredth)"                  \
    }

/* Reads and checks what the command line says; the exit code, or CLI_DONE. */
int saving_read(const struct cli_command *command, struct saving *saving);

/* From the first tick on. */
void saving_begin(struct saving *saving, uint64_t ticks);
/* Opens what --resume names, all processes together. */
praxis_status saving_open(const char *path, praxis_checkpoint **checkpoint);
/* Whether a checkpoint is due after so many ticks of the network. */
bool saving_is_due(const struct saving *saving, uint64_t ticks);
/* One was made, or was tried, which began at a time of clock_now. */
void saving_note(struct saving *saving, uint64_t ticks, double began);

#endif

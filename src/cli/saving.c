/* SPDX-License-Identifier: MIT */
#include "cli/saving.h"

#include <stdlib.h>
#include <string.h>

#include "tool/clock.h"
#include "tool/file.h"
#include "tool/ranks.h"

/* Without --checkpoint-every: not more often than so many seconds, nor than costs this share of the time. */
#define LEAST_SECONDS 10
#define SHARE         0.01

static int fail_every(const struct cli_command *command, const char *text)
{
    return cli_usage(command, "--checkpoint-every is \"%s\", must be a number of ticks, or of seconds as 60s", text);
}

int saving_read(const struct cli_command *command, struct saving *saving)
{
    const char *text = saving->every, *end;
    if (text && !saving->save)
        return cli_usage(command, "--checkpoint-every is \"%s\", but there is no --save", text);
    if (saving->save && cli_is_output(saving->save))
        return cli_usage(command, "--save is \"%s\", must be a file", saving->save);
    if (!text)
        return CLI_DONE;
    if (text[strlen(text) - (*text != '\0')] == 's') {
        char *rest;
        saving->seconds = strtod(text, &rest);
        return rest != text && strcmp(rest, "s") == 0 && saving->seconds > 0 && saving->seconds < 1e9
                   ? CLI_DONE
                   : fail_every(command, text);
    }
    bool whole = cli_count(text, &end, &saving->ticks) && *end == '\0' && saving->ticks > 0;
    return whole ? CLI_DONE : fail_every(command, text);
}

void saving_begin(struct saving *saving, uint64_t ticks)
{
    saving->last_ticks = ticks;
    saving->last = clock_now();
}

praxis_status saving_open(const char *path, praxis_checkpoint **checkpoint)
{
    const praxis_log log = cli_log();
    return praxis_checkpoint_open_together(path, ranks_of_job(), &log, checkpoint);
}

bool saving_is_due(const struct saving *saving, uint64_t ticks)
{
    if (!saving->save)
        return false;
    if (saving->ticks)
        return ticks - saving->last_ticks >= saving->ticks;
    double wait = saving->seconds > 0                    ? saving->seconds
                  : saving->took / SHARE > LEAST_SECONDS ? saving->took / SHARE
                                                         : LEAST_SECONDS;
    return ranks_decide(clock_now() - saving->last >= wait);
}

void saving_note(struct saving *saving, uint64_t ticks, double began)
{
    saving->last_ticks = ticks;
    saving->last = clock_now();
    saving->took = saving->last - began;
}

/* SPDX-License-Identifier: MIT */
#include "cli/watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tool/clock.h"
#include "tool/progress.h"
#include "tool/text.h"

#define RATE    50   /* pictures a second */
#define STRETCH 500  /* turns that are shown one by one, */
#define LEAP    2000 /* and then so many that are not */

void watch_begin(struct watch *watch, const struct cli_command *command, const struct protocol *protocol, bool wanted)
{
    *watch = (struct watch){.on = false};
    if (wanted && !protocol->view)
        fprintf(stderr, "praxis %s: --watch shows nothing: this task has nothing to look at\n", command->name);
    else if (wanted && !progress_on_terminal())
        fprintf(stderr,
                "praxis %s: --watch shows nothing: standard error is no terminal, or TERM says that it understands no "
                "escapes\n",
                command->name);
    else
        watch->on = wanted;
    if (watch->on)
        fputs("\033[2J", stderr);
}

/* Until the time has come; a signal ends the wait. */
static void wait_until(double time)
{
    double left = time - clock_now();
    if (left <= 0)
        return;
    const struct timespec rest = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
    nanosleep(&rest, NULL);
}

void watch_show(struct watch *watch, const struct learner *learner, uint64_t turns)
{
    if (!watch->on || turns % (STRETCH + LEAP) >= STRETCH)
        return;
    char picture[8192];
    struct text text = TEXT_IN(picture);
    learner->protocol->view(learner, &text);
    wait_until(watch->next);
    watch->next = clock_now() + 1.0 / RATE;
    fputs("\033[H", stderr);
    for (const char *line = picture, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        fprintf(stderr, "%.*s\033[K\n", (int)(end - line), line);
    }
    fflush(stderr);
}

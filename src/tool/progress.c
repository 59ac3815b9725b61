/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* TIOCGWINSZ, struct winsize */
#include "tool/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tool/clock.h"
#include "tool/number.h"

#define BAR_WIDTH   24
#define USUAL_WIDTH 80 /* of a terminal that does not tell */

bool progress_on_terminal(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && kind && *kind && strcmp(kind, "dumb") != 0;
}

void progress_begin(struct progress *progress, uint64_t total, double ticks, double synapses)
{
    *progress = (struct progress){
        .terminal = progress_on_terminal(),
        .total = total,
        .start = clock_now(),
        .next_line = total / 10 + (total % 10 != 0),
        .ticks = ticks,
        .synapses = synapses,
    };
}

/* Columns that a line may take: one less than there are, for in the last some terminals wrap. */
static size_t room(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    if (width == 0 && columns)
        width = atoi(columns);
    return width > 0 ? (size_t)width - 1 : USUAL_WIDTH - 1;
}

/* The parts of a line, from left to right, and in what order they go where there is no room: the highest first. */
enum { BAR, SHARE, NOTE, TICKS, SYNAPSES, LEFT, PARTS };
static const int order[PARTS] = {[BAR] = 3, [SHARE] = 0, [NOTE] = 2, [TICKS] = 4, [SYNAPSES] = 5, [LEFT] = 1};

static void write_parts(const struct progress *progress, uint64_t done, const char *note, char parts[PARTS][48])
{
    char number[16];
    double elapsed = clock_now() - progress->start, rate = elapsed > 0 ? (double)done / elapsed : 0;
    if (progress->total > 0) {
        double share = (double)done / (double)progress->total;
        parts[BAR][0] = '[';
        memset(parts[BAR] + 1, '.', BAR_WIDTH);
        memset(parts[BAR] + 1, '#', (size_t)(share * BAR_WIDTH));
        strcpy(parts[BAR] + 1 + BAR_WIDTH, "]");
        snprintf(parts[SHARE], sizeof *parts, "%3.0f%%", share * 100);
        snprintf(parts[LEFT], sizeof *parts, "%.0f s left", rate > 0 ? (double)(progress->total - done) / rate : 0);
    } else {
        snprintf(parts[SHARE], sizeof *parts, "%" PRIu64, done);
    }
    snprintf(parts[NOTE], sizeof *parts, "%s", note);
    snprintf(parts[TICKS], sizeof *parts, "%s ticks/s", cli_si(rate * progress->ticks, number));
    snprintf(parts[SYNAPSES], sizeof *parts, "%s synaptic operations/s", cli_si(rate * progress->synapses, number));
}

/* The length of the parts that go first .. last, two blanks between them. */
static size_t length(char parts[PARTS][48], int last)
{
    size_t sum = 0;
    for (int part = 0; part < PARTS; part++)
        if (order[part] <= last && *parts[part])
            sum += strlen(parts[part]) + 2;
    return sum - 2;
}

static void print(const struct progress *progress, uint64_t done, const char *note)
{
    char parts[PARTS][48] = {""}, line[PARTS * 50] = "";
    int last = PARTS - 1;
    write_parts(progress, done, note, parts);
    while (progress->terminal && last > 0 && length(parts, last) > room())
        last--;
    for (int part = 0; part < PARTS; part++)
        if (order[part] <= last && *parts[part])
            strcat(strcat(line, *line ? "  " : ""), parts[part]);
    fprintf(stderr, progress->terminal ? "\r%s\033[K" : "%s\n", line);
    fflush(stderr);
}

void progress_show(struct progress *progress, uint64_t done, const char *note)
{
    double now = clock_now();
    bool due = progress->terminal ? now - progress->shown > 0.1 || done == progress->total
                                  : progress->total > 0 && done >= progress->next_line;
    if (!due)
        return;
    progress->shown = now;
    while (progress->total > 0 && progress->next_line <= done)
        progress->next_line += progress->total / 10 + (progress->total % 10 != 0);
    print(progress, done, note);
}

void progress_end(struct progress *progress)
{
    if (progress->terminal && progress->shown > 0)
        fputc('\n', stderr);
}

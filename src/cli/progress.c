/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/clock.h"

#define BAR_WIDTH 24

void progress_begin(struct progress *progress, uint64_t total, double ticks, double synapses)
{
    *progress = (struct progress){
        .terminal = isatty(STDERR_FILENO) != 0,
        .total = total,
        .start = clock_now(),
        .next_line = (total + 9) / 10,
        .ticks = ticks,
        .synapses = synapses,
    };
}

static void print(const struct progress *progress, uint64_t done, const char *note, double elapsed)
{
    char ticks[16], synapses[16], bar[BAR_WIDTH + 1];
    double share = (double)done / (double)progress->total, rate = elapsed > 0 ? (double)done / elapsed : 0;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < (int)(share * BAR_WIDTH) ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    cli_si(rate * progress->ticks, ticks);
    cli_si(rate * progress->synapses, synapses);
    double left = rate > 0 ? (double)(progress->total - done) / rate : 0;
    fprintf(stderr,
            progress->terminal ? "\r[%s] %3.0f%%  %s  %s ticks/s  %s synaptic operations/s  %.0f s left\033[K"
                               : "[%s] %3.0f%%  %s  %s ticks/s  %s synaptic operations/s  %.0f s left\n",
            bar, share * 100, note, ticks, synapses, left);
    fflush(stderr);
}

void progress_show(struct progress *progress, uint64_t done, const char *note)
{
    double now = clock_now();
    bool due =
        progress->terminal ? now - progress->shown > 0.1 || done == progress->total : done >= progress->next_line;
    if (!due)
        return;
    progress->shown = now;
    while (progress->next_line <= done)
        progress->next_line += (progress->total + 9) / 10;
    print(progress, done, note, now - progress->start);
}

void progress_end(struct progress *progress)
{
    if (progress->terminal)
        fputc('\n', stderr);
}

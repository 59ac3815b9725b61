/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "tool/clock.h"
#include "tool/interrupt.h"
#include "tool/memory.h"
#include "tool/progress.h"

#define BLOCK_TICKS    1024
#define BLOCK_SYNAPSES 2e9 /* synaptic operations until the next look at signals and progress */
#define BLOCK_NUMBERS  4e6 /* in and out */

/* Ticks that are run by one call, what goes in and what comes out. */
struct block {
    uint64_t most, count;
    float *drive;     /* [most][channels] */
    float *modulator; /* [most] */
    float *outputs;   /* [most][groups], NULL where nothing is written */
};

static struct block make_block(const struct run_session *session)
{
    size_t channels = session->series.channels, groups = session->output.stream ? session->groups.count : 0;
    double synapses = (double)session->info.synapses, numbers = (double)(channels + groups + 1);
    double most = fmin(BLOCK_TICKS, fmin(BLOCK_SYNAPSES / synapses, BLOCK_NUMBERS / numbers));
    struct block block = {.most = most > 1 ? (uint64_t)most : 1};
    block.drive = memory_get(block.most, channels * sizeof *block.drive);
    block.modulator = memory_get(block.most, sizeof *block.modulator);
    block.outputs = groups ? memory_get(block.most, groups * sizeof *block.outputs) : NULL;
    for (uint64_t t = 0; t < block.most; t++)
        block.modulator[t] = (float)session->modulator;
    return block;
}

static void free_block(struct block *block)
{
    free(block->drive);
    free(block->modulator);
    free(block->outputs);
}

/* What goes into the next ticks; the first is run alone, to be timed. */
static int fill(struct run_session *session, struct block *block)
{
    uint64_t left = session->most - session->ticks, most = session->ticks ? block->most : 1;
    most = left < most ? left : most;
    session->signal = cli_interrupted();
    block->count = session->signal ? 0 : most;
    if (block->count == 0 || !session->request->series.input)
        return CLI_DONE;
    int code = series_read(&session->series, most, block->drive, block->modulator, &block->count);
    session->signal = block->count ? 0 : cli_interrupted();
    return code;
}

static praxis_status run_ticks(struct run_session *session, const struct block *block)
{
    const struct run_request *request = session->request;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = block->count;
    run.flags = (request->learn ? PRAXIS_RUN_TRACE : 0) |
                (request->homeostasis ? PRAXIS_RUN_VARIANCE_CONTROL | PRAXIS_RUN_RATE_HOMEOSTASIS : 0);
    run.input = session->series.channels ? block->drive : NULL;
    run.modulator = request->learn ? block->modulator : NULL;
    run.groups = block->outputs ? session->groups.numbers : NULL;
    run.group_count = block->outputs ? session->groups.count : 0;
    run.output = block->outputs;
    praxis_status status = praxis_network_run(session->network, &run);
    return status || run.output ? status : praxis_network_finish(session->network);
}

/* A name as a field of CSV. */
static void write_name(FILE *file, const char *name)
{
    size_t length = strlen(name);
    bool plain = !strpbrk(name, "\",\r\n") && name[0] != ' ' && name[length - 1] != ' ';
    fputs(plain ? "," : ",\"", file);
    for (const char *c = name; *c; c++) {
        if (*c == '"')
            fputc('"', file);
        fputc(*c, file);
    }
    if (!plain)
        fputc('"', file);
}

static bool write_rows(struct run_session *session, const struct block *block)
{
    FILE *file = session->output.stream;
    size_t groups = session->groups.count;
    if (!block->outputs)
        return true;
    if (session->ticks == 0) {
        fputs("tick", file);
        for (size_t g = 0; g < groups; g++)
            write_name(file, session->groups.list[g].name);
        fputc('\n', file);
    }
    for (uint64_t t = 0; t < block->count; t++) {
        fprintf(file, "%llu", (unsigned long long)(session->before + session->ticks + t + 1));
        for (size_t g = 0; g < groups; g++)
            fprintf(file, ",%.7g", (double)block->outputs[t * groups + g]);
        fputc('\n', file);
    }
    return cli_file_flush(&session->output);
}

/* Runs a block and writes its rows. */
static int run_block(struct run_session *session, const struct block *block)
{
    double start = clock_now();
    praxis_status status = run_ticks(session, block);
    *(session->ticks ? &session->seconds : &session->first_seconds) += clock_now() - start;
    if (status)
        return cli_fail(session->command, "%s", praxis_status_string(status));
    bool written = write_rows(session, block);
    session->ticks += written ? block->count : 0;
    return written ? CLI_DONE : CLI_FAILED; /* closing the file tells why */
}

/* A bar, unless it would be drawn among the rows. */
static bool is_shown(const struct run_session *session, const struct progress *progress)
{
    bool rows = session->output.stream && isatty(fileno(session->output.stream));
    return progress->terminal && !rows;
}

int run_drive(struct run_session *session)
{
    struct block block = make_block(session);
    struct progress progress;
    praxis_network_finish(session->network);
    cli_interrupt_hold();
    progress_begin(&progress, session->most == UINT64_MAX ? 0 : session->most, 1, (double)session->info.synapses);
    progress.terminal = is_shown(session, &progress);
    saving_begin(&session->saving, 0);
    int code = CLI_DONE;
    while (code == CLI_DONE && session->ticks < session->most) {
        int filled = fill(session, &block); /* rows before a faulty one are run all the same */
        if (block.count == 0 && filled == CLI_DONE)
            break;
        code = block.count ? run_block(session, &block) : filled;
        code = code == CLI_DONE ? filled : code;
        if (code == CLI_DONE && saving_is_due(&session->saving, session->ticks)) {
            double began = clock_now();
            run_save(session, false);
            saving_note(&session->saving, session->ticks, began);
        }
        if (progress.terminal)
            progress_show(&progress, session->ticks, session->request->learn ? "learning" : "running");
    }
    progress_end(&progress);
    free_block(&block);
    return code;
}

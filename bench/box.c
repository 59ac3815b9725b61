/* SPDX-License-Identifier: MIT */
#include "box.h"

#include <math.h>

#include "tool/text.h"
#include "tool/utf8.h"
#include "figure.h"

#define WIDTH 108 /* characters between the borders */
#define LABEL 10

struct box {
    FILE *file;
    const char *margin;
};

static void border(const struct box *box)
{
    fprintf(box->file, "%s+", box->margin);
    for (int i = 0; i < WIDTH + 2; i++)
        fputc('-', box->file);
    fputs("+\n", box->file);
}

/* A line of whole characters, cut where it is too long and filled where it is too short. */
static void line(const struct box *box, const char *label, const struct text *text)
{
    const char *next = text->start;
    int used = LABEL;
    fprintf(box->file, "%s| %-*s", box->margin, LABEL, label);
    for (size_t length; used < WIDTH && *next && (length = utf8_length(next)); used++, next += length)
        fwrite(next, 1, length, box->file);
    fprintf(box->file, "%*s |\n", WIDTH - used, "");
}

/* ", TEXT" where there is one. */
static void join(struct text *text, const char *part)
{
    if (*part)
        text_append(text, "%s%s", text->used ? ", " : "", part);
}

/* "WHAT VALUE UNIT", behind a comma unless it is the first, where the value is known. */
static void add(struct text *text, const char *what, double value, const char *unit)
{
    char written[FIGURE];
    if (isfinite(value))
        text_append(text, "%s%s%s%s%s%s", text->used ? ", " : "", what, *what ? " " : "", figure(written, value),
                    *unit ? " " : "", unit);
}

static void add_count(struct text *text, double count, const char *what)
{
    char written[FIGURE];
    if (isfinite(count))
        text_append(text, "%s%s %s", text->used ? ", " : "", figure_round(written, count), what);
}

static void add_bytes(struct text *text, double bytes)
{
    char written[FIGURE];
    if (isfinite(bytes))
        text_append(text, "%s%sB", text->used ? ", " : "", figure_si(written, bytes));
}

#define LINES 512
#define BEGIN                                                                                                          \
    char room[LINES];                                                                                                  \
    struct text text = TEXT_IN(room)

static void about_device(const struct box *box, const struct result_device *device)
{
    BEGIN;
    join(&text, device->name);
    join(&text, device->board);
    line(box, "device", &text);
    text = TEXT_IN(room);
    join(&text, device->selector);
    join(&text, device->type);
    add_count(&text, device->compute_units, "compute units");
    add(&text, "", device->clock_mhz, "MHz");
    add_bytes(&text, device->memory_bytes);
    if (*device->dot_product)
        text_append(&text, ", int8 dot product %s", device->dot_product);
    line(box, "", &text);
    text = TEXT_IN(room);
    join(&text, device->platform);
    join(&text, device->driver);
    line(box, "driver", &text);
}

static void about_host(const struct box *box, const struct result *result)
{
    const struct result_machine *machine = &result->machine;
    BEGIN;
    join(&text, machine->cpu);
    add_count(&text, machine->cores, "cores");
    add_bytes(&text, machine->memory_bytes);
    line(box, "host", &text);
    text = TEXT_IN(room);
    join(&text, machine->system);
    join(&text, machine->compiler);
    line(box, "system", &text);
    text = TEXT_IN(room);
    text_append(&text, "praxis %s", result->praxis);
    join(&text, machine->date);
    add(&text, "runs of", result->settings.seconds, "s");
    add_count(&text, result->settings.rounds, "rounds at most");
    line(box, "measured", &text);
}

static void streams(const struct box *box, const struct result_device *device)
{
    BEGIN;
    add(&text, "read", device->streams.read.median * 1e-9, "GB/s");
    add(&text, "copy", device->streams.copy.median * 1e-9, "");
    add(&text, "triad", device->streams.triad.median * 1e-9, "");
    add(&text, "read", device->data_sheet.read_share, "of the data sheet");
    if (text.used)
        line(box, "streams", &text);
}

/* A size, and beside it what else computes the same sums; each size once. */
static void network(const struct box *box, const struct result_network *network, const struct result_network *before)
{
    char neurons[FIGURE];
    BEGIN;
    if (!network || network == before)
        return;
    text_append(&text, "N = %s", figure(neurons, network->neurons));
    add(&text, "", network->inference.median * 1e6, "us a tick");
    add(&text, "", network->operations_per_second * 1e-9, "G operations/s");
    add(&text, "", network->share_of_read, "of read");
    line(box, before ? "" : "inference", &text);
    text = TEXT_IN(room);
    add(&text, "in ticks: sparse", network->csr.ratio, "");
    add(&text, "dense CLBlast", network->clblast.ratio, "");
    add(&text, "OpenBLAS", network->openblas.ratio, "");
    if (text.used)
        line(box, "  others", &text);
}

/* What the sensors told of the network that stands for the large ones, or why they did not. */
static void energy(const struct box *box, const struct result_device *device, const struct result_network *network)
{
    BEGIN;
    if (network && isfinite(network->inference_energy.joules_per_operation)) {
        const struct result_energy *at = &network->inference_energy;
        add(&text, "", at->joules_per_operation * 1e12, "pJ an operation");
        add(&text, "learning", network->learning_energy.joules_per_operation * 1e12, "");
        add(&text, "", at->watts, "W");
        add(&text, "of", device->sensors.limit_watts, "");
        add(&text, "at rest", device->sensors.idle_watts, "");
        add(&text, "", at->clock_mhz, "MHz");
        add(&text, "", at->celsius, "C");
    } else if (*device->sensors.missing) {
        text_append(&text, "not told: %s", device->sensors.missing);
    }
    if (text.used)
        line(box, "energy", &text);
}

static void learning(const struct box *box, const struct result_summary *summary)
{
    char neurons[FIGURE];
    BEGIN;
    if (!isfinite(summary->modulated_ratio))
        return;
    text_append(&text, "N = %s", figure(neurons, summary->learning_neurons));
    add(&text, "in ticks: traces", summary->traces_ratio, "");
    add(&text, "modulator every 16", summary->modulated_16_ratio, "");
    add(&text, "every tick", summary->modulated_ratio, "");
    add(&text, "consolidated", summary->consolidated_ratio, "");
    line(box, "learning", &text);
}

static void small(const struct box *box, const struct result_summary *summary)
{
    char neurons[FIGURE];
    BEGIN;
    if (!isfinite(summary->ticks_1))
        return;
    text_append(&text, "N = %s", figure(neurons, summary->small_neurons));
    add(&text, "", summary->ticks_1, "ticks/s");
    add(&text, "4 replicas", summary->ticks_4, "");
    add(&text, "learning", summary->learning_ticks_1, "");
    add(&text, "4 replicas", summary->learning_ticks_4, "");
    line(box, "small", &text);
}

static void loops(const struct box *box, const struct result_summary *summary)
{
    char neurons[FIGURE];
    BEGIN;
    if (!isfinite(summary->steps_1))
        return;
    text_append(&text, "N = %s", figure(neurons, summary->loop_neurons));
    add(&text, "", summary->steps_1, "steps/s");
    add(&text, "20 replicas", summary->steps_20, "");
    add(&text, "100 replicas", summary->steps_100, "");
    line(box, "loops", &text);
}

static void rest(const struct box *box, const struct result_device *device)
{
    BEGIN;
    add(&text, "time as N to the power of", device->growth.exponent, "");
    if (text.used)
        add_count(&text, device->growth.sizes, "sizes");
    if (text.used)
        line(box, "growth", &text);
    text = TEXT_IN(room);
    add(&text, "first tick after", device->start.first.median, "s");
    add(&text, "again after", device->start.second.median, "s");
    if (text.used)
        line(box, "start", &text);
}

void box_write(FILE *file, const struct result *result, const struct result_device *device, const char *margin)
{
    const struct box box = {file, margin};
    border(&box);
    about_device(&box, device);
    about_host(&box, result);
    if (*device->failure) {
        BEGIN;
        text_append(&text, "NOT MEASURED: its process %s", device->failure);
        line(&box, "", &text);
    } else {
        const struct result_network *large = result_near(device, 1e6, false);
        streams(&box, device);
        network(&box, large, NULL);
        network(&box, result_near(device, 1e4, false), large);
        learning(&box, &device->summary);
        energy(&box, device, large);
        small(&box, &device->summary);
        loops(&box, &device->summary);
        rest(&box, device);
    }
    border(&box);
}

/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool/memory.h"
#include "difference.h"
#include "figure.h"
#include "markup.h"
#include "page.h"

/* ---- Names ---- */

static bool is_alone(const struct result *result, size_t index)
{
    for (size_t d = 0; d < result->device_count; d++)
        if (d != index && strcmp(result->devices[d].name, result->devices[index].name) == 0)
            return false;
    return true;
}

/* The device's name where there is one file, else the file's, with what is needed to tell its devices apart. */
static void name_device(const struct result *result, size_t index, const char *file_name, char label[PAGE_LABEL])
{
    const struct result_device *device = &result->devices[index];
    const char *selector = is_alone(result, index) ? "" : device->selector;
    const char *name = *file_name && result->device_count == 1 ? "" : device->name;
    snprintf(label, PAGE_LABEL, "%s%s%s%s%s%s", file_name, *file_name && *name ? ": " : "", name, *selector ? " (" : "",
             selector, *selector ? ")" : "");
}

static void open_page(struct page *page, const struct report *report)
{
    const struct result *const *results = report->results;
    size_t count = report->count;
    size_t devices = 0;
    for (size_t i = 0; i < count; i++)
        devices += results[i]->device_count;
    *page = (struct page){memory_get(devices, sizeof *page->devices), 0};
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < results[i]->device_count; d++) {
            struct page_device *device = &page->devices[page->count];
            device->device = &results[i]->devices[d];
            device->before = report->baseline ? difference_partner(results[i], d, report->baseline) : NULL;
            device->colour = (unsigned)page->count++;
            name_device(results[i], d, count > 1 ? report->names[i] : "", device->label);
        }
}

/* ---- Cards ---- */

/* A figure of a network of `neurons`, or where that is NaN, of the device. */
static void figure_cell(FILE *file, const char *name, double neurons, double value, const char *unit)
{
    char text[FIGURE];
    fprintf(file, "<div><dt>%s", name);
    if (isfinite(neurons))
        fprintf(file, "<br/>N = %s", figure(text, neurons));
    fprintf(file, "</dt><dd>%s", figure(text, value));
    if (isfinite(value) && *unit)
        fprintf(file, " <small>%s</small>", unit);
    fputs("</dd></div>\n", file);
}

static void card(FILE *file, const struct page_device *page_device)
{
    const struct result_device *device = page_device->device;
    const struct result_summary *summary = &device->summary;
    const struct result_network *large = result_near(device, 1e6, false);
    const char *const facts[] = {device->name,     device->type,   device->vendor,
                                 device->platform, device->driver, device->dot_product};
    bool begun = false;
    static const char *const lead[] = {"",           " \302\267 ",        " \302\267 ",
                                       " \302\267 ", " \302\267 driver ", " \302\267 int8 dot product "};
    fprintf(file, "<section class=\"card\"><h3><span class=\"key c%u\"></span>", page_device->colour % MARKUP_COLOURS);
    markup_text(file, page_device->label);
    fputs("</h3><p class=\"soft\">", file);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (!*facts[i] || (i == 0 && strcmp(facts[i], page_device->label) == 0))
            continue;
        fputs(begun ? lead[i] : "", file);
        begun = true;
        markup_text(file, facts[i]);
    }
    fputs("</p>", file);
    if (*device->failure) {
        fputs("<p>Not measured: its process ", file);
        markup_text(file, device->failure);
        fputs("</p>", file);
    }
    fputs("<dl class=\"figures\">\n", file);
    figure_cell(file, "synaptic operations", summary->large_neurons, large ? large->operations_per_second * 1e-9 : NAN,
                "G/s");
    figure_cell(file, "share of the read stream", summary->large_neurons, summary->share_of_read, "");
    figure_cell(file, "learning, modulator every 16", summary->learning_neurons, summary->modulated_16_ratio,
                "\303\227 inference");
    figure_cell(file, "ticks, 1 replica", summary->small_neurons, summary->ticks_1 * 1e-3, "k/s");
    figure_cell(file, "ticks, 4 replicas", summary->small_neurons, summary->ticks_4 * 1e-3, "k/s");
    figure_cell(file, "read stream", NAN, device->streams.read.median * 1e-9, "GB/s");
    if (isfinite(device->data_sheet.read_share))
        figure_cell(file, "read stream by the data sheet", NAN, device->data_sheet.read_share, "");
    if (isfinite(summary->inference_joules))
        figure_cell(file, "energy of an operation", summary->energy_neurons, summary->inference_joules * 1e12, "pJ");
    figure_cell(file, "second start", NAN, summary->second_start, "s");
    fputs("</dl></section>\n", file);
}

/* ---- Machines and method ---- */

static void fact(FILE *file, const char *name, const char *value)
{
    if (!*value)
        return;
    fprintf(file, "<tr><th>%s</th><td>", name);
    markup_text(file, value);
    fputs("</td></tr>\n", file);
}

static void machine(FILE *file, const struct result *result, const char *name)
{
    const struct result_machine *host = &result->machine;
    char text[RESULT_TEXT], cores[FIGURE], memory[FIGURE];
    fputs("<section class=\"card\">", file);
    if (*name) {
        fputs("<h3>", file);
        markup_text(file, name);
        fputs("</h3>", file);
    }
    fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", file);
    snprintf(text, sizeof text, "%s cores, %sB of memory", figure_round(cores, host->cores),
             figure_si(memory, host->memory_bytes));
    fact(file, "Processor", host->cpu);
    fact(file, "Host", text);
    fact(file, "System", host->system);
    fact(file, "Compiler", host->compiler);
    fact(file, "OpenBLAS", host->openblas);
    fact(file, "OPENBLAS_CORETYPE", host->openblas_coretype);
    fact(file, "PRAXIS", result->praxis);
    fact(file, "Measured", host->date);
    snprintf(text, sizeof text, "timed runs of at least %g s, up to %g rounds in turn", result->settings.seconds,
             result->settings.rounds);
    fact(file, "Method", isfinite(result->settings.seconds) ? text : "");
    fputs("</tbody></table></div></section>\n", file);
}

static const char method[] =
    "<p class=\"note\">Every figure is the median of several rounds on random data, after warming up. In each round "
    "the "
    "read stream, inference, the kinds of learning and the other products take turns, so that noise hits all of them. "
    "A "
    "synaptic operation is one multiplication and addition of an int8 weight and an int8 activation; each synapse does "
    "one every tick. That is another thing than the synaptic events of spiking networks, and the two do not "
    "compare.</p>\n";

void html_write(FILE *file, const struct report *report)
{
    struct page page;
    open_page(&page, report);
    fprintf(
        file,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
        "<title>PRAXIS benchmark</title>\n<style>\n%s</style></head>\n<body><main>\n"
        "<header><h1>PRAXIS benchmark</h1><p class=\"soft\">Recurrent networks that learn while they run: how near a "
        "device comes to the speed of its memory.</p></header>\n",
        page_style);
    fputs("<h2>Devices</h2>\n", file);
    for (size_t d = 0; d < page.count; d++)
        card(file, &page.devices[d]);
    fputs("<h2>Charts</h2>\n", file);
    page_charts(file, &page);
    fputs("<h2>All numbers</h2>\n", file);
    page_tables(file, &page);
    fprintf(file, "<h2>How it was measured</h2>\n%s", method);
    for (size_t i = 0; i < report->count; i++)
        machine(file, report->results[i], report->count > 1 ? report->names[i] : "");
    fputs("</main></body></html>\n", file);
    free(page.devices);
}

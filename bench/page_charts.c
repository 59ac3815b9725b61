/* SPDX-License-Identifier: MIT */
/* Which figures stand in which chart. */
#include <math.h>
#include <stdlib.h>

#include "tool/memory.h"
#include "figure.h"
#include "markup.h"
#include "page.h"

#define MOST_KINDS 6

/* One bar of every device: the figure is at this place of the device. */
struct kind {
    const char *label;
    double (*value)(const struct result_device *device);
};

struct bar_chart {
    const char *title, *note, *unit;
    double reference;
    const char *reference_name;
    struct kind kinds[MOST_KINDS]; /* ends with a NULL label, or is full */
};

static void begin(FILE *file, const char *title, const char *note, const char *class)
{
    fprintf(file, "<section class=\"%s\"><h3>", class);
    markup_text(file, title);
    fputs("</h3><p class=\"note\">", file);
    markup_text(file, note);
    fputs("</p>\n", file);
}

/* With one device a bar is called after what it shows; with several, each kind is a heading and bars are devices. */
static size_t fill_bars(const struct page *page, const struct kind *kinds, struct chart_bar *bars)
{
    size_t count = 0;
    for (size_t k = 0; k < MOST_KINDS && kinds[k].label; k++) {
        if (page->count > 1)
            bars[count++] = (struct chart_bar){kinds[k].label, NAN, true, 0};
        for (size_t d = 0; d < page->count; d++) {
            const struct page_device *device = &page->devices[d];
            bars[count++] = (struct chart_bar){page->count > 1 ? device->label : kinds[k].label,
                                               kinds[k].value(device->device), false, device->colour};
        }
    }
    return count;
}

static void draw_bars(FILE *file, const struct page *page, const struct bar_chart *chart)
{
    struct chart_bar *bars = memory_get((page->count + 1) * MOST_KINDS, sizeof *bars);
    begin(file, chart->title, chart->note, "chart");
    const struct chart_bars drawn = {chart->unit, bars, fill_bars(page, chart->kinds, bars), chart->reference,
                                     chart->reference_name};
    chart_bars(file, &drawn);
    fputs("</section>\n", file);
    free(bars);
}

/* ---- Figures ---- */

static double read_stream(const struct result_device *device)
{
    return device->streams.read.median * 1e-9;
}

static double copy_stream(const struct result_device *device)
{
    return device->streams.copy.median * 1e-9;
}

static double triad_stream(const struct result_device *device)
{
    return device->streams.triad.median * 1e-9;
}

static double share_at(const struct result_device *device, double neurons)
{
    const struct result_network *network = result_near(device, neurons, false);
    bool near = network && fabs(log(network->neurons / neurons)) < log(2);
    return near ? network->share_of_read : NAN;
}

static double share_middle(const struct result_device *device)
{
    return share_at(device, 1e4);
}

static double share_upper(const struct result_device *device)
{
    return share_at(device, 1e5);
}

static double share_large(const struct result_device *device)
{
    return share_at(device, 1e6);
}

static double traces(const struct result_device *device)
{
    return device->summary.traces_ratio;
}

static double modulated_16(const struct result_device *device)
{
    return device->summary.modulated_16_ratio;
}

static double modulated(const struct result_device *device)
{
    return device->summary.modulated_ratio;
}

static double consolidated(const struct result_device *device)
{
    return device->summary.consolidated_ratio;
}

static double ticks_1(const struct result_device *device)
{
    return device->summary.ticks_1 * 1e-3;
}

static double ticks_4(const struct result_device *device)
{
    return device->summary.ticks_4 * 1e-3;
}

static double learning_ticks_1(const struct result_device *device)
{
    return device->summary.learning_ticks_1 * 1e-3;
}

static double learning_ticks_4(const struct result_device *device)
{
    return device->summary.learning_ticks_4 * 1e-3;
}

static double steps_1(const struct result_device *device)
{
    return device->summary.steps_1 * 1e-3;
}

static double steps_20(const struct result_device *device)
{
    return device->summary.steps_20 * 1e-3;
}

static double steps_100(const struct result_device *device)
{
    return device->summary.steps_100 * 1e-3;
}

static double clblast(const struct result_device *device)
{
    return device->summary.clblast_ratio;
}

static double openblas(const struct result_device *device)
{
    return device->summary.openblas_ratio;
}

static double csr(const struct result_device *device)
{
    return device->summary.csr_ratio;
}

static double first_start(const struct result_device *device)
{
    return device->summary.first_start;
}

static double second_start(const struct result_device *device)
{
    return device->summary.second_start;
}

static const struct bar_chart charts[] = {
    {"Share of the read stream",
     "Synaptic operations per byte that the same device reads in the same rounds; k = 2. Small networks stay in caches "
     "and may pass 1.",
     "",
     1,
     "the read stream",
     {{"N near 10 000", share_middle}, {"N near 100 000", share_upper}, {"N near 1 000 000", share_large}}},
    {"What learning costs",
     "Time of a tick that learns, in inference ticks of the same network, the largest measured up to N near 1 000 000.",
     "\303\227",
     1,
     "an inference tick",
     {{"traces alone", traces},
      {"a modulator every 16 ticks", modulated_16},
      {"a modulator every tick", modulated},
      {"every tick, weights following 16 at once", consolidated}}},
    {"Small networks",
     "Thousands of ticks per second at N = 961, k = 2, with noise, variance control and rate homeostasis. Learning has "
     "a "
     "modulator every 16 ticks.",
     "k/s",
     NAN,
     "",
     {{"1 replica", ticks_1},
      {"4 replicas, in total", ticks_4},
      {"learning, 1 replica", learning_ticks_1},
      {"learning, 4 replicas, in total", learning_ticks_4}}},
    {"Closed loops",
     "Thousands of environment steps per second at N = 361, k = 2, of all replicas: factors and modulators of the last "
     "choice, an input, a traced tick and its readout in each step.",
     "k/s",
     NAN,
     "",
     {{"1 replica", steps_1}, {"20 replicas, in total", steps_20}, {"100 replicas, in total", steps_100}}},
    {"Other products of the same N",
     "Time of one matrix-vector product of 32-bit floats at N near 10 000 on the same device, in inference ticks: "
     "dense "
     "matrices, and the same network as a sparse matrix.",
     "ticks",
     NAN,
     "",
     {{"CLBlast, dense", clblast}, {"OpenBLAS, dense", openblas}, {"compressed sparse rows", csr}}},
    {"Memory streams",
     "Bytes read and written per second in buffers much larger than the caches, in the fastest of several access "
     "shapes.",
     "GB/s",
     NAN,
     "",
     {{"read", read_stream}, {"copy", copy_stream}, {"triad", triad_stream}}},
    {"Starting a network",
     "From opening the device to the first tick of N = 961 in a new process: without compiled kernels anywhere, and "
     "again.",
     "s",
     NAN,
     "",
     {{"first start", first_start}, {"second start", second_start}}},
};

/* ---- Speed over size ---- */

static void legend(FILE *file, const struct page *page)
{
    fputs("<ul class=\"legend\">", file);
    for (size_t d = 0; d < page->count; d++) {
        fprintf(file, "<li><span class=\"key c%u\"></span>", page->devices[d].colour % MARKUP_COLOURS);
        markup_text(file, page->devices[d].label);
        fputs("</li>", file);
    }
    fputs("</ul>\n", file);
}

/* The networks with k = 2 of a device, in the order measured. */
static size_t collect(const struct result_device *device, double *x, double *y)
{
    size_t count = 0;
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *network = &device->networks[i];
        if (network->degree_factor != 2)
            continue;
        x[count] = network->neurons;
        y[count++] = network->operations_per_second;
    }
    return count;
}

static void draw_speed(FILE *file, const struct page *page)
{
    double *places = memory_get(page->count * 2 * RESULT_NETWORKS, sizeof *places);
    struct chart_line *lines = memory_get(page->count, sizeof *lines);
    for (size_t d = 0; d < page->count; d++) {
        const struct page_device *device = &page->devices[d];
        double *x = places + d * 2 * RESULT_NETWORKS, *y = x + RESULT_NETWORKS;
        lines[d] = (struct chart_line){
            device->label, x, y, collect(device->device, x, y), device->device->streams.read.median, device->colour};
    }
    if (places && lines) {
        const struct chart_lines chart = {"neurons, k = 2", "synaptic operations/s", lines, page->count};
        begin(
            file, "Speed over size",
            "Synaptic operations per second of inference. Dashed: the read stream of the device, which at one byte per "
            "synapse is the speed of light for networks that do not fit its caches.",
            "chart wide");
        legend(file, page);
        chart_lines(file, &chart);
        fputs("</section>\n", file);
    }
    free(places);
    free(lines);
}

void page_charts(FILE *file, const struct page *page)
{
    fputs("<div class=\"grid\">\n", file);
    draw_speed(file, page);
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        draw_bars(file, page, &charts[i]);
    fputs("</div>\n", file);
}

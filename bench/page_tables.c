/* SPDX-License-Identifier: MIT */
/* All numbers, device by device. */
#include <math.h>

#include "figure.h"
#include "markup.h"
#include "page.h"

static void heads(FILE *file, const char *const *names)
{
    fputs("<div class=\"scroll\"><table><thead><tr>", file);
    for (; *names; names++) {
        fputs("<th>", file);
        markup_text(file, *names);
        fputs("</th>", file);
    }
    fputs("</tr></thead><tbody>\n", file);
}

static void tail(FILE *file)
{
    fputs("</tbody></table></div>\n", file);
}

static void cell(FILE *file, double value)
{
    char text[FIGURE];
    fprintf(file, "<td>%s</td>", figure(text, value));
}

static void whole(FILE *file, double value)
{
    char text[FIGURE];
    fprintf(file, "<td>%s</td>", value < 1000 ? figure_round(text, value) : figure(text, value));
}

/* The median, and the quartiles on pointing at it. */
static void spread(FILE *file, const struct sample *sample, double scale)
{
    char text[5][FIGURE];
    if (!isfinite(sample->median)) {
        cell(file, NAN);
        return;
    }
    fprintf(file, "<td title=\"quartiles %s to %s, range %s to %s\">%s</td>",
            figure(text[0], sample->lower_quartile * scale), figure(text[1], sample->upper_quartile * scale),
            figure(text[2], sample->minimum * scale), figure(text[3], sample->maximum * scale),
            figure(text[4], sample->median * scale));
}

static void networks(FILE *file, const struct result_device *device)
{
    static const char *const names[] = {
        "N",       "k",          "synapses, M",     "\302\265s a tick", "quartiles",  "GSOPS",     "read, GB/s",
        "of read", "copy, GB/s", "per copied byte", "bytes/syn.",       "padding, %", "create, s", NULL};
    if (device->network_count == 0)
        return;
    fputs("<h4>Inference</h4>", file);
    heads(file, names);
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *network = &device->networks[i];
        char low[FIGURE], high[FIGURE];
        fputs("<tr>", file);
        whole(file, network->neurons);
        whole(file, network->degree_factor);
        cell(file, network->synapses * 1e-6);
        spread(file, &network->inference, 1e6);
        fprintf(file, "<td>%s \342\200\223 %s</td>", figure(low, network->inference.lower_quartile * 1e6),
                figure(high, network->inference.upper_quartile * 1e6));
        const double rest[] = {network->operations_per_second * 1e-9,
                               network->read_stream * 1e-9,
                               network->share_of_read,
                               network->copy_stream * 1e-9,
                               network->operations_per_copied,
                               network->bytes_per_synapse,
                               network->padding * 100,
                               network->create_seconds};
        for (size_t r = 0; r < sizeof rest / sizeof *rest; r++)
            cell(file, rest[r]);
        fputs("</tr>\n", file);
    }
    tail(file);
}

static void learning(FILE *file, const struct result_device *device)
{
    static const char *const names[] = {"N",
                                        "k",
                                        "traces, \302\265s",
                                        "modulator every 16, \302\265s",
                                        "every tick, \302\265s",
                                        "traces, \303\227",
                                        "every 16, \303\227",
                                        "every tick, \303\227",
                                        "CLBlast, \302\265s",
                                        "OpenBLAS, \302\265s",
                                        "sparse, \302\265s",
                                        "CLBlast, \303\227",
                                        "OpenBLAS, \303\227",
                                        "sparse, \303\227",
                                        NULL};
    if (device->network_count == 0)
        return;
    fputs("<h4>Learning, and other products; \303\227: in inference ticks</h4>", file);
    heads(file, names);
    for (size_t i = 0; i < device->network_count; i++) {
        const struct result_network *network = &device->networks[i];
        fputs("<tr>", file);
        whole(file, network->neurons);
        whole(file, network->degree_factor);
        spread(file, &network->traces, 1e6);
        spread(file, &network->modulated_16, 1e6);
        spread(file, &network->modulated, 1e6);
        cell(file, network->traces_ratio);
        cell(file, network->modulated_16_ratio);
        cell(file, network->modulated_ratio);
        spread(file, &network->clblast.seconds, 1e6);
        spread(file, &network->openblas.seconds, 1e6);
        spread(file, &network->csr.seconds, 1e6);
        cell(file, network->clblast.ratio);
        cell(file, network->openblas.ratio);
        cell(file, network->csr.ratio);
        fputs("</tr>\n", file);
    }
    tail(file);
}

static void small(FILE *file, const struct result_device *device)
{
    static const char *const names[] = {"N",
                                        "replicas",
                                        "\302\265s a tick",
                                        "ticks/s each",
                                        "in total",
                                        "learning, \302\265s a tick",
                                        "ticks/s each",
                                        "in total",
                                        NULL};
    if (device->small_count == 0)
        return;
    fputs("<h4>Small networks, noise and both regulators</h4>", file);
    heads(file, names);
    for (size_t i = 0; i < device->small_count; i++) {
        const struct result_small *row = &device->small[i];
        fputs("<tr>", file);
        whole(file, row->neurons);
        whole(file, row->replicas);
        spread(file, &row->inference, 1e6);
        cell(file, row->inference_each);
        cell(file, row->inference_total);
        spread(file, &row->learning, 1e6);
        cell(file, row->learning_each);
        cell(file, row->learning_total);
        fputs("</tr>\n", file);
    }
    tail(file);
}

static void loops(FILE *file, const struct result_device *device)
{
    static const char *const names[] = {"N",
                                        "replicas",
                                        "\302\265s a step",
                                        "steps/s each",
                                        "in total",
                                        "three calls, \302\265s",
                                        "three calls, \303\227",
                                        NULL};
    if (device->loop_count == 0)
        return;
    fputs("<h4>Closed loops that learn; \303\227: in steps of one call</h4>", file);
    heads(file, names);
    for (size_t i = 0; i < device->loop_count; i++) {
        const struct result_loop *row = &device->loops[i];
        fputs("<tr>", file);
        whole(file, row->neurons);
        whole(file, row->replicas);
        spread(file, &row->step, 1e6);
        cell(file, row->steps_each);
        cell(file, row->steps_total);
        spread(file, &row->calls, 1e6);
        cell(file, row->calls_ratio);
        fputs("</tr>\n", file);
    }
    tail(file);
}

static void stream(FILE *file, const char *name, const struct sample *sample, const char *shape)
{
    fprintf(file, "<tr><td>%s</td>", name);
    cell(file, sample->median * 1e-9);
    cell(file, sample->lower_quartile * 1e-9);
    cell(file, sample->upper_quartile * 1e-9);
    cell(file, sample->minimum * 1e-9);
    cell(file, sample->maximum * 1e-9);
    fputs("<td>", file);
    markup_text(file, shape);
    fputs("</td></tr>\n", file);
}

static void streams(FILE *file, const struct result_device *device)
{
    static const char *const names[] = {"stream", "GB/s",    "lower quartile", "upper quartile",
                                        "lowest", "highest", "access shape",   NULL};
    if (!isfinite(device->streams.read.median))
        return;
    fputs("<h4>Memory streams</h4>", file);
    heads(file, names);
    stream(file, "read", &device->streams.read, device->streams.read_shape);
    stream(file, "copy", &device->streams.copy, device->streams.copy_shape);
    stream(file, "triad", &device->streams.triad, device->streams.triad_shape);
    tail(file);
}

static void growth(FILE *file, const struct result_device *device)
{
    char text[3][FIGURE];
    if (isfinite(device->growth.exponent))
        fprintf(file,
                "<p class=\"note\">Seconds per tick grow as N to the power of %s, over %.0f sizes from N = %s to "
                "%s. Work grows as N<sup>1.5</sup>.</p>\n",
                figure(text[0], device->growth.exponent), device->growth.sizes,
                figure(text[1], device->growth.from_neurons), figure(text[2], device->growth.to_neurons));
}

void page_tables(FILE *file, const struct page *page)
{
    for (size_t d = 0; d < page->count; d++) {
        const struct page_device *device = &page->devices[d];
        fprintf(file, "<section class=\"card\"><h3><span class=\"key c%u\"></span>", device->colour % MARKUP_COLOURS);
        markup_text(file, device->label);
        fputs("</h3>\n", file);
        networks(file, device->device);
        learning(file, device->device);
        growth(file, device->device);
        small(file, device->device);
        loops(file, device->device);
        streams(file, device->device);
        fputs("</section>\n", file);
    }
}

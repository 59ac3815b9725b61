/* SPDX-License-Identifier: MIT */
#include "scaling.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tool/ranks.h"
#include "tool/text.h"

#define DEGREE_FACTOR 2
#define MOST_TICKS    65536                   /* of one timed run */
#define DEVICES_TEXT  (PRAXIS_MAX_PARTS * 33) /* each a selector and a comma */

/* What the first rank has all others do with it. */
enum order { ORDER_END, ORDER_TICKS, ORDER_EXCHANGE };

/* A network that is timed. */
struct timed {
    praxis_context *context;
    praxis_network *network;
    praxis_network_info info;
    bool shared; /* by all ranks: what the first does with it they do too */
};

/* ---- What is timed ---- */

static bool obey(const struct timed *timed, enum order order, uint64_t times)
{
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = times;
    if (order == ORDER_EXCHANGE)
        return !praxis_network_exchange(timed->network, times);
    return !praxis_network_run(timed->network, &run) && !praxis_network_finish(timed->network);
}

static bool lead(const struct timed *timed, enum order order, uint64_t times)
{
    if (timed->shared) {
        ranks_tell(order);
        ranks_tell((int64_t)times);
    }
    return obey(timed, order, times);
}

static bool run_ticks(void *work, uint64_t times)
{
    return lead(work, ORDER_TICKS, times);
}

static bool run_exchanges(void *work, uint64_t times)
{
    return lead(work, ORDER_EXCHANGE, times);
}

/* Does what the first rank tells, until it is done. */
static bool follow(const struct timed *timed)
{
    bool good = true;
    for (int64_t order; (order = ranks_tell(0)) != ORDER_END;)
        good = obey(timed, (enum order)order, (uint64_t)ranks_tell(0)) && good;
    return good;
}

/* ---- Networks ---- */

static praxis_status create(const struct cli_opening *opening, uint64_t neurons, struct timed *timed)
{
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = neurons;
    parameters.degree_factor = DEGREE_FACTOR;
    parameters.trace_form = PRAXIS_TRACE_WINDOW;
    timed->info.struct_size = sizeof timed->info;
    praxis_status status = cli_open(opening, &timed->context);
    if (!status)
        status = praxis_network_create(timed->context, &parameters, &timed->network);
    return status ? status : praxis_network_describe(timed->network, &timed->info);
}

static void destroy(struct timed *timed)
{
    praxis_network_destroy(timed->network);
    praxis_context_destroy(timed->context);
    *timed = (struct timed){.network = NULL};
}

/* ---- Over what ---- */

static bool over_ranks(const struct scaling *scaling)
{
    return scaling->opening.ranks != NULL;
}

static bool over_devices(const struct scaling *scaling)
{
    return !over_ranks(scaling) && scaling->opening.device && strchr(scaling->opening.device, ',');
}

/* The first devices of the list, or `one` again and again. */
static void list_devices(const struct scaling *scaling, const char *one, uint32_t parts, char list[DEVICES_TEXT])
{
    struct text text = text_in(list, DEVICES_TEXT);
    const char *next = over_devices(scaling) ? scaling->opening.device : one;
    for (uint32_t i = 0; i < parts; i++) {
        size_t length = strcspn(next, ",");
        text_append(&text, "%s%.*s", i ? "," : "", (int)length, next);
        next += over_devices(scaling) && next[length] ? length + 1 : 0;
    }
}

/* How to open so many parts; `list` is room for their devices. */
static struct cli_opening open_parts(const struct scaling *scaling, const char *one, uint32_t parts,
                                     char list[DEVICES_TEXT])
{
    struct cli_opening opening = scaling->opening;
    opening.partition = parts > 1 ? "columns" : NULL;
    if (over_ranks(scaling) && parts > 1)
        return opening;
    list_devices(scaling, one, parts, list);
    opening.device = list;
    opening.ranks = NULL;
    return opening;
}

/* ---- Points ---- */

/* What a network in parts is compared with. */
struct base {
    struct timed network; /* in one part; on the first rank alone */
    char device[32];      /* it is on this one */
};

static void measure_point(const struct scaling *scaling, struct timed *one, struct timed *parts,
                          struct result_scaling *result)
{
    struct series series[] = {{.run = run_ticks, .work = one, .step = 1, .most = MOST_TICKS},
                              {.run = run_ticks, .work = parts, .step = 1, .most = MOST_TICKS},
                              {.run = run_exchanges, .work = parts, .step = 1, .most = MOST_TICKS}};
    series_measure(series, 3, &scaling->suite->settings);
    ranks_tell(ORDER_END);
    result->one = series_seconds(&series[0]);
    result->tick = series_seconds(&series[1]);
    result->exchange = series_seconds(&series[2]);
}

/* Work done in a second by that of one part. Parts of one device have it together, others one each. */
static double efficiency(const struct scaling *scaling, const struct base *base, const struct result_scaling *point)
{
    double work = point->synapses / (double)base->network.info.synapses;
    double means = over_ranks(scaling) || over_devices(scaling) ? point->parts : 1;
    return work * point->one.median / point->tick.median / means;
}

static bool take_point(const struct scaling *scaling, struct base *base, uint32_t count, bool weak,
                       struct result_device *result)
{
    struct result_scaling *point = &result->scaling[result->scaling_count];
    uint64_t one = base->network.info.neurons;
    uint64_t neurons = weak ? (uint64_t)llround((double)one * pow(count, 2.0 / 3)) : one;
    char list[DEVICES_TEXT];
    const struct cli_opening opening = open_parts(scaling, base->device, count, list);
    struct timed parts = {.shared = over_ranks(scaling)};
    suite_progress(scaling->suite, "N = %.0f, k = %d, in %u parts, %s scaling", (double)neurons, DEGREE_FACTOR, count,
                   weak ? "weak" : "strong");
    praxis_status status = create(&opening, neurons, &parts);
    bool good = !status;
    if (good && ranks_is_silent()) {
        good = follow(&parts);
        result->scaling_count += good; /* as the first does, which stops where there is no more room */
    } else if (good) {
        result_text(point->over, over_ranks(scaling) ? "ranks" : over_devices(scaling) ? "devices" : "parts");
        result_text(point->scaling, weak ? "weak" : "strong");
        point->parts = count;
        point->neurons = (double)parts.info.neurons;
        point->synapses = (double)parts.info.synapses;
        measure_point(scaling, &base->network, &parts, point);
        point->share_of_exchange = point->exchange.median / point->tick.median;
        point->efficiency = efficiency(scaling, base, point);
        good = isfinite(point->efficiency) != 0;
        result->scaling_count += good;
    }
    destroy(&parts);
    if (status == PRAXIS_ERROR_OUT_OF_MEMORY)
        suite_progress(scaling->suite, "N = %.0f in %u parts: does not fit", (double)neurons, count);
    return good || status == PRAXIS_ERROR_OUT_OF_MEMORY;
}

/* The first rank makes it, and all know how that went. Others need to know how large it is. */
static praxis_status make_base(const struct scaling *scaling, uint64_t neurons, struct base *base)
{
    char list[DEVICES_TEXT];
    const struct cli_opening opening = open_parts(scaling, base->device, 1, list);
    praxis_status status = ranks_is_silent() ? PRAXIS_SUCCESS : create(&opening, neurons, &base->network);
    status = (praxis_status)ranks_tell(status);
    base->network.info.neurons = (uint64_t)ranks_tell((int64_t)base->network.info.neurons);
    return status;
}

static bool take_size(const struct scaling *scaling, uint64_t neurons, struct base *base, struct result_device *result)
{
    bool good = true;
    suite_progress(scaling->suite, "N = %.0f, k = %d, in one part", (double)neurons, DEGREE_FACTOR);
    praxis_status status = make_base(scaling, neurons, base);
    for (size_t i = 0; i < scaling->count && !status && good; i++)
        for (int weak = 0; weak < 2 && good && result->scaling_count < RESULT_SCALING; weak++)
            good = take_point(scaling, base, scaling->counts[i], weak, result);
    if (result->scaling_count == RESULT_SCALING)
        suite_progress(scaling->suite, "no more than %d points of scaling are taken", RESULT_SCALING);
    destroy(&base->network);
    if (status == PRAXIS_ERROR_OUT_OF_MEMORY)
        suite_progress(scaling->suite, "N = %.0f in one part: does not fit", (double)neurons);
    return status ? status == PRAXIS_ERROR_OUT_OF_MEMORY : good;
}

/* The numbers of parts that there are, of devices and ranks. */
static void count_parts(struct scaling *scaling)
{
    uint32_t devices = 1;
    for (const char *at = scaling->opening.device; at && (at = strchr(at, ',')); at++)
        devices++;
    if (over_ranks(scaling)) {
        scaling->counts[0] = scaling->opening.ranks->count;
        scaling->count = 1;
    } else if (over_devices(scaling)) {
        scaling->count = 0;
        for (uint32_t count = 2; count <= devices && scaling->count < SCALING_COUNTS; count++)
            scaling->counts[scaling->count++] = count;
    }
}

/* What the device says of itself where a network is in all parts, and which one has it in one part. */
static bool describe(const struct scaling *scaling, struct base *base, struct result_device *result)
{
    praxis_device_info info = {.struct_size = sizeof info};
    praxis_context *context = NULL;
    praxis_status status = cli_open(&scaling->opening, &context);
    if (!status)
        status = praxis_context_device(context, &info);
    praxis_context_destroy(context);
    if (status)
        return false;
    suite_describe(&info, result);
    snprintf(base->device, sizeof base->device, "%.*s", (int)strcspn(info.selector, ","), info.selector);
    return true;
}

bool scaling_run(const struct scaling *given, struct result_device *result)
{
    struct scaling scaling = *given;
    struct base base = {.device = ""};
    count_parts(&scaling);
    bool good = describe(&scaling, &base, result);
    for (size_t i = 0; i < scaling.suite->size_count && good; i++)
        good = take_size(&scaling, scaling.suite->sizes[i], &base, result);
    result_derive_device(result);
    return good;
}

/* SPDX-License-Identifier: MIT */
/*
 * The persistent form of the tick, in which work-groups stay for many ticks and meet between them, in turn with the
 * form that a network has without it. Whether a device can be trusted with it is for the library to find out.
 */
#include <string.h>

#include "tool/text.h"
#include "suite.h"
#include "ticks.h"

#define PERSISTENT "persistent="
#define LARGEST    120000 /* neurons: the tick of more is long beside a launch */
#define TUNING     512

enum { LAUNCHED, PERSISTED, FORMS };

struct work {
    praxis_context *contexts[FORMS];
    praxis_network *networks[FORMS];
    char warning[RESULT_TEXT]; /* the last one of the library; of the persistent form alone */
};

/* What is asked for besides; then the number of work-groups on each unit: none, that asked for, or one. */
static void tune(const char *given, bool persistent, struct text *tuning)
{
    const char *number = "1";
    for (const char *at = given ? given : ""; *at;) {
        size_t length = strcspn(at, ",");
        if (strncmp(at, PERSISTENT, strlen(PERSISTENT)) == 0)
            number = at + strlen(PERSISTENT);
        else
            text_append(tuning, "%.*s,", (int)length, at);
        at += length + (at[length] == ',');
    }
    text_append(tuning, PERSISTENT "%.*s", persistent ? (int)strcspn(number, ",") : 1, persistent ? number : "0");
}

static void keep_warning(void *user, praxis_log_level level, const char *message)
{
    const praxis_log log = cli_log();
    if (level == PRAXIS_LOG_WARNING)
        result_text(user, message);
    else
        log.callback(log.user, level, message);
}

static praxis_status open_form(const struct bench *bench, uint64_t neurons, int form, struct work *work)
{
    char room[TUNING];
    struct text tuning = TEXT_IN(room);
    const praxis_log log = {keep_warning, work->warning};
    struct cli_opening opening = *bench->opening;
    praxis_parameters parameters;
    tune(opening.tuning, form == PERSISTED, &tuning);
    opening.tuning = tuning.start;
    opening.log = form == PERSISTED ? &log : NULL;
    suite_parameters(neurons, 2, &parameters);
    praxis_status status = cli_open(&opening, &work->contexts[form]);
    return status ? status : praxis_network_create(work->contexts[form], &parameters, &work->networks[form]);
}

static void close_forms(struct work *work)
{
    for (int form = 0; form < FORMS; form++) {
        praxis_network_destroy(work->networks[form]);
        praxis_context_destroy(work->contexts[form]);
    }
}

/* Whether it still has the form; if not, why. */
static bool persists(const struct work *work, struct result_form *result)
{
    praxis_network_info info = {.struct_size = sizeof info};
    if (praxis_network_describe(work->networks[PERSISTED], &info))
        return false;
    bool persists = strstr(info.sum_path, ", persistent") != NULL;
    if (!persists)
        result_text(result->absent, *work->warning ? work->warning : "its shape or tuning has another form");
    return persists;
}

static bool measure_forms(const struct bench *bench, struct work *work, struct result_form *result)
{
    struct ticks ticks[FORMS];
    struct series series[FORMS];
    for (int form = 0; form < FORMS; form++)
        ticks_open(work->networks[form], 1, 0, TICKS_NONE, &ticks[form], &series[form]);
    series_measure(series, FORMS, &bench->suite->settings);
    bool good = !series[LAUNCHED].failed && !series[PERSISTED].failed;
    if (good && persists(work, result)) {
        result->launched = series_seconds(&series[LAUNCHED]);
        result->persistent = series_seconds(&series[PERSISTED]);
    }
    for (int form = 0; form < FORMS; form++)
        ticks_close(&ticks[form]);
    return good;
}

/* Whoever waits on a CPU keeps a core from those that it waits for. */
static bool is_asked(const struct bench *bench)
{
    const char *tuning = bench->opening->tuning;
    return !bench->opencl->cpu || (tuning && strstr(tuning, PERSISTENT));
}

static bool measure(const struct bench *bench, uint64_t neurons, struct result_form *result)
{
    struct work work = {.warning = ""};
    praxis_graph graph = {.struct_size = sizeof graph};
    if (praxis_graph_plan(neurons, 2, NULL, &graph))
        return false;
    result->neurons = (double)graph.neurons;
    if (!is_asked(bench)) {
        result_text(result->absent, "a CPU has it only where --tuning asks for it");
        return true;
    }
    suite_progress(bench->suite, "N = %.0f, k = 2, the persistent form", result->neurons);
    bool good = !open_form(bench, neurons, PERSISTED, &work);
    if (good && persists(&work, result))
        good = !open_form(bench, neurons, LAUNCHED, &work) && measure_forms(bench, &work, result);
    close_forms(&work);
    result_derive_form(result);
    return good;
}

bool suite_forms(struct bench *bench, struct result_device *result)
{
    const struct suite *suite = bench->suite;
    bool good = true;
    for (size_t i = 0; i < suite->size_count && result->form_count < RESULT_FORMS && bench->opencl && good; i++)
        if (suite->sizes[i] <= LARGEST)
            good = measure(bench, suite->sizes[i], &result->forms[result->form_count++]);
    return good;
}

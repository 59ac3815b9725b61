/* SPDX-License-Identifier: MIT */
#include "cli/training_checkpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/heard.h"
#include "tool/memory.h"

#define NAMES_SIZE 1024

/* ---- What it is of ---- */

static praxis_status add_text(praxis_checkpoint_writer *writer, const char *name, const char *text)
{
    return praxis_checkpoint_add_text(writer, name, text);
}

static praxis_status add_count(praxis_checkpoint_writer *writer, const char *name, uint64_t count)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, count);
    return add_text(writer, name, text);
}

/* As --control has them. */
static void name_controls(const struct training *training, char names[NAMES_SIZE])
{
    struct text text = {names, NAMES_SIZE, 0};
    names[0] = '\0';
    for (uint32_t c = 0; c < training->condition_count; c++)
        if (training_control(training, c))
            text_append(&text, "%s%s", names[0] ? "," : "", training_control(training, c)->name);
    if (!names[0])
        text_append(&text, "none");
}

static praxis_status add_parameters(praxis_checkpoint_writer *writer, const praxis_parameters *parameters)
{
    praxis_status status = PRAXIS_SUCCESS;
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT && !status; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        char name[64], text[PRAXIS_PARAMETER_TEXT];
        praxis_parameter_describe((praxis_parameter)i, &info);
        snprintf(name, sizeof name, "train.parameter.%s", info.name);
        status = praxis_parameters_get(parameters, info.name, text, sizeof text, NULL);
        if (!status)
            status = add_text(writer, name, text);
    }
    return status;
}

static praxis_status add_array(praxis_checkpoint_writer *writer, const char *name, praxis_tensor_type type,
                               uint64_t count, const void *numbers)
{
    const praxis_tensor tensor = {
        .struct_size = sizeof tensor, .name = name, .type = type, .dimensions = 1, .shape = {count}};
    return praxis_checkpoint_add_tensor(writer, &tensor, numbers);
}

static praxis_status add_settings(praxis_checkpoint_writer *writer, const struct training *training)
{
    const struct settings *settings = training->conditions;
    char controls[NAMES_SIZE];
    name_controls(training, controls);
    praxis_status status = add_text(writer, "train.task", settings->task->name);
    if (!status)
        status = add_text(writer, "train.controls", controls);
    if (!status)
        status = add_count(writer, "train.length", settings->length);
    if (!status)
        status = add_count(writer, "train.tests", settings->tests);
    if (!status)
        status = add_count(writer, "train.seeds", training->seeds);
    if (!status)
        status = add_parameters(writer, &settings->parameters);
    if (!status)
        status = add_array(writer, "train.options", PRAXIS_TENSOR_F64, SETTINGS_OPTIONS, settings->options);
    if (!status && settings->heard)
        status = add_array(writer, "train.heard", PRAXIS_TENSOR_F32, settings->heard_count, settings->heard);
    return status;
}

/* ---- How far it has come ---- */

#define STATISTICS_ARRAY(member, type, count)                                                                          \
    {                                                                                                                  \
#member, PRAXIS_TENSOR_##type, offsetof(praxis_statistics, member), count, 0                                   \
    }

static const struct state_member statistics_members[] = {
    STATISTICS_ARRAY(count, U64, 1),
    STATISTICS_ARRAY(histogram, U64, PRAXIS_HISTOGRAM_BINS),
    STATISTICS_ARRAY(unit, F64, 1),
    STATISTICS_ARRAY(mean, F64, 1),
    STATISTICS_ARRAY(variance, F64, 1),
    STATISTICS_ARRAY(skewness, F64, 1),
    STATISTICS_ARRAY(excess_kurtosis, F64, 1),
    STATISTICS_ARRAY(clipped, F64, 1),
    STATISTICS_ARRAY(normal_distance, F64, 1),
    STATISTICS_ARRAY(gain_minimum, F64, 1),
    STATISTICS_ARRAY(gain_maximum, F64, 1),
    {.name = NULL},
};

static void list_statistics(struct training *training, struct state *state)
{
    const struct learner *learner = training->learners[0];
    size_t count = (size_t)learner->conditions * learner->seeds;
    size_t observed = training->weights != NULL;
    state_count(state, "observed", &observed, 1);
    if (!observed || state->status)
        return;
    if (!training->weights) {
        training->weights = memory_get(count, sizeof *training->weights);
        training->activations = memory_get(count, sizeof *training->activations);
    }
    state_structures(state, "weights", statistics_members, count, sizeof *training->weights, training->weights);
    state_structures(state, "activations", statistics_members, count, sizeof *training->activations,
                     training->activations);
}

static const struct state_member summary_members[] = {
    STATE_MEMBER(struct summary, minimum, F64, 0),
    STATE_MEMBER(struct summary, median, F64, 0),
    STATE_MEMBER(struct summary, maximum, F64, 0),
    {.name = NULL},
};

static void list_curve(struct curve *curve, struct state *state)
{
    size_t organoids = (size_t)curve->plan.condition_count * curve->plan.seeds;
    state_array(state, "units", PRAXIS_TENSOR_U64, 1, &curve->turns, 0);
    state_array(state, "finished", PRAXIS_TENSOR_U8, 1, &curve->finished, 1);
    state_array(state, "block.sums", PRAXIS_TENSOR_F64, organoids, curve->block.sums, 0);
    state_array(state, "block.counts", PRAXIS_TENSOR_U64, organoids, curve->block.counts, 0);
    state_array(state, "point.sums", PRAXIS_TENSOR_F64, organoids, curve->point.sums, 0);
    state_array(state, "point.counts", PRAXIS_TENSOR_U64, organoids, curve->point.counts, 0);
    state_array(state, "recent", PRAXIS_TENSOR_F64, 1, &curve->recent, 0);
    state_array(state, "recent.count", PRAXIS_TENSOR_U64, 1, &curve->recent_count, 0);
    state_count(state, "point.count", &curve->point_count, CURVE_POINTS);
    uint64_t points = curve->turns / curve->point_turns + (curve->finished && curve->turns % curve->point_turns != 0);
    state_require(state, curve->turns <= curve->plan.length && curve->point_count == points,
                  "the curve is longer than it can be");
    if (curve->point_count == 0)
        return;
    state_array(state, "ends", PRAXIS_TENSOR_U64, curve->point_count, curve->ends, 0);
    state_structures(state, "points", summary_members, curve->point_count * curve->plan.condition_count,
                     sizeof *curve->points, curve->points);
}

static void list_training(struct training *training, struct state *state)
{
    state->prefix = "train";
    list_curve(&training->curve, state);
    state_array(state, "tested", PRAXIS_TENSOR_U64, 1, &training->tested, 0);
    state_require(state, training->tested <= training->learners[0]->protocol->tests(training->learners[0]),
                  "there are more tests than there can be");
    list_statistics(training, state);
    state->learned = training->curve.turns;
    state->tested = training->tested;
    state->prefix = "task";
    for (; state->learner < training->learner_count && !state->status; state->learner++) {
        struct learner *learner = training->learners[state->learner];
        state_array(state, "ended", PRAXIS_TENSOR_U8, 1, &learner->ended, 1);
        if (!state->status)
            learner->protocol->state(learner, state);
    }
}

/* ---- The log ---- */

/* What the log has so far, if it is a file; allocated, NULL where it is none. */
static char *read_log(const struct training *training, size_t *size)
{
    long length = -1;
    FILE *file = NULL;
    char *text = NULL;
    if (training->log_file && fflush(training->log) == 0)
        file = fopen(training->log_file, "rb");
    if (file && fseek(file, 0, SEEK_END) == 0)
        length = ftell(file);
    if (length > 0) {
        text = memory_get((size_t)length, 1);
        rewind(file);
        *size = fread(text, 1, (size_t)length, file);
    }
    if (file)
        fclose(file);
    return text;
}

/* The rows of the run so far, before those that come. */
static praxis_status restore_log(const struct cli_command *command, struct training *training)
{
    praxis_tensor tensor = {.struct_size = sizeof tensor};
    if (!training->log)
        return PRAXIS_SUCCESS;
    if (!training->log_file || praxis_checkpoint_tensor(training->resumed, "train.log", &tensor)) {
        cli_note(command, "the log begins with %s %" PRIu64, training->conditions->task->protocol->turn,
                 training->curve.turns + 1);
        curve_begin_log(&training->curve, training->log);
        return PRAXIS_SUCCESS;
    }
    char *text = memory_get((size_t)tensor.bytes, 1);
    praxis_status status = praxis_checkpoint_read(training->resumed, "train.log", 0, text, (size_t)tensor.bytes);
    if (!status)
        fwrite(text, 1, (size_t)tensor.bytes, training->log);
    free(text);
    training->curve.plan.log = training->log;
    return status;
}

/* ---- The whole ---- */

bool training_save(const struct cli_command *command, struct training *training, const char *path)
{
    const praxis_log log = cli_log();
    struct state state = {.prefix = ""};
    size_t size = 0;
    char *rows = training->log ? read_log(training, &size) : NULL;
    praxis_status status = praxis_checkpoint_writer_create(&log, &state.writer);
    if (!status)
        status = add_settings(state.writer, training);
    if (!status && rows)
        status = add_array(state.writer, "train.log", PRAXIS_TENSOR_U8, size, rows);
    state.status = status;
    if (!status)
        list_training(training, &state);
    status = state.status ? state.status : praxis_checkpoint_write(state.writer, path);
    praxis_checkpoint_writer_destroy(state.writer);
    state_free(&state);
    free(rows);
    if (status && status != PRAXIS_ERROR_IO) /* which has been told, with the path */
        cli_fail(command, "%s: not saved: %s", path, praxis_status_string(status));
    return status == PRAXIS_SUCCESS;
}

praxis_status training_restore(const struct cli_command *command, praxis_context *context, struct training *training)
{
    struct state state = {.checkpoint = training->resumed, .context = context};
    list_training(training, &state);
    state_free(&state);
    if (state.status && state.message[0])
        cli_fail(command, "%s: %s", training->saving->resume, state.message);
    return state.status ? state.status : restore_log(command, training);
}

/* ---- What it is to be ---- */

static int refuse(const struct cli_command *command, const struct request *request, const char *what)
{
    cli_fail(command, "%s: %s", request->saving.resume, what);
    return CLI_FAILED;
}

/* A text of the checkpoint; NULL: it is not there. */
static const char *text_of(const struct request *request, const char *name)
{
    const char *text = NULL;
    return praxis_checkpoint_text(request->checkpoint, name, &text) ? NULL : text;
}

static bool take_count(const struct request *request, const char *name, uint64_t least, uint64_t most, uint64_t *count)
{
    const char *text = text_of(request, name), *end;
    return text && cli_count(text, &end, count) && *end == '\0' && *count >= least && *count <= most;
}

static bool take_parameters(struct request *request)
{
    praxis_parameters_default(&request->parameters);
    for (int i = 0; i < PRAXIS_PARAMETER_COUNT; i++) {
        praxis_parameter_info info = {.struct_size = sizeof info};
        char name[64];
        praxis_parameter_describe((praxis_parameter)i, &info);
        snprintf(name, sizeof name, "train.parameter.%s", info.name);
        const char *text = text_of(request, name);
        if (!text || praxis_parameters_set(&request->parameters, info.name, text, NULL))
            return false;
    }
    return true;
}

/* Options of the task, each within its bounds. */
static bool take_options(const struct request *request, struct settings *settings)
{
    const struct task_option *options = request->task->options;
    praxis_tensor tensor = {.struct_size = sizeof tensor};
    if (praxis_checkpoint_tensor(request->checkpoint, "train.options", &tensor) || tensor.type != PRAXIS_TENSOR_F64 ||
        tensor.bytes != sizeof settings->options ||
        praxis_checkpoint_read(request->checkpoint, "train.options", 0, settings->options, sizeof settings->options))
        return false;
    for (unsigned i = 0; options[i].name; i++) {
        double value = settings->options[i], most = options[i].maximum, least = options[i].minimum;
        for (least = options[i].choices ? 0 : least, most = options[i].choices ? -1 : most;
             options[i].choices && options[i].choices[(int)most + 1]; most++)
            ;
        if (!(value >= least && value <= most) || ((options[i].whole || options[i].choices) && value != floor(value)))
            return false;
    }
    return true;
}

static bool take_heard(struct request *request)
{
    praxis_tensor tensor = {.struct_size = sizeof tensor};
    if (!request->task->heard)
        return true;
    if (praxis_checkpoint_tensor(request->checkpoint, "train.heard", &tensor) || tensor.type != PRAXIS_TENSOR_F32 ||
        tensor.bytes == 0)
        return false;
    request->heard_count = tensor.bytes / sizeof *request->heard;
    request->heard = memory_get((size_t)request->heard_count, sizeof *request->heard);
    uint64_t room = heard_room(request->heard_count);
    bool whole = room >= HEARD_LEAST && request->length <= room - HEARD_LEAST / 4 &&
                 request->tests == room - request->length &&
                 !praxis_checkpoint_read(request->checkpoint, "train.heard", 0, request->heard, (size_t)tensor.bytes);
    for (uint64_t i = 0; i < request->heard_count && whole; i++)
        whole = isfinite(request->heard[i]);
    return whole;
}

int training_resume(const struct cli_command *command, struct request *request, struct settings *settings)
{
    praxis_status status = saving_open(request->saving.resume, &request->checkpoint);
    if (status)
        return status == PRAXIS_ERROR_IO ? CLI_FAILED : refuse(command, request, praxis_status_string(status));
    const char *task = text_of(request, "train.task");
    if (!task)
        return refuse(command, request, "is no checkpoint of praxis train");
    if (strcmp(task, request->task->name) != 0)
        return cli_usage(command, "%s is a checkpoint of %s, not of %s", request->saving.resume, task,
                         request->task->name);
    settings_default(request->task, settings);
    request->controls = text_of(request, "train.controls");
    if (!request->controls || !take_count(request, "train.length", 1, 1000000000, &request->length) ||
        !take_count(request, "train.tests", 0, 1000000000, &request->tests) ||
        !take_count(request, "train.seeds", 1, 4096, &request->seeds) || !take_parameters(request) ||
        !take_options(request, settings) || !take_heard(request))
        return refuse(command, request, "what it is a checkpoint of is not whole");
    settings->parameters = request->parameters;
    settings->heard = request->heard;
    settings->heard_count = request->heard_count;
    return -1;
}

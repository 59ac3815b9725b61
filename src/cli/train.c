/* SPDX-License-Identifier: MIT */
/* praxis train: organoids learn a task, several seeds at once, beside controls. */
#include <inttypes.h>
#include <stdlib.h>

#include "tool/file.h"
#include "tool/interrupt.h"
#include "tool/ranks.h"
#include "cli/training.h"
#include "cli/training_request.h"

/* What is written beside standard output: proven before the work, which may take hours. */
static int open_targets(const struct cli_command *command, const struct request *request, struct cli_file *log)
{
    int code = request->log ? cli_file_open(command, log, request->log) : CLI_DONE;
    if (code == CLI_DONE && request->report)
        code = training_report_prepare(command, request->report);
    if (code != CLI_DONE && log->stream)
        cli_file_close(command, log, false);
    return code;
}

/* Everything that was learned goes everywhere it was wanted, whatever fails on the way. */
static int report(const struct cli_command *command, const struct request *request, const struct training *training,
                  struct cli_file *log)
{
    bool any = training->curve.turns > 0, log_to_standard = request->log && cli_is_output(request->log);
    int code = CLI_DONE;
    if (any && request->json)
        code = training_print_json(command, training);
    else if (any)
        training_print(training, log_to_standard ? stderr : cli_output());
    int closed = request->log ? cli_file_close(command, log, any) : CLI_DONE;
    if (any && request->report && !training->recorded)
        return cli_fail(command, "no report: the state of the networks cannot be had");
    int drawn =
        any && request->report && !ranks_is_silent() ? training_report(command, training, request->report) : CLI_DONE;
    return code ? code : closed ? closed : drawn;
}

/* Runs it on the device, and says what ended it before its time. */
static int run_training(const struct cli_command *command, const struct request *request, struct training *training)
{
    praxis_context *context = NULL;
    struct cli_opening opening = request->opening;
    opening.ranks = ranks_of_job();
    praxis_status status = cli_open(&opening, &context);
    if (cli_misused(status))
        return CLI_USAGE;
    if (!status)
        status = training_run(context, training);
    praxis_context_destroy(context);
    uint64_t turns = training->curve.turns;
    if (status == PRAXIS_ERROR_OUT_OF_RANGE && turns == 0) /* the library has named the option */
        return CLI_USAGE;
    const char *what = status ? praxis_status_string(status) : cli_interrupt_name(training->signal);
    if (status && turns == 0)
        cli_fail(command, "%s", what);
    else if (status || training->signal)
        cli_fail(command, "%s after %" PRIu64 " of %" PRIu64 " %s", what, turns, request->length,
                 request->task->protocol->turns);
    return status ? CLI_FAILED : training->signal ? cli_interrupt_code(training->signal) : CLI_DONE;
}

static int run_request(const struct cli_command *command, struct request *request)
{
    struct training training = {.conditions = request->conditions,
                                .condition_count = request->condition_count,
                                .seeds = (uint32_t)request->seeds,
                                .first_seed = request->parameters.seed,
                                .record = request->report != NULL,
                                .command = command,
                                .saving = &request->saving,
                                .resumed = request->checkpoint};
    struct cli_file log = {.stream = NULL};
    int code = open_targets(command, request, &log);
    if (code != CLI_DONE)
        return code;
    training.log = log.stream;
    training.log_file = log.temporary;
    watch_begin(&training.watch, command, request->task->protocol, request->watch);
    training_order(training.conditions, training.condition_count);
    code = run_training(command, request, &training);
    int reported = report(command, request, &training, &log);
    if (training.unsaved && code == CLI_DONE)
        code = CLI_FAILED;
    training_free(&training);
    return code ? code : reported;
}

int cli_train(const struct cli_command *command, int argc, char **argv)
{
    struct request request;
    int code = request_read(command, argc, argv, &request);
    if (code < 0)
        code = run_request(command, &request);
    free(request.conditions);
    free(request.heard);
    praxis_checkpoint_close(request.checkpoint);
    return code;
}

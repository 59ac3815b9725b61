/* SPDX-License-Identifier: MIT */
/* A run in a checkpoint: its network, and how far it had come. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run.h"
#include "tool/memory.h"

#define TICKS "run.ticks" /* of a run that is to be gone on with; 0: it was complete */

static int refuse(const struct run_session *session, const char *what)
{
    return cli_fail(session->command, "%s: %s", session->request->saving.resume, what);
}

int run_resume(struct run_session *session, praxis_parameters *parameters)
{
    const char *text, *end;
    parameters->struct_size = sizeof *parameters;
    praxis_status status = saving_open(session->request->saving.resume, &session->checkpoint);
    if (!status)
        status = praxis_checkpoint_describe_network(session->checkpoint, "network", parameters, NULL);
    if (status)
        return status == PRAXIS_ERROR_IO ? CLI_FAILED : refuse(session, praxis_status_string(status));
    if (!praxis_checkpoint_text(session->checkpoint, TICKS, &text) &&
        (!cli_count(text, &end, &session->before) || *end != '\0'))
        return refuse(session, "how far the run had come is no number");
    return CLI_DONE;
}

/* The groups that a network of the checkpoint has, in place of those that were asked for. */
static bool take_groups(struct run_session *session)
{
    praxis_tensor names = {.struct_size = sizeof names};
    struct groups *groups = &session->groups;
    if (praxis_checkpoint_tensor(session->checkpoint, "network.groups.names", &names) || names.shape[0] == 0)
        return groups_add(session->network, groups);
    size_t each = sizeof groups->list->name;
    groups->count = (size_t)(names.shape[0] < GROUPS_MOST ? names.shape[0] : GROUPS_MOST);
    for (size_t g = 0; g < groups->count; g++) {
        if (praxis_checkpoint_read(session->checkpoint, "network.groups.names", g * each, groups->list[g].name, each))
            return false;
        groups->numbers[g] = (uint32_t)g;
    }
    return true;
}

int run_load(struct run_session *session)
{
    session->info.struct_size = sizeof session->info;
    praxis_status status =
        praxis_checkpoint_load_network(session->checkpoint, "network", session->context, &session->network);
    if (!status)
        status = praxis_network_describe(session->network, &session->info);
    if (status)
        return refuse(session, praxis_status_string(status));
    if (session->info.replicas != 1)
        return refuse(session, "its network has several replicas, and a run is of one");
    if (session->info.channels != session->series.channels)
        return cli_usage(session->command, "the network of %s has %u channels, the input has %u",
                         session->request->saving.resume, session->info.channels, session->series.channels);
    return session->output.stream && !take_groups(session) ? CLI_FAILED : CLI_DONE;
}

bool run_save(struct run_session *session, bool complete)
{
    const praxis_log log = cli_log();
    const char *path = session->saving.save;
    praxis_checkpoint_writer *writer = NULL;
    char ticks[32];
    snprintf(ticks, sizeof ticks, "%" PRIu64, complete ? 0 : session->before + session->ticks);
    praxis_status status = praxis_checkpoint_writer_create(&log, &writer);
    if (!status)
        status = praxis_checkpoint_add_network(writer, "network", session->network);
    if (!status)
        status = praxis_checkpoint_add_text(writer, TICKS, ticks);
    if (!status)
        status = praxis_checkpoint_write(writer, path);
    praxis_checkpoint_writer_destroy(writer);
    if (status && status != PRAXIS_ERROR_IO)
        cli_fail(session->command, "%s: not saved: %s", path, praxis_status_string(status));
    return status == PRAXIS_SUCCESS;
}

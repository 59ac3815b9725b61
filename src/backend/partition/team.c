/* SPDX-License-Identifier: MIT */
#include "backend/partition/team.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/size.h"

#define MESSAGE_BYTES 512

enum { SAID_CALL, SAID_STATUS, SAID_CHANGED, SAID_NUMBERS };

praxis_status px_team_open(struct px_log *log, const praxis_ranks *ranks, struct px_team **team)
{
    struct px_team *opened = calloc(1, sizeof *opened);
    if (opened) {
        opened->ranks = *ranks;
        opened->starts = calloc(ranks->count, sizeof *opened->starts);
        opened->counts = calloc(ranks->count, sizeof *opened->counts);
        opened->said = calloc(ranks->count, SAID_NUMBERS * sizeof *opened->said);
        opened->message = calloc(1, MESSAGE_BYTES);
    }
    if (!opened || !opened->starts || !opened->counts || !opened->said || !opened->message) {
        px_team_close(opened);
        return px_fail(log, PRAXIS_ERROR_OUT_OF_MEMORY, "no memory for %u ranks", ranks->count);
    }
    *team = opened;
    return PRAXIS_SUCCESS;
}

void px_team_close(struct px_team *team)
{
    if (!team)
        return;
    free(team->starts);
    free(team->counts);
    free(team->said);
    free(team->message);
    free(team);
}

praxis_status px_team_gather(struct px_team *team, struct px_log *log, void *bytes)
{
    const praxis_ranks *ranks = &team->ranks;
    bool reached = ranks->gather(ranks->user, bytes, team->starts, team->counts) == 0;
    return reached && ranks->wait(ranks->user) == 0
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_DEVICE, "rank %u does not reach the others any more", ranks->rank);
}

praxis_status px_team_add(struct px_team *team, struct px_log *log, int64_t *numbers, uint64_t count)
{
    const praxis_ranks *ranks = &team->ranks;
    return ranks->add(ranks->user, numbers, count) == 0
               ? PRAXIS_SUCCESS
               : px_fail(log, PRAXIS_ERROR_DEVICE, "rank %u does not reach the others any more", ranks->rank);
}

/* The message of a rank that has failed becomes everyone's. */
static praxis_status pass_on(struct px_team *team, struct px_log *log, uint32_t failed)
{
    praxis_status own = (praxis_status)team->said[failed * SAID_NUMBERS + SAID_STATUS];
    memset(team->counts, 0, team->ranks.count * sizeof *team->counts);
    memset(team->starts, 0, team->ranks.count * sizeof *team->starts);
    team->counts[failed] = MESSAGE_BYTES;
    memset(team->message, 0, MESSAGE_BYTES);
    if (failed == team->ranks.rank)
        px_log_last_error(log, team->message, MESSAGE_BYTES);
    praxis_status status = px_team_gather(team, log, team->message);
    return status ? status : px_fail(log, own, "rank %u: %.*s", failed, MESSAGE_BYTES - 1, team->message);
}

praxis_status px_team_agree(struct px_team *team, struct px_log *log, const char *call, uint64_t arguments,
                            praxis_status status, bool *changed)
{
    if (!team)
        return status;
    uint32_t count = team->ranks.count;
    int32_t *own = team->said + team->ranks.rank * SAID_NUMBERS;
    uint64_t hash = px_hash_integer(px_hash_bytes(PX_HASH_START, call, strlen(call)), arguments, 8);
    own[SAID_CALL] = (int32_t)(hash & INT32_MAX);
    own[SAID_STATUS] = status;
    own[SAID_CHANGED] = *changed;
    for (uint32_t r = 0; r < count; r++) {
        team->counts[r] = SAID_NUMBERS * sizeof *own;
        team->starts[r] = r * team->counts[r];
    }
    praxis_status reached = px_team_gather(team, log, team->said);
    if (reached) {
        *changed = true;
        return reached;
    }
    for (uint32_t r = 0; r < count; r++)
        *changed |= team->said[r * SAID_NUMBERS + SAID_CHANGED] != 0;
    for (uint32_t r = 0; r < count; r++)
        if (team->said[r * SAID_NUMBERS + SAID_STATUS])
            return pass_on(team, log, r);
    for (uint32_t r = 1; r < count; r++)
        if (team->said[r * SAID_NUMBERS + SAID_CALL] != team->said[SAID_CALL])
            return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT,
                           "rank %u does something else than rank 0: all ranks must make the same calls, with the same "
                           "arguments",
                           r);
    return PRAXIS_SUCCESS;
}

/* SPDX-License-Identifier: MIT */
#include "backend/partition/team.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/size.h"
#include "base/text.h"

#define MESSAGE_BYTES 512 /* that cross at once */
#define MOST_MESSAGE  (1 << 20)

enum { SAID_CALL, SAID_STATUS, SAID_CHANGED, SAID_LENGTH, SAID_NUMBERS };

praxis_status px_ranks_check(struct px_log *log, const praxis_ranks *ranks)
{
    if (!ranks->gather || !ranks->wait || !ranks->add)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "gather, wait or add of ranks is NULL");
    if (ranks->reserved)
        return px_fail(log, PRAXIS_ERROR_INVALID_ARGUMENT, "reserved of ranks is %u, must be 0", ranks->reserved);
    if (ranks->count == 0 || ranks->count > PRAXIS_MAX_PARTS || ranks->rank >= ranks->count)
        return px_fail(log, PRAXIS_ERROR_OUT_OF_RANGE, "rank %u of %u, must be below the count, from 1 to %d",
                       ranks->rank, ranks->count, PRAXIS_MAX_PARTS);
    return PRAXIS_SUCCESS;
}

static praxis_status open_team(struct px_log *log, const praxis_ranks *ranks, struct px_team **team)
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

bool px_ranks_all(const praxis_ranks *ranks, bool good)
{
    int64_t bad = !good;
    return ranks->add(ranks->user, &bad, 1) == 0 && bad == 0;
}

void px_ranks_fail(const praxis_ranks *ranks)
{
    if (ranks && ranks->count > 1 && !px_ranks_check(NULL, ranks))
        px_ranks_all(ranks, false);
}

praxis_status px_team_join(struct px_log *log, const praxis_ranks *ranks, struct px_team **team)
{
    praxis_status status = open_team(log, ranks, team);
    if (px_ranks_all(ranks, !status))
        return PRAXIS_SUCCESS;
    if (!status)
        px_team_close(*team);
    return status
               ? status
               : px_fail(log, PRAXIS_ERROR_DEVICE, "another rank than %u has failed, or is not reached", ranks->rank);
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

/* Bytes of a message from the rank that has them to all others, of whom each appends them to its own text. */
static praxis_status cross_message(struct px_team *team, struct px_log *log, uint32_t from, const char *own,
                                   uint64_t length, struct px_text *message)
{
    const size_t held = own ? strlen(own) : 0;
    praxis_status status = PRAXIS_SUCCESS;
    memset(team->counts, 0, team->ranks.count * sizeof *team->counts);
    memset(team->starts, 0, team->ranks.count * sizeof *team->starts);
    team->counts[from] = MESSAGE_BYTES;
    for (uint64_t done = 0; done < length && !status; done += MESSAGE_BYTES) {
        memset(team->message, 0, MESSAGE_BYTES);
        if (done < held)
            memcpy(team->message, own + done, held - done < MESSAGE_BYTES ? held - done : MESSAGE_BYTES);
        status = px_team_gather(team, log, team->message);
        px_text_append(message, "%.*s", MESSAGE_BYTES, team->message);
    }
    return status;
}

/* The message of a rank that has failed becomes everyone's. */
static praxis_status pass_on(struct px_team *team, struct px_log *log, uint32_t failed)
{
    const int32_t *said = team->said + failed * SAID_NUMBERS;
    praxis_status own = (praxis_status)said[SAID_STATUS];
    struct px_text message = {.start = NULL};
    char *text = failed == team->ranks.rank ? px_log_take_error(log) : NULL;
    praxis_status status = cross_message(team, log, failed, text, (uint64_t)said[SAID_LENGTH], &message);
    if (!status)
        status = px_fail(log, own, "rank %u: %s", failed, px_text_show(&message));
    px_text_free(&message);
    free(text);
    return status;
}

/* Bytes of the message of what has failed. */
static int32_t message_length(struct px_log *log, praxis_status status)
{
    size_t length = status ? px_log_last_error(log, NULL, 0) : 0;
    return length < MOST_MESSAGE ? (int32_t)length : MOST_MESSAGE;
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
    own[SAID_LENGTH] = message_length(log, status);
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

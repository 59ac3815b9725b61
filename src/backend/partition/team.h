/* SPDX-License-Identifier: MIT */
/*
 * Processes that have a network together, a part each. All make the same calls in the same order; after each they agree
 * on how it went, so that none goes on while another has failed, or waits for what does not come.
 */
#ifndef PX_BACKEND_PARTITION_TEAM_H
#define PX_BACKEND_PARTITION_TEAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

struct px_team {
    praxis_ranks ranks;
    uint64_t *starts, *counts; /* [ranks] of what is gathered: bytes of each rank, and where they begin */
    int32_t *said;             /* [ranks][4] what each rank says of a call */
    char *message;
};

/* What a caller tells of them, before any meets another. */
praxis_status px_ranks_check(struct px_log *log, const praxis_ranks *ranks);

/* Whether something is so on all of them: where there is no team yet, or none will be. Collective. */
bool px_ranks_all(const praxis_ranks *ranks, bool good);

/* For ranks that wait for this one, which has failed before it could join them; NULL or one alone: there are none. */
void px_ranks_fail(const praxis_ranks *ranks);

/* Of ranks.count > 1 ranks: all open it, or none does. */
praxis_status px_team_join(struct px_log *log, const praxis_ranks *ranks, struct px_team **team);
void px_team_close(struct px_team *team);

/*
 * Whether all did this call, with these arguments as far as a hash of them tells, and how it went: where one failed all
 * fail, with its message. *changed becomes whether any rank has changed anything. Without a team that is the caller's
 * own.
 */
praxis_status px_team_agree(struct px_team *team, struct px_log *log, const char *call, uint64_t arguments,
                            praxis_status status, bool *changed);

/* Bytes of each rank, team->counts of them at team->starts of `bytes`, become everyone's. */
praxis_status px_team_gather(struct px_team *team, struct px_log *log, void *bytes);

/* Numbers become the sums of all ranks'. */
praxis_status px_team_add(struct px_team *team, struct px_log *log, int64_t *numbers, uint64_t count);

#endif

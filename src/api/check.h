/* SPDX-License-Identifier: MIT */
/*
 * The public functions of the library, a file for each subject of the header: they check pointers and structure sizes,
 * then forward. What the values may be is checked in the room they belong to.
 */
#ifndef PX_API_CHECK_H
#define PX_API_CHECK_H

#include "context.h"
#include "network/network.h"

/* Whether a context is there, and of this process. */
praxis_status px_check_context(const praxis_context *context);

/* The same of a network that may be broken. */
praxis_status px_check_network_there(const praxis_network *network);

/* The same of one that is not, with what else must be there: pointers whose names stand in `names`, and whether all
 * are. */
praxis_status px_check_network(const praxis_network *network, const char *names, bool there);

praxis_status px_check_known_field(struct px_log *log, praxis_field field);

/* What a public function does to a network or reads of its state, if `status` is a success so far: one at a time. */
#define PX_CALL(status, network, does)                                                                                 \
    ((status) || ((status) = px_network_enter((network), __func__)) ? (status) : px_network_leave((network), (does)))

static inline bool px_is_parameter(praxis_parameter parameter)
{
    return (unsigned)parameter < PRAXIS_PARAMETER_COUNT;
}

/* context.c: options with defaults for what the caller's do not have; NULL: all of them. */
praxis_status px_take_context_options(const praxis_context_options *given, praxis_context_options *own);

/* run.c: the same of a step. */
praxis_status px_take_step(struct px_log *log, const praxis_step *given, praxis_step *own);

/* parameters.c: parameters with defaults for what the caller's do not have; NULL: all of them. */
praxis_status px_take_parameters(struct px_log *log, const praxis_parameters *given, praxis_parameters *own);

#endif

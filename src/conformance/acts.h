/* SPDX-License-Identifier: MIT */
/* What operations do to a network. Results, where there are any, are subject->results. */
#ifndef CONFORMANCE_ACTS_H
#define CONFORMANCE_ACTS_H

#include "conformance/operations.h"

praxis_status act_run(struct subject *subject, const struct operation *operation);
praxis_status act_modulate(struct subject *subject, const struct operation *operation);
praxis_status act_reset(struct subject *subject, const struct operation *operation); /* of some of the replicas */
praxis_status act_settle(struct subject *subject, const struct operation *operation);
praxis_status act_copy(struct subject *subject,
                       const struct operation *operation); /* of the last replica to the first */
praxis_status act_statistics(struct subject *subject, const struct operation *operation);
/* All that a step can do, in numbers of one scope. */
praxis_status act_step(struct subject *subject, const struct operation *operation);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Several devices as one: a network on it has a part on each. Parts own columns of every replica, and give each other
 * their activations after every tick; or whole replicas, and have nothing to give. Its back end has the table of
 * operations that every back end has: whoever uses it does not see that there are parts.
 */
#ifndef PX_BACKEND_PARTITION_PARTITION_H
#define PX_BACKEND_PARTITION_PARTITION_H

#include "backend/backend.h"
#include "backend/partition/team.h"

/* Takes the devices: they are destroyed with it, or at once where this fails. shares[count]: how much of a network each
 * is to have, NULL: as much as another. With a team (NULL: none), which is taken too unless this fails, `count` is its
 * ranks', and the one device, devices[0], is this rank's. */
praxis_status px_partition_open(struct px_log *log, struct px_device *const *devices, uint32_t count,
                                const double *shares, praxis_partition form, struct px_team *team,
                                struct px_device **device);

#endif

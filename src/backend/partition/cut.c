/* SPDX-License-Identifier: MIT */
/* What each device has of a network. */
#include <math.h>

#include "backend/partition/parts.h"

/* Replicas are dealt whole as long as no device has more than this times its share of them. */
#define MOST_UNEVEN 1.5

/* Cuts `total` by the shares of the devices, each to have one at least: part i begins at starts[i], and the last ends
 * at starts[count]. */
static void cut_by_shares(const struct px_partition_device *device, uint32_t total, uint32_t *starts)
{
    uint32_t count = device->count;
    double all = 0, before = 0;
    for (uint32_t i = 0; i < count; i++)
        all += device->shares[i];
    starts[0] = 0;
    for (uint32_t i = 1; i <= count; i++) {
        before += device->shares[i - 1];
        uint32_t least = starts[i - 1] + 1, most = total - (count - i);
        double border = round(total * (before / all));
        starts[i] = border < least ? least : border > most ? most : (uint32_t)border;
    }
    starts[count] = total;
}

/* How much more of the whole than its share the device has that has the most for it. */
static double unevenness(const struct px_partition_device *device, const uint32_t *starts)
{
    double all = 0, most = 0;
    for (uint32_t i = 0; i < device->count; i++)
        all += device->shares[i];
    for (uint32_t i = 0; i < device->count; i++) {
        double one = (starts[i + 1] - starts[i]) / device->shares[i];
        most = one > most ? one : most; /* by fmax, gcc 12 for 64-bit Arm ends in an internal error */
    }
    return most * all / starts[device->count];
}

static praxis_status check_cut(const struct px_partition_device *device, const struct px_shape *shape, bool dealt)
{
    uint32_t total = dealt ? shape->replicas : shape->columns;
    if (device->count <= total)
        return PRAXIS_SUCCESS;
    return px_fail(device->base.log, PRAXIS_ERROR_OUT_OF_RANGE, "%u %s%s cannot be divided among %u devices", total,
                   dealt ? "replica" : "column", total == 1 ? "" : "s", device->count);
}

praxis_status px_partition_cut(const struct px_partition_device *device, const struct px_shape *shape,
                               struct px_cut *cuts)
{
    uint32_t starts[PRAXIS_MAX_PARTS + 1];
    bool dealt = device->form == PRAXIS_PARTITION_REPLICAS;
    if (device->form == PRAXIS_PARTITION_AUTO && device->count <= shape->replicas) {
        cut_by_shares(device, shape->replicas, starts);
        dealt = device->count > shape->columns || unevenness(device, starts) <= MOST_UNEVEN;
    }
    praxis_status status = check_cut(device, shape, dealt);
    if (status)
        return status;
    cut_by_shares(device, dealt ? shape->replicas : shape->columns, starts);
    bool accompanied = device->end - device->first > 1;
    for (uint32_t i = 0; i < device->count; i++) {
        uint32_t first = starts[i], count = starts[i + 1] - starts[i];
        cuts[i] = (struct px_cut){
            .device = device->devices[i],
            .shape =
                dealt ? px_shape_deal(shape, first, count) : px_shape_cut(shape, shape->first_column + first, count),
            .first_replica = dealt ? first : 0,
        };
        cuts[i].shape.accompanied = accompanied;
    }
    return PRAXIS_SUCCESS;
}

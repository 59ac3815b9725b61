/* SPDX-License-Identifier: MIT */
/* Where allocations cannot be stood before: none is counted, and none fails. */
#include "allocations.h"

struct allocations allocations;

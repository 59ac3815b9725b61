/* SPDX-License-Identifier: MIT */
/*
 * The program's own allocations (glibc), with the library linked into it: they are counted, and fail on demand; those
 * of drivers and of the C library are left alone.
 */
#ifndef FAULT_ALLOCATIONS_H
#define FAULT_ALLOCATIONS_H

#include <stdbool.h>

struct allocations {
    bool armed;    /* they are counted, and fail */
    long made;     /* since then */
    long failing;  /* the number of the one that fails, from 1 on; 0: none */
    long failed;   /* how many did */
    bool followed; /* what is made is counted among `living` until it is freed */
    long living;
};

extern struct allocations allocations;

#endif

/* SPDX-License-Identifier: MIT */
/* The search for the tuning under which networks of one shape run fastest on one device. */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include "cli/contender.h"

#define SEARCH_TEXT       160
#define SEARCH_CANDIDATES 128

/* A tuning that was tried. */
struct search_candidate {
    char tuning[SEARCH_TEXT];
    double ratio; /* its time in units of the automatic tuning's; 0 where it could not be had or is wrong */
};

struct search {
    struct cli_opening opening; /* without a cache: what is stored must not pass for automatic */
    praxis_parameters parameters;
    double deadline; /* of clock_now */

    struct search_candidate candidates[SEARCH_CANDIDATES];
    unsigned tried, skipped; /* candidates; those that this device cannot run */
    unsigned wrong;          /* those that gave other bits */
    bool complete;           /* the search ended by itself, not for want of time */
    double noise;            /* how far the automatic tuning seemed to be from itself */
    struct contest found;    /* the automatic tuning and the best */
    char best[SEARCH_TEXT];  /* the best tuning; "" where nothing is surely better than the automatic */
};

/* What must be surpassed, and twice the noise. */
#define SEARCH_GAIN 0.03

/* Fills what stands below `deadline`. A failure is of the automatic tuning, and has been reported. */
praxis_status search_run(const struct cli_command *command, struct search *search);

#endif

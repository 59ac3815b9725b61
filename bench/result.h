/* SPDX-License-Identifier: MIT */
/*
 * A result of praxis-bench: what one run measured, in the shape of the JSON that docs/benchmark.md describes. Numbers
 * are doubles, NaN where something was not measured; texts are empty where something is not known.
 */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "tool/statistics.h"

#define RESULT_SCHEMA   2
#define RESULT_TEXT     128
#define RESULT_DEVICES  16
#define RESULT_NETWORKS 32
#define RESULT_SMALL    8
#define RESULT_LOOPS    8
#define RESULT_FORMS    8
#define RESULT_SCALING  32
#define RESULT_LEFT_OUT 16

struct result_machine {
    char cpu[RESULT_TEXT], system[RESULT_TEXT], compiler[RESULT_TEXT], date[RESULT_TEXT];
    char openblas[RESULT_TEXT], openblas_coretype[RESULT_TEXT];
    double cores, memory_bytes;
};

/* How it was measured. */
struct result_settings {
    double seconds, rounds, budget_seconds, energy_seconds;
};

struct result_streams {
    double buffer_bytes;
    struct sample read, copy, triad; /* bytes per second, those read and those written */
    char read_shape[RESULT_TEXT], copy_shape[RESULT_TEXT], triad_shape[RESULT_TEXT];
};

struct result_peer {
    struct sample seconds; /* of one product */
    double ratio;          /* to an inference tick */
};

/* What the sensors of a device told while one thing ran. */
struct result_energy {
    double joules_per_operation; /* of all that the sensors cover, by the synaptic operations done meanwhile */
    double watts, clock_mhz, memory_mhz, celsius;
    double seconds; /* that it ran */
};

struct result_network {
    double neurons, degree_factor, degree, synapses, padding, device_bytes, bytes_per_synapse, create_seconds;
    char sum_path[RESULT_TEXT];
    struct sample inference, traces, modulated_16, modulated; /* seconds per tick */
    struct sample consolidated;                               /* of a network that learns from 16 modulators at once */
    double ticks_per_second, operations_per_second;
    double read_stream, share_of_read;         /* bytes per second in the same rounds, and operations by it */
    double copy_stream, operations_per_copied; /* likewise, directly before and after */
    double traces_ratio, modulated_16_ratio, modulated_ratio; /* to inference */
    double consolidated_ratio;                                /* to inference of that network */
    struct result_peer clblast, csr, openblas;
    struct result_energy inference_energy, learning_energy;
};

struct result_small {
    double neurons, replicas;
    struct sample inference, learning;      /* seconds per tick of all replicas */
    double inference_each, inference_total; /* ticks per second */
    double learning_each, learning_total;
};

/* Closed loops that learn. */
struct result_loop {
    double neurons, replicas;
    struct sample step, calls;      /* seconds per step of all replicas: by one call, and by three */
    double steps_each, steps_total; /* per second, of one call */
    double calls_ratio;             /* of three calls to one */
};

/* The persistent form of the tick, and that without it. */
struct result_form {
    double neurons;
    struct sample launched, persistent; /* seconds per tick */
    double persistent_ratio;            /* of the persistent form to the other */
    char absent[RESULT_TEXT];           /* why there is no persistent form */
};

/* A network in parts, and one in one part. */
struct result_scaling {
    char over[RESULT_TEXT], scaling[RESULT_TEXT]; /* "parts", "devices" or "ranks"; "strong" or "weak" */
    double parts, neurons, synapses;
    struct sample one, tick, exchange; /* seconds per tick of one part, of all, and of an exchange alone */
    double share_of_exchange;          /* of a tick */
    double efficiency;                 /* work per second and means by that of one part */
};

struct result_start {
    double neurons;
    struct sample first, second; /* seconds */
};

/* Seconds per tick grow as neurons to this power. */
struct result_growth {
    double exponent, from_neurons, to_neurons, sizes;
};

/* The sensors of a device. */
struct result_sensors {
    char source[RESULT_TEXT], missing[RESULT_TEXT]; /* what tells, and what does not and why */
    double idle_watts, limit_watts;
};

/* What the vendor says of the card. */
struct result_sheet {
    char card[RESULT_TEXT], source[RESULT_TEXT];
    double bytes_per_second;             /* of its memory */
    double read_share, operations_share; /* the read stream by it, and operations of the network nearest to 10^6 */
};

struct result_summary {
    double large_neurons, share_of_read, operations_per_copied;
    double learning_neurons, traces_ratio, modulated_16_ratio, modulated_ratio, consolidated_ratio;
    double middle_neurons, clblast_ratio, csr_ratio, openblas_ratio;
    double energy_neurons, inference_joules, learning_joules; /* joules per synaptic operation */
    double exponent;
    double small_neurons, ticks_1, ticks_4, learning_ticks_1, learning_ticks_4;
    double loop_neurons, steps_1, steps_20, steps_100;
    double first_start, second_start;
};

struct result_device {
    char selector[RESULT_TEXT], name[RESULT_TEXT], board[RESULT_TEXT], type[RESULT_TEXT], vendor[RESULT_TEXT],
        platform[RESULT_TEXT];
    char driver[RESULT_TEXT], version[RESULT_TEXT], dot_product[RESULT_TEXT];
    double compute_units, clock_mhz, memory_bytes, max_allocation_bytes;
    char failure[RESULT_TEXT]; /* how the process ended that was to measure it, where it did before it had */
    struct result_sheet data_sheet;
    struct result_streams streams;
    struct result_network networks[RESULT_NETWORKS];
    size_t network_count;
    struct result_small small[RESULT_SMALL];
    size_t small_count;
    struct result_loop loops[RESULT_LOOPS];
    size_t loop_count;
    struct result_form forms[RESULT_FORMS];
    size_t form_count;
    struct result_scaling scaling[RESULT_SCALING];
    size_t scaling_count;
    struct result_start start;
    struct result_sensors sensors;
    struct result_growth growth;
    struct result_summary summary;
};

/* A driver whose devices are not among those measured. */
struct result_driver {
    char file[RESULT_TEXT], failure[RESULT_TEXT];
};

struct result {
    double schema;
    char praxis[RESULT_TEXT];
    struct result_machine machine;
    struct result_settings settings;
    struct result_device devices[RESULT_DEVICES];
    size_t device_count;
    struct result_driver left_out[RESULT_LEFT_OUT];
    size_t left_out_count;
};

/* Copies a text, cut to fit, as UTF-8 without control characters whatever it was before. */
void result_text(char target[RESULT_TEXT], const char *text);

/* The network with k = 2 whose size is nearest to `neurons`, as a ratio; with `learning`, of those whose learning was
 * measured. NULL where there is none within a factor of ten. */
const struct result_network *result_near(const struct result_device *device, double neurons, bool learning);

/* Fills in what follows from what was measured. */
void result_derive_network(struct result_network *network);
void result_derive_small(struct result_small *small);
void result_derive_loop(struct result_loop *loop);
void result_derive_form(struct result_form *form);
void result_derive_device(struct result_device *device);
/* What the data sheet says, where the card is known; a part of the above. */
void result_derive_sheet(struct result_device *device);

#endif

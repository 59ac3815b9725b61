/* SPDX-License-Identifier: MIT */
/*
 * PRAXIS: recurrent networks that learn while they run, on any OpenCL device.
 *
 * What this library does
 *
 *   A network has N neurons, updated together in synchronous ticks. Neuron j has d = k (p - 1) synapses, about k
 *   times the square root of N; the graph that says which neurons they come from is computed from j and never stored.
 *   In one tick
 *
 *       u_j = leak_j x_j + gain_j / sqrt(d) * sum_i w_ij x_i + sum_c v_jc input_c + bias_j + noise_j * normal
 *       x_j = 2 tanh(u_j / 2)
 *
 *   where every x_i on the right is the activation before the tick. Learning has three factors. Each synapse keeps an
 *   eligibility trace, a decaying sum of pre times a factor of the postsynaptic neuron:
 *
 *       e_ij = trace_decay * e_ij + x_i(before the tick) * factor_j(after the tick)
 *
 *   and a modulator M (a reward less the reward expected, an error, a surprise) turns traces into weights:
 *
 *       w_ij = clip(w_ij + learning_rate * M * e_ij - weight_decay * w_ij, -3, 3)
 *
 *   Two slow regulators, variance control and firing-rate homeostasis, keep activations near a normal distribution.
 *
 *   A network is R replicas: independent organoids of one shape, each with its own seed, weights and state, advanced
 *   by the same launches. Replica r equals, bit for bit, a network of one replica with the same seed.
 *
 *   All state is integer, on every device: activations, weights and traces are 8-bit codes, everything else 32-bit
 *   fixed point. Two networks made with equal parameters and driven by equal calls hold equal bits, whatever device,
 *   driver or number of compute units ran them. The interface speaks in real numbers and rounds them once, as
 *   praxis_field describes.
 *
 * How it is used
 *
 *       praxis_context_options options;
 *       praxis_context_options_default(&options);
 *       praxis_context *context = NULL;
 *       praxis_status status = praxis_context_create(&options, &context);
 *
 *       praxis_parameters parameters;
 *       praxis_parameters_default(&parameters);
 *       parameters.neurons = 10000;
 *       praxis_network *network = NULL;
 *       status = praxis_network_create(context, &parameters, &network);
 *
 *       praxis_run run;
 *       praxis_run_default(&run);
 *       run.ticks = 100;
 *       status = praxis_network_run(network, &run);
 *       ...
 *       praxis_network_destroy(network);
 *       praxis_context_destroy(context);
 *
 * Conventions
 *
 *   - Every call that can fail returns praxis_status. On failure an object is not created (its out-parameter is set to
 *     NULL), and the message goes to the log and to praxis_context_last_error.
 *   - A call that fails leaves a network as it was, bit for bit, or broken. What a call takes memory for is taken
 *     before it changes anything, so that all that can be refused, and want of memory, leaves the network as it
 *     was; the same call made again, with success, does what it would have done. Where the device or its driver
 *     fails when a part of the call has been done, nobody can say what the state is: the network is broken, as the
 *     message says, and every later call on it and on its readouts returns BROKEN, with the cause, but those that
 *     describe it and those that destroy. Work that was only queued counts as done by the call that queued it, and
 *     may be found to have failed in a later one. Two calls say what else they may leave: praxis_readout_run and
 *     praxis_network_copy_replica.
 *   - Arrays in and out have a leading axis of replicas, R, then the axes named, row-major. Neuron j stands in column
 *     j / p and row j mod p of a p x p grid.
 *   - Structures begin with struct_size, set by the matching _default function, or by the caller where the library
 *     fills the rest. After that every member means itself, zero included. In an array of structures that of the first
 *     counts for all. Structures grow at their end, and only there; what has no struct_size (praxis_log, praxis_range)
 *     never changes. A program built against an older header passes a smaller size: members that it does not have take
 *     their defaults, and are not written. One built against a newer header passes a larger size: what this library
 *     does not know becomes zero, and must be zero on the way in (UNSUPPORTED), which means "as before" in any member
 *     that is ever added.
 *   - A context may be used by several threads at once. A network may be used by one thread at a time: a call that
 *     finds another under way returns IN_USE, and has touched nothing.
 *   - OpenCL drivers do not survive fork(): in a child process, calls on what its parent opened there fail with
 *     UNSUPPORTED, and destroying it leaves the driver alone. Nor are other OpenCL devices found there: look for
 *     devices after forking only. The reference survives.
 *   - The library never prints, never ends the process and never reads the environment.
 */
#ifndef PRAXIS_PRAXIS_H
#define PRAXIS_PRAXIS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(PRAXIS_BUILDING) && defined(__GNUC__)
#define PRAXIS_API __attribute__((visibility("default")))
#else
#define PRAXIS_API
#endif

#define PRAXIS_VERSION_MAJOR 0
#define PRAXIS_VERSION_MINOR 1
#define PRAXIS_VERSION_PATCH 0

/* The version of the library in use, "major.minor.patch". Static storage. */
PRAXIS_API const char *praxis_version(void);

/* ---- Status and messages -------------------------------------------------------------------------------------- */

/* Results of calls. Values are frozen: new ones are only appended. */
typedef enum praxis_status {
    PRAXIS_SUCCESS = 0,
    PRAXIS_ERROR_INVALID_ARGUMENT = -1, /* a NULL where none may be, an unknown name, a size that does not fit */
    PRAXIS_ERROR_OUT_OF_RANGE = -2,     /* a number outside its bounds, or not a number */
    PRAXIS_ERROR_OUT_OF_MEMORY = -3,    /* the host or the device has too little memory */
    PRAXIS_ERROR_NO_DEVICE = -4,        /* no device matches what was asked for */
    PRAXIS_ERROR_DEVICE = -5,           /* the device or its driver failed a call, or computes wrongly */
    PRAXIS_ERROR_BUILD = -6,            /* the kernels did not compile; the message holds the whole build log */
    PRAXIS_ERROR_UNSUPPORTED = -7,      /* left out of this build, or not possible on this device */
    PRAXIS_ERROR_IO = -8,               /* a file could not be read or written */
    PRAXIS_ERROR_BROKEN = -9,           /* an earlier call failed half-way, and left the network without a state */
    PRAXIS_ERROR_IN_USE = -10,          /* a call on the network is under way, in another thread or a callback */
    PRAXIS_ERROR_FORMAT = -11           /* what was read is damaged, or is not what it should be */
} praxis_status;

/* A short English phrase for a status, never NULL. Static storage. */
PRAXIS_API const char *praxis_status_string(praxis_status status);

typedef enum praxis_log_level {
    PRAXIS_LOG_ERROR = 0,   /* what made a call fail */
    PRAXIS_LOG_WARNING = 1, /* something was worked around: a broken platform, a slower path */
    PRAXIS_LOG_INFO = 2     /* choices made: which device and why */
} praxis_log_level;

/* Where messages go. The callback may be NULL. It may be called from any thread that uses the context, one call at a
 * time; the message is valid during the call only. It must not call the library. */
typedef struct praxis_log {
    void (*callback)(void *user, praxis_log_level level, const char *message);
    void *user;
} praxis_log;

/* ---- Graph ---------------------------------------------------------------------------------------------------- */

#define PRAXIS_MAX_CURVES 4

/* The connection graph of N = p^2 neurons, p a prime with p mod 4 = 3: the Cayley graph of Z_p x Z_p whose connection
 * set is k parabolas (docs/topology.md has the mathematics). */
typedef struct praxis_graph {
    size_t struct_size;
    uint64_t neurons;                   /* N = p^2, at least the number asked for */
    uint32_t prime;                     /* p */
    uint32_t curves;                    /* k, the number of parabolas */
    uint32_t degree;                    /* d = k (p - 1) synapses in, and as many out, per neuron */
    uint32_t slopes[PRAXIS_MAX_CURVES]; /* s of each parabola, 1..p-1; unused ones are 0 */
    uint32_t primitive_root;            /* g, the smallest primitive root of p */
    uint32_t exponent;                  /* e of the third slope g^e; 0 when k < 3 */
    uint32_t diameter;                  /* the most steps between any two neurons */
    double second_eigenvalue;           /* largest |eigenvalue| but that of the constant vector, closed form */
    double ramanujan_bound;             /* 2 sqrt(d - 1); second_eigenvalue never exceeds it */
    uint64_t synapses;                  /* N d: a byte each of weight and of stored trace, per replica */
} praxis_graph;

/*
 * Plans the graph for at least `neurons` neurons (49 to 2^30) of degree about degree_factor * sqrt(neurons), with
 * degree_factor 1 to 4.
 *
 * `graph` receives the plan; its struct_size must be set. `log` may be NULL.
 * Errors: OUT_OF_RANGE names the value and its bounds; INVALID_ARGUMENT.
 */
PRAXIS_API praxis_status praxis_graph_plan(uint64_t neurons, uint32_t degree_factor, const praxis_log *log,
                                           praxis_graph *graph);

/*
 * The presynaptic partner of `neuron` (0..N-1) at `tap` (0..d-1): the neuron this synapse comes from. Taps run over
 * column offsets t = 1..p-1 and, within each, over the k curves: tap = (t - 1) k + q. UINT32_MAX where there is no such
 * neuron or tap, or `graph` is NULL or was not planned. Thread-safe, O(1), no memory.
 */
PRAXIS_API uint32_t praxis_graph_presynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap);

/* The inverse: the neuron whose presynaptic partner at `tap` is `neuron`. */
PRAXIS_API uint32_t praxis_graph_postsynaptic(const praxis_graph *graph, uint32_t neuron, uint32_t tap);

/* ---- Devices and contexts ------------------------------------------------------------------------------------- */

typedef enum praxis_device_type {
    PRAXIS_DEVICE_REFERENCE = 0, /* scalar C on the host: slow, and what every other device is compared with */
    PRAXIS_DEVICE_EMULATOR = 1,  /* a debugging device such as oclgrind */
    PRAXIS_DEVICE_CPU = 2,
    PRAXIS_DEVICE_INTEGRATED_GPU = 3, /* shares the host's memory */
    PRAXIS_DEVICE_ACCELERATOR = 4,
    PRAXIS_DEVICE_GPU = 5
} praxis_device_type;

/* One device as found. Strings are empty where the driver gave none. */
typedef struct praxis_device_info {
    size_t struct_size;
    char selector[32]; /* "reference", or "opencl:P.D" for device D of platform P */
    char name[128];
    char vendor[128];
    char platform[128];
    char driver[128];
    char version[128];    /* what the device says of its OpenCL version */
    char dot_product[32]; /* how int8 dot products are computed: a path, or "none"; see praxis_context_options */
    char reason[128];     /* why it ranks where it does, or why it cannot be used */
    praxis_device_type type;
    int usable; /* 0 where `reason` says what is missing */
    uint32_t compute_units;
    uint32_t clock_mhz;
    uint64_t memory_bytes;
    uint64_t max_allocation_bytes;
    uint64_t local_memory_bytes;
} praxis_device_info;

/*
 * Lists every device once, best first, the reference last. A device whose driver does not answer what must be known is
 * listed as one that cannot be used, with the reason. A platform that fails is skipped with a warning; so is one that
 * offers no device, with what may help, as a message of level INFO where there is a GPU. A device that several
 * platforms offer, as where two .icd files name one driver, has the selector of the first.
 *
 * devices: room for `capacity` entries, or NULL with capacity 0 to count; the first entry's struct_size must be set.
 * count:   receives how many devices there are, which may exceed capacity.
 * Thread-safe, also as the first call of a process: drivers are not made for that, so that only one thread at a time
 * searches devices, opens a context or gives one up. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Finding no OpenCL device
 * is not an error.
 */
PRAXIS_API praxis_status praxis_devices(const praxis_log *log, praxis_device_info *devices, size_t capacity,
                                        size_t *count);

typedef struct praxis_context praxis_context;

/* The most parts that a network has: devices of a process, or ranks. */
#define PRAXIS_MAX_PARTS 1024

/* How a network is divided among several devices. */
typedef enum praxis_partition {
    PRAXIS_PARTITION_AUTO,    /* by replicas where each device can have a fair number of them, else by columns */
    PRAXIS_PARTITION_COLUMNS, /* of neurons, in every replica: devices give each other activations after every tick */
    PRAXIS_PARTITION_REPLICAS /* each device has some of them whole, and nothing to do with the others */
} praxis_partition;

/*
 * Processes that have networks together, a part each: ranks. libpraxis-mpi fills it (praxis/mpi.h); any other way to
 * reach processes will do. The functions are called by the thread that calls the library, return 0, or anything else
 * where a rank cannot be reached any more, and are called by all ranks in the same order.
 */
typedef struct praxis_ranks {
    void *user;
    uint32_t rank, count; /* below the count, which is 1..PRAXIS_MAX_PARTS */
    uint32_t local_rank;  /* among those of this machine: which of its devices it takes */
    uint32_t reserved;
    /* Begins to give every rank the bytes of each: counts[r] of rank r, at starts[r] of `bytes`, where a rank's own are
     * already. `wait` ends it; until then the library touches nothing of what is named. */
    int (*gather)(void *user, void *bytes, const uint64_t *starts, const uint64_t *counts);
    int (*wait)(void *user);
    /* Numbers become the sums of all ranks' numbers. */
    int (*add)(void *user, int64_t *numbers, uint64_t count);
} praxis_ranks;

typedef struct praxis_context_options {
    size_t struct_size;
    const char *device; /* NULL or "": the best one; else "reference", "opencl:P.D" or part of a name; or several */
    const char *kernel_directory;  /* NULL: the kernels inside the library; else read *.cl from here (development) */
    const char *dot_product;       /* NULL: the device's best path; else one of praxis_dot_product_describe */
    uint64_t max_allocation_bytes; /* 0: the device's own limit; else split weights into buffers no larger than this */
    praxis_log log;
    /*
     * Where compiled programs are kept from one process to the next, so that networks of a shape met before start
     * without the compiler; NULL: nowhere. The directory is made where it is missing, with its parents, for this user
     * alone; one that others own or may write to is refused, with a warning, because the device runs what it holds.
     *
     * An entry is a file of some hundred kilobytes per shape of network, device and driver; the ones longest unused are
     * removed beyond 256 MiB. All of it may be deleted at any time. Any number of processes, contexts and threads may
     * share the directory, and machines their home. An entry that is damaged, or that the driver does not take, is
     * compiled anew and replaced; nothing that goes wrong here makes a call fail. Nothing is kept of PoCL's programs:
     * it keeps them itself, where POCL_CACHE_DIR says. Tunings lie here too, for every driver: see
     * praxis_context_store_tuning.
     */
    const char *cache_directory;
    const char *tuning; /* NULL: chosen for device and network; else how OpenCL devices run them, see below */
    /* Of several devices, see below. [share_count], greater than 0: how much of a network each is to have, in
     * proportion to the others; NULL, with a count of 0: as much as another. */
    const double *shares;
    size_t share_count;
    praxis_partition partition;
    uint32_t reserved;
    const praxis_ranks *ranks; /* NULL: this process alone; else the devices of all of them, see below. Copied */
} praxis_context_options;

/*
 * Several devices, separated by commas, as "opencl:0.0,opencl:1.0": every network of the context has a part on each, to
 * the same bits as on one. They may be of different vendors and drivers; one that is named twice has two parts. Where
 * the whole text is part of one device's name, it means that one. A device that owns columns takes memory for its
 * neurons and their synapses, and for the activations of all neurons, of the present and of a whole window of past
 * ticks; docs/cluster.md says what that comes to. A network needs as many columns, or replicas, as there are devices.
 *
 * Blanks around names do not count. What praxis_context_device says of several devices are their texts, or numbers, put
 * together; "..." stands for texts that have no room.
 *
 * With `ranks` each rank opens one device, of those named the one at local_rank, counted around; and where none is
 * named the local_rank-th of the best kind. So does a rank that is alone. Every network of the context has a part on
 * each rank, in their order; shares are of the ranks. All ranks make the same calls on the context and its networks in
 * the same order, with the same arguments, from one thread, and all have the same results. A call that fails on one
 * rank fails on all, with its message. Where a device computes wrongly the call fails: it takes no other way.
 */

/*
 * `tuning`, for experts: NAME=NUMBER, several separated by commas, such as "resident=0,rows=8", each name once. It
 * changes how fast networks run, never what they compute. What is not named is chosen automatically; "" leaves all of
 * it to that. With NULL a network takes what praxis_context_store_tuning keeps for its shape and device, else what a
 * table in the library says, else all is chosen automatically. Unknown names, names twice and numbers out of range make
 * praxis_context_create fail; the reference ignores it. praxis_tuning_describe and the manual page praxis(1) tell what
 * there is to name.
 */

/* Where a number of a tuning is worth a try. */
typedef enum praxis_tuning_place {
    PRAXIS_TUNING_EVERYWHERE = 0,
    PRAXIS_TUNING_VECTORS = 1,    /* where the device's dot_product is "c" */
    PRAXIS_TUNING_WORDS = 2,      /* where it is another */
    PRAXIS_TUNING_WORK_GROUPS = 3 /* where work-groups are large: on no CPU, and no emulator */
} praxis_tuning_place;

#define PRAXIS_TUNING_TRIES 8

/* One number of a tuning. Strings are static. */
typedef struct praxis_tuning_info {
    size_t struct_size;
    const char *name;
    const char *description; /* a sentence or two */
    uint32_t minimum, maximum;
    int power_of_two; /* not 0: of the numbers between, only powers of two */
    uint32_t reserved;
    praxis_tuning_place place;
    uint32_t try_count;                  /* 0: it is not worth a search */
    uint32_t tries[PRAXIS_TUNING_TRIES]; /* the numbers that a search tries, try_count of them */
} praxis_tuning_info;

/* What the numbers of a tuning are, from 0 on. Errors: INVALID_ARGUMENT behind the last. Thread-safe. */
PRAXIS_API praxis_status praxis_tuning_describe(uint32_t number, praxis_tuning_info *info);

/* The number of the tuning with this name. Errors: INVALID_ARGUMENT if there is none, or a pointer is NULL.
 * Thread-safe. */
PRAXIS_API praxis_status praxis_tuning_find(const char *name, uint32_t *number);

/* A path of dot products. Strings are static. */
typedef struct praxis_dot_product_info {
    size_t struct_size;
    const char *name;        /* "ptx": as of praxis_context_options */
    const char *description; /* half a sentence: what computes */
    const char *need;        /* what a device needs to take it; "" where every one may */
} praxis_dot_product_info;

/* What paths of dot products there are, from 0 on, best first. Errors: INVALID_ARGUMENT behind the last. Thread-safe.
 */
PRAXIS_API praxis_status praxis_dot_product_describe(uint32_t number, praxis_dot_product_info *info);

/* The number of the path with this name. Errors: INVALID_ARGUMENT if there is none, or a pointer is NULL.
 * Thread-safe. */
PRAXIS_API praxis_status praxis_dot_product_find(const char *name, uint32_t *number);

/* All members at their defaults, which are 0: see praxis_parameters_init. */
PRAXIS_API praxis_status praxis_context_options_init(praxis_context_options *options, size_t size);
static inline void praxis_context_options_default(praxis_context_options *options)
{
    praxis_context_options_init(options, sizeof *options);
}

/*
 * Opens a device. The strings in `options` are copied. *context is owned by the caller: praxis_context_destroy. Where
 * no OpenCL device can be used and none was asked for, it opens the reference, with a warning that says why.
 * Thread-safe.
 *
 * All paths of dot products (praxis_dot_product_describe) give the same bits: a small program compares the path with
 * scalar C first, and where the compiler refuses it or it is wrong the next best is taken, with a warning. A driver
 * that fails for want of memory or of its device fails the call: that says nothing of the path.
 *
 * Errors: NO_DEVICE names the selector and lists what there is; INVALID_ARGUMENT: no path or tuning of that name, the
 * message lists them, or not as many shares as devices; OUT_OF_RANGE: a number of the tuning, or a share, with its
 * bounds; UNSUPPORTED: the device lacks the path
 * asked for, or fails its test, or no path passes; DEVICE: the device fails, or computes wrongly on every path; IO:
 * kernel_directory cannot be read; OUT_OF_MEMORY.
 */
PRAXIS_API praxis_status praxis_context_create(const praxis_context_options *options, praxis_context **context);

/*
 * Measures how fast the devices are on which a context with these options would have parts, so that each can have its
 * share: in proportion to `shares`, which go to options.shares. Each device runs a network of its own for a moment,
 * those of a list one after the other, those of ranks at once; a device is compiled for first, where no cache has that.
 * What shares come to differs from time to time, and changes no bit of any network. Nothing is asked of memory: a part
 * that does not fit its device needs a smaller share.
 *
 * shares: [count], count being that of the devices, or of ranks; receives numbers from 0.001 to 1, 1 for
 * the fastest. Devices of the same name and driver have the same.
 * With `ranks` all of them call it. Messages go to options->log.
 * Errors: as praxis_context_create and praxis_network_create; INVALID_ARGUMENT: `count` is another, or `shares` is
 * NULL; DEVICE: on another rank it failed. options.shares are not looked at.
 */
PRAXIS_API praxis_status praxis_measure_shares(const praxis_context_options *options, double *shares, size_t count);

/* Gives up the caller's reference; networks made in the context keep it alive. NULL is allowed. */
PRAXIS_API void praxis_context_destroy(praxis_context *context);

/* What device the context uses. info->struct_size must be set. */
PRAXIS_API praxis_status praxis_context_device(const praxis_context *context, praxis_device_info *info);

/*
 * Copies the message of the last failure of the calling thread in this context, NUL-terminated and cut to `size` bytes,
 * into `buffer`. Returns its full length; 0 if nothing has failed. The messages of the 256 threads that failed last are
 * kept. Thread-safe.
 */
PRAXIS_API size_t praxis_context_last_error(const praxis_context *context, char *buffer, size_t size);

/* ---- Parameters ----------------------------------------------------------------------------------------------- */

/* The postsynaptic factor of the trace. docs/learning.md shows which one learns what. */
typedef enum praxis_factor {
    PRAXIS_FACTOR_POST = 0,    /* x_j: the plain product pre x post */
    PRAXIS_FACTOR_CENTRED = 1, /* x_j less its running mean */
    PRAXIS_FACTOR_NOISE = 2,   /* the neuron's noise sample of this tick in standard deviations: node perturbation */
    PRAXIS_FACTOR_SLOPE = 3,   /* 1 - (x_j / 2)^2, the slope of 2 tanh(u / 2) */
    PRAXIS_FACTOR_SUPPLIED = 4 /* what the caller wrote to PRAXIS_FIELD_FACTOR */
} praxis_factor;

/*
 * How traces are kept. A traced tick enters a window that holds, of each of the last trace_window traced ticks, N
 * activations and N factors. Every modulation uses the exact trace of that moment: the stored one, decayed, and the sum
 * over the window.
 */
typedef enum praxis_trace_form {
    /* One byte per synapse is stored; it takes in the window when that is full, or in praxis_network_run when ticks are
     * no longer traced. */
    PRAXIS_TRACE_STORED = 0,
    /* Nothing is stored: the trace is what the window holds, and ticks before it are forgotten, as are all when a tick
     * of praxis_network_run is not traced. Half the memory per synapse. For episodes that end with a reset, and decays
     * that leave little after trace_window ticks. Traces can be read but not written. */
    PRAXIS_TRACE_WINDOW = 1
} praxis_trace_form;

/*
 * Everything that shapes a network. What each member is, its bounds and its default, can be asked with
 * praxis_parameter_describe, and set and read by name with praxis_parameters_set and praxis_parameters_get; `praxis run
 * --help` lists them. Where a member says "birth", it sets the first value of a per-neuron field that can be written
 * later.
 */
typedef struct praxis_parameters {
    size_t struct_size;

    uint64_t neurons;       /* asked for; rounded up to the next admissible p^2 */
    uint32_t degree_factor; /* k: a neuron has k (p - 1) synapses */
    uint32_t replicas;      /* R */
    uint32_t channels;      /* K input channels */
    uint32_t input_fan_out; /* neurons each channel reaches, chosen by the seed; 0: all */
    uint64_t seed;          /* replica r is born from seed + r, unless `seeds` is given */
    const uint64_t *seeds;  /* [R] or NULL; copied */
    praxis_factor factor;

    double leak;        /* birth: how much of its activation a neuron keeps */
    double leak_spread; /* birth: leaks are uniform in leak +- leak_spread */
    double gain;        /* birth: scale of the recurrent sum */
    double bias;        /* birth: mean of the biases */
    double bias_spread; /* birth: their standard deviation (normal) */
    double noise;       /* birth: standard deviation of the membrane noise */
    double input_scale; /* scale of all inputs */

    double trace_decay; /* per tick */
    double learning_rate;
    double weight_decay; /* per modulation */

    double variance_momentum;  /* of the running variance, per tick */
    double variance_threshold; /* above it the gain is divided by the standard deviation */
    double variance_floor;     /* below it likewise, raising the gain; 0: off */
    double rate_momentum;      /* of the running mean, per tick */
    double homeostasis_rate;   /* bias change per tick and unit of (mean - target) */
    double target_rate;        /* birth: the mean activation each neuron is held to */

    uint32_t trace_window; /* traced ticks that a trace may lag behind */
    praxis_trace_form trace_form;
    /* Weights follow the modulators of this many ticks at once, 1..trace_window: each still multiplies the trace of its
     * tick, but in between ticks use the weights from before. With
     * PRAXIS_TRACE_WINDOW, ticks that leave the window before that are lost to them. They follow when the number of
     * modulations since birth is a multiple of it, or earlier, when traces are to change otherwise. */
    uint32_t consolidation;

    /* How much less a weight changes, the larger it is: what it learns, not what decays, times
     * 1 - metaplasticity |w| / 3, with w before the change. 0..1, 0: none. Fusi, Drew, Abbott 2005 have the idea. */
    double metaplasticity;
    /* Of the neurons, the share that takes part in a context: see praxis_step. 2^-20 .. 1, 1: all. */
    double gate_share;
} praxis_parameters;

/*
 * Sets a structure of `size` bytes, the size that the caller knows, to defaults, struct_size included, and nothing
 * behind it. The inline function says the size, so that each program passes its own. Errors: INVALID_ARGUMENT if the
 * pointer is NULL or no version of the structure has that size; then nothing is written.
 */
PRAXIS_API praxis_status praxis_parameters_init(praxis_parameters *parameters, size_t size);
static inline void praxis_parameters_default(praxis_parameters *parameters)
{
    praxis_parameters_init(parameters, sizeof *parameters);
}

/* The members of praxis_parameters but for `seeds`. Values are frozen: new ones are only appended. */
typedef enum praxis_parameter {
    PRAXIS_PARAMETER_LEAK = 0,
    PRAXIS_PARAMETER_LEAK_SPREAD = 1,
    PRAXIS_PARAMETER_GAIN = 2,
    PRAXIS_PARAMETER_BIAS = 3,
    PRAXIS_PARAMETER_BIAS_SPREAD = 4,
    PRAXIS_PARAMETER_NOISE = 5,
    PRAXIS_PARAMETER_INPUT_SCALE = 6,
    PRAXIS_PARAMETER_TRACE_DECAY = 7,
    PRAXIS_PARAMETER_LEARNING_RATE = 8,
    PRAXIS_PARAMETER_WEIGHT_DECAY = 9,
    PRAXIS_PARAMETER_VARIANCE_MOMENTUM = 10,
    PRAXIS_PARAMETER_VARIANCE_THRESHOLD = 11,
    PRAXIS_PARAMETER_VARIANCE_FLOOR = 12,
    PRAXIS_PARAMETER_RATE_MOMENTUM = 13,
    PRAXIS_PARAMETER_HOMEOSTASIS_RATE = 14,
    PRAXIS_PARAMETER_TARGET_RATE = 15,
    PRAXIS_PARAMETER_NEURONS = 16,
    PRAXIS_PARAMETER_DEGREE_FACTOR = 17,
    PRAXIS_PARAMETER_REPLICAS = 18,
    PRAXIS_PARAMETER_CHANNELS = 19,
    PRAXIS_PARAMETER_INPUT_FAN_OUT = 20,
    PRAXIS_PARAMETER_SEED = 21,
    PRAXIS_PARAMETER_FACTOR = 22,
    PRAXIS_PARAMETER_TRACE_WINDOW = 23,
    PRAXIS_PARAMETER_TRACE_FORM = 24,
    PRAXIS_PARAMETER_CONSOLIDATION = 25,
    PRAXIS_PARAMETER_METAPLASTICITY = 26,
    PRAXIS_PARAMETER_GATE_SHARE = 27,
    PRAXIS_PARAMETER_COUNT = 28
} praxis_parameter;

typedef enum praxis_parameter_kind {
    PRAXIS_KIND_REAL = 0,  /* a double */
    PRAXIS_KIND_WHOLE = 1, /* an unsigned whole number */
    PRAXIS_KIND_CHOICE = 2 /* one of an enumeration, each with a name: see praxis_parameter_choice */
} praxis_parameter_kind;

/* What a parameter is. Strings are static. */
typedef struct praxis_parameter_info {
    size_t struct_size;
    const char *name;        /* as the member is called */
    const char *description; /* one line */
    double minimum, maximum; /* both allowed; of a choice, of its number */
    double default_value;
    int settable; /* may be changed on a living network */
    praxis_parameter_kind kind;
    const char *unit; /* "ticks", "neurons"; "" where there is none to name */
    /* The same bounds and default of what is no real number, exactly: a seed may be larger than a double holds. */
    uint64_t whole_minimum, whole_maximum, whole_default;
} praxis_parameter_info;

/* Bounds, default and meaning of one parameter. Errors: INVALID_ARGUMENT for an unknown one. Thread-safe. */
PRAXIS_API praxis_status praxis_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info);

/* The parameter of this name. Errors: INVALID_ARGUMENT if there is none, or a pointer is NULL. Thread-safe. */
PRAXIS_API praxis_status praxis_parameter_find(const char *name, praxis_parameter *parameter);

/* One value of a parameter that is a choice. Strings are static. */
typedef struct praxis_choice_info {
    size_t struct_size;
    const char *name;        /* "slope" */
    const char *description; /* half a sentence */
} praxis_choice_info;

/*
 * What a choice is, by its number, 0 up to the parameter's maximum, which is the value of its enumeration; and its
 * number by its name. Errors: INVALID_ARGUMENT if there is no such choice, or the parameter is none. Thread-safe.
 */
PRAXIS_API praxis_status praxis_parameter_choice(praxis_parameter parameter, uint32_t choice, praxis_choice_info *info);
PRAXIS_API praxis_status praxis_parameter_find_choice(praxis_parameter parameter, const char *name, uint32_t *choice);

/* Room for the value of any parameter as text. */
#define PRAXIS_PARAMETER_TEXT 64

/*
 * Sets a member by its name from text, whatever the program's locale: a real number as 0.9 or 1e-3; a whole one in
 * digits, or, up to 2^53, as 1e6; a choice by its name. What members must be beside each other is checked when a
 * network is made. `log` may be NULL; a message of a value begins with the parameter's name.
 * Errors: INVALID_ARGUMENT lists the names there are, of parameters or of choices; OUT_OF_RANGE names value and bounds,
 * also of what is no number; UNSUPPORTED: a structure of an older program lacks the member. Then nothing is written.
 */
PRAXIS_API praxis_status praxis_parameters_set(praxis_parameters *parameters, const char *name, const char *text,
                                               const praxis_log *log);

/* Writes a member into `text` of `size` bytes, at best PRAXIS_PARAMETER_TEXT, so that praxis_parameters_set reads the
 * same value. Errors: INVALID_ARGUMENT, also where there is too little room. */
PRAXIS_API praxis_status praxis_parameters_get(const praxis_parameters *parameters, const char *name, char *text,
                                               size_t size, const praxis_log *log);

/* ---- Networks ------------------------------------------------------------------------------------------------- */

typedef struct praxis_network praxis_network;

/*
 * Creates R replicas on the context's device, born from their seeds: weights normal N(0, 1), input weights normal,
 * activations and traces zero, averages at mean 0 and variance 1. *network is owned by the caller. The kernels for a
 * shape are built once: the networks of a context share them, and those of the 32 shapes last used are kept for more.
 *
 * A compiler may get kernels wrong for some shape. Weights of every network are compared with the reference, and for
 * the first of a shape a learned tick, in a part of the neurons; where they differ the network, and every later one of
 * the context, is made by the next path of dot products, with a warning, unless the path was asked for.
 *
 * Errors: OUT_OF_RANGE names the parameter, the value and the bounds; INVALID_ARGUMENT: the context's tuning does not
 * suit the device; OUT_OF_MEMORY names the bytes that the network takes and those there are, of the device or of the
 * host, whose memory CPUs, GPUs without their own and the reference share: what cannot fit is refused before anything
 * is allocated; BUILD; DEVICE: the device fails, or computes wrongly, and the message names it, its driver and
 * what differs.
 */
PRAXIS_API praxis_status praxis_network_create(praxis_context *context, const praxis_parameters *parameters,
                                               praxis_network **network);

/* Frees the network and its reference to the context. NULL is allowed. */
PRAXIS_API void praxis_network_destroy(praxis_network *network);

/*
 * Keeps a tuning (see praxis_context_options) in the context's cache directory, for networks of one shape on its
 * device. From then on praxis_network_create takes it wherever neurons, degree_factor, replicas, trace_window and
 * trace_form, the device, its path of dot products, the versions of its driver and of this library, and for a CPU the
 * host's, are the same and the context was given no tuning of its own; also in other processes. What is damaged or was
 * kept by another driver is not used. A message of level INFO tells which tuning a network takes, and whence.
 *
 * The library measures nothing: what is fastest depends on what a program does, and only it can bound the time that
 * takes. `praxis tune` measures inference and learning; a program can do the same with contexts of several tunings,
 * praxis_network_hash and a clock.
 *
 * parameters: as of praxis_network_create; the members named above are what counts.
 * tuning:     the text, or NULL or "" to forget what is kept.
 * The entry is written whole or not at all; the function is thread-safe, and safe among processes.
 * Errors: UNSUPPORTED: the context has no cache directory, or is the reference's, or has several devices, each of which
 * keeps its own in a context of its own; INVALID_ARGUMENT and OUT_OF_RANGE name what is wrong with the tuning, its
 * bounds, or a parameter; IO: the directory cannot be used, or the entry not written; OUT_OF_MEMORY.
 */
PRAXIS_API praxis_status praxis_context_store_tuning(praxis_context *context, const praxis_parameters *parameters,
                                                     const char *tuning);

typedef struct praxis_network_info {
    size_t struct_size;
    uint64_t neurons;         /* N of a replica */
    uint64_t synapses;        /* N d of a replica */
    uint64_t padded_synapses; /* the same as the device stores them, in whole tiles of rows */
    uint32_t prime;           /* p; N = p^2 */
    uint32_t curves;          /* k */
    uint32_t degree;          /* d = k (p - 1) */
    uint32_t replicas;        /* R */
    uint32_t channels;        /* K */
    uint32_t groups;          /* groups defined so far */
    uint64_t tick;            /* ticks run since birth */
    uint64_t modulations;     /* modulations applied since birth */
    uint64_t device_bytes;    /* memory taken on the device, but for inputs and outputs of spans; 2^64 - 1: more */
    uint32_t weight_slabs;    /* buffers the weights are split into */
    praxis_factor factor;
    char sum_path[32];   /* which form of the synaptic sum runs */
    uint64_t host_bytes; /* the most of the host's memory that it takes beside device_bytes, while it is born */
} praxis_network_info;

/* Shape, counters and memory of a network. info->struct_size must be set. */
PRAXIS_API praxis_status praxis_network_describe(const praxis_network *network, praxis_network_info *info);

/*
 * What praxis_network_describe would say of a network with these parameters (NULL: the defaults) just made on the
 * context's device, by arithmetic: no memory is taken or asked for, so that a network may be planned that does not fit.
 * The reference plans any. info->struct_size must be set.
 * Errors: OUT_OF_RANGE as of praxis_network_create, also where a device cannot count so many neurons; OUT_OF_MEMORY: a
 * column of weights is more than one buffer of the device may be; INVALID_ARGUMENT.
 */
PRAXIS_API praxis_status praxis_network_plan(praxis_context *context, const praxis_parameters *parameters,
                                             praxis_network_info *info);

/* What one of the context's devices has of a network. */
typedef struct praxis_part_info {
    size_t struct_size;
    uint32_t parts;                   /* how many there are: 1 where the context has one device */
    uint32_t first_replica, replicas; /* it has these replicas ... */
    uint32_t first_column, columns;   /* ... and of each the neurons of these of the p columns, p each */
    uint32_t weight_slabs;            /* buffers its weights are split into */
    uint64_t synapses;                /* of all its neurons */
    uint64_t device_bytes;            /* memory it takes on the device, as in praxis_network_info */
    uint64_t host_bytes;              /* of the host's, beside that */
    uint64_t bytes_out, bytes_in;     /* activations that it gives to the others and takes from them, every tick */
    char selector[32];                /* the device */
    char sum_path[32];                /* which form of the synaptic sum it runs */
} praxis_part_info;

/*
 * What the part with this number, from 0 on, of such a network takes, as praxis_network_plan.
 * Errors: as there; OUT_OF_RANGE: no part of that number, or fewer columns or replicas than devices. Thread-safe.
 */
PRAXIS_API praxis_status praxis_network_plan_part(praxis_context *context, const praxis_parameters *parameters,
                                                  uint32_t part, praxis_part_info *info);

/*
 * What a rank, from 0 on, would have of such a network if it were divided by columns among so many ranks, alike, each
 * with a device like that of the context: none of them needs to be there. host_bytes has what is on its way between
 * them. Errors: as praxis_network_plan; OUT_OF_RANGE: more ranks than columns, or no rank of that number; UNSUPPORTED:
 * the context has several devices. Thread-safe.
 */
PRAXIS_API praxis_status praxis_network_plan_rank(praxis_context *context, const praxis_parameters *parameters,
                                                  uint32_t ranks, uint32_t rank, praxis_part_info *info);

/* The graph of a network, as praxis_graph_plan would give it. graph->struct_size must be set. */
PRAXIS_API praxis_status praxis_network_graph(const praxis_network *network, praxis_graph *graph);

/*
 * Changes a settable parameter; it holds from the next call. Of a choice the value is its number:
 * praxis_network_set_parameter(network, PRAXIS_PARAMETER_FACTOR, PRAXIS_FACTOR_SLOPE). A new factor holds from the next
 * tick. Errors: OUT_OF_RANGE; INVALID_ARGUMENT if not settable. Then nothing changes.
 */
PRAXIS_API praxis_status praxis_network_set_parameter(praxis_network *network, praxis_parameter parameter,
                                                      double value);
/* Gives any parameter; whole numbers above 2^53, which a seed may be, rounded. */
PRAXIS_API praxis_status praxis_network_get_parameter(const praxis_network *network, praxis_parameter parameter,
                                                      double *value);

/* The same by name and as text, exactly: see praxis_parameters_set and praxis_parameters_get. */
PRAXIS_API praxis_status praxis_network_set(praxis_network *network, const char *name, const char *text);
PRAXIS_API praxis_status praxis_network_get(const praxis_network *network, const char *name, char *text, size_t size);

/* ---- State ---------------------------------------------------------------------------------------------------- */

/*
 * The fields of the state. Each has one integer code per element; a real value written is divided by the unit and
 * rounded to the nearest code, halves away from zero. "q28" is 32-bit fixed point of unit 2^-28.
 *
 *   field         shape      code                 unit           range of values
 *   ACTIVATION    [R][N]     int8                 2/127          +-2
 *   WEIGHT        [R][N][d]  int8                 3/127          +-3
 *   TRACE         [R][N][d]  int8, mu-law         see below      +-4.25 / (1 - trace_decay)
 *   INPUT_WEIGHT  [R][N][K]  int8                 3/127          +-3
 *   LEAK          [R][N]     int32 q28            2^-28          +-1
 *   GAIN          [R][N]     int32 q28            2^-28          0..7.5
 *   BIAS          [R][N]     int32 q28            2^-28          +-4
 *   NOISE         [R][N]     int32 q28            2^-28          0..4
 *   TARGET_RATE   [R][N]     int32 q28            2^-28          +-2
 *   MEAN          [R][N]     int32 q28            2^-28          +-2
 *   VARIANCE      [R][N]     int32 q28            2^-28          0..8
 *   FACTOR        [R][N]     int8                 2/127          +-2
 *   PLASTIC       [R][N]     uint8                1              0 or 1
 *   NOISE_SOURCE  [R][N]     int32                1              0..N-1
 *
 * A trace code c, |c| = 16 s + q, holds sign(c) ((16 + q) 2^(s + 3) - 128) U: a mu-law curve from 0 to 31616, with the
 * unit U = 4.25 / (31616 (1 - trace_decay)). Writing a trace rounds to the nearest code. Reading gives the trace as it
 * would be stored now, window included, and changes nothing; praxis_network_settle stores it.
 * FACTOR is the postsynaptic factor used by the last traced tick, or with PRAXIS_FACTOR_SUPPLIED the one to be used.
 * Only neurons whose PLASTIC is 1 (all, at birth) have their traces and weights changed.
 * NOISE_SOURCE says whose noise sample a neuron takes: its own at birth; neurons with one source share one sample.
 */
typedef enum praxis_field {
    PRAXIS_FIELD_ACTIVATION = 0,
    PRAXIS_FIELD_WEIGHT = 1,
    PRAXIS_FIELD_TRACE = 2,
    PRAXIS_FIELD_INPUT_WEIGHT = 3,
    PRAXIS_FIELD_LEAK = 4,
    PRAXIS_FIELD_GAIN = 5,
    PRAXIS_FIELD_BIAS = 6,
    PRAXIS_FIELD_NOISE = 7,
    PRAXIS_FIELD_TARGET_RATE = 8,
    PRAXIS_FIELD_MEAN = 9,
    PRAXIS_FIELD_VARIANCE = 10,
    PRAXIS_FIELD_FACTOR = 11,
    PRAXIS_FIELD_PLASTIC = 12,
    PRAXIS_FIELD_NOISE_SOURCE = 13,
    PRAXIS_FIELD_COUNT = 14
} praxis_field;

typedef enum praxis_field_shape {
    PRAXIS_SHAPE_NEURONS = 0,  /* [R][N] */
    PRAXIS_SHAPE_SYNAPSES = 1, /* [R][N][d] */
    PRAXIS_SHAPE_INPUTS = 2    /* [R][N][K] */
} praxis_field_shape;

typedef enum praxis_code_type { PRAXIS_CODE_INT8 = 0, PRAXIS_CODE_UINT8 = 1, PRAXIS_CODE_INT32 = 2 } praxis_code_type;

/* One row of the table above. Strings are static. */
typedef struct praxis_field_info {
    size_t struct_size;
    const char *name;        /* "input_weight": as praxis_field_find takes it */
    const char *description; /* half a sentence */
    praxis_field_shape shape;
    praxis_code_type code_type;
    uint32_t code_bytes;
    uint32_t reserved;
    uint64_t elements;                  /* codes per neuron: 1, d or K */
    double unit;                        /* value of one code; of a trace, U */
    double minimum, maximum;            /* least and largest value */
    int32_t code_minimum, code_maximum; /* and their codes */
} praxis_field_info;

/*
 * What a field is: in this network, or with NULL in any, where elements are 0 if they are d or K, the unit and bounds
 * of a trace are 0, and the largest code of NOISE_SOURCE is that of the largest network. Thread-safe. Errors:
 * INVALID_ARGUMENT if the field is unknown or info->struct_size not set.
 */
PRAXIS_API praxis_status praxis_field_describe(const praxis_network *network, praxis_field field,
                                               praxis_field_info *info);

/* The field of this name. Errors: INVALID_ARGUMENT if there is none, or a pointer is NULL. Thread-safe. */
PRAXIS_API praxis_status praxis_field_find(const char *name, praxis_field *field);

/*
 * Moving state. Codes are the fast way: they go as they are, where real numbers are converted on the host one by one. A
 * device keeps whole columns of p neurons together, and moves those that a range touches, in a write both ways; each
 * call waits for it. Few large ranges are better than many small ones, and of many neurons here and there it is best to
 * move the whole field.
 *
 * What is refused, for a value, a count or a range, changes nothing: all of it is checked first.
 */

/* A part of the state: these neurons of these replicas. Where a pointer to one is NULL, all of it is meant. */
typedef struct praxis_range {
    uint32_t first_replica, replicas;
    uint64_t first_neuron, neurons;
} praxis_range;

/*
 * Reads the field over `range` as real numbers into `values`, an array of exactly `count` floats in the shape of the
 * table, cut to the range. Waits for the device.
 * Errors: INVALID_ARGUMENT if `count` is not the size of the range (both are named); OUT_OF_RANGE; DEVICE.
 */
PRAXIS_API praxis_status praxis_network_read(praxis_network *network, praxis_field field, const praxis_range *range,
                                             float *values, size_t count);

/* Writes real numbers. Values outside the field's range, and NaN, are refused and nothing is written. */
PRAXIS_API praxis_status praxis_network_write(praxis_network *network, praxis_field field, const praxis_range *range,
                                              const float *values, size_t count);

/* Reads and writes the codes themselves, `bytes` in all. Codes outside the field's range are refused. A round trip
 * through codes restores a state exactly, if praxis_network_settle goes before the reading. */
PRAXIS_API praxis_status praxis_network_read_codes(praxis_network *network, praxis_field field,
                                                   const praxis_range *range, void *codes, size_t bytes);
PRAXIS_API praxis_status praxis_network_write_codes(praxis_network *network, praxis_field field,
                                                    const praxis_range *range, const void *codes, size_t bytes);

/* A 64-bit hash of the whole state of each replica, counters included: hashes[R]. Equal states have equal hashes on
 * every device and machine. FNV-1a over tick, modulations (8 bytes each), ticks in the window (1), and the
 * little-endian codes in the order of praxis_field; between counters and codes each modulator that waits, tick (8) and
 * float (4). */
PRAXIS_API praxis_status praxis_network_hash(praxis_network *network, uint64_t *hashes);

/* Lets weights follow modulators that wait (see consolidation), stores the traces as they are now and empties the
 * window. A run does so when it must (praxis_trace_form); a program needs it only to make a copy of a network, through
 * codes, that goes on to the same bits. The copy must have run as many ticks and modulations. Where traces are not
 * stored the window stays as it is. */
PRAXIS_API praxis_status praxis_network_settle(praxis_network *network);

/*
 * Copies the state of one replica over that of another, in the same network or in one of the same neurons,
 * degree_factor, channels, trace_decay and trace_form, on any device: every field, what waits and the window of `from`
 * having been settled first (praxis_network_settle, of that replica). With PRAXIS_TRACE_WINDOW the copy has no traces
 * yet. Seeds and counts of ticks stay those of their networks: where they are equal too, both replicas go on to the
 * same bits. A replica copied to itself is settled. Between networks of one context it stays in the device's memory,
 * else it goes through the host. One thread uses both networks meanwhile. Errors: INVALID_ARGUMENT names what differs;
 * OUT_OF_RANGE names a replica that is not there; then nothing has changed. Where it fails later, `from` may have been
 * settled, and is otherwise as it was.
 */
PRAXIS_API praxis_status praxis_network_copy_replica(praxis_network *from, uint32_t replica, praxis_network *to,
                                                     uint32_t target);

#define PRAXIS_RESET_ACTIVATIONS 1u
#define PRAXIS_RESET_TRACES      2u
#define PRAXIS_RESET_EPISODE     (PRAXIS_RESET_ACTIVATIONS | PRAXIS_RESET_TRACES)

/* Sets activations, traces or both to zero, in the replicas where mask[r] is not 0; mask may be NULL for all. */
PRAXIS_API praxis_status praxis_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask);

/* ---- Groups of neurons ---------------------------------------------------------------------------------------- */

/*
 * Names a group of neurons (the same in every replica) and gives its number, 0, 1, ... in the order of definition.
 * neurons: `count` distinct indices below N; copied. name: up to 63 bytes, not empty, not taken; copied.
 *
 * There may be as many groups as memory holds. Each definition looks through the names there are and sends all groups
 * to the device anew, so that thousands take their time to define, but none in a run. A group of one neuron each makes
 * a run give the activations of some hundred neurons after every tick, without waiting between ticks; those of all
 * neurons at some moment are had faster with praxis_network_read_codes.
 */
PRAXIS_API praxis_status praxis_network_add_group(praxis_network *network, const char *name, const uint32_t *neurons,
                                                  size_t count, uint32_t *group);

/* The number of the group of this name. Errors: INVALID_ARGUMENT names what was not found. */
PRAXIS_API praxis_status praxis_network_find_group(const praxis_network *network, const char *name, uint32_t *group);

/* Lets only the neurons of these groups learn: PRAXIS_FIELD_PLASTIC becomes 1 in them and 0 elsewhere. */
PRAXIS_API praxis_status praxis_network_set_plastic_groups(praxis_network *network, const uint32_t *groups,
                                                           size_t count);

/* Gives all neurons of a group one common noise sample per tick, that of its first neuron. */
PRAXIS_API praxis_status praxis_network_share_noise(praxis_network *network, uint32_t group);

/* ---- Running -------------------------------------------------------------------------------------------------- */

#define PRAXIS_RUN_TRACE            1u /* traces decay and take in pre x factor */
#define PRAXIS_RUN_VARIANCE_CONTROL 2u /* gains follow the running variance */
#define PRAXIS_RUN_RATE_HOMEOSTASIS 4u /* biases follow the running mean */

/*
 * A span of ticks. The running mean and variance advance in every tick of a span with at least one flag set; with no
 * flag a tick changes activations and nothing else.
 */
typedef struct praxis_run {
    size_t struct_size;
    uint64_t ticks;
    uint32_t flags;         /* PRAXIS_RUN_... */
    int input_shared;       /* not 0: `input` is [ticks][K], the same for every replica */
    const float *input;     /* [R][ticks][K] or NULL for none; |input * input_scale| <= 256 */
    const float *modulator; /* [R][ticks] or NULL: weights are modulated after each tick by this value */
    const uint32_t *groups; /* [group_count] numbers of groups to read out, at most 2^20 of them, or NULL */
    size_t group_count;
    float *output; /* [R][ticks][group_count] mean activation of each group after each tick, or NULL */

    size_t input_count; /* how many numbers `input` has, which must be what its shape says; 0: not checked */
    /* What is recorded: a field over a range, as praxis_network_read gives it, after each `record_every` ticks. Each
     * record waits for the device, and changes no bit of the run. */
    float *record;                    /* [ticks / record_every][the range], or NULL */
    size_t record_count;              /* how many numbers `record` has room for: exactly those */
    uint64_t record_every;            /* 1..ticks */
    const praxis_range *record_range; /* NULL: all of it */
    praxis_field record_field;
} praxis_run;

/* No ticks, no flags, nothing in or out: see praxis_parameters_init. */
PRAXIS_API praxis_status praxis_run_init(praxis_run *run, size_t size);
static inline void praxis_run_default(praxis_run *run)
{
    praxis_run_init(run, sizeof *run);
}

/*
 * Runs the span on the device without waiting on the host between ticks; returns when `output` is complete, or, with
 * no output, as soon as the work is queued. Inputs are read before the call returns.
 * Errors: everything is validated, and memory for the whole run taken, before the first tick.
 */
PRAXIS_API praxis_status praxis_network_run(praxis_network *network, const praxis_run *run);

/*
 * One step of a closed loop: a world and R organoids take turns, and each step one call learns from what the world made
 * of the last one, and runs the next ticks.
 *
 * What happens, in this order; what is NULL or 0 is left out:
 *
 *   1. factor     The postsynaptic factors of the last traced tick are replaced, after the fact: its product in the
 *                 traces is pre(before that tick) times the factor given now, as for a choice that is drawn from the
 *                 activations of that tick. PRAXIS_FIELD_FACTOR becomes it too, so that with PRAXIS_FACTOR_SUPPLIED
 *                 the next traced tick has it until that is replaced.
 *   2. modulator  Weights follow the traces as they now are, as in praxis_network_modulate. How fast a replica learns
 *                 is in the size of its modulators, which share the learning rate. One whose modulators are all 0 keeps
 *                 its weights, but for weight decay.
 *   3. reset      Activations, traces or both of some replicas become zero, as in praxis_network_reset.
 *   4. context    Gates: of each replica, those neurons are open whose hash of seed, context and neuron falls below
 *                 gate_share, and the others closed. Closed neurons do not learn from the modulators of steps, and
 *                 count as 0 in their outputs; they are active all the same. So each context has a part of the neurons
 *                 for what it is to learn, and leaves the rest as others need it (Masse, Grant, Freedman 2018). What is
 *                 open stays so in later steps until a context is given again, is no part of the state, and means
 *                 nothing to other calls; before the first context all neurons are open.
 *   5. ticks      Those that are active run their ticks, each replica by its own flags.
 *   6. output     The mean activations of groups after the last ticks.
 *
 * A replica that rests (active[r] == 0) stays as it is in 5, but takes part in 1 to 4. The network's count
 * of ticks goes on without it: its noise in later ticks is what it would have been, its running means have missed
 * ticks.
 *
 * Unlike praxis_network_run, an untraced tick leaves the window of past ticks open: traces neither decay nor are
 * rounded. With PRAXIS_TRACE_WINDOW, nothing is forgotten either. A replica's last traced tick is out of reach of a
 * factor only after a reset of its traces, praxis_network_settle, a write of traces or of the plastic mask, untraced
 * ticks of praxis_network_run, or a modulation of a full window; then only the field changes.
 *
 * Replica r equals, bit for bit, a network of one replica that is given its part of the same steps.
 */
typedef enum praxis_scope {
    PRAXIS_SCOPE_REPLICA = 0, /* [R] one value for all neurons of a replica */
    PRAXIS_SCOPE_GROUP = 1,   /* [R][target_count] one for each target; neurons in none of them get 0 */
    PRAXIS_SCOPE_NEURON = 2   /* [R][N] */
} praxis_scope;

typedef struct praxis_step {
    size_t struct_size;
    const float *factor;                        /* within +-2 */
    const float *modulator;                     /* |learning_rate * M| <= praxis_network_modulator_limit */
    praxis_scope factor_scope, modulator_scope; /* the shapes of the two. Default PRAXIS_SCOPE_REPLICA */
    const uint32_t *targets; /* numbers of the groups that PRAXIS_SCOPE_GROUP means; no neuron may be in two of them */
    size_t target_count;
    const uint8_t *reset; /* [R] not 0: this replica is reset */
    uint32_t reset_what;  /* PRAXIS_RESET_... Default PRAXIS_RESET_EPISODE */

    uint32_t ticks;                /* 0..4096 */
    uint32_t flags;                /* PRAXIS_RUN_... of every replica */
    const uint32_t *replica_flags; /* [R] in place of `flags`: some replicas are tested while others learn */
    uint32_t traced_ticks; /* with PRAXIS_RUN_TRACE, only so many of the ticks are traced, the last ones; 0: all */
    int input_shared;      /* not 0: all replicas have one input, and the axis R of `input` is not there */
    int input_per_tick;    /* not 0: `input` has a row for each tick; else one is held during all of them */
    const uint8_t *active; /* [R] 0: this replica rests; NULL: none does */
    const float *input;    /* [R][K], or per tick [R][ticks][K]; NULL for none; |input * input_scale| <= 256 */
    size_t input_count;    /* how many numbers `input` has, which must be what its shape says */

    const uint32_t *groups; /* numbers of groups to read out, or NULL */
    size_t group_count;
    uint32_t read_ticks; /* the last so many ticks are read, 1..ticks. Default 1 */
    int output_mean;     /* not 0: the mean over those ticks */
    float *output; /* [R][read_ticks][group_count], or [R][group_count] means; resting replicas' are not written */

    const uint32_t *context; /* [R] or NULL: what is open stays open */
} praxis_step;

/* No ticks, no flags, nothing in or out: see praxis_parameters_init. */
PRAXIS_API praxis_status praxis_step_init(praxis_step *step, size_t size);
static inline void praxis_step_default(praxis_step *step)
{
    praxis_step_init(step, sizeof *step);
}

/*
 * Takes the step; returns when `output` is complete, or, with no output, as soon as the work is queued. Arrays are read
 * before the call returns. Modulators that wait (see consolidation) are applied first; that of the step does not wait,
 * and counts as one modulation.
 * Errors: everything is validated before anything changes. INVALID_ARGUMENT: unknown flags or shapes, arrays that go
 * together of which one is missing, a count of inputs that is not right, a neuron in two targets; OUT_OF_RANGE names
 * the value and its bounds.
 */
PRAXIS_API praxis_status praxis_network_step(praxis_network *network, const praxis_step *step);

/*
 * Applies the modulator to all plastic synapses: one value per replica, [R], or one per neuron, [R][N]. `count` alone
 * says which: R or R N, which no network confuses, for N is at least 49; any other is INVALID_ARGUMENT and named beside
 * both. Weights follow when the call returns, also of modulators of runs that still wait (see consolidation).
 * |learning_rate * M| may not exceed praxis_network_modulator_limit (OUT_OF_RANGE); then no weight changes.
 */
PRAXIS_API praxis_status praxis_network_modulate(praxis_network *network, const float *modulator, size_t count);

/* The largest |learning_rate * M| that the fixed-point update can express: 87.8 (1 - trace_decay), with a
 * consolidation n > 1 divided by 2 n. */
PRAXIS_API double praxis_network_modulator_limit(const praxis_network *network);

/* Waits until the device has done all work queued so far. */
PRAXIS_API praxis_status praxis_network_finish(praxis_network *network);

/*
 * Has the parts of a network on several devices or ranks give each other their activations as they do after every tick,
 * `times` times, one after the other, and waits. All have them already: no bit changes. It is there to be timed, which
 * tells what a tick pays for being in parts. Where there is nothing to give, as with one device or parts that have
 * replicas whole, it only waits.
 */
PRAXIS_API praxis_status praxis_network_exchange(praxis_network *network, uint64_t times);

/* ---- From output errors to modulators ------------------------------------------------------------------------- */

/*
 * A scalar error of many outputs cannot say which neuron to change. These helpers send it back through a matrix of
 * `outputs` rows and N columns: the readout's own weights (symmetric feedback) or fixed random ones (feedback
 * alignment; Lillicrap et al. 2016). They touch no device and are thread-safe.
 */

/* The weights with which mean activations of groups read the neurons: matrix[o][j] = 1 / size if j is in groups[o]. */
PRAXIS_API praxis_status praxis_feedback_groups(const praxis_network *network, const uint32_t *groups, size_t outputs,
                                                float *matrix);

/* Fixed random feedback: matrix[outputs][neurons] normal with variance 1 / outputs, from the seed. */
PRAXIS_API praxis_status praxis_feedback_random(uint64_t seed, size_t outputs, size_t neurons, float *matrix);

/* modulator[r][j] = sum over o of error[r][o] matrix[o][j]; error is [R][outputs], modulator [R][neurons]. */
PRAXIS_API praxis_status praxis_feedback_project(size_t replicas, size_t outputs, size_t neurons, const float *error,
                                                 const float *matrix, float *modulator);

/* ---- Choices, rewards, errors and surprises ------------------------------------------------------------------- */

/*
 * What a program makes of its world to get a modulator M. The three kinds of learning differ in nothing else:
 *
 *   supervised        the error of each output, sent to each neuron by praxis_feedback_project, or averaged to one
 *                     number by praxis_modulator_error
 *   reinforcement     reward less expected reward (praxis_modulator_reward), or the error of a critic (praxis_critic)
 *   self-supervised   an error of prediction (praxis_predictor) or a surprise (praxis_modulator_surprise), less what
 *                     is expected of it: praxis_modulator_reward takes its negative as the reward
 *
 * Arrays have a leading axis of replicas, R. `active` is a mask [R] or NULL for all: the others rest, what is kept of
 * them stays, and their modulators become 0. `log` may be NULL. Nothing here touches a device. Functions without an
 * object are thread-safe; an object may be used by one thread at a time. Arithmetic is in double precision and in a
 * fixed order: where no exponential or logarithm is taken, machines of IEEE 754 give the same bits; those two are as
 * the C library of the machine has them. Errors: INVALID_ARGUMENT: a NULL; OUT_OF_RANGE names what is not finite or
 * outside its bounds. After an error nothing has changed.
 */

/* Probabilities of actions from preferences: probability[r][a] = exp(preference[r][a] / temperature) / sum, both
 * [R][actions]; temperature 0 to 1e30, 0 being the limit: 1 for the first of the greatest. */
PRAXIS_API praxis_status praxis_choice_probabilities(size_t replicas, size_t actions, double temperature,
                                                     const float *preference, float *probability,
                                                     const praxis_log *log);

/* Draws an action for each replica, chosen[R], from probability [R][actions] and numbers uniform[R] in [0, 1), which
 * the caller has of whatever generator: the first action whose cumulative probability exceeds the number. */
PRAXIS_API praxis_status praxis_choice_draw(size_t replicas, size_t actions, const float *probability,
                                            const double *uniform, uint32_t *chosen, const praxis_log *log);

/*
 * What each action's neurons are told of the choice: signal[r][a] = scale[r] (1 if a is chosen[r], else 0, less
 * expected), [R][actions]. With expected = probability[r][a] this is the derivative of the logarithm of the choice's
 * probability by the preference, times the temperature (Williams 1992); with probability NULL, expected = 1 / actions,
 * which does not vanish where a wrong choice has become certain. scale: [R], or NULL for 1. As the factor of
 * PRAXIS_FACTOR_SUPPLIED it is a copy of the choice; scaled with the modulator it is a modulator of each neuron.
 */
PRAXIS_API praxis_status praxis_choice_signal(size_t replicas, size_t actions, const uint32_t *chosen,
                                              const float *probability, const float *scale, float *signal,
                                              const praxis_log *log);

/* Mean error of the outputs: modulator[r] = sum over o of error[r][o] / outputs. One number cannot say which neuron to
 * change: see praxis_feedback_project. Errors: INVALID_ARGUMENT. */
PRAXIS_API praxis_status praxis_modulator_error(size_t replicas, size_t outputs, const float *error, float *modulator);

/*
 * Reward less expected reward: modulator[r] = reward[r] - V, then V += rate (reward[r] - V), where V =
 * expectation[r][context[r]] is the caller's [R][contexts], to be set to what is expected at first. rate: 0 to 1.
 * context: [R] numbers below `contexts`, or NULL for 0 (Sutton and Barto 2018, 2.8: the baseline of a gradient bandit).
 */
PRAXIS_API praxis_status praxis_modulator_reward(size_t replicas, double rate, const float *reward, size_t contexts,
                                                 const uint32_t *context, const uint8_t *active, double *expectation,
                                                 float *modulator, const praxis_log *log);

/*
 * Surprise in nats: -log p of values [R][dimensions] under independent normal distributions,
 *
 *     surprise[r] = sum over i of (log(2 pi v) + (value - mean)^2 / v) / 2,   v = the greater of variance and `floor`,
 *
 * which then follow: mean += rate (value - mean), variance = (1 - rate)(variance + rate (value - old mean)^2), the
 * exponentially weighted moments (West 1979; Finch 2009). mean, variance: the caller's [R][dimensions], for instance 0
 * and 1 at first. rate: 0 to 1; floor: 1e-30 to 1e30.
 */
PRAXIS_API praxis_status praxis_modulator_surprise(size_t replicas, size_t dimensions, double rate, double floor,
                                                   const float *values, const uint8_t *active, double *mean,
                                                   double *variance, float *surprise, const praxis_log *log);

/* What an observation is in its episode. */
typedef enum praxis_episode {
    PRAXIS_EPISODE_GOES_ON = 0,
    PRAXIS_EPISODE_TERMINATED = 1, /* nothing follows: the value of this state is 0 */
    PRAXIS_EPISODE_TRUNCATED = 2   /* it was cut off here: its state has the value that it has */
} praxis_episode;

/* A critic: for each replica, values of observations, learned by TD(lambda). */
typedef struct praxis_critic praxis_critic;

typedef struct praxis_critic_options {
    size_t struct_size;
    uint32_t replicas;     /* R, 1..65536. Default 1 */
    uint32_t observations; /* numbers in an observation, 1..4096. Default 1 */
    int quadratic;         /* features: 1, the observations and, if not 0, the products of every two. Default 1 */
    double discount;       /* gamma, 0..1. Default 0.98 */
    double trace_decay;    /* lambda, 0..1. Default 0.8 */
    double learning_rate;  /* alpha, 0..1e6. Default 0.05 */
    praxis_log log;
} praxis_critic_options;

PRAXIS_API praxis_status praxis_critic_options_init(praxis_critic_options *options, size_t size);
static inline void praxis_critic_options_default(praxis_critic_options *options)
{
    praxis_critic_options_init(options, sizeof *options);
}

/* *critic is owned by the caller: praxis_critic_destroy, to which NULL may be given. Errors: OUT_OF_RANGE names the
 * option; OUT_OF_MEMORY. */
PRAXIS_API praxis_status praxis_critic_create(const praxis_critic_options *options, praxis_critic **critic);
PRAXIS_API void praxis_critic_destroy(praxis_critic *critic);

/*
 * Takes the next observation [R][observations], and reward[R] of the step that led to it, and gives the TD error, the
 * modulator of that step (Sutton and Barto 2018, 12.2, with accumulating traces). With features f and V = weights f,
 *
 *     error = reward + discount V(observation) - V(the one before);  weights += learning_rate error trace;
 *     trace = discount trace_decay trace + f(observation).
 *
 * The first observation of an episode gives 0, and its reward counts for nothing; that of a replica's first step and of
 * each after one that ended is such a one. episode: [R], or NULL where all go on.
 */
PRAXIS_API praxis_status praxis_critic_step(praxis_critic *critic, const float *observation, const float *reward,
                                            const praxis_episode *episode, const uint8_t *active, float *error);

/* values[R]: V of the last observation of each replica. */
PRAXIS_API praxis_status praxis_critic_values(const praxis_critic *critic, float *values);

/* A predictor: for each replica, a linear prediction of the next observation from the last ones, learned online. */
typedef struct praxis_predictor praxis_predictor;

typedef struct praxis_predictor_options {
    size_t struct_size;
    uint32_t replicas;     /* R, 1..65536. Default 1 */
    uint32_t observations; /* numbers in an observation, 1..4096. Default 1 */
    uint32_t order;        /* observations that it sees, 1..4096. Default 1 */
    int normalised;        /* not 0: steps are divided by the squared length of what it sees. Default 0 */
    double learning_rate;  /* 0..1e6. Default 0.05 */
    praxis_log log;
} praxis_predictor_options;

PRAXIS_API praxis_status praxis_predictor_options_init(praxis_predictor_options *options, size_t size);
static inline void praxis_predictor_options_default(praxis_predictor_options *options)
{
    praxis_predictor_options_init(options, sizeof *options);
}

/* *predictor is owned by the caller: praxis_predictor_destroy, to which NULL may be given. Errors: OUT_OF_RANGE names
 * the option; OUT_OF_MEMORY. */
PRAXIS_API praxis_status praxis_predictor_create(const praxis_predictor_options *options, praxis_predictor **predictor);
PRAXIS_API void praxis_predictor_destroy(praxis_predictor *predictor);

/*
 * Takes the next observation [R][observations]: error = observation - weights z, weights += rate error z, where z is
 * the last `order` observations and 1 (Widrow and Hoff 1960; normalised, rate / |z|^2: Nagumo and Noda 1967). `error`
 * is [R][observations], or NULL; squared_error[R] is its squared length. Both are 0 until a replica has seen `order`
 * observations.
 */
PRAXIS_API praxis_status praxis_predictor_step(praxis_predictor *predictor, const float *observation,
                                               const uint8_t *active, float *error, float *squared_error);

/* Forgets the last observations of the replicas where mask[r] is not 0, NULL for all, as between two series; what was
 * learned stays. */
PRAXIS_API praxis_status praxis_predictor_forget(praxis_predictor *predictor, const uint8_t *mask);

/* ---- Readouts ------------------------------------------------------------------------------------------------- */

/*
 * A dense linear readout of a network's replicas, each with weights of its own: outputs[o] = sum over f of
 * weights[o][f] features[f]. Its features are, of each of the last `lags` ticks, newest first, the activations of its
 * neurons in the order of the list, and then, where asked for, half of the square of each; last of all the constant 1.
 *
 * Its weights come from ridge regression on samples, ticks kept with their targets, or from a rule that changes them in
 * every tick, or from the caller. It runs the network itself: its outputs can be the next inputs (free running), and
 * its errors can teach the network.
 *
 * States are int8 codes and sums of their products integers, exact in any order. Everything after that is in double
 * precision, +, -, *, / and square root in one order: machines of IEEE 754 give the same bits.
 */
typedef struct praxis_readout praxis_readout;

/* How weights follow an error e = target - output of features z in every tick that learns. */
typedef enum praxis_readout_rule {
    PRAXIS_READOUT_FITTED = 0, /* not at all: praxis_readout_fit, or praxis_readout_write_weights */
    /* Normalised least mean squares (Nagumo and Noda 1967): step n, from 0, adds
     * rate / (1 + n rate_decay) e z / (regulariser + |z|^2). */
    PRAXIS_READOUT_NLMS = 1,
    /* Recursive least squares (Plackett 1950): the least of the sum of forgetting^age e^2 + forgetting^steps
     * regulariser |w|^2 after every step. Takes 8 bytes for each two features, and time likewise. */
    PRAXIS_READOUT_RLS = 2
} praxis_readout_rule;

typedef struct praxis_readout_options {
    size_t struct_size;
    const uint32_t *neurons;  /* [neuron_count] distinct, the same in every replica; copied. NULL: all. Default NULL */
    size_t neuron_count;      /* 1..N with a list, 0 without. Default 0 */
    uint32_t outputs;         /* 1..65536. Default 1 */
    uint32_t lags;            /* ticks read, 1..4096. Default 1 */
    int squares;              /* not 0: halves of squares are features, too. Default 0 */
    praxis_readout_rule rule; /* Default PRAXIS_READOUT_FITTED */
    double rate;              /* 0..2. Default 0.3 */
    double rate_decay;        /* 0..1. Default 1e-4 */
    double forgetting;        /* 0.5..1. Default 1 */
    double regulariser;       /* 1e-12..1e12. Default 1e-3 */
} praxis_readout_options;

PRAXIS_API praxis_status praxis_readout_options_init(praxis_readout_options *options, size_t size);
static inline void praxis_readout_options_default(praxis_readout_options *options)
{
    praxis_readout_options_init(options, sizeof *options);
}

/*
 * Makes a readout of the network, with weights 0; options NULL: as by default. *readout is owned by the caller and goes
 * before the network: praxis_readout_destroy, to which NULL may be given. Both may be used by one thread at a time.
 * Errors: OUT_OF_RANGE and INVALID_ARGUMENT name the option; OUT_OF_MEMORY.
 */
PRAXIS_API praxis_status praxis_readout_create(praxis_network *network, const praxis_readout_options *options,
                                               praxis_readout **readout);
PRAXIS_API void praxis_readout_destroy(praxis_readout *readout);

typedef struct praxis_readout_info {
    size_t struct_size;
    uint64_t features; /* of an output, the constant included */
    uint32_t outputs;
    uint32_t replicas;
    uint64_t training_samples; /* of each replica */
    uint64_t validation_samples;
} praxis_readout_info;

/* info->struct_size must be set. */
PRAXIS_API praxis_status praxis_readout_describe(const praxis_readout *readout, praxis_readout_info *info);

#define PRAXIS_READOUT_TRAINING   1u  /* ticks become samples that fits are made of */
#define PRAXIS_READOUT_VALIDATION 2u  /* or that ridges are chosen by */
#define PRAXIS_READOUT_LEARN      4u  /* weights follow the errors, by the rule */
#define PRAXIS_READOUT_MODULATE   8u  /* the network is modulated by the errors */
#define PRAXIS_READOUT_FEED_BACK  16u /* inputs are the outputs of the tick before */
#define PRAXIS_READOUT_REHEARSE   32u /* activations and ticks seen are put back afterwards; ticks are counted */

/*
 * Ticks of a network with its readout. In each: the network's tick with its input, the outputs, the modulation of the
 * network, the step of the rule.
 */
typedef struct praxis_readout_span {
    size_t struct_size;
    uint64_t ticks;
    uint32_t flags;      /* PRAXIS_RUN_... of the network's ticks */
    uint32_t what;       /* PRAXIS_READOUT_... */
    int input_shared;    /* not 0: `input` is [ticks][K], the same for every replica */
    const float *input;  /* [R][ticks][K] as of praxis_run, or NULL */
    const float *target; /* [R][ticks][outputs]; where there are errors or samples */
    float *prediction;   /* [R][ticks][outputs] receives the outputs, or NULL */
    /* Which neurons an error is sent to: feedback[o][j], [outputs][N], or NULL for what a change of activation j in
     * this tick changes in output o. M_j = modulator_scale replica_scale[r] sum over o of e_o feedback[o][j]. */
    const float *feedback;
    float modulator_scale; /* Default 1 */
    float feedback_limit;  /* outputs that become inputs are cut to +- this; 0: to what an input may be. Default 0 */
    const float *replica_scale; /* [R], or NULL for 1: some replicas may learn while others do not */
} praxis_readout_span;

PRAXIS_API praxis_status praxis_readout_span_init(praxis_readout_span *span, size_t size);
static inline void praxis_readout_span_default(praxis_readout_span *span)
{
    praxis_readout_span_init(span, sizeof *span);
}

/*
 * Runs the span; returns when it is done. A readout sees the ticks that it runs, and only them: before the first they
 * are zero. With PRAXIS_READOUT_FEED_BACK the network has as many channels as the readout has outputs, and the first
 * input is the output of the tick before the span. A network that is to be modulated needs PRAXIS_RUN_TRACE in flags.
 * Every sample keeps a byte for each neuron and four for each output, in each replica; up to 2^24.
 * Errors: everything but what learning makes is validated before the first tick: where an error becomes a modulator
 * beyond praxis_network_modulator_limit, the span ends with the tick that made it (OUT_OF_RANGE), which modulated
 * nothing; praxis_network_info.tick says which. INVALID_ARGUMENT, OUT_OF_RANGE, OUT_OF_MEMORY, and those of
 * praxis_network_run and praxis_network_modulate.
 */
PRAXIS_API praxis_status praxis_readout_run(praxis_readout *readout, const praxis_readout_span *span);

/*
 * Weights by ridge regression (Hoerl and Kennard 1970) on the samples of some parts, PRAXIS_READOUT_TRAINING,
 * PRAXIS_READOUT_VALIDATION or both: those of replica r have the least squared error plus ridge[r] s |weights|^2, s
 * being the mean over features of their squared deviations, summed over samples; the constant is free. ridge is [R],
 * 1e-15 to 1e15. Where features outnumber samples the dual is solved.
 * Errors: INVALID_ARGUMENT: fewer than two samples; OUT_OF_RANGE: a ridge outside its bounds, or too small for the
 * matrix to be factored; OUT_OF_MEMORY. Then all weights are what they were.
 */
PRAXIS_API praxis_status praxis_readout_fit(praxis_readout *readout, uint32_t parts, const double *ridge);

/*
 * Fits for each of `count` ridges, the same for all replicas: weights[count][R][outputs][features], `weight_count` in
 * all, receives what praxis_readout_fit would make the readout's, which stay as they are. What a fit is solved from is
 * made once. Errors: as of praxis_readout_fit; then `weights` has some of them or none. INVALID_ARGUMENT also where
 * weight_count is another.
 */
PRAXIS_API praxis_status praxis_readout_fit_each(const praxis_readout *readout, uint32_t parts, const double *ridges,
                                                 size_t count, double *weights, size_t weight_count);

/*
 * For each replica the ridge, of `count` in the list, whose fit to the training samples has the least error in the
 * validation samples; then a fit to both. chosen: [R] receives the ridges, or NULL. error: [R] receives their errors,
 * the root of the mean over outputs of the squares of praxis_readout_error, or NULL. Errors: as of praxis_readout_fit.
 */
PRAXIS_API praxis_status praxis_readout_choose(praxis_readout *readout, const double *ridges, size_t count,
                                               double *chosen, double *error);

/* error[R][outputs] of the weights in the samples of one part: the root of the mean squared error, divided by the
 * standard deviation of the targets if that is not 0 (NRMSE). */
PRAXIS_API praxis_status praxis_readout_error(praxis_readout *readout, uint32_t part, double *error);

/* weights[R][outputs][features], `count` in all. Those that are written must be finite. */
PRAXIS_API praxis_status praxis_readout_read_weights(const praxis_readout *readout, double *weights, size_t count);
PRAXIS_API praxis_status praxis_readout_write_weights(praxis_readout *readout, const double *weights, size_t count);

#define PRAXIS_READOUT_RESET_HISTORY 1u /* ticks seen become zero, as before the first */
#define PRAXIS_READOUT_RESET_WEIGHTS 2u /* weights become zero, and rules begin anew */
#define PRAXIS_READOUT_RESET_SAMPLES 4u /* samples are forgotten: of all replicas, mask NULL */

/* Resets some of it in the replicas where mask[r] is not 0; mask may be NULL for all. */
PRAXIS_API praxis_status praxis_readout_reset(praxis_readout *readout, uint32_t what, const uint8_t *mask);

/* ---- Statistics ----------------------------------------------------------------------------------------------- */

#define PRAXIS_HISTOGRAM_BINS 255

/* How the values of a field are distributed in one replica, from exact counts of their codes. */
typedef struct praxis_statistics {
    size_t struct_size;
    uint64_t count;
    uint64_t histogram[PRAXIS_HISTOGRAM_BINS]; /* bin b counts code b - 127 */
    double unit;                               /* value of one code step: 2/127 or 3/127 */
    double mean, variance;
    double skewness;                   /* 0 where the variance is 0 */
    double excess_kurtosis;            /* kurtosis less 3; 0 where the variance is 0 */
    double clipped;                    /* share of elements at code -127 or 127 */
    double normal_distance;            /* largest difference between their distribution function and that of N(0, 1) */
    double gain_minimum, gain_maximum; /* over the neurons of the replica */
} praxis_statistics;

/*
 * Statistics of PRAXIS_FIELD_ACTIVATION, WEIGHT or INPUT_WEIGHT: statistics[R], each with struct_size set.
 * Waits for the device.
 */
PRAXIS_API praxis_status praxis_network_statistics(praxis_network *network, praxis_field field,
                                                   praxis_statistics *statistics);

/* ---- Checkpoints -------------------------------------------------------------------------------------------------
 *
 * A checkpoint is a file of the whole state of networks, and of what belongs to them: readouts, critics, predictors,
 * and tensors and texts of the program. What is loaded goes on to the same bits as what was saved, on any device,
 * driver, path of dot products and tuning; saving changes nothing.
 *
 * The file is one of safetensors, which numpy, torch and JAX open: a tensor for each field of a network, in the shape
 * and the codes of praxis_field, "network.weight" and so on, and strings in its metadata. docs/checkpoints.md has all
 * of it. A newer minor version of the format is read, another major one refused. Everything has a checksum, and
 * nothing is used before it was found to be right: a file may come from anywhere, and can neither crash a program nor
 * run code.
 *
 * Where a path ends in ".index.json" a checkpoint is several files, shards, one for each part that its networks have,
 * which the process writes that has the part, and reads the process that has it now; and an index of them at that path.
 * They lie beside it, "NAME-0123456789abcdef-00001-of-00004.safetensors" with digits that no other save has, and all of
 * them or those of the save before are there. Any number of devices or processes may load them.
 *
 * praxis_network_save and praxis_network_load are all that many programs need.
 */

/*
 * Saves a network, as "network" in a file of its own. The file appears whole or not at all: it is written beside
 * `path`, brought to the disk and put in its place, links followed, with the permissions of the file that was there. No
 * more than some mebibytes of memory are taken. Waits for the device. Of several processes that have the network
 * together the first writes the file.
 * Errors: IO names the path and what the system says, and the old file is as it was, or, where only its folder did not
 * come to the disk, the new one is there; OUT_OF_MEMORY; DEVICE.
 */
PRAXIS_API praxis_status praxis_network_save(praxis_network *network, const char *path);

/*
 * Loads what praxis_network_save has saved. *network is owned by the caller.
 * Errors: IO: the file cannot be read; FORMAT names what is wrong with it; UNSUPPORTED: another major version; those of
 * praxis_network_create.
 */
PRAXIS_API praxis_status praxis_network_load(praxis_context *context, const char *path, praxis_network **network);

/*
 * Makes a network that is the other as it is, to the same bits, in the same context or another: state, window, what
 * waits, groups, gates, counters and seeds. *copy is owned by the caller. Nothing of `from` changes; one thread uses
 * both contexts' networks meanwhile. Errors: those of praxis_network_create.
 */
PRAXIS_API praxis_status praxis_network_copy(praxis_network *from, praxis_context *context, praxis_network **copy);

/* The types of tensors, as safetensors calls them: I8 and so on. Values are frozen: new ones are only appended. */
typedef enum praxis_tensor_type {
    PRAXIS_TENSOR_I8 = 0,
    PRAXIS_TENSOR_U8 = 1,
    PRAXIS_TENSOR_I16 = 2,
    PRAXIS_TENSOR_U16 = 3,
    PRAXIS_TENSOR_I32 = 4,
    PRAXIS_TENSOR_U32 = 5,
    PRAXIS_TENSOR_I64 = 6,
    PRAXIS_TENSOR_U64 = 7,
    PRAXIS_TENSOR_F32 = 8,
    PRAXIS_TENSOR_F64 = 9
} praxis_tensor_type;

#define PRAXIS_TENSOR_DIMENSIONS 8

/* An array in a file, row-major. */
typedef struct praxis_tensor {
    size_t struct_size;
    const char *name;
    praxis_tensor_type type;
    uint32_t dimensions; /* 0..PRAXIS_TENSOR_DIMENSIONS; 0: one number */
    uint64_t shape[PRAXIS_TENSOR_DIMENSIONS];
    uint64_t bytes; /* of all elements: set by the library, ignored where a tensor is given */
} praxis_tensor;

/* Where a checkpoint goes that is no file: `write` takes bytes in their order, and returns 0, or else anything. */
typedef struct praxis_checkpoint_sink {
    int (*write)(void *user, const void *bytes, size_t size);
    void *user;
} praxis_checkpoint_sink;

/* Where one comes from: `read` puts `size` bytes from `offset` on where it is told, and returns 0, or else anything. */
typedef struct praxis_checkpoint_source {
    int (*read)(void *user, uint64_t offset, void *bytes, size_t size);
    void *user;
    uint64_t size; /* of the whole */
} praxis_checkpoint_source;

/*
 * A checkpoint to be: a list of what is to be saved. Objects must live, and tensors stay, until it is written, and are
 * read then, twice: once for the checksums, which stand first. Names and texts are copied. It may be written again,
 * with the objects as they are then.
 *
 * Names have 1 to 200 bytes of printable ASCII without blanks and are given once each; those of objects have no dot in
 * them, and what belongs to an object begins with its name and a dot: no other name may. Names of texts may not begin
 * with "praxis.". Texts are UTF-8. One thread uses it, and the objects in it, at a time.
 */
typedef struct praxis_checkpoint_writer praxis_checkpoint_writer;

/* `log` may be NULL. *writer is owned by the caller: praxis_checkpoint_writer_destroy, to which NULL may be given. */
PRAXIS_API praxis_status praxis_checkpoint_writer_create(const praxis_log *log, praxis_checkpoint_writer **writer);
PRAXIS_API void praxis_checkpoint_writer_destroy(praxis_checkpoint_writer *writer);

/* Errors: INVALID_ARGUMENT says what is wrong with the name, the text or the tensor; OUT_OF_MEMORY. */
PRAXIS_API praxis_status praxis_checkpoint_add_network(praxis_checkpoint_writer *writer, const char *name,
                                                       praxis_network *network);
PRAXIS_API praxis_status praxis_checkpoint_add_readout(praxis_checkpoint_writer *writer, const char *name,
                                                       const praxis_readout *readout);
PRAXIS_API praxis_status praxis_checkpoint_add_critic(praxis_checkpoint_writer *writer, const char *name,
                                                      const praxis_critic *critic);
PRAXIS_API praxis_status praxis_checkpoint_add_predictor(praxis_checkpoint_writer *writer, const char *name,
                                                         const praxis_predictor *predictor);
PRAXIS_API praxis_status praxis_checkpoint_add_text(praxis_checkpoint_writer *writer, const char *name,
                                                    const char *text);
/* The tensor's struct_size must be set; `data` is in the order of this machine. */
PRAXIS_API praxis_status praxis_checkpoint_add_tensor(praxis_checkpoint_writer *writer, const praxis_tensor *tensor,
                                                      const void *data);

/* Writes it to a file, as praxis_network_save does, or to a sink, whose failures are IO. */
PRAXIS_API praxis_status praxis_checkpoint_write(praxis_checkpoint_writer *writer, const char *path);
PRAXIS_API praxis_status praxis_checkpoint_write_to(praxis_checkpoint_writer *writer,
                                                    const praxis_checkpoint_sink *sink);

/* A checkpoint that was written. What it gives out is the same for any number of threads. */
typedef struct praxis_checkpoint praxis_checkpoint;

/*
 * Opens a checkpoint: all of it is read through and compared with its checksums. The source is copied, and read from
 * until the checkpoint is closed. `log` may be NULL. *checkpoint is owned by the caller: praxis_checkpoint_close, to
 * which NULL may be given. Errors: IO; FORMAT; UNSUPPORTED; OUT_OF_MEMORY.
 */
PRAXIS_API praxis_status praxis_checkpoint_open(const char *path, const praxis_log *log,
                                                praxis_checkpoint **checkpoint);
PRAXIS_API praxis_status praxis_checkpoint_open_from(const praxis_checkpoint_source *source, const praxis_log *log,
                                                     praxis_checkpoint **checkpoint);
PRAXIS_API void praxis_checkpoint_close(praxis_checkpoint *checkpoint);

/*
 * The same by several processes, all of which call it: of shards each compares its own with their checksums, and it
 * fails on all where it fails on one. ranks: those of praxis_context_options, not kept; NULL: this process alone.
 * Errors: also those of bad ranks, and DEVICE where they do not reach each other.
 */
PRAXIS_API praxis_status praxis_checkpoint_open_together(const char *path, const praxis_ranks *ranks,
                                                         const praxis_log *log, praxis_checkpoint **checkpoint);

typedef struct praxis_checkpoint_info {
    size_t struct_size;
    uint32_t major, minor; /* version of the format */
    uint32_t texts;        /* how many there are, those of the library among them */
    uint32_t tensors;
    uint64_t bytes;      /* of the whole */
    const char *made_by; /* version of the library that wrote it. Strings live as long as the checkpoint */
} praxis_checkpoint_info;

PRAXIS_API praxis_status praxis_checkpoint_describe(const praxis_checkpoint *checkpoint, praxis_checkpoint_info *info);

/* Text and tensor `number`, from 0 on, in the order of their names. Errors: INVALID_ARGUMENT behind the last. */
PRAXIS_API praxis_status praxis_checkpoint_text_at(const praxis_checkpoint *checkpoint, uint32_t number,
                                                   const char **name, const char **text);
PRAXIS_API praxis_status praxis_checkpoint_tensor_at(const praxis_checkpoint *checkpoint, uint32_t number,
                                                     praxis_tensor *tensor);
/* The same by name. Errors: INVALID_ARGUMENT names what is not there. */
PRAXIS_API praxis_status praxis_checkpoint_text(const praxis_checkpoint *checkpoint, const char *name,
                                                const char **text);
PRAXIS_API praxis_status praxis_checkpoint_tensor(const praxis_checkpoint *checkpoint, const char *name,
                                                  praxis_tensor *tensor);
/* Reads a part of a tensor, `bytes` from `offset` on, which are whole elements, in the order of this machine. */
PRAXIS_API praxis_status praxis_checkpoint_read(const praxis_checkpoint *checkpoint, const char *name, uint64_t offset,
                                                void *elements, size_t bytes);

/* Makes objects of what was saved under a name; they are owned by the caller. Errors: INVALID_ARGUMENT: there is no
 * such object; FORMAT: it is not whole, or a number in it is outside its bounds; and those of its making. */
PRAXIS_API praxis_status praxis_checkpoint_load_network(const praxis_checkpoint *checkpoint, const char *name,
                                                        praxis_context *context, praxis_network **network);
/* `network` has as many replicas as that of which it was saved, and the neurons that are read (FORMAT). That it is that
 * network, or one whose neurons mean the same, is for the caller to know: the file does not say it. */
PRAXIS_API praxis_status praxis_checkpoint_load_readout(const praxis_checkpoint *checkpoint, const char *name,
                                                        praxis_network *network, praxis_readout **readout);
/* `log` may be NULL. */
PRAXIS_API praxis_status praxis_checkpoint_load_critic(const praxis_checkpoint *checkpoint, const char *name,
                                                       const praxis_log *log, praxis_critic **critic);
PRAXIS_API praxis_status praxis_checkpoint_load_predictor(const praxis_checkpoint *checkpoint, const char *name,
                                                          const praxis_log *log, praxis_predictor **predictor);

/* What there is of a network, without making it: its parameters, whose `seeds` is NULL, what shape and counters say of
 * it, and praxis_network_statistics of a field, statistics[R]. No device is asked. NULL is left out. */
PRAXIS_API praxis_status praxis_checkpoint_describe_network(const praxis_checkpoint *checkpoint, const char *name,
                                                            praxis_parameters *parameters, praxis_network_info *info);
PRAXIS_API praxis_status praxis_checkpoint_statistics(const praxis_checkpoint *checkpoint, const char *name,
                                                      praxis_field field, praxis_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif

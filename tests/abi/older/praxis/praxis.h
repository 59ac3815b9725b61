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
 *     NULL), a network keeps the state it had unless the call says otherwise, and the message goes to the log and to
 *     praxis_context_last_error.
 *   - Arrays in and out have a leading axis of replicas, R, then the axes named, row-major. Neuron j stands in column
 *     j / p and row j mod p of a p x p grid.
 *   - Structures begin with struct_size, set by the matching _default function, or by the caller where the library
 *     fills the rest. After that every member means itself, zero included. In an array of structures that of the first
 *     counts for all. Structures grow at their end, and only there; what has no struct_size (praxis_log, praxis_range)
 *     never changes. A program built against an older header passes a smaller size: members that it does not have take
 *     their defaults, and are not written. One built against a newer header passes a larger size: what this library
 *     does not know becomes zero, and must be zero on the way in (UNSUPPORTED), which means "as before" in any member
 *     that is ever added.
 *   - A context may be used by several threads at once. A network may be used by one thread at a time.
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
    PRAXIS_ERROR_IO = -8                /* a file could not be read or written */
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

typedef struct praxis_context_options {
    size_t struct_size;
    const char *device;            /* NULL or "": the best one; else "reference", "opencl:P.D" or part of a name */
    const char *kernel_directory;  /* NULL: the kernels inside the library; else read *.cl from here (development) */
    const char *dot_product;       /* NULL: the device's best path; else a path, as below */
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
} praxis_context_options;

/*
 * `tuning`, for experts: NAME=NUMBER, several separated by commas, such as "resident=0,rows=8", each name once. It
 * changes how fast networks run, never what they compute. What is not named is chosen automatically; "" leaves all of
 * it to that. With NULL a network takes what praxis_context_store_tuning keeps for its shape and device, else what a
 * table in the library says, else all is chosen automatically. Unknown names, names twice and numbers out of range make
 * praxis_context_create fail; the reference ignores it.
 *
 *   resident  1: one work-group owns a replica and runs many ticks in one launch; 0: a launch for every tick. Weights
 *             split into several buffers always take a launch for every tick
 *   rows      1, 2, 4, 8 or 16 neighbouring neurons per vector; must be 1 where the device's dot_product is not "c"
 *   vectors   1, 2, 4, 8 or 16 vectors per work-item, at most those of a tile; 4 where dot_product is not "c"
 *   streams   1 .. 8 tiles that a work-item takes side by side in a tick, at most those of a column, where dot_product
 *             is "c", its vectors are a whole tile, and split is 1
 *   ahead     0 or 1: whether a tick fetches activations before it needs them, where dot_product is "c", on a CPU
 *   height    16, 32, 64, 128 or 256: the most rows in a tile; that many, or what leaves less of the last tile unused
 *   staged    0 or 1: whether columns of activations go through local memory, in a launch for every tick that uses
 *             integer dot products, where a column has few enough rows
 *   split     1, 2, 4 ... 64 work-items that share the synapses of a neuron, in a launch for every tick;
 *             fewer where so many have more than 4096 rows between them
 *   group     64, 128 ... 1024 work-items in a work-group of a tick, at most those the device allows; where dot_product
 *             is not "c" also of learning. No effect on a CPU with "c" and split=1
 *   workers   1, 2, 4 ... 256 work-items per replica, if resident
 *   ticks     1 .. 1048576 ticks in one launch, if resident
 *   span      1 .. 65536 columns that learning takes at once, at most those there are
 *   tiles     1 .. 4096 tiles of neurons that a work-item of learning takes
 */

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
 * Paths of dot products: "ptx" (NVIDIA), "sudot4" and "sdot4" (AMD), "khr" (cl_khr_integer_dot_product), "arm"
 * (cl_arm_integer_dot_product_accumulate_int8), "packed" (plain C in their place) and "c" (plain C for vector
 * registers). All give the same bits: a small program compares the path with scalar C first, and where the compiler
 * refuses it or it is wrong the next best is taken, with a warning. A driver that fails for want of memory or of its
 * device fails the call: that says nothing of the path.
 *
 * Errors: NO_DEVICE names the selector and lists what there is; INVALID_ARGUMENT: no path or tuning of that name, the
 * message lists them; OUT_OF_RANGE: a number of the tuning, with its bounds; UNSUPPORTED: the device lacks the path
 * asked for, or fails its test, or no path passes; DEVICE: the device fails, or computes wrongly on every path; IO:
 * kernel_directory cannot be read; OUT_OF_MEMORY.
 */
PRAXIS_API praxis_status praxis_context_create(const praxis_context_options *options, praxis_context **context);

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
    /* One byte per synapse is stored; it takes in the window when that is full, or when ticks are no longer traced. */
    PRAXIS_TRACE_STORED = 0,
    /* Nothing is stored: the trace is what the window holds, and ticks before it are forgotten, as are all when a tick
     * is not traced. Half the memory per synapse. For episodes that end with a reset, and decays that leave little
     * after trace_window ticks. Traces can be read but not written. */
    PRAXIS_TRACE_WINDOW = 1
} praxis_trace_form;

/*
 * Everything that shapes a network. Bounds, defaults and meanings of the real-valued members can be asked with
 * praxis_parameter_describe; where a member says "birth", it sets the first value of a per-neuron field that can be
 * written later.
 */
typedef struct praxis_parameters {
    size_t struct_size;

    uint64_t neurons;       /* asked for; rounded up to the next admissible p^2. Default 961 */
    uint32_t degree_factor; /* k, 1..4. Default 2 */
    uint32_t replicas;      /* R, 1..65536. Default 1 */
    uint32_t channels;      /* K input channels, 0..65536. Default 0 */
    uint32_t input_fan_out; /* neurons each channel reaches, chosen by the seed; 0: all. Default 0 */
    uint64_t seed;          /* replica r is born from seed + r, unless `seeds` is given. Default 1 */
    const uint64_t *seeds;  /* [R] or NULL; copied */
    praxis_factor factor;   /* Default PRAXIS_FACTOR_POST */

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

    uint32_t trace_window;        /* traced ticks that a trace may lag behind, 1..128. Default 16 */
    praxis_trace_form trace_form; /* Default PRAXIS_TRACE_STORED */
    /* Weights follow the modulators of this many ticks at once, 1..trace_window: each still multiplies the trace of its
     * tick, but in between ticks use the weights from before. With
     * PRAXIS_TRACE_WINDOW, ticks that leave the window before that are lost to them. They follow when the number of
     * modulations since birth is a multiple of it, or earlier, when traces are to change otherwise. Default 1 */
    uint32_t consolidation;
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

/* The real-valued members of praxis_parameters. */
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
    PRAXIS_PARAMETER_COUNT = 16
} praxis_parameter;

typedef struct praxis_parameter_info {
    size_t struct_size;
    const char *name;        /* as the member is called; static storage */
    const char *description; /* one line; static storage */
    double minimum, maximum; /* both allowed */
    double default_value;
    int settable; /* may be changed on a living network with praxis_network_set_parameter */
} praxis_parameter_info;

/* Bounds, default and meaning of one parameter. Errors: INVALID_ARGUMENT for an unknown one. */
PRAXIS_API praxis_status praxis_parameter_describe(praxis_parameter parameter, praxis_parameter_info *info);

/* ---- Networks ------------------------------------------------------------------------------------------------- */

typedef struct praxis_network praxis_network;

/*
 * Creates R replicas on the context's device, born from their seeds: weights normal N(0, 1), input weights normal,
 * activations and traces zero, averages at mean 0 and variance 1. *network is owned by the caller. The kernels for a
 * shape are built once: the networks of a context share them, and those of the 32 shapes last used are kept for more.
 *
 * A compiler may get kernels wrong for some shape. Weights of every network are compared with the reference, and for
 * the first of a shape a learned tick, in a part of the neurons; where they differ the network is made by the next path
 * of dot products, with a warning, unless the path was asked for.
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
 * Errors: UNSUPPORTED: the context has no cache directory, or is the reference's; INVALID_ARGUMENT and OUT_OF_RANGE
 * name what is wrong with the tuning, its bounds, or a parameter; IO: the directory cannot be used, or the entry not
 * written; OUT_OF_MEMORY.
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
    uint64_t device_bytes;    /* memory taken on the device */
    uint32_t weight_slabs;    /* buffers the weights are split into */
    praxis_factor factor;
    char sum_path[32]; /* which form of the synaptic sum runs */
} praxis_network_info;

/* Shape, counters and memory of a network. info->struct_size must be set. */
PRAXIS_API praxis_status praxis_network_describe(const praxis_network *network, praxis_network_info *info);

/* The graph of a network, as praxis_graph_plan would give it. graph->struct_size must be set. */
PRAXIS_API praxis_status praxis_network_graph(const praxis_network *network, praxis_graph *graph);

/* Changes a settable parameter; it holds from the next call. Errors: OUT_OF_RANGE; INVALID_ARGUMENT if not settable. */
PRAXIS_API praxis_status praxis_network_set_parameter(praxis_network *network, praxis_parameter parameter,
                                                      double value);
PRAXIS_API praxis_status praxis_network_get_parameter(const praxis_network *network, praxis_parameter parameter,
                                                      double *value);

/* Changes the postsynaptic factor. It holds from the next tick. */
PRAXIS_API praxis_status praxis_network_set_factor(praxis_network *network, praxis_factor factor);

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

#define PRAXIS_RESET_ACTIVATIONS 1u
#define PRAXIS_RESET_TRACES      2u
#define PRAXIS_RESET_EPISODE     (PRAXIS_RESET_ACTIVATIONS | PRAXIS_RESET_TRACES)

/* Sets activations, traces or both to zero, in the replicas where mask[r] is not 0; mask may be NULL for all. */
PRAXIS_API praxis_status praxis_network_reset(praxis_network *network, uint32_t what, const uint8_t *mask);

/* ---- Groups of neurons ---------------------------------------------------------------------------------------- */

/*
 * Names a group of neurons (the same in every replica) and gives its number, 0, 1, ... in the order of definition.
 * neurons: `count` distinct indices below N; copied. name: up to 63 bytes, not empty, not taken; copied.
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
    const uint32_t *groups; /* [group_count] numbers of groups to read out, or NULL */
    size_t group_count;
    float *output; /* [R][ticks][group_count] mean activation of each group after each tick, or NULL */
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
 * Errors: everything is validated before the first tick. On DEVICE the state is undefined.
 */
PRAXIS_API praxis_status praxis_network_run(praxis_network *network, const praxis_run *run);

/*
 * Applies the modulator to all plastic synapses: one value per replica (count = R), or one per neuron (count = R N).
 * |learning_rate * M| may not exceed praxis_network_modulator_limit.
 */
PRAXIS_API praxis_status praxis_network_modulate(praxis_network *network, const float *modulator, size_t count);

/* The largest |learning_rate * M| that the fixed-point update can express: 87.8 (1 - trace_decay), with a
 * consolidation n > 1 divided by 2 n. */
PRAXIS_API double praxis_network_modulator_limit(const praxis_network *network);

/* Waits until the device has done all work queued so far. */
PRAXIS_API praxis_status praxis_network_finish(praxis_network *network);

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

#ifdef __cplusplus
}
#endif

#endif

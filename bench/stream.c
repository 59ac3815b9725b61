/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <stdio.h>
#include <stdlib.h>

#include "tool/clock.h"
#include "tool/memory.h"

#define UNROLL   4
#define MINIMUM  ((size_t)64 << 20)  /* bytes of a buffer */
#define SMALLEST ((size_t)256 << 20) /* where the device has memory for it */

struct shape {
    bool cpu;          /* for CPUs; else for other devices */
    unsigned vector;   /* 32-bit words that a work-item reads at once */
    unsigned together; /* neighbouring work-items read neighbouring vectors; else each a run of its own */
    unsigned group;    /* work-items */
    unsigned groups;   /* per compute unit */
};

/* On a CPU the work-items of a group run one after the other: beside each other they would fetch each line again. */
static const struct shape shapes[] = {
    {true, 16, 0, 1, 1},   {true, 16, 0, 1, 4},    {true, 16, 0, 1, 64},   {true, 16, 0, 1, 512},
    {true, 8, 0, 1, 16},   {false, 4, 1, 256, 8},  {false, 4, 1, 256, 32}, {false, 4, 1, 256, 256},
    {false, 4, 1, 64, 64}, {false, 2, 1, 256, 64}, {false, 1, 1, 256, 64}, {false, 16, 1, 64, 64},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

static const char *const names[STREAM_KINDS] = {"read_stream", "copy_stream", "triad_stream"};
static const unsigned buffers_moved[STREAM_KINDS] = {1, 2, 3};

/* Each work-item takes `run` vectors, a multiple of 4. The sum of the read stream is kept so that reading is not left
 * out; one vector per work-item is written. */
static const char source[] =
    "#define JOIN_(a, b) a##b\n"
    "#define JOIN(a, b) JOIN_(a, b)\n"
    "#if VECTOR == 1\n"
    "#define AS_WORDS(x) as_uint(x)\n"
    "typedef float real; typedef uint word;\n"
    "#else\n"
    "#define AS_WORDS(x) JOIN(as_uint, VECTOR)(x)\n"
    "typedef JOIN(float, VECTOR) real; typedef JOIN(uint, VECTOR) word;\n"
    "#endif\n"
    "#define SPAN ulong item = get_global_id(0), items = get_global_size(0);\\\n"
    "    ulong i = TOGETHER ? item : item * run, step = TOGETHER ? items : 1;\n"
    "__kernel void read_stream(__global const real *b, __global const real *c, __global word *a, uint run) {\n"
    "    SPAN word s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
    "    for (uint n = 0; n < run; n += 4, i += 4 * step) {\n"
    "        s0 ^= AS_WORDS(b[i]); s1 ^= AS_WORDS(b[i + step]);\n"
    "        s2 ^= AS_WORDS(b[i + 2 * step]); s3 ^= AS_WORDS(b[i + 3 * step]);\n"
    "    }\n"
    "    a[item] = s0 ^ s1 ^ s2 ^ s3;\n"
    "}\n"
    "__kernel void copy_stream(__global const real *b, __global const real *c, __global real *a, uint run) {\n"
    "    SPAN for (uint n = 0; n < run; n++, i += step) a[i] = b[i];\n"
    "}\n"
    "__kernel void triad_stream(__global const real *b, __global const real *c, __global real *a, uint run) {\n"
    "    SPAN for (uint n = 0; n < run; n++, i += step) a[i] = b[i] + 3.0f * c[i];\n"
    "}\n";

struct one_stream {
    struct streams *streams;
    enum stream_kind kind;
    cl_kernel kernel;
    cl_program program;
    struct shape shape;
    size_t items;
    cl_uint run; /* vectors per work-item */
};

struct streams {
    struct opencl *opencl;
    struct one_stream kinds[STREAM_KINDS];
    cl_mem b, c, a; /* the read stream's sums go to `sums`, so that it needs b alone */
    cl_mem sums;
    size_t bytes;
};

/* Many times the cache, but no more than a sixteenth of the memory: a large network wants to fit beside it. */
static size_t buffer_bytes(const struct opencl *opencl)
{
    size_t bytes = (size_t)opencl->cache_bytes * 16, most = (size_t)opencl->memory_bytes / 16;
    bytes = bytes > SMALLEST ? bytes : SMALLEST;
    bytes = bytes < most ? bytes : most;
    bytes = bytes > MINIMUM ? bytes : MINIMUM;
    return bytes / 4096 * 4096;
}

static bool set_arguments(struct streams *streams, struct one_stream *stream)
{
    cl_mem target = stream->kind == STREAM_READ ? streams->sums : streams->a;
    cl_mem b = streams->b, c = streams->c ? streams->c : b; /* only the triad looks at c */
    return target && !clSetKernelArg(stream->kernel, 0, sizeof b, &b) &&
           !clSetKernelArg(stream->kernel, 1, sizeof c, &c) &&
           !clSetKernelArg(stream->kernel, 2, sizeof target, &target) &&
           !clSetKernelArg(stream->kernel, 3, sizeof stream->run, &stream->run);
}

static bool run_stream(void *work, uint64_t times)
{
    struct one_stream *stream = work;
    return set_arguments(stream->streams, stream) &&
           opencl_run(stream->streams->opencl, stream->kernel, stream->items, stream->shape.group, times);
}

/* False where the shape does not suit the device. */
static bool build_shape(struct streams *streams, enum stream_kind kind, const struct shape *shape,
                        struct one_stream *stream)
{
    char options[64];
    size_t vectors = streams->bytes / (4 * shape->vector);
    *stream = (struct one_stream){.streams = streams, .kind = kind, .shape = *shape};
    stream->items = (size_t)streams->opencl->compute_units * shape->group * shape->groups;
    while (stream->items / shape->group > 1 && vectors / stream->items < UNROLL)
        stream->items = stream->items / shape->group / 2 * shape->group;
    stream->run = (cl_uint)(vectors / stream->items / UNROLL * UNROLL);
    if (shape->cpu != streams->opencl->cpu || shape->group > streams->opencl->max_group || stream->run == 0)
        return false;
    snprintf(options, sizeof options, "-DVECTOR=%u -DTOGETHER=%u", shape->vector, shape->together);
    stream->kernel = opencl_kernel(streams->opencl, source, options, names[kind], &stream->program);
    return stream->kernel != NULL;
}

static double moved(const struct one_stream *stream)
{
    return (double)stream->items * stream->run * stream->shape.vector * 4 * buffers_moved[stream->kind];
}

/* Bytes per second of the best of three runs after a first one; of fewer where it is far from `best` already. 0 where
 * it fails. */
static double try_stream(struct one_stream *stream, double best)
{
    double found = 0;
    for (int i = 0; i < 4; i++) {
        double start = clock_now();
        if (!run_stream(stream, 1))
            return 0;
        double rate = moved(stream) / (clock_now() - start);
        found = i > 0 && rate > found ? rate : found;
        if (i > 0 && found < best / 4)
            break;
    }
    return found;
}

static bool choose_shape(struct streams *streams, enum stream_kind kind)
{
    struct one_stream *best = &streams->kinds[kind];
    double best_rate = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        struct one_stream stream;
        double rate = build_shape(streams, kind, &shapes[i], &stream) ? try_stream(&stream, best_rate) : 0;
        if (rate > best_rate) {
            opencl_forget_kernel(best->kernel, best->program);
            *best = stream;
            best_rate = rate;
        } else {
            opencl_forget_kernel(stream.kernel, stream.program);
        }
    }
    return best_rate > 0;
}

bool streams_hold(struct streams *streams, bool all)
{
    if (!all) {
        opencl_forget_buffer(streams->a);
        opencl_forget_buffer(streams->c);
        streams->a = streams->c = NULL;
        return true;
    }
    if (!streams->c)
        streams->c = opencl_random(streams->opencl, streams->bytes, 2);
    if (!streams->a)
        streams->a = opencl_random(streams->opencl, streams->bytes, 3);
    return streams->c && streams->a;
}

/* Room for a vector of each work-item of the shape with most. */
static size_t sums_bytes(const struct opencl *opencl)
{
    size_t most = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        size_t bytes = (size_t)opencl->compute_units * shapes[i].group * shapes[i].groups * shapes[i].vector * 4;
        most = bytes > most ? bytes : most;
    }
    return (most + 255) / 256 * 256;
}

struct streams *streams_open(struct opencl *opencl)
{
    struct streams *streams = memory_get(1, sizeof *streams);
    streams->opencl = opencl;
    streams->bytes = buffer_bytes(opencl);
    streams->b = opencl_random(opencl, streams->bytes, 1);
    streams->sums = opencl_random(opencl, sums_bytes(opencl), 4);
    bool ready = streams->b && streams->sums && streams_hold(streams, true);
    for (int kind = 0; kind < STREAM_KINDS && ready; kind++)
        ready = choose_shape(streams, (enum stream_kind)kind);
    if (ready)
        return streams;
    streams_close(streams);
    return NULL;
}

void streams_close(struct streams *streams)
{
    if (!streams)
        return;
    for (int kind = 0; kind < STREAM_KINDS; kind++)
        opencl_forget_kernel(streams->kinds[kind].kernel, streams->kinds[kind].program);
    opencl_forget_buffer(streams->a);
    opencl_forget_buffer(streams->b);
    opencl_forget_buffer(streams->c);
    opencl_forget_buffer(streams->sums);
    free(streams);
}

struct series streams_series(struct streams *streams, enum stream_kind kind)
{
    return (struct series){.run = run_stream, .work = &streams->kinds[kind], .step = 1, .most = 1 << 20};
}

double streams_bytes(const struct streams *streams, enum stream_kind kind)
{
    return moved(&streams->kinds[kind]);
}

static void name_shape(const struct one_stream *stream, char text[RESULT_TEXT])
{
    snprintf(text, RESULT_TEXT, "%zu work-items in groups of %u, %u bytes each at once, %s", stream->items,
             stream->shape.group, stream->shape.vector * 4, stream->shape.together ? "side by side" : "in runs");
}

bool streams_measure(struct streams *streams, const struct series_settings *settings, struct result_streams *result)
{
    struct series series[STREAM_KINDS];
    struct sample *const samples[STREAM_KINDS] = {&result->read, &result->copy, &result->triad};
    char *const shape_names[STREAM_KINDS] = {result->read_shape, result->copy_shape, result->triad_shape};
    if (!streams_hold(streams, true))
        return false;
    for (int kind = 0; kind < STREAM_KINDS; kind++)
        series[kind] = streams_series(streams, (enum stream_kind)kind);
    series_measure(series, STREAM_KINDS, settings);
    for (int kind = 0; kind < STREAM_KINDS; kind++) {
        struct sample seconds = series_seconds(&series[kind]);
        *samples[kind] = statistics_rate(&seconds, streams_bytes(streams, (enum stream_kind)kind));
        name_shape(&streams->kinds[kind], shape_names[kind]);
    }
    result->buffer_bytes = (double)streams->bytes;
    return true;
}

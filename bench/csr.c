/* SPDX-License-Identifier: MIT */
/* The network as a sparse matrix: compressed rows of 32-bit floats and column indices, 8 bytes per synapse. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tool/clock.h"
#include "tool/memory.h"
#include "peer.h"

#define CHECKED_ROWS 64
#define GROUP        64 /* rows of a work-group where a row belongs to one work-item; rows are padded with empty ones */
#define WARMING      64 /* ticks, after which activations are nowhere near their birth at 0 */

/* A row belongs to one work-item, which takes eight products at once, or to a work-group of WIDTH that adds up in local
 * memory. */
static const char source[] =
    "#if WIDTH == 1\n"
    "__kernel void csr(__global const uint *starts, __global const uint *columns, __global const float *values,\n"
    "                  __global const float *x, __global float *y) {\n"
    "    uint row = get_global_id(0), i = starts[row], end = starts[row + 1];\n"
    "    float8 sums = 0; float sum = 0;\n"
    "    for (; i + 8 <= end; i += 8) {\n"
    "        uint8 c = vload8(0, columns + i);\n"
    "        float8 gathered = (float8)(x[c.s0], x[c.s1], x[c.s2], x[c.s3], x[c.s4], x[c.s5], x[c.s6], x[c.s7]);\n"
    "        sums += vload8(0, values + i) * gathered;\n"
    "    }\n"
    "    for (; i < end; i++) sum += values[i] * x[columns[i]];\n"
    "    float4 four = sums.lo + sums.hi; float2 two = four.lo + four.hi;\n"
    "    y[row] = sum + two.x + two.y;\n"
    "}\n"
    "#else\n"
    "__kernel __attribute__((reqd_work_group_size(WIDTH, 1, 1)))\n"
    "void csr(__global const uint *starts, __global const uint *columns, __global const float *values,\n"
    "         __global const float *x, __global float *y) {\n"
    "    __local float parts[WIDTH];\n"
    "    uint row = get_group_id(0), lane = get_local_id(0), end = starts[row + 1];\n"
    "    float sum = 0;\n"
    "    for (uint i = starts[row] + lane; i < end; i += WIDTH) sum += values[i] * x[columns[i]];\n"
    "    parts[lane] = sum;\n"
    "    for (uint half_width = WIDTH / 2; half_width > 0; half_width /= 2) {\n"
    "        barrier(CLK_LOCAL_MEM_FENCE);\n"
    "        if (lane < half_width) parts[lane] += parts[lane + half_width];\n"
    "    }\n"
    "    if (lane == 0) y[row] = parts[0];\n"
    "}\n"
    "#endif\n";

static const unsigned widths[] = {1, 32, 64, 128};

struct csr {
    struct opencl *opencl;
    cl_program program;
    cl_kernel kernel;
    unsigned width; /* work-items per row */
    size_t rows, padded_rows, degree;
    cl_mem starts, columns, values, x, y;
};

/* The same on the host, while it is being made. */
struct csr_host {
    uint32_t *starts, *columns;
    float *values, *x;
};

static bool run_csr(void *work, uint64_t times)
{
    struct csr *csr = work;
    return csr->width == 1 ? opencl_run(csr->opencl, csr->kernel, csr->padded_rows, GROUP, times)
                           : opencl_run(csr->opencl, csr->kernel, csr->rows * csr->width, csr->width, times);
}

static void close_csr(void *work)
{
    struct csr *csr = work;
    opencl_forget_kernel(csr->kernel, csr->program);
    opencl_forget_buffer(csr->starts);
    opencl_forget_buffer(csr->columns);
    opencl_forget_buffer(csr->values);
    opencl_forget_buffer(csr->x);
    opencl_forget_buffer(csr->y);
    free(csr);
}

static void free_host(struct csr_host *host)
{
    free(host->starts);
    free(host->columns);
    free(host->values);
    free(host->x);
}

/* Weights and activations as they are after some ticks. */
static bool read_network(praxis_network *network, const praxis_graph *graph, size_t padded_rows, struct csr_host *host)
{
    size_t rows = (size_t)graph->neurons, synapses = (size_t)graph->synapses;
    praxis_run run;
    praxis_run_default(&run);
    run.ticks = WARMING;
    *host =
        (struct csr_host){malloc((padded_rows + 1) * 4), malloc(synapses * 4), malloc(synapses * 4), malloc(rows * 4)};
    if (!host->starts || !host->columns || !host->values || !host->x || praxis_network_run(network, &run) ||
        praxis_network_read(network, PRAXIS_FIELD_WEIGHT, NULL, host->values, synapses) ||
        praxis_network_read(network, PRAXIS_FIELD_ACTIVATION, NULL, host->x, rows))
        return false;
    for (size_t row = 0; row <= padded_rows; row++)
        host->starts[row] = (uint32_t)((row < rows ? row : rows) * graph->degree);
    for (uint32_t row = 0; row < rows; row++)
        for (uint32_t tap = 0; tap < graph->degree; tap++)
            host->columns[(size_t)row * graph->degree + tap] = praxis_graph_presynaptic(graph, row, tap);
    return true;
}

static bool upload(struct csr *csr, const struct csr_host *host)
{
    size_t synapses = csr->rows * csr->degree;
    csr->starts = opencl_buffer(csr->opencl, (csr->padded_rows + 1) * 4, host->starts);
    csr->columns = opencl_buffer(csr->opencl, synapses * 4, host->columns);
    csr->values = opencl_buffer(csr->opencl, synapses * 4, host->values);
    csr->x = opencl_buffer(csr->opencl, csr->rows * 4, host->x);
    csr->y = opencl_buffer(csr->opencl, csr->padded_rows * 4, NULL);
    return csr->starts && csr->columns && csr->values && csr->x && csr->y;
}

static bool build(struct csr *csr, unsigned width)
{
    char options[32];
    const cl_mem *const arguments[] = {&csr->starts, &csr->columns, &csr->values, &csr->x, &csr->y};
    snprintf(options, sizeof options, "-DWIDTH=%u", width);
    csr->width = width;
    csr->kernel = (width == 1 ? GROUP : width) <= csr->opencl->max_group
                      ? opencl_kernel(csr->opencl, source, options, "csr", &csr->program)
                      : NULL;
    for (cl_uint i = 0; csr->kernel && i < 5; i++)
        if (clSetKernelArg(csr->kernel, i, sizeof(cl_mem), arguments[i]))
            return false;
    return csr->kernel != NULL;
}

static void forget_kernel(struct csr *csr)
{
    opencl_forget_kernel(csr->kernel, csr->program);
    csr->kernel = NULL;
    csr->program = NULL;
}

/* Seconds of the better of two runs after a first one, infinity where it fails. */
static double try_width(struct csr *csr)
{
    double best = INFINITY;
    for (int i = 0; i < 3; i++) {
        double start = clock_now();
        if (!run_csr(csr, 1))
            return INFINITY;
        double taken = clock_now() - start;
        best = i > 0 && taken < best ? taken : best;
    }
    return best;
}

static bool choose_width(struct csr *csr)
{
    unsigned best = 0;
    double shortest = INFINITY;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        double seconds = build(csr, widths[i]) ? try_width(csr) : INFINITY;
        if (seconds < shortest) {
            shortest = seconds;
            best = widths[i];
        }
        forget_kernel(csr);
    }
    return best && build(csr, best) && run_csr(csr, 1);
}

/* Rows from all over the matrix against sums in double precision. A sum of d products of floats of random signs is off
 * by no more than d units in the last place of the sum of their magnitudes. */
static bool is_right(struct csr *csr, const struct csr_host *host)
{
    for (size_t i = 0; i < CHECKED_ROWS; i++) {
        size_t row = i * (csr->rows - 1) / (CHECKED_ROWS - 1);
        double sum = 0, magnitude = 0;
        float made = NAN;
        if (clEnqueueReadBuffer(csr->opencl->queue, csr->y, CL_TRUE, row * 4, 4, &made, 0, NULL, NULL))
            return false;
        for (size_t s = row * csr->degree; s < (row + 1) * csr->degree; s++) {
            double product = (double)host->values[s] * (double)host->x[host->columns[s]];
            sum += product;
            magnitude += fabs(product);
        }
        if (!(fabs((double)made - sum) <= magnitude * (double)csr->degree * 0x1p-24))
            return false;
    }
    return true;
}

bool peer_open_csr(struct opencl *opencl, praxis_network *network, const praxis_graph *graph, struct peer *peer)
{
    struct csr *csr = graph->synapses <= PEER_MOST_BYTES / 8 && graph->synapses * 8 <= opencl->memory_bytes / 4
                          ? memory_get(1, sizeof *csr)
                          : NULL;
    struct csr_host host = {NULL, NULL, NULL, NULL};
    if (!csr)
        return false;
    *csr = (struct csr){.opencl = opencl, .rows = (size_t)graph->neurons, .degree = graph->degree};
    csr->padded_rows = (csr->rows + GROUP - 1) / GROUP * GROUP;
    *peer = (struct peer){{.run = run_csr, .work = csr, .step = 1, .most = 1 << 20}, close_csr};
    bool ready = read_network(network, graph, csr->padded_rows, &host) && upload(csr, &host) && choose_width(csr);
    if (ready && !is_right(csr, &host)) {
        fprintf(stderr, "praxis-bench: the sparse product is wrong on this device and left out\n");
        ready = false;
    }
    free_host(&host);
    if (!ready)
        peer_close(peer);
    return ready;
}

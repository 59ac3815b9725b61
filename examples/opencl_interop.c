/* SPDX-License-Identifier: MIT */
/*
 * A program with OpenCL of its own films a network: a kernel of its draws the activations, frame by frame, on the same
 * device and the same queue. Nothing is waited for, and nothing goes to the host, until the film is there.
 *
 *     opencl_interop [platform device]
 */
#define CL_TARGET_OPENCL_VERSION 120
#include <praxis/opencl.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAMES 3

/* A character for each neuron, from -2 to 2; neuron j stands in column j / rows. */
static const char source[] = "__kernel void draw(__global const char *codes, ulong offset, ulong column_bytes,"
                             "                   __global char *film, ulong frame)\n"
                             "{\n"
                             "    ulong x = get_global_id(0), y = get_global_id(1), width = get_global_size(0);\n"
                             "    int code = codes[offset + x * column_bytes + y];\n"
                             "    __constant char *shades = \" .:-=+*#%@\";\n"
                             "    film[(frame * width + y) * width + x] = shades[(code + 127) * 10 / 255];\n"
                             "}\n";

static void check(int failed, const char *what)
{
    if (!failed)
        return;
    fprintf(stderr, "opencl_interop: %s: %d\n", what, failed);
    exit(1);
}

int main(int argc, char **argv)
{
    /* The program's own: a context, a queue in order, a kernel. */
    cl_platform_id platforms[16];
    cl_device_id devices[16], device;
    int p = argc > 2 ? atoi(argv[1]) % 16 : 0, d = argc > 2 ? atoi(argv[2]) % 16 : 0;
    const char *text = source;
    cl_int error;
    if (clGetPlatformIDs(16, platforms, NULL) || clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, 16, devices, NULL))
        return 77; /* there is no such device */
    device = devices[d];
    cl_context opencl = clCreateContext(NULL, 1, &device, NULL, NULL, &error);
    check(error, "clCreateContext");
    cl_command_queue queue = clCreateCommandQueue(opencl, device, 0, &error);
    check(error, "clCreateCommandQueue");
    cl_program program = clCreateProgramWithSource(opencl, 1, &text, NULL, &error);
    check(error || clBuildProgram(program, 1, &device, "", NULL, NULL), "building the kernel");
    cl_kernel draw = clCreateKernel(program, "draw", &error);
    check(error, "clCreateKernel");

    /* A network in it. */
    praxis_context *context;
    praxis_network *network;
    praxis_parameters parameters;
    praxis_parameters_default(&parameters);
    parameters.neurons = 361;
    parameters.noise = 0.5;
    check(praxis_opencl_context_create(NULL, opencl, device, queue, &context), "praxis_opencl_context_create");
    check(praxis_network_create(context, &parameters, &network), "praxis_network_create");

    static char picture[FRAMES][19][19];
    cl_mem film = clCreateBuffer(opencl, CL_MEM_READ_WRITE, sizeof picture, NULL, &error);
    check(error, "clCreateBuffer");
    for (cl_ulong frame = 0; frame < FRAMES; frame++) {
        praxis_run run;
        praxis_run_default(&run);
        run.ticks = 5;
        check(praxis_network_run(network, &run), "praxis_network_run");
        /* Ticks take turns with two places: where the last one's activations are is asked after each run. */
        praxis_opencl_view view = {.struct_size = sizeof view};
        check(praxis_opencl_field(network, PRAXIS_FIELD_ACTIVATION, &view), "praxis_opencl_field");
        const size_t size[] = {view.columns, view.rows};
        error = clSetKernelArg(draw, 0, sizeof view.buffer, &view.buffer);
        error |= clSetKernelArg(draw, 1, sizeof view.offset, &view.offset);
        error |= clSetKernelArg(draw, 2, sizeof view.column_bytes, &view.column_bytes);
        error |= clSetKernelArg(draw, 3, sizeof film, &film);
        error |= clSetKernelArg(draw, 4, sizeof frame, &frame);
        error |= clEnqueueNDRangeKernel(queue, draw, 2, NULL, size, NULL, 0, NULL, NULL);
        check(error, "drawing a frame");
    }
    check(clEnqueueReadBuffer(queue, film, CL_TRUE, 0, sizeof picture, picture, 0, NULL, NULL), "reading the film");
    for (int y = 0; y < 19; y++)
        printf("|%.19s|%.19s|%.19s|\n", picture[0][y], picture[1][y], picture[2][y]);

    praxis_network_destroy(network);
    praxis_context_destroy(context);
    clReleaseMemObject(film);
    clReleaseKernel(draw);
    clReleaseProgram(program);
    clReleaseCommandQueue(queue);
    clReleaseContext(opencl);
    return 0;
}

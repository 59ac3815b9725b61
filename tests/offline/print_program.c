/* SPDX-License-Identifier: MIT */
/*
 * Writes the program that a device without a driver here would be given: print_program DEVICE PATH NEURONS K FILE
 * [LANGUAGE] writes the source to FILE and prints the compiler's options, one per line. DEVICE is gpu, cpu, or gpu-16,
 * one that is asked for sub-groups of 16; PATH a path of dot products. With LANGUAGE work-groups meet, by the atomics
 * of CL2.0 or CL3.0, or with CL1.2 by those that order nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/opencl/state.h"

static praxis_status write_source(const struct px_opencl *opencl, const char *path)
{
    praxis_status status;
    char *source = px_opencl_source(opencl->device, opencl->layout.together > 0, &status);
    FILE *file = source ? fopen(path, "w") : NULL;
    if (file && fputs(source, file) < 0)
        status = PRAXIS_ERROR_IO;
    if (!status && (!file || fclose(file)))
        status = PRAXIS_ERROR_IO;
    free(source);
    return status;
}

static bool print_options(const struct px_opencl *opencl)
{
    char *options = px_opencl_options(opencl);
    if (!options)
        return false;
    for (char *option = strtok(options, " "); option; option = strtok(NULL, " "))
        puts(option);
    free(options);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 6 && argc != 7) {
        fprintf(stderr, "usage: print_program gpu|gpu-16|cpu PATH NEURONS K FILE [CL1.2|CL2.0|CL3.0]\n");
        return 2;
    }
    bool cpu = strcmp(argv[1], "cpu") == 0;
    struct px_opencl_device device = {
        .info = {.type = cpu ? PRAXIS_DEVICE_CPU : PRAXIS_DEVICE_GPU, .compute_units = 64},
        .register_integers = cpu ? 16 : 1,
        .max_group_items = 1024,
        .sub_group = strcmp(argv[1], "gpu-16") == 0 ? 16 : 0,
        .max_allocation_bytes = UINT64_C(1) << 40};
    struct px_opencl opencl = {.device = &device,
                               .shape = {.replicas = 1, .channels = 2, .window = 16, .traces_stored = true}};
    px_tuning_parse(NULL, argc == 7 ? "persistent=1" : NULL, &device.tuning);
    opencl.meeting.atomics = argc == 7 && strcmp(argv[6], "CL1.2") != 0 ? argv[6] : NULL;
    device.dot_product = px_dot_product_named(argv[2]);
    if (device.dot_product == PX_DOT_PRODUCT_END) {
        fprintf(stderr, "there is no path %s\n", argv[2]);
        return 2;
    }
    praxis_status status =
        px_graph_plan(NULL, strtoull(argv[3], NULL, 10), (uint32_t)strtoul(argv[4], NULL, 10), &opencl.shape.graph);
    opencl.shape.columns = opencl.shape.graph.prime;
    if (!status)
        status = px_opencl_plan_layout(&device, device.dot_product, &device.tuning, &opencl.shape, &opencl.layout);
    if (!status)
        status = write_source(&opencl, argv[5]);
    if (status) {
        fprintf(stderr, "%s\n", praxis_status_string(status));
        return 1;
    }
    return print_options(&opencl) ? 0 : 1;
}

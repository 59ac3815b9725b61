/* SPDX-License-Identifier: MIT */
/* The kernels inside the library, written by cl/embed.py. */
#ifndef PX_BACKEND_OPENCL_SOURCES_H
#define PX_BACKEND_OPENCL_SOURCES_H

#include <stddef.h>

struct px_embedded_source {
    const char *name; /* of the file, without its folder */
    const unsigned char *bytes;
    size_t size;
};

extern const struct px_embedded_source px_embedded_sources[];
extern const size_t px_embedded_source_count;

#endif

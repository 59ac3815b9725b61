/* SPDX-License-Identifier: MIT */
/*
 * The programs of a context. Networks of one shape run the same kernels: their program is built once and shared, and
 * kept for a while after the last of them. Every network has kernel objects of its own, for those hold arguments.
 * Threads may call these functions at the same time.
 */
#ifndef PX_BACKEND_OPENCL_PROGRAMS_H
#define PX_BACKEND_OPENCL_PROGRAMS_H

#include "backend/opencl/build.h"

struct px_program; /* a share in one */

/*
 * `kept`: how many programs are kept that no network runs, those last used. NULL where there is no memory. Closed when
 * no share is left.
 */
struct px_programs *px_programs_open(unsigned kept);
void px_programs_close(struct px_programs *programs);

/*
 * A share in the program of `source` and `options`, and the kernels named, kernels[count]. Returns the driver's error,
 * then neither; nothing is reported, but *log is what the compiler said, allocated, or NULL.
 */
cl_int px_programs_take(const struct px_opencl_device *device, const char *source, const char *options,
                        const char *const *names, size_t count, struct px_program **program, cl_kernel *kernels,
                        char **log);
void px_programs_give_back(struct px_programs *programs, struct px_program *program);

/* What of a program has been found to compute rightly: bits whose meaning is the caller's. */
bool px_program_trusted(const struct px_program *program, unsigned what);
void px_program_trust(struct px_program *program, unsigned what);

#endif

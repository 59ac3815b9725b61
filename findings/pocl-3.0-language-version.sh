#!/bin/bash
# SPDX-License-Identifier: MIT
#
# PoCL says that its device has OpenCL C 1.2, and compiles as OpenCL C 3.0 where no -cl-std is given.
#
# The OpenCL specification has a program without -cl-std compiled as the highest OpenCL C 1.x of the device, so
# __OPENCL_C_VERSION__ should be 120. It is 300: what is new in 3.0 is found by an #if, and kernels are accepted that
# other devices with "OpenCL C 1.2" refuse. Name the version in the options; CL2.0 is taken too, though the device does
# not list it.
#
# Seen with PoCL 3.0 of PyPI, and alike with PoCL 3.1 of Debian 12 (3.1-3+deb12u1), on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
"$FINDING/venv/bin/python" - <<'PY' | expect 'OpenCL C 1.2 PoCL
listed: 1.0 1.1 1.2 3.0
no option: 300
-cl-std=CL1.2: 120
-cl-std=CL2.0: 200'
import numpy
import pyopencl

SOURCE = "kernel void version(global int *out) { *out = __OPENCL_C_VERSION__; }"
(platform,) = pyopencl.get_platforms()
(device,) = platform.get_devices()
print(device.opencl_c_version)
print("listed:", *(f"{one.version >> 22}.{one.version >> 12 & 1023}" for one in device.opencl_c_all_versions))
context = pyopencl.Context([device])
queue = pyopencl.CommandQueue(context)
out = numpy.zeros(1, numpy.int32)
buffer = pyopencl.Buffer(context, pyopencl.mem_flags.WRITE_ONLY, out.nbytes)
for options in ([], ["-cl-std=CL1.2"], ["-cl-std=CL2.0"]):
    pyopencl.Program(context, SOURCE).build(options).version(queue, (1,), None, buffer)
    pyopencl.enqueue_copy(queue, out, buffer)
    print(f"{' '.join(options) or 'no option'}: {out[0]}")
PY

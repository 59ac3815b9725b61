#!/bin/bash
# SPDX-License-Identifier: MIT
#
# CLBlast 1.5.3 reads y where beta is 0: y = alpha A x + 0 y is NaN where y was, in Sgemv and in Ssymv. Sgemm does not
# read C.
#
# In BLAS, y need not be set where beta is 0. Memory that a device has just given may hold anything, so a result may be
# NaN now and then. Fill y before. 7 in place of the NaN shows that the product is right.
#
# Seen with libclblast1 1.5.3-3 of Debian 12 on PoCL 3.0, x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
unpack_debian libclblast1=1.5.3-3 ocl-icd-libopencl1=2.3.1-1
export LD_LIBRARY_PATH=$FINDING/root/usr/lib/x86_64-linux-gnu
"$FINDING/venv/bin/python" - <<'PY' | expect 'gemv, y was 7: [3.0, 7.0]
gemv, y was nan: [nan, nan]
symv, y was 7: [3.0, 6.0]
symv, y was nan: [nan, nan]
gemm, y was 7: [3.0, 7.0]
gemm, y was nan: [3.0, 7.0]'
import ctypes

import numpy
import pyopencl

clblast = ctypes.CDLL("libclblast.so.1")
ROWS, UPPER, NO = 101, 121, 111
context = pyopencl.Context(pyopencl.get_platforms()[0].get_devices())
queue = pyopencl.CommandQueue(context)
size, one, zero = ctypes.c_size_t, ctypes.c_float(1), ctypes.c_float(0)


def buffer(*values):
    copy = pyopencl.mem_flags.READ_WRITE | pyopencl.mem_flags.COPY_HOST_PTR
    return pyopencl.Buffer(context, copy, hostbuf=numpy.array(values, numpy.float32))


def matrix(one, stride):
    return ctypes.c_void_p(one.int_ptr), size(0), size(stride)


def multiply(name, start):
    """[1 2; 3 4] times (1, 1)."""
    a, x, y = buffer(1, 2, 3, 4), buffer(1, 1), buffer(start, start)
    last = (one, *matrix(a, 2), *matrix(x, 1), zero, *matrix(y, 1), ctypes.byref(ctypes.c_void_p(queue.int_ptr)), None)
    if name == "gemv":
        status = clblast.CLBlastSgemv(ROWS, NO, size(2), size(2), *last)
    elif name == "symv":
        status = clblast.CLBlastSsymv(ROWS, UPPER, size(2), *last)
    else:
        status = clblast.CLBlastSgemm(ROWS, NO, NO, size(2), size(1), size(2), *last)
    assert status == 0, status
    result = numpy.empty(2, numpy.float32)
    pyopencl.enqueue_copy(queue, result, y)
    return result.tolist()


for name in ["gemv", "symv", "gemm"]:
    for start in [7, float("nan")]:
        print(f"{name}, y was {start}: {multiply(name, start)}")
PY

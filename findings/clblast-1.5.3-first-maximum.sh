#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Of two equal maxima CLBlast 1.5.3 does not always give the first: iSmax and iSamax keep the one that their reduction
# over work-items comes to first, here the first in one case of three.
#
# In BLAS i?amax is the first index of the greatest magnitude. Where values may be equal, as int8 codes often are, the
# answer differs from that of a BLAS on the host. Compare the values there, not the indices.
#
# Seen with libclblast1 1.5.3-3 of Debian 12 on PoCL 3.0, x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
unpack_debian libclblast1=1.5.3-3 ocl-icd-libopencl1=2.3.1-1
export LD_LIBRARY_PATH=$FINDING/root/usr/lib/x86_64-linux-gnu
"$FINDING/venv/bin/python" - <<'PY' | expect 'greatest at (1421,): iSmax 1421, iSamax 1421
greatest at (6649,): iSmax 6649, iSamax 6649
greatest at (1421, 6649): iSmax 6649, iSamax 6649
greatest at (2777, 6915): iSmax 6915, iSamax 6915
greatest at (2777, 6649): iSmax 2777, iSamax 2777'
import ctypes

import numpy
import pyopencl

clblast = ctypes.CDLL("libclblast.so.1")
context = pyopencl.Context(pyopencl.get_platforms()[0].get_devices())
queue = pyopencl.CommandQueue(context)
flags = pyopencl.mem_flags
size = ctypes.c_size_t


def find(function, values):
    data = pyopencl.Buffer(context, flags.READ_ONLY | flags.COPY_HOST_PTR, hostbuf=values)
    found = pyopencl.Buffer(context, flags.WRITE_ONLY, 4)
    place = ctypes.byref(ctypes.c_void_p(queue.int_ptr))
    vector = (ctypes.c_void_p(data.int_ptr), size(0), size(1))
    status = function(size(len(values)), ctypes.c_void_p(found.int_ptr), size(0), *vector, place, None)
    assert status == 0, status
    index = numpy.empty(1, numpy.uint32)
    pyopencl.enqueue_copy(queue, index, found)
    return index[0]


for places in [(1421,), (6649,), (1421, 6649), (2777, 6915), (2777, 6649)]:
    values = numpy.ones(10000, numpy.float32)
    values[list(places)] = 2
    print(f"greatest at {places}: iSmax {find(clblast.CLBlastiSmax, values)}", end="")
    print(f", iSamax {find(clblast.CLBlastiSamax, values)}")
PY

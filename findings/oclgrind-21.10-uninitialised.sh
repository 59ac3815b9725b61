#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Oclgrind 21.10 forgets which bytes were written, and reports reads of them as uninitialised: after a command that writes
# a part of a buffer, by a copy or from the host, those of the rest that kernels wrote; and in a buffer that takes the
# place of a smaller one that was released, all beyond the smaller one's size.
#
# Tests of kernels that ask Oclgrind for uninitialised reads find faults where there are none. Something preloaded that
# writes whole buffers, and never releases one, keeps the note right (tests/conformance/before_oclgrind.c).
#
# Seen with oclgrind 21.10-3 of Debian 12, x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_wheels pyopencl==2026.1.4 numpy==2.4.6
unpack_debian oclgrind=21.10-3 liboclgrind-21.10=21.10-3 libclang-cpp14=1:14.0.6-12 libllvm14=1:14.0.6-12
printf '%s\n' "$FINDING/root/usr/lib/oclgrind/liboclgrind-rt-icd.so" >"$OCL_ICD_VENDORS/oclgrind.icd"
export LD_LIBRARY_PATH=$FINDING/root/usr/lib/x86_64-linux-gnu:$FINDING/root/usr/lib/llvm-14/lib
export OCLGRIND_UNINITIALIZED=1 OCLGRIND_LOG=$FINDING/log

# Kernels write all of a buffer, then a command may write it again; the next kernel reads all of it.
seen_after() {
    "$FINDING/venv/bin/python" - "$1" <<'PY'
import sys

import numpy
import pyopencl as cl

SOURCE = """
kernel void fill(global int *to) { to[get_global_id(0)] = get_global_id(0); }
kernel void use(global const int *from, global int *to) { if (from[get_global_id(0)] > 2) to[get_global_id(0)] = 1; }
"""
COUNT = 4096
WHOLE, HALF = 4 * COUNT, 2 * COUNT
context = cl.Context(cl.get_platforms()[0].get_devices())
queue = cl.CommandQueue(context)
program = cl.Program(context, SOURCE).build()
values = numpy.arange(COUNT, dtype=numpy.int32)


def filled(count):
    buffer = cl.Buffer(context, cl.mem_flags.READ_WRITE, 4 * count)
    program.fill(queue, (count,), None, buffer)
    queue.finish()
    return buffer


what = sys.argv[1]
if what == "smaller buffer released":
    filled(COUNT // 2).release()
first, second, result = filled(COUNT), filled(COUNT), filled(COUNT)
if what == "whole copied":
    cl.enqueue_copy(queue, second, first, byte_count=WHOLE)
elif what == "half copied":
    cl.enqueue_copy(queue, second, first, byte_count=HALF)
elif what == "whole written":
    cl.enqueue_copy(queue, second, values)
elif what == "half written":
    cl.enqueue_copy(queue, second, values[: COUNT // 2])
for buffer in (first, second):
    program.use(queue, (COUNT,), None, buffer, result)
queue.finish()
PY
    printf '%s: ' "$1"
    grep -q 'depends on uninitialized value' "$OCLGRIND_LOG" && echo 'reported' || echo 'clean'
}

for what in 'no command' 'whole copied' 'whole written' 'half copied' 'half written' 'smaller buffer released'; do
    seen_after "$what"
done | expect 'no command: clean
whole copied: clean
whole written: clean
half copied: reported
half written: reported
smaller buffer released: reported'

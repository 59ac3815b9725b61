#!/bin/bash
# SPDX-License-Identifier: MIT
#
# PoCL compiles a kernel that is built already once more when it is launched: for each size of work-groups, for the
# first launch with an offset, and for the first with 65 536 work-items or more (in one dimension).
#
# A benchmark that warms up with a small launch, and then times a large one with the same work-groups, times the
# compiler. Warm up with the very sizes that are timed. The files that PoCL's cache gains show it: a program in machine
# code for each form, named after the work-group, goffs0 (no offset) and smallgrid.
#
# Seen with PoCL 3.0 of PyPI, and alike with PoCL 3.1 of Debian 12 (3.1-3+deb12u1), on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
export POCL_CACHE_DIR=$FINDING/pocl
mkdir "$POCL_CACHE_DIR"
"$FINDING/venv/bin/python" - <<'PY' | expect '1024 work-items in groups of 64 from 0: compiled 64-1-1-goffs0-smallgrid
1024 work-items in groups of 64 from 0: nothing compiled
65472 work-items in groups of 64 from 0: nothing compiled
65536 work-items in groups of 64 from 0: compiled 64-1-1-goffs0
65536 work-items in groups of 128 from 0: compiled 128-1-1-goffs0
65536 work-items in groups of 64 from 64: compiled 64-1-1'
import glob
import os

import pyopencl


def compiled():
    paths = glob.glob(os.environ["POCL_CACHE_DIR"] + "/**/*.so", recursive=True)
    return {os.path.basename(os.path.dirname(path)) for path in paths}


context = pyopencl.Context(pyopencl.get_platforms()[0].get_devices())
queue = pyopencl.CommandQueue(context)
buffer = pyopencl.Buffer(context, pyopencl.mem_flags.WRITE_ONLY, 4 * 65600)
kernel = pyopencl.Program(context, "kernel void fill(global int *out) { out[get_global_id(0)] = 1; }").build().fill
kernel.set_args(buffer)
before = compiled()
LAUNCHES = [(1024, 64, 0), (1024, 64, 0), (65472, 64, 0), (65536, 64, 0), (65536, 128, 0), (65536, 64, 64)]
for items, group, offset in LAUNCHES:
    pyopencl.enqueue_nd_range_kernel(queue, kernel, (items,), (group,), (offset,))
    queue.finish()
    after = compiled()
    what = " ".join(["compiled", *(after - before)]) if after != before else "nothing compiled"
    print(f"{items} work-items in groups of {group} from {offset}: {what}")
    before = after
PY

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# In Intel's OpenCL runtime for CPUs, 2026.2.0, a marker is queued at 0: of the four times of its event the first is 0,
# and the others are the clock's. Of other commands all four are the clock's, and of PoCL's markers too.
#
# Who times a series of commands from the CL_PROFILING_COMMAND_QUEUED of a marker before it gets the age of the machine.
# Take its CL_PROFILING_COMMAND_END.
#
# Seen on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
install_wheels intel-opencl-rt==2026.2.0 intel-cmplr-lib-rt==2026.2.0
echo "$FINDING/venv/lib/libintelocl.so" >"$OCL_ICD_VENDORS/intel.icd"
"$FINDING/venv/bin/python" - <<'PY' | expect 'Intel(R) OpenCL: a marker is queued at 0, started later
Intel(R) OpenCL: a fill is queued later, started later
Portable Computing Language: a marker is queued later, started later
Portable Computing Language: a fill is queued later, started later'
import pyopencl

for platform in sorted(pyopencl.get_platforms(), key=lambda platform: platform.name):
    context = pyopencl.Context(platform.get_devices()[:1])
    queue = pyopencl.CommandQueue(context, properties=pyopencl.command_queue_properties.PROFILING_ENABLE)
    buffer = pyopencl.Buffer(context, pyopencl.mem_flags.READ_WRITE, 4096)
    events = {"marker": pyopencl.enqueue_marker(queue)}
    events["fill"] = pyopencl.enqueue_fill_buffer(queue, buffer, bytes(4), 0, 4096)
    queue.finish()
    for name, event in events.items():
        queued, start = ("later" if time > 0 else "at 0" for time in (event.profile.queued, event.profile.start))
        print(f"{platform.name}: a {name} is queued {queued}, started {start}")
PY

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The OpenCL runtime for CPUs that Intel has on PyPI, intel-opencl-rt 2026.2.0, is not found after pip install.
#
# Its .icd file names a path below /opt that is a placeholder of the packager. An .icd file of one's own is not enough
# either: the runtime wants libraries of intel-cmplr-lib-rt, which the package does not name among what it needs, and
# without them the loader passes over it in silence. With both it is there.
#
# Seen on x86-64 with the ocl-icd in the wheel of pyopencl 2026.1.4.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

list_platforms() {
    "$FINDING/venv/bin/python" - <<'PY'
import pyopencl

try:
    print([platform.name for platform in pyopencl.get_platforms()])
except pyopencl.LogicError as error:
    print(error)
PY
}

install_wheels pyopencl==2026.1.4 numpy==2.4.6 intel-opencl-rt==2026.2.0
{
    echo "the .icd file names $(cat "$FINDING/venv/etc/OpenCL/vendors/intel-cpu.icd")"
    echo "it: $(OCL_ICD_VENDORS=$FINDING/venv/etc/OpenCL/vendors list_platforms)"
    echo "$FINDING/venv/lib/libintelocl.so" >"$OCL_ICD_VENDORS/intel.icd"
    echo "one of our own: $(list_platforms)"
    install_wheels intel-cmplr-lib-rt==2026.2.0
    echo "one of our own, and intel-cmplr-lib-rt: $(list_platforms)"
} | expect 'the .icd file names /opt/anaconda1anaconda2anaconda3/lib/libintelocl.so
it: clGetPlatformIDs failed: PLATFORM_NOT_FOUND_KHR
one of our own: clGetPlatformIDs failed: PLATFORM_NOT_FOUND_KHR
one of our own, and intel-cmplr-lib-rt: ['"'Intel(R) OpenCL'"']'

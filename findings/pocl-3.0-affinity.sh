#!/bin/bash
# SPDX-License-Identifier: MIT
#
# PoCL counts the processors of the machine, not those that a process may run on: under taskset, or in a container with
# a set of CPUs, it reports all as compute units and starts a thread for each.
#
# A benchmark of one core then has several threads that take turns on it, and what is derived from the number of compute
# units is wrong. Set POCL_MAX_PTHREAD_COUNT besides.
#
# Seen with PoCL 3.0 of PyPI on x86-64; the machine must have two processors. Intel's runtime for CPUs (intel-opencl-rt
# 2026.2.0) reports one compute unit where the process may run on one.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
count_units() {
    "$FINDING/venv/bin/python" - <<'PY'
import os

import pyopencl

units = pyopencl.get_platforms()[0].get_devices()[0].max_compute_units
print("as many as the machine's" if units == os.cpu_count() else units)
PY
}
first=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
[ "$(nproc --all)" -gt 1 ] || exit 1
export -f count_units
{
    echo "no limit: $(count_units)"
    echo "one processor: $(taskset -c "$first" bash -c count_units)"
    echo "one processor, POCL_MAX_PTHREAD_COUNT=1: $(POCL_MAX_PTHREAD_COUNT=1 taskset -c "$first" bash -c count_units)"
} | expect "no limit: as many as the machine's
one processor: as many as the machine's
one processor, POCL_MAX_PTHREAD_COUNT=1: 1"

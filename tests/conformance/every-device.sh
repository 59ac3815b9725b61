#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every OpenCL device equals the scalar reference, bit for bit: on the path it takes by default, which on a CPU has vectors
# of rows, and on words of four taps, which have half of the kernels to themselves. Without a device there is nothing to
# compare: skipped.
set -u

if ! "$PRAXIS_BIN" devices --json | grep -q '"opencl:'; then
    echo "SKIPPED: no OpenCL device on this machine"
    exit 77
fi
status=0
"$PRAXIS_BIN" selftest --all || status=$?
"$PRAXIS_BIN" selftest --all --dot-product packed || status=$?
exit "$status"

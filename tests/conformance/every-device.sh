#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every OpenCL device equals the scalar reference, bit for bit: on the path it takes by default, which on a CPU has vectors
# of rows, and on words of four taps, which have half of the kernels to themselves. With "all", in networks of every shape and
# several forms; else in small ones, each path in one form.
# Without a device there is nothing to compare: skipped.
set -u

if ! "$PRAXIS_BIN" devices --json | grep -q '"opencl:'; then
    echo "SKIPPED: no OpenCL device on this machine"
    exit 77
fi
status=0
if [ "${1:-}" = all ]; then
    "$PRAXIS_BIN" selftest --all || status=$?
    "$PRAXIS_BIN" selftest --all --dot-product packed || status=$?
else
    "$PRAXIS_BIN" selftest --all --small --tuning "" || status=$?
    "$PRAXIS_BIN" selftest --all --small --dot-product packed \
        --tuning resident=0,split=2,strip=1,tiles=2 || status=$?
fi
exit "$status"

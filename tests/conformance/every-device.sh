#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every OpenCL device equals the scalar reference, bit for bit. Without a device there is nothing to compare: skipped.
set -u

if ! "$PRAXIS_BIN" devices --json | grep -q '"opencl:'; then
    echo "SKIPPED: no OpenCL device on this machine"
    exit 77
fi
exec "$PRAXIS_BIN" selftest --all

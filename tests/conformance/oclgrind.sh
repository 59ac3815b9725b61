#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The kernels under oclgrind: no data race, no uninitialised read, no access out of bounds, and the reference's bits.
set -u

if ! command -v oclgrind >/dev/null 2>&1; then
    echo "SKIPPED: oclgrind is not installed"
    exit 77
fi
report=$(mktemp)
trap 'rm -f "$report"' EXIT

# Oclgrind sets LD_PRELOAD itself; keep_buffers.c says what comes before its library, and why.
# shellcheck disable=SC2016
oclgrind --data-races --uninitialized --check-api --log "$report" \
    sh -c 'LD_PRELOAD="$KEEP_BUFFERS $LD_PRELOAD" exec "$PRAXIS_BIN" selftest --small --device Oclgrind --no-cache'
status=$?
cat "$report"
if [ -s "$report" ]; then
    echo "FAILED: oclgrind reported the above"
    exit 1
fi
exit $status

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The kernels under oclgrind: no data race, no uninitialised read, no access out of bounds, and the reference's bits. With
# "all", those of the whole self-test, which takes minutes; else one network each in two forms of the tick.
set -u

if ! command -v oclgrind >/dev/null 2>&1; then
    echo "SKIPPED: oclgrind is not installed"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# Oclgrind sets LD_PRELOAD itself; before_oclgrind.c says what comes before its library, and why.
under_oclgrind() {
    # shellcheck disable=SC2016
    oclgrind --data-races --uninitialized --check-api --log "$folder/report" \
        sh -c 'LD_PRELOAD="$BEFORE_OCLGRIND $LD_PRELOAD" exec "$PRAXIS_BIN" "$@" --device Oclgrind --no-cache' praxis "$@" ||
        failed=1
    [ ! -s "$folder/report" ] || failed=1
    cat "$folder/report"
}

# A network that learns and regulates itself for some windows; its outputs and statistics are those of the reference.
run_in_form() {
    local network=(run --neurons 49 --ticks 11 --trace-window 4 --learn --modulator 0.5 --homeostasis --groups 3)
    network+=(--set noise=0.5 --json)
    "$PRAXIS_BIN" "${network[@]}" --output "$folder/expected.csv" --device reference >"$folder/expected.json" || failed=1
    under_oclgrind "${network[@]}" --output "$folder/found.csv" --tuning "$1" >"$folder/found.json"
    for kind in csv json; do
        diff <(without_device "$folder/expected.$kind") <(without_device "$folder/found.$kind") || failed=1
    done
}

without_device() {
    grep -vE '"device"|bytes|second' "$1"
}

if [ "${1:-}" = all ]; then
    under_oclgrind selftest --small
else
    run_in_form resident=1,workers=4
    run_in_form resident=0,split=2,strip=3,tiles=2
fi
[ $failed -eq 0 ] || echo "FAILED: see above"
exit $failed

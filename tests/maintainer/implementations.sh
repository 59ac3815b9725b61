#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs praxis selftest on seven OpenCL implementations, none of which needs a GPU, and on two of them in one process,
# with a part of every network on each, and compares the hashes they end in. For maintainers; no part of CI. One build of
# praxis runs on all of them, over every way to compute dot products they have; each runs by itself, so that one that
# crashes takes no other with it.
#
#   tests/maintainer/implementations.sh [options] [DIRECTORY]
#
#   DIRECTORY     what is downloaded, kept for the next time: about 4 GB
#                 (default: praxis-implementations in $XDG_CACHE_HOME, or else in /var/tmp)
#   --build DIR   the build folder whose praxis is run (default: build)
#   --only LIST   some of: pocl-3.1 pocl-3.0 intel pocl-6 pocl-7 rusticl oclgrind pocl+intel pocl+rusticl
#   --quick       small networks only
#   --paths LIST  some of: default c packed khr
#
#   pocl-3.1   PoCL of Debian 12, from this machine's packages
#   pocl-3.0   PoCL of PyPI's pocl-binary-distribution: code for any x86-64
#   intel      Intel's runtime for CPUs, from PyPI's intel-opencl-rt; cl_khr_integer_dot_product
#   pocl-6     PoCL of Debian 13, in a system of its own
#   pocl-7     PoCL of Debian sid, in a system of its own
#   rusticl    Mesa's OpenCL on llvmpipe, from Debian 13, in the system of pocl-6; cl_khr_integer_dot_product
#   oclgrind   from this machine's packages; small networks only, as it is slow
#   pocl+intel     those of pocl-3.1 and intel in one process: half of the columns on each, by their own paths
#   pocl+rusticl   likewise those of pocl-6 and rusticl, both by path packed: rusticl compiles c for too long
#
# Needs Debian 12, root, debootstrap, python3-venv and network. Prints a table. Ends with 1 where a hash differs or a
# device fails, else with 3 where an implementation asked for cannot be run.
set -euo pipefail

# shellcheck source=tests/maintainer/common.sh
. "$(dirname -- "$0")/common.sh"

directory=${XDG_CACHE_HOME:-/var/tmp}/praxis-implementations
build=$repository/build
names="pocl-3.1 pocl-3.0 intel pocl-6 pocl-7 rusticl oclgrind pocl+intel pocl+rusticl"
sizes="small full"
paths="default c packed khr"
ready=
left_out=

# ---- Setting up: each leaves a folder drivers/NAME that OCL_ICD_VENDORS can point at, or fails ----

write_driver() {
    local folder="$directory/drivers/$1" library=$2
    rm -rf "$folder"
    mkdir -p "$folder"
    printf '%s\n' "$library" >"$folder/only.icd"
}

first_file() {
    find "$1" -name "$2" -print -quit 2>/dev/null
}

# A virtual environment with these packages of PyPI.
make_environment() {
    local root="$directory/environments/$1"
    shift
    if [ ! -e "$root/complete" ]; then
        rm -rf "$root"
        python3 -m venv "$root"
        "$root/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir "$@"
        touch "$root/complete"
    fi
}

# A Debian release with these packages, and praxis in it.
make_system() {
    local release=$1 root="$directory/$1"
    shift
    if [ ! -e "$root/root/complete" ]; then
        rm -rf --one-file-system "$root"
        make_base "$release" "" "$root"
        copy_network "$root"
        run_in "$root" / apt-get -q update
        run_in "$root" / env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
            ocl-icd-libopencl1 libcjson1 "$@"
        touch "$root/root/complete"
    fi
    rm -rf "$root/root/praxis" "$root/root/.cache"
    cp -r "$directory/praxis" "$root/root/praxis"
}

# The library of an implementation of a release, as its own .icd file names it.
system_driver() {
    local root="$directory/$1" driver=$2 file
    file=$(first_file "$root/etc/OpenCL/vendors" "$driver*.icd")
    [ -n "$file" ] || return 1
    rm -rf "$root/root/drivers-$driver"
    mkdir -p "$root/root/drivers-$driver"
    cp "$file" "$root/root/drivers-$driver/"
}

# Whether the system has the package in a version that begins like this.
has_version() {
    dpkg-query --admindir="$1/var/lib/dpkg" -W -f '${Version}' "$2" | grep -q "^$3"
}

set_up() {
    local library
    case $1 in
    pocl-3.1)
        has_version / pocl-opencl-icd '3\.1' || die "needs pocl-opencl-icd 3.1 of Debian 12"
        write_driver "$1" "$(cat /etc/OpenCL/vendors/pocl.icd)"
        ;;
    pocl-3.0)
        make_environment "$1" pocl-binary-distribution==3.0
        library=$(first_file "$directory/environments/$1" 'libpocl*.so*')
        write_driver "$1" "${library:?}"
        # A CPU newer than its compiler is one it cannot compile for.
        selftest "$1" --small >"$directory/reports/$1.probe.log" 2>&1 || true
        ! grep -q 'unknown target CPU' "$directory/reports/$1.probe.log" || die "its compiler does not know this CPU"
        ;;
    intel)
        make_environment "$1" intel-opencl-rt intel-cmplr-lib-rt
        # The .icd in the package names a place that is not there.
        write_driver "$1" "$directory/environments/$1/lib/libintelocl.so"
        ;;
    pocl-6)
        make_system trixie pocl-opencl-icd mesa-opencl-icd
        system_driver trixie pocl
        ;;
    pocl-7)
        make_system sid pocl-opencl-icd
        has_version "$directory/sid" pocl-opencl-icd '7\.' || die "Debian sid has another PoCL than 7"
        system_driver sid pocl
        ;;
    rusticl)
        make_system trixie pocl-opencl-icd mesa-opencl-icd
        system_driver trixie rusticl
        ;;
    pocl+intel)
        set_up intel
        set_up pocl-3.1
        rm -rf "$directory/drivers/$1"
        mkdir -p "$directory/drivers/$1"
        cp "$directory/drivers/pocl-3.1/only.icd" "$directory/drivers/$1/a.icd"
        cp "$directory/drivers/intel/only.icd" "$directory/drivers/$1/b.icd"
        ;;
    pocl+rusticl)
        set_up rusticl
        set_up pocl-6
        rm -rf "$directory/trixie/root/drivers-both"
        mkdir -p "$directory/trixie/root/drivers-both"
        cp "$directory/trixie/root/drivers-pocl/"*.icd "$directory/trixie/root/drivers-rusticl/"*.icd \
            "$directory/trixie/root/drivers-both/"
        ;;
    oclgrind)
        command -v oclgrind >/dev/null || die "needs oclgrind"
        mkdir -p "$directory/drivers/$1" # it brings itself, and stays without other drivers
        ;;
    esac
}

# ---- Running ----

# praxis selftest with these arguments, on this implementation and no other.
selftest() {
    local name=$1
    shift
    local variables=("OCL_ICD_VENDORS=$directory/drivers/$name" "XDG_CACHE_HOME=$directory/cache/$name"
        "POCL_CACHE_DIR=$directory/cache/$name")
    local command=("$directory/praxis/praxis" selftest --all --json "$@")
    local both=(selftest --device "opencl:0.0,opencl:1.0" --partition columns --json "$@")
    mkdir -p "$directory/cache/$name"
    case $name in
    intel) env "${variables[@]}" LD_LIBRARY_PATH="$directory/environments/intel/lib" "${command[@]}" ;;
    oclgrind) env "${variables[@]}" oclgrind "${command[@]}" ;;
    pocl-6) system_selftest trixie pocl "$@" ;;
    pocl-7) system_selftest sid pocl "$@" ;;
    rusticl) system_selftest trixie rusticl "$@" ;;
    pocl+intel)
        env "${variables[@]}" LD_LIBRARY_PATH="$directory/environments/intel/lib" "$directory/praxis/praxis" "${both[@]}"
        ;;
    pocl+rusticl) system_praxis trixie both "${both[@]}" ;;
    *) env "${variables[@]}" "${command[@]}" ;;
    esac
}

system_praxis() {
    local release=$1 driver=$2
    shift 2
    run_in "$directory/$release" /root/praxis env OCL_ICD_VENDORS="/root/drivers-$driver" RUSTICL_ENABLE=llvmpipe \
        ./praxis "$@"
}

system_selftest() {
    system_praxis "$1" "$2" selftest --all --json "${@:3}"
}

# Two implementations run one path.
runs_path() {
    case $1 in
    pocl+rusticl) [ "$2" = packed ] ;;
    *+*) [ "$2" = default ] ;;
    esac
}

try() {
    local name=$1 size path options report start
    for size in $sizes; do
        [ "$name-$size" != oclgrind-full ] || continue
        for path in $paths; do
            runs_path "$name" "$path" || continue
            options=()
            [ "$size" = full ] || options+=(--small)
            [ "$path" = default ] || options+=(--dot-product "$path")
            report="$directory/reports/$name.$size.$path"
            start=$SECONDS
            selftest "$name" "${options[@]}" >"$report.json" 2>"$report.log" </dev/null || true
            say "$name: $size, $path: $((SECONDS - start)) s"
        done
    done
}

# The table of those that were set up, and whether all is well: every hash of one size is the same, every device passed,
# nothing is missing. That a device does not have khr is no failure.
judge() {
    python3 - "$directory/reports" "$sizes" "$paths" "$ready" <<'PY'
import json
import pathlib
import sys

folder, sizes, paths, names = pathlib.Path(sys.argv[1]), *(words.split() for words in sys.argv[2:])
hashes, failures = {size: set() for size in sizes}, []
row = "{:12} {:38.38} {:8} {:7} " + "{:16} " * len(sizes)
print(row.format("name", "device", "asked", "path", *sizes).rstrip())


def devices_of(name, size, path):
    report = folder / f"{name}.{size}.{path}.json"
    try:
        return json.loads(report.read_text())["devices"]
    except (OSError, ValueError, KeyError):
        return []


# Of two implementations, the one path that they run.
PATHS = {"pocl+intel": "default", "pocl+rusticl": "packed"}


def is_run(name, size, path):
    return (name, size) != ("oclgrind", "full") and path == PATHS.get(name, path)


def result_of(name, size, path, index):
    if not is_run(name, size, path):
        return "not run"
    devices = devices_of(name, size, path)
    if len(devices) <= index:
        failures.append(f"{name}, {size}, {path}: no result; see {folder}/{name}.{size}.{path}.log")
        return "MISSING"
    device = devices[index]
    if path == "khr" and device["status"] == "not supported":
        return "has none"
    if not device["passed"]:
        failures.append(f"{name}, {size}, {path}: {device['status']}, {device['differences']} differences")
        return "FAILED"
    hashes[size].add(device["state_hash"])
    return device["state_hash"]


for name in names:
    for path in paths:
        devices = devices_of(name, sizes[0], path) or [{"name": "", "dot_product": ""}]
        for index, device in enumerate(devices):
            results = [result_of(name, size, path, index) for size in sizes]
            print(row.format(name, device["name"], path, device["dot_product"], *results).rstrip())
for size, found in hashes.items():
    if len(found) != 1:
        failures.append(f"{size}: {len(found)} different hashes where there must be one")
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
PY
}

while [ $# -gt 0 ]; do
    case $1 in
    --build) build=${2?} && shift ;;
    --only) names=${2?} && shift ;;
    --quick) sizes=small ;;
    --paths) paths=${2?} && shift ;;
    -*) usage ;;
    *) break ;;
    esac
    shift
done
[ $# -le 1 ] || usage
directory=${1:-$directory}
[ -x "$build/praxis" ] || die "$build has no praxis: build it, or name another folder with --build"
begin python3
rm -rf "$directory/reports" "$directory/cache" "$directory/praxis"
mkdir -p "$directory/reports" "$directory/praxis/src"
cp "$build/praxis" "$directory/praxis/"
cp -L "$build"/src/libpraxis.so.[0-9] "$directory/praxis/src/"

for name in $names; do
    say "$name: setting up"
    # As a condition, set_up would run on after a failure.
    set +e
    (set -e && set_up "$name") >"$directory/reports/$name.setup.log" 2>&1
    outcome=$?
    set -e
    if [ $outcome -eq 0 ]; then
        ready="$ready$name "
        try "$name"
    else
        left_out="$left_out$name "
    fi
done
[ -n "$ready" ] || die "none can be run; see $directory/reports"
outcome=0
judge || outcome=1
for name in $left_out; do
    echo "NOT RUN: $name: $(tail -n 1 "$directory/reports/$name.setup.log")"
done
[ -z "$left_out" ] || [ $outcome -ne 0 ] || outcome=3
exit $outcome

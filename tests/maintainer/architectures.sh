#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Builds and tests on architectures that this machine is not, and compares the hashes that praxis selftest ends in. For
# maintainers; no part of CI.
#
#   tests/maintainer/architectures.sh [options] [ARCHITECTURE...]     (default: i386 arm64)
#
#   --directory DIR   where the systems are built: about 2 GB each (default: /var/tmp/praxis-chroots)
#   --release NAME    the Debian release they are of (default: bookworm)
#   --working-tree    copy the files as they are, committed or not, instead of cloning
#   --keep            leave the systems there; without it only the archives of the bare systems stay
#
#   i386                         a system of its own, which an x86-64 kernel runs as it is: ./bootstrap test of the unit
#                                tests, warnings as errors, then praxis selftest --all, PoCL with it
#   arm64 armhf riscv64 s390x    compiled by Debian's cross compiler; QEMU runs the unit tests but `first`, then praxis
#                                selftest on the reference. OpenCL is not run: PoCL calls the linker of the machine it is for
#
# Needs an x86-64 machine, root, debootstrap and network. Ends with 1 where a step fails or a hash differs.
set -euo pipefail

# shellcheck source=tests/maintainer/common.sh
. "$(dirname -- "$0")/common.sh"

release=bookworm

# Prints a state hash of each device that passed.
hashes_of() {
    [ ! -f "$directory/$1-selftest.log" ] ||
        sed -n 's/.*"state_hash":[^"]*"\(.*\)".*/\1/p' "$directory/$1-selftest.log"
}

# ---- As it is ----

try_native() {
    step "$1" unit setarch "$1" env PRAXIS_SETUP=-Dwerror=true ./bootstrap test --suite unit || true
    step "$1" selftest setarch "$1" build/praxis selftest --all --json || true
}

# ---- Emulated ----

# The name of the compiler's target, QEMU's of the machine, and Meson's of its family.
describe() {
    case $1 in
    arm64) echo aarch64-linux-gnu aarch64 aarch64 little ;;
    armhf) echo arm-linux-gnueabihf arm arm little ;;
    riscv64) echo riscv64-linux-gnu riscv64 riscv64 little ;;
    s390x) echo s390x-linux-gnu s390x s390x big ;;
    *) die "$1 is not one of i386 arm64 armhf riscv64 s390x" ;;
    esac
}

write_cross_file() {
    local target=$1 emulator=$2 family=$3 endian=$4
    cat >"$root/root/cross.ini" <<CROSS
[binaries]
c = '$target-gcc'
ar = '$target-ar'
strip = '$target-strip'
pkgconfig = 'pkg-config'
exe_wrapper = '/usr/bin/qemu-$emulator-static'

[properties]
pkg_config_libdir = ['/usr/lib/$target/pkgconfig', '/usr/share/pkgconfig']

[host_machine]
system = 'linux'
cpu_family = '$family'
cpu = '$emulator'
endian = '$endian'
CROSS
}

# shellcheck disable=SC2016 # the shell in the system expands what is quoted
try_emulated() {
    local architecture=$1 target emulator family endian
    read -r target emulator family endian < <(describe "$architecture")
    write_cross_file "$target" "$emulator" "$family" "$endian"
    step "$architecture" packages sh -euxc '
        dpkg --add-architecture "$1"
        apt-get -q update
        DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends meson ninja-build pkgconf python3 \
            "gcc-$2" "libc6-dev:$1" "check:$1" "libcjson-dev:$1" "ocl-icd-opencl-dev:$1" opencl-headers qemu-user-static
        ' sh "$architecture" "$target" || return 0
    step "$architecture" build sh -euxc 'meson setup --cross-file /root/cross.ini build && ninja -C build' || return 0
    # A test that starts itself again would start what this machine cannot run.
    step "$architecture" unit sh -euxc '
        names=$(meson test -C build --list --suite unit | sed -n "s/.*unit \/ //p" | grep -vx first)
        meson test -C build --no-rebuild --print-errorlogs --suite unit $names' || true
    step "$architecture" selftest "qemu-$emulator-static" build/praxis selftest --device reference --json || true
}

try() {
    local architecture=$1 of=
    rm -f "$directory/$architecture-selftest.log"
    [ "$architecture" != i386 ] || of=i386
    new_system "$architecture" "$release" "" "$of" || return 0
    case $architecture in
    i386) try_native "$architecture" ;;
    *) try_emulated "$architecture" ;;
    esac
    end_system
}

while [ $# -gt 0 ]; do
    case $1 in
    --release) release=${2?} && shift ;;
    -*) take_option "$@" && shift $((taken - 1)) ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- i386 arm64
begin git

found=
for architecture in "$@"; do
    try "$architecture"
    found+=$(hashes_of "$architecture" | sed "s/^/$architecture /")$'\n'
done
outcome=0
print_results || outcome=1
printf '%s' "$found"
[ "$(printf '%s' "$found" | awk '{ print $2 }' | sort -u | wc -l)" -eq 1 ] || die "there is not one hash"
exit $outcome

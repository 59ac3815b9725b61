#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# libabigail on the binary interface: what a debugger knows of the library, beside what was written down of it. Another
# reader than abi.py, of the compiled library: it sees what the headers do not say, such as the types behind pointers.
#
#   abigail.sh check LIBRARY   what was written down is still there; functions and enumerators may have been added, and a
#                              structure that has grown is to be written down at once
#   abigail.sh write           writes it down anew
#
# LIBRARY is the shared library with what debuggers need (-Dbuildtype=debug).
set -euo pipefail

here=$(cd -- "$(dirname -- "$0")" && pwd)
source=$(cd -- "$here/../.." && pwd)
golden=$here/praxis-0.1.abixml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the public headers declare, of a library, into a file. Comparing it with the library itself ends libabigail 2.2.
describe() {
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs --drop-private-types --headers-dir "$source/include/praxis" \
        --out-file "$2" "$1"
}

case ${1:-} in
check)
    describe "$2" "$work/now.abixml"
    abidiff --no-added-syms "$golden" "$work/now.abixml"
    ;;
write)
    meson setup --buildtype debug -Dunity=on -Dtests=disabled -Dbench=disabled -Dman=disabled -Dcommand=disabled \
        -Dpython=disabled "$work/build" "$source"
    ninja -C "$work/build"
    describe "$work/build/src/libpraxis.so" "$golden"
    ;;
*)
    sed -n '4,12s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

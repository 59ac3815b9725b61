#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Fuzzes one target for some seconds with clang's libFuzzer and the address sanitizer, from its corpus on, and puts what
# was found, minimised, in place of the corpus.
#
#   tests/fuzz/fuzz.sh checkpoint|csv|tuning|cache SECONDS [BUILD_FOLDER]
set -euo pipefail

target=$1 seconds=$2 build=${3:-/tmp/praxis-fuzz}
here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$here/../..

[ -f "$build/build.ninja" ] || CC=clang CFLAGS=-fsanitize=fuzzer-no-link,address \
    LDFLAGS=-fsanitize=address meson setup "$build" "$root" -Dtests=disabled -Dbench=disabled -Dman=disabled
ninja -C "$build" src/libpraxis-objects.a src/tool/libtool.a
read -ra libraries < <(pkg-config --cflags --libs OpenCL libcjson)
compile() {
    clang -g -O1 -std=c11 -D_POSIX_C_SOURCE=200809L -I"$root/include" -I"$root/src" -I"$here" "$@" \
        -Wl,--start-group "$build/src/libpraxis-objects.a" "$build/src/tool/libtool.a" -Wl,--end-group \
        "${libraries[@]}" -lm -lpthread -ldl
}
sources=("$here/fuzz_$target.c") found=$build/found-$target
[ "$target" != csv ] || sources+=("$root"/src/cli/{columns,csv,header,record,series}.c)
compile -fsanitize=fuzzer,address "${sources[@]}" -o "$build/fuzz_$target"
mkdir -p "$found"
if [ "$target" = checkpoint ]; then
    compile -fsanitize=address "$here/seed_checkpoint.c" -o "$build/seed_checkpoint"
    "$build/seed_checkpoint" "$found"
fi
"$build/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=20000 -close_fd_mask=2 \
    "$found" "$here/corpus/$target"
rm -rf "$here/corpus/$target.new"
mkdir "$here/corpus/$target.new"
"$build/fuzz_$target" -merge=1 "$here/corpus/$target.new" "$found" "$here/corpus/$target"
rm -rf "${here:?}/corpus/$target"
mv "$here/corpus/$target.new" "$here/corpus/$target"

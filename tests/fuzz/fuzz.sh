#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Fuzzes one target for some seconds with clang's libFuzzer and the address sanitizer, from its corpus on, and puts what
# was found, minimised, in place of the corpus, with the seeds. With FUZZER=afl it is AFL++ (afl-clang-fast, afl-fuzz) that
# looks; what it finds is taken into the corpus by the next run without. Either goes on from what it had found in the
# build folder.
#
#   tests/fuzz/fuzz.sh checkpoint|index|csv|tuning|cache SECONDS [BUILD_FOLDER]
set -euo pipefail

target=$1 seconds=$2 build=${3:-/tmp/praxis-fuzz} fuzzer=${FUZZER:-libfuzzer}
here=$(cd -- "$(dirname -- "$0")" && pwd)
root=$here/../.. found=$build/found-$target
if [ "$fuzzer" = afl ]; then
    build=$build/afl
    export AFL_USE_ASAN=1 AFL_NO_UI=1 AFL_AUTORESUME=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
    export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
    compiler=afl-clang-fast instrumented='' sanitized=-fsanitize=fuzzer
else
    compiler=clang instrumented='-fsanitize=fuzzer-no-link,address' sanitized='-fsanitize=fuzzer,address'
fi

[ -f "$build/build.ninja" ] || CC=$compiler CFLAGS=$instrumented LDFLAGS=-fsanitize=address \
    meson setup "$build" "$root" -Dtests=disabled -Dbench=disabled -Dman=disabled
ninja -C "$build" src/libpraxis-objects.a src/tool/libtool.a
read -ra libraries < <(pkg-config --cflags --libs OpenCL libcjson)
compile() {
    "$compiler" -g -O1 -std=c11 -D_POSIX_C_SOURCE=200809L -I"$root/include" -I"$root/src" -I"$here" "$@" \
        -Wl,--start-group "$build/src/libpraxis-objects.a" "$build/src/tool/libtool.a" -Wl,--end-group \
        "${libraries[@]}" -lm -lpthread -ldl
}
sources=("$here/fuzz_$target.c")
case $target in
checkpoint | index) sources+=("$here/checkpoint.c") ;;
csv) sources+=("$root"/src/cli/{columns,csv,header,record,series}.c) ;;
esac
compile "$sanitized" "${sources[@]}" -o "$build/fuzz_$target"
mkdir -p "$found"
cp -n "$here/corpus/$target"/* "$found"
if [ -f "$here/seed_$target.c" ]; then
    compile -fsanitize=address "$here/seed_$target.c" -o "$build/seed_$target"
    "$build/seed_$target" "$found"
fi

if [ "$fuzzer" = afl ]; then
    afl-fuzz -i "$found" -o "$build/$target" -V "$seconds" -t 20000 -m none -G 40000 -- "$build/fuzz_$target"
    cp "$build/$target"/default/queue/id:* "$found"
    if compgen -G "$build/$target/default/crashes/id:*"; then
        exit 1 # these crashed
    fi
    exit
fi
"$build/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=40000 -close_fd_mask=2 \
    "$found"
rm -rf "$here/corpus/$target.new"
mkdir "$here/corpus/$target.new"
"$build/fuzz_$target" -merge=1 -close_fd_mask=2 "$here/corpus/$target.new" "$found"
for seed in "$found"/seed-*; do # what is wrong in one need not reach new code
    [ ! -f "$seed" ] || cp "$seed" "$here/corpus/$target.new"
done
rm -rf "${here:?}/corpus/$target"
mv "$here/corpus/$target.new" "$here/corpus/$target"

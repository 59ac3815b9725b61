#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Measures ggml's int8 dense matrix-vector product on this machine, beside a copy stream of the same threads:
#
#   bench/peers/ggml.sh [THREADS [SIZE]]
#
# ggml's sources come with the source package of llama-cpp-python on PyPI (some 75 MB); they are built for this very CPU
# in build/ggml. Needs python3 with venv, CMake, and C and C++ compilers. No part of the build and no test. Leave the
# machine to it: what else runs takes its memory bandwidth.
set -euo pipefail

cd -- "$(dirname -- "$0")/../.."
version=0.3.36
work=build/ggml
threads=${1:-$(nproc)}
mkdir -p "$work"
if [ ! -e "$work/library/src/libggml.so" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q download --no-deps --no-binary :all: -d "$work" "llama-cpp-python==$version"
    tar -xzf "$work/llama_cpp_python-$version.tar.gz" -C "$work"
    # The source package leaves out the template of a file that is not needed, but asked for.
    sources=$work/llama_cpp_python-$version/vendor/llama.cpp/ggml
    touch "$sources/ggml.pc.in"
    cmake -S "$sources" -B "$work/library" -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=ON \
        -DGGML_BUILD_TESTS=OFF -DGGML_BUILD_EXAMPLES=OFF >"$work/configure.log"
    cmake --build "$work/library" -j "$(nproc)" >"$work/build.log" 2>&1
fi
${CC:-cc} -std=gnu11 -O3 -march=native -I"$work/llama_cpp_python-$version/vendor/llama.cpp/ggml/include" \
    bench/peers/ggml_q8.c -L"$work/library/src" -Wl,-rpath,"$PWD/$work/library/src" \
    -lggml -lggml-cpu -lggml-base -lpthread -o "$work/ggml_q8"
exec "$work/ggml_q8" "$threads" "${@:2}"

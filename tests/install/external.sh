#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library as its users meet it: installed, found through pkg-config, linked from a program of its own, which
# README.md shows; shared and static; and as a subproject of another Meson project.
# Usage: external.sh SOURCE_ROOT BUILD_ROOT MESON
set -eu

source_root=$1 build_root=$2 meson=$3
here=$source_root/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Where a library lies comes from the build alone.
unset LD_LIBRARY_PATH LIBRARY_PATH PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR

fail() {
    echo "FAILED: $*"
    exit 1
}

# Runs a command whose output matters where it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$*"; }
}

# The example from an installed library: the arguments of pkg-config, then what else the compiler gets.
compile_example() {
    local output=$1 flags
    shift
    read -ra flags < <(pkg-config --cflags --libs "$@" praxis)
    cc -std=c11 -Wall -Wextra -Werror "$source_root/examples/minimal.c" -o "$output" "${flags[@]}"
    c++ -std=c++17 -Wall -Wextra -Werror "$here/example.cc" -o "$output++" "${flags[@]}"
}

# ---- This build, below DESTDIR ----

DESTDIR=$work/root quietly "$meson" install -C "$build_root" --no-rebuild
pc=$(find "$work/root" -name praxis.pc)
[ -n "$pc" ] || fail "praxis.pc was not installed"
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$work/root
library=$(pkg-config --variable=libdir praxis)
case $library in "$work"*) ;; *) library=$work/root$library ;; esac

compile_example "$work/example"
LD_LIBRARY_PATH=$library "$work/example" >"$work/output" || fail "the example failed"
[ "$(wc -l <"$work/output")" -eq 8 ] || fail "the example should print eight activations"
[ "$(sort -u "$work/output" | wc -l)" -gt 1 ] || fail "the example's activations are all the same"
LD_LIBRARY_PATH=$library "$work/example++" | cmp - "$work/output" || fail "the example differs in C++"

# Each header alone is C and C++.
for header in praxis opencl; do
    printf '#define CL_TARGET_OPENCL_VERSION 120\n#include <praxis/%s.h>\n' "$header" >"$work/header.cc"
    # shellcheck disable=SC2046
    c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -c "$work/header.cc" -o /dev/null $(pkg-config --cflags praxis)
done

# ---- Both kinds of library, compiled as one file, in a prefix that no loader knows ----

unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR # where other libraries are is the system's affair
prefix=$work/prefix
quietly "$meson" setup --prefix "$prefix" --buildtype debug -Ddefault_library=both -Dunity=on \
    -Dtests=disabled -Dbench=disabled -Dman=disabled "$work/both" "$source_root"
quietly "$meson" install -C "$work/both"
pc=$(find "$prefix" -name praxis.pc)
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=
library=$(pkg-config --variable=libdir praxis)
[ ! -e "$prefix/bin/praxis" ] || quietly "$prefix/bin/praxis" devices

# Only praxis_ names leave the shared library; the static one has inner names besides, which tell whose they are.
foreign=$(nm -D --defined-only "$library/libpraxis.so" | awk '{print $3}' | grep -v '^praxis_' || true)
[ -z "$foreign" ] || fail "the shared library also exports: $foreign"
foreign=$(nm -g --defined-only "$library/libpraxis.a" | awk 'NF == 3 {print $3}' | grep -v '^praxis_\|^px_' || true)
[ -z "$foreign" ] || fail "the static library also exports: $foreign"

# What libabigail reads of the shared library is what was written down.
if command -v abidiff >/dev/null && [ "$(uname -m)" = x86_64 ]; then
    quietly "$source_root/tests/abi/abigail.sh" check "$library/libpraxis.so"
else
    echo "SKIPPED: no abidiff, or no x86-64: nobody but tests/abi/abi.py compares the binary interface"
fi

# Through CMake, from the folder to which the whole was moved.
cmake_programs() {
    quietly cmake -S "$here" -B "$1" -DCMAKE_PREFIX_PATH="$moved"
    quietly cmake --build "$1"
    for program in "$1"/example_c "$1"/example_cc "$1"/static_c "$1"/static_cc; do
        "$program" | cmp - "$work/output" || fail "the example differs as built by CMake: ${program##*/}"
    done
}
if command -v cmake >/dev/null; then
    moved=$work/moved
    cp -r "$prefix" "$moved"
    cmake_programs "$work/cmake"
    find "$moved" -name 'libpraxis.so*' -delete
    cmake_programs "$work/cmake-static"
else
    echo "SKIPPED: no cmake: nothing is built through it"
fi

# With the static library alone, pkg-config --static names all that it stands on.
rm -f "$library"/libpraxis.so*
compile_example "$work/static" --static
"$work/static" | cmp - "$work/output" || fail "the example differs with the static library"
"$work/static++" | cmp - "$work/output" || fail "the example differs in C++ with the static library"
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR

# ---- A subproject, which a wrap tells of ----

super=$work/super
mkdir -p "$super/subprojects"
ln -s "$source_root" "$super/subprojects/praxis"
cp "$source_root/examples/minimal.c" "$super/example.c"
printf '[wrap-file]\ndirectory = praxis\n\n[provide]\ndependency_names = praxis\n' >"$super/subprojects/praxis.wrap"
cat >"$super/meson.build" <<'MESON'
project('super', 'c', default_options: ['c_std=c11'])
executable('example', 'example.c', dependencies: dependency('praxis'), install: true)
MESON

# What it would install, without the folders.
to_install() {
    "$meson" introspect --installed "$1" | python3 -c '
import json, os, sys
print(*sorted({os.path.basename(path) for path in json.load(sys.stdin).values()}))'
}

# What is built besides objects and tables: the names of programs and generated pages.
programs() {
    "$meson" introspect --targets "$1" | python3 -c '
import json, sys
kinds = {"executable", "shared module", "custom"}
print(*sorted(t["name"] for t in json.load(sys.stdin) if t["type"] in kinds and t["name"] not in {"kernels", "tables"}))'
}

set_up_super() {
    quietly "$meson" setup -Dunity=on --force-fallback-for=praxis "$@" "$super"
}

# Nothing but the library is built, and nothing but what the program needs is installed.
set_up_super "$super/build"
[ "$(programs "$super/build")" = example ] || fail "a superproject also builds: $(programs "$super/build")"
quietly "$meson" compile -C "$super/build"
DESTDIR=$work/super-root quietly "$meson" install -C "$super/build"
installed=$(find "$work/super-root" ! -type d ! -name 'libpraxis.so*' -printf '%f\n')
[ "$installed" = example ] || fail "a superproject also installs: $installed"
"$super/build/example" | cmp - "$work/output" || fail "the example differs in the superproject"

set_up_super -Ddefault_library=static "$super/static"
[ "$(to_install "$super/static")" = example ] ||
    fail "a superproject that links statically also installs: $(to_install "$super/static")"

# What is asked for is built.
set_up_super -Dpraxis:command=enabled "$super/command"
[ "$(programs "$super/command")" = "example praxis" ] || fail "a superproject cannot ask for the command"

# README shows this very program.
python3 - "$source_root/README.md" "$source_root/examples/minimal.c" <<'PY' || fail "README.md does not show examples/minimal.c"
import sys
readme, example = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
sys.exit(example[example.index("#include") :].strip() not in readme)
PY
echo "installed, linked shared and static, and in a superproject: $(head -1 "$work/output") ..."

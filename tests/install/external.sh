#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The library as its users meet it: installed into a prefix, found through pkg-config, linked from a program of its
# own, which README.md shows; and as a subproject of another Meson project. Usage: external.sh SOURCE_ROOT BUILD_ROOT
set -eu

source_root=$1 build_root=$2
here=$source_root/tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

DESTDIR=$work/root meson install -C "$build_root" --no-rebuild --quiet >/dev/null
pc=$(find "$work/root" -name praxis.pc)
[ -n "$pc" ] || fail "praxis.pc was not installed"
prefix=$(sed -n 's/^prefix=//p' "$pc")
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$work/root
library=$(pkg-config --variable=libdir praxis)
case $library in "$work"*) ;; *) library=$work/root$library ;; esac

# shellcheck disable=SC2046 # words
cc -std=c11 -Wall -Wextra -Werror "$here/example.c" -o "$work/example" $(pkg-config --cflags --libs praxis)
LD_LIBRARY_PATH=$library "$work/example" >"$work/output" || fail "the example failed"
[ "$(wc -l <"$work/output")" -eq 8 ] || fail "the example should print eight activations"
[ "$(sort -u "$work/output" | wc -l)" -gt 1 ] || fail "the example's activations are all the same"

# The header alone is C and C++.
echo '#include <praxis/praxis.h>' >"$work/header.cc"
# shellcheck disable=SC2046
c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -c "$work/header.cc" -o /dev/null $(pkg-config --cflags praxis)

# Only praxis_ names leave the library.
foreign=$(nm -D --defined-only "$library/libpraxis.so" | awk '{print $3}' | grep -v '^praxis_' || true)
[ -z "$foreign" ] || fail "the library also exports: $foreign"

# The same program in a project that has this one as a subproject and asks for dependency('praxis').
mkdir -p "$work/super/subprojects"
ln -s "$source_root" "$work/super/subprojects/praxis"
cp "$here/example.c" "$work/super/"
cat >"$work/super/meson.build" <<'MESON'
project('super', 'c', default_options: ['c_std=c11'])
options = ['tests=disabled', 'command=disabled', 'bench=disabled', 'man=disabled']
executable('example', 'example.c', dependencies: dependency('praxis', fallback: 'praxis', default_options: options))
MESON
(unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR && meson setup "$work/super/build" "$work/super" &&
    ninja -C "$work/super/build" example) >"$work/super.log" 2>&1 || { cat "$work/super.log"; fail "the subproject"; }
"$work/super/build/example" | cmp - "$work/output" || fail "the example differs in the superproject"

# README shows this very program.
python3 - "$source_root/README.md" "$here/example.c" <<'PY' || fail "README.md does not show tests/install/example.c"
import sys
readme, example = (open(path, encoding="utf-8").read() for path in sys.argv[1:])
sys.exit(example.strip() not in readme)
PY
echo "installed under $prefix, linked and run: $(head -1 "$work/output") ..."

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Python package as its users meet it: a wheel built from a clone, in which the library lies, installed in
# environments of several Pythons, and all of its tests there. Needs a package index.
# Usage: wheel.sh SOURCE_ROOT PYTHON
set -eu

source_root=$1 python=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The package must find its library and its command by itself.
unset LD_LIBRARY_PATH PYTHONPATH PRAXIS_BIN PRAXIS_ABI_PROBE

fail() {
    echo "FAILED: $*"
    exit 1
}

skip() {
    echo "SKIPPED: $*"
    exit 77
}

quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; fail "$*"; }
}

"$python" -m venv "$work/build" >"$work/log" 2>&1 || skip "$python makes no environments: $(tail -1 "$work/log")"
"$work/build/bin/pip" download --no-deps -d "$work" cffi >"$work/log" 2>&1 || skip "no package index: $(tail -1 "$work/log")"
# What is built is what git knows, as it lies there now.
mkdir "$work/source"
git -C "$source_root" ls-files -z | tar -C "$source_root" --null -T - -cf - | tar -C "$work/source" -xf -
quietly "$work/build/bin/pip" wheel --no-deps -w "$work/wheels" "$work/source"
wheel=$(echo "$work"/wheels/*.whl)
echo "${wheel##*/}"
case $wheel in */praxis-*-py3-none-linux_*.whl) ;; *) fail "not a wheel for every Python of this system" ;; esac

tested=0
for version in 9 10 11 12 13; do
    other=python3.$version
    "$other" -c '' 2>/dev/null || { echo "$other: not there"; continue; }
    "$other" -m venv "$work/$version" >"$work/log" 2>&1 || { echo "$other: makes no environments"; continue; }
    quietly "$work/$version/bin/pip" install "${wheel}[plot,progress,test]"
    "$work/$version/bin/python" -c 'import cffi, numpy, platform
print(f"Python {platform.python_version()}, numpy {numpy.__version__}, cffi {cffi.__version__}")'
    # What the examples need; not every version of it is for every Python.
    for needed in "gymnasium scikit-learn scipy safetensors reservoirpy" "nbclient ipykernel" mypy cl-sdk; do
        # shellcheck disable=SC2086 # several packages
        "$work/$version/bin/pip" install $needed >"$work/log" 2>&1 ||
            echo "$other: without $needed, which examples need: $(tail -1 "$work/log")"
    done
    # With the command of the wheel in the path, as an environment that is activated has it.
    PATH=$work/$version/bin:$PATH "$work/$version/bin/python" "$source_root/bindings/python/tests/run.py" ||
        fail "tests with $other"
    "$work/$version/bin/praxis" graph --neurons 49 >"$work/graph" || fail "the command of the wheel"
    tested=$((tested + 1))
done
[ "$tested" -gt 0 ] || skip "no Python that makes environments"

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What all findings start with: . "$(dirname -- "$0")/common.sh"
# FINDING is a folder that is removed in the end; HOME, caches and the loader's list of drivers lie in it.
set -euo pipefail

FINDING=$(mktemp -d)
trap 'rm -rf "$FINDING"' EXIT
export FINDING HOME=$FINDING/home OCL_ICD_VENDORS=$FINDING/vendors
export PYOPENCL_NO_CACHE=1 PYTHONWARNINGS=ignore
unset XDG_CACHE_HOME POCL_CACHE_DIR LD_LIBRARY_PATH PYTHONPATH
mkdir "$HOME" "$OCL_ICD_VENDORS"

# PyPI's packages of these versions, each as NAME==VERSION, for $FINDING/venv/bin/python.
install_wheels() {
    [ -d "$FINDING/venv" ] || python3 -m venv "$FINDING/venv"
    "$FINDING/venv/bin/pip" -q --disable-pip-version-check --no-cache-dir install --only-binary :all: "$@"
}

# PoCL 3.0 for CPUs, with pyopencl and its copy of ocl-icd, which find each other without a driver's .icd file.
install_pocl() {
    install_wheels pyopencl==2026.1.4 pocl-binary-distribution==3.0 numpy==2.4.6
}

# Debian's packages of these versions, each as NAME=VERSION, unpacked into $FINDING/root.
unpack_debian() {
    mkdir -p "$FINDING/packages"
    (cd "$FINDING/packages" && apt-get -q -o APT::Sandbox::User=root download "$@" >/dev/null)
    for package in "$FINDING"/packages/*.deb; do
        dpkg -x "$package" "$FINDING/root"
    done
}

# Prints what comes in, which must be this text.
expect() {
    local seen
    seen=$(cat)
    printf '%s\n' "$seen"
    if [ "$seen" != "$1" ]; then
        printf 'CHANGED: %s: this was expected:\n%s\n' "$0" "$1" >&2
        exit 1
    fi
}

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The example that hands weights to torch, with the torch of this Debian, which computes on the CPU alone and is small
# beside that of PyPI. Its packages are unpacked into a folder, and nothing is installed. For maintainers; no part of CI.
#
#   tests/maintainer/torch.sh [BUILD]      (default: build)
#
# Needs network, apt-get, and a build with the Python package.
set -euo pipefail

source_root=$(cd -- "$(dirname -- "$0")/../.." && pwd)
build=$(cd -- "${1:-$source_root/build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/packages" "$work/root"
apt-get -s install --no-install-recommends python3-torch python3-scipy | sed -n 's/^Inst \([^ ]*\).*/\1/p' >"$work/names"
(cd "$work/packages" && xargs -r apt-get download <"$work/names" >/dev/null 2>&1)
for package in "$work"/packages/*.deb; do
    dpkg -x "$package" "$work/root"
done
/usr/bin/python3 -m venv --system-site-packages "$work/venv"
"$work/venv/bin/pip" install --quiet --no-deps safetensors

libraries=$(find "$work/root" -name '*.so*' -printf '%h\n' | grep -v python3 | sort -u | paste -sd:)
export LD_LIBRARY_PATH=$build/src:$libraries PYTHONPATH=$build/bindings/python:$work/root/usr/lib/python3/dist-packages
"$work/venv/bin/python" -c 'import torch; print("torch", torch.__version__)'
exec "$work/venv/bin/python" "$source_root/bindings/python/tests/run.py" -k sparse

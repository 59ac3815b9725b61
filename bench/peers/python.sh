#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Measures what Python programs would use in a network's place, on the same device and in turn with it:
#
#   bench/peers/python.sh [--device cpu|cuda] [--praxis-device DEVICE] [--sizes N,N...] [options]
#
# PyTorch's products and a three-factor update that it compiles, and a reservoir of ReservoirPy; python_peers.py says what
# is compared. They come from PyPI into build/peers (some 6 GB: PyTorch brings CUDA's libraries). Needs PRAXIS built in
# build, python3 3.11 or later with venv, and a C++ compiler. No part of the build and no test. Leave the machine to it.
set -euo pipefail

cd -- "$(dirname -- "$0")/../.."
venv=build/peers
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" -q --disable-pip-version-check install \
    torch==2.11.0 numpy==2.4.6 scipy==1.17.1 reservoirpy==0.4.2 cffi==2.0.0
export PYTHONPATH=$PWD/build/bindings/python LD_LIBRARY_PATH=$PWD/build/src${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$venv/bin/python" bench/peers/python_peers.py "$@"

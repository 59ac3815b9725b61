#!/bin/bash
# SPDX-License-Identifier: MIT
#
# NumPy 2.4.6 interpolates percentiles of int8 in int8: the middle between -100 and 100 is 128, which is out of the
# data's range and of int8. The difference of two neighbours wraps where it is more than 127, and only a warning of an
# overflow tells. np.median of the same data is right.
#
# Weights and activations of 8 bits are such data. Convert them first: np.percentile(codes.astype(float), 50).
#
# Seen on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_wheels numpy==2.4.6
"$FINDING/venv/bin/python" - <<'PY' | expect 'int8: quartiles -114.0 128.0 114.0, median 0.0
float64: quartiles -50.0 0.0 50.0, median 0.0'
import numpy

codes = numpy.array([-100, 100], numpy.int8)
for data in [codes, codes.astype(float)]:
    print(f"{data.dtype}: quartiles", *numpy.percentile(data, [25, 50, 75]), end="")
    print(f", median {numpy.median(data)}")
PY

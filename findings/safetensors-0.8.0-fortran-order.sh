#!/bin/bash
# SPDX-License-Identifier: MIT
#
# safetensors 0.8.0 writes a NumPy array that is contiguous in Fortran's order as it lies in memory, under a shape that
# is read in C's order: what is loaded is another array, and nothing says so. Version 0.7.0 wrote it right.
#
# A transpose is such an array, and so is what numpy.linalg and many readers of files give. Save
# numpy.ascontiguousarray(array).
#
# Seen with NumPy 2.4.6 on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

save_and_load() {
    install_wheels numpy==2.4.6 "safetensors==$1"
    "$FINDING/venv/bin/python" - <<'PY'
import numpy
import safetensors
from safetensors.numpy import load, save

array = numpy.asfortranarray([[1, 2, 3], [4, 5, 6]])
fixed = numpy.ascontiguousarray(array)
print(safetensors.__version__, *(load(save({"array": one}))["array"].tolist() for one in [array, fixed]))
PY
}
{
    save_and_load 0.7.0
    save_and_load 0.8.0
} | expect '0.7.0 [[1, 2, 3], [4, 5, 6]] [[1, 2, 3], [4, 5, 6]]
0.8.0 [[1, 4, 2], [5, 3, 6]] [[1, 2, 3], [4, 5, 6]]'

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Where PoCL cannot make its cache it has a platform without a device.
#
# The cache lies in HOME. In a service, a container or a batch job HOME may be a folder that is not there and cannot be
# made. Then clGetDeviceIDs says CL_DEVICE_NOT_FOUND, as if the CPU were none, and nothing tells why. POCL_CACHE_DIR
# with a folder that can be written brings the device back.
#
# Seen with PoCL 3.0 of PyPI, and alike with PoCL 3.1 of Debian 12 (3.1-3+deb12u1), on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
touch "$FINDING/file"
mkdir "$FINDING/pocl"
count_devices() {
    "$FINDING/venv/bin/python" -c \
        'import pyopencl; print([len(platform.get_devices()) for platform in pyopencl.get_platforms()])'
}
{
    echo "HOME that can be written: $(count_devices)"
    echo "HOME below a file: $(HOME=$FINDING/file/home count_devices)"
    echo "HOME below a file, POCL_CACHE_DIR: $(HOME=$FINDING/file/home POCL_CACHE_DIR=$FINDING/pocl count_devices)"
} | expect 'HOME that can be written: [1]
HOME below a file: [0]
HOME below a file, POCL_CACHE_DIR: [1]'

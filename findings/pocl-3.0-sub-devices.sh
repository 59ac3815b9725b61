#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A context of sub-devices says that its device is the whole one.
#
# clCreateContext takes sub-devices, and CL_CONTEXT_DEVICES is to return the devices and sub-devices that it was made of.
# PoCL returns the device they are parts of, once. A library that is handed a context, a device and a queue, and looks
# whether the device is one of the context's, refuses a sub-device that is; queues know theirs, and tell it.
#
# Seen with PoCL 3.0 of PyPI, and alike with PoCL 3.1 of Debian 12 (3.1-3+deb12u1), on x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
"$FINDING/venv/bin/python" - <<'PYTHON' | expect 'devices of the context that are parts: [False]
the queue is of the part that was given: True'
import pyopencl as cl

device = cl.get_platforms()[0].get_devices()[0]
parts = device.create_sub_devices([cl.device_partition_property.BY_COUNTS, 1, 1])
context = cl.Context(parts)
print("devices of the context that are parts:", [one in parts for one in context.devices])
print("the queue is of the part that was given:", cl.CommandQueue(context, parts[1]).device == parts[1])
PYTHON

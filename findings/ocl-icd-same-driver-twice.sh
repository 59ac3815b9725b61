#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Two .icd files that lead to one driver make the loader ocl-icd list its platform twice, with the same ids.
#
# That is what is left where a vendor's installer and a distribution's package have both written one. The list of
# platforms then has equal pointers in it: what runs on "all devices" runs twice on one, and two "devices" share memory
# and queues. A program that lists devices should leave out ids that it has.
#
# Seen with the ocl-icd in the wheel of pyopencl 2026.1.4, and alike with that of Debian 12 (2.3.1-1).
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

install_pocl
driver=$(echo "$FINDING"/venv/lib/python3*/site-packages/pyopencl/.libs/libpocl-*.so)
list_platforms() {
    "$FINDING/venv/bin/python" - <<'PY'
import pyopencl

platforms = pyopencl.get_platforms()
devices = [device.int_ptr for platform in platforms for device in platform.get_devices()]
print(f"{len(platforms)} platforms, {len({one.int_ptr for one in platforms})} different; ", end="")
print(f"{len(devices)} devices, {len(set(devices))} different")
PY
}
{
    list_platforms # by the .icd file in the wheel
    echo "$driver" >"$OCL_ICD_VENDORS/again.icd"
    list_platforms
} | expect '1 platforms, 1 different; 1 devices, 1 different
2 platforms, 1 different; 2 devices, 1 different'

#!/bin/bash
# SPDX-License-Identifier: MIT
#
# cJSON 1.7.15 prints a double with 15 digits and calls that good if what is read back is within one part in 2^52: of
# the whole numbers just below 2^53 one in five comes out as another.
#
# Seeds, times in nanoseconds and counts of bytes are such numbers, and a double holds each exactly. Print them with
# cJSON_CreateRaw, or as text.
#
# Seen with libcjson1 1.7.15-1+deb12u4 of Debian 12, x86-64.
# shellcheck source=findings/common.sh
. "$(dirname -- "$0")/common.sh"

unpack_debian libcjson1=1.7.15-1+deb12u4
export LD_LIBRARY_PATH=$FINDING/root/usr/lib/x86_64-linux-gnu
python3 - <<'PY' | expect '9007199254740991: 9.00719925474099e+15
9007199254740992: 9.00719925474099e+15
of 10000 from 2^53 - 10000 on, 2000 change'
import ctypes

cjson = ctypes.CDLL("libcjson.so.1")
cjson.cJSON_CreateNumber.restype = ctypes.c_void_p
cjson.cJSON_PrintUnformatted.restype = ctypes.c_char_p


def printed(number):
    item = cjson.cJSON_CreateNumber(ctypes.c_double(number))
    return cjson.cJSON_PrintUnformatted(ctypes.c_void_p(item)).decode()


for number in [2**53 - 1, 2**53]:
    print(f"{number}: {printed(number)}")
changed = sum(float(printed(number)) != number for number in range(2**53 - 10000, 2**53))
print(f"of 10000 from 2^53 - 10000 on, {changed} change")
PY

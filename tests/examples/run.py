#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An example prints what was written down: the same on every device. Usage: run.py PROGRAM EXPECTED [DEVICE]"""

import subprocess
import sys

program, expected, *device = sys.argv[1:]
result = subprocess.run([program, *device], stdout=subprocess.PIPE, text=True, check=False)
if result.returncode:
    sys.exit(result.returncode)
printed = result.stdout
with open(expected, encoding="utf-8") as file:
    wanted = file.read()
print(printed, end="")
if printed != wanted:
    sys.exit(f"FAILED: {expected} has\n{wanted}")

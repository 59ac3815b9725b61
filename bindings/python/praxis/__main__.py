# SPDX-License-Identifier: MIT
"""``python -m praxis``: the praxis command, where it was built."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NoReturn

from praxis._library import WHEEL


def main() -> NoReturn:
    """Become the command that the wheel holds, or the one in PATH."""
    held = os.path.join(WHEEL, "praxis")
    command = held if os.path.exists(held) else shutil.which("praxis")
    # What PATH finds may be the script of this package, which leads here.
    if command is None or os.path.realpath(command) == os.path.realpath(sys.argv[0]):
        sys.exit("praxis: this build has no command: it needs cJSON when it is built")
    os.execv(command, ["praxis", *sys.argv[1:]])


if __name__ == "__main__":
    main()

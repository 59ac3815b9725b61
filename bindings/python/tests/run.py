# SPDX-License-Identifier: MIT
"""Runs the tests of the Python package, or says what they lack. Usage: run.py [arguments of pytest]"""

import importlib.util
import os
import sys

missing = [name for name in ("cffi", "numpy", "pytest", "hypothesis") if importlib.util.find_spec(name) is None]
if missing:
    print(f"SKIPPED: the Python package is not tested: {sys.executable} has no {', '.join(missing)}")
    sys.exit(77)

import pytest  # noqa: E402

sys.exit(pytest.main(["-q", "-rs", "-p", "no:cacheprovider", os.path.dirname(os.path.abspath(__file__)), *sys.argv[1:]]))

# SPDX-License-Identifier: MIT
"""The type hints that the package promises (py.typed) are without contradiction, where mypy is installed."""

import os
import sys

import pytest

import praxis


@pytest.mark.skipif(sys.version_info < (3, 12), reason="mypy of older versions of Python knows less")
def test_type_hints_agree(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    package = os.path.dirname(praxis.__file__)
    monkeypatch.chdir(os.path.dirname(package))
    options = ["--strict", "--ignore-missing-imports", "--cache-dir", str(tmp_path)]
    printed, wrong, status = api.run([*options, "-p", "praxis"])
    assert status == 0, printed + wrong

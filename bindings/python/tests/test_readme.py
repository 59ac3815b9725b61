# SPDX-License-Identifier: MIT
"""The script that README.md shows does what it says, and draws where matplotlib is installed."""

import importlib.util
import os
import re

README = os.path.join(os.path.dirname(__file__), "..", "..", "..", "README.md")


def test_the_script_of_the_readme_learns(tmp_path, monkeypatch, capsys):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    (script,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (printed,) = re.findall(r"^```python\n.*?^```\n\nprints `([^`]*)`", text, re.DOTALL | re.MULTILINE)
    lines = script.splitlines(keepends=True)
    draws = importlib.util.find_spec("matplotlib") is not None
    assert "savefig" in lines[-1]
    monkeypatch.chdir(tmp_path)
    exec("".join(lines if draws else lines[:-1]), {})
    assert capsys.readouterr().out.strip() == printed
    assert not draws or (tmp_path / "learning.png").stat().st_size > 10000

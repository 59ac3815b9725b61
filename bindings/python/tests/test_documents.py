# SPDX-License-Identifier: MIT
"""The scripts that the documentation shows do what it says; that of README.md draws where matplotlib is installed."""

import importlib.util
import os
import re

ROOT = os.path.join(os.path.dirname(__file__), "..", "..", "..")


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


def scripts_of(text):
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_script_of_the_readme_learns(tmp_path, monkeypatch, capsys):
    text = read("README.md")
    (script,) = scripts_of(text)
    (printed,) = re.findall(r"^```python\n.*?^```\n\nprints `([^`]*)`", text, re.DOTALL | re.MULTILINE)
    lines = script.splitlines(keepends=True)
    draws = importlib.util.find_spec("matplotlib") is not None
    assert "savefig" in lines[-1]
    monkeypatch.chdir(tmp_path)
    exec("".join(lines if draws else lines[:-1]), {})
    assert capsys.readouterr().out.strip() == printed
    assert not draws or (tmp_path / "learning.png").stat().st_size > 10000


def test_the_scripts_of_the_manual_run(tmp_path, monkeypatch):
    scripts = scripts_of(read("docs", "python.md"))
    assert scripts
    monkeypatch.chdir(tmp_path)
    for script in scripts:
        exec(script, {})

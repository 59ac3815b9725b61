# SPDX-License-Identifier: MIT
"""What the package declares is what the header does, as another reader of it and the compiler have it."""

import os
import re
import subprocess
import sys

import pytest

from praxis import _names, errors
from praxis._interface import ffi
from praxis._library import lib

ROOT = os.path.join(os.path.dirname(__file__), "..", "..", "..")
HEADER = os.path.join(ROOT, "include", "praxis", "praxis.h")
sys.path.insert(0, os.path.join(ROOT, "tests", "abi"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def described():
    """Lines of tests/abi: those that the compiled probe prints, else those that were written down."""
    probe = os.environ.get("PRAXIS_ABI_PROBE")
    if probe:
        return subprocess.run([probe], capture_output=True, text=True, check=True).stdout.splitlines()
    return read(os.path.join(ROOT, "tests", "abi", "praxis-0.1.abi")).splitlines()


def test_layouts_and_values_are_those_of_the_compiler():
    seen = {"structure": 0, "member": 0, "value": 0}
    lines = described()
    if lines[0] != f"pointer bytes {ffi.sizeof('void *')}":
        pytest.skip(lines[0])
    for line in lines[1:]:
        kind, name, *rest = line.split(" ", 4)
        if kind == "structure":
            assert ffi.sizeof(name) == int(rest[0]), name
        elif kind == "member":
            owner, member = name.split(".")
            assert ffi.offsetof(owner, member) == int(rest[0]), name
            assert ffi.sizeof(dict(ffi.typeof(owner).fields)[member].type) == int(rest[1]), name
        elif kind == "value":
            assert getattr(lib, name) == int(rest[0]), name
        seen[kind] = seen.get(kind, 0) + 1
    assert min(seen[kind] for kind in ("structure", "member", "value")) > 10


def test_nothing_of_the_header_is_left_out():
    abi = pytest.importorskip("abi")
    header = abi.Header(read(HEADER))
    assert len(header.functions) > 50
    for name, text in header.functions.items():
        function = ffi.typeof(getattr(lib, name))
        assert len(function.args) == (0 if text.endswith("(void)") else text.count(",") + 1), name
    for name, members in header.structures.items():
        assert [member for member, _ in ffi.typeof(name).fields] == [member for member, _ in members], name
    for name in re.findall(r"^#define (PRAXIS_[A-Z0-9_]+) +\S", read(HEADER), re.MULTILINE):
        if name != "PRAXIS_API":
            assert isinstance(getattr(lib, name), int), name


def test_every_error_has_a_class():
    names = {status.name for status in _names.Status} - {"SUCCESS"}
    assert {name.replace("ERROR_", "", 1) for name in names} == set(errors.KINDS)


def test_names_are_those_that_the_library_tells():
    import praxis

    assert list(praxis.fields()) == [name for name in vars(_names.FieldAttributes) if not name.startswith("_")]
    named = {"neurons", "replicas", "channels", "seed"}
    assert set(praxis.parameters()) == named | set(_names.Parameters.__annotations__)

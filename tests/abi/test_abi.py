#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The binary interface is what was written down, and programs of other versions run with this library."""

import os
import subprocess
import sys
import unittest

import abi

HERE = os.path.dirname(os.path.abspath(__file__))
HEADERS = os.path.join(HERE, "..", "..", "include", "praxis")
HEADER = os.path.join(HEADERS, "praxis.h")
PROBE, OPENCL_PROBE, OLDER, CURRENT, NEWER, *LIBRARY = sys.argv[1:]


class Interface(unittest.TestCase):
    def test_as_written_down(self):
        for name, probe in (("praxis", PROBE), ("opencl", OPENCL_PROBE)):
            golden = os.path.join(HERE, f"{name}-0.1.abi")
            self.assertEqual(abi.check(probe, os.path.join(HEADERS, f"{name}.h"), golden), [])

    def test_what_is_exported_is_declared(self):
        headers = [os.path.join(HEADERS, name) for name in os.listdir(HEADERS)]
        for library in LIBRARY:
            self.assertEqual(abi.exported_otherwise(library, headers), [])

    def test_nothing_is_overlooked(self):
        """What is written down of the older header is part of what is written down now."""
        older = abi.Header(abi.read(os.path.join(HERE, "older", "praxis", "praxis.h")))
        current = abi.Header(abi.read(HEADER))
        self.assertGreater(len(older.structures), 8)
        self.assertLessEqual(set(older.structures), set(current.structures))
        for name, members in older.structures.items():
            self.assertEqual(current.structures[name][: len(members)], members)

    def test_what_may_be_and_what_may_not(self):
        golden = [
            "structure s 24", "member s.struct_size 0 8 size_t", "member s.a 8 8 double", "member s.b 16 4 int",
            "structure fixed 8", "member fixed.x 0 8 double", "value ONE 1", "value THINGS_COUNT 2", "function f void ()",
        ]  # fmt: skip
        changed = {
            "structure s 24": ["structure s 16"],
            "member s.a 8 8 double": ["member s.a 8 8 uint64_t"],
            "member s.b 16 4 int": ["member s.b 20 4 int"],
            "structure fixed 8": ["structure fixed 16"],
            "value ONE 1": ["value ONE 2"],
            "value THINGS_COUNT 2": ["value THINGS_COUNT 1"],
            "function f void ()": ["function f void (int)"],
        }
        for old, new in [*changed.items(), *((line, []) for line in golden[1:])]:
            current = [one for line in golden for one in (new if line == old else [line])]
            self.assertEqual(len(abi.compare(golden, current)), 1, (old, new))
        within = [*golden, "member s.c 20 4 int"]
        self.assertEqual(abi.compare(golden, within), ["s.c lies at 20, within the 24 bytes that s had"])
        grown = {"structure s 24": "structure s 32", "value THINGS_COUNT 2": "value THINGS_COUNT 3"}
        appended = [
            "member s.reserved 20 4 int", "member s.c 24 8 double", "value TWO 2", "function g void ()", "structure t 8"
        ]  # fmt: skip
        self.assertEqual(abi.compare(golden, [grown.get(line, line) for line in golden] + appended), [])


class Callers(unittest.TestCase):
    def run_caller(self, program):
        result = subprocess.run([program], capture_output=True, text=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""), program)
        return result.stdout

    def test_all_print_the_same(self):
        current = self.run_caller(CURRENT)
        self.assertGreater(len(current.splitlines()), 40)
        self.assertEqual(self.run_caller(OLDER), current)
        self.assertEqual(self.run_caller(NEWER), current)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

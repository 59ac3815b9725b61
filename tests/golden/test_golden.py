#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files that were written once are read for ever, to the same bits, and damaged ones refused with the same reason."""

import json
import os
import subprocess
import tempfile
import unittest

PRAXIS = os.environ["PRAXIS_BIN"]
HERE = os.path.dirname(os.path.abspath(__file__))

# What praxis run --neurons 49 --ticks 32 --learn --set consolidation=3 --groups 2 --output - --save had come to, and
# where it goes on to in five ticks.
GOES_ON = "3865c9355495d6d6"


def praxis(*arguments):
    return subprocess.run([PRAXIS, *arguments, "--device", "reference"], capture_output=True, text=True, check=False)


class Golden(unittest.TestCase):
    def test_a_good_one_goes_on(self):
        for name in ["1.0.safetensors", "1.0-minor.safetensors"]:
            result = praxis("run", "--resume", os.path.join(HERE, name), "--ticks", "5", "--learn", "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["state_hash"], GOES_ON)

    def test_a_bad_one_is_refused(self):
        with open(os.path.join(HERE, "list.json"), encoding="ascii") as file:
            files = json.load(file)
        self.assertEqual({*files, "1.0.safetensors"}, {n for n in os.listdir(HERE) if n.endswith(".safetensors") and "-of-" not in n})
        for name, words in files.items():
            result = praxis("run", "--resume", os.path.join(HERE, name), "--ticks", "1", "--learn")
            self.assertEqual(result.returncode, 0 if words is None else 1, f"{name}: {result.stderr}")
            self.assertIn(words or "", result.stderr)

    def test_what_is_written_today_is_as_it_was(self):
        """Text for text and byte for byte, but for the library's version: else the format's has to be raised."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "now")
            result = praxis("run", "--neurons", "49", "--ticks", "32", "--learn", "--set", "consolidation=3",
                            "--groups", "2", "--output", "-", "--save", path)
            self.assertEqual(result.returncode, 0, result.stderr)
            now, then = (self.read(name) for name in [path, os.path.join(HERE, "1.0.safetensors")])
        for texts, _ in (now, then):
            for name in ["praxis.version", "praxis.checksum"]:
                del texts[name]
        self.assertEqual(now, then)

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            whole = file.read()
        length = int.from_bytes(whole[:8], "little")
        header, data = json.loads(whole[8 : 8 + length]), whole[8 + length :]
        texts = header.pop("__metadata__")
        return texts, {name: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])]) for name, t in header.items()}


if __name__ == "__main__":
    unittest.main()

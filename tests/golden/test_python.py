#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Python's safetensors opens what was saved, and what it writes with the same content goes on to the same bits. Skipped
where the package is not there: tests install nothing."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy
    import safetensors
    import safetensors.numpy
except ImportError as missing:
    print(f"skipped: {missing}; python3 -m pip install safetensors numpy", file=sys.stderr)
    sys.exit(77)

PRAXIS = os.environ["PRAXIS_BIN"]
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "1.0.safetensors")
GOLDEN_INDEX = GOLDEN.replace(".safetensors", "-columns.safetensors.index.json")
DOCUMENT = os.path.join(os.path.dirname(GOLDEN), "..", "..", "docs", "checkpoints.md")
LEARN = ["--ticks", "5", "--learn", "--json", "--device", "reference"]


def run(*arguments):
    return subprocess.run([PRAXIS, *arguments], capture_output=True, text=True, check=True).stdout


def documented(function):
    """A function of docs/checkpoints.md, as it stands there."""
    with open(DOCUMENT, encoding="utf-8") as file:
        blocks = re.findall(r"^```python\n(.*?)^```", file.read(), re.DOTALL | re.MULTILINE)
    names = {}
    exec(next(block for block in blocks if f"def {function}(" in block), names)
    return names[function]


class Python(unittest.TestCase):
    def test_both_ways(self):
        with tempfile.TemporaryDirectory() as folder:
            saved, written = os.path.join(folder, "saved"), os.path.join(folder, "written")
            run("run", "--resume", GOLDEN, *LEARN, "--save", saved)
            report = json.loads(run("inspect", saved, "--json"))
            with safetensors.safe_open(saved, framework="numpy") as file:
                texts = file.metadata()
                tensors = {name: file.get_tensor(name) for name in file.keys()}
            self.assertEqual({name: list(t.shape) for name, t in tensors.items()},
                             {name: t["shape"] for name, t in report["tensors"].items()})
            weights = tensors["network.weight"].astype(float) * 3 / 127
            self.assertAlmostEqual(weights.mean(), report["objects"]["network"]["weights"]["mean"])
            self.assertAlmostEqual(weights.var(), report["objects"]["network"]["weights"]["variance"])
            self.assertEqual(texts["network.tick"], str(report["objects"]["network"]["tick"]))
            self.assertTrue(all(numpy.frombuffer(t.tobytes(), t.dtype).size == t.size for t in tensors.values()))
            safetensors.numpy.save_file(tensors, written, metadata=texts)
            hashes = [json.loads(run("run", "--resume", path, *LEARN))["state_hash"] for path in (saved, written)]
            self.assertEqual(hashes[0], hashes[1])

    def test_shards(self):
        """Each file by itself, and together what one file has."""
        with open(GOLDEN_INDEX, encoding="ascii") as file:
            weight_map = json.load(file)["weight_map"]
        for file in sorted(set(weight_map.values())):
            with safetensors.safe_open(os.path.join(os.path.dirname(GOLDEN), file), framework="numpy") as shard:
                self.assertEqual(set(shard.keys()), {name for name, where in weight_map.items() if where == file})
        joined = documented("load_index")(GOLDEN_INDEX)
        whole = safetensors.numpy.load_file(GOLDEN)
        self.assertEqual(set(joined), set(whole))
        for name, tensor in whole.items():
            numpy.testing.assert_array_equal(joined[name], tensor)

    def test_names_of_pieces(self):
        """The last @ divides a name, if what follows is a place; a shard has what the library takes for pieces."""
        data = numpy.arange(12, dtype=numpy.int16).reshape(3, 4)
        files = {
            "a.safetensors": {"a@b.x@1:0": data[:, :1].copy(), "y@1": data, "z@8:0": data, "@1:2": data, "n@0:00": data},
            "b.safetensors": {"a@b.x@1:1": data[:, 1:].copy(), "t@0:0": data},
        }
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.index.json")
            for file, tensors in files.items():
                safetensors.numpy.save_file(tensors, os.path.join(folder, file))
            with open(path, "w", encoding="ascii") as index:
                json.dump({"weight_map": {name: file for file, tensors in files.items() for name in tensors}}, index)
            loaded = documented("load_index")(path)
        self.assertEqual(set(loaded), {"a@b.x", "y@1", "z@8:0", "@1:2", "n@0:00", "t"})
        for name, tensor in loaded.items():
            numpy.testing.assert_array_equal(tensor, data, name)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A checkpoint in several files goes on for ever, to the bits of one in one file; of one in which anything is not as it
must be, nothing is read, and it is said why."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from make import pack

PRAXIS = os.environ["PRAXIS_BIN"]
HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "1.0-columns.safetensors.index.json"
GOES_ON = "3865c9355495d6d6"  # as of 1.0.safetensors, which is of the same network


def praxis(*arguments):
    return subprocess.run([PRAXIS, *arguments], capture_output=True, text=True, check=False)


class Set:
    """A copy of the good one, or of that in a folder, to be changed."""

    def __init__(self, folder, source=HERE):
        self.folder = folder
        self.path = os.path.join(folder, NAME)
        with open(os.path.join(source, NAME), encoding="ascii") as file:
            self.index = json.load(file)
        self.weights = self.index["weight_map"]
        self.files = sorted(set(self.weights.values()))
        self.shards = [self.read(os.path.join(source, name)) for name in self.files]

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            whole = file.read()
        length = int.from_bytes(whole[:8], "little")
        header = json.loads(whole[8 : 8 + length])
        texts = header.pop("__metadata__")
        return [{k: v for k, v in texts.items() if "checksum" not in k}, header, bytearray(whole[8 + length :])]

    def write(self):
        for name, (texts, tensors, data) in zip(self.files, self.shards):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(pack(dict(texts), tensors, bytes(data)))
        with open(self.path, "w", encoding="ascii") as file:
            json.dump(self.index, file)

    def rename(self, shard, old, new):
        """A tensor in its file and in the index."""
        tensors = self.shards[shard][1]
        tensors[new] = tensors.pop(old)
        self.weights[new] = self.weights.pop(old)


def change(attribute, *keys, to):
    def do(whole):
        place = getattr(whole, attribute)
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = to

    return do


def drop(*keys):
    def do(whole):
        place = whole.index
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return do


def rename(shard, old, new):
    return lambda whole: whole.rename(shard, old, new)


def reshape(whole):
    whole.shards[1][1]["network.gain@1:14"]["shape"] = [3, 7]


def swap_types(whole):
    whole.shards[1][1]["network.plastic@1:14"]["dtype"] = "I8"


def empty(whole):
    """A piece without elements, where the next begins."""
    end = len(whole.shards[0][2])
    whole.shards[0][1]["network.gain@1:49"] = {"dtype": "I32", "shape": [1, 0], "data_offsets": [end, end]}
    whole.weights["network.gain@1:49"] = whole.files[0]


def beside_the_whole(whole):
    end = len(whole.shards[0][2])
    whole.shards[0][1]["network.gain"] = {"dtype": "I32", "shape": [1, 0], "data_offsets": [end, end]}
    whole.weights["network.gain"] = whole.files[0]


def no_longer_there(whole):
    whole.index["weight_map"] = {name: file for name, file in whole.weights.items() if file != whole.files[2]}


def too_many(whole):
    for i in range(1100):
        whole.weights[f"x{i}"] = f"x{i}.safetensors"


FIRST = "1.0-columns-cf5ed0718fc4f4d6-00001-of-00003.safetensors"
WRONG = {
    "no metadata": (drop("metadata"), "must have metadata and weight_map"),
    "no weight_map": (drop("weight_map"), "must have metadata and weight_map"),
    "more": (change("index", "more", to=1), "must have metadata and weight_map"),
    "metadata a list": (change("index", "metadata", to=[]), "must have metadata and weight_map"),
    "weight_map a text": (change("index", "weight_map", to="x"), "must have metadata and weight_map"),
    "weight_map empty": (change("index", "weight_map", to={}), "names no tensor"),
    "of others": (drop("metadata", "praxis.checkpoint"), "that of no checkpoint"),
    "no save": (drop("metadata", "praxis.save"), "is no name of a save"),
    "a short save": (change("index", "metadata", "praxis.save", to="cf5ed0718fc4f4d"), "is no name of a save"),
    "a save of other signs": (change("index", "metadata", "praxis.save", to="CF5ED0718FC4F4D6"), "is no name of a save"),
    "another save": (change("index", "metadata", "praxis.save", to="cf5ed0718fc4f4d7"), "it is of save"),
    "no size": (drop("metadata", "total_size"), "is no number of bytes"),
    "a negative size": (change("index", "metadata", "total_size", to=-1), "is no number of bytes"),
    "half a byte": (change("index", "metadata", "total_size", to=1.5), "is no number of bytes"),
    "a huge size": (change("index", "metadata", "total_size", to=1e300), "is no number of bytes"),
    "another size": (change("index", "metadata", "total_size", to=1), "the index says that tensors have 1 bytes"),
    "a file above": (change("weights", "network.seeds", to="../" + FIRST), "is no name of a file beside it"),
    "a file elsewhere": (change("weights", "network.seeds", to="/etc/x.safetensors"), "is no name of a file beside it"),
    "a folder": (change("weights", "network.seeds", to=".."), "is no name of a file beside it"),
    "another kind": (change("weights", "network.seeds", to="x.csv"), "is no name of a file beside it"),
    "a line": (change("weights", "network.seeds", to="x\n.safetensors"), "is no name of a file beside it"),
    "a long name": (change("weights", "network.seeds", to="x" * 300 + ".safetensors"), "is no name of a file beside"),
    "a number for a file": (change("weights", "network.seeds", to=7), "is in no file"),
    "a file that is not there": (change("weights", "network.seeds", to="x.safetensors"), "cannot be read"),
    "too many files": (too_many, "may name 1024"),
    "a tensor in another file": (change("weights", "network.seeds", to=FIRST.replace("-00001-", "-00002-")),
                                 '"network.seeds" is in it, and in the index of another'),
    "a tensor that is nowhere": (change("weights", "network.more", to=FIRST), "the index names"),
    "a tensor that is not named": (drop("weight_map", "network.seeds"), '"network.seeds" is in it, and in the index'),
    "a shard that is not named": (no_longer_there, "the index says that tensors have"),
    "a shard of no save": (lambda whole: whole.shards[1][0].pop("praxis.save"), "it is of save"),
    "a shard of another": (lambda whole: whole.shards[1][0].update({"praxis.save": "0" * 16}), "it is of save"),
    "a shard of another version": (lambda whole: whole.shards[1][0].update({"praxis.checkpoint": "1.9"}), "have versions"),
    "a shard that cannot be read": (lambda whole: whole.shards[1][0].update({"praxis.checkpoint": "2.0"}), "has version 2.0"),
    "a text twice": (lambda whole: whole.shards[1][0].update({"network.tick": "32"}), "in the metadata of two files"),
    "a hole": (rename(1, "network.gain@1:14", "network.gain@1:15"), "begins behind the end of the last one"),
    "an overlap": (rename(1, "network.gain@1:14", "network.gain@1:13"), "begins before the last one ends"),
    "a piece twice": (rename(1, "network.gain@1:14", "network.gain@1:0"), None),
    "no first": (rename(0, "network.gain@1:0", "network.gain@1:1"), "begins behind the end of the last one"),
    "another axis": (rename(1, "network.gain@1:14", "network.gain@0:14"), "has no such axis, or is of another"),
    "an axis that is none": (rename(1, "network.gain@1:14", "network.gain@2:14"), "has no such axis, or is of another"),
    "an axis beyond all": (rename(1, "network.gain@1:14", "network.gain@9:14"), "belongs to no network|begins behind"),
    "a first beyond all": (rename(1, "network.gain@1:14", f"network.gain@1:{2**64}"), "begins behind|belongs to no"),
    "a first with a zero": (rename(1, "network.gain@1:14", "network.gain@1:014"), "begins behind|belongs to no"),
    "another shape": (reshape, "has no such axis, or is of another"),
    "another type": (swap_types, "has no such axis, or is of another"),
    "nothing in a piece": (empty, "has no element"),
    "beside the whole": (beside_the_whole, "do not fit together"),
}


# In the text of the index, what JSON of Python's would not write.
TEXTS = {
    "metadata twice": ('"metadata":', '"metadata": {}, "metadata":', "must have metadata and weight_map"),
    "weight_map twice": ('"weight_map":', '"weight_map": {}, "weight_map":', "must have metadata and weight_map"),
    "a size twice": ('"total_size":', '"total_size": 1, "total_size":', '"total_size" is there twice|that tensors have 1'),
    "a size twice, the right one first": ('"praxis.save":', '"total_size": 1, "praxis.save":', '"total_size" is there twice'),
    "a version twice": ('"praxis.save":', '"praxis.checkpoint": "1.0", "praxis.save":', '"praxis.checkpoint" is there twice'),
    "a save twice": ('"total_size":', '"praxis.save": "0", "total_size":', "is no name of a save|is there twice"),
    "a tensor twice": ('"network.seeds":', '"network.seeds": "x.safetensors", "network.seeds":', '"network.seeds" is there twice'),
    "a tensor twice, alike": ('"network.seeds":', f'"network.seeds": "{FIRST}", "network.seeds":', "is there twice"),
    "no object": ("{", "[", "no JSON object"),
    "deeper than anyone goes": ('"metadata":', '"metadata": ' + 2000 * "[", "no JSON object"),
    "a huge whole number": ('"total_size": ', '"total_size": 99999999999999999999', "is no number of bytes"),
    "no number": ('"total_size": ', '"total_size": 0x', "no JSON object"),
}
MOST_BYTES = 16 << 20


class Shards(unittest.TestCase):
    def test_a_good_one_goes_on(self):
        result = praxis("run", "--resume", os.path.join(HERE, NAME), "--ticks", "5", "--learn", "--json",
                        "--device", "reference")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["state_hash"], GOES_ON)

    def test_it_is_written_as_it_was(self):
        """But for what no two saves have in common, and what names the library that wrote it."""
        with tempfile.TemporaryDirectory() as folder:
            result = praxis("run", "--neurons", "49", "--ticks", "32", "--learn", "--set", "consolidation=3",
                            "--groups", "2", "--output", "-", "--device", "reference,reference,reference",
                            "--partition", "columns", "--save", os.path.join(folder, NAME))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(len(os.listdir(folder)), 4)
            written, kept = Set(folder, folder), Set(folder)
            for whole in (written, kept):
                for texts, _, _ in whole.shards:
                    del texts["praxis.save"], texts["praxis.version"]
                del whole.index["metadata"]["praxis.save"]
                names = {name: whole.files.index(name) for name in whole.files}
                whole.index["weight_map"] = {tensor: names[file] for tensor, file in whole.weights.items()}
            self.assertEqual(written.shards, kept.shards)
            self.assertEqual(written.index, kept.index)

    def test_a_shard_is_not_the_whole(self):
        result = praxis("inspect", os.path.join(HERE, FIRST))
        self.assertEqual(result.returncode, 1)
        self.assertIn("is one of several of a checkpoint", result.stderr)

    def test_it_may_lie_elsewhere(self):
        with tempfile.TemporaryDirectory() as folder:
            link = os.path.join(folder, "link.index.json")
            Set(folder).write()
            os.makedirs(os.path.join(folder, "links"))
            os.symlink(os.path.join("..", NAME), os.path.join(folder, "links", "link.index.json"))
            os.symlink(os.path.join("links", "link.index.json"), link)
            result = praxis("inspect", link)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_wrong_ones(self):
        for what, (do, words) in WRONG.items():
            with self.subTest(what), tempfile.TemporaryDirectory() as folder:
                whole = Set(folder)
                do(whole)
                whole.write()
                result = praxis("inspect", whole.path)
                self.assertEqual(result.returncode, 1, result.stdout)
                if words:
                    self.assertRegex(result.stderr, words)

    def test_wrong_texts(self):
        for what, (old, new, words) in TEXTS.items():
            with self.subTest(what), tempfile.TemporaryDirectory() as folder:
                whole = Set(folder)
                whole.write()
                with open(whole.path, encoding="ascii") as file:
                    text = file.read()
                self.assertIn(old, text)
                with open(whole.path, "w", encoding="ascii") as file:
                    file.write(text.replace(old, new, 1))
                result = praxis("inspect", whole.path)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertRegex(result.stderr, words)

    def test_as_large_as_it_may_be(self):
        with tempfile.TemporaryDirectory() as folder:
            whole = Set(folder)
            whole.write()
            with open(whole.path, "a", encoding="ascii") as file:
                file.write(" " * (MOST_BYTES - os.path.getsize(whole.path)))
            result = praxis("inspect", whole.path)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(whole.path, "a", encoding="ascii") as file:
                file.write(" ")
            result = praxis("inspect", whole.path)
            self.assertEqual(result.returncode, 1)
            self.assertIn("cannot be read: File too large", result.stderr)

    def test_damage(self):
        """A bit in any byte of the index, one after the other for the first and the last, and every length."""
        with tempfile.TemporaryDirectory() as folder:
            for name in os.listdir(HERE):
                if name.startswith("1.0-columns"):
                    shutil.copy(os.path.join(HERE, name), folder)
            path = os.path.join(folder, NAME)
            with open(path, "rb") as file:
                good = file.read()
            whole = json.loads(good)
            cases = [good[:length] for length in range(0, len(good) - 1, 97)]
            cases += [good[:at] + bytes([good[at] ^ 1 << at % 7]) + good[at + 1 :] for at in range(0, len(good), 41)]
            for case in cases:
                with open(path, "wb") as file:
                    file.write(case)
                try:  # what is below a blank counts as one
                    same = json.loads(bytes(max(byte, 32) for byte in case)) == whole
                except ValueError:
                    same = False
                result = praxis("inspect", path)
                self.assertEqual(result.returncode, 0 if same else 1, case)


if __name__ == "__main__":
    unittest.main()

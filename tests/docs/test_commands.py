#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Every command that the documentation prints is run as it is printed, in a copy of the source tree, with praxis and
praxis-bench in PATH as after an installation: by the class Quick with this build, without those that take long, kernels
of PoCL made no faster but for training, which makes use of them; by the class Slow all of them, with what they build
themselves.

Usage: test_commands.py Quick|Slow SOURCE_ROOT BUILD_ROOT
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

from printed import Printed

SOURCE, BUILD = (os.path.abspath(path) for path in sys.argv[2:4])
PRINTED = Printed(SOURCE)

# What is not run, and why.
EXCEPTIONS = {
    "./bootstrap test": "this test is a part of it",
    "./bootstrap docs": "writes into the build folder: tests/docs/test_site.py",
    "ninja -C build docs": "the same",
    ".ci/run": "this test is a part of it",
    "meson test -C build --suite slow": "this test is a part of it",
    "meson test -C build --suite slow fault-all-calls fault-all-lost fault-all-allocations fault-all-births "
    "fault-all-reference": "hours, and tests of their own",
    "meson test -C build --suite slow fault-all-shares fault-meetings fault-several": "tests of their own",
    "meson install -C build": "writes to the system: tests/install/external.sh installs into a folder",
    "pkg-config --cflags --libs praxis OpenCL": "after an installation, as without OpenCL",
    "pkg-config --cflags --libs praxis": "after an installation: tests/install/external.sh",
    "pkg-config --static --cflags --libs praxis": "after an installation: tests/install/external.sh",
    "pip install .": "needs the network: tests/install/wheel.sh",
    "pip install '.[plot]'": "needs the network: tests/install/wheel.sh",
    "CL_SDK_ACCELERATED_TIME=1 python3 examples/python/cl1_cue.py 200": "needs cl-sdk: tests/install/wheel.sh",
    "bench/peers/ggml.sh": "needs the network, and CMake",
    "bench/peers/python.sh": "needs the network, and gigabytes",
    "bench/peers/python.sh --cpu-time --sizes 961,10000 --seconds 0.2 --rounds 5": "the same",
    "tests/fuzz/fuzz.sh checkpoint 3600": "an hour, and writes into the sources",
    "FUZZER=afl tests/fuzz/fuzz.sh checkpoint 3600": "the same",
    "tests/maintainer/implementations.sh": "needs the network",
    'tests/maintainer/implementations.sh --only "pocl+intel pocl+rusticl"': "needs the network",
    "tests/maintainer/architectures.sh": "needs the network",
    "tests/maintainer/fresh-install.sh": "needs the network",
    "tests/maintainer/fresh-install.sh --actions offline sid": "needs the network",
    "ninja -C build write-abi": "writes into the sources",
    "tests/abi/abigail.sh write": "writes into the sources",
}

# Minutes, or all of the machine. They may rely on what those before them have made.
SLOW = {
    "./bootstrap run",
    "./bootstrap setup ci",
    "./bootstrap setup",
    "build/bench/praxis-bench --all --json mine.json --html mine.html",
    "build/bench/praxis-bench --quick --html out.html",
    "build/bench/praxis-bench compare mine.json --baseline bench/results/xeon-2-cores-pocl-3.1.json",
    "build/bench/praxis-bench compare mine.json bench/results/h200-ptx.json --html both.html",
    "build/praxis selftest --all",
    "build/praxis train pong --seeds 1 --watch",
    "build/praxis train predict --input tests/data/sunspots.csv --columns SUNACTIVITY",
    "build/praxis tune",
    "meson setup build",
    "ninja -C build",
    "praxis run --neurons 1e6 --ticks 20",
    "praxis selftest --all --dot-product packed",
    "praxis selftest --all",
    "praxis selftest --device opencl:0.0 --small --json",
    "praxis selftest --small",
    "praxis selftest --tuning persistent=2",
    "praxis-bench --scaling --sizes 1e6",
    "praxis train continual",
    "praxis train lifelong",
    "praxis train delayed-cue --delay 100 --report pictures",
    "praxis train delayed-cue --resume organoids.safetensors",
    "praxis train delayed-cue --rule post --seeds 20 --json",
    "praxis train delayed-cue --save organoids.safetensors",
    "praxis train delayed-cue",
    "praxis train late-reward",
    "praxis train reversal",
    "praxis tune --neurons 961 --replicas 5",
    "praxis tune --seconds 300",
    "praxis tune",
    "praxis-bench --quick --json after.json",
    "praxis-bench --quick --json before.json",
    "praxis-bench compare after.json --baseline before.json --html both.html",
}

# Tests of their own: that such a command finds some is quick.
SUITES = {command.text for command in PRINTED.commands if command.text.startswith("meson test ")}

PICTURES = ["learning.svg", "weights.svg", "activations.svg", "activity.svg"]
TRAINED = re.compile(r"^ *((?:reward|control|chance|test) .*)$", re.MULTILINE)


def outputs_of(command):
    """Files that a command promises to write. As an option of praxis, --json has no value."""
    for option, value in re.findall(r"(--output|--edges|--log|--html|--json|--report|>)\s+([^\s|-]\S*)", command):
        yield from [os.path.join(value, name) for name in PICTURES] if option == "--report" else [value]


class Commands:
    """Runs commands in one folder, in the order in which they are printed."""

    def prepare(self, build):
        """A copy of the source tree, without build folders; `build` leads to one, or is to be made."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(folder.name, "praxis")
        shutil.copytree(
            SOURCE,
            self.root,
            symlinks=True,
            ignore=lambda path, names: [
                name for name in names if name == ".git" or os.path.exists(os.path.join(path, name, "meson-private"))
            ],
        )
        if build:
            os.symlink(build, os.path.join(self.root, "build"))
        programs = os.path.join(folder.name, "bin")
        os.mkdir(programs)
        for path in ["build/praxis", "build/bench/praxis-bench"]:
            os.symlink(os.path.join(self.root, path), os.path.join(programs, os.path.basename(path)))
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("PRAXIS_") and name != "POCL_EXTRA_BUILD_FLAGS"
        }
        self.environment["PATH"] = programs + os.pathsep + os.environ["PATH"]
        self.environment["XDG_CACHE_HOME"] = os.path.join(folder.name, "cache")  # tunings change no other test

    def shell(self, text):
        flags = [] if "praxis train" in text else ["POCL_EXTRA_BUILD_FLAGS"]
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", text],
            cwd=self.root,
            env={**self.environment, **{name: os.environ[name] for name in flags if name in os.environ}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self, text):
        outputs = [os.path.join(self.root, path) for path in outputs_of(text)]
        for path in outputs:
            if os.path.exists(path):
                os.remove(path)
        result = self.shell(text)
        self.assertEqual(result.returncode, 0, (text, result.stdout[-2000:], result.stderr[-2000:]))
        for path in outputs:
            self.check_file(path)
        if re.search(r"praxis .*--json( |$)", text):
            self.assertIsInstance(json.loads(result.stdout), dict)
        if re.search(r"train delayed-cue( --report \w+)?$|bootstrap run", text):
            self.check_training(result.stdout)

    def check_file(self, path):
        with open(path, encoding="utf-8") as file:
            content = file.read()
        if path.endswith(".json"):
            self.assertTrue(json.loads(content)["devices"], path)
        elif path.endswith((".html", ".svg")):
            xml.etree.ElementTree.fromstring(re.sub(r"^<!DOCTYPE html>", "", content))
        else:
            self.assertTrue(path.endswith(".csv"), path)
            self.assertGreater(content.count("\n"), 1, path)

    def check_training(self, output):
        """README.md shows what training prints; but for the time it is the same on every device."""
        shown = TRAINED.findall(PRINTED.read("README.md"))
        self.assertEqual(len(shown), 5)
        self.assertEqual(TRAINED.findall(output), shown)

    @functools.cached_property
    def has_opencl(self):
        devices = json.loads(self.shell("praxis devices --json").stdout)["devices"]
        return any(device["usable"] and device["type"] != "reference" for device in devices)

    def missing_for(self, text):
        """What this machine lacks that a command needs, or nothing."""
        if "--report" in text and not shutil.which("gnuplot"):
            return "gnuplot"
        if re.search(r"selftest|tune|--dot-product|opencl:", text) and not self.has_opencl:
            return "an OpenCL device"
        return None

    def run_all(self, left_out):
        done = set()
        for text, path, line in PRINTED.commands:
            if text in done or text in left_out:
                continue
            done.add(text)
            missing = self.missing_for(text)
            if missing:
                print(f"SKIPPED: {text}: needs {missing}", flush=True)
                continue
            start = time.monotonic()
            with self.subTest(command=text, printed=f"{path}:{line}"):
                self.check(text)
            print(f"{time.monotonic() - start:6.1f} s  {path}:{line}: {text}", flush=True)
        return done


class Quick(Commands, unittest.TestCase):
    def test_what_is_left_out_is_printed(self):
        printed = {command.text for command in PRINTED.commands}
        self.assertEqual((set(EXCEPTIONS) | SLOW) - printed, set())
        self.assertEqual(set(EXCEPTIONS) & SLOW, set())

    def test_commands(self):
        self.prepare(BUILD)
        self.assertGreater(len(self.run_all(SLOW | SUITES | set(EXCEPTIONS))), 0)

    def test_suites(self):
        self.prepare(BUILD)
        for text in sorted(SUITES):
            with self.subTest(command=text):
                result = self.shell(f"{text} --list")
                self.assertEqual(result.returncode, 0, result.stderr)
                listed = [line.split(" / ")[-1].strip() for line in result.stdout.splitlines() if " / " in line]
                self.assertNotEqual(listed, [])
                for name in re.sub(r"-C \S+|--suite \S+", "", text).split()[2:]:
                    self.assertIn(name, listed)

    def test_names(self):
        """What is called by its name in a sentence is there."""
        self.prepare(BUILD)
        for text in sorted({name.text for name in PRINTED.names}):
            with self.subTest(name=text):
                result = self.shell(f"{text} --help")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"Usage: {text}", result.stdout)


class Slow(Commands, unittest.TestCase):
    def test_commands(self):
        self.prepare(None)
        self.assertLessEqual(SLOW | SUITES - set(EXCEPTIONS), self.run_all(set(EXCEPTIONS)))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], sys.argv[1]], verbosity=2)

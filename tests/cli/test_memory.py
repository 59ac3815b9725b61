#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Programs that run out of memory: each ends with a message and no file half written, or with exactly what it would have
said otherwise. One allocation fails, or all from one on; which, is spread over the life of the program.
"""

import os
import re
import subprocess
import tempfile
import unittest

from command import DATA, PRAXIS

MODULE = os.environ.get("FAIL_ALLOCATION_MODULE")
BENCH = os.environ.get("PRAXIS_BENCH_BIN")
RESULTS = os.path.join(DATA, "..", "..", "bench", "results")
PLACES = 20  # in the life of a program
GNUPLOT = '#!/bin/sh\n[ "$1" = -e ] && exit\n: >learning.svg >weights.svg\n: >activations.svg >activity.svg\n'
TRAIN = ["train", "delayed-cue", "--device", "reference", "--neurons", "169", "--seeds", "2", "--trials", "1", "--tests", "1"]


def without_times(text):
    """What two runs must have in common."""
    text = re.sub(r'("\w*(?:seconds|per_second)":\s*)[-+.e\d]+', r"\1", text)
    return re.sub(r"trials in [\d.]+ s", "", text)


@unittest.skipUnless(MODULE, "SKIPPED: allocations can be made to fail only with glibc, and not under sanitizers")
class Memory(unittest.TestCase):
    def run_once(self, command, number, rest=False):
        """Exit code, output, messages, files that were written, and how many allocations there were."""
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            program, count = os.path.join(other, "gnuplot"), os.path.join(other, "count")
            with open(program, "w", encoding="ascii") as file:
                file.write(GNUPLOT)
            os.chmod(program, 0o755)
            environment = {
                **os.environ,
                "LD_PRELOAD": MODULE, "FAIL_ALLOCATION": str(number), "COUNT_ALLOCATIONS": count,
                "PATH": other + os.pathsep + os.environ["PATH"], **({"FAIL_REST": "1"} if rest else {}),
            }
            result = subprocess.run(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            files = {}
            for place, _, names in os.walk(folder):
                for name in names:
                    with open(os.path.join(place, name), encoding="utf-8") as file:
                        files[os.path.relpath(os.path.join(place, name), folder)] = file.read()
            made = int(open(count, encoding="ascii").read()) if os.path.exists(count) else 0
        return result.returncode, without_times(result.stdout), result.stderr, files, made

    def check(self, program, *arguments):
        command = [program, *arguments]
        code, output, messages, files, made = self.run_once(command, 0)
        self.assertEqual(code, 0, messages)
        self.assertGreater(made, 1)
        for place in range(PLACES):
            number = 1 + place * (made - 1) // (PLACES - 1)
            for rest in [False, True]:
                found = self.run_once(command, number, rest)
                told = (arguments, number, rest, found)
                if found[0] == 0:
                    self.assertEqual((found[1], found[3]), (output, files), told)
                else:
                    self.assertIn(found[0], [1, 2], told)
                    self.assertNotEqual(found[2].strip(), "", told)
                    for name, text in found[3].items():  # what is there is whole, or said to be the rows until then
                        whole = files.get(name, "")
                        if f"{name} has the rows of the " in found[2] and whole.startswith(text) and text[-1] == "\n":
                            whole = text
                        self.assertEqual(text, whole, told)

    def test_graph(self):
        self.check(PRAXIS, "graph", "--neurons", "49", "--json")
        self.check(PRAXIS, "graph", "--neurons", "49", "--edges", "edges.csv")

    def test_plan(self):
        self.check(PRAXIS, "plan", "--neurons", "1e6", "--device", "reference", "--json")

    def test_run(self):
        series = os.path.join(DATA, "sunspots.csv")
        arguments = ["--device", "reference", "--neurons", "49", "--ticks", "9", "--learn", "--groups", "a=0:5,b=5:40"]
        self.check(PRAXIS, "run", *arguments, "--input", series, "--columns", "SUNACTIVITY", "--standardise",
                   "--output", "out.csv", "--json")

    def test_train(self):
        self.check(PRAXIS, *TRAIN, "--json", "--log", "log.csv")
        self.check(PRAXIS, *TRAIN, "--report", "pictures")

    @unittest.skipUnless(BENCH, "praxis-bench is not built")
    def test_compare(self):
        results = sorted(name for name in os.listdir(RESULTS) if name.endswith(".json"))[:2]
        self.check(BENCH, "compare", *[os.path.join(RESULTS, name) for name in results], "--html", "out.html")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""praxis train as a user meets it: what it writes where, and what it says. test_learning.py is about what it learns."""

import csv
import json
import os
import tempfile
import unittest

from command import praxis


class Train(unittest.TestCase):
    def test_seeds_are_exact(self):
        """Whole numbers go in and come out digit for digit, beyond what a double holds."""
        tiny = ["train", "delayed-cue", "--trials", "1", "--neurons", "169", "--seeds", "1", "--device", "reference"]
        for seed in [2**53 - 1, 2**53, 2**53 + 1, 2**64 - 1]:
            result = praxis(*tiny, "--seed", str(seed), "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["first_seed"], seed)

    def test_log_and_report(self):
        with tempfile.TemporaryDirectory() as folder:
            log, pictures = os.path.join(folder, "log.csv"), os.path.join(folder, "pictures")
            arguments = ["train", "delayed-cue", "--trials", "120", "--seeds", "2", "--json"]
            result = praxis(*arguments, "--log", log, "--report", pictures)
            report = json.loads(result.stdout)
            self.assertEqual(len(report["final"]), 2)
            self.assertEqual(report["chance"], 0.25)
            self.assertEqual(len(report["control"]["final"]), 2)
            with open(log, encoding="ascii") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual([row["trial"] for row in rows], ["50", "50", "100", "100", "120", "120"])
            mean = sum(float(row["reward"]) * size for row, size in zip(rows[::2], [50, 50, 20])) / 120
            self.assertAlmostEqual(mean, report["final"][0], places=3)
            if result.returncode == 0:
                for name in ["learning", "weights", "activations", "activity"]:
                    with open(os.path.join(pictures, name + ".svg"), encoding="utf-8") as file:
                        self.assertIn("</svg>", file.read())
            else:
                self.assertIn("gnuplot", result.stderr)

    def test_plain_progress_lines_when_not_on_a_terminal(self):
        result = praxis("train", "delayed-cue", "--trials", "20", "--seeds", "1")
        self.assertIn("100%", result.stderr)
        self.assertNotIn("\r", result.stderr)
        self.assertIn("control", result.stdout)


if __name__ == "__main__":
    unittest.main()

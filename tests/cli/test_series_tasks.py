#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tasks about series: what their commands say, on networks so small that the reference runs them."""

import json
import math
import os
import shutil
import tempfile
import unittest

from command import DATA, praxis

SMALL = ["--device", "reference", "--neurons", "49", "--seeds", "2", "--json"]
SUNSPOTS = os.path.join(DATA, "sunspots.csv")


class SeriesTasks(unittest.TestCase):
    def train(self, task, *arguments):
        result = praxis("train", task, *SMALL, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def fail(self, task, *arguments):
        result = praxis("train", task, *SMALL, *arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        return result.stderr

    def test_narma(self):
        """Better than a line, which knows no products, and that than neurons which forget."""
        report = self.train("narma10", "--ticks", "1500", "--tests", "500", "--body", "random", "--control", "memoryless")
        self.assertEqual((report["metric"], report["direction"], report["seeds"]), ("nrmse", "lower", 2))
        self.assertEqual(report["controls"].keys(), {"memoryless"})
        for s in range(2):
            linear = report["figures"]["linear"]["final"][s]
            self.assertGreater(linear, 0.3)
            self.assertLess(linear, 0.45)
            self.assertLess(report["final"][s], 0.45)
            self.assertGreater(report["controls"]["memoryless"]["final"][s], 0.8)

    def test_narma_of_mixed_bodies(self):
        """A short line makes it better; what hears no more than a line knows no products but squares; and without
        recurrence there is no line either."""
        few = ["--ticks", "1500", "--tests", "500", "--neurons", "121"]
        mixed = self.train("narma10", *few, "--line", "12", "--control", "random-body,memoryless")
        line = self.train("narma10", *few, "--body", "line", "--control", "none")
        for s in range(2):
            self.assertLess(mixed["final"][s], mixed["controls"]["random-body"]["final"][s])
            self.assertGreater(line["final"][s], 0.3)
            self.assertGreater(mixed["controls"]["memoryless"]["final"][s], 0.8)

    def test_learning_network(self):
        """Organoids whose network learns differ from the frozen ones, and from those that hear noise."""
        report = self.train("narma10", "--ticks", "900", "--plastic", "500", "--tests", "100",
                            "--control", "frozen,random-sign,scalar")
        frozen = self.train("narma10", "--ticks", "900", "--plastic", "500", "--tests", "100", "--control", "none",
                            "--set", "learning_rate=0")
        controls = report["controls"]
        self.assertEqual(controls["frozen"]["final"], frozen["final"])
        self.assertNotEqual(controls["frozen"]["final"], report["final"])
        for name in ["random-sign", "scalar"]:
            self.assertNotEqual(controls[name]["final"], report["final"])
            self.assertNotEqual(controls[name]["final"], frozen["final"])

    def test_mackey_glass(self):
        report = self.train("mackey-glass", "--ticks", "1600", "--tests", "400", "--control", "none")
        self.assertTrue(all(0 < x < 1.5 for x in report["final"]))
        self.assertTrue(all(0.2 < x < 1.2 for x in report["figures"]["linear"]["final"]))

    def test_memory(self):
        """A line of N neurons recalls N inputs but for what rounding to codes leaves out, one part in thousands."""
        line = self.train("memory-capacity", "--body", "line", "--ticks", "1500", "--tests", "1500", "--control", "none")
        random = self.train("memory-capacity", "--ticks", "1500", "--tests", "1500", "--control", "memoryless")
        for s in range(2):
            # Rounding 28 codes loses 1 / (1 + 4 * 28^2) = 3e-4 of each; 40 lags beyond the line add chance correlations,
            # 1 / 1500 each.
            self.assertGreater(line["final"][s], 48.9)
            self.assertLess(line["final"][s], 49.2)
            self.assertGreater(random["final"][s], 5)
            self.assertLess(random["final"][s], 30)
            self.assertLess(random["controls"]["memoryless"]["final"][s], 2)

    def test_pattern(self):
        """What a network learns with its trace and modulators that fall; without either an organoid is above 0.9."""
        report = self.train("pattern-generation", "--ticks", "4000", "--plastic", "2000", "--tests", "200", "--neurons", "121")
        self.assertEqual(report["controls"].keys(), {"frozen"})
        self.assertLess(max(report["final"]), 0.8)
        self.assertGreater(min(report["controls"]["frozen"]["final"]), 1)

    def test_prediction(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("when,what\n" + "".join(f"{t},{math.sin(0.3 * t) + 5}\n" for t in range(400)))
            file.flush()
            report = self.train("predict", "--input", file.name, "--columns", "what", "--control", "none")
        self.assertEqual(report["ticks"] + report["tests"], 400 - 41)
        self.assertTrue(all(x < 0.1 for x in report["final"]))
        self.assertTrue(all(x < 0.01 for x in report["figures"]["linear"]["final"]))

    def test_prediction_of_sunspots(self):
        report = self.train("predict", "--input", SUNSPOTS, "--columns", "SUNACTIVITY", "--ticks", "200")
        self.assertEqual(report["ticks"], 200)
        self.assertTrue(all(0.2 < x < 0.8 for x in report["final"]))

    @unittest.skipUnless(shutil.which("gnuplot"), "there is no gnuplot")
    def test_report(self):
        """What was said beside what is true; what is recalled where nothing can be told before the end."""
        for task, pictures in [
            ("narma10", {"learning", "prediction"}),
            ("mackey-glass", {"learning", "prediction"}),
            ("memory-capacity", {"prediction", "recall"}),
        ]:
            with tempfile.TemporaryDirectory() as folder:
                self.train(task, "--ticks", "600", "--tests", "200", "--control", "none", "--report", folder)
                drawn = {name[:-4] for name in os.listdir(folder) if name.endswith(".svg")}
                self.assertEqual(drawn, pictures | {"weights", "activations"})
                with open(os.path.join(folder, "prediction.dat"), encoding="utf-8") as file:
                    rows = [[float(word) for word in line.split()] for line in file]
            self.assertEqual(len(rows), 83 if task == "mackey-glass" else 200)
            self.assertGreater(len({row[2] for row in rows}), len(rows) // 2)

    def test_refusals(self):
        self.assertIn("--input FILE.csv", self.fail("predict"))
        self.assertIn("columns in use, must be one", self.fail("predict", "--input", SUNSPOTS))
        self.assertIn("has 309 rows", self.fail("predict", "--input", SUNSPOTS, "--columns", "YEAR", "--ticks", "268"))
        self.assertIn("lags", self.fail("narma10", "--lags", "0"))

    def test_same_bits(self):
        """Readouts and what they feed back are the same on any device."""
        arguments = ["--ticks", "800", "--tests", "200", "--seeds", "1", "--control", "none"]
        reference = self.train("mackey-glass", *arguments)
        best = praxis("train", "mackey-glass", "--neurons", "49", "--json", *arguments)
        self.assertEqual(best.returncode, 0, best.stderr)
        self.assertEqual(json.loads(best.stdout)["final"], reference["final"])


if __name__ == "__main__":
    unittest.main()

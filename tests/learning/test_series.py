#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Figures that docs/learning.md reports of tasks about series, with a margin: the same bits everywhere give the same."""

import unittest

from trained import train


class Reached(unittest.TestCase):
    def test_narma(self):
        report = train("narma10", "--seed", "200", "--seeds", "4", "--control", "memoryless,random-body")
        self.assertLess(report["median"], 0.1)
        self.assertLess(report["max"], 0.12)
        for mixed, random in zip(report["final"], report["controls"]["random-body"]["final"]):
            self.assertLess(mixed, random)
        self.assertGreater(report["figures"]["linear"]["min"], 0.3)
        self.assertGreater(report["controls"]["memoryless"]["min"], 0.7)

    def test_narma_with_a_learning_network(self):
        """Its own learning helps the best readout, and modulators of random sign do not."""
        report = train("narma10", "--seed", "11", "--seeds", "4", "--lags", "2", "--body", "random", "--neurons", "361", "--ticks", "28000", "--plastic", "16800",
                       "--tests", "2000", "--set", "input_scale=0.2", "--set", "leak_spread=0", "--control", "frozen,random-sign")
        frozen, random = (report["controls"][name] for name in ["frozen", "random-sign"])
        better = sum(learned < still for learned, still in zip(report["final"], frozen["final"]))
        self.assertGreaterEqual(better, 3)
        self.assertLess(report["median"], 0.95 * frozen["median"])
        self.assertLess(report["median"], 0.95 * random["median"])

    def test_mackey_glass(self):
        report = train("mackey-glass", "--seed", "100", "--seeds", "2", "--control", "none")
        self.assertLess(report["max"], 0.011)
        self.assertGreater(report["figures"]["linear"]["min"], 0.4)

    def test_memory(self):
        self.assertGreater(train("memory-capacity", "--body", "line", "--seed", "100", "--seeds", "1", "--control", "none")["min"], 958)
        report = train("memory-capacity", "--seed", "100", "--seeds", "2")
        self.assertGreater(report["min"], 50)
        self.assertLess(report["max"], 90)
        self.assertLess(report["controls"]["memoryless"]["max"], 3)

    def test_pattern(self):
        """Better than a frozen network in every seed; modulators of random sign are worse, and so is the literal rule."""
        report = train("pattern-generation", "--seed", "40", "--seeds", "6", "--neurons", "361", "--control", "all")
        frozen = report["controls"]["frozen"]
        self.assertTrue(all(a < b for a, b in zip(report["final"], frozen["final"])))
        self.assertLess(report["median"], 0.1)
        self.assertGreater(frozen["median"], 0.2)
        for name in ["random-sign", "scalar"]:
            self.assertGreater(report["controls"][name]["median"], frozen["median"], name)


if __name__ == "__main__":
    unittest.main()

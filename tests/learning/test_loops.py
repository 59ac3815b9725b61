#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/learning.md says of closed loops, with margin: cartpole and pong are learned, and their controls are not."""

import statistics
import unittest

from trained import train


class Loops(unittest.TestCase):
    def test_cartpole(self):
        report = train("cartpole", "--seeds", "10", "--tests", "20")
        solved = [episode for episode in report["final"] if episode is not None]
        self.assertGreaterEqual(len(solved), 8)
        self.assertLess(statistics.median(solved), 160)
        self.assertGreater(report["figures"]["test"]["median"], 475)
        control = report["controls"]["unmodulated"]
        self.assertEqual(control["final"], [None] * 10)
        self.assertLess(control["figures"]["test"]["max"], 250)

    def test_pong_by_surprise(self):
        report = train("pong", "--seeds", "5", "--control", "unmodulated,silent,no-feedback,random-feedback")
        self.assertGreater(report["min"], 5)
        self.assertGreater(report["median"], 10)
        for name, control in report["controls"].items():
            self.assertLess(control["median"], 3, name)
            self.assertLess(control["median"], report["min"], name)

    def test_pong_by_reward(self):
        report = train("pong", "--by", "reward", "--seeds", "5")
        self.assertGreater(report["min"], 5)
        self.assertLess(report["controls"]["unmodulated"]["max"], 3)


if __name__ == "__main__":
    unittest.main()

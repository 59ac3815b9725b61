#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/learning.md says is learned in trials, is: its figures with a margin, over ten seeds other than its own."""

import unittest

import trained


def train(task, *arguments):
    return trained.train(task, "--seeds", "10", "--seed", "100", *arguments)


class Reached(unittest.TestCase):
    def check_learned(self, report, median=0.99, least=0.95):
        self.assertGreaterEqual(report["median"], median)
        self.assertGreaterEqual(report["min"], least)
        self.assertGreaterEqual(report["figures"]["test"]["median"], 0.99)

    def test_delayed_cue_after_a_long_delay(self):
        self.check_learned(train("delayed-cue", "--delay", "100"))

    def test_late_reward_needs_its_trace(self):
        report = train("late-reward", "--control", "all")
        self.check_learned(report)
        for name in ["no-trace", "short-window", "unmodulated"]:
            self.assertLess(report["controls"][name]["median"], 0.4, name)

    def test_delayed_xor(self):
        report = train("delayed-xor")
        self.check_learned(report, least=0.97)
        self.assertLess(report["controls"]["unmodulated"]["median"], 0.6)

    def test_evidence_and_patterns_never_trained(self):
        report = train("evidence")
        self.check_learned(report, median=0.98, least=0.9)
        self.assertGreaterEqual(report["figures"]["unseen"]["median"], 0.95)
        self.assertLess(report["controls"]["unmodulated"]["median"], 0.6)

    def test_reversal_is_slow_without_a_boost(self):
        report = train("reversal", "--control", "unboosted")
        self.assertLess(report["median"], 30)
        self.assertLess(3 * report["median"], report["controls"]["unboosted"]["median"])

    def test_ten_tasks_in_sequence(self):
        report = train("continual", "--control", "unprotected,metaplasticity,gate")
        both, controls = report["figures"], report["controls"]
        self.assertGreater(report["median"], 0.97)
        self.assertGreater(report["min"], 0.9)
        self.assertLess(both["forgetting"]["median"], 0.03)
        self.assertLess(controls["unprotected"]["max"], 0.65)
        self.assertGreater(controls["unprotected"]["figures"]["forgetting"]["median"], 0.4)
        for name in ["metaplasticity", "gate"]:
            self.assertGreater(controls[name]["median"], controls["unprotected"]["median"])
            self.assertLess(controls[name]["median"], report["median"])

    def test_a_long_life(self):
        """What was learned first is there after rest and after a million ticks, and a changed world is mastered again."""
        report = trained.train("lifelong", "--seeds", "2", "--seed", "100", "--control", "unprotected")
        figures, unprotected = report["figures"], report["controls"]["unprotected"]
        self.assertGreater(report["min"], 0.9)
        self.assertGreater(figures["rested"]["min"], 0.95)
        self.assertGreater(figures["million"]["min"], 0.9)
        self.assertLess(figures["adapt"]["max"], 300)
        self.assertLess(figures["late"]["max"], 450)
        self.assertGreater(figures["reward"]["min"], 0.8)
        self.assertLess(unprotected["max"], 0.4)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Closed loops, cartpole and pong, as a user meets them: what is told, drawn and shown. test_loops_learning.py is about
what they learn."""

import csv
import json
import os
import re
import shutil
import tempfile
import unittest
import xml.etree.ElementTree

from command import on_terminal, praxis

TINY = ["--device", "reference", "--neurons", "169"]
SVG = "{http://www.w3.org/2000/svg}"


def train(task, *arguments, code=0):
    result = praxis("train", task, *TINY, "--json", *arguments)
    if result.returncode != code:
        raise AssertionError(f"exit {result.returncode}: {result.stderr}")
    return json.loads(result.stdout)


class Figures(unittest.TestCase):
    def test_what_is_told_of_cartpole(self):
        report = train("cartpole", "--steps", "200", "--seeds", "2", "--control", "all")
        self.assertEqual((report["metric"], report["direction"]), ("episode", "lower"))
        self.assertEqual((report["steps"], report["asked_steps"], report["tests"]), (200, 200, 100))
        self.assertEqual(report["final"], [None, None])  # a hundred episodes take longer
        self.assertEqual(list(report["figures"]), ["test"])
        self.assertEqual(sorted(report["controls"]), ["shuffled", "unmodulated"])

    def test_what_is_told_of_pong(self):
        report = train("pong", "--steps", "700", "--seeds", "1", "--control", "all")
        self.assertEqual((report["metric"], report["direction"], report["by"]), ("rise", "higher", "surprise"))
        self.assertEqual(list(report["figures"]), ["early", "late"])
        for organoids in [report, *report["controls"].values()]:
            for rise, early, late in zip(
                organoids["final"], organoids["figures"]["early"]["final"], organoids["figures"]["late"]["final"]
            ):
                if early and late is not None:
                    self.assertAlmostEqual(rise, late / early, places=6)
        self.assertEqual(
            sorted(report["controls"]),
            ["constant", "no-feedback", "random-feedback", "random-sign", "silent", "unmodulated"],
        )

    def test_conditions_differ_by_what_they_are_called(self):
        """Organoids of one seed meet the same world until their condition tells: their weights show it."""
        def weights(*arguments):
            return train("pong", "--steps", "120", "--seeds", "1", *arguments)["weights"]["mean"]

        learned = weights("--control", "none")
        self.assertEqual(weights("--control", "all"), learned)  # whatever is beside them
        self.assertNotEqual(weights("--control", "none", "--by", "reward"), learned)
        self.assertNotEqual(weights("--control", "none", "--seed", "2"), learned)

    def test_an_organoid_is_tested_when_it_has_learned_and_then_rests(self):
        """Few episodes are left to learn in once 300 are over: untrained ones last about twenty steps."""
        report = train("cartpole", "--seeds", "1", "--control", "none", "--tests", "3", "--set", "learning_rate=0")
        self.assertLess(report["steps"], 200000)
        self.assertEqual(report["final"], [None])
        self.assertGreater(report["figures"]["test"]["final"][0], 7)
        self.assertLess(report["figures"]["test"]["final"][0], 475)

    def test_every_device_learns_the_same(self):
        for task in ["cartpole", "pong"]:
            reports = [
                json.loads(praxis("train", task, "--steps", "300", "--seeds", "2", "--neurons", "169", "--json", *device).stdout)
                for device in [[], ["--device", "reference"]]
            ]
            for name in ["final", "weights", "activations", "figures", "controls"]:
                self.assertEqual(reports[0][name], reports[1][name], (task, name))

    def test_there_must_be_neurons_that_do_not_act(self):
        result = praxis("train", "pong", "--neurons", "100")
        self.assertEqual(result.returncode, 2)
        self.assertIn("above 114", result.stderr)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_log(self):
        path = os.path.join(self.folder, "log.csv")
        train("pong", "--steps", "1100", "--seeds", "2", "--control", "silent,constant", "--log", path)
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), ["step", "seed", "hits", "silent", "constant"])
        self.assertEqual([row["step"] for row in rows], ["500", "500", "1000", "1000", "1100", "1100"])

    @unittest.skipUnless(shutil.which("gnuplot"), "SKIPPED: no gnuplot")
    def test_films(self):
        for task, name, attributes in [("pong", "court", {"cx", "cy", "y", "fill"}), ("cartpole", "cart", {"transform"})]:
            folder = os.path.join(self.folder, task)
            train(task, "--steps", "60", "--seeds", "2", "--report", folder)
            svg = xml.etree.ElementTree.parse(os.path.join(folder, f"{name}.svg"))
            moving = [e for e in svg.iter() if e.tag in (SVG + "animate", SVG + "animateTransform")]
            self.assertEqual({e.get("attributeName") for e in moving}, attributes)
            for element in moving:
                values = element.get("values").split(";")
                self.assertEqual(len(values), 600)
                self.assertGreater(len(set(values)), 1 if element.get("attributeName") != "fill" else 0)
            text = " ".join(e.text for e in svg.iter(SVG + "text"))
            self.assertIn("learned unmodulated", text)
            self.assertTrue(os.path.exists(os.path.join(folder, "learning.svg")))


class Watching(unittest.TestCase):
    def watch(self, task, **environment):
        return on_terminal(["train", task, *TINY, "--steps", "20", "--seeds", "1", "--watch"], 80, **environment)

    def test_the_first_organoid_is_seen(self):
        for task, signs in [("pong", ["#", "o", "0 hits", "step 20, learning"]), ("cartpole", ["[===]", "*", "of 500 steps"])]:
            written = self.watch(task, TERM="xterm")
            self.assertEqual(written.count("\x1b[H"), 20)
            for sign in signs:
                self.assertIn(sign, written)
            for line in re.split("[\r\n]|\x1b\\[H", written):
                self.assertLess(len(re.sub("\x1b\\[[0-9]*[A-Z]", "", line)), 80)

    def test_where_there_are_no_escapes_there_is_a_message(self):
        for environment in [{}, {"TERM": "dumb"}]:
            written = self.watch("pong", **environment)
            self.assertIn("--watch shows nothing", written)
            self.assertNotIn("\x1b", written)
            self.assertIn("100%", written)
        result = praxis("train", "pong", *TINY, "--steps", "20", "--seeds", "1", "--watch")
        self.assertEqual(result.returncode, 0)
        self.assertIn("no terminal", result.stderr)
        self.assertNotIn("\x1b", result.stderr)

    def test_tasks_with_nothing_to_look_at(self):
        result = praxis("train", "delayed-cue", *TINY, "--trials", "2", "--tests", "1", "--watch")
        self.assertEqual(result.returncode, 0)
        self.assertIn("nothing to look at", result.stderr)


if __name__ == "__main__":
    unittest.main()

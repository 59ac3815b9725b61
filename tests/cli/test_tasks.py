#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every task as a user meets it: what is listed is there, and each runs with all it is compared with."""

import csv
import json
import os
import shutil
import tempfile
import unittest
import xml.etree.ElementTree

from command import praxis

TASKS = json.loads(praxis("tasks", "--json").stdout)["tasks"]
SMALL = ["--neurons", "169"]  # test_series_tasks.py has those that are counted in ticks
FEW = {"trials": ["--trials", "12", "--tests", "2", *SMALL], "steps": ["--steps", "100", *SMALL]}
LARGER = {"lifelong": ["--neurons", "361"]}  # it has more neurons that act
RUN = [task for task in TASKS if task["counted_in"] in FEW]


def few_of(task):
    few = FEW[task["counted_in"]]
    return few[: -len(SMALL)] + LARGER[task["name"]] if task["name"] in LARGER else few


def train(task, *arguments):
    seeds = [] if "--seeds" in arguments else ["--seeds", "2"]
    result = praxis("train", task["name"], "--device", "reference", *seeds, *arguments)
    assert result.returncode == 0, (task["name"], arguments, result.stderr)
    return result


class Tasks(unittest.TestCase):
    def test_list(self):
        text = praxis("tasks").stdout
        for task in TASKS:
            self.assertIn(f"  {task['name']} ", text)
            self.assertIn(task["summary"], text)
            for name in ["description", "source"]:
                self.assertGreater(len(task[name]), 40, task["name"])
            self.assertTrue(task["figures"] and task["controls"], task["name"])
        self.assertEqual(len({task["name"] for task in TASKS}), len(TASKS))
        refused = praxis("tasks", "juggling")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))

    def test_help_of_each(self):
        for task in TASKS:
            text = praxis("train", task["name"], "--help").stdout
            for item in task["figures"] + task["controls"]:
                self.assertIn(f"  {item['name']} ", text, task["name"])
            for option in task["options"]:
                self.assertIn(f"  --{option['name']} ", text, task["name"])
            self.assertIn(task["description"].split()[0], text)

    def test_each_beside_all_its_controls(self):
        with tempfile.TemporaryDirectory() as folder:
            for task in RUN:
                log = os.path.join(folder, task["name"])
                few = few_of(task)
                report = json.loads(train(task, "--json", "--log", log, "--control", "all", *few).stdout)
                self.assertEqual((report["task"], report["metric"]), (task["name"], task["figures"][0]["name"]))
                self.assertEqual(report["direction"], task["figures"][0]["direction"])
                controls = [control["name"] for control in task["controls"]]
                self.assertEqual(sorted(report["controls"]), sorted(controls))
                for condition in [report, *report["controls"].values()]:
                    self.assertEqual(len(condition["final"]), 2)
                    self.assertEqual(list(condition["figures"]), [f["name"] for f in task["figures"][1:]])
                with open(log, encoding="ascii") as file:
                    columns = next(csv.reader(file))
                self.assertEqual(columns[:2], [task["counted_in"][:-1], "seed"])
                if task["counted_in"] == "trials":  # the curve shows it, whatever the metric is
                    self.assertEqual(columns[2], "reward")
                self.assertEqual(sorted(columns[3:]), sorted(controls + task["logged"]))

    def test_controls_do_not_depend_on_one_another(self):
        """Nor do the learners on what they are compared with."""
        task = next(task for task in TASKS if task["name"] == "late-reward")
        few = ["--json", "--trials", "15", "--tests", "2", *SMALL]
        everything = json.loads(train(task, "--control", "all", *few).stdout)
        alone = json.loads(train(task, "--control", "none", *few).stdout)
        self.assertEqual(alone["controls"], {})
        self.assertEqual(alone["final"], everything["final"])
        for name in ["short-window", "unmodulated"]:
            single = json.loads(train(task, "--control", name, *few).stdout)
            self.assertEqual(list(single["controls"]), [name])
            self.assertEqual(single["controls"][name]["final"], everything["controls"][name]["final"])

    def test_a_life(self):
        """It rests after its first task, which it then is only tested in; each thousand trials are told of."""
        task = next(task for task in TASKS if task["name"] == "lifelong")
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log.csv")
            few = ["--json", "--control", "none", "--trials", "3500", "--tests", "3", "--neurons", "361", "--seeds", "1", "--log", log]
            report = json.loads(train(task, *few).stdout)
            with open(log, encoding="ascii") as file:
                rows = [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]
        self.assertEqual([row["ticks"] for row in rows], [10000, 20000, 40000, 45000])
        self.assertEqual(rows[-1]["first_task"], report["final"][0])
        self.assertGreater(report["figures"]["rested"]["median"], 0.5)
        self.assertEqual(report["figures"]["million"]["median"], None)  # so much time has not passed
        self.assertEqual(report["figures"]["adapt"]["median"], None)  # nor has a task come again
        for row in rows:
            self.assertGreater(row["weight_variance"], 1)  # weights of those that learn have grown
            self.assertLess(row["weight_clipped"], 0.1)
            self.assertGreater(row["activation_variance"], 0.1)

    def test_what_is_no_control_is_told(self):
        for names in ["magic", "unmodulated,magic", "", "unmodulated,unmodulated"]:
            result = praxis("train", "delayed-cue", "--control", names)
            self.assertEqual((result.returncode, result.stdout), (2, ""), names)
            self.assertIn("must be none, all, or of: unmodulated", result.stderr)

    def test_tests_are_with_learning_off(self):
        """However long the test, learning and its figures are the same; and what is tested does not change."""
        task = next(task for task in TASKS if task["name"] == "evidence")
        few = ["--json", "--trials", "20", *SMALL]
        without, short, long = (json.loads(train(task, "--tests", n, *few).stdout) for n in ["0", "3", "20"])
        for report in [short, long]:
            for name in ["final", "weights", "activations"]:
                self.assertEqual(report[name], without[name])
        self.assertEqual(without["figures"]["test"]["median"], None)
        self.assertNotEqual(short["figures"]["unseen"]["median"], None)

    @unittest.skipUnless(shutil.which("gnuplot"), "SKIPPED: no gnuplot")
    def test_pictures_of_each(self):
        with tempfile.TemporaryDirectory() as folder:
            for task in RUN:
                pictures = os.path.join(folder, task["name"])
                train(task, "--report", pictures, "--control", "none", *few_of(task))
                drawn = [name for name in os.listdir(pictures) if name.endswith(".svg")]
                self.assertLessEqual({"learning.svg", "weights.svg", "activations.svg"}, set(drawn))
                for name in drawn:
                    xml.etree.ElementTree.parse(os.path.join(pictures, name))


if __name__ == "__main__":
    unittest.main()

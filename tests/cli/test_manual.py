#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Manual pages beside what the programs and the public header say: neither knows more than the other."""

import json
import os
import re
import subprocess
import unittest

from command import COMMANDS, MANUAL, PRAXIS, praxis

LISTS = os.environ["PRAXIS_MANUAL_LISTS"]
BENCH = os.environ.get("PRAXIS_BENCH_BIN")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def page(name):
    """With what the library fills in."""
    source = read(os.path.join(MANUAL, f"{name}.1.scd"))
    return subprocess.run([LISTS], input=source, capture_output=True, text=True, check=True).stdout


def section(text, title):
    return text[text.index(f"# {title}\n") :].split("\n# ")[0]


def entries(text):
    """The terms of a section's list, *--so* and *so*, with what is said of them."""
    found = {}
    for line, body in re.findall(r"^(\*.*)\n((?:\t.*\n)+)", text, re.MULTILINE):
        for term in re.findall(r"\*([^*]+)\*", line):
            found[term] = " ".join(body.split())
    return found


def described(name):
    return {term for term in entries(section(page(name), "OPTIONS")) if term.startswith("--")}


def options(program, *words):
    result = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"^  (--[a-z-]+)", result.stdout, re.MULTILINE))


def tasks():
    return [task["name"] for task in json.loads(praxis("tasks", "--json").stdout)["tasks"]]


class Pages(unittest.TestCase):
    def test_options(self):
        for command in COMMANDS:
            text = page(f"praxis-{command}")
            there = options(PRAXIS, command)
            for task in tasks() if command == "train" else []:
                there |= options(PRAXIS, command, task)
            self.assertEqual(described(f"praxis-{command}"), there, command)
            for title in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]:
                self.assertIn(f"# {title}\n", text, command)
        self.assertEqual(described("praxis"), options(PRAXIS))

    @unittest.skipUnless(BENCH, "praxis-bench is not built")
    def test_options_of_the_benchmark(self):
        there = options(BENCH) | options(BENCH, "compare") | {"--version"}
        self.assertEqual(described("praxis-bench"), there)
        self.assertEqual(subprocess.run([BENCH, "--version"], capture_output=True, check=False).returncode, 0)

    def test_commands(self):
        listed = section(praxis("--help").stdout.replace("\nCommands:", "\n# Commands"), "Commands")
        names = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
        self.assertEqual(sorted(names), sorted(COMMANDS))
        self.assertEqual(sorted(entries(section(page("praxis"), "COMMANDS"))), sorted(COMMANDS))
        for name in COMMANDS:
            self.assertIn(f"*praxis-{name}*(1)", section(page("praxis"), "SEE ALSO"))

    def test_tunings(self):
        """The names that the library takes."""
        names = list(entries(section(page("praxis"), "DEVICES").split("*--tuning*")[1]))
        refused = praxis("run", "--ticks", "1", "--tuning", "haste=1")
        if json.loads(praxis("devices", "--json").stdout)["devices"][0]["type"] != "reference":
            self.assertEqual(re.search(r"names are (.*)", refused.stderr).group(1).split(", "), names)

    def test_parameters(self):
        """What --help says of a parameter, the page says."""
        listed = entries(section(page("praxis-run"), "PARAMETERS"))
        text = praxis("run", "--help").stdout.split("Parameters for --set:\n")[1]
        shown = re.findall(r"^  ([a-z_]+) +(.*?)(?: \(default (.*)\))?$", text, re.MULTILINE)
        self.assertGreater(len(shown), 10)
        for name, said, default in shown:
            expected = f"{said}. Default {default or 0}."
            self.assertEqual(listed[name].replace("\\", ""), expected)

    def test_dot_products(self):
        listed = re.search(r"--dot-product PATH +(.*) \(default", praxis("run", "--help").stdout).group(1)
        text = section(page("praxis"), "DEVICES").split("*--dot-product*")[1].split("*--tuning*")[0]
        self.assertEqual(list(entries(text)), re.split(", | or ", listed))

    def test_tasks_and_rules(self):
        text = page("praxis-train")
        self.assertEqual(list(entries(section(text, "TASKS"))), tasks())
        refused = praxis("train").stderr
        self.assertEqual(re.search(r"one task is wanted, .*: (.*)", refused).group(1).split(", "), tasks())
        rules = re.search(r"--rule RULE +how weights learn: (.*)", praxis("train", "delayed-cue", "--help").stdout).group(1)
        said = section(text, "OPTIONS").split("*--rule*")[1].split("\n*--")[0]
        self.assertEqual(re.findall(r"\*([a-z]+)\*", said), re.split(", | or ", rules))

    def test_keys(self):
        """What a page says of a report, there is."""
        tiny = ["--device", "reference", "--neurons", "169", "--trials", "1", "--seeds", "1"]
        for command, arguments in [("graph", ["--neurons", "49"]), ("devices", []), ("train", ["delayed-cue", *tiny])]:
            report = json.loads(praxis(command, *arguments, "--json").stdout)
            keys = set(report) | set(report.get("devices", [{}])[0])
            said = entries(section(page(f"praxis-{command}"), "OPTIONS"))["--json"]
            for key in re.findall(r"[a-z]+_[a-z_]+[a-z]", said):
                self.assertIn(key, keys, command)


if __name__ == "__main__":
    unittest.main()

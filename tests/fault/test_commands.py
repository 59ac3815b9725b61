#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Commands on a device of which one call fails, or all from one on: they say so and end with status 1, or come to the
right result. The calls are spread over all that a command does: test_commands.py TRIES [COMMAND ...]."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PRAXIS = os.environ["PRAXIS_BIN"]
TRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 4

# A command, and what must be right of its report where it ends with 0.
COMMANDS = {
    "run": (["run", "--neurons", "49", "--ticks", "50", "--learn", "--json"], lambda report: report["state_hash"]),
    "train": (
        ["train", "delayed-cue", "--neurons", "361", "--trials", "10", "--tests", "2", "--seeds", "1", "--json"],
        lambda report: (report["final"], report["weights"], report["activations"]),
    ),
    "selftest": (
        ["selftest", "--small", "--tuning", "resident=0,split=2,strip=3,tiles=2", "--dot-product", "packed", "--json"],
        lambda report: [device["state_hash"] for device in report["devices"]],
    ),
    "devices": (["devices", "--json"], lambda report: report["devices"][-1]["selector"]),
}


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.failed = os.path.join(folder.name, "failed")

    def command(self, arguments, **faults):
        environment = {**os.environ, **{name: str(value) for name, value in faults.items()}, "FAULT_REPORT": self.failed}
        return subprocess.run([PRAXIS, *arguments], capture_output=True, text=True, check=False, env=environment)

    def fail_once(self, arguments, expected, facts, **faults):
        """Which call has failed; None where there are not so many."""
        result = self.command(arguments, **faults)
        if not os.path.exists(self.failed):
            self.assertEqual(result.returncode, 0, result.stderr)
            return None
        with open(self.failed, encoding="ascii") as file:
            name = file.readline().strip()
        os.remove(self.failed)
        what = f"{arguments[0]}, {faults}, {name}: {result.returncode}, {result.stderr}"
        self.assertIn(result.returncode, (0, 1), what)
        if result.returncode == 0:
            self.assertEqual(facts(json.loads(result.stdout)), expected, what)
        elif arguments[0] == "selftest":
            device = json.loads(result.stdout)["devices"][0]
            self.assertEqual((device["passed"], device["state_hash"]), (False, None), what)
            self.assertTrue(device["status"], what)
        else:
            self.assertIn("praxis", result.stderr, what)
        return name

    def check(self, command):
        arguments, facts = COMMANDS[command]
        undisturbed = self.command(arguments)
        self.assertEqual(undisturbed.returncode, 0, undisturbed.stderr)
        expected = facts(json.loads(undisturbed.stdout))
        last = 1  # until there are not so many
        while self.fail_once(arguments, expected, facts, FAULT_CALL=last) is not None:
            last *= 4
        calls = sorted({1 + last * i // TRIES for i in range(TRIES)})
        for number, call in enumerate(calls):
            faults = {"FAULT_CODE": number % 3, **({"FAULT_LOST": 1} if number % 2 else {})}
            self.fail_once(arguments, expected, facts, FAULT_CALL=call, **faults)


for name in sys.argv[2:] or COMMANDS:
    setattr(Commands, f"test_{name}", lambda self, name=name: self.check(name))

if __name__ == "__main__":
    there = subprocess.run([PRAXIS, "devices", "--json"], capture_output=True, check=True).stdout
    if json.loads(there)["devices"][0]["type"] == "reference":
        print("no OpenCL device can be used")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])

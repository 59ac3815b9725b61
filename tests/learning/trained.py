# SPDX-License-Identifier: MIT
"""What praxis train says of a task, as the tests of this folder want it."""

import json
import os
import subprocess

PRAXIS = os.environ["PRAXIS_BIN"]


def train(task, *arguments):
    """The report of a task learned with these arguments."""
    command = [PRAXIS, "train", task, "--json", *arguments]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {result.returncode}: {result.stderr}")
    report = json.loads(result.stdout)
    for name, told in {"": report, **report["controls"]}.items():
        print(task, *arguments, name, told["median"], told["min"], told["max"])  # for the log of the test
    return report

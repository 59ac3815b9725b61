# SPDX-License-Identifier: MIT
"""What the tests of the praxis command share."""

import os
import signal
import subprocess

# Whoever started the tests may ignore signals, as nohup does, and programs go on ignoring what they find ignored.
for number, action in [
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGTERM, signal.SIG_DFL),
]:
    signal.signal(number, action)

PRAXIS = os.environ["PRAXIS_BIN"]
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")
MANUAL = os.path.join(DATA, "..", "..", "docs", "man")
POCL = "Portable Computing Language"
COMMANDS = ["train", "tasks", "run", "devices", "graph", "plan", "tune", "selftest"]

with open(PRAXIS, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()


def praxis(*arguments, stdin="", environment=None, prefix=()):
    return subprocess.run(
        [*prefix, PRAXIS, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )

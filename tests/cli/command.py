# SPDX-License-Identifier: MIT
"""What the tests of the praxis command share."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import tempfile
import termios

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
COMMANDS = ["train", "tasks", "run", "inspect", "devices", "graph", "plan", "tune", "selftest"]

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


def peak_bytes(*arguments, **options):
    """The most memory that the command had, which has to end well. Sanitizers keep memory of their own."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as peak:
        command = [os.path.join(os.environ["FAKE_DRIVERS"], "peak_memory"), peak.name, PRAXIS, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        if result.returncode != 0:
            raise AssertionError(f"exit {result.returncode}: {result.stderr}")
        return int(peak.read())


def on_terminal(arguments, width, **environment):
    """What the command writes on a terminal of so many columns, of which it is to know no more than this environment."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in ("TERM", "COLUMNS")}
    command = subprocess.Popen(
        [PRAXIS, *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs, env={**inherited, **environment},
    )
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 4096):
            written += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    if command.wait() != 0:
        raise AssertionError(f"exit {command.returncode}: {written.decode()}")
    return written.decode()

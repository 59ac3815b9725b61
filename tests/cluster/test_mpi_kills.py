#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A rank is ended by SIGKILL at a random moment, while all save without pause: the others end, it is said which it was,
and the last checkpoint is whole, in one file and in one for each rank. How long they took is printed, and no more."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from test_mpi import ENVIRONMENT, MPIRUN, PRAXIS, praxis

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 4
RANKS = 3


def find_rank(process, rank):
    """Its process, a child of the launcher."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            told = (folder / "environ").read_bytes().split(b"\0")
            if parent == process.pid and f"OMPI_COMM_WORLD_RANK={rank}".encode() in told:
                return int(folder.name)
        except OSError:
            continue  # another's, or gone by now
    raise AssertionError(f"rank {rank} is not there")


class Kills(unittest.TestCase):
    def kill_one(self, folder, name, number):
        file = Path(folder) / name
        before = file.stat().st_mtime_ns if file.exists() else 0
        process = subprocess.Popen(
            [MPIRUN, "-n", str(RANKS), PRAXIS, "train", "pong", "--steps", "1e6", "--seeds", "2", "--neurons", "121",
             "--device", "reference", "--partition", "columns", "--save", str(file), "--checkpoint-every", "1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, start_new_session=True,
        )
        try:
            while process.poll() is None and not (file.exists() and file.stat().st_mtime_ns != before):
                time.sleep(0.01)
            time.sleep(random.random())
            victim = random.randrange(RANKS)
            os.kill(find_rank(process, victim), signal.SIGKILL)
            killed = time.monotonic()
            said = process.communicate()[1]
            seconds = time.monotonic() - killed
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn(f"rank {victim}", said, f"kill {number}")
        result = praxis(0, "inspect", str(file), "--json")
        self.assertEqual(result.returncode, 0, f"kill {number}: {result.stderr}")
        self.assertGreater(json.loads(result.stdout)["objects"]["network"]["tick"], 0)
        return seconds

    def test_the_last_checkpoint_is_whole(self):
        random.seed(11)
        took, left = [], 0
        with tempfile.TemporaryDirectory() as folder:
            for number in range(KILLS):
                name = "saved.index.json" if number % 2 else "saved"
                took.append(self.kill_one(folder, name, number))
                named = {"saved", "saved.index.json"}
                index = Path(folder) / "saved.index.json"
                if index.exists():
                    named |= set(json.loads(index.read_text())["weight_map"].values())
                for other in set(os.listdir(folder)) - named:  # what was being written
                    self.assertTrue(other.startswith("saved"), other)
                    (Path(folder) / other).unlink()
                    left += 1
        print(f"{KILLS} ranks of {RANKS} killed; the others had ended after {max(took):.1f} s at most, "
              f"{sorted(took)[KILLS // 2]:.1f} s in the middle; {left} files left half-way", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

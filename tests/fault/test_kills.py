#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A command that does hardly anything but save is killed at a random moment: the file is the old one or the new one, whole."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

PRAXIS = os.environ["PRAXIS_BIN"]
KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 5


class Kills(unittest.TestCase):
    def test_the_file_is_whole(self):
        random.seed(7)
        left = 0
        with tempfile.TemporaryDirectory() as folder:
            saved = os.path.join(folder, "saved")
            for kill in range(KILLS):
                before = os.stat(saved).st_mtime_ns if os.path.exists(saved) else 0
                process = subprocess.Popen(
                    [PRAXIS, "train", "pong", "--steps", "1e6", "--seeds", "2", "--device", "reference",
                     "--save", saved, "--checkpoint-every", "1"],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
                while process.poll() is None and not (os.path.exists(saved) and os.stat(saved).st_mtime_ns != before):
                    time.sleep(0.001)
                time.sleep(random.random() * 0.05)
                process.kill()
                process.wait()
                result = subprocess.run([PRAXIS, "inspect", saved, "--json"], capture_output=True, text=True, check=False)
                self.assertEqual(result.returncode, 0, f"kill {kill}: {result.stderr}")
                self.assertGreater(json.loads(result.stdout)["objects"]["network"]["tick"], 0)
                others = [name for name in os.listdir(folder) if name != "saved"]
                self.assertLessEqual(len(others), 1)
                left += len(others)
                for name in others:  # what was being written
                    self.assertTrue(name.startswith("saved."))
                    os.remove(os.path.join(folder, name))
        print(f"{KILLS} killed, {left} of them while they wrote", file=sys.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

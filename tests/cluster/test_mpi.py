# SPDX-License-Identifier: MIT
"""The command on several processes of MPI: what one comes to, to the last bit, and what is said where one fails."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PRAXIS = os.environ["PRAXIS_BIN"]
MPIRUN = os.environ["PRAXIS_MPIRUN"]
# As root, as in a container; more processes than cores, which then give way to each other.
ENVIRONMENT = {
    **os.environ,
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
}
RUN = ("run", "--neurons", "121", "--ticks", "30")


def praxis(ranks, *arguments):
    launcher = [MPIRUN, "-n", str(ranks)] if ranks else []
    return subprocess.run([*launcher, PRAXIS, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)


class Ranks(unittest.TestCase):
    def test_runs_come_to_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            outputs, hashes = [], []
            for ranks in (0, 2, 3):
                file = Path(folder) / f"{ranks}.csv"
                result = praxis(ranks, *RUN, "--device", "reference", "--json", "--output", str(file))
                self.assertEqual(result.returncode, 0, result.stderr)
                outputs.append(file.read_bytes())
                hashes.append(json.loads(result.stdout)["state_hash"])  # one value: of the first rank alone
            self.assertEqual(outputs, outputs[:1] * 3)
            self.assertEqual(hashes, hashes[:1] * 3)

    def test_trainings_come_to_the_same(self):
        train = ("train", "delayed-cue", "--neurons", "169", "--trials", "6", "--seeds", "1", "--device", "reference")
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{ranks}.safetensors" for ranks in (0, 2)]
            for ranks, file in zip((0, 2), files):
                result = praxis(ranks, *train, "--partition", "columns", "--save", str(file))
                self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(files[0].read_bytes(), files[1].read_bytes())
            self.assertEqual(len(os.listdir(folder)), 2)

    def test_shards_go_from_ranks_to_one_and_back(self):
        with tempfile.TemporaryDirectory() as folder:
            four, one = (str(Path(folder) / f"{name}.safetensors.index.json") for name in ("four", "one"))
            on = ("--ticks", "5", "--learn", "--json")
            hashes = []
            for file, ranks, *arguments in (
                (four, 4, *RUN, "--learn", "--device", "reference"),
                (one, 0, "run", "--resume", four, *on),  # on the best device
                (four, 2, "run", "--resume", one, *on, "--device", "reference"),
                (one, 0, "run", "--resume", four, *on, "--device", "reference"),
            ):
                result = praxis(ranks, *arguments, "--save", file, "--json")
                self.assertEqual(result.returncode, 0, result.stderr)
                hashes.append(json.loads(result.stdout)["state_hash"])
                files = [name for name in os.listdir(folder) if name.startswith(Path(file).name.split(".")[0] + "-")]
                self.assertEqual(len(files), max(ranks, 1))
            alone = []
            file = str(Path(folder) / "alone")
            for arguments in ((*RUN, "--learn"), *[("run", "--resume", file, *on)] * 3):
                result = praxis(0, *arguments, "--device", "reference", "--save", file, "--json")
                alone.append(json.loads(result.stdout)["state_hash"])
            self.assertEqual(hashes, alone)

    def test_tuning_is_left_to_the_first(self):
        result = praxis(2, "tune", "--device", "opencl:900.1")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count('no device matches "opencl:900.1"'), 1, result.stderr)
        self.assertEqual(result.stderr.count("left to the first"), 1, result.stderr)

    def test_devices(self):
        result = praxis(3, "devices", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        found = {device["selector"] for device in report["devices"]}
        self.assertEqual([rank["rank"] for rank in report["ranks"]], [0, 1, 2])
        self.assertLessEqual({rank["device"] for rank in report["ranks"]}, found)

    def test_selftest(self):
        result = praxis(2, "selftest", "--small", "--device", "reference", "--partition", "columns", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["devices"][0]["state_hash"], "af3935656e7f02f5")

    def test_a_rank_that_fails_ends_all(self):
        result = praxis(2, *RUN, "--device", "reference,opencl:900.1")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count('rank 1: no device matches "opencl:900.1"'), 1, result.stderr)

    def test_a_rank_that_dies_ends_all(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "saved.safetensors"
            saving = ("--ticks", "1e12", "--save", str(file), "--checkpoint-every", "5")
            process = subprocess.Popen(
                [MPIRUN, "-n", "3", PRAXIS, "run", "--neurons", "121", "--device", "reference", *saving],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                env=ENVIRONMENT,
                start_new_session=True,
            )
            try:
                while not file.exists() and process.poll() is None:
                    time.sleep(0.1)
                children = subprocess.run(
                    ["pgrep", "-P", str(process.pid), "-x", "praxis"], capture_output=True, text=True, check=True
                ).stdout.split()
                os.kill(int(children[1]), signal.SIGKILL)
                self.assertNotEqual(process.wait(), 0)
                self.assertIn("rank 1", process.stderr.read())
                self.assertEqual(praxis(0, "inspect", str(file)).returncode, 0)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.stderr.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)

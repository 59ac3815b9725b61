# SPDX-License-Identifier: MIT
"""praxis-bench --scaling on several processes of MPI: all of them measure together, and the first reports."""

import json
import os
import subprocess
import unittest

BENCH = os.environ["PRAXIS_BENCH_BIN"]
ENVIRONMENT = {
    **os.environ,
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
}


def bench(*arguments):
    launched = [os.environ["PRAXIS_MPIRUN"], "-n", "3", BENCH, "--scaling", "--seconds", "0.001", "--rounds", "3"]
    return subprocess.run([*launched, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False)


class Scaling(unittest.TestCase):
    def test_ranks(self):
        result = bench("--device", "reference", "--sizes", "121,361", "--json", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        points = json.loads(result.stdout)["devices"][0]["scaling"]  # one value: of the first rank alone
        self.assertEqual([point["scaling"] for point in points], ["strong", "weak"] * 2)
        for point in points:
            self.assertEqual((point["over"], point["parts"]), ("ranks", 3))
            for name in ("one", "tick", "exchange"):
                self.assertGreater(point[name]["rounds"], 0)
                self.assertGreater(point[name]["minimum"], 0)

    def test_a_device_that_is_not_there(self):
        result = bench("--device", "reference,opencl:90.0", "--sizes", "121")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("rank 1", result.stderr)


if __name__ == "__main__":
    unittest.main()

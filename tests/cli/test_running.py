#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""praxis run: what goes in, what comes out, and what is said of both."""

import csv
import json
import math
import os
import tempfile
import unittest

from command import DATA, praxis


class Run(unittest.TestCase):
    def run_csv(self, text, *arguments):
        return praxis("run", "--input", "-", "--output", "-", "--groups", "3", *arguments, stdin=text)

    def test_rows_in_rows_out(self):
        for text in ["a,b\n1,2\n3,4\n-1,0.5\n", "1,2\n3,4\n-1,.5", "1 , 2\r\n3,4\r\n-1,5e-1\r\n\r\n"]:
            result = self.run_csv(text)
            self.assertEqual(result.returncode, 0, result.stderr)
            rows = list(csv.reader(result.stdout.splitlines()))
            self.assertEqual(rows[0], ["tick", "group0", "group1", "group2"])
            self.assertEqual([row[0] for row in rows[1:]], ["1", "2", "3"])

    def test_header_or_not_is_the_same_series(self):
        self.assertEqual(self.run_csv("a,b\n1,2\n3,4\n").stdout, self.run_csv("1,2\n3,4\n").stdout)

    def test_a_byte_order_mark_hides_no_row_and_no_name(self):
        self.assertEqual(self.run_csv("\ufeff1,2\n3,4\n").stdout, self.run_csv("1,2\n3,4\n").stdout)
        named = self.run_csv("\ufeffa,b\n3,4\n", "--columns", "a")
        self.assertEqual(named.stdout, self.run_csv("3\n").stdout)
        self.assertNotEqual(named.stdout, "")

    def test_a_modulator_column_is_no_input_and_is_not_standardised(self):
        rows = [(math.sin(i), (i % 5 - 2) / 4 + 0.3) for i in range(30)]
        both = "x,m\n" + "".join(f"{x},{m}\n" for x, m in rows)
        alone = "x\n" + "".join(f"{x}\n" for x, _ in rows)
        for options in [[], ["--standardise"]]:
            still = self.run_csv(both, "--modulator", "m", *options)
            self.assertEqual(still.returncode, 0, still.stderr)
            self.assertEqual(still.stdout, self.run_csv(alone, *options).stdout)
        constant = "x,m\n" + "".join(f"{x},0.8\n" for x, _ in rows)
        learned = self.run_csv(constant, "--learn", "--modulator", "m", "--standardise")
        self.assertEqual(
            learned.stdout, self.run_csv(alone, "--learn", "--modulator", "0.8", "--standardise").stdout
        )
        self.assertNotEqual(learned.stdout, self.run_csv(alone, "--standardise").stdout)

    def test_output_that_cannot_be_written_is_found_before_the_run(self):
        result = praxis("run", "--ticks", "1", "--device", "abacus", "--output", "/nowhere/out.csv")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nowhere/out.csv", result.stderr)
        self.assertNotIn("abacus", result.stderr)

    def test_device_equals_reference(self):
        text = "".join(f"{math.sin(i)},{math.cos(i / 3)}\n" for i in range(40))
        options = ["--learn", "--homeostasis", "--factor", "centred"]
        self.assertEqual(
            self.run_csv(text, *options).stdout, self.run_csv(text, *options, "--device", "reference").stdout
        )

    def test_malformed_rows_are_placed(self):
        for text, words in [
            ("", "line 1"),
            ("a,b\n", "header is not followed"),
            ("1,2\n3\n", "line 2, column 2"),
            ("1,2\n3,4,5\n", "line 2, column 3"),
            ("1,2\n3,\n", "line 2, column 2: the field is empty"),
            ("x,y\n1,2\n3,four\n", 'line 3, column 2: "four"'),
            ("1,2\n3,nan\n", 'line 2, column 2: "nan"'),
            ("1,2\n1e99,2\n", 'line 2, column 1: "1e99"'),
            ("1,2\n\n3,4\n", "line 2"),
            ("1,2x\n3,4\n", 'line 1, column 2: "2x"'),
            ("nan,1\n3,4\n", 'line 1, column 1: "nan"'),
            ("1,\n3,4\n", "line 1, column 2: the field is empty"),
            ("a,b\n1,inf\n", 'line 2, column 2: "inf"'),
            ("1,2\n3,4\0,5\n", "line 2: a zero byte"),
            ("\0\n", "line 1: a zero byte"),
        ]:
            result = self.run_csv(text)
            self.assertEqual(result.returncode, 1, text)
            self.assertIn(words, result.stderr, text)
            self.assertIn("standard input", result.stderr)
            self.assertEqual(result.stdout, "")

    def test_a_failed_run_leaves_the_old_output_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            bad, output = os.path.join(folder, "bad.csv"), os.path.join(folder, "out.csv")
            with open(bad, "w", encoding="ascii") as file:
                file.write("1\n2\nthree\n")
            with open(output, "w", encoding="ascii") as file:
                file.write("precious\n")
            result = praxis("run", "--input", bad, "--output", output)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"{bad}: line 3", result.stderr)
            with open(output, encoding="ascii") as file:
                self.assertEqual(file.read(), "precious\n")
            self.assertEqual(sorted(os.listdir(folder)), ["bad.csv", "out.csv"])

    def test_input_out_of_range_is_named(self):
        result = self.run_csv("1,2\n3,5000\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn('standard input: row 2 of column "2" is 5000', result.stderr)

    def test_columns(self):
        chosen = self.run_csv("a,b,c\n1,2,3\n4,5,6\n", "--columns", "c,a")
        self.assertEqual(chosen.stdout, self.run_csv("1,3\n4,6\n").stdout)
        self.assertEqual(self.run_csv("a,b\n1,2\n", "--columns", "a,z").returncode, 2)

    def test_sunspots(self):
        path = os.path.join(DATA, "sunspots.csv")
        with tempfile.TemporaryDirectory() as folder:
            output = os.path.join(folder, "out.csv")
            result = praxis(
                "run", "--input", path, "--columns", "SUNACTIVITY", "--standardise", "--output", output, "--json"
            )
            self.assertEqual(result.returncode, 0, result.stderr)
            report = json.loads(result.stdout)
            with open(output, encoding="ascii") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual((report["channels"], report["ticks"], len(rows)), (1, 309, 309))
        self.assertGreater(len({row["group0"] for row in rows}), 250)

    def test_learning_changes_weights_and_no_learning_does_not(self):
        def variance(*options):
            return json.loads(praxis("run", "--ticks", "200", "--json", *options).stdout)["weights"]["variance"]

        self.assertEqual(variance("--no-learn"), variance())
        self.assertNotEqual(variance("--learn", "--modulator", "0.5"), variance())


if __name__ == "__main__":
    unittest.main()

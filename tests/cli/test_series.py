#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The series that praxis run reads: CSV as people and programs write it, and what is said of what cannot be read."""

import csv
import io
import math
import os
import random
import tempfile
import unittest

from command import praxis

SMALL = ["--device", "reference", "--neurons", "49", "--groups", "3"]
BOM = "\ufeff"


def drive(text, *arguments):
    """The series as a pipe, the outputs from standard output."""
    return praxis("run", "--input", "-", "--output", "-", *SMALL, *arguments, stdin=text)


class Series(unittest.TestCase):
    def assertSame(self, text, plain, *arguments):
        """Both drive a network alike; `plain` is in the simplest form there is."""
        expected = drive(plain, "--header", "no")
        self.assertEqual(expected.returncode, 0, expected.stderr)
        result = drive(text, *arguments)
        self.assertEqual(result.returncode, 0, (text, result.stderr))
        self.assertEqual(result.stdout, expected.stdout, (text, arguments, result.stderr))
        return result.stderr

    def assertRefused(self, text, words, *arguments, code=1):
        result = drive(text, *arguments)
        self.assertEqual(result.returncode, code, (text, result.stderr))
        self.assertIn(words, result.stderr, text)
        if code == 1:
            self.assertIn("standard input: ", result.stderr)


class Forms(Series):
    def test_lines_quotes_and_blanks(self):
        plain = "1,2\n3,-0.5\n"
        for text in [
            "1,2\r\n3,-0.5\r\n",
            "1,2\n3,-0.5",
            " 1 ,\t2\n3, -.5 \n\n\n",
            '"1","2"\n"3","-0.5"\n',
            ' "1" , "2"\r\n3,-5e-1\r\n\r\n',
            BOM + "1,2\n3,-0.5\n",
            BOM + '"1",2\n3,-0.5\n',
            "+1,2.\n3.000,-0.5E0\n",
        ]:
            self.assertSame(text, plain)
            self.assertSame(BOM * (text[0] != BOM) + "a,b\n" + text.lstrip(BOM), plain)

    def test_separators(self):
        for name, character in [(";", ";"), ("tab", "\t"), ("|", "|"), (" ", " "), ("\t", "\t"), (",", ",")]:
            text = "a,b\n1,2\n3,-0.5\n".replace(",", character)
            self.assertSame(text, "1,2\n3,-0.5\n", "--separator", name)
        self.assertSame('"x;y";b\n1;2\n', "1\n", "--separator", ";", "--columns", "x;y")
        for name in ["", "ab", "1", "e", ".", "-", '"', "\n", "é"]:
            result = drive("1\n", "--separator", name)
            self.assertEqual(result.returncode, 2, name)
            self.assertIn("--separator is", result.stderr)
        self.assertRefused("a;b\n1;2\n", '--separator ";"')
        self.assertRefused("a\tb\n1\t2\n", "--separator tab")

    def test_other_columns_hold_any_text(self):
        text = (
            'when,"who, and ""why""",x,,x y\r\n'
            '2020-01-01,"a ""quoted"" word, a comma,\nand a line",1,,4\r\n'
            "2020-01-02,plain 5\" word,2.5,NA,-1\r\n"
        )
        self.assertSame(text, "1\n2.5\n", "--columns", "x")
        self.assertSame(text, "4,1\n-1,2.5\n", "--columns", "x y,x")
        self.assertSame(text, "1,4\n2.5,-1\n", "--columns", "#3,#5")
        self.assertRefused(text, 'row 1 (line 2), column 1 "when": "2020-01-01" was found')
        self.assertRefused(text, 'row 1 (line 2), column 2 "who, and "why"": ', "--columns", '"who, and ""why"""')

    def test_columns_come_in_the_order_asked(self):
        text = "a,b,c\n1,2,3\n4,5,6\n"
        self.assertSame(text, "3,1\n6,4\n", "--columns", "c,a")
        self.assertSame(text, "1,3\n4,6\n", "--columns", " a , #3")
        self.assertSame("1,2,3\n4,5,6\n", "3,1\n6,4\n", "--columns", "3,1")
        self.assertSame("a,a,b\n1,2,3\n", "3,1\n", "--columns", "b,#1")
        self.assertSame("#2,x\n1,2\n", "1\n", "--columns", "#2")  # a name goes before a number
        for columns, words in [
            ("a,z", '"z" is no column of standard input; there are a, b, c, or by number #1 to #3'),
            ("2", '"2" is no column'),
            ("#4", "has columns 1 to 3"),
            ("#0", "has columns 1 to 3"),
            ("#99999999999999999999", "is no column"),
            ("a,#1", "asks twice for column 1"),
            ("a,", 'is "a,"'),
            ("", 'is ""'),
            ('"a', "must be names"),
        ]:
            result = drive(text, "--columns", columns)
            self.assertEqual((result.returncode, result.stdout), (2, ""), columns)
            self.assertIn(words, result.stderr)
        self.assertRefused("a,b,a\n1,2,3\n", '"a" is the name of several columns', "--columns", "b,a", code=2)
        self.assertRefused("1,2\n", "only numbers from 1 to 2", "--columns", "x", "--header", "no", code=2)

    def test_a_modulator_column_is_no_input_and_is_not_standardised(self):
        rows = [(math.sin(i), (i % 5 - 2) / 4 + 0.3) for i in range(30)]
        both = "x,m\n" + "".join(f"{x},{m}\n" for x, m in rows)
        alone = "x\n" + "".join(f"{x}\n" for x, _ in rows)
        for options in [[], ["--standardise"]]:
            expected = drive(alone, *options).stdout
            for modulator in ["m", "#2"]:
                self.assertEqual(drive(both, "--modulator", modulator, *options).stdout, expected)
            self.assertEqual(drive(both, "--modulator", "m", "--columns", "x", *options).stdout, expected)
        constant = "x,m\n" + "".join(f"{x},0.8\n" for x, _ in rows)
        learned = drive(constant, "--learn", "--modulator", "m", "--standardise")
        self.assertEqual(learned.stdout, drive(alone, "--learn", "--modulator", "0.8", "--standardise").stdout)
        self.assertNotEqual(learned.stdout, drive(alone, "--standardise").stdout)
        self.assertRefused(both, '"m" is asked for by --modulator too', "--modulator", "m", "--columns", "x,m", code=2)
        self.assertRefused(both, '"M" is no column', "--modulator", "M", code=2)

    def test_a_modulator_out_of_bounds_is_named(self):
        text = "x,m\n1,0.5\n2,1e9\n"
        self.assertRefused(text, 'row 2 (line 3), column 2 "m" is 1e+09, must be within', "--learn", "--modulator", "m")
        self.assertSame(text, "1\n2\n", "--modulator", "m")  # nothing is modulated
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "in.csv")
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            result = praxis("run", "--input", path, "--output", "-", *SMALL, "--learn", "--modulator", "m")
            self.assertEqual((result.returncode, result.stdout), (1, ""))  # a file is known before the first tick
            self.assertIn('row 2 (line 3), column 2 "m" is 1e+09', result.stderr)
        constant = drive("1\n", "--learn", "--modulator", "1e9")
        self.assertEqual(constant.returncode, 2)
        self.assertIn("--modulator is 1e9, must be within", constant.stderr)


class Headers(Series):
    def test_names_or_data(self):
        """The first row, the second, whether the first is names, and whether that is worth a word."""
        for first, second, names, told in [
            ("a,b", "1,2", True, False),
            ("a,b", "NA,2", True, False),
            (",b", "7,2", True, False),
            ('"a","1st, or 2nd"', "1,2", True, False),
            ("1,2", "3,4", False, False),
            ("0.5,2", "3,4", False, False),
            ("1,NA", "3,4", False, False),
            ("NA,NA", "3,4", False, True),
            ("nan,1", "3,4", False, False),
            ("Na,K", "3,4", True, True),  # sodium and potassium
            ("0,1,2", "0.5,1.5,2.5", True, True),
            ("0,1,2", "7,3,5", True, True),
            ("0,1,2", "3,4,5", False, False),  # it goes on like that
            ("0,1", "0.5,0.25", True, True),
            ("0,1", "1,0", False, False),
            ("0", "0.5", False, False),
            ("5", "6", False, False),
            (",0,1", "0,0.5,0.25", True, True),
            (",0", "0,0.5", True, True),
            (",0", "7,0.5", False, True),
            ("21,22", "0.5,0.25", False, True),
            ("1,3", "0.5,0.25", False, False),
        ]:
            third = ",".join(["0.125", "0.25", "0.5"][: second.count(",") + 1])
            text = f"{first}\n{second}\n{third}\n"
            options = ["--missing", "zero"]
            result = drive(text, *options)
            choice = "yes" if names else "no"
            self.assertEqual(result.returncode, 0, (text, result.stderr))
            self.assertEqual(result.stdout, drive(text, "--header", choice, *options).stdout, text)
            other = drive(text, "--header", "no" if names else "yes", *options)
            self.assertNotEqual(result.stdout, other.stdout, text)
            self.assertEqual("the first row, " in result.stderr, told, (text, result.stderr))

    def test_a_name_that_is_asked_for_makes_names(self):
        self.assertSame("when,2001,value\nx,1,2\n", "2\n", "--columns", "value")
        self.assertSame("when,2001,value\nx,1,2\n", "1\n", "--modulator", "value", "--columns", "#2")

    def test_a_slip_in_the_first_row_is_no_name(self):
        self.assertRefused("1,2x\n3,4\n", 'row 1 (line 1), column 2: "2x"')

    def test_the_choice_is_checked(self):
        for choice in ["maybe", "", "YES"]:
            self.assertIn(f'--header is "{choice}"', drive("1\n", "--header", choice).stderr)
        self.assertRefused("a\n", "names are not followed", "--header", "yes")
        self.assertRefused("a\n", "names are not followed")


class Missing(Series):
    WORDS = ["", "NA", "na", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>", "-nan", '""']

    def test_missing_values_are_refused_unless_told(self):
        for word in self.WORDS:
            self.assertRefused(f"a,b\n1,2\n3,{word}\n", 'row 2 (line 3), column 2 "b"')
        self.assertIn('--missing is "skip"', drive("1\n", "--missing", "skip").stderr)

    def test_hold_and_zero(self):
        for word in self.WORDS:
            text = f"a,b\n{word},2\n3,{word}\n4,{word}\n5,6\n"
            self.assertSame(text, "0,2\n3,2\n4,2\n5,6\n", "--missing", "hold")
            self.assertSame(text, "0,2\n3,0\n4,0\n5,6\n", "--missing", "zero")

    def test_standardised_by_the_values_there_are(self):
        values = [1.0, 2.0, 6.0]
        mean = sum(values) / 3
        deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / 3)
        one, two, three = ((v - mean) / deviation for v in values)
        text = "a\nNA\n1\nNA\n2\n6\n"
        self.assertSame(text, f"0\n{one}\n{one}\n{two}\n{three}\n", "--missing", "hold", "--standardise")
        self.assertSame(text, f"0\n{one}\n0\n{two}\n{three}\n", "--missing", "zero", "--standardise")


class Faults(Series):
    def test_malformed_rows_are_placed(self):
        for text, words in [
            ("", "nothing is there"),
            (BOM, "nothing is there"),
            ("\n\n", "nothing is there"),
            ("1,2\n3\n", "row 2 (line 2) has 1 field, 2 were expected"),
            ("1,2\n3,4,5\n", "row 2 (line 2) has 3 fields, 2 were expected"),
            ("1,2\n3,\n", "row 2 (line 2), column 2: the field is empty"),
            ("x,y\n1,2\n3,four\n", 'row 2 (line 3), column 2 "y": "four" was found, a number was expected'),
            ("1,2\n\n3,4\n", "line 2: the line is empty"),
            ("\n1\n", "line 1: the line is empty"),
            ("a,b\n1,inf\n", '"inf" was found, a number within'),
            ("1,2\n1e400,2\n", 'row 2 (line 2), column 1: "1e400" was found, a number within'),
            ("1,2\n1e99,2\n", '"1e99" was found, a number within +-3.4e38'),
            ("1,2\n3,5000\n", "row 2 (line 2), column 2 is 5000, must be within +-853.333"),
            ("1,2\n3,-853.334\n", "column 2 is -853.334, must be within +-853.333"),
            ("1,2\n3,4\0,5\n", "line 2: a zero byte"),
            ("\0\n", "line 1: a zero byte"),
            ('1,2\n"3"x,4\n', "line 2: a quoted field is followed by other text"),
            ('1,2\n"3,4\n5,6\n', "line 2: a quote is opened in this row and never closed"),
            ('t,x\n"a\nb",1\n"c\nd",y\n', 'row 2 (line 4), column 2 "x": "y"'),
        ] + [
            (f"1\n{field}\n", f'row 2 (line 2), column 1: "{field}"')
            for field in ["0x10", "1_000", "1 000", "1e", "e5", ".", "--1", "1.2.3", "1f", "0x1p3", "٣", "+", "1d3", "\x0b1"]
        ]:
            arguments = ["--columns", "x"] if text.startswith("t,x") else []
            self.assertRefused(text, words, *arguments)

    def test_a_long_path_is_named_whole(self):
        for length in [480, 490, 500, 505, 510, 600, 1000, 3000]:
            path = ("/tmp/" + "x" * 100 + "/" * length)[: length - 1] + "y"
            result = praxis("run", "--input", path, *SMALL)
            self.assertEqual(result.returncode, 1)
            self.assertIn(path, result.stderr)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/" * (1000 - len(folder)) + "in.csv"
            with open(path, "w", encoding="ascii") as file:
                file.write("1,2\n3,four\n")
            result = praxis("run", "--input", path, *SMALL)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f'{path}: row 2 (line 2), column 2: "four"', result.stderr)

    def test_an_endless_line_ends(self):
        self.assertRefused("1\n" + "1" * (65 << 20), "line 2: the row is longer than")
        self.assertRefused('1\n"' + "1\n" * (33 << 20), "is a quote in it never closed?")

    def test_what_is_no_file(self):
        with tempfile.TemporaryDirectory() as folder:
            for path, words in [(folder, "Is a directory"), (os.path.join(folder, "none"), "No such file")]:
                result = praxis("run", "--input", path, *SMALL)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}: cannot be read: {words}", result.stderr)


class Oracle(Series):
    """Random tables, plain and hostile, as Python's own reader sees them."""

    ALPHABET = ["a", "1", "é", " ", ",", ";", "\t", '"', "\n", "\r\n", "'", "#", "NA", ".", "-"]

    def table(self, generator):
        columns, rows = generator.randint(1, 5), generator.randint(1, 6)
        numeric = sorted(generator.sample(range(columns), generator.randint(1, columns)))
        names = [f"c{c}" + "".join(generator.choices(self.ALPHABET, k=generator.randint(0, 3))).rstrip() for c in range(columns)]
        body = []
        for _ in range(rows):
            row = ["".join(generator.choices(self.ALPHABET, k=generator.randint(0, 6))).strip() for _ in range(columns)]
            for c in numeric:
                row[c] = generator.choice(["{:g}", "{:.3f}", "{:+.2e}", "{!r}"]).format(generator.uniform(-200, 200))
            body.append(row)
        return names, body, numeric

    def test_random_tables(self):
        generator = random.Random(20)
        for trial in range(150):
            names, body, numeric = self.table(generator)
            separator = generator.choice([",", ";", "\t"])
            text = io.StringIO()
            writer = csv.writer(
                text,
                delimiter=separator,
                quoting=generator.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
                lineterminator=generator.choice(["\n", "\r\n"]),
            )
            writer.writerow(names)
            writer.writerows(body)
            read = list(csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=separator, strict=True))
            self.assertEqual(read[1:], body)
            order = generator.sample(numeric, len(numeric))
            plain = "".join(",".join(row[c] for c in order) + "\n" for row in read[1:])
            columns = ",".join(f"#{c + 1}" for c in order)
            options = ["--columns", columns, "--header", "yes", "--separator", "tab" if separator == "\t" else separator]
            with self.subTest(trial=trial):
                self.assertSame(text.getvalue(), plain, *options)

    def test_random_bytes(self):
        """Whatever comes, it is read or refused with a line."""
        generator = random.Random(21)
        for _ in range(150):
            text = "".join(generator.choices(["1", ",", "\n", '"', " ", "-", ".", "e", "\r", "\0", BOM], k=generator.randint(0, 24)))
            result = drive(text, "--missing", generator.choice(["error", "zero"]))
            self.assertIn(result.returncode, (0, 1), (text, result.stderr))
            if result.returncode == 1:
                self.assertRegex(result.stderr, r"standard input: (row \d+ \(line \d+\)|line \d+:|nothing is there|names are)")


if __name__ == "__main__":
    unittest.main()

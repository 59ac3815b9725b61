#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""praxis train as a user meets it: what it writes where, and what it says. test_learning.py is about what it learns."""

import csv
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from command import PRAXIS, SANITIZED, on_terminal, peak_bytes, praxis

TINY = ["train", "delayed-cue", "--device", "reference", "--neurons", "169", "--seeds", "1", "--tests", "2"]
DATA = ["learning.dat", "weights.dat", "activations.dat", "activity.dat", "report.gp"]
PICTURES = ["learning.svg", "weights.svg", "activations.svg", "activity.svg"]


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def read(self, *names):
        with open(self.path(*names), encoding="utf-8") as file:
            return file.read()


class Train(unittest.TestCase):
    def test_seeds_are_exact(self):
        """Whole numbers go in and come out digit for digit, beyond what a double holds."""
        for seed in [2**53 - 1, 2**53, 2**53 + 1, 2**64 - 1]:
            result = praxis(*TINY, "--trials", "1", "--seed", str(seed), "--json")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(json.loads(result.stdout)["first_seed"], seed)
        result = praxis(*TINY, "--seed", str(2**64 - 1), "--seeds", "2")
        self.assertEqual(result.returncode, 2)
        self.assertIn(f"must be at most {2**64 - 2} with 2 seeds", result.stderr)

    def test_what_is_too_large_is_refused_with_its_bound(self):
        sanitizer = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1"}
        for arguments, code, words in [
            (["--neurons", "1e9", "--seeds", "4096"], 1, "of the host's memory, which has"),
            (["--neurons", "1e9", "--seeds", "1"], 1, "of the host's memory, which has"),
            (["--trials", "1e10"], 2, "from 1 to 1000000000"),
            (["--seeds", "4097"], 2, "from 1 to 4096"),
            (["--delay", "1e300"], 2, "from 0 to 4000"),
        ]:
            arguments = ["train", "delayed-cue", "--device", "reference", *arguments]
            result = praxis(*arguments, environment=sanitizer)
            self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
            self.assertIn(words, result.stderr)

    def test_the_rule_may_be_shortened_and_stand_anywhere(self):
        """Its recipe is what --set changes, wherever the two stand."""

        def final(*arguments):
            result = praxis(*TINY, "--trials", "30", "--json", *arguments)
            self.assertEqual(result.returncode, 0, result.stderr)
            report = json.loads(result.stdout)
            return report["rule"], report["weights"], report["activations"]

        noise = final("--rule", "noise")
        self.assertEqual(final("--rul=noise"), noise)
        self.assertEqual(final("--set", "noise=0.2", "--rule", "noise"), noise)
        self.assertNotEqual(final("--set", "noise=0", "--rule", "noise"), noise)
        self.assertEqual(final("--rule", "noise", "--set", "noise=0"), final("--set", "noise=0", "--rule", "noise"))

    def test_plain_progress_lines_when_not_on_a_terminal(self):
        result = praxis(*TINY, "--trials", "18")  # and two of the test
        self.assertEqual(len(re.findall(r"^\[.*%  reward .* left$", result.stderr, re.MULTILINE)), 10)
        self.assertIn("100%", result.stderr)
        self.assertNotIn("\r", result.stderr)
        self.assertIn("control", result.stdout)


class Terminal(unittest.TestCase):
    @staticmethod
    def on_terminal(width, **environment):
        return on_terminal([*TINY, "--trials", "38"], width, **environment)

    def test_a_line_is_never_wrapped(self):
        for width in [200, 80, 60, 40, 20, 10]:
            written = self.on_terminal(width, TERM="xterm")
            lines = [line.removesuffix("\x1b[K") for line in re.split("[\r\n]+", written) if line]
            self.assertTrue(lines)
            for line in lines:
                self.assertLess(len(line), width, written)
                self.assertIn("%", line)
                self.assertNotIn("\x1b", line)
            self.assertIn("100%", lines[-1])
            self.assertTrue(written.endswith("\n"))
        self.assertIn("synaptic operations/s", self.on_terminal(200, TERM="xterm"))

    def test_a_terminal_that_does_not_tell_its_width(self):
        for columns, width in [("30", 30), ("", 80), ("many", 80)]:
            for line in re.split("[\r\n]+", self.on_terminal(0, TERM="xterm", COLUMNS=columns)):
                self.assertLess(len(line.removesuffix("\x1b[K")), width)

    def test_no_escapes_where_they_are_not_understood(self):
        for environment in [{}, {"TERM": ""}, {"TERM": "dumb"}]:
            written = self.on_terminal(80, **environment)
            self.assertNotIn("\x1b", written)
            self.assertEqual(written.count("\r"), written.count("\r\n"))  # the terminal's own
            self.assertEqual(written.count("\n"), 10)


class Targets(InAFolder):
    def test_log(self):
        log = self.path("log.csv")
        few = ["--trials", "120", "--tests", "1", "--seeds", "2", "--neurons", "169"]
        result = praxis("train", "delayed-cue", *few, "--json", "--log", log)
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((report["trials"], report["asked_trials"]), (120, 120))
        self.assertEqual(len(report["final"]), 2)
        self.assertEqual(report["chance"], 0.25)
        self.assertEqual(len(report["controls"]["unmodulated"]["final"]), 2)
        rows = list(csv.DictReader(self.read("log.csv").splitlines()))
        self.assertEqual([row["trial"] for row in rows], ["50", "50", "100", "100", "120", "120"])
        self.assertEqual([row["seed"] for row in rows], ["1", "2"] * 3)
        for column, final in [("reward", report["final"]), ("unmodulated", report["controls"]["unmodulated"]["final"])]:
            for s in range(2):
                mean = sum(float(row[column]) * size for row, size in zip(rows[s::2], [50, 50, 20])) / 120
                self.assertAlmostEqual(mean, final[s], places=3)
        self.assertEqual(os.listdir(self.folder), ["log.csv"])

    def test_the_final_reward_is_that_of_the_last_500_trials(self):
        result = praxis(*TINY, "--trials", "620", "--json", "--log", self.path("log.csv"))
        rows = list(csv.DictReader(self.read("log.csv").splitlines()))
        self.assertEqual([int(row["trial"]) for row in rows], [*range(50, 601, 50), 620])
        last = sum(float(row["reward"]) for row in rows[3:12]) * 50 + float(rows[12]["reward"]) * 20  # from 151 on
        report = json.loads(result.stdout)
        before = float(rows[2]["reward"]) * 50  # trials 101 to 150, of which 121 to 150 count
        rewards = report["final"][0] * 500 - last
        self.assertGreaterEqual(rewards, max(0, before - 20) - 0.5)
        self.assertLessEqual(rewards, min(30, before) + 0.5)

    def test_a_log_on_standard_output_leaves_it_to_no_other(self):
        result = praxis(*TINY, "--trials", "60", "--log", "-")
        self.assertEqual(len(list(csv.DictReader(result.stdout.splitlines()))), 2)
        self.assertIn("control", result.stderr)
        refused = praxis(*TINY, "--log", "-", "--json")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("both want standard output", refused.stderr)

    def test_paths_from_here_and_from_the_root(self):
        for log, pictures in [("log.csv", "pictures"), (self.path("root.csv"), self.path("root"))]:
            arguments = [*TINY, "--trials", "2", "--log", log]
            arguments += ["--report", pictures] if shutil.which("gnuplot") else []
            result = subprocess.run(
                [PRAXIS, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
            )
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("trial,seed", self.read(log))
            if shutil.which("gnuplot"):
                self.assertEqual(sorted(os.listdir(self.path(pictures))), sorted(DATA + PICTURES))

    def test_what_cannot_be_written_is_found_before_the_work(self):
        file = self.write("file", "no folder\n")
        for arguments, words in [
            (["--log", self.path("nodir", "x.csv")], "nodir/x.csv: cannot be written: No such file"),
            (["--log", self.folder], "cannot be written: Is a directory"),
            (["--report", self.path("no", "dir")], "no/dir: the report cannot be written: No such file"),
            (["--report", file], "file: the report cannot be written: Not a directory"),
        ]:
            result = praxis("train", "delayed-cue", "--device", "abacus", *arguments)
            self.assertEqual((result.returncode, result.stdout), (1, ""), arguments)
            self.assertIn(words, result.stderr)
            self.assertNotIn("abacus", result.stderr)
        self.assertEqual(os.listdir(self.folder), ["file"])
        result = praxis("train", "delayed-cue", "--device", "abacus", "--log", self.path("log.csv"))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(os.listdir(self.folder), ["file"])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_what_was_learned_is_told_though_the_log_cannot_be_written(self):
        os.symlink("/dev/full", self.path("full"))  # a command that is wrong about special files replaces the link
        for json_wanted in [[], ["--json"]]:
            result = praxis(*TINY, "--trials", "60", "--log", self.path("full"), *json_wanted)
            self.assertEqual(result.returncode, 1)
            self.assertIn("full: cannot be written: No space left", result.stderr)
            self.assertIn("control", result.stdout)


@unittest.skipUnless(shutil.which("gnuplot"), "SKIPPED: no gnuplot")
class Report(InAFolder):
    def train(self, directory, *arguments, **environment):
        return praxis(*TINY, "--trials", "3", "--report", directory, *arguments, environment=environment)

    def test_pictures_say_what_they_show(self):
        result = self.train(self.path("pictures"))
        self.assertEqual(result.returncode, 0, result.stderr)
        for name, words in [
            ("learning.svg", ["trial", "reward, mean of 50 trials", "learning", "unmodulated", "chance"]),
            ("weights.svg", ["Distribution of weights after training", "value", "density", "N(0, 1)"]),
            ("activations.svg", ["Distribution of activations after training", "value", "density", "N(0, 1)"]),
            ("activity.svg", ["One trial: activations of 200 of 361 neurons, evenly chosen", "tick", "activation"]),
        ]:
            tree = xml.etree.ElementTree.fromstring(self.read("pictures", name))
            text = " ".join("".join(element.itertext()).strip() for element in tree.iter() if "}text" in element.tag)
            for word in words:
                self.assertIn(word, text, name)

    def test_what_is_drawn_is_bounded(self):
        """However long a trial and however many trials: see rewards.h and training.c."""
        result = self.train(self.path("pictures"), "--delay", "1500")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [row.split() for row in self.read("pictures", "activity.dat").split("\n") if row]
        self.assertEqual(len(rows), 200 * (1508 // 2))
        self.assertEqual({int(row[0]) for row in rows}, set(range(2, 1509, 2)))
        self.assertEqual({int(row[1]) for row in rows}, set(range(200)))
        self.assertIn("200 of 361 neurons, evenly chosen, one tick in 2'", self.read("pictures", "report.gp"))

    @unittest.skipIf(SANITIZED, "sanitizers keep memory of their own")
    def test_nothing_is_kept_for_a_picture_nobody_asked_for(self):
        """A picture of a trial of 4000 ticks holds 1000 of them, of 200 neurons; the trial's inputs alone are needed."""
        peaks = []
        for delay in [10, 4000]:
            one = [*TINY, "--trials", "1", "--tests", "0", "--control", "none", "--delay", str(delay)]
            peaks.append(peak_bytes(*one, cwd=self.folder))
        self.assertLess(peaks[1] - peaks[0], 1000 * 200 * 4, peaks)
        self.assertEqual(os.listdir(self.folder), [])

    def test_no_name_from_outside_is_taken_for_another_language(self):
        names = [
            "a b", "-e", "-eprint(1)", "a'; system(\"touch pwned\"); print '", "`touch pwned`", '"; ! touch pwned',
            "a\\", "#", "%s%n", "\u00fc", "a\nb",
        ]
        for name in names:
            result = subprocess.run(
                [PRAXIS, *TINY, "--trials", "1", "--report=" + name],
                cwd=self.folder, capture_output=True, text=True, check=False,
            )
            self.assertEqual(result.returncode, 0, (name, result.stderr))
            self.assertEqual(sorted(os.listdir(self.path(name))), sorted(DATA + PICTURES))
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(names))

    def test_files_that_stand_there_are_replaced_and_links_not_followed(self):
        precious = self.write("precious", "keep\n", 0o600)
        os.mkdir(self.path("pictures"))
        for name in DATA + PICTURES:
            os.symlink(precious, self.path("pictures", name))
        self.write("pictures/notes", "mine\n")
        result = self.train(self.path("pictures"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.read("precious"), "keep\n")
        self.assertEqual(self.read("pictures", "notes"), "mine\n")
        for name in DATA + PICTURES:
            self.assertTrue(stat.S_ISREG(os.lstat(self.path("pictures", name)).st_mode), name)
        self.assertEqual(sorted(os.listdir(self.path("pictures"))), sorted(DATA + PICTURES + ["notes"]))

    def test_settings_of_the_user_change_nothing(self):
        self.write(".gnuplot", "set terminal dumb\nset output '/dev/null'\n")
        result = self.train(self.path("pictures"), HOME=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("</svg>", self.read("pictures", "learning.svg"))


class NoGnuplot(InAFolder):
    def test_gnuplot_is_looked_for_before_the_work(self):
        arguments = ["train", "delayed-cue", "--device", "abacus", "--report", self.path("pictures")]
        result = praxis(*arguments, environment={"PATH": self.folder})
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("--report needs gnuplot", result.stderr)
        self.assertNotIn("abacus", result.stderr)

    def test_where_it_fails_the_data_stay(self):
        self.write("gnuplot", '#!/bin/sh\n[ "$1" = -e ] && exit\necho drawn >learning.svg\nexit 3\n', 0o755)
        for json_wanted in [[], ["--json"]]:
            result = praxis(
                *TINY, "--trials", "3", "--report", self.path("pictures"), *json_wanted,
                environment={"PATH": self.folder + os.pathsep + os.environ["PATH"]},
            )
            self.assertEqual(result.returncode, 1)
            self.assertIn("gnuplot failed; the data and report.gp are in", result.stderr)
            self.assertIn("control", result.stdout)
            self.assertEqual(sorted(os.listdir(self.path("pictures"))), sorted(DATA))

    def test_what_it_prints_is_no_result(self):
        self.write("gnuplot", '#!/bin/sh\n[ "$1" = -e ] && exit\necho chatter\n'
                   ": >learning.svg >weights.svg\n"
                   ": >activations.svg >activity.svg\n", 0o755)
        result = praxis(
            *TINY, "--trials", "3", "--report", self.path("pictures"), "--json",
            environment={"PATH": self.folder + os.pathsep + os.environ["PATH"]},
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["trials"], 3)
        self.assertIn("chatter", result.stderr)


class Interrupted(InAFolder):
    @staticmethod
    def leave_little_memory():
        """What is kept of the trials must not grow with their number: a float of each alone were 8 GB."""
        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))

    def start(self, *arguments):
        """A training that would take days; returns once rows of the log are there."""
        log = self.path("log")
        os.mkfifo(log)
        command = subprocess.Popen(
            [PRAXIS, *TINY, "--trials", "1e9", "--log", log, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=None if SANITIZED else self.leave_little_memory,
        )
        rows = open(log, encoding="ascii")
        self.addCleanup(rows.close)
        self.assertTrue(rows.readline().startswith("trial,seed"))
        self.assertTrue(rows.readline().startswith("50,1,"))
        return command, rows

    def test_what_was_learned_until_then_is_kept(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            command, rows = self.start("--json")
            command.send_signal(number)
            rest = rows.read().splitlines()
            output, messages = command.communicate()
            self.assertEqual(command.returncode, 128 + number, messages)
            report = json.loads(output)
            self.assertGreaterEqual(report["trials"], 50)
            self.assertLess(report["trials"], report["asked_trials"])
            self.assertEqual(int(rest[-1].split(",")[0]) if rest else 50, report["trials"])
            self.assertIn(f"{number.name} after {report['trials']} of 1000000000 trials", messages)
            os.remove(self.path("log"))

    @unittest.skipUnless(shutil.which("gnuplot"), "SKIPPED: no gnuplot")
    def test_the_report_too(self):
        command, rows = self.start("--report", self.path("pictures"))
        command.send_signal(signal.SIGINT)
        rows.read()
        output, messages = command.communicate()
        self.assertEqual(command.returncode, 128 + signal.SIGINT, messages)
        self.assertIn("control", output)
        self.assertEqual(sorted(os.listdir(self.path("pictures"))), sorted(DATA + PICTURES))
        self.assertRegex(self.read("pictures", "report.gp"), r"1 organoid, ended after \d+ of 1000000000 trials")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""praxis run: rows that come and go, files, signals, and what is said of them. test_series.py is about what rows hold."""

import csv
import json
import math
import os
import signal
import stat
import subprocess
import tempfile
import time
import unittest

from command import DATA, PRAXIS, SANITIZED, peak_bytes, praxis

SMALL = ["--device", "reference", "--neurons", "49", "--groups", "3"]
ROWS = "a,b\n1,2\n3,4\n-1,0.5\n"
ENDLESS = ["--ticks", "1e12"]


def start(*arguments, **streams):
    """Runs beside the test; what is not given is a pipe."""
    pipes = {name: streams.pop(name, subprocess.PIPE) for name in ["stdin", "stdout", "stderr"]}
    return subprocess.Popen([PRAXIS, "run", *SMALL, *arguments], text=True, **pipes, **streams)


def finish(run):
    """What is left of its outputs; unlike communicate() with what readline() has read ahead."""
    with run:
        run.stdin.close()
        return run.stdout.read(), run.stderr.read()


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def names(self):
        return sorted(os.listdir(self.folder))

    def wait_for(self, run, condition):
        """Asks until it is so, as long as the run goes on."""
        while not condition():
            self.assertIsNone(run.poll())
            time.sleep(0.01)

    def temporary(self):
        """The one file that is written beside its place."""
        return next((name for name in self.names() if name.startswith("out.csv.")), None)


class Rows(Folder):
    def test_rows_in_rows_out(self):
        expected = None
        for arguments, stdin in [
            (["--input", "-", "--output", "-"], ROWS),
            (["--input", "/dev/stdin", "--output", "/dev/stdout"], ROWS),
            (["--input", self.write("in.csv", ROWS), "--output", "-"], ""),
            (["--input", self.path("in.csv"), "--output", "-", "--ticks", "3"], ""),
        ]:
            result = praxis("run", *SMALL, *arguments, stdin=stdin)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("3 ticks", result.stderr)
            rows = list(csv.reader(result.stdout.splitlines()))
            self.assertEqual(rows[0], ["tick", "group0", "group1", "group2"])
            self.assertEqual([row[0] for row in rows[1:]], ["1", "2", "3"])
            expected = expected or result.stdout
            self.assertEqual(result.stdout, expected)

    def test_blocks_do_not_show(self):
        """More rows than a block has, fed at once and one by one, from a file and from a pipe."""
        rows = [f"{math.sin(i):.6f},{math.cos(i / 3):.6f}\n" for i in range(2500)]
        options = ["--learn", "--homeostasis", "--output", "-"]
        whole = praxis("run", *SMALL, *options, "--input", self.write("in.csv", "".join(rows)))
        self.assertEqual(len(whole.stdout.splitlines()), 2501)
        piped = start(*options, "--input", "-", stderr=subprocess.DEVNULL)
        self.assertEqual(piped.communicate("".join(rows))[0], whole.stdout)
        fed = start(*options, "--input", "-", stderr=subprocess.DEVNULL)
        lines = []
        for row in rows[:50]:
            fed.stdin.write(row)
            fed.stdin.flush()
            lines += [fed.stdout.readline()] if lines else [fed.stdout.readline(), fed.stdout.readline()]
        self.assertEqual(lines, whole.stdout.splitlines(keepends=True)[:51])  # each was answered before the next
        self.assertEqual("".join(lines) + fed.communicate("".join(rows[50:]))[0], whole.stdout)

    def test_ticks_bound_an_endless_input(self):
        for options in [[], ["--standardise"]]:
            endless = subprocess.Popen(["yes", "0.5"], stdout=subprocess.PIPE)
            result = start("--input", "-", "--output", "-", "--ticks", "1000", *options, stdin=endless.stdout)
            endless.stdout.close()
            output, errors = result.communicate()
            endless.wait()
            self.assertEqual((result.returncode, len(output.splitlines())), (0, 1001), errors)

    @unittest.skipIf(SANITIZED, "sanitizers keep memory of their own")
    def test_nothing_is_kept_of_a_tick(self):
        """Of neither rows nor outputs, asked for or not: a long run needs the memory of a short one."""
        for options in [[], ["--input", "-", "--output", "/dev/null"]]:
            peaks = []
            for ticks in [1000, 100000]:
                with subprocess.Popen(["yes", "0.5"], stdout=subprocess.PIPE) as endless:
                    peaks.append(peak_bytes("run", *SMALL, *options, "--ticks", str(ticks), stdin=endless.stdout))
                    endless.stdout.close()
            self.assertLess(peaks[1] - peaks[0], 100000 * 4, (options, peaks))

    def test_ticks_beyond_the_rows_are_told(self):
        for source, stdin in [("-", ROWS), (self.write("in.csv", ROWS), "")]:
            result = praxis("run", *SMALL, "--input", source, "--ticks", "1000", stdin=stdin)
            self.assertEqual(result.returncode, 0)
            self.assertIn("--ticks is 1000, the input has 3 rows", result.stderr)

    def test_standardised_alike_from_file_and_pipe(self):
        rows = "x,m\n" + "".join(f"{math.exp(i % 7)},{i % 3 / 4}\n" for i in range(60))
        options = ["--standardise", "--output", "-", "--learn", "--modulator", "m"]
        whole = praxis("run", *SMALL, *options, "--input", self.write("in.csv", rows))
        self.assertEqual(whole.returncode, 0, whole.stderr)
        spool = {"TMPDIR": self.path("spool")}
        os.mkdir(spool["TMPDIR"])
        self.assertEqual(praxis("run", *SMALL, *options, "--input", "-", stdin=rows, environment=spool).stdout, whole.stdout)
        self.assertEqual(os.listdir(spool["TMPDIR"]), [])
        nowhere = praxis("run", *SMALL, *options, "--input", "-", stdin=rows, environment={"TMPDIR": "/nowhere"})
        self.assertEqual(nowhere.returncode, 1)
        self.assertIn("/nowhere/praxis.", nowhere.stderr)
        values = [math.exp(i % 7) for i in range(60)]
        mean = sum(values) / 60
        deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / 60)
        standard = "x,m\n" + "".join(f"{(v - mean) / deviation!r},{i % 3 / 4}\n" for i, v in enumerate(values))
        plain = [option for option in options if option != "--standardise"]
        self.assertEqual(praxis("run", *SMALL, *plain, "--input", "-", stdin=standard).stdout, whole.stdout)

    def test_a_value_that_standardising_sends_out_of_bounds(self):
        text = "x\n" + "0\n" * 99 + "1\n"
        result = praxis("run", *SMALL, "--input", "-", "--standardise", "--set", "input_scale=32", stdin=text)
        self.assertEqual(result.returncode, 1)
        self.assertIn('row 100 (line 101), column 1 "x" is 9.94987 when standardised, must be within +-8', result.stderr)

    def test_a_file_is_read_from_where_it_stands(self):
        with open(self.write("in.csv", "ignore this line\n" + ROWS), encoding="ascii") as file:
            os.lseek(file.fileno(), len("ignore this line\n"), os.SEEK_SET)
            result = start("--input", "-", "--output", "-", "--standardise", stdin=file)
            output, errors = result.communicate()
        self.assertEqual(result.returncode, 0, errors)
        self.assertEqual(output, praxis("run", *SMALL, "--input", "-", "--output", "-", "--standardise", stdin=ROWS).stdout)

    def test_a_faulty_row_of_a_file_is_found_before_the_first_tick(self):
        self.write("out.csv", "precious\n")
        bad = self.write("bad.csv", "1\n2\nthree\n")
        result = praxis("run", *SMALL, "--input", bad, "--output", self.path("out.csv"))
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{bad}: row 3 (line 3)", result.stderr)
        self.assertEqual(self.read("out.csv"), "precious\n")
        self.assertEqual(self.names(), ["bad.csv", "out.csv"])

    def test_rows_before_a_faulty_one_of_a_pipe_are_kept(self):
        result = praxis("run", *SMALL, "--input", "-", "--output", self.path("out.csv"), stdin="1\n2\nthree\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard input: row 3 (line 3)", result.stderr)
        self.assertIn("has the rows of the 2 ticks until then", result.stderr)
        self.assertEqual(len(self.read("out.csv").splitlines()), 3)
        self.assertEqual(self.names(), ["out.csv"])

    def test_device_equals_reference(self):
        text = "".join(f"{math.sin(i)},{math.cos(i / 3)}\n" for i in range(40))
        options = ["--input", "-", "--output", "-", "--learn", "--homeostasis", "--factor", "centred"]
        self.assertEqual(
            praxis("run", *options, stdin=text).stdout,
            praxis("run", *options, "--device", "reference", stdin=text).stdout,
        )

    def test_sunspots(self):
        path = os.path.join(DATA, "sunspots.csv")
        result = praxis(
            "run", "--input", path, "--columns", "SUNACTIVITY", "--standardise", "--output", self.path("out.csv"), "--json"
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        rows = list(csv.DictReader(self.read("out.csv").splitlines()))
        self.assertEqual((report["channels"], report["ticks"], len(rows)), (1, 309, 309))
        self.assertFalse(report["interrupted"])
        self.assertGreater(len({row["group0"] for row in rows}), 250)

    def test_learning_changes_weights_and_no_learning_does_not(self):
        def variance(*options):
            return json.loads(praxis("run", "--ticks", "200", "--json", *options).stdout)["weights"]["variance"]

        self.assertEqual(variance("--no-learn"), variance())
        self.assertNotEqual(variance("--learn", "--modulator", "0.5"), variance())

    def test_writing_does_not_change_the_run(self):
        reports = [
            json.loads(praxis("run", *SMALL, "--ticks", "50", "--learn", "--json", *output).stdout)
            for output in [[], ["--output", self.path("out.csv")]]
        ]
        self.assertEqual(*[(report["activations"], report["weights"], report["state_hash"]) for report in reports])


class Files(Folder):
    def run_to(self, path, **streams):
        return subprocess.run(
            [PRAXIS, "run", *SMALL, "--ticks", "3", "--output", path],
            stderr=subprocess.PIPE, text=True, check=False, **{"stdout": subprocess.PIPE, **streams},
        )

    def setUp(self):
        super().setUp()
        self.expected = praxis("run", *SMALL, "--ticks", "3", "--output", "-").stdout
        self.assertEqual(len(self.expected.splitlines()), 4)

    def test_what_cannot_be_written_is_found_before_anything_is_read(self):
        os.mkdir(self.path("folder"))
        for path, words in [
            ("/nowhere/out.csv", "No such file"),
            (self.path("folder"), "Is a directory"),
            (self.path("folder") + "/", "Is a directory"),
            (self.path("new") + "/", "No such file"),
            (self.path("x" * 300), "File name too long"),
        ]:
            result = start("--input", "-", "--device", "abacus", "--output", path)
            _, errors = result.communicate()
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"{path}: cannot be written: {words}", errors)
            self.assertNotIn("abacus", errors)
        self.assertEqual(self.names(), ["folder"])

    @unittest.skipIf(os.geteuid() == 0, "root may write everything")
    def test_a_protected_file_is_not_replaced(self):
        os.chmod(self.write("out.csv", "precious\n"), 0o400)
        result = self.run_to(self.path("out.csv"))
        self.assertIn("Permission denied", result.stderr)
        self.assertEqual((result.returncode, self.read("out.csv"), self.names()), (1, "precious\n", ["out.csv"]))

    def test_modes_and_links(self):
        long = "y" * 250
        os.chmod(self.write("old", "old\n"), 0o604)
        os.symlink("old", self.path("link"))
        os.symlink("target", self.path("dangling"))
        os.symlink(self.path("dangling"), self.path("twice"))
        for name, real, mode in [
            ("link", "old", 0o604),
            ("old", "old", 0o604),
            ("twice", "target", 0o640),
            (long, long, 0o640),
        ]:
            result = self.run_to(self.path(name), umask=0o027)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(self.read(real), self.expected)
            self.assertEqual(stat.S_IMODE(os.stat(self.path(real)).st_mode), mode)
        self.assertTrue(all(os.path.islink(self.path(name)) for name in ["link", "dangling", "twice"]))
        self.assertEqual(self.names(), sorted(["old", "link", "dangling", "twice", "target", long]))
        result = self.run_to("relative.csv", cwd=self.folder)
        self.assertEqual((result.returncode, self.read("relative.csv")), (0, self.expected))

    def test_pipes_are_opened_once(self):
        source, sink = self.path("in"), self.path("out")
        os.mkfifo(source)
        os.mkfifo(sink)
        run = start("--input", source, "--output", sink)
        with open(source, "w", encoding="ascii") as rows:  # who feeds rows may want to see the output open first
            with open(sink, encoding="ascii") as outputs:
                rows.write(ROWS)
                rows.close()
                self.assertEqual(len(outputs.read().splitlines()), 4)
        _, errors = run.communicate()
        self.assertEqual(run.returncode, 0, errors)
        self.assertTrue(stat.S_ISFIFO(os.stat(sink).st_mode))

    def test_standard_output_goes_on_where_it_stands(self):
        for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]:
            self.write("all", "before\n")
            with open(self.path("all"), "a", encoding="ascii") as file:
                self.assertEqual(self.run_to(name, stdout=file).returncode, 0)
            self.assertEqual(self.read("all"), "before\n" + self.expected)
        with open(self.write("all", ""), "w", encoding="ascii") as file:
            result = self.run_to(f"/dev/fd/{file.fileno()}", pass_fds=[file.fileno()])
        self.assertEqual((result.returncode, self.read("all")), (0, self.expected))
        self.assertEqual(self.names(), ["all"])
        self.assertIn("3 ticks", result.stdout)
        self.assertEqual(self.run_to("/dev/null").returncode, 0)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_a_file_is_not_read_and_written(self):
        self.write("a.csv", ROWS)
        os.symlink("a.csv", self.path("link"))
        os.link(self.path("a.csv"), self.path("hard"))
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("pipe"))
        for source, output in [
            ("a.csv", "a.csv"), ("a.csv", "./folder/../a.csv"), ("a.csv", "link"), ("link", "a.csv"), ("hard", "a.csv"),
            (self.path("a.csv"), "a.csv"), ("-", "a.csv"), ("/dev/stdin", "hard"), ("/dev/fd/0", "link"), ("pipe", "pipe"),
        ]:
            with open(self.path("a.csv"), encoding="ascii") as file:
                result = start("--input", source, "--output", output, stdin=file, cwd=self.folder)
                _, errors = result.communicate()
            self.assertEqual(result.returncode, 2, (source, output))
            self.assertIn("are the same file", errors)
        with open(self.path("a.csv"), "a", encoding="ascii") as file:
            for arguments, words in [
                (["--input", self.path("a.csv"), "--output", "-"], "are the same file"),
                (["--output", self.path("hard")], "where standard output goes"),
            ]:
                result = start(*arguments, stdout=file)
                self.assertIn(words, result.communicate()[1])
                self.assertEqual(result.returncode, 2)
        self.assertEqual(self.read("a.csv"), ROWS)

    def test_results_survive_a_place_that_vanished(self):
        run = start("--input", "-", "--output", self.path("out.csv"))
        self.wait_for(run, self.temporary)
        os.mkdir(self.path("out.csv"))
        _, errors = run.communicate(ROWS)
        self.assertEqual(run.returncode, 1)
        self.assertIn(f"what was written is in {self.path(self.temporary())}", errors)
        self.assertEqual(len(self.read(self.temporary()).splitlines()), 4)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_disk_ends_the_run(self):
        for path, stdout in [("/dev/full", subprocess.PIPE), ("-", open("/dev/full", "w", encoding="ascii"))]:
            run = start(*ENDLESS, "--output", path, stdout=stdout)
            _, errors = run.communicate()
            self.assertEqual(run.returncode, 1)
            self.assertIn("No space left", errors)
            self.assertEqual(errors.count("cannot"), 1, errors)
        stdout.close()


class Signals(Folder):
    def test_what_was_done_is_kept(self):
        for number, code in [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]:
            self.write("out.csv", "old\n")
            run = start("--input", "-", "--output", self.path("out.csv"), "--json")
            run.stdin.write("1\n2\n3\n")
            run.stdin.flush()
            self.wait_for(run, lambda: self.temporary() and self.read(self.temporary()).count("\n") == 4)
            self.assertEqual(self.read("out.csv"), "old\n")
            run.send_signal(number)
            report, errors = run.communicate()
            self.assertEqual(run.returncode, code, errors)
            self.assertIn(f"stopped by {signal.Signals(number).name} after 3 ticks", errors)
            self.assertEqual(len(self.read("out.csv").splitlines()), 4)
            self.assertEqual(self.names(), ["out.csv"])
            self.assertEqual([json.loads(report)[key] for key in ["ticks", "interrupted"]], [3, True])

    def test_a_run_that_has_not_begun_leaves_nothing(self):
        for held in [False, True]:  # before the network is there, and waiting for its first row
            self.write("out.csv", "old\n")
            run = start("--input", "-", "--output", self.path("out.csv"))
            self.wait_for(run, self.temporary)
            run.send_signal(signal.SIGTERM)
            run.communicate("" if held else None)
            self.assertEqual(run.returncode, -signal.SIGTERM)
            self.assertEqual((self.names(), self.read("out.csv")), (["out.csv"], "old\n"))

    def test_a_free_run_can_be_stopped(self):
        run = start(*ENDLESS, "--output", "-")
        self.assertTrue(run.stdout.readline().startswith("tick,"))
        run.send_signal(signal.SIGINT)
        output, errors = finish(run)
        self.assertEqual(run.returncode, 130)
        ticks = len(output.splitlines())
        self.assertRegex(errors, f"stopped by SIGINT after {ticks} ticks?\n")
        self.assertTrue(output.endswith("\n"))

    def test_a_second_signal_ends_at_once(self):
        os.mkfifo(self.path("pipe"))
        run = start(*ENDLESS, "--output", self.path("pipe"))
        with open(self.path("pipe"), encoding="ascii") as pipe:  # nobody reads it: the run waits to write
            pipe.readline()
            run.send_signal(signal.SIGINT)
            run.send_signal(signal.SIGTERM)
            run.communicate()
        self.assertIn(run.returncode, [-signal.SIGINT, -signal.SIGTERM])  # whichever was the second

    def test_a_reader_that_goes_is_no_fault_to_tell(self):
        run = start(*ENDLESS, "--output", "-")
        run.stdout.readline()
        run.stdout.close()
        self.assertEqual((run.stderr.read(), run.wait()), ("", 1))
        run.stderr.close()
        run.stdin.close()

    def test_a_signal_that_is_ignored_stays_so(self):
        command = "trap '' HUP; exec \"$@\""
        run = subprocess.Popen(
            ["sh", "-c", command, "sh", PRAXIS, "run", *SMALL, "--input", "-", "--output", "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        run.stdin.write("1\n")
        run.stdin.flush()
        self.assertTrue(run.stdout.readline().startswith("tick,"))
        run.send_signal(signal.SIGHUP)
        run.stdin.write("2\n3\n")
        output, _ = finish(run)
        self.assertEqual((run.returncode, len(output.splitlines())), (0, 3))


class Words(unittest.TestCase):
    def test_groups(self):
        def header(groups):
            result = praxis("run", "--ticks", "1", *SMALL[:4], "--groups", groups, "--output", "-")
            self.assertEqual(result.returncode, 0, result.stderr)
            return next(csv.reader(result.stdout.splitlines()))[1:]

        self.assertEqual(header("2"), ["group0", "group1"])
        self.assertEqual(len(header("49")), 49)
        self.assertEqual(header("a=0:49,b=48:1"), ["a", "b"])
        self.assertEqual(header('a b=0:49,"c,d=48:1", é=1e1:2'), ["a b", "c,d", "é"])
        self.assertEqual(header('""" say""=0:1"'), ['" say"'])
        self.assertEqual(header("a=b=0:1"), ["a=b"])
        for groups, words in [
            ("0", "--groups is 0, must be from 1 to 49"),
            ("50", "--groups is 50, must be from 1 to 49"),
            ("1e18", "must be from 1 to 49"),
            ("-1", '"-1"'),
            ("", '""'),
            ("2.5", '"2.5"'),
            ("many", '"many"'),
            ("a=0", '"a=0", must be a number or NAME=FIRST:COUNT'),
            ("=0:1", "of 0 bytes"),
            ("x" * 64 + "=0:1", "of 64 bytes, must have 1 to 63"),
            ("a=0:1,a=1:1", 'two groups "a"'),
            ("a=0:1,", '"", must be'),
            ("a=49:1", 'begins at neuron "49", there are 0 to 48'),
            ("a=-1:1", 'begins at neuron "-1"'),
            ("a=18446744073709551615:2", "there are 0 to 48"),
            ("a=40:10", 'has "10" neurons from 40 on, there are 1 to 9'),
            ("a=40:18446744073709551615", "there are 1 to 9"),
            ("a=40:0", "there are 1 to 9"),
            ("a=1:2x", '"2x"'),
            ('"a=1:2', "misplaced quote"),
            (",".join(f"g{i}=0:1" for i in range(1025)), "1025 groups, must have 1 to 1024"),
        ]:
            for output in [[], ["--output", "/dev/null"]]:
                result = praxis("run", *SMALL[:4], "--groups", groups, *output)
                self.assertEqual((result.returncode, result.stdout), (2, ""), groups)
                self.assertIn(words, result.stderr)

    def test_what_is_for_input_needs_input(self):
        for arguments, words in [
            (["--columns", "a"], '--columns is "a", but there is no --input'),
            (["--separator", ";"], "--separator is"),
            (["--header", "no"], "--header is"),
            (["--missing", "hold"], "--missing is"),
            (["--standardise"], "--standardise is for an --input"),
            (["--modulator", "reward"], '"reward", must be a number'),
            (["--output", "-", "--json"], "both want standard output"),
            (["--output", "/dev/stdout", "--json"], "both want standard output"),
        ]:
            result = praxis("run", *SMALL, *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertIn(words, result.stderr)


if __name__ == "__main__":
    unittest.main()

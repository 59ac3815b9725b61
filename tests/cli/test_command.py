#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The praxis command as a user meets it: output, files, messages and exit codes."""

import collections
import csv
import json
import math
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from command import COMMANDS, MANUAL, POCL, PRAXIS, praxis


class Usage(unittest.TestCase):
    def test_help(self):
        for arguments in [["--help"]] + [[command, "--help"] for command in COMMANDS]:
            result = praxis(*arguments)
            self.assertEqual(result.returncode, 0, arguments)
            self.assertIn("Usage: praxis", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_help_lists_parameters_with_bounds(self):
        self.assertRegex(praxis("run", "--help").stdout, r"trace_decay .*0 to 0\.999")

    def test_wrong_usage_is_2_and_named(self):
        for arguments, words in [
            ([], "Usage"),
            (["dance"], '"dance"'),
            (["graph"], "--neurons is needed"),
            (["graph", "--neurons"], "needs a value"),
            (["graph", "--neurons", "many"], '"many"'),
            (["graph", "--neurons", "100.5"], '"100.5"'),
            (["graph", "--neurons", "nan"], '"nan"'),
            (["graph", "--neurons", "1e400"], '"1e400", must be a whole number from 49 to 1073741824'),
            (["graph", "--neurons", "-1"], '"-1", must be'),
            (["graph", "--neurons", "0x100"], '"0x100", must be'),
            (["run", "--seed", "18446744073709551616"], "must be a whole number from 0 to 18446744073709551615"),
            (["tune", "--seconds", "0x10000000"], "must be a number from 0.1 to 1000000"),
            (["graph", "--neurons", "4"], '--neurons is "4", must be a whole number from 49'),
            (["graph", "--neurons", "100", "--degree-factor", "5"], '--degree-factor is "5", must be a whole number from 1 to 4'),
            (["graph", "--neurons", "100", "--colour"], "--colour"),
            (["graph", "--neurons", "100", "extra"], '"extra"'),
            (["graph", "--neurons", "100", "--edges", "-", "--json"], "standard output"),
            (["plan", "--neurons", "1e6", "--device-memory", "12QB"], '"12QB"'),
            (["plan", "--neurons", "1e6", "--bandwidth", "-1GB/s"], '"-1GB/s"'),
            (["train"], "delayed-cue"),
            (["train", "juggling"], '"juggling"'),
            (["train", "delayed-cue", "--rule", "magic"], '"magic"'),
            (["train", "delayed-cue", "--neurons", "100"], "above 160"),
            (["train", "delayed-cue", "--set", "gain=9"], 'gain is "9", must be a number from 0 to 7.5'),
            (["train", "delayed-cue", "--set", "gain=nan"], 'gain is "nan"'),
            (["train", "delayed-cue", "--set", "charm=1"], '"charm"'),
            (["train", "delayed-cue", "--trace-form", "wide"], '"wide", must be stored or window'),
            (["run", "--trace-form", "wide"], '"wide", must be stored or window'),
            (["run", "--trace-window", "0"], "from 1 to 128"),
            (["train", "delayed-cue", "--trace-window", "129"], "from 1 to 128"),
            (["run", "--set", "gain"], "NAME=VALUE"),
            (["run", "--learn", "--no-learn"], "exclude"),
            (["run", "--factor", "lucky"], '--factor is "lucky", must be post, centred, noise, slope or supplied'),
            (["run", "--factor", "supplied"], "nobody here to supply"),
            (["run", "--set", "channels=2"], "praxis run decides channels by itself"),
            (["train", "delayed-cue", "--set", "factor=post"], "decides factor by itself"),
            (["run", "--groups", "a=900:100"], "there are 1 to 61"),
            (["run", "--groups", "0"], "--groups is 0"),
            (["run", "--neurons", "4"], '"4", must be a whole number from 49'),
            (["run", "--learn", "--modulator", "nan"], '"nan"'),
            (["run", "--modulator", "reward"], '"reward"'),
            (["tune", "--neurons", "961,4"], '"961,4", must be whole numbers from 49'),
            (["tune", "--neurons", "961,"], '"961,"'),
            (["tune", "--neurons", ",".join(["49"] * 17)], "more than 16"),
            (["tune", "--seconds", "0"], "0.1 to"),
            (["tune", "--store", "rows=8", "--no-cache"], "exclude"),
        ]:
            result = praxis(*arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stderr))
            self.assertIn(words, result.stderr, arguments)
            self.assertEqual(result.stdout, "", arguments)

    def test_version(self):
        self.assertRegex(praxis("--version").stdout, r"^praxis \d+\.\d+\.\d+\n$")


class Cache(unittest.TestCase):
    """
    Where compiled kernels are kept, on a driver of which they are: the first device's, or oclgrind's. See
    tests/unit/test_kept.c for what may be wrong with an entry.
    """

    ENTRIES = 2  # the network's program, and that of the test of its dot product path

    def setUp(self):
        first = json.loads(praxis("devices", "--json").stdout)["devices"][0]
        self.prefix = []
        if first["type"] == "reference" or first["platform"] == POCL:
            self.prefix = [shutil.which("oclgrind")]
            if not self.prefix[0]:
                self.skipTest("SKIPPED: no driver of which programs are kept, and no oclgrind")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(os.path.join(self.folder, "own"))

    def praxis(self, *arguments, environment):
        return praxis(*arguments, environment=environment, prefix=self.prefix)

    def environment(self, **changes):
        own = os.path.join(self.folder, "own")  # a driver's cache, which may lie in XDG_CACHE_HOME too
        return {"PRAXIS_VERBOSE": "1", "POCL_CACHE_DIR": own, "XDG_CACHE_HOME": self.folder, **changes}

    def run_network(self, *arguments, **changes):
        result = self.praxis(
            "run", "--ticks", "3", "--neurons", "49", "--output", "-", *arguments,
            environment=self.environment(**changes),
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        kept = result.stderr.count("kept from an earlier start")
        self.assertIn(kept, [0, self.ENTRIES], result.stderr)
        self.assertEqual(kept + result.stderr.count("compiled from source"), self.ENTRIES, result.stderr)
        return result.stdout, kept > 0

    def entries(self, *path):
        folder = os.path.join(self.folder, *(path or ["praxis"]))
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else None

    def test_the_second_start_needs_no_compiler(self):
        first = self.run_network()
        entries = self.entries()
        self.assertEqual(len(entries), self.ENTRIES)
        second = self.run_network()
        self.assertEqual((first[0], False, True), (second[0], first[1], second[1]))
        self.assertEqual(self.entries(), entries)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.folder, "praxis")).st_mode), 0o700)

    def test_no_cache(self):
        output = self.run_network("--no-cache")
        self.assertFalse(output[1])
        self.assertIsNone(self.entries())
        self.run_network()
        entries = self.entries()
        self.assertEqual(self.run_network("--no-cache"), output)  # nor is what is there used
        self.assertEqual(self.entries(), entries)

    def test_every_command_that_opens_a_device_has_no_cache(self):
        for command in ["run", "train", "tune", "selftest"]:
            self.assertIn("--no-cache", praxis(command, "--help").stdout)
        one = ["--trials", "1", "--tests", "1", "--seeds", "1", "--neurons", "169", "--control", "none"]
        result = self.praxis("train", "delayed-cue", *one, "--no-cache", environment=self.environment())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIsNone(self.entries())

    def test_the_environment_says_where(self):
        home = {"HOME": os.path.join(self.folder, "home"), "XDG_CACHE_HOME": ""}
        for changes, path in [
            ({}, [self.folder, "praxis"]),
            (home, [home["HOME"], ".cache", "praxis"]),
            ({**home, "XDG_CACHE_HOME": "relative"}, [home["HOME"], ".cache", "praxis"]),
        ]:
            environment = self.environment(**changes)
            report = json.loads(praxis("devices", "--json", environment=environment).stdout)
            self.assertEqual(report["cache_directory"], os.path.join(*path))
            self.assertIn(os.path.join(*path), praxis("devices", environment=environment).stdout)
            self.run_network(**changes)
            self.assertEqual(len(os.listdir(os.path.join(*path))), self.ENTRIES)
        nowhere = {"XDG_CACHE_HOME": "", "HOME": ""}
        self.assertEqual(json.loads(praxis("devices", "--json", environment=nowhere).stdout)["cache_directory"], "")
        self.assertFalse(self.run_network(**nowhere)[1])

    def test_a_cache_that_cannot_be_is_a_warning(self):
        file = os.path.join(self.folder, "file")
        with open(file, "w", encoding="ascii") as made:
            made.write("no folder\n")
        result = self.praxis("run", "--ticks", "1", "--neurons", "49", environment={"XDG_CACHE_HOME": file})
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count("warning"), 1, result.stderr)
        self.assertIn(file, result.stderr)

    def test_processes_at_once_on_a_cold_cache(self):
        """None has anything to start from, the driver's own cache included; all write one entry."""
        commands = []
        for number in range(4):
            driver = os.path.join(self.folder, f"driver-{number}")
            os.mkdir(driver)
            commands.append(
                subprocess.Popen(
                    [*self.prefix, PRAXIS, "run", "--ticks", "3", "--neurons", "49", "--output", "-"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env={**os.environ, **self.environment(POCL_CACHE_DIR=driver)},
                )
            )
        results = [command.communicate() for command in commands]
        self.assertEqual([command.returncode for command in commands], [0] * 4, results)
        self.assertFalse([text for _, text in results if "warning" in text])
        self.assertEqual(len(self.entries()), self.ENTRIES)
        after = self.run_network()
        self.assertEqual({output for output, _ in results}, {after[0]})
        self.assertTrue(after[1])


class DriversOwnCache(unittest.TestCase):
    def test_nothing_is_kept_of_what_pocl_compiles(self):
        first = json.loads(praxis("devices", "--json").stdout)["devices"][0]
        if first["platform"] != POCL:
            self.skipTest("the best device is not PoCL's")
        with tempfile.TemporaryDirectory() as folder:
            environment = {"PRAXIS_VERBOSE": "1", "XDG_CACHE_HOME": folder, "POCL_CACHE_DIR": os.path.join(folder, "own")}
            os.mkdir(environment["POCL_CACHE_DIR"])
            run = ["run", "--ticks", "20", "--neurons", "49", "--output", "-"]
            results = [praxis(*run, environment=environment) for _ in range(2)]
            self.assertEqual([result.returncode for result in results], [0, 0], results)
            self.assertEqual(results[0].stdout, results[1].stdout)
            self.assertIn("keeps what it compiles in a place of its own", results[0].stderr)
            self.assertEqual(os.listdir(folder), ["own"])
            self.assertTrue(os.listdir(environment["POCL_CACHE_DIR"]))


class Tune(unittest.TestCase):
    """Tunings of networks of 49 neurons; see tests/unit/test_tuning.c for what may be wrong with a stored one."""

    SIZE = ["--neurons", "49"]

    def setUp(self):
        if json.loads(praxis("devices", "--json").stdout)["devices"][0]["type"] == "reference":
            self.skipTest("SKIPPED: no OpenCL device")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.environment = {"PRAXIS_VERBOSE": "1", "XDG_CACHE_HOME": folder.name}
        self.directory = os.path.join(folder.name, "praxis")

    def tune(self, *arguments):
        return praxis("tune", *self.SIZE, *arguments, environment=self.environment)

    def stored(self):
        names = os.listdir(self.directory) if os.path.isdir(self.directory) else []
        return [name for name in names if name.endswith(".tuning")]

    def run_network(self, *arguments):
        """What a network puts out, and the tuning it says it takes."""
        result = praxis("run", "--ticks", "20", "--output", "-", *self.SIZE, *arguments, environment=self.environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout, re.search(r"tuning of 49 neurons, replicas 1: (.*)", result.stderr).group(1)

    def test_what_is_stored_is_used(self):
        output, tuning = self.run_network()
        self.assertEqual(tuning, "chosen automatically")
        self.assertEqual(self.tune("--store", "resident=0,strip=3").returncode, 0)
        self.assertEqual(len(self.stored()), 1)
        for arguments, expected in [
            ([], "stored for this device: resident=0,strip=3"),
            (["--no-cache"], "chosen automatically"),
            (["--tuning", "resident=0"], "given by the caller"),
            (["--trace-window", "8"], "chosen automatically"),
            (["--trace-form", "window"], "chosen automatically"),
        ]:
            again, tuning = self.run_network(*arguments)
            self.assertEqual(tuning, expected, arguments)
            self.assertEqual(again, output, arguments)
        self.assertEqual(self.tune("--store", "").returncode, 0)
        self.assertEqual(self.stored(), [])
        self.assertEqual(self.run_network(), (output, "chosen automatically"))

    def test_what_is_measured_is_stored(self):
        output, _ = self.run_network()
        result = self.tune("--seconds", "3", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        (size,) = json.loads(result.stdout)["sizes"]
        self.assertEqual((size["neurons"], size["replicas"], size["trace_window"], size["wrong"]), (49, 1, 16, 0))
        self.assertEqual(size["outcome"], "stored" if size["tuning"] else "nothing stored")
        self.assertEqual(len(self.stored()), 1 if size["tuning"] else 0)
        for name in ["automatic", "best"]:
            self.assertGreater(size[name]["inference_seconds"], 0)
            self.assertGreater(size[name]["learning_seconds"], 0)
        self.assertTrue(size["candidates"])
        for candidate in size["candidates"]:
            self.assertGreater(candidate["ratio"], 0, candidate)
        if size["tuning"]:
            self.assertGreater(size["gain"], 0.03)
            self.assertIn(size["tuning"], [candidate["tuning"] for candidate in size["candidates"]])
        expected = f"stored for this device: {size['tuning']}" if size["tuning"] else "chosen automatically"
        self.assertEqual(self.run_network(), (output, expected))

    def test_without_the_cache_nothing_is_stored(self):
        result = self.tune("--seconds", "1", "--no-cache")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"\(not stored; [1-9]")
        self.assertEqual(self.stored(), [])

    def break_kernel(self, kernel, launches, shape=None):
        """What is said of a device on which this kernel does nothing after so many launches for each network: those
        with which the library compares a network when it makes it. With a shape, only in programs of that option."""
        self.environment |= {"LD_PRELOAD": os.path.join(os.environ["FAKE_DRIVERS"], "broken_calls.so")}
        self.environment |= {"BROKEN_KERNEL": kernel, "BROKEN_FROM": str(launches + 1)}
        if shape:
            self.environment["BROKEN_SHAPE"] = shape
        result = self.tune("--seconds", "0.1", "--json")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(self.stored(), [])
        return result

    def test_other_bits_than_the_references(self):
        """Of every network, of those of the size measured in every form, and of those in another than the automatic."""
        result = self.break_kernel("learn", 4)
        self.assertIn("differs from the reference, nothing is measured", result.stderr)
        self.assertEqual(result.stdout, "")
        result = self.break_kernel("learn", 4, "-DPRIME=7u")
        self.assertIn("the automatic tuning GIVES OTHER BITS than the reference", result.stderr)
        self.assertEqual(json.loads(result.stdout)["sizes"], [])
        result = self.break_kernel("tick", 22, "-DPRIME=7u")
        self.assertIn("resident=0 GIVES OTHER BITS than the reference or the automatic tuning", result.stderr)
        (size,) = json.loads(result.stdout)["sizes"]
        self.assertGreater(size["wrong"], 0)
        self.assertEqual(size["candidates"][0], {"tuning": "resident=0", "ratio": 0})

    def test_what_is_wrong_is_said(self):
        for arguments, code, words in [
            (["--store", "rows=7"], 2, "rows is 7, must be a power of two from 1 to 16"),
            (["--store", "colour=1"], 2, '"colour=1"'),
            (["--device", "reference"], 1, "cannot be tuned"),
        ]:
            result = self.tune(*arguments)
            self.assertEqual(result.returncode, code, (arguments, result.stderr))
            self.assertIn(words, result.stderr)
        self.assertEqual(self.stored(), [])


class Graph(unittest.TestCase):
    def test_edges_agree_with_the_report_and_the_formula(self):
        for neurons, factor in [(49, 1), (100, 2), (361, 3), (500, 4)]:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "edges.csv")
                result = praxis(
                    "graph", "--neurons", str(neurons), "--degree-factor", str(factor), "--json", "--edges", path
                )
                report = json.loads(result.stdout)
                with open(path, encoding="ascii") as file:
                    rows = list(csv.DictReader(file))
                self.assertEqual(os.listdir(folder), ["edges.csv"])
            edges = [(int(row["post"]), int(row["pre"])) for row in rows]
            p, degree = report["prime"], report["degree"]
            expected = {
                (a * p + b, (a + t) % p * p + (b + s * t * t) % p)
                for a in range(p)
                for b in range(p)
                for t in range(1, p)
                for s in report["slopes"]
            }
            self.assertEqual(set(edges), expected)
            self.assertEqual(len(edges) - len(set(edges)), report["duplicate_edges"])
            self.assertEqual(sum(post == pre for post, pre in edges), report["self_loops"])
            self.assertEqual(report["neurons"], p * p)
            self.assertGreaterEqual(report["neurons"], neurons)
            for side in (0, 1):
                self.assertEqual(set(collections.Counter(edge[side] for edge in edges).values()), {degree})
            if factor % 2 == 0:
                self.assertEqual(set(edges), {(pre, post) for post, pre in edges})
            self.assertLessEqual(report["second_eigenvalue"], report["ramanujan_bound"])
            self.assertAlmostEqual(report["ramanujan_bound"], 2 * math.sqrt(degree - 1))
            self.assertEqual(report["stored_bytes"], 0)

    def test_a_pipe_and_a_link_are_written_to_not_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe, link, real = (os.path.join(folder, name) for name in ("pipe", "link", "real"))
            os.mkfifo(pipe)
            with open(real, "w", encoding="ascii") as file:
                file.write("old\n")
            os.chmod(real, 0o600)
            os.symlink("real", link)
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            try:
                self.assertEqual(praxis("graph", "--neurons", "49", "--edges", pipe).returncode, 0)
                self.assertTrue(os.read(reader, 9).startswith(b"post,pre"))
            finally:
                os.close(reader)
            self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode))
            self.assertEqual(praxis("graph", "--neurons", "49", "--edges", link).returncode, 0)
            self.assertTrue(os.path.islink(link))
            with open(real, encoding="ascii") as file:
                self.assertEqual(file.readline(), "post,pre\n")
            self.assertEqual(stat.S_IMODE(os.stat(real).st_mode), 0o600)
            self.assertEqual(sorted(os.listdir(folder)), ["link", "pipe", "real"])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_disk_is_a_failure(self):
        # Through standard output only: a command that is wrong about special files would replace the device.
        for arguments in [["--help"], ["devices"], ["graph", "--neurons", "49"], ["plan", "--neurons", "49", "--device", "reference"]]:
            with open("/dev/full", "w", encoding="ascii") as full:
                result = subprocess.run(
                    [PRAXIS, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
                )
            self.assertEqual(result.returncode, 1, arguments)
            self.assertIn("standard output", result.stderr)

    def test_a_reader_that_has_gone_is_no_fault_to_tell(self):
        small = ["--neurons", "49", "--device", "reference"]
        commands = [
            ["--help"], ["--version"], ["devices"], ["devices", "--json"], ["graph", "--neurons", "49"],
            ["graph", "--neurons", "49", "--json"], ["graph", "--neurons", "49", "--edges", "-"], ["plan", *small],
            ["plan", *small, "--json"], ["tasks"], ["tasks", "--json"], ["run", "--ticks", "3", *small],
            ["run", "--ticks", "3", *small, "--output", "-"], ["run", "--ticks", "3", *small, "--json"],
            ["train", "delayed-cue", "--trials", "1", "--tests", "1", "--seeds", "1", "--neurons", "169", "--device",
             "reference", "--json"],
        ]
        for arguments in commands:
            reader, writer = os.pipe()
            os.close(reader)
            result = subprocess.run([PRAXIS, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
            os.close(writer)
            errors = [line for line in result.stderr.splitlines() if "cannot" in line or "failed" in line]
            self.assertEqual((result.returncode, errors), (1, []), arguments)

    def test_unwritable_file(self):
        result = praxis("graph", "--neurons", "49", "--edges", "/nowhere/edges.csv")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nowhere/edges.csv", result.stderr)


class Plan(unittest.TestCase):
    REFERENCE = ["--device", "reference"]

    def test_arithmetic(self):
        arguments = ["--degree-factor", "2", "--device-memory", "80GiB", "--bandwidth", "2TB/s", "--json"]
        report = json.loads(praxis("plan", "--neurons", "1e9", *self.REFERENCE, *arguments).stdout)
        p = 31627
        synapses = p * p * 2 * (p - 1)
        self.assertEqual(report["synapses"], synapses)
        self.assertEqual(report["weight_bytes"], synapses)
        self.assertEqual(report["trace_bytes"], synapses)
        total = 2 * synapses + report["neuron_bytes"]
        self.assertEqual(report["device_bytes"], total)
        self.assertEqual(report["devices"], math.ceil(total / (80 * 2**30)))
        bandwidth = report["devices"] * 2e12
        self.assertAlmostEqual(report["ticks_per_second_inference"], bandwidth / synapses)
        self.assertAlmostEqual(report["ticks_per_second_traces"], bandwidth / (3 * synapses))
        self.assertAlmostEqual(report["ticks_per_second_learning"], bandwidth / (6 * synapses))
        exchange = p * p - p * p / report["devices"]
        self.assertAlmostEqual(report["exchange_bytes_per_device_and_tick"] / exchange, 1)

    def test_what_a_run_takes(self):
        """On the reference and on the best device, what is planned is what a network there says of itself."""
        for device in (self.REFERENCE, []):
            network = ["--neurons", "2209", "--trace-window", "9", "--trace-form", "window"]
            planned = json.loads(praxis("plan", *device, *network, "--json").stdout)
            ran = json.loads(praxis("run", *device, *network, "--ticks", "1", "--json").stdout)
            self.assertEqual(planned["device_bytes"], ran["device_bytes"])
            self.assertEqual(planned["trace_bytes"], 0)

    def test_what_one_device_cannot_have(self):
        arguments = ["plan", "--neurons", "1e9", "--replicas", "65536", "--json"]
        result = praxis(*arguments)
        report = json.loads(result.stdout)
        if report["selector"] == "reference" and "planned as on the reference" in result.stderr:
            self.assertIn(praxis(*arguments, "--device", "opencl:0.0").returncode, (1, 2))
        self.assertEqual(report["replicas"], 65536)

    def test_sizes(self):
        for text, size in [("8589934592", 2**33), ("8GiB", 2**33), ("8 GB", 8e9), ("1.5TB", 1.5e12), ("2e3MB", 2e9)]:
            result = praxis("plan", "--neurons", "1e6", *self.REFERENCE, "--device-memory", text, "--json")
            self.assertEqual(json.loads(result.stdout)["device_memory_bytes"], size, text)
        for text in ["", "GB", "-1GB", "0GB", "nan", "infGB", "12QB", "12GBB", "12GB/s", "12iB", "0x10GB", "1e22B", "0.5B", " 1GB"]:
            result = praxis("plan", "--neurons", "1e6", "--device-memory", text)
            self.assertEqual((result.returncode, result.stdout), (2, ""), text)
            self.assertIn(f'--device-memory is "{text}"', result.stderr)
        for text in ["4.8TB", "4.8TB/h", "fast"]:
            result = praxis("plan", "--neurons", "1e6", "--bandwidth", text)
            self.assertEqual((result.returncode, result.stdout), (2, ""), text)
            self.assertIn(f'--bandwidth is "{text}"', result.stderr)

    def test_the_largest_and_the_smallest(self):
        """Whole numbers beyond what a double holds, digit for digit."""
        arguments = ["--neurons", "1073741824", "--degree-factor", "4", "--replicas", "65535", *self.REFERENCE]
        report = json.loads(praxis("plan", *arguments, "--device-memory", "1B", "--json").stdout)
        p = 32771
        self.assertEqual(report["synapses"], 65535 * p * p * 4 * (p - 1))
        self.assertEqual(report["weight_bytes"], report["synapses"])
        self.assertEqual(report["device_bytes"], 2**64 - 1)  # more than that
        self.assertAlmostEqual(report["devices"] / 2**64, 1)
        smallest = ["plan", "--neurons", "49", "--device-memory", "1B", "--bandwidth", "1B/s", *self.REFERENCE]
        text, report = praxis(*smallest).stdout, json.loads(praxis(*smallest, "--json").stdout)
        self.assertIn("weights     588 B\n", text)
        self.assertIn(f"devices     {report['device_bytes']} with 1 B at 1 B/s each\n", text)

    def test_replicas_multiply_everything_but_the_graph(self):
        one, many = (
            json.loads(praxis("plan", "--neurons", "1e4", "--replicas", count, *self.REFERENCE, "--json").stdout)
            for count in ("1", "7")
        )
        for key in ["synapses", "weight_bytes", "trace_bytes"]:
            self.assertEqual(many[key], 7 * one[key], key)
        self.assertAlmostEqual(many["neuron_bytes"] / (7 * one["neuron_bytes"]), 1, places=2)
        self.assertEqual(many["prime"], one["prime"])
        self.assertAlmostEqual(one["ticks_per_second_inference"] / many["ticks_per_second_inference"], 7)

    def test_a_billion_neurons_at_k_1_are_32_terabytes_of_weights(self):
        report = json.loads(praxis("plan", "--neurons", "1e9", "--degree-factor", "1", *self.REFERENCE, "--json").stdout)
        self.assertAlmostEqual(report["weight_bytes"] / 1e12, 32, delta=0.5)


class PlanOfRanks(unittest.TestCase):
    """The model of docs/cluster.md, worked out once more."""

    def plan(self, ranks, *arguments):
        result = praxis("plan", "--neurons", "1e6", "--device", "reference", "--ranks", str(ranks), "--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_parts(self):
        """What a rank has is what the largest part has where as many devices are there."""
        for ranks in (2, 5):
            devices = ",".join(["reference"] * ranks)
            plan = praxis("plan", "--neurons", "1e6", "--device", devices, "--partition", "columns", "--json")
            parts = json.loads(plan.stdout)["parts"]
            largest, rank = max(parts, key=lambda part: part["columns"]), self.plan(ranks)["ranks"]
            for name in ("columns", "synapses", "device_bytes", "bytes_out", "bytes_in"):
                self.assertEqual(rank[name], largest[name], name)
            self.assertEqual(rank["host_bytes"], largest["host_bytes"] + 2 * 1019**2)  # of two ticks on their way

    def test_times(self):
        options = ["--bandwidth", "1GB/s", "--link", "2GB/s", "--host-link", "4GB/s", "--latency", "1e-3", "--cost", "3"]
        report = self.plan(5, *options, "--spread", "0.1")
        rank, neurons = report["ranks"], 1019**2
        memory = rank["synapses"] * 3 / 1e9
        wanted = {
            "memory_seconds": memory,
            "slowest_seconds": memory * 0.1 * 1.162964,  # of five
            "agreement_seconds": 3e-3,  # three steps reach five
            "gather_seconds": 4e-3 + 0.8 * neurons / 2e9,
            "move_seconds": neurons / 4e9,
        }
        for name, value in wanted.items():
            self.assertAlmostEqual(rank[name] / value, 1, places=6, msg=name)
        self.assertAlmostEqual(rank["tick_seconds"] / sum(wanted.values()), 1, places=6)
        self.assertAlmostEqual(rank["ticks_per_second"] * rank["tick_seconds"], 1)

    def test_caches(self):
        options = ["--bandwidth", "8GB/s", "--spread", "0.5"]
        kept, neurons = self.plan(4, *options)["ranks"], 1019**2
        self.assertEqual(kept["miss_seconds"], 0)
        self.assertEqual(self.plan(4, *options, "--cache", "1038361B")["ranks"]["miss_seconds"], 0)
        for arguments, rate in [([], 8e9), (["--cache-miss", "2GB/s"], 2e9)]:
            rank = self.plan(4, *options, "--cache", "300kB", *arguments)["ranks"]
            misses = rank["synapses"] * (1 - 3e5 / neurons) / rate
            self.assertAlmostEqual(rank["miss_seconds"] / misses, 1, places=6)
            wanted = kept["tick_seconds"] + misses * (1 + 0.5 * 1.029375)  # of four, the slowest
            self.assertAlmostEqual(rank["tick_seconds"] / wanted, 1, places=6)

    def test_the_slowest(self):
        """Expected maxima of normal numbers: 1 / sqrt(pi), 3 / (2 sqrt(pi)), and of tables."""
        for ranks, deviations in [(1, 0), (2, 0.564189584), (3, 0.846284375), (10, 1.538752731), (1000, 3.241435777)]:
            rank = self.plan(ranks, "--spread", "0.25")["ranks"]
            self.assertAlmostEqual(rank["slowest_seconds"] / rank["memory_seconds"] / 0.25, deviations, places=5)

    def test_one_rank_gives_nothing(self):
        rank = self.plan(1)["ranks"]
        self.assertEqual([rank[name] for name in ("agreement_seconds", "gather_seconds", "move_seconds")], [0, 0, 0])
        report = json.loads(praxis("plan", "--neurons", "1e6", "--device", "reference", "--json").stdout)
        self.assertIsNone(report["ranks"])

    def test_more_than_a_network_can_be_on(self):
        arguments = ["plan", "--neurons", "4e6", "--device", "reference", "--ranks"]
        for ranks, noted in [("1024", False), ("1025", True)]:
            result = praxis(*arguments, ranks)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual("a network is on 1024 ranks at most" in result.stderr, noted, result.stderr)

    def test_text(self):
        arguments = ["plan", "--neurons", "1e6", "--device", "reference", "--ranks", "4"]
        self.assertIn("a rank      up to 255 columns", praxis(*arguments).stdout)
        self.assertNotIn("MORE THAN", praxis(*arguments).stdout)
        self.assertIn("MORE THAN", praxis(*arguments, "--device-memory", "1GB").stdout)

    def test_bad_values(self):
        for arguments, words in [
            (["--ranks", "0"], "--ranks"),
            (["--ranks", "1020"], "ranks is 1020, must be from 1 to the columns, 1019"),
            (["--ranks", "2", "--link", "fast"], '--link is "fast"'),
            (["--ranks", "2", "--cache", "large"], '--cache is "large"'),
            (["--ranks", "2", "--cache-miss", "slow"], '--cache-miss is "slow"'),
            (["--ranks", "2", "--host-link", "1GB/h"], '--host-link is "1GB/h"'),
            (["--ranks", "2", "--latency", "-1"], "--latency"),
            (["--ranks", "2", "--spread", "2"], "--spread"),
            (["--ranks", "2", "--cost", "0"], "--cost"),
        ]:
            result = praxis("plan", "--neurons", "1e6", "--device", "reference", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), (arguments, result.stderr))
            self.assertIn(words, result.stderr)
        devices = praxis("plan", "--neurons", "1e6", "--device", "reference,reference", "--ranks", "2")
        self.assertIn("ranks of several devices cannot be planned", devices.stderr)
        self.assertEqual(devices.returncode, 1)


if __name__ == "__main__":
    unittest.main()

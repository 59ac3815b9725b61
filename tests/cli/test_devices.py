#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which devices the praxis command finds and takes, and what it makes of drivers that fail: see fake_driver.c."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from command import POCL, PRAXIS, praxis

FAKES = os.environ["FAKE_DRIVERS"]
VENDORS = os.environ.get("OCL_ICD_VENDORS", "/etc/OpenCL/vendors")
# The form that tests/conformance has compiled.
SMALL = ["--small", "--tuning", "resident=0,split=2,strip=1,tiles=2"]
SELFTEST = ["selftest", *SMALL, "--dot-product", "packed"]


class Drivers:
    """A folder with .icd files of these fakes, and with `real`, the drivers of this machine, for OCL_ICD_VENDORS."""

    def __init__(self, *fakes, real=False):
        self.folder = tempfile.TemporaryDirectory()
        for name in os.listdir(VENDORS) if real and os.path.isdir(VENDORS) else []:
            os.symlink(os.path.join(os.path.abspath(VENDORS), name), os.path.join(self.folder.name, name))
        for fake in fakes:
            self.add(fake, os.path.join(FAKES, f"fake_{fake}.so"))

    def add(self, name, library):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(library + "\n")

    def path(self, name):
        return os.path.join(self.folder.name, name + ".icd")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def praxis(self, *arguments, **environment):
        return praxis(*arguments, environment={"OCL_ICD_VENDORS": self.folder.name, **environment})


def names(result):
    return sorted(device["name"] for device in json.loads(result.stdout)["devices"])


class Devices(unittest.TestCase):
    def test_lists_the_reference_last(self):
        devices = json.loads(praxis("devices", "--json").stdout)["devices"]
        self.assertEqual(devices[-1]["selector"], "reference")
        self.assertTrue(all(device["reason"] for device in devices))

    def test_unknown_device_names_what_there_is(self):
        result = praxis("run", "--device", "abacus")
        self.assertEqual(result.returncode, 1)
        self.assertIn('"abacus"', result.stderr)
        self.assertIn("reference", result.stderr)

    def test_environment_chooses_and_the_option_wins(self):
        chosen = {"PRAXIS_DEVICE": "abacus"}
        self.assertEqual(praxis("run", "--ticks", "1", environment=chosen).returncode, 1)
        result = praxis("run", "--ticks", "1", "--json", "--device", "reference", environment=chosen)
        self.assertEqual(json.loads(result.stdout)["device"], "scalar reference")

    def test_dot_product_paths(self):
        """Plain C goes everywhere; a name that is none is answered with all; the reference has none to choose."""
        has_device = len(json.loads(praxis("devices", "--json").stdout)["devices"]) > 1
        few = ["--tuning", "strip=1"]  # soon compiled
        train = ["train", "delayed-cue", "--trials", "1", "--tests", "1", "--neurons", "169", "--seeds", "1"]
        for command in [["run", "--ticks", "1", "--neurons", "49", *few], [*train, *few], ["selftest", *SMALL]]:
            refused = praxis(*command, "--device", "reference", "--dot-product", "c")
            self.assertEqual(refused.returncode, 1, command)
            self.assertIn("reference has no dot product path", refused.stderr)
            if has_device:
                unknown = praxis(*command, "--dot-product", "abacus")
                self.assertEqual(unknown.returncode, 2, command)
                listed = re.search(r"--dot-product PATH +(.*) \(default", praxis(command[0], "--help").stdout).group(1)
                self.assertIn(f'"abacus" is unknown; there are: {listed.replace(" or ", ", ")}\n', unknown.stderr)
                plain = praxis(*command, "--dot-product", "packed", "--json")
                self.assertEqual(plain.returncode, 0, plain.stderr)

    def test_tuning_changes_no_result(self):
        command = ["run", "--ticks", "20", "--neurons", "169", "--learn", "--output", "-"]
        plain = praxis(*command)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        for tuning in ["resident=0", "resident=1,workers=2"]:
            self.assertEqual(praxis(*command, "--tuning", tuning).stdout, plain.stdout)
        if praxis("devices", "--json").stdout.count('"type"') > 1:  # the reference ignores it
            for arguments in [command, ["train", "delayed-cue", "--trials", "1", "--tests", "1"], ["selftest"]]:
                for tuning, words in [("haste=1", "haste=1"), ("rows=5", "rows is 5, must be a power of two from 1 to 16")]:
                    wrong = praxis(*arguments, "--tuning", tuning)
                    self.assertEqual((wrong.returncode, wrong.stdout.count("passed")), (2, 0), wrong.stderr)
                    self.assertIn(words, wrong.stderr)

    def test_a_broken_driver_hides_no_other(self):
        """A driver that is missing, one that is no library, and the real ones beside them."""
        vendors = os.environ.get("OCL_ICD_VENDORS", "/etc/OpenCL/vendors")
        if not os.path.isdir(vendors):
            self.skipTest("no folder of OpenCL drivers")
        with tempfile.TemporaryDirectory() as folder:
            for name in os.listdir(vendors):
                os.symlink(os.path.join(vendors, name), os.path.join(folder, name))
            text = os.path.join(folder, "text")
            for name, path in [("a.icd", "/nowhere/libnothing.so"), ("b.icd", text), ("text", "no library")]:
                with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                    file.write(path + "\n")
            broken = praxis("devices", "--json", environment={"OCL_ICD_VENDORS": folder})
        self.assertEqual(broken.returncode, 0, broken.stderr)
        names = [device["name"] for device in json.loads(broken.stdout)["devices"]]
        self.assertEqual(
            sorted(names), sorted(d["name"] for d in json.loads(praxis("devices", "--json").stdout)["devices"])
        )

    def test_no_driver_falls_back_to_the_reference(self):
        with tempfile.TemporaryDirectory() as empty:
            result = praxis("run", "--ticks", "1", "--json", environment={"OCL_ICD_VENDORS": empty})
        self.assertEqual(json.loads(result.stdout)["device"], "scalar reference")
        self.assertIn("reference", result.stderr)


class Output(unittest.TestCase):
    def test_what_a_driver_prints_spoils_no_result(self):
        with Drivers("chatty", real=True) as drivers:
            for arguments in [["devices", "--json"], ["run", "--ticks", "1", "--json"]]:
                result = drivers.praxis(*arguments)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertTrue(json.loads(result.stdout))
                for way in ["printed", "written"]:
                    self.assertIn(f"all is well, {way}", result.stderr)
            for output in ["-", "/dev/stdout"]:
                self.assertEqual(
                    drivers.praxis("run", "--ticks", "3", "--output", output).stdout,
                    praxis("run", "--ticks", "3", "--output", "-").stdout,
                )



def has_device():
    return len(json.loads(praxis("devices", "--json").stdout)["devices"]) > 1


class FailingDrivers(unittest.TestCase):
    """A driver that ends its process, or does not answer, is named and left out; all others are there."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def report(self, drivers, *arguments, code=0):
        result = drivers.praxis(*arguments, "--json", TMPDIR=self.folder)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(os.listdir(self.folder), [])
        return json.loads(result.stdout), result

    def test_devices_of_the_others(self):
        with Drivers("aborts", "chatty", "crashes", real=True) as drivers:
            report, result = self.report(drivers, "devices")
            table = drivers.praxis("devices")
            in_process = drivers.praxis("devices", "--in-process")
        self.assertEqual(names(result), names(praxis("devices", "--json")))
        aborts, crashes = report["failed_drivers"]
        self.assertEqual(aborts["file"], drivers.path("aborts"))
        self.assertEqual(aborts["library"], os.path.join(FAKES, "fake_aborts.so"))
        self.assertIn(f"signal {int(signal.SIGABRT)} ", aborts["status"])
        self.assertIn('assertion "sysfs" failed', aborts["printed"])
        self.assertEqual(crashes["file"], drivers.path("crashes"))
        self.assertIn(f"signal {int(signal.SIGSEGV)} ", crashes["status"])
        for text in [aborts["file"], aborts["status"], aborts["printed"].strip(), crashes["file"], crashes["status"]]:
            self.assertIn(text, table.stdout)
        for driver in [aborts, crashes]:
            self.assertRegex(result.stderr, f"warning: {driver['file']} is left out .* OCL_ICD_VENDORS names a folder")
        self.assertIn(-in_process.returncode, [signal.SIGABRT, signal.SIGSEGV])

    def test_none_but_a_failing_one(self):
        with Drivers("aborts") as drivers:
            report, result = self.report(drivers, "devices")
            library = json.loads(drivers.praxis("devices", "--json", OCL_ICD_VENDORS=self.library("aborts")).stdout)
            self.assertEqual(names(result), ["scalar reference"])
            self.assertEqual([driver["file"] for driver in report["failed_drivers"]], [drivers.path("aborts")])
            self.assertEqual([driver["file"] for driver in library["failed_drivers"]], [self.library("aborts")])
            self.report(drivers, "selftest", "--all", code=1)

    @staticmethod
    def library(fake):
        return os.path.join(FAKES, f"fake_{fake}.so")

    def test_a_driver_that_hangs(self):
        with Drivers("hangs") as drivers:
            report, result = self.report(drivers, "devices", "--timeout", "0.5")
        self.assertEqual(names(result), ["scalar reference"])
        self.assertEqual([driver["status"] for driver in report["failed_drivers"]], ["gave no answer in 0.5 s"])

    def test_drivers_that_do_not_bear_each_other(self):
        with Drivers("clashes") as drivers:
            other = os.path.join(drivers.folder.name, "other.so")
            shutil.copy(self.library("clashes"), other)
            drivers.add("second", other)
            report, result = self.report(drivers, "devices")
        self.assertEqual([driver["file"] for driver in report["failed_drivers"]], [drivers.path("second")])
        self.assertIn(f"OCL_ICD_VENDORS is {drivers.path('second')}, without other drivers", result.stderr)

    def test_a_fault_of_no_driver(self):
        with Drivers("empty", real=True) as drivers:
            broken = {"LD_PRELOAD": os.path.join(FAKES, "broken_calls.so"), "BROKEN_LOADER": "yes"}
            result = drivers.praxis("devices", "--json", **broken)
        self.assertEqual((result.returncode, names(result)), (0, ["scalar reference"]))
        (failed,) = json.loads(result.stdout)["failed_drivers"]
        self.assertEqual((failed["file"], failed["library"]), ("", ""))
        self.assertIn("no single .icd file is the reason", result.stderr)

    def test_what_is_no_failure(self):
        """A driver without a device, one named twice, and one that cannot be loaded."""
        with Drivers("empty", real=True) as drivers:
            for name in os.listdir(drivers.folder.name):
                shutil.copy(os.path.join(drivers.folder.name, name), os.path.join(drivers.folder.name, "z" + name))
            drivers.add("missing", "/nowhere/libnothing.so")
            report, result = self.report(drivers, "devices")
        self.assertEqual(report["failed_drivers"], [])
        self.assertEqual(names(result), names(praxis("devices", "--json")))
        self.assertRegex(result.stderr, f"warning: the OpenCL driver of {drivers.path('missing')} cannot be loaded: .")

    def test_selftest_tests_the_others(self):
        with Drivers("aborts", real=True) as drivers:
            report, _ = self.report(drivers, *SELFTEST, "--all", code=1)
            table = drivers.praxis(*SELFTEST, "--all")
            one = drivers.praxis(*SELFTEST)
            other = drivers.praxis("selftest", "--device", "Fake", "--json")
        there = [device for device in json.loads(praxis("devices", "--json").stdout)["devices"] if device["usable"]]
        self.assertEqual(
            [(device["selector"], device["passed"]) for device in report["devices"]],
            [(device["selector"], True) for device in there if device["type"] != "reference"],
        )
        self.assertEqual([driver["file"] for driver in report["failed_drivers"]], [drivers.path("aborts")])
        self.assertEqual((table.returncode, table.stdout.count("passed")), (1, len(report["devices"])))
        self.assertRegex(table.stdout, f"left out +{drivers.path('aborts')} .* signal {int(signal.SIGABRT)} ")
        self.assertEqual((one.returncode, one.stdout.count("passed")), (0, 1), one.stderr)
        self.assertEqual(other.returncode, 1)
        self.assertIn('no device matches "Fake"', other.stderr)
        self.assertFalse(json.loads(other.stdout)["devices"][0]["passed"])

    def test_a_signal_ends_what_was_started(self):
        with Drivers("hangs", "empty") as drivers:
            environment = {**os.environ, "OCL_ICD_VENDORS": drivers.folder.name, "TMPDIR": self.folder}
            # The first process hangs, and so does the one that asks the second driver: in each the signal is noted.
            for seconds in ["86400", "0.5"]:
                command = subprocess.Popen([PRAXIS, "devices", "--timeout", seconds], env=environment)
                while seconds != "86400" and not os.listdir(self.folder):
                    time.sleep(0.01)
                while not (children := self.children(command.pid)):
                    time.sleep(0.01)
                command.send_signal(signal.SIGTERM)
                self.assertEqual(command.wait(), 128 + signal.SIGTERM)
                self.assertEqual(os.listdir(self.folder), [])
                self.assertFalse([child for child in children if os.path.exists(f"/proc/{child}")])

    def children(self, parent):
        path = f"/proc/{parent}/task/{parent}/children"
        if not os.path.exists(path):
            self.skipTest("this kernel does not tell the children of a process")
        with open(path, encoding="ascii") as file:
            return file.read().split()


class Selftest(unittest.TestCase):
    """What is said of a device whose calls go wrong: see broken_calls.c."""

    BROKEN = {"LD_PRELOAD": os.path.join(FAKES, "broken_calls.so")}

    def setUp(self):
        if not has_device():
            self.skipTest("SKIPPED: no OpenCL device")

    def selftest(self, *arguments, **environment):
        return praxis(*SELFTEST, *arguments, environment={**self.BROKEN, **environment})

    def test_a_hash_only_where_all_is_right(self):
        """Wrong statistics do not reach the state: its hash is right, and says nothing of the device."""
        (good,) = json.loads(self.selftest("--json").stdout)["devices"]
        self.assertTrue(good["passed"])
        self.assertRegex(good["state_hash"], "^[0-9a-f]{16}$")
        result = self.selftest("--json", BROKEN_KERNEL="histogram")
        self.assertEqual(result.returncode, 1)
        (bad,) = json.loads(result.stdout)["devices"]
        self.assertFalse(bad["passed"])
        self.assertGreater(bad["differences"], 0)
        self.assertIn("statistics", bad["first_difference"])
        self.assertIsNone(bad["state_hash"])
        table = self.selftest(BROKEN_KERNEL="histogram").stdout
        self.assertIn("FAILED", table)
        self.assertNotRegex(table, "[0-9a-f]{16}")

    def test_what_a_compiler_prints_spoils_no_result(self):
        talking = {**self.BROKEN, "TALKING": "yes"}
        small = ["run", "--neurons", "49", "--ticks", "3"]
        report = praxis(*small, "--json", environment=talking)
        self.assertEqual(json.loads(report.stdout)["ticks"], 3)
        for way in ["printed", "written"]:
            self.assertIn(f"no warnings, {way}", report.stderr)
        rows = [praxis(*small, "--output", "-", environment=how).stdout for how in [talking, {}]]
        self.assertEqual(*rows)

    def test_a_device_that_ends_its_process(self):
        two = {"POCL_DEVICES": "basic pthread"}
        devices = json.loads(praxis("devices", "--json", environment=two).stdout)["devices"]
        devices = [device for device in devices if device["platform"] == POCL]
        if len(devices) < 2 or devices[0]["name"] in devices[1]["name"]:
            self.skipTest("PoCL does not offer two devices")
        broken = {**two, "BROKEN_DEVICE": devices[0]["name"]}
        result = self.selftest("--all", "--json", **broken)
        self.assertEqual(result.returncode, 1)
        rows = {row["selector"]: row for row in json.loads(result.stdout)["devices"]}
        bad, good = (rows[device["selector"]] for device in devices)
        self.assertTrue(good["passed"])
        self.assertEqual((bad["passed"], bad["name"], bad["state_hash"]), (False, devices[0]["name"], None))
        self.assertIn(f"signal {int(signal.SIGABRT)} ", bad["status"])
        self.assertIn("cannot select instruction", bad["printed"])
        self.assertIn("cannot select instruction", result.stderr)
        one = self.selftest("--device", devices[0]["selector"], **broken)
        self.assertEqual(one.returncode, 1)
        self.assertRegex(one.stdout, f"{devices[0]['selector']} .* signal {int(signal.SIGABRT)} ")


    def test_a_compiler_that_hangs(self):
        """Its device has failed once the time is over; and a second signal ends any other command at once."""
        with tempfile.TemporaryDirectory() as folder:
            hanging = {"HANGING": "", "XDG_CACHE_HOME": folder}
            (row,) = json.loads(self.selftest("--timeout", "0.5", "--json", **hanging).stdout)["devices"]
            table = self.selftest("--timeout", "0.5", **hanging)
            self.assertEqual((row["passed"], row["state_hash"]), (False, None))
            self.assertEqual(row["status"], "its process gave no answer in 0.5 s")
            self.assertEqual(table.returncode, 1)
            self.assertIn("gave no answer in 0.5 s", table.stdout)
            for arguments in [["run", "--ticks", "1"], ["train", "delayed-cue"], ["selftest", "--in-process"]]:
                command = subprocess.Popen(
                    [PRAXIS, *arguments], env={**os.environ, **self.BROKEN, **hanging},
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
                time.sleep(0.5)  # before or while it hangs: either way it ends
                while command.poll() is None:
                    command.send_signal(signal.SIGTERM)
                    time.sleep(0.05)
                self.assertIn(command.returncode, (-signal.SIGTERM, 128 + signal.SIGTERM), arguments)


class Hints(unittest.TestCase):
    """Where no device can be used, every command says what may be missing, in the same words."""

    def fall_back(self, drivers, words, **environment):
        unset = ["env", "-u", "POCL_CACHE_DIR", "-u", "XDG_CACHE_HOME", "-u", "RUSTICL_ENABLE"]
        environment = {"OCL_ICD_VENDORS": drivers.folder.name, **environment}
        said = set()
        for arguments in [["devices", "--json"], ["run", "--ticks", "1", "--json"]]:
            result = praxis(*arguments, environment=environment, prefix=unset)
            self.assertEqual(result.returncode, 0, result.stderr)
            if arguments[0] == "devices" and names(result) != ["scalar reference"]:
                self.skipTest("this driver offers a device all the same")
            (line,) = [line for line in result.stderr.splitlines() if words in line]
            said.add(line)
        self.assertEqual(len(said), 1, said)
        return said.pop()

    def test_a_folder_that_pocl_cannot_write(self):
        with Drivers(real=True) as drivers:
            for name in os.listdir(drivers.folder.name):
                if "pocl" not in name:
                    os.remove(os.path.join(drivers.folder.name, name))
            if not os.listdir(drivers.folder.name):
                self.skipTest("PoCL is not installed")
            said = self.fall_back(drivers, "POCL_CACHE_DIR may name", HOME="/dev/null/home")
        self.assertIn("/dev/null/home/.cache/pocl, by HOME", said)

    def test_a_variable_that_rusticl_needs(self):
        with Drivers() as drivers:
            drivers.add("rusticl", "/nowhere/libRusticlOpenCL.so.1")
            said = self.fall_back(drivers, "RUSTICL_ENABLE names")
            self.assertIn(drivers.path("rusticl"), said)
            self.assertNotIn("RUSTICL_ENABLE names", drivers.praxis("devices", RUSTICL_ENABLE="llvmpipe").stderr)
            self.fall_back(drivers, "cannot be loaded: /nowhere/libRusticlOpenCL.so.1")

    def test_a_device_asked_for_needs_none(self):
        with Drivers() as drivers:
            result = drivers.praxis("run", "--ticks", "1", "--device", "reference")
            self.assertNotIn("warning", result.stderr)


if __name__ == "__main__":
    unittest.main()

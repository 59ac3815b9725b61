#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which devices the praxis command finds and takes, and what it makes of drivers that fail: see fake_driver.c."""

import json
import os
import tempfile
import unittest

from command import praxis

FAKES = os.environ["FAKE_DRIVERS"]
VENDORS = os.environ.get("OCL_ICD_VENDORS", "/etc/OpenCL/vendors")


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
        for command in [["run", "--ticks", "1"], ["train", "delayed-cue", "--trials", "1"], ["selftest", "--small"]]:
            refused = praxis(*command, "--device", "reference", "--dot-product", "c")
            self.assertEqual(refused.returncode, 1, command)
            self.assertIn("reference has no dot product path", refused.stderr)
            if has_device:
                unknown = praxis(*command, "--dot-product", "abacus")
                self.assertEqual(unknown.returncode, 2, command)
                self.assertIn('"abacus" is unknown; there are: ptx, sudot4, sdot4, khr, arm, packed, c', unknown.stderr)
                plain = praxis(*command, "--dot-product", "packed", "--json")
                self.assertEqual(plain.returncode, 0, plain.stderr)

    def test_tuning_changes_no_result(self):
        command = ["run", "--ticks", "20", "--neurons", "169", "--learn", "--output", "-"]
        plain = praxis(*command)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        for tuning in ["resident=0", "resident=1,workers=2"]:
            self.assertEqual(praxis(*command, "--tuning", tuning).stdout, plain.stdout)
        if praxis("devices", "--json").stdout.count('"type"') > 1:  # the reference ignores it
            for arguments in [command, ["train", "delayed-cue", "--trials", "1"], ["selftest"]]:
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


if __name__ == "__main__":
    unittest.main()

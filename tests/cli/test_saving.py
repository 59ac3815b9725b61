#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a command has saved goes on as if nothing had happened, whatever ended it; and what cannot go on says why."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from command import DATA, PRAXIS, praxis

ON = ["--device", "reference"]
ALL = "all" in sys.argv[1:]
QUICK = ["delayed-cue", "pong", "mackey-glass"]  # of each protocol but one
SMALL = {
    "delayed-cue": ["--neurons", "169", "--trials", "60", "--tests", "10", "--seeds", "2"],
    "reversal": ["--trials", "60", "--tests", "5", "--seeds", "1", "--control", "none"],
    "pong": ["--steps", "300", "--seeds", "1"],
    "cartpole": ["--steps", "600", "--seeds", "1", "--control", "none"],
    "continual": ["--trials", "120", "--tests", "1", "--seeds", "1", "--control", "none"],
    "lifelong": ["--neurons", "361", "--trials", "1200", "--tests", "1", "--seeds", "1", "--control", "none"],
    "mackey-glass": ["--neurons", "169", "--lags", "2", "--ticks", "500", "--tests", "200", "--seeds", "1"],
    "predict": ["--input", os.path.join(DATA, "sunspots.csv"), "--columns", "SUNACTIVITY", "--neurons", "169",
                "--seeds", "1"],
}


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def ok(self, *arguments):
        result = praxis(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def interrupt(self, number, *arguments):
        """Runs a command until it has saved something anew, and sends it the signal; what it returned."""
        saved = self.path("saved")
        before = os.stat(saved).st_mtime_ns if os.path.exists(saved) else 0
        process = subprocess.Popen([PRAXIS, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (os.path.exists(saved) and os.stat(saved).st_mtime_ns != before):
            time.sleep(0.005)
        process.send_signal(number)
        return process.wait()


class Train(InAFolder):
    def check_interrupted(self, task, devices):
        """Killed on one device, ended by a signal on the next, and brought to its end on the third."""
        arguments = SMALL[task]
        killed_on, ended_on, resumed_on = devices
        saved = ["--save", self.path("saved"), "--checkpoint-every", "40", "--json"]
        straight = self.ok("train", task, *arguments, *ON, "--json", "--log", self.path("straight.csv"))
        log = ["--log", self.path("log.csv")]
        resume = ["train", task, "--resume", self.path("saved")]
        killed = self.interrupt(signal.SIGKILL, "train", task, *arguments, *saved, *log, *killed_on)
        ended = self.interrupt(signal.SIGTERM, *resume, *saved, *log, *ended_on)
        self.assertIn(killed, (-signal.SIGKILL, 0))
        self.assertIn(ended, (143, 0))
        resumed = self.ok(*resume, "--json", *log, *resumed_on)
        expected, found = json.loads(straight), json.loads(resumed)
        for report in (expected, found):
            del report["seconds"]
            del report["device"]
        self.assertEqual(found, expected)
        self.assertEqual(self.read("log.csv"), self.read("straight.csv"))
        os.remove(self.path("saved"))

    def test_an_interrupted_training_comes_to_the_same(self):
        for task in SMALL if ALL else QUICK:
            with self.subTest(task):
                self.check_interrupted(task, [ON, ON, ON])

    def test_wherever_it_goes_on(self):
        """On the best device of OpenCL, and on the reference in between: the figures are those of the reference alone."""
        if json.loads(praxis("devices", "--json").stdout)["devices"][0]["type"] == "reference":
            self.skipTest("there is no OpenCL device")
        for task in SMALL if ALL else QUICK[:1]:
            with self.subTest(task):
                self.check_interrupted(task, [[], ON, []])
            if ALL:
                with self.subTest(task):
                    self.check_interrupted(task, [[], [], []])

    def test_what_has_ended_is_reported_again(self):
        """Saving changes nothing, and from a finished run nothing is left to do."""
        arguments = ["train", "delayed-cue", *SMALL["delayed-cue"], *ON, "--json"]
        reports = [self.ok(*arguments), self.ok(*arguments, "--save", self.path("saved")),
                   self.ok("train", "delayed-cue", *ON, "--json", "--resume", self.path("saved"))]
        reports = [json.loads(report) for report in reports]
        for report in reports:
            del report["seconds"]
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])
        self.assertEqual(os.listdir(self.folder), ["saved"])

    def test_what_cannot_be_resumed_says_why(self):
        self.ok("train", "delayed-cue", *SMALL["delayed-cue"], *ON, "--trials", "1", "--save", self.path("saved"))
        with open(self.path("damaged"), "wb") as file:
            whole = self.read("saved")
            file.write(whole[:-1] + bytes([whole[-1] ^ 1]))
        for arguments, code, words in [
            (["pong", "--resume", self.path("saved")], 2, "is a checkpoint of delayed-cue, not of pong"),
            (["delayed-cue", "--resume", self.path("nothing")], 1, "No such file"),
            (["delayed-cue", "--resume", self.path("damaged")], 1, "is damaged"),
            (["delayed-cue", "--resume", os.path.join(DATA, "sunspots.csv")], 1, "is no checkpoint"),
            (["delayed-cue", "--resume", self.path("saved"), "--trials", "9"], 2, "train --resume: there is no option"),
            (["delayed-cue", "--checkpoint-every", "9"], 2, "there is no --save"),
            (["delayed-cue", "--save", "-"], 2, "must be a file"),
            (["delayed-cue", "--save", self.path("x"), "--checkpoint-every", "s"], 2, "must be a number of ticks"),
            (["delayed-cue", "--save", self.path("x"), "--checkpoint-every", "0"], 2, "must be a number of ticks"),
        ]:
            result = praxis("train", *arguments, *ON)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertIn(words, result.stderr)

    def test_what_cannot_be_saved_is_told(self):
        arguments = ["train", "delayed-cue", *SMALL["delayed-cue"], *ON, "--trials", "3", "--json"]
        result = praxis(*arguments, "--save", self.path("nowhere", "saved"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("nowhere/saved: cannot be written: No such file or directory", result.stderr)
        self.assertEqual(json.loads(result.stdout)["trials"], 3)  # what was learned is reported all the same


    def test_a_full_disk_keeps_what_was_saved(self):
        """On a disk of its own that has room for one file and not for two."""
        if not shutil.which("unshare"):
            self.skipTest("there is no unshare")
        os.mkdir(self.path("disk"))
        saved = self.path("disk", "saved")
        train = ["train", "delayed-cue", *SMALL["delayed-cue"], *ON, "--save", saved]
        self.ok(*train, "--trials", "1")
        size = os.path.getsize(saved)
        os.rename(saved, self.path("first"))
        script = f"""
            mount -t tmpfs -o size={size * 3 // 2 // 1024}k none "$1" || exit 77
            cp "$2" "$1/saved" || exit 77
            shift 2
            "$@"
            code=$?
            ls "$(dirname "$0")" >&2
            cmp "$0" "$(dirname "$(dirname "$0")")/first" || code=99
            exit $code
        """
        result = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, saved, self.path("disk"), self.path("first"), PRAXIS, *train,
             "--trials", "3", "--json"],
            capture_output=True, text=True, check=False,
        )
        if "unshare" in result.stderr or result.returncode == 77:
            self.skipTest("this user may not mount a disk of its own")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(f"{saved}: cannot be written: No space left on device\n", result.stderr)
        self.assertEqual(result.stderr.splitlines()[-1], "saved")  # and nothing beside it
        self.assertEqual(json.loads(result.stdout)["trials"], 3)


class Run(InAFolder):
    def series(self):
        with open(self.path("in.csv"), "w", encoding="utf-8") as file:
            file.write("a,b\n" + "".join(f"{i % 7 / 7},{i % 11 / 11}\n" for i in range(9000)))
        return ["--input", self.path("in.csv"), "--learn", "--homeostasis"]

    def test_an_interrupted_run_comes_to_the_same(self):
        for arguments in [[*self.series()], ["--ticks", "9000", "--learn"]]:
            network = ["--neurons", "49", "--set", "consolidation=3", "--groups", "2"]
            straight = self.ok("run", *arguments, *network, *ON, "--output", self.path("straight.csv"), "--json")
            saved = ["--save", self.path("saved"), "--checkpoint-every", "1"]
            code = self.interrupt(signal.SIGKILL, "run", *arguments, *network, *ON, *saved,
                                  "--output", self.path("first.csv"))
            if code == 0:
                self.skipTest("it was over before it could be killed")
            resumed = self.ok("run", *arguments, *ON, "--resume", self.path("saved"),
                              "--output", self.path("rest.csv"), "--json")
            self.assertEqual(json.loads(resumed)["state_hash"], json.loads(straight)["state_hash"])
            rows, rest = self.read("straight.csv").splitlines(), self.read("rest.csv").splitlines()
            self.assertEqual(rest[0], rows[0])
            self.assertLess(len(rest), len(rows))
            self.assertEqual(rest[1:], rows[-len(rest) + 1 :])
            self.assertFalse(os.path.exists(self.path("first.csv")))
            os.remove(self.path("saved"))
            os.remove(self.path("rest.csv"))

    def test_what_is_complete_goes_on_with_something_else(self):
        series = self.series()
        self.ok("run", *series, "--ticks", "40", "--neurons", "49", *ON, "--save", self.path("saved"))
        rows = self.ok("run", *series, "--ticks", "3", *ON, "--resume", self.path("saved"), "--output", "-")
        self.assertEqual([row.split(",")[0] for row in rows.split()], ["tick", "1", "2", "3"])
        report = json.loads(self.ok("inspect", self.path("saved"), "--json"))
        self.assertEqual(report["objects"]["network"]["tick"], 40)
        for arguments, code, words in [
            (["run", "--resume", self.path("saved"), "--neurons", "49"], 2, "run --resume: there is no option"),
            (["run", "--resume", self.path("saved")], 2, "has 2 channels, the input has 0"),
            (["run", "--resume", self.path("in.csv")], 1, "is no checkpoint"),
            (["run", "--save", self.path("nowhere", "x"), "--ticks", "2", "--neurons", "49"], 1, "No such file"),
        ]:
            result = praxis(*arguments, *ON)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertIn(words, result.stderr)


class Inspect(InAFolder):
    def test_what_is_told(self):
        self.ok("train", "pong", *SMALL["pong"], "--steps", "5", *ON, "--save", self.path("saved"))
        blind = {"OCL_ICD_VENDORS": self.folder}
        report = json.loads(praxis("inspect", self.path("saved"), "--json", environment=blind).stdout)
        network = report["objects"]["network"]
        self.assertEqual(report["checkpoint"], "1.0")
        self.assertEqual(report["bytes"], os.path.getsize(self.path("saved")))
        self.assertEqual((network["neurons"], network["replicas"], network["tick"]), (361, 2, 10))
        self.assertEqual(network["parameters"]["factor"], "supplied")
        self.assertEqual(report["objects"]["predictor"], {"kind": "predictor"})
        self.assertEqual(report["texts"]["train.task"], "pong")
        header, data = open_file(self.path("saved"))
        self.assertEqual(sorted(report["tensors"]), sorted(name for name in header if name != "__metadata__"))
        begin, end = header["network.weight"]["data_offsets"]
        weights = struct.unpack(f"{end - begin}b", data[begin:end])
        self.assertAlmostEqual(network["weights"]["mean"], sum(weights) / len(weights) * 3 / 127, places=9)
        words = self.ok("inspect", self.path("saved"))
        for word in ["all checksums are right", "network of 361 neurons", "train.task: pong", "learning_rate"]:
            self.assertIn(word, words)
        self.assertEqual(praxis("inspect").returncode, 2)
        self.assertEqual(praxis("inspect", self.path("nothing")).returncode, 1)


def open_file(path):
    """Header and data, as the format is described."""
    with open(path, "rb") as file:
        whole = file.read()
    length = struct.unpack("<Q", whole[:8])[0]
    return json.loads(whole[8 : 8 + length]), whole[8 + length :]


class Hostile(InAFolder):
    def test_numbers_that_lead_astray_are_refused(self):
        """With checksums that are right: what is in a file is not believed because it is whole."""
        import zlib

        saved = self.path("saved")
        self.ok("train", "pong", *SMALL["pong"], *ON, "--steps", "5", "--save", saved)

        def write(change_texts, tensor, code, number):
            header, data = open_file(saved)
            texts = header.pop("__metadata__")
            change_texts(texts)
            if tensor:
                begin, _ = header[tensor]["data_offsets"]
                data = data[:begin] + struct.pack(code, number) + data[begin + struct.calcsize(code) :]
                begin, end = header[tensor]["data_offsets"]
                texts[f"praxis.checksum.{tensor}"] = f"{zlib.crc32(data[begin:end]):08x}"
            whole = "".join(f"{name}\0{text}\0" for name, text in sorted(texts.items()) if name != "praxis.checksum")
            texts["praxis.checksum"] = f"{zlib.crc32(whole.encode()):08x}"
            text = json.dumps({"__metadata__": texts, **header}).encode()
            with open(self.path("hostile"), "wb") as file:
                file.write(struct.pack("<Q", len(text)) + text + data)
            return praxis("train", "pong", "--resume", self.path("hostile"), *ON)

        self.assertEqual(write(lambda texts: None, None, "", 0).returncode, 0)  # the way of writing is right
        for tensor, code, number in [
            ("train.units", "<Q", 10**9),
            ("train.units", "<Q", 4),
            ("train.point.count", "<Q", 2**40),
            ("train.tested", "<Q", 7),
            ("task.lives.phase", "<i", -1),
            ("task.lives.phase", "<i", 9),
            ("task.worlds.served", "<B", 2),
            ("task.steps", "<Q", 3),
            ("network.weight", "<b", -128),
            ("network.noise_source", "<i", 10**6),
            ("network.gain", "<i", -1),
            ("network.groups.members", "<I", 10**9),
            ("network.groups.offsets", "<Q", 1),
            ("network.window.pending", "<B", 200),
            ("predictor.seen", "<I", 5),
            ("predictor.weights", "<d", float("nan")),
        ]:
            result = write(lambda texts: None, tensor, code, number)
            self.assertEqual(result.returncode, 1, f"{tensor} {number}: {result.stderr}")
        for name, text in [
            ("train.length", "x"), ("train.length", "0"), ("train.seeds", "0"), ("train.seeds", "2"),
            ("train.task", "nothing"), ("train.controls", "nothing"), ("train.parameter.neurons", "1e30"),
            ("train.parameter.neurons", "5000"), ("network.parameter.neurons", "1000000"),
            ("network.parameter.replicas", "60000"), ("network.tick", "-1"), ("network.modulations", ""),
            ("predictor.observations", "4096"), ("predictor.replicas", "1"), ("praxis.object.network", "readout"),
            ("praxis.checkpoint", "2.0"),
        ]:
            result = write(lambda texts: texts.update({name: text}), None, "", 0)
            self.assertIn(result.returncode, (1, 2), f"{name} {text}: {result.stderr}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

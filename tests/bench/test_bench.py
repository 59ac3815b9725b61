#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""praxis-bench: what it measures is whole and consistent, what it reads is checked, what it writes is well-formed."""

import copy
import csv
import io
import json
import math
import os
import random
import re
import signal
import statistics
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

BENCH = os.environ["PRAXIS_BENCH_BIN"]
PRAXIS = os.environ["PRAXIS_BIN"]
DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "benchmark.md")
SHORT = ["--sizes", "961", "--seconds", "0.002", "--rounds", "3", "--quick"]
SAMPLE = {"median", "minimum", "lower_quartile", "upper_quartile", "maximum", "rounds", "values"}
# Objects that are documented in one table.
TABLES = {"clblast": "product", "openblas": "product", "csr": "product"}
TABLES |= {"inference_energy": "energy", "learning_energy": "energy"}
SAMPLES = {"read", "copy", "triad", "inference", "traces", "modulated_16", "modulated", "seconds", "learning", "step"}
SAMPLES |= {"calls", "first", "second", "consolidated", "launched", "persistent"}
KEYS = ("neurons", "degree_factor", "replicas", "parts")  # of an element of a list
HOSTILE_NAME = "Device <b>\"&'</b> ]]> end"


def bench(*arguments, **environment):
    """On a device of one gigabyte, where it is PoCL's: buffers of streams are as small as they can be."""
    small = {"POCL_MEMORY_LIMIT": "1"}
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **small, **environment}
    )


def has_opencl():
    devices = json.loads(subprocess.run([PRAXIS, "devices", "--json"], capture_output=True, check=True).stdout)
    return any(device["usable"] and device["type"] != "reference" for device in devices["devices"])


def objects(value, path=""):
    """All objects within a value, with where they are."""
    if isinstance(value, dict):
        yield path, value
        for name, member in value.items():
            yield from objects(member, f"{path}.{name}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from objects(member, f"{path}[{index}]")


def documented_members():
    """The tables of the JSON in the document: name, empty for the whole, and the members."""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read().partition("\n## The JSON\n")[2].partition("\n## ")[0]
    tables = {}
    for title, rows in re.findall(r"(?:^\*\*([a-z_]+)\*\*.*\n\n)?^\| member .*\n\|-.*\n((?:\|.*\n)+)", text, re.MULTILINE):
        names = [name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
        assert title not in tables and len(names) == len(set(names)), title
        tables[title] = set(names)
    return tables


ABSENT = object()


class Measured(unittest.TestCase):
    """One short run, on the best device, looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.json = os.path.join(cls.folder.name, "one.json")
        cls.html = os.path.join(cls.folder.name, "one.html")
        cls.opencl = has_opencl()
        cls.process = bench(*SHORT, "--json", cls.json, "--html", cls.html)
        assert cls.process.returncode == 0, cls.process.stderr
        with open(cls.json, encoding="utf-8") as file:
            cls.result = json.load(file)
        with open(cls.html, encoding="utf-8") as file:
            cls.page = file.read()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def write(self, value, name="made.json"):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(value if isinstance(value, str) else json.dumps(value))
        return path

    # ---- The run ----

    def test_every_number_is_there(self):
        """What this device and this build cannot give is null; nothing else is."""
        device = self.result["devices"][0]
        allowed = set()
        if not self.opencl:
            allowed |= {"streams", "read_stream", "share_of_read", "copy_stream", "operations_per_copied"}
            allowed |= {"clblast", "csr"}
        if not self.result["machine"]["openblas"] or device["type"] != "CPU":
            allowed.add("openblas")
        if os.environ["PRAXIS_BENCH_CLBLAST"] == "no":
            allowed.add("clblast")
        missing = [
            (path, name)
            for path, value in objects(self.result)
            for name, member in value.items()
            if member is None and not any(word in f"{path}.{name}" for word in allowed)
        ]
        # The card, where its sheet is known.
        missing = [(path, name) for path, name in missing if not path.endswith(".data_sheet")]
        # What this machine's sensors do not tell; that all of them say so is in test_sensors.
        missing = [(path, name) for path, name in missing if not re.search(r"_energy$|\.sensors$", path)]
        # One size near 10^4 and none near 10^6 or two above 10^5: these figures of the whole do not exist.
        whole = [f".devices[0].{part}" for part in ("summary", "growth")]
        missing = [place for place in missing if place[0] not in whole]
        # The persistent form, where there is none, which is said.
        absent = tuple(f".devices[0].forms[{i}]" for i, row in enumerate(device["forms"]) if row["absent"])
        self.assertEqual([place for place in missing if not place[0].startswith(absent)], [])
        self.assertEqual(device["growth"]["sizes"], 0)
        self.assertEqual(device["summary"]["middle_neurons"], None)

    def test_members_are_those_documented(self):
        """Each object has the members of its table, and each table but those of what is not there was looked at."""
        documented, seen = documented_members(), set()
        for path, value in objects(self.result):
            name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
            table = "" if not path else "sample" if name in SAMPLES else TABLES.get(name, name)
            seen.add(table)
            self.assertEqual(set(value), documented[table], path)
        self.assertEqual(set(documented) - seen, {"left_out", "scaling"} | (set() if self.opencl else {"forms"}))

    def test_samples_are_in_order(self):
        found = 0
        for path, value in objects(self.result):
            if set(value) == SAMPLE and value["rounds"]:
                found += 1
                order = [value[name] for name in ("minimum", "lower_quartile", "median", "upper_quartile", "maximum")]
                self.assertEqual(order, sorted(order), path)
                self.assertGreater(order[0], 0, path)
                self.assertLessEqual(value["rounds"], 3, path)
                self.assertEqual(len(value["values"]), value["rounds"], path)
                self.assertEqual([min(value["values"]), max(value["values"])], [order[0], order[-1]], path)
                self.assertEqual(statistics.median(value["values"]), order[2], path)
        self.assertGreater(found, 8)

    def test_figures_agree_with_each_other(self):
        network = self.result["devices"][0]["networks"][0]
        self.assertEqual((network["neurons"], network["degree_factor"], network["degree"]), (961, 2, 60))
        self.assertEqual(network["synapses"], 961 * 60)
        tick = network["inference"]["median"]
        self.assertAlmostEqual(network["operations_per_second"] * tick / network["synapses"], 1, places=9)
        self.assertAlmostEqual(network["ticks_per_second"] * tick, 1, places=9)
        self.assertAlmostEqual(network["bytes_per_synapse"] * network["synapses"], network["device_bytes"], places=3)
        self.assertGreater(network["consolidated_ratio"], 0)
        self.assertAlmostEqual(network["modulated_16_ratio"] * tick, network["modulated_16"]["median"], places=12)
        if self.opencl:
            share = network["operations_per_second"] / network["read_stream"]
            self.assertAlmostEqual(network["share_of_read"] / share, 1, places=9)
            self.assertAlmostEqual(network["csr"]["ratio"] * tick, network["csr"]["seconds"]["median"], places=12)

    def test_sensors(self):
        """Something is told, or it is said what is not."""
        device = self.result["devices"][0]
        sensors, energy = device["sensors"], device["networks"][0]["inference_energy"]
        told = energy["joules_per_operation"]
        self.assertTrue(sensors["source"] or sensors["missing"])
        self.assertEqual(told is None, bool(sensors["missing"]), sensors)
        self.assertIn(sensors["missing"][:60] if told is None else "pJ an operation", self.process.stdout)
        if told is not None:
            tick = device["networks"][0]["inference"]["median"]
            self.assertGreater(energy["seconds"], 0.3)
            self.assertGreater(told * device["networks"][0]["synapses"] / tick, 0)

    def test_small_networks(self):
        device = self.result["devices"][0]
        replicas = [small["replicas"] for small in device["small"]]
        self.assertEqual(replicas, sorted({1, 4, device["compute_units"]}))
        for small in device["small"]:
            for kind in ("inference", "learning"):
                total = small["replicas"] / small[kind]["median"]
                self.assertAlmostEqual(small[f"{kind}_total"] / total, 1, places=9)
                self.assertAlmostEqual(small[f"{kind}_each"] * small["replicas"] / total, 1, places=9)
        self.assertEqual(device["summary"]["ticks_4"], device["small"][replicas.index(4)]["inference_total"])

    def test_closed_loops(self):
        device, summary = self.result["devices"][0], self.result["devices"][0]["summary"]
        shapes = [(loop["neurons"], loop["replicas"]) for loop in device["loops"]]
        self.assertEqual(shapes, [(neurons, replicas) for neurons in (361, 961) for replicas in (1, 20, 100)])
        for loop in device["loops"]:
            self.assertAlmostEqual(loop["steps_each"] * loop["step"]["median"], 1, places=9)
            self.assertAlmostEqual(loop["steps_total"] / loop["steps_each"] / loop["replicas"], 1, places=9)
            self.assertAlmostEqual(loop["calls_ratio"] * loop["step"]["median"] / loop["calls"]["median"], 1, places=9)
        small = [loop["steps_total"] for loop in device["loops"][:3]]
        self.assertEqual([summary["loop_neurons"], summary["steps_1"], summary["steps_20"]], [361] + small[:2])
        self.assertEqual(summary["steps_100"], small[2])

    def test_forms(self):
        """A CPU has the persistent form where it is asked for alone; a launch of one tick waits for nobody."""
        device = self.result["devices"][0]
        tuned = bench(*SHORT, "--tuning", "ticks=1,persistent=1", "--json", "-")
        self.assertEqual(tuned.returncode, 0, tuned.stderr)
        rows = device["forms"] + json.loads(tuned.stdout)["devices"][0]["forms"]
        self.assertEqual([row["neurons"] for row in rows], [961, 961] if self.opencl else [])
        for row in rows:
            with_it, without = row["persistent"]["median"], row["launched"]["median"]
            if row["absent"]:
                self.assertEqual((with_it, without, row["persistent_ratio"]), (None, None, None))
            else:
                self.assertAlmostEqual(row["persistent_ratio"], with_it / without, places=9)
        if device["type"] == "CPU":
            self.assertRegex(rows[0]["absent"], "--tuning")
            self.assertRegex(rows[1]["absent"], "^$|do not all run at once")
            self.assertIn("only where --tuning asks", self.process.stdout)

    def test_starts(self):
        """How the two find their caches is in test_start.c."""
        start = self.result["devices"][0]["start"]
        self.assertEqual((start["neurons"], start["first"]["rounds"], start["second"]["rounds"]), (961, 1, 1))

    def test_table_and_progress_are_apart(self):
        for words in ("Streams" if self.opencl else "Networks", "GSOPS", "Small networks", "Closed loops", "again after", "+----"):
            self.assertIn(words, self.process.stdout)
        self.assertIn("N = 961, k = 2", self.process.stderr)
        self.assertNotIn("N = 961, k = 2\n", self.process.stdout)

    def test_machine(self):
        machine = self.result["machine"]
        self.assertEqual(machine["cores"], os.sysconf("SC_NPROCESSORS_ONLN"))
        self.assertRegex(machine["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(machine["openblas_coretype"], os.environ.get("OPENBLAS_CORETYPE", ""))

    # ---- The page ----

    def check_page(self, page, names):
        root = xml.etree.ElementTree.fromstring(page.replace("<!DOCTYPE html>", "", 1))
        text = "".join(root.itertext())
        self.assertEqual([name for name in names if name not in text], [])
        for element in root.iter():
            self.assertNotIn(element.tag, ("script", "link", "img", "iframe", "object", "b"))
            for name, value in element.attrib.items():
                self.assertFalse(name.startswith("on") or name in ("href", "src"), (element.tag, name))
                self.assertNotIn("url(", value)
                self.assertNotRegex(value, r"(?i)\b(nan|inf)\b")
        self.assertIsNone(re.search(r"(?i)https?:|@import|url\(", page))
        return root

    def test_page(self):
        device = self.result["devices"][0]
        root = self.check_page(self.page, [device["name"], device["driver"], self.result["machine"]["cpu"]])
        self.assertEqual(len(list(root.iter("svg"))), 8)

    def test_page_of_many_devices(self):
        many = copy.deepcopy(self.result)
        names = [HOSTILE_NAME, "Second", "\u00b5-Third", "Second"]
        many["devices"] = [copy.deepcopy(self.result["devices"][0]) for _ in names]
        for device, name in zip(many["devices"], names):
            device["name"] = name
        page = os.path.join(self.folder.name, "many.html")
        result = bench("compare", self.write(many, "many.json"), self.json, "--html", page)
        self.assertEqual(result.returncode, 0, result.stderr)
        with open(page, encoding="utf-8") as file:
            self.check_page(file.read(), names + [f"many: Second ({self.result['devices'][0]['selector']})", "one"])
        rows = result.stdout.splitlines()[2:]
        self.assertEqual(len(rows), 5)
        self.assertTrue(rows[0].startswith("many: " + HOSTILE_NAME), rows[0])

    # ---- Other reports ----

    def test_csv_has_every_figure(self):
        """As the JSON has it, digit for digit: compared with another walk through it."""
        path = self.write(self.result, 'a "b",c.json')
        result = bench("compare", path, "--csv", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = list(csv.DictReader(io.StringIO(result.stdout, newline=""), strict=True))
        found = {
            (row["part"], row["figure"], *(row[key] and float(row[key]) for key in KEYS)): row for row in rows
        }
        self.assertEqual(len(found), len(rows))
        device, wanted = self.result["devices"][0], {}

        def walk(part, inside, value, keys):
            keys = [str(value[key]) if key in value else old for key, old in zip(KEYS, keys)]
            for name, member in value.items():
                numbers = tuple(key and float(key) for key in keys)
                if isinstance(member, dict) and "median" not in member:
                    walk(part, f"{name}.", member, keys)
                elif not isinstance(member, (str, list)) and name not in KEYS:
                    wanted[(part, inside + name, *numbers)] = member

        walk("device", "", {name: value for name, value in device.items() if not isinstance(value, (dict, list))}, [""] * len(KEYS))
        for part, value in device.items():
            for element in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
                walk(part, "", element, [""] * len(KEYS))
        self.assertEqual(set(found), set(wanted))
        for key, value in wanted.items():
            row = found[key]
            sample = value if isinstance(value, dict) else {"median": value}
            for column in ("value", "minimum", "lower_quartile", "upper_quartile", "maximum", "rounds"):
                number = sample.get("median" if column == "value" else column)
                self.assertEqual(row[column] and float(row[column]), "" if number is None else number, (key, column))
        self.assertEqual((rows[0]["result"], rows[0]["device"]), ('a "b",c', device["name"]))

    def test_markdown(self):
        """Tables with as many cells in each row, and nothing of a name that means anything."""
        hostile = copy.deepcopy(self.result)
        hostile["devices"][0]["name"] = hostile["devices"][0]["streams"]["read_shape"] = "a|b <i> [c](d) `e` **f** # g"
        result = bench("compare", self.write(hostile, "hostile.json"), "--markdown", "-", "--baseline", self.json)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        tables = 0
        for above, line in zip(lines, lines[1:]):
            cells = len(re.findall(r"(?<!\\)\|", line))
            if re.fullmatch(r"\|(-+:?\|)+", line):
                tables += 1
            if above.startswith("|") and line.startswith("|"):
                self.assertEqual(cells, len(re.findall(r"(?<!\\)\|", above)), line)
        self.assertGreaterEqual(tables, 7 if self.opencl else 6)
        shown = [line for line in lines if "<i>" in line]
        self.assertTrue(shown and all(line.startswith("    | device ") for line in shown), shown)
        self.assertIn("## hostile: a\\|b \\<i\\> \\[c\\]\\(d\\) \\`e\\` \\*\\*f\\*\\* \\# g", lines)
        self.assertIn("**Against the baseline; a speed above 1 is better**", lines)

    def test_boxes(self):
        result = bench("compare", self.json, self.json, "--box")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual({len(line) for line in lines}, {len(lines[0])})
        self.assertEqual(sum(line.startswith("+-") for line in lines), 4)
        self.assertLessEqual(len(lines), 40)
        self.assertIn(result.stdout[: len(result.stdout) // 2], self.process.stdout + "\n")

    def test_baseline(self):
        """Faster than ever, slower than ever, and the same: three verdicts, in text, on the page and in Markdown."""
        base = copy.deepcopy(self.result)
        first = base["devices"][0]
        compared = [row["inference"] for row in first["networks"] + first["small"]] + [row["step"] for row in first["loops"]]
        for sample in compared:  # as many rounds as a verdict wants, which a slow machine does not take in its time
            sample["values"] = [sample["minimum"], sample["median"], sample["maximum"]]
            sample["rounds"] = len(sample["values"])
        baseline = self.write(base, "base.json")
        faster = copy.deepcopy(base)
        first = faster["devices"][0]
        for sample, value in (
            (first["networks"][0]["inference"], first["networks"][0]["inference"]["minimum"] / 2),
            (first["small"][0]["inference"], first["small"][0]["inference"]["maximum"] * 2),
        ):
            sample["upper_quartile"] = sample["lower_quartile"] = sample["median"] = value
        page = os.path.join(self.folder.name, "against.html")
        arguments = ["compare", self.write(faster, "faster.json"), "--baseline", baseline]
        result = bench(*arguments, "--html", page)
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = {tuple(line.split()[:5]): line.split()[-1] for line in result.stdout.splitlines() if line}
        self.assertEqual(rows[("networks,", "inference", "961", "2", "-")], "better")
        self.assertEqual(rows[("small,", "inference", "961", "-", "1")], "worse")
        self.assertEqual(rows[("small,", "inference", "961", "-", "4")], "noise")
        self.assertEqual(rows[("loops,", "step", "361", "-", "20")], "noise")
        self.assertEqual(rows[("start,", "first", "961", "-", "-")], "few")
        with open(page, encoding="utf-8") as file:
            self.check_page(file.read(), ["Against the baseline", "better", "worse", "noise"])
        other = copy.deepcopy(self.result)
        other["devices"][0]["name"] = "Other"
        other["devices"].append(other["devices"][0])
        result = bench("compare", self.write(other, "other.json"), "--baseline", self.json)
        self.assertIn("The baseline has no such device.", result.stdout)
        result = bench("compare", self.json, "--baseline", os.path.join(self.folder.name, "absent.json"))
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("absent.json: cannot be read", result.stderr)
        result = bench("compare", self.write(faster, "faster.json"), "--baseline", self.json, "--csv", self.json)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(f"{self.json}, which is read", result.stderr)

    def test_what_is_read_is_not_written(self):
        link = os.path.join(self.folder.name, "link.json")
        os.symlink(self.json, link)
        with open(self.json, encoding="utf-8") as file:
            before = file.read()
        for page in [self.json, link]:
            result = bench("compare", self.json, "--html", page)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(f"{self.json}, which is read", result.stderr)
        with open(self.json, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        os.remove(link)

    def test_page_on_standard_output(self):
        result = bench("compare", self.json, "--html", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.startswith("<!DOCTYPE html>"))
        self.check_page(result.stdout, [self.result["devices"][0]["name"]])

    # ---- Reading ----

    def refused(self, value, words):
        result = bench("compare", self.json, self.write(value))
        self.assertEqual(result.returncode, 1, (words, result.stderr))
        self.assertIn("made.json", result.stderr)
        self.assertIn(words, result.stderr)
        self.assertEqual(result.stdout, "")

    def changed(self, path, value):
        """The result with the member at this path replaced, or with ABSENT, left out."""
        made = copy.deepcopy(self.result)
        *way, last = path
        place = made
        for step in way:
            place = place[step]
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
        return made

    def test_files_that_are_none(self):
        for text, words in [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("[" * 100000, "not JSON"),
            (json.dumps(self.result) + "x", "not JSON"),
            (json.dumps(self.result)[:-10], "not JSON"),
            ("\0" * 100, "not JSON"),
            ("[]", "no result of praxis-bench"),
            ("{}", "no result of praxis-bench"),
            ('{"schema": "2"}', "no result of praxis-bench"),
            ('{"schema": 1}', "schema 1"),
            ('{"schema": 3}', "schema 3"),
            ('{"schema": 2}', "no devices"),
            ('{"schema": 2, "devices": []}', "no devices"),
            (" " * (17 << 20), "cannot be read"),
        ]:
            self.refused(text, words)
        result = bench("compare", os.path.join(self.folder.name, "absent.json"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("absent.json: cannot be read: No such file", result.stderr)
        self.assertEqual(bench("compare", self.folder.name).returncode, 1)

    def test_wrong_members_are_named(self):
        first = ("devices", 0)
        for path, value, words in [
            (("devices",), {}, '"devices" is not a list'),
            (("devices",), [1], '"devices" has an element that is not an object'),
            (("devices",), self.result["devices"] * 17, '"devices" is too long a list'),
            (first + ("networks",), self.result["devices"][0]["networks"] * 33, '"networks" is too long a list'),
            (first + ("name",), 5, '"name" is not a text'),
            (first + ("name",), "x" * 128, '"name" is too long a text'),
            (first + ("streams",), "fast", '"streams" is not an object'),
            (first + ("networks", 0, "neurons"), "961", '"neurons" is not a number'),
            (first + ("networks", 0, "neurons"), -961, '"neurons" is below 0'),
            (first + ("networks", 0, "inference", "median"), 1e300, '"median" is too large'),
            (first + ("networks", 0, "inference", "values"), 1, '"values" is not a list'),
            (first + ("networks", 0, "inference", "values"), [1, "2"], '"values" is not a number'),
            (first + ("networks", 0, "inference", "values"), [-1], '"values" is below 0'),
            (first + ("networks", 0, "inference", "values"), [1] * 65, '"values" is too long a list'),
            (("machine", "cores"), True, '"cores" is not a number'),
        ]:
            self.refused(self.changed(path, value), words)
        self.refused(json.dumps(self.result).replace('"cores": ', '"cores": 1e999, "x": '), '"cores" is too large')

    def test_what_is_missing_is_a_gap(self):
        page = os.path.join(self.folder.name, "gap.html")
        for path in [("machine",), ("devices", 0, "streams"), ("devices", 0, "networks"), ("devices", 0, "summary")]:
            for value in (None, ABSENT):
                result = bench("compare", self.write(self.changed(path, value)), "--html", page)
                self.assertEqual(result.returncode, 0, result.stderr)
                with open(page, encoding="utf-8") as file:
                    self.check_page(file.read(), [self.result["devices"][0]["name"]])
        result = bench("compare", self.write('{"schema": 2, "devices": [{}], "news": 1}'), "--html", page)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines()[2].split(), ["made:"] + ["-"] * 13)

    def test_extreme_numbers_draw(self):
        page = os.path.join(self.folder.name, "extreme.html")
        for value in (0, 1e-30, 5e-324, 1e30):
            made = json.loads(json.dumps(self.result), parse_float=lambda _, value=value: value)
            result = bench("compare", self.write(made), "--html", page)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(page, encoding="utf-8") as file:
                self.check_page(file.read(), [self.result["devices"][0]["name"]])

    def test_damaged_files_never_crash(self):
        """Bytes changed, taken out and put in at random: a result or a message, never a signal."""
        generator = random.Random(1)
        text = json.dumps(self.result).encode()
        path, codes = os.path.join(self.folder.name, "made.json"), set()
        page = os.path.join(self.folder.name, "damaged.html")
        for _ in range(60):
            damaged = bytearray(text)
            for _ in range(generator.choice((1, 1, 3, 20))):
                place = generator.randrange(len(damaged))
                length, added = generator.choice((0, 1, 1, 5)), generator.choice((0, 1, 1))
                damaged[place : place + length] = generator.randbytes(added)
            with open(path, "wb") as file:
                file.write(damaged)
            result = subprocess.run([BENCH, "compare", path, "--html", page], capture_output=True, check=False)
            self.assertIn(result.returncode, (0, 1), result.stderr)
            codes.add(result.returncode)
            if result.returncode == 0:
                with open(page, encoding="utf-8") as file:
                    self.check_page(file.read(), [])
        self.assertEqual(codes, {0, 1})


class Usage(unittest.TestCase):
    def test_help(self):
        for arguments in (["--help"], ["compare", "--help"]):
            result = bench(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertIn("Usage: praxis-bench", result.stdout)
        self.assertRegex(bench("--version").stdout, r"^praxis-bench \d+\.\d+\.\d+$")

    def test_wrong_usage_is_2_and_named(self):
        for arguments, words in [
            (["--sizes"], "needs a value"),
            (["--sizes", "961,"], '"961,"'),
            (["--sizes", "961;10"], '"961;10"'),
            (["--sizes", "48"], '"48"'),
            (["--sizes", "1e10"], '"1e10"'),
            (["--sizes", "nan"], '"nan"'),
            (["--sizes", ",".join(["961"] * 25)], "more than 24"),
            (["--seconds", "0"], "--seconds"),
            (["--rounds", "65"], "1 to 64"),
            (["--all", "--device", "reference"], "exclude"),
            (["--all", "--scaling"], "--scaling"),
            (["--parts", "2"], "--parts needs --scaling"),
            (["--scaling", "--parts", "1"], '"1"'),
            (["--scaling", "--parts", "2,,4"], '"2,,4"'),
            (["--json", "new", "--html", "./new"], "--json and --html are the same file"),
            (["--csv", "-", "--markdown", "-"], "--csv and --markdown are the same file"),
            (["--csv", "-", "--json", "/dev/stdout"], "--json and --csv are the same file"),
            (["--box"], "--box"),
            (["compare", "--json", "new", "old"], "--json"),
            (["compare", "--baseline"], "needs a value"),
            (["compare", "--baseline", "old"], "there are 0 files"),
            (["--colour"], "--colour"),
            (["dance"], '"dance"'),
            (["compare"], "there are 0 files"),
            (["compare", "--all"], "--all"),
        ]:
            result = bench(*arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stderr))
            self.assertIn(words, result.stderr, arguments)
            self.assertIn("praxis-bench", result.stderr)
            self.assertEqual(result.stdout, "", arguments)

    def test_what_cannot_be_written_is_found_before_measuring(self):
        with tempfile.TemporaryDirectory() as folder:
            good, bad = os.path.join(folder, "good.json"), os.path.join(folder, "absent", "file")
            for arguments in (["--json", bad], ["--json", good, "--html", bad]):
                result = bench(*SHORT, *arguments)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{bad}: cannot be written", result.stderr)
                self.assertNotIn("N = 961", result.stderr)
                self.assertEqual((result.stdout, os.listdir(folder)), ("", []))

    def test_a_device_that_is_not_there_leaves_no_file(self):
        with tempfile.TemporaryDirectory() as folder:
            result = bench("--device", "opencl:99.0", "--json", os.path.join(folder, "out.json"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("opencl:99.0", result.stderr)
            self.assertEqual(os.listdir(folder), [])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_a_full_disk_fails_and_what_was_measured_is_there(self):
        """Of the reference, which has no streams."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "reference.json")
            result = bench(*SHORT, "--device", "reference", "--json", path, "--html", "/dev/full")
            self.assertEqual(result.returncode, 1)
            self.assertIn("/dev/full: cannot be written", result.stderr)
            self.assertIn("measured  praxis", result.stdout)
            with open(path, encoding="utf-8") as file:
                device = json.load(file)["devices"][0]
        self.assertIsNone(device["streams"]["read"]["median"])
        self.assertIsNone(device["networks"][0]["share_of_read"])
        self.assertTrue(math.isfinite(device["networks"][0]["operations_per_second"]))


class Scaling(unittest.TestCase):
    """Networks in parts of the reference, which compiles nothing."""

    def measure(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            html = os.path.join(folder, "scaling.html")
            short = ("--sizes", "121,361", "--seconds", "0.001", "--rounds", "3")
            result = bench("--scaling", *short, *arguments, "--json", "-", "--html", html)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(html, encoding="utf-8") as file:
                self.assertIn("Networks in parts", file.read())
        return json.loads(result.stdout)["devices"][0]

    def check(self, device, over, counts):
        points = device["scaling"]
        self.assertEqual(
            [(point["over"], point["scaling"], point["parts"]) for point in points],
            [(over, scaling, count) for _ in range(2) for count in counts for scaling in ("strong", "weak")],
        )
        synapses = {121: 121 * 20, 361: 361 * 36}  # of one part
        for index, point in enumerate(points):
            one = synapses[121 if index < len(points) // 2 else 361]
            self.assertEqual(set(point), documented_members()["scaling"])
            work = point["synapses"] / one
            if point["scaling"] == "strong":
                self.assertEqual(work, 1)
            else:  # the next graph that has so many neurons, or more
                self.assertGreater(work, point["parts"] * 0.9)
                self.assertLess(work, point["parts"] * 3)
            means = 1 if over == "parts" else point["parts"]
            tick, exchange = point["tick"]["median"], point["exchange"]["median"]
            self.assertAlmostEqual(point["efficiency"], work * point["one"]["median"] / tick / means, places=9)
            self.assertAlmostEqual(point["share_of_exchange"], exchange / tick, places=9)
            self.assertEqual([point[name]["rounds"] for name in ("one", "tick", "exchange")], [3, 3, 3])

    def test_parts_of_one_device(self):
        self.check(self.measure("--device", "reference", "--parts", "2,3"), "parts", [2, 3])

    def test_devices(self):
        device = self.measure("--device", "reference,reference,reference")
        self.assertEqual(device["selector"], "reference,reference,reference")
        self.check(device, "devices", [2, 3])

    def test_results_are_compared(self):
        """Points differ by their number of parts."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "scaling.json")
            with open(path, "w", encoding="utf-8") as file:
                device = self.measure("--device", "reference", "--parts", "2,3")
                for point in device["scaling"]:  # so far apart that none is noise
                    for name in ("one", "tick", "exchange"):
                        point[name].update({key: point["parts"] for key in SAMPLE - {"rounds", "values"}})
                json.dump({"schema": 2, "devices": [device]}, file)
            result = bench("compare", path, "--baseline", path, "--csv", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [row for row in csv.DictReader(result.stdout.splitlines()) if row["part"] == "scaling"]
        self.assertEqual(len(rows), 2 * 2 * 2 * 6)
        for row in rows:
            if row["figure"] in ("one", "tick", "exchange"):
                self.assertEqual(row["value"], row["parts"])


class All(unittest.TestCase):
    """Drivers that end their process, when they are asked for devices or when these compile; see tests/cli."""

    def test_each_device_has_a_process(self):
        fakes, vendors = os.environ["FAKE_DRIVERS"], os.environ.get("OCL_ICD_VENDORS", "/etc/OpenCL/vendors")
        broken = {"POCL_DEVICES": "basic pthread", "LD_PRELOAD": os.path.join(fakes, "broken_calls.so")}
        with tempfile.TemporaryDirectory() as folder:
            for name in os.listdir(vendors) if os.path.isdir(vendors) else []:
                os.symlink(os.path.join(os.path.abspath(vendors), name), os.path.join(folder, name))
            fake = os.path.join(folder, "zz.icd")
            with open(fake, "w", encoding="ascii") as file:
                file.write(os.path.join(fakes, "fake_aborts.so") + "\n")
            listed = bench("--list-devices", **{**broken, "OCL_ICD_VENDORS": vendors})
            devices = [
                (device["selector"], device["name"])
                for device in json.loads(listed.stdout)["devices"]
                if device["usable"] and device["type"] not in ("reference", "emulator")
            ]
            if not devices:
                self.skipTest("SKIPPED: no OpenCL device")
            broken |= {"BROKEN_DEVICE": "", "OCL_ICD_VENDORS": folder}  # an empty part is in every name
            html = os.path.join(folder, "all.html")
            result = bench(*SHORT, "--all", "--json", "-", "--html", html, **broken)
            table = bench(*SHORT, "--all", **broken)
            with open(html, encoding="utf-8") as file:
                page = file.read()
        report = json.loads(result.stdout)
        self.assertEqual((result.returncode, table.returncode), (1, 1), result.stderr)
        self.assertEqual([(device["selector"], device["name"]) for device in report["devices"]], devices)
        killed = f"was killed by signal {int(signal.SIGABRT)} "
        for device in report["devices"]:
            self.assertIn(killed, device["failure"])
            self.assertEqual(device["networks"], [])
            self.assertIn(f"{device['selector']} ({device['name']}) is not measured: its process {killed}", result.stderr)
        self.assertEqual([driver["file"] for driver in report["left_out"]], [fake])
        self.assertIn(killed, report["left_out"][0]["failure"])
        self.assertEqual(table.stdout.count(f"NOT MEASURED: its process {killed}"), len(devices))
        self.assertIn(fake, table.stdout)
        self.assertEqual(page.count("Not measured: its process was killed"), len(devices))


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Completions of the shells: bash completes for real, and the others read theirs where they are here."""

import json
import os
import pty
import re
import shutil
import subprocess
import tempfile
import unittest

from command import COMMANDS, PRAXIS, praxis

FOLDER = os.environ["PRAXIS_COMPLETIONS"]
BENCH = os.environ.get("PRAXIS_BENCH_BIN")
PROGRAMS = {"praxis": PRAXIS, **({"praxis-bench": BENCH} if BENCH else {})}
# A program that tells its words, in a shell that completes as it does everywhere.
SHELL = """
bind 'set bell-style none' 'set enable-bracketed-paste off' 'set completion-query-items 0' 2>/dev/null
tell() { printf 'TOLD'; printf '<%s>' "$@"; printf 'END\\n'; }
praxis() { tell "$@"; }
praxis-bench() { tell "$@"; }
PS1=
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def path_of(program, shell):
    return os.path.join(FOLDER, {"bash": program, "zsh": f"_{program}", "fish": f"{program}.fish"}[shell])


def lines():
    """Every command line that has options of its own."""
    tasks = [task["name"] for task in json.loads(praxis("tasks", "--json").stdout)["tasks"]]
    commands = [[command] for command in COMMANDS if command != "train"] + [["train", task] for task in tasks]
    return [("praxis", words) for words in commands] + ([("praxis-bench", [])] if BENCH else [])


def options(program, words):
    text = subprocess.run([PROGRAMS[program], *words, "--help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE))


class Bash(unittest.TestCase):
    def typed(self, *keys, folder="/"):
        """The words that the program gets, after these lines were typed into a bash on a terminal."""
        settings = tempfile.NamedTemporaryFile("w", suffix=".bash")
        self.addCleanup(settings.close)
        settings.write(SHELL + "".join(read(path_of(program, "bash")) for program in PROGRAMS))
        settings.flush()
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.environ.update(INPUTRC="/dev/null", TERM="dumb", HISTFILE="", HOME=folder)
            os.execlp("bash", "bash", "--noprofile", "--rcfile", settings.name, "-i")
        told, seen = [], ""
        for line in keys:
            os.write(terminal, line.encode() + b"\n")
            while not re.search(r"TOLD(<.*>)END", seen):
                seen += os.read(terminal, 4096).decode(errors="replace")
            told.append(re.findall(r"<(.*?)>", re.search(r"TOLD(<.*>)END", seen).group(1)))
            seen = ""
        os.write(terminal, b"exit\n")
        os.waitpid(child, 0)
        os.close(terminal)
        return told

    def test_typed(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("my series.csv", "organoids.safetensors"):
                with open(os.path.join(folder, name), "w", encoding="utf-8"):
                    pass
            os.mkdir(os.path.join(folder, "pictures"))
            told = self.typed(
                "praxis tr\tdelayed-x\t--trace-f\tst\t--set metap\t0.5 --report p\t",
                "praxis run --in\tmy\t--factor=ce\t--dot-product p\tt\t--json",
                "praxis inspect o\t--js\t",
                *(["praxis-bench comp\to\t--ht\tpage.html"] if BENCH else []),
                folder=folder,
            )
        wanted = [
            ["train", "delayed-xor", "--trace-form", "stored", "--set", "metaplasticity=0.5", "--report", "pictures/"],
            ["run", "--input", "my series.csv", "--factor=centred", "--dot-product", "ptx", "--json"],
            ["inspect", "organoids.safetensors", "--json"],
            ["compare", "organoids.safetensors", "--html", "page.html"],
        ]
        self.assertEqual(told, wanted[: len(told)])

    def test_all_options(self):
        """For every command and task, those of --help, no more and no less."""
        asked = lines()
        script = "compopt() { :; }\n" + "".join(f". {path_of(program, 'bash')}\n" for program in PROGRAMS)
        for program, words in asked:
            line = " ".join([program, *words])
            function = "_" + program.replace("-", "_")
            script += f"COMP_WORDS=({line} --) COMP_CWORD={len(words) + 1}\n{function}\necho \"${{COMPREPLY[@]}}\"\n"
        answers = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        self.assertEqual(answers.stderr, "")
        for (program, words), answer in zip(asked, answers.stdout.splitlines(), strict=True):
            self.assertEqual(set(answer.split()), options(program, words), (program, words))


class Others(unittest.TestCase):
    def test_all_options_are_there(self):
        for program, words in lines():
            zsh, fish = read(path_of(program, "zsh")), read(path_of(program, "fish"))
            block = re.search(rf"^ *{words[-1]}\)\n(.*?);;", zsh, re.DOTALL | re.MULTILINE).group(1) if words else zsh
            seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in words)
            condition = f"-n '{seen}' " if words else ""
            for option in options(program, words):
                self.assertRegex(block, rf"'\*?{option}[=\[]", (program, words))
                self.assertIn(f"complete -c {program} {condition}-l {option[2:]} ", fish)

    def test_shells_read_theirs(self):
        missing = [shell for shell in ("zsh", "fish") if not shutil.which(shell)]
        for program in PROGRAMS:
            for shell in ("bash", "zsh", "fish"):
                if shell not in missing:
                    subprocess.run([shell, "-n", path_of(program, shell)], check=True)
        if missing:
            print(f"SKIPPED: no {' and no '.join(missing)}: nobody reads the completions for it")

    @unittest.skipUnless(shutil.which("fish"), "no fish")
    def test_fish_completes(self):
        asked = [("praxis train delayed-x", "delayed-xor"), ("praxis run --trace-form ", "window"),
                 ("praxis run --trace-f", "--trace-form"), ("praxis train pong --b", "--by")]  # fmt: skip
        for line, wanted in asked:
            script = f"source {path_of('praxis', 'fish')}; complete -C '{line}'"
            answer = subprocess.run(["fish", "-N", "-c", script], capture_output=True, text=True, check=True).stdout
            self.assertIn(wanted, [found.split("\t")[0] for found in answer.splitlines()], line)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""
What the documentation prints as commands. A command stands in an indented or fenced block, or in `inline code`; in a manual
page, in a line that is indented by a tab. It begins with one of PROGRAMS or with the path of an executable file.
"""

import glob
import os
import re
from typing import NamedTuple

PROGRAMS = set(
    "praxis praxis-bench meson ninja pkg-config apt apt-get sudo git cd export sh bash cc make cmake python3 pip gnuplot "
    "man clinfo".split()
)
SHELLS = {"", "sh", "bash", "console"}


class Command(NamedTuple):
    text: str
    path: str
    line: int


class Printed:
    """All of a source tree: commands in the order in which a reader meets them, and names of commands in sentences."""

    def __init__(self, root):
        self.root = root
        self.commands, self.names = [], []
        folders = ["docs/*.md", "docs/manual/*.md", "*/results/*.md"]
        for path in ["README.md", "CONTRIBUTING.md", *(path for folder in folders for path in self.sorted(folder))]:
            self.read_markdown(path)
        for path in self.sorted("docs/man/*.scd"):
            self.read_manual(path)

    def sorted(self, pattern):
        return sorted(os.path.relpath(path, self.root) for path in glob.glob(os.path.join(self.root, pattern)))

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def is_command(self, text):
        words = [word for word in text.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
        if not words:
            return False
        path = os.path.join(self.root, words[0])
        built = words[0].startswith("build/") and not words[0].endswith(".html")
        return words[0] in PROGRAMS or built or "/" in words[0] and os.path.isfile(path) and os.access(path, os.X_OK)

    def keep(self, text, path, line):
        """A name is a program, or a program and what it is to do; more is a command."""
        kept = self.names if re.fullmatch(r"praxis(-bench)?( [a-z][a-z-]*)?", text) else self.commands
        kept.append(Command(text, path, line))

    def keep_block(self, lines, path, first):
        """A block is all commands or none, so that no command is overlooked for its program."""
        commands, start = [], 0
        for number, line in enumerate(lines):
            text = " ".join([*(part.rstrip("\\").strip() for part in lines[start:number]), line.strip()])
            if line.endswith("\\"):
                continue
            commands.append(Command(re.split(r"\s+# ", text)[0], path, first + start))
            start = number + 1
        found = [command for command in commands if self.is_command(command.text)]
        if found and len(found) < len([command for command in commands if command.text]):
            raise AssertionError(f"{path}:{first}: only some lines of this block are commands: {found}")
        self.commands += found

    def read_markdown(self, path):
        prose, block, fence, first = [], [], None, 0
        for number, line in enumerate([*self.read(path).splitlines(), ""], 1):
            mark = re.fullmatch(r"\s*```([^`]*)", line)
            inside = fence is not None or (line.startswith("    ") and not mark)
            if mark and fence is None:
                fence, block, first = mark[1], [], number + 1
            elif mark or (block and not inside):
                if fence is None or fence in SHELLS:
                    self.keep_block(block, path, first)
                fence, block = None, []
            elif inside:
                first = first if block else number
                block.append(line)
            prose.append("" if inside or mark else line)
        text = "\n".join(prose)
        for code in re.finditer(r"`([^`]+)`", text):
            inline = " ".join(code[1].split())
            if self.is_command(inline):
                self.keep(inline, path, text.count("\n", 0, code.start()) + 1)

    def read_manual(self, path):
        text = self.read(path)
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("\t") and self.is_command(line):
                self.commands.append(Command(line.strip(), path, number))
        for name in re.finditer(r"\*(praxis(-bench)? [a-z]+)\*", text):
            self.names.append(Command(name[1], path, text.count("\n", 0, name.start()) + 1))

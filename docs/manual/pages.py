# SPDX-License-Identifier: MIT
"""The pages of the manual, put together from what lies in the sources and what the programs say of themselves."""

import glob
import json
import os
import re
import subprocess

import header

# What is drawn: of each task its options, the pictures that show something, and what makes it short where only that it
# can be drawn is asked.
TRAININGS = {
    "delayed-cue": ("", ["learning", "weights", "activity"], "--trials 60 --tests 10 --seeds 2 --neurons 361"),
    "reversal": ("--seeds 2", ["learning"], "--trials 60 --tests 10 --neurons 361"),
    "pong": ("--seeds 1", ["learning"], "--steps 600 --neurons 361"),
    "mackey-glass": ("--seeds 1", ["prediction"], "--ticks 1500 --tests 200 --neurons 361"),
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Pages:
    def __init__(self, source, praxis, bench, folder):
        self.source, self.praxis, self.bench, self.folder = source, praxis, bench, folder
        # Of each file that has a page, where that is; from the root of the sources.
        self.places = {
            "CONTRIBUTING.md": "contributing.md",
            "CHANGELOG.md": "changes.md",
            "SECURITY.md": "security.md",
            "findings/README.md": "findings.md",
            "examples": "examples/index.md",
            "include/praxis/praxis.h": "library/index.rst",
            "include/praxis/opencl.h": "library/opencl.rst",
            "parallel/praxis/mpi.h": "library/mpi.rst",
        }
        self.places |= {path: os.path.basename(path) for path in self.found("docs/*.md") + self.found("docs/manual/*.md")}
        # The least one first.
        for path in sorted(self.found("examples/*.c"), key=lambda path: len(self.text(path))):
            self.places[path] = f"{path[:-2]}.md"
        for path in self.found("examples/python/*.py"):
            self.places[path] = f"examples/python-{os.path.basename(path)[:-3]}.md"

    def found(self, pattern):
        return sorted(os.path.relpath(path, self.source) for path in glob.glob(os.path.join(self.source, pattern)))

    def text(self, path):
        return read(os.path.join(self.source, path))

    def write(self, name, text):
        """Leaves alone what has it already, so that Sphinx reads only what is new."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.exists(path) or read(path) != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def led(self, text, path):
        """Links of a file to others become links to their pages; what has no page keeps its name. Images are taken along."""

        def lead(found):
            image, shown, (target, _, anchor) = found.group(1), found.group(2), found.group(3).partition("#")
            if re.match(r"\w+:", target) or not target:
                return found.group()
            there = os.path.normpath(os.path.join(os.path.dirname(path), target))
            if image:
                self.write(f"images/{os.path.basename(there)}", self.text(there))
                place = f"images/{os.path.basename(there)}"
            elif there in self.places:
                place = self.places[there]
            else:
                return shown
            place = os.path.relpath(place, os.path.dirname(self.places[path]) or ".")
            return f"{image}[{shown}]({place}{'#' + anchor if anchor else ''})"

        return re.sub(r"(!?)\[([^\]]+)\]\(([^)\s]+)\)", lead, text)

    def make(self):
        for path, place in self.places.items():
            if path.endswith(".md") and place not in ("index.md", "tasks.md"):
                self.write(place, self.led(self.text(path), path))
        for name in ("conf.py", "static/manual.css"):
            self.write(name, self.text(os.path.join("docs/manual", name)))
        self.make_index()
        self.make_library()
        self.make_examples()
        self.make_commands()
        self.make_tasks()

    def make_index(self):
        """Pages of docs/ that the index does not name stand where it has OTHERS."""
        path = "docs/manual/index.md"
        text = self.led(self.text(path), path)
        names = [os.path.basename(page)[:-3] for page in self.found("docs/*.md")]
        others = [name for name in names if not re.search(rf"^{name}$", text, re.MULTILINE)]
        self.write("index.md", re.sub(r"^OTHERS$", "\n".join(others), text, flags=re.MULTILINE))

    def make_library(self):
        names = []
        for path in header.HEADERS:
            text = self.text(path)
            for place, title, said in header.sections(text, os.path.basename(path), header.kinds_of(text)):
                names.append(place)
                shown = f".. doxygengroup:: {place}\n   :content-only:\n   :members:\n   :undoc-members:\n"
                self.write(f"library/{place}.rst", f"{title}\n{'=' * len(title)}\n\n{said}\n\n{shown}")
        listed = "".join(f"   {name}\n" for name in names)
        said = "What the public headers say: of ``praxis/praxis.h`` a page for each of its sections.\n"
        self.write("library/index.rst", f"The library\n===========\n\n{said}\n.. toctree::\n\n{listed}")

    def make_examples(self):
        names = []
        for path, place in self.places.items():
            if not re.fullmatch(r"examples/.*\.(c|py)", path):
                continue
            names.append(os.path.basename(place)[:-3])
            code, python = self.text(path), path.endswith(".py")
            title = os.path.basename(path)[: -3 if python else -2] + (", in Python" if python else "")
            printed = f"tests/examples/{os.path.basename(path)[:-2]}.txt"
            shown = f"\nIt prints, on every device,\n\n```text\n{self.text(printed)}```\n" if self.found(printed) else ""
            language = "python" if python else "c"
            text = f"# {title}\n\n{said_of(code, python)}\n\n`{path}`:\n\n```{language}\n{code}```\n{shown}"
            self.write(place, text)
        said = "Programs that use the library, each of which is a test.\n"
        listed = "\n".join(names)
        self.write("examples/index.md", f"# Examples\n\n{said}\n```{{toctree}}\n{listed}\n```\n")

    def make_commands(self):
        text = "# Commands\n\nWhat each command says of itself with `--help`; their manual pages say more.\n"
        listed = re.search(r"Commands:\n((?:  .*\n)+)", output_of(self.praxis, "--help")).group(1)
        programs = [(f"praxis {line.split()[0]}", [self.praxis, line.split()[0]]) for line in listed.splitlines()]
        programs += [("praxis-bench", [self.bench])] if os.path.exists(self.bench) else []
        for name, program in programs:
            text += f"\n## {name}\n\n```text\n{output_of(*program, '--help')}```\n"
        self.write("commands.md", text)

    def make_tasks(self):
        """Behind what is said of all, what the command says of each, with its pictures."""
        path = "docs/manual/tasks.md"
        text = self.led(self.text(path), path)
        for task in json.loads(output_of(self.praxis, "tasks", "--json"))["tasks"]:
            options, pictures, _ = TRAININGS.get(task["name"], ("", [], ""))
            controls = "; ".join(f"`{control['name']}`: {control['description']}" for control in task["controls"])
            text += f"\n## {task['name']}\n\n{task['description']}\n\n*{task['source']}*\n\nControls: {controls}.\n\n"
            if pictures:
                text += f"    {' '.join(['praxis train', task['name'], *options.split()])} --report pictures\n\n"
            for picture in pictures:
                image = f"pictures/{task['name']}/{picture}.svg\n:alt: {picture} of {task['name']}\n:width: 640px"
                text += f"```{{image}} {image}\n```\n\n"
        self.write("tasks.md", text)


def said_of(code, python):
    """What an example says of itself at its beginning."""
    if python:
        return re.search(r'"""(.*?)"""', code, re.DOTALL).group(1).strip()
    comments = [comment for comment in header.COMMENT.findall(code.partition("#include")[0]) if "SPDX" not in comment]
    said = "\n".join(header.body(comments[0])).strip() if comments else "The least that a program needs."
    return re.sub(r"\n\s*\n {4}(\S.*)", r"\n\n```text\n\1\n```", said)

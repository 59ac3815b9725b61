#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual as one site: build.py SOURCE_ROOT BUILD_ROOT OUTPUT [--short]

OUTPUT/pages gets what pages.py puts together and the pictures that the command draws while it trains, again where the
command has changed (with --short after a few trials, to see that it can be done); OUTPUT/doxygen what Doxygen reads in the
public headers; OUTPUT/html the site. Any warning of Doxygen or Sphinx is an error.
"""

import os
import shutil
import subprocess
import sys

import header
import pages

DOXYFILE = """
PROJECT_NAME = praxis
INPUT = {headers}
FILTER_PATTERNS = *.h="{python} {filter}"
OUTPUT_DIRECTORY = {output}
STRIP_FROM_PATH = {source}
GENERATE_XML = YES
GENERATE_HTML = NO
GENERATE_LATEX = NO
OPTIMIZE_OUTPUT_FOR_C = YES
TYPEDEF_HIDES_STRUCT = YES
MARKDOWN_SUPPORT = NO
EXTRACT_STATIC = YES
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = PRAXIS_API=
WARN_IF_UNDOCUMENTED = NO
WARN_AS_ERROR = FAIL_ON_WARNINGS
QUIET = YES
"""


def run_doxygen(source, folder):
    """The folder of its XML."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    headers = " ".join(os.path.join(source, path) for path in header.HEADERS)
    reader = os.path.abspath(header.__file__)
    settings = DOXYFILE.format(
        headers=headers, source=source, python=sys.executable, filter=reader, output=folder
    )
    subprocess.run(["doxygen", "-"], input=settings, text=True, check=True)
    return os.path.join(folder, "xml")


def draw(praxis, folder, short):
    os.makedirs(folder, exist_ok=True)
    for task, (options, _, few) in pages.TRAININGS.items():
        drawn = os.path.join(folder, task, "learning.svg")
        if os.path.exists(drawn) and os.path.getmtime(drawn) > os.path.getmtime(praxis):
            continue
        print(f"training {task}, for its pictures", flush=True)
        command = [praxis, "train", task, *options.split(), *(few.split() if short else []), "--report"]
        subprocess.run([*command, os.path.dirname(drawn)], check=True, stdout=subprocess.DEVNULL)


def run_sphinx(build, output, praxis, xml):
    environment = {
        **os.environ,
        "PRAXIS_VERSION": pages.output_of(praxis, "--version").split()[1],
        "PRAXIS_DOXYGEN": xml,
        "PYTHONPATH": os.path.join(build, "bindings", "python"),
        "LD_LIBRARY_PATH": os.path.join(build, "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    folders = [os.path.join(output, name) for name in ("doctrees", "pages", "html")]
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", *folders]
    subprocess.run(command, env=environment, check=True)
    print(f"the manual: {os.path.join(output, 'html', 'index.html')}")


def main():
    source, build, output = (os.path.abspath(path) for path in sys.argv[1:4])
    praxis, bench = os.path.join(build, "praxis"), os.path.join(build, "bench", "praxis-bench")
    folder = os.path.join(output, "pages")
    draw(praxis, os.path.join(folder, "pictures"), "--short" in sys.argv)
    pages.Pages(source, praxis, bench, folder).make()
    run_sphinx(build, output, praxis, run_doxygen(source, os.path.join(output, "doxygen")))


if __name__ == "__main__":
    sys.exit(main())

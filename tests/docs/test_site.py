#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual is made without a warning, its links lead somewhere, and what it should have is there.

Usage: test_site.py SOURCE_ROOT BUILD_ROOT
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

SOURCE, BUILD = sys.argv[1:3]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        script = os.path.join(SOURCE, "docs", "manual", "build.py")
        command = [sys.executable, script, SOURCE, BUILD, folder.name, "--short"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise AssertionError(result.stdout + result.stderr)
        cls.html = os.path.join(folder.name, "html")
        cls.pages = {}
        for place, _, names in os.walk(cls.html):
            for name in names:
                if name.endswith(".html"):
                    path = os.path.join(place, name)
                    cls.pages[os.path.relpath(path, cls.html)] = read(path)

    def test_links_lead_somewhere(self):
        for page, text in self.pages.items():
            for target in re.findall(r'(?:href|src)="([^"]*)"', text):
                path, _, anchor = urllib.parse.unquote(target).partition("#")
                path = path.partition("?")[0]
                if re.match(r"\w+:", path):
                    continue
                there = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
                self.assertTrue(os.path.exists(os.path.join(self.html, there)), (page, target))
                if anchor and there in self.pages and path.endswith(".html"):
                    self.assertIn(f'id="{anchor}"', self.pages[there], (page, target))

    def test_every_document_has_a_page(self):
        for name in os.listdir(os.path.join(SOURCE, "docs")):
            if name.endswith(".md"):
                self.assertIn(f"{name[:-3]}.html", self.pages)
        for name in os.listdir(os.path.join(SOURCE, "examples")):
            if name.endswith(".c"):
                self.assertIn(f"examples/{name[:-2]}.html", self.pages)

    def test_the_library_is_whole(self):
        """Every function of the public headers, with what is said of it."""
        text = "".join(page for name, page in self.pages.items() if name.startswith("library/"))
        headers = glob.glob(os.path.join(SOURCE, "*", "praxis", "*.h"))
        self.assertGreater(len(headers), 1)
        for path in headers:
            source = read(path)
            for function in re.findall(r"PRAXIS_API [^;(]*?(praxis_\w+)\(", source):
                self.assertRegex(text, rf'id="c\.{function}"[\s\S]{{0,4000}}?<dd><p>', function)
        self.assertIn("A short English phrase for a status", text)

    def test_pictures_are_shown(self):
        shown = re.findall(r'<img[^>]*src="([^"]*\.svg)"', self.pages["tasks.html"])
        self.assertGreaterEqual(len(shown), 3)
        for path in shown:
            self.assertIn("<svg", read(os.path.join(self.html, path)))

    def test_python_is_told(self):
        page = self.pages["python-reference.html"]
        for name in ("praxis.Network", "praxis.Network.run", "praxis.devices", "praxis.modulators.Critic"):
            self.assertIn(f'id="{name}"', page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

# SPDX-License-Identifier: MIT
"""Sphinx's settings of the manual; build.py puts them beside the pages, with the folder of Doxygen's XML."""

import os
import re

project = "PRAXIS"
copyright = "the PRAXIS authors; MIT licence"
version = release = os.environ["PRAXIS_VERSION"]
extensions = ["myst_parser", "breathe", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
# Commands and formulas that are indented in the sources are no language.
highlight_language = "none"
breathe_projects = {"praxis": os.environ["PRAXIS_DOXYGEN"]}
breathe_default_project = "praxis"
breathe_domain_by_extension = {"h": "c"}
breathe_show_define_initializer = True
c_id_attributes = ["PRAXIS_API"]
c_extra_keywords = []
default_role = "py:obj"
autodoc_member_order = "groupwise"
autodoc_typehints = "none"
napoleon_google_docstring = False
html_theme = "furo"
html_title = f"PRAXIS {version}"
html_static_path = ["static"]
html_css_files = ["manual.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}


def unmarked(app, what, name, thing, options, lines):
    """Docstrings of Python mean asterisks and bars as they stand, as in **parameters and |x|."""
    lines[:] = [re.sub(r"(?<![\\`*\w])\*\*(\w+)(?![\w*])", r"\\*\\*\1", line).replace("|", r"\|") for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", unmarked, priority=900)

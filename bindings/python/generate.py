# SPDX-License-Identifier: MIT
"""
What the Python package takes from praxis.h when it is built, so that nothing of the header is typed twice.

_interface.py    the declarations, as cffi reads them without a compiler
_names.py        enumerations, structures that the library fills, parameters, and the attributes of a network's fields

Usage: generate.py HEADER SONAME INTERFACE NAMES
"""

import ast
import contextlib
import io
import os
import re
import sys

import cffi

# Parameters that Network names itself.
NAMED = ("neurons", "replicas", "channels", "seed")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def values_of(text):
    """Constants of #define, in the order in which they are defined; one may be made of others."""
    values = {}
    for name, expression in re.findall(r"^#define (PRAXIS_\w+)[ \t]+(.+)$", text, re.MULTILINE):
        known = re.sub(r"PRAXIS_\w+", lambda found: str(values[found[0]]), expression)
        parts = [int(part, 0) for part in re.findall(r"\b(0x[0-9a-f]+|\d+)u?\b", known, re.IGNORECASE)]
        if not parts or re.sub(r"\b(0x[0-9a-f]+|\d+)u?\b|[()| ]", "", known, flags=re.IGNORECASE):
            raise SystemExit(f"generate.py: cannot read the value of {name}: {expression}")
        values[name] = 0
        for part in parts:
            values[name] |= part
    return values


def declarations(header):
    """praxis.h as cffi takes it: without comments, inline functions, and what the preprocessor would take out."""
    text = COMMENT.sub("", header)
    text = re.sub(
        r"^#if(def __cplusplus| defined\(PRAXIS_BUILDING\)).*?^#endif$", "", text, flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"^static inline .*?^}$", "", text, flags=re.DOTALL | re.MULTILINE)
    constants = "".join(f"#define {name} {value}\n" for name, value in values_of(text).items())
    return constants + re.sub(r"^#.*$", "", text, flags=re.MULTILINE).replace("PRAXIS_API ", "")


def class_name(name):
    return "".join(word.capitalize() for word in name.removeprefix("praxis_").split("_"))


def comments_of(header):
    """What the header says of each member of its structures: behind it, or in lines of their own before it."""
    found = {}
    for name, body in re.findall(r"typedef struct (praxis_\w+) \{\n(.*?)^\} \1;", header, re.DOTALL | re.MULTILINE):
        for before, members, behind in re.findall(
            r"(?:^ *(/\*(?:(?!\*/).)*\*/)\n)?^ *(?:const )?\w+ \**([^;()/]+);(?: *(/\*(?:(?!\*/).)*\*/))?",
            body,
            re.DOTALL | re.MULTILINE,
        ):
            text = " ".join(re.sub(r"^\s*\*(?!/)", "", (behind or before)[2:-2], flags=re.MULTILINE).split())
            for member in members.split(","):
                found[name, re.sub(r"\[.*|^[ *]*", "", member)] = text
    return found


class Names:
    """The text of _names.py."""

    def __init__(self, ffi, header):
        self.ffi, self.comments = ffi, comments_of(header)
        functions = set(re.findall(r"\b(praxis_\w+)\(", header))
        names = re.findall(r"typedef (?:struct|enum) (praxis_\w+) \{", header)
        self.enumerations = [name for name in names if ffi.typeof(name).kind == "enum"]
        structures = [name for name in names if ffi.typeof(name).kind == "struct"]
        self.filled = [
            name
            for name in structures
            if dict(ffi.typeof(name).fields).get("struct_size") and f"{name}_init" not in functions
        ]

    def members(self, name):
        return [
            (member, field.type)
            for member, field in self.ffi.typeof(name).fields
            if member not in ("struct_size", "reserved")
        ]

    def kind(self, kind):
        """How a member's type is called in Python. An int of this header is a truth, as no number is one."""
        if kind.kind == "enum":
            return class_name(kind.cname)
        if kind.cname == "int":
            return "bool"
        if kind.cname in ("float", "double"):
            return "float"
        if kind.kind == "primitive":
            return "int"
        if kind.item.cname.strip() == "char":
            return "str"
        return "NDArray[Any]"

    def elements(self, name):
        return [element for element in self.ffi.typeof(name).relements.items() if not element[0].endswith("_COUNT")]

    def enumeration(self, name):
        elements = sorted(self.elements(name), key=lambda element: element[1])
        prefix = os.path.commonprefix([element for element, _ in elements]).rpartition("_")[0] + "_"
        lines = [f"class {class_name(name)}(enum.IntEnum):", f'    """``{name}`` of praxis.h."""', ""]
        return [*lines, *(f"    {element.removeprefix(prefix)} = {value}" for element, value in elements), "", ""]

    def structure(self, name):
        members = self.members(name)
        lines = ["@dataclass(frozen=True)", f"class {class_name(name)}:", f'    """``{name}`` of praxis.h.', ""]
        lines += ["    Attributes", "    ----------"]
        for member, kind in members:
            lines += [f"    {member} : {self.kind(kind)}"]
            lines += [f"        {self.comments[name, member]}"] if self.comments.get((name, member)) else []
        return [*lines, '    """', "", *(f"    {member}: {self.kind(kind)}" for member, kind in members), "", ""]

    def parameters(self):
        lines = [
            "class Parameters(TypedDict, total=False):",
            '    """What else a network is made from, by name."""',
            "",
        ]
        for member, kind in self.members("praxis_parameters"):
            if kind.kind != "pointer" and member not in NAMED:
                lines += [f"    {member}: {'str | int' if kind.kind == 'enum' else self.kind(kind)}"]
        return [*lines, "", ""]

    def fields(self):
        numbered = sorted(self.elements("praxis_field"), key=lambda element: element[1])
        names = [element.removeprefix("PRAXIS_FIELD_").lower() for element, _ in numbered]
        lines = []
        for kind, text in (
            ("Field", "Real values of the fields of a network."),
            ("Code", "Codes of the fields of a network."),
        ):
            lines += [f"class {kind}Attributes:", f'    """{text}"""', ""]
            lines += [*(f"    {name} = {kind}Attribute()" for name in names), "", ""]
        return lines

    def text(self, soname):
        lines = [
            '"""Names of praxis.h. Made by generate.py."""',
            "from __future__ import annotations",
            "",
            "import enum",
            "from dataclasses import dataclass",
            "from typing import Any, TypedDict",
            "",
            "from numpy.typing import NDArray",
            "",
            "from praxis._fields import CodeAttribute, FieldAttribute",
            "",
            f"SONAME = {soname!r}",
            "",
            "",
        ]
        for name in self.enumerations:
            lines += self.enumeration(name)
        for name in self.filled:
            lines += self.structure(name)
        lines += [*self.parameters(), *self.fields()]
        for title, kinds in (("STRUCTURES", self.filled), ("ENUMERATIONS", self.enumerations)):
            lines += [f"{title}: dict[str, Any] = {{", *(f'    "{name}": {class_name(name)},' for name in kinds), "}"]
        return "\n".join(lines) + "\n"


def main(header_path, soname, interface, names):
    with open(header_path, encoding="utf-8") as file:
        header = file.read()
    ffi = cffi.FFI()
    ffi.cdef(declarations(header))
    ffi.set_source("praxis._interface", None)
    with contextlib.redirect_stdout(io.StringIO()):
        ffi.emit_python_code(interface)
    text = Names(ffi, header).text(soname)
    ast.parse(text)
    with open(names, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])

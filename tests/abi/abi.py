#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The binary interface, read from a public header and a compiled probe, beside what was written down of it.

    abi.py probe HEADER OUT.c             a program that prints sizes, offsets and values of what the header declares
    abi.py grow HEADER OUT.h              the header of a version to come: every structure that may grow has grown
    abi.py check PROBE HEADER GOLDEN
    abi.py write PROBE HEADER GOLDEN      writes the interface down anew

What was written down must still be there and the same; what was appended may be. A structure grows behind its old size:
what lies in the padding at its end reached the library from older programs as it happened to be.
"""

import os
import re
import subprocess
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Header:
    """What a header declares: structures, enumerators and constants by name, functions by what they look like."""

    def __init__(self, text):
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
        defined = re.findall(r"^#define (PRAXIS_\w+)[ \t]+(\S.*)$", text, re.MULTILINE)
        self.constants = [name for name, value in defined if not re.match(r"PRAXIS_(VERSION|API)", name) and value]
        text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
        found = re.findall(r"typedef struct (praxis_\w+) \{(.*?)\} \1;", text, re.DOTALL)
        self.structures = {name: self.members(body) for name, body in found}
        for body in re.findall(r"typedef enum praxis_\w+ \{(.*?)\}", text, re.DOTALL):
            self.constants += re.findall(r"(PRAXIS_\w+)\s*=", body)
        self.functions = {}
        for result, name, arguments in re.findall(r"PRAXIS_API ([^;(]*?)(praxis_\w+)\(([^;]*)\);", text, re.DOTALL):
            kinds = [self.kind(" ".join(argument.split())) for argument in arguments.split(",")]
            self.functions[name] = f"{' '.join(result.split())} ({', '.join(kinds)})"

    @staticmethod
    def kind(argument):
        """Its type without its name."""
        named = re.match(r"(.*[ *])\w+$", argument)
        return named.group(1).strip() if named else argument

    @staticmethod
    def members(body):
        """Names and types of the members of a structure."""
        found = []
        for declaration in (" ".join(part.split()) for part in body.split(";")):
            pointer = re.match(r"(.*)\(\*(\w+)\)(\(.*\))$", declaration)
            if pointer:
                found.append((pointer.group(2), f"{pointer.group(1)}(*){pointer.group(3)}"))
            elif declaration:
                kind = re.match(r"((?:const |struct )?\w+) ?(.*)$", declaration)
                for name in kind.group(2).split(","):
                    stars, word, array = re.match(r" ?(\**)(\w+)(\[\w+\])?$", name).groups()
                    found.append((word, f"{kind.group(1)} {stars}{array or ''}".strip()))
        return found


def make_probe(file, header):
    lines = []
    for name, members in header.structures.items():
        lines.append(f'printf("structure {name} %zu\\n", sizeof({name}));')
        for member, kind in members:
            place = f"offsetof({name}, {member}), sizeof((({name} *)NULL)->{member})"
            lines.append(f'printf("member {name}.{member} %zu %zu {kind}\\n", {place});')
    lines += [f'printf("value {name} %lld\\n", (long long){name});' for name in header.constants]
    body = "\n".join(f"    {line}" for line in lines)
    return (
        f"#define CL_TARGET_OPENCL_VERSION 120\n#include <praxis/{file}>\n#include <stdio.h>\n\nint main(void)\n{{\n"
        f'    printf("pointer bytes %zu\\n", sizeof(void *));\n{body}\n    return 0;\n}}\n'
    )


def grow(text):
    return re.sub(
        r"(typedef struct (praxis_\w+) \{\s*size_t struct_size;.*?)(\} \2;)",
        r"\1    uint64_t grown[3];\n\3",
        text,
        flags=re.DOTALL,
    )


def describe(probe, header):
    """The interface in lines, each a kind, a name and what there is to say of it."""
    lines = subprocess.run([probe], capture_output=True, text=True, check=True).stdout.splitlines()
    return lines + [f"function {name} {text}" for name, text in header.functions.items()]


def table(lines):
    return {tuple(line.split(" ", 2)[:2]): line.split(" ", 2)[2] for line in lines}


def may_become(key, old, new):
    """Whether what was one thing may be another: a structure larger, a number of enumerators greater."""
    return (key[0] == "structure" or key[1].endswith("_COUNT")) and int(new) >= int(old)


def compare(golden, current):
    """What is wrong, in words."""
    golden, current, wrong = table(golden), table(current), []
    grows = {key[1] for key in golden if key[0] == "structure" and ("member", f"{key[1]}.struct_size") in golden}
    for key, old in golden.items():
        new = current.get(key)
        if new is None:
            wrong.append(f"{' '.join(key)} is gone")
        elif new != old and not may_become(key, old, new):
            wrong.append(f"{' '.join(key)} was {old} and is {new}")
        elif new != old and key[0] == "structure" and key[1] not in grows:
            wrong.append(f"{key[1]} has no struct_size and was {old} bytes, not {new}")
    for key, new in current.items():
        owner, _, name = key[1].partition(".")
        size = golden.get(("structure", owner))
        if key[0] != "member" or key in golden or size is None:
            continue
        if int(new.split()[0]) < int(size) and not name.startswith("reserved"):
            wrong.append(f"{key[1]} lies at {new.split()[0]}, within the {size} bytes that {owner} had")
    return wrong


def exported(library):
    listed = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in listed.splitlines()}


def exported_otherwise(library, headers):
    """What is exported and in no header, or the other way round."""
    declared, symbols = {name for header in headers for name in Header(read(header)).functions}, exported(library)
    wrong = [f"{name} is in a header, and not exported" for name in sorted(declared - symbols)]
    return wrong + [f"{name} is exported, and in no header" for name in sorted(symbols - declared)]


def check(probe, header, golden):
    header = Header(read(header))
    current, golden = describe(probe, header), read(golden).splitlines()
    if current[0] != golden[0]:
        print(f"written down with {golden[0]}, not {current[0]}: layouts are not compared")
        golden, current = ([line for line in lines if line[0] in "fv"] for lines in (golden, current))
    return compare(golden, current)


def main():
    command, *rest = sys.argv[1:]
    if command == "probe":
        write(rest[1], make_probe(os.path.basename(rest[0]), Header(read(rest[0]))))
    elif command == "grow":
        write(rest[1], grow(read(rest[0])))
    elif command == "write":
        write(rest[2], "\n".join(describe(rest[0], Header(read(rest[1])))) + "\n")
    else:
        wrong = check(*rest)
        print("\n".join(wrong))
        sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

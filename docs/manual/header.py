#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A public header for the manual: its comments are plain C for those who read it, and reStructuredText for Doxygen.

As a program it is Doxygen's filter: header.py HEADER prints the header, each comment as one of Doxygen's before, or behind,
what it describes. A comment of a section begins a group; one that describes no declaration is part of the section's text.
"""

import os
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SECTION = re.compile(r"/\* -{4} (.*?) -{4,}(.*)\*/", re.DOTALL)
# The public headers, and what the comment of a whole file begins: a group for what comes before its first section.
HEADERS = {
    "include/praxis/praxis.h": ("overview", "What it does and how it is used"),
    "include/praxis/opencl.h": ("opencl", "The caller's own OpenCL"),
    "parallel/praxis/mpi.h": ("mpi", "Ranks by way of MPI"),
}
FILES = {os.path.basename(path): named for path, named in HEADERS.items()}


def identifier(title):
    return re.sub(r"\W+", "-", title.lower()).strip("-")


# ---- Text ----


def body(comment):
    """The lines of a comment without its stars."""
    inner = comment[2:-2]
    return [re.sub(r"^ *\*? ?", "", line, count=1) if i else line.strip() for i, line in enumerate(inner.split("\n"))]


def inline(text, kinds):
    def mark(found):
        word = found.group()
        if word.startswith("`"):
            return f"`{word}`"
        role = kinds.get(word)
        return f":c:{role}:`{word}`" if role else f"``{word}``"

    def plain(words):
        """Behind a name that is marked, a bracket must not touch it."""
        return ("\\ " if words.startswith("(") else "") + re.sub(r"([\\*_|`])", r"\\\1", words)

    parts = re.split(r"(`[^`]+`|\b(?:praxis|PRAXIS)_\w*\w)", text)
    return "".join(
        mark(re.match(r".*", part, re.DOTALL)) if i % 2 else plain(part)
        for i, part in enumerate(parts)
    )


def indent_of(line):
    return len(line) - len(line.lstrip())


def is_table(lines):
    gaps = [len(re.findall(r"\S {2,}\S", line)) for line in lines]
    return len(lines) > 1 and min(gaps) >= 1 and max(gaps) > 1


def items(lines):
    """A block taken apart where a line begins a list's item, an argument or the errors."""
    begins = re.compile(r"^\s*(?:- |\d+\. |[a-z_]+: |Errors: |[\w-]+ {2,}\S)")
    found = []
    for line in lines:
        within = found and (indent_of(line) > indent_of(found[-1][0]) or not re.search(r"[.:;]$", found[-1][-1]))
        if not found or (begins.match(line) and not within):
            found.append([line])
        else:
            found[-1].append(line)
    return found


def item(lines, kinds):
    text = " ".join(line.strip() for line in lines)
    for pattern, form in [
        (r"- (.*)", "- {}"),
        (r"(\d+\. )([\w ]+?) {2,}(.*)", "{}**{}**: {}"),
        (r"([a-z_]+): +(.*)", "- ``{}``: {}"),
        (r"(Errors): (.*)", "**{}:** {}"),
        (r"([\w-]+) {2,}(.*)", "- **{}**: {}"),
    ]:
        found = re.fullmatch(pattern, text)
        if found:
            *terms, rest = found.groups()
            return form.format(*terms, inline(rest, kinds))
    return inline(text, kinds)


def rest(comment_lines, kinds):
    """Paragraphs, lists and what is indented, as reStructuredText."""
    text = "\n".join(comment_lines).strip("\n")
    output, literal = [], False
    for block in re.split(r"\n\s*\n", text):
        lines = block.split("\n")
        least = min(indent_of(line) for line in lines)
        listed = re.match(r"\s*(?:- |\d+\. )", lines[0])
        if block.startswith(".. rubric:: "):
            output += [block, ""]
        elif (least >= 4 or is_table(lines)) and not listed:
            output += [] if literal else ["::", ""]
            output += [*(f"    {line[least:]}" for line in lines), ""]
            literal = True
            continue
        else:
            for one in items(lines):
                output += [item(one, kinds), ""]
        literal = False
    return "\n".join(output)


# ---- The header ----


def kinds_of(text):
    """What names in the header are, as roles of Sphinx."""
    code = COMMENT.sub("", text)
    kinds = {name: "func" for name in re.findall(r"\b(praxis_\w+)\(", code)}
    kinds |= {name: "type" for name in re.findall(r"typedef struct (praxis_\w+) ", code)}
    kinds |= {name: "type" for name in re.findall(r"typedef enum (praxis_\w+) ", code)}
    kinds |= {name: "enumerator" for name in re.findall(r"^ +(PRAXIS_\w+) =", code, re.MULTILINE)}
    return kinds | {name: "macro" for name in re.findall(r"^#define (PRAXIS_\w+)[ \t]+\S", code, re.MULTILINE)}


def comments(text, name):
    """Every comment as (where it begins, where it ends, what it is, its lines): a section, free, before or behind code."""
    named = FILES[name]
    for found in COMMENT.finditer(text):
        section = SECTION.fullmatch(found.group())
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
        after = text[found.end() :].lstrip()
        if "SPDX" in found.group():
            yield found.start(), found.end(), "licence", []
        elif named:
            yield found.start(), found.end(), "section", [named[1], *body(found.group())]
            named = None
        elif section:
            yield found.start(), found.end(), "section", [section.group(1), *body(f"/*{section.group(2)}*/")]
        elif before:
            yield found.start(), found.end(), "behind", body(found.group())
        elif after.startswith("/*") and not SECTION.match(after):
            yield found.start(), found.end(), "free", body(found.group())
        else:
            yield found.start(), found.end(), "before", body(found.group())


def sections(text, name, kinds):
    """(identifier, title, text) of each, in order."""
    found = []
    for _, _, kind, lines in comments(text, name):
        if kind == "section":
            ours = FILES[name][0] if not found else identifier(lines[0])
            found.append([ours, lines[0], rest(headings(lines[1:]) if not found else lines[1:], kinds)])
        elif kind == "free":
            found[-1][2] += "\n" + rest(lines, kinds)
    return found


def headings(lines):
    """In the comment of a file, lines to the left of all else are headings, where there are any: their text is indented."""
    heading = re.compile(r"[A-Z][\w ]{1,40}")
    if not any(heading.fullmatch(line) for line in lines):
        return lines
    return [f".. rubric:: {line}" if heading.fullmatch(line) else re.sub("^  ", "", line) for line in lines]


def filtered(text, name):
    kinds = kinds_of(text)
    output, position, opened, first = [], 0, False, True
    for begin, end, kind, lines in comments(text, name):
        output.append(text[position:begin])
        position = end
        if kind == "section":
            ours = FILES[name][0] if first else identifier(lines[0])
            output.append(("/** @} */\n" if opened else "") + f"/** @defgroup {ours} {lines[0]}\n * @{{ */")
            opened, first = True, False
        elif kind in ("before", "behind"):
            output.append(documented(rest(lines, kinds), kind))
            position = share(text, end, output, lines, kinds) if kind == "before" else end
    return "".join(output) + text[position:] + ("/** @} */\n" if opened else "")


def documented(text, kind):
    return f"/**{'<' if kind == 'behind' else ''}\n@verbatim embed:rst\n{text}\n@endverbatim\n*/"


def share(text, end, output, lines, kinds):
    """What follows without a blank line or a comment is described by the same comment."""
    while True:
        found = re.compile(r"\n?(?:(?!\n\n|/\*).)*?(?:;|\n\})\n(?=(?:PRAXIS_API|static inline))", re.DOTALL).match(text, end)
        if not found:
            return end
        output += [found.group(), documented(rest(lines, kinds), "before"), "\n"]
        end = found.end()


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        sys.stdout.write(filtered(file.read(), os.path.basename(path)))


if __name__ == "__main__":
    main()

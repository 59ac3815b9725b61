#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Completions for a shell, from what the programs say of their options: --help comes from the tables that parse them.

    generate.py bash|zsh|fish PROGRAM OUTPUT
"""

import json
import os
import re
import subprocess
import sys


def ask(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


def section(text, title):
    """The lines of a section of --help, as (term, what is said of it)."""
    found = re.search(rf"^{re.escape(title)}:\n((?:  .*\n)+)", text, re.MULTILINE)
    return re.findall(r"^  (\S+(?: \S+)?) +(\S.*)$", found.group(1), re.MULTILINE) if found else []


class Option:
    """An option, what kind of value it takes, and the values that are known."""

    def __init__(self, term, text):
        self.name, _, self.value = term.partition(" ")
        self.help = re.sub(r" \((?:the )?default[^)]*\)", "", text)
        self.values = []
        listed = re.search(r"(?:^|: )([\w-]+(?:, [\w-]+)* or [\w-]+)(?=$|[:;.])", self.help)
        if "|" in self.value:
            self.values = self.value.split("|")
        elif self.value and listed:
            self.values = re.split(r", | or ", listed.group(1))
        elif self.name == "--device":
            self.values = ["reference"]

    @property
    def kind(self):
        """file, folder or word, or "" where there is no value."""
        return "file" if self.value.startswith("FILE") else "folder" if self.value == "DIR" else self.value and "word"


class Command:
    """A command of a program, or a task of `praxis train`, or a program without commands: its words are `words`."""

    def __init__(self, program, words, summary):
        text = ask(program, *words, "--help")
        self.words, self.summary = words, summary
        usage = re.sub(r"\[.*?\]", "", text.partition("\n\n")[0])
        self.takes_file = " FILE" in usage
        self.first = re.findall(r"^ +\S+ (\w+)", usage, re.MULTILINE)  # words in place of options
        self.options = [Option(term, said) for term, said in section(text, "Options")]
        known = {"--set": [f"{name}=" for name, _ in section(text, "Parameters for --set")]}
        controls = [name for name, _ in section(text, "Controls for --control")]
        known["--control"] = [*controls, "none", "all"] if controls else []
        for option in self.options:
            option.values = option.values or known.get(option.name, [])


class Program:
    def __init__(self, path):
        self.name = os.path.basename(path)
        self.commands = [Command(path, [name], said) for name, said in section(ask(path, "--help"), "Commands")]
        self.alone = None if self.commands else Command(path, [], "")
        self.tasks = []
        if self.commands:
            tasks = json.loads(ask(path, "tasks", "--json"))["tasks"]
            self.tasks = [Command(path, ["train", task["name"]], task["summary"]) for task in tasks]

    def all(self):
        return [self.alone] if self.alone else self.commands + self.tasks


# ---- bash ----

# bash takes --option=value apart into three words.
BASH = """# Completions of {name} for bash, made from its tables of options.
_{function}() {{
    local at=$COMP_CWORD word=${{COMP_WORDS[COMP_CWORD]}} before command words="" values="" kind=""
    if [ "$word" = = ]; then
        word=
    elif [ "${{COMP_WORDS[at - 1]}}" = = ]; then
        at=$((at - 1))
    fi
    before=${{COMP_WORDS[at - 1]}}
    COMPREPLY=()
    [ "$at" -lt 3 ] || [ "${{COMP_WORDS[at - 2]}}" != --set ] || return
    case "$COMP_CWORD ${{COMP_WORDS[1]}}" in
{first}    esac
    case $command in
{words}    esac
    case $command:$before in
{values}    esac
    case $kind in
    file | directory)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -A "$kind" -- "$word")
        ;;
    *)
        [ -z "$kind" ] || words=$values
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        [[ ${{COMPREPLY[0]-}} != *= ]] || compopt -o nospace
        ;;
    esac
}}
complete{default} -F _{function} {name}
"""


def bash_case(patterns, action):
    return f"    {' | '.join(patterns)}) {action} ;;\n"


def bash_first(program):
    names = " ".join(command.words[0] for command in program.commands)
    tasks = " ".join(task.words[1] for task in program.tasks)
    if program.alone:
        return bash_case(["*"], "command=.")
    return (
        bash_case(["'1 '*"], f"command=. words='{names} --help --version'")
        + bash_case(["'2 train'"], f"command=. words='{tasks} --help'")
        + bash_case(["*' train'"], "command=train-${COMP_WORDS[2]}")
        + bash_case(["*"], "command=${COMP_WORDS[1]}")
    )


def bash(program):
    words, values = "", {}
    for command in program.all():
        name = "-".join(command.words) or "."
        if name == "train":
            continue
        words += bash_case([name], f"words='{' '.join(command.first + [option.name for option in command.options])}'")
        for option in command.options:
            if option.kind:
                kind = "directory" if option.kind == "folder" else option.kind
                values.setdefault((kind, " ".join(option.values)), []).append(f"{name}:{option.name}")
    return BASH.format(
        name=program.name,
        function=program.name.replace("-", "_"),
        first=bash_first(program),
        words=words,
        values="".join(bash_case(names, f"kind={kind} values='{known}'") for (kind, known), names in values.items()),
        default=" -o default" if any(command.takes_file for command in program.all()) else "",
    )


# ---- zsh ----


def zsh_text(text, quoted=r"[\[\]:\\]"):
    return re.sub(quoted, lambda found: "\\" + found.group(), text).replace("'", "'\\''")


def zsh_option(option):
    action = {"file": "_files", "folder": "_files -/", "word": "( )", "": ""}[option.kind]
    if option.values and option.values[0].endswith("="):
        action = f"compadd -S \"\" -- {' '.join(option.values)}"
        action = "{" + action + "}"
    elif option.values:
        action = f"({' '.join(option.values)})"
    value = f":{zsh_text(option.value)}:{action}" if option.kind else ""
    repeated = "*" if option.name == "--set" else ""
    equals = "=" if option.kind else ""
    return f"'{repeated}{option.name}{equals}[{zsh_text(option.help)}]{value}'"


def zsh_arguments(command, indent):
    specs = [zsh_option(option) for option in command.options]
    specs += [f"'1::word:({' '.join(command.first)})'"] if command.first else []
    specs += ["'*:FILE:_files'"] if command.takes_file else []
    return f"{indent}_arguments " + f" \\\n{indent}    ".join(specs) + "\n"


def zsh_described(commands):
    return "".join(f"        '{command.words[-1]}:{zsh_text(command.summary)}'\n" for command in commands)


def zsh(program):
    function = "_" + program.name.replace("-", "_")
    text = f"#compdef {program.name}\n# Completions of {program.name} for zsh, made from its tables of options.\n{function}() {{\n"
    if program.alone:
        text += zsh_arguments(program.alone, "    ")
    else:
        text += f"    local -a commands tasks\n    commands=(\n{zsh_described(program.commands)}    )\n"
        text += f"    tasks=(\n{zsh_described(program.tasks)}    )\n"
        text += "    if (( CURRENT == 2 )); then\n        _describe command commands\n"
        text += "        compadd -- --help --version\n        return\n    fi\n"
        text += "    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n    train)\n"
        text += "        if (( CURRENT == 2 )); then\n            _describe task tasks\n            return\n        fi\n"
        text += "        shift words\n        (( CURRENT-- ))\n        case $words[1] in\n"
        for task in program.tasks:
            text += f"        {task.words[1]})\n{zsh_arguments(task, '            ')}            ;;\n"
        text += "        esac\n        ;;\n"
        for command in program.commands:
            if command.words != ["train"]:
                text += f"    {command.words[0]})\n{zsh_arguments(command, '        ')}        ;;\n"
        text += "    esac\n"
    return text + f"}}\n{function} \"$@\"\n"


# ---- fish ----


def fish_text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_condition(command):
    if not command.words:
        return ""
    return " -n " + fish_text("; and ".join(f"__fish_seen_subcommand_from {word}" for word in command.words))


def fish_option(program, command, option):
    line = f"complete -c {program.name}{fish_condition(command)} -l {option.name[2:]}"
    if option.values:
        line += f" -x -a {fish_text(' '.join(option.values))}"
    elif option.kind:
        line += {"file": " -r -F", "folder": " -x -a '(__fish_complete_directories)'", "word": " -x"}[option.kind]
    return f"{line} -d {fish_text(option.help)}\n"


def fish(program):
    text = f"# Completions of {program.name} for fish, made from its tables of options.\ncomplete -c {program.name} -f\n"
    first = " -n __fish_use_subcommand"
    for command in program.commands:
        text += f"complete -c {program.name}{first} -a {command.words[0]} -d {fish_text(command.summary)}\n"
    if program.commands:
        text += f"complete -c {program.name}{first} -l help -d 'tells the commands'\n"
        text += f"complete -c {program.name}{first} -l version -d 'tells the version'\n"
    no_task = "; and not ".join(
        ["__fish_seen_subcommand_from train"]
        + [f"__fish_seen_subcommand_from {' '.join(task.words[1] for task in program.tasks)}"]
    )
    for task in program.tasks:
        text += f"complete -c {program.name} -n {fish_text(no_task)} -a {task.words[1]} -d {fish_text(task.summary)}\n"
    for command in program.all():
        if command.words == ["train"]:
            continue
        if command.first:
            text += f"complete -c {program.name} -a '{' '.join(command.first)}'\n"
        if command.takes_file:
            text += f"complete -c {program.name}{fish_condition(command)} -F\n"
        text += "".join(fish_option(program, command, option) for option in command.options)
    return text


def main():
    shell, program, output = sys.argv[1:]
    text = {"bash": bash, "zsh": zsh, "fish": fish}[shell](Program(program))
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()

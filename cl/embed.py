#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes files as C arrays. Usage: embed.py OUTPUT FILE..."""

import os
import sys


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    entries = []
    with open(output, "w", encoding="ascii") as out:
        out.write('/* Made by embed.py. */\n#include "backend/opencl/sources.h"\n\n')
        for i, path in enumerate(paths):
            with open(path, "rb") as file:
                data = file.read()
            rows = [", ".join(str(b) for b in data[at : at + 24]) for at in range(0, len(data), 24)]
            out.write(f"static const unsigned char file_{i}[] = {{\n    " + ",\n    ".join(rows) + "};\n\n")
            entries.append(f'    {{"{os.path.basename(path)}", file_{i}, sizeof file_{i}}},\n')
        out.write("const struct px_embedded_source px_embedded_sources[] = {\n" + "".join(entries) + "};\n")
        out.write(f"const size_t px_embedded_source_count = {len(paths)};\n")


if __name__ == "__main__":
    main()

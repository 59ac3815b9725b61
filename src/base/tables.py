#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the threshold tables of tables.h as C. Usage: tables.py OUTPUT

Decimal arithmetic of fifty digits makes the integers the same on every machine, which a C library's atanh and erf
would not.
"""

import sys
from decimal import Decimal, ROUND_CEILING, ROUND_HALF_EVEN, getcontext

getcontext().prec = 50
CODES = [Decimal(2 * i - 253) / 2 for i in range(254)]  # the borders between codes: -126.5 .. 126.5


def tanh_threshold(border):
    """The potential u in q28 with 2 tanh(u / 2) = 2 border / 127, rounded up."""
    x = border / 127
    potential = ((1 + x) / (1 - x)).ln()
    return int((potential * 2**28).to_integral_value(ROUND_CEILING))


def pi():
    """Machin's formula: pi = 16 atan(1/5) - 4 atan(1/239)."""

    def atan_inverse(n):
        total, power, k = Decimal(0), Decimal(1) / n, 0
        while abs(power) > Decimal(10) ** -49:
            total += power / (2 * k + 1) * (-1) ** k
            power /= n * n
            k += 1
        return total

    return 16 * atan_inverse(5) - 4 * atan_inverse(239)


def normal_cdf(z):
    """Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...), all terms of one sign."""
    term, total, k = z, z, 1
    while abs(term) > Decimal(10) ** -45:
        k += 2
        term *= z * z / k
        total += term
    density = (-z * z / 2).exp() / (2 * PI).sqrt()
    return Decimal("0.5") + density * total


PI = pi()


def normal_threshold(border):
    return int((normal_cdf(border * 3 / 127) * 2**32).to_integral_value(ROUND_HALF_EVEN))


def c_array(declaration, values, suffix, size="PX_TABLE_SIZE"):
    rows = ["    " + ", ".join(f"{v}{suffix}" for v in values[i : i + 8]) for i in range(0, len(values), 8)]
    return f"const {declaration}[{size}] = {{\n" + ",\n".join(rows) + "};\n"


def crc_tables():
    """Of the reflected polynomial of CRC-32, as zlib has it: row k is of a byte that k more bytes follow."""
    rows = [[]]
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        rows[0].append(value)
    for _ in range(7):
        rows.append([value >> 8 ^ rows[0][value & 255] for value in rows[-1]])
    return sum(rows, [])


def main():
    potentials = [tanh_threshold(c) for c in CODES] + [2**31 - 1] * 2
    uniforms = [normal_threshold(c) for c in CODES] + [2**32 - 1] * 2
    with open(sys.argv[1], "w", encoding="ascii") as output:
        output.write('/* Made by tables.py. */\n#include "base/crc.h"\n#include "base/tables.h"\n\n')
        output.write(c_array("int32_t px_tanh_thresholds", potentials, ""))
        output.write("\n")
        output.write(c_array("uint32_t px_normal_thresholds", uniforms, "u"))
        output.write("\n")
        output.write(c_array("uint32_t px_crc_tables", crc_tables(), "u", "PX_CRC_ROWS * 256"))


if __name__ == "__main__":
    main()

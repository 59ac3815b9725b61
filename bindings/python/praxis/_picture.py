# SPDX-License-Identifier: MIT
"""What a notebook shows of a network."""

from __future__ import annotations

import html as escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from praxis.network import Network


def html(network: Network) -> str:
    """Its line, and where matplotlib is installed the histograms of its activations and weights."""
    line = f"<code>{escape.escape(repr(network))}</code>"
    if network.handle.closed:
        return line
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return line
    from praxis.plot import figure, histogram, svg

    drawn = figure(6, 1.8)
    for axes, field in zip(drawn.subplots(1, 2), ("activation", "weight")):
        histogram(network, field, axes=axes)
    return f"<div>{line}<br>{svg(drawn)}</div>"

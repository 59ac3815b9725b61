# SPDX-License-Identifier: MIT
"""What a notebook shows of a network."""

from __future__ import annotations

import html as escape
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from praxis.network import Network


def html(network: Network) -> str:
    """Its line, and where matplotlib is installed the histograms of its activations and weights."""
    line = f"<code>{escape.escape(repr(network))}</code>"
    if network.handle.closed:
        return line
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return line
    from praxis.plot import histogram

    figure = Figure(figsize=(6, 1.8), layout="constrained")
    for axes, field in zip(figure.subplots(1, 2), ("activation", "weight")):
        histogram(network, field, axes=axes)
    text = io.StringIO()
    figure.savefig(text, format="svg")
    drawn = text.getvalue()
    return f"<div>{line}<br>{drawn[drawn.index('<svg'):]}</div>"

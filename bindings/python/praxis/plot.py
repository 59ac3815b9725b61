# SPDX-License-Identifier: MIT
"""Small pictures, with matplotlib: ``pip install praxis[plot]``."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from praxis.network import Network


@functools.cache
def _figure_class() -> Any:
    from matplotlib.figure import Figure

    class Drawing(Figure):
        """A figure that a notebook shows, whatever it has been told of pyplot, which is not used here."""

        def _repr_svg_(self) -> str:
            return svg(self)

    return Drawing


def figure(width: float, height: float) -> Any:
    """A new figure of so many inches."""
    return _figure_class()(figsize=(width, height), layout="constrained")


def svg(drawn: Any) -> str:
    """A figure as an element of SVG."""
    text = io.StringIO()
    drawn.savefig(text, format="svg")
    return text.getvalue()[text.getvalue().index("<svg") :]


def _axes(axes: Any) -> Any:
    return figure(5, 3).subplots() if axes is None else axes


def learning(rewards: ArrayLike, *, window: int = 50, axes: Any = None) -> Any:
    """Draw a learning curve: the median over replicas of running means, and their range.

    Parameters
    ----------
    rewards : array_like, shape (trials,) or (trials, R)
    window : int
        Trials in a mean.
    axes : matplotlib.axes.Axes, optional
        By default those of a new figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    values = np.asarray(rewards, float)
    values = values.reshape(len(values), -1)
    window = max(min(window, len(values)), 1)
    sums = np.cumsum(np.vstack([np.zeros(values.shape[1]), values]), axis=0)
    means = (sums[window:] - sums[:-window]) / window
    axes = _axes(axes)
    trials = np.arange(window, len(values) + 1)
    axes.fill_between(trials, means.min(axis=1), means.max(axis=1), alpha=0.25, linewidth=0)
    axes.plot(trials, np.median(means, axis=1))
    axes.set_xlabel("trial")
    axes.set_ylabel(f"reward, mean of {window}")
    return axes.figure


def histogram(network: Network, field: str = "weight", *, axes: Any = None) -> Any:
    """Draw how the values of a field are distributed over all replicas.

    Parameters
    ----------
    network : Network
    field : {"weight", "activation", "input_weight"}
    axes : matplotlib.axes.Axes, optional
        By default those of a new figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found = network.statistics(field)
    # Five codes a bar, of the 255: small networks have few numbers, and notebooks keep what they show.
    counts = np.sum([statistics.histogram for statistics in found], axis=0).reshape(-1, 5).sum(axis=1)
    width = 5 * found[0].unit
    edges = (np.arange(len(counts) + 1) - len(counts) / 2) * width
    axes = _axes(axes)
    axes.stairs(counts / max(counts.sum(), 1) / width, edges, fill=True)
    axes.set_xlabel(field.replace("_", " "))
    axes.set_ylabel("density")
    return axes.figure

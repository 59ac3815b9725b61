# SPDX-License-Identifier: MIT
"""Networks."""

from __future__ import annotations

import difflib
import io
import os
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from praxis._handle import Handle
from praxis._library import ask, check, ffi, lib
from praxis._names import Graph, NetworkInfo
from praxis._parameters import ParameterView, asked_for, fields, parameters
from praxis._running import Running
from praxis.context import Context, context_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from praxis._names import Parameters
    from praxis.readout import Readout


class Network(Running):
    """R replicas of a recurrent network that learns while it runs.

    Each field of its state is an attribute: ``net.weight`` is a new float32 array of the field's shape, and
    ``net.weight = values`` writes what can be spread over that shape. ``net.weight[0] = 1`` changes that new array and
    not the network; ``net.weight *= 0.5`` changes both. See `fields` for what there is.

    Parameters
    ----------
    neurons : int, optional
        How many are asked for; rounded up to the next square of a prime p with p mod 4 = 3.
    replicas : int, optional
        R, independent organoids of one shape; 1 by default.
    channels : int, optional
        K, numbers of one input; 0 by default.
    seed : int, optional
        Replica r is born from ``seed + r``.
    device : str or Context, optional
        Where it runs; see `Context`. Networks on one device share a context.
    seeds : array_like of int, optional
        A seed of each replica.
    **parameters
        Any of `parameters`, by name; a choice by its name, as ``factor="slope"``.

    Raises
    ------
    ValueError
        A parameter is unknown or outside its bounds; the message names it and them.
    MemoryError
        It does not fit; the message names the bytes that it takes and those there are.
    praxis.DeviceError
        The device fails, or computes wrongly.

    Notes
    -----
    It may be used by several threads, which wait for each other; of several networks each runs at once, for no call
    holds the interpreter lock.

    Examples
    --------
    >>> import praxis
    >>> with praxis.Network(neurons=100, replicas=2, device="reference") as net:
    ...     net.run(ticks=10)
    ...     net.activation.shape
    (2, 121)
    """

    def __init__(
        self,
        neurons: int | None = None,
        replicas: int | None = None,
        channels: int | None = None,
        seed: int | None = None,
        device: str | Context | None = None,
        *,
        seeds: ArrayLike | None = None,
        **parameters: Unpack[Parameters],
    ) -> None:
        given: dict[str, Any] = {"neurons": neurons, "replicas": replicas, "channels": channels, "seed": seed}
        given = {name: value for name, value in given.items() if value is not None} | dict(parameters)
        context = context_of(device)
        asked, kept = asked_for(given, seeds)
        made = ffi.new("praxis_network **")
        check(lib.praxis_network_create(context.pointer, asked, made))
        del kept
        self._adopt(made[0], context)

    def __setattr__(self, name: str, value: Any) -> None:
        # Else a name that is mistaken for a field or a parameter would be set, and nothing would follow from it.
        if name in _OWN or name.startswith("_") or hasattr(type(self), name):
            super().__setattr__(name, value)
        else:
            raise AttributeError(_missing(name))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(_missing(name))

    def _adopt(self, pointer: Any, context: Context) -> None:
        self.handle = Handle(pointer, lib.praxis_network_destroy, "network")
        self.context = context
        self._readouts: weakref.WeakSet[Readout] = weakref.WeakSet()
        self._readout: Readout | None = None
        info = self.info
        self.neurons, self.replicas, self.channels = info.neurons, info.replicas, info.channels

    # ---- What it is ----

    @property
    def info(self) -> NetworkInfo:
        """Shape, counters and memory."""
        with self.handle as pointer:
            info: NetworkInfo = ask(lib.praxis_network_describe, "praxis_network_info", pointer)
        return info

    @property
    def graph(self) -> Graph:
        """The plan of its wiring."""
        with self.handle as pointer:
            graph: Graph = ask(lib.praxis_network_graph, "praxis_graph", pointer)
        return graph

    @property
    def parameters(self) -> ParameterView:
        """What it was made from, by name: ``net.parameters["learning_rate"] = 0.1``."""
        return ParameterView(self)

    def presynaptic(self) -> NDArray[np.uint32]:
        """The neuron that each synapse comes from.

        Returns
        -------
        numpy.ndarray of uint32, shape (N, d)
            By neuron and tap, as the weights of a replica are.
        """
        plan = ffi.new("praxis_graph *")
        plan.struct_size = ffi.sizeof("praxis_graph")
        with self.handle as pointer:
            check(lib.praxis_network_graph(pointer, plan))
        p = plan.prime
        # Partners lie at the same distance from every neuron, on the torus of p columns and p rows.
        first = np.array([lib.praxis_graph_presynaptic(plan, 0, tap) for tap in range(plan.degree)], np.uint32)
        neuron = np.arange(p * p, dtype=np.uint32)[:, np.newaxis]
        partners: NDArray[np.uint32] = (neuron // p + first // p) % p * p + (neuron % p + first % p) % p
        return partners

    # ---- Copies and files ----

    def save(self, file: str | os.PathLike[str] | BinaryIO) -> None:
        """Save the whole state, and that of its fitted `readout`; nothing of it changes.

        Parameters
        ----------
        file : path-like or binary file object
            As of `praxis.save`, by which other things go into the same file.
        """
        from praxis.checkpoint import save

        fitted = {} if self._readout is None or not self._readout.opened else {"readout": self._readout}
        save(file, network=self, **fitted)

    @classmethod
    def load(cls, file: str | os.PathLike[str] | BinaryIO, device: str | Context | None = None) -> Network:
        """Make a network that goes on, to the same bits, where the one that was saved stopped.

        Parameters
        ----------
        file : path-like or binary file object
            What `save` has written, or `praxis.save` with a ``network``.
        device : str or Context, optional
            Where it is to run.

        Raises
        ------
        praxis.FormatError
            The file is damaged, or no checkpoint; the message says what is wrong with it.
        KeyError
            There is no network of that name in it.
        OSError
            It cannot be read.
        """
        from praxis.checkpoint import load

        with load(file, device) as saved:
            return saved.network("network")

    def copy(self, device: str | Context | None = None) -> Network:
        """Make a network that is this one as it is, to the same bits, on this device or another, without readouts."""
        context = self.context if device is None else context_of(device)
        made = ffi.new("praxis_network **")
        with self.handle as pointer:
            check(lib.praxis_network_copy(pointer, context.pointer, made))
        return self._of(made[0], context)

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _memo: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> tuple[Any, ...]:
        saved = io.BytesIO()
        self.save(saved)
        return _from_bytes, (saved.getvalue(),)

    @classmethod
    def _of(cls, pointer: Any, context: Context) -> Network:
        network = cls.__new__(cls)
        network._adopt(pointer, context)
        return network

    # ---- Readouts ----

    @property
    def readout(self) -> Readout:
        """A readout of all neurons, fitted by ridge regression: ``net.readout.fit(input, target)``."""
        from praxis.readout import Readout

        if self._readout is None:
            self._readout = Readout(self)
        return self._readout

    # ---- Its end ----

    def close(self) -> None:
        """Free it now, and its readouts; without it that is done when it is no longer used."""
        for readout in list(self._readouts):
            readout.close()
        self.handle.close()

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.handle.closed:
            return "<praxis.Network, closed>"
        info = self.info
        return (
            f"<praxis.Network: {info.replicas} x {info.neurons} neurons, {info.degree} synapses each, "
            f"{info.channels} channels, tick {info.tick}, on {self.context.device.name}>"
        )

    def _repr_html_(self) -> str:
        from praxis._picture import html

        return html(self)


# What an instance has, beside fields and what its class has.
_OWN = ("handle", "context", "neurons", "replicas", "channels")


def _missing(name: str) -> str:
    if name in parameters():
        return f'{name} is a parameter: net.parameters["{name}"]'
    close = difflib.get_close_matches(name, fields())
    return f"a network has no {name}" + f": do you mean {' or '.join(close)}?" * bool(close)


def _from_bytes(saved: bytes) -> Network:
    """What was pickled, on the default device of this process."""
    return Network.load(io.BytesIO(saved))

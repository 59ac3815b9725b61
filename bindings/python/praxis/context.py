# SPDX-License-Identifier: MIT
"""Devices, and contexts that use one."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from praxis._arrays import Kept, numbers
from praxis._library import LOG, ask, check, ffi, lib, read_structure, structure
from praxis._names import DeviceInfo, Partition

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def devices() -> list[DeviceInfo]:
    """List every device once, best first, the reference last.

    Returns
    -------
    list of DeviceInfo
        ``selector`` is what `Context` and `Network` take as ``device``.
    """
    count = ffi.new("size_t *")
    check(lib.praxis_devices(LOG, ffi.NULL, 0, count))
    while True:
        room = count[0]
        found = ffi.new("praxis_device_info[]", max(room, 1))
        found[0].struct_size = ffi.sizeof("praxis_device_info")
        check(lib.praxis_devices(LOG, found, room, count))
        if count[0] <= room:
            return [read_structure(found + i) for i in range(count[0])]


def cache_directory() -> str | None:
    """Where compiled programs and tunings are kept: the folder of the command, of the XDG base directories."""
    for variable, within in (("XDG_CACHE_HOME", "praxis"), ("HOME", ".cache/praxis")):
        folder = os.environ.get(variable, "")
        if folder.startswith("/"):
            return os.path.join(folder, within)
    return None


class Context:
    """An open device. Networks made in it keep it open.

    Parameters
    ----------
    device : str, optional
        ``"reference"``, ``"opencl:P.D"``, or part of a name; or several of these, separated by commas, each of which has
        a part of every network. By default what the environment names as ``PRAXIS_DEVICE``, else the best one.
    dot_product : str, optional
        How int8 dot products are computed; by default the device's best path.
    tuning : str, optional
        How networks run, as ``praxis tune`` writes it; by default chosen for device and network.
    cache : str, optional
        The folder where compiled programs and tunings are kept, ``""`` for none. By default that of the command.
    shares : array_like of float or "measured", optional
        Of several devices: how much of a network each is to have, in proportion to the others; alike by default.
        ``"measured"`` lets each device run for a moment first, and gives it as much as it is fast.
    partition : {"auto", "columns", "replicas"}
        How a network is divided among several devices: by columns of neurons or by replicas.

    Raises
    ------
    praxis.NoDeviceError
        Nothing matches `device`; the message lists what there is.
    praxis.DeviceError
        The device fails, or computes wrongly.
    ValueError
        There is no such path, tuning or partition, or not one share of each device.

    Notes
    -----
    A context may be used by several threads at once.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        dot_product: str | None = None,
        tuning: str | None = None,
        cache: str | None = None,
        shares: ArrayLike | Literal["measured"] | None = None,
        partition: str = "auto",
    ) -> None:
        options, held = structure("praxis_context_options"), Kept()
        partitions = [known.name.lower() for known in Partition]
        if partition not in partitions:
            raise ValueError(f"a partition is {' or '.join(partitions)}, not {partition!r}")
        options.partition = Partition[partition.upper()]
        options.log = LOG[0]
        texts = {
            "device": device if device is not None else os.environ.get("PRAXIS_DEVICE"),
            "dot_product": dot_product,
            "tuning": tuning,
            "cache_directory": cache_directory() if cache is None else cache or None,
        }
        kept = {name: ffi.new("char[]", os.fsencode(text)) for name, text in texts.items() if text is not None}
        for name, text in kept.items():
            setattr(options, name, text)
        if isinstance(shares, str):
            if shares != "measured":
                raise ValueError(f'shares are numbers or "measured", not {shares!r}')
            measured = np.empty((texts["device"] or "").count(",") + 1)
            check(lib.praxis_measure_shares(options, ffi.from_buffer("double[]", measured, True), measured.size))
            shares = measured
        if shares is not None:
            each = numbers(shares, "double", None, "shares").reshape(-1)
            options.shares, options.share_count = held.point(each, "double"), each.size
        made = ffi.new("praxis_context **")
        check(lib.praxis_context_create(options, made))
        self._pointer: Any = ffi.gc(made[0], lib.praxis_context_destroy)

    @property
    def pointer(self) -> Any:
        """The ``praxis_context *``."""
        if self._pointer is None:
            raise ValueError("the context is closed")
        return self._pointer

    @property
    def device(self) -> DeviceInfo:
        """What device it uses."""
        info: DeviceInfo = ask(lib.praxis_context_device, "praxis_device_info", self.pointer)
        return info

    @property
    def closed(self) -> bool:
        """Whether it was given up."""
        return self._pointer is None

    def close(self) -> None:
        """Give it up. Networks that were made in it go on."""
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            ffi.release(pointer)

    def __enter__(self) -> Context:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<praxis.Context, closed>" if self._pointer is None else f"<praxis.Context on {self.device.name}>"


_shared: dict[str | None, Context] = {}
_opening = threading.Lock()
os.register_at_fork(before=_opening.acquire, after_in_parent=_opening.release, after_in_child=_opening.release)


def shared_context(device: str | None) -> Context:
    """The context that networks on this device share, so that their programs are compiled once."""
    if device is None:
        device = os.environ.get("PRAXIS_DEVICE")
    with _opening:
        context = _shared.get(device)
        if context is None or context.closed:
            context = _shared[device] = Context(device)
        return context


def context_of(device: str | Context | None) -> Context:
    """A context that was given, or that of a device."""
    return device if isinstance(device, Context) else shared_context(device)

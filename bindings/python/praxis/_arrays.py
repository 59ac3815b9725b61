# SPDX-License-Identifier: MIT
"""Arrays of numpy as the library takes and fills them."""

from __future__ import annotations

from typing import Any

import numpy as np

from praxis._library import ffi

TYPES: dict[str, Any] = {
    "float": np.float32,
    "double": np.float64,
    "int8_t": np.int8,
    "uint8_t": np.uint8,
    "int32_t": np.int32,
    "uint32_t": np.uint32,
    "uint64_t": np.uint64,
}


def pointer_to(array: Any, kind: str, writable: bool = False) -> Any:
    """The numbers of a C-contiguous array of this C type. It keeps the array alive, and no copy of it is made."""
    if array.dtype != TYPES[kind] or not array.flags.c_contiguous:
        raise TypeError(f"an array of {kind} in C order is needed, not of {array.dtype}")
    return ffi.from_buffer(kind + "[]", array, require_writable=writable)


def numbers(values: Any, kind: str, shape: tuple[int, ...] | None, name: str) -> Any:
    """`values` as an array of this C type in C order, spread over this shape: themselves where they fit."""
    array = np.asarray(values)
    wanted = np.dtype(TYPES[kind])
    if array.dtype != wanted:
        array = _converted(array, wanted, name)
    if shape is not None and array.shape != shape:
        try:
            array = np.broadcast_to(array, shape)
        except ValueError:
            raise ValueError(f"{name} has the shape {array.shape}, which cannot be spread over {shape}") from None
    return np.asarray(array, order="C")


def _converted(array: Any, wanted: Any, name: str) -> Any:
    """Whole numbers stay what they are or are refused; real ones are rounded to float."""
    if wanted.kind == "f":
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} must be real numbers, not {array.dtype}")
        with np.errstate(over="ignore"):  # the library refuses what is not finite
            return array.astype(wanted)
    if array.size == 0:
        return array.astype(wanted)
    if array.dtype.kind not in "biu":
        raise TypeError(f"{name} must be whole numbers, not {array.dtype}")
    least, most = np.iinfo(wanted).min, np.iinfo(wanted).max
    if int(array.min()) < least or int(array.max()) > most:
        raise ValueError(f"{name} has numbers outside {least}..{most}")
    return array.astype(wanted)


def room(out: Any, shape: tuple[int, ...], kind: str) -> Any:
    """What is to be filled: `out` if it is that, else a new array."""
    if out is None:
        return np.empty(shape, TYPES[kind])
    if out.shape != shape:
        raise ValueError(f"out has the shape {out.shape}, and not {shape}")
    return out


def _why(channels: int) -> str:
    return "" if channels else ": the network was made without channels="


def held_of(given: Any, ticks: int, replicas: int, channels: int) -> tuple[Any, bool, bool]:
    """Inputs of a step, whether replicas share them, and whether there are some of each tick."""
    array = np.asarray(given)
    shared, per_tick = array.ndim < 2, array.ndim == 3
    shape = (channels,) if shared else (replicas, *((ticks,) if per_tick else ()), channels)
    if array.shape != shape:
        raise ValueError(f"input has the shape {array.shape}, and not {shape}{_why(channels)}")
    return numbers(array, "float", shape, "input"), shared, per_tick


def inputs_of(given: Any, ticks: int | None, replicas: int, channels: int) -> tuple[Any, bool, int | None]:
    """Inputs of a run, whether replicas share them, and of how many ticks they are."""
    if given is None:
        return None, False, ticks
    array = np.asarray(given)
    if array.ndim == 0:
        raise TypeError(f"input is {given!r}, and no array: how many ticks are to be run is told by ticks={given!r}")
    if array.ndim == 1 and channels == 1:
        array = array[:, np.newaxis]
    if array.ndim not in (2, 3):
        raise ValueError(
            f"input has the shape {array.shape}, and not (ticks, {channels}) or one of each replica{_why(channels)}"
        )
    ticks = array.shape[-2] if ticks is None else ticks
    shape = (ticks, channels) if array.ndim == 2 else (replicas, ticks, channels)
    if array.shape != shape:
        raise ValueError(f"input has the shape {array.shape}, and not {shape}{_why(channels)}")
    return numbers(array, "float", shape, "input"), array.ndim == 2, ticks


class Kept:
    """Pointers in a structure of arguments do not keep what they point to: this does, for the time of a call."""

    def __init__(self) -> None:
        self._pointers: list[Any] = []

    def point(self, array: Any, kind: str, writable: bool = False) -> Any:
        self._pointers.append(pointer_to(array, kind, writable))
        return self._pointers[-1]

    def bytes_of(self, array: Any) -> Any:
        """Those of a C-contiguous array of any type."""
        self._pointers.append(ffi.from_buffer("char[]", array))
        return self._pointers[-1]

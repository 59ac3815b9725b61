# SPDX-License-Identifier: MIT
"""What networks are made from and consist of, and parameters by name."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np

from praxis._arrays import numbers, pointer_to
from praxis._library import LOG, ask, check, ffi, lib, structure
from praxis._names import FieldInfo, ParameterInfo

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from praxis.network import Network


def parameters() -> dict[str, ParameterInfo]:
    """What a network can be made from.

    Returns
    -------
    dict of str to ParameterInfo
        Bounds, default and meaning of each parameter, by its name.
    """
    infos = (
        ask(lib.praxis_parameter_describe, "praxis_parameter_info", number)
        for number in range(lib.PRAXIS_PARAMETER_COUNT)
    )
    return {info.name: info for info in infos}


def fields() -> dict[str, FieldInfo]:
    """What the state of a network consists of.

    Returns
    -------
    dict of str to FieldInfo
        Codes, unit and bounds of each field, by its name. What depends on the network is 0.
    """
    infos = (
        ask(lib.praxis_field_describe, "praxis_field_info", ffi.NULL, number)
        for number in range(lib.PRAXIS_FIELD_COUNT)
    )
    return {info.name: info for info in infos}


def _text(name: str, value: Any) -> bytes:
    """A value as the library reads it. A choice may be given by its number."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} is a number or the name of a choice, not {value!r}")
    number = ffi.new("praxis_parameter *")
    if lib.praxis_parameter_find(name.encode(), number) == 0:
        info = ask(lib.praxis_parameter_describe, "praxis_parameter_info", number[0])
        if info.kind == lib.PRAXIS_KIND_CHOICE:
            choice = ask(lib.praxis_parameter_choice, "praxis_choice_info", number[0], int(value))
            return str(choice.name).encode()
    as_float = float(value)
    whole = isinstance(value, (int, np.integer)) or (as_float.is_integer() and abs(as_float) < 2**53)
    return str(int(value)).encode() if whole else repr(as_float).encode()


def _value(info: ParameterInfo, text: str) -> float | int | str:
    if info.kind == lib.PRAXIS_KIND_CHOICE:
        return text
    return int(text) if info.kind == lib.PRAXIS_KIND_WHOLE else float(text)


class ParameterView(MutableMapping[str, Any]):
    """Parameters of a network by name. Those that are settable may be changed, for the next call."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __getitem__(self, name: str) -> float | int | str:
        known = parameters()
        if name not in known:
            raise KeyError(f"there is no parameter {name!r}; there are {', '.join(known)}")
        text = ffi.new("char[]", lib.PRAXIS_PARAMETER_TEXT)
        with self._network.handle as pointer:
            check(lib.praxis_network_get(pointer, name.encode(), text, lib.PRAXIS_PARAMETER_TEXT))
        return _value(known[name], ffi.string(text).decode())

    def __setitem__(self, name: str, value: float | int | str) -> None:
        text = _text(name, value)
        with self._network.handle as pointer:
            check(lib.praxis_network_set(pointer, name.encode(), text))

    def __delitem__(self, name: str) -> None:
        raise TypeError("parameters cannot be taken away")

    def __iter__(self) -> Iterator[str]:
        return iter(parameters())

    def __len__(self) -> int:
        return int(lib.PRAXIS_PARAMETER_COUNT)

    def __repr__(self) -> str:
        return repr(dict(self))


def asked_for(given: dict[str, Any], seeds: ArrayLike | None) -> tuple[Any, Any]:
    """Parameters, and what they point to."""
    asked = structure("praxis_parameters")
    array = None
    if seeds is not None:
        array = numbers(seeds, "uint64_t", None, "seeds").reshape(-1)
        if given.setdefault("replicas", array.size) != array.size:
            raise ValueError(f"there are {array.size} seeds for {given['replicas']} replicas")
        array = pointer_to(array, "uint64_t")
        asked.seeds = array
    for name, value in given.items():
        check(lib.praxis_parameters_set(asked, name.encode(), _text(name, value), LOG))
    return asked, array

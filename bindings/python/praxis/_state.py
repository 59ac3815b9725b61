# SPDX-License-Identifier: MIT
"""What a network consists of: its fields, read and written, hashed, reset, copied, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

import numpy as np

from praxis._arrays import numbers, pointer_to, room
from praxis._handle import Handle
from praxis._library import ask, check, ffi, lib, read_structure
from praxis._names import CodeAttributes, FieldAttributes, FieldInfo, Statistics
from praxis._parameters import fields

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# Replicas or neurons: one, those of a slice or range without steps, or None for all.
Part = Union[int, slice, range, None]

CODE_TYPES = ("int8_t", "uint8_t", "int32_t")


def _bounds(part: Part, count: int, name: str) -> tuple[int, int]:
    """First and number of a part."""
    if part is None:
        return 0, count
    if isinstance(part, (int, np.integer)):
        first = int(part) + (count if part < 0 else 0)
        chosen = range(first, first + 1)
    else:
        chosen = range(count)[part] if isinstance(part, slice) else part
    if len(chosen) == 0 or chosen.step != 1 or chosen.start < 0 or chosen.stop > count:
        raise IndexError(f"{name} {part!r} are not one or more of 0..{count - 1}, one after the other")
    return chosen.start, len(chosen)


class Codes(CodeAttributes):
    """Fields of a network as their codes: arrays of int8, uint8 or int32, by the names of the fields."""

    def __init__(self, network: State) -> None:
        self.network = network


class State(FieldAttributes):
    """The state of a network."""

    handle: Handle
    neurons: int
    replicas: int
    channels: int

    @property
    def codes(self) -> Codes:
        """The codes of its fields: ``net.codes.weight``."""
        return Codes(self)

    def field(self, name: str) -> FieldInfo:
        """What a field is in this network."""
        with self.handle as pointer:
            return self._field(pointer, name)[1]

    def _field(self, pointer: Any, name: str) -> tuple[int, FieldInfo]:
        number = ffi.new("praxis_field *")
        if not isinstance(name, str):
            raise TypeError(f"a field is told by its name, not by {name!r}")
        if lib.praxis_field_find(name.encode(), number) != 0:
            raise ValueError(f"there is no field {name!r}; there are {', '.join(fields())}")
        return number[0], ask(lib.praxis_field_describe, "praxis_field_info", pointer, number[0])

    def _range(self, info: FieldInfo, replicas: Part, neurons: Part) -> tuple[Any, tuple[int, ...]]:
        first_replica, replica_count = _bounds(replicas, self.replicas, "replicas")
        first_neuron, neuron_count = _bounds(neurons, self.neurons, "neurons")
        part = ffi.new("praxis_range *", (first_replica, replica_count, first_neuron, neuron_count))
        elements = () if info.shape == lib.PRAXIS_SHAPE_NEURONS else (info.elements,)
        return part, (replica_count, neuron_count, *elements)

    def read(
        self, field: str, replicas: Part = None, neurons: Part = None, out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Read real values of a field.

        Parameters
        ----------
        field : str
            Its name; see `fields`.
        replicas, neurons : int, slice or range, optional
            Which of them, one after the other; all by default. One keeps its axis.
        out : numpy.ndarray of float32, optional
            In C order and of the right shape, to be filled in place of a new array.

        Returns
        -------
        numpy.ndarray of float32, shape (R, N), (R, N, d) or (R, N, K)
            As the field's shape is, cut to the part.
        """
        with self.handle as pointer:
            number, info = self._field(pointer, field)
            part, shape = self._range(info, replicas, neurons)
            values: NDArray[np.float32] = room(out, shape, "float")
            check(
                lib.praxis_network_read(pointer, number, part, pointer_to(values, "float", writable=True), values.size)
            )
        return values

    def write(self, field: str, values: ArrayLike, replicas: Part = None, neurons: Part = None) -> None:
        """Write real values of a field, each rounded to the nearest code.

        Parameters
        ----------
        field, replicas, neurons
            As of `read`.
        values : array_like
            What can be spread over the shape that `read` gives. No copy is made of float32 in C order.

        Raises
        ------
        ValueError
            A value is outside the field's range; then nothing is written.
        """
        with self.handle as pointer:
            number, info = self._field(pointer, field)
            part, shape = self._range(info, replicas, neurons)
            array = numbers(values, "float", shape, field)
            check(lib.praxis_network_write(pointer, number, part, pointer_to(array, "float"), array.size))

    def read_codes(
        self, field: str, replicas: Part = None, neurons: Part = None, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Read codes of a field, as `read` does its values: int8, uint8 or int32, as they lie on the device."""
        with self.handle as pointer:
            number, info = self._field(pointer, field)
            part, shape = self._range(info, replicas, neurons)
            kind = CODE_TYPES[info.code_type]
            codes: NDArray[Any] = room(out, shape, kind)
            check(
                lib.praxis_network_read_codes(
                    pointer, number, part, pointer_to(codes, kind, writable=True), codes.nbytes
                )
            )
        return codes

    def write_codes(self, field: str, codes: ArrayLike, replicas: Part = None, neurons: Part = None) -> None:
        """Write codes of a field, as `write` does its values. What is no whole number of the type is refused."""
        with self.handle as pointer:
            number, info = self._field(pointer, field)
            part, shape = self._range(info, replicas, neurons)
            kind = CODE_TYPES[info.code_type]
            array = numbers(codes, kind, shape, field)
            check(lib.praxis_network_write_codes(pointer, number, part, pointer_to(array, kind), array.nbytes))

    def hash(self) -> NDArray[np.uint64]:
        """A hash of the whole state of each replica: equal states have equal ones on every device.

        Returns
        -------
        numpy.ndarray of uint64, shape (R,)
        """
        hashes = np.empty(self.replicas, np.uint64)
        with self.handle as pointer:
            check(lib.praxis_network_hash(pointer, pointer_to(hashes, "uint64_t", writable=True)))
        return hashes

    def reset(self, mask: ArrayLike | None = None, *, activations: bool = True, traces: bool = True) -> None:
        """Set activations, traces or both to zero.

        Parameters
        ----------
        mask : array_like of bool, shape (R,), optional
            Which replicas; all by default.
        activations, traces : bool
            Which of the two.
        """
        what = lib.PRAXIS_RESET_ACTIVATIONS * bool(activations) | lib.PRAXIS_RESET_TRACES * bool(traces)
        array = self._mask(mask)
        with self.handle as pointer:
            check(lib.praxis_network_reset(pointer, what, ffi.NULL if array is None else pointer_to(array, "uint8_t")))

    def _mask(self, mask: ArrayLike | None) -> Any:
        if mask is None:
            return None
        return numbers(np.asarray(mask) != 0, "uint8_t", (self.replicas,), "mask")

    def copy_replica(self, replica: int, to: State, target: int) -> None:
        """Copy the state of one replica over one of another network of the same shape, or of this one."""
        first, second = sorted((self.handle, to.handle), key=id)
        with first, second:
            with self.handle as pointer, to.handle as other:
                check(lib.praxis_network_copy_replica(pointer, replica, other, target))

    def statistics(self, field: str = "weight") -> list[Statistics]:
        """How the activations, weights or input weights of each replica are distributed, from exact counts.

        Parameters
        ----------
        field : {"weight", "activation", "input_weight"}

        Returns
        -------
        list of Statistics
            One of each replica.
        """
        found = ffi.new("praxis_statistics[]", self.replicas)
        for i in range(self.replicas):
            found[i].struct_size = ffi.sizeof("praxis_statistics")
        with self.handle as pointer:
            check(lib.praxis_network_statistics(pointer, self._field(pointer, field)[0], found))
        return [read_structure(found + i) for i in range(self.replicas)]

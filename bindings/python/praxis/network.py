# SPDX-License-Identifier: MIT
"""Networks."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from praxis._arrays import Kept, inputs_of, numbers, pointer_to, room
from praxis._handle import Handle
from praxis._library import ask, check, ffi, flags_of, lib, read_structure, structure
from praxis._names import CodeAttributes, FieldAttributes, FieldInfo, Graph, NetworkInfo, Statistics
from praxis._parameters import ParameterView, asked_for, fields
from praxis.context import Context, shared_context

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import Unpack

    from praxis._names import Parameters
    from praxis.readout import Readout

# Replicas or neurons: one, those of a slice or range without steps, or None for all.
Part = Union[int, slice, range, None]
Group = Union[str, int]

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

    def __init__(self, network: Network) -> None:
        self.network = network


class Network(FieldAttributes):
    """R replicas of a recurrent network that learns while it runs.

    Each field of its state is an attribute: ``net.weight`` is a new float32 array of the field's shape, and
    ``net.weight = values`` writes what can be spread over that shape. ``net.weight[0] = 1`` changes that new array and
    not the network; ``net.weight *= 0.5`` changes both. See `fields` for what there is.

    Parameters
    ----------
    neurons : int, optional
        How many are asked for; rounded up to the next square of a prime p with p mod 4 = 3.
    replicas : int, optional
        R, independent organoids of one shape.
    channels : int, optional
        K, numbers of one input.
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
        context = _context_of(device)
        asked, kept = asked_for(given, seeds)
        made = ffi.new("praxis_network **")
        check(lib.praxis_network_create(context.pointer, asked, made))
        del kept
        self._adopt(Handle(made[0]), context)

    def _adopt(self, handle: Handle, context: Context) -> None:
        self.handle = handle
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

    @property
    def codes(self) -> Codes:
        """The codes of its fields: ``net.codes.weight``."""
        return Codes(self)

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

    # ---- State ----

    def field(self, name: str) -> FieldInfo:
        """What a field is in this network."""
        with self.handle as pointer:
            return self._field(pointer, name)[1]

    def _field(self, pointer: Any, name: str) -> tuple[int, FieldInfo]:
        number = ffi.new("praxis_field *")
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

    def settle(self) -> None:
        """Let weights follow modulators that wait, and store the traces as they are now."""
        with self.handle as pointer:
            check(lib.praxis_network_settle(pointer))

    def finish(self) -> None:
        """Wait until the device has done all work queued so far."""
        with self.handle as pointer:
            check(lib.praxis_network_finish(pointer))

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

    def copy_replica(self, replica: int, to: Network, target: int) -> None:
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

    # ---- Groups ----

    def add_group(self, name: str, neurons: ArrayLike) -> int:
        """Name a group of neurons, the same in every replica.

        Parameters
        ----------
        name : str
            Up to 63 bytes, not taken.
        neurons : array_like of int
            Distinct numbers below N.

        Returns
        -------
        int
            Its number.
        """
        array = numbers(neurons, "uint32_t", None, "neurons").reshape(-1)
        number = ffi.new("uint32_t *")
        with self.handle as pointer:
            check(
                lib.praxis_network_add_group(pointer, name.encode(), pointer_to(array, "uint32_t"), array.size, number)
            )
        return int(number[0])

    def _group_numbers(self, pointer: Any, groups: Group | Sequence[Group] | NDArray[Any]) -> NDArray[np.uint32]:
        listed = [groups] if isinstance(groups, (str, int, np.integer)) else groups
        found = np.empty(len(listed), np.uint32)
        number = ffi.new("uint32_t *")
        for i, group in enumerate(listed):
            if isinstance(group, str):
                check(lib.praxis_network_find_group(pointer, group.encode(), number))
                found[i] = number[0]
            else:
                found[i] = numbers(group, "uint32_t", (), "groups")
        return found

    def set_plastic_groups(self, groups: Group | Sequence[Group]) -> None:
        """Let only the neurons of these groups learn."""
        with self.handle as pointer:
            array = self._group_numbers(pointer, groups)
            check(lib.praxis_network_set_plastic_groups(pointer, pointer_to(array, "uint32_t"), array.size))

    def share_noise(self, group: Group) -> None:
        """Give all neurons of a group one common noise sample per tick, that of its first neuron."""
        with self.handle as pointer:
            check(lib.praxis_network_share_noise(pointer, int(self._group_numbers(pointer, group)[0])))

    # ---- Running ----

    def run(
        self,
        input: ArrayLike | None = None,
        *,
        ticks: int | None = None,
        groups: Group | Sequence[Group] | None = None,
        trace: bool = False,
        modulator: ArrayLike | None = None,
        variance_control: bool = False,
        rate_homeostasis: bool = False,
        record: str | None = None,
        every: int = 1,
        replicas: Part = None,
        neurons: Part = None,
        progress: bool = False,
    ) -> Any:
        """Run ticks, one after the other, without waiting on the host between them.

        Parameters
        ----------
        input : array_like, shape (ticks, K) or (R, ticks, K), optional
            Inputs, the same for every replica or of each; with one channel, (ticks,) is the same for every replica.
        ticks : int, optional
            How many; by default as many as there are inputs or modulators.
        groups : str or int, or a list of them, optional
            Groups whose mean activations are given after each tick.
        trace : bool
            Traces decay and take in.
        modulator : array_like, shape (ticks,) or (R, ticks), optional
            Weights are modulated by it after each tick.
        variance_control, rate_homeostasis : bool
            Gains follow the running variance; biases follow the running mean.
        record : str, optional
            A field that is read after each `every` ticks, over a part; see `read`. Each record waits for the device.
        every : int
            How often.
        replicas, neurons : int, slice or range, optional
            The part that is recorded.
        progress : bool
            Show a bar, where tqdm is installed.

        Returns
        -------
        numpy.ndarray of float32, shape (R, ticks, groups)
            Means of the groups, if there are any.
        numpy.ndarray of float32, shape (ticks // every, R, N, ...)
            What was recorded, if `record` was asked for; with `groups`, both are a tuple. With neither it is None, and
            the call returns as soon as the work is queued.
        """
        span = structure("praxis_run")
        array, shared, ticks = inputs_of(input, ticks, self.replicas, self.channels)
        modulators = None if modulator is None else np.asarray(modulator)
        if ticks is None and modulators is not None and modulators.ndim > 0:
            ticks = modulators.shape[-1]
        if ticks is None:
            raise ValueError("how many ticks are to be run: by ticks, or by inputs")
        if modulators is not None:
            modulators = numbers(modulators, "float", (self.replicas, ticks), "modulator")
        span.flags = flags_of(trace, variance_control, rate_homeostasis)
        span.input_shared = shared
        with self.handle as pointer:
            numbered = self._group_numbers(pointer, [] if groups is None else groups)
            output = np.zeros((self.replicas, ticks, numbered.size), np.float32)
            recorded = None
            if record is not None:
                number, info = self._field(pointer, record)
                part, shape = self._range(info, replicas, neurons)
                if not 1 <= every <= max(ticks, 1):
                    raise ValueError(f"every is {every}, and not of 1..{ticks}")
                recorded = np.zeros((ticks // every, *shape), np.float32)
                span.record_field, span.record_range, span.record_every = number, part, every
            for first, last in _pieces(ticks, every if record is not None else 1, progress):
                # Pieces of what has an axis of replicas first are copied; of all ticks they are it.
                piece = slice(first, last)
                inputs = None if array is None else np.ascontiguousarray(array[..., piece, :])
                means = np.ascontiguousarray(output[:, piece])
                values = None if modulators is None else np.ascontiguousarray(modulators[:, piece])
                kept = Kept()
                span.ticks = last - first
                if inputs is not None:
                    span.input, span.input_count = kept.point(inputs, "float"), inputs.size
                if values is not None:
                    span.modulator = kept.point(values, "float")
                if numbered.size:
                    span.groups, span.group_count = kept.point(numbered, "uint32_t"), numbered.size
                    span.output = kept.point(means, "float", writable=True)
                if recorded is not None:
                    records = recorded[first // every : last // every]
                    span.record, span.record_count = kept.point(records, "float", writable=True), records.size
                check(lib.praxis_network_run(pointer, span))
                if means.base is not output and means is not output:
                    output[:, piece] = means
        results = [output] * (groups is not None) + [recorded] * (record is not None)
        return None if not results else results[0] if len(results) == 1 else tuple(results)

    def _mask(self, mask: ArrayLike | None) -> Any:
        if mask is None:
            return None
        return numbers(np.asarray(mask) != 0, "uint8_t", (self.replicas,), "mask")

    def step(
        self,
        input: ArrayLike | None = None,
        *,
        ticks: int = 1,
        factor: ArrayLike | None = None,
        modulator: ArrayLike | None = None,
        targets: Group | Sequence[Group] | None = None,
        reset: ArrayLike | None = None,
        context: ArrayLike | None = None,
        groups: Group | Sequence[Group] | None = None,
        read_ticks: int = 1,
        mean: bool = False,
        trace: bool | ArrayLike = False,
        traced_ticks: int = 0,
        variance_control: bool = False,
        rate_homeostasis: bool = False,
        active: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """Take one step of a closed loop: learn from what the world made of the last one, and run the next ticks.

        Parameters
        ----------
        input : array_like, shape (K,) or (R, K), or with an axis (..., ticks, K), optional
            Held during all ticks, or of each tick with ``ndim`` 3 (R, ticks, K).
        ticks : int
            0..4096.
        factor, modulator : array_like, shape (R,), (R, targets) with `targets`, or (R, N), optional
            Postsynaptic factors that replace those of the last traced tick, and what the weights then follow. A number
            is that of every replica.
        targets : str or int, or a list of them, optional
            Groups that the second axis of `factor` and `modulator` means.
        reset : array_like of bool, shape (R,), optional
            Replicas whose activations and traces become zero.
        context : array_like of int, shape (R,), optional
            Whose part of the neurons is open from now on.
        groups : str or int, or a list of them, optional
            Groups whose mean activations are given.
        read_ticks : int
            After how many of the last ticks.
        mean : bool
            The mean over those ticks is given.
        trace, variance_control, rate_homeostasis : bool
            As of `run`; `trace` may be one of each replica.
        traced_ticks : int
            Only so many of the last ticks are traced; 0 for all.
        active : array_like of bool, shape (R,), optional
            Replicas that run; the others rest.

        Returns
        -------
        numpy.ndarray of float32, shape (R, read_ticks, groups), or (R, groups) with `mean` or one tick
            Of resting replicas it is 0.
        """
        step = structure("praxis_step")
        kept = Kept()
        step.ticks, step.traced_ticks = ticks, traced_ticks
        traced = np.asarray(trace, bool)
        step.flags = flags_of(bool(traced.all()), variance_control, rate_homeostasis)
        if traced.ndim:
            both = np.array([flags_of(t, variance_control, rate_homeostasis) for t in (False, True)], np.uint32)
            step.replica_flags = kept.point(
                numbers(both[traced.astype(int)], "uint32_t", (self.replicas,), "trace"), "uint32_t"
            )
        if input is not None:
            array = np.asarray(input)
            shared, per_tick = array.ndim == 1, array.ndim == 3
            shape = (self.channels,) if shared else (self.replicas, *((ticks,) if per_tick else ()), self.channels)
            if array.shape != shape:
                raise ValueError(f"input has the shape {array.shape}, and not {shape}")
            array = numbers(array, "float", shape, "input")
            step.input, step.input_count = kept.point(array, "float"), array.size
            step.input_shared, step.input_per_tick = shared, per_tick
        for name, mask in (("reset", reset), ("active", active)):
            if mask is not None:
                setattr(step, name, kept.point(self._mask(mask), "uint8_t"))
        if context is not None:
            step.context = kept.point(numbers(context, "uint32_t", (self.replicas,), "context"), "uint32_t")
        with self.handle as pointer:
            if targets is not None:
                numbered = self._group_numbers(pointer, targets)
                step.targets, step.target_count = kept.point(numbered, "uint32_t"), numbered.size
            for name, values in (("factor", factor), ("modulator", modulator)):
                if values is not None:
                    scope, array = self._scoped(values, step.target_count, name)
                    setattr(step, name + "_scope", scope)
                    setattr(step, name, kept.point(array, "float"))
            read = self._group_numbers(pointer, [] if groups is None else groups)
            rows = () if mean or read_ticks == 1 else (read_ticks,)
            output = np.zeros((self.replicas, *rows, read.size), np.float32)
            if read.size:
                step.groups, step.group_count = kept.point(read, "uint32_t"), read.size
                step.read_ticks, step.output_mean = read_ticks, mean
                step.output = kept.point(output, "float", writable=True)
            check(lib.praxis_network_step(pointer, step))
        return output

    def _scoped(self, values: ArrayLike, targets: int, name: str) -> tuple[int, Any]:
        array = np.asarray(values)
        shapes: dict[tuple[int, ...], int] = {(self.replicas, self.neurons): lib.PRAXIS_SCOPE_NEURON}
        if targets:
            shapes[self.replicas, targets] = lib.PRAXIS_SCOPE_GROUP
        if array.ndim < 2:
            return lib.PRAXIS_SCOPE_REPLICA, numbers(array, "float", (self.replicas,), name)
        if array.shape not in shapes:
            raise ValueError(f"{name} has the shape {array.shape}, and not one of {[(self.replicas,), *shapes]}")
        return shapes[array.shape], numbers(array, "float", array.shape, name)

    def modulate(self, modulator: ArrayLike) -> None:
        """Turn traces into weights.

        Parameters
        ----------
        modulator : array_like, shape (), (R,) or (R, N)
            Of all, of each replica, or of each neuron. Its size times the learning rate may not exceed
            `modulator_limit`.
        """
        array = np.asarray(modulator)
        shape = (self.replicas,) if array.ndim < 2 else (self.replicas, self.neurons)
        array = numbers(array, "float", shape, "modulator")
        with self.handle as pointer:
            check(lib.praxis_network_modulate(pointer, pointer_to(array, "float"), array.size))

    @property
    def modulator_limit(self) -> float:
        """The largest |learning_rate * modulator|."""
        with self.handle as pointer:
            return float(lib.praxis_network_modulator_limit(pointer))

    # ---- Copies and files ----

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the whole state to a file of safetensors, which appears whole or not at all; nothing of it changes.

        Parameters
        ----------
        path : path-like
        """
        with self.handle as pointer:
            check(lib.praxis_network_save(pointer, os.fsencode(path)))

    @classmethod
    def load(cls, path: str | os.PathLike[str], device: str | Context | None = None) -> Network:
        """Make a network that goes on, to the same bits, where the one that was saved stopped.

        Parameters
        ----------
        path : path-like
            What `save` has written.
        device : str or Context, optional
            Where it is to run.

        Raises
        ------
        praxis.FormatError
            The file is damaged, or no checkpoint; the message says what is wrong with it.
        OSError
            It cannot be read.
        """
        context = _context_of(device)
        made = ffi.new("praxis_network **")
        check(lib.praxis_network_load(context.pointer, os.fsencode(path), made))
        return cls._of(made[0], context)

    def copy(self, device: str | Context | None = None) -> Network:
        """Make a network that is this one as it is, to the same bits, on the same device or another."""
        context = self.context if device is None else _context_of(device)
        made = ffi.new("praxis_network **")
        with self.handle as pointer:
            check(lib.praxis_network_copy(pointer, context.pointer, made))
        return self._of(made[0], context)

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _memo: dict[int, Any]) -> Network:
        return self.copy()

    @classmethod
    def _of(cls, pointer: Any, context: Context) -> Network:
        network = cls.__new__(cls)
        network._adopt(Handle(pointer), context)
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


def _context_of(device: str | Context | None) -> Context:
    return device if isinstance(device, Context) else shared_context(device)


def _pieces(ticks: int, multiple: int, progress: bool) -> Iterator[tuple[int, int]]:
    """All ticks at once, or where progress is to be shown and can be, in some hundred pieces."""
    bar: Any = None
    if progress:
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]

            bar = tqdm(total=ticks, unit="tick")
        except ImportError:
            pass
    if bar is None:
        yield 0, ticks
        return
    size = max(ticks // 100 // multiple, 1) * multiple
    with bar:
        for first in range(0, ticks, size):
            yield first, min(first + size, ticks)
            bar.update(min(size, ticks - first))

# SPDX-License-Identifier: MIT
"""How a network runs: its groups, ticks, steps of a closed loop, and modulators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from praxis._arrays import Kept, held_of, inputs_of, numbers, pointer_to
from praxis._library import check, ffi, flags_of, lib, structure
from praxis._state import Part, State

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Group = Union[str, int]


class Running(State):
    """A state that ticks lead on."""

    # ---- Groups ----

    def add_group(self, name: str, neurons: ArrayLike | slice) -> int:
        """Name a group of neurons, the same in every replica.

        Parameters
        ----------
        name : str
            Up to 63 bytes, not taken.
        neurons : array_like of int, array_like of bool, shape (N,), or slice
            Distinct numbers below N, or a mask of all neurons.

        Returns
        -------
        int
            Its number.
        """
        chosen = np.arange(self.neurons)[neurons] if isinstance(neurons, slice) else np.asarray(neurons)
        if chosen.dtype == bool:
            if chosen.shape != (self.neurons,):
                raise ValueError(f"a mask of neurons has the shape {chosen.shape}, and not ({self.neurons},)")
            chosen = np.flatnonzero(chosen)
        array = numbers(chosen, "uint32_t", None, "neurons").reshape(-1)
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
            array, shared, per_tick = held_of(input, ticks, self.replicas, self.channels)
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
            known = " or ".join(map(str, [(self.replicas,), *shapes]))
            hint = "" if targets else ", nor are there targets, groups that its second axis means"
            raise ValueError(f"{name} has the shape {array.shape}, and not {known}{hint}")
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

    def settle(self) -> None:
        """Let weights follow modulators that wait, and store the traces as they are now."""
        with self.handle as pointer:
            check(lib.praxis_network_settle(pointer))

    def finish(self) -> None:
        """Wait until the device has done all work queued so far."""
        with self.handle as pointer:
            check(lib.praxis_network_finish(pointer))


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

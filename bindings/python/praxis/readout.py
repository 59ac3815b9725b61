# SPDX-License-Identifier: MIT
"""Readouts: linear functions of a network's activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from praxis._arrays import Kept, inputs_of, numbers, pointer_to
from praxis._library import ask, check, ffi, flags_of, lib, structure
from praxis._names import ReadoutInfo, ReadoutRule
from praxis.network import Network

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Readout:
    """A dense linear readout of a network's replicas, each with weights of its own.

    Parameters
    ----------
    network : Network
        What it reads.
    outputs : int, optional
        By default what the first target has.
    neurons : array_like of int, optional
        Which neurons; all by default.
    lags : int
        How many of the last ticks.
    squares : bool
        Halves of squares are features, too.
    rule : {"fitted", "nlms", "rls"}
        How weights follow errors in `learn`.
    **options
        ``rate``, ``rate_decay``, ``forgetting``, ``regulariser``: numbers of the rule.

    Notes
    -----
    It runs the network itself, and sees only the ticks that it runs. Closing the network closes it.
    """

    def __init__(
        self,
        network: Network,
        outputs: int | None = None,
        *,
        neurons: ArrayLike | None = None,
        lags: int = 1,
        squares: bool = False,
        rule: str = "fitted",
        **options: float,
    ) -> None:
        self._adopt(network)
        rules = [known.name.lower() for known in ReadoutRule]
        if rule not in rules:
            raise ValueError(f"the rule of a readout is {' or '.join(rules)}, not {rule!r}")
        self._options = dict(lags=lags, squares=squares, rule=ReadoutRule[rule.upper()], **options)
        self._neurons = None if neurons is None else numbers(neurons, "uint32_t", None, "neurons").reshape(-1)
        if outputs is not None:
            self._open(outputs)

    def _adopt(self, network: Network) -> None:
        self.handle, self.replicas, self.channels = network.handle, network.replicas, network.channels
        self._pointer: Any = None
        self._closed = False
        network._readouts.add(self)

    @classmethod
    def _of(cls, pointer: Any, network: Network) -> Readout:
        readout = cls.__new__(cls)
        readout._adopt(network)
        readout._own(pointer)
        return readout

    def _open(self, outputs: int) -> None:
        options = structure("praxis_readout_options")
        kept = Kept()
        options.outputs = outputs
        for name, value in self._options.items():
            if not hasattr(options, name):
                raise TypeError(f"a readout has no {name}")
            setattr(options, name, value)
        if self._neurons is not None:
            options.neurons, options.neuron_count = kept.point(self._neurons, "uint32_t"), self._neurons.size
        made = ffi.new("praxis_readout **")
        with self.handle as network:
            check(lib.praxis_readout_create(network, options, made))
        self._own(made[0])

    def _own(self, pointer: Any) -> None:
        def destroy(pointer: Any, handle: Any = self.handle) -> None:
            # It goes before its network, which it therefore keeps.
            lib.praxis_readout_destroy(pointer)

        self._pointer = ffi.gc(pointer, destroy)

    @property
    def opened(self) -> bool:
        """Whether it has outputs, and is not closed."""
        return self._pointer is not None

    @property
    def pointer(self) -> Any:
        """The ``praxis_readout *``."""
        if self._closed:
            raise ValueError("the readout is closed")
        if self._pointer is None:
            raise ValueError("the readout has no outputs yet: fit it first")
        return self._pointer

    @property
    def info(self) -> ReadoutInfo:
        """Features, outputs and samples."""
        with self.handle:
            info: ReadoutInfo = ask(lib.praxis_readout_describe, "praxis_readout_info", self.pointer)
        return info

    # ---- Running ----

    def run(
        self,
        input: ArrayLike | None = None,
        target: ArrayLike | None = None,
        *,
        ticks: int | None = None,
        what: int = 0,
        trace: bool = False,
        variance_control: bool = False,
        rate_homeostasis: bool = False,
        feedback: ArrayLike | None = None,
        modulator_scale: float = 1,
        feedback_limit: float = 0,
        replica_scale: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """Run ticks of the network with its readout; the methods below are cases of it.

        Parameters
        ----------
        input : array_like, shape (ticks, K) or (R, ticks, K), optional
        target : array_like, shape (ticks, outputs) or (R, ticks, outputs), optional
            With one output, (ticks,) is the same for every replica.
        ticks : int, optional
            By default as many as there are inputs or targets.
        what : int
            ``PRAXIS_READOUT_...`` of the header, as of `TRAINING`.
        trace, variance_control, rate_homeostasis : bool
            As of `Network.run`.
        feedback, modulator_scale, feedback_limit, replica_scale
            As of ``praxis_readout_span``.

        Returns
        -------
        numpy.ndarray of float32, shape (R, ticks, outputs)
            The outputs after each tick.
        """
        span = structure("praxis_readout_span")
        kept = Kept()
        array, shared, ticks = inputs_of(input, ticks, self.replicas, self.channels)
        if target is not None:
            wanted = np.asarray(target)
            wanted = wanted[:, np.newaxis] if wanted.ndim == 1 else wanted
            ticks = wanted.shape[-2] if ticks is None else ticks
            if self._pointer is None and not self._closed:
                self._open(wanted.shape[-1])
        if ticks is None:
            raise ValueError("how many ticks are to be run: by ticks, inputs or targets")
        outputs = self.info.outputs
        if target is not None:
            wanted = numbers(wanted, "float", (self.replicas, ticks, outputs), "target")
            span.target = kept.point(wanted, "float")
        if array is not None:
            span.input, span.input_shared = kept.point(array, "float"), shared
        prediction = np.zeros((self.replicas, ticks, outputs), np.float32)
        span.prediction = kept.point(prediction, "float", writable=True)
        if feedback is not None:
            span.feedback = kept.point(numbers(feedback, "float", None, "feedback"), "float")
        if replica_scale is not None:
            scale = numbers(replica_scale, "float", (self.replicas,), "replica_scale")
            span.replica_scale = kept.point(scale, "float")
        span.ticks, span.what = ticks, what
        span.flags = flags_of(trace, variance_control, rate_homeostasis)
        span.modulator_scale, span.feedback_limit = modulator_scale, feedback_limit
        with self.handle:
            check(lib.praxis_readout_run(self.pointer, span))
        return prediction

    def fit(
        self,
        input: ArrayLike | None,
        target: ArrayLike,
        *,
        ridge: float | Sequence[float] = 1e-6,
        washout: int = 0,
        validation: int | None = None,
    ) -> Readout:
        """Run the network on a series, and fit weights to its targets by ridge regression.

        Parameters
        ----------
        input : array_like, shape (ticks, K) or (R, ticks, K), or None
        target : array_like, shape (ticks, outputs) or (R, ticks, outputs), or (ticks,)
        ridge : float, or several
            Of several, each replica takes the one with the least error in the validation ticks, and fits them, too.
        washout : int
            So many of the first ticks are no samples.
        validation : int, optional
            So many of the last ticks choose the ridge; by default a fifth where there is a choice, else none.

        Returns
        -------
        Readout
            Itself. Samples of earlier fits are forgotten.
        """
        wanted = np.asarray(target)
        wanted = wanted[:, np.newaxis] if wanted.ndim == 1 else wanted
        ticks = wanted.shape[-2]
        several = np.ndim(ridge) > 0
        held = (ticks - washout) // 5 * several if validation is None else validation
        if not 0 <= washout <= ticks - held or held < 0:
            raise ValueError(f"of {ticks} ticks, {washout} are for washout and {held} for validation")
        array, _, heard = inputs_of(input, None, self.replicas, self.channels)
        if array is not None and heard != ticks:
            raise ValueError(f"input is of {heard} ticks, and target of {ticks}")
        if self._pointer is None and not self._closed:
            self._open(wanted.shape[-1])
        self.reset(samples=True, history=False)
        spans = ((0, washout, 0), (washout, ticks - held, self.TRAINING), (ticks - held, ticks, self.VALIDATION))
        for first, last, what in spans:
            if first < last:
                part = None if array is None else array[..., first:last, :]
                self.run(part, wanted[..., first:last, :], what=what)
        with self.handle:
            if several:
                ridges = numbers(ridge, "double", None, "ridge").reshape(-1)
                check(
                    lib.praxis_readout_choose(
                        self.pointer, pointer_to(ridges, "double"), ridges.size, ffi.NULL, ffi.NULL
                    )
                )
            else:
                each = numbers(ridge, "double", (self.replicas,), "ridge")
                parts = self.TRAINING | self.VALIDATION * (held > 0)
                check(lib.praxis_readout_fit(self.pointer, parts, pointer_to(each, "double")))
        return self

    def predict(self, input: ArrayLike | None = None, *, ticks: int | None = None) -> NDArray[np.float32]:
        """Run the network on from where it is, and give the outputs after each tick.

        Returns
        -------
        numpy.ndarray of float32, shape (R, ticks, outputs)
        """
        return self.run(input, ticks=ticks)

    def generate(self, ticks: int, *, limit: float = 0) -> NDArray[np.float32]:
        """Run freely: the outputs of each tick are the inputs of the next, cut to +- `limit` if it is not 0."""
        return self.run(ticks=ticks, what=lib.PRAXIS_READOUT_FEED_BACK, feedback_limit=limit)

    def learn(self, input: ArrayLike | None, target: ArrayLike) -> NDArray[np.float32]:
        """Let weights follow the error of every tick, by the rule; gives the outputs from before each step."""
        return self.run(input, target, what=lib.PRAXIS_READOUT_LEARN)

    TRAINING: int = lib.PRAXIS_READOUT_TRAINING
    VALIDATION: int = lib.PRAXIS_READOUT_VALIDATION

    def error(self, part: int | None = None) -> NDArray[np.float64]:
        """Normalised root mean squared error in the samples of one part, `TRAINING` by default.

        Returns
        -------
        numpy.ndarray of float64, shape (R, outputs)
        """
        errors = np.zeros((self.replicas, self.info.outputs), np.float64)
        with self.handle:
            check(
                lib.praxis_readout_error(
                    self.pointer,
                    self.TRAINING if part is None else part,
                    pointer_to(errors, "double", writable=True),
                )
            )
        return errors

    def reset(self, *, history: bool = True, weights: bool = False, samples: bool = False) -> None:
        """Forget ticks seen, weights, samples, or several of them."""
        what = (
            lib.PRAXIS_READOUT_RESET_HISTORY * bool(history)
            | lib.PRAXIS_READOUT_RESET_WEIGHTS * bool(weights)
            | lib.PRAXIS_READOUT_RESET_SAMPLES * bool(samples)
        )
        with self.handle:
            check(lib.praxis_readout_reset(self.pointer, what, ffi.NULL))

    @property
    def weights(self) -> NDArray[np.float64]:
        """Weights, of shape (R, outputs, features); the last feature is the constant 1."""
        info = self.info
        weights = np.zeros((info.replicas, info.outputs, info.features), np.float64)
        with self.handle:
            check(
                lib.praxis_readout_read_weights(
                    self.pointer, pointer_to(weights, "double", writable=True), weights.size
                )
            )
        return weights

    @weights.setter
    def weights(self, values: ArrayLike) -> None:
        info = self.info
        weights = numbers(values, "double", (info.replicas, info.outputs, info.features), "weights")
        with self.handle:
            check(lib.praxis_readout_write_weights(self.pointer, pointer_to(weights, "double"), weights.size))

    def __repr__(self) -> str:
        if self._pointer is None:
            return f"<praxis.Readout, {'closed' if self._closed else 'not fitted'}>"
        info = self.info
        return f"<praxis.Readout: {info.replicas} x {info.outputs} outputs of {info.features} features>"

    def close(self) -> None:
        """Free it now."""
        self._closed = True
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            ffi.release(pointer)

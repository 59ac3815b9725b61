# SPDX-License-Identifier: MIT
"""What a program makes of its world to get a modulator: choices, and errors of a critic or a predictor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from praxis._arrays import numbers, pointer_to
from praxis._handle import Handle
from praxis._library import LOG, check, ffi, lib, structure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def choice_probabilities(preference: ArrayLike, temperature: float = 1) -> NDArray[np.float32]:
    """Softmax of preferences.

    Parameters
    ----------
    preference : array_like, shape (R, actions)
    temperature : float
        0 or more; with 0, the first of the greatest is certain.

    Returns
    -------
    numpy.ndarray of float32, shape (R, actions)
    """
    given = np.atleast_2d(numbers(preference, "float", None, "preference"))
    made: NDArray[np.float32] = np.empty_like(given)
    pointers = pointer_to(given, "float"), pointer_to(made, "float", writable=True)
    check(lib.praxis_choice_probabilities(*given.shape, temperature, *pointers, LOG))
    return made


def choice_draw(probability: ArrayLike, uniform: ArrayLike) -> NDArray[np.uint32]:
    """Draw an action for each replica.

    Parameters
    ----------
    probability : array_like, shape (R, actions)
    uniform : array_like, shape (R,)
        Numbers of any generator, in [0, 1).

    Returns
    -------
    numpy.ndarray of uint32, shape (R,)
    """
    given = np.atleast_2d(numbers(probability, "float", None, "probability"))
    drawn = numbers(uniform, "double", given.shape[:1], "uniform")
    chosen = np.empty(given.shape[0], np.uint32)
    pointers = pointer_to(given, "float"), pointer_to(drawn, "double"), pointer_to(chosen, "uint32_t", writable=True)
    check(lib.praxis_choice_draw(*given.shape, *pointers, LOG))
    return chosen


def choice_signal(
    chosen: ArrayLike, probability: ArrayLike, scale: ArrayLike | None = None, *, gradient: bool = True
) -> NDArray[np.float32]:
    """What each action's neurons are told of the choice, as of ``praxis_choice_signal``.

    Parameters
    ----------
    chosen : array_like of int, shape (R,)
    probability : array_like, shape (R, actions)
    scale : array_like, shape (R,), optional
        1 by default.
    gradient : bool
        What is expected is the probability of each action, else that of all alike.

    Returns
    -------
    numpy.ndarray of float32, shape (R, actions)
    """
    given = np.atleast_2d(numbers(probability, "float", None, "probability"))
    replicas, actions = given.shape
    action = numbers(chosen, "uint32_t", (replicas,), "chosen")
    scales = None if scale is None else numbers(scale, "float", (replicas,), "scale")
    signal: NDArray[np.float32] = np.empty_like(given)
    check(
        lib.praxis_choice_signal(
            replicas,
            actions,
            pointer_to(action, "uint32_t"),
            pointer_to(given, "float") if gradient else ffi.NULL,
            ffi.NULL if scales is None else pointer_to(scales, "float"),
            pointer_to(signal, "float", writable=True),
            LOG,
        )
    )
    return signal


def _made(kind: str, given: dict[str, Any]) -> Any:
    """A critic or a predictor of these options."""
    asked = structure(f"praxis_{kind}_options")
    asked.log = LOG[0]
    for name, value in given.items():
        if name in ("struct_size", "log") or not hasattr(asked, name):
            raise TypeError(f"a {kind} has no {name}")
        setattr(asked, name, value)
    made = ffi.new(f"praxis_{kind} **")
    check(getattr(lib, f"praxis_{kind}_create")(asked, made))
    return made[0]


class _Learner:
    """What learns from observations of R replicas."""

    def _adopt(self, pointer: Any, destroy: Any, replicas: int, observations: int) -> None:
        self.handle = Handle(pointer, destroy, type(self).__name__.lower())
        self.replicas, self.observations = replicas, observations

    def close(self) -> None:
        """Free it now; without it that is done when it is no longer used."""
        self.handle.close()

    def __repr__(self) -> str:
        if self.handle.closed:
            return f"<praxis.{type(self).__name__}, closed>"
        return f"<praxis.{type(self).__name__}: {self.replicas} x {self.observations} observations>"

    def _mask(self, active: ArrayLike) -> Any:
        return numbers(np.asarray(active, bool), "uint8_t", (self.replicas,), "active")


class Critic(_Learner):
    """Values of observations, learned by TD(lambda) for each replica.

    Parameters
    ----------
    replicas, observations : int
        R, and how many numbers an observation has.
    **options
        ``quadratic``, ``discount``, ``trace_decay`` and ``learning_rate``, as of ``praxis_critic_options``.

    Notes
    -----
    Several threads may use it, which wait for each other. `praxis.save` keeps it.
    """

    def __init__(self, replicas: int = 1, observations: int = 1, **options: float) -> None:
        given = {"replicas": replicas, "observations": observations, **options}
        self._adopt(_made("critic", given), lib.praxis_critic_destroy, replicas, observations)

    @classmethod
    def _of(cls, pointer: Any, replicas: int, observations: int) -> Critic:
        critic = cls.__new__(cls)
        critic._adopt(pointer, lib.praxis_critic_destroy, replicas, observations)
        return critic

    def step(
        self,
        observation: ArrayLike,
        reward: ArrayLike,
        terminated: ArrayLike = False,
        truncated: ArrayLike = False,
        active: ArrayLike = True,
    ) -> NDArray[np.float32]:
        """Take the next observation and the reward of the step that led to it.

        Parameters
        ----------
        observation : array_like, shape (R, observations)
        reward : array_like, shape (R,)
        terminated, truncated : array_like of bool, shape (R,)
            Whether the episode is over, and its state worth nothing; or was cut off.
        active : array_like of bool, shape (R,)
            Which replicas took part.

        Returns
        -------
        numpy.ndarray of float32, shape (R,)
            The TD error, the modulator of that step; 0 for the first observation of an episode.
        """
        shape = (self.replicas,)
        seen = numbers(observation, "float", (*shape, self.observations), "observation")
        got = numbers(reward, "float", shape, "reward")
        ended = np.where(
            np.asarray(terminated, bool),
            lib.PRAXIS_EPISODE_TERMINATED,
            np.where(np.asarray(truncated, bool), lib.PRAXIS_EPISODE_TRUNCATED, lib.PRAXIS_EPISODE_GOES_ON),
        )
        episode = ffi.new("praxis_episode[]", np.broadcast_to(ended, shape).tolist())
        mask = self._mask(active)
        error = np.empty(shape, np.float32)
        with self.handle as pointer:
            check(
                lib.praxis_critic_step(
                    pointer,
                    pointer_to(seen, "float"),
                    pointer_to(got, "float"),
                    episode,
                    pointer_to(mask, "uint8_t"),
                    pointer_to(error, "float", writable=True),
                )
            )
        return error

    @property
    def values(self) -> NDArray[np.float32]:
        """What the last observation of each replica is worth, of shape (R,)."""
        values = np.empty(self.replicas, np.float32)
        with self.handle as pointer:
            check(lib.praxis_critic_values(pointer, pointer_to(values, "float", writable=True)))
        return values


class Predictor(_Learner):
    """Linear predictions of the next observation from the last ones, learned online for each replica.

    Parameters
    ----------
    replicas, observations : int
        R, and how many numbers an observation has.
    **options
        ``order``, ``normalised`` and ``learning_rate``, as of ``praxis_predictor_options``.

    Notes
    -----
    Several threads may use it, which wait for each other. `praxis.save` keeps it.
    """

    def __init__(self, replicas: int = 1, observations: int = 1, **options: float) -> None:
        given = {"replicas": replicas, "observations": observations, **options}
        self._adopt(_made("predictor", given), lib.praxis_predictor_destroy, replicas, observations)

    @classmethod
    def _of(cls, pointer: Any, replicas: int, observations: int) -> Predictor:
        predictor = cls.__new__(cls)
        predictor._adopt(pointer, lib.praxis_predictor_destroy, replicas, observations)
        return predictor

    def step(self, observation: ArrayLike, active: ArrayLike = True) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Take the next observation, and learn from what was wrong with its prediction.

        Parameters
        ----------
        observation : array_like, shape (R, observations)
        active : array_like of bool, shape (R,)
            Which replicas took part.

        Returns
        -------
        numpy.ndarray of float32, shape (R, observations)
            Observation less prediction.
        numpy.ndarray of float32, shape (R,)
            Its squared length: how surprising the observation was. Both are 0 until ``order`` observations were seen.
        """
        shape = (self.replicas, self.observations)
        seen = numbers(observation, "float", shape, "observation")
        mask = self._mask(active)
        error, squared = np.empty(shape, np.float32), np.empty(self.replicas, np.float32)
        with self.handle as pointer:
            check(
                lib.praxis_predictor_step(
                    pointer,
                    pointer_to(seen, "float"),
                    pointer_to(mask, "uint8_t"),
                    pointer_to(error, "float", writable=True),
                    pointer_to(squared, "float", writable=True),
                )
            )
        return error, squared

    def forget(self, mask: ArrayLike = True) -> None:
        """Forget the last observations of these replicas, as between two series; what was learned stays."""
        with self.handle as pointer:
            check(lib.praxis_predictor_forget(pointer, pointer_to(self._mask(mask), "uint8_t")))

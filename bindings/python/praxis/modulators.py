# SPDX-License-Identifier: MIT
"""What a program makes of its world to get a modulator: choices, and errors of a critic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from praxis._arrays import numbers, pointer_to
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
    made = np.empty_like(given)
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
    signal = np.empty_like(given)
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


class Critic:
    """Values of observations, learned by TD(lambda) for each replica.

    Parameters
    ----------
    replicas, observations : int
        R, and how many numbers an observation has.
    **options
        ``quadratic``, ``discount``, ``trace_decay`` and ``learning_rate``, as of ``praxis_critic_options``.
    """

    def __init__(self, replicas: int = 1, observations: int = 1, **options: float) -> None:
        asked = structure("praxis_critic_options")
        asked.log = LOG[0]
        for name, value in {"replicas": replicas, "observations": observations, **options}.items():
            if not hasattr(asked, name):
                raise TypeError(f"a critic has no {name}")
            setattr(asked, name, value)
        made = ffi.new("praxis_critic **")
        check(lib.praxis_critic_create(asked, made))
        self._pointer: Any = ffi.gc(made[0], lib.praxis_critic_destroy)
        self.replicas, self.observations = replicas, observations

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
        mask = numbers(np.asarray(active, bool), "uint8_t", shape, "active")
        error = np.empty(shape, np.float32)
        check(
            lib.praxis_critic_step(
                self._pointer,
                pointer_to(seen, "float"),
                pointer_to(got, "float"),
                episode,
                pointer_to(mask, "uint8_t"),
                pointer_to(error, "float", writable=True),
            )
        )
        return error

# SPDX-License-Identifier: MIT
"""Choices, critics and predictors, beside their formulas."""

import numpy as np
import pytest

from praxis.modulators import Critic, Predictor, choice_draw, choice_probabilities, choice_signal


def test_choices_are_softmax():
    preference = np.random.default_rng(1).normal(size=(4, 3))
    exponential = np.exp(preference / 0.5)
    expected = exponential / exponential.sum(axis=1, keepdims=True)
    probability = choice_probabilities(np.asfortranarray(preference), 0.5)
    np.testing.assert_allclose(probability, expected, rtol=1e-5)
    uniform = np.array([0.0, 0.3, 0.6, 0.999])
    chosen = choice_draw(probability, uniform)
    np.testing.assert_array_equal(chosen, (probability.cumsum(axis=1) <= uniform[:, np.newaxis]).sum(axis=1))
    one = np.eye(3)[chosen]
    np.testing.assert_allclose(choice_signal(chosen, probability), one - probability, atol=1e-6)
    np.testing.assert_allclose(
        choice_signal(chosen, probability, [2, 0, 1, 1], gradient=False)[0], 2 * one[0] - 2 / 3, atol=1e-6
    )
    with pytest.raises(ValueError, match="uniform"):
        choice_draw(probability, np.full(4, 1.5))


def test_a_critic_is_td_lambda():
    random = np.random.default_rng(2)
    critic = Critic(2, 3, quadratic=False, discount=0.9, trace_decay=0.5, learning_rate=0.1)
    weights, trace, before = np.zeros((2, 4)), np.zeros((2, 4)), [None, None]
    for step in range(40):
        seen, reward = random.normal(size=(2, 3)).astype(np.float32), random.normal(size=2).astype(np.float32)
        terminated, truncated = random.random(2) < 0.1, random.random(2) < 0.1
        active = random.random(2) < 0.8
        error = critic.step(seen, reward, terminated, truncated, active)
        for r in np.flatnonzero(active):
            feature = np.array([1, *seen[r]])
            expected = 0.0
            if before[r] is not None:
                value = 0 if terminated[r] else weights[r] @ feature
                expected = reward[r] + 0.9 * value - before[r]
                weights[r] += 0.1 * expected * trace[r]
            np.testing.assert_allclose(error[r], expected, atol=1e-5, err_msg=f"step {step}")
            over = terminated[r] or truncated[r]
            trace[r] = 0 if over else 0.45 * trace[r] + feature
            before[r] = None if over else weights[r] @ feature
        assert not error[~active].any()
    with pytest.raises(TypeError, match="wait"):
        Critic(wait=1)
    with pytest.raises(ValueError, match="observation has the shape"):
        critic.step(np.zeros((2, 4)), 0)


def test_a_predictor_is_least_mean_squares():
    random = np.random.default_rng(3)
    predictor = Predictor(2, 3, order=2, normalised=True, learning_rate=0.3)
    weights, past = np.zeros((2, 3, 7)), [[], []]
    for step in range(30):
        seen, active = random.normal(size=(2, 3)).astype(np.float32), random.random(2) < 0.8
        error, squared = predictor.step(np.asfortranarray(seen), active)
        if step == 15:
            predictor.forget([False, True])
        for r in range(2):
            expected = np.zeros(3)
            if active[r] and len(past[r]) == 2:
                z = np.array([*past[r][1], *past[r][0], 1])
                expected = seen[r] - weights[r] @ z
                weights[r] += 0.3 * np.outer(expected, z) / (z @ z)
            np.testing.assert_allclose(error[r], expected, atol=1e-5, err_msg=f"step {step}")
            np.testing.assert_allclose(squared[r], expected @ expected, atol=1e-4)
            past[r] = (past[r] + [seen[r]] * bool(active[r]))[-2:]
        if step == 15:
            past[1] = []
    predictor.forget()
    assert not predictor.step(np.ones((2, 3)))[0].any()
    assert repr(predictor) == "<praxis.Predictor: 2 x 3 observations>"
    predictor.close()
    assert repr(predictor) == "<praxis.Predictor, closed>"
    with pytest.raises(ValueError, match="the predictor is closed"):
        predictor.step(np.ones((2, 3)))
    with pytest.raises(TypeError, match="a predictor has no discount"):
        Predictor(discount=1)

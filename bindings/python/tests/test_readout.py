# SPDX-License-Identifier: MIT
"""Readouts."""

import numpy as np
import pytest

import praxis


def ridge_of(features, target, ridge):
    """Ridge regression by its definition: the constant, the last feature, is free."""
    moved, wanted = features - features.mean(axis=0), target - target.mean(axis=0)
    penalty = ridge * (moved**2).sum() / moved.shape[1]
    weights = np.linalg.solve(moved.T @ moved + penalty * np.eye(moved.shape[1]), moved.T @ wanted)
    return np.vstack([weights, target.mean(axis=0) - features.mean(axis=0) @ weights]).T


def test_fits_are_ridge_regression(network):
    random = np.random.default_rng(2)
    values, target = random.normal(size=(60, 3)), random.normal(size=(60, 2))
    fitted, recorded = network(), network()
    assert fitted.readout.fit(values, target, ridge=1e-2, washout=10) is fitted.readout
    states = recorded.run(values, record="activation").astype(float)
    for r in range(2):
        expected = ridge_of(states[10:, r], target[10:], 1e-2)
        np.testing.assert_allclose(fitted.readout.weights[r], expected, rtol=1e-4, atol=1e-6)
    assert fitted.readout.info.training_samples == 50
    following = random.normal(size=(5, 3))
    predicted = fitted.readout.predict(following)
    states = recorded.run(following, record="activation").astype(float)
    for r in range(2):
        weights = fitted.readout.weights[r]
        np.testing.assert_allclose(predicted[r], states[:, r] @ weights[:, :-1].T + weights[:, -1], atol=1e-4)


def test_a_ridge_is_chosen_and_outputs_become_inputs(network):
    net = network(neurons=200, channels=1, noise=0)
    series = np.sin(np.arange(400) / 4)
    net.readout.fit(series[:-1], series[1:], ridge=[1e-7, 1e-3, 1e3], washout=50)
    assert net.readout.info.validation_samples == 69
    assert (net.readout.error() < 0.05).all()
    assert net.readout.generate(7).shape == (2, 7, 1)
    assert np.abs(net.readout.generate(7, limit=0.1)).shape == (2, 7, 1)


def test_rules_learn_online(network):
    net = network(neurons=100, channels=1, noise=0)
    readout = praxis.Readout(net, 1, rule="nlms", rate=0.5, neurons=range(50), lags=2, squares=True)
    assert readout.info.features == 2 * 2 * 50 + 1
    series = np.sin(np.arange(600) / 4)
    errors = np.abs(readout.learn(series[:-1], series[1:])[..., 0] - series[1:])
    assert (errors[:, -50:].mean(axis=1) < errors[:, :50].mean(axis=1) / 2).all()
    weights = readout.weights
    readout.weights = weights * 0.5
    np.testing.assert_array_equal(readout.weights, weights * 0.5)
    readout.reset(weights=True)
    assert not readout.weights.any()


def test_what_is_wrong_is_refused(network):
    net = network()
    for attempt, words in [
        (lambda: praxis.Readout(net, 1, rule="wait"), "fitted or nlms or rls, not 'wait'"),
        (lambda: praxis.Readout(net, 0), "outputs"),
        (lambda: praxis.Readout(net, 1, wait=3), "wait"),
        (lambda: net.readout.fit(np.zeros((5, 3)), np.zeros(5), washout=6), "washout"),
        (lambda: net.readout.fit(np.zeros((4, 3)), np.zeros(5)), "4 ticks, and target of 5"),
        (lambda: net.readout.fit(np.zeros((5, 3)), np.zeros(5), ridge=-1), "ridge"),
    ]:
        with pytest.raises((ValueError, KeyError, TypeError), match=words):
            attempt()

# SPDX-License-Identifier: MIT
"""The examples in Python, each where what it needs is installed."""

import importlib
import os
import sys

import numpy as np
import pytest

import praxis

EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "..", "examples", "python")


@pytest.fixture
def example(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    yield importlib.import_module
    for name in ("cartpole", "estimator", "weights"):
        sys.modules.pop(name, None)


def test_examples_are_short():
    for name in os.listdir(EXAMPLES):
        if name.endswith(".py"):
            with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
                assert len(file.read().splitlines()) <= 60, name


def test_a_pole_is_balanced(example):
    pytest.importorskip("gymnasium")
    lengths = example("cartpole").train(3000)
    assert lengths[-20:].mean() > 3 * lengths[:20].mean()


def test_an_estimator_is_one_of_scikit_learn(example):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    pytest.importorskip("sklearn", "1.6")
    estimator = example("estimator")
    checks.check_estimator(estimator.OrganoidRegressor(neurons=100, alpha=1e-6, device="reference"))


def test_an_estimator_is_searched_and_predicts(example):
    selection = pytest.importorskip("sklearn.model_selection")
    estimator = example("estimator")
    rows, target = estimator.windows(estimator.mackey_glass(700), 20)
    model = estimator.OrganoidRegressor(neurons=100, device="reference")
    search = selection.GridSearchCV(model, {"alpha": [1e-4, 10.0], "gain": [0.3, 0.7]}, cv=2).fit(
        rows[:500], target[:500]
    )
    assert search.best_params_["alpha"] == 1e-4
    assert search.score(rows[500:], target[500:]) > 0.99


def test_reservoirpy_reads_the_same_series(example):
    """Beside an echo state network of as many neurons."""
    nodes = pytest.importorskip("reservoirpy.nodes")
    estimator = example("estimator")
    series = estimator.mackey_glass(1500)[:, np.newaxis]
    reservoir = nodes.Reservoir(200, lr=0.3, sr=0.9, seed=1) >> nodes.Ridge(ridge=1e-6)
    theirs = reservoir.fit(series[:1000], series[1:1001], warmup=100).run(series[1000:-1])
    with praxis.Network(neurons=200, channels=1, leak=0.3, gain=0.7, bias_spread=0.3) as net:
        net.readout.fit(series[:1000] - 0.9, series[1:1001], ridge=1e-6, washout=100)
        ours = net.readout.predict(series[1000:-1] - 0.9)[0]
    errors = [np.sqrt(np.mean((made - series[1001:]) ** 2)) / series.std() for made in (ours, theirs)]
    print("errors of praxis and reservoirpy:", errors)
    assert errors[0] < 0.05 and errors[1] < 0.05


def test_weights_are_a_sparse_matrix(example, network, tmp_path):
    pytest.importorskip("scipy.sparse")
    weights = example("weights")
    net = network(replicas=2, gain=1, leak=0, noise=0)
    net.activation = 1
    matrix = weights.matrix(net, 1)
    assert matrix.shape == (net.neurons, net.neurons) and matrix.nnz == net.info.synapses
    expected = 2 * np.tanh(matrix @ net.activation[1] / 2)
    net.run(ticks=1)
    np.testing.assert_allclose(net.activation[1], expected, atol=0.02)
    safetensors = pytest.importorskip("safetensors.numpy")
    weights.save(net, tmp_path / "weights.safetensors")
    read = safetensors.load_file(tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(read["weight"], net.weight)
    pytest.importorskip("torch")
    torch = pytest.importorskip("safetensors.torch")
    np.testing.assert_array_equal(torch.load_file(tmp_path / "weights.safetensors")["weight"].numpy(), net.weight)

# SPDX-License-Identifier: MIT
"""The examples in Python, each where what it needs is installed."""

import importlib
import json
import os
import re
import subprocess
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


def play(folder, trials, **config):
    """What a program for CL1 prints that is told of the culture by its environment alone."""
    environment = {
        **os.environ,
        "CL_SDK_DATA_SOURCE": "cl1_culture:Culture",
        "CL_SDK_DATA_SOURCE_CONFIG": json.dumps({"device": "reference", **config}),
        "CL_SDK_ACCELERATED_TIME": "1",
        "PYTHONPATH": os.pathsep.join([EXAMPLES, os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, os.path.join(EXAMPLES, "cl1_cue.py"), str(trials)]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    first, last = re.findall(r"[0-9]\.[0-9]+", result.stdout)
    return float(first), float(last)


def test_a_program_for_cl1_is_played_by_an_organoid(tmp_path):
    pytest.importorskip("cl.sim", reason="cl-sdk is not installed, which needs Python 3.12")
    once = play(tmp_path, 200, path="once")
    assert once[1] > 0.85 and once[1] > once[0] + 0.05
    assert play(tmp_path, 200, path="again") == once
    assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()
    assert play(tmp_path, 60, path="once")[0] > 0.8  # it goes on where it stopped
    with praxis.load(tmp_path / "once") as longer, praxis.load(tmp_path / "again") as shorter:
        assert longer["network"].info.tick > 1.25 * shorter["network"].info.tick > 3000
    still = play(tmp_path, 200, path="still", learning_rate=0)
    assert abs(still[1] - still[0]) < 0.2 and still[1] < once[1] - 0.1


NOTEBOOK = os.path.join(EXAMPLES, "cue.ipynb")


def test_a_notebook_is_kept_without_what_it_gave():
    with open(NOTEBOOK, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    for cell in cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_a_notebook_trains_draws_and_saves(tmp_path):
    for name in ("ipykernel", "matplotlib"):
        pytest.importorskip(name)
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "the same" in printed.splitlines()
    first, now, last = [float(number) for number in re.findall(r"-?[0-9]+\.[0-9]+", printed)]
    assert first < 0.5 < now < last
    shown = [output.data for output in outputs if output.output_type == "execute_result"]
    assert [sorted(kind for kind in data if "<svg" in data[kind]) for data in shown] == [
        ["text/html"],
        ["image/svg+xml"],
        ["text/html"],
    ]
    assert (tmp_path / "cue.safetensors").exists()

# SPDX-License-Identifier: MIT
"""Networks: shapes, numbers in and out, and what is refused."""

import copy
import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import praxis

FIELDS = sorted(praxis.fields())


def resident_kilobytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


@pytest.fixture(scope="module")
def net():
    with praxis.Network(neurons=49, replicas=2, channels=3, noise=0.3, trace_decay=0.9) as made:
        yield made


def shape_of(net, name):
    info = net.field(name)
    return (net.replicas, net.neurons, *((info.elements,) if info.shape else ()))


# ---- Fields ----


@pytest.mark.parametrize("name", FIELDS)
def test_fields_have_their_documented_shapes_and_types(net, name):
    info = net.field(name)
    values, codes = getattr(net, name), getattr(net.codes, name)
    assert values.shape == codes.shape == shape_of(net, name)
    assert values.dtype == np.float32 and codes.dtype == [np.int8, np.uint8, np.int32][info.code_type]
    assert values.flags.c_contiguous and codes.flags.c_contiguous


@given(st.sampled_from(FIELDS), st.data())
def test_codes_come_back_as_they_were_written(net, name, data):
    info = net.field(name)
    shape = shape_of(net, name)
    kind = data.draw(st.sampled_from([np.int8, np.uint8, np.int32, np.int64]))
    least, most = max(info.code_minimum, np.iinfo(kind).min), min(info.code_maximum, np.iinfo(kind).max)
    codes = data.draw(arrays.arrays(kind, shape, elements=st.integers(least, most), fill=st.integers(least, most)))
    if data.draw(st.booleans()):
        codes = np.asfortranarray(codes)
    net.write_codes(name, codes)
    np.testing.assert_array_equal(net.read_codes(name), codes)
    if name not in ("trace", "plastic", "noise_source"):
        np.testing.assert_allclose(net.read(name), np.float32(codes * info.unit), rtol=1e-6)


@given(
    st.sampled_from([name for name in FIELDS if name not in ("plastic", "noise_source", "trace")]),
    st.sampled_from([np.float32, np.float64, np.float16]),
    st.data(),
)
def test_values_are_rounded_to_their_nearest_code(net, name, kind, data):
    info = net.field(name)
    shape = shape_of(net, name)
    elements = st.floats(-1, 1, width=16)
    unit = data.draw(arrays.arrays(kind, shape, elements=elements, fill=elements))
    values = np.clip(unit.astype(np.float64) * min(info.maximum, 2), max(info.minimum, -2), None).astype(kind)
    layout = data.draw(st.sampled_from(["C", "F", "strided", "reversed"]))
    if layout == "F":
        values = np.asfortranarray(values)
    elif layout == "strided":
        values = np.repeat(values, 2, axis=1)[:, ::2]
    elif layout == "reversed":
        values = values[::-1, ::-1]
    setattr(net, name, values)
    step = max(info.unit, 2**-24)
    np.testing.assert_allclose(getattr(net, name), values.astype(np.float64), atol=0.5 * step + 1e-6)


@given(st.integers(0, 1), st.integers(0, 48), st.data())
def test_parts_are_those_of_the_whole(net, replica, neuron, data):
    neurons = slice(neuron, data.draw(st.integers(neuron + 1, 49)))
    whole = net.weight
    part = net.read("weight", replicas=replica, neurons=neurons)
    np.testing.assert_array_equal(part, whole[replica : replica + 1, neurons])
    net.write("weight", -part, replicas=replica, neurons=neurons)
    whole[replica, neurons] *= -1
    np.testing.assert_array_equal(net.weight, whole)


def test_writing_spreads_and_changing_in_place_writes(net):
    net.bias = 0.25
    assert (net.bias == 0.25).all()
    net.bias *= 2
    assert (net.bias == 0.5).all()
    net.bias = [[0.0], [1.0]]
    assert (net.bias == [[0.0], [1.0]]).all()
    net.codes.plastic = True
    assert (net.plastic == 1).all()


def test_no_copy_is_made_where_none_is_needed(net):
    from praxis._arrays import numbers, pointer_to
    from praxis._interface import ffi

    values = np.zeros(net.weight.shape, np.float32)
    assert numbers(values, "float", values.shape, "weight") is values
    assert int(ffi.cast("uintptr_t", pointer_to(values, "float"))) == values.ctypes.data
    assert net.read("weight", out=values) is values and values.any()


@pytest.mark.parametrize(
    "attempt, kind, words",
    [
        (lambda net: setattr(net, "weight", 3.5), ValueError, "weight 0 is 3.5, must be from -3 to 3"),
        (lambda net: setattr(net, "weight", np.nan), ValueError, "weight"),
        (lambda net: setattr(net, "weight", 1e300), ValueError, "weight"),
        (lambda net: setattr(net, "weight", np.zeros(3)), ValueError, r"\(3,\)"),
        (lambda net: setattr(net, "weight", 1j), TypeError, "real numbers"),
        (lambda net: setattr(net, "weight", "a"), TypeError, "real numbers"),
        (lambda net: setattr(net.codes, "weight", 200), ValueError, "-128..127"),
        (lambda net: setattr(net.codes, "weight", -128), ValueError, "-128"),
        (lambda net: setattr(net.codes, "weight", 0.5), TypeError, "whole numbers"),
        (lambda net: net.read("wait"), ValueError, "there is no field 'wait'"),
        (lambda net: net.read("weight", replicas=2), IndexError, "0..1"),
        (lambda net: net.read("weight", neurons=slice(0, 9, 2)), IndexError, "one after the other"),
        (lambda net: net.read("weight", out=np.zeros(3, np.float32)), ValueError, r"\(3,\)"),
        (lambda net: net.read("bias", out=np.zeros((2, 49))), TypeError, "float64"),
        (lambda net: net.run(), ValueError, "how many ticks"),
        (lambda net: net.run(np.zeros((5, 2))), ValueError, r"\(5, 3\)"),
        (lambda net: net.run(10), TypeError, "ticks=10"),
        (lambda net: praxis.Network().run(np.zeros((5, 2))), ValueError, "without channels"),
        (lambda net: praxis.Network().step(np.zeros(2)), ValueError, "without channels"),
        (lambda net: net.run(ticks=4, record=["bias", "mean"]), TypeError, "by its name, not by"),
        (lambda net: setattr(net, "learning_rate", 1), AttributeError, r'net\.parameters\["learning_rate"\]'),
        (lambda net: net.learning_rate, AttributeError, r'net\.parameters\["learning_rate"\]'),
        (lambda net: setattr(net, "weights", 1), AttributeError, "a network has no weights: do you mean weight"),
        (lambda net: net.wait, AttributeError, "a network has no wait"),
        (lambda net: net.add_group("mask", np.ones(3, bool)), ValueError, "mask of neurons"),
        (lambda net: praxis.Network(factor=None), TypeError, "factor is a number or the name of a choice"),
        (lambda net: net.step(factor=np.ones((2, 4))), ValueError, "nor are there targets"),
        (lambda net: net.readout.fit(np.zeros((5, 3)), np.zeros(6)), ValueError, "5 ticks, and target of 6"),
        (lambda net: net.run(np.full((5, 3), 1e9)), ValueError, "input"),
        (lambda net: net.run(ticks=1, groups="nobody"), ValueError, "nobody"),
        (lambda net: net.run(ticks=4, record="bias", every=5), ValueError, "every is 5"),
        (lambda net: net.modulate(np.ones(3)), ValueError, "modulator"),
        (lambda net: net.modulate(1e9), ValueError, "modulator is 1e\\+09"),
        (lambda net: net.step(ticks=5000), ValueError, "ticks"),
        (lambda net: net.step(modulator=np.ones((2, 7))), ValueError, "modulator has the shape"),
        (lambda net: net.parameters.__setitem__("neurons", 50), ValueError, "neurons"),
        (lambda net: net.parameters["wait"], KeyError, "no parameter 'wait'; there are leak"),
        (lambda net: praxis.Network(neurons=3), praxis.OutOfRangeError, 'neurons is "3", must be'),
        (lambda net: praxis.Network(wait=3), praxis.InvalidArgumentError, "leak_spread"),
        (lambda net: praxis.Network(factor="wait"), ValueError, "slope"),
        (lambda net: praxis.Network(leak=True), TypeError, "leak"),
        (lambda net: praxis.Network(neurons=2**30, replicas=4096), MemoryError, "bytes"),
        (lambda net: praxis.Network(replicas=3, seeds=[1, 2]), ValueError, "2 seeds"),
        (lambda net: praxis.Context("no such device"), praxis.NoDeviceError, "no device matches"),
        (lambda net: net.readout.predict(ticks=1), ValueError, "no outputs"),
    ],
)
def test_what_is_wrong_is_refused_in_words(net, attempt, kind, words):
    before = net.hash()
    with pytest.raises(kind, match=words):
        attempt(net)
    np.testing.assert_array_equal(net.hash(), before)


# ---- Running ----


def test_runs_are_those_of_the_command(network):
    """The same state, to the bit, as of `praxis run`."""
    command = os.environ.get("PRAXIS_BIN") or shutil.which("praxis")
    if not command:
        pytest.skip("there is no command")
    options = [
        "--neurons",
        "200",
        "--ticks",
        "40",
        "--seed",
        "5",
        "--device",
        "reference",
        "--learn",
        "--modulator",
        "0.5",
    ]
    report = json.loads(subprocess.run([command, "run", *options, "--json"], capture_output=True, check=True).stdout)
    net = network(neurons=200, replicas=1, channels=0, seed=5, noise=0.5)
    net.run(ticks=40, trace=True, modulator=np.full(40, 0.5))
    assert f"{net.hash()[0]:016x}" == report["state_hash"]
    assert net.statistics("weight")[0].variance == report["weights"]["variance"]


def test_outputs_are_means_of_groups(network):
    net = network()
    net.add_group("few", [3, 5, 7])
    net.add_group("one", np.array([11], np.int64))
    net.add_group("mask", np.arange(net.neurons) % 2 == 1)
    net.add_group("slice", slice(1, None, 2))
    means, states = net.run(np.ones((6, 3)), groups=["few", 1, "mask", "slice"], record="activation")
    assert means.shape == (2, 6, 4) and states.shape == (6, 2, net.neurons)
    np.testing.assert_allclose(means[..., 2], states[..., 1::2].mean(axis=-1).T, atol=1e-6)
    np.testing.assert_array_equal(means[..., 3], means[..., 2])
    np.testing.assert_allclose(means[..., 0], states[..., [3, 5, 7]].mean(axis=-1).T, atol=1e-6)
    np.testing.assert_array_equal(means[..., 1], states[..., 11].T)


@given(
    st.integers(1, 12), st.booleans(), st.booleans(), st.sampled_from([np.float32, np.float64, np.int16]), st.booleans()
)
def test_layouts_of_inputs_make_no_difference(ticks, shared, fortran, kind, progress):
    shape = (ticks, 3) if shared else (2, ticks, 3)
    values = np.random.default_rng(ticks).integers(-3, 4, shape).astype(kind)
    hashes = []
    for given_values in (
        values,
        np.asfortranarray(values) if fortran else values[::-1][::-1],
        np.broadcast_to(values, (2, ticks, 3)),
    ):
        with praxis.Network(neurons=49, replicas=2, channels=3, seed=9) as net:
            net.run(given_values, trace=True, modulator=np.linspace(0, 0.1, ticks), progress=progress)
            hashes.append(net.hash())
    np.testing.assert_array_equal(hashes[0], hashes[1])
    np.testing.assert_array_equal(hashes[0], hashes[2])


def test_progress_changes_nothing(network, monkeypatch):
    """Pieces of a run, as a bar needs them, are the run."""
    import praxis._running as module

    values = np.random.default_rng(1).normal(size=(2, 30, 3))
    results = []
    for pieces in ([(0, 30)], [(0, 8), (8, 16), (16, 30)]):
        monkeypatch.setattr(module, "_pieces", lambda *_, pieces=pieces: iter(pieces))
        net = network()
        net.add_group("all", range(net.neurons))
        outputs = net.run(
            values,
            trace=True,
            modulator=np.full((2, 30), 0.1),
            groups="all",
            record="bias",
            every=4,
            neurons=slice(0, 5),
        )
        results.append((net.hash(), *outputs))
    for one, other in zip(*results):
        np.testing.assert_array_equal(one, other)
    assert results[0][2].shape == (7, 2, 5)


def test_steps_are_runs_and_modulations(network):
    values = np.random.default_rng(3).normal(size=(2, 3))
    one, other = network(), network()
    for net in (one, other):
        net.add_group("a", range(5))
        net.add_group("b", range(5, 9))
    stepped = one.step(values, ticks=4, trace=True, groups=["a", "b"])
    one.step(modulator=[0.5, -0.5], ticks=0)
    ran = other.run(np.repeat(values[:, np.newaxis], 4, axis=1), trace=True, groups=["a", "b"])
    other.modulate([0.5, -0.5])
    np.testing.assert_array_equal(stepped, ran[:, -1])
    np.testing.assert_array_equal(one.codes.weight, other.codes.weight)
    read = one.step(ticks=3, read_ticks=2, groups="a", trace=[True, False], active=[1, 0], reset=[False, True])
    assert read.shape == (2, 2, 1) and not read[1].any()
    assert one.step(ticks=3, read_ticks=2, groups="a", mean=True).shape == (2, 1)
    one.step(modulator=np.ones((2, 2)), targets=["a", "b"], ticks=0)
    one.step(factor=np.ones((2, one.neurons)), ticks=0)
    assert (one.factor == 127 * np.float32(2 / 127) / 2).all() or np.allclose(one.factor, 1, atol=2 / 127)


def test_replicas_are_copied_reset_and_masked(network):
    one, other = network(seed=1), network(seed=7)
    one.run(ticks=3, trace=True)
    other.run(ticks=3)
    one.copy_replica(1, other, 0)
    np.testing.assert_array_equal(one.codes.weight[1], other.codes.weight[0])
    one.reset([True, False], traces=False)
    assert not one.activation[0].any() and one.activation[1].any() and one.trace[0].any()
    one.reset()
    assert not one.activation.any() and not one.trace.any()
    one.set_plastic_groups(one.add_group("some", [1, 2]))
    assert one.plastic.sum() == 4
    one.share_noise("some")
    assert (one.codes.noise_source[:, 2] == 1).all()
    one.settle()
    one.finish()


def test_copies_and_files_go_on_to_the_same_bits(network, tmp_path):
    net = network()
    net.add_group("few", [3, 5])
    net.run(np.ones((7, 3)), trace=True, modulator=np.full(7, 0.3))
    before = net.hash()
    net.save(tmp_path / "net.praxis")
    np.testing.assert_array_equal(net.hash(), before)
    others = [praxis.Network.load(tmp_path / "net.praxis"), net.copy(), copy.copy(net), copy.deepcopy(net)]
    net.run(np.ones((3, 3)), trace=True)
    for other in others:
        np.testing.assert_array_equal(other.hash(), before)
        assert other.run(np.ones((3, 3)), trace=True, groups="few").shape == (2, 3, 1)
        np.testing.assert_array_equal(other.hash(), net.hash())
    with pytest.raises(OSError, match="nowhere"):
        praxis.Network.load(tmp_path / "nowhere")
    (tmp_path / "net.praxis").write_bytes(b"not this")
    with pytest.raises(praxis.FormatError):
        praxis.Network.load(tmp_path / "net.praxis")


def test_parameters_are_read_and_set(network):
    net = network(factor="slope", seed=2**63 + 1, leak=np.float32(0.5), degree_factor=2.0)
    assert net.parameters["factor"] == "slope" and net.parameters["seed"] == 2**63 + 1
    net.parameters["learning_rate"] = 0.125
    net.parameters["factor"] = 1
    assert net.parameters["learning_rate"] == 0.125 and net.parameters["factor"] == "centred"
    assert set(net.parameters) == set(praxis.parameters()) and len(net.parameters) == len(praxis.parameters())
    assert net.modulator_limit > 0
    seeded = network(seeds=[5, 1], replicas=2)
    np.testing.assert_array_equal(seeded.codes.weight[1], network(seed=1, replicas=1).codes.weight[0])


def test_partners_are_those_of_the_library(network):
    from praxis._library import ffi, lib

    net = network(degree_factor=3)
    partners = net.presynaptic()
    plan = ffi.new("praxis_graph *")
    plan.struct_size = ffi.sizeof("praxis_graph")
    assert lib.praxis_graph_plan(49, 3, ffi.NULL, plan) == 0
    assert partners.shape == (net.neurons, net.info.degree) == (plan.neurons, plan.degree)
    for neuron in range(plan.neurons):
        for tap in range(plan.degree):
            assert partners[neuron, tap] == lib.praxis_graph_presynaptic(plan, neuron, tap)
    assert net.graph.prime == 7 and list(net.graph.slopes)[3] == 0


# ---- Lives ----


def test_a_closed_network_says_so(network):
    net = network()
    readout = net.readout.fit(np.zeros((9, 3)), np.arange(9.0))
    assert repr(net).startswith("<praxis.Network: 2 x 49 neurons")
    assert repr(readout) == "<praxis.Readout: 2 x 1 outputs of 50 features>"
    assert repr(network().readout) == "<praxis.Readout, not fitted>"
    with net:
        pass
    assert repr(net) == "<praxis.Network, closed>" and repr(readout) == "<praxis.Readout, closed>"
    net.close()
    for attempt in (net.hash, lambda: net.weight, lambda: readout.predict(ticks=1)):
        with pytest.raises(ValueError, match="is closed"):
            attempt()


def test_what_is_dropped_is_freed():
    """A thousand networks, with readouts, in circles and as errors leave them, take no more memory than ever."""

    def make(count):
        for i in range(count):
            net = praxis.Network(neurons=300, replicas=2)
            net.readout.fit(None, np.zeros(4))
            if i % 3 == 0:
                net._circle = [net]
            with pytest.raises(ValueError):
                net.run(ticks=1, groups="nobody")
        del net
        gc.collect()

    make(300)  # as many as lie about until circles are looked for, which differs between versions of Python
    before = resident_kilobytes()
    make(1000)
    # Each takes some 120 kilobytes: a thousand of them would be 120 megabytes, and one in twelve more than this.
    assert resident_kilobytes() - before < 8000


def test_two_threads_run_two_networks_at_once(network):
    """Each call lets other threads run: a thread of Python advances while one is inside of the library."""
    nets = [network(neurons=10000, replicas=1, seed=seed) for seed in (1, 2)]
    done, counts = threading.Event(), [0]

    def work(net):
        net.run(ticks=60)
        net.finish()

    def count():
        while not done.is_set():
            counts[0] += 1
            done.wait(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    threads = [threading.Thread(target=work, args=(net,)) for net in nets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    counter.join()
    assert counts[0] > 1
    for net in nets:
        alone = network(neurons=10000, replicas=1, seed=net.parameters["seed"])
        alone.run(ticks=60)
        np.testing.assert_array_equal(alone.hash(), net.hash())


def test_threads_that_share_a_network_wait_for_each_other(network):
    shared, alone = network(neurons=900), network(neurons=900)
    threads = [threading.Thread(target=lambda: [shared.run(ticks=5) for _ in range(10)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone.run(ticks=100)
    np.testing.assert_array_equal(shared.hash(), alone.hash())


FORKED = """
import os, signal, sys, threading
import praxis
opencl = [device.selector for device in praxis.devices() if device.selector.startswith("opencl:") and device.usable]
if not opencl:
    print("no device")
    sys.exit()
net = praxis.Network(neurons=49, device=opencl[0])
net.run(ticks=1)
held, goes_on = threading.Event(), threading.Event()
def hold():
    with net.handle:
        held.set()
        goes_on.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(300)  # one that hangs ends
    for attempt in (lambda: net.run(ticks=1), lambda: praxis.Network(neurons=49, device=opencl[0])):
        try:
            attempt()
        except praxis.UnsupportedError as error:
            print(error, flush=True)
    with praxis.Network(neurons=49, device="reference") as own:
        own.run(ticks=1)
    print("reference goes on", flush=True)
    os._exit(0)
goes_on.set()
thread.join()
assert os.waitpid(child, 0)[1] == 0
net.run(ticks=1)
print("parent goes on")
"""


def test_a_forked_child_gets_a_clear_error():
    """And hangs on no lock that a thread of its parent held."""
    environment = {name: value for name, value in os.environ.items() if name != "PRAXIS_DEVICE"}
    result = subprocess.run(
        [sys.executable, "-c", FORKED], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    if result.stdout == "no device\n":
        pytest.skip("no OpenCL device")
    lines = result.stdout.splitlines()
    assert len(lines) == 4 and all("fork" in line for line in lines[:2]), lines
    assert lines[2:] == ["reference goes on", "parent goes on"]


def test_messages_go_to_logging(caplog):
    with caplog.at_level(logging.DEBUG, "praxis"), pytest.raises(praxis.NoDeviceError):
        praxis.Context("no such device")
    assert [record.levelno for record in caplog.records if "no such device" in record.message] == [logging.DEBUG]


def test_devices_and_contexts(network):
    found = praxis.devices()
    assert found[-1].selector == "reference" and found[-1].usable is True
    assert found[-1].type is praxis.DeviceType.REFERENCE
    assert network().context is network().context
    with praxis.Context("reference", cache="") as context:
        own = network(device=context)
        assert own.context is context and context.device.selector == "reference"
    own.run(ticks=1)
    assert repr(context) == "<praxis.Context, closed>"
    with pytest.raises(ValueError, match="closed"):
        praxis.Network(device=context)


def test_several_devices_have_a_network_together(network):
    def live(**devices):
        with praxis.Context("reference,reference", **devices) as context:
            net = network(device=context, replicas=4)
        net.run(np.ones((5, 3)), trace=True, modulator=np.full(5, 0.1))
        return net.hash()

    alone = network(replicas=4)
    alone.run(np.ones((5, 3)), trace=True, modulator=np.full(5, 0.1))
    measured = {"partition": "columns", "shares": "measured"}
    for devices in ({}, {"partition": "columns", "shares": [2, 1]}, {"partition": "replicas", "shares": (1, 3)}, measured):
        np.testing.assert_array_equal(live(**devices), alone.hash())
    for wrong, words in (
        ({"partition": "rows"}, "auto or columns or replicas, not 'rows'"),
        ({"shares": [1]}, "share"),
        ({"shares": "fast"}, "numbers or \"measured\", not 'fast'"),
        ({"shares": [1, -1]}, "share"),
    ):
        with pytest.raises(ValueError, match=words):
            live(**wrong)


def test_the_command_runs():
    if not (os.environ.get("PRAXIS_BIN") or shutil.which("praxis")):
        pytest.skip("there is no command")
    environment = dict(os.environ)
    if os.environ.get("PRAXIS_BIN"):
        environment["PATH"] = os.path.dirname(os.environ["PRAXIS_BIN"]) + os.pathsep + environment["PATH"]
    result = subprocess.run(
        [sys.executable, "-m", "praxis", "graph", "--neurons", "49"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "49" in result.stdout


def test_a_notebook_sees_a_line_and_where_it_can_a_picture(network):
    net = network()
    shown = net._repr_html_()
    assert "2 x 49 neurons" in shown
    try:
        import matplotlib
    except ImportError:
        assert "<svg" not in shown
    else:
        assert "<svg" in shown, matplotlib.__version__

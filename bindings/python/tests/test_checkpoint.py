# SPDX-License-Identifier: MIT
"""Files of several things: what comes back goes on to the same bits, and is what the library in C writes."""

import io
import json
import os
import pickle
import shutil
import string
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import praxis
from praxis._library import lib
from praxis.modulators import Critic, Predictor

KINDS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
NAMES = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=12)
NUMBERS = st.sampled_from(KINDS).flatmap(
    lambda kind: arrays.arrays(
        st.sampled_from(["<", ">"]).map(lambda order: np.dtype(order + kind)),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
    )
)
TEXTS = st.text(max_size=20).filter(lambda text: "\0" not in text)


class Everything:
    """A network with all that belongs to it, in the middle of its life."""

    def __init__(self, network, **kept):
        self.network = network
        self.__dict__.update(kept)

    @classmethod
    def born(cls, network):
        net = network(channels=1)
        series = np.sin(np.arange(40) / 3)
        net.readout.fit(series, series, washout=5)
        return cls(
            net,
            readout=net.readout,
            rls=praxis.Readout(net, 2, rule="rls", neurons=range(9), lags=2, squares=True),
            critic=Critic(2, 3),
            predictor=Predictor(2, 3, order=2, normalised=True),
        )

    def live(self, steps, seed):
        """What they all give, in one row of numbers."""
        random = np.random.default_rng(seed)
        given_out = []
        for _ in range(steps):
            seen = random.normal(size=(2, 3))
            given_out += [
                self.readout.predict(random.normal(size=3)),
                self.rls.learn(random.normal(size=4), random.normal(size=(4, 2))),
                self.critic.step(seen, random.normal(size=2), terminated=random.random(2) < 0.2),
                self.critic.values,
                *self.predictor.step(seen, active=[True, random.random() < 0.5]),
            ]
        given_out += [self.network.hash(), self.readout.weights, self.rls.weights]
        return np.concatenate([np.asarray(values).ravel().view(np.uint8) for values in given_out])


@pytest.mark.parametrize("stream", [False, True])
def test_a_life_goes_on_to_the_same_bits(network, tmp_path, stream):
    lived = Everything.born(network)
    lived.live(3, seed=1)
    file = io.BytesIO() if stream else tmp_path / "life.safetensors"
    praxis.save(file, **vars(lived))
    if stream:
        file.seek(0)
    with praxis.load(file) as saved:
        assert saved.kinds == {
            "network": "network",
            "readout": "readout",
            "rls": "readout",
            "critic": "critic",
            "predictor": "predictor",
        }
        again = Everything(**saved)
        assert saved["network"] is again.network and saved["readout"] is again.network.readout
        assert saved.text("network.tick") == str(lived.network.info.tick)
        np.testing.assert_array_equal(saved.array("network.weight"), lived.network.codes.weight)
    np.testing.assert_array_equal(again.live(3, seed=2), lived.live(3, seed=2))


@given(st.dictionaries(NAMES, st.one_of(NUMBERS, TEXTS), max_size=4), st.booleans())
def test_arrays_and_texts_come_back(things, fortran):
    given_out = {
        name: np.array(thing, order="F") if fortran and isinstance(thing, np.ndarray) else thing
        for name, thing in things.items()
    }
    file = io.BytesIO(b"before")
    file.seek(6)
    refused = [name for name in things if name.startswith("praxis.") and isinstance(things[name], str)]
    if refused:
        with pytest.raises(ValueError, match="praxis"):
            praxis.save(file, **given_out)
        return
    praxis.save(file, **given_out)
    file.seek(6)
    with praxis.load(file) as saved:
        assert sorted(saved) == sorted(things) and len(saved) == len(things)
        for name, thing in things.items():
            if isinstance(thing, str):
                assert saved[name] == thing
            else:
                assert saved[name].dtype == thing.dtype.newbyteorder("=") and saved[name].shape == thing.shape
                np.testing.assert_array_equal(saved[name], thing)


def described(path):
    """All texts, checksums of all tensors among them, and what tensors are, in no order."""
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return header.pop("__metadata__"), {name: (tensor["dtype"], tensor["shape"]) for name, tensor in header.items()}


@pytest.mark.parametrize(
    "task",
    [
        ["cartpole", "--steps", "60", "--control", "none"],  # with a critic
        ["pong", "--steps", "60"],  # with a predictor
        ["mackey-glass", "--neurons", "49", "--lags", "2", "--ticks", "60", "--tests", "20"],  # two networks, readouts
    ],
    ids=lambda task: task[0],
)
def test_files_of_the_command_are_saved_again_as_they_were(tmp_path, task):
    command = os.environ.get("PRAXIS_BIN") or shutil.which("praxis")
    if not command:
        pytest.skip("there is no command")
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    options = [*task, "--seeds", "1", "--device", "reference", "--save", theirs]
    subprocess.run([command, "train", *options], capture_output=True, check=True)
    with praxis.load(theirs) as saved:
        things = {
            name: saved[name] if kind != "readout" else saved.readout(name, saved[name.replace("readout", "network")])
            for name, kind in saved.kinds.items()
        }
        praxis.save(ours, **things)
    assert described(ours) == described(theirs)


def test_a_network_keeps_its_readout(network, tmp_path):
    net = network(channels=1)
    net.save(tmp_path / "bare")
    assert list(praxis.load(tmp_path / "bare")) == ["network"]
    with net.handle as pointer:
        assert lib.praxis_network_save(pointer, os.fsencode(tmp_path / "in C")) == 0
    assert (tmp_path / "in C").read_bytes() == (tmp_path / "bare").read_bytes()
    series = np.sin(np.arange(60) / 3)
    net.readout.fit(series, series)
    net.save(tmp_path / "fitted")
    others = [praxis.Network.load(tmp_path / "fitted"), pickle.loads(pickle.dumps(net))]
    expected = net.readout.predict(series)
    for other in others:
        np.testing.assert_array_equal(other.readout.predict(series), expected)
        np.testing.assert_array_equal(other.hash(), net.hash())


def test_of_several_networks_readouts_are_told_whose(network, tmp_path):
    one, other = network(seed=1, channels=1), network(seed=2, channels=1)
    one.readout.fit(np.arange(20) / 20, np.arange(20))
    praxis.save(tmp_path / "two", one=one, other=other, readout=one.readout)
    with praxis.load(tmp_path / "two") as saved:
        with pytest.raises(ValueError, match="several networks"):
            saved["readout"]
        np.testing.assert_array_equal(saved.readout("readout", saved["one"]).weights, one.readout.weights)
        with pytest.raises(praxis.FormatError):
            saved.readout("readout", network(replicas=1))


def test_what_is_wrong_is_refused(network, tmp_path):
    net, critic = network(), Critic(2, 3)
    path = tmp_path / "file"
    praxis.save(path, critic=critic)
    before = path.read_bytes()
    for things, kind, words in [
        ({"flags": np.zeros(3, bool)}, TypeError, "flags is of the type bool, and not one of int8"),
        ({"thing": object()}, TypeError, "thing is of the type object"),
        ({"none": None}, TypeError, "none is of the type object"),
        ({"deep": np.zeros((1,) * 9)}, ValueError, "9 axes"),
        ({"text": "a\0b"}, ValueError, "character 0"),
        ({"a b": 1}, ValueError, "a b"),
        ({"a.b": net}, ValueError, "a.b"),
        ({"net": net, "net.own": 1}, ValueError, "net.own"),
        ({"readout": net.readout}, ValueError, "no outputs"),
    ]:
        with pytest.raises(kind, match=words):
            praxis.save(path, **things)
    critic.close()
    with pytest.raises(ValueError, match="the critic is closed"):
        praxis.save(path, critic=critic)
    assert path.read_bytes() == before
    with pytest.raises(OSError, match="cannot be written"):
        praxis.save(tmp_path / "nowhere" / "file", net=net)
    with praxis.load(path) as saved:
        assert isinstance(saved["critic"], Critic) and repr(saved) == "<praxis.Checkpoint: critic (critic)>"
        for name in ("net", "critic.nothing"):
            with pytest.raises(KeyError, match="there are critic"):
                saved[name]
        for ask in (saved.network, saved.array, saved.text, saved.predictor):
            with pytest.raises(KeyError, match="there is no"):
                ask("critic")
        with pytest.raises(KeyError, match="network 'network'; there are none"):
            praxis.Network.load(path)
    assert repr(saved).startswith("<praxis.Checkpoint, closed")
    with pytest.raises(ValueError, match="the checkpoint is closed"):
        saved["critic"]
    path.write_bytes(before[:-1])
    with pytest.raises(praxis.FormatError):
        praxis.load(path)


class Failing(io.BytesIO):
    def write(self, content):
        raise RuntimeError("no more")

    def read(self, count=-1):
        raise RuntimeError("nothing")


class Slow(io.BytesIO):
    """Takes and gives a few bytes at once."""

    def write(self, content):
        return super().write(content[:7])

    def read(self, count=-1):
        return super().read(min(count, 5))


def test_file_objects_may_be_slow_or_fail(network):
    net = network()
    slow = Slow()
    praxis.save(slow, network=net)
    content = slow.getvalue()
    slow.seek(0)
    np.testing.assert_array_equal(praxis.Network.load(slow).hash(), net.hash())
    with pytest.raises(RuntimeError, match="no more"):
        praxis.save(Failing(), network=net)
    with pytest.raises(RuntimeError, match="nothing"):
        praxis.load(Failing(content))
    file = io.BytesIO(content)
    saved = praxis.load(file)
    file.truncate(20)
    with pytest.raises(OSError):
        saved["network"]

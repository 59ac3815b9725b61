# SPDX-License-Identifier: MIT
"""Networks beside what Python programs would use in their place, in turn, on one device. Run by python.sh.

Of each size there is one network of PRAXIS, k = 2. Its own partners and weights make the sparse matrix, and its sums are
checked against it; dense matrices have the same N, and N / d times the synapses. None of the peers does the rest of a
tick: noise, bias, activation in int8, homeostasis. The three-factor update is what a modulator in every tick adds to one:

    e = decay e + pre post,   w = clip(w + rate M e, -3, 3)

on [N, d] traces and weights, pre gathered by the network's partners, in one compiled kernel: with 32-bit floats, and with
traces and weights kept in int8, rounded to the nearest, where PRAXIS rounds at random. ReservoirPy's reservoir has as many
units and about as many connections, 64-bit floats, one input, and a whole step of its own; it has the host's cores alone.
"""

import argparse
import os
import sys
import time
import warnings

import numpy as np
import praxis
import torch
import torch._inductor.config

warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta state")
torch.sparse.check_sparse_tensor_invariants.enable()

MOST_BYTES = 1 << 30  # of a dense matrix
CHECKED = 64  # rows


class Series:
    """Work that can be done any number of times, and the seconds of one of its `unit` parts."""

    clock = time.perf_counter

    def __init__(self, name, run, unit=1):
        self.name, self.run, self.unit, self.times, self.values = name, run, unit, 1, []

    def time(self, times):
        begin = Series.clock()
        self.run(times)
        return Series.clock() - begin

    def calibrate(self, seconds):
        self.run(1)  # compiles
        while (taken := self.time(self.times)) < seconds / 2:
            self.times = max(2 * self.times, int(self.times * seconds / max(taken, seconds / 100) / 2))

    def quartiles(self):
        return np.percentile(self.values, [25, 50, 75]) / self.times / self.unit


def measure(series, seconds, rounds):
    for one in series:
        one.calibrate(seconds)
    for _ in range(rounds):
        for one in series:
            one.values.append(one.time(one.times))


def repeat(device, work):
    """Work of PyTorch, waited for at the end."""

    def run(times):
        for _ in range(times):
            work()
        if device.type == "cuda":
            torch.cuda.synchronize()

    return run


# ---- PRAXIS ----


UNIT = 16  # ticks that are run together


def ticks(network, period):
    """UNIT ticks of a network, with a modulator at the end of each period; none, and no traces, where it is 0."""
    modulator = np.zeros(1 << 16, np.float32)
    if period:
        modulator[period - 1 :: period] = 0.02 * np.random.default_rng(1).uniform(-1, 1, len(modulator) // period)

    def run(times):
        for first in range(0, UNIT * times, len(modulator)):
            count = min(UNIT * times - first, len(modulator))
            network.run(ticks=count, trace=period > 0, modulator=modulator[:count] if period else None)
        network.finish()

    return run


# ---- PyTorch ----


def dense(network, device, dtype):
    n = network.info.neurons
    if n * n * dtype.itemsize > MOST_BYTES:
        return None
    matrix = torch.randn(n, n, device=device, dtype=dtype)
    vector = torch.randn(n, device=device, dtype=dtype)
    return repeat(device, lambda: torch.mv(matrix, vector))


def sparse(network, device):
    """The network itself, in compressed rows: its sums are checked."""
    n, d = network.info.neurons, network.info.degree
    columns, weights = network.presynaptic().astype(np.int32), network.weight.reshape(n, d).astype(np.float32)
    activation = network.activation.reshape(n).astype(np.float32)
    order = np.argsort(columns, axis=1)
    columns, weights = np.take_along_axis(columns, order, 1), np.take_along_axis(weights, order, 1)
    rows = torch.arange(0, n * d + 1, d, dtype=torch.int32)
    parts = (rows, torch.from_numpy(columns.reshape(-1)), torch.from_numpy(weights.reshape(-1)))
    matrix = torch.sparse_csr_tensor(*parts, (n, n)).to(device)
    vector = torch.from_numpy(activation).to(device)
    picked = np.linspace(0, n - 1, CHECKED).astype(int)
    wanted = np.sum(weights[picked].astype(np.float64) * activation[columns[picked]], axis=1)
    most = np.sum(np.abs(weights[picked] * activation[columns[picked]]), axis=1)
    made = torch.mv(matrix, vector).cpu().numpy()[picked]
    assert np.all(np.abs(made - wanted) <= most * d * 2.0**-24), "the sparse product is wrong"
    return repeat(device, lambda: torch.mv(matrix, vector))


DECAY, RATE, MODULATOR, SCALE = 0.9, 0.1, 0.02, 3 / 127


def update_float(traces, weights, pre, post, partners):
    traces.mul_(DECAY).add_(pre[partners] * post[:, None])
    weights.add_(RATE * MODULATOR * traces).clamp_(-3, 3)


def update_int8(traces, weights, pre, post, partners):
    trace = DECAY * SCALE * traces.float() + pre[partners] * post[:, None]
    weight = (SCALE * weights.float() + RATE * MODULATOR * trace).clamp(-3, 3)
    traces.copy_((trace / SCALE).round().clamp(-127, 127))
    weights.copy_((weight / SCALE).round())


def update(network, device, step, dtype):
    """Compiled; the first application is compared with the same in 64-bit floats."""
    n, d = network.info.neurons, network.info.degree
    random = np.random.default_rng(2)
    partners = network.presynaptic().astype(np.int32)
    weights = network.weight.reshape(n, d).astype(np.float32)
    traces = random.uniform(-1, 1, (n, d)).astype(np.float32)
    if dtype is torch.int8:
        weights, traces = np.rint(weights / SCALE).astype(np.int8), np.rint(traces / SCALE).astype(np.int8)
    pre, post = random.uniform(-1, 1, (2, n)).astype(np.float32)
    unit = SCALE if dtype is torch.int8 else 1
    rows = np.linspace(0, n - 1, CHECKED).astype(int)
    wanted = DECAY * unit * traces[rows].astype(np.float64) + pre[partners[rows]].astype(np.float64) * post[rows, None]
    moved = np.clip(unit * weights[rows].astype(np.float64) + RATE * MODULATOR * wanted, -3, 3)
    held = [torch.from_numpy(array).to(device) for array in (traces, weights, pre, post, partners)]
    compiled = torch.compile(step, dynamic=False)
    compiled(*held)
    allowed = 0.5 * unit + 1e-5 if dtype is torch.int8 else 1e-5
    for made, true in ((held[0], wanted), (held[1], moved)):
        assert np.all(np.abs(unit * made.cpu().numpy()[rows].astype(np.float64) - true) <= allowed), "the update is wrong"
    return repeat(device, lambda: compiled(*held))


# ---- ReservoirPy ----


def reservoir(network):
    from reservoirpy.nodes import Reservoir

    n, d = network.info.neurons, network.info.degree
    node = Reservoir(n, sr=0.9, rc_connectivity=d / n, input_connectivity=0.1, seed=3)
    inputs = np.random.default_rng(4).uniform(-1, 1, (1024, 1))
    node.run(inputs[:1])

    def run(times):
        for first in range(0, times, len(inputs)):
            node.run(inputs[: min(times - first, len(inputs))])

    return run


# ---- All of them ----


def peers(network, device):
    yield "PyTorch dense product, float32", dense(network, device, torch.float32)
    yield "PyTorch dense product, bfloat16", dense(network, device, torch.bfloat16)
    yield "PyTorch sparse product, float32", sparse(network, device)
    yield "PyTorch three-factor update, float32", update(network, device, update_float, torch.float32)
    yield "PyTorch three-factor update, int8", update(network, device, update_int8, torch.int8)
    yield "ReservoirPy step, float64, on the host", reservoir(network)


def report(network, series):
    info = network.info
    print(f"\nN = {info.neurons}, d = {info.degree}, {info.synapses / 1e6:.3g} M synapses")
    print(f"{'':44} {'us':>10} {'quartiles':>23} {'in ticks':>9}")
    tick = series[0].quartiles()[1]
    for one in series:
        low, median, high = one.quartiles()
        print(f"{one.name:44} {median * 1e6:10.4g} [{low * 1e6:10.4g}, {high * 1e6:9.4g}] {median / tick:9.3g}", flush=True)


def compare(neurons, context, device, wishes):
    with praxis.Network(neurons=neurons, degree_factor=2, bias_spread=0.5, device=context) as network:
        network.run(ticks=64)
        series = [
            Series("PRAXIS tick", ticks(network, 0), UNIT),
            Series("PRAXIS tick, a modulator every 16", ticks(network, 16), UNIT),
            Series("PRAXIS tick, a modulator every tick", ticks(network, 1), UNIT),
        ]
        series += [Series(name, run) for name, run in peers(network, device) if run]
        measure(series, wishes.seconds, wishes.rounds)
        report(network, series)


def main():
    parser = argparse.ArgumentParser(prog="python.sh", description=__doc__.partition("\n")[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], help="of PyTorch (default: cuda where it is there)")
    parser.add_argument("--praxis-device", help="as of praxis (default: the best)")
    parser.add_argument("--sizes", default="961,10000,100000", help="neurons, with commas (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=0.15, help="of a timed run (default %(default)s)")
    parser.add_argument(
        "--cpu-time", action="store_true", help="of one thread, in place of time: on a CPU that others use"
    )
    parser.add_argument("--rounds", type=int, default=9, help="timed runs of each (default %(default)s)")
    wishes = parser.parse_args()
    try:
        sizes = [int(float(text)) for text in wishes.sizes.split(",")]
    except ValueError:
        parser.error(f"--sizes is {wishes.sizes!r}, must be numbers with commas")
    if min(sizes) < 49 or wishes.rounds < 1 or not wishes.seconds > 0:
        parser.error("sizes must be 49 or more, rounds 1 or more, seconds above 0")
    device = torch.device(wishes.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    threads = 1 if wishes.cpu_time else os.cpu_count() or 1
    torch.set_num_threads(threads)
    torch._inductor.config.cpp.threads = threads  # else of when the kernel was compiled and kept
    if wishes.cpu_time:
        if device.type != "cpu":
            parser.error("--cpu-time is of a CPU: see --device")
        os.environ["POCL_MAX_PTHREAD_COUNT"] = os.environ["POCL_CPU_MAX_CU_COUNT"] = "1"  # PoCL's, by its version
        Series.clock = time.process_time
    with praxis.Context(wishes.praxis_device) as context:
        kind = context.device.type
        if (device.type == "cuda") != (kind == "gpu"):
            sys.exit(f"python.sh: PRAXIS is on a device of type {kind}, PyTorch on {device.type}: see --help")
        where = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
        print(f"PRAXIS {praxis.__version__} on {context.device.name}; PyTorch {torch.__version__} on {where}")
        if wishes.cpu_time:
            print("CPU time of the process, one thread each")
        for neurons in sizes:
            compare(neurons, context, device, wishes)


main()

# SPDX-License-Identifier: MIT
"""An organoid as the culture of an unchanged program for Cortical Labs' CL1; docs/python.md says how that is started.

It hears pulses by their charge, and spikes where the neurons below an electrode are active. No program rewards it: it
learns to bring about what is less surprising than usual (Kagan et al. 2022). From its file it goes on where it stopped.
"""

import os

import numpy as np
import praxis
from cl.sim import DataSourceBatch, DataSourceSpike, SimulatorDataSource, SimulatorDataSourceMetadata
from praxis.modulators import Predictor

WIRED = [electrode for electrode in range(64) if electrode not in (0, 7, 56, 63)]
GROUPS, NEURONS, STEP = list(map(str, WIRED)), 2, 250  # neurons below an electrode; frames of a step, 10 ms
RECIPE = dict(factor="noise", noise=0.5, leak=0.1, gain=0.7, bias_spread=0.3, input_scale=0.7, trace_decay=0.8,
              learning_rate=0.01, homeostasis_rate=0.01)  # fmt: skip


class Culture(SimulatorDataSource):
    metadata = SimulatorDataSourceMetadata(channel_count=64, seekable=False)

    def __init__(self, path=None, device=None, **parameters):
        self.path, self.device, self.parameters, self.net = path, device, {**RECIPE, **parameters}, None

    def open(self):
        self.heard, self.spikes, self.next, self.usual = np.zeros((1, 64)), [], 0, 0.0
        if self.path and os.path.exists(self.path):
            with praxis.load(self.path, self.device) as saved:
                self.net, self.predictor, self.usual = saved["network"], saved["predictor"], float(saved["usual"])
            return
        self.net = praxis.Network(NEURONS * len(WIRED), 1, 64, device=self.device, **self.parameters)
        self.predictor = Predictor(1, 64)
        for i, name in enumerate(GROUPS):  # neurons below one electrode try the same
            self.net.share_noise(self.net.add_group(name, range(NEURONS * i, NEURONS * (i + 1))))

    def on_stims(self, stims):
        for stim in stims:  # a pulse of 1 uA, twice 160 us, is heard as 1
            self.heard[0, stim.channel] += np.abs(stim.phase_durations_us) @ np.abs(stim.phase_currents_uA) / 320

    def read(self, from_timestamp, frame_count):
        end, self.next = from_timestamp + frame_count, max(self.next, from_timestamp)
        while self.next < end:
            self.spikes += self.step(self.next)
            self.next += STEP
        due, self.spikes = [s for s in self.spikes if s.timestamp < end], [s for s in self.spikes if s.timestamp >= end]
        return DataSourceBatch(spikes=due)

    def step(self, start):
        surprise = self.predictor.step(self.heard)[1][0]
        modulator, self.usual = np.tanh(self.usual - surprise), self.usual + 0.01 * (surprise - self.usual)
        (active,) = self.net.step(self.heard, groups=GROUPS, ticks=2, modulator=modulator, trace=True,
                                  rate_homeostasis=True)  # fmt: skip
        self.heard[:] = 0
        return [DataSourceSpike(start + 50 * k, e) for k in range(5) for e, a in zip(WIRED, active) if 5 * a > k + 0.5]

    def close(self):
        if self.path and self.net:
            praxis.save(self.path, network=self.net, predictor=self.predictor, usual=self.usual)

# SPDX-License-Identifier: MIT
"""A program for Cortical Labs' CL1 that knows nothing of what it is connected to: one of two cues, one of two answers.

A trial takes eight ticks of 10 ms. In the first two a cue is stimulated; the half of the motor electrodes that then
spikes more is the answer. After a wrong one electrodes are stimulated at random for four ticks, after a right one
nothing happens. cl1_culture.py says how to run it. Usage: cl1_cue.py [trials]
"""

import sys

import cl
import numpy as np

CUES = (range(17, 21), range(41, 45))
MOTOR = (range(27, 30), range(35, 38))
TICKS, CUE, ANSWER, NOISE = 8, 2, 3, 4  # of a trial, with a cue, until the answer, and of noise


def main(trials):
    random, right = np.random.default_rng(1), []
    with cl.open() as neurons:
        for tick in neurons.loop(ticks_per_second=100, stop_after_ticks=trials * TICKS):
            phase = tick.iteration % TICKS
            if phase == 0:
                cue, spikes = random.integers(2), [0, 0]
            if phase < CUE:
                for electrode in CUES[cue]:
                    neurons.stim(electrode, 1.0)
            if 0 < phase < ANSWER:
                for spike in tick.analysis.spikes:
                    for side in (0, 1):
                        spikes[side] += spike.channel in MOTOR[side]
            if phase == ANSWER - 1:
                right.append(int(spikes[1] > spikes[0]) == cue)
            if ANSWER - 1 <= phase < ANSWER - 1 + NOISE and not right[-1]:
                for electrode in (*CUES[0], *CUES[1]):
                    if random.random() < 0.5:
                        neurons.stim(electrode, float(0.01 + 1.4 * random.random()))
    quarter = max(len(right) // 4, 1)
    print(f"right {np.mean(right[:quarter]):.2f} at first, {np.mean(right[-quarter:]):.2f} at last")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)

# SPDX-License-Identifier: MIT
"""Organoids learn to balance the pole of Gymnasium's CartPole-v1, one replica an environment, from a critic's errors.

python examples/python/cartpole.py [steps]
"""

import sys

import gymnasium
import numpy as np
import praxis
from praxis.modulators import Critic, choice_draw, choice_probabilities, choice_signal

ORGANOIDS, GROUP, ACTIONS = 5, 57, 2
MUCH = np.float32([2.4, 2, 0.21, 2])  # of each number that is observed
RECIPE = dict(leak=0.1, gain=0.7, noise=0.5, bias_spread=0.3, input_scale=0.7, trace_decay=0.9, learning_rate=0.6)


def train(steps, seed=1):
    """Lengths of all episodes, in the order in which they ended."""
    net = praxis.Network(neurons=361, replicas=ORGANOIDS, channels=4, seed=seed, factor="supplied", **RECIPE)
    motor = [net.add_group(f"action {a}", range(a * GROUP, (a + 1) * GROUP)) for a in range(ACTIONS)]
    net.set_plastic_groups(motor)
    net.write(
        "input_weight", 0, neurons=slice(0, GROUP * ACTIONS)
    )  # motor neurons hear of the world through the others
    critic = Critic(ORGANOIDS, 4, discount=0.98, trace_decay=0.8, learning_rate=0.05)
    world = gymnasium.make_vec("CartPole-v1", ORGANOIDS)
    random = np.random.default_rng(seed)
    seen = np.ascontiguousarray(world.reset(seed=seed)[0]) / MUCH  # Gymnasium gives them in Fortran's order
    critic.step(seen, np.zeros(ORGANOIDS))
    begun, over = np.zeros(ORGANOIDS, bool), np.zeros(ORGANOIDS, bool)
    learned, lived, lengths = {}, np.zeros(ORGANOIDS, int), []
    for _ in range(steps):
        preference = net.step(seen, ticks=2, traced_ticks=1, trace=True, groups=motor, reset=begun, active=~over,
                              **learned)  # fmt: skip
        probability = choice_probabilities(preference, 0.3)
        action = choice_draw(probability, random.random(ORGANOIDS))
        observed, _, terminated, truncated, _ = world.step(action.astype(int))
        seen = np.ascontiguousarray(observed) / MUCH
        # Where an episode was over this step has begun another: no choice was made, and the organoid rested.
        error = critic.step(seen, np.full(ORGANOIDS, 0.02), terminated, truncated, active=~over)
        critic.step(seen, np.zeros(ORGANOIDS), active=over)
        learned = dict(factor=choice_signal(action, probability, ~over), modulator=error, targets=motor)
        lived += ~over
        begun, over = over, terminated | truncated
        lengths += lived[over].tolist()
        lived[over] = 0
    world.close()
    return np.array(lengths)


if __name__ == "__main__":
    lengths = train(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
    print(
        f"{len(lengths)} episodes: the first 50 took {lengths[:50].mean():.0f} steps, the last 50 {lengths[-50:].mean():.0f}"
    )

# SPDX-License-Identifier: MIT
"""Tests run on the reference device, and any other equals it bit for bit."""

import os

import hypothesis
import pytest

import praxis

hypothesis.settings.register_profile(
    "praxis",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # on a machine that does other things, too
    derandomize=True,
    database=None,
    max_examples=40,
)
hypothesis.settings.load_profile("praxis")
os.environ["PRAXIS_DEVICE"] = "reference"


@pytest.fixture
def network():
    """Makes small networks, and closes them."""
    made = []

    def make(**parameters):
        made.append(praxis.Network(**{"neurons": 49, "replicas": 2, "channels": 3, "noise": 0.3, **parameters}))
        return made[-1]

    yield make
    for net in made:
        net.close()

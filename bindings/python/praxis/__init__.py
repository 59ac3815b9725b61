# SPDX-License-Identifier: MIT
"""PRAXIS: recurrent networks that learn while they run, on any OpenCL device.

A thin layer on the C library: names, bounds, shapes and messages are those of ``praxis.h``. Log messages go to the
logger ``praxis``; what fails is raised with the library's message.
"""

from praxis._library import VERSION as __version__
from praxis._names import DeviceInfo, DeviceType, FieldInfo, Graph, NetworkInfo, ParameterInfo, ReadoutInfo, Statistics
from praxis._parameters import fields, parameters
from praxis.checkpoint import Checkpoint, load, save
from praxis.context import Context, devices
from praxis.errors import (
    BrokenError,
    BuildError,
    DeviceError,
    Error,
    FileError,
    FormatError,
    InUseError,
    InvalidArgumentError,
    NoDeviceError,
    OutOfMemoryError,
    OutOfRangeError,
    UnsupportedError,
)
from praxis.network import Network
from praxis.readout import Readout

__all__ = [
    "BrokenError",
    "BuildError",
    "Checkpoint",
    "Context",
    "DeviceError",
    "DeviceInfo",
    "DeviceType",
    "Error",
    "FieldInfo",
    "FileError",
    "FormatError",
    "Graph",
    "InUseError",
    "InvalidArgumentError",
    "Network",
    "NetworkInfo",
    "NoDeviceError",
    "OutOfMemoryError",
    "OutOfRangeError",
    "ParameterInfo",
    "Readout",
    "ReadoutInfo",
    "Statistics",
    "UnsupportedError",
    "__version__",
    "devices",
    "fields",
    "load",
    "parameters",
    "save",
]

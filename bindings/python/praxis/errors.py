# SPDX-License-Identifier: MIT
"""What calls of the library fail with. The message is the library's."""

from __future__ import annotations

__all__ = [
    "BrokenError",
    "BuildError",
    "DeviceError",
    "Error",
    "FileError",
    "FormatError",
    "InUseError",
    "InvalidArgumentError",
    "NoDeviceError",
    "OutOfMemoryError",
    "OutOfRangeError",
    "UnsupportedError",
]


class Error(Exception):
    """What all errors of the library are.

    Attributes
    ----------
    status : int
        The ``praxis_status`` of the call.
    """

    status: int = 0


class InvalidArgumentError(Error, ValueError):
    """An unknown name, or a size that does not fit."""


class OutOfRangeError(Error, ValueError):
    """A number outside its bounds, or not a number. The message names it and them."""


class OutOfMemoryError(Error, MemoryError):
    """The host or the device has too little memory."""


class DeviceError(Error, RuntimeError):
    """The device or its driver failed a call, or computes wrongly."""


class NoDeviceError(DeviceError):
    """No device matches what was asked for."""


class BuildError(DeviceError):
    """The kernels did not compile. The message holds the whole build log."""


class UnsupportedError(DeviceError):
    """Not possible on this device, in this build, or in a process forked from the one that opened the device."""


class FileError(Error, OSError):
    """A file could not be read or written."""


class BrokenError(Error, RuntimeError):
    """An earlier call failed half-way, and left the network without a state. Close it, or restore its state."""


class InUseError(Error, RuntimeError):
    """A call on the network is under way, in another thread or a callback."""


class FormatError(Error, ValueError):
    """What was read is damaged, or is not what it should be."""


# By the name that the header gives the status, without PRAXIS_ERROR_.
KINDS: dict[str, type[Error]] = {
    "INVALID_ARGUMENT": InvalidArgumentError,
    "OUT_OF_RANGE": OutOfRangeError,
    "OUT_OF_MEMORY": OutOfMemoryError,
    "NO_DEVICE": NoDeviceError,
    "DEVICE": DeviceError,
    "BUILD": BuildError,
    "UNSUPPORTED": UnsupportedError,
    "IO": FileError,
    "BROKEN": BrokenError,
    "IN_USE": InUseError,
    "FORMAT": FormatError,
}

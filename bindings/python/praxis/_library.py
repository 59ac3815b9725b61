# SPDX-License-Identifier: MIT
"""The shared library: where it is, its log, its statuses, and its structures."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import numpy as np

from praxis import _interface, errors
from praxis._names import ENUMERATIONS, SONAME, STRUCTURES, Status

ffi: Any = _interface.ffi
logger = logging.getLogger("praxis")


# Where meson-python puts what a wheel holds besides modules: the library and the command.
WHEEL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".praxis.mesonpy.libs")


def _open() -> Any:
    """A wheel holds the library; else it is where the loader finds it."""
    held = os.path.join(WHEEL, "libpraxis.so")
    opened = ffi.dlopen(held if os.path.exists(held) else SONAME)
    version = ffi.string(opened.praxis_version()).decode()
    wanted = (opened.PRAXIS_VERSION_MAJOR, opened.PRAXIS_VERSION_MINOR, opened.PRAXIS_VERSION_PATCH)
    if tuple(map(int, version.split("."))) < wanted:
        raise ImportError(f"the library is praxis {version}, older than this package: {'.'.join(map(str, wanted))}")
    return opened


lib = _open()
VERSION: str = ffi.string(lib.praxis_version()).decode()

# ---- Log ----

# What failed is raised, and need not be told twice.
_LEVELS = {
    lib.PRAXIS_LOG_ERROR: logging.DEBUG,
    lib.PRAXIS_LOG_WARNING: logging.WARNING,
    lib.PRAXIS_LOG_INFO: logging.INFO,
}
_thread = threading.local()


@ffi.callback("void(void *, praxis_log_level, const char *)")  # type: ignore[untyped-decorator, unused-ignore]
def _receive(_user: Any, level: int, message: Any) -> None:
    text = ffi.string(message).decode("utf-8", "replace")
    if level == lib.PRAXIS_LOG_ERROR:
        _thread.message = text
    logger.log(_LEVELS.get(level, logging.INFO), "%s", text)


LOG = ffi.new("praxis_log *", {"callback": _receive})

# ---- Statuses ----

_KINDS = {
    int(status): errors.KINDS.get(status.name.removeprefix("ERROR_"), errors.Error)
    for status in Status
    if status != Status.SUCCESS
}


def check(status: int) -> None:
    """Raises what a status other than success means, with the message that this thread was given of it."""
    if status == 0:
        return
    message = _thread.__dict__.pop("message", None) or ffi.string(lib.praxis_status_string(status)).decode()
    error = _KINDS.get(status, errors.Error)(message)
    error.status = status
    raise error


# ---- Structures ----


def flags_of(trace: bool, variance_control: bool, rate_homeostasis: bool) -> int:
    """``PRAXIS_RUN_...`` of these."""
    return int(
        lib.PRAXIS_RUN_TRACE * bool(trace)
        | lib.PRAXIS_RUN_VARIANCE_CONTROL * bool(variance_control)
        | lib.PRAXIS_RUN_RATE_HOMEOSTASIS * bool(rate_homeostasis)
    )


def structure(name: str) -> Any:
    """A structure of arguments at its defaults."""
    pointer = ffi.new(name + " *")
    check(getattr(lib, name + "_init")(pointer, ffi.sizeof(name)))
    return pointer


def _typedef(kind: Any) -> str:
    return str(kind.cname.rpartition(" ")[2])


def _value(value: Any, kind: Any) -> Any:
    if kind.kind == "primitive":
        return bool(value) if kind.cname == "int" else value
    if kind.kind == "enum":
        return ENUMERATIONS[_typedef(kind)](value)
    if kind.item.cname.strip() == "char":
        return ffi.string(value).decode("utf-8", "replace") if value else ""
    return np.array(list(value))


def read_structure(pointer: Any) -> Any:
    """What the library has written to a structure, as the class of its name."""
    kind = ffi.typeof(pointer).item
    made = STRUCTURES[_typedef(kind)]
    names = made.__dataclass_fields__
    return made(**{name: _value(getattr(pointer, name), field.type) for name, field in kind.fields if name in names})


def ask(function: Any, name: str, *arguments: Any) -> Any:
    """Calls what fills a structure of this name, its last argument, and gives that."""
    pointer = ffi.new(name + " *")
    pointer.struct_size = ffi.sizeof(name)
    check(function(*arguments, pointer))
    return read_structure(pointer)

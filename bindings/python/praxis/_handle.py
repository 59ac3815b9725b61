# SPDX-License-Identifier: MIT
"""Objects of the library, and who may use them."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

from praxis._library import ffi


class Handle:
    """A pointer for one thread at a time: as a context manager, whose other threads wait."""

    def __init__(self, pointer: Any, destroy: Any, name: str) -> None:
        self._pointer = ffi.gc(pointer, destroy)
        self._name = name
        self.unlock()
        _handles.add(self)

    def unlock(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> Any:
        self._lock.acquire()
        if self._pointer is None:
            self._lock.release()
            raise ValueError(f"the {self._name} is closed")
        return self._pointer

    def __exit__(self, *_error: object) -> None:
        self._lock.release()

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        with self._lock:
            pointer, self._pointer = self._pointer, None
            if pointer is not None:
                ffi.release(pointer)


_handles: weakref.WeakSet[Handle] = weakref.WeakSet()


def _unlock_all() -> None:
    """The threads that hold locks are not there in a child of fork()."""
    for handle in list(_handles):
        handle.unlock()


os.register_at_fork(after_in_child=_unlock_all)

# SPDX-License-Identifier: MIT
"""Fields of a network as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from praxis._state import Codes, State


class FieldAttribute:
    """Real values of a field: read as a new array of its shape, and written from what can be spread over that."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, network: None, owner: type) -> FieldAttribute: ...
    @overload
    def __get__(self, network: State, owner: type) -> NDArray[np.float32]: ...
    def __get__(self, network: Any, owner: type) -> Any:
        return self if network is None else network.read(self.name)

    def __set__(self, network: State, values: ArrayLike) -> None:
        network.write(self.name, values)


class CodeAttribute:
    """The codes of a field themselves, as whole numbers."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, codes: None, owner: type) -> CodeAttribute: ...
    @overload
    def __get__(self, codes: Codes, owner: type) -> NDArray[Any]: ...
    def __get__(self, codes: Any, owner: type) -> Any:
        return self if codes is None else codes.network.read_codes(self.name)

    def __set__(self, codes: Codes, values: ArrayLike) -> None:
        codes.network.write_codes(self.name, values)

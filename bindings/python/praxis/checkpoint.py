# SPDX-License-Identifier: MIT
"""Files of networks and what belongs to them, as ``numpy.savez`` and ``numpy.load`` are for arrays."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Union

import numpy as np

from praxis._arrays import Kept
from praxis._handle import Handle
from praxis._library import LOG, ask, check, ffi, lib
from praxis._names import CheckpointInfo, Tensor, TensorType
from praxis.context import Context, context_of
from praxis.errors import Error
from praxis.modulators import Critic, Predictor
from praxis.network import Network
from praxis.readout import Readout

if TYPE_CHECKING:
    from numpy.typing import NDArray

File = Union[str, os.PathLike[str], BinaryIO]

# I8 is numpy's i1, F64 its f8.
_TYPES = {np.dtype(f"{kind.name[0].lower()}{int(kind.name[1:]) // 8}"): kind for kind in TensorType}
_DTYPES = {kind: dtype for dtype, kind in _TYPES.items()}


class _Stream:
    """A file object of Python as the library writes or reads it. What it raises is kept, and raised by `call`."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._failure: BaseException | None = None

    def _keep(self, _kind: Any, failure: BaseException, _trace: Any) -> None:
        self._failure = failure

    def sink(self) -> Any:
        def write(_user: Any, content: Any, size: int) -> int:
            left = ffi.buffer(content, size)[:]
            while left:
                written = self._file.write(left)
                left = left[len(left) if written is None else written :]
            return 0

        self._callback = ffi.callback("int(void *, const void *, size_t)", write, error=1, onerror=self._keep)
        return ffi.new("praxis_checkpoint_sink *", {"write": self._callback})

    def source(self) -> Any:
        start = self._file.tell()

        def read(_user: Any, offset: int, content: Any, size: int) -> int:
            self._file.seek(start + offset)
            place, done = ffi.buffer(content, size), 0
            while done < size:
                part = self._file.read(size - done)
                if not part:
                    return 1
                place[done : done + len(part)] = part
                done += len(part)
            return 0

        size = self._file.seek(0, os.SEEK_END) - start
        self._callback = ffi.callback("int(void *, uint64_t, void *, size_t)", read, error=1, onerror=self._keep)
        return ffi.new("praxis_checkpoint_source *", {"read": self._callback, "size": size})

    def call(self, function: Any, *arguments: Any) -> None:
        """Calls what reads or writes it."""
        try:
            check(function(*arguments))
        except Error:
            failure, self._failure = self._failure, None
            if failure is None:
                raise
            raise failure from None


def save(file: File, /, **things: Any) -> None:
    """Save networks, what belongs to them, arrays and texts under the names that they are given.

    Parameters
    ----------
    file : path-like or binary file object
        A file by its path appears whole or not at all, and is on the disk when the call returns.
    **things : Network, Readout, Critic, Predictor, str or array_like
        By name. Names of objects have no dot in them; arrays are of int8 to uint64, float32 or float64.

    Raises
    ------
    ValueError
        A name or a text cannot be kept; the message says why.
    TypeError
        A thing is none of these, or an array of another type.
    OSError
        The file cannot be written. A file that was there is as it was.

    See Also
    --------
    praxis.load : Gives them back.

    Examples
    --------
    >>> import praxis, tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "organoid.safetensors")
    >>> with praxis.Network(neurons=100, device="reference") as net:
    ...     praxis.save(path, network=net, rewards=[0.5, 1.0], note="the second")
    >>> with praxis.load(path, device="reference") as saved:
    ...     saved["rewards"], saved["note"], saved["network"].neurons
    (array([0.5, 1. ]), 'the second', 121)
    """
    made = ffi.new("praxis_checkpoint_writer **")
    check(lib.praxis_checkpoint_writer_create(LOG, made))
    writer = ffi.gc(made[0], lib.praxis_checkpoint_writer_destroy)
    with ExitStack() as stack:
        objects = [thing for thing in things.values() if isinstance(thing, (Network, Readout, Critic, Predictor))]
        handles = {thing.handle for thing in objects}
        for handle in sorted(handles, key=id):
            stack.enter_context(handle)
        kept = Kept()
        for name, thing in things.items():
            _add(writer, name, thing, kept)
        if isinstance(file, (str, os.PathLike)):
            check(lib.praxis_checkpoint_write(writer, os.fsencode(file)))
        else:
            stream = _Stream(file)
            stream.call(lib.praxis_checkpoint_write_to, writer, stream.sink())


def _add(writer: Any, name: str, thing: Any, kept: Kept) -> None:
    called = name.encode()
    if isinstance(thing, Readout):
        check(lib.praxis_checkpoint_add_readout(writer, called, thing.pointer))
    elif isinstance(thing, (Network, Critic, Predictor)):
        add = {
            Network: lib.praxis_checkpoint_add_network,
            Critic: lib.praxis_checkpoint_add_critic,
            Predictor: lib.praxis_checkpoint_add_predictor,
        }
        with thing.handle as pointer:
            check(next(add[kind] for kind in add if isinstance(thing, kind))(writer, called, pointer))
    elif isinstance(thing, str):
        if "\0" in thing:
            raise ValueError(f"the text {name} has a character 0 in it")
        check(lib.praxis_checkpoint_add_text(writer, called, thing.encode()))
    else:
        _add_tensor(writer, called, np.asarray(thing), kept)


def _add_tensor(writer: Any, name: bytes, array: NDArray[Any], kept: Kept) -> None:
    native = array.dtype.newbyteorder("=")
    if native not in _TYPES:
        raise TypeError(f"{name.decode()} is of the type {array.dtype}, and not one of {', '.join(map(str, _TYPES))}")
    if array.ndim > lib.PRAXIS_TENSOR_DIMENSIONS:
        raise ValueError(f"{name.decode()} has {array.ndim} axes, more than {lib.PRAXIS_TENSOR_DIMENSIONS}")
    array = np.asarray(array, native, order="C")
    called = ffi.new("char[]", name)
    tensor = ffi.new("praxis_tensor *", {"name": called, "type": _TYPES[native], "dimensions": array.ndim})
    tensor.struct_size = ffi.sizeof("praxis_tensor")
    tensor.shape[0 : array.ndim] = array.shape
    check(lib.praxis_checkpoint_add_tensor(writer, tensor, kept.bytes_of(array)))


def load(file: File, device: str | Context | None = None) -> Checkpoint:
    """Open what `praxis.save`, the command or a program in C has saved.

    Parameters
    ----------
    file : path-like or binary file object
        All of it is read through, and compared with its checksums.
    device : str or Context, optional
        Where networks are to run; see `Context`.

    Returns
    -------
    Checkpoint
        What was saved, by name.

    Raises
    ------
    praxis.FormatError
        The file is damaged, or no checkpoint; the message says what is wrong with it.
    OSError
        It cannot be read.
    """
    return Checkpoint(file, device)


class Checkpoint(Mapping[str, Any]):
    """An open file of networks and what belongs to them, by name, as `load` makes it.

    ``saved["critic"]`` makes what was saved under that name when it is first asked for, and gives that one from then
    on. It goes on, to the same bits, where the one that was saved stopped, also when the file is closed. Where there is
    one network, readouts are readouts of that, and one named ``readout`` is its ``net.readout``; where there are
    several, `readout` is to be told whose.

    Parameters
    ----------
    file, device
        As of `praxis.load`.

    Attributes
    ----------
    kinds : dict of str to str
        What each name is: "network", "readout", "critic", "predictor", "array" or "text".

    Notes
    -----
    Several threads may use it, which wait for each other. Texts and arrays of objects are not listed; `praxis inspect`
    tells of them.
    """

    def __init__(self, file: File, device: str | Context | None = None) -> None:
        made = ffi.new("praxis_checkpoint **")
        self._stream: _Stream | None = None
        if isinstance(file, (str, os.PathLike)):
            check(lib.praxis_checkpoint_open(os.fsencode(file), LOG, made))
        else:
            self._stream = _Stream(file)
            self._stream.call(lib.praxis_checkpoint_open_from, self._stream.source(), LOG, made)
        self._handle = Handle(made[0], lib.praxis_checkpoint_close, "checkpoint")
        self._device = device
        self._made: dict[str, Any] = {}
        self.kinds = self._find_kinds()

    def _find_kinds(self) -> dict[str, str]:
        info, texts = self.info, []
        name, text = ffi.new("const char **"), ffi.new("const char **")
        with self._handle as pointer:
            for number in range(info.texts):
                check(lib.praxis_checkpoint_text_at(pointer, number, name, text))
                texts.append((ffi.string(name[0]).decode(), ffi.string(text[0]).decode()))
            tensors = [
                ask(lib.praxis_checkpoint_tensor_at, "praxis_tensor", pointer, number).name
                for number in range(info.tensors)
            ]
        prefix = "praxis.object."
        kinds = {name[len(prefix) :]: kind for name, kind in texts if name.startswith(prefix)}
        theirs = ("praxis.", *(name + "." for name in kinds))
        kinds.update((name, "array") for name in tensors if not name.startswith(theirs))
        kinds.update((name, "text") for name, _ in texts if not name.startswith(theirs))
        return kinds

    @property
    def info(self) -> CheckpointInfo:
        """Version of the format and of the library that wrote it, and sizes."""
        with self._handle as pointer:
            info: CheckpointInfo = ask(lib.praxis_checkpoint_describe, "praxis_checkpoint_info", pointer)
        return info

    # ---- What is in it ----

    def __iter__(self) -> Iterator[str]:
        return iter(self.kinds)

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, name: str) -> Any:
        makers: dict[str, Callable[[str], Any]] = {
            "network": self.network,
            "readout": self.readout,
            "critic": self.critic,
            "predictor": self.predictor,
            "array": self.array,
            "text": self.text,
        }
        if name not in self.kinds:
            raise KeyError(f"there is no {name!r}; there are {_listed(self.kinds)}")
        return makers[self.kinds[name]](name)

    def _once(self, name: str, kind: str, make: Callable[[Any], Any]) -> Any:
        with self._handle as pointer:
            self._require(name, kind)
            if name not in self._made:
                self._made[name] = make(pointer)
            return self._made[name]

    def _require(self, name: str, kind: str) -> None:
        if self.kinds.get(name) != kind:
            there = [other for other, what in self.kinds.items() if what == kind]
            raise KeyError(f"there is no {kind} {name!r}; there are {_listed(there)}")

    def _call(self, function: Any, *arguments: Any) -> None:
        if self._stream is None:
            check(function(*arguments))
        else:
            self._stream.call(function, *arguments)

    def network(self, name: str = "network") -> Network:
        """Give the network of this name, with its readout."""

        def make(pointer: Any) -> Network:
            context = context_of(self._device)
            made = ffi.new("praxis_network **")
            self._call(lib.praxis_checkpoint_load_network, pointer, name.encode(), context.pointer, made)
            return Network._of(made[0], context)

        with self._handle:
            fresh = name not in self._made
            network: Network = self._once(name, "network", make)
            if fresh and self.kinds.get("readout") == "readout" and self._only_network() == name:
                network._readout = self.readout("readout")
        return network

    def _only_network(self) -> str | None:
        names = [name for name, kind in self.kinds.items() if kind == "network"]
        return names[0] if len(names) == 1 else None

    def readout(self, name: str = "readout", network: Network | None = None) -> Readout:
        """Give the readout of this name.

        Parameters
        ----------
        name : str
        network : Network, optional
            One of as many neurons and replicas as that of which it was saved, for which another is made each time. By
            default the only network of the file.

        Returns
        -------
        Readout

        Raises
        ------
        ValueError
            Several networks are in the file, and none is told.
        """

        def make(pointer: Any) -> Readout:
            made = ffi.new("praxis_readout **")
            with owner.handle as network_pointer:
                self._call(lib.praxis_checkpoint_load_readout, pointer, name.encode(), network_pointer, made)
            return Readout._of(made[0], owner)

        if network is not None:
            owner = network
            with self._handle as pointer:
                self._require(name, "readout")
                return make(pointer)
        only = self._only_network()
        if only is None:
            raise ValueError(f"the file has several networks: readout({name!r}, network) tells whose it is to be")
        owner = self.network(only)
        readout: Readout = self._once(name, "readout", make)
        return readout

    def critic(self, name: str = "critic") -> Critic:
        """Give the critic of this name."""

        def make(pointer: Any) -> Critic:
            made = ffi.new("praxis_critic **")
            self._call(lib.praxis_checkpoint_load_critic, pointer, name.encode(), LOG, made)
            return Critic._of(made[0], *self._shape_of(name))

        critic: Critic = self._once(name, "critic", make)
        return critic

    def predictor(self, name: str = "predictor") -> Predictor:
        """Give the predictor of this name."""

        def make(pointer: Any) -> Predictor:
            made = ffi.new("praxis_predictor **")
            self._call(lib.praxis_checkpoint_load_predictor, pointer, name.encode(), LOG, made)
            return Predictor._of(made[0], *self._shape_of(name))

        predictor: Predictor = self._once(name, "predictor", make)
        return predictor

    def _shape_of(self, name: str) -> tuple[int, int]:
        return int(self.text(f"{name}.replicas")), int(self.text(f"{name}.observations"))

    def array(self, name: str) -> NDArray[Any]:
        """Read an array into a new one each time; those of objects are named as ``"network.weight"``."""
        tensor = ffi.new("praxis_tensor *")
        tensor.struct_size = ffi.sizeof("praxis_tensor")
        with self._handle as pointer:
            if lib.praxis_checkpoint_tensor(pointer, name.encode(), tensor) != 0:
                raise KeyError(f"there is no array {name!r}")
            values = np.empty(tuple(tensor.shape[0 : tensor.dimensions]), _DTYPES[TensorType(tensor.type)])
            if values.nbytes:
                place = ffi.from_buffer("char[]", values, require_writable=True)
                self._call(lib.praxis_checkpoint_read, pointer, name.encode(), 0, place, values.nbytes)
        return values

    def text(self, name: str) -> str:
        """Give a text; those of objects are named as ``"network.tick"``."""
        text = ffi.new("const char **")
        with self._handle as pointer:
            if lib.praxis_checkpoint_text(pointer, name.encode(), text) != 0:
                raise KeyError(f"there is no text {name!r}")
            return str(ffi.string(text[0]).decode())

    # ---- Its end ----

    def close(self) -> None:
        """Close the file. What was made of it goes on."""
        self._handle.close()

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", closed" if self._handle.closed else ""
        return f"<praxis.Checkpoint{state}: {_listed([f'{name} ({kind})' for name, kind in self.kinds.items()])}>"


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:10]
    rest = len(names) - len(shown)
    return ", ".join(shown + [f"and {rest} more"] * (rest > 0)) or "none"

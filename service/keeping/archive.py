"""The one file a backup is: a line that says what it is, a header, and the files it holds, each with its checksum."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from service.settings import Unusable

FIRST_LINE = b"Unstuck backup, format 1\n"
LARGEST_HEADER = 65_536
PIECE = 1024 * 1024

What = Literal["events", "keys"]


class Part(msgspec.Struct, frozen=True):
    """One of the files inside."""

    name: str
    bytes: int
    sha256: str


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself. `network` tells one network from another; `head` is the last position inside."""

    what: What
    version: str
    network: str
    head: int
    events: int
    made_at: str
    parts: list[Part]


def write(path: Path, files: Sequence[Path], header: Header) -> None:
    """The backup, whole or not at all, for its owner's eyes only. Replaces an older backup, and nothing else."""
    must_be_free(path)
    parts = [Part(file.name, file.stat().st_size, _checksum(file)) for file in files]
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as whole:
            whole.write(FIRST_LINE + msgspec.json.encode(msgspec.structs.replace(header, parts=parts)) + b"\n")
            for file in files:
                with file.open("rb") as part:
                    for piece in _pieces(part, file.stat().st_size):
                        whole.write(piece)
            whole.flush()
            os.fsync(whole.fileno())
        os.replace(beside, path)
        sync(path.parent)
    except OSError as error:
        raise Unusable(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)


def must_be_free(path: Path) -> None:
    """Unusable when something other than a backup is in the way."""
    try:
        if path.exists():
            header(path)
    except Unusable:
        raise Unusable(f"{path} is there already and is no backup: name another file.") from None
    if not path.parent.is_dir():
        raise Unusable(f"There is no folder {path.parent}: make it first.")


def header(path: Path) -> Header:
    """What a file says of itself. Unusable when it is no backup."""
    with _opened(path) as file:
        return _header(path, file)


def checked(path: Path, what: What) -> Header:
    """The header, once every byte behind it has been found as it was written. Nothing is changed anywhere."""
    with _opened(path) as file:
        said = _header(path, file)
        if said.what != what:
            other = {"events": "the events", "keys": "the keys"}
            raise Unusable(f"{path} holds {other[said.what]} of a network, not {other[what]}: name the other file.")
        for part in said.parts:
            if _digest(_pieces(file, part.bytes)) != part.sha256:
                raise Unusable(f"{path} is damaged ({part.name} is not as it was written): use another backup.")
        if file.read(1):
            raise Unusable(f"{path} is damaged (it goes on after its end): use another backup.")
        return said


def unpack(path: Path, into: Path) -> None:
    """The files inside, each under its name."""
    with _opened(path) as file:
        for part in _header(path, file).parts:
            with open(os.open(into / part.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                for piece in _pieces(file, part.bytes):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None


def _header(path: Path, file: BinaryIO) -> Header:
    if file.readline(len(FIRST_LINE)) != FIRST_LINE:
        raise Unusable(f"{path} is no backup that this version can read.")
    try:
        said = msgspec.json.decode(file.readline(LARGEST_HEADER), type=Header)
    except msgspec.MsgspecError:
        raise Unusable(f"{path} is damaged (its header cannot be read): use another backup.") from None
    if any(Path(part.name).name != part.name or part.bytes < 0 for part in said.parts):
        raise Unusable(f"{path} is damaged (it names files outside itself): use another backup.")
    return said


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return _digest(_pieces(file, path.stat().st_size))


def _digest(pieces: Iterator[bytes]) -> str:
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
    return hashed.hexdigest()


def sync(folder: Path) -> None:
    """What was put into that folder, or taken out of it, has reached the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

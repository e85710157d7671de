"""The owner-only socket: commands typed beside a running service are handed to it, so that one process writes."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog

from service.domain.refusals import Refusal
from service.running.logs import where
from service.settings import Unusable

LARGEST = 256 * 1024 * 1024  # bytes of one message
LONGEST_ADDRESS = 100  # bytes of a socket's path that every Unix takes
Perform = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
log = structlog.get_logger()


class Asked(msgspec.Struct, frozen=True):
    """What the command line asks: the name of an operation and its arguments (files as base64)."""

    operation: str
    arguments: dict[str, Any]


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it, or one sentence why not."""

    result: dict[str, Any] | None = None
    refused: str | None = None


@asynccontextmanager
async def listening(path: Path, perform: Perform) -> AsyncIterator[None]:
    """Takes commands on the socket for as long as the context lasts; only the owner of the folder can reach it."""
    bound = _bound(path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = msgspec.json.decode(await _read(reader), type=Asked)
            await _write(writer, msgspec.json.encode(await _performed(perform, asked)))
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            log.info("a command on the socket was broken off")
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, sock=bound)
    try:
        yield
    finally:
        server.close()
        _remove(path)


async def _performed(perform: Perform, asked: Asked) -> Told:
    try:
        return Told(result=await perform(asked.operation, asked.arguments))
    except (Refusal, Unusable) as refusal:
        return Told(refused=str(refusal))
    except Exception as error:
        log.error("an operation failed", operation=asked.operation, kind=type(error).__name__, at=where(error))
        return Told(refused="Something went wrong inside the service; its log says what. Nothing was half done.")


async def handed_over(path: Path, operation: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """The result from the running service; None when none listens. Unusable with its sentence when it refuses."""
    try:
        with _address(path) as address:
            reader, writer = await asyncio.open_unix_connection(address)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    try:
        await _write(writer, msgspec.json.encode(Asked(operation=operation, arguments=arguments)))
        told = msgspec.json.decode(await _read(reader), type=Told)
    except (asyncio.IncompleteReadError, ConnectionError):
        raise Unusable("The service stopped before it answered: run the command again.") from None
    finally:
        writer.close()
    if told.refused:
        raise Unusable(told.refused)
    return told.result or {}


async def _read(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    if length > LARGEST:
        raise ConnectionError("too long")
    return await reader.readexactly(length)


async def _write(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(struct.pack(">I", len(message)) + message)
    await writer.drain()


def _bound(path: Path) -> socket.socket:
    _remove(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _address(path) as address:
        bound.bind(address)
    path.chmod(0o600)
    return bound


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """The path of the socket as the system takes it: a long one is reached through its open folder."""
    path = path.absolute()
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)

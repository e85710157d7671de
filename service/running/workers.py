"""Several processes that serve one network at one address, under one that starts them, watches them and stops them."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from service import app
from service.keeping import stores
from service.running.clock import clock_from, machine_clock
from service.running.control import handed_over, listening
from service.running.folder import Folder
from service.running.logs import open_log
from service.settings import Settings, Unusable

GRACE = 30.0  # seconds that workers are given to stop by themselves
FOR_ALL = ("rebuild", "trouble")
"""What concerns every worker: each has read models of its own, and each writes."""


@dataclass(frozen=True)
class Worker:
    """One of the processes, and the line over which it says that it serves, or why it cannot."""

    number: int
    folder: Folder
    process: SpawnProcess
    line: Connection


async def serve(settings: Settings, *, host: str, port: int, workers: int, now: datetime | None = None) -> None:
    """Serves until SIGTERM or SIGINT, which every worker is told. A worker that ends by itself is reported and not
    started again; when none is left, so is this."""
    folder = Folder(settings.data)
    await asyncio.to_thread(stores.must_exist, settings, folder)
    with folder.held(), _reserved(host, port) as reserved:
        stopped = app.told_to_stop()
        everybody: list[Worker] = []
        try:
            # The clock of this machine runs on in every process alike.
            began = (now, time.monotonic()) if now else None
            for number in range(1, workers + 1):
                everybody.append(_start(settings, folder, number, host, reserved, began))
            for worker in everybody:
                await _ready(worker)
            async with listening(folder.socket, partial(_handed_on, everybody)):
                shown = f"[{host}]" if ":" in host else host
                print(f"Unstuck is serving at http://{shown}:{reserved}", flush=True)
                await _watched(everybody, stopped)
        finally:
            await asyncio.to_thread(_stop, everybody)
        if any(worker.process.exitcode for worker in everybody):
            raise Unusable("Not every worker stopped as it should; the lines above say which, and its log why.")


@contextmanager
def _reserved(host: str, port: int) -> Iterator[int]:
    """The port, which nobody else can take for as long as the context lasts. It takes no callers itself."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:  # which sharing a port would not notice
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
        reserved = socket.socket(family, socket.SOCK_STREAM)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((host, port))
    except OSError as error:
        raise Unusable(f"Nothing can be served at {host}:{port}: {error.strerror}.") from None
    with reserved:
        yield reserved.getsockname()[1]


def _start(
    settings: Settings, folder: Folder, number: int, host: str, port: int, began: tuple[datetime, float] | None
) -> Worker:
    """A process with a folder of its own, where its read models are."""
    own = replace(
        settings,
        data=folder.path / f"worker-{number}",
        master_key=folder.key_encryption_key(settings).hex(),
    )
    ours, theirs = multiprocessing.Pipe()
    arguments = (own, theirs, host, port, began)
    process = multiprocessing.get_context("spawn").Process(
        target=_work, args=arguments, name=f"worker {number}", daemon=False
    )
    process.start()
    theirs.close()
    return Worker(number, Folder(own.data), process, ours)


async def _ready(worker: Worker) -> None:
    """Until it serves. Unusable with its own sentence when it cannot."""
    try:
        said: str | None = await asyncio.to_thread(worker.line.recv)
    except EOFError:
        said = f"Worker {worker.number} ended before it served; its log says why."
    if said is not None:
        raise Unusable(said)


async def _watched(everybody: list[Worker], stopped: asyncio.Event) -> None:
    """Until somebody says stop, or nobody is left."""
    loop = asyncio.get_running_loop()
    living = {worker.process.sentinel: worker for worker in everybody}

    def ended(sentinel: int) -> None:
        loop.remove_reader(sentinel)
        worker = living.pop(sentinel)
        worker.process.join()
        how = worker.process.exitcode or 0
        why = f"was killed by signal {-how}" if how < 0 else f"ended with status {how}"
        told = f"worker {worker.number} (process {worker.process.pid}) {why}; {len(living)} of {len(everybody)} go on"
        print(f"unstuck: {told}, and it comes back when the service is started again.", file=sys.stderr, flush=True)
        if not living:
            stopped.set()

    for sentinel in living:
        loop.add_reader(sentinel, ended, sentinel)
    await stopped.wait()
    for sentinel in living:
        loop.remove_reader(sentinel)


def _stop(everybody: list[Worker]) -> None:
    """Tells all of them, and waits; whoever does not stop is stopped."""
    for worker in everybody:
        if worker.process.is_alive():
            worker.process.terminate()
    until = time.monotonic() + GRACE
    for worker in everybody:
        worker.process.join(max(0.0, until - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.line.close()


async def _handed_on(everybody: list[Worker], operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """A command of the owner, handed to one of the workers or to all."""
    answers: list[dict[str, Any]] = []
    for worker in everybody:
        if worker.process.is_alive() and (operation in FOR_ALL or not answers):
            answer = await handed_over(worker.folder.socket, operation, arguments)
            if answer is not None:
                answers.append(answer)
    if not answers:
        raise Unusable("No worker takes commands just now: run the command again in a moment.")
    return next((answer for answer in answers if answer.get("trouble")), answers[0])


def _work(settings: Settings, line: Connection, host: str, port: int, now: tuple[datetime, float] | None) -> None:
    """One worker, from its start to its end."""
    open_log(settings.log_level)
    try:
        asyncio.run(_working(settings, line, host, port, now))
    except Unusable as unusable:
        with contextlib.suppress(OSError):
            line.send(str(unusable))
        sys.exit(1)


async def _working(
    settings: Settings, line: Connection, host: str, port: int, now: tuple[datetime, float] | None
) -> None:
    loop = asyncio.get_running_loop()
    stopped = app.told_to_stop()
    clock = clock_from(*now) if now else machine_clock
    async with app.serving(settings, clock, host=host, port=port, rehearsal=now is not None, shared=True):
        line.send(None)
        loop.add_reader(line.fileno(), stopped.set)  # nothing is ever said there: whoever started this one is gone
        await stopped.wait()

"""Several processes that serve one network at one address, under one that starts them, watches them and stops them."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
LASTED = 60.0  # seconds after which a worker that ends is started again at once
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before one is started again that did not last
STOPPED = (0, -signal.SIGTERM)  # the latter before it had begun to listen
FOR_ALL = ("rebuild", "trouble")
"""What concerns every worker: each has read models of its own, and each writes."""


@dataclass(frozen=True)
class Worker:
    """One of the processes, and the line over which it says that it serves, or why it cannot."""

    number: int
    folder: Folder
    process: SpawnProcess
    line: Connection


@dataclass
class Crew:
    """Everybody who should be at work, by number; why somebody is not; and how often one had to be started again."""

    start: Callable[[int], Worker]
    workers: dict[int, Worker] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)
    again: int = 0

    def said(self) -> str:
        """A sentence on how many are at work."""
        serving = f"{len(self.workers) - len(self.missing)} of {len(self.workers)} workers serve"
        if self.missing:
            return f"{serving}: {'; '.join(self.missing.values())}, and is started again."
        return f"{serving}{f'; ended and started again so far: {self.again}' if self.again else ''}."

    def told(self) -> None:
        """Everybody at work hears how many are."""
        for number, worker in self.workers.items():
            if number not in self.missing:
                with contextlib.suppress(OSError):  # it has just ended, which is noticed elsewhere
                    worker.line.send(self.said())


async def serve(settings: Settings, *, host: str, port: int, workers: int, now: datetime | None = None) -> None:
    """Serves until SIGTERM or SIGINT, which every worker is told. A worker that ends by itself is reported and started
    again, at once the first time and after longer and longer pauses while it does not last."""
    folder = Folder(settings.data)
    await asyncio.to_thread(stores.must_exist, settings, folder)
    with folder.held(), _reserved(host, port) as reserved:
        stopped = app.told_to_stop()
        # The clock of this machine runs on in every process alike.
        began = (now, time.monotonic()) if now else None
        crew = Crew(lambda number: _start(settings, folder, number, host, reserved, began))
        watching: list[asyncio.Task[None]] = []
        try:
            for number in range(1, workers + 1):
                crew.workers[number] = crew.start(number)
            for worker in crew.workers.values():
                await _ready(worker)
            async with listening(folder.socket, partial(_handed_on, crew)):
                shown = f"[{host}]" if ":" in host else host
                crew.told()
                print(f"Unstuck is serving at http://{shown}:{reserved}", flush=True)
                watching += [asyncio.create_task(_kept_up(crew, number)) for number in crew.workers]
                await stopped.wait()
        finally:
            for task in watching:
                task.cancel()
            await asyncio.to_thread(_stop, list(crew.workers.values()))
            await asyncio.gather(*watching, return_exceptions=True)
        if any(worker.process.exitcode not in STOPPED for worker in crew.workers.values()):
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


async def _kept_up(crew: Crew, number: int) -> None:
    """One of the workers, started again whenever it has ended."""
    pause: float | None = None
    while True:
        began = time.monotonic()
        how: str | None = await _ended(crew.workers[number])
        lasted = time.monotonic() - began
        while how is not None:
            crew.missing[number] = how
            crew.told()
            print(f"unstuck: {crew.said()}", file=sys.stderr, flush=True)
            pause, lasted = next_pause(pause, lasted), 0.0
            await asyncio.sleep(pause)
            crew.workers[number].line.close()
            crew.workers[number] = crew.start(number)
            try:
                await _ready(crew.workers[number])
                how = None
            except Unusable as why:
                await _ended(crew.workers[number])
                how = f"worker {number} could not be started ({str(why).rstrip('.')})"
        del crew.missing[number]
        crew.again += 1
        crew.told()
        print(f"unstuck: {crew.said()}", file=sys.stderr, flush=True)


def next_pause(before: float | None, lasted: float) -> float:
    """How many seconds to wait before a worker is started again that served for so long; `before` is how long it was
    the last time, if there was one."""
    if before is None or lasted > LASTED:
        return 0.0
    return min(max(FIRST_PAUSE, 2 * before), LONGEST_PAUSE)


async def _ended(worker: Worker) -> str:
    """How it ended, once it has."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(worker.process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(worker.process.sentinel)
    worker.process.join()
    code = worker.process.exitcode or 0
    why = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    return f"worker {worker.number} (process {worker.process.pid}) {why}"


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


async def _handed_on(crew: Crew, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """A command of the owner, handed to one of the workers or to all."""
    answers: list[dict[str, Any]] = []
    for number, worker in list(crew.workers.items()):
        if number not in crew.missing and (operation in FOR_ALL or not answers):
            answer = await handed_over(worker.folder.socket, operation, arguments)
            if answer is not None:
                answers.append(answer)
    if not answers:
        raise Unusable("No worker takes commands just now: run the command again in a moment.")
    answer = next((answer for answer in answers if answer.get("trouble")), answers[0])
    if operation == "trouble":
        answer |= {"workers": crew.said(), "missing": len(crew.missing)}
    return answer


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
    others = [""]

    def heard() -> None:
        try:
            others[0] = line.recv()
        except (EOFError, OSError):  # whoever started this one is gone
            loop.remove_reader(line.fileno())
            stopped.set()

    rehearsal = now is not None
    async with app.serving(settings, clock, host=host, port=port, rehearsal=rehearsal, workers=lambda: others[0]):
        line.send(None)
        loop.add_reader(line.fileno(), heard)
        await stopped.wait()

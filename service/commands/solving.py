"""The worker process that solves, and what it tells of its progress on the way."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import NamedTuple

import msgspec

from service.matching import Answer, Comparison, Progress, Question, Unsettled, check, compared, output

Told = Callable[[Progress], None]


class Found(NamedTuple):
    """The answer, what the checker found broken in it, and how its sets compare with sets drawn by lot."""

    answer: Answer | Unsettled
    broken: list[str]
    comparison: Comparison | None


_telling: Connection | None = None
"""In the worker process: where it tells how far it is."""


class Worker:
    """One process and one question at a time: made when it is first needed, ended when its work is cancelled."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._hears: Connection | None = None

    async def solve(self, question: Question, seconds: float, seed: int, told: Told) -> Found:
        """The question answered, or Unsettled; `told` hears how far it is. Whoever stops waiting stops the work."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            try:
                pool, hears = self._begin()
                answering = loop.run_in_executor(pool, _solve_and_check, question, seconds, seed)
                loop.add_reader(hears.fileno(), _hear, hears, told)
                found: Found = await answering
                _hear(hears, told)
            except (BrokenProcessPool, asyncio.CancelledError):
                self.stop()
                raise
            finally:
                if self._hears is not None:
                    loop.remove_reader(self._hears.fileno())
            return found

    def stop(self) -> None:
        """End the process at once: a solver in the middle of a search listens to nothing else."""
        if self._pool is not None and self._hears is not None:
            workers = list((self._pool._processes or {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.kill()
            asyncio.get_running_loop().remove_reader(self._hears.fileno())
            self._hears.close()
            self._pool = self._hears = None

    def _begin(self) -> tuple[ProcessPoolExecutor, Connection]:
        if self._pool is None or self._hears is None:
            processes = multiprocessing.get_context("spawn")
            self._hears, tells = processes.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(1, processes, initializer=_begin_there, initargs=(tells,))
        return self._pool, self._hears


def _hear(hears: Connection, told: Told) -> None:
    """Everything said so far. What is said is short, and so always there whole."""
    while hears.poll():
        told(msgspec.msgpack.decode(hears.recv_bytes(), type=Progress))


def _begin_there(tells: Connection) -> None:
    global _telling
    _telling = tells
    threading.Thread(target=_end_with_the_service, daemon=True).start()


def _end_with_the_service() -> None:
    """Nobody is told when a service is killed: its worker would wait for the next question for ever."""
    service = multiprocessing.parent_process()
    assert service is not None
    service.join()
    os._exit(1)


def _solve_and_check(question: Question, seconds: float, seed: int) -> Found:
    from service.matching import solve  # here, where there is something to solve: it takes a second to load

    try:
        answer = solve(question, seconds=seconds, seed=seed, progress=_tell)
    except Unsettled as unsettled:
        return Found(unsettled, [], None)
    broken = check(question, output(answer, question))
    if broken or answer.status == "infeasible":
        return Found(answer, broken, None)
    return Found(answer, broken, compared(question, [each.people for each in answer.sets], seed))


def _tell(progress: Progress) -> None:
    if _telling is not None:
        _telling.send_bytes(msgspec.msgpack.encode(progress))

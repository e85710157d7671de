"""Where rounds are answered: a worker process solves, the checker reads, the ledger records."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import structlog

from service.commands.call import Desk
from service.commands.question import Questions
from service.domain import round
from service.domain.aggregate import Asked, Decision
from service.domain.words import ProposedSet, Reason
from service.ledger.leases import Leases, NobodyElse
from service.matching import Answer, FormedSet, Question, check, output, solve
from service.running.logs import where

log = structlog.get_logger()


class WrongAnswer(Exception):
    """The checker found something broken in an answer, which is therefore not recorded."""


class Workshop:
    """At most one worker process; each round is worked on once at a time, by whichever service holds its lease."""

    def __init__(self, desk: Desk, questions: Questions, seconds: float, leases: Leases | None = None) -> None:
        self._desk = desk
        self._questions = questions
        self._seconds = seconds
        self._leases: Leases = leases or NobodyElse()
        self._pool: ProcessPoolExecutor | None = None
        self._work: dict[UUID, asyncio.Task[None]] = {}
        self.failures: dict[UUID, str] = {}

    def ask(self, id: UUID) -> None:
        """Have this round answered, unless it is being worked on already."""
        if id not in self._work:
            task = asyncio.create_task(self._answer(id), name=f"round {id}")
            self._work[id] = task
            task.add_done_callback(partial(self._finished, id))

    async def wait(self, id: UUID) -> None:
        """Until the work on this round, if there is any, has ended."""
        if task := self._work.get(id):
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop the work; a round left without an answer is asked again at the next start."""
        for task in self._work.values():
            task.cancel()
        await asyncio.gather(*self._work.values(), return_exceptions=True)
        self._stop_pool()

    def _finished(self, id: UUID, task: asyncio.Task[None]) -> None:
        del self._work[id]
        if task.cancelled():
            return
        if failure := task.exception():
            self.failures[id] = type(failure).__name__
            log.error("round not answered", round=str(id), kind=type(failure).__name__, at=where(failure))
        else:
            self.failures.pop(id, None)

    async def _answer(self, id: UUID) -> None:
        lease = f"round {id}"
        if await self._leases.hold(lease):
            try:
                await self._work_on(id)
            finally:
                await self._leases.let_go(lease)

    async def _work_on(self, id: UUID) -> None:
        while True:
            asked = await self._desk.recall(round.recall(id))
            if not asked.needs_answer:
                return
            question = (await self._questions.of(asked)).matching
            answer, broken = await self._solve(question, seed=id.int % 2**31)
            if broken:
                raise WrongAnswer("; ".join(broken))
            await self._desk.ledger.change(
                [round.recall(id)], partial(_record, answer=answer, asked=self._desk.system())
            )

    async def _solve(self, question: Question, seed: int) -> tuple[Answer, list[str]]:
        loop = asyncio.get_running_loop()
        if self._pool is None:
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        try:
            return await loop.run_in_executor(self._pool, _solve_and_check, question, self._seconds, seed)
        except (BrokenProcessPool, asyncio.CancelledError):
            self._stop_pool()
            raise

    def _stop_pool(self) -> None:
        """End the worker at once: a solver in the middle of a search listens to nothing else."""
        if self._pool is not None:
            workers = list((self._pool._processes or {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.kill()
            self._pool = None


def _solve_and_check(question: Question, seconds: float, seed: int) -> tuple[Answer, list[str]]:
    answer = solve(question, seconds=seconds, seed=seed)
    return answer, check(question, output(answer, question))


def _record(asked_round: round.Round, *, answer: Answer, asked: Asked) -> Decision:
    about: dict[str, Any] = {
        "unplaced": {each.person: each.code for each in answer.unplaced},
        "seed": answer.seed,
        "seconds": answer.seconds,
        "versions": answer.versions,
        "input_hash": answer.input_hash,
        "result_hash": answer.result_hash,
    }
    if answer.status == "infeasible":
        return round.record_impossible(asked_round, asked=asked, clashing_rules=tuple(answer.clashing_rules), **about)
    return round.record_proposal(
        asked_round,
        asked=asked,
        status=answer.status,
        sets=tuple(_proposed(each) for each in answer.sets),
        value=answer.value,
        upper_bound=answer.upper_bound,
        gap=answer.gap,
        placed=answer.placed,
        cut_short=answer.cut_short,
        **about,
    )


def _proposed(found: FormedSet) -> ProposedSet:
    return ProposedSet(
        members=tuple(UUID(person) for person in found.people),
        slots=tuple(found.slots),
        value=found.value,
        terms=msgspec.to_builtins(found.terms),
        why=tuple(
            Reason(
                person=UUID(reason.person),
                problem=UUID(reason.problem) if reason.problem else None,
                helped_by=UUID(reason.helped_by) if reason.helped_by else None,
                help=reason.help,
                kind=reason.kind,
                with_whom=UUID(reason.with_whom) if reason.with_whom else None,
            )
            for reason in found.why
        ),
    )

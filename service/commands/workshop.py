"""Where rounds are answered: a worker process solves, the checker reads, the ledger records."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import structlog

from service.commands.call import Desk
from service.commands.question import Questions
from service.commands.solving import Worker
from service.domain import round
from service.domain.aggregate import Asked, Decision
from service.domain.words import UNSETTLED, Comparison, Mixing, ProposedSet, Reason, Relaxation
from service.ledger.leases import Leases, NobodyElse
from service.matching import Answer, FormedSet, Progress, Question, Unsettled, input_hash
from service.matching import Comparison as Compared
from service.running.logs import where

log = structlog.get_logger()

KEPT = 8
"""Rounds whose progress is kept in memory."""
STEPS = 1_000
"""Steps of one round that are kept; of more, every other one is dropped."""


class Step(msgspec.Struct, frozen=True):
    """How far the work on a round was at a time: the value reached, the bound proven by then, what was being done."""

    at: datetime
    value: float | None
    bound: float | None
    phase: str


class WrongAnswer(Exception):
    """The checker found something broken in an answer, which is therefore not recorded."""


class Workshop:
    """At most one worker process; each round is worked on once at a time, by whichever service holds its lease."""

    def __init__(self, desk: Desk, questions: Questions, seconds: float, leases: Leases | None = None) -> None:
        self._desk = desk
        self._questions = questions
        self._seconds = seconds
        self._leases: Leases = leases or NobodyElse()
        self._worker = Worker()
        self._steps: OrderedDict[UUID, list[Step]] = OrderedDict()
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

    def progress(self, id: UUID) -> tuple[Step, ...]:
        """How far the work on this round has come, or came last, here; nothing if it was never worked on here."""
        return tuple(self._steps.get(id, ()))

    async def stop(self, id: UUID) -> None:
        """Give up the work on this round: nobody waits for it any more."""
        if task := self._work.get(id):
            task.cancel()
            await asyncio.wait([task])

    async def close(self) -> None:
        """Stop the work; a round left without an answer is asked again at the next start."""
        for task in self._work.values():
            task.cancel()
        await asyncio.gather(*self._work.values(), return_exceptions=True)
        self._worker.stop()

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
            seed = id.int % 2**31
            self._steps.pop(id, None)
            found = await self._worker.solve(question, self._seconds, seed, partial(self._step, id))
            if found.broken:
                raise WrongAnswer("; ".join(found.broken))
            record = (
                partial(_record_unsettled, found=found.answer, question=question, seed=seed, seconds=self._seconds)
                if isinstance(found.answer, Unsettled)
                else partial(_record, answer=found.answer, comparison=found.comparison)
            )
            await self._desk.ledger.change([round.recall(id)], partial(record, asked=self._desk.system()))

    def _step(self, id: UUID, progress: Progress) -> None:
        """Keeps what is new in it."""
        steps = self._steps.setdefault(id, [])
        while len(self._steps) > KEPT:
            self._steps.popitem(last=False)
        value = steps[-1].value if steps and progress.value is None else progress.value
        bound = steps[-1].bound if steps and progress.bound is None else progress.bound
        if steps and (steps[-1].value, steps[-1].bound, steps[-1].phase) == (value, bound, progress.phase):
            return
        steps.append(Step(self._desk.clock(), value, bound, progress.phase))
        if len(steps) > STEPS:
            del steps[1:-1:2]


def _record_unsettled(
    asked_round: round.Round, *, found: Unsettled, question: Question, seed: int, seconds: float, asked: Asked
) -> Decision:
    """That nobody knows is an answer too: the convenor can ask in another way, and reads what would help."""
    return round.record_impossible(
        asked_round,
        asked=asked,
        clashing_rules=(UNSETTLED,),
        unplaced={},
        seed=seed,
        seconds=seconds,
        versions={},
        input_hash=input_hash(question),
        result_hash="",
        would_help=_relaxations(found),
    )


def _record(asked_round: round.Round, *, answer: Answer, comparison: Compared | None, asked: Asked) -> Decision:
    about: dict[str, Any] = {
        "unplaced": {each.person: each.code for each in answer.unplaced},
        "seed": answer.seed,
        "seconds": answer.seconds,
        "versions": answer.versions,
        "input_hash": answer.input_hash,
        "result_hash": answer.result_hash,
        "would_help": _relaxations(answer),
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
        floor=answer.floor,
        comparison=comparison and msgspec.convert(comparison, Comparison, from_attributes=True),
        **about,
    )


def _relaxations(found: Answer | Unsettled) -> tuple[Relaxation, ...]:
    return tuple(msgspec.convert(each, Relaxation, from_attributes=True) for each in found.would_help)


def _proposed(found: FormedSet) -> ProposedSet:
    return ProposedSet(
        members=tuple(UUID(person) for person in found.people),
        slots=tuple(found.slots),
        value=found.value,
        terms=msgspec.to_builtins(found.terms),
        mixing=msgspec.convert(msgspec.to_builtins(found.mixing), Mixing),
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

"""/v1/audit: the tree over everything recorded, as hashes and proofs. The lines leave by the command line only."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from service.api.answers import Page, page
from service.api.fields import WITHIN, Filters
from service.api.problems import Fault
from service.api.routes import Question, Routes, Visit

routes = Routes("audit")

_MOST, _TREE = 2**53 - 1, {WITHIN: "the tree"}
Place = Annotated[
    int, Meta(ge=1, le=_MOST, description="a position: a whole number from 1 on", extra_json_schema=_TREE)
]
Size = Annotated[
    int, Meta(ge=1, le=_MOST, description="a number of events: a whole number from 1 on", extra_json_schema=_TREE)
]


class From(Filters, frozen=True, kw_only=True):
    """Where the list begins."""

    from_: Place = msgspec.field(name="from", default=1)


class Proven(Filters, frozen=True, kw_only=True):
    """Which event (the last, if not said), in the tree of how many (of all there are)."""

    position: Place | None = None
    size: Size | None = None


class Between(Filters, frozen=True, kw_only=True):
    """From which size (1, if not said) to which (all there are)."""

    from_: Size = msgspec.field(name="from", default=1)
    to: Size | None = None


class CheckpointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many events there are, the root of their tree (RFC 6962), and an Ed25519 signature over both."""

    size: int
    root: str
    signature: str
    public_key: str


class VerificationAnswer(CheckpointAnswer, frozen=True, kw_only=True):
    """Whether every event still is what was hashed when it was recorded; if not, the first position that is not."""

    is_whole: bool
    first_rewritten: int | None


class LeafAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where an event stands, and the hash of its line as an export writes it."""

    position: int
    leaf: str


class InclusionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """That an event is in the tree of the first `size`: RFC 9162, 2.1.3, with `position` − 1 as leaf index."""

    position: int
    size: int
    leaf: str
    path: list[str]
    root: str


class ConsistencyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """That a later tree goes on from an earlier one: RFC 9162, 2.1.4."""

    from_: int = msgspec.field(name="from")
    to: int
    path: list[str]
    from_root: str
    to_root: str


@routes.get("/v1/audit/checkpoint")
async def checkpoint(visit: Visit) -> CheckpointAnswer:
    """How far the ledger has got and the root of its tree, signed; keep it, and hold us to it."""
    said = await visit.rooms.audit.checkpoint()
    return CheckpointAnswer(size=said.size, root=said.root, signature=said.signature, public_key=said.public_key)


@routes.get("/v1/audit/verification")
async def verification(visit: Visit) -> VerificationAnswer:
    """Hash every event anew, and say whether the record is what was recorded; for leads, as it reads everything."""
    found = await visit.rooms.audit.verification()
    said = found.checkpoint
    return VerificationAnswer(
        is_whole=found.first_rewritten is None,
        first_rewritten=found.first_rewritten,
        size=said.size,
        root=said.root,
        signature=said.signature,
        public_key=said.public_key,
    )


@routes.get("/v1/audit/events")
async def events(question: Question[From]) -> Page[LeafAnswer]:
    """The leaf hash of every event from a position on; what happened there is not said here."""
    await _within(question, "position", question.filters.from_)
    after = question.after or question.filters.from_ - 1
    found = await question.rooms.audit.leaves(after, question.limit + 1)
    items = [LeafAnswer(position=position, leaf=leaf.hex()) for position, leaf in found[: question.limit]]
    return page(items, items[-1].position if len(found) > question.limit else None)


@routes.get("/v1/audit/proof")
async def proof(question: Question[Proven]) -> InclusionAnswer:
    """What shows that one event is in the tree of the first so many."""
    size = question.filters.size or await question.rooms.head()
    position = question.filters.position or size
    await _within(question, "size", size)
    if position > size:
        raise Fault(400, f"Position {position} is beyond a tree of {size} events.")
    found = await question.rooms.audit.inclusion(position, size)
    return InclusionAnswer(
        position=position, size=size, leaf=found.leaf.hex(), path=_hex(found.path), root=found.root.hex()
    )


@routes.get("/v1/audit/consistency")
async def consistency(question: Question[Between]) -> ConsistencyAnswer:
    """What shows that the tree of so many events goes on from that of the first fewer."""
    first = question.filters.from_
    second = question.filters.to or await question.rooms.head()
    await _within(question, "size", second)
    if first > second:
        raise Fault(400, f"A tree of {second} events cannot go on from one of {first}: say the smaller one first.")
    found = await question.rooms.audit.consistency(first, second)
    return ConsistencyAnswer(
        from_=first,
        to=second,
        path=_hex(found.path),
        from_root=found.first_root.hex(),
        to_root=found.second_root.hex(),
    )


async def _within(visit: Visit, what: str, asked: int) -> None:
    head = await visit.rooms.head()
    if asked > head:
        raise Fault(400, f"There is no {what} {asked} yet; the last one is {head}.")


def _hex(path: list[bytes]) -> list[str]:
    return [each.hex() for each in path]

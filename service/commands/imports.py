"""Bringing in files: directors from an organogram, problems from a list. All good rows at once, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from service.commands.call import Desk
from service.commands.posts import Post, read_posts, rows_of
from service.domain import director, problem
from service.domain.aggregate import Asked, Event
from service.domain.refusals import Refusal

PROBLEM_COLUMNS = ("id", "title", "text", "source")
LONGEST_TITLE, LONGEST_TEXT = 300, 20_000  # characters


class OpaqueId(Protocol):
    """The same id for the same thing, and no way back from the id to the thing."""

    def __call__(self, kind: str, *parts: str) -> UUID: ...


@dataclass(frozen=True)
class Member:
    """A director as far as giving out problems needs to know them."""

    id: UUID
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class Imports:
    """What an administrator brings in from files."""

    desk: Desk
    opaque_id: OpaqueId

    async def directors(self, content: bytes, *, grade: str = "SCS2") -> dict[str, Any]:
        """Organogram rows as directors; run twice, nothing is doubled. Unreadable when the file cannot be read."""
        found = read_posts(content, grade)
        asked = self.desk.system()
        lines = found.lines()
        events: list[Event] = []
        imported = 0
        for post in found.posts:
            id = self.opaque_id("post", *post.key)
            if await self.desk.ledger.history(id):
                found.skipped["already imported"] += 1
                continue
            above = lines.get(post.row)
            try:
                events += _joined(id, post, self.opaque_id("post", *above) if above else None, asked)
                imported += 1
            except Refusal as refusal:
                found.problems.append((post.row, str(refusal)))
        await self.desk.ledger.record(events)
        return _told(imported, found.skipped, found.problems)

    async def problems(self, content: bytes, members: Sequence[Member]) -> dict[str, Any]:
        """A list of problems, given in turn to directors of the organisation named, or of any."""
        turns = _Turns(members)
        asked = self.desk.system()
        events: list[Event] = []
        skipped: Counter[str] = Counter()
        problems: list[tuple[int, str]] = []
        seen: set[UUID] = set()
        for number, row, wrong in rows_of(content, PROBLEM_COLUMNS):
            wrong = wrong or _unfit(row)
            owner = None if wrong else turns.next(row.get("organisation", ""))
            if not wrong and owner is None:
                wrong = f"nobody from {row.get('organisation') or 'any organisation'} is in the network"
            if wrong or owner is None:
                problems.append((number, f"{str(wrong)[0].upper()}{str(wrong)[1:]}, so this row was not imported."))
                continue
            id = self.opaque_id("problem", row["source"], row["id"])
            if id in seen or await self.desk.ledger.history(id):
                skipped["duplicate" if id in seen else "already imported"] += 1
                continue
            seen.add(id)
            owned = Asked(by=owner, now=asked.now, via=asked.via)
            events.append(problem.register(id, asked=owned, title=row["title"], text=row["text"] or None))
        await self.desk.ledger.record(events)
        return _told(len(events), skipped, problems)


def _joined(id: UUID, post: Post, manager: UUID | None, asked: Asked) -> Sequence[Event]:
    return director.join(
        id,
        asked=asked,
        name=post.title,
        organisation=post.organisation,
        department=post.department,
        profession=post.profession,
        offer_text=post.remit or None,
        reports_to=manager,
    )


def _unfit(row: dict[str, str]) -> str | None:
    if not row["id"] or not row["title"]:
        return f"the column {'title' if row['id'] else 'id'} is empty"
    if len(row["title"]) > LONGEST_TITLE or len(row["text"]) > LONGEST_TEXT:
        return f"the title is longer than {LONGEST_TITLE} characters, or the text longer than {LONGEST_TEXT:,}"
    return None


def _told(imported: int, skipped: Counter[str], problems: list[tuple[int, str]]) -> dict[str, Any]:
    return {
        "imported": imported,
        "skipped": dict(sorted(skipped.items())),
        "problems": [{"row": row, "why": why} for row, why in sorted(problems)],
    }


class _Turns:
    """Whose turn it is, organisation by organisation and over all."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = sorted(members, key=lambda member: member.id)
        self._given: Counter[UUID] = Counter()

    def next(self, organisation: str) -> UUID | None:
        """Who has been given fewest so far, of that organisation or of any; None when there is nobody."""
        wanted = organisation.casefold()
        choices = [
            member.id
            for member in self._members
            if not wanted or wanted in (name.casefold() for name in member.organisations)
        ]
        chosen = min(choices, key=lambda id: (self._given[id], id), default=None)
        if chosen:
            self._given[chosen] += 1
        return chosen

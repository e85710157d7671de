"""What shows that something was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

import msgspec

from service.domain.choice import one_of
from service.domain.links import followable
from service.domain.words import Evidence, sealed
from service.domain.writing import wanted

Kind = Literal["document", "link", "decision", "conversation", "changed_mind"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class ShownBy(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence as somebody gives it: its kind, where it is, what it says."""

    kind: str
    ref: str | None = None
    text: str | None = None


def given_by(by: UUID, evidence: Iterable[ShownBy]) -> tuple[Evidence, ...]:
    """The same evidence in words of theirs."""
    return tuple(
        Evidence(
            kind=one_of("evidence", each.kind, KINDS),
            ref=sealed(by, _where(each)),
            text=sealed(by, wanted(each.text)),
        )
        for each in evidence
    )


def _where(shown: ShownBy) -> str | None:
    """Where it is: for a link an address that can be followed, for the rest whatever finds it."""
    ref = wanted(shown.ref)
    return ref and followable("evidence", ref, always=shown.kind == "link")

"""Every event as a sentence: people and words stand in it as slots, filled in for whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from projections.sentences import OPTIONAL, PHRASES, SENTENCES
from service.domain.days import LONDON
from service.domain.events import CommitmentDeclined, Event
from service.domain.words import Evidence, Sealed, Terms

PEOPLE = ("by", "director", "performer", "beneficiary", "owner", "gone", "joined")
"""The fields of events that name somebody."""

SLOT = re.compile(r"\{(\w+)\}")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of a history. `{slots}` are people or words; `party_only` are words that no lead ever reads."""

    event: str
    template: str
    people: dict[str, UUID | None]
    parts: dict[str, Sealed]
    terms: Terms | None = None
    party_only: tuple[str, ...] = ()

    def worded(self, name: Callable[[UUID | None], str], read: Callable[[str, Sealed], str]) -> str:
        """The sentence, with `name` saying what to call somebody and `read` what the reader sees of a slot's words."""
        names = {slot: name(id) for slot, id in self.people.items()}
        words = {slot: read(slot, sealed) for slot, sealed in self.parts.items()}
        return self.template.format_map({**names, **words})


def line(event: Event) -> Line:
    """The event as a sentence."""
    parts = _parts(event)
    facts = {slot: _fact(slot, value) for slot, value in _fields(event).items()}
    template = _filled(_sentence(event, parts), facts, parts)
    slots = set(SLOT.findall(template))
    return Line(
        event=type(event).__name__,
        template=template,
        people={slot: person for slot, person in _people(event).items() if slot in slots},
        parts={slot: words for slot, words in parts.items() if slot in slots},
        terms=_fields(event).get("terms"),
        party_only=("reason",) if isinstance(event, CommitmentDeclined) and "reason" in slots else (),
    )


def _fields(event: Event) -> dict[str, Any]:
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    if terms := fields.get("terms"):
        fields["due"] = terms.due
    return fields


def _people(event: Event) -> dict[str, UUID | None]:
    named = {name: getattr(event, name) for name in PEOPLE if hasattr(event, name)}
    return {**named, "self": event.originator_id}


def _parts(event: Event) -> dict[str, Sealed]:
    """The words of an event by slot; evidence is numbered."""
    fields = _fields(event)
    parts = {name: value for name, value in fields.items() if isinstance(value, Sealed)}
    if fields.get("terms") and fields["terms"].conditions:
        parts["conditions"] = fields["terms"].conditions
    for number, evidence in enumerate(fields.get("evidence", ()), start=1):
        if evidence.ref:
            parts[f"ref_{number}"] = evidence.ref
        if evidence.text:
            parts[f"text_{number}"] = evidence.text
    return parts


def _sentence(event: Event, parts: dict[str, Sealed]) -> str:
    said = SENTENCES[type(event)]
    sentence = said if isinstance(said, str) else said(event)
    clauses = [clause for slot, clause in OPTIONAL.items() if slot in parts and f"{{{slot}}}" not in sentence]
    if _is_for_nobody(event):
        clauses = []
    return " ".join([sentence, *clauses, *_evidence(getattr(event, "evidence", ()))])


def _is_for_nobody(event: Event) -> bool:
    """Whom somebody avoids and why is read by nobody, in no history."""
    return "whom" in event.__struct_fields__


def _evidence(evidence: tuple[Evidence, ...]) -> list[str]:
    return [_piece(number, piece) for number, piece in enumerate(evidence, start=1)]


def _piece(number: int, piece: Evidence) -> str:
    kind = PHRASES.get(("evidence", piece.kind), piece.kind)
    said = [f"“{{{slot}_{number}}}”" for slot, words in (("text", piece.text), ("ref", piece.ref)) if words]
    return f"Evidence: {kind}{', ' if said else ''}{', '.join(said)}."


def _filled(sentence: str, facts: dict[str, str], parts: dict[str, Sealed]) -> str:
    """Facts stand in the sentence itself; what they hold is never taken for a slot."""

    def fill(slot: re.Match[str]) -> str:
        name = slot.group(1)
        if name in PEOPLE or name == "self" or name in parts:
            return slot.group(0)
        return facts[name].replace("{", "{{").replace("}", "}}")

    return SLOT.sub(fill, sentence)


def _fact(slot: str, value: Any) -> str:
    if (slot, value if isinstance(value, str) else None) in PHRASES:
        return PHRASES[slot, value]
    match value:
        case datetime():
            local = value.astimezone(LONDON)
            return f"{_day(local.date())} at {local:%H:%M}"
        case date():
            return _day(value)
        case str():
            return value.replace("_", " ") if slot in ("format", "kind", "role", "mode", "state") else value
        case tuple():
            return str(len(value))
    return str(value)


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

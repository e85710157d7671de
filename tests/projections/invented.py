"""Events out of thin air: of any kind, with every field told, out of a few people and words."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from service.domain.events import Event, ProfileRevised
from service.domain.words import (
    Comparison,
    Evidence,
    Figures,
    Origin,
    ProposedSet,
    Reason,
    Relaxation,
    Rules,
    Sealed,
    Size,
    Terms,
)
from tests.projections.story import ANN, BEN, CAT, DAN, an_id, words

PEOPLE = (ANN, BEN, CAT, DAN)
MOMENT = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
FIGURES = Figures(value=70.5, placed=4, helped=3, floor=12.5, new_ties=2)


def whole(kind: type[Event]) -> Any:
    """One event of that kind with nothing left out."""
    return kind(**told(kind, Random(1), nothing_left_out=True))


def told(kind: type[Event], chance: Random, *, nothing_left_out: bool = False) -> dict[str, Any]:
    """Values for the fields of that kind of event; what may be missing sometimes is."""
    hints = get_type_hints(kind)
    facts = {name: some(hints[name], chance, nothing_left_out) for name in kind.__struct_fields__}
    if kind is ProfileRevised:
        facts["changed"] = chance.choice((("region", "name"), ("offer_text",), ("profession", "email")))
        facts["name"] = words(ANN, "a new name")
    return facts


def some(kind: Any, chance: Random, nothing_left_out: bool) -> Any:
    def one(inner: Any) -> Any:
        return some(inner, chance, nothing_left_out)

    secret = words(chance.choice(PEOPLE), f"secret {chance.randrange(9)}")
    made = {
        UUID: lambda: chance.choice(PEOPLE),
        datetime: lambda: MOMENT + timedelta(hours=chance.randrange(-5000, 5000)),
        date: lambda: MOMENT.date() + timedelta(days=chance.randrange(-100, 100)),
        Sealed: lambda: secret,
        Terms: lambda: Terms(due=one(date), conditions=one(Sealed | None)),
        Origin: lambda: Origin(type="conversation", id=an_id("call"), set_id=one(UUID | None)),
        Evidence: lambda: Evidence(kind="link", ref=one(Sealed | None), text=secret),
        Size: lambda: Size(min=2, max=4, target=3),
        Rules: Rules,
        Reason: lambda: Reason(person=ANN, problem=an_id("problem"), helped_by=BEN, help=12.5),
        Relaxation: lambda: Relaxation(rule="slots", to=1, placed=40, more=one(int)),
        Comparison: lambda: Comparison(answer=FIGURES, by_chance=one(Figures | None), draws=one(int)),
        Figures: lambda: FIGURES,
        ProposedSet: lambda: ProposedSet(members=(ANN, BEN), slots=("mon-am",), value=1.0, terms={"help": 1.0}, why=()),
        str: lambda: chance.choice(("fact", "another fact")),
        int: lambda: chance.randrange(1, 4),
        float: lambda: chance.random(),
        bool: lambda: chance.random() < 0.5,
        bytes: lambda: b"salt",
    }
    if kind in made:
        return made[kind]()
    inner = get_args(kind)
    if type(None) in inner:
        return one(inner[0]) if nothing_left_out or chance.random() < 0.6 else None
    if get_origin(kind) is Literal:
        return chance.choice(inner)
    if get_origin(kind) is tuple:
        return (
            tuple(dict.fromkeys(one(inner[0]) for _ in range(chance.randrange(1, 4))))
            if inner[0] is UUID
            else (tuple(one(inner[0]) for _ in range(chance.randrange(1, 3))))
        )
    assert get_origin(kind) is dict, kind
    return {"fact": one(inner[1])}

"""What a network does, over HTTP, and an account of it kept by whoever does it: not from the service's tables."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.access.lately import REMEMBERED
from tests.api.conftest import Answer, Person

STAGES = ("asked", "promised", "acted", "kept", "outcome", "sustained")
SHOWN = {"evidence": [{"kind": "document", "ref": "minutes of March"}]}
BECAUSE = {"no_evidence_because": "We spoke, and nothing was written."}
DRIFTED = {"verdict": "drifted_back"}

Step = tuple[str, str, dict[str, Any]]
DONE: Step = ("p", "declare-done", SHOWN)
ACTED: Step = ("p", "take-action", {"what": "Rang them up."})
PROMISED: Step = ("p", "promise", {})
ASKED_FOR_LESS: Step = ("p", "propose-terms", {"conditions": "Only a draft"})
SENT_BACK: Step = ("b", "send-back", {"why": "The date is missing."})
KEPT: tuple[Step, ...] = (PROMISED, ACTED, DONE, ("b", "confirm", {}))
OUTCOME: tuple[Step, ...] = (*KEPT, ("b", "report-outcome", {"scale": "local_change", "contribution": "helped"}))


@dataclass(frozen=True)
class Ending:
    """How one commitment goes: what (p)erformer and (b)eneficiary do in turn, how far it gets, and where it stands."""

    kind: str
    steps: tuple[Step, ...]
    stage: str
    state: str
    due: int = 40  # days from now
    to: str = "them"  # or "anybody", or "oneself"


CONFIRMED: Step = ("b", "confirm", {})
ENDINGS = {
    "declined": Ending("request", (("p", "decline", {"reason": "No time."}),), "asked", "declined"),
    "withdrawn": Ending("request", (("b", "withdraw", {}),), "asked", "withdrawn"),
    "never answered": Ending("request", (), "asked", "expired"),
    "offered in vain": Ending("offer", (("b", "decline", {}),), "asked", "declined"),
    "countered": Ending("request", (("p", "counter", {"what": "Half"}), ("b", "accept", {})), "promised", "promised"),
    "offered": Ending("offer", (("b", "accept", {}),), "promised", "promised"),
    "offered to anybody": Ending("offer", (("b", "accept", {}),), "promised", "promised", to="anybody"),
    "pledged": Ending("pledge", (("p", "state-confidence", {"confidence": "at_risk"}),), "promised", "promised"),
    "released": Ending("request", (PROMISED, ("b", "release", {})), "promised", "released"),
    "not renegotiated": Ending(
        "request", (PROMISED, ASKED_FOR_LESS, ("b", "refuse-terms", {})), "promised", "promised"
    ),
    "revoked": Ending("request", (PROMISED, ACTED, ("p", "revoke", {})), "acted", "revoked"),
    "not kept": Ending("request", (PROMISED, ("b", "assess-not-kept", {})), "promised", "not_kept", due=-2),
    "admitted": Ending("request", (PROMISED, ACTED, ("p", "admit-not-kept", {})), "acted", "not_kept"),
    "never confirmed": Ending("request", (PROMISED, ACTED, ("p", "declare-done", BECAUSE)), "acted", "unconfirmed"),
    "kept": Ending("request", KEPT, "kept", "kept"),
    "kept without an action": Ending("request", (PROMISED, DONE, CONFIRMED), "kept", "kept"),
    "kept before a witness": Ending("pledge", (DONE, CONFIRMED), "kept", "kept"),
    "kept to oneself": Ending("pledge", (ACTED, DONE, ("p", "confirm", {})), "kept", "kept", to="oneself"),
    "kept when sent back": Ending("request", (PROMISED, DONE, SENT_BACK, DONE, CONFIRMED), "kept", "kept"),
    "renegotiated": Ending("request", (PROMISED, ASKED_FOR_LESS, ("b", "agree-terms", {}), *KEPT[1:]), "kept", "kept"),
    "outcome": Ending("request", OUTCOME, "outcome", "kept"),
    "sustained": Ending("request", (*OUTCOME, ("p", "review-outcome", {"verdict": "sustained"})), "sustained", "kept"),
    "drifted back": Ending("request", (*OUTCOME, ("b", "review-outcome", DRIFTED)), "outcome", "kept"),
}


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


def a_second_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever another process may still have been shown, because it was looked up just now, is looked up again."""
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + 2 * REMEMBERED)
    monkeypatch.setattr("service.access.lately.time", later)


@dataclass
class Account:
    """What was done, as whoever did it remembers."""

    clock: Hands
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: dict[str, Ending] = field(default_factory=dict)
    came_from: dict[str, str | None] = field(default_factory=dict)

    async def meet(self, convenor: Person, others: list[Person], format: str, **said: Any) -> str:
        """People sign up for a conversation, it is held, and each says that they were there."""
        about = {"format": format, "title": "What we are stuck on", "starts_at": self.clock().isoformat(), **said}
        made = await done(convenor.post("/v1/conversations", about), 201)
        path = f"/v1/conversations/{made['id']}"
        for each in others:
            await done(each.post(f"{path}/sign-up", {}))
        assert (await done(convenor.post(f"{path}/held", {})))["state"] == "held"
        for each in (convenor, *others):
            assert (await done(each.post(f"{path}/attend", {})))["i_attended"]
        month = f"{self.clock().astimezone(ZoneInfo('Europe/London')):%Y-%m}"
        self.held[made["id"]] = {"month": month, "format": format, "at": self.clock()}
        return str(made["id"])

    async def carry(self, how: str, performer: Person, beneficiary: Person, origin: dict[str, str]) -> str:
        """One commitment from its beginning to its end."""
        ending = ENDINGS[how]
        begins = beneficiary if ending.kind == "request" else performer
        due = (self.clock() + timedelta(days=ending.due)).date().isoformat()
        about = {"kind": ending.kind, "what": f"Something to be {how}", "due": due, "origin": origin}
        if ending.kind == "request":
            about["performer"] = str(performer.id)
        elif ending.to == "them":
            about["beneficiary"] = str(beneficiary.id)
        made = await done(begins.post("/v1/commitments", about), 201)
        for who, command, body in ending.steps:
            actor = performer if who == "p" else beneficiary
            await done(actor.post(f"/v1/commitments/{made['id']}/{command}", body))
        self.ended[made["id"]] = ending
        self.came_from[made["id"]] = origin.get("id") if origin["type"] == "conversation" else None
        return str(made["id"])

    def funnel(self, by: str) -> list[dict[str, Any]]:
        """What the rows of the funnel should say."""
        cohorts: dict[str, list[str]] = defaultdict(list)
        for id, facts in self.held.items():
            cohorts[facts[by]].append(id)
        return [self._row(cohort, ids) for cohort, ids in sorted(cohorts.items())]

    def elsewhere(self) -> dict[str, int]:
        """How far what came from no conversation got."""
        return self._reached([id for id, origin in self.came_from.items() if origin is None])

    def _row(self, cohort: str, ids: list[str]) -> dict[str, Any]:
        each = [self._reached([id for id, origin in self.came_from.items() if origin == held]) for held in ids]
        last = max(self.held[id]["at"] for id in ids)
        return {
            "cohort": cohort,
            "conversations": {"held": len(ids), "seeded": 0} | {s: sum(bool(one[s]) for one in each) for s in STAGES},
            "commitments": {stage: sum(one[stage] for one in each) for stage in STAGES},
            "immature": self.clock() - last < timedelta(days=90),
        }

    def _reached(self, ids: list[str]) -> dict[str, int]:
        furthest = [STAGES.index(self.ended[id].stage) for id in ids]
        return {stage: sum(one >= at for one in furthest) for at, stage in enumerate(STAGES)}


async def done(asking: Any, status: int = 200) -> Any:
    """What came of it, which should be this."""
    answer: Answer = await asking
    assert answer.status == status, (answer.status, answer.raw)
    return answer.json


async def everything(who: Person, path: str, limit: int = 50) -> list[dict[str, Any]]:
    """A list, page by page to its end."""
    found, cursor = [], ""
    while True:
        listed = await done(who.get(f"{path}?limit={limit}{cursor}"))
        found += listed["items"]
        if listed["next"] is None:
            return found
        cursor = f"&cursor={listed['next']}"

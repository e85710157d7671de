"""Commitments: asked, offered, promised, changed by agreement, acted on, done, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.domain.refusals import Forbidden, NotFound
from service.web.asks import LEFT_OUT, Kind, Said, day, line, required, words
from service.web.forms import Choice
from service.web.pages import Pages, Shows
from service.web.steps import steps_for
from service.web.visit import Visit

pages = Pages("commitments")

STATES = {
    "requested": "Asked for",
    "offered": "Offered",
    "countered": "Other terms proposed",
    "promised": "Promised",
    "declared": "Declared done",
    "unconfirmed": "Done, not confirmed",
    "kept": "Kept",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Not answered in time",
    "revoked": "Taken back",
    "released": "Let go, no blame",
    "not_kept": "Not kept",
}
COLOURS = {"promised": "blue", "declared": "turquoise", "kept": "green", "requested": "yellow", "offered": "yellow"}
CONFIDENCE: tuple[Choice, ...] = (("on_track", "On track"), ("at_risk", "At risk"), ("stuck", "I am stuck on it"))
TIERS: tuple[Choice, ...] = (
    ("network", "Every director in the network", "It counts, and others can learn from it."),
    ("set", "Only the two of you, and the set it came from"),
    ("open", "Anybody", "It can be read without signing in."),
)
READERS = {
    "set": "the two of you and the set it came from",
    "network": "every director in the network",
    "open": "anybody, also without signing in",
}
EVIDENCE: tuple[Choice, ...] = (
    ("document", "A document"),
    ("link", "A link"),
    ("decision", "A decision"),
    ("conversation", "A conversation"),
    ("changed_mind", "Somebody changed their mind"),
)
NO_EVIDENCE: Choice = ("none", "Nothing shows it", "Say why below. That is a fair answer.")
SCALES: tuple[Choice, ...] = (
    ("none", "Nothing changed"),
    ("early_sign", "An early sign of change"),
    ("local_change", "A change in one place"),
    ("system_change", "A change in how things are done everywhere"),
)
CONTRIBUTIONS: tuple[Choice, ...] = (
    ("enabled", "It made the change possible"),
    ("helped", "It helped, with other things"),
    ("unclear", "It is hard to say"),
)
VERDICTS: tuple[Choice, ...] = (
    ("sustained", "It lasted"),
    ("drifted_back", "Things drifted back"),
    ("unknown", "I do not know"),
)
KINDS = {
    "request": ("Ask somebody for something", "Who are you asking?", "performer"),
    "offer": ("Offer something", "To whom?", "beneficiary"),
    "pledge": ("Promise something yourself", "Who is your witness?", "beneficiary"),
}
"""What one may begin, whom the other person is, and which party they are."""
IN_WORDS: dict[str, Any] = {
    "states": STATES,
    "colours": COLOURS,
    "confidences": {each[0]: each[1] for each in CONFIDENCE},
    "readers": READERS,
    "evidence_kinds": {each[0]: each[1] for each in EVIDENCE},
    "scales": {each[0]: each[1] for each in SCALES},
    "contributions": {each[0]: each[1] for each in CONTRIBUTIONS},
    "verdicts": {each[0]: each[1] for each in VERDICTS},
}


def evidence(said: Said, name: str) -> Any:
    """What shows it, of one kind; nothing where none was chosen, or where nothing shows it."""
    kind = said.get(name)
    if not kind or kind == "none":
        return LEFT_OUT
    facts = {"ref": words(said, f"{name}-ref"), "text": words(said, f"{name}-text")}
    return [{"kind": kind, **{part: text for part, text in facts.items() if text is not LEFT_OUT}}]


def nothing_shows_it(said: Said, name: str) -> Any:
    """Why nothing shows it, where that was chosen."""
    return required(said, "evidence-text") if said.get("evidence") == "none" else LEFT_OUT


def if_said(kind: Kind) -> Kind:
    """That kind of field, on forms that have it."""
    return lambda said, name: kind(said, name) if name in said else LEFT_OUT


@pages.page("/commitments", "commitments/list.html")
async def every(visit: Visit) -> Shows:
    """The commitments somebody may know of, a page at a time."""
    page = await visit.get("/v1/commitments", None, **visit.asked("cursor"))
    people = await visit.people(person for each in page.items for person in (each.performer, each.beneficiary))
    first = "cursor" not in visit.request.query
    return {"commitments": page.items, "next": page.next, "is_first": first, "people": people, **IN_WORDS}


@pages.form(
    "/commitments/new",
    "commitments/new.html",
    asks={
        "kind": line,
        "performer": if_said(line),
        "beneficiary": if_said(line),
        "what": required,
        "due": day,
        "conditions": words,
        "tier": line,
        "origin.type": line,
        "origin.id": if_said(line),
        "origin.url": if_said(required),
    },
    to="/v1/commitments",
    says="It is written down, and the other person can see it.",
    then=lambda visit, answer: f"/commitments/{answer.id}",
)
async def new(visit: Visit) -> Shows:
    """What is asked, offered or promised, to whom, by when, and where it came from."""
    asked = visit.asked("kind", "to", "set", "problem", "conversation")
    origin = next(((type, asked[type]) for type in ("set", "conversation", "problem") if type in asked), None)
    kind = asked.get("kind")
    if kind not in KINDS:
        return {"kind": None, "kinds": KINDS, "asked": asked}
    heading, who, party = KINDS[kind]
    others = [each for each in await visit.every("/v1/directors") if not visit.is_me(each.id)]
    near = await _members(visit, asked.get("set"))
    others.sort(key=lambda each: (each.id not in near, each.name.casefold()))
    nobody = {"request": "Choose a director", "offer": "Whoever accepts first", "pledge": "Nobody, I hold myself to it"}
    return {
        "kind": kind,
        "heading": heading,
        "who": who,
        "party": party,
        "people": [("", nobody[kind]), *((each.id, f"{each.name}, {each.organisation}") for each in others)],
        "asked": asked,
        "origin": origin,
        "tiers": TIERS,
    }


async def whence(visit: Visit, origin: Any) -> str | None:
    """The page of what it came from, where they may see that."""
    if origin is None or origin.id is None:
        return None
    noun = f"{origin.type}s"
    return f"/{noun}/{origin.id}" if await visit.sees(f"/v1/{noun}/{{id}}", {"id": origin.id}) else None


@pages.page("/commitments/{id}", "commitments/one.html")
async def one(visit: Visit) -> Shows:
    """A commitment: how it stands, what may be done now, and what has been done."""
    answer = await visit.answer("/v1/commitments/{id}")
    commitment = answer.thing
    parties = (commitment.performer, commitment.beneficiary)
    is_party = visit.caller is not None and visit.by in parties
    others = [commitment.proposal.by] if commitment.proposal else []
    return {
        "commitment": commitment,
        "version": answer.version,
        "people": await visit.people([*parties, *others, *(each.by for each in commitment.outcomes)]),
        "steps": steps_for(commitment, visit.caller.id if visit.caller else None),
        "is_party": is_party,
        "is_mine": visit.is_me(commitment.performer),
        "is_lead": visit.has_role("lead"),
        "whence": await whence(visit, commitment.origin),
        **IN_WORDS,
    }


@pages.page("/commitments/{id}/history", "commitments/history.html")
async def history(visit: Visit) -> Shows:
    """Everything that happened to it, for its parties."""
    return {
        "commitment": await visit.get("/v1/commitments/{id}"),
        "items": (await visit.get("/v1/commitments/{id}/history")).items,
    }


async def the_commitment(visit: Visit) -> Shows:
    """A commitment that something is to be said about."""
    answer = await visit.answer("/v1/commitments/{id}")
    return {
        "commitment": answer.thing,
        "version": answer.version,
        "command": visit.path.rpartition("/")[2],
        "confidence": CONFIDENCE,
        "evidence": EVIDENCE,
        "no_evidence": NO_EVIDENCE,
        "scale_choices": SCALES,
        "contribution_choices": CONTRIBUTIONS,
        "verdict_choices": VERDICTS,
        "tier_choices": TIERS[:1] + TIERS[2:] if answer.thing.tier == "set" else TIERS[2:],
        "people": await visit.people([answer.thing.performer, answer.thing.beneficiary]),
        **IN_WORDS,
    }


for command, template, asks, says in (
    ("counter", "counter", {"what": words, "due": day}, "Your terms are proposed. The other person can accept them."),
    ("decline", "decline", {"reason": words}, "You have declined. That is all right."),
    ("take-action", "action", {"what": required, "evidence": evidence}, "Noted. Well done."),
    ("state-confidence", "confidence", {"confidence": line}, "Noted. The other person can see it."),
    (
        "propose-terms",
        "terms",
        {"due": day, "conditions": words, "why": words},
        "Proposed. Until the other person agrees, what was promised stands.",
    ),
    (
        "declare-done",
        "done",
        {"evidence": evidence, "no_evidence_because": nothing_shows_it},
        "Declared done. The other person is asked to confirm it.",
    ),
    ("send-back", "send_back", {"why": required}, "Sent back, with what is missing."),
    ("admit-not-kept", "not_kept", {"learning": words}, "Thank you for saying so."),
    (
        "report-outcome",
        "outcome",
        {"scale": line, "contribution": line, "evidence": evidence},
        "Noted. This is what the network is for.",
    ),
    ("review-outcome", "review", {"verdict": line}, "Noted."),
    ("widen", "widen", {"tier": line}, "You agree that more people may read it. It happens once the other one agrees."),
    ("revoke", "sure", {}, "You have taken your promise back."),
    ("release", "sure", {}, "You have let it go. Nobody is to blame."),
    ("assess-not-kept", "sure", {}, "Noted as not kept."),
):
    pages.form(f"/commitments/{{id}}/{command}", f"commitments/{template}.html", asks=asks, says=says)(the_commitment)

for command, says in {
    "promise": "Promised.",
    "accept": "Accepted: it is promised.",
    "withdraw": "Withdrawn.",
    "agree-terms": "Agreed. The new terms are in force; the first date stays on record.",
    "refuse-terms": "Refused. What was promised stands.",
    "confirm": "Confirmed: the promise is kept.",
    "narrow": "From now on only the two of you, and the set it came from, can read it.",
}.items():
    pages.button(f"/commitments/{{id}}/{command}", says=says)


async def _members(visit: Visit, set: str | None) -> frozenset[UUID]:
    """The members of a set, where one is named that they may know of."""
    try:
        if not set:
            return frozenset()
        return frozenset((await visit.get("/v1/sets/{id}", {"id": UUID(set)}, reasons="false")).members)
    except (ValueError, NotFound, Forbidden):
        return frozenset()

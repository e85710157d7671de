"""What people write beside problems and promises, one of each kind: goals, what came of conversations, notes."""

from __future__ import annotations

from tests.access.things import (
    ANN,
    BEN,
    EVERYBODY,
    NETWORK,
    NOBODY,
    PARTIES,
    Thing,
    Who,
    made,
)
from tests.api.conftest import Network, Person
from tests.life import done

READERS = NETWORK | {"clerk", "guest"}  # of whom the policy refuses the last two
WHEN = {"starts_at": "2026-03-02T09:00:00Z"}


async def written(network: Network) -> dict[str, Thing]:
    """A goal, a write-up that went out, and notes from Ann to Ben."""
    found = {"a goal": await goal(network.ann), "a published write-up": await let_out(network.ann)}
    return found | await notes(network)


async def goal(ann: Person) -> Thing:
    id = await made(ann, "/v1/goals", {"question": "Hyrax?", "horizon": "2035-01-01"})
    await done(ann.post(f"/v1/goals/{id}/review", {"narrative": "Impala"}))
    return Thing(
        noun="goals",
        id=id,
        known=EVERYBODY,
        whose={"its author": ANN},
        words={"hyrax": EVERYBODY, "impala": EVERYBODY},
    )


async def let_out(ann: Person) -> Thing:
    """The write-up of a conversation, which has the id of that one."""
    id = await made(ann, "/v1/conversations", {"format": "breakfast_call", "title": "A call", **WHEN})
    path = f"/v1/conversations/{id}"
    await done(ann.post(f"{path}/held", {}))
    await done(ann.post(f"{path}/write-up", {"text": "Kinkajou"}))
    await done(ann.post(f"{path}/agree", {}))
    await done(ann.post(f"{path}/publish", {}))
    return Thing(noun="write-ups", id=id, known=EVERYBODY, words={"kinkajou": EVERYBODY})


async def notes(network: Network) -> dict[str, Thing]:
    async def note(kind: str, word: str, known: Who, shares: Who, **said: str) -> Thing:
        id = await made(network.ann, "/v1/notes", {"kind": kind, "to": str(network.ben.id), "text": word, **said})
        whose = {"its author": ANN, "whoever was thanked, or whose lesson it is": shares}
        return Thing(noun="notes", id=id, known=known, whose=whose, words={word: known & NETWORK})

    shared = await note("thanks", "dikdikherd", READERS, BEN)
    await done(network.ben.post(f"/v1/notes/{shared.id}/share", {}))
    return {
        "feedback": await note("feedback", "aracariherd", PARTIES, NOBODY),
        "thanks": await note("thanks", "bobolink", PARTIES, BEN),
        "a lesson": await note("lesson", "cacomistle", PARTIES, ANN),
        "thanks that were shared": shared,
        "a postcard that is not due": await note(
            "postcard", "gibbonherd", ANN, NOBODY, deliver_at="2035-01-01T09:00:00Z"
        ),
    }

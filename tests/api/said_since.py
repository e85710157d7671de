"""What people say of what there is already: they put it otherwise, counter, show, admit, object; in rare animals too,
so that every field that holds words has been written in once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tests.life import done

if TYPE_CHECKING:
    from tests.api.canaries import World
    from tests.api.conftest import Network, Person

NOBODY: frozenset[str] = frozenset()
ANN = frozenset({"ann"})
PARTIES = frozenset({"ann", "ben"})
MEMBERS = frozenset({"ann", "ben", "cat", "lead", "convenor"})

READERS = {
    # A problem that Ann has put otherwise.
    "dromedary": NOBODY,  # what it was called
    "agoutiherd": ANN,  # title
    "bilbysheep": ANN,  # text
    "caribouherd": ANN,  # topic
    # What Ann offered Ben, and he accepted; it was done.
    "ermineherd": PARTIES,  # what
    "fossasheep": PARTIES,  # conditions
    "gharialherd": PARTIES,  # the link it came from
    "hedgehogs": PARTIES,  # other conditions, which were agreed
    "jackalherd": PARTIES,  # the document that shows it
    "kouprey-ox": PARTIES,  # what there is to say of it
    "langurherd": PARTIES,  # what shows what came of it
    "marmosets": PARTIES,  # and what there is to say of that
    # What Ann asked of Ben, and he would rather do otherwise; she said that it had not been kept.
    "nilgaiherd": PARTIES,  # what
    "okapisheep": PARTIES,  # conditions
    "pikasheep": PARTIES,  # the link
    "ratelsheep": PARTIES,  # what instead
    "sambarherd": PARTIES,  # what was learnt from not keeping it
    # Conversations.
    "takinsheep": PARTIES,  # the series of one of the set's
    "urutusnake": PARTIES,  # where it takes place
    "viscachas": PARTIES,  # what is to be said of a topic of it
    "weaselherd": NOBODY,  # why somebody would not have it published
    # A round.
    "xantusbird": MEMBERS,  # why its weights were changed
}
BY_OTHERS = {"ratelsheep", "sambarherd", "xantusbird"}


async def said_since(network: Network, world: World, set_id: str) -> None:
    """All of it. What is between two people the lead looks at as well."""
    problem = await world.make("ann", "/v1/problems", {"title": "Dromedary"})
    otherwise = {"title": "Agoutiherd", "text": "Bilbysheep", "topics": ["caribouherd"]}
    await done(world.ann.post(f"{problem}/reframe", otherwise))
    offered, asked = await offered_and_done(world), await asked_and_not_kept(world)
    for each in (offered, asked):
        about = {"purpose": "Axolotlherd", "commitment": each.rpartition("/")[2]}
        path = await world.make("lead", "/v1/inspections", about)
        await done(world.lead.get(f"{path}/history"))
    await met(world, set_id)
    await weighed_otherwise(network, world)


async def offered_and_done(world: World) -> str:
    """Every word of a commitment that goes well."""
    ben, due = str(world.ben.id), "2035-01-01"
    origin = {"type": "link", "url": "https://gharialherd.example/"}
    said = {"what": "Ermineherd", "conditions": "Fossasheep", "due": due, "origin": origin, "tier": "set"}
    path = await world.make("ann", "/v1/commitments", {"kind": "offer", "beneficiary": ben, **said})
    await done(world.ben.post(f"{path}/accept", {}))
    await done(world.ann.post(f"{path}/propose-terms", {"conditions": "Hedgehogs"}))
    await done(world.ben.post(f"{path}/agree-terms", {}))
    shown = [{"kind": "document", "ref": "jackalherd", "text": "Kouprey-ox"}]
    await done(world.ann.post(f"{path}/declare-done", {"evidence": shown}))
    await done(world.ben.post(f"{path}/confirm", {}))
    shown = [{"kind": "document", "ref": "langurherd", "text": "Marmosets"}]
    outcome = {"scale": "local_change", "contribution": "helped", "evidence": shown}
    await done(world.ann.post(f"{path}/report-outcome", outcome))
    return path


async def asked_and_not_kept(world: World) -> str:
    """And of one that does not."""
    origin = {"type": "link", "url": "https://pikasheep.example/"}
    said = {"what": "Nilgaiherd", "conditions": "Okapisheep", "due": "2020-01-01", "origin": origin, "tier": "set"}
    asked = {"kind": "request", "performer": str(world.ben.id), **said}
    path = await world.make("ann", "/v1/commitments", asked)
    await done(world.ben.post(f"{path}/counter", {"what": "Ratelsheep"}))
    await done(world.ann.post(f"{path}/accept", {}))
    await done(world.ben.post(f"{path}/admit-not-kept", {"learning": "Sambarherd"}))
    return path


async def met(world: World, set_id: str) -> None:
    """A conversation of the set in a series of its own, whose write-up does not go out."""
    when = {"starts_at": "2026-03-03T09:00:00Z", "series": "Takinsheep", "host_event": "Urutusnake"}
    said = {"format": "set_meeting", "title": "Narwhalherd", "set": set_id, **when}
    path = await world.make("ann", "/v1/conversations", said)
    await done(world.ann.post(f"{path}/topics", {"title": "Numbatherd", "text": "Viscachas"}))
    await done(world.ann.post(f"{path}/held", {}))
    await done(world.ann.post(f"{path}/write-up", {"text": "Numbatherd"}))
    await done(world.ann.post(f"{path}/object", {"why": "Weaselherd"}))


async def proposed(network: Network, world: World, *people: Person) -> str:
    """A round of pairs that these are in, answered by the workshop."""
    path = await world.make("convenor", "/v1/rounds", {"kind": "pair"})
    for each in people:
        await done(each.post(f"{path}/opt-in", {}))
    await done(world.convenor.post(f"{path}/close", {}))
    await done(world.convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    return path


async def weighed_otherwise(network: Network, world: World) -> None:
    """A round that the convenor asks anew, with other weights."""
    path = await proposed(network, world, world.cat, world.lead)
    await done(world.convenor.post(f"{path}/revise", {"why": "Xantusbird", "weights": {"help": 1}}))

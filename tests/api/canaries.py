"""A small network in which every word somebody wrote is a rare animal, so that it is seen wherever it turns up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.api import said_since
from tests.api.conftest import Network, Person
from tests.life import done

EVERYBODY = frozenset({"ann", "ben", "cat", "lead", "convenor", "clerk", "stranger"})
MEMBERS = frozenset({"ann", "ben", "cat", "lead", "convenor"})
PARTIES = frozenset({"ann", "ben"})
ANN = frozenset({"ann"})
AUDIT = frozenset({"ann", "ben", "lead"})

# Nine letters at least: a word of four turns up by chance in a megabyte of what is written in base64.
READERS = {
    # What a director says of themselves is for the network and whoever administers it; their address is theirs.
    "aardvarkherd": MEMBERS | {"clerk"},  # name
    "bandicoot": MEMBERS | {"clerk"},  # what she offers
    "capybaraherd": MEMBERS | {"clerk"},  # a topic she offers
    "dugongherd": ANN,  # e-mail address
    "echidnaherd": ANN,  # why she would rather not meet Cat
    # Problems.
    "flamingoherd": ANN,  # private
    "gerenukherd": PARTIES,  # for the set
    "hoatzinherd": PARTIES,  # its text
    "klipspringer": PARTIES,  # its topic
    "jerboaherd": MEMBERS,  # shared with the network
    "kakapoherd": PARTIES,  # what stands in the way of that one stays in the set that picked it up
    "lemmingherd": PARTIES,  # so does what it takes for granted
    "margayherd": EVERYBODY,  # open to all
    # Conversations.
    "narwhalherd": PARTIES,  # of the set
    "ocelotherd": MEMBERS,  # for everybody
    "numbatherd": PARTIES,  # a topic of the set's
    "olingoherd": PARTIES,  # what stayed with somebody there
    "pademelon": PARTIES,  # what began there
    "rhebokherd": MEMBERS,  # a topic of everybody's
    "saigaherd": MEMBERS,  # what stayed with somebody there
    "tapirherd": ANN,  # a draft that only its contributors read
    "urialsheep": EVERYBODY,  # a write-up that went out
    # Notes from Ann to Ben.
    "aracariherd": PARTIES,  # what she thinks
    "dikdikherd": MEMBERS,  # thanks that he has shared
    "gibbonherd": ANN,  # a postcard for another day
    # A goal of the network.
    "wallabyherd": EVERYBODY,  # its question
    "yaffleherd": EVERYBODY,  # what is done for it again and again
    "zebrafinch": EVERYBODY,  # how somebody said it goes
    # What the network is for.
    "xerusherd": EVERYBODY,  # its first wording
    "zebucattle": MEMBERS,  # what she holds against it
    "zonkeyherd": EVERYBODY,  # how it reads since
    "tigonherd": MEMBERS,  # why
    # A promise that the network may read, and what is only for its parties.
    "pangolinherd": MEMBERS,  # what
    "quokkaherd": MEMBERS,  # what was done
    "raccoonherd": PARTIES | {"lead"},  # what was sent back: in its history only, which a lead inspects
    "servalherd": PARTIES,  # why another was declined
    # A promise kept among the two.
    "tamarinherd": PARTIES,  # what
    "uakariherd": PARTIES,  # conditions
    "vicunaherd": PARTIES,  # the link it came from
    "wombatherd": PARTIES,  # what was done
    "xenopusherd": PARTIES,  # what shows it
    "yellowhammer": PARTIES,  # why other terms were asked for
    # A promise that both opened to all.
    "zorillaherd": EVERYBODY,
    # The inspection of the one the network may read.
    "axolotlherd": AUDIT,  # its purpose
    "babirusaherd": AUDIT,  # why Ben contests it
} | said_since.READERS
assert all(len(word) >= 9 for word in READERS)
BY_OTHERS = frozenset({"raccoonherd", "servalherd", "axolotlherd", "babirusaherd", *said_since.BY_OTHERS})
WRITTEN_BY_ANN = frozenset(READERS) - BY_OTHERS


@dataclass
class World:
    """The people, and the ids of everything there is."""

    people: dict[str, Person]
    ids: list[str] = field(default_factory=list)
    nouns: dict[str, str] = field(default_factory=dict)
    """The path of what each id is of."""

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def add(self, path: str, id: str) -> None:
        self.ids.append(id)
        self.nouns[id] = path

    async def make(self, who: str, path: str, body: dict[str, Any]) -> str:
        """Something new, under a path, with its address."""
        made = await done(self.people[who].post(path, body), 201)
        self.add(path, made["id"])
        return f"{path}/{made['id']}"


async def settled(network: Network, kind: type[Person] = Person) -> World:
    """Ann and Ben, who promised each other things; Cat, who did not; a lead, a convenor, a clerk and a stranger."""
    world = World({"stranger": network.nobody})
    for name, roles in (("cat", ()), ("ben", ()), ("lead", ("lead",)), ("convenor", ("convenor",)), ("ann", ())):
        world.people[name] = await network.welcome(name, *roles)
    world.people["clerk"] = await network.welcome("clerk", "administrator")
    world.people = {name: kind(each.session, each.id, each.token) for name, each in world.people.items()}
    for each in world.people.values():
        if each.id:
            world.add("/v1/directors", str(each.id))
    said = {
        "name": "Aardvarkherd",
        "email": "dugongherd@example.org",
        "offers": {"topics": ["capybaraherd"], "text": "Bandicoot"},
    }
    await done(world.ann.says("PATCH", "/v1/me", said))
    await done(world.ann.post("/v1/me/avoid", {"director": str(world.cat.id), "reason": "Echidnaherd"}))
    await promises_of(world)
    return world


async def peopled(network: Network, kind: type[Person] = Person) -> World:
    """The same, and all the rest: what Ann is stuck on, a set that she shares with Ben, and what a lead looked at."""
    world = await settled(network, kind)
    await problems_of(world)
    set_id = await paired(network, world)
    await conversations_of(world, set_id)
    await notes_of(world)
    await goal_of(world)
    await inspection_of(world)
    await said_since.said_since(network, world, set_id)
    return world


async def problems_of(world: World) -> None:
    await world.make("ann", "/v1/problems", {"title": "Flamingoherd", "tier": "private"})
    await world.make("ann", "/v1/problems", {"title": "Gerenukherd", "text": "Hoatzinherd", "topics": ["klipspringer"]})
    shared = await world.make("ann", "/v1/problems", {"title": "Jerboaherd", "tier": "network"})
    await done(world.ann.post(f"{shared}/blockers", {"text": "Kakapoherd"}))
    await done(world.ann.post(f"{shared}/assumptions", {"text": "Lemmingherd"}))
    await world.make("ann", "/v1/problems", {"title": "Margayherd", "tier": "open"})


async def paired(network: Network, world: World) -> str:
    """A round that puts Ann and Ben together."""
    path = await said_since.proposed(network, world, world.ann, world.ben)
    await done(world.convenor.post(f"{path}/publish", {}))
    [mine] = (await done(world.ann.get("/v1/sets")))["items"]
    for each in (world.ann, world.ben):
        await done(each.post(f"/v1/sets/{mine['id']}/accept", {}))
    world.add("/v1/sets", mine["id"])
    return str(mine["id"])


async def conversations_of(world: World, set_id: str) -> None:
    """One of the set, one for everybody, and one whose write-up went out."""
    when = {"starts_at": "2026-03-02T09:00:00Z"}
    of_set = {"format": "set_meeting", "title": "Narwhalherd", "set": set_id, **when}
    of_all = {"format": "breakfast_call", "title": "Ocelotherd", **when}
    theirs = await world.make("ann", "/v1/conversations", of_set)
    await talked(world.ann, theirs, topics="Numbatherd", reflections="Olingoherd", seeds="Pademelon")
    everybodys = await world.make("ann", "/v1/conversations", of_all)
    await talked(world.ann, everybodys, topics="Rhebokherd", reflections="Saigaherd", **{"write-up": "Tapirherd"})
    let_out = await world.make("ann", "/v1/conversations", of_all)
    await talked(world.ann, let_out, **{"write-up": "Urialsheep"})
    await done(world.ann.post(f"{let_out}/agree", {}))
    await done(world.ann.post(f"{let_out}/publish", {}))


async def talked(person: Person, path: str, topics: str | None = None, **said: str) -> None:
    """What somebody would talk about, and what they say of it once it was held."""
    if topics:
        await done(person.post(f"{path}/topics", {"title": topics}))
    await done(person.post(f"{path}/held", {}))
    for what, text in said.items():
        await done(person.post(f"{path}/{what}", {"text": text}))


async def notes_of(world: World) -> None:
    to_ben = {"to": str(world.ben.id)}
    await world.make("ann", "/v1/notes", {"kind": "feedback", "text": "Aracariherd", **to_ben})
    later = {"deliver_at": "2035-01-01T09:00:00Z"}
    await world.make("ann", "/v1/notes", {"kind": "postcard", "text": "Gibbonherd", **to_ben, **later})
    thanks = await world.make("ann", "/v1/notes", {"kind": "thanks", "text": "Dikdikherd", **to_ben})
    await done(world.ben.post(f"{thanks}/share", {}))


async def goal_of(world: World) -> None:
    goal = await world.make("ann", "/v1/goals", {"question": "Wallabyherd?", "horizon": "2035-01-01"})
    await done(world.ann.post(f"{goal}/activities", {"what": "Yaffleherd", "format": "breakfast_call", "planned": 3}))
    await done(world.ann.post(f"{goal}/review", {"narrative": "Zebrafinch"}))
    await done(world.ann.post("/v1/purpose", {"text": "Xerusherd"}), 201)
    await done(world.ann.post("/v1/purpose/challenge", {"wording": 1, "text": "Zebucattle"}))
    await done(world.ann.post("/v1/purpose/revise", {"wording": 1, "text": "Zonkeyherd", "why": "Tigonherd"}))


async def promises_of(world: World) -> None:
    ben, link = str(world.ben.id), {"type": "link", "url": "https://example.org/"}
    about = {"kind": "pledge", "due": "2035-01-01", "beneficiary": ben, "origin": link}
    shared = await world.make("ann", "/v1/commitments", {**about, "what": "Pangolinherd"})
    await done(world.ann.post(f"{shared}/take-action", {"what": "Quokkaherd"}))
    await done(world.ann.post(f"{shared}/declare-done", {"no_evidence_because": "quokkaherd"}))
    await done(world.ben.post(f"{shared}/send-back", {"why": "Raccoonherd"}))
    asked = {"kind": "request", "what": "Pangolinherd", "due": "2035-01-01", "performer": ben, "origin": link}
    declined = await world.make("ann", "/v1/commitments", asked)
    await done(world.ben.post(f"{declined}/decline", {"reason": "Servalherd"}))
    kept_close = {
        "tier": "set",
        "conditions": "Uakariherd",
        "origin": {"type": "link", "url": "https://vicunaherd.example/"},
    }
    among_two = await world.make("ann", "/v1/commitments", {**about, **kept_close, "what": "Tamarinherd"})
    shown = [{"kind": "document", "ref": "xenopusherd", "text": "xenopusherd"}]
    await done(world.ann.post(f"{among_two}/take-action", {"what": "Wombatherd", "evidence": shown}))
    await done(world.ann.post(f"{among_two}/propose-terms", {"due": "2036-01-01", "why": "Yellowhammer"}))
    opened = await world.make("ann", "/v1/commitments", {**about, "what": "Zorillaherd"})
    for each in (world.ann, world.ben):
        await done(each.post(f"{opened}/widen", {"tier": "open"}))


async def inspection_of(world: World) -> None:
    """The lead reads both the promise the network may read and the one it may not."""
    listed = await done(world.lead.get("/v1/commitments"))
    for each in listed["items"]:
        about = {"purpose": "Axolotlherd", "commitment": each["id"]}
        path = await world.make("lead", "/v1/inspections", about)
        await done(world.lead.get(f"{path}/history"))
        if each["what"] == "Pangolinherd":
            await done(world.ben.post(f"{path}/contest", {"why": "Babirusaherd"}))


async def addresses(network: Network, method: str, world: World) -> list[str]:
    """Every address with that method, about everything of its kind; where nothing is of that kind, about everything."""
    document = await done(network.nobody.get("/v1/openapi.json"))
    found: dict[str, None] = {}
    for path, methods in document["paths"].items():
        if method in methods:
            noun = path.partition("/{")[0]
            of = [id for id, place in world.nouns.items() if place == noun] if "{id}" in path else []
            found |= dict.fromkeys(path.replace("{id}", id) for id in of or world.ids)
    return list(found)


def seen_in(text: bytes) -> set[str]:
    """The animals in it."""
    lowered = text.lower()
    return {canary for canary in READERS if canary.encode() in lowered}

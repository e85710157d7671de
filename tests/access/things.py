"""One thing of every kind and tier, who stands how to it, and the rare words in it: what the matrix is tried on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from service.commands import Call
from tests.api.conftest import Network, Person
from tests.life import done

PEOPLE: dict[str, tuple[str, ...]] = {
    "ann": (),  # whose things these are
    "ben": (),  # the other party, and in her set
    "dan": (),  # in her set
    "cat": (),  # any other director
    "lead": ("lead",),  # who opened the inspections
    "convenor": ("convenor",),
    "both": ("administrator", "director"),
    "chief": ("administrator", "lead", "convenor"),
    "clerk": ("administrator",),
    "guest": ("guest",),
}
STRANGERS = ("stranger", "gone")  # without a token, and with one that opens nothing any more
EVERYBODY = frozenset({*PEOPLE, "stranger"})
NETWORK = EVERYBODY - {"clerk", "guest", "stranger"}
DIRECTORY = NETWORK | {"clerk"}
ANN, BEN = frozenset({"ann"}), frozenset({"ben"})
PARTIES = ANN | BEN
SET = PARTIES | {"dan"}
LEADS = frozenset({"lead", "chief"})
CONVENORS = frozenset({"convenor", "chief"})
NOBODY: frozenset[str] = frozenset()

Who = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Who knows of it, whose it is in which sense, and who reads which word of it where it is shown."""

    noun: str
    id: str
    known: Who
    whose: dict[str, Who] = field(default_factory=dict)
    words: dict[str, Who] = field(default_factory=dict)
    history: dict[str, Who] = field(default_factory=dict)
    """The words its history holds, and who reads them there."""


LINK = {"type": "link", "url": "https://example.org/"}
DUE = "2035-01-01"


async def made(person: Person, path: str, body: dict[str, Any]) -> str:
    """Something new, and its id."""
    id: str = (await done(person.post(path, body), 201))["id"]
    return id


async def everything(network: Network) -> dict[str, Thing]:
    """The whole network: one thing of each kind, by what people would call it."""
    for name, roles in PEOPLE.items():
        await network.welcome(name, *roles)
    gone = await network.welcome("gone")
    await network.house.directors.leave(gone.id, call=Call(by=gone.id))  # type: ignore[arg-type]
    network.people["stranger"] = network.nobody
    things = await problems(network.ann)
    things |= await meeting(network)
    things |= await promises(network, things["a set"].id)
    things |= await looked_at(network, things["a commitment the network may read"].id)
    return things | await people(network)


async def people(network: Network) -> dict[str, Thing]:
    """The directory, and what opens a door."""
    said = {
        "name": "Aardvarkherd",
        "email": "dugongherd@example.org",
        "offers": {"topics": ["capybaraherd"], "text": "Bandicoot"},
    }
    await done(network.ann.says("PATCH", "/v1/me", said))
    await done(network.ann.post("/v1/me/avoid", {"director": str(network.cat.id), "reason": "Echidnaherd"}))
    assert network.ann.id
    spare = await network.house.tokens.issue(network.ann.id, now=network.house.clock(), issued_via="init")
    begun = await network.house.access.sessions.begin(network.ann.id, how="e-mail", now=network.house.clock())
    shown = dict.fromkeys(("aardvarkherd", "bandicoot", "capybaraherd"), DIRECTORY)
    return {
        "a director": Thing(
            noun="directors", id=str(network.ann.id), known=DIRECTORY | {"guest"}, whose={}, words=shown
        ),
        "a token": Thing(noun="me/tokens", id=str(spare.token.id), known=ANN, whose={"its owner": ANN}),
        "a session": Thing(noun="me/sessions", id=str(begun.session.id), known=ANN, whose={"its owner": ANN}),
    }


async def problems(ann: Person) -> dict[str, Thing]:
    """What Ann is stuck on, in every tier; two of them are picked up by her set."""

    async def stuck(tier: str, known: Who, words: dict[str, Who], **said: Any) -> Thing:
        id = await made(ann, "/v1/problems", {"tier": tier, **said})
        helpers = ANN if tier == "private" else SET
        whose = {"its author": ANN, "its author, or the set that picked it up": helpers}
        return Thing(noun="problems", id=id, known=known, whose=whose, words=words)

    readers = NETWORK | {"clerk", "guest"}  # of whom the policy refuses the last two
    inner = {"kakapoherd": SET, "lemmingherd": SET}
    found = {
        "a private problem": await stuck("private", ANN, {"flamingoherd": ANN}, title="Flamingoherd"),
        "a problem for the set": await stuck(
            "set", SET, {"gerenukherd": SET, "hoatzinherd": SET}, title="Gerenukherd", text="Hoatzinherd"
        ),
        "a problem shared with the network": await stuck(
            "network", readers, {"jerboaherd": NETWORK, **inner}, title="Jerboaherd"
        ),
        "an open problem": await stuck("open", EVERYBODY, {"margayherd": EVERYBODY}, title="Margayherd"),
    }
    shared = f"/v1/problems/{found['a problem shared with the network'].id}"
    await done(ann.post(f"{shared}/blockers", {"text": "Kakapoherd"}))
    await done(ann.post(f"{shared}/assumptions", {"text": "Lemmingherd"}))
    return found


async def meeting(network: Network) -> dict[str, Thing]:
    """A round that puts Ann, Ben and Dan together, and what they and everybody talk about."""
    round_id = await made(network.convenor, "/v1/rounds", {"kind": "trio", "rules": {"common_slots": 0}})
    path = f"/v1/rounds/{round_id}"
    for name in sorted(SET):
        await done(network.people[name].post(f"{path}/opt-in", {}))
    await done(network.convenor.post(f"{path}/close", {}))
    await done(network.convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(round_id))
    await done(network.convenor.post(f"{path}/publish", {}))
    [mine] = (await done(network.ann.get("/v1/sets")))["items"]
    assert {network.people[name].id for name in SET} == {UUID(id) for id in mine["members"]}
    for name in sorted(SET):
        await done(network.people[name].post(f"/v1/sets/{mine['id']}/accept", {}))
    when = {"starts_at": "2026-03-02T09:00:00Z"}
    theirs = {"format": "set_meeting", "title": "Narwhalherd", "set": mine["id"], **when}
    of_all = {"format": "breakfast_call", "title": "Ocelotherd", **when}
    convened = {"whoever convened it": ANN, "its contributors": ANN}
    of_set, of_everybody = [await made(network.ann, "/v1/conversations", said) for said in (theirs, of_all)]
    inside = (("topics", "Numbatherd"), ("reflections", "Olingoherd"), ("seeds", "Pademelon"), ("write-up", "Quetzal"))
    outside = (
        ("topics", "Rhebokherd"),
        ("reflections", "Saigaherd"),
        ("seeds", "Tenrec"),
        ("write-up", "Tapirherd"),
    )
    await talked(network.ann, f"/v1/conversations/{of_set}", inside)
    await talked(network.ann, f"/v1/conversations/{of_everybody}", outside)
    return {
        "a round": Thing(noun="rounds", id=round_id, known=EVERYBODY),
        "a set": Thing(
            noun="sets",
            id=mine["id"],
            known=SET | CONVENORS,
            whose={"whoever was invited": SET, "its members": SET},
        ),
        "a conversation of a set": Thing(
            noun="conversations",
            id=of_set,
            known=SET,
            whose={**convened, "whoever convened it, or its set": SET, "whoever takes part": SET},
            words={**dict.fromkeys(("narwhalherd", "numbatherd", "olingoherd", "pademelon"), SET), "quetzal": ANN},
        ),
        "a conversation of everybody": Thing(
            noun="conversations",
            id=of_everybody,
            known=EVERYBODY,
            whose={**convened, "whoever convened it, or its set": ANN, "whoever takes part": ANN},
            words={**dict.fromkeys(("ocelotherd", "rhebokherd", "saigaherd", "tenrec"), NETWORK), "tapirherd": ANN},
        ),
    }


async def talked(ann: Person, path: str, said: tuple[tuple[str, str], ...]) -> None:
    """A topic, that it was held, and what was said of it afterwards."""
    (_, topic), *rest = said
    await done(ann.post(f"{path}/topics", {"title": topic}))
    await done(ann.post(f"{path}/held", {}))
    for what, text in rest:
        await done(ann.post(f"{path}/{what}", {"text": text}))


def promised(id: str, known: Who, words: dict[str, Who], **more: Any) -> Thing:
    """A commitment that Ann promised Ben; where nothing stands to be answered, either may try."""
    whose = {
        "its performer": ANN,
        "its beneficiary": BEN,
        "either party": PARTIES,
        "the party that is asked": PARTIES,
        "the party that is asked, or whoever it is offered to": PARTIES,
        "the party asked for other terms": PARTIES,
        "the party that proposed it": PARTIES,
    } | more.pop("whose", {})
    told = dict.fromkeys(["aardvarkherd", *words, *more.pop("told", ())], whose["either party"])
    return Thing(noun="commitments", id=id, known=known, whose=whose, words=words, history=told)


async def promises(network: Network, set_id: str) -> dict[str, Thing]:
    """What Ann promised Ben, in every tier, and what is still to be answered."""
    ann, ben = network.ann, network.ben
    pledge = {"kind": "pledge", "due": DUE, "beneficiary": str(ben.id), "origin": LINK}
    from_set = {"type": "set", "id": set_id}

    async def pledged(**said: Any) -> str:
        return await made(ann, "/v1/commitments", {**pledge, **said})

    shared = await pledged(what="Pangolinherd")
    await done(ann.post(f"/v1/commitments/{shared}/take-action", {"what": "Quokkaherd"}))
    await done(ann.post(f"/v1/commitments/{shared}/declare-done", {"no_evidence_because": "Quoll"}))
    await done(ben.post(f"/v1/commitments/{shared}/send-back", {"why": "Raccoonherd"}))
    opened = await pledged(what="Zorillaherd")
    for each in (ann, ben):
        await done(each.post(f"/v1/commitments/{opened}/widen", {"tier": "open"}))
    narrowed = await pledged(what="Umbrellabird", conditions="Veery", origin=from_set)
    await done(ben.post(f"/v1/commitments/{narrowed}/narrow", {}))
    renegotiated = await pledged(what="Wallaroo")
    await done(ann.post(f"/v1/commitments/{renegotiated}/propose-terms", {"due": "2036-01-01", "why": "Yapok"}))
    asked = {"kind": "request", "what": "Xerusherd", "due": DUE, "performer": str(ben.id), "origin": LINK}
    offer = {"kind": "offer", "what": "Zorse", "due": DUE, "origin": LINK}
    all_but_ann = EVERYBODY - ANN
    to_ben = {
        "the party that is asked": BEN,
        "the party that is asked, or whoever it is offered to": BEN,
        "the party that proposed it": ANN,
    }
    readers = NETWORK | {"clerk", "guest"}
    return {
        "a commitment the network may read": promised(
            shared, readers, {"pangolinherd": NETWORK, "quokkaherd": NETWORK, "quoll": NETWORK}, told=("raccoonherd",)
        ),
        "a narrowed commitment": promised(narrowed, SET | LEADS, {"umbrellabird": SET, "veery": SET}),
        "a commitment among two": promised(
            await pledged(what="Tamarinherd", tier="set"), PARTIES | LEADS, {"tamarinherd": PARTIES}
        ),
        "an open commitment": promised(opened, EVERYBODY, {"zorillaherd": EVERYBODY}),
        "a commitment with other terms proposed": promised(
            renegotiated,
            readers,
            {"wallaroo": NETWORK, "yapok": NETWORK},
            whose={"the party asked for other terms": BEN},
        ),
        "a request to be answered": promised(
            await made(ann, "/v1/commitments", asked),
            readers,
            {"xerusherd": NETWORK},
            whose={**to_ben, "its performer": BEN, "its beneficiary": ANN},
        ),
        "an offer to the network": promised(
            await made(ann, "/v1/commitments", offer),
            readers,
            {"zorse": NETWORK},
            whose={
                "its beneficiary": NOBODY,
                "either party": ANN,
                "the party that is asked": NOBODY,
                "the party asked for other terms": ANN,
                "the party that proposed it": ANN,
                "the party that is asked, or whoever it is offered to": all_but_ann,
            },
        ),
    }


async def looked_at(network: Network, commitment: str) -> dict[str, Thing]:
    """What the lead inspects: one commitment, which Ben contests, one director, and one that is closed."""
    inspected = await made(network.lead, "/v1/inspections", {"purpose": "Axolotlherd", "commitment": commitment})
    await done(network.ben.post(f"/v1/inspections/{inspected}/contest", {"why": "Babirusaherd"}))
    person = await made(network.lead, "/v1/inspections", {"purpose": "Caracal", "director": str(network.ann.id)})
    await done(network.lead.get(f"/v1/inspections/{person}/history"))  # from then on it concerns Ben as well
    closed = await made(network.lead, "/v1/inspections", {"purpose": "Dhole", "director": str(network.ann.id)})
    await done(network.lead.post(f"/v1/inspections/{closed}/close", {}))
    lead = frozenset({"lead"})

    def inspection(id: str, about: Who, words: tuple[str, ...], **more: Any) -> Thing:
        known = lead | about
        whose = {"whoever opened it": lead, "whoever opened it, until it is closed": lead, "those it is about": about}
        return Thing(
            noun="inspections",
            id=id,
            known=known,
            whose=whose | more.pop("whose", {}),
            words=dict.fromkeys(words, known),
            history=dict.fromkeys(more.pop("told", ()), lead),
        )

    told = ("aardvarkherd", "pangolinherd", "quokkaherd", "quoll", "raccoonherd")
    others = ("zorillaherd", "wallaroo", "yapok", "xerusherd", "zorse")
    no_more = {"whoever opened it, until it is closed": NOBODY}
    return {
        "an inspection of a commitment": inspection(inspected, PARTIES, ("axolotlherd", "babirusaherd"), told=told),
        "an inspection of a director": inspection(person, PARTIES, ("caracal",), told=(*told, *others)),
        "a closed inspection": inspection(closed, ANN, ("dhole",), whose=no_more),
    }

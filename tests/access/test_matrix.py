"""Role, route, ownership and tier, cell by cell: every route is asked about every kind of thing by everybody, over a
real server, and what comes back is compared with the rulebook: the status, and every word that is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from service.access.policy import POLICY, Audience, allows, is_member
from service.access.whose import KNOWN, WHOSE, described
from tests.access.things import NOBODY, PEOPLE, STRANGERS, Thing, Who, everything
from tests.access.written import written
from tests.api.conftest import Answer, Network, running

DOCUMENT = Path(__file__).parents[2] / "docs" / "rulebook.md"
PASSED = {400, 422}  # let in, and told that what was sent on purpose makes no sense
OPENS_NOTHING = {401, 429}  # a token that opens nothing; 429 once it was shown too often
DOORS = ("/v1/me/tokens/{id}", "/v1/me/sessions/{id}")
NO_KEY = {"Idempotency-Key": "not a key"}
LISTS = {noun: f"/v1/{noun}" for noun in ("problems", "conversations", "commitments", "goals", "write-ups", "notes")}
OPEN = ("problems", "commitments", "goals", "write-ups")  # nouns of which some are for anybody
ROUTES = list(POLICY)


class Cell(NamedTuple):
    """What one person is to hear of one thing at one route."""

    status: set[int]
    words: Who = NOBODY


def roles_of(name: str) -> frozenset[str] | None:
    """None is nobody, or somebody whose token opens nothing."""
    return None if name in STRANGERS else frozenset(PEOPLE[name])


def about_one(method: str, path: str, audience: Audience, thing: Thing, name: str) -> Cell:
    """The rulebook: 401, then 404 for what they may not know of, then 403 for what is not theirs."""
    roles = roles_of(name)
    if name == "gone":
        return Cell(OPENS_NOTHING)
    if roles is None and audience != "open":
        return Cell({401})
    knows, theirs = name in thing.known, name in whose(method, path, thing)
    if audience == "open" and (roles is None or not is_member(roles)):
        if "stranger" in thing.known:
            return Cell({200}, read(thing.words, name))
        return Cell({401} if roles is None else {403})
    if not allows(audience, roles):
        return Cell({403} if knows or theirs or not looks_first(method, path) else {404})
    if not theirs:
        return Cell({403} if knows else {404})
    if path in DOORS:
        return Cell({204})
    if method != "GET":
        return Cell(PASSED)
    return Cell({200}, read(thing.history if path.endswith("/history") else thing.words, name))


def looks_first(method: str, path: str) -> bool:
    """Whether it is looked for before anybody is told that the route is not for them: everywhere but where it is only
    shown."""
    return (
        method != "GET"
        or path.endswith(("/history", "/proposal", "/proposal/sets", "/comparison", "/progress"))
        or path == "/v1/directors/{id}"
    )


def whose(method: str, path: str, thing: Thing) -> Who:
    """For whom it is, of those who may ask."""
    said = WHOSE[method, path]
    return thing.known if said == "whoever knows of it" else thing.whose.get(said, NOBODY)


def read(words: dict[str, Who], name: str) -> Who:
    return frozenset(word for word, readers in words.items() if name in readers)


NOTHING = Thing(noun="", id="0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77", known=NOBODY)


def at_large(method: str, audience: Audience, name: str) -> Cell:
    """What concerns no one thing: the role alone decides."""
    if audience == "anyone":
        return Cell({200})
    roles = roles_of(name)
    if audience == "open" and name != "gone":
        return Cell({200, *PASSED})
    if roles is None:
        return Cell(OPENS_NOTHING if name == "gone" else {401})
    if not allows(audience, roles):
        return Cell({403})
    return Cell(PASSED if method != "GET" else {200, *PASSED})


def cells(things: dict[str, Thing]) -> Iterator[tuple[str, str, str, Thing, str, Cell]]:
    """Every cell: the route, of what, who asks, and what they are to hear. Whose it is asks last."""
    names = [*STRANGERS, *reversed(PEOPLE)]
    for (method, path), audience in POLICY.items():
        if "{secret}" in path:
            continue  # opens to whoever knows the secret: see tests/api/test_feeds.py
        if "{id}" not in path:
            for name in names:
                yield method, path, "", NOTHING, name, at_large(method, audience, name)
            continue
        of = {what: thing for what, thing in things.items() if path.startswith(f"/v1/{thing.noun}/{{id}}")}
        for what, thing in {"nothing that there is": NOTHING, **of}.items():
            for name in names:
                yield method, path, what, thing, name, about_one(method, path, audience, thing, name)


async def asks(network: Network, method: str, path: str, id: str, name: str) -> Answer:
    """A command is sent with a header that makes no sense, so that whoever is let in changes nothing."""
    headers = {} if method == "GET" or path in DOORS else NO_KEY
    address = path.replace("{id}", id) + ("?of=promised" if path.endswith("/achieved/events") else "")
    return await network.people[name].says(method, address, headers=headers)


def seen_in(answer: Answer, words: set[str]) -> Who:
    text = answer.raw.decode().lower()
    return frozenset(word for word in words if word in text)


def hears_of(thing: Thing, name: str) -> bool:
    """Whether an answer about something else may name it. Whose an open problem is, is open too."""
    if thing.noun == "directors" or ("stranger" in thing.known and thing.noun in OPEN):
        return True
    roles = roles_of(name)
    of_the_network = roles is not None and is_member(roles)
    return name in thing.known and (of_the_network or thing.noun in ("inspections", "me/tokens"))


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", match_seconds=0.1, issue_tokens=True) as network:
        yield network


async def test_every_cell_of_the_matrix_is_as_the_rulebook_says(network):
    things = await everything(network) | await written(network)
    readers: dict[str, set[str]] = {}
    for thing in things.values():
        for word, names in [*thing.words.items(), *thing.history.items()]:
            readers.setdefault(word, set()).update(names)
    wrong, strays, counted = [], [], 0
    for method, path, what, thing, name, expected in cells(things):
        answer = await asks(network, method, path, thing.id, name)
        seen = seen_in(answer, set(readers))
        strays += [
            f"{name}: {method} {path} of {what or 'all'} names {kind}"
            for kind, each in things.items()
            if each.id in answer.raw.decode() and each is not thing and not hears_of(each, name)
        ]
        if not what:  # lists, one's own page and the like: whatever of all this is for them, and nothing else
            whoever = "stranger" if name == "gone" else name
            allowed = frozenset(word for word, names in readers.items() if whoever in names)
            right = answer.status in expected.status and seen <= allowed
        else:
            right = answer.status in expected.status and seen == expected.words
        if not right:
            told = f"{answer.status} {sorted(seen)}, not {sorted(expected.status)} {sorted(expected.words)}"
            wrong.append(f"{name}: {method} {path} of {what or 'all'} is {told}")
        counted += 1
    print(
        f"{counted} cells: {len(POLICY)} routes, {len(things)} kinds of things, {len(PEOPLE) + len(STRANGERS)} people"
    )
    assert not wrong, f"{len(wrong)} of {counted}:\n" + "\n".join(wrong)
    assert not strays, "they may not even know that there is such a thing:\n" + "\n".join(strays)
    assert counted > 5000


async def test_lists_hold_what_their_things_show_and_nothing_else(network):
    things = await everything(network) | await written(network)
    for name in PEOPLE:
        for noun, path in LISTS.items():
            answer = await network.people[name].get(f"{path}?limit=200")
            of = [thing for thing in things.values() if thing.noun == noun]
            expected = frozenset(word for thing in of for word in read(thing.words, name))
            if answer.status == 403:
                assert not is_member(frozenset(PEOPLE[name]))
                expected = NOBODY
            words = {word for thing in of for word in thing.words}
            assert seen_in(answer, words) == expected, (name, path)


def test_every_route_about_one_thing_says_whose_it_is():
    missing = [f"{method} {path}" for method, path in POLICY if "{" in path and (method, path) not in WHOSE]
    assert not missing, f"say in service/access/whose.py whose these are: {', '.join(missing)}"
    assert not WHOSE.keys() - POLICY.keys()


def test_the_rulebook_in_the_documents_is_this_one():
    assert DOCUMENT.read_text().splitlines() == list(described()), "docs/rulebook.md is out of date: run `make fix`"
    assert len({known.what for known in KNOWN}) == len(KNOWN)

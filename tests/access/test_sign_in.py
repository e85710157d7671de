"""Signing in by e-mail: the same answer for everybody, a link for whoever is known, and not too often."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from service.access.limits import ASKING, LINKS_FROM_ONE_PLACE, LINKS_TO_ONE_ADDRESS
from service.access.links import UNKNOWN
from service.access.sign_in import SignIn
from service.domain.refusals import Refused
from tests.access.conftest import NOW

ANN = uuid4()
OURS = "https://unstuck.example.org"


class Door:
    """Signing in to a network of one, and the letters that were sent."""

    def __init__(self, access):
        self.access = access
        self.letters = []
        self.has_left = False
        self.fails = False
        self.sign_in = SignIn(access, self.roles_of, self.deliver)

    async def roles_of(self, id):
        return None if self.has_left or id != ANN else frozenset()

    async def deliver(self, address, link):
        if self.fails:
            raise OSError(f"cannot write to {address}: {link}")
        self.letters.append((address, link))

    def ask(self, email="ann@example.org", place="192.0.2.1", now=NOW):
        return self.sign_in.ask(email, of=OURS, place=place, now=now)

    async def links(self):
        """What stands at the end of every link, once all letters have left."""
        await self.sign_in.close()
        return [link.removeprefix(f"{OURS}/sign-in/") for _, link in self.letters]


@pytest.fixture
async def door(access):
    await access.tokens.reserve("Ann@Example.org", ANN)
    return Door(access)


async def test_whoever_is_known_gets_a_link_that_signs_them_in(door):
    assert door.ask(" ANN@example.org ") is None
    [link] = await door.links()
    assert door.letters[0][0] == "ann@example.org"
    begun = await door.sign_in.use(link, instead_of=None, now=NOW)
    assert (begun.session.director, begun.session.how) == (ANN, "e-mail")
    assert await door.access.sessions.who(begun.text, NOW) == begun.session


async def test_whoever_is_not_known_hears_the_same_and_nothing_is_sent(door):
    assert door.ask("nobody@example.org") is None
    assert await door.links() == []


async def test_nothing_is_looked_up_before_whoever_asked_is_answered(door):
    looked = []
    find = door.access.tokens.find

    async def noted(email):
        looked.append(email)
        return await find(email)

    door.access.tokens.find = noted
    for email in ("ann@example.org", "nobody@example.org"):
        assert door.ask(email) is None
    assert looked == []
    await door.links()
    assert looked == ["ann@example.org", "nobody@example.org"]


async def test_a_letter_goes_to_the_address_that_was_looked_up_and_to_no_look_alike(door):
    await door.access.tokens.reserve("kate@example.org", ANN)
    door.ask("\u212aate@example.org")  # the Kelvin sign, which is a k in small letters
    await door.links()
    assert [address for address, _ in door.letters] == ["kate@example.org"]


async def test_whoever_has_left_gets_no_link_and_an_old_one_lets_them_in_no_more(door):
    door.ask()
    [link] = await door.links()
    door.has_left = True
    door.ask()
    assert await door.links() == [link]
    with pytest.raises(Refused, match=UNKNOWN[:20]):
        await door.sign_in.use(link, instead_of=None, now=NOW)


async def test_one_address_is_written_to_so_often_and_then_whoever_asks_waits(door):
    asked = [door.ask(place=f"192.0.2.{n}") for n in range(LINKS_TO_ONE_ADDRESS + 2)]
    assert asked[:LINKS_TO_ONE_ADDRESS] == [None] * LINKS_TO_ONE_ADDRESS
    assert [wait.seconds for wait in asked[LINKS_TO_ONE_ADDRESS:]] == [900, 900]
    links = await door.links()
    assert len(links) == LINKS_TO_ONE_ADDRESS
    assert await door.sign_in.use(links[0], instead_of=None, now=NOW), "nobody is locked out by others who ask"
    assert door.ask(now=NOW + ASKING) is None


async def test_an_unknown_address_waits_as_a_known_one_does(door):
    known = [door.ask() for _ in range(7)]
    unknown = [door.ask("nobody@example.org", place="192.0.2.2") for _ in range(7)]
    assert known == unknown


async def test_from_one_place_so_many_are_asked_for_whoever_they_are_for(door):
    asked = [door.ask(f"{n}@example.org") for n in range(LINKS_FROM_ONE_PLACE + 1)]
    assert asked[:-1] == [None] * LINKS_FROM_ONE_PLACE
    assert asked[-1].seconds == ASKING // timedelta(seconds=1)
    assert door.ask(place="192.0.2.2") is None


async def test_a_letter_that_does_not_leave_is_told_to_the_log_without_its_words(door, capsys):
    door.fails = True
    assert door.ask() is None
    await door.links()
    said = capsys.readouterr().out
    assert "a sign-in link was not sent" in said
    assert "OSError" in said
    assert "ann@" not in said
    assert "/sign-in/" not in said


async def test_letters_on_their_way_arrive_before_the_service_stops(door):
    arrived = asyncio.Event()

    async def slowly(address, link):
        await asyncio.sleep(0)
        arrived.set()

    sign_in = SignIn(door.access, door.roles_of, slowly)
    sign_in.ask("ann@example.org", of=OURS, place=None, now=NOW)
    await sign_in.close()
    assert arrived.is_set()


async def test_where_no_letter_can_be_sent_it_says_so(door):
    assert door.sign_in.sends_links
    assert not SignIn(door.access, door.roles_of, None).sends_links

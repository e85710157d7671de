"""The whole story by browser: stuck, matched, promised, renegotiated, done, confirmed, inspected, and seen to be."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.network import Network, begun
from tests.service_process import SOON

DUE, LATER = ((datetime.now(UTC) + timedelta(days=days)).date() for days in (20, 40))
WAYS: dict[str, tuple[Callable[[Page], Hands], dict[str, bool]]] = {
    "with a mouse": (Mouse, {}),
    "by keyboard alone": (Keyboard, {}),
    "without JavaScript": (Mouse, {"java_script_enabled": False}),
}


SETS = {
    "with a mouse": ("Ann Ahmed", "Ben Brück", "Cat Chaudhry", "Dan Ødegård"),
    "by keyboard alone": ("Eve Eze", "Fay Fernández", "Gil Gürsoy", "Hal Hughes"),
    "without JavaScript": ("Ian Ito", "Joy Jørgensen", "Kim Kowalczyk", "Lou López"),
}
CONVENOR, LEAD = "Connie Venor", "Lea Drill"


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Iterator[Network]:
    with begun(tmp_path_factory.mktemp("network") / "data") as network:
        for number, name in enumerate((*chain(*SETS.values()), CONVENOR, LEAD)):
            network.welcome(name, f"Department {number}")
        yield network


@pytest.mark.parametrize("way", WAYS)
def test_a_problem_becomes_a_promise_that_is_kept_and_accounted_for(network: Network, browser: Browser, way: str):
    kind, how = WAYS[way]
    people = {name: kind(network.browser_of(browser, name, **how)) for name in (*SETS[way], CONVENOR, LEAD)}
    four = [people[name] for name in SETS[way]]
    asks, promises = SETS[way][:2]
    try:
        stuck = register_a_problem(people[asks], "Nobody owns the data")
        run_a_round(people[CONVENOR], four)
        promise = make_a_promise(people[asks], people[promises], promises)
        keep_it(people[asks], people[promises], promise)
        inspect(people[LEAD], promise, promises)
        people[promises].page.goto(network.service.address + "/")
        people[promises].press("1 inspection in the last 30 days: see who, when and why", "link")
        expect(people[promises].page.get_by_text("How long do promises take?").first).to_be_visible()
        people[asks].page.goto(stuck)
        expect(people[asks].page.get_by_text("Being worked on")).to_be_visible()
    finally:
        for hands in people.values():
            hands.page.context.close()


def register_a_problem(asks: Hands, title: str) -> str:
    """One sentence is enough. Answers where it is found."""
    asks.press("I’m stuck on something", "button")
    asks.fill("What are you stuck on?", title)
    asks.press("Write it down")
    expect(asks.page.get_by_role("heading", name=title)).to_be_visible()
    return asks.page.url


def run_a_round(convenor: Hands, four: list[Hands]) -> None:
    """Opened, joined, closed, answered, published; then all four say yes, with one click each."""
    convenor.press("Rounds", "link")
    convenor.press("Open a round")
    convenor.fill("For how many rounds are people who met kept apart?", "0")
    convenor.press("Open the round")
    desk = convenor.page.url
    for each in four:
        each.page.goto(desk.removesuffix("/desk"))
        each.press("Join this round")
        expect(each.page.get_by_text("You are in.", exact=False).first).to_be_visible()
    convenor.page.goto(desk)
    expect(convenor.page.get_by_text("4 directors are in.")).to_be_visible()
    convenor.press("Close the round")
    await_the_proposal(convenor)
    convenor.press("Invite everybody to these sets")
    expect(convenor.page.get_by_text("0 accepted, 0 declined, 4 not answered yet.")).to_be_visible()
    for each in four:
        each.page.goto(desk.removesuffix("/desk"))
        each.press("See your set, and accept or decline", "link")
        expect(each.page.get_by_role("heading", name="Why you four")).to_be_visible()
        each.press("Accept")


def await_the_proposal(convenor: Hands) -> None:
    """Looks again until sets were found, as somebody would."""
    find = convenor.page.get_by_role("button", name="Find sets", exact=True)
    if find.count():
        convenor.press("Find sets")
    ready = convenor.page.get_by_role("button", name="Invite everybody to these sets")
    given_up = monotonic() + SOON
    while monotonic() < given_up:
        if ready.count():
            return
        convenor.page.wait_for_timeout(1_000)
        convenor.page.reload()
    raise AssertionError("no proposal came")


def make_a_promise(asks: Hands, promises: Hands, name: str) -> str:
    """One asks, the other promises, needs longer, and the first agrees. Answers where the promise is found."""
    asks.page.reload()
    asks.press("Ask, offer or promise something")
    asks.press("Ask somebody for something", "link")
    asks.fill("What are you asking for?", "Send us the data agreement")
    asks.pick("Who are you asking?", option_of(asks, name))
    say_when(asks, DUE)
    asks.press("Ask")
    promise = asks.page.url
    promises.page.goto(promise)
    promises.press("Promise it")
    promises.press("Propose another date or conditions", "link")
    say_when(promises, LATER)
    promises.fill("Why? (optional)", "The board meets only then")
    promises.press("Propose it")
    asks.page.goto(promise)
    expect(asks.page.get_by_text(in_words(DUE), exact=False).first).to_be_visible()
    expect(asks.page.get_by_text(in_words(LATER), exact=False).first).to_be_visible()
    asks.press("Agree to the new terms")
    return promise


def option_of(hands: Hands, name: str) -> str:
    """How a list calls somebody."""
    return hands.page.get_by_role("option").filter(has_text=name).inner_text()


def say_when(hands: Hands, due: date) -> None:
    for label, number in (("Day", due.day), ("Month", due.month), ("Year", due.year)):
        hands.fill(label, str(number))


def in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def keep_it(asks: Hands, promises: Hands, promise: str) -> None:
    """The one acts and declares it done with what shows it; the other confirms."""
    promises.page.goto(promise)
    promises.press("Say what you have done", "link")
    promises.fill("What have you done?", "Drafted it with the lawyers")
    promises.press("Save")
    promises.press("Declare it done")
    promises.choose("A document")
    promises.fill("In your words (optional)", "Signed by both permanent secretaries")
    promises.press("It is done")
    asks.page.goto(promise)
    asks.press("Confirm that it is done")
    expect(asks.page.get_by_text("Kept", exact=True)).to_be_visible()


def inspect(lead: Hands, promise: str, name: str) -> None:
    """A lead reads what happened, for a purpose."""
    lead.page.goto(promise)
    lead.press("Open an inspection of it", "link")
    lead.fill("What for?", "How long do promises take?")
    lead.press("Open the inspection")
    expect(lead.page.get_by_text(f"asked {name}", exact=False).first).to_be_visible()
    expect(lead.page.get_by_text("said it was kept", exact=False).first).to_be_visible()

"""Notes and goals by browser: who reads what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.life import done

AHEAD = {"horizon-day": "27", "horizon-month": "3", "horizon-year": "2035"}


@pytest.fixture
async def lead(street):
    return await street.browser("lead")


async def thanked(street: Any, director: Any) -> Any:
    """The director thanks the lead; the page of the note."""
    page = await director.open(f"/notes/new?to={street.network.lead.id}")
    return await director.send(page, text="You asked the right question")


async def test_thanks_are_for_the_two_until_whoever_was_thanked_shares_them(street, director, lead):
    note = await thanked(street, director)
    convenor = await street.browser("convenor")
    assert "You asked the right question" in (await lead.open("/notes")).words
    assert (await convenor.open(note.path)).status == 404
    assert f"{note.path}/share" not in {form.action for form in note.forms}
    shared = await lead.send(await lead.open(note.path), f"{note.path}/share")
    assert "shared with every director" in shared.words
    assert "You asked the right question" in (await convenor.open("/notes")).words


async def test_whoever_wrote_a_note_takes_it_back(street, director, lead):
    note = await thanked(street, director)
    assert f"{note.path}/withdraw" not in {form.action for form in (await lead.open(note.path)).forms}
    assert "You have taken it back" in (await director.send(note, f"{note.path}/withdraw")).words
    assert (await lead.open(note.path)).status == 404


async def test_a_postcard_says_when_it_is_to_be_read(street, director, lead):
    page = await director.open(f"/notes/new?to={street.network.lead.id}")
    refused = await director.send(page, text="Are you still stuck?", kind="postcard")
    assert refused.status == 422
    assert {"#deliver_at", "#deliver_at-day"} & set(refused.links)
    day = {"deliver_at-day": "2", "deliver_at-month": "3", "deliver_at-year": "2035", "deliver_at-time": "9am"}
    sent = await director.send(refused, **day)
    assert "It can be read from" in sent.words
    assert (await lead.open(sent.path)).status == 404


async def adopted(director: Any) -> Any:
    """A question the director has adopted; its page."""
    return await director.send(await director.open("/goals/new"), question="How do we keep people?", **AHEAD)


async def test_a_question_is_adopted_by_anybody_and_read_by_everybody(director, nobody):
    goal = await adopted(director)
    assert "How do we keep people?" in (await nobody.open("/goals")).words
    theirs = await nobody.open(goal.path)
    assert "27 March 2035" in theirs.words
    assert not {f"{goal.path}/review", f"{goal.path}/retiring"} & set(theirs.links)
    assert (await nobody.open("/goals/new")).path.startswith("/sign-in")


async def test_a_question_without_a_day_is_asked_for_one(director):
    refused = await director.send(await director.open("/goals/new"), question="How do we keep people?")
    assert refused.status == 422
    assert {"#horizon", "#horizon-day"} & set(refused.links)


async def test_anybody_says_how_it_goes_and_plans_something_and_only_whoever_adopted_it_sets_it_aside(director, lead):
    path = (await adopted(director)).path
    said = await lead.send(await lead.open(f"{path}/review"), narrative="Fewer leave")
    assert "Fewer leave" in said.words
    planned = await lead.send(
        await lead.open(f"{path}/activities"), what="A call a month", planned="12", format="breakfast_call"
    )
    assert "12 conversations planned" in planned.words
    assert f"{path}/retiring" not in planned.links
    form = (await director.open(f"{path}/retiring")).form(f"{path}/retire")
    assert (await lead.post(form.action, form.fields)).status == 403
    assert "Set aside" in (await director.send(await director.open(f"{path}/retiring"), f"{path}/retire")).words


async def test_what_was_kept_bears_on_a_question_as_its_parties_say(street, director, lead):
    path = (await adopted(director)).path
    assert "None of your promises has been kept" in (await director.open(f"{path}/link")).words
    link = {"type": "link", "url": "https://example.org/"}
    about = {"kind": "pledge", "what": "Ask leavers why", "due": "2035-01-01", "origin": link}
    made = await done(street.network.director.post("/v1/commitments", about), 201)
    for command, said in (("declare-done", {"no_evidence_because": "told"}), ("confirm", {})):
        await done(street.network.director.post(f"/v1/commitments/{made['id']}/{command}", said))
    linked = await director.send(await director.open(f"{path}/link"), commitment=made["id"])
    assert "Ask leavers why" in linked.words
    assert f"{path}/unlink" not in {form.action for form in (await lead.open(path)).forms}
    assert "Ask leavers why" not in (await director.send(linked, f"{path}/unlink")).words


async def test_many_notes_are_read_a_page_at_a_time(street, director, lead):
    """Beside the others the latest five; all of them, twenty at a time, on a page of their own."""
    network = street.network
    for number in range(23):
        said = {"kind": "thanks", "to": str(network.lead.id), "text": f"Thanks number {number}."}
        await done(network.director.post("/v1/notes", said), 201)
    page = await lead.open("/notes")
    assert [f"number {number}." in page.words for number in (22, 18, 17)] == [True, True, False]
    assert "See all 23" in page.words
    latest = await lead.open("/notes/to-me")
    assert [f"number {number}." in latest.words for number in (22, 3, 2)] == [True, True, False]
    [onward] = [link for link in latest.links if "cursor=" in link]
    assert "number 2." in (await lead.open(onward)).words
    assert (await lead.open("/notes/shared?cursor=x")).status == 200
    assert "number 22." not in (await lead.open("/notes/from-me")).words
    assert "number 22." in (await director.open("/notes/from-me")).words

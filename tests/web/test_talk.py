"""Talking by browser: topics, dots, rooms, what stayed with people, and the write-up that goes out when all agree."""

from __future__ import annotations

from typing import Any

import pytest

from tests.life import done


@pytest.fixture
async def lead(street):
    return await street.browser("lead")


async def called(street: Any, **said: Any) -> str:
    """A breakfast call that the director has called; its address."""
    about = {"format": "breakfast_call", "title": "Breakfast", "starts_at": "2026-01-01T08:30:00Z", **said}
    made = await done(street.network.director.post("/v1/conversations", about), 201)
    return f"/conversations/{made['id']}"


async def said(browser: Any, path: str, **words: str) -> Any:
    """One form of a page, filled in and sent."""
    return await browser.send(await browser.open(path), path, **words)


async def test_anybody_proposes_a_topic_and_takes_back_their_own(street, director, lead):
    path = await called(street)
    proposed = await said(lead, f"{path}/topics", title="Paying twice", text="How do we stop?")
    assert "Paying twice" in proposed.words
    assert f"{path}/withdraw-topic" not in {form.action for form in (await director.open(path)).forms}
    assert "Paying twice" not in (await lead.send(proposed, f"{path}/withdraw-topic")).words


async def test_dots_are_put_and_moved_and_only_whoever_called_it_opens_and_closes_the_vote(street, director, lead):
    path = await called(street)
    for title in ("Paying twice", "Losing people"):
        await said(lead, f"{path}/topics", title=title)
    assert (await lead.open(f"{path}/voting/open")).status == 403
    assert "There is no vote open" in (await lead.open(f"{path}/ballot")).words
    opened = await said(director, f"{path}/voting/open", budget="2")
    assert "You have 2 dots to put" in opened.words
    ballot = await lead.open(f"{path}/ballot")
    fields = [name for name in ballot.form(f"{path}/ballot").fields if name.startswith("dots-")]
    too_many = await lead.send(ballot, f"{path}/ballot", **dict.fromkeys(fields, "2"))
    assert too_many.status == 422
    assert "#dots" in too_many.links
    put = await lead.send(ballot, f"{path}/ballot", **{fields[1]: "2"})
    assert "You have put 2 of your 2 dots" in put.words
    assert "You have 2 dots to put" in (await director.open(path)).words, "nobody sees another's"
    closed = await said(director, f"{path}/voting/close", select="1")
    assert "Losing people Chosen" in closed.words
    assert "no totals are kept" in closed.words


async def test_whoever_signed_up_is_spread_over_rooms(street, director, lead):
    path = await called(street)
    for name in ("lead", "convenor"):
        await done(street.network.people[name].post(f"/v1{path}/sign-up", {}))
    assert (await lead.open(f"{path}/breakouts")).status == 403
    refused = await said(director, f"{path}/breakouts", rooms="50")
    assert refused.status == 409
    arranged = await said(director, f"{path}/breakouts", rooms="1")
    assert "Room 1" in arranged.words


async def test_what_stayed_and_what_began_is_said_by_those_who_took_part(street, director, lead):
    path = await called(street)
    await director.send(await director.open(path), f"{path}/held")
    assert (await lead.open(f"{path}/reflections")).status == 403
    assert "Whoever was there can" in (await lead.open(path)).words
    assert "I will ask sooner" in (await said(director, f"{path}/reflections", text="I will ask sooner")).words
    noted = await said(director, f"{path}/seeds", text="A shared list")
    assert "A shared list" in noted.words
    theirs = await lead.open(path)
    assert "I will ask sooner" in theirs.words


async def test_a_write_up_goes_out_when_all_agree_and_comes_back_when_one_objects(street, director, lead, nobody):
    path = await called(street)
    out = path.replace("conversations", "write-ups")
    await done(street.network.lead.post(f"/v1{path}/sign-up", {}))
    await director.send(await director.open(path), f"{path}/held")
    await said(lead, f"{path}/reflections", text="We were kind")
    drafted = await said(director, f"{path}/write-up", text="What we learned")
    assert "1 of 2 agree" in drafted.words
    assert f"{path}/publish" not in {form.action for form in drafted.forms}
    assert "What we learned" not in (await nobody.open(out)).words
    agreed = await lead.send(await lead.open(path), f"{path}/agree")
    published = await lead.send(agreed, f"{path}/publish")
    assert "anybody can read it" in published.words
    assert "What we learned" in (await nobody.open(out)).words
    assert "What we learned" in (await nobody.open("/write-ups")).words
    await said(lead, f"{path}/object")
    assert "What we learned" not in (await nobody.open("/write-ups")).words


async def test_a_conversation_may_be_one_of_a_series_and_lead_to_a_question(street, director, lead):
    page = await director.open("/conversations/new")
    when = {"starts_at-day": "2", "starts_at-month": "3", "starts_at-year": "2020", "starts_at-time": "9am"}
    told = {
        "title": "Call",
        "format": "breakfast_call",
        "mode": "virtual",
        "series": "Breakfasts",
        "host_event": "Fair",
    }
    made = await director.send(page, **when, **told)
    assert "Part of Breakfasts. At Fair." in made.words
    [question] = [link for link in (await lead.open(made.path)).links if link.startswith("/goals/new?conversation=")]
    day = {"horizon-day": "27", "horizon-month": "3", "horizon-year": "2035"}
    goal = await lead.send(await lead.open(question), question="What now?", **day)
    assert made.path in goal.links


async def test_what_has_been_can_be_found_again(street, director):
    path = await called(street)
    assert path in (await director.open("/conversations/been")).links
    assert "Nobody has said yet whether it took place" in (await director.open("/conversations/been")).words

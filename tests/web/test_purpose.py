"""Joining by agreeing to what the network is for; and challenging it, by browser."""

from __future__ import annotations

from typing import Any


async def stated(director: Any) -> Any:
    """The director says what the network is for."""
    return await director.send(await director.open("/purpose/state"), text="To help one another")


async def test_whoever_joins_agrees_and_says_two_things(street, director):
    await stated(director)
    lead = await street.browser("lead")
    assert "/welcome" in (await lead.open("/")).links
    welcome = await lead.open("/welcome")
    assert "To help one another" in welcome.words
    agreed = await lead.send(welcome, "/me/agree")
    assert (agreed.path, "You are in" in agreed.words) == ("/welcome/you", True)
    assert "Have you read what the network is for?" not in (await lead.open("/")).words
    assert "You have agreed to it." in (await lead.open("/purpose")).words


async def test_where_nobody_has_said_what_it_is_for_somebody_can(street, director, nobody):
    assert "You can be the first" in (await director.open("/purpose")).words
    assert "/purpose/state" not in (await nobody.open("/purpose")).links
    assert "To help one another" in (await stated(director)).words
    assert "It has been said" in (await director.open("/purpose/state")).words
    assert "To help one another" in (await nobody.open("/purpose")).words


async def test_it_is_challenged_and_put_otherwise_with_a_reason(street, director):
    await stated(director)
    lead = await street.browser("lead")
    challenged = await lead.send(await lead.open("/purpose/challenge"), text="And the public?")
    assert "And the public?" in challenged.words
    page = await lead.open("/purpose/revise")
    refused = await lead.send(page, text="To serve")
    assert refused.status == 422
    assert "#why" in refused.links
    revised = await lead.send(refused, why="The public was missing")
    assert "To serve" in revised.words
    assert "What was held against it" in revised.words
    late = await director.send(page, text="x", why="y")
    assert late.status in (403, 409)
    assert "reads otherwise since you agreed" not in (await director.open("/")).words
    assert "Have you read what the network is for?" in (await director.open("/")).words

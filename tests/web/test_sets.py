"""Sets by browser: the invitation with its three answers, and the set at work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.life import done


async def invited(street: Any, *names: str) -> str:
    """A round puts these people together; the address of their set."""
    network = street.network
    made = await done(network.convenor.post("/v1/rounds", {"kind": "pair", "rules": {"common_slots": 0}}), 201)
    path = f"/v1/rounds/{made['id']}"
    for name in names:
        await done(network.people[name].post(f"{path}/opt-in", {}))
    await done(network.convenor.post(f"{path}/close", {}))
    await done(network.convenor.post(f"{path}/propose", {}), 202)
    await network.house.workshop.wait(UUID(made["id"]))
    await done(network.convenor.post(f"{path}/publish", {}))
    [mine] = (await done(network.people[names[0]].get("/v1/sets")))["items"]
    return f"/sets/{mine['id']}"


async def test_an_invitation_is_answered_with_one_click_yes_no_or_not_now(street, director):
    page = await director.open(await invited(street, "director", "lead"))
    assert {form.action.rpartition("/")[2] for form in page.forms} == {"accept", "decline", "snooze"}
    after = await director.send(page, f"{page.path}/snooze")
    assert "nothing new comes for 30 days" in after.words
    assert "You are put into nothing new until the end of" in after.words
    assert "Why these" in after.words
    assert (await done(street.network.director.get("/v1/me")))["paused"]


async def test_nobody_answers_for_another(street, director):
    path = await invited(street, "director", "lead")
    convenor = await street.browser("convenor")
    looked_at = await convenor.open(path)
    assert not looked_at.forms
    assert "Why these two The set as a whole fits best this way" in looked_at.words
    for answer in ("accept", "decline", "snooze"):
        seen = await director.open(path)
        form = seen.form(f"{path}/{answer}")
        assert (await convenor.post(form.action, form.fields)).status == 403


async def test_a_role_somebody_has_taken_is_said_to_be_theirs(street, director):
    path = await invited(street, "director", "lead")
    lead = await street.browser("lead")
    for browser in (director, lead):
        await browser.send(await browser.open(path), f"{path}/accept")
    await director.send(await director.open(f"{path}/roles"), role="presenter")
    assert "Present director has taken it on." in (await lead.open(f"{path}/roles")).words
    assert "has taken it on" not in (await director.open(f"{path}/roles")).words

"""What is rarely wanted and still has its page: one's calendar, roles, and what leads may want looked at."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import ROLES, Person, running
from tests.life import done
from tests.web.conftest import Street


@pytest.fixture
async def administrator(street):
    return await street.browser("administrator")


async def test_the_address_of_a_calendar_is_shown_once_and_taken_back(director):
    page = await director.open("/me/calendar")
    assert "There is no address yet." in page.words
    form = page.form("/me/calendar/new")
    made = await director.post(form.action, form.fields)
    assert made.status == 200
    assert made.headers["Cache-Control"] == "no-store"
    [address] = [word for word in made.words.split() if word.endswith(".ics")]
    assert (await director.open(address.removeprefix(director.address))).status == 200
    again = await director.open("/me/calendar")
    assert ".ics" not in again.words
    taken = await director.send(again, "/me/calendar/stop")
    assert "opens nothing any more" in taken.words
    assert (await director.open(address.removeprefix(director.address))).status == 404


async def test_an_administrator_says_who_looks_after_what(street, administrator, director):
    path = f"/directors/{street.network.director.id}"
    assert f"{path}/roles" in (await administrator.open(path)).links
    assert "Convenor" in (await administrator.open(f"{path}/roles")).words
    await administrator.send(await administrator.open(f"{path}/roles"), roles=["convenor"])
    assert (await done(street.network.director.get("/v1/me")))["roles"] == ["convenor"]
    lead = f"/directors/{street.network.lead.id}/roles"
    assert (await director.open(lead)).status == 403


async def test_a_lead_is_told_how_many_promises_may_want_looking_at(street, director):
    lead = await street.browser("lead")
    assert "/reports/attention" in (await lead.open("/reports")).links
    assert "Past their date" in (await lead.open("/reports/attention")).words
    assert "/reports/attention" not in (await director.open("/reports")).links
    assert (await director.open("/reports/attention")).status == 403


async def test_an_administrator_brings_somebody_in(street, administrator, director):
    assert "/directors/new" in (await administrator.open("/")).links
    assert "/directors/new" in (await administrator.open("/directors")).links
    empty = await administrator.send(await administrator.open("/directors/new"))
    assert empty.status == 422
    page = await administrator.send(empty, name="Zoë Ní Dhómhnaill", organisation="HM Land Registry")
    assert page.path.startswith("/directors/")
    assert "They are in the network" in page.words
    assert "Zoë Ní Dhómhnaill" in (await director.open(page.path)).words
    assert (await director.open("/directors/new")).status == 403
    assert "/directors/new" not in (await director.open("/directors")).links


async def test_a_token_an_administrator_issued_is_shown_once_and_revoked_by_whom_it_is_for(tmp_path):
    async with running(tmp_path / "data", issue_tokens=True) as network:
        for name in ("administrator", "director"):
            await network.welcome(name, *ROLES[name])
        administrator, director = [await Street(network).browser(name) for name in ("administrator", "director")]
        path = f"/directors/{network.director.id}"
        assert f"{path}/token" in (await administrator.open(path)).links
        form = (await administrator.open(f"{path}/token")).form(f"{path}/token/new")
        made = await administrator.post(form.action, form.fields)
        assert made.headers["Cache-Control"] == "no-store"
        assert "It may read, and do nothing, until" in made.words
        [token] = re.findall(r'<code class="unstuck-words">(.+?)</code>', made.html)
        program = Person(network.session, token=token)
        assert (await done(program.get("/v1/me")))["id"] == str(network.director.id)
        assert "issued already" in (await administrator.post(form.action, form.fields)).words
        doors = await director.open("/me/doors")
        assert "read, and do nothing" in doors.words
        [read] = [each for each in (await done(program.get("/v1/me/tokens")))["items"] if each["scope"] == "read"]
        await director.send(doors, f"/me/tokens/{read['id']}")
        assert (await program.get("/v1/me")).status == 401
        assert (await director.open(f"{path}/token")).status == 403


async def test_where_tokens_are_issued_by_hand_an_administrator_is_told_so(street, administrator):
    path = f"/directors/{street.network.director.id}"
    assert f"{path}/token" not in (await administrator.open(path)).links
    seen = await administrator.open(f"{path}/token")
    assert seen.status == 403
    assert "unstuck token" in seen.words


async def test_nobody_is_asked_whether_they_are_sure_of_what_they_cannot_do(street, director):
    network = street.network
    soon = {"format": "breakfast_call", "title": "Soon", "starts_at": "2030-01-01T09:00:00Z", "minutes": 60}
    called = await done(network.lead.post("/v1/conversations", {**soon, "mode": "virtual"}), 201)
    opened = await done(network.convenor.post("/v1/rounds", {}), 201)
    adopted = await done(network.lead.post("/v1/goals", {"question": "Who?", "horizon": "2030-01-01"}), 201)
    for path, whose in (
        (f"/conversations/{called['id']}/cancelling", "lead"),
        (f"/rounds/{opened['id']}/cancelling", "convenor"),
        (f"/goals/{adopted['id']}/retiring", "lead"),
    ):
        assert (await director.open(path)).status == 403
        assert (await (await street.browser(whose)).open(path)).status == 200


async def test_whoever_only_administers_is_led_to_nothing_that_is_not_for_them(street, administrator):
    me = await administrator.open("/me")
    assert not {"/me/calendar", "/notes", "/me/offers", "/me/pause", "/me/avoid"} & set(me.links)
    assert "nothing for you to agree to" in (await administrator.open("/welcome")).words

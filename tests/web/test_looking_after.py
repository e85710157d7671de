"""What is rarely wanted and still has its page: one's calendar, roles, and what leads may want looked at."""

from __future__ import annotations

import pytest

from tests.life import done


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

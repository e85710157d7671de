"""Every report over HTTP: what it says of itself, which time it is about, who reads it, and the way down to events."""

from datetime import UTC, datetime

import jsonschema_rs
import pytest

from tests.api.conftest import running
from tests.life import Account, Hands, done, everything

BEGAN = datetime(2026, 1, 12, 9, tzinfo=UTC)
REPORTS = ("funnel", "time-to-action", "kept-rate", "ties", "participation", "goals", "achieved")


@pytest.fixture
async def lived(tmp_path):
    """Twelve people who met, promised and kept, half a year ago."""
    account = Account(Hands(BEGAN))
    async with running(tmp_path / "data", account.clock) as network:
        people = [await network.welcome(f"director-{number}") for number in range(12)]
        await network.welcome("clerk", "administrator")
        await network.welcome("lead", "lead")
        for _ in range(3):
            call = await account.meet(people[0], people[1:], "breakfast_call")
            account.clock.move(days=2)
            for how, performer, beneficiary in zip(("kept", "released", "sustained"), people, people[6:], strict=False):
                await account.carry(how, performer, beneficiary, {"type": "conversation", "id": call})
            account.clock.move(days=31)
        account.clock.move(days=60)
        yield network


@pytest.mark.parametrize("name", REPORTS)
async def test_every_report_says_what_it_means_and_which_time_it_is_about(lived, name):
    document = await done(lived.nobody.get("/v1/openapi.json"))
    path = f"/v1/reports/{name}"
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    for asked in ("", "?by=month", "?by=format", "?by=organisation_type", "?as_of=2026-03-31&since=2026-02-01"):
        told = await done(lived.lead.get(path + asked))
        jsonschema_rs.validate({**schema, "components": document["components"]}, told)
        assert told["definition"]
        assert told["caveats"]
        assert {"as_of", "known_at", "since", "rows", "suppressed"} <= told.keys()
    assert told["as_of"] == "2026-03-31T22:59:59.999999Z", "the day ends in London"
    assert told["since"] == "2026-02-01T00:00:00Z"
    for wrong in ("as_of=yesterday", "known_at=2026-13-01", "since=", "by=person", "director=ann"):
        assert (await lived.lead.get(f"{path}?{wrong}")).status == 422, wrong


async def test_reports_are_for_members_and_what_was_achieved_is_for_anybody(lived):
    for name in REPORTS:
        strangers = [(await each.get(f"/v1/reports/{name}")).status for each in (lived.nobody, lived.clerk)]
        assert strangers == ([200, 200] if name == "achieved" else [401, 403]), name


async def test_what_was_lived_is_told(lived):
    [soon] = (await done(lived.lead.get("/v1/reports/time-to-action")))["rows"]
    assert (soon["conversations"], soon["acted"], soon["median_days"]) == (3, 3, 2)
    assert [(step["days"], step["at_risk"], step["happened"]) for step in soon["curve"]] == [(2, 3, 3)]
    [kept] = (await done(lived.lead.get("/v1/reports/kept-rate")))["rows"]
    assert kept["by_first_date"] | {"in_time": 6} == kept["by_latest_date"]
    assert (kept["by_first_date"]["due"], kept["by_first_date"]["released_before_due"]) == (9, 3)
    assert (kept["by_first_date"]["lower"], kept["by_first_date"]["upper"]) == (1.0, 1.0)
    reached = await done(lived.lead.get("/v1/reports/participation"))
    assert (reached["people"], reached["seats"], reached["regulars"]) == (12, 36, 12)
    assert reached["newcomers_who_came_back"] == 12
    tied = await done(lived.lead.get("/v1/reports/ties"))
    assert (tied["total"]["new"], tied["total"]["repeated"], tied["people"]) == (None, 6, 6)


async def test_every_number_leads_down_to_its_events_for_whoever_may_know_of_them(lived):
    for row in (await done(lived.lead.get("/v1/reports/achieved")))["rows"]:
        behind = await done(lived.lead.get(row["events"]))
        assert behind["next"] is None
        assert len({each["id"] for each in behind["items"]}) == row["count"], row["what"]
        assert (await done(lived.nobody.get(row["events"])))["items"] == [], "nothing here is open to all"
        for each in behind["items"]:
            assert (await lived.lead.get(f"/v1/{each['kind']}s/{each['id']}")).status == 200
    months = await done(lived.lead.get("/v1/reports/achieved?by=month"))
    held = {row["cohort"]: row for row in months["rows"] if row["what"] == "conversations_held"}
    assert {month: row["count"] for month, row in held.items()} == {"2026-01": 1, "2026-02": 1, "2026-03": 1}
    assert len(await everything(lived.lead, "/v1/conversations")) == 3
    [march] = (await done(lived.lead.get(held["2026-03"]["events"])))["items"]
    assert (march["event"], march["at"][:7]) == ("ConversationHeld", "2026-03")


async def test_what_is_coming_up_is_shown_in_order_and_what_needs_attention_is_counted_for_leads(lived):
    ann = lived.people["director-0"]
    for day, title in (("2026-12-03", "Later"), ("2026-12-01", "Next"), ("2026-01-01", "Over")):
        about = {"format": "breakfast_call", "title": title, "starts_at": f"{day}T08:30:00Z"}
        await done(ann.post("/v1/conversations", about), 201)
    ahead = await everything(ann, "/v1/coming-up", limit=1)
    assert [each["title"] for each in ahead] == ["Next", "Later"]
    link = {"type": "link", "url": "https://example.org/"}
    await done(ann.post("/v1/commitments", {"kind": "pledge", "what": "x", "due": "2026-02-01", "origin": link}), 201)
    counts = await done(lived.lead.get("/v1/reports/attention"))
    assert (counts["overdue"], counts["due_soon"], counts["stuck"], counts["silent"]) == (1, 0, 0, 0)
    assert (await ann.get("/v1/reports/attention")).status == 403

"""Rounds, sets, commitments, conversations, inspections and reports by browser: who sees what, and what is refused."""

from datetime import timedelta
from uuid import UUID

import pytest

from service.web.drawing import day_in_words
from service.web.figures import cohort
from service.web.reports import ASKS
from tests.api.test_round_progress import nobody_knows
from tests.life import done

LINK = {"type": "link", "url": "https://example.org/minutes"}


@pytest.fixture
async def convenor(street):
    return await street.browser("convenor")


@pytest.fixture
async def lead(street):
    return await street.browser("lead")


async def promised(street, what: str = "Send the agreement") -> str:
    """The director asked for something, and the lead promised it."""
    network = street.network
    due = (network.house.clock() + timedelta(days=30)).date().isoformat()
    about = {"kind": "request", "performer": str(network.lead.id), "what": what, "due": due, "origin": LINK}
    made = await done(network.director.post("/v1/commitments", about), 201)
    await done(network.lead.post(f"/v1/commitments/{made['id']}/promise", {}))
    return f"/commitments/{made['id']}"


async def test_a_convenor_opens_a_round_and_comes_to_its_desk(convenor):
    desk = await convenor.send(await convenor.open("/rounds/new"))
    assert desk.path.endswith("/desk")
    assert "0 directors are in." in desk.words


async def test_a_convenor_ticks_that_whoever_is_helped_least_comes_first(street, convenor, director):
    plain = (await convenor.send(await convenor.open("/rounds/new"))).path.removesuffix("/desk")
    assert "helped least" not in (await director.open(plain)).words
    form = await convenor.open("/rounds/new")
    fair = (await convenor.send(form, **{"rules.fair": "yes"})).path.removesuffix("/desk")
    assert "whoever is helped least comes before the sum of all" in (await director.open(fair)).words
    await director.send(await director.open(fair), f"{fair}/opt-in")
    await convenor.send(await convenor.open(f"{fair}/desk"), f"{fair}/close")
    await street.network.house.workshop.wait(UUID(fair.rpartition("/")[2]))
    assert "Points of help for whoever is helped least" in (await convenor.open(f"{fair}/desk")).words
    revised = await convenor.open(f"{fair}/revise")
    assert "helped least" in revised.words


async def test_the_desk_and_a_new_round_are_for_convenors(convenor, director):
    desk = await convenor.send(await convenor.open("/rounds/new"))
    assert (await director.open(desk.path)).status == 403
    assert (await director.open("/rounds/new")).status == 403


async def test_the_desk_says_who_is_in(street, convenor, director):
    round = await convenor.send(await convenor.open("/rounds/new"))
    path = round.path.removesuffix("/desk")
    await director.send(await director.open(path), f"{path}/opt-in")
    assert "Who is indirector, The organisation of director" in (await convenor.open(round.path)).words
    assert "Who is in" not in (await director.open(path)).words


async def test_joining_takes_one_click_and_so_does_leaving(convenor, director):
    path = (await convenor.send(await convenor.open("/rounds/new"))).path.removesuffix("/desk")
    joined = await director.send(await director.open(path), f"{path}/opt-in")
    assert "You are in" in joined.words
    left = await director.send(joined, f"{path}/opt-out")
    assert "Join this round" in left.words


async def test_closing_a_round_has_sets_found(street, convenor, director, lead):
    path = (await convenor.send(await convenor.open("/rounds/new"), kind="coaching_pair")).path.removesuffix("/desk")
    for browser in (director, lead):
        await browser.send(await browser.open(path), f"{path}/opt-in")
    closed = await convenor.send(await convenor.open(f"{path}/desk"), f"{path}/close")
    assert "nobody else can join" in closed.words
    await street.network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    desk = (await convenor.open(f"{path}/desk")).words
    assert "The proposal" in desk
    assert "Pairs who have not met before11" in desk
    assert "the middle of 25 groupings drawn by lot" in desk
    assert "Why these 2 in set 1" in desk
    assert desk.count("coaches first") == 1
    assert "Back to the beginning" not in desk
    beyond = (await convenor.open(f"{path}/desk?cursor=1")).words
    assert "Why these" not in beyond
    assert "Back to the beginning" in beyond


async def test_the_desk_says_who_is_in_no_set_and_what_would_help(street, convenor, director, lead):
    path = (await convenor.send(await convenor.open("/rounds/new"), **{"size.min": "2", "size.max": "2"})).path
    path = path.removesuffix("/desk")
    for browser in (director, lead, convenor):
        await browser.send(await browser.open(path), f"{path}/opt-in")
    await convenor.send(await convenor.open(f"{path}/desk"), f"{path}/close")
    await street.network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    desk = (await convenor.open(f"{path}/desk")).words
    assert "Who is in no set, and why" in desk
    assert "What would help: Allow sets of three: 1 more person can be placed." in desk


async def alone(street, convenor, director):
    """A round that everybody is to be placed in, of one person."""
    form = await convenor.open("/rounds/new")
    path = (await convenor.send(form, **{"rules.place_everyone": "yes"})).path.removesuffix("/desk")
    await director.send(await director.open(path), f"{path}/opt-in")
    return path


async def test_the_desk_of_an_impossible_round_names_the_rules_and_no_proposal(street, convenor, director):
    path = await alone(street, convenor, director)
    await convenor.send(await convenor.open(f"{path}/desk"), f"{path}/close")
    await street.network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    desk = (await convenor.open(f"{path}/desk")).words
    assert "These rules cannot all hold" in desk
    assert "The proposal" not in desk


async def test_the_desk_of_a_round_nobody_could_settle_calls_nothing_impossible(street, convenor, director):
    path = await alone(street, convenor, director)
    await done(street.network.convenor.post(f"/v1{path}/close", {}))
    position = await nobody_knows(street.network, f"/v1{path}")
    await done(street.network.convenor.get(f"/v1{path}?after={position}"))
    desk = (await convenor.open(f"{path}/desk")).words
    assert "It is not settled whether these rules can all hold" in desk
    assert "2 people can be placed" in desk
    assert "cannot all hold" not in desk


async def test_terms_are_changed_only_with_a_reason(street, convenor, director):
    path = (await convenor.send(await convenor.open("/rounds/new"))).path.removesuffix("/desk")
    await director.send(await director.open(path), f"{path}/opt-in")
    await convenor.send(await convenor.open(f"{path}/desk"), f"{path}/close")
    await street.network.house.workshop.wait(UUID(path.rpartition("/")[2]))
    refused = await convenor.send(await convenor.open(f"{path}/revise"))
    assert refused.status == 422
    assert "#why" in refused.links
    revised = await convenor.send(refused, why="Themes matter more", **{"weights.theme": "9"})
    assert revised.path == f"{path}/desk"
    assert "Themes matter more" in (await director.open(path)).words


async def test_asking_for_something_needs_a_person_a_date_and_a_place_it_came_from(director):
    page = await director.open("/commitments/new?kind=request")
    wrong = await director.send(page, what="")
    assert wrong.status == 422
    assert {"#what", "#due"} <= set(wrong.links)


async def test_nobody_is_offered_to_promise_for_another(street, director, lead):
    path = await promised(street)
    assert "Declare it done" in (await lead.open(path)).words
    assert "Declare it done" not in (await director.open(path)).words


async def test_done_needs_evidence_or_a_plain_reason_why_there_is_none(street, lead):
    path = await promised(street)
    page = await lead.open(f"{path}/declare-done")
    assert (await lead.send(page)).status == 422
    declared = await lead.send(page, **{"evidence": "none", "evidence-text": "It was said in the corridor"})
    assert declared.path == path
    assert "Nothing shows it: It was said in the corridor" in declared.words


async def test_what_was_narrowed_is_not_there_for_others(street, director, convenor):
    path = await promised(street)
    assert (await convenor.open(path)).status == 200
    await director.send(await director.open(path), f"{path}/narrow")
    assert (await convenor.open(path)).status == 404
    assert "Send the agreement" in (await director.open(path)).words


async def test_a_link_people_gave_is_followed_without_telling_where_from(street, director):
    page = await director.open(await promised(street))
    assert 'href="https://example.org/minutes" rel="noopener noreferrer nofollow"' in page.html


async def test_a_lead_reads_for_a_purpose_and_whoever_it_is_about_can_object(street, director, lead):
    path = await promised(street)
    opened = await lead.send(await lead.open(f"/inspections/new?commitment={path.rpartition('/')[2]}"), purpose="Audit")
    assert "asked Lead" in opened.words or "promised" in opened.words
    theirs = await director.open(opened.path)
    assert "Audit" in theirs.words
    assert "Terms: due" not in theirs.words
    await director.send(await director.open(f"{opened.path}/contest"), why="Ask me instead")
    assert "Ask me instead" in (await lead.open(opened.path)).words


async def test_an_inspection_without_a_purpose_is_refused(street, lead):
    path = await promised(street)
    page = await lead.open(f"/inspections/new?commitment={path.rpartition('/')[2]}")
    refused = await lead.send(page, purpose="")
    assert refused.status == 422
    assert "#purpose" in refused.links


async def test_an_export_is_a_table_in_which_no_cell_is_a_formula(street, lead):
    path = await promised(street, "=HYPERLINK(1)")
    opened = await lead.send(await lead.open(f"/inspections/new?commitment={path.rpartition('/')[2]}"), purpose="Audit")
    export = await lead.open(f"{opened.path}/export")
    assert export.headers["Content-Type"].startswith("text/csv")
    assert all(not cell.startswith(("=", '"=')) for line in export.html.splitlines() for cell in line.split(","))


async def test_a_lead_reads_what_changed_in_the_terms_and_takes_it_away_as_of_a_day(street, director, lead):
    commitment = await promised(street)
    first, later = [street.network.house.clock() + timedelta(days=days) for days in (30, 60)]
    network = street.network
    await done(network.lead.post(f"/v1{commitment}/propose-terms", {"due": later.date().isoformat()}))
    await done(network.director.post(f"/v1{commitment}/agree-terms", {}))
    page = await lead.open(f"/inspections/new?director={network.director.id}")
    opened = await lead.send(page, purpose="How often do dates move?")
    assert ">Send the agreement<" in opened.html
    assert f"due {day_in_words(later)} instead of {day_in_words(first)}" in opened.words
    assert len((await lead.open(f"{opened.path}/export")).html.splitlines()) == 5
    assert len((await lead.open(f"{opened.path}/export?as_of=2020-01-01")).html.splitlines()) == 1
    assert "?as_of=2020-01-01" in "".join((await lead.open(f"{opened.path}?as_of=2020-01-01")).links)


async def test_inspections_are_for_leads(director):
    assert (await director.open("/inspections")).status == 403
    assert (await director.open("/inspections/new")).status == 403


async def test_reports_are_found_from_every_page(director, lead, nobody):
    for page in [await each.open("/achieved") for each in (director, lead)]:
        assert "/reports" in page.links
    assert "/reports" not in (await nobody.open("/achieved")).links


@pytest.mark.parametrize("name", ["funnel", "time-to-action", "kept-rate", "ties", "participation", "goals"])
async def test_every_report_says_what_it_means_and_what_it_does_not(street, director, name):
    await promised(street)
    page = await director.open(f"/reports/{name}")
    assert page.status == 200
    assert ASKS[name] in page.words
    assert page.words.index(ASKS[name]) < page.words.index("How it is counted")
    assert "What this does not say" in page.words
    assert "`" not in page.words
    assert "at_risk" not in page.words


async def test_a_day_that_is_none_is_said_beside_its_field(director):
    page = await director.open("/reports/funnel?as_of=yesterday")
    assert page.status == 200
    assert 'id="as_of-error"' in page.html


async def test_what_was_achieved_is_open_to_anybody(street, nobody):
    await promised(street)
    page = await nobody.open("/achieved")
    assert page.status == 200
    assert "What have we actually achieved?" in page.words


async def test_what_a_number_counts_is_read_in_words_by_whoever_may_read_them(street, director, nobody):
    await promised(street)
    page = await director.open("/achieved/events?of=promised")
    assert "promises were made" in page.words
    assert "Send the agreement" in page.words
    assert "Send the agreement" not in (await nobody.open("/achieved/events?of=promised")).words


async def test_a_lead_verifies_the_record_with_one_button(lead, director):
    assert "Nothing was rewritten" in (await lead.open("/ledger?verify=now")).words
    assert "Verify every event now" not in (await director.open("/ledger")).words
    assert (await director.open("/ledger?verify=now")).status == 403


async def test_a_conversation_is_called_moved_and_cancelled_by_whoever_called_it(director, lead):
    page = await director.open("/conversations/new")
    when = {"starts_at-day": "27", "starts_at-month": "3", "starts_at-year": "2035", "starts_at-time": "9:30am"}
    called = await director.send(page, title="Breakfast", format="breakfast_call", mode="virtual", **when)
    assert "Tuesday 27 March 2035 at 9:30am" in called.words
    coming = await lead.send(await lead.open(called.path), f"{called.path}/sign-up")
    assert "You are coming." in coming.words
    assert "Move it" not in coming.words
    assert "It is cancelled." in (await director.send(await director.open(f"{called.path}/cancelling"))).words


async def test_a_moment_that_is_none_is_said_and_nothing_is_lost(director):
    page = await director.open("/conversations/new")
    wrong = await director.send(page, title="Breakfast", format="breakfast_call", **{"starts_at-day": "31"})
    assert wrong.status == 422
    assert "#starts_at" in wrong.links or "#starts_at-day" in wrong.links
    assert wrong.form().fields["title"] == ["Breakfast"]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("2026-03", "March 2026"),
        ("2026-08 to 2026-09", "August 2026 to September 2026"),
        ("breakfast_call", "Breakfast call"),
    ],
)
def test_a_cohort_is_called_what_people_call_it(name, read):
    assert cohort(name) == read


async def test_a_day_that_is_none_is_said_of_what_was_achieved_too(nobody):
    page = await nobody.open("/achieved?since=yesterday")
    assert page.status == 200
    assert 'id="since-error"' in page.html

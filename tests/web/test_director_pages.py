"""A director's own pages: their page, what they are stuck on, what they say of themselves, and going."""

import json
from uuid import UUID

import pytest

from service.commands import Call

PAGES = [
    "/", "/welcome", "/welcome/you", "/purpose", "/stuck", "/problems", "/directors", "/me", "/me/profile",
    "/me/offers", "/me/free", "/me/pause", "/me/avoid", "/me/doors", "/me/looked", "/me/export", "/me/leave",
    "/me/forget", "/privacy", "/accessibility",
]  # fmt: skip
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 5
RIGHT_TO_LEFT = "فاطمة الزهراء بنت عبد الرحمن"


async def problem_of(browser, title="Nobody owns the data"):
    return await browser.send(await browser.open("/stuck"), title=title)


@pytest.mark.parametrize("name", ["director", "convenor", "lead", "both"])
async def test_every_page_is_there_for_every_member(street, name):
    browser = await street.browser(name)
    for path in PAGES:
        page = await browser.open(path)
        assert (page.status, page.path) == (200, path)
        assert page.html.count("<h1") == 1, path


async def test_whoever_only_administers_sees_what_they_may(street):
    browser = await street.browser("administrator")
    assert "You look after the network" in (await browser.open("/")).words
    for path in ("/directors", "/me", "/me/profile", "/me/export"):
        page = await browser.open(path)
        assert page.status == 200
        assert not {"/stuck", "/rounds", "/conversations", "/coming-up"} & set(page.links)
    for path in ("/stuck", "/problems"):
        seen = await browser.open(path)
        assert seen.status == 403
        assert "for directors of the network" in seen.words


async def test_strangers_read_what_the_network_is_for_and_what_is_open(street, nobody, director):
    assert "Sign in" in (await nobody.open("/")).words
    problem = await problem_of(director, "Anybody may read this")
    assert (await nobody.ask("GET", problem.path)).status == 303
    await director.send(await director.open(f"{problem.path}/share"), tier="open")
    seen = await nobody.open(problem.path)
    assert "Anybody may read this" in seen.words
    assert "somebody in the network" in seen.words


async def test_strangers_are_told_what_came_of_it(street, nobody, director):
    problem = await problem_of(director, "Hidden words")
    await director.send(await director.open(f"{problem.path}/resolve"))
    page = await nobody.open("/")
    assert "So far 1 problem" in page.words
    assert "Hidden words" not in page.html


async def test_an_empty_page_says_what_comes_next(director):
    words = (await director.open("/")).words
    assert "say what you can help with and when you are free" in words
    assert "write it down in one sentence" in words
    assert "Join a round" in words


async def test_welcome_keeps_what_somebody_offers_and_when_they_are_free(street, director):
    page = await director.open("/welcome/you")
    said = {"offers.topics": "data sharing\r\nhiring", "offers.text": "An hour", "slots": ["mon-am", "thu-pm"]}
    landed = await director.send(page, **said, capacity="2")
    assert (landed.path, "Welcome." in landed.words) == ("/", True)
    me = (await street.network.director.get("/v1/me")).json
    assert me["offers"] == {"topics": ["data sharing", "hiring"], "text": "An hour"}
    assert (me["slots"], me["capacity"]) == (["mon-am", "thu-pm"], 2)
    assert "Monday morning, Thursday afternoon" in (await director.open("/me")).words


async def test_what_is_said_of_oneself_may_be_changed_and_cleared(street, director):
    page = await director.open("/me/profile")
    await director.send(page, name=RIGHT_TO_LEFT, region="Wales", profession="Finance")
    await director.send(await director.open("/me/profile"), region="")
    me = (await street.network.director.get("/v1/me")).json
    assert (me["name"], me["region"], me["profession"]) == (RIGHT_TO_LEFT, None, "Finance")
    wrong = await director.send(await director.open("/me/profile"), name="", email="nowhere")
    assert wrong.status == 422
    assert {"#name", "#email"} <= set(wrong.links)


async def test_a_problem_is_put_in_other_words_worked_on_and_resolved(director):
    problem = await problem_of(director)
    told = await director.send(await director.open(f"{problem.path}/reframe"), title="Two teams own it", topics="data")
    assert "Two teams own it" in told.words
    told = await director.send(await director.open(f"{problem.path}/assumptions"), text="They will not agree")
    assert "They will not agree Not looked into yet" in told.words
    held = [form for form in told.forms if form.fields.get("result") == ["failed"]]
    answer = await director.post(held[0].action, held[0].fields)
    assert answer.status == 303
    assert "Did not hold" in (await director.open(problem.path)).words
    told = await director.send(await director.open(f"{problem.path}/blockers"), text="No budget code")
    assert "No budget code" in told.words
    told = await director.send(await director.open(f"{problem.path}/resolve"))
    assert "Well done." in told.words
    told = await director.send(told, f"{problem.path}/reopen")
    assert "It is a problem again." in told.words
    assert "You have let it go" in (await director.send(told, f"{problem.path}/let-go")).words


async def test_nothing_said_is_asked_for(director):
    problem = await problem_of(director)
    for page in ("assumptions", "blockers"):
        seen = await director.send(await director.open(f"{problem.path}/{page}"), text=" ")
        assert seen.status == 422
        assert "#text" in seen.links


async def test_only_the_owner_is_shown_what_only_they_can_do(street, director):
    problem = await problem_of(director)
    await director.send(await director.open(f"{problem.path}/share"), tier="network")
    lead = await street.browser("lead")
    page = await lead.open(problem.path)
    assert "Can you help?" in page.words
    assert not page.forms
    refused = await lead.open(f"{problem.path}/reframe")
    assert (refused.status, "Only the person who registered" in refused.words) == (403, True)


async def test_a_problem_one_may_not_read_is_not_there(street, director):
    problem = await problem_of(director)
    await director.send(await director.open(f"{problem.path}/share"), tier="private")
    lead = await street.browser("lead")
    for path in (problem.path, f"{problem.path}/reframe", f"{problem.path}/resolve"):
        assert (await lead.open(path)).status == 404


async def test_somebody_takes_a_break_and_comes_back(director):
    day = {"until-day": "27", "until-month": "mar", "until-year": "2031"}
    page = await director.send(await director.open("/me/pause"), **day)
    assert "until 27 March 2031" in page.words
    assert "Welcome back" in (await director.send(page, "/me/resume")).words
    wrong = await director.send(await director.open("/me/pause"), **{**day, "until-month": "13"})
    assert (wrong.status, "real date" in wrong.words) == (422, True)
    assert wrong.form().fields["until-month"] == ["13"]
    past = await director.send(await director.open("/me/pause"), **{**day, "until-year": "2001"})
    assert past.status == 422


async def test_whom_one_avoids_nobody_else_is_told(street, director):
    lead = street.network.people["lead"]
    page = await director.send(await director.open(f"/me/avoid?director={lead.id}"), reason="We fell out")
    assert "Nobody is told." in page.words
    exported = json.loads((await director.open("/me/everything.json")).html)
    assert str(lead.id) in json.dumps(exported)
    assert "We fell out" not in (await (await street.browser("lead")).open("/me/everything.json")).html


async def test_sessions_and_tokens_are_ended_one_by_one(street, director):
    elsewhere = await street.browser("director")
    page = await director.open("/me/doors")
    there = [form for form in page.forms if form.action.startswith("/me/sessions/")]
    assert len(there) == 1
    told = await director.send(page, there[0].action)
    assert "You are signed out there." in told.words
    assert (await elsewhere.ask("GET", "/me")).status == 303
    token = next(form for form in told.forms if form.action.startswith("/me/tokens/"))
    assert "opens nothing any more" in (await director.send(told, token.action)).words
    assert (await street.network.director.get("/v1/me")).status == 401


async def test_an_administrator_signs_somebody_out_on_their_page(street, director):
    path = f"/directors/{director.id}"
    assert not [form for form in (await director.open(path)).forms if form.action.endswith("/sign-out")]
    clerk = await street.browser("administrator")
    told = await clerk.send(await clerk.open(path), f"{path}/sign-out")
    assert "They are signed out everywhere." in told.words
    assert (await director.ask("GET", "/me")).status == 303
    own = await clerk.open(f"/directors/{clerk.id}")
    assert not [form for form in own.forms if form.action.endswith("/sign-out")]


async def test_everything_is_taken_away_as_a_file(director):
    await problem_of(director, "Mine to take")
    file = await director.open("/me/everything.json")
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["Cache-Control"] == "no-store"
    assert "Mine to take" in file.html


async def test_whoever_is_forgotten_is_at_the_front_door_and_their_words_are_gone(street, director):
    problem = await problem_of(director, "A word to be erased")
    await director.send(await director.open(f"{problem.path}/share"), tier="network")
    landed = await director.send(await director.open("/me/forget"))
    assert "Every word of yours has been erased." in landed.words
    assert "Sign in" in landed.words
    seen = await (await street.browser("lead")).open(problem.path)
    assert "A word to be erased" not in seen.html
    assert "erased" in seen.title


async def test_whoever_leaves_is_signed_out(director):
    landed = await director.send(await director.open("/me/leave"))
    assert "You have left the network." in landed.words
    assert (await director.ask("GET", "/me")).status == 303


async def test_a_directory_longer_than_a_page_is_read_on(street, director):
    directors = street.network.house.directors
    for number in range(60):
        done = await directors.join(
            call=Call(by=UUID(int=1)),
            name=f"{LONG} {number}",
            organisation=RIGHT_TO_LEFT,
            roles=[],
            email=None,
        )
    await street.network.house.read_models.reached(done.position)
    first = await director.open("/directors")
    [onward] = [link for link in first.links if "cursor=" in link]
    second = await director.open(onward)
    assert f"{LONG} 59" in second.words
    assert "/directors" in second.links


async def test_of_somebody_else_it_is_shown_what_they_can_help_with(street, director):
    lead = street.network.people["lead"]
    await lead.says("PATCH", "/v1/me", {"offers": {"topics": ["<i>pensions</i>"], "text": "Ask me"}})
    page = await director.open(f"/directors/{lead.id}")
    assert "<i>pensions</i> Ask me" in page.words
    assert f"/commitments/new?to={lead.id}" in page.links


async def test_nobody_is_shown_a_link_they_cannot_follow(street, director):
    """A commitment that the network may read came from a problem that only its owner may."""
    network = street.network
    problem = await problem_of(director)
    made = await network.director.post(
        "/v1/commitments",
        {
            "kind": "request",
            "performer": str(network.people["lead"].id),
            "what": "An hour of your time",
            "due": "2036-03-31",
            "origin": {"type": "problem", "id": problem.path.rpartition("/")[2]},
        },
    )
    path = f"/commitments/{made.json['id']}"
    assert problem.path in (await director.open(path)).links
    seen = await (await street.browser("convenor")).open(path)
    assert "a problem" in seen.words
    assert problem.path not in seen.links


async def test_who_looked_is_told_once_for_each_purpose(street, director):
    network = street.network
    for what in ("An hour", "A letter"):
        origin = {"type": "link", "url": "https://example.org/minutes"}
        said = {"kind": "pledge", "what": what, "due": "2036-03-31", "origin": origin}
        assert (await network.director.post("/v1/commitments", said)).status == 201
    opened = await network.lead.post("/v1/inspections", {"purpose": "To learn <b>", "director": str(director.id)})
    await network.lead.get(f"/v1/inspections/{opened.json['id']}/history")
    page = await director.open("/me/looked")
    assert page.words.count("What for: To learn <b>") == 1
    assert "Read 2 commitments of yours" in page.words
    assert f"/inspections/{opened.json['id']}" in page.links
    assert "1 inspection in the last 30 days" in (await director.open("/")).words

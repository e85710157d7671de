"""A conversation from its topics to its write-up, over HTTP; and that no vote can be linked to a voter afterwards."""

import sqlite3
from datetime import UTC, datetime

import pytest

from tests.api.conftest import running
from tests.life import Hands, done

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data", Hands(NOW)) as network:
        for name in ("ann", "ben", "cat", "dan", "eve", "fay"):
            await network.welcome(name)
        yield network


VOTERS = ("ann", "ben", "cat", "dan", "eve")


async def convened(network, **more):
    about = {"format": "breakfast_call", "title": "Ocelot", "starts_at": "2026-03-02T08:30:00Z", **more}
    return f"/v1/conversations/{(await done(network.ann.post('/v1/conversations', about), 201))['id']}"


async def with_topics(network):
    """A conversation, and the ids of the topics Ben and Cat would talk about."""
    path = await convened(network)
    for who, title in (("ben", "Grants"), ("cat", "Risk"), ("cat", "Housing")):
        told = await done(network.people[who].post(f"{path}/topics", {"title": title}))
    return path, {topic["title"]: topic["id"] for topic in told["topics"]}


async def voted(network, path, topics, voters):
    for name, dots in voters.items():
        said = {topics[title]: count for title, count in dots.items()}
        answer = await done(network.people[name].post(f"{path}/ballot", {"dots": said}))
        assert answer["left"] == 3 - sum(dots.values())


async def test_topics_are_proposed_voted_on_and_selected(network):
    path, topics = await with_topics(network)
    assert (await network.ben.post(f"{path}/voting/open", {"budget": 3})).status == 403
    assert (await done(network.ann.post(f"{path}/voting/open", {"budget": 3})))["state"] == "voting"
    assert (await network.ben.post(f"{path}/topics", {"title": "Late"})).status == 409
    votes = {"ann": {"Risk": 3}, "ben": {"Grants": 1}, "cat": {"Risk": 1, "Housing": 2}, "dan": {"Housing": 1}}
    await voted(network, path, topics, {**votes, "eve": {"Grants": 2, "Risk": 1}})
    await voted(network, path, topics, {"eve": {"Housing": 1}})  # she changes her mind
    for person in (network.ann, network.fay):
        told = await done(person.get(path))
        assert {topic["dots"] for topic in told["topics"]} == {None}, "nobody sees totals before the vote closes"
        assert told["voters"] is None
    told = await done(network.ann.post(f"{path}/voting/close", {"select": 2}))
    assert [(topic["title"], topic["dots"], topic["selected"]) for topic in told["topics"]] == [
        ("Risk", 4, True),
        ("Housing", 4, True),
        ("Grants", 1, False),
    ]
    assert (told["state"], told["voters"]) == ("agreed", 5)
    assert (await network.ben.post(f"{path}/ballot", {"dots": {}})).status == 409


async def test_with_fewer_than_five_voters_nothing_but_the_selection_is_told(network):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    await voted(
        network, path, topics, {"ann": {"Risk": 1}, "ben": {"Risk": 2}, "cat": {"Grants": 1}, "dan": {"Risk": 0}}
    )
    told = await done(network.ann.post(f"{path}/voting/close", {}))
    assert [(topic["title"], topic["dots"], topic["selected"]) for topic in told["topics"]] == [
        ("Risk", None, True),
        ("Grants", None, True),
        ("Housing", None, False),
    ]
    assert told["voters"] is None


@pytest.mark.parametrize(
    "dots", [{"Risk": 4}, {"Risk": 2, "Grants": 2}, {"Risk": -1}, {"Nothing there is": 1}], ids=lambda dots: str(dots)
)
async def test_a_ballot_that_cannot_be_meant_is_refused(network, dots):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {"budget": 3}))
    said = {topics.get(title, str(network.ann.id)): count for title, count in dots.items()}
    answer = await network.ben.post(f"{path}/ballot", {"dots": said})
    assert answer.status == 422
    assert answer.json["errors"][0]["field"].startswith("dots")


async def test_while_the_vote_is_open_i_see_my_own_dots_and_nobody_sees_who_voted(network):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    before = await network.house.ledger.head()
    await voted(network, path, topics, {"ben": {"Risk": 2}})
    [mine] = (await done(network.ben.get("/v1/me/ballots")))["items"]
    assert (mine["dots"], mine["left"]) == ({topics["Risk"]: 2}, 1)
    assert (await done(network.ann.get("/v1/me/ballots")))["items"] == []
    assert await network.house.ledger.head() == before, "a ballot is no event"
    with sqlite3.connect(network.house.folder.ballots) as db:
        [(voter, box)] = db.execute("SELECT voter, box FROM ballots").fetchall()
    assert network.ben.id.bytes not in voter + box
    assert topics["Risk"].replace("-", "").encode() not in box
    await voted(network, path, topics, {"ben": {}})
    assert (await done(network.ben.get("/v1/me/ballots")))["items"] == []


@pytest.mark.parametrize("ending", ["voting/close", "cancel"])
async def test_when_a_vote_ends_its_key_and_its_ballots_are_nowhere_any_more(network, ending):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    await voted(network, path, topics, {name: {"Risk": 1} for name in VOTERS})
    with sqlite3.connect(network.house.folder.ballots) as db:
        [(half,)] = db.execute("SELECT half_key FROM votes").fetchall()
        boxes = [box for (box,) in db.execute("SELECT box FROM ballots")]
    await done(network.ann.post(f"{path}/{ending}", {}))
    left = b"".join(file.read_bytes() for file in sorted(network.house.folder.path.iterdir()) if file.is_file())
    assert half not in left
    assert not [box for box in boxes if box in left]
    assert len(boxes) == 5
    assert (await network.ben.post(f"{path}/ballot", {"dots": {}})).status == 409


async def test_whoever_is_forgotten_has_no_ballot_left(network):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    await voted(network, path, topics, {name: {"Risk": 1} for name in (*VOTERS, "fay")})
    assert (await network.fay.says("DELETE", "/v1/me")).status == 204
    assert (await done(network.ann.post(f"{path}/voting/close", {})))["voters"] == 5


async def test_a_vote_whose_closing_was_broken_off_is_finished_at_the_next_start(network):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    await voted(network, path, topics, {"ben": {"Risk": 1}})
    ballots, commands = network.house.conversations.ballots, network.house.conversations
    id = (await ballots.kept())[0]
    await commands.finish_voting()
    assert await ballots.kept() == [id], "it is open"
    await done(network.ann.post(f"{path}/voting/close", {}))
    await ballots._db.run("UPDATE votes SET half_key = ? WHERE conversation = ?", b"x" * 32, id.bytes)
    await commands.finish_voting()
    assert await ballots.kept() == []


async def test_whoever_comes_is_spread_over_rooms_and_sees_their_own(network):
    path, topics = await with_topics(network)
    await done(network.ann.post(f"{path}/voting/open", {}))
    await voted(network, path, topics, {"ben": {"Risk": 1}})
    await done(network.ann.post(f"{path}/voting/close", {}))
    for name in ("ben", "cat", "dan"):
        await done(network.people[name].post(f"{path}/sign-up", {}))
    assert (await network.ben.post(f"{path}/breakouts", {"rooms": 2})).status == 403
    rooms = (await done(network.ann.post(f"{path}/breakouts", {"rooms": 2})))["rooms"]
    everybody = sorted(str(network.people[name].id) for name in ("ann", "ben", "cat", "dan"))
    assert sorted(person for room in rooms for person in room["people"]) == everybody
    assert [room["topic"] for room in rooms] == [topics["Risk"]] * 2
    [mine] = [room for room in (await done(network.ben.get(path)))["rooms"] if room["i_am_in"]]
    assert str(network.ben.id) in mine["people"]
    assert [room["people"] for room in (await done(network.fay.get(path)))["rooms"]] == [None, None]


async def written_up(network):
    """Held, with a reflection of Ben's, a seed of Cat's, and Ann's draft."""
    path = await convened(network)
    for name in ("ben", "cat"):
        await done(network.people[name].post(f"{path}/sign-up", {}))
    assert (await network.ben.post(f"{path}/reflections", {"text": "Early"})).status == 409
    await done(network.ann.post(f"{path}/held", {}))
    await done(network.ben.post(f"{path}/reflections", {"text": "Numbat"}))
    await done(network.cat.post(f"{path}/seeds", {"text": "Okapi"}))
    assert (await network.fay.post(f"{path}/seeds", {"text": "Not there"})).status == 403
    await done(network.ann.post(f"{path}/write-up", {"text": "Pika"}))
    return path


async def test_what_stayed_with_people_is_read_without_their_names(network):
    path = await written_up(network)
    told = await done(network.fay.get(path))
    assert (told["reflections"], told["seeds"]) == ([{"room": None, "text": "Numbat"}], ["Okapi"])
    assert str(network.ben.id) not in str(told)
    funnel = await done(network.fay.get("/v1/reports/funnel"))
    assert funnel["rows"][0]["conversations"]["seeded"] == 1


async def test_a_draft_is_for_its_contributors_and_goes_out_when_all_have_agreed(network):
    path = await written_up(network)
    out = path.replace("conversations", "write-ups")
    assert (await done(network.fay.get(path)))["write_up"] is None
    mine = (await done(network.ben.get(path)))["write_up"]
    assert (mine["text"], mine["agreed"]) == ("Pika", [str(network.ann.id)])
    assert len(mine["contributors"]) == 3
    assert (await network.ann.post(f"{path}/publish", {})).status == 409
    assert (await network.fay.post(f"{path}/agree", {})).status == 403
    assert (await network.nobody.get(out)).status == 401
    for name in ("ben", "cat"):
        await done(network.people[name].post(f"{path}/agree", {}))
    assert (await done(network.cat.post(f"{path}/publish", {})))["state"] == "published"
    told = await done(network.nobody.get(out))
    assert (told["text"], told["format"]) == ("Pika", "breakfast_call")
    assert "Ocelot" not in str(told)
    assert [each["text"] for each in (await done(network.nobody.get("/v1/write-ups")))["items"]] == ["Pika"]
    assert "Pika" in (await network.nobody.get("/feed.atom")).raw.decode()
    whole = (await done(network.fay.get(path)))["write_up"]
    assert (whole["text"], whole["contributors"], whole["agreed"]) == ("Pika", None, None)


async def test_a_contributor_who_objects_takes_it_back_everywhere_at_once(network):
    path = await written_up(network)
    for name in ("ben", "cat"):
        await done(network.people[name].post(f"{path}/agree", {}))
    await done(network.ann.post(f"{path}/publish", {}))
    told = await done(network.ben.post(f"{path}/object", {"why": "Quoll"}))
    assert (told["state"], told["write_up"]["objected"]) == ("written_up", [str(network.ben.id)])
    assert (await network.nobody.get(path.replace("conversations", "write-ups"))).status == 401
    assert (await done(network.nobody.get("/v1/write-ups")))["items"] == []
    assert "Pika" not in (await network.nobody.get("/feed.atom")).raw.decode()
    assert (await done(network.fay.get(path)))["write_up"] is None


async def test_what_i_said_is_mine_to_take_away(network):
    path = await written_up(network)
    await done(network.ben.post("/v1/notes", {"kind": "thanks", "to": str(network.cat.id), "text": "Quagga"}), 201)
    await done(network.ben.post("/v1/goals", {"question": "Rhea", "horizon": "2027-01-01"}), 201)
    mine = await done(network.ben.get("/v1/me/export"))
    assert [(each["what"], each["text"]) for each in mine["said"]] == [("reflection", "Numbat")]
    assert [each["text"] for each in mine["notes"]] == ["Quagga"]
    assert [each["question"] for each in mine["goals"]] == ["Rhea"]
    hers = await done(network.cat.get("/v1/me/export"))
    assert [(each["what"], each["text"]) for each in hers["said"]] == [("seed", "Okapi")]
    assert ([each["text"] for each in hers["notes"]], hers["goals"]) == (["Quagga"], [])
    other = await done(network.fay.get("/v1/me/export"))
    assert (other["said"], other["notes"], other["ballots"]) == ([], [], [])
    assert path.rpartition("/")[2] == mine["said"][0]["conversation"]

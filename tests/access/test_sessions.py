"""Sessions: begun at sign-in, kept as hashes, over when unused, when old, and when somebody ends them."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from service.access.caller import caller
from service.access.sessions import IDLE, KEPT, LONGEST
from service.domain.refusals import Refused
from tests.access.conftest import NOW
from tests.life import a_second_later

ANN, BOB = uuid4(), uuid4()
HOUR = timedelta(hours=1)


async def test_a_session_says_who_signed_in(access):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    found = await access.sessions.who(begun.text, NOW)
    assert found == begun.session
    assert caller(found, frozenset({"lead"})).id == ANN
    assert caller(found, frozenset()).via == "page"


async def test_events_tell_when_whoever_runs_the_service_handed_out_the_link(access):
    begun = await access.sessions.begin(ANN, how="command line", now=NOW)
    assert caller(begun.session, frozenset()).via == "page, by a link from the command line"


@pytest.mark.parametrize("text", ["", "A" * 43, "é", "\udce9"])
async def test_any_other_text_says_nothing(access, text):
    await access.sessions.begin(ANN, how="e-mail", now=NOW)
    assert await access.sessions.who(text, NOW) is None


async def test_each_sign_in_has_a_long_text_of_its_own(access):
    texts = {(await access.sessions.begin(ANN, how="e-mail", now=NOW)).text for _ in range(3)}
    assert len(texts) == 3
    assert {len(text) for text in texts} == {43}


async def test_that_somebody_signed_in_is_in_the_log_and_not_who_or_with_what(access, capsys):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    said = capsys.readouterr().out
    assert "signed in" in said
    assert str(begun.session.id) in said
    assert str(ANN) not in said
    assert begun.text not in said


@pytest.mark.parametrize("another", ["SQLite"], indirect=True)
async def test_the_file_opens_no_door(access, tmp_path):
    session = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    await access.identities.tie("https://id.example", "subject-of-ann", ANN, now=NOW)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for said in (session.text, link, "id.example", "subject-of-ann"):
        assert said.encode() not in kept


async def test_a_session_nobody_uses_is_over_after_half_a_day(access):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    assert await access.sessions.who(begun.text, NOW + IDLE) is None


async def test_a_session_in_use_goes_on(access, another):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    assert await access.sessions.who(begun.text, NOW + 11 * HOUR)
    elsewhere = await another()
    assert await elsewhere.sessions.who(begun.text, NOW + 22 * HOUR)
    await elsewhere.close()


async def test_a_session_ends_after_a_week_however_much_it_was_used(access):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    moment = NOW
    while moment + 6 * HOUR < NOW + LONGEST:
        moment += 6 * HOUR
        access.sessions._lately.revoked()  # as when a second has passed
        assert await access.sessions.who(begun.text, moment)
    assert await access.sessions.who(begun.text, NOW + LONGEST) is None


async def test_signing_in_again_ends_the_session_before(access):
    old = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    new = await access.sessions.begin(BOB, how="e-mail", now=NOW, instead_of=old.text)
    assert await access.sessions.who(old.text, NOW) is None
    assert new.text != old.text
    assert await access.sessions.who(new.text, NOW)


async def test_signing_out_ends_this_session_and_no_other(access):
    one, other = [await access.sessions.begin(ANN, how="e-mail", now=NOW) for _ in range(2)]
    await access.sessions.end_this(one.text, now=NOW)
    assert await access.sessions.who(one.text, NOW) is None
    assert await access.sessions.who(other.text, NOW)


async def test_signing_out_everywhere_ends_all_of_mine(access):
    mine = [await access.sessions.begin(ANN, how="e-mail", now=NOW) for _ in range(2)]
    theirs = await access.sessions.begin(BOB, how="e-mail", now=NOW)
    await access.sessions.end_all(ANN, now=NOW)
    assert [await access.sessions.who(each.text, NOW) for each in mine] == [None, None]
    assert await access.sessions.who(theirs.text, NOW)


async def test_nobody_ends_the_session_of_another(access):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    assert not await access.sessions.end(begun.session.id, BOB, now=NOW)
    assert await access.sessions.who(begun.text, NOW)
    assert await access.sessions.end(begun.session.id, ANN, now=NOW)
    assert await access.sessions.who(begun.text, NOW) is None
    assert [each.ended_at for each in await access.sessions.of(ANN)] == [NOW]


@pytest.mark.parametrize("how", ["end", "end_this", "end_all"])
async def test_a_session_ended_by_another_process_opens_nothing_a_second_later(access, another, monkeypatch, how):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    elsewhere = await another()
    assert await access.sessions.who(begun.text, NOW)
    said = {"end": (begun.session.id, ANN), "end_this": (begun.text,), "end_all": (ANN,)}
    await getattr(elsewhere.sessions, how)(*said[how], now=NOW)
    await elsewhere.close()
    a_second_later(monkeypatch)
    assert await access.sessions.who(begun.text, NOW) is None


async def test_whoever_is_shut_out_has_nothing_left_that_opens(access):
    token = await access.tokens.issue(ANN, now=NOW, issued_via="init")
    session = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    await access.identities.tie("https://id.example", "ann", ANN, now=NOW)
    await access.tokens.reserve("ann@example.org", ANN)
    await access.shut_out(ANN, now=NOW)
    assert await access.tokens.who(token.text, NOW) is None
    assert await access.sessions.who(session.text, NOW) is None
    assert await access.identities.find("https://id.example", "ann") is None
    assert await access.tokens.find("ann@example.org") is None
    assert not await access.table.rows("SELECT 1 FROM links")
    assert link


async def test_after_a_restore_everybody_signs_in_again(access):
    sessions = [await access.sessions.begin(each, how="e-mail", now=NOW) for each in (ANN, BOB)]
    link = await access.links.make(ANN, how="e-mail", now=NOW)
    token = await access.tokens.issue(ANN, now=NOW, issued_via="init")
    await access.begin_anew(now=NOW)
    assert [await access.sessions.who(each.text, NOW) for each in sessions] == [None, None]
    with pytest.raises(Refused, match="no link that works"):
        await access.links.look(link, now=NOW)
    assert await access.tokens.who(token.text, NOW), "programs go on"


async def test_that_a_session_is_in_use_is_written_once_however_many_ask_together(access):
    begun = await access.sessions.begin(ANN, how="e-mail", now=NOW)
    written = []
    run = access.table.run

    async def noted(statement, *values):
        written.append(statement)
        return await run(statement, *values)

    access.sessions._db = SimpleNamespace(run=noted, rows=access.table.rows)
    await access.sessions.who(begun.text, NOW)
    await asyncio.gather(*(access.sessions.who(begun.text, NOW + HOUR) for _ in range(20)))
    assert len(written) == 1
    [session] = await access.sessions.of(ANN)
    assert session.seen_at == NOW + HOUR


async def test_old_sessions_are_not_kept(access):
    await access.sessions.begin(ANN, how="e-mail", now=NOW)
    later = NOW + LONGEST + KEPT + timedelta(seconds=1)
    new = await access.sessions.begin(ANN, how="e-mail", now=later)
    assert await access.sessions.of(ANN) == [new.session]

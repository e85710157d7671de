"""The invented network: a year of it is played by the commands people use, told, and served."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import socket
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from service import app
from service.demo.people import AVOIDS, LATECOMERS, LINES, PEOPLE, cast
from service.demo.plots import PLOTS
from service.demo.promises import promises
from service.demo.script import EVENTS, FIRST_EVENT, FIRST_SEASON, MINE, ROUNDS, SECOND_SEASON
from service.demo.stuck import OFFERS, PROBLEMS, TOPICS
from service.demo.year import Year, before_christmas, working_day
from service.domain import events
from service.domain.commitment import STATES
from service.domain.days import LONDON
from service.ledger import ERASED
from service.running.clock import machine_clock
from service.settings import Settings
from tests.service_process import HOUSE, UNSTUCK, unstuck

QUICKLY = {"UNSTUCK_MATCH_SECONDS": "0.3"}
ITSELF = (events.ProposalComputed, events.ProposalExpired, events.ConfirmationLapsed)
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 800, 11)]


@dataclass
class Played:
    """A demo that came to its end: what it said, and what the ledger holds."""

    said: str
    data: Path
    history: list[Any]
    erased: list[str | None]

    def told(self, noun: str) -> dict[str, int]:
        """The line of one noun: how many are in which state."""
        line = next(line for line in self.said.splitlines() if line.split()[:1] == [noun])
        return {state: int(count) for count, state in re.findall(r"(\d+) ([a-z][a-z ]*)", line)}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    data = tmp_path_factory.mktemp("demo") / "data"
    done = unstuck("demo", "--exit-when-ready", "--port", "0", "--data", data, **QUICKLY)
    assert (done.returncode, done.stderr) == (0, "")
    return Played(done.stdout, data, *asyncio.run(recorded(data)))


async def recorded(data: Path) -> tuple[list[Any], list[str | None]]:
    async with app.open_house(Settings(data=data), machine_clock) as house:
        history = await house.ledger.events_after(0, limit=100_000)
        joined = {each.originator_id: each for each in history if isinstance(each, events.DirectorJoined)}
        gone = [joined[each.originator_id] for each in history if isinstance(each, events.DirectorForgotten)]
        return history, [house.ledger.unseal(each.name) for each in gone]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A demo that goes on, everything it printed, and where its folder is."""
    folder = tmp_path_factory.mktemp("temporary")
    process = subprocess.Popen(
        [*UNSTUCK, "demo", "--port", "0"],
        cwd=HOUSE,
        env={name: value for name, value in os.environ.items() if name != "UNSTUCK_DATA"}
        | QUICKLY
        | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if "until you press Ctrl-C" in line:
            break
    try:
        yield process, "".join(lines), folder
    finally:
        process.kill()
        process.wait()


def test_the_demo_says_how_much_was_played(played):
    assert played.said.startswith("A year of an invented network, from Monday ")
    assert sum(played.told("directors").values()) == len(PEOPLE) + 1
    assert played.told("directors")["forgotten"] == 1
    assert played.told("rounds") == {"completed": 2, "published": 1}
    assert played.told("sets")["proposed"] >= 1, "some invitations are open"
    assert played.told("inspections") == {"open and contested": 1}
    assert f"{len(played.history):,}" in played.said.splitlines()[9]


def test_every_state_a_commitment_can_be_in_is_shown(played):
    told = played.told("commitments")
    assert {state.replace("_", " ") for state in STATES} <= set(told)
    assert told["promised and overdue"] == 1
    assert 45 <= sum(told.values()) <= 60


def test_people_do_it_themselves_and_the_service_only_what_it_may(played):
    joined = {each.originator_id for each in played.history if isinstance(each, events.DirectorJoined)}
    for each in played.history:
        if isinstance(each, ITSELF):
            assert (each.by, each.via) == (None, "system")
        elif each.via != "init":
            assert each.by in joined
            assert each.via == "api"


def test_time_passes_in_the_play_and_ends_yesterday(played):
    assert all(one.recorded_at <= other.recorded_at for one, other in pairwise(played.history))
    year = played.history[-1].recorded_at - played.history[0].recorded_at
    assert timedelta(days=350) < year < timedelta(days=372)
    assert played.history[-1].recorded_at < machine_clock()


def test_breakfast_is_at_half_past_eight_in_london_all_year(played):
    calls = [
        each
        for each in played.history
        if isinstance(each, events.ConversationConvened) and each.format == "breakfast_call"
    ]
    assert {f"{each.starts_at.astimezone(LONDON):%H:%M}" for each in calls} == {"08:30"}
    assert len({each.starts_at.astimezone(LONDON).utcoffset() for each in calls}) == 2, "on both sides of the change"
    assert calls[-1].starts_at > machine_clock(), "one can still be signed up for"


def test_what_the_year_shows_besides(played):
    kinds = Counter(type(each) for each in played.history)
    for kind in (
        events.DirectorPaused,
        events.DirectorLeft,
        events.AvoidListed,
        events.WeightsChanged,
        events.InvitationDeclined,
        events.TermsRenegotiated,
        events.RenegotiationRefused,
        events.CompletionReturned,
        events.ProblemResolved,
        events.TierChanged,
        events.InspectionContested,
    ):
        assert kinds[kind], f"nothing shows a {kind.__name__}"
    verdicts = {each.verdict for each in played.history if isinstance(each, events.OutcomeReviewed)}
    assert verdicts == {"sustained", "drifted_back"}
    assert played.erased == [ERASED]


def test_a_folder_with_a_network_is_not_played_over(played):
    again = unstuck("demo", "--exit-when-ready", "--port", "0", "--data", played.data)
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "There is a network in" in again.stderr


def test_every_printed_line_shows_something(served):
    _, printed, _ = served
    asked = [shlex.split(line) for line in printed.splitlines() if line.strip().startswith("curl ")]
    assert len(asked) >= 9
    answers = {words[-1]: get(words[words.index("-H") + 1], words[-1]) for words in asked}
    inspected = next(answer for path, answer in answers.items() if path.endswith("/v1/me/inspections"))
    assert {item["what"] for item in inspected["items"]} == {"opened", "read"}
    mine = next(answer for path, answer in answers.items() if path.endswith("/mine"))
    assert mine["set"]["state"] == "proposed"
    history = next(answer for path, answer in answers.items() if "/commitments/" in path)
    assert [item["event"] for item in history["items"]][-1] == "OutcomeReviewed"


def test_every_printed_link_opens_a_page_with_a_button(served):
    _, printed, _ = served
    links = re.findall(r"^  (a director|a convenor|a lead), .*: (http://\S+/sign-in/\S+)$", printed, re.MULTILINE)
    assert [role for role, _ in links] == ["a director", "a convenor", "a lead"]
    for _, link in links:
        with urllib.request.urlopen(link) as answer:
            assert b"Sign in as" in answer.read()


def get(header: str, address: str) -> Any:
    name, _, value = header.partition(": ")
    with urllib.request.urlopen(urllib.request.Request(address, headers={name: value})) as answer:
        return msgspec.json.decode(answer.read())


def test_the_same_year_is_played_every_time(served, played):
    _, printed, _ = served
    assert printed.splitlines()[:10] == played.said.splitlines()[:10]


def test_stopping_it_leaves_nothing_behind(served):
    process, _, folder = served
    assert [each.name.startswith("unstuck-demo-") for each in folder.iterdir()] == [True]
    process.terminate()
    assert process.wait(20) == 0
    assert not list(folder.iterdir())


def test_a_port_that_is_taken_is_said_before_anything_is_played(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = unstuck("demo", "--exit-when-ready", "--port", str(port), "--data", tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr.startswith(f"unstuck: Port {port} of 127.0.0.1 is taken")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("last_day", DAYS, ids=str)
def test_every_year_has_its_calls_on_days_when_people_work(last_day):
    year = Year(last_day)
    early, late = year.calls()
    calls = [*early, *late]
    assert year.first_day.weekday() == 0
    assert calls == sorted(set(calls))
    assert len(calls) == 14
    assert all(day == working_day(day) == before_christmas(day) for day in calls)
    assert year.first_day < calls[0]
    assert calls[-1] < last_day < year.next_call()


def test_who_and_what_is_invented_hangs_together():
    names = {name for name, *_ in PEOPLE}
    assert len(names) == len(PEOPLE) == 60
    assert names >= {*LATECOMERS, *LINES, *LINES.values(), *(who for one, other, _ in AVOIDS for who in (one, other))}
    everybody = list(cast(Random(1)))
    assert len({each.email for each in everybody}) == 60
    assert all(each.stuck_on not in each.offers for each in everybody)
    assert len({each.organisation for each in everybody}) == 20
    assert set(OFFERS) == set(PROBLEMS) == set(TOPICS)
    assert all(len(said) >= 5 for said in PROBLEMS.values())
    assert {each.topic for each in promises()} == {*TOPICS, ""}


def test_every_plot_is_played_in_some_conversation():
    seasons = [plots for _, plots in (*FIRST_SEASON, *SECOND_SEASON)]
    begun = [*seasons, *(each.plots for each in (FIRST_EVENT, *EVENTS)), *(each.plots for each in ROUNDS)]
    assert {plot.removesuffix(MINE) for plots in begun for plot in plots} == set(PLOTS)

"""An invented network, played through a year of its life by the commands people use, and then served."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from tqdm import tqdm

from service import app
from service.demo.inspecting import plan_inspection
from service.demo.matching import plan_rounds
from service.demo.meeting import plan_calls, plan_events
from service.demo.membership import plan_people
from service.demo.signing_in import check, lines, visitors
from service.demo.stage import Stage, repeatable
from service.demo.talking import plan_talk
from service.demo.telling import counts, played
from service.demo.year import DAY, Calendar, Year, at
from service.domain.days import london_day
from service.keeping import stores
from service.running import due, operations
from service.running.clock import machine_clock
from service.running.folder import Folder
from service.settings import Settings, Unusable

SEED = 2020
ADMINISTRATOR = "administrator@network.example"
MATCH_SECONDS = 2.0
"""Of work for each proposal, at most: the network is small, and somebody is waiting."""


async def play(settings: Settings, *, fresh: bool, host: str, port: int, exit_when_ready: bool) -> None:
    """Plays the year in the data folder, or in one that is gone afterwards, and serves it until it is told to stop."""
    _must_be_free(host, port)
    with _somewhere(settings, fresh) as chosen:
        finished = await _until_told_to_stop(_play_and_serve(chosen, host, port, exit_when_ready))
    if exit_when_ready and not finished:
        raise Unusable("The demo was stopped before it was ready.")


async def _play_and_serve(settings: Settings, host: str, port: int, exit_when_ready: bool) -> None:
    settings = replace(settings, match_seconds=min(settings.match_seconds, MATCH_SECONDS))
    stage = await play_year(settings, Year(london_day(machine_clock()) - DAY))
    async with app.serving(settings, machine_clock, host=host, port=port) as (house, address):
        people = await visitors(house, stage)
        await check(address, people)
        print(played(stage.year, await counts(house, stage), await house.ledger.head()))
        print(f"\nServed at {address}, healthy and ready; a director, a convenor and a lead were answered.")
        if not exit_when_ready:
            print(f"\n{lines(address, people)}\nIt is served until you press Ctrl-C.", flush=True)
            await asyncio.Event().wait()


async def play_year(settings: Settings, year: Year) -> Stage:
    """The year in a new data folder: everything is planned, and then the days pass."""
    await asyncio.to_thread(stores.create, settings, Folder(settings.data))
    chance = Random(SEED)
    calendar = Calendar(at(year.first_day, 8))
    async with app.open_house(settings, calendar, new=True) as opened:
        house = repeatable(opened, chance, Random(SEED + 1))
        begun = await operations.begin(house, ADMINISTRATOR)
        administrator = UUID(begun["director"])
        stage = Stage(house=house, calendar=calendar, year=year, chance=chance, administrator=administrator)
        for plan in (plan_people, plan_events, plan_calls, plan_rounds, plan_inspection, plan_talk):
            plan(stage)
        with _progress(year) as shown:

            async def new_day(now: datetime) -> None:
                shown(london_day(now))
                await due.record_what_came_due(house)

            await calendar.pass_until(at(year.last_day + DAY, 0), new_day)
    return stage


@contextmanager
def _progress(year: Year) -> Iterator[Callable[[date], None]]:
    """Shows how much of the year has passed."""
    with tqdm(
        desc="Playing a year", total=year.days, unit=" days", file=sys.stderr, disable=not sys.stderr.isatty()
    ) as bar:

        def show(day: date) -> None:
            bar.update(min((day - year.first_day).days + 1, year.days) - bar.n)

        yield show


@contextmanager
def _somewhere(settings: Settings, fresh: bool) -> Iterator[Settings]:
    """The data folder of the settings, or one that is removed afterwards."""
    if not fresh:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="unstuck-demo-") as folder:
        yield replace(settings, data=Path(folder))


def _must_be_free(host: str, port: int) -> None:
    """Unusable when the service could not listen there: better said now than after the year was played."""
    try:
        for family, kind, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = "stop what is using it, or name another with --port (0 takes any that is free)"
            raise Unusable(f"Port {port} of {host} is taken: {advice}.") from None
        raise Unusable(f"Nothing can be served at {host}:{port}: {error.strerror}.") from None


async def _until_told_to_stop(work: Coroutine[Any, Any, None]) -> bool:
    """Whether it came to its end; whoever stops it before, with Ctrl-C or SIGTERM, leaves nothing behind."""
    task = asyncio.create_task(work)
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, task.cancel)
    await asyncio.wait([task])
    if task.cancelled():
        return False
    task.result()
    return True

"""The command line: `unstuck`."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from service import app, demo, matching
from service.commands.posts import LARGEST
from service.keeping import stores
from service.keeping.audit import audit
from service.keeping.backup import backup_of_database
from service.keeping.move import move
from service.keeping.replacing import replace_master_key
from service.keeping.restore import restore
from service.running import operations
from service.running import workers as several
from service.running.clock import clock_from, machine_clock, read_time
from service.running.control import handed_over
from service.running.doctor import examine
from service.running.folder import Folder, InUse
from service.running.matching_files import answer_in, question_in, writable, write
from service.running.progress import solving
from service.running.terminal import Within, command, show
from service.settings import Settings, Unusable, read_settings

PATIENCE = 10.0  # seconds a command waits for a service that is just starting or stopping


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="unstuck")
def main() -> None:
    """Turns conversations between public-sector directors into action, and shows what came of them."""


async def perform(settings: Settings, operation: str, **arguments: Any) -> dict[str, Any]:
    """Has the running service do it, or does it here when none runs."""
    folder = Folder(settings.data)
    await asyncio.to_thread(stores.must_exist, settings, folder)
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        result = await handed_over(folder.socket, operation, arguments)
        if result is not None:
            return result
        try:
            async with app.open_house(settings, machine_clock) as house:
                return await operations.perform(house, operation, arguments)
        except InUse:
            # Somebody is just starting or stopping: soon it either listens or has let go.
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.1)


class Time(click.ParamType[datetime]):
    """A time as people write it."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment meant."""
        try:
            return value if isinstance(value, datetime) else read_time(value)
        except Unusable as unusable:
            self.fail(str(unusable), param, ctx)


main.add_command(audit)


@command(main, "init")
@click.option("--admin", required=True, metavar="EMAIL", help="Who administers the network first.")
async def init(settings: Settings, admin: str) -> None:
    """Create the data folder and the first administrator; prints their id and API token."""
    show(await app.begin(settings, machine_clock, admin))


@command(main, "serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="More than one needs PostgreSQL.")
@click.option("--now", type=Time(), help="Start the clock there and let it run (rehearsals and tests).")
async def serve(settings: Settings, host: str, port: int, workers: int, now: datetime | None) -> None:
    """Run the service until it is told to stop (SIGTERM drains and stops)."""
    if workers > 1 and settings.database_url is None:
        raise Unusable("More than one worker needs PostgreSQL: set UNSTUCK_DATABASE_URL, or leave --workers out.")
    if workers > 1:
        await several.serve(settings, host=host, port=port, workers=workers, now=now)
    else:
        clock = clock_from(now) if now else machine_clock
        await app.serve(settings, clock, host=host, port=port, rehearsal=now is not None)


@command(main, "demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--exit-when-ready", is_flag=True, help="Seed, serve, check its own health, print the counts and stop.")
async def demo_(settings: Settings, host: str, port: int, exit_when_ready: bool) -> None:
    """Play an invented network through a year of its life, and serve it."""
    named = click.get_current_context().params["data"] or os.environ.get("UNSTUCK_DATA")
    # An invented network has no place in a database that may be somebody's real one.
    await demo.play(
        replace(settings, database_url=None), fresh=not named, host=host, port=port, exit_when_ready=exit_when_ready
    )


@command(main, "token")
@click.argument("whom", metavar="EMAIL_OR_ID")
@click.option("--expires", type=click.IntRange(1, 3650), metavar="DAYS", help="When it stops working.")
@click.option("--read-only", is_flag=True, help="A token that may read and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print the token with the director's id, as JSON.")
async def token(settings: Settings, whom: str, expires: int | None, read_only: bool, as_json: bool) -> None:
    """Print an API token for that director, once."""
    issued = await perform(settings, "token", whom=whom, expires=expires, read_only=read_only)
    show(issued) if as_json else click.echo(issued["token"])


@command(main, "sign-in-link")
@click.argument("whom", metavar="EMAIL_OR_ID")
@click.option("--address", metavar="URL", help="Where the pages are, if no setting says so.")
@click.option("--json", "as_json", is_flag=True, help="Print the link with the director's id, as JSON.")
async def sign_in_link(settings: Settings, whom: str, address: str | None, as_json: bool) -> None:
    """Print a link that signs that director in, once, within 15 minutes."""
    made = await perform(settings, "sign-in link", whom=whom, address=address)
    show(made) if as_json else click.echo(made["link"])


@command(main, "sign-out")
@click.argument("whom", metavar="EMAIL_OR_ID")
async def sign_out(settings: Settings, whom: str) -> None:
    """End every session of that director."""
    show(await perform(settings, "sign out", whom=whom))


@main.group("import")
def import_() -> None:
    """Bring in directors or problems from a CSV file."""


@command(import_, "directors")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--grade", default="SCS2", show_default=True, help="The grade of the posts to import.")
async def import_directors(settings: Settings, file: Path, grade: str) -> None:
    """Directors from an organogram: good rows are imported, bad ones named."""
    show(await perform(settings, "import directors", content=_content(file), grade=grade))


@command(import_, "problems")
@click.argument("file", type=click.Path(path_type=Path))
async def import_problems(settings: Settings, file: Path) -> None:
    """Problems (id,title,text,source[,organisation]), given to directors in turn."""
    show(await perform(settings, "import problems", content=_content(file)))


def _content(file: Path) -> str:
    """What is in the file, as far as anything is read of one that is too large."""
    try:
        with file.open("rb") as opened:
            return base64.b64encode(opened.read(LARGEST + 1)).decode()
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}.") from None


@command(main, "match")
@click.argument("files", nargs=-1, required=True, metavar="INPUT.json [OUT.json]", type=click.Path(path_type=Path))
@click.option("--seconds", default=10.0, show_default=True, type=Within(0.1, 86_400), help="Work to spend.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1))
@click.option("--output", type=click.Path(path_type=Path), help="Where to write the answer (default: stdout).")
@click.option("--check", is_flag=True, help="Check OUT.json against INPUT.json instead of solving.")
@click.option("--workers", default=0, type=click.IntRange(0, 256), help="Processes that share a very large round.")
@click.option("--scheduler", help="A running Dask scheduler, tls://host:port, whose workers share it instead.")
def match(
    settings: Settings,
    files: tuple[Path, ...],
    seconds: float,
    seed: int,
    output: Path | None,
    check: bool,
    workers: int,
    scheduler: str | None,
) -> None:
    """Answer the question in INPUT.json with sets, a value and a proven bound; no database needed."""
    if len(files) != (2 if check else 1):
        wanted = "--check INPUT.json OUT.json" if check else "INPUT.json"
        raise click.UsageError(f"Say: unstuck match {wanted}")
    question = matching.read_question(question_in(files[0]))
    if check:
        if broken := matching.check(question, answer_in(files[1])):
            click.echo("\n".join(broken))
            sys.exit(1)
        return
    if output is not None:
        writable(output)  # or refused, now rather than after the work
    shared = workers > 0 or scheduler is not None
    sharing = matching.on_workers(workers, scheduler) if shared else nullcontext(matching.here)
    with solving(seconds) as progress, sharing as run:
        solved = matching.solve(question, seconds=seconds, seed=seed, progress=progress, run=run)
    written = msgspec.json.format(msgspec.json.encode(matching.output(solved, question)), indent=2)
    if output is None:
        click.echo(written)
    else:
        write(output, written + b"\n")


@command(main, "rebuild")
@click.option("--json", "as_json", is_flag=True, help="Print position and digest as JSON.")
async def rebuild(settings: Settings, as_json: bool) -> None:
    """Build the read models again from nothing; the result is the same to the byte."""
    rebuilt = await perform(settings, "rebuild")
    if as_json:
        show(rebuilt)
    else:
        click.echo(f"Rebuilt up to position {rebuilt['position']}; digest {rebuilt['digest']}.")


@command(main, "forget")
@click.argument("whom", metavar="ID")
async def forget(settings: Settings, whom: str) -> None:
    """Erase every word of one person, for ever."""
    show(await perform(settings, "forget", whom=whom))


@command(main, "backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="Write keys and sign-in there; keep that file apart.")
async def backup(settings: Settings, file: Path, keys: Path | None) -> None:
    """Write every event to FILE, while the service runs or not."""
    said = {"file": _from_here(file), "keys": keys and _from_here(keys)}
    if settings.database_url is None:
        show(await perform(settings, "backup", **said))
    else:
        show(await asyncio.to_thread(backup_of_database, settings, machine_clock, said))


def _from_here(file: Path) -> str:
    return str(file.absolute())  # the service runs in another folder


@command(main, "restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="The keys and sign-in that were backed up with it.")
@click.option("--forgotten", type=click.Path(path_type=Path), help="Whom to forget again: the list of the old folder.")
async def restore_(settings: Settings, file: Path, keys: Path | None, forgotten: Path | None) -> None:
    """Bring the network in FILE back, into a data folder or a database that holds none."""
    show(await restore(settings, machine_clock, file, keys=keys, forgotten=forgotten))


@command(main, "move")
@click.option("--to", "url", metavar="URL", help="Into that PostgreSQL: postgresql://user:password@host/database.")
@click.option("--to-folder", "into", type=click.Path(path_type=Path), help="Into files in that folder.")
@click.option("--json", "as_json", is_flag=True, help="Print what was moved as JSON.")
def move_(settings: Settings, url: str | None, into: Path | None, as_json: bool) -> None:
    """Move the network into PostgreSQL, or from there into files; it stays where it was as well."""
    if (url is None) == (into is None):
        raise click.UsageError("Say where to: unstuck move --to postgresql://…, or unstuck move --to-folder DIR")
    if url is not None:
        url = read_settings({"UNSTUCK_DATABASE_URL": url}).database_url
    moved = move(settings, url=url, into=into)
    if as_json:
        show(moved)
        return
    click.echo(
        f"{moved['events']} events and everything beside them are in {moved['to']}, as they were in {moved['from']}:"
        f" every row is the same, and so is the root of the tree, {moved['root']} at {moved['size']}.\n{moved['next']}"
    )


@main.group("keys")
def keys() -> None:
    """The key that opens everybody's keys."""


@command(keys, "replace")
@click.option("--new", type=click.Path(path_type=Path), help="A file with 64 hexadecimal digits (default: made now).")
def replace_key(settings: Settings, new: Path | None) -> None:
    """Replace the master key, while no service runs; the one before opens nothing any more."""
    show(replace_master_key(settings, new))


@command(main, "doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
async def doctor(settings: Settings, as_json: bool) -> None:
    """Check ledger, read models, keys, disk and settings, and say what to do."""
    findings = await examine(settings)
    if as_json:
        show(findings)
    for finding in findings if not as_json else ():
        click.echo(f"{'ok  ' if finding.well else 'LOOK'}  {finding.what}")
    if not all(finding.well for finding in findings):
        sys.exit(1)

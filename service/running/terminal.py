"""How every command behaves at a terminal: where it looks, how it refuses, and how it shows what it did."""

from __future__ import annotations

import asyncio
import math
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec

from service import matching
from service.domain.refusals import Refusal
from service.matching import UnreadableQuestion, Unsettled
from service.running.logs import open_log
from service.settings import Unusable, read_settings


class Within(click.FloatRange):
    """A figure between two others; nan, which is no number, is between none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        figure = float(super().convert(value, param, ctx))
        return self.fail(f"{value} is not in the range {self.min}<=x<={self.max}.") if math.isnan(figure) else figure


def command(group: click.Group, name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command that takes --data, and says what it refuses in one sentence with exit status 1."""

    def declare(run: Callable[..., Any]) -> click.Command:
        @wraps(run)
        def told(data: Path | None, **arguments: Any) -> None:
            try:
                settings = read_settings(os.environ)
                open_log(_level(name, settings.log_level))
                done = run(settings if data is None else replace(settings, data=data), **arguments)
                if isinstance(done, Coroutine):
                    asyncio.run(done)
            except (Unusable, Refusal, UnreadableQuestion, Unsettled) as refusal:
                fail(refusal)
            except (click.ClickException, click.exceptions.Exit, click.Abort):
                raise
            except matching.NoWorkers as refusal:
                fail(refusal)
            except Exception as unexpected:
                if os.environ.get("UNSTUCK_LOG_LEVEL") == "debug":
                    raise
                told = f"something went wrong inside ({type(unexpected).__name__})"
                fail(f"{told}. Set UNSTUCK_LOG_LEVEL=debug and run it again to see where.")

        option = click.option(
            "--data", type=click.Path(path_type=Path), help="The data folder (default ./data, or UNSTUCK_DATA)."
        )
        return group.command(name)(option(told))

    return declare


def _level(name: str, asked: str) -> str:
    """What goes well is written down by whoever serves; a terminal is told of it by the command itself."""
    return "warning" if asked == "info" and name != "serve" else asked


def fail(sentence: object) -> NoReturn:
    """One sentence on stderr, and exit status 1."""
    click.echo(f"unstuck: {sentence}", err=True)
    sys.exit(1)


def show(result: object) -> None:
    """JSON on stdout."""
    click.echo(msgspec.json.format(msgspec.json.encode(result), indent=2))

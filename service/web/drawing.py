"""How a page is drawn: templates, components of the design system, and the words for dates, people and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime
from typing import Any

import jinja2
from aiohttp import web
from markupsafe import Markup

from service.domain.days import LONDON
from service.web.assets import Assets

PACKAGES = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})


MOST_FIXED = 1000


class Unsaid(jinja2.Undefined):
    """What no handler gave may be asked after, and not be printed: a slip of the pen is found by the first test."""

    __str__ = jinja2.Undefined._fail_with_undefined_error
    __iter__ = jinja2.Undefined._fail_with_undefined_error


class Environment(jinja2.Environment):
    """Templates that look up their globals in a plain dictionary, given to each when it is loaded: Jinja compares them
    at every import, which took a tenth of the time of a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Components:
    """The components of the GOV.UK Design System, by name."""

    def __init__(self) -> None:
        self._drawn_by = Environment(
            loader=PACKAGES, autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
        )
        self._macros: dict[str, Any] = {}
        self._drawn: dict[tuple[str, str], Markup] = {}

    def __call__(self, name: str, params: Mapping[str, Any], *, fixed: bool = False) -> Markup:
        """The component with these parameters, as its documentation names them. Words go into `text`; whatever is put
        into `html` is believed. What is `fixed` stands in a template word for word, and is drawn once."""
        if not fixed:
            return self._draw(name, params)
        key = (name, repr(params))
        if key not in self._drawn:
            if len(self._drawn) >= MOST_FIXED:
                self._drawn.clear()
            self._drawn[key] = self._draw(name, params)
        return self._drawn[key]

    def _draw(self, name: str, params: Mapping[str, Any]) -> Markup:
        if name not in self._macros:
            module: Any = self._drawn_by.get_template(f"govuk_frontend_jinja/components/{name}/macro.html").module
            self._macros[name] = getattr(module, f"govuk{''.join(part.capitalize() for part in name.split('-'))}")
        drawn: Markup = self._macros[name](params)
        return Markup(drawn.strip())  # noqa: S704  # drawn by a template that escapes


COMPONENTS = web.AppKey("components", Components)
TEMPLATES = web.AppKey("templates", Environment)


def prepare(app: web.Application, assets: Assets) -> tuple[jinja2.Environment, Components]:
    """Gives the templates everything they may use."""
    components = app[COMPONENTS] = Components()
    filters: dict[str, Callable[..., str]] = {
        "day": day_in_words,
        "moment": moment_in_words,
        "some": some,
        "plainly": plainly,
    }
    environment = app[TEMPLATES] = Environment(
        autoescape=True,
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader("service.web"), PACKAGES]),
        undefined=Unsaid,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(filters)
    header = components("generic-header", {"logoText": "Unstuck", "url": "/"})
    skip_link = components("skip-link", {"href": "#main-content", "text": "Skip to main content"})
    environment.globals.update(component=components, asset=assets.address, header=header, skip_link=skip_link)
    return environment, components


def day_in_words(day: date | datetime | None) -> str:
    """3 March 2027, as it is in London."""
    if day is None:
        return ""
    day = day.astimezone(LONDON) if isinstance(day, datetime) else day
    return f"{day.day} {day:%B %Y}"


def moment_in_words(moment: datetime | None) -> str:
    """Wednesday 3 March 2027 at 9:30am, as it is in London."""
    if moment is None:
        return ""
    here = moment.astimezone(LONDON)
    hour, half = (here.hour % 12 or 12), "am" if here.hour < 12 else "pm"
    minutes = f":{here.minute:02}" if here.minute else ""
    return f"{here:%A} {day_in_words(here)} at {hour}{minutes}{half}"


def some(count: int, one: str, many: str | None = None) -> str:
    """1 problem, 2 problems."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plainly(state: str) -> str:
    """A state as people say it: `let_go` is `let go`."""
    return state.replace("_", " ").replace("-", " ")

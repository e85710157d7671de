"""A form as a template writes it: fields that keep what was said, and say beside themselves what is wrong.

{{ form.open() }}
{{ form.line("title", "What are you stuck on?") }}
{{ form.send("Register it") }}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from markupsafe import Markup, escape
from multidict import MultiDict, MultiMapping

from service.api.inside import Wrong
from service.domain.days import LONDON


class Component(Protocol):
    """Draws a component of the design system by its name."""

    def __call__(self, name: str, params: Mapping[str, Any], *, fixed: bool = False) -> Markup: ...


Choice = tuple[Any, str] | tuple[Any, str, str]
"""What is sent, what is read, and perhaps a hint."""
TOKEN, ONCE, VERSION = "form-token", "form-once", "form-version"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form on a page: where it is sent, what was said in it, and what was wrong with that."""

    action: str
    token: str
    once: str
    component: Component
    said: MultiMapping[Any] | None = None
    wrongs: Sequence[Wrong] = field(default_factory=list)
    note: str | None = None
    """What was wrong with the whole."""
    labels: dict[str, str] = field(default_factory=dict)
    """What each field drawn so far asks."""

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrongs or self.note)

    def open(self, version: int | None = None, *, action: str | None = None) -> Markup:
        """The beginning of a form; with a version it is refused once the thing has moved on."""
        kept = {TOKEN: self.token, ONCE: self.once, **({} if version is None else {VERSION: version})}
        hidden = Markup("").join(
            Markup('<input type="hidden" name="{}" value="{}">').format(*pair) for pair in kept.items()
        )
        return Markup('<form method="post" action="{}" novalidate>{}').format(action or self.action, hidden)

    def send(self, text: str, *, style: str = "", cancel: str | None = None) -> Markup:
        """The button that sends it, perhaps a way back, and its end."""
        button = self.component("button", _button(text, style))
        back = Markup('<a class="govuk-link" href="{}">Cancel</a>').format(cancel) if cancel else ""
        return Markup('<div class="govuk-button-group">{}{}</div></form>').format(button, back)

    def hidden(self, name: str, value: object) -> Markup:
        return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)

    def button(
        self,
        action: str,
        text: str,
        *,
        style: str = "secondary",
        about: str = "",
        version: int | None = None,
        **said: Any,
    ) -> Markup:
        """A command by one button; `about` says to those who only hear it what it is about."""
        fields = Markup("").join(self.hidden(name, value) for name, value in said.items())
        label = (
            Markup('{} <span class="govuk-visually-hidden">{}</span>').format(text, about) if about else escape(text)
        )
        drawn = self.component("button", {**_button(text, style), "text": None, "html": label})
        return self.open(version, action=action) + fields + drawn + Markup("</form>")

    def summary(self) -> Markup:
        """What was wrong, at the top of the page, each with a link to its field and what that asks: it is drawn when
        the fields have been."""
        if not self.is_wrong:
            return Markup("")
        named = [
            {"text": self._told(wrong), "href": f"#{_field_of(wrong.field)}"} for wrong in self.wrongs if wrong.field
        ]
        whole = [{"text": self.note}] if self.note and not named else []
        whole += [{"text": wrong.why} for wrong in self.wrongs if not wrong.field]
        return self.component("error-summary", {"titleText": "There is a problem", "errorList": [*whole, *named]})

    def line(self, name: str, label: str, *, value: str | None = None, width: str = "", **more: Any) -> Markup:
        """One line of words."""
        params = {"classes": f"govuk-input--width-{width}" if width else "", "value": self._value(name, value)}
        return self._drawn("input", {**self._field(name, label, more), **params, **_attributes(more)}, more)

    def text(self, name: str, label: str, *, value: str | None = None, rows: int = 5, **more: Any) -> Markup:
        """Several lines of words."""
        params = {"rows": str(rows), "value": self._value(name, value)}
        return self._drawn("textarea", {**self._field(name, label, more), **params, **_attributes(more)}, more)

    def lines(self, name: str, label: str, *, value: Iterable[str] = (), rows: int = 4, **more: Any) -> Markup:
        """A list, one on each line."""
        return self.text(name, label, value="\n".join(value), rows=rows, **more)

    def pick(self, name: str, label: str, choices: Iterable[Choice], *, value: Any = None, **more: Any) -> Markup:
        """One of many."""
        chosen = self._value(name, value)
        items = [{"value": str(each[0]), "text": each[1], "selected": str(each[0]) == chosen} for each in choices]
        return self.component("select", {**self._field(name, label, more), "items": items})

    def one_of(self, name: str, label: str, choices: Iterable[Choice], *, value: Any = None, **more: Any) -> Markup:
        """One of a few."""
        chosen = self._value(name, value)
        return self._drawn("radios", self._choices(name, label, choices, {chosen}, more), more)

    def several(
        self, name: str, label: str, choices: Iterable[Choice], *, value: Iterable[Any] = (), **more: Any
    ) -> Markup:
        """As many of a few as are right."""
        chosen = {str(each) for each in (self.said.getall(name, ()) if self.said is not None else value)}
        return self._drawn("checkboxes", self._choices(name, label, choices, chosen, more), more)

    def day(self, name: str, label: str, *, value: date | None = None, **more: Any) -> Markup:
        """A date, in three fields."""
        return self._drawn("date-input", self._date(name, label, value, more), more)

    def moment(self, name: str, label: str, *, value: datetime | None = None, **more: Any) -> Markup:
        """A date, and a time of day in London."""
        here = value.astimezone(LONDON) if value else None
        params = self._date(name, label, here, more)
        params["items"].append(
            {
                "name": "time",
                "label": "Time, such as 9:30am",
                "classes": "govuk-input--width-5",
                "inputmode": "text",
                "value": self._value(f"{name}-time", here and f"{here:%H:%M}"),
            }
        )
        return self.component("date-input", params)

    def _drawn(self, component: str, params: dict[str, Any], more: Mapping[str, Any]) -> Markup:
        """A field; where all of it stands in the template (`fixed`) and nobody has said anything, it is drawn once."""
        return self.component(component, params, fixed=bool(more.get("fixed")) and self.said is None)

    def _date(self, name: str, label: str, value: date | None, more: Mapping[str, Any]) -> dict[str, Any]:
        parts = {"day": value and value.day, "month": value and value.month, "year": value and value.year}
        wrong = " govuk-input--error" if self._wrong(name) else ""
        items = [
            {
                "name": part,
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
                "value": self._value(f"{name}-{part}", number),
            }
            for part, number in parts.items()
        ]
        params = self._field(name, label, more)
        legend = params.pop("label")
        return {**params, "namePrefix": name, "fieldset": {"legend": legend}, "items": items}

    def _choices(
        self, name: str, label: str, choices: Iterable[Choice], chosen: set[str], more: Mapping[str, Any]
    ) -> dict[str, Any]:
        items = [
            {
                "value": str(each[0]),
                "text": each[1],
                "checked": str(each[0]) in chosen,
                **({"hint": {"text": each[2]}} if len(each) == 3 else {}),
            }
            for each in choices
        ]
        params = self._field(name, label, more)
        legend = params.pop("label")
        classes = f"govuk-{more.get('kind', '')}" if more.get("kind") else ""
        return {**params, "idPrefix": name, "fieldset": {"legend": legend}, "items": items, "classes": classes}

    def _field(self, name: str, label: str, more: Mapping[str, Any]) -> dict[str, Any]:
        """What every field has: a name, a label (the heading of the page where it is `main`), a hint, what is wrong."""
        self.labels[name] = label
        size = "l" if more.get("main") else more.get("size", "s")
        params: dict[str, Any] = {
            "id": name,
            "name": name,
            "label": {
                "text": label,
                "classes": f"govuk-label--{size} govuk-fieldset__legend--{size}",
                "isPageHeading": bool(more.get("main")),
            },
        }
        if more.get("hint"):
            params["hint"] = {"text": more["hint"]}
        if wrong := self._wrong(name):
            params["errorMessage"] = {"text": wrong}
        return params

    def _value(self, name: str, default: object) -> str:
        if self.said is not None:
            return str(self.said.get(name, ""))
        return "" if default is None else str(default)

    def _told(self, wrong: Wrong) -> str:
        """What was wrong, and with which field."""
        label = self.labels.get(_field_of(wrong.field), "").removesuffix(" (optional)")
        return f"{label}{'' if label.endswith('?') else ':'} {wrong.why}" if label else wrong.why

    def _wrong(self, name: str) -> str | None:
        return next((wrong.why for wrong in self.wrongs if _field_of(wrong.field) == name), None)


def _field_of(place: str) -> str:
    """The field a place lies in: `offers.topics[2]` lies in `offers.topics`."""
    return place.partition("[")[0]


def _button(text: str, style: str) -> dict[str, Any]:
    return {"text": text, "classes": f"govuk-button--{style}" if style else "", "preventDoubleClick": True}


def _attributes(more: Mapping[str, Any]) -> dict[str, Any]:
    """What browsers may be told of a field: how it is spelt, completed, typed."""
    known = {"autocomplete", "inputmode", "spellcheck", "type"}
    return {name: value for name, value in more.items() if name in known}


NOTHING_SAID: MultiDict[Any] = MultiDict()

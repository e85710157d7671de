"""Pictures are one image with a title and a description, need no style, and have a table that says the same."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.web.pictures import (
    Fit,
    Moment,
    Picture,
    Step,
    Ties,
    draw_funnel,
    draw_set,
    draw_solving,
    draw_ties,
    draw_waiting,
    ready_to_draw,
)
from service.web.pictures.drawing import _lines, place_of
from service.web.pictures.sets import cut, written
from service.web.reports import tell_ties

OTHERS = [["Ann", "Bob"], ["<Cid>", place_of(0)], ["12", "true"]]
SVG = "{http://www.w3.org/2000/svg}"
STAGES = [("held", 46), ("asked", 39), ("promised", 30), ("acted", 22), ("kept", 17)]
PEOPLE = ["Amina <Okafor>", "Bartholomew Fitzgerald-Cholmondeley of Little Snoring", "محمد العبد الله"]


def every() -> dict[str, Picture]:
    return {
        "funnel": draw_funnel(STAGES),
        "no conversations": draw_funnel([("held", 0), ("asked", 0)]),
        "waiting": draw_waiting([Step(day=3, acted=0.25, at_risk=40), Step(day=40, acted=0.55, at_risk=9)], 40),
        "nobody waits": draw_waiting([], None),
        "ties": draw_ties([Ties(period="January 2026", new=34, renewed=3, repeated=10)]),
        "no ties": draw_ties([]),
        "set": draw_set(PEOPLE, [Fit(person=PEOPLE[0], helped_by=PEOPLE[2], because="offers <risk> & data")]),
        "a set of strangers": draw_set(PEOPLE, []),
        "solving": draw_solving(
            [Moment(seconds=0.2, value=5200, bound=None), Moment(seconds=5, value=6939, bound=7024)]
        ),
        "not begun": draw_solving([]),
    }


@pytest.mark.parametrize("name", every())
def test_a_picture_is_one_image_with_a_title_and_a_description(name):
    picture = every()[name]
    root = ElementTree.fromstring(picture.svg)
    title, description = root[0], root[1]
    assert (title.tag, title.text) == (f"{SVG}title", picture.title)
    assert (description.tag, description.text) == (f"{SVG}desc", picture.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("name", every())
def test_a_picture_obeys_the_strictest_content_security_policy(name):
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|<foreignObject|<image|href=", every()[name].svg)


@pytest.mark.parametrize("name", every())
def test_a_picture_fills_the_width_it_is_given_and_no_letter_is_small(name):
    root = ElementTree.fromstring(every()[name].svg)
    assert "width" not in root.attrib
    across = float((root.get("viewBox") or "").split()[2])
    assert across <= 340
    assert all(float(size.removesuffix("px")) >= 14 for size in re.findall(r'font-size="([^"]+)"', every()[name].svg))


def test_the_table_says_what_the_picture_shows():
    assert draw_funnel(STAGES).rows[-1] == ["kept", "17", "37%"]
    assert draw_ties([Ties(period="May", new=1, renewed=2, repeated=3)]).rows == [["May", "1", "2", "3"]]
    assert draw_solving([Moment(seconds=5, value=6939, bound=None)]).rows == [["5.0", "6,939", "–"]]
    assert every()["set"].rows == [["Amina <Okafor>", "محمد العبد الله", "offers <risk> & data"]]
    assert every()["waiting"].rows == [["3", "25%", "40"], ["40", "55%", "9"]]


def test_a_number_of_one_is_not_a_plural():
    assert "Of 1 conversation," in draw_funnel([("held", 1), ("asked", 1)]).description


def test_how_far_the_best_may_be_is_said():
    assert "at most 1.2% away" in every()["solving"].description
    unproven = draw_solving([Moment(seconds=1, value=10, bound=None)])
    assert "nothing is proven" in unproven.description


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Amina Okafor", "Amina Okafor"),
        ("Bartholomew Fitz", "Bartholomew…"),
        ("東京都知事小池百合子", "東京都知事…"),
        ("𝒜" * 20, "𝒜" * 11 + "…"),
        ("", ""),
    ],
)
def test_a_name_is_cut_between_its_letters(name, drawn):
    assert cut(name) == drawn


def test_a_name_too_long_for_one_line_stands_on_two():
    assert written("Marguerite Delacourt") == ["Marguerite", "Delacourt"]
    assert written("Amina Okafor") == ["Amina Okafor"]
    assert written("Featherstonehaugh") == ["Featherston…"]
    people = ["Marguerite <Delacourt>", "Amina Okafor"]
    svg = draw_set(people, [Fit(person=people[0], helped_by=people[1], because="")]).svg
    lines = [line.text for line in ElementTree.fromstring(svg).iter(f"{SVG}tspan")]
    assert lines == ["Marguerite", "<Delacourt>"] * 2


@settings(max_examples=15, deadline=None)
@example(["\0", "\x1b[31m", "\ufffe", "\ud800"])
@given(st.lists(st.text(min_size=1, max_size=80), min_size=2, max_size=6, unique=True))
def test_any_names_are_drawn(names):
    """Names can hold anything a person may be called by, or a machine may put there."""
    fits = [Fit(person=names[0], helped_by=names[-1], because="")]
    ElementTree.fromstring(draw_set(names, fits).svg)


def test_a_picture_is_kept_without_the_names_in_it():
    """Other people who suit one another in the same way have the same lines, with their own names beside them."""
    svg = [draw_set(names, [Fit(person=names[0], helped_by=names[1], because="")]).svg for names in OTHERS]
    assert _lines.cache_info().hits
    for drawn, names in zip(svg, OTHERS, strict=True):
        said = [text.text for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
        assert said == ["is stuck", *names, "can help", *names]


def test_somebody_helped_twice_by_one_other_is_one_line():
    once, twice = (draw_set(["Ann", "Bob"], [Fit(person="Ann", helped_by="Bob", because="")] * n).svg for n in (1, 2))
    assert once == twice


async def test_what_draws_is_there_before_the_first_visitor(street):
    assert ready_to_draw.cache_info().currsize == 1


def told_of_ties(*, january: int | None, all_year: int | None):
    """A year of which January has so many new ties; None is hidden."""
    return tell_ties(
        SimpleNamespace(
            rows=[SimpleNamespace(cohort="2026-01", new=january, renewed=0, repeated=None if january is None else 5)],
            total=SimpleNamespace(cohort="all", new=all_year, renewed=0, repeated=9),
            ei_index=None,
            z=None,
            by="month",
        )
    )


def test_ties_are_drawn_by_month():
    assert told_of_ties(january=7, all_year=30).picture.rows == [["January 2026", "7", "0", "5"]]


def test_where_every_month_has_something_to_hide_ties_are_drawn_as_one():
    assert told_of_ties(january=None, all_year=30).picture.rows == [["All", "30", "0", "9"]]


def test_nothing_is_drawn_where_the_whole_has_something_to_hide_too():
    assert told_of_ties(january=None, all_year=None).picture is None

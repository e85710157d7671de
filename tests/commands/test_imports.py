"""Importing files: all good rows at once, each person and problem once, and nothing at all from what cannot be read."""

import base64
from collections import Counter

import pytest

from projections import directors, problems
from service.commands import Call
from service.running.operations import OPERATIONS
from service.settings import Unusable
from tests.commands.organograms import HEADING, organogram, post, table
from tests.real_data import DATA, needs_real_data

PROBLEM = ("id", "title", "text", "source", "organisation")


async def bring_in(house, what: str, content: bytes, **said):
    arguments = {"content": base64.b64encode(content).decode(), **said}
    return await OPERATIONS[f"import {what}"](house, arguments)


async def import_directors(house, *rows, grade="SCS2"):
    return await bring_in(house, "directors", organogram(*rows), grade=grade)


async def import_problems(house, *rows):
    return await bring_in(house, "problems", table(list(rows), PROBLEM))


async def people(house) -> list[directors.View]:
    """Everybody but the administrator."""
    await house.read_models.reached(await house.ledger.head())
    async with house.read_models.read() as db:
        return [each for each in await directors.everybody(db) if not each.roles]


async def stuck(house) -> list[problems.View]:
    await house.read_models.reached(await house.ledger.head())
    async with house.read_models.read() as db:
        owners = {each.id for each in await directors.everybody(db)}
        found = [await problems.page(db, viewer=owner, after=None, limit=200) for owner in owners]
    return [view for views, _ in found for view in views]


async def test_a_post_becomes_a_director_known_by_its_title(house):
    assert await import_directors(house, post()) == {"imported": 1, "skipped": {}, "problems": []}
    [found] = await people(house)
    assert house.ledger.unseal(found.name) == "Director of Debt"
    assert house.ledger.unseal(found.offer_text) == "Sells gilts."
    assert (found.organisation, found.department, found.profession) == (
        "Debt Management Office",
        "HM Treasury",
        "Finance",
    )


async def test_a_post_without_a_remit_offers_nothing(house):
    await import_directors(house, post(function=" "))
    [found] = await people(house)
    assert found.offer_text is None


async def test_whoever_is_imported_with_their_manager_reports_to_them(house):
    await import_directors(house, post(post_ref="1", reports_to="2"), post(post_ref="2", job_title="Above"))
    below, above = await people(house)
    assert below.reports_to == above.id
    assert above.reports_to is None


async def test_somebody_reporting_to_themselves_joins_without_a_manager(house):
    told = await import_directors(house, post(reports_to="1"))
    assert told["imported"] == 1
    assert [each["row"] for each in told["problems"]] == [1]
    assert [each.reports_to for each in await people(house)] == [None]


async def test_importing_twice_doubles_nothing(house):
    rows = post(post_ref="1"), post(post_ref="2", fte="0.6"), post(post_ref="2", fte="0.4"), post(post_ref="1")
    first = await import_directors(house, *rows)
    head = await house.ledger.head()
    again = await import_directors(house, *rows)
    assert (first["imported"], first["skipped"]) == (3, {"duplicate": 1})
    assert (again["imported"], again["skipped"]) == (0, {"already imported": 3, "duplicate": 1})
    assert await house.ledger.head() == head


async def test_a_later_file_brings_in_only_whom_it_adds(house):
    await import_directors(house, post(post_ref="1"))
    told = await import_directors(house, post(post_ref="1"), post(post_ref="2"))
    assert (told["imported"], told["skipped"]) == (1, {"already imported": 1})


async def test_a_bad_row_is_named_and_all_others_are_imported(house):
    told = await import_directors(house, post(post_ref="1"), ["short"], post(post_ref="3"))
    assert told["imported"] == len(await people(house)) == 2
    assert [each["row"] for each in told["problems"]] == [2]


@pytest.mark.parametrize(
    "content",
    [
        organogram(post()).decode().encode("utf-16"),
        organogram(post(), heading=tuple(name for name in HEADING if name != "grade")),
        organogram(post()) + b'"never closed',
        b"",
    ],
)
async def test_an_unreadable_file_imports_nothing(house, content):
    head = await house.ledger.head()
    with pytest.raises(Unusable, match="The file"):
        await bring_in(house, "directors", content, grade="SCS2")
    with pytest.raises(Unusable, match="The file"):
        await bring_in(house, "problems", content)
    assert await house.ledger.head() == head


async def test_problems_go_in_turn_to_the_directors_of_the_organisation_named(house):
    await import_directors(
        house, *[post(post_ref=str(each)) for each in range(2)], post(organisation="Mint", parent_department="Mint")
    )
    told = await import_problems(house, *[[each, "Stuck", "", "a list", "debt management office"] for each in range(4)])
    assert told == {"imported": 4, "skipped": {}, "problems": []}
    owners = Counter(each.owner for each in await stuck(house))
    assert sorted(owners.values()) == [2, 2]
    assert owners.keys() == {each.id for each in await people(house) if each.organisation != "Mint"}


async def test_a_department_is_an_organisation_too(house):
    await import_directors(house, post())
    assert (await import_problems(house, [1, "Stuck", "", "a list", "HM Treasury"]))["imported"] == 1


async def test_problems_of_no_organisation_go_to_everybody_in_turn(house):
    await import_directors(house, *[post(post_ref=str(each)) for each in range(3)])
    await bring_in(house, "problems", table([[each, "Stuck", "", "a list"] for each in range(3)], PROBLEM[:4]))
    assert len({each.owner for each in await stuck(house)}) == 3


async def test_somebody_who_left_or_only_administers_is_given_no_problem(house):
    await import_directors(house, post())
    [gone] = await people(house)
    await house.directors.leave(gone.id, call=Call(by=gone.id))
    told = await import_problems(house, [1, "Stuck", "", "a list", ""])
    assert told["imported"] == 0
    assert told["problems"] == [
        {"row": 1, "why": "Nobody from any organisation is in the network, so this row was not imported."}
    ]


async def test_problems_imported_twice_are_there_once(house):
    await import_directors(house, post())
    rows = ["a", "Stuck", "Words", "a list", ""], ["b", "Stuck too", "", "a list", ""], ["a", "Again", "", "a list", ""]
    first = await import_problems(house, *rows)
    again = await import_problems(house, *rows)
    assert (first["imported"], first["skipped"]) == (2, {"duplicate": 1})
    assert again["imported"] == 0
    assert len(await stuck(house)) == 2


async def test_the_same_id_from_another_source_is_another_problem(house):
    await import_directors(house, post())
    assert (await import_problems(house, [1, "Stuck", "", "here", ""], [1, "Stuck", "", "there", ""]))["imported"] == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["", "Stuck", "", "a list", ""], "The column id is empty"),
        ([1, "", "", "a list", ""], "The column title is empty"),
        ([1, "Stuck", "", "a list", "Atlantis"], "Nobody from Atlantis is in the network"),
        ([1, "Stuck"], "It has 2 fields where the first line names 5"),
        ([1, "S" * 301, "", "a list", ""], "The title is longer than 300 characters"),
    ],
)
async def test_a_bad_problem_is_named_and_the_others_are_imported(house, row, why):
    await import_directors(house, post())
    told = await import_problems(house, ["good", "Stuck", "", "a list", ""], row)
    assert told["imported"] == 1
    [problem] = told["problems"]
    assert problem["row"] == 2
    assert problem["why"].startswith(why)


async def test_a_missing_column_of_a_list_of_problems_is_named(house):
    with pytest.raises(Unusable, match="no column text, source"):
        await bring_in(house, "problems", table([], ("id", "title")))


async def test_what_was_imported_stands_in_no_file_in_clear(house):
    await import_directors(house, post(job_title="Keeper of the Quokka"))
    await import_problems(house, [1, "The Numbat is lost", "", "a list", ""])
    await house.read_models.reached(await house.ledger.head())
    for file in house.folder.path.iterdir():
        if file.is_file():
            content = file.read_bytes()
            assert b"Quokka" not in content, file.name
            assert b"Numbat" not in content, file.name


@needs_real_data
async def test_all_real_directors_and_pitches_are_imported_and_imported_once(house):
    posts = (DATA / "directors/posts-2011-09-30.csv").read_bytes()
    pitches = (DATA / "problems/pitches-open.csv").read_bytes()
    first = await bring_in(house, "directors", posts, grade="SCS2")
    stated = await bring_in(house, "problems", pitches)
    assert first["imported"] == len(await people(house)) > 570
    assert (stated["imported"], stated["problems"]) == (162, [])
    head = await house.ledger.head()
    again = await bring_in(house, "directors", posts, grade="SCS2")
    assert again["imported"] == (await bring_in(house, "problems", pitches))["imported"] == 0
    assert again["skipped"]["already imported"] == first["imported"]
    assert await house.ledger.head() == head

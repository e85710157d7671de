"""Reading an organogram: whom each row is about, which rows are nobody's, and what is wrong with the rest."""

import csv
import io

import pytest

from service.commands.posts import Read, Unreadable, read_posts
from tests.commands.organograms import HEADING, organogram, post
from tests.real_data import DATA, needs_real_data


def read(*rows, grade="SCS2") -> Read:
    return read_posts(organogram(*rows), grade)


def unreadable(content: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_posts(content, "SCS2")
    return str(refusal.value)


def test_a_post_is_whoever_holds_it():
    [found] = read(post(job_title="  Head of\u00a0Debt ", function="Sells gilts.\nBuys them back.")).posts
    assert (found.row, found.key) == (1, ("Debt Management Office", "1", "0"))
    assert (found.title, found.remit) == ("Head of Debt", "Sells gilts. Buys them back.")
    assert (found.department, found.profession) == ("HM Treasury", "Finance")


def test_undisclosed_holders_are_people_too():
    assert len(read(post(holder="undisclosed")).posts) == 1


@pytest.mark.parametrize("holder", ["vacant", "eliminated", "Vacant"])
def test_nobody_holds_a_vacant_or_eliminated_post(holder):
    found = read(post(holder=holder))
    assert not found.posts
    assert found.skipped == {holder.lower(): 1}
    assert not found.problems


def test_posts_of_the_grade_asked_for_and_no_others():
    rows = post(post_ref="1", grade="SCS2"), post(post_ref="2", grade="SCS1")
    assert [each.post_ref for each in read(*rows).posts] == ["1"]
    assert [each.post_ref for each in read(*rows, grade="scs1").posts] == ["2"]
    assert read(*rows).skipped == {"another grade": 1}


def test_a_second_row_with_another_share_of_the_week_is_a_job_share():
    found = read(post(fte="0.6"), post(fte="0.4"))
    assert [each.key[2] for each in found.posts] == ["0", "1"]
    assert not found.problems


def test_a_second_row_with_the_same_share_is_a_duplicate_and_named():
    found = read(post(), post(job_title="The same person, published twice"))
    assert len(found.posts) == 1
    assert found.skipped == {"duplicate": 1}
    assert found.problems == [(2, "A second row for post 1 of Debt Management Office: imported once.")]


def test_a_share_is_the_same_however_it_is_written():
    assert read(post(fte="1"), post(fte="1.0")).skipped == {"duplicate": 1}


def test_the_line_that_counts_is_the_one_in_the_row_itself():
    found = read(post(grade="SCS1", reports_to="9"), post(reports_to="1"))
    assert [row for row, _ in found.problems] == [2]


def test_the_same_number_elsewhere_is_another_post():
    assert len(read(post(), post(organisation="Royal Mint")).posts) == 2


def test_whoever_reports_to_nobody_has_no_manager():
    assert [each.reports_to for each in read(post(reports_to="XX"), post(post_ref="2", reports_to="")).posts] == [
        None,
        None,
    ]


def test_somebody_reporting_to_themselves_is_imported_without_a_manager():
    found = read(post(reports_to="1"))
    assert found.posts[0].reports_to is None
    assert found.problems == [(1, "Post 1 reports to itself: imported without a manager.")]


def test_a_reporting_line_in_a_circle_is_reported_for_everybody_in_it():
    # Made up: no published file has a circle of two or more.
    found = read(
        post(post_ref="1", reports_to="3"),
        post(post_ref="2", reports_to="1"),
        post(post_ref="3", reports_to="2"),
        post(post_ref="4", reports_to="1"),
    )
    assert len(found.posts) == 4
    sentences = dict(found.problems)
    assert sentences[1] == "The reporting line goes round in a circle (1 → 3 → 2 → 1): imported as it stands."
    assert sentences.keys() == {1, 2, 3, 4}
    assert "runs into a circle (4 → 1 → 3 → 2 → 1)" in sentences[4]


def test_a_manager_outside_the_file_is_nothing_wrong():
    assert not read(post(reports_to="99")).problems


def test_a_reporting_line_goes_on_past_a_post_that_nobody_holds():
    found = read(
        post(post_ref="1", reports_to="2"), post(post_ref="2", reports_to="3", holder="vacant"), post(post_ref="3")
    )
    assert found.lines() == {1: ("Debt Management Office", "3", "0")}


def test_a_reporting_line_ends_where_the_file_does():
    assert read(post(reports_to="2"), post(post_ref="2", reports_to="99", grade="SCS3")).lines() == {}


def test_a_circle_through_a_vacant_post_leads_to_nobody():
    assert read(post(reports_to="2"), post(post_ref="2", reports_to="1", holder="vacant")).lines() == {}


def test_a_bad_row_is_named_and_the_good_ones_are_read():
    found = read(post(), ["only", "three", "fields"], post(post_ref="2"), post(post_ref=" "), post(post_ref="3"))
    assert [each.post_ref for each in found.posts] == ["1", "2", "3"]
    assert found.problems == [
        (2, "It has 3 fields where the first line names 13, so this row was not imported."),
        (4, "The column post_ref is empty, so this row was not imported."),
    ]


def test_a_field_that_goes_on_for_ever_is_a_bad_row():
    found = read(post(function="gilt " * 5000), post(post_ref="2"))
    assert [each.post_ref for each in found.posts] == ["2"]
    assert found.problems[0][1].startswith("A field is longer than 20,000 characters")


def test_the_mark_some_programs_put_first_is_no_part_of_the_heading():
    assert len(read_posts(b"\xef\xbb\xbf" + organogram(post()), "SCS2").posts) == 1


def test_names_of_columns_are_read_whatever_their_case_and_order():
    turned = tuple(reversed(HEADING))
    content = organogram(post(), heading=turned).replace(b"post_ref", b" Post_Ref ")
    assert read_posts(content, "SCS2").posts[0].post_ref == "1"


def test_lines_may_end_as_on_any_system_and_fields_hold_lines():
    content = organogram(post(function="One line.\nAnother."))
    for ending in (b"\n", b"\r\n", b"\r"):
        [found] = read_posts(content.replace(b"\r\n", ending), "SCS2").posts
        assert found.remit == "One line. Another."


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_not_read(encoding):
    content = organogram(post(job_title="Attaché £")).decode().encode(encoding)
    assert "not UTF-8" in unreadable(content)
    assert "save it as UTF-8" in unreadable(content)


def test_the_line_that_is_not_utf8_is_named():
    content = organogram(post(), post(post_ref="2", job_title="Attach\u00e9"))
    assert "(line 3)" in unreadable(content.decode().encode("latin-1"))


def test_a_file_with_nul_characters_is_no_csv():
    assert "NUL" in unreadable(organogram(post()).decode().encode("utf-16-le"))


@pytest.mark.parametrize("column", ["organisation", "post_ref", "grade", "job_title"])
def test_a_missing_column_is_named(column):
    heading = tuple(name for name in HEADING if name != column)
    assert f"no column {column}" in unreadable(organogram(post(), heading=heading))


def test_a_column_named_twice_is_named():
    assert "post_ref stands twice" in unreadable(organogram(heading=(*HEADING, "post_ref")))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"{}", b"%PDF-1.7 \n..."])
def test_what_is_no_organogram_at_all_is_refused_in_a_sentence(content):
    assert unreadable(content).startswith("The file has no column organisation, post_ref, grade, job_title")


def test_a_quotation_mark_nobody_closes_makes_the_file_unreadable():
    content = organogram(post(), post(post_ref="2")).replace(b"Sells gilts.", b'"Sells gilts.', 1)
    assert unreadable(content).startswith("The file stops being CSV after row")


@needs_real_data
def test_every_real_post_of_2011_is_read_once():
    content = (DATA / "directors/posts-2011-09-30.csv").read_bytes()
    published = list(csv.DictReader(io.StringIO(content.decode())))
    found = read_posts(content, "SCS2")
    places = {(row["organisation"], row["post_ref"], row["fte"]) for row in published}
    assert len(found.posts) + found.skipped["duplicate"] == len(published) == 582
    assert len(found.posts) == len(places)


@needs_real_data
def test_real_dirt_is_reported_row_by_row():
    content = (DATA / "directors/posts-2013-dirty.csv").read_bytes()
    rows = dict(enumerate(csv.DictReader(io.StringIO(content.decode())), 1))
    with (DATA / "directors/posts-2013-dirty-issues.csv").open() as file:
        issues = {int(row["row"]): row["issues"].split("|") for row in csv.DictReader(file)}
    grades = {row["grade"] for row in rows.values()}
    reported = {row: why for grade in grades for row, why in read_posts(content, grade).problems}
    held = {number for number, row in rows.items() if row["holder"] not in ("vacant", "eliminated")}
    broken = {number for number in held if {"reports_to_itself", "chain_runs_into_cycle"} & set(issues[number])}
    assert broken
    assert broken <= reported.keys()
    assert all(issues[number] != [""] for number in reported), "a clean row is never reported"


@needs_real_data
def test_real_dirt_is_imported_once_for_each_place_and_share():
    content = (DATA / "directors/posts-2013-dirty.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    live = [row for row in rows if row["grade"] == "SCS2" and row["holder"] not in ("vacant", "eliminated")]
    people = {(row["organisation"].strip(), row["post_ref"].strip(), float(row["fte"])) for row in live}
    found = read_posts(content, "SCS2")
    assert len(found.posts) == len(people)
    assert found.skipped["duplicate"] == len(live) - len(people)

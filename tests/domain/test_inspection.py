"""A lead reads a record for a purpose, is seen to have read it, and may be contradicted."""

from datetime import UTC, date, datetime
from uuid import UUID

from service.domain.events import InspectionClosed, InspectionContested, InspectionOpened, RecordInspected
from service.domain.inspection import close, contest, evolve, open_inspection, permit, read_nothing, read_record
from service.domain.refusals import Forbidden
from tests.story import ANN, BOB, CAT, DAN, EVE, given, happened, story, words

RECORD, ANOTHER = UUID(int=1), UUID(int=2)
LEAD = EVE
PURPOSE = words(LEAD, "annual audit")

OF_A_COMMITMENT = happened(InspectionOpened, by=LEAD, purpose=PURPOSE, subjects=(ANN, BOB), commitment=RECORD)
OF_A_DIRECTOR = happened(InspectionOpened, by=LEAD, purpose=PURPOSE, subjects=(ANN,), director=ANN)
READ = happened(RecordInspected, by=LEAD, commitment=RECORD, subjects=(ANN, BOB), day=date(2026, 3, 2))
CLOSED = happened(InspectionClosed, by=LEAD)


def test_an_inspection_is_of_one_commitment_or_one_director():
    opens = {"by": LEAD, "purpose": "annual audit", "subjects": [ANN, BOB, ANN]}
    given().when(open_inspection, **opens, commitment=RECORD).then(OF_A_COMMITMENT)
    given().when(open_inspection, **opens | {"subjects": [ANN]}, director=ANN).then(OF_A_DIRECTOR)
    given().when(open_inspection, **opens).then_invalid("commitment", "one of the two")
    given().when(open_inspection, **opens, commitment=RECORD, director=ANN).then_invalid("commitment")


def test_an_inspection_has_a_purpose_and_somebody_who_answers_for_it():
    given().when(open_inspection, by=LEAD, purpose=" ", subjects=[ANN], director=ANN).then_invalid("purpose")
    given().when(open_inspection, by=None, purpose="audit", subjects=[ANN], director=ANN).then_forbidden()


def test_reading_is_written_down_once_for_each_record_and_day():
    reads = {"by": LEAD, "subjects": [ANN, BOB]}
    opened = given(OF_A_DIRECTOR)
    read = opened.when(read_record, commitment=RECORD, **reads).then(READ)
    read.when(read_record, commitment=RECORD, **reads).then_nothing()
    read.when(read_record, commitment=ANOTHER, **reads).then(RecordInspected)


def test_the_day_is_that_of_london():
    reads = {"by": LEAD, "commitment": RECORD, "subjects": [ANN, BOB]}
    late, midnight = datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 1, 23, tzinfo=UTC)
    july = {"commitment": RECORD, "subjects": (ANN, BOB)}
    in_the_evening = given(OF_A_COMMITMENT).when(read_record, **reads, now=late)
    read = in_the_evening.then(happened(RecordInspected, **july, day=date(2026, 7, 1)))
    read.when(read_record, **reads, now=midnight).then(happened(RecordInspected, **july, day=date(2026, 7, 2)))


def test_nobody_reads_as_of_an_earlier_day():
    yesterday = datetime(2026, 3, 1, 9, tzinfo=UTC)
    reads = {"by": LEAD, "commitment": RECORD, "subjects": [ANN, BOB], "occurred_at": yesterday}
    given(OF_A_COMMITMENT).when(read_record, **reads).then(READ)


def test_only_whoever_opened_it_reads_through_it():
    for somebody in (ANN, CAT, None):
        given(OF_A_COMMITMENT).when(read_record, by=somebody, commitment=RECORD, subjects=[ANN]).then_forbidden()


def test_nothing_else_is_read_through_it():
    of_one = given(OF_A_COMMITMENT)
    of_one.when(read_record, by=LEAD, commitment=ANOTHER, subjects=[ANN, BOB]).then_forbidden("something else")
    of_ann = given(OF_A_DIRECTOR)
    of_ann.when(read_record, by=LEAD, commitment=RECORD, subjects=[BOB, CAT]).then_forbidden("something else")


def test_nothing_is_read_once_it_is_closed():
    closed = given(OF_A_COMMITMENT, READ, CLOSED)
    closed.when(read_record, by=LEAD, commitment=RECORD, subjects=[ANN, BOB]).then_forbidden("closed")
    closed.when(read_nothing, by=LEAD).then_forbidden("closed")
    given(OF_A_COMMITMENT).when(read_nothing, by=LEAD).then_nothing()


def test_whose_record_it_is_may_contest_it_at_any_time_and_say_why():
    given(OF_A_COMMITMENT).when(contest, by=BOB).then(happened(InspectionContested, why=None))
    told_why = given(OF_A_COMMITMENT, CLOSED).when(contest, by=ANN, why="it was settled")
    contested = told_why.then(happened(InspectionContested, why=words(ANN, "it was settled")))
    contested.when(contest, by=ANN).then_nothing()
    contested.when(contest, by=BOB).then(InspectionContested)


def test_so_may_those_whose_record_was_read_on_the_way():
    given(OF_A_DIRECTOR).when(contest, by=BOB).then_forbidden("Only somebody whose record is inspected")
    given(OF_A_DIRECTOR, READ).when(contest, by=BOB).then(InspectionContested)


def test_nobody_else_contests_it():
    for somebody in (LEAD, DAN, None):
        given(OF_A_COMMITMENT).when(contest, by=somebody).then_forbidden("Only somebody whose record is inspected")


def test_whoever_opened_it_closes_it_and_nobody_else():
    given(OF_A_COMMITMENT).when(close, by=LEAD).then(InspectionClosed).when(close, by=LEAD).then_nothing()
    given(OF_A_COMMITMENT).when(close, by=ANN).then_forbidden("Only the person who opened")
    given(OF_A_COMMITMENT).when(close, by=DAN).then_forbidden()


def test_whoever_may_not_is_told_before_anything_is_read():
    opened = story(evolve).given(OF_A_COMMITMENT).state()
    assert evolve(None, READ) is None
    for command in ("read_record", "history", "close"):
        permit(opened, command, LEAD)
        try:
            permit(opened, command, ANN)
        except Forbidden:
            continue
        raise AssertionError(command)

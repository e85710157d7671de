"""What people write is kept so that only their own key opens it, and only where it was written."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from service.domain.aggregate import Event, Recall
from service.domain.events import (
    EVENTS,
    CommitmentPromised,
    CommitmentRequested,
    CompletionDeclared,
    DirectorJoined,
    ProblemRegistered,
    ProblemShared,
)
from service.domain.words import Evidence, Origin, Sealed, Terms
from service.ledger import ERASED, LOCKED
from service.ledger.sealing import Sealing, fields_with_words
from tests.ledger.conftest import in_files
from tests.ledger.problem import naming, recall, registering
from tests.story import ANN, BOB, ID, MONDAY, happened, words

EVIDENCE = (
    Evidence(kind="link", ref=words(BOB, "https://example.org/minutes")),
    Evidence(kind="document", text=words(BOB, "The minutes")),
)


@pytest.fixture
def sealing(keyring):
    return Sealing(keyring)


def boxes(value: Any) -> list[Sealed]:
    """Every sealed word in a value, found without asking how the ledger finds them."""
    if isinstance(value, Sealed):
        return [value]
    if isinstance(value, msgspec.Struct):
        return [box for field in value.__struct_fields__ for box in boxes(getattr(value, field))]
    if isinstance(value, tuple):
        return [box for item in value for box in boxes(item)]
    return []


def test_words_are_sealed_at_whatever_depth(sealing):
    requested = happened(
        CommitmentRequested,
        performer=BOB,
        beneficiary=ANN,
        what=words(ANN, "Open the data"),
        terms=Terms(due=MONDAY.date(), conditions=words(ANN, "Before summer")),
        origin=Origin(type="link", url=words(ANN, "https://example.org")),
    )
    sealed = sealing.seal(requested)
    assert [sealing.unseal(box) for box in boxes(sealed)] == ["Open the data", "Before summer", "https://example.org"]
    assert [box.place for box in boxes(sealed)] == [
        f"{ID.hex}/1/{field}" for field in ("what", "terms.conditions", "origin.url")
    ]
    assert not any(box.text for box in boxes(sealed))


def test_each_of_several_pieces_of_evidence_has_its_own_place(sealing):
    sealed = sealing.seal(happened(CompletionDeclared, evidence=EVIDENCE))
    assert [box.place for box in boxes(sealed)] == [f"{ID.hex}/1/evidence.0.ref", f"{ID.hex}/1/evidence.1.text"]
    assert [sealing.unseal(box) for box in boxes(sealed)] == ["https://example.org/minutes", "The minutes"]


def test_what_nobody_wrote_stays_nothing(sealing):
    sealed = sealing.seal(happened(DirectorJoined, name=words(ANN, "Ann"), organisation="HMT"))
    assert sealed.email is None
    assert sealing.unseal(None) is None


def test_empty_words_are_words(sealing):
    assert sealing.unseal(sealing.seal(happened(DirectorJoined, name=words(ANN, ""), organisation="HMT")).name) == ""


def test_words_carried_over_keep_the_place_they_were_written_at(sealing):
    first = sealing.seal(happened(ProblemRegistered, owner=ANN, title=words(ANN, "Two forms")))
    promised = happened(
        CommitmentPromised, performer=BOB, beneficiary=ANN, what=first.title, terms=Terms(due=MONDAY.date())
    )
    assert sealing.seal(promised).what == first.title


def test_words_moved_to_another_place_do_not_open(sealing):
    title = sealing.seal(happened(ProblemRegistered, owner=ANN, title=words(ANN, "Two forms"))).title
    moved = msgspec.structs.replace(title, place=f"{uuid4().hex}/1/title")
    assert sealing.unseal(moved) == LOCKED


def test_words_given_to_somebody_else_do_not_open(sealing, keyring):
    title = sealing.seal(happened(ProblemRegistered, owner=ANN, title=words(ANN, "Two forms"))).title
    keyring.make(BOB)
    assert sealing.unseal(msgspec.structs.replace(title, subject=BOB)) == LOCKED


def test_words_that_were_changed_do_not_open(sealing):
    title = sealing.seal(happened(ProblemRegistered, owner=ANN, title=words(ANN, "Two forms"))).title
    changed = title.box[:-1] + bytes([title.box[-1] ^ 1])
    assert sealing.unseal(msgspec.structs.replace(title, box=changed)) == LOCKED


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_no_event_has_words_the_sealing_does_not_find(kind):
    """Every field whose type mentions words at all is one that is walked."""
    mentioned = {field.name for field in msgspec.structs.fields(kind) if mentions_words(field.type)}
    assert {name for name, _ in fields_with_words(kind)} == mentioned


def mentions_words(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint is Sealed or any(mentions_words(field.type) for field in msgspec.structs.fields(hint))
    return any(mentions_words(arm) for arm in getattr(hint, "__args__", ()))


class Diary(msgspec.Struct):
    entries: dict[str, Sealed]


class Rumour(msgspec.Struct):
    by: Sealed | str


@pytest.mark.parametrize("kind", [Diary, Rumour])
def test_words_where_they_would_not_be_sealed_are_an_error_before_anything_is_written(kind):
    with pytest.raises(TypeError, match="would hold words"):
        fields_with_words(kind)


def test_an_event_without_words_is_only_stamped(sealing):
    event = happened(ProblemShared, tier="open")
    assert sealing.seal(event, via="import") == msgspec.structs.replace(event, via="import")


@in_files
async def test_no_plain_words_are_in_the_files(ledger, tmp_path):
    secret = "a most unlikely sentence"
    id = uuid4()
    await ledger.change((), registering(id, title=secret))
    await ledger.change([recall(id)], naming(secret))
    for file in tmp_path.iterdir():
        assert secret.encode() not in file.read_bytes(), file.name


async def test_what_was_written_can_be_read_at_once(ledger):
    id = uuid4()
    await ledger.change((), registering(id, title="Two forms for one grant"))
    (event,) = await ledger.history(id)
    assert ledger.unseal(event.title) == "Two forms for one grant"


async def test_a_forgotten_person_s_words_are_erased_and_everything_still_replays(ledger, keyring):
    id = uuid4()
    await ledger.change((), registering(id))
    await ledger.change([recall(id)], naming("Nobody owns the form"))
    keyring.destroy(ANN)
    events = await ledger.events_after(0)
    assert [ledger.unseal(box) for event in events for box in boxes(event)] == [ERASED, ERASED]
    assert (await ledger.recall(recall(id))).blockers == 1
    assert (await ledger.recall(Recall(id, count, None))) == 2


def count(state: int | None, event: Event) -> int:
    return (state or 0) + 1


async def test_words_whose_key_is_missing_are_locked(ledger, open_again, store):
    id = uuid4()
    await ledger.change((), registering(id))
    await ledger.close()
    store.lose_keys()
    async with open_again() as without_keys:
        (event,) = await without_keys.history(id)
        assert without_keys.unseal(event.title) == LOCKED


async def test_every_event_has_salt_of_its_own(ledger):
    ids: list[UUID] = [uuid4(), uuid4()]
    for id in ids:
        await ledger.change((), registering(id))
    salts = {event.salt for event in await ledger.events_after(0)}
    assert [len(salt) for salt in salts] == [16, 16]

"""What people write as a link can be followed, and does nothing but lead there."""

import pytest

from service.domain.commitment import ShownBy, pledge, take_action
from service.domain.events import ActionTaken, CommitmentPledged
from service.domain.links import is_web_address
from service.domain.words import Evidence, Origin
from tests.domain.promises import DUE, PROMISED, REQUESTED
from tests.story import BOB, given, happened, words

GOOD = (
    "https://example.org",
    "http://example.org:8080/a/b?c=d#e",
    "HTTPS://EXAMPLE.ORG/@ann",
    "https://[2001:db8::1]/",
    "https://bücher.example/",
    "https://example.org?next=https://ann:secret@example.org/",
)
BAD = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "ftp://example.org/",
    "//example.org/",
    "example.org",
    "https://",
    "https:///path",
    "https:example.org",
    "https://ann:secret@example.org/",
    "https://example.org@evil.example/",
    "https://example.org\\@evil.example/",
    "https://exa mple.org/",
    "https://example.org/\nSet-Cookie: a=b",
    " javascript:alert(1)//https://example.org",
)


@pytest.mark.parametrize("text", GOOD)
def test_an_address_of_the_web_is_a_link(text):
    assert is_web_address(text)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_none(text):
    assert not is_web_address(text)


def test_a_promise_cites_a_link_that_can_be_followed():
    cited = {"performer": BOB, "what": "A draft", "due": DUE, "origin": Origin(type="link")}
    given().when(pledge, by=BOB, url="https://example.org/", **cited).then(CommitmentPledged)
    given().when(pledge, by=BOB, url="javascript:alert(1)", **cited).then_invalid("origin", "http:// or https://")


def test_evidence_that_is_a_link_can_be_followed():
    def told(kind, ref):
        shown = ShownBy(kind=kind, ref=ref)
        return given(REQUESTED, PROMISED).when(take_action, by=BOB, what="Done", evidence=[shown])

    told("link", "https://example.org/").then(
        happened(
            ActionTaken,
            what=words(BOB, "Done"),
            evidence=(Evidence(kind="link", ref=words(BOB, "https://example.org/")),),
        )
    )
    told("link", "javascript:alert(1)").then_invalid("evidence", "http:// or https://")
    told("link", "the minutes of March").then_invalid("evidence", "http:// or https://")
    told("document", "the minutes of March").then(ActionTaken)
    told("document", "https://example.org/minutes").then(ActionTaken)
    told("document", "https://ann:secret@example.org/").then_invalid("evidence", "password")

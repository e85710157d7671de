"""A problem somebody is stuck on: open, in a round, being worked, resolved or let go, and perhaps reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.events import (
    AssumptionStated,
    AssumptionTested,
    BlockerNamed,
    ProblemCarriedForward,
    ProblemEnteredRound,
    ProblemLetGo,
    ProblemPickedUp,
    ProblemReframed,
    ProblemRegistered,
    ProblemReopened,
    ProblemResolved,
    ProblemShared,
)
from service.domain.refusals import Forbidden, Invalid, NotFound, Refused
from service.domain.words import TIERS, Tier, sealed, sealed_lines
from service.domain.writing import needed, sealed_topics, topic_lines, wanted

State = Literal["open", "in_round", "being_worked", "resolved", "let_go"]
Result = Literal["held", "failed"]

ENDED: tuple[State, ...] = ("resolved", "let_go")
FOLLOW_FROM_ROUNDS = frozenset({"enter_round", "pick_up", "carry_forward"})


@dataclass(frozen=True, kw_only=True)
class Problem(Aggregate):
    """Whose it is, who helps with it, and what became of each assumption: None until it is tested."""

    owner: UUID
    tier: Tier
    state: State = "open"
    round: UUID | None = None
    set: UUID | None = None
    helpers: tuple[UUID, ...] = ()
    assumptions: Mapping[int, Result | None] = field(default_factory=dict)


def recall(id: UUID) -> Recall[Problem]:
    """How a problem is recalled."""
    return Recall(id, evolve, "There is no such problem.")


def permit(problem: Problem, command: str, by: UUID | None) -> None:
    """A problem is its owner's; its set names what blocks it, unless it is private; rounds take it along."""
    if command in FOLLOW_FROM_ROUNDS or by == problem.owner:
        return
    if command != "name_blocker":
        raise Forbidden("Only the person who registered this problem can do that.")
    if by not in problem.helpers or problem.tier == "private":
        raise Forbidden("Only its owner, or a member of the set that picked it up, can name what blocks it.")


def register(
    id: UUID, *, asked: Asked, title: str, text: str | None = None, topics: Sequence[str] = (), tier: str = "set"
) -> ProblemRegistered:
    """Somebody says what they are stuck on; one sentence is enough."""
    if asked.by is None:
        raise Forbidden("Only a person can register a problem, and only as their own.")
    return first(
        ProblemRegistered,
        id,
        asked,
        owner=asked.by,
        title=sealed(asked.by, needed("title", title)),
        text=sealed(asked.by, wanted(text)),
        topics=sealed_topics(asked.by, topics),
        tier=_known_tier(tier),
    )


def reframe(
    problem: Problem,
    *,
    asked: Asked,
    title: str | None = None,
    text: str | None = None,
    topics: Sequence[str] | None = None,
) -> Decision:
    """The owner puts it in other words; what they leave out stays as it was."""
    permit(problem, "reframe", asked.by)
    words = {
        "title": None if title is None else sealed(problem.owner, needed("title", title)),
        "text": None if text is None else sealed(problem.owner, text.strip()),
        "topics": None if topics is None else sealed_lines(problem.owner, topic_lines(topics)),
    }
    _must_go_on(problem)
    return problem.then(ProblemReframed, asked, **words) if any(words.values()) else None


def share(problem: Problem, *, asked: Asked, tier: str) -> Decision:
    """The owner chooses who may read it."""
    permit(problem, "share", asked.by)
    wished = _known_tier(tier)
    return None if wished == problem.tier else problem.then(ProblemShared, asked, tier=wished)


def state_assumption(problem: Problem, *, asked: Asked, text: str) -> Decision:
    """The owner writes down what is taken for granted; assumptions are numbered from 1."""
    permit(problem, "state_assumption", asked.by)
    assumption = sealed(problem.owner, needed("text", text))
    _must_go_on(problem)
    number = max(problem.assumptions, default=0) + 1
    return problem.then(AssumptionStated, asked, number=number, text=assumption)


def test_assumption(problem: Problem, *, asked: Asked, number: int, result: str) -> Decision:
    """The owner says whether an assumption held or failed; it may be tested again."""
    permit(problem, "test_assumption", asked.by)
    if result not in ("held", "failed"):
        raise Invalid("result", "An assumption held or failed; there is no other result.")
    if number not in problem.assumptions:
        raise NotFound(f"There is no assumption {number}; {_stated(problem)}.")
    _must_go_on(problem)
    if problem.assumptions[number] == result:
        return None
    return problem.then(AssumptionTested, asked, number=number, result=result)


def name_blocker(problem: Problem, *, asked: Asked, text: str) -> Decision:
    """The owner, or whoever picked it up with them, says what stands in the way."""
    permit(problem, "name_blocker", asked.by)
    blocker = sealed(asked.by or problem.owner, needed("text", text))
    _must_go_on(problem)
    return problem.then(BlockerNamed, asked, text=blocker)


def enter_round(problem: Problem, *, asked: Asked, round: UUID) -> Decision:
    """A round that its owner is in takes it along."""
    if problem.state == "in_round" and problem.round == round:
        return None
    if problem.state != "open":
        raise Refused(f"The problem is {_plain(problem.state)}; it can enter a round while it is open.")
    return problem.then(ProblemEnteredRound, asked, round=round)


def pick_up(problem: Problem, *, asked: Asked, set_id: UUID, members: Sequence[UUID]) -> Decision:
    """The owner's set works on it."""
    if problem.state == "being_worked" and (problem.set, problem.helpers) == (set_id, tuple(members)):
        return None
    if problem.state not in ("open", "in_round") and problem.set != set_id:
        raise Refused(f"The problem is {_plain(problem.state)}; a set can pick it up while it is open or in a round.")
    _must_go_on(problem)
    return problem.then(ProblemPickedUp, asked, set=set_id, members=tuple(members))


def carry_forward(problem: Problem, *, asked: Asked) -> Decision:
    """Its round or set ended without it: it is open again, unless it is so already or is over."""
    return problem.then(ProblemCarriedForward, asked) if problem.state in ("in_round", "being_worked") else None


def resolve(problem: Problem, *, asked: Asked, commitments: Sequence[UUID] = ()) -> Decision:
    """The owner is no longer stuck, thanks to these commitments if there were any."""
    permit(problem, "resolve", asked.by)
    if problem.state == "resolved":
        return None
    _must_go_on(problem)
    return problem.then(ProblemResolved, asked, commitments=tuple(dict.fromkeys(commitments)))


def let_go(problem: Problem, *, asked: Asked) -> Decision:
    """The owner stops working on it; no reason is asked."""
    permit(problem, "let_go", asked.by)
    if problem.state == "let_go":
        return None
    _must_go_on(problem)
    return problem.then(ProblemLetGo, asked)


def reopen(problem: Problem, *, asked: Asked) -> Decision:
    """The owner is stuck on it again."""
    permit(problem, "reopen", asked.by)
    return problem.then(ProblemReopened, asked) if problem.state in ENDED else None


def _must_go_on(problem: Problem) -> None:
    if problem.state in ENDED:
        raise Refused(f"The problem is {_plain(problem.state)}; its owner can reopen it first.")


def _plain(state: State) -> str:
    return state.replace("_", " ")


def _stated(problem: Problem) -> str:
    if not problem.assumptions:
        return "none has been stated yet"
    return f"they are {', '.join(map(str, sorted(problem.assumptions)))}"


def _known_tier(tier: str) -> Tier:
    for known in TIERS:
        if tier == known:
            return known
    raise Invalid("tier", f"There is no such tier; who may read it is one of {', '.join(TIERS)}.")


def evolve(problem: Problem | None, event: Event) -> Problem | None:
    """The problem after the event."""
    if isinstance(event, ProblemRegistered):
        return Problem(id=event.originator_id, version=event.originator_version, owner=event.owner, tier=event.tier)
    if problem is None:
        return None
    problem = replace(problem, version=event.originator_version)
    match event:
        case ProblemShared(tier=tier):
            return replace(problem, tier=tier)
        case AssumptionStated(number=number):
            return replace(problem, assumptions={**problem.assumptions, number: None})
        case AssumptionTested(number=number, result=result):
            return replace(problem, assumptions={**problem.assumptions, number: result})
        case ProblemEnteredRound(round=round):
            return replace(problem, state="in_round", round=round)
        case ProblemPickedUp(set=set_id, members=members):
            return replace(problem, state="being_worked", set=set_id, helpers=members)
        case ProblemCarriedForward() | ProblemReopened():
            return replace(problem, state="open", round=None, set=None, helpers=())
        case ProblemResolved():
            return replace(problem, state="resolved")
        case ProblemLetGo():
            return replace(problem, state="let_go")
    return problem

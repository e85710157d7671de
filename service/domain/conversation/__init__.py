"""A conversation: convened by anybody, talked over, held; whoever was there says so, and together they write it up."""

from service.domain.conversation.convening import (
    FORMATS,
    MODES,
    attend,
    cancel,
    convene,
    hold,
    reschedule,
    sign_up,
    withdraw_sign_up,
)
from service.domain.conversation.state import Conversation, State, evolve, permit, recall
from service.domain.conversation.talking import (
    Ballot,
    arrange_breakouts,
    close_voting,
    open_voting,
    propose_topic,
    spread,
    vote,
    withdraw_topic,
)
from service.domain.conversation.writing_up import agree, draft, note_seed, object, publish, reflect

__all__ = [
    "FORMATS",
    "MODES",
    "Ballot",
    "Conversation",
    "State",
    "agree",
    "arrange_breakouts",
    "attend",
    "cancel",
    "close_voting",
    "convene",
    "draft",
    "evolve",
    "hold",
    "note_seed",
    "object",
    "open_voting",
    "permit",
    "propose_topic",
    "publish",
    "recall",
    "reflect",
    "reschedule",
    "sign_up",
    "spread",
    "vote",
    "withdraw_sign_up",
    "withdraw_topic",
]

"""Everything people can ask of the service, one file per noun."""

from service.commands.call import Call, Clock, Desk
from service.commands.commitments import Commitments
from service.commands.conversations import Conversations
from service.commands.directors import Directors
from service.commands.goals import Goals
from service.commands.inspections import Inspections
from service.commands.notes import Notes
from service.commands.problems import Problems
from service.commands.purposes import Purposes
from service.commands.rounds import Rounds
from service.commands.sets import Sets
from service.domain.commitment import ShownBy
from service.domain.round_terms import SIZES, filled
from service.ledger import Done, InDoubt, Key, NotRecorded

__all__ = [
    "SIZES",
    "Call",
    "Clock",
    "Commitments",
    "Conversations",
    "Desk",
    "Directors",
    "Done",
    "Goals",
    "InDoubt",
    "Inspections",
    "Key",
    "NotRecorded",
    "Notes",
    "Problems",
    "Purposes",
    "Rounds",
    "Sets",
    "ShownBy",
    "filled",
]

"""The rooms, built and joined: what whoever runs the service can reach."""

from __future__ import annotations

from dataclasses import dataclass

from projections.read_models import ReadModels
from service.access import AccessStore, TokenStore
from service.access.openid import OpenId
from service.access.sign_in import SignIn
from service.api import Rooms
from service.commands import (
    Commitments,
    Conversations,
    Directors,
    Goals,
    Inspections,
    Notes,
    Problems,
    Purposes,
    Rounds,
    Sets,
)
from service.commands.imports import Imports
from service.commands.workshop import Workshop
from service.ledger import Ledger
from service.ledger.leases import Leases
from service.running.clock import Clock
from service.running.folder import Folder
from service.settings import Settings


@dataclass(frozen=True, kw_only=True)
class House:
    """The rooms, built and joined."""

    settings: Settings
    folder: Folder
    clock: Clock
    ledger: Ledger
    leases: Leases
    access: AccessStore
    tokens: TokenStore
    sign_in: SignIn
    openid: OpenId | None
    """Where people may sign in with an identity provider."""
    read_models: ReadModels
    directors: Directors
    problems: Problems
    conversations: Conversations
    commitments: Commitments
    inspections: Inspections
    goals: Goals
    notes: Notes
    purposes: Purposes
    rounds: Rounds
    sets: Sets
    imports: Imports
    workshop: Workshop
    rooms: Rooms

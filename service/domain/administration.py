"""Administration: somebody always has it, and nobody uses it to give themselves a part in the network."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol
from uuid import UUID

from service.domain.refusals import Forbidden, Refused

ADMINISTRATOR = "administrator"


class Holder(Protocol):
    """Somebody with the roles they hold, and whether they have left."""

    @property
    def id(self) -> UUID: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def left(self) -> bool: ...


def administers(person: Holder | None) -> bool:
    """Whether they hold the administrator's role, and are still here."""
    return person is not None and ADMINISTRATOR in person.roles and not person.left


def another_administers(person: Holder, holders: Iterable[Holder | None]) -> bool:
    """Whether anybody else does."""
    return any(each is not None and each.id != person.id and administers(each) for each in holders)


def somebody_still_administers(person: Holder, holders: Iterable[Holder | None]) -> None:
    """The last administrator stays until there is another."""
    if administers(person) and not another_administers(person, holders):
        raise Refused("Nobody else administers the network: give somebody else the administrator's role first.")


def nobody_gives_themselves(person: Holder, holders: Iterable[Holder | None], wished: Collection[str]) -> None:
    """An administrator asks another one for a role; only whoever administers alone can give themselves one."""
    if another_administers(person, holders) and not person.roles.issuperset(wished):
        raise Forbidden(
            "Nobody gives themselves a role while somebody else administers the network as well: ask them for it."
        )

"""The store of sign-in as several processes open it, in a file and in PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest

from service.access import AccessStore
from service.access.postgres import PostgresTokens
from service.access.token_file import TokenFile
from tests.postgres_server import server

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Opened = Callable[[], Awaitable[AccessStore]]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def another(request, tmp_path) -> Opened:
    """The same store as another process would open it."""
    url = server().database() if request.param == "PostgreSQL" else None

    async def opened() -> AccessStore:
        table = await (PostgresTokens.open(url) if url else TokenFile.open(tmp_path / "access.db"))
        return AccessStore.over(table, b"s" * 32)

    return opened


@pytest.fixture
async def access(another: Opened) -> AsyncIterator[AccessStore]:
    """A store of which nobody has used anything. Every test is run on both kinds."""
    store = await another()
    yield store
    await store.close()

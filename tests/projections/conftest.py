"""A file of read models that has taken a story in."""

from contextlib import asynccontextmanager

import pytest

from projections import MODELS
from projections.read_models import ReadModels
from tests.service_process import SOON


@pytest.fixture
def read(tmp_path):
    """`async with read(story) as db`: everything told so far shows."""

    @asynccontextmanager
    async def opened(story):
        models = ReadModels(tmp_path / "read_models.db", story.events_after, MODELS, batch=7)
        await models.open()
        try:
            await models.reached(story.head, SOON)
            async with models.read() as db:
                yield db
        finally:
            await models.close()

    return opened

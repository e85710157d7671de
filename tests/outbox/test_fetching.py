"""What the service asks of the identity provider: of the machine it means, and of no other."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from service.outbox.fetching import Silent, fetch
from tests.outbox.smtp_server import certificate


@pytest.mark.parametrize("by_tls", [False, True])
async def test_a_machine_that_nobody_vouches_for_is_asked_nothing(tmp_path, by_tls):
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Authorization"])
        return web.Response(text="here")

    app = web.Application()
    app.router.add_get("/", answer)
    server, (context, _) = TestServer(app, scheme="https" if by_tls else "http"), certificate(tmp_path)
    await server.start_server(ssl=context if by_tls else None)
    question = ("GET", str(server.make_url("/")), {"Authorization": "secret"}, None)
    try:
        if by_tls:
            with pytest.raises(Silent, match="Certificate"):
                await fetch(*question)
        else:
            assert await fetch(*question) == (200, b"here")
    finally:
        await server.close()
    assert asked == ([] if by_tls else ["secret"])

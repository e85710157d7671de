"""What every answer says to a browser that shows it: nothing runs, nothing is kept or framed, and by TLS alone."""

from tests.api.conftest import Network, running

ASKED = (
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/me"),
    ("GET", "/v1/directors"),
    ("GET", "/v1/nothing"),
    ("GET", "/v1/rounds/none"),
    ("POST", "/v1/problems"),
    ("PUT", "/v1/problems"),
    ("OPTIONS", "/v1/problems"),
    ("DELETE", "/v1/me/tokens/0198c0de-7a11-8c0f-9d3e-5f2b6a1c4e77"),
)


async def answers(network: Network):
    somebody = await network.welcome("somebody")
    return [await person.says(*each) for each in ASKED for person in (somebody, network.nobody)]


async def test_every_answer_is_kept_nowhere_and_shown_as_nothing_but_itself(tmp_path):
    async with running(tmp_path / "data") as network:
        for answer in await answers(network):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "Set-Cookie" not in answer.headers
            assert "Server" not in answer.headers, "which libraries answer is nobody's business"
            assert "Strict-Transport-Security" not in answer.headers, "nobody said that there is TLS"


async def test_where_people_come_by_tls_every_answer_asks_for_nothing_else(tmp_path):
    async with running(tmp_path / "data", public_url="https://unstuck.example.org") as network:
        for answer in await answers(network):
            assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


async def test_what_a_request_says_of_tls_is_not_believed(tmp_path):
    async with running(tmp_path / "data") as network:
        for said in ({"X-Forwarded-Proto": "https"}, {"Forwarded": "proto=https"}):
            answer = await network.nobody.get("/healthz", headers=said)
            assert "Strict-Transport-Security" not in answer.headers

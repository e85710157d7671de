"""What browsers read compressed."""

from __future__ import annotations

import gzip

from aiohttp import web


def reads_gzip(request: web.Request) -> bool:
    """Whether gzip is accepted: it is named, or anything is, and not with a weight of nought (RFC 9110, 12.5.3)."""
    weights = {}
    for each in request.headers.get("Accept-Encoding", "").split(","):
        name, _, weight = each.partition(";")
        weights[name.strip().lower()] = weight.strip().lower().removeprefix("q=")
    weight = weights.get("gzip", weights.get("*", "0"))
    return not weight or bool(weight.strip("0."))


def compressed(page: web.Response, request: web.Request) -> web.Response:
    """The page in a third of the bytes, for whoever reads that."""
    page.headers["Vary"] = "Accept-Encoding"
    if isinstance(page.body, bytes) and reads_gzip(request):
        page.body = gzip.compress(page.body, compresslevel=1, mtime=0)
        page.headers["Content-Encoding"] = "gzip"
    return page

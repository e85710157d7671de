"""What browsers may keep for ever: styles, scripts and the icon, under names that change when they do."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

from aiohttp import web

from service.web.compressing import reads_gzip

ASSETS = Path(__file__).parent / "assets"
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}


class NotMade(Exception):
    """The assets are missing."""


class Assets:
    """Every asset, in memory. NotMade where set-up has not made them."""

    def __init__(self, folder: Path = ASSETS) -> None:
        try:
            self._names: dict[str, str] = json.loads((folder / "assets.json").read_text())
            self._files = {path.name: path.read_bytes() for path in folder.iterdir()}
        except FileNotFoundError:
            raise NotMade("What the pages look like has not been made yet: say `make setup`.") from None

    def address(self, name: str) -> str:
        """Where the asset of that name is found."""
        return f"/assets/{self._names[name]}"

    async def serve(self, request: web.Request) -> web.Response:
        """One asset, compressed for whoever reads that."""
        name = request.match_info["name"]
        if name not in self._names.values():
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {**FOR_EVER, "Content-Type": "text/javascript" if kind.endswith("javascript") else kind}
        if reads_gzip(request):
            return web.Response(body=self._files[f"{name}.gz"], headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=self._files[name], headers=headers)

"""Pages as they come over the wire to whoever is signed in: no browser is needed to read them."""

import gzip
import re
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.browser.network import Network
from tests.service_process import SOON
from tests.web.browser import Form
from tests.web.browser import Reader as Page

STRANGER = "stranger"
ID = re.compile(r"[0-9a-f-]{32,}")
WORDED = re.compile(r'( (?:href|value|action|title|d|transform|aria-label|aria-describedby)=)"[^"]*"')


@dataclass(frozen=True)
class Came:
    """A page as it came, and where whoever asked was led."""

    status: int
    path: str
    html: str
    weight: int = 0
    """Bytes on its way, as compressed as it came."""
    policy: str = ""
    """From where a browser may load what is on it."""

    @property
    def forms(self) -> list[Form]:
        return Page(self.html).forms

    @property
    def skeleton(self) -> str:
        """What is between header and footer, less the words: pages that have it in common differ in nothing else."""
        main = self.html.partition("<main")[2].partition("</main>")[0]
        return "".join(re.findall(r"<[^>]*>", WORDED.sub(r"\1", ID.sub("", main))))


class Reader:
    """Somebody who reads pages: signed in by a link, unless they are a stranger."""

    def __init__(self, network: Network, visitor: str) -> None:
        self.visitor = visitor
        self._address = network.service.address
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))
        if visitor != STRANGER:
            link = network.link_for(network.ids[visitor]).removeprefix(self._address)
            [form] = self.open(link).forms
            assert self.send(form).status == 200

    @property
    def cookie(self) -> str:
        """The header their browser sends along."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)

    def open(self, address: str) -> Came:
        """The page there."""
        return self._ask(Request(self._address + address))

    def send(self, form: Form) -> Came:
        """The page that comes after a form was sent as it stands."""
        said = urlencode(form.fields, doseq=True).encode()
        return self._ask(Request(self._address + form.action, said, {"Origin": self._address}))

    def _ask(self, request: Request) -> Came:
        request.add_header("Accept-Encoding", "gzip")
        try:
            answer = self._opener.open(request, timeout=SOON)
        except HTTPError as refused:
            answer = refused
        with answer:
            came = answer.read()
            html = gzip.decompress(came) if answer.headers["Content-Encoding"] == "gzip" else came
            policy = answer.headers.get("Content-Security-Policy", "")
            return Came(answer.status, urlsplit(answer.url).path, html.decode(), len(came), policy)

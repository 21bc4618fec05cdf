"""Get pages and files from the web: named hosts, public addresses, limits of size and time, and robots.txt."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import httpx2
from protego import Protego

from rag.errors import UnreadableFileError

AGENT = "report-qa"
SILENT_SECONDS = 10
TOTAL_SECONDS = 60
MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 500_000
MAX_PAUSE_SECONDS = 10
NOT_MODIFIED = 304
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that was ever given out; the rest may lead inside


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host; ``OSError`` where it has none."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Tell whether an address is somebody's on the internet: not private, of this machine or link, or reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = (
            ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else found.ipv4_mapped or found.sixtofour
        )
        if inner is not None:
            return is_public(str(inner))
        if found not in GLOBAL_UNICAST:
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent; ``redirect`` is the URL it sends elsewhere, ``etag`` its mark, "" for none."""

    status: int
    redirect: str = ""
    etag: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Web:
    """The part of the web that may be read: ``hosts`` and nothing else, also after a redirect.

    A name is resolved once, and the address that was looked at is the one that is connected to. Tests give a
    ``resolve`` (addresses of a host) and an ``is_allowed`` (address) of their own.
    """

    hosts: Collection[str]
    max_bytes: int
    total_seconds: float = TOTAL_SECONDS
    resolve: Callable[[str, int], Sequence[str]] = resolve
    is_allowed: Callable[[str], bool] = is_public
    _robots: dict[str, Protego | str] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def get(self, url: str, *, etag: str = "") -> Reply:
        """Get what is at a URL, following redirects; status NOT_MODIFIED and no bytes where it still has this ``etag``.

        Raises:
            UnreadableFileError: it may not be had, or cannot be; the message says why and what would help.
        """
        reply = self._follow(url, self.max_bytes, etag, self._heed_robots)
        if reply.status not in (200, NOT_MODIFIED):
            raise UnreadableFileError(f"{url}: the server answers {reply.status}; check the address")
        return reply

    def _follow(self, url: str, max_bytes: int, etag: str, check: Callable[[httpx2.URL], None]) -> Reply:
        here = url
        for _ in range(MAX_REDIRECTS + 1):
            target = self._named(here)
            check(target)
            reply = self._ask(target, max_bytes, etag)
            if not reply.redirect:
                return reply
            here = str(target.join(reply.redirect))
        raise UnreadableFileError(f"{url}: more than {MAX_REDIRECTS} redirects; give the address they end at")

    def _named(self, url: str) -> httpx2.URL:
        try:
            target = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise UnreadableFileError(f"{url}: this is no address of a page ({error})") from error
        if target.scheme not in ("http", "https") or not target.host or target.userinfo:
            raise UnreadableFileError(f"{url}: only http and https addresses without a password are read")
        if target.host not in self.hosts:
            raise UnreadableFileError(f"{url}: {target.host} was not named; allow it by --host {target.host}")
        return target

    def _heed_robots(self, target: httpx2.URL) -> None:
        """Ask the host's robots.txt, once, and wait as long as it wants."""
        host = f"{target.scheme}://{target.netloc.decode()}"
        if host not in self._robots:
            self._robots[host] = self._rules(f"{host}/robots.txt")
        rules = self._robots[host]
        if isinstance(rules, str):
            raise UnreadableFileError(rules)
        if not rules.can_fetch(str(target), AGENT):
            raise UnreadableFileError(f"{target}: the site's robots.txt does not allow it; ask its owner")
        pause = min(rules.crawl_delay(AGENT) or 0, MAX_PAUSE_SECONDS)
        time.sleep(max(0, self._last.get(host, 0) + pause - time.monotonic()))
        self._last[host] = time.monotonic()

    def _rules(self, url: str) -> Protego | str:
        """Return a robots.txt (empty: all is allowed), or why its server is left alone (RFC 9309, 2.3.1)."""
        try:
            reply = self._follow(url, MAX_ROBOTS_BYTES, "", lambda _: None)
        except UnreadableFileError as error:
            return str(error)
        if reply.status >= 500:
            return f"{url}: the server answers {reply.status}; try later"
        return Protego.parse(reply.content.decode("utf-8", "replace") if reply.status == 200 else "")

    def _ask(self, target: httpx2.URL, max_bytes: int, etag: str) -> Reply:
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            addresses = self.resolve(target.raw_host.decode("ascii"), port)
            if not addresses or not all(map(self.is_allowed, addresses)):
                raise UnreadableFileError(f"{target}: {target.host} is no public address; add the file itself")
            return asyncio.run(self._send(target, addresses[0], max_bytes, etag))
        except TimeoutError as error:
            raise UnreadableFileError(f"{target}: not here within {self.total_seconds:g} s; try later") from error
        except (httpx2.HTTPError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise UnreadableFileError(f"{target}: it cannot be had ({reason}); try later") from error

    async def _send(self, target: httpx2.URL, address: str, max_bytes: int, etag: str) -> Reply:
        """Connect to an address under the name of its host, which the certificate must bear too."""
        headers = {"Host": target.netloc.decode("ascii"), "User-Agent": AGENT}
        if etag:
            headers["If-None-Match"] = etag
        names = {"sni_hostname": target.raw_host.decode("ascii")}
        there, content = target.copy_with(host=address), bytearray()
        async with (
            asyncio.timeout(self.total_seconds),
            httpx2.AsyncClient(trust_env=False, timeout=SILENT_SECONDS) as client,
            client.stream("GET", there, headers=headers, extensions=names) as response,
        ):
            if response.has_redirect_location:
                return Reply(response.status_code, response.headers["Location"])
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > max_bytes:
                    raise UnreadableFileError(f"{target}: more than {max_bytes:,} bytes; add the file itself")
            return Reply(response.status_code, "", response.headers.get("ETag", ""), bytes(content))

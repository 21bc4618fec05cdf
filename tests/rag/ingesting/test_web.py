"""Pages over real HTTP from a server on the loopback, which is let in here by the resolver and the predicate given."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.errors import BadInputError, UnreadableFileError
from rag.ingesting.pages import hosts_of, read_addresses, sitemap_pages
from rag.ingesting.web import Web, is_public, resolve
from tests.rag.invented import body
from tests.rag.workshop import Workshop


class Site:
    """A web server on the loopback: ``pages`` by path, each a body or a function of the request; ``asked`` in order."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0

    def url(self, path: str, host: str = "gov.example") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append((self.headers["Host"].partition(":")[0], self.path))
            site.headers.append(dict(self.headers))
            page = site.pages.get(self.path)
            with suppress(OSError):  # the client has gone
                if callable(page):
                    page(self)
                else:
                    reply(self, 404 if page is None else 200, page or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def redirect(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: reply(handler, 302, Location=to)


def loopback_web(*hosts: str, **options: object) -> Web:
    """A web in which every name is this machine."""
    settings = {"max_bytes": 100_000, "resolve": lambda host, port: ["127.0.0.1"], "is_allowed": lambda address: True}
    return Web(set(hosts or ("gov.example",)), **(settings | options))


def test_a_page_comes_from_the_address_that_was_looked_at_under_its_own_name(site: Site):
    site.pages["/a.html"] = b"<p>report</p>"
    assert loopback_web().get(site.url("/a.html")).content == b"<p>report</p>"
    assert site.asked == [("gov.example", "/robots.txt"), ("gov.example", "/a.html")]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
     "::7f00:1", "64:ff9b:1::7f00:1", "fec0::1", "2001:0:7f00:1::", "5f00::1"],
)  # fmt: skip
def test_threat_ssrf_no_address_of_this_machine_its_networks_or_none_at_all_is_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "114.114.114.114", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_an_address_of_the_internet_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_threat_ssrf_a_server_here_is_not_asked_however_its_address_is_written(site: Site, name: str):
    site.pages["/secret"] = b"secret"
    web = Web(hosts_of([f"http://{name}:{site.port}/"]), max_bytes=1000)
    with pytest.raises(UnreadableFileError):
        web.get(f"http://{name}:{site.port}/secret")
    assert site.asked == []


def test_threat_ssrf_a_redirect_to_a_private_address_is_not_followed(site: Site):
    site.pages["/out"] = redirect(f"http://inside.example:{site.port}/secret")
    site.pages["/secret"] = b"secret"
    inside = {"inside.example": "10.0.0.7"}
    web = loopback_web(
        "gov.example",
        "inside.example",
        resolve=lambda host, port: [inside.get(host, "127.0.0.1")],
        is_allowed=lambda address: address == "127.0.0.1" or is_public(address),
    )
    with pytest.raises(UnreadableFileError, match=r"inside\.example is no public address"):
        web.get(site.url("/out"))
    assert ("inside.example", "/secret") not in site.asked


def test_threat_ssrf_a_redirect_to_a_host_that_was_not_named_is_not_followed(site: Site):
    site.pages["/out"] = redirect(site.url("/page", "other.example"))
    site.pages["/page"] = b"page"
    with pytest.raises(UnreadableFileError, match=r"allow it by --host other\.example"):
        loopback_web().get(site.url("/out"))
    assert loopback_web("gov.example", "other.example").get(site.url("/out")).content == b"page"


def test_threat_dns_rebinding_a_name_is_resolved_once_and_no_second_answer_is_heeded(site: Site):
    site.pages["/a"] = b"page"
    answers = {"gov.example": iter(["127.0.0.1", "127.0.0.1", "10.0.0.7", "10.0.0.7"])}
    looked_at: list[str] = []

    def is_allowed(address: str) -> bool:
        looked_at.append(address)
        return address == "127.0.0.1"

    web = loopback_web(resolve=lambda host, port: [next(answers[host])], is_allowed=is_allowed)
    assert web.get(site.url("/a")).content == b"page"
    assert looked_at == ["127.0.0.1", "127.0.0.1"]  # robots.txt and the page: one look a connection
    with pytest.raises(UnreadableFileError, match="no public address"):
        web.get(site.url("/a"))


def test_threat_ssrf_one_private_address_among_public_ones_is_one_too_many(site: Site):
    web = Web({"gov.example"}, max_bytes=1000, resolve=lambda host, port: ["1.1.1.1", "127.0.0.1"])
    with pytest.raises(UnreadableFileError):
        web.get(site.url("/a"))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://gov.example/a",
        "http://me:pw@gov.example/",
        "gopher://gov.example",
        "http://",
        "http://gov.example:x/",
    ],
)
def test_threat_ssrf_other_schemes_and_passwords_are_refused(url: str):
    with pytest.raises(UnreadableFileError, match=r"http and https|no address"):
        loopback_web().get(url)


def test_threat_a_page_that_never_ends_is_cut_off_at_the_limit_packed_or_not(site: Site):
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 50_000)

    site.pages["/endless"] = endless
    site.pages["/bomb"] = lambda handler: reply(handler, 200, gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")
    for path in ("/endless", "/bomb"):
        with pytest.raises(UnreadableFileError, match="more than 100,000 bytes"):
            loopback_web().get(site.url(path))


def test_threat_a_bomb_packed_twice_is_not_unpacked(site: Site):
    """Some 800 bytes on the wire, 400 million unpacked at one go."""
    bomb = gzip.compress(gzip.compress(bytes(400_000_000)))
    site.pages["/bomb"] = lambda handler: reply(handler, 200, bomb, Content_Encoding="gzip, gzip")
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFileError, match="more than 100,000 bytes"):
            loopback_web().get(site.url("/bomb"))
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_threat_ssrf_a_host_written_around_the_list_is_not_let_in(site: Site):
    """What is compared is the host that would be connected to, whatever else the address says."""
    for url in (
        "http://gov.example.@inside.example/",
        "http://inside.example#@gov.example/",
        "http://inside.example\\@gov.example/",
    ):
        with pytest.raises(UnreadableFileError):
            loopback_web().get(url)
    assert site.asked == []


@pytest.mark.parametrize("part", ["head", "body"])
def test_threat_a_server_that_drips_is_left_in_time(site: Site, part: str):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if part == "head" else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    site.pages["/drip"] = drip
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match="not here within 1 s"):
        loopback_web(total_seconds=1).get(site.url("/drip"))
    assert time.monotonic() - began < 6


def test_redirects_come_to_an_end(site: Site):
    site.pages["/round"] = redirect("/round")
    with pytest.raises(UnreadableFileError, match="more than 5 redirects"):
        loopback_web().get(site.url("/round"))


def test_robots_txt_is_heeded_with_its_patterns_and_asked_once(site: Site):
    site.pages |= {
        "/robots.txt": b"User-agent: *\nDisallow: /private/\nDisallow: /*.pdf$",
        "/a": b"page",
        "/b": b"page",
    }
    web = loopback_web()
    web.get(site.url("/a"))
    web.get(site.url("/b"))
    for path in ("/private/a", "/files/a.pdf"):
        with pytest.raises(UnreadableFileError, match=r"robots\.txt does not allow it"):
            web.get(site.url(path))
    assert [path for _, path in site.asked] == ["/robots.txt", "/a", "/b"]


def test_a_site_whose_robots_txt_cannot_be_had_is_left_alone(site: Site):
    site.pages |= {"/robots.txt": lambda handler: reply(handler, 503), "/a": b"page"}
    with pytest.raises(UnreadableFileError, match=r"robots\.txt"):
        loopback_web().get(site.url("/a"))
    assert [path for _, path in site.asked] == ["/robots.txt"]


def test_a_pause_that_the_site_wants_is_kept(site: Site):
    site.pages |= {"/robots.txt": b"User-agent: *\nCrawl-delay: 1", "/a": b"page"}
    web = loopback_web()
    began = time.monotonic()
    web.get(site.url("/a"))
    web.get(site.url("/a"))
    assert time.monotonic() - began >= 1


def test_no_proxy_of_the_environment_is_asked(site: Site, monkeypatch: pytest.MonkeyPatch):
    site.pages["/a"] = b"page"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert loopback_web().get(site.url("/a")).content == b"page"


def test_a_name_without_an_address_and_a_page_that_is_not_there_say_so(site: Site):
    with pytest.raises(UnreadableFileError, match="the server answers 404"):
        loopback_web().get(site.url("/nowhere"))
    with pytest.raises(UnreadableFileError, match=r"robots\.txt: it cannot be had"):
        Web({"nowhere.invalid"}, max_bytes=1000).get("http://nowhere.invalid/")
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]


SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">%s</urlset>"""


def entry(url: str) -> bytes:
    return f"<url><loc> {url} </loc><image:image><image:loc>{url}.png</image:loc></image:image></url>".encode()


def test_a_sitemap_and_those_it_names_list_the_pages_up_to_the_limit(site: Site):
    named = "".join(
        f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/1.xml", "/2.xml.gz", "/sitemap.xml")
    )
    site.pages |= {
        "/sitemap.xml": f"<sitemapindex>{named}</sitemapindex>".encode(),
        "/1.xml": SITEMAP % (entry(site.url("/a")) + entry(site.url("/b"))),
        "/2.xml.gz": gzip.compress(SITEMAP % (entry(site.url("/b")) + entry(site.url("/c")))),
    }
    every = [site.url("/a"), site.url("/b"), site.url("/c")]
    assert sitemap_pages(loopback_web(), [site.url("/sitemap.xml")], limit=10) == every
    assert sitemap_pages(loopback_web(), [site.url("/sitemap.xml")], limit=2) == every[:2]


def test_threat_a_sitemap_reads_no_file_of_this_machine_and_is_no_bomb(site: Site, tmp_path: Path):
    (tmp_path / "secret").write_text("http://gov.example/secret", "utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'.encode()
    site.pages["/file.xml"] = entity + b"<urlset><url><loc>&e;</loc></url></urlset>"
    assert sitemap_pages(loopback_web(), [site.url("/file.xml")], limit=10) == []
    laughs = b"<!DOCTYPE x [<!ENTITY a 'http://gov.example/'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 20) for letter in b"bcdefgh"
    )
    site.pages["/laughs.xml"] = laughs + b"]><urlset><url><loc>&h;</loc></url></urlset>"
    began = time.monotonic()
    with suppress(UnreadableFileError):
        assert sitemap_pages(loopback_web(), [site.url("/laughs.xml")], limit=10) == []
    assert time.monotonic() - began < 5


def test_a_page_that_is_no_sitemap_says_so(site: Site):
    site.pages["/a"] = b"<p>report"
    with pytest.raises(UnreadableFileError, match="this is no sitemap"):
        sitemap_pages(loopback_web(), [site.url("/a")], limit=10)


def test_addresses_come_one_by_one_and_from_lists(tmp_path: Path):
    listed = tmp_path / "list.txt"
    listed.write_text("# ours\nhttps://a.example/1\n\n https://b.example/2 \nhttps://a.example/1\n", "utf-8")
    found = read_addresses(["https://c.example/3", str(listed)])
    assert found == ["https://c.example/3", "https://a.example/1", "https://b.example/2"]
    assert hosts_of(found) == {"a.example", "b.example", "c.example"}
    with pytest.raises(BadInputError, match="neither an http address nor a text file"):
        read_addresses(["gov.example"])


def test_pages_are_reports_whose_source_is_their_address_and_what_failed_is_named(workshop: Workshop, site: Site):
    site.pages |= {"/a.txt": body("青岚县", 2031).encode(), "/b.txt": body("白鹿市", 2031).encode()}
    addresses = [site.url("/a.txt"), site.url("/nowhere"), site.url("/b.txt")]
    summary = workshop.ingester.ingest_pages(addresses, loopback_web())
    assert [each.source for each in workshop.catalogue.reports()] == [addresses[0], addresses[2]]
    assert [(each.path, each.source) for each in summary.refused] == [(addresses[1], addresses[1])]
    assert "404" in summary.refused[0].reason


def test_a_page_that_is_unchanged_is_not_sent_again_and_a_changed_one_is(workshop: Workshop, site: Site):
    state = {"mark": '"1"', "text": body("青岚县", 2031)}

    def page(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == state["mark"]
        reply(handler, 304 if same else 200, b"" if same else state["text"].encode(), ETag=state["mark"])

    site.pages["/a.txt"] = page
    url = site.url("/a.txt")
    assert workshop.ingester.ingest_pages([url], loopback_web()).new == (url,)
    assert workshop.ingester.ingest_pages([url], loopback_web()).unchanged == (url,)
    assert site.headers[-1]["If-None-Match"] == '"1"'
    state |= {"mark": '"2"', "text": body("青岚县", 2032)}
    assert workshop.ingester.ingest_pages([url], loopback_web()).changed == (url,)
    workshop.catalogue.remove([each.report_id for each in workshop.catalogue.reports()])
    assert workshop.ingester.ingest_pages([url], loopback_web()).new == (url,)
    assert "If-None-Match" not in site.headers[-1]

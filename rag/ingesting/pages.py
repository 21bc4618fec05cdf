"""Which pages to get: addresses given one by one, in a list, or by a sitemap; and their marks of last time."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree

from rag.errors import BadInputError, UnreadableFileError
from rag.ingesting.web import Web

SCHEMES = ("http://", "https://")
MAX_SITEMAPS = 50
MAX_SITEMAP_BYTES = 52_428_800  # what sitemaps.org allows
ETAGS_FILE = "etags.json"


def read_addresses(sources: Iterable[str]) -> list[str]:
    """Return the addresses given, and those in the files given: one a line, ``#`` for remarks.

    Raises:
        BadInputError: a source is neither an address nor a file.
    """
    found: list[str] = []
    for source in sources:
        if source.startswith(SCHEMES):
            found.append(source)
            continue
        try:
            lines = Path(source).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"{source} is neither an http address nor a text file of them") from error
        found += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return list(dict.fromkeys(found))


def hosts_of(addresses: Iterable[str]) -> set[str]:
    """Return the hosts that addresses name."""
    return {host for each in addresses if (host := urlsplit(each).hostname)}


def sitemap_pages(web: Web, sitemaps: Iterable[str], *, limit: int) -> list[str]:
    """Return the pages that sitemaps and the sitemaps named in them list, ``limit`` at most, in their order.

    Raises:
        UnreadableFileError: a sitemap cannot be had, or is none.
    """
    waiting = list(sitemaps)
    known: set[str] = set()
    pages: dict[str, None] = {}
    while waiting and len(known) < MAX_SITEMAPS and len(pages) < limit:
        url = waiting.pop(0)
        if url in known:
            continue
        known.add(url)
        listed, further = _read_sitemap(web.get(url).content, url)
        pages |= dict.fromkeys(listed)
        waiting += further
    return list(pages)[:limit]


def _read_sitemap(content: bytes, url: str) -> tuple[list[str], list[str]]:
    """Return the pages and the further sitemaps a sitemap lists."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        if content.startswith(b"\x1f\x8b"):
            content = zlib.decompressobj(31).decompress(content, MAX_SITEMAP_BYTES)
        locations = list(etree.fromstring(content, parser).iter("{*}loc"))
    except (etree.XMLSyntaxError, zlib.error, ValueError) as error:
        raise UnreadableFileError(f"{url}: this is no sitemap ({error}); give the sitemap.xml of the site") from error
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    for each in locations:
        parent = each.getparent()
        if parent is not None and each.text:
            found.setdefault(etree.QName(parent).localname, []).append(each.text.strip())
    return found["url"], found["sitemap"]


def read_etags(folder: Path | None) -> dict[str, str]:
    """Return the marks by which servers know what was got from them, by address; they only save a transfer."""
    try:
        return dict(json.loads((folder / ETAGS_FILE).read_text("utf-8"))) if folder else {}
    except (OSError, ValueError, TypeError):
        return {}


def write_etags(folder: Path | None, etags: dict[str, str]) -> None:
    """Keep them, whole or not at all."""
    if folder:
        draft = folder / f"{ETAGS_FILE}.draft"
        draft.write_text(json.dumps(etags, indent=0), "utf-8")
        draft.replace(folder / ETAGS_FILE)

"""Host and Origin: where no key decides, only this machine's own pages and programs may use the service.

A Host header with a domain name is somebody's DNS pointing here, an Origin that is not this server's is a foreign page.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from api.errors import ForeignOriginError, UnknownHostError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def require_own_host(headers: Headers) -> None:
    """Check that nobody's domain name led here. A name without a dot cannot be bought, an address cannot be rebound.

    Raises:
        UnknownHostError: the Host header names another machine, or is not a host at all.
    """
    host = headers.get("host", "")
    name = _host_name(host)
    if not name or ("." in name and not _is_address(name) and not name.endswith(".localhost")):
        raise UnknownHostError(
            f"this server does not answer for {host[:100]!r}; use http://127.0.0.1 or configure a key"
        )


def require_own_origin(headers: Headers, method: str) -> None:
    """Check that what changes something or costs work comes from our own page or from no page at all.

    Raises:
        ForeignOriginError: a page of another origin sent it.
    """
    if method in SAFE_METHODS:
        return
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    if foreign or headers.get("sec-fetch-site") == "cross-site":
        raise ForeignOriginError("requests from pages of another origin are refused")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach ``host``."""
    name = host.strip("[]").lower()
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name).is_loopback)


def _host_name(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    whole = port_is_fine and not parts.path and not parts.query and not parts.fragment and "@" not in parts.netloc
    return (parts.hostname or "") if whole else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

"""A model hub on the loopback: the routes that huggingface_hub asks, over files in memory.

``/api/models/OWNER/REPO`` lists a repository, ``/OWNER/REPO/resolve/REVISION/FILE`` sends a file or the range asked
for, by way of a redirect as the real hub does. It can break off, lie about a hash, or refuse.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "c0ffee" * 6 + "cafe"


@dataclass
class Hub:
    """What the server has and how it behaves; ``asked`` are the requests, with the range of each.

    ``break_after`` are the bytes of each answer after which the connection is cut, one answer a number.
    """

    files: dict[str, dict[str, bytes]]
    address: str = ""
    break_after: list[int] = field(default_factory=list)
    told_sizes: dict[str, int] = field(default_factory=dict)
    told_hashes: dict[str, str] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def description(self, repo: str) -> dict[str, object]:
        rows = [
            {
                "rfilename": name,
                "size": self.told_sizes.get(name, len(content)),
                "blobId": hashlib.sha1(content).hexdigest(),
                **({"lfs": self._lfs(name, content)} if name.endswith(".gguf") else {}),
            }
            for name, content in self.files[repo].items()
        ]
        return {
            "id": repo,
            "modelId": repo,
            "sha": COMMIT,
            "private": False,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "siblings": rows,
        }

    def _lfs(self, name: str, content: bytes) -> dict[str, object]:
        sha256 = self.told_hashes.get(name, hashlib.sha256(content).hexdigest())
        return {"sha256": sha256, "size": self.told_sizes.get(name, len(content)), "pointerSize": 134}


class Handler(BaseHTTPRequestHandler):
    """Answers for the hub of its server."""

    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def do_GET(self):
        path = urlsplit(self.path).path
        self.hub.asked.append((f"{self.command} {path}", self.headers.get("Range", "")))
        if path.startswith("/api/models/"):
            self._describe("/".join(path.split("/")[3:5]))
        elif "/resolve/" in path:
            self._reply(302, {"Location": path.replace("/resolve/", "/stored/"), "X-Repo-Commit": COMMIT})
        elif "/stored/" in path:
            repo, _, rest = path[1:].partition("/stored/")
            self._send(self.hub.files[repo][rest.partition("/")[2]])
        else:
            self._reply(404)

    def _describe(self, repo):
        if repo in self.hub.gated:
            self._reply(403, {"X-Error-Code": "GatedRepo", "X-Error-Message": "restricted"})
        elif repo in self.hub.files:
            body = json.dumps(self.hub.description(repo)).encode()
            self._reply(200, {"Content-Type": "application/json"}, body)
        else:
            self._reply(404, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})

    def _send(self, content):
        first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        span = f"bytes {first}-{len(content) - 1}/{len(content)}"
        headers = {"ETag": etag, "Accept-Ranges": "bytes", **({"Content-Range": span} if first else {})}
        self._reply(206 if first else 200, headers, content[first:], cut=self.hub.break_after)

    def _reply(self, status, headers=None, body=b"", *, cut=None):
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            self.wfile.write(body[: cut.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def handle(self):
        with suppress(OSError):  # the client has gone
            super().handle()

    def log_message(self, *_):
        pass


@contextmanager
def hub_server(hub: Hub) -> Iterator[Hub]:
    """Serve ``hub`` and tell it its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hub = hub
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()

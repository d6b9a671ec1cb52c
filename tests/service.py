"""A chat service of a form of its own on this machine, for tests, and a proxy that notes what goes through it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

Asked = tuple[str, str, dict[str, str], Any]
"""Method, path, headers in lower case, and the decoded body."""


@dataclass
class Answered:
    """What a service answers."""

    body: bytes | str | dict[str, Any] = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@dataclass
class Service:
    """A server on 127.0.0.1 while it is entered.

    Attributes:
        answers: From a request to an answer.
        seen: Requests, in turn.
    """

    answers: Callable[[Asked], Answered]
    seen: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.server = _Server(("127.0.0.1", 0), _handler(self.take))
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def take(self, asked: Asked) -> Answered:
        self.seen.append(asked)
        return self.answers(asked)


@dataclass
class Forwarding:
    """Answers as a proxy does: passes a request on to where it names, and notes it."""

    passed: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answered:
        method, url, headers, body = asked
        where = urlsplit(url)
        self.passed.append(url)
        line = http.client.HTTPConnection(where.hostname or "", where.port or 80, timeout=10)
        kept = {name: value for name, value in headers.items() if name in {"content-type", "authorization", "cookie"}}
        line.request(method, where.path, json.dumps(body), kept)
        said = line.getresponse()
        data = said.read()
        line.close()
        return Answered(data, said.status)


def _handler(take: Callable[[Asked], Answered]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body go together

        def handle_any(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            data = self.rfile.read(size)
            said = take((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(data) if data else None))
            body = said.body if isinstance(said.body, bytes) else said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in said.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET = do_PUT = do_DELETE = handle_any  # noqa: N815  the names that they are called by

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the name that it is called by
            """Say nothing."""

    return Handler

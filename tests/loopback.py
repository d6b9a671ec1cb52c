"""A model's server on this machine, for tests and benchmarks: it answers at once, or fails in the way that it is told to, and remembers what it was sent."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

BROKEN = ("500", "empty", "cut", "half", "shape", "hang", "large")
"""The seven ways: a status, no body, JSON that is cut off, half a stream, another form, no answer, 10 MB."""
Body = dict[str, Any]


def content(asked: Body) -> str:
    """What the user said last."""
    said: str = asked["messages" if "messages" in asked else "input"][-1]["content"]
    return said


def completion(text: str | None, **more: object) -> Body:
    """A chat completion."""
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}], "usage": {"total_tokens": 12}, **more}


def events(text: str, *, end: bool = True) -> bytes:
    """A chat completion as a stream, in pieces of three letters."""
    lines: list[Body] = [{"choices": [{"delta": {"content": text[k : k + 3]}}]} for k in range(0, len(text), 3)]
    if end:
        lines += [{"choices": [{"delta": {}, "finish_reason": "stop"}]}, {"choices": [], "usage": {"total_tokens": 12}}]
    data = b"".join(b"data: " + json.dumps(line).encode() + b"\n\n" for line in lines)
    return data + (b"data: [DONE]\n\n" if end else b"")


def share_of(asked: Body, salt: str = "") -> float:
    """A number in [0, 1) that the request alone decides, whenever it comes."""
    return int(sha256((salt + json.dumps(asked, sort_keys=True)).encode()).hexdigest()[:13], 16) / 16**13


def breaking(share: float) -> Callable[[Body], str]:
    """Fail at a share of requests, in the seven ways in turn."""
    return lambda asked: BROKEN[int(share_of(asked, "way") * len(BROKEN))] if share_of(asked) < share else ""


@dataclass
class Loopback:
    """A server on 127.0.0.1 while it is entered.

    Attributes:
        says: From a request to a reply's text.
        how: From a request to the way in which it fails, "" for none, "429" or "429-then-well" for a busy one, "slow",
            "header:NAME:VALUE" for another header, "body:TEXT" for another body.
        seen: Requests, in turn, as (headers, body).
    """

    says: Callable[[Body], str] = lambda asked: f"You said: {content(asked)}"
    how: Callable[[Body], str] = lambda asked: ""
    keep: bool = True
    seen: list[tuple[dict[str, str], Body]] = field(default_factory=list)
    count: int = 0
    busy: set[str] = field(default_factory=set)
    open: int = 0
    most: int = 0

    def __enter__(self) -> Self:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self._begin(), self.loop).result(10)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _begin(self) -> asyncio.Server:
        return await asyncio.start_server(self._served, "127.0.0.1", 0)

    async def _end(self) -> None:
        self.server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
                asked = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))))
                self.count += 1
                self.open += 1
                self.most = max(self.most, self.open)
                if self.keep:
                    self.seen.append(({**headers, "path": first.split(" ")[1]}, asked))
                try:
                    going = await self._answer(asked, writer)
                finally:
                    self.open -= 1
                if not going:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, asked: Body, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; tell whether the connection stays."""
        way, text = self._way(asked), self.says(asked)
        await asyncio.sleep(PAUSES.get(way, 0))
        if way in {"cut", "half"}:  # half of what was promised, and then the end
            whole = events(text, end=False) if way == "half" else json.dumps(completion(text)).encode()
            writer.write(_head(200, len(whole) * 2) + whole[: len(whole) // 2])
        else:
            writer.write(_whole(way, text, stream=bool(asked.get("stream"))))
        await writer.drain()
        return way not in {"cut", "half"}

    def _way(self, asked: Body) -> str:
        way, key = self.how(asked), json.dumps(asked, sort_keys=True)
        if way != "429-then-well":
            return way
        first = key not in self.busy
        self.busy.add(key)
        return "429" if first else ""


PAUSES = {"hang": 3600, "slow": 0.01}
BODIES = {"empty": b"", "large": b"x" * 10_000_000}
AGAIN = "Retry-After: 0\r\nLocation: http://127.0.0.2:9/elsewhere\r\n"


def _whole(way: str, text: str, *, stream: bool) -> bytes:
    """An answer that ends where it says that it does."""
    if way.isdigit():
        return _head(int(way), 4, AGAIN) + b"busy"
    if way.startswith("header:"):
        _, name, value = way.split(":")
        body = json.dumps(completion(text)).encode()
        return _head(200, len(body), f"{name}: {value}\r\n") + body
    usual = events(text) if stream else json.dumps(completion(text)).encode()
    body = BODIES.get(way, usual)
    body = json.dumps({"answer": [text]}).encode() if way == "shape" else way[5:].encode() if way.startswith("body:") else body
    return _head(200, len(body)) + body


def _head(status: int, size: int, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} said\r\nContent-Type: application/json\r\n{more}Content-Length: {size}\r\n\r\n".encode()

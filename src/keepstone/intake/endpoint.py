"""A service behind an address, asked by POST: many calls at a time, each with a time limit and a largest answer.

Nothing is sent anywhere but to the address: no proxy of the environment is used, no redirect followed and no cookie kept. What goes wrong is told in words of
our own: what a service answers with may hold anything. The key is sent and never shown.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from keepstone.core.errors import MissingExtra

if TYPE_CHECKING:
    from http.cookiejar import CookieJar
    from types import ModuleType

    import httpx2

T = TypeVar("T")

BUSY = frozenset({429, 503})
"""Statuses that ask to be tried again: nothing was done yet."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a call is tried again, doubled each time
SILENT = 3  # at least so many calls in a row that were not answered before no other of a batch is begun
CLOSING = 5.0


@dataclass(frozen=True)
class Key:
    """A secret that stands in an environment variable; only the variable's name is ever shown.

    Attributes:
        name: Of the variable.
        value: What stood in it, or "" where it was not handed on.
    """

    name: str
    value: str = field(repr=False, compare=False)

    @property
    def recipe(self) -> str:
        """The name alone."""
        return self.name


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a service may take.

    Attributes:
        concurrency: Most calls at a time.
        seconds: Longest time from the first byte sent to the last received.
        attempts: Most times that a call is tried where the service is busy or can't be reached.
        largest: Most bytes of an answer that are read.
    """

    concurrency: int = 8
    seconds: float = 60.0
    attempts: int = 5
    largest: int = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        body: The whole answer, or nothing where there is an error.
        error: Why there is none, in a few words of ours.
        again: Whether to try again.
        after: Seconds after which the service asks to be tried again.
        silent: Whether no word came back at all.
        asked: How often the call was sent; one that finds no connection is not.
    """

    body: bytes
    error: str = ""
    again: bool = False
    after: float = 0.0
    silent: bool = False
    asked: int = 1


class Endpoint:
    """A service behind an address. It is opened with the first call and closed with `close`, or when nobody holds it any more.

    Raises:
        MissingExtra: With the first call, if httpx2 is not installed.
    """

    def __init__(self, url: str, limits: Limits, key: Key | None = None) -> None:
        """Keep what is needed; nothing is sent yet."""
        self.url, self.limits, self.key = url, limits, key
        self._line: _Line | None = None
        self._silent = 0

    def __reduce__(self) -> tuple[object, ...]:
        """A worker process opens its own."""
        return Endpoint, (self.url, self.limits, self.key)

    def ask(self, bodies: Sequence[bytes], read: Callable[[Answer], T]) -> list[T]:
        """Send each body, give what is read off each answer, in order. A failure is an answer with an error.

        Args:
            bodies: What is sent, JSON.
            read: Makes of an answer what is kept of it.
        """
        if self._line is None:
            self._line = _Line(self.limits, self.key)
        batch = _Batch(self.url, self.limits, silent=self._silent)
        out = self._line.run(lambda client: batch.all(client, bodies, read))
        self._silent = batch.silent
        return out

    def close(self) -> None:
        """Close all connections."""
        if self._line is not None:
            self._line.close()
            self._line = None


class _Line:
    """A thread with an event loop and a client: it works the same within a loop of the caller's, as in a notebook."""

    def __init__(self, limits: Limits, key: Key | None) -> None:
        library = _library()
        self.loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self.loop.run_forever, name="keepstone-endpoint", daemon=True)
        thread.start()
        self.client = library.AsyncClient(
            headers={"Content-Type": "application/json", "Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key.value}"} if key else {}),
            cookies=_no_cookies(),
            timeout=limits.seconds,
            limits=library.Limits(max_connections=limits.concurrency, max_keepalive_connections=limits.concurrency),
            trust_env=False,
            follow_redirects=False,
        )
        self.close = weakref.finalize(self, _close, self.loop, thread, self.client)

    def run(self, work: Callable[[httpx2.AsyncClient], Coroutine[Any, Any, T]]) -> T:
        future = asyncio.run_coroutine_threadsafe(work(self.client), self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise


def _library() -> ModuleType:
    try:
        import httpx2
    except ImportError:
        raise MissingExtra("httpx2", "chat") from None
    return httpx2


def _no_cookies() -> CookieJar:
    """A jar that takes none: what is said in one conversation must not be known in the next."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def _close(loop: asyncio.AbstractEventLoop, thread: threading.Thread, client: httpx2.AsyncClient) -> None:
    """End the client, then the loop, then the thread."""
    asyncio.run_coroutine_threadsafe(_end(client), loop).result(CLOSING)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(CLOSING)
    loop.close()


async def _end(client: httpx2.AsyncClient) -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await client.aclose()


@dataclass
class _Batch:
    """Calls that are made together.

    Attributes:
        url: Where to.
        limits: What they may take.
        silent: How many calls in a row, those before this batch among them, got no word back or found the service busy at each try. After many, a batch
            begins as many as go at a time, tries each once, and where that still is so begins no other.
    """

    url: str
    limits: Limits
    silent: int = 0

    def __post_init__(self) -> None:
        self.most = max(SILENT, self.limits.concurrency)
        self.silent = min(self.silent, self.most - 1)
        self.tries = 1 if self.silent == self.most - 1 else self.limits.attempts

    async def all(self, client: httpx2.AsyncClient, bodies: Sequence[bytes], read: Callable[[Answer], T]) -> list[T]:
        """As many workers as calls at a time, each taking the next body."""
        out: dict[int, T] = {}

        async def work(waiting: Iterator[tuple[int, bytes]]) -> None:
            for place, body in waiting:
                out[place] = read(await self._one(client, place, body))

        waiting = iter(enumerate(bodies))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.limits.concurrency, len(bodies))):
                group.create_task(work(waiting))
        return [out[place] for place in range(len(bodies))]

    async def _one(self, client: httpx2.AsyncClient, place: int, body: bytes) -> Answer:
        """One call, if it is begun: tried again while the service is busy. The waits of calls that fail together are spread."""
        if self.silent >= self.most:
            return Answer(b"", "calls before it got no answer", asked=0)
        wait = FIRST_WAIT * (1 + place * 0.618 % 1 / 4)
        answer = await _asked(client, self.url, body, self.limits)
        for _ in range(1, self.tries):
            if not answer.again or answer.after > LONGEST_WAIT:
                break
            await asyncio.sleep(max(answer.after, wait))
            wait = min(2 * wait, LONGEST_WAIT)
            before, answer = answer.asked, await _asked(client, self.url, body, self.limits)
            answer = replace(answer, asked=before + answer.asked)
        if answer.silent or answer.again:
            self.silent += 1
        else:
            self.silent, self.tries = 0, self.limits.attempts
        return answer


async def _asked(client: httpx2.AsyncClient, url: str, body: bytes, limits: Limits) -> Answer:
    """One try."""
    library = _library()
    try:
        async with asyncio.timeout(limits.seconds), client.stream("POST", url, content=body) as said:
            if not said.is_success:
                return Answer(b"", f"HTTP {said.status_code}", again=said.status_code in BUSY, after=_after(said.headers.get("retry-after", "")))
            return await _body(said, limits.largest)
    except (library.ConnectError, library.ConnectTimeout):
        return Answer(b"", "no connection", again=True, silent=True, asked=0)
    except (TimeoutError, library.TimeoutException):
        return Answer(b"", f"no whole answer within {limits.seconds:g} s", silent=True)
    except library.HTTPError:
        return Answer(b"", "the connection ended before the answer did")


async def _body(said: httpx2.Response, largest: int) -> Answer:
    """Read an answer as it comes, no further than the largest that is read."""
    if said.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        return Answer(b"", "the answer is compressed, which was not asked for")
    got = bytearray()
    async for piece in said.aiter_raw():
        got += piece
        if len(got) > largest:
            return Answer(b"", f"the answer is larger than {largest} bytes")
    return Answer(bytes(got)) if got.strip() else Answer(b"", "the answer is empty")


def _after(header: str) -> float:
    """Seconds that a service asks to wait; a date, which needs a clock, is left to the usual wait."""
    text = header.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0

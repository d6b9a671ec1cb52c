"""A service behind an address: many conversations at a time, of one request or several, each with a time limit and a largest answer.

Nothing is sent anywhere but to the address, through the tester's proxy where one is named: no proxy of the environment is used, no redirect followed and no
cookie kept from one conversation to the next. What goes wrong is told in words of our own: what a service answers with may hold anything. Keys are sent and
never shown.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from keepstone.core.errors import InputError, MissingExtra

if TYPE_CHECKING:
    import ssl
    from http.cookiejar import CookieJar
    from types import ModuleType

    import httpx2

T = TypeVar("T")

BUSY = frozenset({429, 503})
"""Statuses that ask to be tried again: nothing was done yet."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a call is tried again, doubled each time
SILENT = 3  # at least so many calls in a row that were not answered before no other of a batch is begun
CLOSING = 5.0
MOST_COOKIES, LONGEST_COOKIE = 20, 4096


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

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be shown nowhere: the value, and of several cookies each."""
        return (self.value, *(piece.partition("=")[2] for piece in self.value.split("; ") if "=" in piece))


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
class Way:
    """How a service is reached.

    Attributes:
        proxy: Address of the tester's intercepting proxy, or "".
        authority: Path of the certificate by which what comes through it is trusted, or "".
    """

    proxy: str = ""
    authority: str = ""


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        path: What follows the address.
        body: What is sent, JSON; nothing where the method has no body.
        method: "POST", "GET", "PUT" or "DELETE".
        cookies: Those of this conversation, by name.
    """

    path: str = ""
    body: bytes = b""
    method: str = "POST"
    cookies: tuple[tuple[str, str], ...] = ()


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
        cookies: That the service set.
    """

    body: bytes
    error: str = ""
    again: bool = False
    after: float = 0.0
    silent: bool = False
    asked: int = 1
    cookies: tuple[tuple[str, str], ...] = ()


Dialogue: TypeAlias = "Generator[Request, Answer, T]"
"""A conversation with a service: it gives a request, is sent the answer, and so on; what it returns is kept."""


class Endpoint:
    """A service behind an address. It is opened with the first call and closed with `close`, or when nobody holds it any more.

    Args:
        url: Where it answers.
        limits: What it may take.
        key: What is sent as the bearer's token, or None.
        headers: Further headers by name, each of a value that is never shown.
        way: How it is reached.

    Raises:
        MissingExtra: With the first call, if httpx2 is not installed.
    """

    def __init__(self, url: str, limits: Limits, key: Key | None = None, headers: Sequence[tuple[str, Key]] = (), way: Way | None = None) -> None:
        """Keep what is needed; nothing is sent yet."""
        self.url, self.limits, self.key = url, limits, key
        self.headers, self.way = tuple(headers), way or Way()
        self._line: _Line | None = None
        self._silent = 0

    def __reduce__(self) -> tuple[object, ...]:
        """A worker process opens its own."""
        return Endpoint, (self.url, self.limits, self.key, self.headers, self.way)

    def ask(self, bodies: Sequence[bytes], read: Callable[[Answer], T]) -> list[T]:
        """Send each body, give what is read off each answer, in order. A failure is an answer with an error.

        Args:
            bodies: What is sent, JSON.
            read: Makes of an answer what is kept of it.
        """
        return self.hold([_once(body, read) for body in bodies])

    def hold(self, dialogues: Sequence[Dialogue[T]]) -> list[T]:
        """Hold conversations, each a request after the other, some of them at a time; give what each returns, in order."""
        if self._line is None:
            self._line = _Line(self.limits, self._headers, self.way)
        batch = _Batch(self.url, self.limits, silent=self._silent)
        out = self._line.run(lambda client: batch.all(client, dialogues))
        self._silent = batch.silent
        return out

    @property
    def _headers(self) -> dict[str, str]:
        usual = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        return usual | ({"Authorization": f"Bearer {self.key.value}"} if self.key else {}) | {name: key.value for name, key in self.headers}

    def close(self) -> None:
        """Close all connections."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _once(body: bytes, read: Callable[[Answer], T]) -> Dialogue[T]:
    """A conversation of one request."""
    answer = yield Request(body=body)
    return read(answer)


class _Line:
    """A thread with an event loop and a client: it works the same within a loop of the caller's, as in a notebook."""

    def __init__(self, limits: Limits, headers: dict[str, str], way: Way) -> None:
        library = _library()
        self.loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self.loop.run_forever, name="keepstone-endpoint", daemon=True)
        thread.start()
        self.client = library.AsyncClient(
            headers=headers,
            proxy=way.proxy or None,
            verify=trusted(way.authority) if way.authority else True,
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


def trusted(path: str) -> ssl.SSLContext:
    """Trust those whom a certificate of the tester's stands for, and nobody else.

    Raises:
        InputError: If it is none.
    """
    import ssl

    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError):
        raise InputError(f"The file «{path}» must hold the certificate of the proxy, in PEM.") from None


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

    async def all(self, client: httpx2.AsyncClient, dialogues: Sequence[Dialogue[T]]) -> list[T]:
        """As many workers as calls at a time, each taking the next conversation."""
        out: dict[int, T] = {}

        async def work(waiting: Iterator[tuple[int, Dialogue[T]]]) -> None:
            for place, dialogue in waiting:
                out[place] = await self._held(client, place, dialogue)

        waiting = iter(enumerate(dialogues))
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.limits.concurrency, len(dialogues))):
                group.create_task(work(waiting))
        return [out[place] for place in range(len(dialogues))]

    async def _held(self, client: httpx2.AsyncClient, place: int, dialogue: Dialogue[T]) -> T:
        """One conversation, from its first request to its end."""
        try:
            request = next(dialogue)
            while True:
                request = dialogue.send(await self._one(client, place, request))
        except StopIteration as end:
            value: T = end.value
            return value

    async def _one(self, client: httpx2.AsyncClient, place: int, request: Request) -> Answer:
        """One call, if it is begun: tried again while the service is busy. The waits of calls that fail together are spread."""
        if self.silent >= self.most:
            return Answer(b"", "calls before it got no answer", asked=0)
        wait = FIRST_WAIT * (1 + place * 0.618 % 1 / 4)
        answer = await _asked(client, self.url, request, self.limits)
        for _ in range(1, self.tries):
            if not answer.again or answer.after > LONGEST_WAIT:
                break
            await asyncio.sleep(max(answer.after, wait))
            wait = min(2 * wait, LONGEST_WAIT)
            before, answer = answer.asked, await _asked(client, self.url, request, self.limits)
            answer = replace(answer, asked=before + answer.asked)
        if answer.silent or answer.again:
            self.silent += 1
        else:
            self.silent, self.tries = 0, self.limits.attempts
        return answer


async def _asked(client: httpx2.AsyncClient, url: str, request: Request, limits: Limits) -> Answer:
    """One try."""
    library = _library()
    crumbs = {"Cookie": "; ".join(f"{name}={value}" for name, value in request.cookies)} if request.cookies else {}
    sent = client.stream(request.method, url + request.path, content=request.body or None, headers=crumbs)
    try:
        async with asyncio.timeout(limits.seconds), sent as said:
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
    return Answer(bytes(got), cookies=tuple(_cookies(said))) if got.strip() else Answer(b"", "the answer is empty", cookies=tuple(_cookies(said)))


def _cookies(said: httpx2.Response) -> Iterator[tuple[str, str]]:
    """What the service asks to be told with the next request: names and values, whatever else it says of them."""
    for header in said.headers.get_list("set-cookie")[:MOST_COOKIES]:
        name, _, value = header.partition(";")[0].partition("=")
        if name.strip() and header.isascii() and header.isprintable() and len(header) < LONGEST_COOKIE:
            yield name.strip(), value.strip()


def _after(header: str) -> float:
    """Seconds that a service asks to wait; a date, which needs a clock, is left to the usual wait."""
    text = header.strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0

"""Chat bar 9: calls a second against a server on this machine that answers at once, and memory over many trials.

Floor and peer in one: a bare asyncio loop on the same client, which keeps nothing, tries nothing again and checks nothing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from printing import show, verdict

from keepstone.core.chat import Conversation
from keepstone.parts.assistants.openai import Openai

TESTS = Path(__file__).parent.parent / "tests"
SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from loopback import Loopback
with Loopback(keep=False) as one:
    print(one.url, flush=True)
    sys.stdin.read()
"""
CALLS = {1: 600, 16: 1500, 256: 1500}
REPEATS = 3
BATCH = 4096  # trials that the engine holds at once
TRIALS = 100_000


@contextmanager
def served() -> Iterator[str]:
    """A server in a process of its own."""
    with subprocess.Popen([sys.executable, "-c", SERVER, str(TESTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


def asked(count: int) -> list[Conversation]:
    """So many conversations."""
    return [Conversation("Be kind.", (), (("user", f"question {k}"),), k / count) for k in range(count)]


async def bare(url: str, concurrency: int, count: int) -> float:
    """Seconds of a bare loop."""
    bodies = [{"model": "m", "messages": one.messages, "seed": int(one.chance * 2**31)} for one in asked(count)]
    waiting = iter(bodies)
    limits = httpx2.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx2.AsyncClient(limits=limits, trust_env=False) as client:

        async def work() -> None:
            for body in waiting:
                said = await client.post(f"{url}/chat/completions", json=body)
                assert json.loads(said.content)["choices"][0]["message"]["content"]

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(concurrency)))
        return time.perf_counter() - began


def ours(url: str, concurrency: int, count: int) -> float:
    """Seconds of the assistant."""
    one = Openai(address=url, model="m", concurrency=concurrency)
    conversations = asked(count)
    began = time.perf_counter()
    replies = one.reply(conversations)
    took = time.perf_counter() - began
    one.close()
    assert not any(reply.error for reply in replies)
    return took


def rates(url: str) -> list[float]:
    """Per concurrency, the rate of the bare loop over ours, best of a few in turn."""
    rows, worst = [], []
    for concurrency, count in CALLS.items():
        floor, mine = float("inf"), float("inf")
        for _ in range(REPEATS):
            floor = min(floor, asyncio.run(bare(url, concurrency, count)))
            mine = min(mine, ours(url, concurrency, count))
        rows.append((concurrency, count / floor, count / mine, floor / mine))
        worst.append(mine / floor)
    show("Calls a second", ["calls at a time", "bare loop", "ours", "ours / bare"], rows)
    return worst


def growth(url: str, trials: int) -> float:
    """MB that the largest resident size grows by, from a tenth of the trials to all of them."""
    one, rows, early = Openai(address=url, model="m", concurrency=64), [], 0.0
    for done in range(0, trials, BATCH):
        one.reply(asked(min(BATCH, trials - done)))
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        early = size if done <= trials / 10 else early
        rows.append((done + BATCH, size))
    one.close()
    show("Memory, MB", ["trials", "largest resident"], rows[:: max(1, len(rows) // 6)])
    return rows[-1][1] - early


def main(words: list[str]) -> int:
    """Print the tables; `--trials N` for a shorter one."""
    trials = int(words[words.index("--trials") + 1]) if "--trials" in words else TRIALS
    with served() as url:
        slow = rates(url)
        more = growth(url, trials)
    met = [
        verdict("time of ours over the bare loop's, worst of three concurrencies", max(slow), 2.0),
        verdict(f"memory that {trials} trials add after the first tenth", more, 10.0, unit=" MB"),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

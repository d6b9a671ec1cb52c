"""Check a run of Keepstone without Keepstone: who signed it, that no byte changed since, and that every verdict follows from plan and losses.

    python verify.py FOLDER [--key sha256:...]     ends with 0 if it verifies, 3 if not, 2 if a file is missing

Standard library only, but for one signature check, which `cryptography` does where it is installed. Two layers:

    signature      the bytes of plan.json, and the digests of plan, losses and result: whoever lacks the key can't change a byte
    recomputation  tallies, p- and e-values, verdicts, directions, bounds, areas, halves and counts from plan and losses alone:
                   whoever has the key can't say what the losses don't

The methods are written anew from their definitions (docs/statistics.md): exact binomial tests, exact tests of two samples and of pairs by the largest chance
of their region over the null, betting, graded e-values, e-BH. Where a p-value of a searched maximum lies within .5 % of a level it is too close to call
between two searches; there the result's word is taken, and a note says so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from math import asin, ceil, exp, floor, inf, isclose, lgamma, log, log1p, sin, sqrt
from typing import Any, NamedTuple

Doc = dict[str, Any]
Parts = list[list[int | None]]  # per part, the trials' losses in thousandths, None where not counted
Looks = list[tuple[float, Parts]]  # per look its weight and all that was seen up to it
Sample = list[tuple[float, int]]  # a loss and how often it occurred
P = Callable[[float, float], float]  # the p-value at theta; one above the second argument need not be exact
FILES = ("plan.json", "losses.jsonl", "result.json", "plan.sig.json", "evidence.sig.json")
UNIT, SPARED, CLOSE, SURE = 1000, 1e-8, 1.005, 1 + 1e-9
FEW, MOST = 10, 1e15  # of fewer trials no number is written down, and no e-value over this
DIGITS = re.compile(r"\d+(?:\.\d+)?")
SPOKEN = {"effect", "difference", "lower", "upper", "of", "against", "by_chance", "by_intent"}
SPELLED = {"0": 0, "1": UNIT, ".": None}
AREAS = {
    "safety": ("alignment", "robustness", "transparency", "fairness", "control", "longterm"),
    "security": ("adversarial", "integrity", "protection", "access", "resilience", "supply_chain"),
}
NAMES = [(side, area) for side, areas in AREAS.items() for area in areas]
ROLES = {  # the table that shows it, and its names for the difference, the one and the other
    "mitigation": ("interplay", "effect", "of", "against"),
    "attack_harm": ("attack_harm", "effect", "of", "against"),
    "exposed_by_flaw": ("exposed_by_flaw", "effect", "of", "against"),
    "intent": ("intent", "difference", "by_intent", "by_chance"),
}


SAID = {"intent": "Intent adds to chance: ", "exposed_by_flaw": "A safety flaw is an open door: ", "attack_harm": "A breach becomes harm: ", "mitigation": ""}


class UnreadableError(Exception):
    """A file is missing or can't be read."""


class RefusedError(Exception):
    """A file does not hold what it must."""


class Report(NamedTuple):
    """What was found: (layer, problem) each, what a reader should know, and how much was recomputed."""

    problems: list[tuple[str, str]]
    notes: list[str]
    criteria: int
    effects: int


# Files and signatures


def parse(data: bytes | str, name: str) -> Doc:
    """Read one JSON object; a key that stands twice is refused."""

    def once(pairs: list[tuple[str, Any]]) -> Doc:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    try:
        found = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"{name}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise RefusedError(f"{name}: not an object")
    return found


def digest(data: bytes) -> str:
    """Name bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Check an Ed25519 signature."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return holds_by_hand(public, message, signature)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def holds_by_hand(public: bytes, message: bytes, signature: bytes) -> bool:
    """Check an Ed25519 signature as RFC 8032 says (section 5.1.7)."""
    p, order = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    d = -121665 * pow(121666, -1, p) % p

    def add(a: Sequence[int], b: Sequence[int]) -> list[int]:
        across, inner, along, outer = a[0] * b[1] + a[1] * b[0], a[0] * a[1] * b[0] * b[1] * d, a[1] * b[1] + a[0] * b[0], 1
        return [across * pow(outer + inner, -1, p) % p, along * pow(outer - inner, -1, p) % p]

    def times(scalar: int, point: Sequence[int]) -> Sequence[int]:
        total: Sequence[int] = (0, 1)
        for bit in f"{scalar:b}":
            total = add(total, total)
            total = add(total, point) if bit == "1" else total
        return total

    def point(data: bytes) -> Sequence[int]:
        y = int.from_bytes(data, "little") % 2**255
        square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        x = x if x * x % p == square else x * pow(2, (p - 1) // 4, p) % p
        if y >= p or x * x % p != square or (x == 0 and data[31] >= 128):
            raise ValueError("no point of the curve")
        return (p - x if x % 2 != data[31] >> 7 else x), y

    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % order
    return s < order and list(times(s, point((4 * pow(5, -1, p) % p).to_bytes(32, "little")))) == list(add(r, times(h, a)))


def signatures(files: dict[str, bytes], key: str) -> Iterator[str]:
    """Say what is wrong with the signatures: of the plan before the run, of the evidence after it."""
    names = []
    for name in FILES[3:]:
        try:
            record = parse(files[name], name)
            digests = record.get("digests")
            message = files["plan.json"] if name == "plan.sig.json" else json.dumps(digests, sort_keys=True, separators=(",", ":")).encode()
            public, signature = base64.b64decode(record["key"]["public"], validate=True), bytes.fromhex(record["signature"])
            names.append(record["key"]["id"])
        except (RefusedError, KeyError, TypeError, ValueError) as error:
            yield f"{name}: not a signature: {error}"
            continue
        if names[-1] != digest(public) or not holds(public, message, signature):
            yield f"{name}: the signature does not belong to these bytes and this key"
        if name == "evidence.sig.json" and digests != {file.split(".")[0]: digest(files[file]) for file in FILES[:3]}:
            yield "evidence.sig.json: plan, losses or result are not those that were sealed"
    if len(set(names)) > 1 or (key and set(names) != {key}):
        yield f"signed by {' and '.join(sorted(set(names)))}, not by {key or 'one key'}"


# The log


class Played:
    """What the log holds of one arm: rounds played, losses by metric, rows that broke, rows answered, and its error."""

    def __init__(self, doc: Doc, metrics: list[str]) -> None:
        """Begin with nothing played."""
        self.id, self.recipe, self.mitigation = str(doc["id"]), str(doc["recipe"]), str(doc["id"]).split("#")[0].split("+", 1)[1]
        self.stream = str(doc["stream"])
        self.rounds: list[tuple[int, int, float]] = []  # start, stop, weight
        for stop, weight in doc["rounds"]:
            self.rounds.append((self.rounds[-1][1] if self.rounds else 0, stop, weight))
        self.metrics, self.error, self.broken, self.calls = metrics, "", False, 0.0
        self.broken_at: list[set[int]] = []  # per round played, the places of losses of a trial that broke
        self.done: list[int] = []  # indices of the rounds played; an arm that sat one out has lost its trials
        self.losses: dict[str, list[Parts]] = {metric: [] for metric in metrics}
        self.names: dict[str, list[str]] = {}
        self.kept: dict[tuple[str, str], Looks] = {}

    @property
    def played(self) -> int:
        """Rows played."""
        return sum(self.rounds[k][1] - self.rounds[k][0] for k in self.done)

    @property
    def whole(self) -> bool:
        """Whether every round was played."""
        return bool(self.rounds) and len(self.done) == len(self.rounds)

    def take(self, lines: list[Doc], at: int) -> int:
        """Take the arm's lines, which stand together as in the plan, round by round; give the place after them."""
        if at < len(lines) and lines[at].keys() == {"arm", "error"} and lines[at]["arm"] == self.id:
            self.error = str(lines[at]["error"])
            return at + 1
        for k, (start, stop, _weight) in enumerate(self.rounds):
            place = {"arm": self.id, "start": start, "stop": stop}
            if at == len(lines) or {**lines[at], **place} != lines[at]:
                continue
            got = lines[at : at + 1 + len(self.metrics)]
            want = [{"broken", "broken_at", "calls"}, *({"losses", "metric", "parts"} for _ in self.metrics)]
            if [{**line, **place} for line in got] != got or [line.keys() - place.keys() for line in got] != want:
                raise RefusedError(f"losses.jsonl:{at + 1}: not the lines of «{self.id}» from {start} to {stop}")
            self.done.append(k)
            self.broken, self.calls = self.broken or bool(got[0]["broken"] or got[0]["broken_at"]), self.calls + got[0]["calls"]
            self.broken_at.append(set(got[0]["broken_at"]))
            sizes = {self.keep(metric, line) for metric, line in zip(self.metrics, got[1:], strict=True)}
            if any(not 0 <= place < min(sizes, default=0) for place in self.broken_at[-1]):
                raise RefusedError(f"losses.jsonl:{at + 1}: what broke is no trial of «{self.id}» from {start} to {stop}")
            if len(sizes) > 1 or max(sizes, default=0) > stop - start:
                raise RefusedError(f"losses.jsonl:{at + 1}: not one loss a trial of «{self.id}» from {start} to {stop}")
            at += len(got)
        return at

    def keep(self, metric: str, line: Doc) -> int:
        """Keep the losses of a round; give their number."""
        parts = [[SPELLED[loss] for loss in part] if isinstance(part, str) else part for part in line["losses"]]
        fits = all(loss is None or (type(loss) is int and 0 <= loss <= UNIT) for part in parts for loss in part)
        sizes = {len(part) for part in parts}
        same = line["parts"] == self.names.setdefault(metric, line["parts"]) and len(parts) == len(line["parts"])
        if not (fits and same and line["metric"] == metric and len(sizes) == 1):
            raise RefusedError(f"losses.jsonl: not the losses of «{self.id}» by {metric} from {line['start']} to {line['stop']}")
        self.losses[metric].append(parts)
        return sizes.pop()

    def looks(self, metric: str, told: str = "worst") -> Looks:
        """Give per round played its weight and all losses up to it; nothing where the arm is in error."""
        if (metric, told) not in self.kept:
            out: Looks = []
            for k, parts in zip(self.done, self.told(metric, told), strict=True):
                out.append((self.rounds[k][2], [a + b for a, b in zip(out[-1][1], parts, strict=True)] if out else parts))
            self.kept[metric, told] = out
        return self.kept[metric, told]

    def told(self, metric: str, told: str) -> list[Parts]:
        """Give the losses of each round played, a trial that broke counted the "worst" way, as the log has it, the "best", no loss, or left "out"."""
        if told == "worst":
            return self.losses[metric]
        instead = 0 if told == "best" else None
        return [
            [[instead if place in broke and loss is not None else loss for place, loss in enumerate(part)] for part in parts] if broke else parts
            for broke, parts in zip(self.broken_at, self.losses[metric], strict=True)
        ]

    def seen(self, metric: str, told: str = "worst") -> Parts:
        """Give all losses, none where nothing was played."""
        looks = self.looks(metric, told)
        return looks[-1][1] if looks else []


def read_log(plan: Doc, data: bytes) -> dict[str, Played]:
    """Read the log against the plan: every line in its place and none besides."""
    lines = [parse(line, f"losses.jsonl:{k + 1}") for k, line in enumerate(data.decode().split("\n")[:-1])]
    cells = [(one["arm"], one["metric"]) for one in plan["criteria"]]
    cells += [(one["arm"], one["metric"]) for pair in plan["pairs"] for one in (pair["of"], pair["against"]) if one]
    arms, at = {}, 0
    for doc in plan["arms"]:
        arms[doc["id"]] = Played(doc, list(dict.fromkeys(metric for arm, metric in cells if arm == doc["id"])))
        at = arms[doc["id"]].take(lines, at)
    if at != len(lines) or not data.endswith(b"\n"):
        raise RefusedError(f"losses.jsonl:{at + 1}: not in the plan's order")
    return arms


# Exact tests


@cache
def factorial(n: int) -> float:
    """Give log n!."""
    return lgamma(n + 1)


def mass(k: int, n: int, yes: float, no: float) -> float:
    """Give Bin(k; n, p) from log p and log (1 - p)."""
    if not 0 <= k <= n:
        return 0.0
    power = factorial(n) - factorial(k) - factorial(n - k) + k * yes + (n - k) * no
    return exp(power) if power > -80 else 0.0


def at_least(k: int, n: int, p: float) -> float:
    """Give P(Bin(n, p) >= k)."""
    if k <= 0 or k > n or p <= 0 or p >= 1:
        return float(k <= 0 or (k <= n and p >= 1))
    if k < n * p:
        return 1.0 - at_least(n - k + 1, n, 1 - p)
    term = total = exp(factorial(n) - factorial(k) - factorial(n - k) + k * log(p) + (n - k) * log1p(-p))
    while term > total * 1e-17 and k < n:
        term *= (n - k) / (k + 1) * p / (1 - p)
        total, k = total + term, k + 1
    return total


@cache
def rates(k: int, n: int) -> tuple[float, float]:
    """Give the rates within Clopper and Pearson's bounds, each side at a quarter of what is spared."""
    ends = []
    for count in (k, n - k):
        low, high = 0.0, count / n
        for _ in range(45):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(count, n, middle) <= SPARED / 4 else (low, middle)
        ends.append(low)
    return ends[0], 1 - ends[1]


class Region:
    """Outcomes at least as extreme as (up, down) where "up" speaks for the claim: up >= edge(down), the hull of {T >= T seen}, T ordered at d0."""

    def __init__(self, up: int, down: int, sizes: tuple[int, int], d0: float, *, paired: bool) -> None:
        self.up, self.down, (self.ups, self.downs), self.d0, self.paired = up, down, sizes, d0, paired
        self.box = (*rates(up, self.ups), *rates(down, self.downs))
        self.mark = self.score(up, down) - 1e-9
        self.edges: dict[int, int] = {}  # per count down; none right of the last
        self.last = -2

    def score(self, x: int, y: int) -> float:
        """Give T: the difference less d0, over the root of the mean of two variances, free and bound to d0."""
        n, m, d = self.ups, self.downs, self.d0
        if self.paired:
            return (x - y - n * d) / sqrt((x + y - (x - y) ** 2 / n + max(x + y, n * abs(d)) - n * d * d) / 2 + 1)
        q1, q2 = (x + 0.5) / (n + 1), (y + 0.5) / (m + 1)
        r2 = min(max((x + y - d * n) / (n + m), 0.0, -d), 1.0, 1 - d)
        return (x / n - y / m - d) / sqrt((q1 * (1 - q1) / n + q2 * (1 - q2) / m + (r2 + d) * (1 - r2 - d) / n + r2 * (1 - r2) / m) / 2)

    def reach(self, low: float, high: float) -> tuple[int, int]:
        """Give the counts down that matter at these rates."""
        m = self.downs
        ends = [m * p + side * (6.5 * sqrt(m * p * (1 - p)) + 10) for p, side in ((low, -1), (high, 1))]
        return max(0, floor(ends[0])), min(m, ceil(ends[1]))

    def settle(self) -> None:
        """Find the edges, from the right: never rising to the left, down while T stays reached."""
        low, high = self.reach(*self.box[2:])
        edge = inf
        for y in range(high, low - 1, -1):
            top = self.ups - y if self.paired else self.ups
            if self.score(0, y) >= self.mark:
                edge = 0
            elif edge > top:
                best = self.peak(y, top)
                edge = best if self.score(best, y) >= self.mark else inf
            while 0 < edge < inf and self.score(int(edge) - 1, y) >= self.mark:
                edge -= 1
            if edge <= top:
                self.edges[y] = int(edge)
        self.last = max(self.edges, default=-1)

    def peak(self, y: int, top: int) -> int:
        """Find the count up with the largest T."""
        low, high = 0, top
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.score(middle + 1, y) > self.score(middle, y) else (low, middle)
        return low

    def chance(self, t: float, theta: float) -> float:
        """Give the region's chance where "down" has the rate t and "up" t + theta."""
        low, high = self.reach(t, t)
        high = min(high, self.last)
        if high < low:
            return 0.0
        rate = min(max((t + theta) / (1 - t if self.paired else 1), 1e-300), 1 - 1e-16)
        yes, no, left, right = log(rate), log1p(-rate), log(max(t, 1e-300)), log1p(-min(t, 1 - 1e-16))
        n, edge = (self.ups - high if self.paired else self.ups), self.edges[high]
        tail, total = at_least(edge, n, rate), 0.0
        for y in range(high, low - 1, -1):
            if y < high:
                if self.paired:  # one trial more for "up"
                    tail, n = tail + rate * mass(edge - 1, n, yes, no), n + 1
                while edge > self.edges[y]:
                    edge -= 1
                    tail += mass(edge, n, yes, no)
            total += mass(y, self.downs, left, right) * min(tail, 1.0)
        return total

    def p(self, theta: float, cap: float) -> float:
        """Give the p-value of "up less down is over theta": the largest chance over the rates in the box (Berger and Boos 1994)."""
        up_low, up_high, down_low, down_high = self.box
        low, high = max(down_low, up_low - theta, -theta), min(down_high, up_high - theta, (1 - theta) / (2 if self.paired else 1))
        if up_high - down_low <= theta or low > high:
            return SPARED if low > high else 1.0
        if self.last < -1:
            self.settle()
        share = 0.5 if self.paired else self.ups / (self.ups + self.downs)
        middle = self.down / self.downs + share * (self.up / self.ups - self.down / self.downs - theta)
        a, b = asin(sqrt(low)), asin(sqrt(high))
        count = max(24, ceil(2 * sqrt(self.ups + self.downs) * (b - a) * (1 + 60 / min(self.ups, self.downs))))
        tries, step, best = [asin(sqrt(min(max(middle, low), high))), *(a + (b - a) * k / count for k in range(count + 1))], (b - a) / count, (0.0, 0.0)
        for _turn in range(5):  # a grid, then steps of half the size to both sides of the largest value
            for x in tries:
                best = max(best, (self.chance(sin(min(max(x, a), b)) ** 2, theta), x))
                if best[0] > cap:
                    return best[0]
            step /= 2
            tries = [best[1] - step, best[1] + step]
        return min(best[0] + SPARED, 1.0)


# Evidence: low(theta) is the p-value of "the quantity lies over theta", high(theta) of "it lies under"


class Sides(NamedTuple):
    """Both sides of a quantity, and what its bounds may be: multiples of 1 / grid between the ends, or an anchor, or `half` off it."""

    low: P
    high: P
    mean: float
    trials: int
    anchors: tuple[float, ...]
    ends: tuple[float, float] = (0.0, 1.0)
    grid: int = 10_000
    half: float = 5e-5
    near: float = 0.95  # a bound may stop where p is within this share of the level
    loose: float = SURE  # how far above ours a p-value of the engine may lie


def wealth(sample: Sample, stakes: Sequence[float], weights: Sequence[float], theta: float, least: float) -> float:
    """Give the wealth of a mixture of bets that the mean of losses in [least, 1] lies over theta; stakes are clipped to stay legal."""
    logs = []
    for stake, weight in zip(stakes, weights, strict=True):
        legal = min(stake, 1 / (theta - least) if theta > least else inf)
        factors = [(1 + legal * (loss - theta), times) for loss, times in sample]
        logs.append(log(weight) + sum(times * log(factor) for factor, times in factors) if all(factor > 0 for factor, _ in factors) else -inf)
    top = max(logs)
    return exp(min(top + log(sum(exp(one - top) for one in logs)), 700.0)) if top > -inf else 0.0


def betting(looks: Sequence[tuple[float, Sequence[Sample]]], d0: float) -> P:
    """Give the evidence that the mean of differences lies over theta, by bets laid at d0; samples of one look are averaged."""
    stakes, weights = [share / (1 + d0) for share in (0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 0.95)], (0.08, 0.14, 0.18, 0.20, 0.18, 0.14, 0.08)
    return lambda theta, _cap: 1 / max(1e-300, *(w * sum(wealth(one, stakes, weights, theta, -1.0) for one in many) / len(many) for w, many in looks))


def counting(rows: Sequence[tuple[float, int, int, int, int]], d0: float, *, paired: bool) -> P:
    """Give the evidence from counts (weight, up, down, ups, downs) at one or more looks: the least p / weight. Under one standard error it is 1."""
    regions = []
    for weight, x, y, n, m in rows:
        if n and m:
            q1, q2 = (x + 0.5) / (n + 1), (y + 0.5) / (m + 1)
            spread = sqrt(x + y - (x - y) ** 2 / n + 1) / n if paired else sqrt(q1 * (1 - q1) / n + q2 * (1 - q2) / m)
            regions.append((weight, x / n - y / m - spread, Region(x, y, (n, m), d0, paired=paired)))
    return lambda theta, cap: min((region.p(theta, cap * weight) / weight for weight, most, region in regions if theta <= most), default=1.0)


def histogram(values: Sequence[float]) -> Sample:
    """Count how often each value occurs."""
    return sorted(Counter(values).items())


def counted(part: Sequence[int | None]) -> list[int]:
    """Give the losses that count."""
    return [loss for loss in part if loss is not None]


def average(part: Sequence[int | None]) -> float:
    """Give the mean loss."""
    return sum(counted(part)) / (UNIT * len(counted(part))) if counted(part) else inf


def rate(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge the mean of one part: exact at the looks for 0/1 losses, else by betting."""
    seen = [(weight, counted(parts[0])) for weight, parts in looks]
    last = seen[-1][1]
    if not claim["real"] and not set(last) <= {0, UNIT}:
        raise RefusedError("losses.jsonl: a loss other than 0 and 1, which the plan does not say")
    if wager or claim["real"]:
        scale, half = limit * (1 - limit), (1 + limit) / 2
        down = [(limit - limit * share) / scale for share in (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8)]
        up = [(min(share * limit, 1) - limit) / scale for share in (1.25, 1.5, 2, 3)] + [(max(one, half) - limit) / scale for one in (0.5, 0.95)]
        samples = [histogram([loss / UNIT for loss in losses]) for _, losses in seen]
        turned = [[(1 - loss, times) for loss, times in sample] for sample in samples]
        low, high = (0.10, 0.20, 0.20, 0.18, 0.14, 0.18), (0.22, 0.13, 0.15, 0.15, 0.15, 0.12, 0.08)
        return Sides(
            lambda theta, _cap: 1 / max(1e-300, *(wealth(sample, up, low, theta, 0.0) for sample in samples)),
            lambda theta, _cap: 1 / max(1e-300, *(wealth(sample, down, high, 1 - theta, 0.0) for sample in turned)),
            average(last), len(last), (limit,),
        )  # fmt: skip
    at = [(weight, sum(losses) // UNIT, len(losses)) for weight, losses in seen]
    return Sides(
        lambda theta, _cap: min(at_least(k, n, theta) / weight for weight, k, n in at),
        lambda theta, _cap: min(at_least(n - k, n, 1 - theta) / weight for weight, k, n in at),
        average(last), len(last), (limit,), grid=1_000_000, half=1e-9, near=1.0,
    )  # fmt: skip


def both(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge a hit rate at a false-alarm rate f: hits and alarms at each of two thresholds, the larger p-value of each pair, look by look."""
    full = []
    for weight, parts in looks:
        if all(counted(part) for part in parts):
            full.append([rate({"real": False}, [(weight, [part])], claim["f"] if k % 2 else limit, wager=wager) for k, part in enumerate(parts)])
    h1, a1, h2, a2 = map(average, looks[-1][1])
    share = 0.5 if a1 == a2 else min(max((claim["f"] - a2) / (a1 - a2), 0.0), 1.0)
    some = Sides(
        lambda theta, cap: min((max(one[2].low(theta, cap), one[3].high(claim["f"], cap)) for one in full), default=1.0),
        lambda theta, cap: min((max(one[0].high(theta, cap), one[1].low(claim["f"], cap)) for one in full), default=1.0),
        h2 + share * (h1 - h2), min(map(len, map(counted, looks[-1][1]))), (limit,),
    )  # fmt: skip
    return some if wager else some._replace(grid=1_000_000, half=1e-9, near=1.0)


def versus(looks: Looks, of: int, rest: Sequence[int], d0: float, *, over: bool, block: int) -> P:
    """Give the evidence that the gap of one part to others lies over theta (or minus the gap over minus theta): exact, or by blocks if `block` is not 0.

    Block -1 stands for 20 rotations: each trial of the smaller side with as many as there are of the larger; another for blocks in turn.
    """
    rows: list[tuple[float, int, int, int, int]] = []
    many: list[tuple[float, list[Sample]]] = []
    for weight, parts in looks:
        order = [(k, loss) for trial in zip(*parts, strict=True) for k, loss in enumerate(trial) if loss is not None]
        a, b = [loss for k, loss in order if k == of], [loss for k, loss in order if k in rest]
        first, second = (a, b) if over or block > 0 else (b, a)
        rows.append((weight, sum(first) // UNIT, sum(second) // UNIT, len(first), len(second)))
        if block > 0:
            pairs = [(loss, second[k * block : (k + 1) * block]) for k, loss in enumerate(first[: len(second) // block])]
            many.append((1.0, [histogram([(1 if over else -1) * (loss - sum(few) / block) / UNIT for loss, few in pairs])]))
        elif block < 0:
            few, lot, sign = (first, second, 1) if len(first) <= len(second) else (second, first, -1)
            m = len(lot) // max(len(few), 1)
            upto = [0, *accumulate(lot + lot)]
            starts = [[(k * m + r * len(lot) // 20) % len(lot) for k in range(len(few))] for r in range(20)]
            sums = [[upto[start + m] - upto[start] for start in each] for each in starts]
            many.append((weight, [histogram([sign * (loss * m - total) / (UNIT * m) for loss, total in zip(few, each, strict=True)]) for each in sums]))
    d0 = d0 if over else -d0
    return betting(many, d0) if block else counting(rows, d0, paired=False)


def signed(over: Callable[[float], P], under: Callable[[float], P], limit: float, mean: float, trials: int) -> Sides:
    """Judge a signed quantity at a limit and at 0 at once: beyond the one that a bound passes first it needs the other's evidence too."""
    over, under = cache(over), cache(under)
    if limit <= 0:
        return Sides(over(limit), lambda theta, cap: under(limit)(-theta, cap), mean, trials, (limit,), ends=(-1.0, 1.0))
    return Sides(
        lambda theta, cap: over(0.0)(theta, cap) if theta < limit else max(over(limit)(theta, cap), over(0.0)(0.0, cap)),
        lambda theta, cap: under(limit)(-theta, cap) if theta >= limit else max(under(limit)(-limit, cap), under(0.0)(-theta, cap)),
        mean, trials, (0.0, limit), ends=(-1.0, 1.0),
    )  # fmt: skip


def difference(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge the mean of a paired difference: the exact test of pairs where all are -1, 0 or 1, else betting."""
    seen = [(weight, counted(parts[0])) for weight, parts in looks]
    last = seen[-1][1]
    if not claim["real"] and not set(last) <= {-UNIT, 0, UNIT}:
        raise RefusedError("losses.jsonl: a difference other than -1, 0 and 1, which the plan does not say")

    def evidence(d0: float, sign: int) -> P:
        if wager or claim["real"]:
            return betting([(1.0, [histogram([sign * loss / UNIT for loss in losses])]) for _, losses in seen], sign * d0)
        return counting([(w, one.count(sign * UNIT), one.count(-sign * UNIT), len(one), len(one)) for w, one in seen], sign * d0, paired=True)

    return signed(lambda d0: evidence(d0, 1), lambda d0: evidence(d0, -1), limit, average(last), len(last))


def advantage(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge the mean of part 0 less that of part 1."""
    block = block_of(claim, looks, wager=wager)
    first, second = looks[-1][1]
    return signed(
        lambda d0: versus(looks, 0, (1,), d0, over=True, block=block),
        lambda d0: versus(looks, 0, (1,), d0, over=False, block=block),
        limit, average(first) - average(second), min(len(counted(first)), len(counted(second))),
    )  # fmt: skip


def block_of(claim: Doc, looks: Looks, *, wager: bool) -> int:
    """Say how two groups are compared: 0 exactly, -1 by rotated blocks, else by blocks in turn of this size."""
    if any(sum(loss is not None for loss in trial) > 1 for trial in zip(*looks[-1][1], strict=True)):
        raise RefusedError("losses.jsonl: a trial counts for two groups")
    if not claim["real"] and any(loss not in (0, UNIT, None) for part in looks[-1][1] for loss in part):
        raise RefusedError("losses.jsonl: a loss other than 0 and 1, which the plan does not say")
    return int(claim["block"]) if wager else -1 if claim["real"] else 0


def gap(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge the largest absolute gap of a group to all others: PASS needs every one under the limit, FAIL some one over it."""
    block, last = block_of(claim, looks, wager=wager), looks[-1][1]
    sizes = [len(counted(part)) for part in last]

    def held(least: int) -> list[tuple[int, list[int]]]:
        found = [k for k, size in enumerate(sizes) if (k in claim["groups"] if claim["groups"] else size >= least)]
        pair = [(0, [1])] if len(found) == 2 else []
        return pair if len(sizes) == 2 else [(k, [other for other in range(len(sizes)) if other != k]) for k in found]

    def difference_of(of: int, rest: list[int]) -> float:
        others = [loss for k in rest for loss in last[k]]
        return abs(average(last[of]) - average(others)) if counted(last[of]) and counted(others) else -1.0

    whole = not wager and sum(weight for weight, _ in looks) > 1 - 1e-9
    asked = [(of, rest, way) for of, rest in held(claim["minimum"] if whole else 1) for way in (1, -1)]
    under = [versus(looks, of, rest, way * limit, over=way < 0, block=block) for of, rest, way in asked]
    over = [versus(looks, of, rest, way * limit, over=way > 0, block=block) for of, rest, way in asked]

    def low(theta: float, cap: float) -> float:
        if wager:
            return len(over) / sum(1 / one(theta, cap) for one in over)
        return min(1.0, len(over) * min(one(theta, cap / len(over)) for one in over))

    shown = held(claim["minimum"])
    trials = min((min(sizes[of], sum(sizes[k] for k in rest)) for of, rest in shown), default=0)
    mean = max((difference_of(of, rest) for of, rest in shown), default=inf)
    return Sides(low if asked else lambda _theta, _cap: 1.0, lambda theta, cap: max((one(-theta, cap) for one in under), default=1.0), mean, trials, (limit,))


def corrected(claim: Doc, looks: Looks, limit: float, *, wager: bool) -> Sides:
    """Judge the rate behind a fallible judge: marginal likelihoods of what it said and of both kinds of labels, over the largest likelihood of a null.

    Given as it said: part 0 read, part 1 what it could not read as 1, part 2 that as 0. The largest likelihood is bounded from above by Lagrange's dual.
    """
    del wager
    se, sp = (sample(right, whole) for right, whole in (claim["caught"], claim["cleared"]))
    shape = judged_law(se, sp)

    def evidence(part: int, theta: float, *, turned: bool) -> float:
        found = [-700.0]
        for _weight, parts in looks:
            losses = counted(parts[part])
            ones, n = sum(losses) / UNIT, len(losses)
            data = (sample(n - ones, n), sp, se) if turned else (sample(ones, n), se, sp)
            laws = (shape[::-1] if turned else shape, (2.0, 1.0), (2.0, 1.0))
            found.append(sum(marginal(one, law) for one, law in zip(data, laws, strict=True)) - max(dual(data, theta), dual(data, 0.0)))
        return exp(-min(700.0, max(-700.0, *found)))

    read = counted(looks[-1][1][0])
    gain = se[0] / se[1] + sp[0] / sp[1] - 1 if se[1] and sp[1] else 0.0
    rate_ = average(read)
    mean = min(max((rate_ + sp[0] / sp[1] - 1) / gain, 0.0), 1.0) if gain > 0 and read else rate_
    return Sides(lambda theta, _cap: evidence(2, theta, turned=False), lambda theta, _cap: evidence(1, 1 - theta, turned=True), mean, len(read), (limit,))


def sample(ones: float, whole: float) -> tuple[float, float]:
    """Give a sum of numbers in [0, 1] and how many there are."""
    return float(ones), float(whole)


def log_beta(a: float, b: float) -> float:
    """Give the logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def marginal(one: tuple[float, float], law: tuple[float, float]) -> float:
    """Give the logarithm of the mean likelihood under a Beta law."""
    return log_beta(one[0] + law[0], one[1] - one[0] + law[1]) - log_beta(*law)


def judged_law(se: tuple[float, float], sp: tuple[float, float]) -> tuple[float, float]:
    """Give the Beta law of the judged rate: mean and variance of p Se + (1 - p) (1 - Sp), p by Beta(1/2, 4), Se and Sp by Beta(2, 1) and the labels."""

    def moments(a: float, b: float) -> tuple[float, float]:
        return a / (a + b), a * b / (a + b) ** 2 / (a + b + 1)

    (p, v), (s, vs), (t, vt) = moments(0.5, 4.0), moments(se[0] + 2, se[1] - se[0] + 1), moments(sp[0] + 2, sp[1] - sp[0] + 1)
    mean = p * s + (1 - p) * (1 - t)
    size = mean * (1 - mean) / ((s + t - 1) ** 2 * v + (p * p + v) * vs + ((1 - p) ** 2 + v) * vt) - 1
    return mean * size, (1 - mean) * size


def peak(one: tuple[float, float], push: float) -> float:
    """Where ones log x + zeros log (1 - x) + push x is largest: a root of push x^2 - (push - n) x - ones."""
    ones, n = one
    if push == 0:
        return ones / n if n else 0.5
    turn = push - n
    root = sqrt(turn * turn + 4 * push * ones) if turn * turn + 4 * push * ones > 0 else 0.0
    return min(1.0, max(0.0, (turn + root) / (2 * push) if turn > 0 else 2 * ones / (root - turn) if root > turn else 0.0))


def power(times: float, chance: float) -> float:
    """Give the logarithm of a chance to some power; of no chance to no power it is 0."""
    return 0.0 if times <= 0 else times * log(chance) if chance > 0 else -1e300


def dual(data: Sequence[tuple[float, float]], theta: float) -> float:
    """Give the largest likelihood of judged rate, Se and Sp with judged rate <= theta Se + (1 - theta) (1 - Sp): the least value of the dual."""
    pulls = (-1.0, theta, theta - 1)

    def value(weight: float) -> tuple[float, float]:
        slack, total = 1 - theta, 0.0
        for one, pull in zip(data, pulls, strict=True):
            x = peak(one, weight * pull)
            slack += pull * x
            total += power(one[0], x) + power(one[1] - one[0], 1 - x)
        return slack, total + weight * slack

    low, high = 0.0, 1.0
    if value(0.0)[0] >= 0:
        return value(0.0)[1]
    while high < 2.0**40 and value(high)[0] < 0:
        low, high = high, 2 * high
    for _ in range(48):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle)[0] < 0 else (low, middle)
    return min(value(low)[1], value(high)[1])


CLAIMS = {"judged": corrected, "mean": rate, "both": both, "gap": gap, "advantage": advantage, "difference": difference}


# Families of claims


class Family:
    """The claims of one family: how small p must be, and which stand (Wang and Ramdas 2022; Blanchard and Roquain 2008)."""

    def __init__(self, cells: int, alpha: float, *, sequential: bool) -> None:
        self.cells, self.alpha, self.sequential, self.standing, self.close = max(cells, 1), alpha, sequential, 0, 0
        self.ranks = {1: 0.15}
        for divisor, weight in ((4, 0.5), (2, 0.2), (16, 0.15)):
            rank = max(1, self.cells // divisor)
            self.ranks[rank] = self.ranks.get(rank, 0.0) + weight

    def rung(self, rank: int) -> float:
        """Give the level of a rank."""
        return self.alpha * sum(one * weight for one, weight in self.ranks.items() if one <= rank) / self.cells

    def e(self, p: float) -> float:
        """Give the e-value of a p-value: graded, or its reciprocal in sequence."""
        if self.sequential:
            return 1 / max(p, 1e-300)
        return next((self.cells / (self.alpha * rank) for rank in sorted(self.ranks) if p <= self.rung(rank)), 0.0)

    def stands(self, values: list[float]) -> list[bool]:
        """Say which e-values are claimed."""
        falling = sorted(values, reverse=True)
        most = max((k for k, value in enumerate(falling, 1) if value * (1 + 1e-12) >= self.cells / (self.alpha * k)), default=0)
        return [most > 0 and value * (1 + 1e-12) >= self.cells / (self.alpha * most) for value in values]

    @property
    def level(self) -> float:
        """Give the level of every bound shown, as a p-value."""
        return self.alpha * max(self.standing, 1) / self.cells * (1 + 1e-12) if self.sequential else self.rung(max(self.standing, 1))

    @property
    def shown(self) -> float:
        """Give it as the document has it: a threshold of e-values in sequence."""
        return self.cells / (self.alpha * max(self.standing, 1)) if self.sequential else self.level

    def settle(self, values: Sequence[tuple[float, float]], said: Sequence[bool]) -> list[bool]:
        """Say which claims stand, from e-values at our p and at the most that the engine's may be; between the two, what was said."""
        least, most = self.stands([strict for _, strict in values]), self.stands([free for free, _ in values])
        out = [sure or (may and word) for sure, may, word in zip(least, most, said, strict=True)]
        self.standing, self.close = sum(out), sum(sure != may for sure, may in zip(least, most, strict=True))
        return out


def bound_fits(sides: Sides, sign: int, level: float, shown: float) -> str:
    """Say what is wrong with a bound ("" if nothing): p must be at most the level there, and over it one step on. An upper bound (-1) is seen in a mirror."""
    p = sides.low if sign > 0 else sides.high
    least, most = sides.ends if sign > 0 else (-sides.ends[1], -sides.ends[0])
    anchors = [sign * anchor for anchor in sides.anchors]
    at = min((round(sign * shown * sides.grid) / sides.grid, *anchors, *(anchor - sides.half for anchor in anchors)), key=lambda one: abs(one - sign * shown))
    if abs(at - sign * shown) > 1e-10 + 1e-9 * abs(shown):
        return "is on no step of its grid"
    here = p(sign * at, 1.05 * level) if at > least else 0.0
    if here > level * SURE:
        return f"says more than the losses do (p = {here:.3g} there, level {level:.3g})"
    onward = min([(floor(at * sides.grid + 1e-6) + 1) / sides.grid, *(anchor for anchor in anchors if anchor > at + 1e-12)])
    if onward <= most and p(sign * onward, 1.05 * level) * sides.loose + 1e-9 < sides.near * level:
        return f"says less than the losses do (p is still under the level {level:.3g} one step on)"
    return ""


# The result against plan and log


def number(value: float | None) -> float | None:
    """Give a number as the result has it: ten digits, null where there is none."""
    return None if value is None or not abs(value) < inf else float(f"{value:.10g}")


def alike(a: object, b: object) -> bool:
    """Say whether two values of JSON are the same, numbers but for their last digit."""
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool) and not isinstance(b, bool):
        return isclose(a, b, rel_tol=1.5e-9, abs_tol=1e-12)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


def alone(sizes: list[int]) -> list[bool]:
    """Say which parts are shown: not those of fewer than ten, nor the next smallest until those hidden are ten together."""
    order = sorted(range(len(sizes)), key=lambda k: sizes[k])
    hidden = sum(size < FEW for size in sizes)
    while hidden < len(sizes) and 0 < sum(sizes[k] for k in order[:hidden]) < FEW:
        hidden += 1
    return [k not in order[:hidden] for k in range(len(sizes))]


def area_of(one: Doc) -> str:
    """Give the area of a criterion or of a question that was not asked: the first word of its id."""
    return str(one["id"]).split(".")[0]


class Judged(NamedTuple):
    """What plan and log say of a criterion or an effect: its sides if enough count, the level of its bounds, what stands, its e-values, if too few count."""

    sides: Sides | None
    level: float
    word: str
    e: tuple[tuple[float, float], ...] = ()
    few: bool = False


class Check:
    """One run: what plan and log say, and where the result says something else."""

    def __init__(self, plan: Doc, arms: dict[str, Played], result: Doc) -> None:
        """Judge what plan and log hold."""
        self.plan, self.arms, self.result = plan, arms, result
        self.problems: list[str] = []
        self.refused: set[str] = set()
        self.sequential = plan["design"] == "sequential"
        self.rows = {row["id"]: row for row in result["findings"]}
        self.bounded = plan["broken"] == "bounded"
        self.pairs = {pair["id"]: (pair, self.differences(pair)) for pair in plan["pairs"]}
        self.verdicts, self.effects = self.family_of_verdicts(), self.family_of_effects()
        self.found = self.judge_verdicts() | self.judge_effects()

    def expect(self, place: str, got: Doc, want: Doc) -> None:
        """Compare some fields of a row."""
        for field, value in want.items():
            if not alike(got[field], value):
                self.problems.append(f"{place}: «{field}» is {got[field]!r:.80}, recomputed {value!r:.80}")

    def sides(self, claim: Doc, looks: Looks, limit: float) -> Sides | None:
        """Judge what was seen, if anything was; a run in sequence by bets on all of it."""
        if not looks:
            return None
        sides = CLAIMS[claim["kind"]](claim, [(1.0, looks[-1][1])] if self.sequential else looks, limit, wager=self.sequential)
        exact = claim["kind"] in ("gap", "advantage", "difference") and not self.sequential
        near = 1.0 if self.sequential or claim.get("real") else sides.near  # a bound by bets is the best of its grid
        return sides._replace(low=cache(sides.low), high=cache(sides.high), loose=CLOSE if exact else SURE, near=near)

    def widens(self, claim: Doc) -> bool:
        """Say whether trials that broke only widen the bounds of a claim, instead of making an error."""
        return self.bounded and claim["kind"] in ("mean", "difference", "judged")

    def either(self, claim: Doc, looks: Callable[[str], Looks], limit: float) -> Sides | None:
        """Judge what was seen; where trials that broke only widen the bounds, each side with them counted against it, and the mean without them."""
        worst = self.sides(claim, looks("worst"), limit)
        if worst is None or not self.widens(claim):
            return worst
        best, out = (self.sides(claim, looks(told), limit) or worst for told in ("best", "out"))
        return worst._replace(low=best.low, mean=out.mean, trials=out.trials)

    def cell(self, held: Doc, arm: Played) -> Sides | None:
        """Judge what a criterion's metric saw on an arm."""
        try:
            return self.either(held["claim"], lambda told: arm.looks(held["metric"], told), held["limit"])
        except RefusedError:  # losses that the claim can't judge: an error of the cell
            self.refused.add(held["id"])
            return None

    # Verdicts

    def family_of_verdicts(self) -> Family:
        """Give the family of the criteria that can be decided and whose probe works."""
        return Family(sum(one["in_family"] for one in self.plan["criteria"]), self.plan["alpha"], sequential=self.sequential)

    @property
    def critical(self) -> float:
        """The level of a critical criterion, held family-wise."""
        return float(self.plan["alpha"] / max(1, sum(one["critical"] and one["in_family"] for one in self.plan["criteria"])))

    def weigh(self, held: Doc, sides: Sides | None) -> list[tuple[float, float]]:
        """Give the e-values for PASS and FAIL, at our p and at the most that the engine's may be."""
        if sides is None or (self.arms[held["arm"]].broken and not self.widens(held["claim"])):
            return [(0.0, 0.0)] * 2
        out = []
        for p in (sides.high(held["limit"], self.plan["alpha"]), sides.low(held["limit"], self.plan["alpha"])):
            both_ = [0.0 if held["critical"] and q > self.critical else self.verdicts.e(q) for q in (p, p * sides.loose)]
            out.append((both_[0], both_[1]))
        return [(0.0, 0.0) if held["provisional"] else out[0], out[1]]

    def judge_verdicts(self) -> dict[str, Judged]:
        """Weigh every criterion and let e-BH decide; one with a floor passes only with it."""
        criteria = self.plan["criteria"]
        sides = {one["id"]: self.cell(one, self.arms[one["arm"]]) for one in criteria}
        raw = {one["id"]: self.weigh(one, sides[one["id"]]) for one in criteria if one["in_family"]}
        weighed = {}
        for one in criteria:
            if one["in_family"]:
                own, floor_ = raw[one["id"]], raw.get(one["floor"] or one["id"], [(0.0, 0.0)] * 2)
                weighed[one["id"]] = ((min(own[0][0], floor_[0][0]), min(own[0][1], floor_[0][1])), own[1])
        said = [self.rows.get(name, {}).get("verdict") == word for name in weighed for word in ("pass", "fail")]
        stands = self.verdicts.settle([e for sides_ in weighed.values() for e in sides_], said)
        claimed = {name: "pass" if stands[2 * k] else "fail" if stands[2 * k + 1] else "inconclusive" for k, name in enumerate(weighed)}
        out = {}
        for one in criteria:
            found, arm = sides[one["id"]], self.arms[one["arm"]]
            empty = one["control"] == "failed" or found is None or found.trials < FEW
            word = "not_measured" if empty else claimed.get(one["id"], "inconclusive")
            word = "error" if one["control"] == "failed" or arm.error or one["id"] in self.refused or self.breaks(one, found, word) else word
            level = min(self.verdicts.level, self.critical) if one["critical"] else self.verdicts.level
            few = found is not None and 0 < found.trials < FEW
            out[one["id"]] = Judged(None if empty else found, level, word, weighed.get(one["id"], ((0.0, 0.0), (0.0, 0.0))), few)
        return out

    def breaks(self, held: Doc, sides: Sides | None, word: str) -> bool:
        """Say whether trials that broke make an error of a criterion: any; or, where they only widen bounds, more than half of one that is open."""
        arm, judge = self.arms[held["arm"]], held["claim"]["kind"] == "judged"
        if sides is None or not (arm.broken or judge):
            return False
        if not self.widens(held["claim"]):
            return sides.trials >= FEW
        all_ = len(counted(arm.seen(held["metric"])[1 if judge else 0]))  # what a judge gave no answer of stands in part 1
        return word not in ("pass", "fail") and all_ > 2 * sides.trials

    def finding(self, held: Doc, row: Doc) -> None:
        """Compare a finding with its criterion, and its numbers with the log."""
        place, one, arm = f"finding {held['id']}", self.found[held["id"]], self.arms[held["arm"]]
        adopted, sides = held["adopted"], one.sides
        want = {key: adopted.get(key, "") for key in ("set_by", "reason", "source", "date")}
        want |= {key: held[key] for key in ("metric", "critical", "floor", "provisional")} | held["shown"]
        want |= {
            "limit": number(held["limit"]),
            "adopted": bool(adopted),
            "verdict": one.word,
            "nominal": None if one.few and one.word == "not_measured" else self.nominal(held),
            "area": area_of(held),
        }
        want |= {"side": next((side for side, areas in AREAS.items() if area_of(held) in areas), ""), "kind": sides and "measured"}
        want |= {"trials": sides and sides.trials, "played": sides and arm.played, "calls": sides and number(arm.calls)}
        parts = arm.seen(held["metric"], "out" if self.widens(held["claim"]) else "worst") if sides else []
        losses = sum(counted(parts[0])) if parts and held["parts"] == ["all"] else 1
        want["count"] = losses // UNIT if losses % UNIT == 0 else None
        shares = [(name, len(counted(part)), average(part)) for name, part in zip(held["parts"], parts, strict=False) if held["parts"] != ["all"]]
        shares = [share for share in shares if share[1]]
        told = alone([n for _, n, _ in shares])
        want["parts"] = [{"name": name, "trials": n if told[k] else 0, "mean": number(mean) if told[k] else None} for k, (name, n, mean) in enumerate(shares)]
        few = sides is not None and 0 < sides.trials < FEW
        want |= {"count": None, "nominal": None} if few else {}
        self.expect(place, row, want)
        self.expect(place, {"arm": f"{row['condition']}+{row['mitigation']}"}, {"arm": arm.id.split("#")[0]})
        self.numbers(place, row, one, "mean", few=few)
        for field, either in zip(("e_pass", "e_fail"), one.e, strict=True):
            values = [min(value, MOST) if sides and not few else None for value in either]
            same = [
                isclose(row[field], value, rel_tol=1e-6, abs_tol=1e-99) if row[field] is not None and value is not None else row[field] is value
                for value in values
            ]
            if not any(same):
                self.problems.append(f"{place}: «{field}» is {row[field]!r}, recomputed {values[0]!r}")

    def nominal(self, held: Doc) -> float | None:
        """Give the same metric's mean in ordinary use, with the same mitigation; the last such arm of the plan."""
        mine = self.arms[held["arm"]]
        calm = [arm for arm in self.arms.values() if arm.recipe.startswith("Nominal(") and (arm.mitigation, arm.stream) == (mine.mitigation, mine.stream)]
        calm = [arm for arm in calm if held["metric"] in arm.metrics]
        sides = self.cell(held, calm[-1]) if calm and calm[-1].id != held["arm"] else None
        return None if sides is None else number(sides.mean)

    def numbers(self, place: str, row: Doc, one: Judged, mean: str, *, few: bool) -> None:
        """Compare mean and bounds of a row; of one that speaks of too few people none is written down."""
        if few:
            self.expect(place, row, {mean: None, "lower": None, "upper": None})
            return
        self.expect(place, row, {mean: one.sides and number(one.sides.mean)} | ({} if one.sides else {"lower": None, "upper": None}))
        for field, sign in (("lower", 1), ("upper", -1)):
            wrong = bound_fits(one.sides, sign, one.level, row[field]) if one.sides and row[field] is not None else ""
            wrong = "is missing, though the losses give one" if one.sides and row[field] is None else wrong
            if wrong:
                self.problems.append(f"{place}: «{field}» {row[field]!r} {wrong}")

    # Effects

    def differences(self, pair: Doc, told: str = "worst") -> Looks:
        """Give the differences of a pair, or the parts of its one cell; nothing where an arm is not whole."""
        cells = [one for one in (pair["of"], pair["against"]) if one]
        arms = [self.arms[one["arm"]] for one in cells]
        if any(arm.error or not arm.done or (not self.sequential and not arm.whole) for arm in arms):
            return []
        if len(cells) == 1:
            first, rest = arms[0].seen(cells[0]["metric"])[:1], arms[0].told(cells[0]["metric"], "best")
            return [(1.0, first + [[loss for parts in rest for loss in parts[k]] for k in range(1, len(rest[0]))])]
        other = {"worst": "best", "best": "worst", "out": "out"}[told]
        of, against = arms[0].told(cells[0]["metric"], told), arms[1].told(cells[1]["metric"], other)
        rounds = [dict(zip(arm.done, losses, strict=True)) for arm, losses in zip(arms, (of, against), strict=True)]
        trials = [trial for k in rounds[0] if k in rounds[1] for trial in zip(rounds[0][k][0], rounds[1][k][0], strict=True)]
        return [(1.0, [[None if a is None or b is None else a - b for a, b in trials]])]

    def family_of_effects(self) -> Family:
        """Give the family of all the plan's effects; at most two of the three nulls of each are true together."""
        return Family(2 * len(self.pairs), self.plan["alpha"], sequential=self.sequential)

    def judge_effects(self) -> dict[str, Judged]:
        """Weigh three claims of each effect: worse, better, no worse by the margin."""
        cap, out = self.plan["alpha"], {}
        seen = {name: found for name, (pair, _) in self.pairs.items() if (found := self.comparison(pair))}
        values, said = [], []
        for name, sides in seen.items():
            pair = self.pairs[name][0]
            p = (sides.low(0.0, cap), sides.high(0.0, cap), sides.high(pair["margin"], cap))
            values += [(self.effects.e(one), self.effects.e(one * sides.loose)) for one in p]
            word = self.row_of(pair)["direction"]
            said += [word == "worse", word == "better", word in ("better", "no_worse")]
        stands = self.effects.settle(values, said)
        for k, (name, sides) in enumerate(seen.items()):
            worse, better, no_worse = stands[3 * k : 3 * k + 3]
            word = "worse" if worse else "better" if better else "no_worse" if no_worse else "inconclusive"
            out[name] = Judged(sides, self.effects.level, word) if sides.trials >= FEW else Judged(None, 0.0, "not_measured", few=sides.trials > 0)
        return {name: out.get(name, Judged(None, 0.0, "not_measured")) for name in self.pairs}

    def comparison(self, pair: Doc) -> Sides | None:
        """Judge what a comparison saw; nothing where the claim can't judge it."""
        try:
            return self.compare(pair)
        except RefusedError:
            return None

    def compare(self, pair: Doc) -> Sides | None:
        """Judge what a comparison saw."""
        if pair["against"] is None:
            return self.sides(pair["claim"], self.pairs[pair["id"]][1], pair["margin"])
        return self.either(pair["claim"], lambda told: self.differences(pair, told), pair["margin"])

    def row_of(self, pair: Doc) -> Doc:
        """Find the row of the result that shows a pair: the n-th of its role."""
        same = [one["id"] for one in self.plan["pairs"] if one["role"] == pair["role"]]
        row: Doc = self.result[ROLES[pair["role"]][0]][same.index(pair["id"])]
        return row

    def effect(self, pair: Doc) -> None:
        """Compare an effect with its pair, and its numbers with the log."""
        _table, mean, of, against = ROLES[pair["role"]]
        row, one, place = self.row_of(pair), self.found[pair["id"]], f"effect {pair['id']}"
        told = "out" if self.widens(pair["claim"]) else "worst"
        parts = [self.arms[cell["arm"]].seen(cell["metric"], told)[:1] if cell else [] for cell in (pair["of"], pair["against"])]
        if pair["against"] is None and one.sides:
            parts = [[part] for part in self.pairs[pair["id"]][1][-1][1]]
        means = [number(average(part[0])) if part and not one.few else None for part in parts]
        sizes = [len(counted(part[0])) if one.sides and pair["against"] is None else None for part in parts]
        few = any(size and size < FEW for size in (*sizes, one.sides and one.sides.trials))
        means = [None, None] if few else means
        want = {"direction": one.word, "metric": pair["of"]["metric"], of: means[0], against: means[1], "margin": number(pair["margin"])}
        want |= {"trials": one.sides and one.sides.trials, "trials_of": sizes[0], "trials_against": sizes[1]}
        want |= {key: value for key, value in pair["about"].items() if key in ("threat", "mitigation", "counterpart", "flaw", "channel", "block")}
        want |= pair["shown"] | {"id": pair["id"], "guard": bool(pair["about"].get("guard")), "tries": int(pair["about"].get("tries", 0))}
        self.expect(place, row, {key: value for key, value in want.items() if key in row})
        self.expect(place, {"arm": pair["of"]["arm"].startswith(f"{row.get('condition', row.get('threat'))}+{row.get('mitigation', '')}")}, {"arm": True})
        self.numbers(place, row, one, mean, few=few)

    # The whole

    def run(self) -> None:
        """Compare everything."""
        self.same_plan()
        self.expect("findings", {"ids": [row["id"] for row in self.result["findings"]]}, {"ids": [one["id"] for one in self.plan["criteria"]]})
        for held, row in zip(self.plan["criteria"], self.result["findings"], strict=False):
            self.finding(held, row)
        for pair in self.plan["pairs"]:
            self.effect(pair)
        for name in {table for table, *_ in ROLES.values()}:
            extra = self.result[name][sum(ROLES[pair["role"]][0] == name for pair in self.plan["pairs"]) :]
            if any(row["direction"] != "not_measured" or row.get("counterpart") != "" for row in extra):
                self.problems.append(f"{name}: holds effects that the plan does not")
            if any(isinstance(value, (int, float)) or (key == "size" and value) for row in extra for key, value in row.items()):
                self.problems.append(f"{name}: a threat without a counterpart has a number")
        self.families()
        self.halves({area: self.area(side, area, row) for (side, area), row in zip(NAMES, self.result["areas"], strict=True)})
        self.mitigations()
        self.sentences()

    def same_plan(self) -> None:
        """Check that the plan keeps its own rules, and that the result is of this plan."""
        plan, result, arms = self.plan, self.result, self.arms.values()
        ids = [one["id"] for key in ("arms", "criteria", "pairs") for one in plan[key]]
        spent = [sum(weight for _, _, weight in arm.rounds) for arm in arms if arm.rounds and not self.sequential]
        if len(set(ids)) < len(ids) or not 0 < plan["alpha"] < 1 or not all(isclose(one, 1) for one in spent):
            self.problems.append("plan: an id stands twice, alpha is no error rate, or looks spend more than there is")
        pairs = len(plan["pairs"])
        families = {"verdicts": {"cells": sum(one["in_family"] for one in plan["criteria"]), "levels": []}, "effects": {"pairs": pairs, "nulls": 2 * pairs}}
        if not self.sequential:
            families["verdicts"]["levels"] = [[rank, self.verdicts.rung(rank)] for rank in sorted(self.verdicts.ranks)]
        self.expect("plan", plan, {"families": families, "schema": "keepstone/plan/1", "broken": "bounded" if self.bounded else "error"})
        self.expect("result", result, {**{key: plan[key] for key in ("seed", "alpha", "design", "profile")}, "schema": "keepstone/result/1"})
        self.expect("digests", result["digests"], plan["digests"])
        self.expect("unmeasured", {"": [[one["id"], one["why"]] for one in result["unmeasured"]]}, {"": [[one["id"], one["why"]] for one in plan["not_asked"]]})
        failed = {one["id"] for one in plan["criteria"] if one["control"] == "failed"}
        self.expect("controls", {"failed": sorted(name for name, why in result["controls"].items() if why != "ok")}, {"failed": sorted(failed)})
        if not any(arm.error for arm in arms):
            fixed = sum(arm.calls * arm.rounds[-1][1] / arm.played for arm in arms if arm.played)
            self.expect("calls", result["calls"], {"made": number(sum(arm.calls for arm in arms)), "fixed_n": number(fixed)})

    def notes(self) -> Iterator[str]:
        """Say what a reader should know."""
        compared = {cell["arm"] for pair in self.plan["pairs"] for cell in (pair["of"], pair["against"]) if cell and not self.sequential}
        short = [arm.id for arm in self.arms.values() if not arm.whole and not arm.error]
        open_ = [one["arm"] for one in self.plan["criteria"] if one["in_family"] and self.found[one["id"]].word not in ("pass", "fail")]
        dead = [name for name in short if self.given_up(self.arms[name])]
        stopped = [name for name in short if (name in compared or name in open_) and name not in dead]
        if dead:
            yield f"{len(dead)} arm(s) were given up since more than half of their trials broke, such as {dead[0]}"
        if stopped:
            yield f"the run was stopped with {len(stopped)} arm(s) open, such as {stopped[0]}"
        for row in self.result["areas"]:
            if row["state"] == "excluded":
                yield f"area {row['area']}: left out by {row['excluded_by']!r}; only the signature says so"
        for family, what in ((self.verdicts, "verdict"), (self.effects, "effect")):
            if family.close:
                yield f"{family.close} {what}(s) too close to call between two ways of searching a maximum: the result's word is taken"

    def given_up(self, arm: Played) -> bool:
        """Say whether a sequential run goes no further with an arm: more than half of at least 32 trials broke, where that only widens bounds."""
        trials = sum(len(parts[0]) for parts in next(iter(arm.losses.values()), []))
        return self.sequential and self.bounded and arm.played >= 32 and 2 * sum(map(len, arm.broken_at)) > trials

    def families(self) -> None:
        """Compare the two families as a whole."""
        got = self.result["families"]
        words = [self.found[one["id"]].word for one in self.plan["criteria"]]
        cells = sum(one["in_family"] for one in self.plan["criteria"])
        level = number(self.verdicts.shown) if any(arm.done for arm in self.arms.values()) else 0
        claimed = sum(word in ("pass", "fail") for word in words)
        self.expect("families.verdicts", got["verdicts"], {"cells": cells, "claimed": claimed, "level": level})
        effects = [self.found[name] for name in self.pairs]
        seen = sum(bool(looks) for _, looks in self.pairs.values())
        pairs = sum(one.sides is not None for one in effects)
        want = {"pairs": pairs, "nulls": 2 * len(effects), "claimed": self.effects.standing, "level": number(self.effects.shown) if seen else 0}
        self.expect("families.effects", got["effects"], want)

    def area(self, side: str, area: str, row: Doc) -> str:
        """Compare an area with its criteria; give its state."""
        mine = [one for one in self.plan["criteria"] if area_of(one) == area]
        open_ = [one for one in self.plan["not_asked"] if area_of(one) == area]
        self.expect("areas", row, {"area": area, "side": side})
        if row["state"] == "excluded" and not mine:
            return "excluded"
        words = {self.found[one["id"]].word for one in mine}
        state = "met" if all(one["adopted"] for one in mine) else "incomplete"
        state = "inconclusive" if "inconclusive" in words else state
        state = "incomplete" if words & {"error", "not_measured"} or open_ or not mine else state
        state = "not_met" if "fail" in words else state
        worst = min(mine, key=self.rank, default=None)
        self.expect(f"area {area}", row, {"state": state, "findings": [one["id"] for one in mine], "worst": worst["id"] if worst else "", "excluded_by": ""})
        if worst and (sides := self.found[worst["id"]].sides) and self.found[worst["id"]].word != "pass":
            shown = self.rows[worst["id"]]
            self.spoken(
                f"area {area}", row["why"], [sides.mean, shown["lower"], shown["upper"], worst["limit"]], [shown["metric_title"], shown["condition_title"]]
            )
        return state

    def rank(self, held: Doc) -> tuple[int, float]:
        """Order criteria from the worst: by verdict, then by how far over the limit."""
        one = self.found[held["id"]]
        return ("fail", "error", "inconclusive", "not_measured", "pass").index(one.word), -one.sides.mean / max(held["limit"], 1e-9) if one.sides else 0.0

    def halves(self, states: dict[str, str]) -> None:
        """Compare the two halves and the counts with the areas and verdicts."""
        said = {}
        for side, areas in AREAS.items():
            mine = [one for one in self.plan["criteria"] if area_of(one) in areas]
            words = [self.found[one["id"]].word for one in mine]
            counts: Doc = {word: words.count(word) for word in ("pass", "fail", "inconclusive", "not_measured", "error")}
            self.expect(
                f"counts.{side}", self.result["counts"][side], {**counts, "criteria": len(mine), "not_adopted": sum(not one["adopted"] for one in mine)}
            )
            said[side] = worst_of([states[area] for area in areas])
        self.expect("verdict", self.result["verdict"], {**said, "overall": worst_of(list(said.values())) if self.rows else "incomplete"})

    def mitigations(self) -> None:
        """Compare what each mitigation is: its kind follows from the directions, and from which cells are guards."""
        groups: dict[str, list[Doc]] = {}
        for pair in self.plan["pairs"]:
            if pair["role"] == "mitigation":
                groups.setdefault(pair["about"]["mitigation"], []).append(pair)
        means = {name: {pair["about"]["column"]: sides.mean for pair in mine if (sides := self.found[pair["id"]].sides)} for name, mine in groups.items()}
        self.expect("mitigations", {"names": [row["name"] for row in self.result["mitigations"]]}, {"names": list(groups)})
        for row in self.result["mitigations"]:
            mine, own = groups[row["name"]], means[row["name"]]
            others = [other for name, other in means.items() if name != row["name"] and other.keys() >= own.keys()] + [dict.fromkeys(own, 0.0)]
            under = any(all(other[key] <= own[key] for key in own) and any(other[key] < own[key] for key in own) for other in others)
            kind, side = kind_of([(pair["about"]["block"], bool(pair["about"]["guard"]), self.found[pair["id"]].word) for pair in mine])
            how = next(arm["mitigation"] for arm in self.plan["arms"] if arm["id"] == mine[-1]["of"]["arm"])
            want: Doc = {"kind": kind, "side": side, "dominated": bool(own) and under, "how": how, "title": self.plan["names"].get(row["name"], how)}
            for field, text in (("better", "buys"), ("worse", "costs")):
                shown = [pair for pair in mine if self.found[pair["id"]].word == field]
                want[field] = [self.row_of(pair)["column"] for pair in shown]
                values = [self.row_of(pair)[key] for pair in shown for key in ("effect", "lower", "upper")] + [(len(shown) - 3) / 1000]
                self.spoken(f"mitigation {row['name']}", row[text], values, want[field])
            self.expect(f"mitigation {row['name']}", row, want)

    def due(self) -> list[str]:
        """Give the roles of the effects that a sentence is due for: what intent adds, an open door or else a harm, and what a mitigation buys."""
        stand = {(pair["role"], self.found[pair["id"]].word) for pair, _ in self.pairs.values() if pair["role"] == "intent"}
        for pair, _ in self.pairs.values():
            word, about = self.found[pair["id"]].word, pair["about"]
            if about.get("telling") or (pair["role"] == "attack_harm" and pair["against"]) or about.get("block") in AREAS:
                stand.add((pair["role"], word))
        harm = "exposed_by_flaw" if ("exposed_by_flaw", "worse") in stand else "attack_harm"
        return [role for role, word in (("intent", "worse"), (harm, "worse"), ("mitigation", "better")) if (role, word) in stand]

    def sentences(self) -> None:
        """Check that each sentence that is due is there, rests on an effect that stands, says its size and way, and no number that its subject doesn't have."""
        roles = [self.pairs[one["rests_on"]][0]["role"] for one in self.result["sentences"] if one["rests_on"] in self.pairs]
        self.expect("sentences", {"rest on": roles}, {"rest on": self.due()})
        for sentence in self.result["sentences"]:
            base: Doc = self.pairs[sentence["rests_on"]][0] if sentence["rests_on"] in self.pairs else {}
            if not base or self.found[base["id"]].word not in ("worse", "better"):
                self.problems.append(f"sentence {sentence['text']!r:.60}: rests on no effect that stands")
                continue
            row, text = self.row_of(base), sentence["text"]
            size, more = (row["lower"], "more") if self.found[base["id"]].word == "worse" else (-row["upper"], "fewer")
            if not any(f"t least {int(1000 * size + off)} in 1\u00a0000 {more}" in text for off in (1e-6, -1e-6)) or not text.startswith(SAID[base["role"]]):
                self.problems.append(f"sentence {text!r:.60}: does not say what its effect shows")
            fix = base["about"].get("mitigation")
            rows = [self.row_of(base)] + [self.row_of(pair) for pair, _ in self.pairs.values() if fix and pair["about"].get("mitigation") == fix]
            values = [value for row in rows for key, value in row.items() if key in SPOKEN]
            names = [str(plan[key]) for plan in self.plan["arms"] for key in ("condition", "mitigation", "recipe")] + list(base["about"].values())
            self.spoken(f"sentence {sentence['text']!r:.60}", sentence["text"], values, names)

    def spoken(self, place: str, text: str, values: Sequence[float | None], names: Sequence[str]) -> None:
        """Check that a text says no number but these, in 100 or in 1 000, and those of the names of what it speaks of."""
        known = {"100", "1000"} | {word for name in names for word in DIGITS.findall(name)}
        for scaled in (abs(value) * scale for value in values if value is not None for scale in (100, 1000)):
            known |= {f"{scaled:.0f}", f"{scaled:.1f}", f"{scaled:g}", str(int(scaled + 1e-6)), str(int(max(scaled - 1e-6, 0))), str(ceil(scaled - 1e-6))}
            known.add(f"{floor(10 * scaled + 1e-6) / 10:g}")
        strange = [word for word in DIGITS.findall(text.replace("\u00a0", "").replace("\u202f", "")) if word not in known]
        if strange:
            self.problems.append(f"{place}: says {', '.join(strange)}, which is no number of its subject")


def worst_of(states: Sequence[str]) -> str:
    """Give what is said of parts together: the worst of them, without those left out; nothing is averaged."""
    return next((state for state in ("not_met", "incomplete", "inconclusive", "met") if state in states), "incomplete")


def kind_of(effects: Sequence[tuple[str, bool, str]]) -> tuple[str, str]:
    """Give the kind of a mitigation, and the half that a one-sided gain helps, from (block, guard, direction) of its effects."""
    cells = [one for one in effects if one[0] in AREAS]
    helped = sorted({block for block, _, word in cells if word == "better"})
    if any(word == "worse" for _, _, word in effects):
        return ("trade-off" if helped else "harmful"), ""
    side = helped[0] if len(helped) == 1 else ""
    guards = [(block, word) for block, guard, word in effects if guard and block != side]
    if helped and {block for block, _ in guards} == {*AREAS, "usefulness"} - {side} and all(word in ("better", "no_worse") for _, word in guards):
        return ("one-sided gain" if side else "synergy"), side
    both = {block for block, _, _ in cells} == set(AREAS)
    return ("no effect" if both and all(word == "no_worse" for _, _, word in cells) else "inconclusive"), ""


# From a folder to an answer


def check(folder: pathlib.Path, key: str = "") -> Report:
    """Check a run folder.

    Args:
        folder: Holds the five files.
        key: Id of the key that must have signed; any, if "".

    Raises:
        UnreadableError: If a file is missing.
    """
    files = {}
    for name in FILES:
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise UnreadableError(f"{folder / name}: {error.strerror or error}") from error
    problems = [("signature", problem) for problem in signatures(files, key)]
    try:
        plan, result, signature = (parse(files[name], name) for name in ("plan.json", "result.json", "plan.sig.json"))
        run = Check(plan, read_log(plan, files["losses.jsonl"]), result)
        run.run()
        insecure, name = signature["key"]["insecure"] is not False, str(signature["key"]["id"])
        run.expect("key", result["key"], {"id": "" if insecure else name, "insecure": insecure})
        run.expect("digests", result["digests"], {"plan": digest(files["plan.json"])})
        notes = ["signed by nobody: a development key, made for that run" if insecure else f"signed by {name}; compare it with the key that you know"]
        notes += run.notes()
    except RefusedError as error:
        problems.append(("recomputation", str(error)))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        problems.append(("recomputation", f"a file is not in its form: {type(error).__name__}: {error}"))
    else:
        return Report(problems + [("recomputation", one) for one in run.problems], notes, len(plan["criteria"]), len(plan["pairs"]))
    return Report(problems, [], 0, 0)


def spoken(report: Report) -> Iterator[str]:
    """Say a report line by line, the answer last."""
    yield from (f"note: {note}" for note in report.notes)
    yield from (f"{layer}: {problem}" for layer, problem in report.problems)
    agree = f"It verifies: {report.criteria} criteria and {report.effects} effects follow from plan and losses."
    yield f"It does not verify: {len(report.problems)} problem(s)." if report.problems else agree


def main(words: Sequence[str]) -> int:
    """Check the folder that the words name, print what was found, give the exit code."""
    key = words[words.index("--key") + 1] if "--key" in words[:-1] else ""
    folders = [word for word in words if word not in ("--key", key)]
    if len(folders) != 1 or folders[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        report = check(pathlib.Path(folders[0]), key)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    for line in spoken(report):
        print("".join(letter if letter.isprintable() else "?" for letter in line))
    return 3 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

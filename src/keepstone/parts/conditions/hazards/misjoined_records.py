"""Records joined out of step: blocks of columns that belong to other people, in a part of the rows, without a crash and with a good average.

Nothing is known beforehand but the order of the rows and the batch that each came with. Half of the records, drawn by unit, are searched; the other half
is what is claimed on. The search asks where columns that are tied elsewhere are not tied:

    windows   each batch, in the order of its rows, is cut into windows of about 200 rows
    ties      in each window, the correlations of the columns' normal scores, of pairs that are present (codes become one column a level)
    strong    the first principal direction of the windows' correlations parts them in two; the part with the stronger ties shows what is normal
    blocks    the columns are parted in two so that the ties lost between strong and weak windows run across (a maximum cut: spectral start, then
              single moves)
    fit       canonical directions between the two blocks, on the strong windows; how much likelier a block is beside another than alone is its fit
    suspect   windows in which a stranger's block fits nearly as often as the own; the fit is then made anew without them, and asked again

Literature: Fellegi and Sunter 1969, *A theory for record linkage* (what a wrong link costs); Hotelling 1936 (canonical correlation); Good, *Permutation,
parametric and bootstrap tests of hypotheses*, 2005, chapter 3 (exchangeability: a stranger's block is as likely as the own exactly where nothing ties them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from scipy.special import ndtri

from keepstone.core.artefact import key_of
from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.stats.chance import Address, integers, order, uniform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Feature, Table
    from keepstone.core.trial import Trials

    Bools = NDArray[np.bool_]

WINDOW = 200
MOST = 200  # windows
LEAST = 400  # records, or there are too few windows to compare
PRESENT = 20  # rows in which both columns are present, or a correlation says nothing
LEVEL = 0.02  # share of a code's level, or it has no column
DIRECTIONS = 6
RIDGE = 0.05
STRANGERS = 8
WEAK = 0.4  # where strangers fit so often even where all is well, nothing can be told


@part("condition")
@dataclass(frozen=True)
class MisjoinedRecords:
    """The records as they were delivered: does each row's block of values fit the rest of its row better than a stranger's would?

    Law: nothing is changed. Rows of the searched half are not counted. Of the other half, the rows in suspect windows are, or all of them where no window is
    suspect (note "mismatch", NaN elsewhere): 1 where the block of a random searched row of the same window fits the rest of the row better than its own does,
    0 where worse, a coin where as well. In rows that carry somebody else's values it is a half on average, whatever the data; the search has no part in that.

    Attributes:
        stream: Which rows: "records", all that were delivered.

    Example:
        >>> MisjoinedRecords().id
        'misjoined_records'
    """

    stream: str = "records"

    name: ClassVar[str] = "misjoined_records"
    title: ClassVar[str] = "records as delivered, where they look most out of step"
    origin: ClassVar[Hazard] = Hazard(cause="tables joined out of step")
    strength: ClassVar[float] = 1.0
    channels: ClassVar[frozenset[Channel]] = frozenset()

    @property
    def id(self) -> str:
        """The name, and the stream where it is not the usual one."""
        return self.name if self.stream == "records" else f"{self.name}-{self.stream}"

    def unfit(self, target: Target) -> str:
        """It needs records enough, and columns that are tied to each other."""
        if not isinstance(target, Tabular):
            return "the target is not a classifier of a table"
        if target.size(self.stream) < LEAST or len(target.features) < 4:
            return f"give `train`: {LEAST} records of 4 features at least are needed to compare parts of them"
        found = _Joined(target.table(self.stream)).make(None)
        return "" if found["usual"][0] < WEAK else "nothing in these records ties one block of columns to the rest of its row closely enough to tell"

    def needs(self, target: Target) -> Sequence[Artefact[object]]:
        """What the search found."""
        return (_Joined(target.table(self.stream)),) if isinstance(target, Tabular) else ()

    def begin(self, trials: Trials, oracle: Oracle, shelf: Shelf, target: Target) -> Act:
        """Compare own values with a stranger's."""
        del oracle
        if not isinstance(target, Tabular):
            return Act()
        found = shelf.get(_Joined(target.table(trials.stream)))
        rows = target.order(trials)[trials.start : trials.stop]
        mismatch = np.where(found["counted"][rows] == 1, _mismatch(found, rows, trials), np.nan)
        return Act(notes=lambda: {"mismatch": mismatch})


def _mismatch(found: Mapping[str, Floats], rows: Ints, trials: Trials) -> Floats:
    """1 where the block of one searched row of the same window fits better, 0 where worse; a coin decides a tie."""
    luck = uniform(trials, "misjoined_records", 2)
    start, many = found["first"][rows].astype(np.int64), found["many"][rows]
    stranger = found["searched"][start + np.minimum((luck[:, 0] * many).astype(np.int64), np.maximum(many - 1, 0).astype(np.int64))].astype(np.int64)
    own = _fit(found["here"][rows], found["there"][rows], found["ties"])
    other = _fit(found["here"][rows], found["there"][stranger], found["ties"])
    return np.where(other == own, luck[:, 1] < 0.5, other > own).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Joined:
    """The search.

    Made: "counted" 1 where a row is claimed on; "here" and "there" the two blocks of each row in canonical directions, "ties" their correlations; "searched"
    the searched rows by window, "first" and "many" where those of each row's window stand; "usual" how often strangers fit where all is well; "suspect" the
    share of records in suspect windows; "block" 1 for the features of the one block.
    """

    table: Table

    @property
    def key(self) -> str:
        """The records."""
        return key_of("joined records", self.table.digest)

    @property
    def needs(self) -> Sequence[Artefact[object]]:
        """Nothing."""
        return ()

    @property
    def home(self) -> str:
        """Its own."""
        return self.key

    @property
    def lasting(self) -> bool:
        """It holds values of rows, in another form: never written to disk."""
        return False

    def make(self, shelf: Shelf | None) -> dict[str, Floats]:
        """Search half of the records."""
        del shelf
        table = self.table
        z, of = _scores(table)
        window, searched = _windows(table.batch), _half(table.unit)
        search = _Search(z, of, window, searched)
        state = search.settled(search.strong(), len(table.features))
        if not state.suspect.any() or search.usual(state.fitted) >= WEAK:  # no two kinds of windows: ask all of them along all ties
            state = search.settled(np.ones(len(state.suspect), dtype=bool), len(table.features))
        block, fitted, suspect = state
        many = np.bincount(window[searched], minlength=len(suspect))
        claimed = ~searched & (many[window] >= PRESENT)
        counted = claimed & suspect[window] if (claimed & suspect[window]).any() else claimed
        by_window = np.flatnonzero(searched)[np.argsort(window[searched], kind="stable")]
        return {
            "counted": counted.astype(np.float64),
            "here": fitted.here,
            "there": fitted.there,
            "ties": fitted.ties,
            "searched": by_window.astype(np.float64),
            "first": (np.cumsum(many) - many)[window].astype(np.float64),
            "many": many[window].astype(np.float64),
            "usual": np.array([search.usual(fitted)]),
            "suspect": np.array([suspect[window].mean()]),
            "block": block.astype(np.float64),
        }


class _Fitted(NamedTuple):
    """The two blocks of every row in canonical directions, and the correlation of each pair of directions."""

    here: Floats
    there: Floats
    ties: Floats


class _State(NamedTuple):
    """Where the search stands: the features of the one block, the fit, the suspect windows."""

    block: Bools
    fitted: _Fitted
    suspect: Bools


@dataclass(frozen=True, eq=False)
class _Search:
    """Columns of scores (NaN missing), the feature of each, the window of each row, and which rows are searched."""

    z: Floats
    of: Ints
    window: Ints
    searched: Bools

    def _tables(self) -> tuple[Floats, Floats]:
        """Correlations of each window, (windows, columns, columns), and its searched rows."""
        tables = np.array([_correlations(self.z[self.searched & (self.window == at)]) for at in range(int(self.window.max()) + 1)])
        return tables, np.bincount(self.window[self.searched], minlength=len(tables)).astype(np.float64)

    def strong(self) -> Bools:
        """Part the windows in two: those where columns are tied more closely."""
        tables, sizes = self._tables()
        each = tables[:, np.triu(self.of[:, None] != self.of[None, :])]
        spread = np.where(np.isnan(each), 0.0, each - _pooled(each, sizes)) * np.sqrt(sizes)[:, None]
        first = np.linalg.svd(spread, full_matrices=False)[0][:, 0] / np.sqrt(np.maximum(sizes, 1.0))
        side = first > _between(first)
        ties = [float((_pooled(each[half], sizes[half]) ** 2).sum()) for half in (side, ~side)]
        return side if ties[0] >= ties[1] else ~side

    def block(self, strong: Bools, features: int) -> Bools:
        """Part the features in two, so that the ties that only strong windows have run across; where all are strong, all ties."""
        tables, sizes = self._tables()
        lost = _pooled(tables[strong], sizes[strong]) ** 2
        if not strong.all():
            lost = lost - _pooled(tables[~strong], sizes[~strong]) ** 2
        weight = np.zeros((features, features))
        np.add.at(weight, (self.of[:, None], self.of[None, :]), lost)
        np.fill_diagonal(weight, 0.0)
        return _cut(weight)

    def settled(self, strong: Bools, features: int) -> _State:
        """Go back and forth between blocks, fit and suspect windows, three times."""
        state = self._next(strong, features)
        for _ in range(2):
            state = self._next(~state.suspect if state.suspect.any() else strong, features)
        return state._replace(suspect=self.suspects(state.fitted, sure=1.0))

    def _next(self, strong: Bools, features: int) -> _State:
        block = self.block(strong, features)
        fitted = self.fitted(block[self.of], strong)
        return _State(block, fitted, self.suspects(fitted, sure=0.0))

    def fitted(self, block: Bools, usable: Bools) -> _Fitted:
        """Find the canonical directions between the blocks on the searched rows of usable windows, and put every row into them."""
        z = self.z.copy()
        for at in range(len(usable)):
            mine = self.window == at
            rows = self.z[self.searched & mine]
            present = ~np.isnan(rows)
            z[mine] -= np.where(present, rows, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
        z = np.nan_to_num(z)
        learn = self.searched & usable[self.window]
        here, there = z[:, block], z[:, ~block]
        left, right = _whitening(here[learn]), _whitening(there[learn])
        u, ties, v = np.linalg.svd(left @ (here[learn].T @ there[learn] / max(int(learn.sum()), 1)) @ right, full_matrices=False)
        some = min(DIRECTIONS, len(ties))
        return _Fitted(here @ left @ u[:, :some], there @ right @ v[:some].T, np.minimum(ties[:some], 0.98))

    def by_window(self, fitted: _Fitted) -> Floats:
        """How often a stranger's block fits better, among the searched rows of each window; NaN where there are too few."""
        out = np.full(int(self.window.max()) + 1, np.nan)
        for at in range(len(out)):
            rows = np.flatnonzero(self.searched & (self.window == at))
            if len(rows) < PRESENT:
                continue
            others = rows[integers(Address(0, "misjoined_records.search", 0, len(rows)), str(at), STRANGERS, len(rows))]
            own = _fit(fitted.here[rows], fitted.there[rows], fitted.ties)[:, None]
            theirs = _fit(fitted.here[rows][:, None, :], fitted.there[others], fitted.ties)
            out[at] = np.where(others == rows[:, None], np.nan, (theirs > own) + 0.5 * (theirs == own))[others != rows[:, None]].mean()
        return out

    def usual(self, fitted: _Fitted) -> float:
        """How often strangers fit where all is well: the median of the better half of the windows."""
        known = np.sort(self.by_window(fitted)[~np.isnan(self.by_window(fitted))])
        return float(np.median(known[: max(1, (len(known) + 1) // 2)])) if len(known) else 0.5

    def suspects(self, fitted: _Fitted, *, sure: float) -> Bools:
        """Windows in which strangers fit more often than halfway between usual and a half, by so many standard errors."""
        each = np.nan_to_num(self.by_window(fitted), nan=0.0)
        rows = np.bincount(self.window[self.searched], minlength=len(each))
        suspect = each > (self.usual(fitted) + 0.5) / 2 + sure * 0.4 / np.sqrt(np.maximum(rows, 1))
        return suspect if not suspect.all() else np.zeros(len(each), dtype=bool)


def _half(unit: Ints) -> Bools:
    """The searched half: of the units, in an order that depends on nothing but their number."""
    names, index = np.unique(unit, return_inverse=True)
    chosen = np.zeros(len(names), dtype=bool)
    chosen[order(0, "misjoined_records.half", len(names))[: len(names) // 2]] = True
    return chosen[index]


def _windows(batch: Ints) -> Ints:
    """Cut each batch, in the order of its rows, into windows of about `WINDOW` rows; more where that would make more than `MOST` of them."""
    out, start = np.zeros(len(batch), dtype=np.int64), 0
    size = max(WINDOW, len(batch) / MOST)
    for name in np.unique(batch):
        mine = np.flatnonzero(batch == name)
        number = max(1, round(len(mine) / size))
        out[mine] = start + np.arange(len(mine)) * number // len(mine)
        start += number
    return out


def _scores(table: Table) -> tuple[Floats, Ints]:
    """Columns of normal scores, NaN where missing, one a number and one a level of a code; and the feature of each."""
    columns, of = [], []
    for at, feature in enumerate(table.features):
        for column in _columns(table.x[:, at], feature):
            columns.append(column)
            of.append(at)
    return np.column_stack(columns), np.array(of, dtype=np.int64)


def _columns(values: Floats, feature: Feature) -> list[Floats]:
    present = ~np.isnan(values)
    names, index, counts = np.unique(values[present], return_inverse=True, return_counts=True)
    if len(names) < 2:
        return [np.full(len(values), np.nan)]
    if feature.kind in ("number", "integer"):
        out = np.full(len(values), np.nan)
        out[present] = ndtri((np.cumsum(counts) - counts / 2) / counts.sum())[index]
        return [out]
    common = names[counts >= LEVEL * counts.sum()]
    hot = [np.where(present, (values == name).astype(np.float64), np.nan) for name in (common[1:] if len(common) == 2 else common)]
    return [(column - np.nanmean(column)) / max(float(np.nanstd(column)), 1e-9) for column in hot]


def _correlations(z: Floats) -> Floats:
    """Correlations of each pair of columns over the rows in which both are present; NaN where they are few or one does not vary."""
    there = (~np.isnan(z)).astype(np.float64)
    held = np.nan_to_num(z)
    held = (held - held.sum(axis=0) / np.maximum(there.sum(axis=0), 1)) * there
    square = (held**2).T @ there
    scale = np.sqrt(square * square.T)
    usable = (there.T @ there >= PRESENT) & (scale > 1e-9)
    return np.where(usable, held.T @ held / np.where(usable, scale, 1.0), np.nan)


def _pooled(each: Floats, sizes: Floats) -> Floats:
    """Mean over windows, weighted by their rows; 0 where no window knows."""
    weight = np.where(np.isnan(each), 0.0, sizes.reshape(-1, *[1] * (each.ndim - 1)))
    return np.asarray((np.nan_to_num(each) * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0), dtype=np.float64)


def _between(values: Floats) -> float:
    """The cut that parts numbers into two with the least squares within (Lloyd's iteration from the median)."""
    cut = float(np.median(values))
    for _ in range(50):
        high, low = values[values > cut], values[values <= cut]
        if not len(high) or not len(low):
            break
        cut = (float(high.mean()) + float(low.mean())) / 2
    return cut


def _cut(weight: Floats) -> Bools:
    """Part the features so that as much weight as can be found runs across: the best of four spectral starts, each improved by single moves."""
    best, kept = -np.inf, np.zeros(len(weight), dtype=bool)
    for start in np.linalg.eigh(weight)[1].T[:4]:
        side = np.where(start >= 0, 1.0, -1.0)
        side[0] = -side[1:].sum() if abs(side.sum()) == len(side) else side[0]
        side = np.sign(side)
        for _ in range(4 * len(weight)):
            crowd = np.where(side > 0, (side > 0).sum(), (side < 0).sum())
            gain = np.where(crowd > 1, side * (weight @ side), -np.inf)  # a side is never left empty
            move = int(np.argmax(gain))
            if gain[move] <= 1e-12:
                break
            side[move] *= -1
        across = -float(side @ weight @ side)
        if across > best:
            best, kept = across, side == 1
    return kept


def _whitening(block: Floats) -> Floats:
    """The matrix that makes a block's columns uncorrelated with variance about 1."""
    spread = block.T @ block / max(len(block), 1)
    values, vectors = np.linalg.eigh(spread + np.diag(RIDGE * np.maximum(np.diag(spread), 1e-6)))
    return np.asarray(vectors @ np.diag(values**-0.5) @ vectors.T, dtype=np.float64)


def _fit(here: Floats, there: Floats, ties: Floats) -> Floats:
    """How much likelier `there` is beside `here` than alone: the log density ratio of the normal with these correlations."""
    square = ties**2
    return np.asarray(-((square * (here**2 + there**2) - 2 * ties * here * there) / (2 * (1 - square))).sum(axis=-1), dtype=np.float64)

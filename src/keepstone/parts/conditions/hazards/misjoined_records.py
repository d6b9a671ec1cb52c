"""Records joined out of step: blocks of columns that belong to other people, in a part of the rows, without a crash and with a good average.

Nothing is known beforehand but the order of the rows and the batch that each came with. Half of the records, drawn by unit, are searched; the other half
is what is claimed on. The search asks where columns that are tied elsewhere are not tied:

    windows   each batch, in the order of its rows, is cut into windows of about 200 rows
    ties      in each window, the correlations of the columns' normal scores, of pairs that are present (codes become one column a level)
    strong    a principal direction of the windows' correlations parts them in two; the part with the stronger ties shows what is normal; where that shows
              nothing, each batch is held against the others
    blocks    the columns are parted in two so that the ties lost between strong and weak windows run across (a maximum cut: spectral start, then
              single moves)
    fit       canonical directions between the two blocks, on the strong windows; how much likelier a block is beside another than alone is its fit
    suspect   windows in which a stranger's block fits nearly as often as the own; the fit is then made anew without them, and asked again

Literature: Fellegi and Sunter 1969, *A theory for record linkage* (what a wrong link costs); Hotelling 1936 (canonical correlation); Good, *Permutation,
parametric and bootstrap tests of hypotheses*, 2005, chapter 3 (exchangeability: a stranger's block is as likely as the own exactly where nothing ties them).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from keepstone.core.artefact import Alone, key_of
from keepstone.core.channel import Act, Channel
from keepstone.core.origin import Hazard
from keepstone.core.part import Tabular, part
from keepstone.stats.blocks import PRESENT, between, correlations, cut, fit, pooled, scored, whitening
from keepstone.stats.chance import Address, integers, order, uniform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from keepstone.core.artefact import Artefact, Shelf
    from keepstone.core.channel import Floats, Ints
    from keepstone.core.part import Oracle, Target
    from keepstone.core.table import Table
    from keepstone.core.trial import Trials

    Bools = NDArray[np.bool_]

WINDOW = 200
MOST = 200  # windows
LEAST = 400  # records, or there are too few windows to compare
DIRECTIONS = 6
STRANGERS = 8
SPLITS = 3  # directions in which windows may differ that are tried
MOST_BATCHES = 16  # batches are tried one by one up to so many
LOST = 0.42  # as often do strangers fit where nothing ties the blocks: a half, less what chance takes
CLEAR = 0.3  # only where strangers hardly fit can windows stand out, and can anything be told
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
        return (
            ""
            if _tied(target.table(self.stream)) < CLEAR
            else "nothing in these records ties one block of columns to the rest of its row closely enough to tell"
        )

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


@lru_cache(maxsize=8)
def _tied(table: Table) -> float:
    """How often strangers fit where all is well, on rows that the fit has not seen. Tables don't change, so it is found once for each."""
    return float(_Joined(table).make(None)["tied"][0])


def _mismatch(found: Mapping[str, Floats], rows: Ints, trials: Trials) -> Floats:
    """1 where the block of one searched row of the same window fits better, 0 where worse; a coin decides a tie."""
    luck = uniform(trials, "misjoined_records", 2)
    start, many = found["first"][rows].astype(np.int64), found["many"][rows]
    stranger = found["searched"][start + np.minimum((luck[:, 0] * many).astype(np.int64), np.maximum(many - 1, 0).astype(np.int64))].astype(np.int64)
    own = fit(found["here"][rows], found["there"][rows], found["ties"])
    other = fit(found["here"][rows], found["there"][stranger], found["ties"])
    return np.where(other == own, luck[:, 1] < 0.5, other > own).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Joined(Alone):
    """The search.

    Made: "counted" 1 where a row is claimed on; "here" and "there" the two blocks of each row in canonical directions, "ties" their correlations; "searched"
    the searched rows by window, "first" and "many" where those of each row's window stand; "usual" how often strangers fit where all is well, "tied" the
    same on rows that the fit has not seen; "suspect" the share of records in suspect windows; "block" 1 for the features of the one block.
    """

    table: Table

    @property
    def key(self) -> str:
        """The records."""
        return key_of("joined records", self.table.digest)

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
        search = _Search(z, of, window, table.batch, searched, _places(table.unit) % 2 == 1)
        state = search.best()
        block, fitted, _each, usual, suspect = state
        many = np.bincount(window[searched], minlength=len(suspect))
        claimed = ~searched & (many[window] >= PRESENT) & (usual[window] < WEAK)
        counted = claimed & suspect[window] if (claimed & suspect[window]).any() else claimed
        by_window = np.flatnonzero(searched)[np.argsort(window[searched], kind="stable")]
        return {
            "counted": counted.astype(np.float64),
            "here": search.centred @ fitted.here,
            "there": search.centred @ fitted.there,
            "ties": fitted.ties,
            "searched": by_window.astype(np.float64),
            "first": (np.cumsum(many) - many)[window].astype(np.float64),
            "many": many[window].astype(np.float64),
            "usual": np.array([np.median(usual)]),
            "tied": np.array([search.tied(state)]),
            "suspect": np.array([suspect[window].mean()]),
            "block": block.astype(np.float64),
        }


class _Fitted(NamedTuple):
    """Canonical directions of the two blocks, each (columns, directions), and the correlation of each pair of directions."""

    here: Floats
    there: Floats
    ties: Floats


class _State(NamedTuple):
    """Where the search stands.

    Attributes:
        block: The features of the one block.
        fitted: How the blocks fit.
        each: How often a stranger's block fits better, in each window.
        usual: How often it would where all is well, with the columns that the window has.
        suspect: The windows where it does too often.
    """

    block: Bools
    fitted: _Fitted
    each: Floats
    usual: Floats
    suspect: Bools


@dataclass(frozen=True, eq=False)
class _Search:
    """Columns of scores (NaN missing), the feature of each, window and batch of each row, which rows are searched, and two folds of them."""

    z: Floats
    of: Ints
    window: Ints
    batch: Ints
    searched: Bools
    fold: Bools

    @cached_property
    def sizes(self) -> Floats:
        """Searched rows of each window."""
        return np.bincount(self.window[self.searched], minlength=int(self.window.max()) + 1).astype(np.float64)

    @cached_property
    def tables(self) -> Floats:
        """Correlations of each window, (windows, columns, columns)."""
        return np.array([correlations(self.z[self.searched & (self.window == at)]) for at in range(len(self.sizes))])

    @cached_property
    def lacking(self) -> Bools:
        """The columns that a window lacks: present in less than half as many of its rows as of all, (windows, columns)."""
        there = ~np.isnan(self.z)
        return np.array([there[self.window == at].mean(axis=0) < there.mean(axis=0) / 2 for at in range(len(self.sizes))])

    @cached_property
    def centred(self) -> Floats:
        """The scores less the mean of their window, 0 where missing."""
        z = self.z.copy()
        for at in range(len(self.sizes)):
            mine = self.window == at
            rows = self.z[self.searched & mine]
            z[mine] -= np.nan_to_num(rows).sum(axis=0) / np.maximum((~np.isnan(rows)).sum(axis=0), 1)
        return np.nan_to_num(z)

    @cached_property
    def strangers(self) -> Ints:
        """Some searched rows of the same window for each searched row; itself where chance would have it."""
        out = np.zeros((int(self.searched.sum()), STRANGERS), dtype=np.int64)
        rows = np.flatnonzero(self.searched)
        for at in range(len(self.sizes)):
            mine = np.flatnonzero(self.window[rows] == at)
            if len(mine):
                out[mine] = rows[mine[integers(Address(0, "misjoined_records.search", 0, len(mine)), str(at), STRANGERS, len(mine))]]
        return out

    def best(self) -> _State:
        """The split of the windows whose lost ties show most clearly; where none shows any, all windows along all ties."""
        batches = np.unique(self.batch)
        whole = np.ones(len(self.sizes), dtype=bool)
        apart = [np.array([not (self.batch[self.window == at] == name).all() for at in range(len(self.sizes))]) for name in batches[: MOST_BATCHES + 1]]
        for starts in (self._directions(), apart if 1 < len(batches) <= MOST_BATCHES else []):
            states = [self._settled(start) for start in starts]
            clear = [(self._shown(state), -at) for at, state in enumerate(states) if self._shown(state) > 0]
            if clear:
                return states[-max(clear)[1]]
        return self._settled(whole)

    def tied(self, state: _State) -> float:
        """How often strangers fit better among the searched rows of sound windows, each fold asked of directions that were found on the other.

        A half where nothing ties the blocks, however many columns there are: many columns and few rows always find ties that only these rows have.
        """
        sound, totals = ~state.suspect[self.window], np.zeros(2)
        for fold in (self.fold, ~self.fold):
            learn, ask = self.searched & sound & ~fold, (sound & fold)[self.searched]
            if learn.any() and ask.any():
                better, asked = self._better(self._fitted(state.block[self.of], learn))
                totals += better[ask].sum(), asked[ask].sum()
        return float(totals[0] / totals[1]) if totals[1] else 0.5

    def _shown(self, state: _State) -> float:
        """How clearly ties are lost in the suspect windows; 0 unless strangers fit there as if nothing tied them, and elsewhere they hardly do."""
        if not state.suspect.any():
            return 0.0
        sizes = self.sizes[state.suspect]
        lost, usual = (float(np.average(values[state.suspect], weights=sizes)) for values in (state.each, state.usual))
        return float(sizes.sum()) * (lost - usual) ** 2 if usual < CLEAR and lost > LOST else 0.0

    def _directions(self) -> list[Bools]:
        """Part the windows in two, along each of the first directions in which their ties differ: those where columns are tied more closely."""
        each = self.tables[:, np.triu(self.of[:, None] != self.of[None, :])]
        spread = np.where(np.isnan(each), 0.0, each - pooled(each, self.sizes)) * np.sqrt(self.sizes)[:, None]
        sides = []
        for direction in np.linalg.svd(spread, full_matrices=False)[0].T[:SPLITS]:
            values = direction / np.sqrt(np.maximum(self.sizes, 1.0))
            side = values > between(values)
            ties = [float((pooled(each[half], self.sizes[half]) ** 2).sum()) for half in (side, ~side)]
            sides.append(side if ties[0] >= ties[1] else ~side)
        return sides

    def _settled(self, strong: Bools) -> _State:
        """Go back and forth between blocks, fit and suspect windows, three times."""
        state = self._next(strong)
        for _ in range(2):
            state = self._next(~state.suspect if state.suspect.any() else strong)
        return state._replace(suspect=self._suspects(state.each, state.usual, sure=1.0))

    def _next(self, strong: Bools) -> _State:
        block = self._block(strong)
        fitted = self._fitted(block[self.of], self.searched & strong[self.window])
        each = self._by_window(fitted)
        usual = self._usual(fitted)
        return _State(block, fitted, each, usual, self._suspects(each, usual, sure=0.0))

    def _usual(self, fitted: _Fitted) -> Floats:
        """For each window, the median over the better half of all windows, asked as if they lacked the columns that it lacks."""
        usual = np.zeros(len(self.sizes))
        patterns, which = np.unique(self.lacking, axis=0, return_inverse=True)
        for at, pattern in enumerate(patterns):
            each = self._by_window(fitted, pattern)
            known = np.sort(each[~np.isnan(each)])
            usual[which.ravel() == at] = np.median(known[: (len(known) + 1) // 2]) if len(known) else 0.5
        return usual

    def _block(self, strong: Bools) -> Bools:
        """Part the features in two, so that the ties that only strong windows have run across; where all are strong, all ties."""
        lost = pooled(self.tables[strong], self.sizes[strong]) ** 2
        if not strong.all():
            known = ~np.isnan(self.tables[strong]).all(axis=0) & ~np.isnan(self.tables[~strong]).all(axis=0)
            lost = np.where(known, lost - pooled(self.tables[~strong], self.sizes[~strong]) ** 2, 0.0)
        weight = np.zeros((int(self.of.max()) + 1,) * 2)
        np.add.at(weight, (self.of[:, None], self.of[None, :]), lost)
        np.fill_diagonal(weight, 0.0)
        return cut(weight)

    def _fitted(self, block: Bools, learn: Bools) -> _Fitted:
        """Find the canonical directions between the blocks on some rows."""
        here, there = self.centred[:, block], self.centred[:, ~block]
        left, right = whitening(here[learn]), whitening(there[learn])
        u, ties, v = np.linalg.svd(left @ (here[learn].T @ there[learn] / max(int(learn.sum()), 1)) @ right, full_matrices=False)
        some = min(DIRECTIONS, len(ties))
        directions = np.zeros((2, len(block), some))
        directions[0, block], directions[1, ~block] = left @ u[:, :some], right @ v[:some].T
        return _Fitted(directions[0], directions[1], np.minimum(ties[:some], 0.98))

    def _by_window(self, fitted: _Fitted, lacking: Bools | None = None) -> Floats:
        """How often a stranger's block fits better, among the searched rows of each window; NaN where there are too few.

        Args:
            fitted: The fit.
            lacking: Columns that are treated as missing everywhere.
        """
        rows = np.flatnonzero(self.searched)
        totals = [np.bincount(self.window[rows], weights=values, minlength=len(self.sizes)) for values in self._better(fitted, lacking)]
        return np.where(self.sizes >= PRESENT, totals[0] / np.maximum(totals[1], 1), np.nan)

    def _better(self, fitted: _Fitted, lacking: Bools | None = None) -> tuple[Floats, Floats]:
        """For each searched row, how many strangers fit better (a tie is a half), and how many were asked."""
        rows, others = np.flatnonzero(self.searched), self.strangers
        z = self.centred if lacking is None else np.where(lacking, 0.0, self.centred)
        here, there = z @ fitted.here, z @ fitted.there
        own = fit(here[rows], there[rows], fitted.ties)[:, None]
        theirs = fit(here[rows][:, None, :], there[others], fitted.ties)
        real = others != rows[:, None]
        better = np.where(real, (theirs > own) + 0.5 * (theirs == own), 0.0).sum(axis=1)
        return better, real.sum(axis=1).astype(np.float64)

    def _suspects(self, each: Floats, usual: Floats, *, sure: float) -> Bools:
        """Windows in which strangers fit more often than halfway between usual and a half, by so many standard errors."""
        suspect = (usual < WEAK) & (np.nan_to_num(each, nan=0.0) > (usual + 0.5) / 2 + sure * 0.4 / np.sqrt(np.maximum(self.sizes, 1)))
        return suspect if not suspect.all() else np.zeros(len(each), dtype=bool)


def _half(unit: Ints) -> Bools:
    """The searched half: of the units, in an order that depends on nothing but their number."""
    return _places(unit) < len(np.unique(unit)) // 2


def _places(unit: Ints) -> Ints:
    """Where the unit of each row stands in that order."""
    names, index = np.unique(unit, return_inverse=True)
    place = np.empty(len(names), dtype=np.int64)
    place[order(0, "misjoined_records.half", len(names))] = np.arange(len(names))
    return place[index]


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
        for column in scored(table.x[:, at], feature):
            columns.append(column)
            of.append(at)
    return np.column_stack(columns), np.array(of, dtype=np.int64)

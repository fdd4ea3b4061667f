"""The result of a selection, worked out once and shared: rows, counts, totals, mask and bounds.

A `Results` belongs to one table and keeps the results of its last selections, a third of a megabyte
each for a million plants. So a page that is drawn again for a click works nothing out twice.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import earth, language
from atlas.catalog import filters, points, readable
from atlas.catalog.figures import Totals
from atlas.catalog.index import Index, mask_and_counts
from atlas.text import NOT_STATED, Mask, as_arrow

MOST_KEPT = 64
MOST_ORDERS = 4


@dataclass(frozen=True, eq=False)
class Result:
    """The shown rows of a table. `bits` is their mask, packed; `counts` stand beside the options.

    `mask` and `bounds` are what the map needs (see `points`), `head` the first rows of the table.
    """

    size: int
    bits: bytes
    counts: dict[str, dict[str, int]]
    totals: Totals
    mask: str | None
    bounds: list[list[float]] | None
    head: pd.DataFrame

    @property
    def readable(self) -> pd.DataFrame:
        """Returns `head` in words of the current language, for tables on a page."""
        code = language.current().code
        if code not in self._readable:
            self._readable[code] = readable.for_people(self.head)
        return self._readable[code]

    @cached_property
    def _readable(self) -> dict[str, pd.DataFrame]:
        return {}

    @property
    def rows(self) -> npt.NDArray[np.int32]:
        """Returns the row numbers of the shown plants, ascending."""
        return np.flatnonzero(self.shown).astype(np.int32)

    @property
    def shown(self) -> Mask:
        """Returns for each row of the table whether it is shown."""
        return np.unpackbits(np.frombuffer(self.bits, "u1"), count=self.size).astype(bool)

    def shows(self, row: int) -> bool:
        """Tells whether a row of the table is shown."""
        return bool(self.bits[row >> 3] & (128 >> (row & 7)))

    @cached_property
    def is_empty(self) -> bool:
        """Tells whether no plant is shown."""
        return self.totals.plants == 0


class Results:
    """The results of one table; `of(selection)` works one out, or remembers it.

    What is remembered does not point back here: a table that nobody needs must go at once, as Python
    never looks again for circles among frozen objects (`screen` freezes what pages brought).
    """

    def __init__(
        self, table: pd.DataFrame, index: Index, packed: points.Points, *, head_rows: int = 200
    ) -> None:
        placed = table["latitude"].notna().to_numpy()
        basis = _Basis(table, index, packed, placed, head_rows)
        self._work_out = lru_cache(maxsize=MOST_KEPT)(partial(_result, basis))
        self._order = lru_cache(maxsize=MOST_ORDERS)(partial(_sorted, table))

    def of(self, selection: filters.Selection) -> Result:
        """Returns what a selection shows; the selected plant does not matter."""
        return self._work_out(selection.rows_key)

    def ordered(self, result: Result, column: str, *, descending: bool = False) -> npt.NDArray[np.int32]:
        """Returns the shown rows, sorted by a column ("": as in the table), empty cells last."""
        if not column:
            return result.rows[::-1] if descending else result.rows
        order = self._order(column, descending)
        shown: npt.NDArray[np.int32] = order[result.shown[order]]
        return shown


@dataclass(frozen=True, eq=False)
class _Basis:
    """What the results of a table are made of; `placed`: which rows have a position."""

    table: pd.DataFrame
    index: Index
    packed: points.Points
    placed: Mask
    head_rows: int


def _sorted(table: pd.DataFrame, column: str, descending: bool) -> npt.NDArray[np.int32]:
    cells = table[column]
    if cells.dtype == "str":
        text = pc.utf8_lower(as_arrow(cells))
        array = pc.if_else(pc.equal(text, ""), None, text)
    else:
        array = pa.array(cells.array, from_pandas=True)
    direction = "descending" if descending else "ascending"
    order = pc.array_sort_indices(array, order=direction, null_placement="at_end")
    numbers: npt.NDArray[np.int32] = order.to_numpy().astype(np.int32)
    return numbers


def _result(basis: _Basis, selection: filters.Selection) -> Result:
    shown, counts = mask_and_counts(basis.index, selection)
    rows = np.flatnonzero(shown).astype(np.int32)
    return Result(
        size=len(shown),
        bits=np.packbits(shown).tobytes(),
        counts=counts,
        totals=_totals(basis, shown, len(rows)),
        mask=points.mask(basis.packed, shown),
        bounds=earth.bounds(basis.table, rows),
        head=basis.table.iloc[rows[: basis.head_rows]],
    )


def _totals(basis: _Basis, shown: Mask, plants: int) -> Totals:
    by_country = _values(basis.index, "country", shown)
    return Totals(
        plants=plants,
        countries=sum(1 for name, count in by_country.items() if count and name != NOT_STATED),
        building_now=_values(basis.index, "status", shown).get("now", 0),
        unplaced=plants - int(np.count_nonzero(shown & basis.placed)),
    )


def _values(index: Index, key: str, shown: Mask) -> dict[str, int]:
    options = index.options.get(key)
    return dict(zip(options.values, options.counts(shown).tolist(), strict=True)) if options else {}

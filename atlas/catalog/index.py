"""The values of a table's filters as integer codes, made once per table.

So a mask of the shown rows, or the counts beside all options, take array operations only, for five plants
and for a million.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.alfa.tables import AS_OF_YEAR, BETWEEN_MODELS, years_of
from atlas.catalog.filters import FILTERS, PLANT, SEARCH, TABLE, Filter, Selection
from atlas.text import NOT_STATED, Mask, as_arrow, fold, fold_all


@dataclass(frozen=True)
class FilterValues:
    """The values of one filter in a table: the plant in row `rows[i]` has the value `values[codes[i]]`.

    `rows` is None where every row has exactly one value: then row i has the value `values[codes[i]]`.
    """

    values: tuple[str, ...]
    rows: npt.NDArray[np.int32] | None
    codes: npt.NDArray[np.int32]

    def mask(self, chosen: Sequence[str], size: int) -> Mask:
        """Returns which of `size` rows have a chosen value."""
        wanted = np.array([value in chosen for value in self.values], dtype=bool)
        if self.rows is None:
            single: Mask = wanted[self.codes]
            return single
        mask = np.zeros(size, dtype=bool)
        mask[self.rows[wanted[self.codes]]] = True
        return mask

    def counts(self, mask: Mask) -> npt.NDArray[np.int64]:
        """Returns how many of the rows in a mask have each value."""
        shown = mask if self.rows is None else mask[self.rows]
        codes = self.codes if shown.all() else self.codes[shown]
        return np.bincount(codes, minlength=len(self.values))


@dataclass(frozen=True)
class Index:
    """A table made ready for selections. `filters` stand in the order of the page, `options` by their keys.

    `text` is what the search looks at: the folded text cells of each row. `ids` are the plants' ids.
    """

    size: int
    filters: tuple[Filter, ...]
    options: Mapping[str, FilterValues]
    text: pa.Array
    ids: pa.Array

    @property
    def parameters(self) -> tuple[str, ...]:
        """Returns the parameters that an address may have."""
        return (TABLE, *(row.key for row in self.filters), PLANT)

    @cached_property
    def row_of(self) -> Callable[[str], int | None]:
        """Returns a function: plant_id -> row number, None for an unknown id."""
        # A scan takes milliseconds for a million ids, a dictionary of them 150 MB.
        # It holds the ids, not the index: a table that nobody needs must go at once (see `results`).
        return lru_cache(maxsize=256)(partial(_find, self.ids))


def _find(ids: pa.Array, plant_id: str) -> int | None:
    row = pc.index(ids, pa.scalar(plant_id, ids.type)).as_py() if plant_id else -1
    return None if row < 0 else int(row)


def index_of(table: pd.DataFrame, rows: Sequence[Filter] = FILTERS) -> Index:
    """Returns the index of a table with a unique `plant_id`; filters whose columns it lacks are left out."""
    have = set(table.columns)
    usable = tuple(row for row in rows if row.kind == "search" or set(row.columns) <= have)
    options = {row.key: _options(row, table) for row in usable if row.kind != "search"}
    searched = [name for row in usable if row.kind == "search" for name in row.columns if name in have]
    return Index(len(table), usable, options, _searched_text(table, searched), as_arrow(table["plant_id"]))


def mask(index: Index, selection: Selection) -> Mask:
    """Returns which rows of the table the selection shows."""
    return _combine(_masks(index, selection).values(), index.size)


def counts(index: Index, selection: Selection) -> dict[str, dict[str, int]]:
    """Returns filter key -> value -> the number of plants with it that the *other* filters show."""
    return mask_and_counts(index, selection)[1]


def mask_and_counts(index: Index, selection: Selection) -> tuple[Mask, dict[str, dict[str, int]]]:
    """Returns `mask` and `counts` for the price of one search."""
    masks = _masks(index, selection)
    result = {}
    for key, options in index.options.items():
        others = [mask for name, mask in masks.items() if name != key]
        shown = options.counts(_combine(others, index.size))
        result[key] = dict(zip(options.values, shown.tolist(), strict=True))
    return _combine(masks.values(), index.size), result


def _options(row: Filter, table: pd.DataFrame) -> FilterValues:
    rows: npt.NDArray[np.int32] | None = None
    if row.kind == "years":
        return _years(table[row.columns[0]])
    if row.kind == "choices":
        cells = pd.concat([table[name].str.split(BETWEEN_MODELS) for name in row.columns]).explode()
        cells = cells[cells.notna() & (cells != "")]
        row_of = pd.Series(np.arange(len(table)), index=table.index)
        rows = row_of[cells.index].to_numpy().astype(np.int32)
    else:
        cells = table[row.columns[0]].replace("", pd.NA).fillna(NOT_STATED)
    numbers, names = pd.factorize(cells)
    values = [str(value) for value in names]
    order = sorted(range(len(values)), key=lambda code: _order(row, values[code]))
    codes = np.argsort(order)[numbers] if order else np.empty(0)
    return FilterValues(tuple(values[code] for code in order), rows, codes.astype(np.int32))


def _years(cells: pd.Series) -> FilterValues:
    """Returns all years from the first of the table to the last, also years in which nobody built."""
    pairs = [(row, year) for row, text in enumerate(cells) for year in years_of(text)]
    years = [year for _, year in pairs]
    first = min(years, default=AS_OF_YEAR)
    return FilterValues(
        tuple(str(year) for year in range(first, max(years, default=AS_OF_YEAR) + 1)),
        np.array([row for row, _ in pairs], dtype=np.int32),
        np.array([year - first for year in years], dtype=np.int32),
    )


def _searched_text(table: pd.DataFrame, names: Sequence[str]) -> pa.Array:
    """Returns the folded text cells of each row, a line for each."""
    if not names:
        return pa.array([""] * len(table), pa.large_string())
    columns = [as_arrow(table[name]) for name in names]
    return fold_all(pc.binary_join_element_wise(*columns, pa.scalar("\n", pa.large_string())))


def _order(row: Filter, value: str) -> tuple[bool, int, str]:
    ordered = list(row.words)
    return value == NOT_STATED, ordered.index(value) if value in ordered else len(ordered), fold(value)


def _masks(index: Index, selection: Selection) -> dict[str, Mask]:
    masks = {key: index.options[key].mask(values, index.size) for key, values in selection.choices}
    if selection.q:
        words = fold(selection.q).split()
        hits = [pc.match_substring(index.text, word).to_numpy(zero_copy_only=False) for word in words]
        masks[SEARCH] = _combine(hits, index.size)
    return masks


def _combine(masks: Iterable[Mask], size: int) -> Mask:
    combined = np.ones(size, dtype=bool)
    for mask in masks:
        combined &= mask
    return combined

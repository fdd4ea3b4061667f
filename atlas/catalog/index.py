"""One table's values as integer codes, made once per table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.alfa.tables import AS_OF_YEAR, BETWEEN_MODELS, years_of
from atlas.catalog.filters import FILTERS, PLANT, SEARCH, TABLE, Filter, Selection
from atlas.text import NOT_STATED, Mask, as_arrow, fold


@dataclass(frozen=True)
class FilterValues:
    """One filter's values in a table: `codes[i]` of `values` holds for the plant in row `rows[i]`.

    `rows` is None where every row has exactly one value: then `codes[i]` is that of row i.
    """

    values: tuple[str, ...]
    rows: npt.NDArray[np.int32] | None
    codes: npt.NDArray[np.int32]

    def mask(self, chosen: Sequence[str], size: int) -> Mask:
        wanted = np.array([value in chosen for value in self.values], dtype=bool)
        if self.rows is None:
            one_each: Mask = wanted[self.codes]
            return one_each
        mask = np.zeros(size, dtype=bool)
        mask[self.rows[wanted[self.codes]]] = True
        return mask

    def counts(self, mask: Mask) -> npt.NDArray[np.int64]:
        shown = mask if self.rows is None else mask[self.rows]
        codes = self.codes if shown.all() else self.codes[shown]
        return np.bincount(codes, minlength=len(self.values))


@dataclass(frozen=True)
class Index:
    """A table made ready for questions; see `index`. `filters`: in the order of the page."""

    size: int
    filters: tuple[Filter, ...]
    options: Mapping[str, FilterValues]
    text: pa.Array
    ids: pa.Array

    @property
    def parameters(self) -> tuple[str, ...]:
        """What an address may name."""
        return (TABLE, *(row.key for row in self.filters), PLANT)

    @cached_property
    def row_of(self) -> Callable[[str], int | None]:
        """plant_id -> row number; None where there is none."""
        # A scan takes milliseconds for a million ids, a dictionary of them 150 MB.
        # It knows the ids, not the index: a table that nobody needs must go at once (see `results`).
        return lru_cache(maxsize=256)(partial(_find, self.ids))


def _find(ids: pa.Array, plant_id: str) -> int | None:
    row = pc.index(ids, pa.scalar(plant_id, ids.type)).as_py() if plant_id else -1
    return None if row < 0 else int(row)


def index_of(table: pd.DataFrame, rows: Sequence[Filter] = FILTERS) -> Index:
    """Index of a table with a unique `plant_id`; filters whose columns it lacks are left out."""
    have = set(table.columns)
    kept = tuple(row for row in rows if row.kind == "search" or set(row.columns) <= have)
    options = {row.key: _options(row, table) for row in kept if row.kind != "search"}
    searched = [name for row in kept if row.kind == "search" for name in row.columns if name in have]
    return Index(len(table), kept, options, _searched_text(table, searched), as_arrow(table["plant_id"]))


def mask(index: Index, selection: Selection) -> Mask:
    """Which rows of the table the selection shows."""
    return _combine(_masks(index, selection), index.size)


def counts(index: Index, selection: Selection) -> dict[str, dict[str, int]]:
    """Filter key -> value -> how many plants choosing it would show, under the *other* filters."""
    return mask_and_counts(index, selection)[1]


def mask_and_counts(index: Index, selection: Selection) -> tuple[Mask, dict[str, dict[str, int]]]:
    """`mask` and `counts` for the price of one search."""
    masks = _masks(index, selection)
    result = {}
    for key, options in index.options.items():
        others = {name: mask for name, mask in masks.items() if name != key}
        shown = options.counts(_combine(others, index.size))
        result[key] = dict(zip(options.values, shown.tolist(), strict=True))
    return _combine(masks, index.size), result


def _options(row: Filter, table: pd.DataFrame) -> FilterValues:
    rows: npt.NDArray[np.int32] | None = None
    if row.kind == "years":
        return _years(table[row.columns[0]])
    if row.kind == "choices":
        cells = pd.concat([table[name].str.split(BETWEEN_MODELS) for name in row.columns]).explode()
        cells = cells[cells.notna() & (cells != "")]
        numbers = pd.Series(np.arange(len(table)), index=table.index)
        rows = numbers[cells.index].to_numpy().astype(np.int32)
    else:
        cells = table[row.columns[0]].replace("", pd.NA).fillna(NOT_STATED)
    found, names = pd.factorize(cells)
    values = [str(value) for value in names]
    order = sorted(range(len(values)), key=lambda code: _order(row, values[code]))
    codes = np.argsort(order)[found] if order else np.empty(0)
    return FilterValues(tuple(values[code] for code in order), rows, codes.astype(np.int32))


def _years(cells: pd.Series) -> FilterValues:
    """All years from the first one in the table to the last, also those in which nobody built."""
    pairs = [(row, year) for row, text in enumerate(cells) for year in years_of(text)]
    years = [year for _, year in pairs]
    first = min(years, default=AS_OF_YEAR)
    return FilterValues(
        tuple(str(year) for year in range(first, max(years, default=AS_OF_YEAR) + 1)),
        np.array([row for row, _ in pairs], dtype=np.int32),
        np.array([year - first for year in years], dtype=np.int32),
    )


def _searched_text(table: pd.DataFrame, names: Sequence[str]) -> pa.Array:
    """Per row, its folded text cells, one a line."""
    if not names:
        return pa.array([""] * len(table), pa.large_string())
    columns = [as_arrow(table[name]) for name in names]
    text = pc.binary_join_element_wise(*columns, pa.scalar("\n", pa.large_string()))
    is_plain = pc.string_is_ascii(text)
    accented = np.flatnonzero(~is_plain.to_numpy(zero_copy_only=False))
    folded = pc.utf8_lower(text)
    if not len(accented):
        return folded
    # Most texts are plain; only the others pay for the slow way.
    slow = pa.array([fold(cell) for cell in text.take(pa.array(accented)).to_pylist()], pa.large_string())
    return pc.replace_with_mask(folded, pc.invert(is_plain), slow)


def _order(row: Filter, value: str) -> tuple[bool, int, str]:
    known = list(row.words)
    return value == NOT_STATED, known.index(value) if value in known else len(known), fold(value)


def _masks(index: Index, selection: Selection) -> dict[str, Mask]:
    masks = {key: index.options[key].mask(values, index.size) for key, values in selection.choices}
    if selection.q:
        words = fold(selection.q).split()
        found = [pc.match_substring(index.text, word).to_numpy(zero_copy_only=False) for word in words]
        masks[SEARCH] = _combine(dict(enumerate(found)), index.size)
    return masks


def _combine(masks: Mapping[object, Mask] | Mapping[str, Mask] | Mapping[int, Mask], size: int) -> Mask:
    combined = np.ones(size, dtype=bool)
    for one in masks.values():
        combined &= one
    return combined

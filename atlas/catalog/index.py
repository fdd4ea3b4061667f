"""The values of a table's filters as integer codes, made once per table.

So a mask of the shown rows, or the counts beside all options, take array operations only, for five plants
and for a million.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import country_names, language
from atlas.alfa.tables import AS_OF_YEAR, BETWEEN_MODELS, years_of
from atlas.catalog.filters import COUNTRY, FILTERS, PINS, PLANT, SEARCH, TABLE, Filter, Selection
from atlas.text import NOT_STATED, Mask, as_arrow, fold, fold_all

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?"
_RANGE = re.compile(rf"({_NUMBER})?\s*(\.\.|–|-|to)?\s*({_NUMBER})?")


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


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a range filter, one for each row (NaN where a row states none)."""

    of_rows: npt.NDArray[np.float64]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Returns the least and the most of them."""
        return float(np.nanmin(self.of_rows)), float(np.nanmax(self.of_rows))

    @cached_property
    def are_whole(self) -> bool:
        """Tells whether none of them has decimals."""
        with np.errstate(invalid="ignore"):
            return not bool((self.of_rows % 1 > 0).any())

    def mask(self, chosen: Sequence[str], _size: int) -> Mask:
        """Returns which rows have a number within the chosen range."""
        first, last = range_of(chosen[0]) or self.ends
        with np.errstate(invalid="ignore"):
            within: Mask = (self.of_rows >= first) & (self.of_rows <= last)
        return within


def range_of(text: str) -> tuple[float, float] | None:
    """Reads a range: "1990..2005", "1990..", "..2005", "1990"; None for another text.

    >>> range_of("2005-1990"), range_of("..2005"), range_of("many")
    ((1990.0, 2005.0), (-inf, 2005.0), None)
    """
    match = _RANGE.fullmatch(text.strip())
    if not match or not (match[1] or match[3]):
        return None
    first = float(match[1]) if match[1] else -np.inf
    last = float(match[3]) if match[3] else np.inf if match[2] else first
    return min(first, last), max(first, last)


def range_text(first: float, last: float) -> str:
    """Returns a range as it stands in an address: "1990..2005"; an open end is empty."""
    return "..".join(f"{end:.15g}" if np.isfinite(end) else "" for end in (first, last))


@dataclass(frozen=True)
class Index:
    """A table made ready for selections. `rows` are its filters in the order of the page, with English words;
    `options` and `numbers` stand by their keys.

    `text` is what the search looks at: the folded text cells of each row. `ids` are the plants' ids.
    """

    size: int
    rows: tuple[Filter, ...]
    options: Mapping[str, FilterValues]
    text: pa.Array
    ids: pa.Array
    numbers: Mapping[str, Numbers] = field(default_factory=dict)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Returns the filters with their words in the current language."""
        code = language.current().code
        if code not in self._spoken:
            self._spoken[code] = tuple(row.spoken for row in self.rows)
        return self._spoken[code]

    @cached_property
    def _spoken(self) -> dict[str, tuple[Filter, ...]]:
        return {}

    @property
    def parameters(self) -> tuple[str, ...]:
        """Returns the parameters that an address may have."""
        return (TABLE, *(row.key for row in self.filters), PLANT, PINS)

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
    options = {row.key: _options(row, table) for row in usable if row.kind not in ("search", "range")}
    numbers = {row.key: Numbers(_finite(table[row.columns[0]])) for row in usable if row.kind == "range"}
    searched = [name for row in usable if row.kind == "search" for name in row.columns if name in have]
    return Index(
        len(table), usable, options, _searched_text(table, searched), as_arrow(table["plant_id"]), numbers
    )


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
        cells = _one_spelling(cells) if row.key == COUNTRY else cells
    numbers, names = pd.factorize(cells)
    values = [str(value) for value in names]
    order = sorted(range(len(values)), key=lambda code: _order(row, values[code]))
    codes = np.argsort(order)[numbers] if order else np.empty(0)
    return FilterValues(tuple(values[code] for code in order), rows, codes.astype(np.int32))


def _finite(cells: pd.Series) -> npt.NDArray[np.float64]:
    """Returns the numbers of a column, NaN for infinite ones; no copy where the column holds them so."""
    numbers: npt.NDArray[np.float64] = cells.to_numpy("float64", na_value=np.nan)
    return np.where(np.isinf(numbers), np.nan, numbers) if np.isinf(numbers).any() else numbers


def _one_spelling(cells: pd.Series) -> pd.Series:
    """Returns names of countries, each in one spelling: its usual name if the table has it, else the most
    frequent one.
    """
    times = cells.value_counts()
    spellings: dict[str, list[str]] = {}
    for name in times.index:
        spellings.setdefault(country_names.code_of(str(name)), []).append(str(name))
    spellings.pop("", None)
    best = {
        name: usual if (usual := country_names.name_of(code)) in names else names[0]
        for code, names in spellings.items()
        if len(names) > 1
        for name in names
    }
    return cells.replace(best) if best else cells


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
    masks = {
        key: (index.numbers.get(key) or index.options[key]).mask(values, index.size)
        for key, values in selection.choices
    }
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

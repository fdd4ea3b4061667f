"""Columns of a file -> columns of the table: years, numbers and text; what cannot be read is left empty.

Touches nothing.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import columns, nothing
from atlas.importing.problems import Problem
from atlas.importing.rows import numbers
from atlas.importing.rows.step import FileCells, Step
from atlas.language import gettext

AS_WRITTEN = " as written"
YEARS = tuple(column.name for column in columns.COLUMNS if column.kind == "year")
WHOLE = tuple(
    column.name for column in columns.COLUMNS if column.kind == "number" and column.name != "accuracy_m"
)
PLACES = ("address", "town", "region", "country", "country_code", "larger_area", "local_area", "postcode")
_WHOLE_TYPES = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
_Column = tuple[pd.Series, list[Problem]]


def read(cells: FileCells) -> Step:
    """Returns all columns of a file as columns of the table, years also as they are written."""
    values: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for column, name in cells.names.items():
        values[name], wrong = _column(cells, column)
        problems += wrong
    return Step(values | _years_as_written(cells, values), problems)


def _column(cells: FileCells, column: str) -> _Column:
    raw, name, is_role = cells.raw.table.column(column), cells.names[column], cells.has_role(column)
    if name in YEARS and is_role:
        return _years(column, nothing.without(text_of(raw)), take_meant="year" in cells.fixes)
    if name in (*WHOLE, "accuracy_m") and is_role:
        return _numbers(column, nothing.without(text_of(raw)), cells.decimal, is_whole=name in WHOLE)
    if name in PLACES and is_role:
        return pd.Series(nothing.without(text_of(raw)).to_pandas(), dtype="str"), []
    if name in columns.BY_NAME or is_role or name.endswith(AS_WRITTEN):
        return pd.Series(text_of(raw).to_pandas(), dtype="str"), []
    return _extra(raw, cells.decimal), []


def _numbers(column: str, text: pa.Array, decimal: str, *, is_whole: bool) -> _Column:
    number = numbers.numbers(text, decimal)
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(number) | (number < 0)
        if is_whole:
            bad |= (number != np.floor(number)) | (np.abs(number) > 2**53)
    if is_whole:
        reason = gettext("This is not a whole number; left empty.")
    else:
        reason = gettext("This is not a distance; left empty.")
    wrong = _problem(bad & _is_filled(text), "number", reason, column, text)
    number[bad] = np.nan
    return pd.Series(number, dtype="Int64" if is_whole else "float64"), [wrong]


def _years(column: str, text: pa.Array, *, take_meant: bool) -> _Column:
    """Reads a column of years; `take_meant`: also the year that stands in a text ("since 1972")."""
    year, about, meant = numbers.years(text)
    reason = gettext("Not an exact year; the year in it was taken, the text is kept.")
    inexact = _problem(about, "about", reason, column, text)
    unread = np.isnan(year) & _is_filled(text)
    if take_meant:
        year = np.where(unread, meant, year)
        unread &= np.isnan(year)
    fix = ["" if np.isnan(value) else f"{value:.0f}" for value in meant[unread]]
    reason = gettext("This is not a year; left empty, the text is kept.")
    return pd.Series(year, dtype="Int64"), [inexact, _problem(unread, "year", reason, column, text, fix)]


def _years_as_written(cells: FileCells, taken: Collection[str]) -> dict[str, pd.Series]:
    """Returns the text of years that are more than a number; `taken`: names of columns."""
    written = {}
    for column, name in cells.names.items():
        if name in YEARS and cells.has_role(column):
            text = text_of(cells.raw.table.column(column))
            if pc.any(pc.invert(pc.match_substring_regex(text, r"^([0-9]{4}(\.0+[0-9]?)?)?$"))).as_py():
                own = columns.distinct([*taken, f"{name}{AS_WRITTEN}"])[-1]
                written[own] = pd.Series(text.to_pandas(), dtype="str")
    return written


def _problem(
    mask: npt.NDArray[np.bool_], kind: str, reason: str, column: str, text: pa.Array, fix: Any = ""
) -> Problem:
    rows = np.flatnonzero(mask)
    return Problem(rows, kind, reason, column, text.take(pa.array(rows)).to_pylist(), fix)


def _is_filled(text: pa.Array) -> npt.NDArray[np.bool_]:
    filled: npt.NDArray[np.bool_] = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    return filled


def text_of(cells: pa.ChunkedArray) -> pa.Array:
    """Returns cells as text without blanks around it; "" for empty cells."""
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        cells = _as_strings(cells)
    chunk: Any = cells.combine_chunks()
    whole = pa.concat_arrays(chunk.chunks) if isinstance(chunk, pa.ChunkedArray) else chunk
    return pc.utf8_trim_whitespace(pc.fill_null(whole.cast(pa.large_string()), ""))


def _as_strings(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(cells.type):
        # 1972.0 is 1972 for a person.
        number = cells.to_pandas().to_numpy("float64")
        whole = np.isfinite(number) & (np.abs(number) < 1e15) & (number == np.floor(number))
        texts = pc.if_else(
            pa.array(whole),
            pa.array(np.where(whole, number, 0).astype("int64")).cast(pa.large_string()),
            cells.cast(pa.float64()).cast(pa.large_string()),
        )
        return pc.if_else(pa.array(np.isfinite(number)), texts, pa.scalar(None, pa.large_string()))
    try:
        return cells.cast(pa.large_string())
    except pa.ArrowException:  # lists and the like
        texts = [None if value is None else str(value) for value in cells.to_pylist()]
        return pa.chunked_array([texts], pa.large_string())


def _extra(cells: pa.ChunkedArray, decimal: str) -> pd.Series:
    """Reads a column that has no role: numbers if all its cells are numbers, else text."""
    kind = cells.type
    if pa.types.is_integer(kind):
        exact = cells.cast(pa.int64()) if not pa.types.is_uint64(kind) else cells
        return pd.Series(exact.to_pandas(types_mapper=_WHOLE_TYPES.get))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pd.Series(cells.cast(pa.float64()).to_pandas(), dtype="float64")
    text = text_of(cells)
    number = numbers.typed(text, decimal)
    if number is None and _may_be_numbers(text):
        number = numbers.typed(nothing.without(text), decimal)
    if number is None:
        return pd.Series(text.to_pandas(), dtype="str")
    return pd.Series(number.to_pandas(types_mapper=_WHOLE_TYPES.get))


def _may_be_numbers(text: pa.Array) -> bool:
    """Whether most cells begin as numbers do; others may say "n/a"."""
    filled = text.filter(pc.not_equal(text, "")).slice(0, 200)
    return int(pc.sum(pc.match_substring_regex(filled, r"^[+-]?[0-9]")).as_py() or 0) * 2 > len(filled)

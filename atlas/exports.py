"""Selection -> file name, media type and bytes: what leaves the atlas.

Text cells that a spreadsheet would run as a formula get a leading apostrophe (OWASP: CSV
injection); numbers never do, so a longitude of -99.6 stays a number.
"""

import io
from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import columns, filters

ROWS_A_PART = 20_000
CSV_TYPE = "text/csv; charset=utf-8"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(table: pd.DataFrame) -> bytes:
    """The rows as CSV: UTF-8, LF, known columns in the order of `columns.COLUMNS`, then others."""
    return b"".join(csv_parts(table, np.arange(len(table))))


def csv_parts(table: pd.DataFrame, rows: npt.NDArray[np.integer]) -> Iterator[bytes]:
    """`csv` of some rows of a table in parts of `ROWS_A_PART`, so that a million need little memory."""
    known = [column.name for column in columns.COLUMNS if column.name in table.columns]
    ordered = table[[*known, *(name for name in table.columns if name not in known)]]
    for start in range(0, max(len(rows), 1), ROWS_A_PART):
        lines = _Lines()
        part = ordered.iloc[rows[start : start + ROWS_A_PART]]
        neutralise(part).to_csv(lines, index=False, header=start == 0, lineterminator="\r\n")
        yield lines.getvalue().encode("utf-8")


class _Lines(io.StringIO):
    """Rows that end with LF. Python before 3.13 quotes a cell's CR only if rows are to end with CR LF."""

    def write(self, row: str) -> int:
        return super().write(row.removesuffix("\r\n") + "\n")


def file_name(selection: filters.Selection, today: date, ending: str, *, stem: str = "alfa-romeo") -> str:
    """Tells table, filters and date: `alfa-romeo-plants_country-italy_2026-02-01.csv`."""
    return f"{stem}-{selection.table}_{filters.slug(selection)}_{today.isoformat()}.{ending}"


def neutralise(table: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text cells and column names are safe to open in a spreadsheet; numbers are untouched."""
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    safe = table.assign(**{name: _neutral(table[name]) for name in texts})
    return safe.set_axis(_neutral(pd.Series(table.columns, dtype="str")).tolist(), axis="columns")


def _neutral(cells: pd.Series) -> pd.Series:
    text = cells.fillna("").astype("str")
    return text.mask(text.str.startswith(_FORMULA_STARTS), "'" + text)

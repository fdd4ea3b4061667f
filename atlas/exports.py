"""Selection -> file name, media type and bytes: what leaves the atlas.

Text cells that a spreadsheet would run as a formula get a leading apostrophe (OWASP: CSV
injection); numbers never do, so a longitude of -99.6 stays a number.
"""

import io
from datetime import date

import pandas as pd

from atlas import columns, filters

CSV_TYPE = "text/csv; charset=utf-8"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(table: pd.DataFrame) -> bytes:
    """The rows as CSV: UTF-8, LF, known columns in the order of `columns.COLUMNS`, then others."""
    known = [column.name for column in columns.COLUMNS if column.name in table.columns]
    ordered = table[[*known, *(name for name in table.columns if name not in known)]]
    lines = _Lines()
    neutralise(ordered).to_csv(lines, index=False, lineterminator="\r\n")
    return lines.getvalue().encode("utf-8")


class _Lines(io.StringIO):
    """Rows that end with LF. Python before 3.13 quotes a cell's CR only if rows are to end with CR LF."""

    def write(self, row: str) -> int:
        return super().write(row.removesuffix("\r\n") + "\n")


def file_name(selection: filters.Selection, today: date, ending: str) -> str:
    """Tells table, filters and date: `alfa-romeo-plants_country-italy_2026-02-01.csv`."""
    return f"alfa-romeo-{selection.table}_{filters.slug(selection)}_{today.isoformat()}.{ending}"


def neutralise(table: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text cells are safe to open in a spreadsheet; numeric columns are untouched."""
    texts = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(**{name: _neutral(table[name]) for name in texts})


def _neutral(cells: pd.Series) -> pd.Series:
    text = cells.fillna("").astype("str")
    return text.mask(text.str.startswith(_FORMULA_STARTS), "'" + text)

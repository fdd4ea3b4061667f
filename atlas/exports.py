"""Selection -> file name, media type and bytes: what leaves the atlas.

Text cells that a spreadsheet would run as a formula get a leading apostrophe (OWASP: CSV
injection); numbers never do, so a longitude of -99.6 stays a number.
"""

from datetime import date

import pandas as pd

from atlas import columns, filters

CSV_TYPE = "text/csv; charset=utf-8"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv(table: pd.DataFrame) -> bytes:
    """The rows as CSV: UTF-8, LF, known columns in the order of `columns.COLUMNS`, then others."""
    known = [column.name for column in columns.COLUMNS if column.name in table.columns]
    ordered = table[[*known, *(name for name in table.columns if name not in known)]]
    return neutralise(ordered).to_csv(index=False, lineterminator="\n").encode("utf-8")


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

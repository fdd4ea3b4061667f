"""Cells that a spreadsheet would run as a formula: makes them harmless, and restores them.

Such a text gets a leading apostrophe (OWASP: CSV injection), in CSV and in Excel files; a number never does,
so a longitude of -99.6 stays a number. A text that has the apostrophe already gets another, so that `restore`
is the exact inverse of `neutralise` for any text. Touches nothing.
"""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import arrow_text

# Full-width signs count as well: spreadsheets in Chinese and Japanese take them for the plain ones.
RUN = "=+@\t\r\n＝＋－＠-"
_FIRST_BYTES = bytes({b"'"[0], *(character.encode()[0] for character in RUN)})
_STARTS_FORMULA = f"^'*[{RUN}]"
_STARTS_NEUTRAL = f"^'+[{RUN}]"


def neutralise(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a copy whose texts and column names are safe in a spreadsheet; numbers are untouched."""
    return _changed(table, neutral)


def restore(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table before `neutralise`: "'=1+1" is "=1+1" again, "'quoted" stays."""
    return _changed(table, restored)


def _changed(table: pd.DataFrame, change: Callable[[pa.Array], pa.Array]) -> pd.DataFrame:
    changed = {
        name: pd.Series(change(arrow_text.texts(table[name])).to_pandas(), dtype="str").set_axis(table.index)
        for name in table.columns
        if not arrow_text.is_number(table[name])
    }
    names = change(pa.array([str(name) for name in table.columns], pa.large_string())).to_pylist()
    return table.assign(**changed).set_axis(names, axis="columns")


def neutral(text: pa.Array) -> pa.Array:
    """Returns texts that are safe to open in a spreadsheet."""
    return arrow_text.change_where_first(
        text, _STARTS_FORMULA, _FIRST_BYTES, lambda odd: arrow_text.joined("'", odd)
    )


def restored(text: pa.Array) -> pa.Array:
    """Returns texts before `neutral`."""
    return arrow_text.change_where_first(
        text, _STARTS_NEUTRAL, b"'", lambda odd: pc.utf8_slice_codeunits(odd, 1)
    )

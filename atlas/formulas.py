"""Text that a spreadsheet would run as a formula, made harmless and restored.

Such a cell gets a leading apostrophe (OWASP: CSV injection), in CSV and in Excel files; a number never
does, so a longitude of -99.6 stays a number. A cell that already looks so gets one more, so that
`restore` is the exact inverse of `neutralise` for any text. Touches nothing.
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
    """A copy whose text cells and column names are safe to open in a spreadsheet; numbers are untouched.

    A cell that would run, or looks as if we had made it harmless, gets one more apostrophe.
    """
    return _changed(table, neutral)


def restore(table: pd.DataFrame) -> pd.DataFrame:
    """The exact inverse of `neutralise`, for any text: "'=1+1" is "=1+1" again, "'quoted" stays."""
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
    """`neutralise` for an Arrow array of texts."""
    return arrow_text.change_where_first(
        text, _STARTS_FORMULA, _FIRST_BYTES, lambda odd: arrow_text.joined("'", odd)
    )


def restored(text: pa.Array) -> pa.Array:
    """`restore` for an Arrow array of texts."""
    return arrow_text.change_where_first(
        text, _STARTS_NEUTRAL, b"'", lambda odd: pc.utf8_slice_codeunits(odd, 1)
    )

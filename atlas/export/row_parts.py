"""The rows of a table in the order and in the parts in which they leave; loads nothing of the catalog.

Touches nothing.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import columns

ROWS_A_PART = 20_000


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with known columns first, in the order of `columns.COLUMNS`, then the others."""
    known = [name for name in columns.BY_NAME if name in table.columns]
    return table[[*known, *(name for name in table.columns if name not in columns.BY_NAME)]]


def in_parts(
    table: pd.DataFrame, rows: npt.NDArray[np.int32]
) -> Iterator[tuple[npt.NDArray[np.int32], pd.DataFrame]]:
    """Yields rows of a table, `ROWS_A_PART` at a time: their numbers and cells, in order; at least one part.

    A part is put in order when its turn comes: who takes a large table slowly holds no copy of it meanwhile.
    """
    for start in range(0, max(len(rows), 1), ROWS_A_PART):
        some = rows[start : start + ROWS_A_PART]
        yield some, ordered(table.iloc[some])

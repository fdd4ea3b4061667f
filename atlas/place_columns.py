"""The four columns of a position: added to a table that lacks some, and filled with what was looked up."""

import numpy as np
import numpy.typing as npt
import pandas as pd

PLACE_COLUMNS = ("latitude", "longitude", "accuracy_m", "geocoder")
CERTAINTY = "position_certainty"
"""The column that says how far to trust a position that was looked up; "" for one that the table states."""
UNSURE = ("ambiguous", "guess")
"""The values of `CERTAINTY` of positions that may be somewhere else altogether; the map marks them."""
PROBLEM = "import_problem"
"""The column that says what is wrong with a row of a stranger's table; "" for a row that is in order."""
STATED = "stated_position"
"""The column of points that cannot be right, as the table states them."""
GIVEN = "given in the table"
"""The `geocoder` of a position that a table states itself."""


def with_place_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a table that has a position with `accuracy_m` and `geocoder` as well, where it lacks them."""
    # Each text of a column is held once, also for a million rows.
    how = pd.Series(GIVEN, index=table.index, dtype="str").mask(table["latitude"].isna(), "")
    return table.assign(accuracy_m=table.get("accuracy_m", np.nan), geocoder=table.get("geocoder", how))


def is_unsure(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Returns which rows have a position that may be somewhere else altogether, see `UNSURE`."""
    if CERTAINTY not in table:
        return np.zeros(len(table), bool)
    return table[CERTAINTY].isin(UNSURE).to_numpy(bool)


def with_places(table: pd.DataFrame, rows: npt.NDArray[np.intp], places: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with `PLACE_COLUMNS`, in which row `rows[i]` has the place of row i of `places`.

    Where `places` has `CERTAINTY`, so has the table.
    """
    placed = with_place_columns(table).astype({"geocoder": "str"})
    # A column that is only called accuracy_m may hold words.
    placed["accuracy_m"] = pd.to_numeric(placed["accuracy_m"], errors="coerce").astype("float64")
    for name in PLACE_COLUMNS:
        cells = placed[name].to_numpy(copy=True)
        cells[rows] = places[name].to_numpy()
        placed[name] = pd.Series(cells, index=table.index, dtype=placed[name].dtype)
    if CERTAINTY in places and bool((places[CERTAINTY] != "").any()):
        sure = (
            np.full(len(table), "", object) if CERTAINTY not in table else table[CERTAINTY].to_numpy(object)
        )
        sure[rows] = places[CERTAINTY].to_numpy()
        placed[CERTAINTY] = pd.Series(sure, index=table.index, dtype="str")
    return placed

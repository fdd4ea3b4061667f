"""The four columns of a position: added to a table, filled with what was looked up, and in words."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.language import gettext, gettext_noop, number

PLACE_COLUMNS = ("latitude", "longitude", "accuracy_m", "geocoder")
CERTAINTY = "position_certainty"
"""The column that says how far to trust a position that was looked up; "" for one that the table states."""
UNSURE = ("ambiguous", "guess")
"""The values of `CERTAINTY` of positions that may be somewhere else altogether; the map marks them."""
PROBLEM = "import_problem"
"""The column that says what is wrong with a row of a stranger's table; "" for a row that is in order."""
STATED = "stated_position"
"""The column of points that cannot be right, as the table states them."""
GIVEN = gettext_noop("given in the table")
"""The `geocoder` of a position that a table states itself."""
CERTAINTIES = {
    "likely": gettext_noop("likely"),
    "ambiguous": gettext_noop("one of several places of this name"),
    "guess": gettext_noop("a guess"),
}
"""What the values of the column `position_certainty` mean; nothing needs to be said of a sure position."""


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


def accuracy_in_words(accuracy_m: float, geocoder: str, certainty: object = "") -> str:
    """Returns how sure a position is: "a guess: within about 15 km (gazetteer)"."""
    if doubt := CERTAINTIES.get(str(certainty), ""):
        return f"{gettext(doubt)}: {accuracy_in_words(accuracy_m, geocoder)}"
    how = f" ({gettext(geocoder)})" if geocoder else ""
    if pd.isna(accuracy_m):
        return gettext("accuracy not stated") + how
    return gettext("within about {length}", length=length_in_words(accuracy_m)) + how


def length_in_words(metres: float) -> str:
    """Returns a length: "350 m", "1.5 km", "1,200 km"."""
    km = metres / 1000
    return f"{number(metres)} m" if km < 1 else f"{number(km, 0 if km >= 100 else 3)} km"

"""Finds rows of a plant table that seem to be the same plant: the same name within `NEAR_M`.

Touches nothing.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import earth
from atlas.earth import Floats
from atlas.text import as_arrow, fold, fold_all

NEAR_M = 200.0
MOST_STEPS = 64
_Ints = npt.NDArray[np.intp]


def find(table: pd.DataFrame, nameless: str) -> tuple[_Ints, _Ints, Floats]:
    """Returns the rows that repeat an earlier row, the earlier row of each, and the metres between them.

    Names are compared without accents and capitals; `nameless` is no name.
    """
    names = fold_all(as_arrow(table["name"].astype("str"))).to_pandas()
    latitude, longitude = (table[name].to_numpy("float64") for name in ("latitude", "longitude"))
    again = (names.duplicated(keep=False) & (names != fold(nameless))).to_numpy(bool)
    rows = np.flatnonzero(again & ~np.isnan(latitude))
    name = pd.factorize(names.iloc[rows])[0]
    order = np.lexsort((rows, latitude[rows], name))
    rows, name = rows[order], name[order]
    first = np.full(len(table), -1, np.intp)
    metres = np.zeros(len(table))
    for step in range(1, MOST_STEPS):
        south, north = rows[:-step], rows[step:]
        near = (name[:-step] == name[step:]) & (np.abs(latitude[south] - latitude[north]) < 0.002)
        if not near.any():
            break
        south, north = south[near], north[near]
        away = 1000 * earth.sphere_km(latitude[south], longitude[south], latitude[north], longitude[north])
        close = away <= NEAR_M
        early, late = np.minimum(south, north)[close], np.maximum(south, north)[close]
        new = (first[late] < 0) | (early < first[late])
        first[late[new]] = early[new]
        metres[late[new]] = away[close][new]
    repeated = np.flatnonzero(first >= 0)
    return repeated, first[repeated], metres[repeated]

"""Positions for imported rows that have none: the `find` that `imports.locate` takes.

What is known already (the shipped places, the user's own), then the embedded gazetteer; nobody is asked.
Touches the caches and the gazetteer's file.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from atlas import gazetteer, placecache, places


def offline(
    caches: Sequence[placecache.Cache], table: pd.DataFrame, roles: Mapping[str, str]
) -> pd.DataFrame:
    """The same rows with `places.PLACE_COLUMNS`, as far as caches and gazetteer know them."""
    found = places.locate(table, caches=caches).table[list(places.PLACE_COLUMNS)]
    missing = np.flatnonzero(found["latitude"].isna().to_numpy())
    if not len(missing):
        return found
    answers = gazetteer.load().places(table.iloc[missing], roles)
    cells = {name: found[name].to_numpy(object, copy=True) for name in places.PLACE_COLUMNS}
    for name in places.PLACE_COLUMNS:
        cells[name][missing] = answers[name].to_numpy(object)
    kinds = {name: "str" if name == "geocoder" else "float64" for name in places.PLACE_COLUMNS}
    return pd.DataFrame(cells, index=table.index).astype(kinds)

"""Distances over the Earth's surface: from a start to the shown plants, and between plants.

All are geodesics on the WGS 84 ellipsoid, as the crow flies. They are measured by pyproj, which has the
same algorithm as geopy's `geodesic` (Karney 2013; the tests hold the two together) but takes whole
columns: 36,000 pairs take geopy some seconds and pyproj 0.05 s. Where only the nearest of very many are
wanted, a sphere rules out the others first; the sphere never decides an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from geopy import units
from pyproj import Geod

from atlas import columns, earth
from atlas.earth import Floats
from atlas.language import gettext, join, ngettext, number

Unit = Literal["km", "miles"]
UNITS: tuple[Unit, ...] = ("km", "miles")
MOST_NAMED = 5
# The sphere is wrong by 0.56 % at most, in either direction.
SPHERE_ERROR = 1.0057 / 0.9943
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows of a table, the nearest first, with their distances in km (nan: position not known, these last).

    `placed` and `unplaced` count all rows that were ranked, also those that are not in `rows`.
    """

    rows: Rows
    km: Floats
    placed: int
    unplaced: int

    @property
    def total(self) -> int:
        """Returns the number of all rows that were ranked."""
        return self.placed + self.unplaced

    @property
    def measured(self) -> Rows:
        """Returns those of the rows that have a distance."""
        return self.rows[~np.isnan(self.km)]


def km(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Returns geodesic distances in km between pairs of positions in degrees; nan where one is unknown."""
    metres = _earth().inv(longitude, latitude, to_longitude, to_latitude)[2]
    result: Floats = np.asarray(metres, float) / 1000
    return result


def rank(
    table: pd.DataFrame, rows: Rows, here: tuple[float, float], *, most: int | None = None, without: int = -1
) -> Ranked:
    """Returns rows of a placed table, those nearest to `here` (latitude, longitude) first.

    Ties stay in the table's order. `most`: at most so many, the nearest; `without`: a row
    that is left out, the start's own.
    """
    rows = rows[rows != without]
    latitude, longitude = _position(table, rows)
    is_placed = earth.is_usable(latitude, longitude)
    placed, unplaced = rows[is_placed], rows[~is_placed]
    latitude, longitude = latitude[is_placed], longitude[is_placed]
    if most is not None and most < len(placed):
        near = _near(here, latitude, longitude, most)
        latitude, longitude, ranked = latitude[near], longitude[near], placed[near]
    else:
        ranked = placed
    far = km(np.full(len(ranked), here[0]), np.full(len(ranked), here[1]), latitude, longitude)
    order = np.argsort(far, kind="stable")[:most]
    rest = unplaced[: None if most is None else most - len(order)]
    return Ranked(
        rows=np.concatenate([ranked[order], rest]),
        km=np.concatenate([far[order], np.full(len(rest), np.nan)]),
        placed=len(placed),
        unplaced=len(unplaced),
    )


def measured(table: pd.DataFrame, ranked: Ranked) -> pd.DataFrame:
    """Returns the ranked rows with `distance_km` and `distance_miles`, rounded (see `rounded`)."""
    return table.iloc[ranked.rows].assign(
        distance_km=rounded(ranked.km), distance_miles=rounded(in_unit(ranked.km, "miles"))
    )


def matrix(table: pd.DataFrame, rows: Rows, unit: Unit = "km") -> pd.DataFrame:
    """Returns rounded distances between the plants that have a position, names down and across."""
    latitude, longitude = _position(table, rows)
    is_placed = earth.is_usable(latitude, longitude)
    latitude, longitude, placed = latitude[is_placed], longitude[is_placed], rows[is_placed]
    far = np.zeros((len(placed), len(placed)))
    start, end = np.triu_indices(len(placed), 1)
    far[start, end] = km(latitude[start], longitude[start], latitude[end], longitude[end])
    names = columns.distinct(table["name"].iloc[placed].tolist())
    return pd.DataFrame(
        rounded(in_unit(far + far.T, unit)), index=pd.Index(names, name="plant"), columns=names
    )


def nearest_of_each(square: pd.DataFrame, unit: Unit, most: int = MOST_NAMED) -> pd.DataFrame:
    """Returns for each plant of a matrix the plants nearest to it, with their distances, as text."""
    far = square.to_numpy(float, copy=True)
    np.fill_diagonal(far, np.inf)
    order = np.argsort(far, axis=1, kind="stable")[:, : min(most, len(square) - 1)]
    cells = [
        [f"{square.columns[other]}, {with_unit(number(float(far[row, other]), 1), unit)}" for other in others]
        for row, others in enumerate(order.tolist())
    ]
    labels = [gettext("Nearest")]
    # Translators: the heading of a column with the second, third ... nearest plant.
    labels += [gettext("No. {place}", place=str(place)) for place in range(2, order.shape[1] + 1)]
    return pd.DataFrame(cells, index=square.index.rename(gettext("Plant")), columns=labels)


def as_file(square: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Returns a matrix as a table for a file: the first column names plant and unit."""
    return square.reset_index(names=f"distance in {unit}")


def rounded(far: Floats) -> Floats:
    """Rounds to tenths below 100, to whole numbers from there on: few positions are known better."""
    result: Floats = np.where(far < 99.95, np.round(far, 1), np.round(far))
    return result


def in_unit(far: Floats, unit: Unit) -> Floats:
    """Converts kilometres to a unit."""
    result: Floats = units.miles(kilometers=far) if unit == "miles" else far
    return result


def said(far_km: float, unit: Unit = "km") -> str:
    """Returns a distance in words: "6 km", "10,204 km", "less than 1 mile"."""
    far = round(float(units.miles(kilometers=far_km)) if unit == "miles" else far_km)
    if far < 1:
        return gettext("less than 1 mile") if unit == "miles" else gettext("less than 1 km")
    return ngettext("{number} mile", "{number} miles", far) if unit == "miles" else f"{number(far)} km"


def with_unit(far: str, unit: Unit) -> str:
    """Returns a distance that is in words already with its unit: "1.2 km"."""
    return gettext("{distance} miles", distance=far) if unit == "miles" else f"{far} km"


def unit_in_words(unit: Unit) -> str:
    """Returns a unit in the current language: "km", "miles"."""
    return gettext("miles") if unit == "miles" else "km"


def in_words(start: str, table: pd.DataFrame, ranked: Ranked, unit: Unit = "km") -> str:
    """Returns "Nearest to Turin: Mirafiori 6 km, Arese 127 km.", or why there is nothing to measure."""
    near = ranked.measured[:MOST_NAMED]
    names = table["name"].iloc[near].tolist()
    if not names:
        if ranked.unplaced:
            return gettext(
                "Nothing to measure from {start}: none of those shown has a position.", start=start
            )
        return gettext("Nothing to measure from {start}: no other plant is shown.", start=start)
    listed = [f"{name} {said(far, unit)}" for name, far in zip(names, ranked.km, strict=False)]
    # Translators: {plants} are such as "Mirafiori 6 km, Arese 127 km".
    return gettext("Nearest to {start}: {plants}.", start=start, plants=", ".join(listed))


def matrix_in_words(square: pd.DataFrame, unit: Unit) -> str:
    """Returns the nearest and the farthest pair of a matrix in a sentence; "" for fewer than two plants."""
    if len(square) < 2:
        return ""
    far = square.to_numpy()
    pairs = np.triu_indices(len(square), 1)
    near, wide = (int(pick(far[pairs])) for pick in (np.argmin, np.argmax))
    words = [_pair(square, int(pairs[0][at]), int(pairs[1][at]), unit) for at in (near, wide)]
    if near == wide:
        return f"{words[0]}."
    # Translators: {near} and {far} are such as "Melfi and Cassino, 169 km".
    return gettext("Closest to each other are {near}; farthest apart are {far}.", near=words[0], far=words[1])


def _pair(square: pd.DataFrame, row: int, column: int, unit: Unit) -> str:
    far = float(square.to_numpy()[row, column]) / (float(units.miles(kilometers=1)) if unit == "miles" else 1)
    return f"{join([square.index[row], square.index[column]])}, {said(far, unit)}"


def _near(here: tuple[float, float], latitude: Floats, longitude: Floats, most: int) -> npt.NDArray[np.intp]:
    """Returns which positions a sphere does not rule out of the `most` nearest, in their order."""
    far = earth.sphere_km(latitude, longitude, *here)
    limit = np.partition(far, most - 1)[most - 1] * SPHERE_ERROR
    return np.flatnonzero(far <= limit)


def _position(table: pd.DataFrame, rows: Rows | Sequence[int]) -> tuple[Floats, Floats]:
    latitude, longitude = (
        table[name].to_numpy(float, na_value=np.nan)[rows] for name in ("latitude", "longitude")
    )
    return latitude, longitude


@cache
def _earth() -> Geod:
    return Geod(ellps="WGS84")

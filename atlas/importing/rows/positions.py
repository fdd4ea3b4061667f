"""Latitude and longitude as they stand in a file -> positions, and what is wrong with them.

A usable position is taken as it stands. Where another is likely meant (exchanged, without its sign, in
degrees and minutes, without its decimal point) that position is proposed, and taken only when the fix of
this kind is wanted. Touches the shapes of countries through `country_shapes`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import earth
from atlas.earth import Floats
from atlas.importing import countries
from atlas.importing.problems import Problem, Rows
from atlas.importing.rows import country_shapes, numbers
from atlas.importing.rows.step import Step
from atlas.text import Mask

MOST_NAMED = 5_000


@dataclass(frozen=True, eq=False)
class StatedPositions:
    """The cells of a file that say where: texts, the names of their columns, and each row's country code."""

    latitude: pa.Array
    longitude: pa.Array
    column: str
    decimal: str
    codes: npt.NDArray[np.object_]
    east: str = "E"


def check(cells: StatedPositions, fixes: Collection[str]) -> Step:
    """Returns latitude and longitude (NaN where a row states no place on Earth), and what is wrong.

    `fixes`: kinds of problems whose proposed position is taken.
    """
    checked = _Check(cells, fixes)
    checked.run()
    latitude, longitude = pd.Series(checked.latitude), pd.Series(checked.longitude)
    return Step({"latitude": latitude, "longitude": longitude}, checked.problems)


class _Check:
    """Positions under way: each check may change `latitude` and `longitude` and adds to `problems`."""

    def __init__(self, cells: StatedPositions, fixes: Collection[str]) -> None:
        self._cells, self._fixes = cells, fixes
        self.problems: list[Problem] = []
        self.latitude = numbers.numbers(cells.latitude, cells.decimal, degrees=True)
        self.longitude = numbers.numbers(cells.longitude, cells.decimal, degrees=True)

    def run(self) -> None:
        has_lat, has_lon = (_is_filled(text) for text in (self._cells.latitude, self._cells.longitude))
        self._say(
            np.flatnonzero(has_lat != has_lon),
            "half",
            "Latitude and longitude are not both there; not on the map.",
        )
        self._forget(has_lat != has_lon)
        self._read_degrees(
            np.flatnonzero(has_lat & has_lon & (np.isnan(self.latitude) | np.isnan(self.longitude)))
        )
        zero = (self.latitude == 0) & (self.longitude == 0)
        # Nobody builds a plant in the sea at 0, 0: it is what programs write for "unknown".
        self._propose(
            np.flatnonzero(zero),
            "zero",
            "0, 0 stands for an unknown place; not on the map.",
            np.full(int(zero.sum()), np.nan),
            np.full(int(zero.sum()), np.nan),
            keep=False,
        )
        self._out_of_range()
        self._outside_country()

    # ---- what cannot be read ---

    def _read_degrees(self, rows: Rows) -> None:
        """Reads cells that are no numbers: proposes degrees, minutes and seconds, reports the others."""
        lat, lon = self.latitude[rows], self.longitude[rows]
        for place, row in enumerate(rows):
            texts = [
                str(column[int(row)].as_py()) for column in (self._cells.latitude, self._cells.longitude)
            ]
            first, second = (numbers.degrees(text, self._cells.east) for text in texts)
            if _is_exchanged(texts):
                first, second = second, first
            lat[place], lon[place] = first, second
        good = earth.is_usable(lat, lon)
        self._propose(
            rows[good],
            "degrees",
            "Degrees, minutes and seconds, not decimal degrees; not on the map.",
            lat[good],
            lon[good],
            keep=False,
        )
        self._forget(_mask(rows[~good], len(self.latitude)))
        self._say(rows[~good], "unreadable", "This is no position; not on the map.")

    # ---- what is no place on Earth ---

    def _out_of_range(self) -> None:
        stated = ~np.isnan(self.latitude) & ~np.isnan(self.longitude)
        rows = np.flatnonzero(stated & ~earth.is_usable(self.latitude, self.longitude))
        lat, lon = self.latitude[rows], self.longitude[rows]
        codes = self._cells.codes[rows]
        swapped = earth.is_usable(lon, lat)
        swapped[swapped] &= _within(codes[swapped], lon[swapped], lat[swapped])
        words = "{} No place on Earth; not on the map."
        reason = words.format("Latitude and longitude seem exchanged.")
        self._propose(rows[swapped], "swapped", reason, lon[swapped], lat[swapped], keep=False)
        rows, lat, lon, codes = rows[~swapped], lat[~swapped], lon[~swapped], codes[~swapped]
        lat, lon = _with_point(lat, lon, codes)
        is_found = ~np.isnan(lat)
        reason = words.format("The decimal point seems lost.")
        self._propose(rows[is_found], "decimal", reason, lat[is_found], lon[is_found], keep=False)
        self._say(rows[~is_found], "range", "This is no place on Earth; not on the map.")
        self._forget(_mask(rows[~is_found], len(self.latitude)))

    # ---- what is in another country ---

    def _outside_country(self) -> None:
        stated = np.flatnonzero(
            ~np.isnan(self.latitude) & ~np.isnan(self.longitude) & (self._cells.codes != "")
        )
        within = _within(self._cells.codes[stated], self.latitude[stated], self.longitude[stated])
        rows = stated[~within]
        lat, lon = self.latitude[rows], self.longitude[rows]
        for kind, reason, change in _CHANGES:
            new_lat, new_lon = change(lat, lon)
            better = earth.is_usable(new_lat, new_lon)
            better[better] &= _within(self._cells.codes[rows[better]], new_lat[better], new_lon[better])
            self._propose(rows[better], kind, reason, new_lat[better], new_lon[better], keep=True)
            rows, lat, lon = rows[~better], lat[~better], lon[~better]
        there = country_shapes.codes_at(lat[:MOST_NAMED], lon[:MOST_NAMED])
        there += [""] * (len(rows) - len(there))
        reasons = [_elsewhere(code, at) for code, at in zip(self._cells.codes[rows], there, strict=True)]
        self._say(rows, "country", reasons)

    # ---- saying it ---

    def _propose(
        self, rows: Rows, kind: str, reason: str, latitude: Floats, longitude: Floats, *, keep: bool
    ) -> None:
        """Reports what is wrong and what is likely meant, or takes that if the fix is wanted."""
        if kind not in self._fixes:
            pairs = zip(latitude, longitude, strict=True)
            fix = ["no position" if np.isnan(lat) else f"{lat:.10g}, {lon:.10g}" for lat, lon in pairs]
            self._say(rows, kind, reason, fix)
        if kind in self._fixes or not keep:
            unknown = np.full(len(rows), np.nan)
            self.latitude[rows] = latitude if kind in self._fixes else unknown
            self.longitude[rows] = longitude if kind in self._fixes else unknown

    def _say(self, rows: Rows, kind: str, reason: str | list[str], fix: str | list[str] = "") -> None:
        some = pa.array(rows)
        texts = (column.take(some).to_pylist() for column in (self._cells.latitude, self._cells.longitude))
        value = [
            lat if lat == lon and not _is_short(lat) else f"{lat}, {lon}"
            for lat, lon in zip(*texts, strict=True)
        ]
        self.problems.append(Problem(rows, kind, reason, self._cells.column, value, fix))

    def _forget(self, mask: Mask) -> None:
        self.latitude[mask] = np.nan
        self.longitude[mask] = np.nan


Change = Callable[[Floats, Floats], tuple[Floats, Floats]]
_NOT_THERE = "The point is not in the stated country, but is "
_CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("sign", f"{_NOT_THERE}with the other sign of the longitude.", lambda lat, lon: (lat, -lon)),
    ("sign", f"{_NOT_THERE}with the other sign of the latitude.", lambda lat, lon: (-lat, lon)),
    ("swapped", f"{_NOT_THERE}with latitude and longitude exchanged.", lambda lat, lon: (lon, lat)),
    ("sign", f"{_NOT_THERE}with both signs changed.", lambda lat, lon: (-lat, -lon)),
)


def _is_filled(text: pa.Array) -> Mask:
    filled: Mask = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    return filled


def _is_short(text: str) -> bool:
    """Whether a text is half a pair, not a whole pair in a cell."""
    return not any(mark in text for mark in ",; ")


def _is_exchanged(texts: list[str]) -> bool:
    first, second = (text.strip().upper() for text in texts)
    return first[-1:] in ("E", "W", "O") and second[-1:] in ("N", "S")


def _mask(rows: Rows, size: int) -> Mask:
    mask = np.zeros(size, bool)
    mask[rows] = True
    return mask


def _within(codes: npt.NDArray[np.object_], latitude: Floats, longitude: Floats) -> Mask:
    """Returns which points lie in their country; True for a point without a country."""
    within = np.ones(len(codes), bool)
    order = np.argsort(codes.astype("U2"), kind="stable")
    ordered = codes.astype("U2")[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    for start, end in zip(starts, [*starts[1:], len(ordered)][: len(starts)], strict=True):
        if ordered[start]:
            rows = order[start:end]
            within[rows] = country_shapes.is_within(str(ordered[start]), latitude[rows], longitude[rows])
    return within


def _with_point(latitude: Floats, longitude: Floats, codes: npt.NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Returns numbers that lost their decimal point as degrees: in the stated country, else with as few
    digits taken off both as makes them degrees; NaN where nothing fits.
    """
    found_lat, found_lon = np.full(len(latitude), np.nan), np.full(len(latitude), np.nan)
    for off_lat, off_lon in _DIGITS_OFF:
        lat, lon = latitude / 10.0**off_lat, longitude / 10.0**off_lon
        fits = np.isnan(found_lat) & earth.is_usable(lat, lon)
        fits &= (off_lat == 0) | (np.abs(latitude) >= 1_000)
        fits &= (off_lon == 0) | (np.abs(longitude) >= 1_000)
        fits[fits] &= _within(codes[fits], lat[fits], lon[fits])
        found_lat[fits], found_lon[fits] = lat[fits], lon[fits]
    return found_lat, found_lon


# As many digits off both first: programs lose the point of a whole column.
_DIGITS_OFF = sorted(product(range(10), repeat=2), key=lambda off: (off[0] != off[1], off))


def _elsewhere(code: str, there: str) -> str:
    place = f"in {countries.name_of(there)}" if there else "elsewhere"
    return f"The point lies {place}, not in {countries.name_of(code) or code}."

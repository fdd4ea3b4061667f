"""Latitude and longitude as they stand in a file -> positions, and what is wrong with them.

A usable position is taken as it stands. Where another is likely meant (exchanged, without its sign, in
degrees and minutes, without its decimal point) that position is proposed, and taken only when the fix of
this kind is wanted. Touches the shapes of countries through `country_shapes`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import country_names, earth
from atlas.earth import Floats
from atlas.importing import position_text, systems
from atlas.importing.problems import Problem, Rows
from atlas.importing.rows import country_shapes, numbers
from atlas.importing.rows.step import Step
from atlas.language import gettext, gettext_noop
from atlas.text import Mask

MOST_NAMED = 5_000
Texts = tuple[pa.Array, ...]
Codes = npt.NDArray[np.object_]
_GROUPS = r"^-?[0-9]{1,3}([.,][0-9]{3})+$"


@dataclass(frozen=True, eq=False)
class StatedPositions:
    """The cells of a file that say where: texts, the names of their columns, and each row's country code."""

    latitude: pa.Array
    longitude: pa.Array
    column: str
    decimal: str
    codes: npt.NDArray[np.object_]
    east: str = "E"
    system: str = ""


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
        texts = map(position_text.tidy, (cells.latitude, cells.longitude))
        latitude, longitude = (numbers.with_letters(text, cells.east) for text in texts)
        self._texts = latitude, longitude
        self._cells, self._fixes = cells, fixes
        self.problems: list[Problem] = []
        self.latitude = numbers.numbers(latitude, cells.decimal, degrees=True)
        self.longitude = numbers.numbers(longitude, cells.decimal, degrees=True)

    def run(self) -> None:
        has_lat, has_lon = (_is_filled(text) for text in (self._cells.latitude, self._cells.longitude))
        reason = gettext("Latitude and longitude are not both there; not used.")
        self._say(np.flatnonzero(has_lat != has_lon), "half", reason)
        self._forget(has_lat != has_lon)
        self._read_degrees(
            np.flatnonzero(has_lat & has_lon & (np.isnan(self.latitude) | np.isnan(self.longitude)))
        )
        # Nobody builds a plant in the sea at 0, 0: it is what programs write for "unknown".
        zero = np.flatnonzero((self.latitude == 0) & (self.longitude == 0))
        nowhere = np.full(len(zero), np.nan)
        reason = gettext("0, 0 stands for an unknown place; not used.")
        self._propose(zero, "zero", reason, nowhere, nowhere, keep=False)
        self._out_of_range()
        self._outside_country()

    # ---- what cannot be read ---

    def _read_degrees(self, rows: Rows) -> None:
        """Reads cells that are no numbers: proposes degrees, minutes and seconds, reports the others."""
        pairs = zip(*(column.take(pa.array(rows)).to_pylist() for column in self._texts), strict=True)
        found = [_degrees(list(pair), self._cells.east) for pair in pairs]
        lat, lon = np.array(found, dtype=np.float64).reshape(-1, 2).T
        good = earth.is_usable(lat, lon)
        self._propose(
            rows[good],
            "degrees",
            gettext("Degrees, minutes and seconds, not decimal degrees; not used."),
            lat[good],
            lon[good],
            keep=False,
        )
        self._forget(_mask(rows[~good], len(self.latitude)))
        self._say(rows[~good], "unreadable", gettext("This is no position; not used."))

    # ---- what is no place on Earth ---

    def _out_of_range(self) -> None:
        stated = ~np.isnan(self.latitude) & ~np.isnan(self.longitude)
        rows = np.flatnonzero(stated & ~earth.is_usable(self.latitude, self.longitude))
        lat, lon = self.latitude[rows], self.longitude[rows]
        codes = self._cells.codes[rows]
        swapped = earth.is_usable(lon, lat)
        swapped[swapped] &= _within(codes[swapped], lon[swapped], lat[swapped])
        reason = gettext("Latitude and longitude seem exchanged. No place on Earth; not used.")
        self._propose(rows[swapped], "swapped", reason, lon[swapped], lat[swapped], keep=False)
        rows, lat, lon = rows[~swapped], lat[~swapped], lon[~swapped]
        reason = gettext("The longitude seems counted from 0 to 360. No place on Earth; not used.")
        rows = self._propose_found(rows, "wrapped", reason, *_unwrapped(lat, lon))
        rows = self._projected(rows)
        reason = gettext("The decimal point seems lost. No place on Earth; not used.")
        rows = self._propose_found(rows, "decimal", reason, *_pointed(*self._of(rows)))
        self._say(rows, "range", gettext("This is no place on Earth; not used."))
        self._forget(_mask(rows, len(self.latitude)))

    def _propose_found(self, rows: Rows, kind: str, reason: str, latitude: Floats, longitude: Floats) -> Rows:
        """Proposes positions that are places on Earth, in the stated country; returns the other rows."""
        good = earth.is_usable(latitude, longitude)
        good[good] &= _within(self._cells.codes[rows[good]], latitude[good], longitude[good])
        good[good] &= country_shapes.are_near_land(latitude[good], longitude[good])
        self._propose(rows[good], kind, reason, latitude[good], longitude[good], keep=False)
        return rows[~good]

    def _projected(self, rows: Rows) -> Rows:
        """Reports metres of a projected system; proposes degrees where the file states the system."""
        lat, lon = self.latitude[rows], self.longitude[rows]
        is_metres = (np.abs(lat) >= 1_000) & (np.abs(lon) >= 1_000)
        stated = int((~np.isnan(self.latitude)).sum())
        if not is_metres.any() or not (
            self._cells.system or _are_metres(*self._of(rows[is_metres]), stated=stated)
        ):
            return rows
        rows, rest = rows[is_metres], rows[~is_metres]
        new_lat, new_lon = systems.to_degrees(
            systems.named(self._cells.system), self.longitude[rows], self.latitude[rows]
        )
        reason = gettext(
            "Metres of a projected system, not degrees: {system}. No place on Earth; not used.",
            system=self._cells.system,
        )
        left = self._propose_found(rows, "projected", reason, new_lat, new_lon)
        unknown = gettext(
            "Metres of a projected system, not degrees; not used. Say which system, or save it in WGS 84."
        )
        self._say(left, "projected", unknown)
        self._forget(_mask(left, len(self.latitude)))
        return rest

    def _of(self, rows: Rows) -> tuple[Texts, Floats, Floats, Codes]:
        """Returns the texts, latitude, longitude and country codes of some rows."""
        some = pa.array(rows)
        texts = tuple(column.take(some) for column in self._texts)
        return texts, self.latitude[rows], self.longitude[rows], self._cells.codes[rows]

    # ---- what is in another country ---

    def _outside_country(self) -> None:
        stated = np.flatnonzero(
            ~np.isnan(self.latitude) & ~np.isnan(self.longitude) & (self._cells.codes != "")
        )
        within = _within(self._cells.codes[stated], self.latitude[stated], self.longitude[stated])
        rows = stated[~within]
        rows = rows[~_off_coast(self._cells.codes[rows], self.latitude[rows], self.longitude[rows])]
        lat, lon = self.latitude[rows], self.longitude[rows]
        for kind, reason, change in _CHANGES:
            new_lat, new_lon = change(lat, lon)
            better = earth.is_usable(new_lat, new_lon)
            better[better] &= _within(self._cells.codes[rows[better]], new_lat[better], new_lon[better])
            self._propose(rows[better], kind, gettext(reason), new_lat[better], new_lon[better], keep=True)
            rows, lat, lon = rows[~better], lat[~better], lon[~better]
        there = country_shapes.codes_at(lat[:MOST_NAMED], lon[:MOST_NAMED])
        there += [""] * (len(rows) - len(there))
        self._say(rows, "country", _elsewhere(self._cells.codes[rows].tolist(), there))

    # ---- saying it ---

    def _propose(
        self, rows: Rows, kind: str, reason: str, latitude: Floats, longitude: Floats, *, keep: bool
    ) -> None:
        """Reports what is wrong and what is likely meant, or takes that if the fix is wanted."""
        if kind not in self._fixes:
            self._say(rows, kind, reason, _in_words(latitude, longitude))
        if kind in self._fixes or not keep:
            unknown = np.full(len(rows), np.nan)
            self.latitude[rows] = latitude if kind in self._fixes else unknown
            self.longitude[rows] = longitude if kind in self._fixes else unknown

    def _say(self, rows: Rows, kind: str, reason: str | list[str], fix: str | list[str] = "") -> None:
        texts = (self._cells.latitude, self._cells.longitude)
        cells = (column.take(pa.array(rows)).to_pylist() for column in texts)
        self.problems.append(
            Problem(rows, kind, reason, self._cells.column, list(map(_as_stated, *cells)), fix)
        )

    def _forget(self, mask: Mask) -> None:
        self.latitude[mask] = np.nan
        self.longitude[mask] = np.nan


Change = Callable[[Floats, Floats], tuple[Floats, Floats]]
_CHANGES: tuple[tuple[str, str, Change], ...] = (
    (
        "sign",
        gettext_noop("The point is not in the stated country, but is with the other sign of the longitude."),
        lambda lat, lon: (lat, -lon),
    ),
    (
        "sign",
        gettext_noop("The point is not in the stated country, but is with the other sign of the latitude."),
        lambda lat, lon: (-lat, lon),
    ),
    (
        "swapped",
        gettext_noop("The point is not in the stated country, but is with latitude and longitude exchanged."),
        lambda lat, lon: (lon, lat),
    ),
    (
        "sign",
        gettext_noop("The point is not in the stated country, but is with both signs changed."),
        lambda lat, lon: (-lat, -lon),
    ),
)


def _is_filled(text: pa.Array) -> Mask:
    filled: Mask = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    return filled


def _degrees(texts: list[str], east: str) -> tuple[float, float]:
    """Returns latitude and longitude of two texts with degrees, in whichever order they stand."""
    first, second = (numbers.degrees(text, east) for text in texts)
    return (second, first) if _is_exchanged(texts) else (first, second)


def _in_words(latitude: Floats, longitude: Floats) -> list[str]:
    """Returns proposed positions as the report says them."""
    nowhere = gettext("no position")
    pairs = zip(latitude, longitude, strict=True)
    return [nowhere if np.isnan(lat) else f"{lat:.10g}, {lon:.10g}" for lat, lon in pairs]


def _as_stated(latitude: str, longitude: str) -> str:
    """Returns the cells of a position as they stand: a pair in a cell once, two cells with a comma."""
    is_pair = latitude == longitude and not _is_short(latitude)
    return latitude if is_pair else f"{latitude}, {longitude}"


def _is_short(text: str) -> bool:
    """Whether a text is half a pair, not a whole pair in a cell."""
    return not any(mark in text for mark in ",; ")


def _is_exchanged(texts: list[str]) -> bool:
    first, second = (text.strip().upper() for text in texts)
    return first[-1:] in ("E", "W", "O") and second[-1:] in ("N", "S")


def _are_metres(texts: Texts, latitude: Floats, longitude: Floats, codes: Codes, *, stated: int) -> bool:
    """Tells metres from degrees without their point, as most of the `stated` positions show.

    Metres have decimals, are round, or lie outside their countries with the point put back in one place.
    """
    if len(latitude) * 2 < stated:
        return False
    if all(pc.all(pc.match_substring_regex(text, _GROUPS)).as_py() for text in texts):
        return False
    if any(pc.any(pc.match_substring_regex(text, r"[.,]")).as_py() for text in texts):
        return True
    whole = np.concatenate([latitude, longitude])
    lat, _ = _pointed(texts, latitude, longitude, codes)
    return bool((codes == "").any() or np.isnan(lat).any() or (whole % 100 == 0).all())


def _pointed(texts: Texts, latitude: Floats, longitude: Floats, codes: Codes) -> tuple[Floats, Floats]:
    """Returns degrees of numbers whose point was lost or that a program grouped by thousands."""
    grouped = [pc.match_substring_regex(text, _GROUPS).to_numpy(zero_copy_only=False) for text in texts]
    is_grouped = grouped[0] & grouped[1]
    whole = [numbers.numbers(pc.replace_substring_regex(text, "[.,]", ""), ".") for text in texts]
    lat = np.where(is_grouped, whole[0], latitude)
    lon = np.where(is_grouped, whole[1], longitude)
    return _with_point(lat, lon, codes)


def _mask(rows: Rows, size: int) -> Mask:
    mask = np.zeros(size, bool)
    mask[rows] = True
    return mask


def _unwrapped(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    """Returns longitudes that were counted from 0 to 360 from -180 to 180; NaN for others."""
    return latitude, np.where((longitude > 180) & (longitude <= 360), longitude - 360, np.nan)


def _within(codes: npt.NDArray[np.object_], latitude: Floats, longitude: Floats) -> Mask:
    """Returns which points lie in their country; True for a point without a country."""
    return _by_country(country_shapes.is_within, codes, latitude, longitude)


def _off_coast(codes: npt.NDArray[np.object_], latitude: Floats, longitude: Floats) -> Mask:
    """Returns which points lie at sea off their country's coast."""
    return _by_country(country_shapes.is_off_coast, codes, latitude, longitude)


def _by_country(
    test: Callable[[str, Floats, Floats], Mask],
    codes: npt.NDArray[np.object_],
    latitude: Floats,
    longitude: Floats,
) -> Mask:
    within = np.ones(len(codes), bool)
    order = np.argsort(codes.astype("U2"), kind="stable")
    ordered = codes.astype("U2")[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    for start, end in zip(starts, [*starts[1:], len(ordered)][: len(starts)], strict=True):
        if ordered[start]:
            rows = order[start:end]
            within[rows] = test(str(ordered[start]), latitude[rows], longitude[rows])
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


def _elsewhere(codes: Sequence[str], there: Sequence[str]) -> list[str]:
    """Returns why points are not in the stated country: each pair of countries is put into words once."""
    pairs = list(zip(codes, there, strict=True))
    reasons = {pair: _not_there(*pair) for pair in set(pairs)}
    return [reasons[pair] for pair in pairs]


def _not_there(code: str, there: str) -> str:
    stated = country_names.in_language(country_names.name_of(code)) or code
    if not there:
        return gettext("The point lies elsewhere, not in {country}.", country=stated)
    return gettext(
        "The point lies in {other}, not in {country}.",
        other=country_names.in_language(country_names.name_of(there)),
        country=stated,
    )

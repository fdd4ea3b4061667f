"""The gazetteer's file by country: the countries' names, and the regions and towns found by key.

Reads `data/gazetteer.parquet`: the countries at the first question, the places of a country when that is
asked about.
"""

import difflib
import math
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from atlas import earth
from atlas.errors import DataError

COUNTRY, REGION, TOWN = 0, 1, 4
CITY = ""  # the key of the town of a country that is hardly larger than its town
OWN_NAME = 10  # how many times larger a town must be to win under another name: Cancun is not Changchun
OWN_NAME_LARGE = 30  # the same among all countries for towns of `LARGE_POPULATION`
LARGE_POPULATION = 100_000
_ENTRY = ["level", "country", "name", "latitude", "longitude", "population", "regions", "reach_km"]
LEAST_ALIKE = 0.8
LEAST_BEGINNING = 4  # letters of the beginning of a name that stand for the name
CITY_KM = 110  # from corner to corner of a country that is hardly larger than its town


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A region or town. `regions` are the numbers of the regions around it, from the largest to its own.

    `own_name`: the key is its own name, not another name of the place; `is_short`: it is the beginning of its
    own name, "Halle" for Halle (Saale).
    """

    level: int
    country: str
    name: str
    latitude: float
    longitude: float
    population: int
    regions: tuple[int, ...]
    reach_km: int
    own_name: bool
    is_short: bool = False

    @property
    def weight(self) -> float:
        """How likely the entry is meant, compared with its namesakes."""
        return (self.population + 50) * (OWN_NAME if self.own_name else 1)

    @property
    def weight_anywhere(self) -> float:
        """The same where the country is not known: another name of a far town says less."""
        is_large = self.population >= LARGE_POPULATION and not self.is_short
        own = OWN_NAME_LARGE if is_large else OWN_NAME
        return (self.population + 50) * (own if self.own_name else 1)

    @property
    def accuracy_m(self) -> float:
        """How far from this point a site with this address may be, in metres."""
        if self.level < TOWN:
            return 1_000.0 * max(self.reach_km, 35)
        return max(1_000.0 * self.reach_km, accuracy_m(self.population))


def accuracy_m(population: int) -> float:
    """Returns how far from a town's middle a site of the town may be, in metres.

    Nearly four of five of 2,900 gas power plants and ports that are named after a town lie nearer, of dams
    and mines about half; the town of 10,000 has 10 km, the city of a million 19 km.
    """
    return float(round(13_500 + 1_500 * math.sqrt(population / 10_000), -2))


def distance_km(a: Entry, b: Entry) -> float:
    """Returns the great-circle distance; good to half a percent."""
    return km_apart(a.latitude, a.longitude, b.latitude, b.longitude)


def km_apart(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Returns the great-circle distance of two points in degrees; good to half a percent."""
    phi, other = math.radians(latitude), math.radians(other_latitude)
    turn = math.radians(longitude - other_longitude)
    chord = math.sin((phi - other) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(turn / 2) ** 2
    return 2 * earth.RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


class Shelf:
    """The regions and towns of one country as Arrow columns, found by key."""

    def __init__(self, table: pa.Table, country_keys: Collection[str]) -> None:
        keys = table["keys"].combine_chunks()
        self._table = table.select(_ENTRY)
        self._keys = keys.flatten()
        self._rows = keys.value_parent_indices().to_numpy()
        self._own_keys = keys.offsets
        regions = table.filter(pc.less(table["level"], TOWN)).select(["name", "regions"]).to_pydict()
        names = zip(regions["regions"], regions["name"], strict=True)
        self.region_names = {numbers[-1]: name for numbers, name in names}
        self._city = _city(table, country_keys)

    def find(self, wanted: Iterable[str]) -> dict[str, list[Entry]]:
        """Returns the entries of each key that has any, and the town of a small country at `CITY`."""
        keys = pa.array(dict.fromkeys(wanted), pa.string())
        at = np.flatnonzero(pc.is_in(self._keys, value_set=keys).to_numpy(zero_copy_only=False))
        rows, place = np.unique(self._rows[at], return_inverse=True)
        columns = self._table.take(pa.array(rows)).to_pydict()
        columns["latitude"] = [degrees / 1e4 for degrees in columns["latitude"]]
        columns["longitude"] = [degrees / 1e4 for degrees in columns["longitude"]]
        columns["regions"] = [tuple(regions) for regions in columns["regions"]]
        values = list(zip(*columns.values(), strict=True))
        entries: dict[str, list[Entry]] = {CITY: [self._city]} if self._city else {}
        names = self._keys.take(pa.array(at)).to_pylist()
        own_keys = self._keys.take(self._own_keys.take(pa.array(rows))).to_pylist()
        for key, row in zip(names, place.tolist(), strict=True):
            own_key = own_keys[row]
            is_short = len(key) >= LEAST_BEGINNING and own_key != key and own_key.startswith(key)
            entries.setdefault(key, []).append(Entry(*(*values[row], is_short or key == own_key, is_short)))
        return entries

    def alike(self, key: str) -> list[str]:
        """Returns keys that are spelled almost like `key`, the most similar first."""
        size = pc.utf8_length(self._keys)
        is_close = pc.and_(pc.greater_equal(size, len(key) - 2), pc.less_equal(size, len(key) + 2))
        ends = pc.or_(pc.starts_with(self._keys, key[:2]), pc.ends_with(self._keys, key[-3:]))
        candidates = self._keys.filter(pc.and_(is_close, ends)).unique().to_pylist()
        return difflib.get_close_matches(key, candidates, n=3, cutoff=LEAST_ALIKE)


def _city(table: pa.Table, country_keys: Collection[str]) -> Entry | None:
    """Returns the town with the country's name if the country is hardly larger; it reaches over all of it."""
    towns = table.filter(pc.equal(table["level"], TOWN))
    own_keys = pc.list_element(towns["keys"], 0)
    named = np.flatnonzero(pc.is_in(own_keys, value_set=pa.array(country_keys, pa.string())))
    if not len(named):
        return None
    south, north = (degrees.as_py() / 1e4 for degrees in pc.min_max(towns["latitude"]).values())
    west, east = (degrees.as_py() / 1e4 for degrees in pc.min_max(towns["longitude"]).values())
    if km_apart(south, west, north, east) > CITY_KM:
        return None
    (row,) = towns.slice(named[0], 1).select(_ENTRY).to_pylist()
    here = {side: row[side] / 1e4 for side in ("latitude", "longitude")}
    corners = ((side, end) for side in (south, north) for end in (west, east))
    reach_km = max(km_apart(here["latitude"], here["longitude"], *corner) for corner in corners)
    return Entry(
        **row | here | {"reach_km": round(reach_km), "regions": tuple(row["regions"])}, own_name=True
    )


class Shelves:
    """The shelves of all countries, each read when it is first wanted; any thread may ask."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._shelves: dict[str, Shelf] = {}
        self._codes: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._regions: dict[str, tuple[str, ...]] | None = None

    @property
    def codes(self) -> dict[str, str]:
        """Returns the two letters of each country by each key of its names."""
        self._read_countries()
        return self._codes

    @property
    def names(self) -> dict[str, str]:
        """Returns the names of the countries by their two letters."""
        self._read_countries()
        return self._names

    def of(self, codes: Iterable[str]) -> dict[str, Shelf]:
        """Returns the shelves of those of `codes` that are countries; reads those that are not in memory."""
        known = [code for code in codes if code in self.names]
        with self._lock:
            missing = {code for code in known if code not in self._shelves}
            if missing:
                self._read(missing)
        return {code: self._shelves[code] for code in known}

    def countries_with(self, region: str) -> tuple[str, ...]:
        """Returns the two letters of the countries that have a first-level region with this key."""
        with self._lock:
            if self._regions is None:
                self._regions = _regions(self._path)
        return self._regions.get(region, ())

    def read(self) -> dict[str, Shelf]:
        """Returns the shelves that are in memory already."""
        return dict(self._shelves)

    def _read(self, codes: Collection[str]) -> None:
        table = _read(self._path, codes)
        country = table["country"].combine_chunks()
        names: dict[str, list[str]] = {}
        for key, code in self._codes.items():
            names.setdefault(code, []).append(key)
        starts = np.flatnonzero(pc.not_equal(country[1:], country[:-1])) + 1
        for start, end in pairwise([0, *starts.tolist(), len(table)]):
            if (code := country[start].as_py()) in codes:
                self._shelves[code] = Shelf(table.slice(start, end - start), names[code])
        self._shelves |= {code: Shelf(table.slice(0, 0), ()) for code in codes if code not in self._shelves}

    def _read_countries(self) -> None:
        with self._lock:
            if not self._codes:
                rows = _read(self._path).select(["country", "name", "keys"]).to_pylist()
                self._names = {row["country"]: row["name"] for row in rows}
                self._codes = {key: row["country"] for row in reversed(rows) for key in row["keys"]}


def _regions(path: Path) -> dict[str, tuple[str, ...]]:
    """Returns the countries of each key of a first-level region."""
    with _opened(path) as file:
        table = file.read(["level", "country", "keys"])
    rows = table.filter(pc.equal(table["level"], REGION)).to_pylist()
    codes: dict[str, tuple[str, ...]] = {}
    for row in rows:
        for key in row["keys"]:
            codes[key] = tuple(dict.fromkeys((*codes.get(key, ()), row["country"])))
    return codes


def _read(path: Path, codes: Collection[str] = ()) -> pa.Table:
    """Reads the countries, or the places of the row groups that have some of `codes`."""
    with _opened(path) as file:
        wanted = range(1, file.num_row_groups)
        ranges = [file.metadata.row_group(number).column(1).statistics for number in wanted]
        groups = [
            number
            for number, has in zip(wanted, ranges, strict=True)
            if any(has.min <= code <= has.max for code in codes)
        ]
        return file.read_row_groups(groups if codes else [0]).combine_chunks()


@contextmanager
def _opened(path: Path) -> Iterator[parquet.ParquetFile]:
    """Opens the file; raises `DataError` if it is missing or damaged."""
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (OSError, pa.ArrowException) as error:  # Arrow calls damaged files OSError
        raise DataError(
            f"The gazetteer {path.name} is missing or damaged. Put the one that shipped back into data/."
        ) from error

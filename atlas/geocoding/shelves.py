"""The gazetteer's file by country: the countries' names, and the regions and towns found by key.

Reads `data/gazetteer.parquet`: the countries at the first question, the places of a country when that is
asked about.
"""

import difflib
import threading
from collections.abc import Collection, Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from atlas.errors import DataError
from atlas.geocoding.namesakes import TOWN, Entry

_ENTRY = ["level", "country", "name", "latitude", "longitude", "population", "regions", "reach_km"]
LEAST_ALIKE = 0.8


class Shelf:
    """The regions and towns of one country as Arrow columns, found by key."""

    def __init__(self, table: pa.Table) -> None:
        keys = table["keys"].combine_chunks()
        self._table = table.select(_ENTRY)
        self._keys = keys.flatten()
        self._rows = keys.value_parent_indices().to_numpy()
        self._is_own = np.diff(self._rows, prepend=-1) > 0
        regions = table.filter(pc.less(table["level"], TOWN)).select(["name", "regions"]).to_pydict()
        names = zip(regions["regions"], regions["name"], strict=True)
        self.region_names = {numbers[-1]: name for numbers, name in names}

    def find(self, wanted: Iterable[str]) -> dict[str, list[Entry]]:
        """Returns the entries of each key that has any, largest first."""
        keys = pa.array(dict.fromkeys(wanted), pa.string())
        at = np.flatnonzero(pc.is_in(self._keys, value_set=keys).to_numpy(zero_copy_only=False))
        rows, place = np.unique(self._rows[at], return_inverse=True)
        columns = self._table.take(pa.array(rows)).to_pydict()
        columns["latitude"] = [degrees / 1e4 for degrees in columns["latitude"]]
        columns["longitude"] = [degrees / 1e4 for degrees in columns["longitude"]]
        columns["regions"] = [tuple(regions) for regions in columns["regions"]]
        values = list(zip(*columns.values(), strict=True))
        entries: dict[str, list[Entry]] = {}
        names = self._keys.take(pa.array(at)).to_pylist()
        for key, row, is_own in zip(names, place.tolist(), self._is_own[at].tolist(), strict=True):
            entries.setdefault(key, []).append(Entry(*(*values[row], is_own)))
        return entries

    def alike(self, key: str) -> list[str]:
        """Returns keys that are spelled almost like `key`, the most similar first."""
        size = pc.utf8_length(self._keys)
        is_close = pc.and_(pc.greater_equal(size, len(key) - 2), pc.less_equal(size, len(key) + 2))
        ends = pc.or_(pc.starts_with(self._keys, key[:2]), pc.ends_with(self._keys, key[-3:]))
        candidates = self._keys.filter(pc.and_(is_close, ends)).unique().to_pylist()
        return difflib.get_close_matches(key, candidates, n=3, cutoff=LEAST_ALIKE)


class Shelves:
    """The shelves of all countries, each read when it is first wanted; any thread may ask."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._shelves: dict[str, Shelf] = {}
        self._codes: dict[str, str] = {}
        self._names: dict[str, str] = {}

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

    def read(self) -> dict[str, Shelf]:
        """Returns the shelves that are in memory already."""
        return dict(self._shelves)

    def _read(self, codes: Collection[str]) -> None:
        table = _read(self._path, codes)
        country = table["country"].combine_chunks()
        starts = np.flatnonzero(pc.not_equal(country[1:], country[:-1])) + 1
        for start, end in pairwise([0, *starts.tolist(), len(table)]):
            if (code := country[start].as_py()) in codes:
                self._shelves[code] = Shelf(table.slice(start, end - start))
        self._shelves |= {code: Shelf(table.slice(0, 0)) for code in codes if code not in self._shelves}

    def _read_countries(self) -> None:
        with self._lock:
            if not self._codes:
                rows = _read(self._path).select(["country", "name", "keys"]).to_pylist()
                self._names = {row["country"]: row["name"] for row in rows}
                self._codes = {key: row["country"] for row in reversed(rows) for key in row["keys"]}


def _read(path: Path, codes: Collection[str] = ()) -> pa.Table:
    """Reads the countries, or the places of the row groups that have some of `codes`."""
    try:
        with parquet.ParquetFile(path) as file:
            wanted = range(1, file.num_row_groups)
            ranges = [file.metadata.row_group(number).column(1).statistics for number in wanted]
            groups = [
                number
                for number, has in zip(wanted, ranges, strict=True)
                if any(has.min <= code <= has.max for code in codes)
            ]
            return file.read_row_groups(groups if codes else [0]).combine_chunks()
    except (OSError, pa.ArrowException) as error:  # Arrow calls damaged files OSError
        raise DataError(
            f"The gazetteer {path.name} is missing or damaged. Put the one that shipped back into data/."
        ) from error

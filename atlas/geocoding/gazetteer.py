"""Finds towns in the embedded gazetteer, which asks nobody. Reads `data/gazetteer.parquet`, nothing else.

`Gazetteer` is a geocoder of geopy like any other (`geocode`), and it locates whole tables at once (`places`).
Nothing is read before the first question, and then only the countries that are asked about. Both take the
same path: cells -> keys (`place_names`) -> the entries that have a key -> the entry that is meant
(`namesakes`).

A region or a country never stands for a town: a row with nothing finer gets no position.
"""

import difflib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from atlas.errors import DataError
from atlas.geocoding import place_names
from atlas.geocoding.namesakes import TOWN, Clue, Entries, Entry, Match, Question, best_match, common_pieces
from atlas.paths import DATA

SERVICE = "gazetteer"
FILE = DATA / "gazetteer.parquet"
COLUMNS = ("latitude", "longitude", "accuracy_m", "geocoder", "matched")
ROLES = ("country", "country_code", "region", "larger_area", "local_area", "town", "address", "name")
_ENTRY = ["level", "country", "name", "latitude", "longitude", "population", "regions", "reach_km"]
_LEAST_ALIKE = 0.8
_Where = tuple[tuple[str, ...], tuple[str, ...]]
_NOWHERE = (np.nan, np.nan, np.nan, "", "")


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
        return difflib.get_close_matches(key, candidates, n=3, cutoff=_LEAST_ALIKE)


class Shelves:
    """The shelves of all countries, each read from the file when it is first needed.

    `countries`: code -> name. `codes`: key of a country -> code. Both are empty before `read_countries`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._shelves: dict[str, Shelf] = {}
        self.codes: dict[str, str] = {}
        self.countries: dict[str, str] = {}

    def read_countries(self) -> None:
        with self._lock:
            if not self.codes:
                rows = _read(self._path).select(["country", "name", "keys"]).to_pylist()
                self.countries = {row["country"]: row["name"] for row in rows}
                self.codes = {key: row["country"] for row in reversed(rows) for key in row["keys"]}

    def find(self, wanted: Mapping[str, Iterable[str]]) -> dict[str, Entries]:
        """Returns the entries of the keys that are wanted of each country."""
        self._read(wanted)
        return {
            code: self._shelves[code].find(keys) for code, keys in wanted.items() if code in self._shelves
        }

    def shelves(self, codes: Collection[str]) -> list[Shelf]:
        """Returns the shelves of some countries (of none: of all) that have been read."""
        return [self._shelves[code] for code in codes or self._shelves if code in self._shelves]

    def region_name(self, entry: Entry) -> str:
        names = self._shelves[entry.country].region_names
        return next((names[number] for number in entry.regions if number in names), "")

    def in_words(self, entry: Entry) -> str:
        """Returns a place for people: "Cassino, Lazio, Italy"."""
        parts = dict.fromkeys([entry.name, self.region_name(entry), self.countries[entry.country]])
        return ", ".join(part for part in parts if part)

    def _read(self, codes: Iterable[str]) -> None:
        """Takes those of `codes` into memory that are not there yet."""
        with self._lock:
            missing = {code for code in codes if code not in self._shelves and code in self.countries}
            if not missing:
                return
            table = _read(self._path, missing)
            country = table["country"].combine_chunks()
            starts = np.flatnonzero(pc.not_equal(country[1:], country[:-1])) + 1
            for start, end in pairwise([0, *starts.tolist(), len(table)]):
                if (code := country[start].as_py()) in missing:
                    self._shelves[code] = Shelf(table.slice(start, end - start))
            self._shelves |= {code: Shelf(table.slice(0, 0)) for code in missing - self._shelves.keys()}


class Gazetteer(Geocoder):  # type: ignore[misc]
    """Places from 500 inhabitants by name: a geocoder of geopy that needs no network."""

    def __init__(self, path: Path = FILE) -> None:
        super().__init__(user_agent=SERVICE)
        self._shelves = Shelves(path)

    # ---- one place ----

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # geopy's geocoders take one; nothing here waits
    ) -> Location | list[Location] | None:
        """Returns the town that an address or fields (the names in `ROLES`) name, or None.

        `Location.raw`: name, region, country_code, population, accuracy_m, matched (for people), level
        ("town", or "county" for the middle of a small county), sure ("sure", "likely", "ambiguous"),
        alternatives (how many namesakes). With `exactly_one=False` a list: the match, then its namesakes.
        """
        fields = {"address": query} if isinstance(query, str) else query
        table = pd.DataFrame({role: [fields.get(role, "")] for role in ROLES})
        questions = self._questions(table, {role: role for role in ROLES})
        best = self._matches(questions)[0] or self._almost(questions[0])
        if best is None:
            return None
        if exactly_one:
            return self._location(best)
        return [self._location(best), *(self._location(Match(entry, best.role)) for entry in best.others)]

    def _location(self, match: Match) -> Location:
        entry = match.entry
        raw = {
            "name": entry.name,
            "region": self._shelves.region_name(entry),
            "country_code": entry.country,
            "population": entry.population,
            "accuracy_m": entry.accuracy_m,
            "matched": self._words(match),
            "level": "town" if entry.level == TOWN else "county",
            "sure": match.sure,
            "alternatives": len(match.others),
        }
        return Location(raw["matched"], (entry.latitude, entry.longitude), raw)

    def _almost(self, question: Question) -> Match | None:
        """Returns what a misspelt name may mean; the match is never better than "ambiguous"."""
        keys = [key for clue in question.clues if clue.role in ("town", "address") for key in clue.keys[:1]]
        for key in keys:
            if len(key) < 4 or key in self._shelves.codes or key in question.region:
                continue
            shelves = self._shelves.shelves(question.countries)
            if any(shelf.find([key]) for shelf in shelves):  # a region, or a town elsewhere: no misspelling
                continue
            alike = {similar for shelf in shelves for similar in shelf.alike(key)}
            for close in difflib.get_close_matches(key, alike, n=3, cutoff=_LEAST_ALIKE):
                corrected = Question(question.countries, question.region, (Clue("typo", (close,)),))
                best = self._matches([corrected])[0]
                if best:
                    return best
        return None

    # ---- whole tables ----

    def places(self, table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
        """Returns where rows are: latitude, longitude (degrees), accuracy_m, geocoder, matched.

        `roles` says which column is what (the names in `ROLES`). Rows, order and index are those of `table`;
        a row that is not found has no coordinates and empty texts.
        """
        matches = self._matches(self._questions(table, roles))
        rows = {match: self._row(match) for match in dict.fromkeys(matches) if match is not None}
        values = [_NOWHERE if match is None else rows[match] for match in matches]
        return pd.DataFrame(values, index=table.index, columns=list(COLUMNS))

    def _row(self, match: Match) -> tuple[float, float, float, str, str]:
        entry = match.entry
        return entry.latitude, entry.longitude, entry.accuracy_m, SERVICE, self._words(match)

    def _words(self, match: Match) -> str:
        """Returns a match for people, with a "?" behind a corrected name."""
        entry = match.entry
        words = self._shelves.in_words(entry)
        if entry.level != TOWN:
            return f"middle of {words}"
        return f"{words}?" if match.role == "typo" else words

    # ---- from cells to matches ----

    def _questions(self, table: pd.DataFrame, roles: Mapping[str, str]) -> list[Question]:
        self._shelves.read_countries()
        cells = [_texts(table, roles.get(role)) for role in ROLES]
        questions: dict[tuple[str, ...], Question] = {}
        where = cache(self._where)  # many rows share a region
        rows = list(zip(*cells, strict=True))
        for row in rows:
            if row not in questions:
                questions[row] = self._question(dict(zip(ROLES, row, strict=True)), where)
        return [questions[row] for row in rows]

    def _question(self, cells: Mapping[str, str], where: Callable[[str, str, str], _Where]) -> Question:
        countries, region = where(cells["country"], cells["country_code"], cells["region"])
        clues = [
            Clue(role, place_names.spellings(cells[role]))
            for role in ("town", "local_area", "larger_area")
            if cells[role]
        ]
        if cells["address"] and countries != ("",):
            address = place_names.address(cells["address"], self._shelves.codes)
            countries = countries or address.countries
            region = region or address.region
            clues.append(Clue("address", address.keys))
        if cells["name"]:
            clues.append(Clue("name", place_names.pieces(cells["name"])))
        return Question(countries, region, tuple(clues))

    def _where(self, country: str, code: str, region: str) -> _Where:
        """Returns the countries that a row may be in ("" if unknown), and its region if it is no country."""
        texts = [text for text in (code, country) if text]
        code_of = self._shelves.codes
        codes = dict.fromkeys(
            code_of[key] for text in texts for key in place_names.spellings(text) if key in code_of
        )
        if texts and not codes:
            return ("",), ()
        keys = place_names.spellings(region) if region else ()
        as_country = code_of.get(keys[0]) if keys and codes else None
        if as_country in codes:
            keys = ()
        elif as_country:
            codes[as_country] = None
        return tuple(codes), keys

    def _matches(self, questions: Sequence[Question]) -> list[Match | None]:
        distinct = dict.fromkeys(questions)
        by_country = self._find(distinct)
        common = common_pieces(distinct, by_country)
        matches = {question: best_match(question, by_country, common) for question in distinct}
        return [matches[question] for question in questions]

    def _find(self, questions: Iterable[Question]) -> dict[str, Entries]:
        wanted: dict[str, set[str]] = {}
        for question in questions:
            for code in (question.countries or self._shelves.countries) if question.clues else ():
                wanted.setdefault(code, set()).update(question.keys())
        return self._shelves.find(wanted)


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


def _texts(table: pd.DataFrame, column: str | None) -> list[str]:
    """Returns the cells of a column as texts; "" for a missing cell and for a number."""
    if column is None or column not in table.columns:
        return [""] * len(table)
    return [cell.strip() if isinstance(cell, str) else "" for cell in table[column].tolist()]


@cache
def load() -> Gazetteer:
    """Returns the gazetteer of this process; nothing is read before its first question."""
    return Gazetteer()

"""The embedded gazetteer: finds towns without asking anybody. Reads `data/gazetteer.parquet`, nothing else.

`Gazetteer` is a geocoder of geopy like any other (`geocode`) and locates whole tables at once (`places`).
Nothing is read before the first question, and then only the countries that are asked about.

The rules:

* A place is looked for inside its country and, if one is given, inside its region; of namesakes there the
  largest is taken. A name that is not found inside the region is not found: the next column is tried.
* Columns are tried from fine to coarse (town, local area, larger area, address), at last the plant's name.
* A region or a country is never passed off as a town: a row of which no more is known gets no position.
* `accuracy_m` is how far a site that is said to be in a town may be from the town's middle.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from atlas import toponyms

SERVICE = "gazetteer"
FILE = Path(__file__).parent.parent / "data" / "gazetteer.parquet"
COLUMNS = ("latitude", "longitude", "accuracy_m", "geocoder", "matched")
ROLES = ("country", "country_code", "region", "larger_area", "local_area", "town", "address", "name")
_COUNTRY, _REGION, _TOWN = 0, 1, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One country, region or town; `regions` are the numbers of the regions around it, itself included."""

    level: int
    country: str
    name: str
    latitude: float
    longitude: float
    population: int
    regions: tuple[int, ...]
    code: str
    reach_km: int
    own_name: bool

    @property
    def accuracy_m(self) -> float:
        return accuracy_m(self.population)


def accuracy_m(population: int) -> float:
    """How far from a town's middle a site in it may be, in metres."""
    return round(2_000 + 1_000 * math.sqrt(population / 10_000), -2)


Found = Mapping[str, Sequence[Entry]]


class Shelf:
    """The places of one country as Arrow columns, found by key."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        keys = table["keys"].combine_chunks()
        self._keys = keys.flatten()
        self._rows = keys.value_parent_indices().to_numpy()
        self._first = np.diff(self._rows, prepend=-1) > 0

    def find(self, keys: pa.Array) -> dict[str, list[Entry]]:
        """The entries of each of these keys that is known, largest first."""
        at = np.flatnonzero(pc.is_in(self._keys, value_set=keys).to_numpy(zero_copy_only=False))
        rows, inverse = np.unique(self._rows[at], return_inverse=True)
        columns = self.table.select(_ENTRY).take(pa.array(rows)).to_pydict()
        found: dict[str, list[Entry]] = {}
        values = list(zip(*columns.values(), strict=True))
        for one, row, first in zip(
            self._keys.take(pa.array(at)).to_pylist(), inverse.tolist(), self._first[at].tolist(), strict=True
        ):
            level, country, name, latitude, longitude, population, regions, code, reach = values[row]
            found.setdefault(one, []).append(
                Entry(
                    level,
                    country,
                    name,
                    latitude / 1e4,
                    longitude / 1e4,
                    population,
                    tuple(regions),
                    code,
                    reach,
                    first,
                )
            )
        return found


_ENTRY = [
    "level",
    "country",
    "name",
    "latitude",
    "longitude",
    "population",
    "regions",
    "code",
    "reach_km",
]


@dataclass(frozen=True, slots=True)
class Clue:
    """One cell to look for: the role of its column and the keys it may be known under."""

    role: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One row in words: countries it may be in (none: anywhere), its region, clues from fine to coarse."""

    countries: tuple[str, ...]
    region: tuple[str, ...]
    clues: tuple[Clue, ...]

    def keys(self) -> Iterator[str]:
        yield from self.region
        for clue in self.clues:
            yield from clue.keys


@dataclass(frozen=True, slots=True)
class Answer:
    entry: Entry
    role: str
    alternatives: int


class Gazetteer(Geocoder):  # type: ignore[misc]
    """Places from 500 inhabitants by name: a geocoder of geopy that needs no network."""

    def __init__(self, path: Path = FILE) -> None:
        super().__init__(user_agent=SERVICE)
        self.path = path
        self._shelves: dict[str, Shelf] = {}
        self._countries: dict[str, str] = {}

    # ---- one place ----

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
    ) -> Location | list[Location] | None:
        fields = {"address": query} if isinstance(query, str) else dict(query)
        table = pd.DataFrame([{role: fields.get(role, "") for role in ROLES}])
        answer = self._answers(table, {role: role for role in ROLES})[0]
        if answer is None:
            return None
        location = self._location(answer)
        return location if exactly_one else [location]

    def _location(self, answer: Answer) -> Location:
        entry = answer.entry
        raw = {
            "name": entry.name,
            "country_code": entry.country,
            "population": entry.population,
            "accuracy_m": entry.accuracy_m,
            "matched": self._words(answer),
            "level": "town",
            "sure": "likely",
            "alternatives": answer.alternatives,
        }
        return Location(raw["matched"], (entry.latitude, entry.longitude), raw)

    # ---- whole tables ----

    def places(self, table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
        answers = self._answers(table, roles)
        nowhere = (np.nan, np.nan, np.nan, "", "")
        rows = [
            nowhere
            if one is None
            else (one.entry.latitude, one.entry.longitude, one.entry.accuracy_m, SERVICE, self._words(one))
            for one in answers
        ]
        return pd.DataFrame(rows, index=table.index, columns=list(COLUMNS))

    def _words(self, answer: Answer) -> str:
        return f"{answer.entry.name}, {answer.entry.country}"

    def _answers(self, table: pd.DataFrame, roles: Mapping[str, str]) -> list[Answer | None]:
        cells = {role: _texts(table, roles.get(role)) for role in ROLES}
        asked = list(zip(*cells.values(), strict=True))
        distinct = {row: self._question(dict(zip(cells, row, strict=True))) for row in dict.fromkeys(asked)}
        found = self._find(distinct.values())
        answered = {row: _answer(question, found) for row, question in distinct.items()}
        return [answered[row] for row in asked]

    def _question(self, cells: Mapping[str, str]) -> Question:
        return Question(
            countries=self._codes(cells["country_code"] or cells["country"]),
            region=toponyms.spellings(cells["region"] or cells["larger_area"]),
            clues=tuple(
                Clue(
                    role, toponyms.pieces(cells[role]) if role == "name" else toponyms.spellings(cells[role])
                )
                for role in ("town", "local_area", "larger_area", "name")
                if cells[role]
            ),
        )

    def _codes(self, text: str) -> tuple[str, ...]:
        self._load_countries()
        code = self._countries.get(toponyms.key(text))
        return (code,) if code else ()

    def _load_countries(self) -> None:
        if not self._countries:
            table = parquet.read_table(
                self.path, columns=["country", "keys"], filters=[("level", "=", _COUNTRY)]
            ).to_pylist()
            self._countries = {key: row["country"] for row in table for key in row["keys"]}

    def _find(self, questions: Iterable[Question]) -> dict[str, Found]:
        keys: dict[str, dict[str, None]] = {}
        for question in questions:
            for code in question.countries:
                keys.setdefault(code, {}).update(dict.fromkeys(question.keys()))
        self._load(keys)
        return {
            code: self._shelves[code].find(pa.array(asked, pa.string()))
            for code, asked in keys.items()
            if code in self._shelves
        }

    def _load(self, codes: Iterable[str]) -> None:
        missing = [code for code in codes if code not in self._shelves]
        if not missing:
            return
        table = parquet.read_table(
            self.path, filters=[("country", "in", missing), ("level", ">", _COUNTRY)]
        ).combine_chunks()
        country = table["country"].chunk(0)
        starts = np.flatnonzero(np.diff(country.indices.to_numpy(), prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(table)], strict=True):
            part = table.slice(start, end - start)
            self._shelves[part["country"][0].as_py()] = Shelf(part)


def _texts(table: pd.DataFrame, column: str | None) -> list[str]:
    """The cells of a column as texts; what is missing or no text is empty."""
    if column is None or column not in table.columns:
        return [""] * len(table)
    return [one.strip() if isinstance(one, str) else "" for one in table[column].tolist()]


def _answer(question: Question, found: Mapping[str, Found]) -> Answer | None:
    for code in question.countries:
        known = found.get(code, {})
        area = _area(question.region, known)
        for clue in question.clues:
            if clue.role == "name" and area is None:
                continue
            for one in clue.keys:
                inside = [
                    hit
                    for hit in known.get(one, ())
                    if hit.level == _TOWN and (area is None or not area.isdisjoint(hit.regions))
                ]
                if inside:
                    inside.sort(key=lambda hit: (not hit.own_name, -hit.population))
                    return Answer(inside[0], clue.role, len(inside) - 1)
    return None


def _area(region: tuple[str, ...], known: Found) -> frozenset[int] | None:
    """The numbers of the regions that a text names; None if it names none."""
    for one in region:
        hits = [hit for hit in known.get(one, ()) if _REGION <= hit.level < _TOWN]
        if hits:
            least = min(hit.level for hit in hits)
            return frozenset(hit.regions[-1] for hit in hits if hit.level == least)
    return None


@cache
def load() -> Gazetteer:
    """The gazetteer of this process; nothing is read before its first question."""
    return Gazetteer()

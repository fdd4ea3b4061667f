"""Finds towns in the embedded gazetteer, which asks nobody. Reads `data/gazetteer.parquet`, nothing else.

`Gazetteer` is a geocoder of geopy like any other (`geocode`), and it locates whole tables at once (`places`).
Nothing is read before the first question, and then only the countries that are asked about. Both take the
same path: cells -> keys (`place_names`) -> the entries that have a key -> the entry that is meant
(`namesakes`).

A region or a country never stands for a town: a row with nothing finer gets no position.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from atlas import country_names, nothing
from atlas.geocoding import addresses, place_names
from atlas.geocoding.addresses import Address
from atlas.geocoding.namesakes import Clue, Entries, Match, TownQuery, best_match, common_pieces
from atlas.geocoding.shelves import LEAST_ALIKE, TOWN, Entry, Shelves
from atlas.paths import DATA
from atlas.place_columns import CERTAINTY

SERVICE = "gazetteer"
FILE = DATA / "gazetteer.parquet"
COLUMNS = ("latitude", "longitude", "accuracy_m", "geocoder", "matched", CERTAINTY)
ROLES = ("country", "country_code", "region", "larger_area", "local_area", "town", "address", "name")
_Where = tuple[tuple[str, ...], tuple[str, ...]]
_AREAS = ("town", "local_area", "larger_area")
_NOWHERE = (np.nan, np.nan, np.nan, "", "", "")


class TownQueries:
    """Makes queries of cells, with the names of countries and regions on the shelves."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def of(self, table: pd.DataFrame, roles: Mapping[str, str]) -> list[TownQuery]:
        """Returns the query of each row; rows with the same cells share one."""
        cells = [_texts(table, role, roles.get(role)) for role in ROLES]
        queries: dict[tuple[str, ...], TownQuery] = {}
        where = cache(self._where)  # many rows share a region
        rows = list(zip(*cells, strict=True))
        for row in rows:
            if row not in queries:
                queries[row] = self._query(dict(zip(ROLES, row, strict=True)), where)
        return [queries[row] for row in rows]

    def _query(self, cells: Mapping[str, str], where: Callable[[str, str, str], _Where]) -> TownQuery:
        countries, region = where(cells["country"], cells["country_code"], cells["region"])
        areas = [Clue(role, place_names.spellings(cells[role])) for role in _AREAS if cells[role]]
        name, named = cells["name"], []
        if name:
            named = [Clue("name", place_names.pieces(name), place_names.bare_name(name))]
        ways = self._ways(cells["address"], countries)
        if areas and ways:
            named = [Clue("address", ways[-1].keys), *named]
            countries, region = countries or ways[-1].countries, region or ways[-1].region
            ways = []
        query = TownQuery(countries, region, (*areas, *named)) if areas or not ways else None
        for way in reversed(ways):
            query = _as_address("address", way, countries, region, query, named)
        if "," in cells["town"] or addresses.ends_in_region(cells["town"], self._shelves.countries_with):
            for way in reversed(self._ways(cells["town"], countries)):
                query = _as_address("town", way, countries, region, query, ())
        return query or TownQuery(countries, region, ())

    def _ways(self, cell: str, countries: Sequence[str]) -> Sequence[Address]:
        """Returns what an address may mean in the stated countries, the likeliest first."""
        if not cell or countries == ("",):
            return ()
        ways = addresses.readings(cell, self._shelves.codes, self._shelves.countries_with)
        agreeing = [
            way
            for way in ways
            if not countries
            or not {*way.countries, *way.among}
            or {*way.countries, *way.among} & {*countries}
        ]
        return agreeing or ways

    def _where(self, country: str, code: str, region: str) -> _Where:
        """Returns the countries that a row may be in ("" if unknown), and its region if it is no country."""
        known = self._shelves.codes
        texts = [text for text in (code, country) if text]
        codes = dict.fromkeys(code for text in texts for code in _country_codes(text, known))
        if texts and not codes:
            return ("",), ()
        keys = place_names.spellings(region) if region else ()
        territories = [code for state in codes for code in country_names.TERRITORIES.get(state, ())]
        as_country = country_names.code_of(region) or known.get(keys[0]) if keys and codes else None
        if as_country in territories:  # "France, Réunion"
            return (as_country,), ()
        if as_country in codes:
            keys = ()
        elif as_country:
            codes[as_country] = None
        return tuple(dict.fromkeys([*codes, *territories])), keys


class Gazetteer(Geocoder):  # type: ignore[misc]
    """Places from 500 inhabitants by name: a geocoder of geopy that needs no network."""

    def __init__(self, path: Path = FILE) -> None:
        super().__init__(user_agent=SERVICE)
        self._shelves = Shelves(path)
        self._queries = TownQueries(self._shelves)

    # ---- one place ----

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # geopy's geocoders take one; nothing here waits
    ) -> Location | list[Location] | None:
        """Returns the town that an address or fields (the names in `ROLES`) name, or None.

        `Location.raw`: name, region, country_code, population, accuracy_m, own_accuracy_m (if this very place
        is meant), matched (for people), level
        ("town", or "county" for the middle of a small county), sure (see `Match.sure`), alternatives (how
        many namesakes), left_out (words of an address before the town, such as its street). With
        `exactly_one=False` a list: the match, then its namesakes.
        """
        fields = {"address": query} if isinstance(query, str) else query
        table = pd.DataFrame({role: [fields.get(role, "")] for role in ROLES})
        queries = self._queries.of(table, {role: role for role in ROLES})
        best = self._matches(queries)[0] or self._almost(queries[0])
        if best is None:
            return None
        location = self._location(best)
        location.raw["left_out"] = addresses.left_out(fields.get("address", ""), best.key)
        if exactly_one:
            return location
        return [location, *(self._location(Match(entry, best.role)) for entry in best.others)]

    def _location(self, match: Match) -> Location:
        matched = self._words(match)
        entry = match.entry
        raw = {"name": entry.name, "region": self._region_name(entry), "matched": matched}
        return Location(matched, (entry.latitude, entry.longitude), _about(match) | raw)

    def _almost(self, query: TownQuery) -> Match | None:
        """Returns what a misspelt name may mean; the match is never better than "ambiguous"."""
        keys = [key for clue in query.clues if clue.role in ("town", "address") for key in clue.keys[:1]]
        for key in keys:
            if len(key) < 4 or key in self._shelves.codes or key in query.region:
                continue
            in_memory = self._shelves.read()
            codes = query.countries or in_memory
            shelves = [in_memory[code] for code in codes if code in in_memory]
            if any(shelf.find([key]) for shelf in shelves):  # a region, or a town elsewhere: no misspelling
                continue
            alike = {similar for shelf in shelves for similar in shelf.alike(key)}
            for close in difflib.get_close_matches(key, alike, n=3, cutoff=LEAST_ALIKE):
                corrected = TownQuery(query.countries, query.region, (Clue("town", (close,)),))
                best = self._matches([corrected])[0]
                if best:
                    return replace(best, is_guess=True)
        return None

    # ---- whole tables ----

    def places(self, table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
        """Returns where rows are, as `COLUMNS`: latitude, longitude (degrees), accuracy_m, ...

        `roles` says which column is what (the names in `ROLES`). Rows, order and index are those of `table`;
        a row that is not found has no coordinates and empty texts.
        """
        matches = self._matches(self._queries.of(table, roles))
        rows = {match: self._row(match) for match in dict.fromkeys(matches) if match is not None}
        values = [_NOWHERE if match is None else rows[match] for match in matches]
        return pd.DataFrame(values, index=table.index, columns=list(COLUMNS))

    def _row(self, match: Match) -> tuple[float, float, float, str, str, str]:
        at = match.entry
        return at.latitude, at.longitude, match.accuracy_m, SERVICE, self._words(match), match.sure

    def _words(self, match: Match) -> str:
        """Returns a match for people: "Cassino, Lazio, Italy"."""
        entry = match.entry
        parts = dict.fromkeys([entry.name, self._region_name(entry), self._shelves.names[entry.country]])
        words = ", ".join(part for part in parts if part)
        return words if entry.level == TOWN else f"middle of {words}"

    def _region_name(self, entry: Entry) -> str:
        names = self._shelves.read()[entry.country].region_names  # an entry comes from there
        return next((names[number] for number in entry.regions if number in names), "")

    # ---- from queries to matches ----

    def _matches(self, queries: Sequence[TownQuery]) -> list[Match | None]:
        """Returns the match of each query; what a query may mean instead is asked only without one."""
        pending = {query: query for query in queries}
        matches: dict[TownQuery, Match | None] = {}
        while pending:
            asked = dict.fromkeys(pending.values())
            by_country = self._find(asked)
            common = common_pieces(asked, by_country)
            answers = {query: best_match(query, by_country, common) for query in asked}
            matches |= {query: answers[way] for query, way in pending.items()}
            pending = {
                query: way.instead for query, way in pending.items() if way.instead and matches[query] is None
            }
        return [matches[query] for query in queries]

    def _find(self, queries: Iterable[TownQuery]) -> dict[str, Entries]:
        wanted: dict[str, set[str]] = {}
        for query in queries:
            keys = tuple(query.keys())
            for code in query.countries or query.among or self._shelves.names:
                wanted.setdefault(code, set()).update(keys)
        return {code: shelf.find(wanted[code]) for code, shelf in self._shelves.of(wanted).items()}


def _as_address(
    role: str,
    way: Address,
    countries: tuple[str, ...],
    region: tuple[str, ...],
    instead: TownQuery | None,
    named: Sequence[Clue],
) -> TownQuery:
    """Returns a row by one reading of its address; the last reading may leave it to the plant's name."""
    clues = (Clue(role, way.keys), *(() if instead else named))
    return TownQuery(
        countries or way.countries,
        region or way.region,
        clues,
        () if countries or way.countries else way.among,
        least=way.least,
        only_region=way.only_region,
        instead=instead,
    )


def _about(match: Match) -> dict[str, Any]:
    """Returns what `Location.raw` says of a match beside its names."""
    entry = match.entry
    return {
        "country_code": entry.country,
        "population": entry.population,
        "accuracy_m": match.accuracy_m,
        "own_accuracy_m": entry.accuracy_m,
        "level": "town" if entry.level == TOWN else "county",
        "sure": match.sure,
        "alternatives": len(match.others),
    }


def _country_codes(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """Yields the countries that a cell names: as people write them, else as the gazetteer does."""
    if code := country_names.code_of(text):
        yield code
    else:
        yield from (known[key] for key in place_names.spellings(text) if key in known)


def _texts(table: pd.DataFrame, role: str, column: str | None) -> list[str]:
    """Returns the cells of a column as texts; "" for a missing cell, a number and a word for nothing."""
    if column is None or column not in table.columns:
        return [""] * len(table)
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in table[column].tolist()]
    if role == "name":
        return texts
    filled: list[str] = nothing.without(pa.array(texts, pa.string())).to_pylist()
    return filled


@cache
def load() -> Gazetteer:
    """Returns the gazetteer of this process; nothing is read before its first question."""
    return Gazetteer()

"""Places any table: by its own coordinates, by remembered places, then by the gazetteer or a service.

In order: coordinates in the table, the shipped places, the shared ones (see `store`), and last either the
embedded gazetteer, which asks nobody and takes whole tables at once, or the configured service of geopy.
The gazetteer's places are not remembered: they cost nothing, and would hide a better answer later.

`configured` is the chain of `python -m atlas locate`. `offline` is the chain of the pages, which send no
address anywhere: opening a page is no wish to ask somebody.
"""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from atlas import earth, nothing
from atlas.errors import CacheError
from atlas.geocoding import csv_cache, gazetteer, place, resolve, service, store
from atlas.geocoding.csv_cache import ShippedCache
from atlas.geocoding.place import Cache
from atlas.geocoding.resolve import Cancelled, Limit, Located, Progress
from atlas.geocoding.service import GAZETTEER, MOST_PUBLIC, GeocoderSettings
from atlas.language import gettext, number
from atlas.place_columns import CERTAINTY, PLACE_COLUMNS

COLUMNS = (*PLACE_COLUMNS, "matched", CERTAINTY)
_PAIR = re.compile(r"\s*\(?\s*([+-]?\d+(?:\.\d+)?)\s*[,; ]\s*([+-]?\d+(?:\.\d+)?)\s*\)?\s*")


@dataclass(frozen=True)
class Chain:
    """Where places are looked up: `caches` in order, then `ask` (at most `limit` questions), then `towns`."""

    caches: Sequence[Cache]
    ask: service.Ask | None = None
    limit: Limit | None = None
    towns: gazetteer.Gazetteer | None = None


def configured(
    data_folder: Path,
    env: Mapping[str, str] = os.environ,
    *,
    most: int | None = None,
    file: Path | None = None,
) -> Chain:
    """Returns the chain that the environment names; `file` is filled in place of the shared cache.

    Raises `ConfigurationError` for a variable that cannot be used.
    """
    chosen = service.settings(env)
    shipped, shared = store.default_caches(data_folder, env)
    return Chain(
        caches=(shipped, csv_cache.FileCache(file) if file else shared),
        ask=service.default_ask(shared, env),
        limit=_limit(chosen, most),
        towns=gazetteer.load() if chosen.service == GAZETTEER else None,
    )


def offline(data_folder: Path, env: Mapping[str, str] = os.environ) -> Chain:
    """Returns the chain that asks nobody: remembered places, then the gazetteer (not for "none")."""
    without = service.settings(env).service == "none"
    caches = store.default_caches(data_folder, env)
    return Chain(caches, towns=None if without else gazetteer.load())


def locate_table(
    table: pd.DataFrame,
    roles: Mapping[str, str],
    chain: Chain,
    *,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    refresh: bool = False,
) -> Located:
    """Returns `table` with `COLUMNS`, row for row; `roles` says what its columns are.

    `matched` is the query or the place of the gazetteer by which a row was placed; `CERTAINTY` says how far
    to trust the gazetteer: "sure", "likely", "ambiguous" (namesakes may be meant) or "guess". The other
    options are those of `resolve.locate`.
    """
    queries = _as_shipped(_queries(table, roles), _cells(table, roles, "address"), chain.caches)
    given = positions(table, roles)
    located = resolve.locate(
        _asking(table, roles, queries, given),
        caches=chain.caches,
        ask=chain.ask,
        on_progress=on_progress,
        cancelled=cancelled,
        limit=chain.limit,
        refresh=refresh,
    )
    places = {name: located.table[name].to_numpy(copy=True) for name in PLACE_COLUMNS}
    by_query = ~np.isnan(places["latitude"]) & np.isnan(given[0])
    places["geocoder"] = places["geocoder"].astype(object)
    places["matched"] = np.where(by_query, np.array(queries, dtype=object), "")
    places[CERTAINTY] = np.full(len(table), "", dtype=object)
    missing = np.flatnonzero(np.isnan(places["latitude"]))
    if chain.towns and len(missing):
        towns = chain.towns.places(table.iloc[missing], roles)
        for name in COLUMNS:
            places[name][missing] = towns[name].to_numpy()
        located = _with_gazetteer(located, missing, places["latitude"])
    texts = {name: pd.array(places[name], dtype="str") for name in ("geocoder", "matched", CERTAINTY)}
    return replace(located, table=table.assign(**places | texts))


@dataclass
class Finder:
    """Finds places with a chain, as `importer.locate` wants them; `problem` says what ended it early."""

    chain: Chain
    on_progress: Progress | None = None
    cancelled: Cancelled | None = None
    problem: str = ""

    def __call__(self, table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
        """Returns the rows with their places, see `locate_table`."""
        located = locate_table(
            table, roles, self.chain, on_progress=self.on_progress, cancelled=self.cancelled
        )
        self.problem = located.problem or ""
        return located.table


def _with_gazetteer(located: Located, missing: npt.NDArray[np.intp], latitude: Any) -> Located:
    """Returns the account of a run after the gazetteer looked at the rows that were `missing`."""
    left = missing[np.isnan(latitude[missing])]
    names = located.table["name"].to_numpy()
    return replace(located, from_gazetteer=len(missing) - len(left), not_found=list(names[left]))


def _limit(chosen: GeocoderSettings, most: int | None) -> Limit | None:
    if chosen.is_public and (most is None or most >= MOST_PUBLIC):
        return Limit(MOST_PUBLIC, partial(_public, chosen))
    return None if most is None else Limit(most, partial(_enough, most))


def _public(chosen: GeocoderSettings, total: int) -> str:
    return gettext(
        "{server} is shared by all the world: its rules allow one request a second over everybody who uses "
        "this program, and no bulk lookups. So one run asks about {most} addresses at most; {number} would "
        "take about {duration}. For more of them set ATLAS_GEOCODER_URL to a server of your own, or "
        "ATLAS_GEOCODER=gazetteer, which asks nobody.",
        server=chosen.domain.split("/")[0],
        most=number(MOST_PUBLIC),
        number=number(total),
        duration=service.in_words(total * chosen.delay_s),
    )


def _enough(most: int, total: int) -> str:
    return gettext(
        "Stopped after {most} questions, as you wished; {left} are left for the next run.",
        most=number(most),
        left=number(total - most),
    )


# ---- what a table says -----------------------------------------------------------------------------


def positions(
    table: pd.DataFrame, roles: Mapping[str, str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Returns latitude and longitude as the rows state them; NaN where that is no place on Earth."""
    latitude, longitude = (_numbers(_cells(table, roles, name)) for name in ("latitude", "longitude"))
    if "coordinates" in roles:
        pairs = [_PAIR.fullmatch(text) for text in _cells(table, roles, "coordinates")]
        for number, side in ((1, latitude), (2, longitude)):
            half = np.array([float(pair[number]) if pair else np.nan for pair in pairs])
            side[:] = np.where(np.isnan(side), half, side)
    usable = earth.is_usable(latitude, longitude) & ~((latitude == 0) & (longitude == 0))
    return np.where(usable, latitude, np.nan), np.where(usable, longitude, np.nan)


def _numbers(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(pd.Series(texts, dtype=object).str.replace(",", "."), errors="coerce")
    return numbers.to_numpy("float64", na_value=np.nan, copy=True)


def _asking(
    table: pd.DataFrame,
    roles: Mapping[str, str],
    queries: Sequence[str],
    given: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> pd.DataFrame:
    """Returns the table that `resolve.locate` wants; `given` are the positions that the rows state."""
    latitude, longitude = given
    names = enumerate(_cells(table, roles, "name"), start=2)
    geocoders = table["geocoder"].to_numpy() if "geocoder" in table else ""
    return pd.DataFrame(
        {
            "plant_id": _cells(table, roles, "plant_id"),
            "name": [name or f"row {number}" for number, name in names],
            "address": pd.Series(queries, dtype=object),
            "latitude": latitude,
            "longitude": longitude,
            "accuracy_m": _numbers(_cells(table, roles, "accuracy_m")),
            "geocoder": geocoders,
        }
    )


def _cells(table: pd.DataFrame, roles: Mapping[str, str], role: str) -> list[str]:
    texts = [text.strip() for text in resolve.texts(table, roles.get(role))]
    if role in ("name", "plant_id"):  # a plant may be called anything
        return texts
    filled: list[str] = nothing.without(pa.array(texts, pa.string())).to_pylist()
    return filled


def _queries(table: pd.DataFrame, roles: Mapping[str, str]) -> list[str]:
    """Returns the question to a geocoder about each row; "" where less than a town is known."""
    names = ("address", "postcode", "town", "local_area", "region", "country")
    rows = zip(*(_cells(table, roles, name) for name in names), strict=True)
    queries: dict[tuple[str, ...], str] = {}
    return [queries.get(row) or queries.setdefault(row, _query(*row)) for row in rows]


def _as_shipped(queries: Sequence[str], addresses: Sequence[str], caches: Sequence[Cache]) -> list[str]:
    """Returns `queries`, but the address alone for rows whose address ships with a place."""
    keys = {address: place.key_of(address) for address in addresses if address}
    shipped: set[str] = set()
    # An unreadable cache is reported when the places themselves are looked up.
    with suppress(CacheError):
        for cache in caches:
            shipped |= cache.get_many(keys.values()).keys() if isinstance(cache, ShippedCache) else set()
    pairs = zip(addresses, queries, strict=True)
    return [address if keys.get(address) in shipped else query for address, query in pairs]


def _query(address: str, postcode: str, town: str, local_area: str, region: str, country: str) -> str:
    """Returns an address with what it does not say itself, else the town and what lies around it.

    >>> _query("Viale Ciro Menotti 322", "41121", "Modena", "", "Emilia-Romagna", "Italy")
    'Viale Ciro Menotti 322, 41121 Modena, Emilia-Romagna, Italy'
    >>> _query("Via Ex Aeroporto, 80038 Pomigliano NA, Italy", "", "Pomigliano", "", "Campania", "Italy")
    'Via Ex Aeroporto, 80038 Pomigliano NA, Italy'
    """
    middle = " ".join(filter(None, [postcode, town])) if town else local_area or postcode
    if not address:
        return ", ".join(filter(None, [middle, region, country])) if middle else ""
    plain = address.casefold()
    has_town = any(part and part.casefold() in plain for part in (town, postcode, local_area))
    # "Corso Agnelli 200, 10135 Torino TO, Italy" is whole, also in a table that calls the town Turin.
    has_town |= bool(country) and country.casefold() in plain and address.count(",") >= 2
    more = [] if has_town else [middle, "" if region.casefold() in plain else region]
    return ", ".join(filter(None, [address, *more, "" if country.casefold() in plain else country]))

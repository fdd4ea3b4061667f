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
from atlas.earth import Floats

TOLERANCE_KM = 25
# A plant of a territory may also be said to be in the state that the territory belongs to.
_WITH: Mapping[str, tuple[str, ...]] = {
    "FR": ("GP", "MQ", "GF", "RE", "YT", "NC", "PF", "PM", "BL", "MF", "WF", "TF"),
    "US": ("PR", "VI", "GU", "AS", "MP", "UM"),
    "GB": ("GI", "IM", "JE", "GG", "BM", "KY", "VG", "TC", "AI", "MS", "SH", "FK", "GS", "IO", "PN"),
    "NL": ("AW", "CW", "SX", "BQ"),
    "DK": ("GL", "FO"),
    "CN": ("HK", "MO", "TW"),
    "NO": ("SJ",),
    "FI": ("AX",),
    "AU": ("CX", "CC", "NF", "HM"),
    "NZ": ("CK", "NU", "TK"),
    "RS": ("XK",),
    "MA": ("EH",),
    "UA": ("RU",),
    "CY": ("GB",),
    "SO": ("XS",),
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
    for point, place in zip(*tree.query(shapely.points(longitude, latitude), "intersects"), strict=True):
        at_points[point] = codes[place]
    return at_points


@lru_cache(maxsize=1)
def _tree() -> tuple[list[str], shapely.STRtree]:
    shapes = _shapes()
    return list(shapes), shapely.STRtree(list(shapes.values()))


@lru_cache(maxsize=256)
def _with_margin(code: str) -> Any:
    shapes = _shapes()
    if code not in shapes:
        return None
    parts = [shapes[part] for part in (code, *_WITH.get(code, ())) if part in shapes]
    if code == "UA":  # the Crimea, whoever draws the map
        parts = [shapes["UA"], shapely.box(32.4, 44.3, 36.7, 46.3)]
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


@lru_cache(maxsize=1)
def _shapes() -> dict[str, Any]:
    """Returns code -> shape in degrees."""
    world = json.loads(gzip.decompress(basemap.read("world.json")))
    arcs = [basemap.decode(text) for kind in world["arcs"].values() for text in kind]
    shapes: dict[str, list[Any]] = {}
    for country in world["countries"]:
        rings = [_degrees(basemap.ring(refs, arcs), world["grid"]) for refs in country["rings"]]
        if country["code"]:
            shapes.setdefault(country["code"], []).append(_from_rings(rings))
    whole = {code: shapely.union_all(parts) for code, parts in shapes.items()}
    return {code: shape for code, shape in whole.items() if not shape.is_empty}


def _from_rings(rings: list[Floats]) -> Any:
    """Returns the shape of rings in any order: a ring within another is a hole."""
    lines = [shapely.linestrings(ring) for ring in rings if len(ring) > 3]
    return shapely.build_area(shapely.geometrycollections(lines))


def _degrees(points: npt.NDArray[np.int64], grid: int) -> Floats:
    """Returns longitude and latitude of points of the Web Mercator grid."""
    x, y = points[:, 0] / grid, points[:, 1] / grid
    return np.column_stack([x * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))])

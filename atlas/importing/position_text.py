"""A position in a single cell, as programs and people write it -> latitude and longitude as text.

    >>> pair("SRID=4326;POINT Z (7.68 45.07 240)"), pair("45.07 7.68 240 4.5"), pair("Turin")
    (('45.07', '7.68'), ('45.07', '7.68'), None)

Reads pairs with or without height, WKT and WKB (shapely; other systems than WGS 84 by pyproj), GeoJSON and
other JSON, links to maps, and degrees with letters. Touches nothing.
"""

import json
import re
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atlas.importing import systems

Pair = tuple[str, str]

_NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
_PAIR = rf"^[(\[]?\s*(?P<first>{_NUMBER})\s*°?\s*[,;/ ]\s*(?P<second>{_NUMBER})\s*°?\s*[)\]]?$"
_HALVES = re.compile(
    r"^\s*(?P<first>[NS][^NSEWO]+|[^NSEWO]+[NS])[\s,;/]+(?P<second>[EWO][^NSEWO]+|[^NSEWO]+[EWO])\s*$",
    re.IGNORECASE,
)
_DECIMAL = r"[+-]?\d{1,3}(?:\.\d+)?"
_WITH_HEIGHT = re.compile(
    rf"[(\[]?\s*({_DECIMAL})\s*[,;\s]\s*({_DECIMAL})(?:\s*[,;\s]\s*[+-]?\d+(?:\.\d+)?){{1,2}}\s*[)\]]?"
)
_LINKS = (
    re.compile(rf"!3d({_DECIMAL})!4d({_DECIMAL})"),
    re.compile(rf"[?&]mlat=({_DECIMAL})&mlon=({_DECIMAL})"),
    re.compile(
        rf"[?&](?:q|ll|sll|query|center|cp|destination|daddr|api=1&query)=(?:loc:)?({_DECIMAL})(?:,|%2C|~)\+?({_DECIMAL})"
    ),
    re.compile(rf"#map=\d+(?:\.\d+)?/({_DECIMAL})/({_DECIMAL})"),
    re.compile(rf"[/@]({_DECIMAL}),\+?({_DECIMAL})"),
    re.compile(rf"^geo:({_DECIMAL}),({_DECIMAL})"),
)
_LABELLED = re.compile(
    rf"\W*lat[a-z]*\W*?({_NUMBER})[^\d+-]*?(?:lon[a-z]*|lng|long)\W*?({_NUMBER})\W*", re.IGNORECASE
)
_SHAPE = re.compile(
    r"(?:SRID=(\d+);)?\s*((?:POINT|MULTI|POLYGON|LINESTRING|GEOMETRYCOLLECTION)[\s(Z].*)",
    re.IGNORECASE | re.DOTALL,
)
_HEX = re.compile(r"0[01][0-9A-F]{40,}", re.IGNORECASE)
_LONGEST = 100_000
# Minus signs and what looks like it; characters that nobody sees.
_MINUS = "[‐‑‒–—−﹣－]"
_UNSEEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"


def tidy(text: pa.Array) -> pa.Array:
    """Returns cells of degrees with plain minus signs, at the front, and without unseen characters."""
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.replace_substring_regex(pc.replace_substring_regex(text, _UNSEEN, ""), _MINUS, "-")
    if pc.any(pc.match_substring_regex(text, r"^'|[;,]$|-\s*$|^[+-]\s")).as_py():
        text = pc.replace_substring_regex(text, r"^'\s*([+-]?[0-9])", r"\1")
        text = pc.replace_substring_regex(text, r"([0-9])\s*[;,]+$", r"\1")
        text = pc.replace_substring_regex(text, r"^([+-])\s+", r"\1")
        text = pc.replace_substring_regex(text, r"^([0-9.,]+)\s*-$", r"-\1")
    return pc.utf8_trim_whitespace(text)


def pairs(text: pa.Array, *, longitude_first: bool = False) -> tuple[pa.Array, pa.Array]:
    """Returns the latitude and the longitude of cells as text; the whole text twice where it has no halves.

    `longitude_first`: the order of two numbers without letters or names.
    """
    text = tidy(text)
    parts = pc.extract_regex(text, _PAIR)
    names = ("second", "first") if longitude_first else ("first", "second")
    first, second = (pc.struct_field(parts, name).cast(pa.large_string()) for name in names)
    rest = np.flatnonzero(pc.is_null(first).to_numpy(zero_copy_only=False))
    if len(rest):
        cells = text.take(pa.array(rest)).to_pylist()
        halves = [pair(cell, longitude_first=longitude_first) or (cell, cell) for cell in cells]
        first, second = (
            _put(column, rest, [half[side] for half in halves]) for side, column in enumerate((first, second))
        )
    return first, second


def _put(cells: pa.Array, rows: Any, texts: list[str]) -> pa.Array:
    mask = np.zeros(len(cells), bool)
    mask[rows] = True
    return pc.replace_with_mask(cells, pa.array(mask), pa.array(texts, pa.large_string()))


def is_position(cell: str) -> bool:
    """Tells whether a cell holds a whole position."""
    is_number = re.fullmatch(r"[+-]?\d+[.,]\d+", cell)
    return not is_number and (bool(re.match(_PAIR, cell)) or pair(cell) is not None)


@lru_cache(maxsize=4_096)
def pair(cell: str, *, longitude_first: bool = False) -> Pair | None:
    """Returns the latitude and longitude of a cell that is more than two numbers; None for another cell."""
    text = cell.strip()
    if not text or len(text) > _LONGEST or not re.search(r"\d.*\d", text):
        return None
    if shape := _SHAPE.fullmatch(text):
        return _of_shape(shape[2], int(shape[1] or 0))
    if _HEX.fullmatch(text):
        return _of_shape(text, 0)
    if text[0] in "{[" and (found := _of_json(text)):
        return found
    if re.match(r"https?:|www\.|geo:", text):
        return next((match.groups() for link in _LINKS if (match := link.search(text))), None)  # type: ignore[return-value]
    if high := _WITH_HEIGHT.fullmatch(text):
        return (high[2], high[1]) if longitude_first else (high[1], high[2])
    if named := _LABELLED.fullmatch(text):
        return named[1], named[2]
    halves = _HALVES.match(text.strip("()[] ")) if len(text) < 100 else None
    return (halves["first"].strip(" ,;/"), halves["second"]) if halves else None


def _of_shape(text: str, system: int) -> Pair | None:
    import shapely

    try:
        shape = shapely.from_wkb(text) if _HEX.fullmatch(text) else shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None
    code = system or int(shapely.get_srid(shape))
    return point_in(shape, _projected(code))


def point_in(shape: Any, system: Any = None) -> Pair | None:
    """Returns a point within a shape as text; `system`: its reference system, None for degrees.

    A shape over the 180th meridian has both ends of the world in it: its western part is moved first.
    """
    import shapely

    if shape is None or shape.is_empty:
        return None
    west, _, east, _ = shape.bounds
    if not system and east - west > 180 and east <= 180:
        shape = shapely.transform(shape, _moved_east)
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    x, y = float(point.x), float(point.y)
    if system is not None:
        return _from_system(x, y, system)
    return repr(y), repr((x + 180) % 360 - 180 if x > 180 and shape is not point else x)


def _moved_east(points: Any) -> Any:
    """Returns points whose western longitudes continue beyond 180."""
    longitude = np.where(points[:, 0] < 0, points[:, 0] + 360, points[:, 0])
    return np.column_stack([longitude, points[:, 1]])


def _projected(code: int) -> Any:
    """Returns the system of an EPSG code; None for one in degrees, or unknown."""
    system = systems.named(str(code)) if code not in (0, 4326) else None
    return None if system is None or system.is_geographic else system


def _from_system(x: float, y: float, system: Any) -> Pair | None:
    latitude, longitude = systems.to_degrees(system, np.array([x]), np.array([y]))
    return None if np.isnan(latitude[0]) else (f"{latitude[0]:.7f}", f"{longitude[0]:.7f}")


def _of_json(text: str) -> Pair | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) > 1:
        return None
    if not isinstance(value, dict):
        return None
    if "type" in value:
        import shapely

        try:
            return point_in(shapely.from_geojson(json.dumps(value)))
        except (shapely.errors.ShapelyError, ValueError, TypeError):
            return None
    keys = {str(key).casefold(): number for key, number in value.items()}
    latitude = next((keys[name] for name in ("lat", "latitude", "y") if name in keys), None)
    longitude = next((keys[name] for name in ("lng", "lon", "long", "longitude", "x") if name in keys), None)
    return None if latitude is None or longitude is None else (str(latitude), str(longitude))

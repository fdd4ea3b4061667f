"""Reference systems that a file states, and metres in them -> degrees of WGS 84 (pyproj).

    >>> named("UTM zone 33N").to_epsg(), named("32T").to_epsg(), named("EPSG:2180").to_epsg()
    (32633, 32632, 2180)

Touches nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from atlas.earth import Floats

_ZONE = re.compile(
    r"(?:wgs\s*(?:19)?84\W*)?(?:utm\W*)?(?:zone\W*|fuso\W*|huso\W*|fuseau\W*)?(\d{1,2})\s*°?\s*(north|south|nord|sud|süd|norte|sur|[c-hj-np-x])?",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:epsg\W*|.*/epsg/[^/]*/)?(\d{4,5})", re.IGNORECASE)
_LIKE_WGS84 = ("CRS84", "CRS84H", "4979")
_NAMES = {
    "web mercator": 3857, "pseudo mercator": 3857, "british national grid": 27700, "osgb": 27700,
    "bng": 27700, "rd new": 28992, "rijksdriehoek": 28992, "rd": 28992, "pl 1992": 2180, "lambert 93": 2154,
    "lv95": 2056,
    "lv03": 21781, "irish grid": 29903, "itm": 2157, "sweref99": 3006, "sweref 99 tm": 3006,
    "etrs89 laea": 3035,
}  # fmt: skip


@lru_cache(maxsize=1_000)
def named(text: str) -> Any:
    """Returns the reference system (pyproj's `CRS`) that a text names; None for another text."""
    import pyproj

    words = text.strip()
    if not words or len(words) > 2_000:
        return None
    if words.upper().endswith(_LIKE_WGS84):
        return pyproj.CRS(4326)
    plain = re.sub(r"[\W_]+", " ", words).strip().casefold()
    code = _CODE.fullmatch(words) or re.search(r"EPSG\W{0,3}(?:[\d.]*:)?(\d{4,5})", words, re.IGNORECASE)
    zone = _ZONE.fullmatch(words)
    try:
        if plain in _NAMES:
            return pyproj.CRS(_NAMES[plain])
        if code:
            return pyproj.CRS(int(code[1]))
        if zone and zone[2] and 1 <= int(zone[1]) <= 60:
            return pyproj.CRS((32700 if _is_south(zone[2]) else 32600) + int(zone[1]))
        return pyproj.CRS(words) if re.match(r"\+proj|PROJC|GEOGC|[A-Z].* / ", words) else None
    except pyproj.exceptions.CRSError:
        return None


def of_json(stated: Mapping[str, Any]) -> Any:
    """Returns the reference system (pyproj's `CRS`) that PROJJSON describes; None for anything else."""
    import pyproj

    try:
        return pyproj.CRS.from_json_dict(dict(stated))
    except (pyproj.exceptions.CRSError, ValueError, TypeError, RecursionError):
        return None


def is_wgs84(system: Any) -> bool:
    """Returns whether a system is in degrees of WGS 84, in whatever order."""
    code = system.to_authority(min_confidence=100)
    return bool(system.is_geographic) and code in (("OGC", "CRS84"), ("EPSG", "4326"), ("OGC", "CRS84h"))


def _is_south(hemisphere: str) -> bool:
    """ "S" is south, though it is a band of the north as well; from C to M are bands of the south."""
    letter = hemisphere.casefold()
    return letter in ("s", "south", "sud", "süd", "sur") or (len(letter) == 1 and letter <= "m")


def to_degrees(system: Any, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Returns latitude and longitude of points, east x and north y; NaN for none."""
    import pyproj

    if system is None:
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    change = pyproj.Transformer.from_crs(system, 4326, always_xy=True)
    longitude, latitude = (np.array(values, "float64") for values in change.transform(x, y))
    odd = ~np.isfinite(longitude) | ~np.isfinite(latitude)
    latitude[odd] = longitude[odd] = np.nan
    return latitude, longitude

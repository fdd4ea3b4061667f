"""Cuts the files of the base map in two: what every view draws, and what only shows from afar or close by.

    world.json                  names, and which finer cells there are; `"more": true`
    world-land.json             coarse land, borders and lakes, for views that no finer cell covers
    tiles/5/17/11.json          land, lines and the towns of the zooms below `CLOSE_ZOOM`; `"more": true`
    tiles/5/17/11-close.json    the towns and districts of `CLOSE_ZOOM` and above

A map of Italy needs none of the second parts, which are three of four bytes. `map/basemap.js` asks for them.
"""

import gzip
import json
import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any

from atlas import basemap

CLOSE_ZOOM = 9
_CELL = re.compile(r"(tiles/\d+/\d+/\d+)(-close)?\.json")
_CLOSE_LINES = ("district",)  # drawn from CLOSE_ZOOM on
_WORLD, _LAND = "world.json", "world-land.json"


def read(name: str) -> bytes:
    """Returns the gzipped bytes of one part of the base map.

    Raises `KeyError` for a name that does not exist, `DataError` when the file cannot be read.
    """
    if name in (_WORLD, _LAND):
        return _parts(_WORLD, basemap.version())[name == _LAND]
    match = _CELL.fullmatch(name)
    if not match:
        return basemap.read(name)
    return _parts(f"{match[1]}.json", basemap.version())[bool(match[2])]


@lru_cache(maxsize=16)
def _parts(name: str, _version: str) -> tuple[bytes, bytes]:
    """Returns both parts of a file; they are asked for one soon after the other."""
    file = json.loads(gzip.decompress(basemap.read(name)))
    first, second = _world(file) if name == _WORLD else _cell(file)
    return _packed({**first, "more": True} if second else first), _packed(second)


def _world(world: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the names of the world, and its land; both have all countries in the same order."""
    lines = ("grid", "arcs", "lakes")
    names = {key: value for key, value in world.items() if key not in lines} | {"grid": world["grid"]}
    names["countries"] = [
        {key: value for key, value in country.items() if key != "rings"} for country in world["countries"]
    ]
    land = {key: world[key] for key in lines}
    land["countries"] = [{key: country[key] for key in ("code", "rings")} for country in world["countries"]]
    return names, land


def _cell(cell: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns what a first view draws of a cell, and what only shows close by."""
    towns = cell.get("towns")
    first = {key: value for key, value in cell.items() if key not in (*_CLOSE_LINES, "towns")}
    close = {key: cell[key] for key in _CLOSE_LINES if key in cell}
    if towns:
        zooms = [int(digit, 16) for digit in towns["zoom"]]  # ascending
        middle = bisect_left(zooms, CLOSE_ZOOM)
        first["towns"], close["towns"] = _slice(towns, 0, middle), _slice(towns, middle, len(zooms))
    return first, close


def _slice(towns: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    """Returns some rows of the columns of towns."""
    places = basemap.decode(towns["at"])[start:end].tolist()
    return {
        "names": towns["names"][start:end],
        "at": basemap.encode([(x, y) for x, y in places]),
        **{column: towns[column][start:end] for column in ("zoom", "rank", "side")},
        "capital": [number - start for number in towns["capital"] if start <= number < end],
    }


def _packed(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)

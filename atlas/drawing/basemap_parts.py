"""Cuts a finer cell of the base map in two: what a first view draws, and what only shows close by.

    tiles/5/17/11.json          land, lines and the towns of the zooms below `CLOSE_ZOOM`; `"more": true`
    tiles/5/17/11-close.json    the towns and districts of `CLOSE_ZOOM` and above

Three of four bytes of a cell are small towns. `map/basemap.js` asks for them where somebody is close.
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


def read(name: str) -> bytes:
    """Returns the gzipped bytes of a file of the base map, of a cell one part.

    Raises `KeyError` for a name that does not exist, `DataError` when the file cannot be read.
    """
    match = _CELL.fullmatch(name)
    if not match:
        return basemap.read(name)
    return _parts(f"{match[1]}.json", basemap.version())[1 if match[2] else 0]


@lru_cache(maxsize=16)
def _parts(name: str, _version: str) -> tuple[bytes, bytes]:
    """Returns both parts of a cell; they are asked for one soon after the other."""
    cell = json.loads(gzip.decompress(basemap.read(name)))
    towns = cell.get("towns")
    first = {key: value for key, value in cell.items() if key not in (*_CLOSE_LINES, "towns")}
    close = {key: cell[key] for key in _CLOSE_LINES if key in cell}
    if towns:
        zooms = [int(digit, 16) for digit in towns["zoom"]]  # ascending
        middle = bisect_left(zooms, CLOSE_ZOOM)
        first["towns"], close["towns"] = _slice(towns, 0, middle), _slice(towns, middle, len(zooms))
    return _packed({**first, "more": True} if close else first), _packed(close)


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

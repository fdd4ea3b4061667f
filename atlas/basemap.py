"""Reads the files of the embedded base map, and reads and writes the lines in them.

    >>> gzipped = read("world.json")            # what a browser gets, with Content-Encoding: gzip
    >>> f"assets/basemap/{version()}/"          # a URL that may be cached for ever
    'assets/basemap/0a1b2c3d4e5f/'

A line is an "encoded polyline" in whole units of a grid: differences from point to point, zigzag, five bits
a character.

    >>> encode([(38, -5), (40, -6)])
    'kAHC@'
    >>> decode("kAHC@").tolist()
    [[38, -5], [40, -6]]

`data/build/` writes the files; `map/basemap.js` draws them. Only names in the index are read, so a name
from a URL is safe. Touches `data/basemap/` and nothing else.
"""

import gzip
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from atlas.errors import DataError
from atlas.paths import DATA

INDEX = "index.json"
CELL_ZOOM = 5
MAX_LATITUDE = 85.0511287798066
"""Where Web Mercator ends, in degrees: there the world is a square."""
_WAY_OUT = (
    "restore the folder data/basemap from the repository or build it again with"
    " `python -m data.build basemap`."
)
_CELL = re.compile(rf"tiles/{CELL_ZOOM}/(\d+)/(\d+)\.json")
_Number = TypeVar("_Number", bound=np.number[Any])


def version(data: Path = DATA) -> str:
    """Returns the hash of the content, which changes with every file of the base map and never without."""
    return str(_index(data)["version"])


def names(data: Path = DATA) -> tuple[str, ...]:
    """Returns every name that `read` knows."""
    return (INDEX, *_index(data)["files"])


def cells(data: Path = DATA) -> dict[tuple[int, int], tuple[str, int]]:
    """Returns name and gzipped size of each finer cell by (x, y), its tile of the world at `CELL_ZOOM`."""
    return {
        (int(match[1]), int(match[2])): (name, _path(data, name).stat().st_size)
        for name in names(data)
        if (match := _CELL.fullmatch(name))
    }


def read(name: str, data: Path = DATA) -> bytes:
    """Returns the gzipped bytes of a file, such as "world.json" or "tiles/5/17/11.json".

    Raises `KeyError` for a name that the index does not list, `DataError` for a listed file that is
    missing.
    """
    if name != INDEX and name not in _index(data)["files"]:
        raise KeyError(name)
    return _bytes(_path(data, name))


def encode(points: Iterable[tuple[int, int]]) -> str:
    """Writes points of a grid as an encoded polyline."""
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


def decode(text: str) -> npt.NDArray[np.int64]:
    """Reads an encoded polyline; returns its points, an (x, y) in each row."""
    if not text:
        return np.empty((0, 2), np.int64)
    bits = np.frombuffer(text.encode("ascii"), "u1").astype(np.int64) - 63
    ends = np.flatnonzero(bits < 32)
    starts = np.concatenate([[0], ends[:-1] + 1])
    shifts = 5 * (np.arange(len(bits)) - np.repeat(starts, ends - starts + 1))
    values = np.add.reduceat((bits & 31) << shifts, starts)
    steps = np.where(values & 1, ~(values >> 1), values >> 1)
    points: npt.NDArray[np.int64] = steps.reshape(-1, 2).cumsum(axis=0)
    return points


def ring(refs: Sequence[int], arcs: Sequence[npt.NDArray[_Number]]) -> npt.NDArray[_Number]:
    """Joins the arcs of a ring; `~n` is arc n backwards."""
    return np.concatenate([arcs[ref] if ref >= 0 else arcs[~ref][::-1] for ref in refs])


def _index(data: Path) -> dict[str, Any]:
    path = _path(data, INDEX)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise _missing(path) from error
    return _parsed(path, changed)


@lru_cache(maxsize=8)
def _parsed(path: Path, _changed: int) -> dict[str, Any]:
    """Returns the index, parsed once per state of the file."""
    try:
        index = json.loads(gzip.decompress(_bytes(path)))
        if isinstance(index["files"], dict) and isinstance(index["version"], str):
            return dict(index)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise _broken(path) from error
    raise _broken(path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _missing(path) from error


def _path(data: Path, name: str) -> Path:
    return data / "basemap" / f"{name}.gz"


def _missing(path: Path) -> DataError:
    return DataError(f"The base map's file {path} cannot be read; {_WAY_OUT}")


def _broken(path: Path) -> DataError:
    return DataError(f"The base map's index {path} is damaged; {_WAY_OUT}")

"""Packs a placed table for the plant layer of the map, and a selection of it as a bit mask.

Positions are Web Mercator (EPSG:3857) as fractions of one world in 2^32 steps (about 1 cm):
x = (longitude + 180) / 360, y = 1/2 - ln(tan(pi/4 + latitude/2)) / (2 pi). A map cell at any zoom is
a shift of these numbers, and 9 bytes a plant hold position and status: 323 kB for 36,000 plants,
9 MB for a million. They travel once per table version; a filter sends one bit a plant.
"""

import base64
import gzip
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.basemap import MAX_LATITUDE
from atlas.earth import is_usable
from atlas.place_columns import is_unsure
from atlas.text import Mask

UNSURE_BIT = 128
_WORLD = 2.0**32


@dataclass(frozen=True)
class Points:
    """The plants of a table that have a position: `rows` are their row numbers in the table, in order.

    `packed` is uint32 x of all, then uint32 y of all, then uint8 status of all (little endian), plus
    `UNSURE_BIT` where the position may be somewhere else altogether.
    """

    rows: npt.NDArray[np.int32]
    packed: bytes

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def gzipped(self) -> bytes:
        """Returns `packed` as it goes over the wire; compressed once, at the first call."""
        # A quick level: positions hardly compress, and a higher one takes seconds for a million.
        return gzip.compress(self.packed, compresslevel=1, mtime=0)

    def place_of(self, row: int) -> int:
        """Returns the number of the point of a row; -1 where the row has no position."""
        place = int(np.searchsorted(self.rows, row))
        return place if place < len(self.rows) and self.rows[place] == row else -1


def pack(table: pd.DataFrame, status: npt.NDArray[np.uint8]) -> Points:
    """Packs the columns of a placed table; rows without usable coordinates are left out, never drawn at 0, 0.

    Needs `latitude` and `longitude` (WGS 84, decimal degrees); `status` has a code for each row.
    Latitudes beyond the projection's edge are drawn at the edge.
    """
    latitude, longitude = (table[name].to_numpy(float, na_value=np.nan) for name in ("latitude", "longitude"))
    rows = np.flatnonzero(is_usable(latitude, longitude)).astype(np.int32)
    phi = np.radians(np.clip(latitude[rows], -MAX_LATITUDE, MAX_LATITUDE))
    x = (longitude[rows] + 180) / 360
    y = 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi)
    kinds = status[rows] + UNSURE_BIT * is_unsure(table)[rows]
    return Points(rows, _uint32(x) + _uint32(y) + kinds.astype("u1").tobytes())


def mask(points: Points, shown: Mask) -> str | None:
    """Returns which points a row mask shows, as base64 of bits (first plant = highest bit); None for all."""
    bits = shown[points.rows]
    return None if bits.all() else text(np.packbits(bits).tobytes())


def chosen(points: Points, places: npt.NDArray[np.integer]) -> bytes:
    """Returns the packed columns of some points, in the order of `places`."""
    size = len(points)
    x, y = np.frombuffer(points.packed, "<u4", count=2 * size).reshape(2, size)
    status = np.frombuffer(points.packed, "u1", offset=8 * size)
    return b"".join(column[places].tobytes() for column in (x, y, status))


def text(raw: bytes) -> str:
    """Returns bytes as base64."""
    return base64.b64encode(raw).decode("ascii")


def _uint32(fraction: npt.NDArray[np.float64]) -> bytes:
    steps = np.clip(np.round(fraction * _WORLD), 0, _WORLD - 1)
    return steps.astype("<u4").tobytes()

"""Placed table -> packed columns; selection -> bit mask: what the map's plant layer is fed with.

Positions are Web Mercator (EPSG:3857) as fractions of one world in 2^32 steps (about 1 cm):
x = (longitude + 180) / 360, y = 1/2 - ln(tan(pi/4 + latitude/2)) / (2 pi). The layer needs one
multiplication to get pixels at any zoom, and 9 bytes a plant hold position and status.
"""

import base64
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.filters import Mask
from atlas.tables import STATUSES

MAX_LATITUDE = 85.051128779806604
_WORLD = 2.0**32


@dataclass(frozen=True)
class Points:
    """The plants of a table that can be drawn: `rows` are their row numbers in the table, in order.

    `packed` is uint32 x of all, then uint32 y of all, then uint8 status of all (little endian).
    """

    rows: npt.NDArray[np.int64]
    packed: bytes


def pack(table: pd.DataFrame) -> Points:
    """Packed columns of a placed table; rows without usable coordinates are left out, never drawn at 0, 0.

    Needs `latitude`, `longitude` (WGS 84, decimal degrees) and `status`. Latitudes beyond the
    projection's edge are drawn at the edge.
    """
    latitude = table["latitude"].to_numpy(dtype=float, na_value=np.nan)
    longitude = table["longitude"].to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        usable = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    rows = np.flatnonzero(usable)
    phi = np.radians(np.clip(latitude[rows], -MAX_LATITUDE, MAX_LATITUDE))
    x = (longitude[rows] + 180) / 360
    y = 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi)
    codes = {status: code for code, status in enumerate(STATUSES)}
    status = table["status"].map(codes).to_numpy(dtype="u1")[rows]
    return Points(rows, _uint32(x) + _uint32(y) + status.tobytes())


def mask(points: Points, shown: Mask) -> str | None:
    """Which points a row mask shows, as base64 of bits (first plant = highest bit); None for all."""
    bits = shown[points.rows]
    return None if bits.all() else text(np.packbits(bits).tobytes())


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _uint32(fraction: npt.NDArray[np.float64]) -> bytes:
    steps = np.clip(np.round(fraction * _WORLD), 0, _WORLD - 1)
    return steps.astype("<u4").tobytes()

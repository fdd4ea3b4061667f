"""Positions on Earth: which pairs of numbers are one, and the box around several."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.text import Mask

RADIUS_M = 6_371_000.0
Floats = npt.NDArray[np.float64]


def is_usable(latitude: Floats, longitude: Floats) -> Mask:
    """Which pairs are places on Earth, in decimal degrees."""
    with np.errstate(invalid="ignore"):
        usable: Mask = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    return usable


def bounds(table: pd.DataFrame, rows: npt.NDArray[np.int32]) -> list[list[float]] | None:
    """South-west and north-east corner of placed rows as [[latitude, longitude], ...]; None for no row.

    The box is the narrowest that holds all: where that crosses the 180th meridian (Fiji and Samoa),
    the eastern longitude is above 180.
    """
    latitude, longitude = (table[name].to_numpy()[rows] for name in ("latitude", "longitude"))
    placed = ~np.isnan(latitude)
    if not placed.any():
        return None
    latitude, longitude = latitude[placed], longitude[placed]
    west, east = _narrowest(longitude)
    return [[float(latitude.min()), west], [float(latitude.max()), east]]


def _narrowest(longitude: npt.NDArray[np.float64]) -> tuple[float, float]:
    """West and east of the shortest arc with all longitudes: it leaves out the widest empty gap."""
    west, east = float(longitude.min()), float(longitude.max())
    if east - west <= 180:
        return west, east
    ordered = np.unique(longitude)
    gaps = np.diff(ordered)
    widest = int(gaps.argmax())
    if gaps[widest] <= 360 - (east - west):
        return west, east
    return float(ordered[widest + 1]), float(ordered[widest]) + 360

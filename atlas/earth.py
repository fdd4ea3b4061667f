"""Positions on Earth: which numbers are a position, the box around several, distances on a sphere."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.text import Mask

Floats = npt.NDArray[np.float64]
RADIUS_KM = 6371.0
KM_A_DEGREE = RADIUS_KM * np.pi / 180
KM_A_MILE = 1.609344


def is_usable(latitude: Floats, longitude: Floats) -> Mask:
    """Returns which pairs of decimal degrees are positions on Earth."""
    with np.errstate(invalid="ignore"):
        usable: Mask = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    return usable


def bounds(table: pd.DataFrame, rows: npt.NDArray[np.int32]) -> list[list[float]] | None:
    """Returns the south-west and north-east corner of placed rows as [[latitude, longitude], ...].

    None where no row has a position. The box is the narrowest that holds all: where it crosses the 180th
    meridian (Fiji and Samoa), the eastern longitude is above 180.
    """
    latitude, longitude = (table[name].to_numpy()[rows] for name in ("latitude", "longitude"))
    placed = ~np.isnan(latitude)
    if not placed.any():
        return None
    latitude, longitude = latitude[placed], longitude[placed]
    west, east = shortest_arc(longitude)
    return [[float(latitude.min()), west], [float(latitude.max()), east]]


def shortest_arc(points: Floats, turn: float = 360.0) -> tuple[float, float]:
    """Returns where the shortest arc with all points of a circle begins and ends.

    It leaves out the widest empty gap; where it crosses the seam, it ends beyond half a `turn`.
    """
    west, east = float(points.min()), float(points.max())
    if east - west <= turn / 2:
        return west, east
    ordered = np.unique(points)
    gaps = np.diff(ordered)
    widest = int(gaps.argmax())
    if gaps[widest] <= turn - (east - west):
        return west, east
    return float(ordered[widest + 1]), float(ordered[widest]) + turn


def sphere_km(
    latitude: Floats, longitude: Floats, to_latitude: Floats | float, to_longitude: Floats | float
) -> Floats:
    """Returns great-circle distances in km; a geodesic on the ellipsoid differs by 0.56 % at most."""
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((phi - to_phi) / 2) ** 2
    half += np.cos(to_phi) * np.cos(phi) * np.sin(np.radians(longitude - to_longitude) / 2) ** 2
    result: Floats = 2 * RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return result


def tile(latitude: float, longitude: float, zoom: int) -> tuple[int, int]:
    """Returns column and line of the Web Mercator tile with a position."""
    y = 0.5 - np.log(np.tan(np.pi / 4 + np.radians(np.clip(latitude, -85, 85)) / 2)) / (2 * np.pi)
    return int((longitude + 180) / 360 * 2**zoom), int(y * 2**zoom)

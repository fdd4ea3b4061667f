"""Positions on Earth: the narrowest box, the shortest arc, and distances on a sphere."""

import math

import numpy as np
import pandas as pd
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from atlas import earth


def table(places: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["latitude", "longitude"], dtype=float)


DEGREES = st.one_of(
    st.integers(-180, 180).map(float), st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 0.0])
)
ROUND = 1e-9


def narrowest(longitudes: list[float]) -> float:
    """Width of the narrowest arc with all longitudes, by trying each as its western end."""
    return min(max((east - west) % 360 for east in longitudes) for west in longitudes)


@given(st.lists(st.tuples(st.floats(-90, 90), DEGREES), min_size=1, max_size=12))
def test_the_box_is_the_narrowest_that_holds_all(places: list[tuple[float, float]]) -> None:
    """Every plant is inside, also across the 180th meridian, and no narrower box would do."""
    box = earth.bounds(table(places), np.arange(len(places), dtype=np.int32))
    assert box is not None
    (south, west), (north, east) = box
    latitudes, longitudes = zip(*places, strict=True)
    assert (south, north) == (min(latitudes), max(latitudes))
    assert -180 <= west <= 180
    assert west <= east < west + 360 + ROUND
    inside = [any(west - ROUND <= one + turn <= east + ROUND for turn in (0, 360)) for one in longitudes]
    assert all(inside)
    assert east - west <= narrowest(list(longitudes)) + ROUND


BOXES = [
    ([(-18.1, 178.4), (-13.8, -171.8)], [[-18.1, 178.4], [-13.8, 188.2]]),
    ([(41.0, 13.0), (19.0, -99.0)], [[19.0, -99.0], [41.0, 13.0]]),
    ([(40.0, -120.0), (35.0, 140.0), (-35.0, 150.0)], [[-35.0, 140.0], [40.0, 240.0]]),
    ([(1.0, -90.0), (2.0, 90.0)], [[1.0, -90.0], [2.0, 90.0]]),
    ([(5.0, 6.0)], [[5.0, 6.0], [5.0, 6.0]]),
    ([(0.0, -120.0), (0.0, 0.0), (0.0, 120.0)], [[0.0, -120.0], [0.0, 120.0]]),
]


@pytest.mark.parametrize(("places", "box"), BOXES)
def test_boxes_by_hand(places: list[tuple[float, float]], box: list[list[float]]) -> None:
    """Fiji and Samoa are neighbours; Italy and Mexico are seen with the Atlantic between them."""
    found = earth.bounds(table(places), np.arange(len(places), dtype=np.int32))
    assert found == [pytest.approx(corner) for corner in box]


def test_only_the_rows_asked_for_count() -> None:
    """The box is that of the shown rows; those without a position do not count."""
    frame = table([(1.0, 1.0), (math.nan, math.nan), (3.0, 4.0), (80.0, 80.0)])
    assert earth.bounds(frame, np.array([0, 1, 2], np.int32)) == [[1.0, 1.0], [3.0, 4.0]]


@pytest.mark.parametrize("rows", [[], [1]])
def test_no_box(rows: list[int]) -> None:
    """Nothing shown, or nothing placed among it: nowhere to go."""
    frame = table([(1.0, 1.0), (math.nan, math.nan)])
    assert earth.bounds(frame, np.array(rows, np.int32)) is None


POSITION = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(POSITION, POSITION)
def test_a_sphere_is_wrong_by_half_a_percent_at_most(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    """What `distances` rules out by it is farther away on the ellipsoid too."""
    km = float(earth.sphere_km(np.array([one[0]]), np.array([one[1]]), *other)[0])
    assert km == pytest.approx(geodesic(one, other).km, rel=0.0057, abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_an_arc_of_fractions_is_that_of_degrees(points: list[float]) -> None:
    """The preview counts in worlds, the map in degrees: it is the same box."""
    west, east = earth.shortest_arc(np.array(points), 1.0)
    assert east - west <= narrowest([360 * point for point in points]) / 360 + ROUND
    assert all(any(west - ROUND <= point + turn <= east + ROUND for turn in (0, 1)) for point in points)

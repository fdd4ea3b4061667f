"""Distances: right to the metre by other formulas, in order, and said in words."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from atlas.catalog import distances, loader

TURIN = (45.0703, 7.6869)
# Published geodesics on WGS 84, km: the quarter of a meridian, half the way around over a pole, an equator's
# degree (2 pi a / 360), and the example of Vincenty's paper in its WGS 84 form (Flinders Peak to Buninyon).
KNOWN = [
    ((0, 0), (90, 0), 10001.965729),
    ((90, 0), (-90, 0), 20003.931459),
    ((0, 0), (0, 1), 111.319491),
    ((0, 179.5), (0, -179.5), 111.319491),
    ((-37.95103341666667, 144.42486788888888), (-37.65282113888889, 143.92649552777777), 54.972271),
    (TURIN, TURIN, 0),
]


def far(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(distances.km(*(np.array([degrees]) for degrees in (*one, *other)))[0])


def table(*places: tuple[float, float] | None, names: Any = None) -> pd.DataFrame:
    """Plants a, b, c, … at these places; None: not known."""
    known = [place or (math.nan, math.nan) for place in places]
    ids = [chr(ord("a") + number) for number in range(len(places))]
    return pd.DataFrame(
        {
            "plant_id": ids,
            "name": names or [f"Plant {one}" for one in ids],
            "latitude": [float(latitude) for latitude, _ in known],
            "longitude": [float(longitude) for _, longitude in known],
        }
    )


def ranked(plants: pd.DataFrame, here: tuple[float, float], **options: Any) -> distances.Ranked:
    return distances.rank(plants, np.arange(len(plants), dtype=np.int32), here, **options)


@pytest.mark.parametrize(("one", "other", "km"), KNOWN)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    """Poles, the equator, over the 180th meridian and a measured line, within a metre."""
    assert far(one, other) == pytest.approx(km, abs=0.001)
    assert far(other, one) == pytest.approx(km, abs=0.001)


@given(*[st.floats(-degrees, degrees) for degrees in (90, 180, 90, 180)])
def test_it_is_the_geodesic_of_geopy(a: float, b: float, c: float, d: float) -> None:
    """For any two places on Earth, within a millimetre."""
    assert far((a, b), (c, d)) == pytest.approx(geodesic((a, b), (c, d)).km, abs=1e-6)


def test_the_five_plants_from_turin() -> None:
    """Nearest first; each within half a percent of a sphere's distance."""
    sheet = loader.open_catalog().sheet("plants")
    found = ranked(sheet.table, TURIN)
    assert sheet.table["plant_id"].iloc[found.rows].tolist() == [
        "modena",
        "cassino",
        "pomigliano",
        "melfi",
        "toluca",
    ]
    for row, km in zip(found.rows, found.km, strict=True):
        latitude, longitude = map(math.radians, sheet.table[["latitude", "longitude"]].iloc[row])
        north, east = map(math.radians, TURIN)
        cosine = math.sin(latitude) * math.sin(north)
        cosine += math.cos(latitude) * math.cos(north) * math.cos(longitude - east)
        assert km == pytest.approx(6371 * math.acos(cosine), rel=0.006)


def test_order_ties_and_plants_without_position() -> None:
    """Equal distances keep the table's order; who has no position comes last, without a distance."""
    plants = table((0, 2), None, (0, 1), (0, -1), (95, 0), (0, 0))
    found = ranked(plants, (0, 0))
    assert found.rows.tolist() == [5, 2, 3, 0, 1, 4]
    assert np.isnan(found.km).tolist() == [False] * 4 + [True] * 2
    assert (found.placed, found.unplaced, found.total) == (4, 2, 6)
    assert found.measured.tolist() == [5, 2, 3, 0]


def test_the_nearest_may_be_beyond_the_180th_meridian() -> None:
    """From Fiji, Samoa is nearer than Tonga's other side of the world."""
    plants = table((-13.8, 171.8), (-13.8, -171.8), (-17, -10))
    assert ranked(plants, (-17.7, 178.0)).rows.tolist() == [0, 1, 2]
    assert ranked(plants, (-17.7, -178.0)).rows.tolist() == [1, 0, 2]


@pytest.mark.parametrize("here", [(45.0, 9.0), (0.0, 180.0), (90.0, 0.0), (-89.9, 100.0)])
@pytest.mark.parametrize("most", [1, 7, 400, 999, 5000])
def test_the_nearest_of_many_are_those_of_all(here: tuple[float, float], most: int) -> None:
    """What a sphere rules out is never among the nearest."""
    random = np.random.default_rng(1)
    places = zip(
        np.degrees(np.arcsin(random.uniform(-1, 1, 1000))), random.uniform(-180, 180, 1000), strict=True
    )
    plants = table(*[(float(a), float(b)) for a, b in places], names=["x"] * 1000)
    every, some = ranked(plants, here), ranked(plants, here, most=most)
    assert some.rows.tolist() == every.rows[:most].tolist()
    assert some.km.tolist() == every.km[:most].tolist()
    assert some.total == 1000


def test_near_the_edge_of_the_sphere_s_error() -> None:
    """North and east of a place on the equator, where a sphere has the order wrong."""
    plants = table((1.003, 0), (0, 1))  # 110.9 and 111.3 km; on a sphere 111.5 and 111.2
    assert ranked(plants, (0, 0), most=1).rows.tolist() == [0]


def test_the_start_is_left_out_and_nothing_may_be_left() -> None:
    """Its own distance is no news; no plant or one plant is an empty answer."""
    plants = table((0, 1), (0, 2))
    assert ranked(plants, (0, 1), without=0).rows.tolist() == [1]
    assert ranked(plants.iloc[:1], (0, 1), without=0).total == 0
    assert ranked(plants.iloc[:0], (0, 1)).total == 0
    assert ranked(table(None, None), (0, 1), most=1).rows.tolist() == [0]


def test_columns_are_rounded_as_positions_allow() -> None:
    """Tenths below 100, whole numbers above; nothing where nothing is known; the table is left alone."""
    plants = table((0, 0.5), (0, 10), None)
    found = distances.measured(plants, ranked(plants, (0, 0)))
    assert found["distance_km"].tolist()[:2] == [55.7, 1113]
    assert found["distance_miles"].tolist()[:2] == [34.6, 692]
    assert found[["distance_km", "distance_miles"]].iloc[2].isna().all()
    assert "distance_km" not in plants
    assert distances.rounded(np.array([99.94, 99.96, 100.4])).tolist() == [99.9, 100, 100]


def test_matrix() -> None:
    """Square, the same in both directions, nothing on the diagonal, in the unit asked for."""
    plants = table((0, 0), None, (0, 1), (0, 3), names=["A", "B", "C", "A"])
    rows = np.arange(4, dtype=np.int32)
    square = distances.matrix(plants, rows)
    assert square.index.tolist() == square.columns.tolist() == ["A", "C", "A (2)"]
    assert square.to_numpy().tolist() == [[0, 111, 334], [111, 0, 223], [334, 223, 0]]
    assert distances.matrix(plants, rows, "miles").to_numpy()[0].tolist() == [0, 69.2, 208]
    file = distances.as_file(square, "km")
    assert file.columns.tolist() == ["distance in km", "A", "C", "A (2)"]
    assert distances.matrix_in_words(square, "km") == (
        "Closest to each other are A and C, 111 km; farthest apart are A and A (2), 334 km."
    )
    assert (
        distances.matrix_in_words(distances.matrix(plants, rows[:3], "miles"), "miles")
        == "A and C, 69 miles."
    )
    assert distances.matrix_in_words(distances.matrix(plants, rows[:2]), "km") == ""


SAID = [
    (0, "less than 1 km", "less than 1 mile"),
    (0.7, "1 km", "less than 1 mile"),
    (1.7, "2 km", "1 mile"),
    (10204.4, "10,204 km", "6,341 miles"),
]


@pytest.mark.parametrize(("km", "metric", "imperial"), SAID)
def test_one_distance_in_words(km: float, metric: str, imperial: str) -> None:
    """Whole numbers with their unit."""
    assert (distances.said(km), distances.said(km, "miles")) == (metric, imperial)


def test_the_nearest_in_words() -> None:
    """Five at most; nothing to say is said too."""
    plants = table(*[(0, degrees) for degrees in range(1, 8)])
    sentence = distances.in_words("Turin", plants, ranked(plants, (0, 0)))
    assert sentence == (
        "Nearest to Turin: Plant a 111 km, Plant b 223 km, Plant c 334 km, Plant d 445 km, Plant e 557 km."
    )
    nowhere = table(None)
    assert distances.in_words("Turin", nowhere, ranked(nowhere, (0, 0))) == (
        "Nothing to measure from Turin: none of those shown has a position."
    )
    alone = ranked(plants.iloc[:1], (0, 1), without=0)
    assert distances.in_words("Plant a", plants, alone) == (
        "Nothing to measure from Plant a: no other plant is shown."
    )


def test_nearest_of_each() -> None:
    """The five nearest of each plant with their distances, never itself; fewer where there are few."""
    names = list("abc")
    square = pd.DataFrame([[0, 3, 1200.0], [3, 0, 0.5], [1200, 0.5, 0]], index=names, columns=names)
    found = distances.nearest_of_each(square, "km")
    assert found.to_dict("index") == {
        "a": {"Nearest": "b, 3 km", "No. 2": "c, 1,200 km"},
        "b": {"Nearest": "c, 0.5 km", "No. 2": "a, 3 km"},
        "c": {"Nearest": "b, 0.5 km", "No. 2": "a, 1,200 km"},
    }
    assert distances.nearest_of_each(square, "km", most=1).columns.tolist() == ["Nearest"]

"""Points: positions as the browser gets them, checked against Web Mercator by another formula."""

import base64
import gzip
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.catalog import points

WORLD = 2**32
EDGE_M = 20_037_508.342789244  # half the world's width in EPSG:3857 metres


def table(places: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["latitude", "longitude"], dtype=float)


def pack(frame: pd.DataFrame, *status: int) -> points.Points:
    """Points with the given status codes; all 0 if none is given."""
    return points.pack(frame, np.array(status or [0] * len(frame), "u1"))


def unpack(packed: points.Points) -> tuple[list[int], list[int], list[int]]:
    """x, y and status as a browser reads them from the bytes."""
    size = len(packed.rows)
    assert len(packed.packed) == 9 * size
    x = np.frombuffer(packed.packed, "<u4", size)
    y = np.frombuffer(packed.packed, "<u4", size, 4 * size)
    status = np.frombuffer(packed.packed, "u1", size, 8 * size)
    return x.tolist(), y.tolist(), status.tolist()


def metres(latitude: float, longitude: float) -> tuple[float, float]:
    """EPSG:3857 by the inverse Gudermannian function."""
    radius = 6_378_137.0
    return math.radians(longitude) * radius, radius * math.atanh(math.sin(math.radians(latitude)))


# Known pairs: PostGIS, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857), to a metre
KNOWN = [
    ((0.0, 0.0), (0, 0)),
    ((45.0, 90.0), (10_018_754, 5_621_521)),
    ((-45.0, -90.0), (-10_018_754, -5_621_521)),
    ((60.0, 0.0), (0, 8_399_738)),
]


@pytest.mark.parametrize(("place", "expected"), KNOWN)
def test_known_points(place: tuple[float, float], expected: tuple[int, int]) -> None:
    """Published pairs of degrees and Web Mercator metres agree to a metre."""
    (x,), (y,), _ = unpack(pack(table([place])))
    east, north = (2 * x / WORLD - 1) * EDGE_M, (1 - 2 * y / WORLD) * EDGE_M
    assert (round(east), round(north)) == expected


@given(st.floats(-85, 85), st.floats(-180, 179.9999))
def test_any_point_is_within_two_centimetres(latitude: float, longitude: float) -> None:
    """The independent formula gives the same place everywhere on the map."""
    (x,), (y,), _ = unpack(pack(table([(latitude, longitude)])))
    east, north = metres(latitude, longitude)
    assert abs((2 * x / WORLD - 1) * EDGE_M - east) < 0.02
    assert abs((1 - 2 * y / WORLD) * EDGE_M - north) < 0.02


def test_no_rows() -> None:
    """An empty table packs to nothing, and a mask of nothing shows all."""
    packed = pack(table([]))
    assert (packed.rows.tolist(), packed.packed) == ([], b"")
    assert points.mask(packed, np.zeros(0, dtype=bool)) is None


UNUSABLE = [
    (math.nan, math.nan),
    (math.nan, 10.0),
    (10.0, math.nan),
    (90.1, 10.0),
    (-415_750.0, 10.0),
    (10.0, 180.1),
    (10.0, -180.1),
    (math.inf, 10.0),
    (10.0, -math.inf),
]


@pytest.mark.parametrize("place", UNUSABLE)
def test_impossible_places_are_left_out(place: tuple[float, float]) -> None:
    """A missing or impossible position is not drawn, in particular not at 0, 0; its neighbours are."""
    packed = pack(table([(1.0, 1.0), place, (2.0, 2.0)]))
    assert packed.rows.tolist() == [0, 2]
    assert len(unpack(packed)[0]) == 2


def test_missing_values_of_pandas() -> None:
    """Also columns that know <NA> are read."""
    frame = table([(1.0, 1.0), (2.0, 2.0)]).astype({"latitude": "Float64"})
    frame.loc[0, "latitude"] = pd.NA
    assert pack(frame).rows.tolist() == [1]


def test_the_poles_are_drawn_at_the_edge() -> None:
    """Beyond 85.05 degrees the projection ends: top row and bottom row of the map."""
    _, y, _ = unpack(pack(table([(90.0, 0.0), (85.0511287798066, 0.0), (-85.06, 0.0), (-90.0, 0.0)])))
    assert y == [0, 0, WORLD - 1, WORLD - 1]


def test_the_antimeridian() -> None:
    """-180 is the left edge, 180 the right edge; neither wraps to the other side."""
    x, _, _ = unpack(pack(table([(0.0, -180.0), (0.0, 180.0), (0.0, 0.0)])))
    assert x == [0, WORLD - 1, WORLD // 2]


def test_each_point_keeps_its_status() -> None:
    """Codes go with their rows; that of a row without a position is left out."""
    frame = table([(0.0, 0.0), (math.nan, 0.0), (1.0, 0.0), (2.0, 0.0)])
    assert unpack(pack(frame, 2, 7, 0, 255))[2] == [2, 0, 255]


def test_row_labels_do_not_matter() -> None:
    """Rows are counted, not named."""
    frame = table([(1.0, 1.0), (math.nan, 0.0), (2.0, 2.0)])
    frame.index = pd.Index([9, 9, 1])
    assert pack(frame).rows.tolist() == [0, 2]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_the_mask_has_one_bit_per_drawn_plant(plants: list[tuple[bool, bool]]) -> None:
    """First plant, highest bit, as numpy unpacks it; None when every drawn plant is shown."""
    frame = table([(1.0, 1.0) if placed else (math.nan, 1.0) for placed, _ in plants])
    shown = np.array([show for _, show in plants], dtype=bool)
    drawn = [show for placed, show in plants if placed]
    text = points.mask(pack(frame), shown)
    if all(drawn):
        assert text is None
    else:
        assert text is not None
        bits = np.unpackbits(np.frombuffer(base64.b64decode(text), "u1"), count=len(drawn))
        assert bits.astype(bool).tolist() == drawn


def test_a_mask_by_hand() -> None:
    """Nine plants, the first and the last shown: 1000 0000 1 and padding."""
    packed = pack(table([(1.0, 1.0)] * 9))
    shown = np.array([True, *[False] * 7, True])
    assert points.mask(packed, shown) == base64.b64encode(b"\x80\x80").decode()
    assert points.text(b"\x80\x80") == "gIA="


# --- which point is which row ---


@given(st.lists(st.booleans(), max_size=40))
def test_the_point_of_a_row(placed: list[bool]) -> None:
    """Rows with a position are counted in their order; a row without one, or beyond the table, is -1."""
    packed = pack(table([(1.0, 1.0) if one else (math.nan, 1.0) for one in placed]))
    expected = [sum(placed[:row]) if one else -1 for row, one in enumerate(placed)]
    assert [packed.place_of(row) for row in range(len(placed))] == expected
    assert (packed.place_of(len(placed)), len(packed)) == (-1, sum(placed))


def test_what_goes_over_the_wire() -> None:
    """Compressed, the same bytes, and the same compressed bytes on every server."""
    packed = pack(table([(1.0, 1.0), (2.0, 2.0)]), 0, 1)
    assert gzip.decompress(packed.gzipped) == packed.packed
    assert packed.gzipped == pack(table([(1.0, 1.0), (2.0, 2.0)]), 0, 1).gzipped


def test_an_unsure_position_has_a_bit_beside_its_status() -> None:
    """A guess and one of several namesakes have it, a likely and a stated position have not."""
    frame = table([(45.0, 9.0)] * 4).assign(position_certainty=["guess", "ambiguous", "likely", ""])
    assert unpack(pack(frame, 3, 2, 1, 0))[2] == [3 + points.UNSURE_BIT, 2 + points.UNSURE_BIT, 1, 0]

"""`atlas/importing/position_text.py` and `systems.py`: a position in a single cell."""

import pyarrow as pa
import pytest

from atlas.importing import position_text, systems
from atlas.importing.rows import numbers

OSLO = (59.91, 10.75)


@pytest.mark.parametrize(
    "cell",
    [
        "POINT (10.75 59.91)",
        "SRID=4326;POINT Z (10.75 59.91 12)",
        "59.91 10.75 23 4",
        "(59.91, 10.75, 23)",
        '{"type": "Point", "coordinates": [10.75, 59.91]}',
        '{"latitude": "59.91", "longitude": "10.75"}',
        "https://www.openstreetmap.org/#map=12/59.91/10.75",
        "https://maps.google.com/?q=59.91,10.75",
        "Lat 59.91 Lon 10.75",
        "0101000000000000000080254014AE47E17AF44D40",
        "59.91 ; 10.75",
    ],
)
def test_a_position_in_a_cell(cell: str) -> None:
    """However it is written, the latitude comes first."""
    halves = position_text.pairs(pa.array([cell], pa.large_string()))
    assert tuple(round(float(half[0].as_py()), 4) for half in halves) == OSLO


def test_the_longitude_first() -> None:
    """A header such as "lon, lat" turns plain pairs, not what says itself which is which."""
    cells = pa.array(["10.75, 59.91", "10.75 59.91 4", "POINT (10.75 59.91)"], pa.large_string())
    first, _ = position_text.pairs(cells, longitude_first=True)
    assert [float(text) for text in first.to_pylist()] == [59.91] * 3


def test_minus_signs_and_unseen_characters() -> None:
    """A dash of any kind before a number is a minus."""
    cells = pa.array(["–7.5", "\u200b7.5", "- 7.5", "7.5-", "\u20667.5\u2069;", "'-7.5"], pa.large_string())
    assert position_text.tidy(cells).to_pylist() == ["-7.5", "7.5", "-7.5", "-7.5", "7.5", "-7.5"]


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [
        ("12-30N", 12.5),
        ("S 12 30 36", -12.51),
        ("0123036W", -12.51),
        ("12 deg 30 min", 12.5),
        ("12-30", None),
    ],
)
def test_degrees_in_many_forms(cell: str, degrees: float | None) -> None:
    """Units or a letter must say that they are degrees."""
    value = numbers.degrees(cell)
    assert value == pytest.approx(degrees) if degrees is not None else value != value


@pytest.mark.parametrize(
    ("text", "code"),
    [("35J", 32735), ("UTM zone 18 north", 32618), ("EPSG::2180", 2180), ("somewhere", None)],
)
def test_named_systems(text: str, code: int | None) -> None:
    """Zones have a hemisphere or a band; other words are no system."""
    system = systems.named(text)
    assert (system and system.to_epsg()) == code

"""Degrees, minutes, seconds, hemisphere and reference system in columns of their own."""

import pytest

from atlas.importing import importer

TABLES = {
    "degrees, minutes, seconds, side": (
        (
            "name,Lat deg,Lat min,Lat sec,N/S,Lon deg,Lon min,Lon sec,E/W\n"
            "Santiago,33,27,0,S,70,40,12,W\nTurin,45,4,12,N,7,41,24,E\n"
        ),
        [(-33.45, -70.67), (45.07, 7.69)],
    ),
    "German": (
        "Werk;Breite Grad;Breite Minuten;Länge Grad;Länge Minuten\nStuttgart;48;46,8;9;10,8\n",
        [(48.78, 9.18)],
    ),
    "decimal degrees and a side": (
        "name,latitude,lat hemisphere,longitude,lon hemisphere\nLima,12.05,S,77.04,W\n",
        [(-12.05, -77.04)],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_they_are_put_together(name: str) -> None:
    """A place is never that of the whole degrees."""
    content, places = TABLES[name]
    table = importer.read(content.encode(), "plants.csv").table
    found = [*zip(table["latitude"].round(4), table["longitude"].round(4), strict=True)]
    assert found == places


SYSTEM = "name,easting,northing,zone\nTurin,395300,4992000,32N\nMilan,514500,5034000,32N\n"


def test_metres_with_a_zone() -> None:
    """They are proposed in degrees, and converted if that is wanted; never placed as they stand."""
    imported = importer.read(SYSTEM.encode(), "plants.csv")
    assert (imported.placed, imported.fixes) == (0, {"projected": 2})
    table = importer.apply(imported, ["projected"]).table
    assert [*zip(table["latitude"].round(1), table["longitude"].round(1), strict=True)] == [
        (45.1, 7.7),
        (45.5, 9.2),
    ]


def test_metres_without_a_system() -> None:
    """They are reported, with no decimal point put anywhere."""
    imported = importer.read(SYSTEM.replace(",zone", "").replace(",32N", "").encode(), "plants.csv")
    assert imported.placed == 0
    assert imported.kinds == {"projected": 2}
    assert imported.fixes == {}

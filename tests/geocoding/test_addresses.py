"""Addresses as people write them: in which order their parts may be country, region and town."""

import pytest

from atlas.geocoding import addresses
from atlas.geocoding.addresses import Address

COUNTRIES = {"italy": "IT", "it": "IT", "unitedstates": "US", "us": "US", "france": "FR", "reunion": "RE"}
COUNTRIES |= {"ca": "CA", "island": "IS", "congothedemocraticrepublicofthe": "CD"}
REGIONS = {
    "kansas": ("US",),
    "ks": ("US",),
    "ca": ("US",),
    "ontario": ("CA",),
    "newjersey": ("US",),
    "lapaz": ("BO",),
}


def ways(text: str) -> list[Address]:
    return list(addresses.readings(text, COUNTRIES, lambda name: REGIONS.get(name, ())))


@pytest.mark.parametrize(
    ("text", "countries", "region", "town"),
    [
        ("Leoti, Kansas, US", ("US",), ("kansas",), "leoti"),
        ("Turin, IT", ("IT",), (), "turin"),
        ("Camden, New Jersey 08103", (), ("newjersey",), "camden"),
        ("Pickle Lake, Ontario, CA", ("CA",), ("ontario",), "picklelake"),
        ("Saint-Denis, Réunion, France", ("RE",), (), "saintdenis"),
        ("Kinshasa, Congo, The Democratic Republic of the", ("CD",), (), "kinshasa"),
    ],
)
def test_the_likeliest_reading(
    text: str, countries: tuple[str, ...], region: tuple[str, ...], town: str
) -> None:
    """The country may be a code, a territory or have a comma; a postcode is no part of a region."""
    way = ways(text)[0]
    assert (way.countries, way.region[:1], way.keys[0]) == (countries, region, town)


def test_a_code_is_first_a_region_and_then_a_country() -> None:
    assert [(way.among, way.countries, way.region) for way in ways("Paris, CA")[:2]] == [
        (("US",), (), ("ca",)),
        ((), ("CA",), ()),
    ]


def test_behind_a_known_code_or_region_nothing_is_looked_for_anywhere() -> None:
    """Bethlehem in Pennsylvania is not Belém in Pará."""
    assert all(way.countries or way.among for text in ("Xyz, KS", "Xyz, Kansas") for way in ways(text))
    assert not all(way.countries or way.among for way in ways("Xyz, XQ"))


def test_a_town_is_not_named_by_its_region_alone() -> None:
    """Beside a street it is."""
    assert [(way.keys, way.only_region) for way in ways("Iturralde, La Paz")[1:]] == [
        (("iturralde",), False),
        (("lapaz",), True),
    ]
    assert not any(way.only_region for way in ways("Avenida Montes, La Paz"))
    assert not any(way.only_region for way in ways("Montes 5, La Paz"))


def test_a_town_may_end_in_the_name_of_a_country() -> None:
    first = ways("Staten Island")[0]
    assert (first.countries, first.keys, first.least) == ((), ("statenisland",), addresses.WORLD_POPULATION)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Camden KS", True),
        ("Camden Kansas", True),
        ("Camden", False),
        ("Kansas", False),
        ("CAMDEN KS", False),
        ("", False),
    ],
)
def test_a_town_with_its_region_in_one_cell(cell: str, expected: bool) -> None:
    assert addresses.ends_in_region(cell, lambda name: REGIONS.get(name, ())) == expected


def test_what_stands_before_the_town_is_left_out() -> None:
    assert addresses.left_out("Corso Agnelli 200, 10135 Torino, Italy", "torino") == "Corso Agnelli 200"

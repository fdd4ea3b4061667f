"""Site: what it calls itself, and which pages it has, for our plants and for an operator's table."""

import pytest

from atlas import site


def test_our_own_site() -> None:
    """Without settings, or with a blank one, it is ours, with all pages."""
    for environ in ({}, {"ATLAS_PLANTS": " "}, {"ATLAS_TITLE": "Of no table"}):
        assert site.current(environ) == site.ALFA
    assert [page.title for page in site.ALFA.pages] == [
        "Map",
        "Plants",
        "Timeline",
        "Distances",
        "Your plants",
        "Sources",
    ]


TITLES = [
    ({"ATLAS_PLANTS": "/srv/power_plants.csv"}, "Power plants · Plant atlas", "Power plants"),
    ({"ATLAS_PLANTS": "https://x.org/GPPD.parquet?v=1"}, "GPPD · Plant atlas", "GPPD"),
    ({"ATLAS_PLANTS": "t.csv", "ATLAS_TITLE": " Our plants "}, "Our plants", "Our plants"),
]


@pytest.mark.parametrize(("environ", "title", "heading"), TITLES)
def test_the_site_of_an_operators_table(environ: dict[str, str], title: str, heading: str) -> None:
    """Called as its file or as the operator says; its files are not called ours."""
    here = site.current(environ)
    assert (here.title, here.heading, here.file_stem) == (title, heading, "atlas")
    assert here.words == f"{heading}: a map of the plants, with filters and the table behind it."
    assert "Alfa" not in f"{here.title}{here.words}"


def test_pages_for_any_table() -> None:
    """Sources are about our facts; the other pages make sense for any table."""
    pages = site.current({"ATLAS_PLANTS": "t.csv"}).pages
    assert [page.title for page in pages] == ["Map", "Plants", "Distances", "Your plants"]
    assert [page.url_path for page in pages] == ["", "plants", "distances", "your-plants"]


def test_a_blank_title_is_none() -> None:
    """An empty setting is as good as no setting."""
    blank, none = ({"ATLAS_PLANTS": "t.csv"} | more for more in ({"ATLAS_TITLE": ""}, {}))
    assert site.current(blank) == site.current(none)

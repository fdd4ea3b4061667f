"""The line above the map that answers where Alfa Romeos are built."""

import pytest
from streamlit.testing.v1 import AppTest

from atlas.screen import state
from tests.screen.conftest import Show
from tests.screen.page import button, is_sound, opened, plant_layer, sees, unescaped

NOW = ["Giulia, Stelvio: Cassino", "Tonale: Pomigliano d'Arco"]
ALL_NOW = [*NOW, "Junior: Tychy", "33 Stradale: Touring Superleggera"]
NOBODY = "No plant shown here builds Alfa Romeos today (February 2026)."
LINES: list[tuple[dict[str, str], str, list[str]]] = [
    ({}, "Built today (February 2026):", NOW),
    ({"table": "sites"}, "Built today (February 2026):", ALL_NOW),
    ({"table": "sites", "country": "Poland"}, "Built today (February 2026):", ["Junior: Tychy"]),
    ({"country": "Mexico"}, NOBODY, []),
    ({"q": "melfi"}, NOBODY, []),
    ({"year": "1975"}, "In 1975:", ["Pomigliano d'Arco (Alfasud)"]),
    (
        {"table": "sites", "year": "1912"},
        "In 1912, when they were called A.L.F.A.:",
        ["Portello (24 HP, 15 HP)"],
    ),
    ({"table": "sites", "year": "1916"}, "No plant shown here built Alfa Romeos in 1916.", []),
]


def links(app: AppTest) -> list[str]:
    """The links of the answer."""
    return [unescaped(one.label) for one in app.main.button if one.key.startswith(state.LEAD_BUTTON)]


@pytest.mark.parametrize(("query", "words", "expected"), LINES, ids=[str(line[0]) for line in LINES])
def test_the_answer_is_about_the_rows_shown(query: dict[str, str], words: str, expected: list[str]) -> None:
    """Filters and the year decide who is in it."""
    app = opened(**query)
    assert is_sound(app)
    assert sees(app, words)
    assert links(app) == expected


def test_the_answer_selects_a_plant_and_keeps_the_filters() -> None:
    """The address is the one of the view, with the plant."""
    app = opened(country="Italy")
    button(app, "Giulia, Stelvio: Cassino").click().run()
    assert is_sound(app)
    assert (app.query_params["country"], app.query_params["plant"]) == ("Italy", "cassino")


def test_the_whole_truth_about_plants_in_another_table() -> None:
    """Who builds beside the article's five, under the same filters, and the way to see them."""
    app = opened()
    assert sees(app, "The Junior is built at Tychy, Poland; the 33 Stradale")
    button(app, "Show all 22 sites").click().run()
    assert is_sound(app)
    assert links(app) == ALL_NOW
    assert not sees(app, "not among the article's five")
    italy = opened(country="Italy")
    assert sees(italy, "The 33 Stradale is built at Touring Superleggera, Italy: not among")
    assert not sees(italy, "Junior is built")
    assert not sees(opened(country="Mexico"), "not among the article's five")


def test_a_year_has_its_own_title() -> None:
    """The page says that it is about that year, and who else built then."""
    app = opened(year="1975")
    assert app.title[0].value == "Where Alfa Romeos were made in 1975"
    assert sees(app, "In 1975 Alfa Romeos were also built at Arese, Pininfarina Grugliasco")


def test_a_table_of_other_plants_says_what_is_shown(show: Show) -> None:
    """No word of Alfa Romeos, and no box for them."""
    show()
    app = opened()
    assert is_sound(app)
    assert (links(app), sees(app, "Alfa")) == ([], False)
    assert not [box for box in app.selectbox if "Alfa" in box.label]
    assert plant_layer(app)["size"] > 0

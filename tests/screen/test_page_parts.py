"""The line below an embedded map, and what an empty result offers; other parts are tested on their pages."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from atlas.screen import state
from tests.screen.page import MAP, PLANTS, TIMELINE, arriving, button, buttons, is_sound, names, opened


def embedded(**query: str) -> AppTest:
    """The map in a frame of another site."""
    app = arriving(**query)
    app.context = {"is_embedded": True}
    return app.run()


def line(app: AppTest) -> str:
    """The one line below the map, as it is read."""
    (body,) = [one.proto.body for one in app.get("html") if "<style" not in one.proto.body]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_line_says_what_is_shown() -> None:
    """The selection, the selected plant, and the way to the whole page."""
    assert line(embedded(country="Italy", plant="modena")) == (
        "4 plants in Italy. Selected: Modena Plant. Open the atlas"
    )


def test_the_line_says_once_what_was_left_out() -> None:
    """A note is a whole sentence already."""
    assert line(embedded(country="Mars")) == (
        "5 plants in 2 countries. Country: there is no “Mars” in this table; there is Italy, Mexico. "
        "It was left out. Open the atlas"
    )


ELSEWHERE: list[tuple[dict[str, str], str, list[str]]] = [
    ({"q": "portello"}, "1 plant in All Alfa Romeo sites: Portello Plant – show", ["Portello Plant"]),
    ({"year": "1916"}, "", []),
    ({"q": "junior"}, "1 plant in All Alfa Romeo sites: Tychy Plant – show", ["Tychy Plant"]),
    (
        {"q": "turin", "status": "before"},
        "1 plant in All Alfa Romeo sites: Mirafiori Plant – show",
        ["Mirafiori Plant"],
    ),
    ({"q": "nothing like this"}, "", []),
]


@pytest.mark.parametrize(("query", "label", "expected"), ELSEWHERE, ids=[str(row[0]) for row in ELSEWHERE])
def test_an_empty_result_looks_in_the_other_table(
    query: dict[str, str], label: str, expected: list[str]
) -> None:
    """The same filters there, one click away; no button where that table has nothing, either."""
    app = opened(**query)
    assert is_sound(app)
    offered = [text for text in buttons(app) if text.endswith("– show")]
    assert offered == ([label] if label else [])
    if label:
        button(app, label).click().run()
        assert is_sound(app)
        assert (names(app), app.session_state["atlas-sheet"]) == (expected, "sites")
        assert app.query_params["table"] == "sites"


@pytest.mark.parametrize(("script", "place"), [(MAP, "map"), (PLANTS, "table"), (TIMELINE, "timeline")])
def test_what_is_loaded_late_has_its_place(script: str, place: str) -> None:
    """Map, table and chart stand in a container with their height, which the browser knows at once."""
    places = opened(script).get("flex_container")
    (held,) = [one.proto for one in places if one.proto.id.endswith(f"-{state.PLACE}-{place}")]
    assert held.height_config.pixel_height > 100

"""The line below an embedded map; the other parts are tested on the pages that they stand on."""

import re
from html import unescape

from streamlit.testing.v1 import AppTest

from tests.screen.page import arriving


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

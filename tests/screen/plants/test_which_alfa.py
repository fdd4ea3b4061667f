"""The box for a visitor's car on the Map page, and where it was born."""

from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from tests.screen.page import PLANTS, button, buttons, html, is_sound, names, opened, picker, says, widget

BOX = "Which Alfa do you have?"


def ask(app: AppTest, text: str | None) -> AppTest:
    """The app after a car was typed into the box, or picked from it; None clears it."""
    box = widget(app, "selectbox", BOX)
    box.options.append(text)
    box.set_value(text).run()
    assert is_sound(app)
    return app


def test_a_model_and_a_year_say_where_the_car_was_born() -> None:
    """The plant is selected, in a table that has it; other filters go; the address holds the question."""
    app = ask(opened(country="Mexico", q="toluca"), "Giulia 1968")
    assert "A 1968 Giulia was built at Arese (1965–1978)." in says(app)
    assert dict(app.query_params) == {"table": "sites", "plant": "arese", "car": "Giulia 1968"}
    assert (len(names(app)), picker(app).value) == (22, "arese")


def test_a_plant_among_the_five_is_shown_among_them() -> None:
    """The table stays."""
    app = ask(opened(), "Tonale")
    assert dict(app.query_params) == {"plant": "pomigliano", "car": "Tonale"}
    assert len(names(app)) == 5


def test_a_link_with_nothing_but_the_car_opens_its_plant() -> None:
    """As does a reload of the address that it became; a plant that the link names wins."""
    app = opened(car="1975 Alfetta")
    assert dict(app.query_params) == {"table": "sites", "plant": "arese", "car": "1975 Alfetta"}
    assert widget(app, "selectbox", BOX).value == "1975 Alfetta"
    assert "A 1975 Alfetta was built at Arese (1972–1984) or at Brits (1973–1985)" in says(app)
    again = opened(table="sites", plant="brits", car="1975 Alfetta")
    assert picker(again).value == "brits"


def test_of_several_plants_each_can_be_shown() -> None:
    """A button for each that is not selected."""
    app = opened(car="giulia 1965")
    assert (picker(app).value, "Show Portello" in buttons(app)) == ("portello", False)
    button(app, "Show Arese").click().run()
    assert (picker(app).value, app.query_params["car"]) == ("arese", "giulia 1965")
    assert "Show Portello" in buttons(app)


def test_a_name_that_is_spelled_wrong_is_offered_right() -> None:
    """A click asks anew."""
    app = opened(car="Giulieta 1960")
    assert "Did you mean one of these?" in says(app)
    assert "plant" not in app.query_params
    button(app, "Giulietta (750/101) 1960").click().run()
    assert app.query_params["car"] == "Giulietta (750/101) 1960"
    assert picker(app).value == "portello"


def test_clearing_the_box_closes_the_answer() -> None:
    """The plant stays as it is."""
    app = ask(ask(opened(), "Junior"), None)
    assert "car" not in app.query_params
    assert picker(app).value == "tychy"
    assert "The Junior has been built" not in says(app)


def test_other_pages_know_nothing_of_it() -> None:
    """It is no filter: the rows of another page are all that the table has; the Map comes back with it."""
    app = opened(car="Junior")
    app.switch_page(PLANTS).run()
    assert len(app.dataframe[0].value) == 22
    app.switch_page("world_map.py").run()
    assert "The Junior has been built at Tychy since 2024." in says(app)


def test_the_answer_is_shared_with_a_picture() -> None:
    """The link opens the answer; the picture is asked for when it is to be seen."""
    markup = html(opened(car="1975 Alfetta"))
    assert "/?table=sites&amp;plant=arese&amp;car=1975+Alfetta</textarea>" in markup
    assert 'src="/api/preview.png?table=sites&amp;plant=arese&amp;car=1975+Alfetta"' in markup
    assert 'loading="lazy"' in markup


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "{{ config }}", "**x**"])
def test_what_was_typed_is_text(text: str) -> None:
    """In the sentence, letter for letter."""
    app = opened(car=text)
    assert is_sound(app)
    assert f"No Alfa Romeo called “{text}” is known here." in unescape(html(app))
    assert "<img src=x" not in html(app)


def test_models_of_today_come_first() -> None:
    """Each with its years."""
    options = widget(opened(), "selectbox", BOX).options
    assert "Giulia (952) – since 2016" in options[:5]
    assert "12 HP – 1910–1911" in options[5:]

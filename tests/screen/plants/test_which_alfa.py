"""The box for the visitor's own model on the Map page."""

from streamlit.testing.v1 import AppTest

from tests.screen.page import is_sound, names, opened, sees, widget

BOX = "Which Alfa do you have?"


def choose(app: AppTest, model: str | None) -> AppTest:
    """The app after a model was chosen in the box."""
    widget(app, "selectbox", BOX).set_value(model).run()
    assert is_sound(app)
    return app


def test_a_model_built_at_the_five_stays_among_them() -> None:
    """The model is the filter, other filters go, and the box says it."""
    app = choose(opened(country="Mexico", q="toluca"), "Tonale")
    assert names(app) == ["Pomigliano d'Arco Plant"]
    assert app.session_state["atlas-sheet"] == "plants"
    assert widget(app, "selectbox", BOX).value == "Tonale"
    app = choose(app, None)
    assert len(names(app)) == 5


def test_a_model_built_elsewhere_shows_all_sites() -> None:
    """Also where one of its plants only is among the five."""
    assert names(choose(opened(), "Junior")) == ["Tychy Plant"]
    app = choose(opened(), "156")
    assert app.session_state["atlas-sheet"] == "sites"
    assert names(app) == ["Pomigliano d'Arco Plant", "Rayong Plant (General Motors)"]
    assert sees(app, "where the 156 was built")


def test_models_of_today_come_first() -> None:
    """Each with its years."""
    options = widget(opened(), "selectbox", BOX).options
    assert "Giulia (952) – since 2016" in options[:5]
    assert "12 HP – 1910–1911" in options[5:]

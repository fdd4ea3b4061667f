"""The widgets beside every page: filters, the switch between tables, years and their player."""

import csv

import pytest

from atlas.alfa import tables
from atlas.catalog import loader
from atlas.screen import state
from tests.screen.page import (
    FRAME,
    MAP,
    PLANTS,
    button,
    buttons,
    download,
    is_sound,
    names,
    opened,
    picker,
    plant_layer,
    sees,
    unescaped,
)


def test_the_options_say_how_many() -> None:
    """Beside each option stands the number of plants it would show."""
    app = opened()
    country, status = app.sidebar.button_group
    assert [unescaped(option) for option in country.options] == ["Italy (4)", "Mexico (1)"]
    assert [unescaped(option) for option in status.options] == [
        "Builds Alfa Romeos now (2)",
        "Built Alfa Romeos before (1)",
        "No Alfa Romeo known (2)",
    ]


def test_choosing_filters() -> None:
    """Choosing and searching narrow down table, sentence, download and map together."""
    app = opened()
    app.sidebar.button_group[1].select("now").run()
    assert names(app) == ["Cassino Plant", "Pomigliano d'Arco Plant"]
    app.sidebar.text_input[0].input("tonale").run()
    assert names(app) == ["Pomigliano d'Arco Plant"]
    assert sees(app, "1 plant building Alfa Romeos now matching “tonale”")
    assert download(app).label == "Download 1 plant"
    assert plant_layer(app)["mask"] == "QA=="


def test_clear_filters() -> None:
    """One click shows everything again; the selected plant stays selected."""
    app = opened(country="Italy", q="plant", plant="melfi")
    button(app, "Clear filters").click().run()
    assert len(names(app)) == 5
    assert sees(app, "5 plants in 2 countries")
    assert app.sidebar.text_input[0].value == ""
    assert picker(app).value == "melfi"
    assert button(app, "Clear filters").disabled


@pytest.mark.parametrize("page", [MAP, PLANTS])
def test_an_empty_result(page: str) -> None:
    """Nothing found is a friendly sentence and a way back that works."""
    app = opened(page, q="nothing like this", country="Italy")
    assert is_sound(app)
    assert sees(app, "No plant in Italy matching “nothing like this”.")
    assert sees(app, "Nothing is wrong: the filters just leave no plant.")
    assert (names(app), download(app).disabled) == ([], True)
    button(app, "Show all plants").click().run()
    assert len(names(app)) == 5
    assert "Show all plants" not in buttons(app)


def built_in(year: int) -> set[str]:
    """From the rows of production.csv as text: who built Alfa Romeos in a year, an open end being now."""
    with (FRAME.parent.parent / "data" / "production.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["brand"] == "Alfa Romeo"]
    return {r["plant_id"] for r in rows if int(r["start_year"]) <= year <= int(r["end_year"] or 2026)}


def all_names() -> dict[str, str]:
    return tables.names(loader.open_catalog().about_alfa)


def test_the_table_switch() -> None:
    """All sites are one click away; the address says so, and the five are there again."""
    app = opened()
    switch = app.sidebar.radio[0]
    assert [unescaped(one) for one in switch.options] == ["Five plants (5)", "All Alfa Romeo sites (22)"]
    app = switch.set_value("sites").run()
    assert (app.query_params["table"], sees(app, "22 plants in 6 countries")) == ("sites", True)
    assert download(app).label == "Download 22 plants"
    app = app.sidebar.radio[0].set_value("plants").run()
    assert ("table" in app.query_params, download(app).label) == (False, "Download 5 plants")


def test_what_the_other_table_lacks_is_said() -> None:
    """A country and a plant that only the sites have are left out, each with a note; the rest stays."""
    app = opened(table="sites", country=["Italy", "Poland"], status="now", plant="tychy")
    app = app.sidebar.radio[0].set_value("plants").run()
    assert dict(app.query_params) == {"country": "Italy", "status": "now"}
    notes = [unescaped(note.value) for note in app.info]
    assert [("Poland" in note, "tychy" in note) for note in notes] == [(True, False), (False, True)]


@pytest.mark.parametrize("year", [1910, 1925, 1963, 1975, 2005, 2021, 2026])
def test_a_year_shows_who_built_then(year: int) -> None:
    """Exactly the sites with a run in that year, as counted from the rows of production.csv."""
    app = opened(table="sites", year=str(year))
    assert is_sound(app)
    wanted = {all_names()[plant] for plant in built_in(year)}
    assert set(names(app)) == wanted
    assert app.sidebar.number_input[0].value == year
    assert plant_layer(app)["fit"]["bounds"] is not None


def test_a_year_is_a_filter_like_any_other() -> None:
    """Off at first; switched on it counts, goes into the address, combines with others and is cleared."""
    app = opened()
    assert not app.sidebar.number_input
    app = app.sidebar.toggle[0].set_value(True).run()
    box = app.sidebar.number_input[0]
    assert (app.query_params["year"], box.min, box.max) == ("2026", 1972, 2026)
    app = app.sidebar.number_input[0].set_value(1990).run()
    assert (app.query_params["year"], sees(app, "1 plant that built Alfa Romeos in 1990")) == ("1990", True)
    button(app, "Clear filters").click().run()
    assert ("year" in app.query_params, bool(app.sidebar.number_input)) == (False, False)


def test_a_year_without_plants() -> None:
    """Of the five, none built an Alfa Romeo in 1971: a friendly sentence and a way back."""
    app = opened(table="sites", year="1971", country="Mexico")
    assert sees(app, "No plant in Mexico that built Alfa Romeos in 1971")
    button(app, "Show all plants").click().run()
    assert sees(app, "22 plants in 6 countries")


def test_a_bad_year_is_a_note() -> None:
    """A year out of range says which years there are."""
    app = opened(table="sites", year="1800")
    assert "“1800” is no year from 1910 to 2026" in unescaped(app.info[0].value)


def test_playing_goes_from_decade_to_decade() -> None:
    """From the last year it begins anew; the step is taken before the box is drawn; it ends by itself."""
    app = opened(table="sites", year="2026")
    button(app, "Play the decades").click().run()
    assert (app.sidebar.number_input[0].value, button(app, "Stop").disabled) == (1910, False)
    app.session_state[state.NEXT_YEAR] = 1920
    app.run()
    assert (app.sidebar.number_input[0].value, app.query_params["year"]) == (1920, "1920")
    button(app, "Stop").click().run()
    assert button(app, "Play the decades")
    app.session_state[state.NEXT_YEAR] = 2026
    app.run()
    assert app.sidebar.number_input[0].value == 2026
    assert button(app, "Play the decades")

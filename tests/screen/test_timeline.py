"""The page Timeline through its front door."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from atlas.screen import state
from tests.screen import page
from tests.screen.page import buttons, html, is_sound, says, sees, widget


def opened(**query: str | list[str]) -> AppTest:
    """The page for a visitor who followed a link to it with `query`."""
    return page.opened(page.TIMELINE, **query)


def typed(app: AppTest, text: str) -> AppTest:
    return widget(app, "text_input", "Type a model").input(text).run()


def charts_of(app: AppTest) -> list[str]:
    """The specifications of the charts on the page, as text."""
    return [element.proto.spec for element in app.get("vega_lite_chart")]


def test_the_page_at_first_sight() -> None:
    """What is built today, the five plants' models in words, a way to all sites, and output."""
    app = opened()
    assert is_sound(app)
    assert "Built today (February 2026): Cassino : Giulia, Stelvio Pomigliano d'Arco : Tonale" in says(app)
    assert "17 models at 3 plants, the earliest the Alfasud" in says(app)
    assert "None is known to have been built at Melfi and Toluca." in says(app)
    assert "Show all 22 Alfa Romeo sites" in buttons(app)
    assert "**Melfi**, 32,760 in 2025" in says(app)
    assert "Melfi: 9 of 12 years, 32,760 vehicles in 2025." in charts_of(app)[3]
    assert len(charts_of(app)) == 6


def test_all_sites_with_one_click() -> None:
    """The button switches the table; then it is gone."""
    app = opened()
    app.button(key=state.ALL_SITES_BUTTON).click().run()
    assert is_sound(app)
    assert "at 19 plants, the earliest the 12 HP at Portello in 1910" in says(app)
    assert app.query_params["table"] == "sites"
    assert state.ALL_SITES_BUTTON not in [one.key for one in app.button]


def test_other_brands_are_off_at_first() -> None:
    """A switch adds them, to chart, words and table, and the address holds it."""
    app = opened(country="Mexico")
    assert "No model is known to have been built at the plants shown." in says(app)
    widget(app, "toggle", "Other brands too").set_value(True).run()
    assert "16 models at 1 plant, the earliest the Dart / Plymouth Valiant" in says(app)
    assert len(app.dataframe[0].value) == 16
    assert app.query_params["brands"] == "all"
    again = opened(country="Mexico", brands="all")
    assert len(again.dataframe[0].value) == 16


def test_a_list_that_comes_back_old_keeps_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser had not yet got the typed model's tick; later, an empty list means all models."""
    app = opened()
    app.main.text_input[0].input("mito").run()
    box = widget(app, "multiselect", "Or pick one")
    assert box.value == ["MiTo"]
    box.set_value([]).run()
    assert app.query_params["model"] == "MiTo"
    monkeypatch.setattr(state, "_JUST_PUT_S", 0)
    widget(app, "multiselect", "Or pick one").set_value([]).run()
    assert "model" not in app.query_params


def test_output_on_one_scale_or_each_on_its_own() -> None:
    """All charts reach as high as the highest figure, until the switch gives each its own height."""
    tops = re.compile(r'"domain": ?\[0, ?(\d+)\]')
    app = opened()
    assert [set(tops.findall(chart)) for chart in charts_of(app)[1:]] == [{"390000"}] * 5
    widget(app, "toggle", "A scale of its own for each plant").set_value(True).run()
    assert is_sound(app)
    assert [set(tops.findall(chart)) for chart in charts_of(app)[1:]] == [
        {"135263"},
        {"215000"},
        {"390000"},
        {"1250"},
        {"130254"},
    ]
    assert app.query_params["scale"] == "own"


def test_the_year_of_the_address_is_on_the_page() -> None:
    """The shown plants that built in it, with all of their models; after a bad year those of today."""
    app = opened(year="1975", table="sites")
    assert "In 1975:" in says(app)
    models = "Giulia Sprint GT and GT coupes, Giulia (105) saloon, 2000, Montreal, Alfetta, Alfetta GT"
    assert f"Arese : {models}" in says(app)
    assert is_sound(app)
    brazil = opened(year="1975", table="sites", country="Brazil")
    assert "FNM Xerém : 2300" in says(brazil)
    assert "Arese :" not in says(brazil)
    app = opened(year="1800")
    assert "Built today (February 2026): Cassino" in says(app)


def test_a_click_on_a_bar_selects_its_plant() -> None:
    """The selected plant is named below the chart, with the way to the map."""
    app = opened(table="sites", plant="arese")
    assert sees(app, "Selected: Arese Plant.")
    assert not sees(opened(), "Selected:")


QUESTIONS = {
    "156": "The 156 was built at Pomigliano d'Arco (1997–2007) and at Rayong (2002–2004).",
    "GT": "The GT (937) was built at Pomigliano d'Arco (2003–2010).",
    "junior": "The Junior has been built at Tychy since 2024.",
    "giulietta 940": "The Giulietta (940) was built at Cassino (2010–2020).",
}


@pytest.mark.parametrize(("text", "sentence"), QUESTIONS.items())
def test_find_my_car(text: str, sentence: str) -> None:
    """Typing answers, and the pick is the filter: address, table and chart follow."""
    app = typed(opened(country="Mexico", year="1990"), text)
    assert is_sound(app)
    assert sentence in says(app)
    model = app.query_params["model"]
    assert model in sentence
    assert app.query_params["table"] == "sites"
    assert "country" not in app.query_params
    assert "year" not in app.query_params
    assert app.sidebar.multiselect[0].value == [model]


def test_a_link_to_a_model() -> None:
    """model= shows the answer, its notes and its sources at first sight."""
    app = opened(table="sites", model="156")
    assert QUESTIONS["156"] in says(app)
    assert "saloon to 2005, Crosswagon Q4 to end 2007; first builds 1996" in says(app)
    assert "Source: " in html(app)
    assert widget(app, "multiselect", "Or pick one").value == ["156"]


def test_pick_a_model() -> None:
    """The list does the same as the text, and empties it."""
    app = typed(opened(), "156")
    widget(app, "multiselect", "Or pick one").set_value(["MiTo"]).run()
    assert "The MiTo was built at Mirafiori (2008–2018)." in says(app)
    assert widget(app, "text_input", "Type a model").value == ""
    assert app.query_params["model"] == "MiTo"


def test_several_models_of_one_name() -> None:
    """Each has its sentence."""
    text = says(typed(opened(), "giulia"))
    assert "The Giulia (105) saloon was built at Portello (1962–1965) and at Arese (1965–1978)." in text
    assert "The Giulia (952) has been built at Cassino since 2016." in text


def test_others_are_offered() -> None:
    """ "33" may mean the 33 Stradale; one click asks that."""
    app = typed(opened(), "33")
    assert "Or did you mean one of these?" in says(app)
    (other,) = [one for one in app.main.button if "2023" in one.label]
    other.click().run()
    assert "The 33 Stradale (2023) has been built at Touring Superleggera since 2024." in says(app)


def test_a_name_that_nobody_knows() -> None:
    """A friendly sentence with the nearest names, which can be clicked; nothing else changes."""
    app = typed(opened(), "alfeta")
    assert "No Alfa Romeo called “alfeta” is known here. Did you mean one of these?" in says(app)
    assert "Alfetta" in buttons(app)
    assert "model" not in app.query_params
    app = typed(app, "zzzz")
    assert "Pick one from the list." in says(app)


def test_too_many_models_fit() -> None:
    """One letter picks nothing."""
    app = typed(opened(), "a")
    assert "models fit “a”. Type more, or pick one." in says(app)
    assert "model" not in app.query_params


def test_a_hostile_text_is_text(hostile_names: tuple[str, ...]) -> None:
    """Whatever is typed is shown as it is."""
    app = opened()
    for text in hostile_names:
        typed(app, text.replace("\x00", ""))
        assert is_sound(app)
        assert "<img src" not in html(app)


def test_no_plant_left() -> None:
    """Nothing found is a friendly sentence, no chart, and a way back."""
    app = opened(q="nothing like this")
    assert is_sound(app)
    assert "Nothing is wrong: the filters just leave no plant." in says(app)
    assert charts_of(app) == []


def test_each_chart_has_its_table_and_file() -> None:
    """The table beside a chart has as many rows as its file says."""
    app = opened(country="Italy")
    labels = [one.proto.label for one in app.main.get("download_button")]
    assert labels == ["Download 17 rows (CSV)", "Download 29 rows (CSV)"]
    assert [len(one.value) for one in app.dataframe] == [17, 29]


def test_a_new_model_is_one_row(edited: Path) -> None:
    """A row in production.csv shows in the sentence of the year, in the search and on the chart."""
    with (edited / "production.csv").open("a", encoding="utf-8") as file:
        file.write("melfi,Alfa Romeo,Disco Volante II,2025,,,\n")
    app = opened()
    assert "Melfi : Disco Volante II" in says(app)
    assert "18 models at 4 plants" in says(app)
    assert "The Disco Volante II has been built at Melfi since 2025." in says(typed(app, "disco volante"))
    card = page.opened(plant="melfi")
    assert "Disco Volante II, since 2025" in says(card)


def test_a_hostile_model_is_text(edited: Path, edit: Callable[[str, str, str], None]) -> None:
    """A name from the table is no markup, anywhere on the page."""
    edit("production.csv", "Alfa Romeo,MiTo,", 'Alfa Romeo,"<img src=x onerror=alert(1)> **MiTo**",')
    app = opened(table="sites", model="<img src=x onerror=alert(1)> **MiTo**")
    assert is_sound(app)
    assert "<img src" not in html(app)
    assert "The &lt;img src=x onerror=alert(1)&gt; **MiTo** was built at Mirafiori" in html(app)

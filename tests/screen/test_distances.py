"""The page Distances through its front door: what a visitor asks in the address, types and clicks."""

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from atlas.catalog import loader, start_places
from atlas.memory import Memory
from atlas.screen import distances, download_menu, state
from tests.catalog.test_start_places import TOWNS
from tests.screen import page
from tests.screen.conftest import Show
from tests.screen.page import DISTANCES, MAP, button, buttons, is_sound, names, plant_layer, sees, widget


@pytest.fixture(autouse=True)
def towns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few towns in place of the gazetteer's; nothing is remembered from other tests."""
    monkeypatch.setattr(start_places, "ask_gazetteer", lambda text: TOWNS.get(text, []))
    for sheet in loader.open_catalog().sheets.values():
        monkeypatch.setitem(vars(sheet), "memory", Memory())


def opened(**query: str) -> AppTest:
    """The page for a visitor who followed a link to it with `query`."""
    return page.opened(DISTANCES, **query)


def from_box(app: AppTest) -> Any:
    return widget(app.main, "text_input", "From a place or coordinates")


def plant_box(app: AppTest) -> Any:
    return widget(app.main, "selectbox", "Or from a plant")


def square(app: AppTest) -> Any:
    """The matrix as a table, the last of the page."""
    return app.dataframe[-1].value


def test_before_a_start_is_chosen() -> None:
    """What the page is for, the plants on the map without lines, and how far they are from each other."""
    app = opened()
    assert is_sound(app)
    assert sees(app, distances.INVITATION)
    assert "lines" not in plant_layer(app)
    assert len(app.dataframe) == 1
    assert square(app).shape == (5, 5)
    assert sees(app, "Closest to each other are Cassino Plant and Pomigliano d'Arco Plant, 81 km;")


def test_from_a_plant() -> None:
    """The sentence, the lines, the view around the nearest, the table, the picked plant."""
    app = opened(**{"from": "cassino"})
    assert is_sound(app)
    assert sees(
        app,
        "Nearest to Cassino Plant: Pomigliano d'Arco Plant 81 km, Melfi Plant 170 km, Modena Plant 421 km, "
        "Toluca Plant 10,417 km.",
    )
    assert names(app) == ["Pomigliano d'Arco Plant", "Melfi Plant", "Modena Plant", "Toluca Plant"]
    assert app.dataframe[0].value["distance_km"].tolist() == [81.4, 170, 421, 10417]
    assert app.dataframe[0].value["distance_miles"].tolist() == [50.6, 106, 261, 6473]
    layer = plant_layer(app)
    assert [layer["ids"][place] for place in layer["lines"]["places"]] == [
        "pomigliano",
        "melfi",
        "modena",
        "toluca",
    ]
    assert layer["lines"]["name"] == "From here"
    assert layer["fit"]["is_first"]
    assert layer["fit"]["bounds"][1][0] == pytest.approx(44.65, abs=0.05)
    assert layer["text"].startswith("Nearest to Cassino Plant: ")
    assert plant_box(app).value == "cassino"
    assert from_box(app).value == ""
    assert app.query_params["from"] == "cassino"


def test_from_a_place() -> None:
    """A town's name in the address is in the box, its full name and how sure it is are said."""
    app = opened(**{"from": "Turin", "unit": "miles"})
    assert is_sound(app)
    assert sees(app, "Nearest to Turin: Modena Plant 162 miles, ")
    assert sees(app, "Turin, Piedmont, Italy. Measured from the centre of the town, within about 9 km")
    assert from_box(app).value == "Turin"
    assert plant_box(app).value is None
    assert len(app.dataframe[0].value) == 5
    assert plant_layer(app)["lines"]["name"] == "Turin"
    assert sees(app, "Closest to each other are Cassino Plant and Pomigliano d'Arco Plant, 51 miles;")


def test_from_coordinates() -> None:
    """They are shown with their directions."""
    app = opened(**{"from": "45.46, 9.19"})
    assert sees(app, "Nearest to 45.46° N, 9.19° E: Modena Plant 165 km, ")
    assert plant_layer(app)["lines"]["here"] == [45.46, 9.19]


def test_typing_a_place_answers_and_is_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter is enough; then another plant, and then nothing, each replaces it."""
    monkeypatch.setattr(state, "_JUST_PUT_S", 0)
    app = opened()
    from_box(app).input(" Turin ").run()
    assert is_sound(app)
    assert sees(app, "Nearest to Turin: ")
    assert app.query_params["from"] == "Turin"
    plant_box(app).select("melfi").run()
    assert app.query_params["from"] == "melfi"
    assert from_box(app).value == ""
    plant_box(app).set_value(None).run()
    assert "from" not in app.query_params
    assert sees(app, distances.INVITATION)


@pytest.mark.parametrize("start", ["melfi", "Turin"])
def test_a_box_that_comes_back_empty_at_once_keeps_the_start(
    start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser had not yet got what the page had filled it with; later, empty means empty."""
    app = opened(**{"from": start})
    box, empty = (plant_box(app), None) if start == "melfi" else (from_box(app), "")
    filled = box.value
    box.set_value(empty).run()
    assert app.query_params["from"] == start
    box = plant_box(app) if start == "melfi" else from_box(app)
    assert box.value == filled
    monkeypatch.setattr(state, "_JUST_PUT_S", 0)
    box.set_value(empty).run()
    assert "from" not in app.query_params


BAD = [
    ({"from": "zzzz"}, "No place or plant called “zzzz” is known here. Try a town with its country"),
    ({"from": "95, 9"}, "Latitudes end at 90 degrees."),
    ({"unit": "leagues"}, "Unit: there is no “leagues”; there is km and miles. It was left out."),
    ({"from": "<img src=x onerror=alert(1)> **x**"}, "called “<img src=x onerror=alert(1)> **x**” is known"),
]


@pytest.mark.parametrize(("query", "sentence"), BAD)
def test_a_bad_value_becomes_a_sentence(query: dict[str, str], sentence: str) -> None:
    """No error; the page works without it."""
    app = opened(**query)
    assert is_sound(app)
    assert sees(app, sentence)
    assert square(app).shape == (5, 5)


def test_namesakes_are_one_click_away() -> None:
    """An ambiguous name takes the likeliest and offers the others."""
    app = opened(**{"from": "Halle"})
    assert sees(app, "Several places are called “Halle”. This is Halle, Saxony-Anhalt, Germany.")
    button(app, "Halle, Westphalia, Germany").click().run()
    assert app.query_params["from"] == "Halle, Westphalia, Germany"
    assert sees(app, "No place or plant called “Halle, Westphalia, Germany”")


def test_a_near_name_is_one_click_away() -> None:
    """A typing error leads to the plant that was meant."""
    app = opened(**{"from": "Modna Plant"})
    button(app, "Modena Plant").click().run()
    assert app.query_params["from"] == "modena"
    assert sees(app, "Nearest to Modena Plant: ")


def test_filters_and_table_work_as_everywhere() -> None:
    """The start may be a plant that the filters leave out, or one of another table."""
    app = opened(**{"from": "mirafiori", "country": "Italy", "status": "now"})
    assert is_sound(app)
    assert names(app) == ["Cassino Plant", "Pomigliano d'Arco Plant"]
    assert plant_layer(app)["lines"]["name"] == "Mirafiori Plant"
    app = opened(**{"from": "mirafiori", "table": "sites"})
    assert len(app.dataframe[0].value) == 21
    assert plant_layer(app)["lines"]["name"] == "From here"
    (group,) = [one for one in app.sidebar.button_group if one.key == "country"]
    group.set_value(["Brazil"]).run()
    assert names(app) == ["Betim Plant", "FNM Xerém Plant"]
    assert app.query_params["from"] == "mirafiori"
    assert app.query_params["country"] == "Brazil"


def test_a_page_comes_back_as_it_was_left() -> None:
    """Links to other pages leave out what only this one has; the way back to it has start and unit again."""
    app = opened(**{"from": "cassino", "unit": "miles", "country": "Italy", "plant": "melfi"})
    selection = "country=Italy&plant=melfi"
    own = f"{selection}&from=cassino&unit=miles"

    def links() -> list[str]:
        return [link.proto.query_string.replace("?", "") for link in app.sidebar.get("page_link")]

    assert links() == [selection, selection, selection, own, selection, selection]
    app.switch_page(MAP)
    app.query_params.clear()
    app.query_params.update({"country": "Italy", "plant": "melfi"})
    app.run()
    assert is_sound(app)
    assert "from" not in app.query_params
    assert "lines" not in plant_layer(app)
    assert links() == [selection, selection, selection, own, selection, selection]
    app.switch_page(DISTANCES)
    app.query_params.update({"from": "cassino", "unit": "miles"})
    app.run()
    assert sees(app, "Nearest to Cassino Plant")


def test_the_start_is_no_parameter_of_other_pages() -> None:
    """There it is left alone, and no note is about it."""
    app = page.opened(MAP, **{"from": "cassino"})
    assert is_sound(app)
    assert not app.info
    assert app.query_params["from"] == "cassino"


def test_the_selected_plant_can_become_the_start() -> None:
    """A click on the map or the table says how far it is; one more measures from it."""
    app = opened(**{"from": "cassino", "plant": "melfi"})
    assert sees(app, "Selected: Melfi Plant, 170 km (106 miles) from Cassino Plant.")
    button(app, "Measure from here").click().run()
    assert app.query_params["from"] == "melfi"
    assert "Measure from here" not in buttons(app)


def test_the_card_leads_here() -> None:
    """A quiet link on the Map page, with the selection."""
    app = page.opened(MAP, plant="modena", country="Italy")
    (link,) = [one for one in app.main.get("page_link") if one.proto.label == "Distances from here"]
    assert link.proto.page == "distances"
    assert link.proto.query_string.replace("?", "") == "country=Italy&plant=modena&from=modena"


def test_pinned_plants_are_measured_from_each_other() -> None:
    """Two or more of them alone, whatever the filters leave; one is not enough."""
    app = opened(country="Italy", pin="toluca,cassino,modena")
    assert "Between the pinned plants" in [one.value for one in app.main.header]
    assert list(square(app).columns) == ["Toluca Plant", "Cassino Plant", "Modena Plant"]
    labels = [one.proto.label for one in app.main.get("download_button")]
    assert "Download 3 × 3 distances (CSV)" in labels
    assert square(opened(country="Italy", pin="toluca")).shape == (4, 4)


def test_one_plant_and_none() -> None:
    """With nothing to compare, a sentence says so."""
    app = opened(**{"from": "modena", "q": "maserati"})
    assert is_sound(app)
    assert sees(app, "Nothing to measure from Modena Plant: no other plant is shown.")
    assert sees(app, "Two or more plants with a position are needed")
    assert not app.dataframe
    app = opened(**{"from": "modena", "q": "nothing like this"})
    assert is_sound(app)
    assert sees(app, "Nothing is wrong: the filters just leave no plant.")


def test_an_operators_table(show: Show) -> None:
    """Works with any table; who has no position comes last and is counted."""
    show()
    app = opened(**{"from": "48, 11"})
    assert is_sound(app)
    assert names(app) == ["Erfurt", "Graz", "Bursa", "Detroit", "Cordoba", "Fes"]
    assert np.isnan(app.dataframe[0].value["distance_km"].iloc[-1])
    assert sees(app, "Without a distance, as their position is not known: 1; they come last.")
    assert square(app).shape == (5, 5)
    assert opened(**{"from": "f1"}).main.text_input[0].value == "f1"
    assert sees(opened(**{"from": "f1"}), "The position of Fes is not known, so no distance from it is.")
    assert sees(opened(**{"from": "erfurt"}), "Nearest to Erfurt: Graz ")


def test_a_large_table_is_capped_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows, lines and matrix have an end, with a sentence each; the files have more."""
    path = tmp_path / "many.csv"
    lines = [f"p{i},Plant {i},{i / 100:.2f},{i / 50:.2f}" for i in range(1, 1201)]
    path.write_text("\n".join(["id,name,lat,lon", *lines, "x,Lost,,"]), encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    app = opened(**{"from": "0, 0"})
    assert is_sound(app)
    assert len(plant_layer(app)["lines"]["places"]) == distances.MOST_LINES
    assert sees(app, "Lines go to the nearest 50 of 1,200 plants.")
    assert sees(app, "The nearest 200 of 1,201; the CSV has them all.")
    assert names(app) == [f"Plant {i}" for i in range(1, 201)]
    assert sees(app, "The list has the 200 plants nearest to 0° N, 0° E, the file up to 1,000, of 1,200.")
    assert square(app).shape == (200, 5)
    labels = [one.proto.label for one in app.main.get("download_button")]
    assert labels == ["Download 1,201 distances (CSV)", "Download 1,000 × 1,000 distances (CSV)"]
    assert sees(opened(), "The list has the 200 plants first in the table")


def test_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """All shown plants with their distances, the nearest first; the matrix with its unit."""
    made: dict[str, bytes] = {}

    def collect(label: str, *, data: Any, file_name: str, **_: Any) -> None:
        made[file_name.rpartition("_")[0]] = data() if callable(data) else data

    monkeypatch.setattr(download_menu.st, "download_button", collect)
    app = opened(**{"from": "cassino", "unit": "miles", "country": "Italy"})
    assert is_sound(app)
    stem = "alfa-romeo-distances"
    rows = read(made[f"{stem}-from-cassino-plant-plants_country-italy"])
    assert [(row["plant_id"], row["distance_km"], row["distance_miles"]) for row in rows] == [
        ("pomigliano", "81.4", "50.6"),
        ("melfi", "170.0", "106.0"),
        ("modena", "421.0", "261.0"),
    ]
    rows = read(made[f"{stem}-between-miles-plants_country-italy"])
    assert [row["distance in miles"] for row in rows] == [
        "Cassino Plant",
        "Pomigliano d'Arco Plant",
        "Melfi Plant",
        "Modena Plant",
    ]
    assert [row["Cassino Plant"] for row in rows] == ["0.0", "50.6", "106.0", "261.0"]


def read(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8"))))


def test_a_page_drawn_again_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click or a look at another row costs no new distances."""
    made: list[int] = []
    real = distances.distances.rank

    def counted(table: Any, rows: Any, *rest: Any, **more: Any) -> Any:
        made.append(len(rows))
        return real(table, rows, *rest, **more)

    monkeypatch.setattr(distances.distances, "rank", counted)
    app = opened(**{"from": "45, 9"})
    app.run()
    app.run()
    assert made == [5]


@pytest.mark.parametrize("number", [0, 5, 14], ids=["a template", "an image", "Markdown"])
def test_a_hostile_start_is_text(hostile_names: tuple[str, ...], number: int) -> None:
    """Whatever the address says is shown as it is, cut to a bearable length."""
    text = (hostile_names[number] * 10)[:300]
    app = opened(**{"from": text})
    assert is_sound(app)
    assert sees(app, f"No place or plant called “{text[:59]}…” is known here.")
    assert not [element for element in app.main.get("html") if "<img src" in element.proto.body]

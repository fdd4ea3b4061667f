"""The pages through their front door: what a visitor sees, types and clicks."""

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from atlas import columns, site
from atlas.catalog import loader, sheets
from atlas.screen import frame, map_view

Edit = Callable[[str, str, str], None]
FRAME = Path(__file__).parent.parent.parent / "pages" / "frame.py"
MAP, PLANTS, SOURCES, TIMELINE = "world_map.py", "plant_table.py", "sources.py", "timeline.py"
DISTANCES = "distances.py"
YOURS = "your_plants.py"
# What a visitor must find on each page
WORDS = {
    MAP: (
        "Where Alfa Romeos are made",
        "Alfa Romeos are built today (February 2026) at Cassino Plant and Pomigliano d'Arco Plant.",
        "5 plants in 2 countries",
    ),
    TIMELINE: ("Timeline", "Find my car"),
    DISTANCES: ("Distances", "from a plant, a town or any point.", "Between the plants"),
    PLANTS: ("Plants", "5 plants in 2 countries.", "Side by side"),
    YOURS: ("Your plants",),
    SOURCES: ("Sources", "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable."),
}


def arriving(**query: str | list[str]) -> AppTest:
    """The app just before its first run for a visitor who followed a link with `query`."""
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app


def opened(page: str = MAP, **query: str | list[str]) -> AppTest:
    """The app after a visitor followed a link with `query` and went to `page`."""
    app = arriving(**query)
    app.session_state[map_view.READY] = True  # no browser here whose map could say so
    app.run()
    return app if page == MAP else app.switch_page(page).run()


def test_rows_stand_before_the_map_does() -> None:
    """Until the map is drawn, the shown plants stand as plain rows; nothing waits for a script to load."""
    app = arriving(country="Italy").run()
    assert not app.dataframe
    rows = re.findall(r"<tr><td[^>]*>(.*?)</td>", html(app))
    assert rows == ["Cassino Plant", "Pomigliano d&#39;Arco Plant", "Melfi Plant", "Modena Plant"]


def unescaped(markdown: str) -> str:
    """Markdown without the backslashes that make text of it."""
    return re.sub(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\1", markdown)


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def texts(app: AppTest) -> list[str]:
    """Titles, sentences and notes as they are read; no tables."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
    )
    bodies = re.sub(r"<(style|h2)\b.*?</\1>", "", html(app), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", "\n", bodies).replace("&#39;", "'").replace("&amp;", "&")
    shown = [unescaped(element.value) for kind in kinds for element in kind]
    return [line.strip() for text in [*shown, plain] for line in text.splitlines() if line.strip()]


def sees(app: AppTest, words: str) -> bool:
    return any(words in text for text in texts(app))


def is_sound(app: AppTest) -> bool:
    """No traceback and no error box."""
    return not app.exception and not app.error


def names(app: AppTest) -> list[str]:
    """The plants in the page's table."""
    return app.dataframe[0].value.iloc[:, 0].tolist() if app.dataframe else []


def sent_to_map(app: AppTest) -> dict[str, Any]:
    """What the page sends to the map's component."""
    (component,) = [one for one in app.main if getattr(one.proto, "json_args", "")]
    return {**json.loads(component.proto.json_args), "component": component.proto.id}


def plant_layer(app: AppTest) -> dict[str, Any]:
    """The plants that the map draws, as the browser reads them: what is fixed and what changes, in one."""
    parse = r'JSON\.parse\(("(?:[^"\\]|\\.)*")\)'
    found = re.search(rf"AtlasPlants\.update\(\w+, {parse}, {parse}\);", sent_to_map(app)["feature_group"])
    assert found
    fixed, changing = (json.loads(json.loads(text)) for text in found.groups())
    assert fixed["version"] == changing["version"]
    return {**fixed, **(fixed["about"] or {}), **changing}


def button(app: AppTest, label: str) -> Any:
    (found,) = [one for one in app.button if one.label == label]
    return found


def download(app: AppTest) -> Any:
    """The menu of files: its label and whether it can be opened."""
    (found,) = app.sidebar.get("popover")
    return found.proto.popover


def files(app: AppTest) -> list[str]:
    """The addresses that the menu links to."""
    (found,) = [one.proto.body for one in app.sidebar.get("html") if "atlas-files" in one.proto.body]
    return [unescape(one) for one in re.findall(r'<a href="([^"]*)" download>', found)]


@pytest.fixture
def edited(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product runs on a copy of its data."""
    monkeypatch.setattr(loader, "DATA_FOLDER", data_folder)
    return data_folder


# --- every page ---


@pytest.mark.parametrize("page", [row.script for row in site.PAGES])
def test_every_page_shows_what_it_is_for(page: str) -> None:
    """Each page of the navigation opens, with its title and the words that belong there."""
    app = opened(page)
    assert is_sound(app)
    assert [words for words in WORDS[page] if not sees(app, words)] == []


@pytest.mark.parametrize("page", [row.script for row in site.PAGES])
def test_every_page_has_the_frame(page: str) -> None:
    """Links to all pages, filters, search, clear button and download are beside every page."""
    app = opened(page)
    assert len(app.sidebar.get("page_link")) == len(site.PAGES)
    assert [group.key for group in app.sidebar.button_group] == ["country", "status"]
    assert app.sidebar.multiselect[0].label == "Alfa Romeo model"
    assert app.sidebar.text_input[0].label == "Search"
    assert button(app, "Clear filters").disabled
    assert download(app).label == "Download 5 plants"


def test_every_page_has_a_script() -> None:
    """The navigation's rows are complete, their addresses differ, and exactly one is the start."""
    assert [row.script for row in site.PAGES if not (FRAME.parent / row.script).is_file()] == []
    assert [row.title for row in site.PAGES if not (row.title and row.help and row.icon)] == []
    assert len({row.url_path for row in site.PAGES}) == len(site.PAGES)
    assert [row.url_path for row in site.PAGES].count("") == 1


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


# --- the address ---

ADDRESSES: list[tuple[dict[str, Any], str, list[str]]] = [
    (
        {"country": "Italy"},
        "4 plants in Italy",
        ["Cassino Plant", "Pomigliano d'Arco Plant", "Melfi Plant", "Modena Plant"],
    ),
    (
        {"country": "italy", "status": "now"},
        "2 plants in Italy building Alfa Romeos now",
        ["Cassino Plant", "Pomigliano d'Arco Plant"],
    ),
    ({"country": ["Italy", "Mexico"], "status": "none"}, "2 plants", ["Melfi Plant", "Toluca Plant"]),
    ({"model": "Tonale"}, "1 plant where the Tonale was built", ["Pomigliano d'Arco Plant"]),
    ({"q": "maserati"}, "1 plant matching “maserati”", ["Modena Plant"]),
    ({"q": "MÉXICO"}, "1 plant matching “MÉXICO”", ["Toluca Plant"]),
]


@pytest.mark.parametrize(("query", "sentence", "plants"), ADDRESSES)
def test_a_link_shows_what_it_names(query: dict[str, Any], sentence: str, plants: list[str]) -> None:
    """Filters in the address hold at the first look and on the next page: sentence, table and download."""
    app = opened(**query)
    noun = "plant" if len(plants) == 1 else "plants"
    for page in (MAP, PLANTS):
        app.switch_page(page).run()
        assert is_sound(app)
        assert sees(app, sentence)
        assert names(app) == plants
        assert download(app).label == f"Download {len(plants)} {noun}"
        assert not button(app, "Clear filters").disabled


def test_a_link_sets_the_widgets() -> None:
    """What the address names is what the filters show."""
    app = opened(country="italy", status="now", model=["Tonale", "Giulia (952)"], q=" alfa ")
    assert [group.value for group in app.sidebar.button_group] == [["Italy"], ["now"]]
    assert app.sidebar.multiselect[0].value == ["Tonale", "Giulia (952)"]
    assert app.sidebar.text_input[0].value == "alfa"


def test_a_link_to_a_plant() -> None:
    """plant= opens the plant's card and marks it on the map."""
    app = opened(plant="toluca")
    assert app.selectbox[0].value == "toluca"
    assert sees(app, "Toluca Assembly Plant (Toluca Car Assembly)")
    assert sees(app, "485,600 m² (48.6 hectares)")
    assert plant_layer(app)["selected"] == 4


def test_a_link_to_a_plant_that_is_filtered_out() -> None:
    """Its card is shown all the same, with a word about the map."""
    app = opened(plant="toluca", country="Italy")
    assert sees(app, "The filters leave this plant out, so it is not on the map.")
    assert sees(app, "Toluca Assembly Plant")
    assert plant_layer(app)["selected"] == -1


UNKNOWN = [
    (
        {"country": "Narnia"},
        "Country: there is no “Narnia” in this table; there is Italy, Mexico. It was left out.",
    ),
    ({"status": "**now**"}, "Status: there is no “**now**” in this table; there is now, before, none."),
    ({"plant": "portelo"}, "There is no plant “portelo” in this table. It was left out."),
    ({"table": "trains"}, "There is no table “trains”. It was left out."),
]


@pytest.mark.parametrize(("query", "note"), UNKNOWN)
def test_a_bad_link_is_a_note(query: dict[str, str], note: str) -> None:
    """A value that does not exist is left out and named, on every page; everything else works."""
    app = opened(**query)
    for row in site.PAGES:
        app.switch_page(row.script).run()
        assert is_sound(app)
        assert [note in unescaped(one.value) for one in app.info] == [True], row.script
        assert download(app).label == "Download 5 plants"


def test_a_hostile_link_is_text(hostile_names: tuple[str, ...]) -> None:
    """Whatever stands in the address is shown as it is, or not found; nothing of it is markup."""
    app = opened()
    markup = re.compile(r"(?<!\\)[<\[*:$`]")
    for text in hostile_names:
        app.query_params.update({"q": text, "country": text[:40], "plant": text[:40]})
        app.run()
        assert is_sound(app)
        assert "<img src" not in html(app)
        assert len(app.info) == 2
        assert [one.value for one in app.info if markup.search(one.value)] == []
        for one in app.markdown:
            quoted = one.value.removeprefix("**").split(".** Nothing is wrong")[0]
            assert markup.search(quoted) is None


def test_other_parameters_are_left_alone() -> None:
    """An address may hold what is not ours, such as a campaign's mark."""
    app = opened(utm_source="mail")
    assert is_sound(app)
    assert app.query_params["utm_source"] in ("mail", ["mail"])


# --- filtering ---


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
    assert app.selectbox[0].value == "melfi"
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
    assert [one.label for one in app.button] == ["Clear filters"]


def test_a_note_goes_when_something_is_chosen() -> None:
    """The word about a bad link does not stay for ever."""
    app = opened(country="Narnia")
    app.sidebar.text_input[0].input("melfi").run()
    assert (len(app.info), names(app)) == (0, ["Melfi Plant"])


def test_filters_stay_from_page_to_page() -> None:
    """Going to another page keeps what was chosen."""
    app = opened()
    app.sidebar.text_input[0].input("melfi").run()
    app.switch_page(PLANTS).run()
    assert names(app) == ["Melfi Plant"]
    app.switch_page(MAP).run()
    assert names(app) == ["Melfi Plant"]


# --- plants ---


def test_picking_a_plant() -> None:
    """The box opens the card and marks the plant on the map; emptied, the card says what to do."""
    app = opened()
    assert sees(app, "Click a plant on the map, pick it here, or choose a row of the table.")
    app.selectbox[0].select("Modena Plant").run()
    assert sees(app, "Stabilimento Maserati di Modena")
    assert sees(app, "4C / 4C Spider, 2013–2020")
    assert plant_layer(app)["selected"] == 3
    app.selectbox[0].set_value(None).run()
    assert sees(app, "Click a plant on the map")


def test_the_map_is_not_rebuilt() -> None:
    """Filtering and selecting change the plants only: same component, same script, same files."""
    app = opened()
    before = sent_to_map(app)
    app.sidebar.text_input[0].input("melfi").run()
    app.selectbox[0].select("Melfi Plant").run()
    after = sent_to_map(app)
    assert {name for name in before if before[name] != after[name]} == {"feature_group"}
    assert before["js_links"][0].startswith("../../assets/")
    assert len(after["feature_group"]) < 10_000


def test_the_whole_table() -> None:
    """The Plants page shows every column that people read."""
    table = opened(PLANTS).dataframe[0].value
    assert table.shape[0] == 5
    assert {"name", "status", "models_now", "address", "latitude", "site_area_m2", "role"} <= set(
        table.columns
    )
    assert "plant_id" not in table.columns


def test_plants_side_by_side() -> None:
    """Two or more chosen plants stand beside each other."""
    app = opened(PLANTS)
    assert sees(app, "Choose two or more plants to see their facts beside each other.")
    (compare,) = [one for one in app.main.multiselect if one.label == "Plants to compare"]
    compare.select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    table = app.table[0].value
    assert [unescaped(str(name)) for name in table.columns] == ["Melfi Plant", "Modena Plant"]
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["Site area (m²)"] == ["2,700,000", "51,000"]
    assert cells["Alfa Romeos before"] == ["none known", "8C Competizione; 8C Spider; 4C / 4C Spider"]


def test_plants_with_gaps_side_by_side(edited: Path, edit: Edit) -> None:
    """Plants of which one states a number and another does not can be compared."""
    edit("plants.csv", ",51000,750,2025,", ",,,,")
    app = opened(PLANTS)
    (compare,) = [one for one in app.main.multiselect if one.label == "Plants to compare"]
    compare.select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    cells = {str(name): row.tolist() for name, row in app.table[0].value.iterrows()}
    assert cells["Employees"] == ["4,619", "not stated"]


# --- sources ---


def test_claims_of_one_verdict() -> None:
    """Choosing a verdict shows its claims only."""
    app = opened(SOURCES)
    assert html(app).count('id="c') == 34
    (verdict,) = [group for group in app.main.button_group if group.key == "verdict"]
    assert verdict.options == ["Supported (18)", "Outdated (2)", "Contradicted (8)", "Not verifiable (6)"]
    verdict.select("outdated").run()
    assert html(app).count('id="c') == 2


def test_the_sources_of_a_plant() -> None:
    """Each fact of the selected plant with its source."""
    app = opened(SOURCES, plant="cassino")
    facts = app.dataframe[0].value
    assert {"Latitude (°)", "Opened", "Model", "Vehicles built"} <= set(facts["column"])
    giulia = facts[facts["value"] == "Giulia (952)"]
    assert giulia["row_key"].tolist() == ["Alfa Romeo, Giulia (952), 2016"]
    assert any(
        re.search(r"^\d+ of \d+ facts have a source; \d+ ha(s|ve) low confidence\.", t) for t in texts(app)
    )


# --- all sites, and years ---


def built_in(year: int) -> set[str]:
    """From the rows of production.csv as text: who built Alfa Romeos in a year, an open end being now."""
    with (FRAME.parent.parent / "data" / "production.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["brand"] == "Alfa Romeo"]
    return {r["plant_id"] for r in rows if int(r["start_year"]) <= year <= int(r["end_year"] or 2026)}


def all_names() -> dict[str, str]:
    return sheets.names(loader.open_catalog().about_alfa)


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
    assert app.sidebar.slider[0].value == year
    assert plant_layer(app)["fit"]["bounds"] is not None


def test_a_year_is_a_filter_like_any_other() -> None:
    """Off at first; switched on it counts, goes into the address, combines with others and is cleared."""
    app = opened()
    assert not app.sidebar.slider
    app = app.sidebar.toggle[0].set_value(True).run()
    slider = app.sidebar.slider[0]
    assert (app.query_params["year"], slider.min, slider.max) == ("2026", 1972, 2026)
    app = app.sidebar.slider[0].set_value(1990).run()
    assert (app.query_params["year"], sees(app, "1 plant that built Alfa Romeos in 1990")) == ("1990", True)
    button(app, "Clear filters").click().run()
    assert ("year" in app.query_params, bool(app.sidebar.slider)) == (False, False)


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


def test_the_map_stands_still_for_a_year() -> None:
    """The area to fit is not a new one, and neither is the map."""
    app = opened(table="sites", year="1975")
    before, component = plant_fit(app), sent_to_map(app)["component"]
    app = app.sidebar.slider[0].set_value(2005).run()
    assert (plant_fit(app), sent_to_map(app)["component"]) == (before, component)


def plant_fit(app: AppTest) -> str:
    return str(plant_layer(app)["fit"]["key"])


def test_playing_goes_from_decade_to_decade() -> None:
    """From the last year it begins anew; the step is taken before the slider is drawn; it ends by itself."""
    app = opened(table="sites", year="2026")
    button(app, "Play the decades").click().run()
    assert (app.sidebar.slider[0].value, button(app, "Stop").disabled) == (1910, False)
    app.session_state["atlas-next-year"] = 1920
    app.run()
    assert (app.sidebar.slider[0].value, app.query_params["year"]) == (1920, "1920")
    button(app, "Stop").click().run()
    assert button(app, "Play the decades")
    app.session_state["atlas-next-year"] = 2026
    app.run()
    assert app.sidebar.slider[0].value == 2026
    assert button(app, "Play the decades")


def test_closed_sites_look_closed() -> None:
    """They have a mark and a line of the legend of their own; a site that stands has the full mark."""
    opened_catalog = loader.open_catalog()
    sheet = opened_catalog.sheet("sites")
    looks = {plant: sheet.category_of(sheet.index.row_of(plant) or 0) for plant in ("arese", "mirafiori")}
    assert looks == {"arese": 6, "mirafiori": 1}
    assert sheet.categories[6] == "Closed, built Alfa Romeos before"
    assert "Closed, built Alfa Romeos before" in html(opened(table="sites", plant="arese"))


# --- when something is wrong ---


def test_broken_data_is_one_sentence(edited: Path, edit: Edit) -> None:
    """A wrong cell: one box with its place and the way out, no traceback, on every page."""
    edit("plants.csv", ",1972,", ",12.5,")
    app = opened()
    for row in site.PAGES:
        app.switch_page(row.script).run()
        assert not app.exception
        (box,) = app.error
        assert unescaped(box.value) == (
            "plants.csv, row 2, column opened_year: the value “12.5” must be a whole number; "
            "correct it or leave it empty."
        )


def test_mended_data_shows_again(edited: Path, edit: Edit) -> None:
    """The visitor only has to look again."""
    edit("plants.csv", ",1972,", ",12.5,")
    app = opened()
    edit("plants.csv", ",12.5,", ",1972,")
    app.run()
    assert is_sound(app)
    assert len(names(app)) == 5


def test_no_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing folder is one sentence."""
    monkeypatch.setattr(loader, "DATA_FOLDER", tmp_path / "nowhere")
    app = opened()
    assert not app.exception
    assert [unescaped(box.value).split(" cannot be read")[0] for box in app.error] == [
        f"The data folder {tmp_path / 'nowhere'}"
    ]


def test_a_file_in_place_of_the_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors see the shipped plants, whatever is wrong with the cache."""
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    app = opened()
    assert not app.exception
    assert len(names(app)) == 5


def test_a_plant_without_a_position(edited: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the table and on its card, not on the map, and the page says so."""
    monkeypatch.setenv("ATLAS_GEOCODER", "none")
    edit("plants.csv", "Viale Ciro Menotti 322", "Via Nuova 1")
    app = opened(plant="modena")
    assert is_sound(app)
    assert len(names(app)) == 5
    assert len(plant_layer(app)["ids"]) == 4
    assert sees(app, "In the table, not on the map, as their position is not known: 1.")
    assert sees(app, "not located")


@pytest.mark.parametrize("file", ["claims", "output", "production", "sources", "sites", "plants"])
def test_an_empty_table_is_no_crash(edited: Path, file: str) -> None:
    """A table with its header only (and those that name its rows): every page opens."""
    for name in {
        file,
        *(("claims", "disagreements", "output", "production") if file in ("plants", "sites") else ()),
    }:
        path = edited / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    app = opened()
    for row in site.PAGES:
        app.switch_page(row.script).run()
        assert is_sound(app), row.script


# --- hostile names ---


@pytest.fixture
def renamed(edited: Path, hostile_names: tuple[str, ...]) -> list[str]:
    """plants.csv with one plant for each hostile name, which is its town, owner and role as well."""
    path = edited / "plants.csv"
    with path.open(encoding="utf-8", newline="") as file:
        first, *_ = rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first), lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        for number, name in enumerate(hostile_names):
            texts = dict.fromkeys(("name", "official_name", "town", "region", "owner", "role"), name)
            writer.writerow({**first, **texts, "plant_id": f"p{number}"})
    return [*(row["name"] for row in rows), *hostile_names]


def test_hostile_names_on_the_map_page(
    renamed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them are data on the map and text in the table and the box; nothing runs on the server."""
    monkeypatch.chdir(tmp_path)
    app = opened()
    assert is_sound(app)
    assert names(app) == renamed
    assert plant_layer(app)["names"] == renamed
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("page", [PLANTS, SOURCES])
def test_hostile_names_on_the_other_pages(renamed: list[str], page: str) -> None:
    """They open, and the names are what they are."""
    app = opened(page, plant="p5")
    assert is_sound(app)
    if page == PLANTS:
        assert names(app) == renamed


def test_a_hostile_name_on_its_card(renamed: list[str]) -> None:
    """The card of a plant called like an image tag shows the tag as text."""
    app = opened(plant="p5")
    assert is_sound(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html(app)
    assert "<img" not in html(app)


def test_hostile_names_side_by_side(renamed: list[str]) -> None:
    """Neither the cells nor the heads of the comparison read a name as Markdown."""
    app = opened(PLANTS)
    (compare,) = [one for one in app.main.multiselect if one.label == "Plants to compare"]
    markup = "[link](https://evil.example) **bold** :red[x] $x$"
    compare.select(markup).select("<img src=x onerror=alert(1)>").run()
    assert is_sound(app)
    table = app.table[0].value
    assert table.loc["Town"].tolist()[0] == frame.plain(markup)
    assert str(table.columns[0]) == frame.plain(markup)


def test_plain_text_is_plain(hostile: str) -> None:
    """Text for places that read Markdown keeps no mark that means something there."""
    escaped = frame.plain(hostile)
    assert re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#+|~$:&]", escaped) is None
    assert re.sub(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\1", escaped) == hostile


# --- an operator's table ---

Show = Callable[..., Path]
OWN = """id,name,country,fuel,status,capacity mw,lat,lon
b1,Bursa,Türkiye,gas,running,1500,40.2,29.1
c1,Cordoba,Argentina,coal,closed,,-31.4,-64.2
d1,Detroit,,gas,running,12.5,42.3,-83.1
e1,Erfurt,Germany,gas,,7,51,11
f1,Fes,Morocco,coal,closed,8,91,0
g1,Graz,Austria,coal,running,9,47,15.4
"""


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """show(text, name): the site is that of an operator's table with this content."""

    def write(text: str = OWN, name: str = "power_plants.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("ATLAS_PLANTS", str(path))
        return path

    return write


def many(size: int) -> str:
    """A table whose capacities run against its order; the names of every third plant are alike."""
    lines = [
        f"Plant {n:05},{('Italy', 'Peru', 'Fiji')[n % 3]},{n % 160 - 79.5},{n % 360 - 179.5},{size - n}"
        for n in range(size)
    ]
    return "\n".join(["name,country,lat,lon,capacity mw", *lines]) + "\n"


def pages_of(app: AppTest) -> list[str]:
    """The captions that say which rows of how many are on show."""
    return [unescaped(one.value) for one in app.caption if "Rows " in one.value or "first" in one.value]


def widget(app: AppTest, kind: str, label: str) -> Any:
    (found,) = [one for one in getattr(app, kind) if unescaped(one.label) == label]
    return found


def test_the_site_of_an_operators_table(show: Show) -> None:
    """Its name is the site's; three pages, its own filters, and not a word about Alfa Romeos."""
    show()
    for page, heading in ((MAP, "Power plants"), (PLANTS, "Plants")):
        app = opened(page)
        assert is_sound(app)
        links = [link.proto.label for link in app.sidebar.get("page_link")]
        assert links == ["Map", "Plants", "Distances", "Your plants"]
        assert unescaped(app.title[0].value) == heading
        assert ">Power plants · Plant atlas</h2>" in html(app)
        assert [(group.key, group.label) for group in app.sidebar.button_group] == [
            ("country", "Country"),
            ("fuel", "Fuel"),
            ("status", "Status"),
        ]
        assert download(app).label == "Download 6 plants"
        assert names(app) == ["Bursa", "Cordoba", "Detroit", "Erfurt", "Fes", "Graz"]
        assert sees(app, "6 plants in 5 countries.")
        assert not sees(app, "Alfa")


def test_a_title_of_its_own(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """ATLAS_TITLE is what the site is called; it is text."""
    show()
    monkeypatch.setenv("ATLAS_TITLE", "Our <b>plants</b> *today*")
    app = opened()
    assert is_sound(app)
    assert unescaped(app.title[0].value) == "Our <b>plants</b> *today*"
    assert "Our &lt;b&gt;plants&lt;/b&gt; *today*</h2>" in html(app)
    assert "<b>plants" not in html(app)


def test_the_figures_of_an_operators_table(show: Show) -> None:
    """How many are on the map; which are not is said in numbers, below the map."""
    show()
    app = opened()
    assert texts(app)[texts(app).index("6") :][:6] == ["6", "plants", "5", "countries", "5", "on the map"]
    assert sees(app, "In the table, not on the map, as their position is not known: 1.")
    layer = plant_layer(app)
    assert layer["ids"] == ["b1", "c1", "d1", "e1", "g1"]
    assert layer["statuses"] == ["closed", "running", "not stated"]


def test_a_link_into_an_operators_table(show: Show) -> None:
    """Filters and plant of the address: sentence, table, map, card and download agree."""
    show()
    app = opened(country="turkiye", plant="b1")
    for page in (MAP, PLANTS):
        app.switch_page(page).run()
        assert is_sound(app)
        assert sees(app, "1 plant in Türkiye")
        assert names(app) == ["Bursa"]
        assert download(app).label == "Download 1 plant"
    app.switch_page(MAP).run()
    assert plant_layer(app)["selected"] == 0
    card = texts(app)
    assert card[card.index("Capacity mw") + 1] == "1,500"
    assert card[card.index("Fuel") + 1] == "gas"
    assert [line for line in card if line == "running"] == ["running"]
    assert app.query_params["country"] in ("Türkiye", ["Türkiye"])


def test_filters_of_an_operators_table(show: Show) -> None:
    """Options with their counts, choosing, searching, nothing found and the way back."""
    show()
    app = opened()
    fuel, status = app.sidebar.button_group[1:]
    assert [unescaped(option) for option in fuel.options] == ["coal (3)", "gas (3)"]
    assert [unescaped(option) for option in status.options] == ["closed (2)", "running (3)", "not stated (1)"]
    fuel.select("gas").run()
    app.sidebar.button_group[2].select("not stated").run()
    assert names(app) == ["Erfurt"]
    assert sees(app, "1 plant with fuel gas with no status stated")
    app.sidebar.text_input[0].input("nothing like this").run()
    assert sees(app, "Nothing is wrong: the filters just leave no plant.")
    button(app, "Show all plants").click().run()
    assert len(names(app)) == 6


def test_a_link_to_our_own_plants(show: Show) -> None:
    """What another table knows is left out and named; parameters that this one lacks are left alone."""
    show()
    app = opened(country="Mexico", model="Tonale", plant="toluca")
    assert is_sound(app)
    notes = [unescaped(one.value) for one in app.info]
    assert [note.split(" in this table")[0] for note in notes] == [
        "Country: there is no “Mexico”",
        "There is no plant “toluca”",
    ]
    assert app.query_params["model"] in ("Tonale", ["Tonale"])
    assert len(names(app)) == 6


def test_cells_that_could_not_be_read(show: Show) -> None:
    """What is wrong in the table is said where it is looked after: on the Plants page, with its place."""
    show(OWN.replace("capacity mw", "employees"))
    app = opened(PLANTS)
    assert is_sound(app)
    (box,) = app.expander
    assert box.label == "What could not be read in the table"
    assert [unescaped(one.value) for one in box.markdown] == [
        "Row 4, column employees: “12.5”: This is not a whole number; left empty.",
        "Row 6, column lat, lon: “91, 0”: This is no place on Earth; not on the map.",
    ]
    assert not opened(MAP).expander
    show("name\nUlsan\n")
    assert not opened(PLANTS).expander


def test_somebody_elses_plants_side_by_side(show: Show) -> None:
    """Facts under the names of their columns."""
    show()
    app = opened(PLANTS)
    widget(app, "multiselect", "Plants to compare").select("Bursa").select("Cordoba").run()
    table = app.table[0].value
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["Fuel"] == ["gas", "coal"]
    assert cells["Status"] == ["running", "closed"]
    assert cells["Capacity mw"] == ["1,500", "not stated"]


NO_TABLE = {
    "a missing file": (None, "plants.csv cannot be read (no such file or directory). Check the path."),
    "nothing to go by": (
        "a,*b*\n1,2\n",
        (
            "plants.csv has no column with a name, an address, a town or a position, one of which every "
            "plant needs; it has: a, *b*."
        ),
    ),
    "nothing in it": ("", "plants.csv is empty: it needs a row for each plant."),
}


@pytest.mark.parametrize(("text", "sentence"), NO_TABLE.values(), ids=[*NO_TABLE])
def test_a_broken_operators_table_is_one_sentence(
    text: str | None, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page one box, letter for letter, and no traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATLAS_PLANTS", "plants.csv")
    if text is not None:
        Path("plants.csv").write_text(text, encoding="utf-8")
    app = opened()
    for page in (MAP, PLANTS):
        app.switch_page(page).run()
        assert not app.exception
        assert [unescaped(box.value) for box in app.error] == [sentence]


def test_a_mended_table_shows_again(show: Show) -> None:
    """The visitor only has to look again."""
    show("")
    app = opened()
    assert app.error
    show()
    app.run()
    assert is_sound(app)
    assert len(names(app)) == 6


def test_a_table_that_changes_under_a_visitor(show: Show) -> None:
    """A value that is chosen and then leaves the table, or a filter with it, is no error."""
    show()
    app = opened(fuel="coal", status="closed", plant="c1")
    assert names(app) == ["Cordoba", "Fes"]
    show(OWN.replace("coal", "wind"))
    app.run()
    assert is_sound(app)
    assert names(app) == ["Cordoba", "Fes"]
    show(OWN.replace("status", "state").replace("c1,", "c2,"))
    app.run()
    assert is_sound(app)
    assert len(names(app)) == 6
    assert app.selectbox[0].value is None


# --- tables of any size ---


def test_a_hundred_rows_under_the_map(show: Show) -> None:
    """More would be another page: the rest is counted, and where it is, is said."""
    show(many(1200))
    app = opened()
    assert is_sound(app)
    assert names(app) == [f"Plant {n:05}" for n in range(100)]
    assert pages_of(app) == ["The first 100 of 1,200 plants. The page Plants and the CSV have them all."]
    app.sidebar.text_input[0].input("plant 0001").run()
    assert (len(names(app)), pages_of(app)) == (11, [])


def test_plain_rows_before_the_map_stands(show: Show) -> None:
    """Of a large table too, the first rows stand at once."""
    show(many(1200))
    app = arriving().run()
    assert not app.dataframe
    assert sees(app, "and 1,190 more")
    assert pages_of(app) == ["The first 100 of 1,200 plants. The page Plants and the CSV have them all."]


def test_the_plants_page_by_page(show: Show) -> None:
    """500 rows a page, all of them in the order of the table, the last page with the rest."""
    show(many(1200))
    app = opened(PLANTS)
    seen = []
    for page, caption in enumerate(("1 to 500", "501 to 1,000", "1,001 to 1,200"), start=1):
        app.pagination[0].set_value(page).run()
        assert is_sound(app)
        assert pages_of(app) == [f"Rows {caption} of 1,200; the CSV has them all."]
        seen += names(app)
    assert (app.pagination[0].num_pages, seen) == (3, [f"Plant {n:05}" for n in range(1200)])
    assert download(app).label == "Download 1,200 plants"


def test_sorting_is_over_all_pages(show: Show) -> None:
    """The smallest of all plants is first, not the smallest of a page; down as well as up."""
    show(many(1200))
    app = opened(PLANTS)
    assert widget(app, "toggle", "Descending").disabled
    widget(app, "selectbox", "Sort all rows by").select("Capacity mw").run()
    assert names(app)[0] == "Plant 01199"
    app.pagination[0].set_value(3).run()
    assert (names(app)[-1], len(names(app))) == ("Plant 00000", 200)
    widget(app, "toggle", "Descending").set_value(True).run()
    assert names(app) == [f"Plant {n:05}" for n in range(1000, 1200)]
    app.pagination[0].set_value(1).run()
    assert names(app)[0] == "Plant 00000"
    widget(app, "selectbox", "Sort all rows by").select("Country").run()
    assert is_sound(app)
    assert names(app)[:2] == ["Plant 00001", "Plant 00004"]
    assert app.dataframe[0].value["country"].tolist() == ["Peru"] * 400 + ["Italy"] * 100


def test_a_filter_leaves_fewer_pages(show: Show) -> None:
    """Whoever is on the last page sees the first of what is left; a single page needs no pages."""
    show(many(1800))
    app = opened(PLANTS)
    app.pagination[0].set_value(4).run()
    app.sidebar.button_group[0].select("Italy").run()
    assert is_sound(app)
    assert pages_of(app) == ["Rows 1 to 500 of 600; the CSV has them all."]
    app.pagination[0].set_value(2).run()
    app.sidebar.text_input[0].input("plant 000").run()
    assert is_sound(app)
    assert (len(names(app)), pages_of(app), len(app.pagination)) == (34, [], 0)
    button(app, "Clear filters").click().run()
    assert is_sound(app)
    assert (len(names(app)), app.pagination[0].num_pages) == (500, 4)
    app.sidebar.text_input[0].input("nothing like this").run()
    assert is_sound(app)
    assert names(app) == []


def test_a_selected_plant_is_marked_on_its_page(show: Show) -> None:
    """And on no other page."""
    show(many(1200))
    app = opened(PLANTS, plant="plant-01100")
    assert app.session_state["atlas-table"]["selection"]["rows"] == []
    app.pagination[0].set_value(3).run()
    assert app.session_state["atlas-table"]["selection"]["rows"] == [100]


def test_a_strangers_table_has_the_same_menu(show: Show) -> None:
    """All formats but our sources, with its own filters."""
    show()
    app = opened(country="Türkiye")
    assert download(app).label == "Download 1 plant"
    assert [address.split("?")[0] for address in files(app)] == [
        "/api/plants.csv",
        "/api/plants.csv",
        "/api/plants.xlsx",
        "/api/plants.geojson",
        "/api/plants.kml",
        "/api/plants.html",
        "/api/plants.json",
    ]
    assert {address.split("?")[1].split("&")[0] for address in files(app)} == {"country=T%C3%BCrkiye"}


def test_a_table_without_coordinates(show: Show) -> None:
    """Every plant is in the table and can be looked at; the map is empty and says why."""
    show("name,fuel\nBursa,gas\nCordoba,coal\nDetroit,gas\nErfurt,coal\n")
    app = opened(plant="bursa")
    assert is_sound(app)
    assert (plant_layer(app)["size"], plant_layer(app)["fit"]["bounds"]) == (0, None)
    assert sees(app, "In the table, not on the map, as their position is not known: 4.")
    assert sees(app, "not located")
    assert len(names(app)) == 4
    assert len(names(opened(PLANTS))) == 4


def test_a_table_with_one_row(show: Show) -> None:
    """One plant, one country, no other filter."""
    show("name,country,lat,lon\nUlsan,South Korea,35.5,129.4\n")
    app = opened(plant="ulsan")
    for page in (MAP, PLANTS):
        app.switch_page(page).run()
        assert is_sound(app)
        assert sees(app, "1 plant in 1 country")
        assert names(app) == ["Ulsan"]
    assert [group.key for group in app.sidebar.button_group] == ["country"]


@pytest.mark.parametrize("page", [MAP, PLANTS])
def test_a_table_without_rows(show: Show, page: str) -> None:
    """A header is a table: no plant, no error."""
    show("name,country,lat,lon\n")
    app = opened(page)
    assert is_sound(app)
    assert sees(app, "No plant")
    assert download(app).disabled


def test_thirty_six_thousand_plants(show: Show) -> None:
    """All pages work; the browser is told where to fetch the points, and gets no names with the page."""
    show(many(36_000))
    app = opened(country="Peru", plant="plant-35998")
    assert is_sound(app)
    assert sees(app, "12,000 plants in Peru")
    layer = plant_layer(app)
    assert (layer["size"], layer["selected"], "ids" in layer) == (36_000, 35_998, False)
    assert layer["points_url"] == f"../../api/points/{layer['version']}.bin"
    assert len(sent_to_map(app)["feature_group"]) < 10_000
    assert len(names(app)) == 100
    app.switch_page(PLANTS).run()
    assert is_sound(app)
    assert pages_of(app) == ["Rows 1 to 500 of 12,000; the CSV has them all."]
    button(app, "Clear filters").click().run()
    assert download(app).label == "Download 36,000 plants"


# --- hostile columns ---


@pytest.fixture
def hostile_table(show: Show, hostile_names: tuple[str, ...]) -> list[str]:
    """A table whose columns and values are called like code; the names of its plants."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "country", "status", *hostile_names])
    for number, name in enumerate(hostile_names):
        other = hostile_names[number % 2]
        writer.writerow([name, other, other, *[hostile_names[5 + number % 3]] * len(hostile_names)])
    show(text.getvalue(), "plants.csv")
    return list(hostile_names)


MARKUP = re.compile(r"(?<!\\)[<\[*$`]|(?<!\\):\w+\[")


@pytest.mark.parametrize("page", [MAP, PLANTS])
def test_hostile_columns_are_text(
    hostile_table: list[str], page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of columns, their values, help and cards: nothing runs and nothing is markup."""
    monkeypatch.chdir(tmp_path)
    app = opened(page, plant="img-src-x-onerror-alert-1")
    assert is_sound(app)
    assert names(app) == hostile_table
    assert not (tmp_path / "pwned").exists()
    assert "<img" not in html(app)
    assert "<script" not in html(app)
    groups = app.sidebar.button_group
    assert len(groups) == 9
    read = [text for group in groups for text in (group.label, group.proto.help, *group.options)]
    shown = app.dataframe[0].value
    read += [one.get("help", "") for one in json.loads(app.dataframe[0].proto.columns).values()]
    assert [text for text in read if MARKUP.search(text)] == []
    assert set(shown.columns) <= {*hostile_table, "name", "country", "status", *columns.BY_NAME}


def test_hostile_columns_side_by_side(hostile_table: list[str]) -> None:
    """Neither cells nor heads nor the names of facts are read as Markdown."""
    app = opened(PLANTS)
    widget(app, "multiselect", "Plants to compare").select("null").select("`backtick`").run()
    assert is_sound(app)
    table = app.table[0].value
    read = [*table.index, *table.columns, *table.to_numpy().ravel()]
    assert [text for text in read if MARKUP.search(str(text))] == []
    assert "[link](https://evil.example) **bold** :red[x] $x$" in map(unescaped, table.index)


def test_filtering_by_a_hostile_value(hostile_table: list[str]) -> None:
    """Choosing one is like choosing any other, and the sentence quotes it as text."""
    app = opened()
    for value in hostile_table[:2]:
        app.sidebar.button_group[0].select(value).run()
        assert is_sound(app)
        (sentence,) = [one.value for one in app.subheader]
        assert MARKUP.search(sentence) is None
        assert value in unescaped(sentence)
    app.sidebar.button_group[0].unselect(hostile_table[0]).run()
    assert names(app) == hostile_table[1::2]

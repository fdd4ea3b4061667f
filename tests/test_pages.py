"""The pages through their front door: what a visitor sees, types and clicks."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from atlas import catalog, parts, screen, site

Edit = Callable[[str, str, str], None]
FRAME = Path(__file__).parent.parent / "pages" / "frame.py"
MAP, PLANTS, SOURCES = "world_map.py", "plant_table.py", "sources.py"
# What a visitor must find on each page
WORDS = {
    MAP: (
        "Where Alfa Romeos are made",
        "Alfa Romeos are built today (February 2026) at Cassino Plant and Pomigliano d'Arco Plant.",
        "5 plants in 2 countries",
    ),
    PLANTS: ("Plants", "5 plants in 2 countries.", "Side by side"),
    SOURCES: ("Sources", "Of 32 claims, 17 supported, 3 outdated, 7 contradicted and 5 not verifiable."),
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
    app.session_state[parts.READY] = True  # no browser here whose map could say so
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
    """The plants that the map draws, as the browser reads them."""
    found = re.search(
        r'AtlasPlants\.update\(\w+, JSON\.parse\(("(?:[^"\\]|\\.)*")\)', sent_to_map(app)["feature_group"]
    )
    assert found
    layer: dict[str, Any] = json.loads(json.loads(found[1]))
    return layer


def button(app: AppTest, label: str) -> Any:
    (found,) = [one for one in app.button if one.label == label]
    return found


def download(app: AppTest) -> Any:
    (found,) = app.get("download_button")
    return found


@pytest.fixture
def edited(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product runs on a copy of its data."""
    monkeypatch.setattr(catalog, "DATA_FOLDER", data_folder)
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
    assert download(app).label == "Download 5 plants (CSV)"


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
        assert download(app).label == f"Download {len(plants)} {noun} (CSV)"
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
        assert download(app).label == "Download 5 plants (CSV)"


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
    assert download(app).label == "Download 1 plant (CSV)"
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
    cells = {str(name): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
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
    assert html(app).count("<article") == 32
    (verdict,) = [group for group in app.main.button_group if group.key == "verdict"]
    assert verdict.options == ["Supported (17)", "Outdated (3)", "Contradicted (7)", "Not verifiable (5)"]
    verdict.select("outdated").run()
    assert html(app).count("<article") == 3


def test_the_sources_of_a_plant() -> None:
    """Each fact of the selected plant with its source."""
    app = opened(SOURCES, plant="cassino")
    facts = app.dataframe[0].value
    assert {"Latitude (°)", "Opened", "Model", "Vehicles built"} <= set(facts["column"])
    giulia = facts[facts["value"] == "Giulia (952)"]
    assert giulia["row_key"].tolist() == ["Alfa Romeo, Giulia (952), 2016"]
    assert any(
        re.search(r"^\d+ of \d+ facts have a source; \d+ ha(s|ve) low confidence\.$", t) for t in texts(app)
    )


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
    monkeypatch.setattr(catalog, "DATA_FOLDER", tmp_path / "nowhere")
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
    for name in {file, *(("claims", "output", "production") if file in ("plants", "sites") else ())}:
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
    assert table.loc["Town"].tolist()[0] == screen.plain(markup)
    assert str(table.columns[0]) == screen.plain(markup)


def test_plain_text_is_plain(hostile: str) -> None:
    """Text for places that read Markdown keeps no mark that means something there."""
    escaped = screen.plain(hostile)
    assert re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#+|~$:&]", escaped) is None
    assert re.sub(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\1", escaped) == hostile

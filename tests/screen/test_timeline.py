"""The page Timeline, the grown card and the Sources page through their front door."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from atlas.catalog import loader
from atlas.memory import Memory
from atlas.screen import map_view

FRAME = Path(__file__).parent.parent.parent / "pages" / "frame.py"
TIMELINE, SOURCES = "timeline.py", "sources.py"


def opened(page: str = TIMELINE, **query: str | list[str]) -> AppTest:
    """The app after a visitor followed a link with `query` to a page."""
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    app.query_params.update(query)
    app.session_state[map_view.READY] = True
    app.run()
    return app.switch_page(page).run() if page else app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def says(app: AppTest) -> str:
    """All that is read on the page, without markup and escapes."""
    shown = [one.value for kind in (app.markdown, app.caption, app.subheader, app.info) for one in kind]
    text = re.sub(r"<[^>]+>", " ", html(app)).replace("&#39;", "'")
    return " ".join([*(re.sub(r"\\(.)", r"\1", one) for one in shown), *text.split()])


def typed(app: AppTest, text: str) -> AppTest:
    (box,) = [one for one in app.text_input if one.label == "Type a model"]
    return box.input(text).run()


def buttons(app: AppTest) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", one.label) for one in app.main.button]


def charts_of(app: AppTest) -> list[str]:
    """The specifications of the charts on the page, as text."""
    return [element.proto.spec for element in app.get("vega_lite_chart")]


def is_sound(app: AppTest) -> bool:
    return not app.exception and not app.error


@pytest.fixture
def edited(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product runs on a copy of its data."""
    monkeypatch.setattr(loader, "DATA_FOLDER", data_folder)
    return data_folder


def test_the_page_at_first_sight() -> None:
    """What is built today, the five plants' models in words, a way to all sites, and output."""
    app = opened()
    assert is_sound(app)
    assert "In 2026, as known in February 2026, Alfa Romeos are built at Cassino" in says(app)
    assert "17 production runs at 3 of 5 plants, the earliest the Alfasud" in says(app)
    assert "Show all 22 Alfa Romeo sites" in buttons(app)
    assert "Melfi: 9 of 12 years, 32,760 vehicles in 2025." in says(app)
    assert len(charts_of(app)) == 6


def test_all_sites_with_one_click() -> None:
    """The button switches the table; then it is gone."""
    app = opened()
    (every,) = [one for one in app.main.button if one.key == "atlas-all-sites"]
    every.click().run()
    assert is_sound(app)
    assert "at 19 of 22 plants, the earliest the 12 HP at Portello in 1910" in says(app)
    assert app.query_params["table"] == "sites"
    assert [one for one in app.main.button if one.key == "atlas-all-sites"] == []


def test_other_brands_are_off_at_first() -> None:
    """A switch adds them, to chart, words and table."""
    app = opened(country="Mexico")
    assert "No model is known to have been built at the plants shown." in says(app)
    (switch,) = [one for one in app.main.toggle if one.label == "Other brands too"]
    switch.set_value(True).run()
    assert "16 production runs at 1 of 1 plants, the earliest the Dart / Plymouth Valiant" in says(app)
    assert len(app.dataframe[0].value) == 16


def test_the_year_of_the_address_is_on_the_page() -> None:
    """Its sentence is about all sites, whatever table is on show; for a note about a bad year it is today."""
    app = opened(year="1975")
    assert "In 1975 Alfa Romeos were built at Arese, Brits, FNM Xerém" in says(app)
    assert is_sound(app)
    app = opened(year="1800")
    assert "In 2026, as known in February 2026" in says(app)


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
    (pick,) = [one for one in app.main.multiselect if one.label == "Or pick one"]
    assert pick.value == ["156"]


def test_pick_a_model() -> None:
    """The list does the same as the text, and empties it."""
    app = typed(opened(), "156")
    (pick,) = [one for one in app.main.multiselect if one.label == "Or pick one"]
    pick.set_value(["MiTo"]).run()
    assert "The MiTo was built at Mirafiori (2008–2018)." in says(app)
    assert [one.value for one in app.text_input if one.label == "Type a model"] == [""]
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
    assert "Melfi" in says(app).split(": 33 Stradale")[0]
    assert "18 production runs at 4 of 5 plants" in says(app)
    assert "The Disco Volante II has been built at Melfi since 2025." in says(typed(app, "disco volante"))
    card = opened("", plant="melfi")
    assert "Disco Volante II, since 2025" in says(card)


def test_a_hostile_model_is_text(edited: Path, edit: Callable[[str, str, str], None]) -> None:
    """A name from the table is no markup, anywhere on the page."""
    edit("production.csv", "Alfa Romeo,MiTo,", 'Alfa Romeo,"<img src=x onerror=alert(1)> **MiTo**",')
    app = opened(table="sites", model="<img src=x onerror=alert(1)> **MiTo**")
    assert is_sound(app)
    assert "<img src" not in html(app)
    assert "The &lt;img src=x onerror=alert(1)&gt; **MiTo** was built at Mirafiori" in html(app)


# --- the card ---


def test_neighbours_can_be_selected() -> None:
    """Plants within 100 km with their distance; a click selects one, and the way back is there."""
    app = opened("", plant="cassino")
    (near,) = [one for one in app.main.button if one.key.startswith("atlas-near-")]
    assert re.fullmatch(r"Pomigliano d'Arco Plant, 8\d km \\\(5\d miles\\\)", near.label)
    near.click().run()
    assert app.selectbox[0].value == "pomigliano"
    assert [one.key for one in app.main.button if one.key.startswith("atlas-near-")] == ["atlas-near-cassino"]


def test_a_card_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is drawn again works nothing out again; other tables have cards of their own."""
    made: list[str] = []
    real = map_view.cards.plant_card

    def counted(plant: dict[str, Any], *rest: Any, **more: Any) -> str:
        made.append(plant["plant_id"])
        return real(plant, *rest, **more)

    monkeypatch.setattr(map_view.cards, "plant_card", counted)
    for sheet in loader.open_catalog().sheets.values():
        monkeypatch.setitem(vars(sheet), "memory", Memory())
    app = opened("", plant="modena")
    app.run()
    app.run()
    assert made == ["modena"]
    opened("", plant="modena", table="sites")
    assert made == ["modena", "modena"]


def test_what_is_kept_is_bounded() -> None:
    """The oldest leave when there are many; each table has its own; what is not kept is made again."""
    made: list[str] = []

    def ask(memory: Memory, key: str) -> str:
        return memory.of("kind", key, lambda: made.append(key) or f"{len(made)} {key}", most=2)  # type: ignore[func-returns-value]

    five, every = Memory(), Memory()
    assert [ask(five, key) for key in "aabcca"] == ["1 a", "1 a", "2 b", "3 c", "3 c", "4 a"]
    assert ask(every, "a") == "5 a"
    assert five.of("another kind", "a", lambda: "own", most=2) == "own"


# --- sources ---


def test_coverage_over_all_cards() -> None:
    """How many facts have a source; the figures are those of the cards."""
    app = opened(SOURCES)
    found = re.search(r"(\d+) of (\d+) facts shown on the cards of 22 plants have a source", says(app))
    assert found
    sourced, shown = map(int, found.groups())
    assert f"The other {shown - sourced} say “no source”" in says(app)
    assert 0.8 * shown < sourced < shown


def test_disagreements_are_told() -> None:
    """Each row of the table, with what was chosen."""
    app = opened(SOURCES)
    assert "Sources contradict each other on 37 points." in says(app)
    assert html(app).count("<b>We took:</b>") == 37


def test_claims_and_disagreements_link_to_the_map() -> None:
    """Relative addresses, which hold under a base path; other sites open in their table."""
    links = set(re.findall(r'href="(\./[^"]*)"', html(opened(SOURCES))))
    assert "./?plant=cassino" in links
    assert "./?table=sites&amp;plant=portello" in links
    assert {link for link in links if not re.fullmatch(r"\./\?(table=sites&amp;)?plant=\w+", link)} == set()
    for link in ("cassino", "portello"):
        query = {"plant": link} if link == "cassino" else {"plant": link, "table": "sites"}
        assert opened("", **query).selectbox[0].value == link

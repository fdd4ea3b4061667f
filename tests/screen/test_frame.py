"""The frame around every page: navigation, errors, and that each page opens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from atlas import site
from atlas.catalog.loader import Library
from atlas.screen import page_parts, state
from tests.screen.conftest import Edit
from tests.screen.page import (
    DISTANCES,
    FRAME,
    MAP,
    PLANTS,
    SOURCES,
    TIMELINE,
    YOURS,
    button,
    download,
    is_sound,
    names,
    opened,
    plant_layer,
    says,
    sees,
    unescaped,
)

# What a visitor must find on each page
WORDS = {
    MAP: (
        "Where Alfa Romeos are made",
        "Built today (February 2026):",
        "The Junior is built at Tychy, Poland; the 33 Stradale is built at Touring",
        "5 plants in 2 countries",
    ),
    TIMELINE: ("Timeline", "Find my car"),
    DISTANCES: ("Distances", "from a plant, a town or any point.", "Between the plants"),
    PLANTS: ("Plants", "5 plants in 2 countries.", "Side by side"),
    YOURS: ("Your plants",),
    SOURCES: ("Sources", "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable."),
}


@pytest.mark.parametrize("page", [row.script for row in site.PAGES])
def test_every_page_shows_what_it_is_for(page: str) -> None:
    """Each page of the navigation opens, with its title and the words that belong there."""
    app = opened(page)
    assert is_sound(app)
    assert [words for words in WORDS[page] if not sees(app, words)] == []


@pytest.mark.parametrize("page", [row.script for row in site.PAGES])
def test_every_page_has_the_frame(page: str) -> None:
    """Links to all pages and download are with every page, filters with those that show rows."""
    app = opened(page)
    assert len(app.sidebar.get("page_link")) == len(site.PAGES)
    assert download(app).label == "Download 5 plants"
    if page in (YOURS, SOURCES):
        assert "Clear filters" not in [unescaped(one.label) for one in app.sidebar.button]
        return
    assert [group.key for group in app.sidebar.button_group] == ["country", "status"]
    assert app.sidebar.multiselect[0].label == "Alfa Romeo model"
    assert app.sidebar.text_input[0].label == "Search"
    assert button(app, "Clear filters").disabled


def test_every_page_has_a_script() -> None:
    """The navigation's rows are complete, their addresses differ, and exactly one is the start."""
    assert [row.script for row in site.PAGES if not (FRAME.parent / row.script).is_file()] == []
    assert [row.title for row in site.PAGES if not (row.title and row.help and row.icon)] == []
    assert len({row.url_path for row in site.PAGES}) == len(site.PAGES)
    assert [row.url_path for row in site.PAGES].count("") == 1


def test_filters_stay_from_page_to_page() -> None:
    """Going to another page keeps what was chosen."""
    app = opened()
    app.sidebar.text_input[0].input("melfi").run()
    app.switch_page(PLANTS).run()
    assert names(app) == ["Melfi Plant"]
    app.switch_page(MAP).run()
    assert names(app) == ["Melfi Plant"]


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


def test_no_data_folder(tmp_path: Path, serve: Callable[[Path], Library]) -> None:
    """A missing folder is one sentence, which does not say where on the server it should be."""
    serve(tmp_path / "nowhere")
    app = opened()
    assert not app.exception
    assert [unescaped(box.value).split(" cannot be read")[0] for box in app.error] == [
        "The data folder nowhere"
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


# Without the rows of a table (and of those that name its rows): what its page says instead
EMPTY = {
    "claims": ({SOURCES: "Of 0 claims, none is checked."}, ()),
    "output": ({TIMELINE: "No figures per year are known for the plants shown."}, ()),
    "production": (
        {
            MAP: "No plant shown here builds Alfa Romeos today (February 2026).",
            TIMELINE: "No model is known to have been built at the plants shown.",
        },
        (),
    ),
    "sources": ({SOURCES: " 0 of "}, ()),
    "story": ({}, ()),
    "sites": (
        {PLANTS: "5 plants in 2 countries.", SOURCES: "Sources contradict each other on 0 points."},
        ("claims", "disagreements", "output", "production", "story"),
    ),
    "plants": (
        {
            MAP: "No plant. Nothing is wrong: the filters just leave no plant.",
            PLANTS: "No plant. Nothing is wrong: the filters just leave no plant.",
            TIMELINE: "No plant shown here builds Alfa Romeos today (February 2026).",
            DISTANCES: "from a plant, a town or any point.",
        },
        ("claims", "disagreements", "output", "production", "story"),
    ),
}


@pytest.mark.parametrize("file", EMPTY)
def test_an_empty_table_is_no_crash(edited: Path, file: str) -> None:
    """A table with its header only: every page opens, and says what it lacks."""
    words, others = EMPTY[file]
    for name in (file, *others):
        path = edited / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    app = opened()
    for row in site.PAGES:
        app.switch_page(row.script).run()
        assert is_sound(app), row.script
        assert words.get(row.script, WORDS[row.script][0]) in says(app).replace("**", ""), row.script


def test_pages_without_rows_have_no_filters_and_keep_them() -> None:
    """Filters stand only where they do something, and come back with the next page."""
    app = opened(SOURCES, country="Italy", year="1975", table="sites")
    assert is_sound(app)
    assert [group.label for group in app.sidebar.get("button_group")] == []
    assert len(app.sidebar.radio) == 1
    app.run()
    app.switch_page(PLANTS).run()
    assert names(app) == ["Pomigliano d'Arco Plant", "Arese Plant", "Pininfarina Grugliasco"]
    assert app.sidebar.number_input[0].value == 1975


@pytest.mark.parametrize("script", [PLANTS, TIMELINE, DISTANCES, SOURCES])
def test_a_page_says_what_filters_leave_and_clears_them(script: str) -> None:
    """What was filtered on another page is no surprise on this one."""
    app = opened(script, country="Mexico")
    assert sees(app, "1 plant in Mexico.")
    app.button(key=state.UNFILTER_BUTTON).click().run()
    assert is_sound(app)
    assert "country" not in app.query_params
    assert state.UNFILTER_BUTTON not in [one.key for one in app.button]


def test_the_tab_says_what_is_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant, else filters, then the page."""
    titles: list[str] = []
    configure = st.set_page_config

    def record(**values: Any) -> None:
        titles.append(values["page_title"])
        configure(**values)

    monkeypatch.setattr(st, "set_page_config", record)
    opened(TIMELINE, plant="cassino", country="Italy")
    assert titles[-1] == "Cassino Plant · Timeline · Alfa Romeo plant atlas"
    opened(country="Mexico")
    assert titles[-1] == "1 plant in Mexico · Alfa Romeo plant atlas"
    opened()
    assert titles[-1] == "Alfa Romeo plant atlas"


def test_a_mistake_of_ours_is_logged_without_its_words(
    guarded: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may hold a cell of the visitor's table; what is logged says where to look."""

    def fail(*_: object) -> None:
        raise ValueError("Stabilimento segreto")

    monkeypatch.setattr(page_parts, "notes", fail)
    opened()
    assert "Uncaught app execution" in guarded.text
    assert "ValueError (its words are left out) at:" in guarded.text
    assert "test_frame.py:" in guarded.text
    assert "segreto" not in guarded.text


def test_two_visitors_read_two_languages_at_once() -> None:
    """Each run speaks the language of its own visitor, whoever came in between."""
    italian, german = opened(lang="it"), opened(lang="de")
    italian.run()
    english = opened()
    german.run()
    titles = [app.title[0].value for app in (italian, german, english)]
    assert titles == [
        "Dove si costruiscono le Alfa Romeo",
        "Wo Alfa Romeos gebaut werden",
        "Where Alfa Romeos are made",
    ]

"""A visitor's own table: on every page for its owner, on none for anybody else."""

import csv
import gc
import io
import re
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from atlas import paths, site
from atlas.catalog import draft, loader, sheets, visitors
from atlas.catalog.loader import Library
from atlas.geocoding.background import Lookup
from atlas.screen import own_draft, state
from tests.importing.plant_files import as_parquet
from tests.nominatim import NominatimServer, place
from tests.screen.page import (
    DISTANCES,
    MAP,
    PLANTS,
    YOURS,
    button,
    html,
    is_sound,
    names,
    opened,
    plant_layer,
    sees,
    texts,
    unescaped,
    widget,
)

WAIT_S = 30
TABLE = pd.DataFrame(
    {
        "plant_id": [f"p{number}" for number in range(40)],
        "name": [f"Works {number}" for number in range(40)],
        "country": ["Italy", "Spain"] * 20,
        "fuel": ["<b>coal</b>"] * 10 + ["gas"] * 30,
        "latitude": [*np.linspace(-50, 50, 39), np.nan],
        "longitude": [9.0] * 39 + [np.nan],
    }
)


@pytest.fixture(autouse=True)
def nobody(serve: Callable[[Path], Library]) -> None:
    """No visitor has a table yet."""
    serve(paths.DATA)


def tables(app: AppTest) -> list[str]:
    """What the table switch offers."""
    return [unescaped(option) for radio in app.sidebar.radio for option in radio.options]


def with_table(page: str = MAP) -> tuple[AppTest, sheets.Sheet]:
    """The app of a visitor who has a table of their own on show."""
    app = opened(YOURS)
    app.session_state[state.OWNER] = "ada"
    app.run()
    sheet = loader.keep_own("ada", "power plants", TABLE)
    app.run()
    app.sidebar.radio[0].set_value("yours").run()
    return (app if page == YOURS else app.switch_page(page).run()), sheet


def test_the_switch_has_your_table() -> None:
    """Beside ours, with its rows, for its owner; no other visitor has it."""
    app, _ = with_table()
    assert tables(app) == ["Five plants (5)", "All Alfa Romeo sites (22)", "Your table (40)"]
    assert tables(opened()) == ["Five plants (5)", "All Alfa Romeo sites (22)"]


def test_the_map_shows_it() -> None:
    """Its title, its plants, filters from its columns; the layer asks for nobody else's points."""
    app, sheet = with_table()
    assert is_sound(app)
    assert app.title[0].value == "power plants"
    assert (plant_layer(app)["version"], len(plant_layer(app)["ids"])) == (sheet.version, 39)
    assert [group.key for group in app.sidebar.button_group] == ["country", "fuel"]
    assert sees(app, "In the table, not on the map, as their position is not known: 1.")


def test_the_table_shows_it() -> None:
    """All rows, also on an operator's server."""
    app, _ = with_table(PLANTS)
    assert is_sound(app)
    assert names(app) == TABLE["name"].tolist()


def test_on_an_operators_server(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The switch appears where there was none, as there are two tables now."""
    monkeypatch.setenv("ATLAS_PLANTS", str(paths.DATA / "plants.csv"))
    assert not tables(opened())
    app, _ = with_table(PLANTS)
    assert tables(app) == ["plants (5)", "Your table (40)"]
    assert names(app) == TABLE["name"].tolist()


@pytest.mark.parametrize("page", [row.script for row in site.PAGES if not row.for_any_table])
def test_pages_about_alfa_romeos_say_so(page: str) -> None:
    """They stay calm, and lead back to our plants."""
    app, _ = with_table(page)
    assert is_sound(app)
    assert sees(app, "This page is about Alfa Romeos, and Your table is on show.")
    button(app, "Show five plants").click().run()
    assert not sees(app, "This page is about Alfa Romeos, and")


def test_the_address_does_not_tell_the_key() -> None:
    """The page's address says whose table it is, no more; the file's address has the key."""
    app, sheet = with_table()
    assert app.query_params["table"] == "yours"
    assert f'href="/api/plants.csv?table={sheet.version}"' in html(app)
    assert sheet.version not in str(app.query_params)
    assert sheet.version not in "".join(texts(app))
    assert not app.code


def test_somebody_elses_link() -> None:
    """A friendly note, and our plants."""
    app = opened(table="yours", fuel="gas")
    assert is_sound(app)
    assert sees(app, "This link shows a visitor's own table, which only they can see, and only until")
    assert sees(app, "5 plants in 2 countries")


def test_a_file_that_is_gone() -> None:
    """A session without the file that the address speaks of says so, once."""
    app = opened(YOURS, file="open")
    assert sees(app, own_draft.GONE)
    assert "file" not in app.query_params
    app.run()
    assert not sees(app, own_draft.GONE)
    assert with_sample().query_params["file"] == "open"


def test_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lost the table to others reads why, once, and sees our plants."""
    app, sheet = with_table()
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "1")
    loader.visitors().enter("bob", is_here=lambda: True)
    loader.visitors().keep("bob", "key", sheet, visitors.MB)
    app.run()
    assert is_sound(app)
    assert sees(app, "Your table was put aside, because this server's memory")
    assert sees(app, "5 plants in 2 countries")
    app.run()
    assert tables(app) == ["Five plants (5)", "All Alfa Romeo sites (22)"]


def test_text_of_a_table_is_only_text() -> None:
    """A value with markup is shown as it is in the filters."""
    app, _ = with_table()
    (fuel,) = [group for group in app.sidebar.button_group if group.key == "fuel"]
    assert [option.replace("\\", "") for option in fuel.options] == ["<b>coal</b> (10)", "gas (30)"]
    assert "<b>" not in "".join(fuel.options)


def test_filters_of_your_table() -> None:
    """A filter of the visitor's column holds in words, address and file."""
    app, sheet = with_table()
    app.sidebar.button_group(key="fuel").set_value(["gas"]).run()
    assert sees(app, "30 plants with fuel gas")
    assert f'href="/api/plants.csv?table={sheet.version}&amp;fuel=gas"' in html(app)


# --- the page ---


def upload(app: AppTest, name: str, content: bytes, *, place: int = 0) -> AppTest:
    """The page after a visitor chose a file."""
    app.file_uploader[place].set_value((name, content, "text/csv")).run()
    return app


def with_sample() -> AppTest:
    return upload(opened(YOURS), "sample-plants.csv", draft.sample())


def test_a_file_step_by_step() -> None:
    """What it is, what its columns are, what is wrong, and the way to the map."""
    app = with_sample()
    assert is_sound(app)
    assert [one.value for one in app.header] == [
        "sample plants",
        "Columns",
        "Report",
        "Use it",
    ]
    assert sees(app, "Text with 8 rows and 7 columns")
    assert sees(app, "Name: “Plant”, ")
    assert sees(app, "of 8 plants placed")
    assert sees(app, "1 row: latitude and longitude exchanged")


def test_a_pasted_table() -> None:
    """Cells from a spreadsheet do as well."""
    app = opened(YOURS)
    app.text_area[0].set_value("Plant\tLat\tLon\nErfurt\t50.98\t11.03").run()
    button(app, "Read it").click().run()
    assert is_sound(app)
    assert sees(app, "1 of 1 plant placed.")


def test_a_fix_and_the_map() -> None:
    """A click applies it; another opens the map with the table, in filters, switch and address."""
    app = with_sample()
    button(app, "Exchange them").click().run()
    assert sees(app, "Mended: latitude and longitude exchanged.")
    button(app, "Show my table on the map").click().run()
    assert is_sound(app)
    assert app.title[0].value == "sample plants"
    assert "Your table (8)" in tables(app)
    assert app.query_params["table"] == "yours"
    layer = plant_layer(app)
    assert "Wolfsburg Plant" in layer["names"]


def test_forget() -> None:
    """Everything is gone: table, file, addresses; nothing keeps it in memory."""
    app = with_sample()
    button(app, "Show my table on the map").click().run()
    owner = app.session_state[state.OWNER]
    sheet = loader.visitors().mine(owner)
    assert sheet
    gone = weakref.ref(sheet), weakref.ref(loader.visitors().draft(owner))
    key = sheet.version
    del sheet
    app.switch_page(YOURS).run()
    button(app, "Forget my table").click().run()
    assert is_sound(app)
    assert not sees(app, own_draft.GONE)
    assert tables(app) == ["Five plants (5)", "All Alfa Romeo sites (22)"]
    assert (loader.visitors().of(key), loader.visitors().size) == (None, 0)
    gc.collect()
    assert [one() for one in gone] == [None, None]
    assert app.file_uploader


@pytest.mark.parametrize("page", [MAP, PLANTS, DISTANCES, YOURS])
def test_a_session_that_left_holds_nothing(page: str) -> None:
    """No widget, callback or fragment of the last run keeps the table: its memory is free without a rerun."""
    app = with_sample()
    button(app, "Show my table on the map").click().run()
    if page != MAP:
        app.switch_page(page).run()
    owner = app.session_state[state.OWNER]
    held = loader.visitors().mine(owner), loader.visitors().draft(owner)
    gone = [weakref.ref(one) for one in held]
    del held
    loader.visitors().forget(owner)
    gc.collect()
    assert [one() for one in gone] == [None, None]


REFUSED = [
    ("nothing.csv", b"", "nothing.csv is empty"),
    ("secret.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "secret.xlsx is an old Excel file"),
    ("bomb.xlsx", b"PK\x03\x04" + bytes(100), "bomb.xlsx"),
    ("picture.csv", bytes(range(256)) * 40, "picture.csv"),
]


@pytest.mark.parametrize(("name", "content", "words"), REFUSED)
def test_a_refusal_is_a_sentence(name: str, content: bytes, words: str) -> None:
    """Beside the file; the page goes on, and the next file is welcome."""
    app = upload(opened(YOURS), name, content)
    assert not app.exception
    assert len(app.error) == 1
    assert sees(app, words)
    upload(app, "sample.csv", draft.sample())
    assert is_sound(app)


def test_more_than_the_server_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence beside the file."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "1")
    rows = "".join(f"Plant {number};{'x' * 2000}\n" for number in range(400))
    app = upload(opened(YOURS), "wide.csv", f"Plant;Text\n{rows}".encode())
    assert not app.exception
    assert sees(app, "This table needs about")


def test_columns_are_changed() -> None:
    """What is chosen counts; a choice that cannot be is refused in a sentence, and the old one stays."""
    app = with_sample()
    widget(app.main, "selectbox", "Name").set_value("Town")
    widget(app.main, "selectbox", "Town").set_value("")
    button(app, "Use these columns").click().run()
    assert sees(app, "Name: “Town”")
    widget(app.main, "selectbox", "Name").set_value("Owner")
    widget(app.main, "selectbox", "Owner").set_value("Owner")
    button(app, "Use these columns").click().run()
    assert sees(app, "The column “Owner” can be")
    assert sees(app, "Name: “Town”")


def test_read_differently() -> None:
    """What was found out can be said instead."""
    app = with_sample()
    widget(app.main, "selectbox", "The first row names the columns").set_value(False)
    button(app, "Read again").click().run()
    assert sees(app, "Text with 9 rows and 7 columns")


def test_hostile_text(hostile_names: tuple[str, ...]) -> None:
    """Whatever stands in cells, headers and the file's name: it is shown as text, nowhere as Markdown."""
    table = [["Name", "Latitude", "Longitude", *hostile_names]]
    table += [[name, "45", "9", *hostile_names] for name in hostile_names]
    table += [[name, "91", "9", *reversed(hostile_names)] for name in hostile_names]
    content = io.StringIO()
    csv.writer(content).writerows(table)
    app = upload(opened(YOURS), "[link](https://evil.example) **bold**.csv", content.getvalue().encode())
    assert is_sound(app)
    told = [element.value for kind in (app.markdown, app.caption, app.header) for element in kind]
    # Our own words use none of these; a text from the table has a backslash before each.
    assert [text for text in told if re.search(r"(?<!\\)(\]\(|<|\$\{|`|\*\*bold|:red\[)", text)] == []
    button(app, "Show my table on the map").click().run()
    assert is_sound(app)
    assert len(plant_layer(app)["ids"]) == len(hostile_names)


# --- positions that a service has to be asked for ---

UNKNOWN = "Name;Address\n" + "".join(f"Works {n};Street {n}, Nowhere\n" for n in range(3))


@pytest.fixture
def service(nominatim: NominatimServer, monkeypatch: pytest.MonkeyPatch) -> NominatimServer:
    """A Nominatim of the operator's own that knows the streets."""
    monkeypatch.setenv("ATLAS_GEOCODER", "nominatim")
    for number in range(3):
        nominatim.places[f"Street {number}, Nowhere"] = place(45.0 + number, 9.0)
    return nominatim


def asking(service: NominatimServer) -> tuple[AppTest, Lookup[Any]]:
    """The page while the service thinks about its first answer."""
    app = upload(opened(YOURS), "works.csv", UNKNOWN.encode())
    assert sees(app, "3 plants without a position. Asking nominatim for all of them takes about 1 min.")
    service.hold()
    button(app, "Ask nominatim").click().run()
    assert service.asked.wait(WAIT_S)
    bench = loader.visitors().draft(app.session_state[state.OWNER])
    assert isinstance(bench, draft.Draft)
    assert bench.lookup
    return app, bench.lookup


def test_a_service_is_asked_beside_the_page(service: NominatimServer) -> None:
    """The page goes on meanwhile, says how far it is, and has the positions in the end."""
    app, lookup = asking(service)
    app.run()
    assert is_sound(app)
    assert button(app, "Cancel")
    service.released.set()
    assert lookup.wait(WAIT_S)
    app.run()
    assert is_sound(app)
    assert sees(app, "3 of 3 plants placed. 3 of the positions were looked up.")
    assert len(service.requests) == 3


def test_a_lookup_is_cancelled_and_resumed(service: NominatimServer) -> None:
    """What was found stays; the next run asks for the others only."""
    app, lookup = asking(service)
    button(app, "Cancel").click().run()
    assert lookup.is_cancelled
    service.released.set()
    assert lookup.wait(WAIT_S)
    app.run()
    assert sees(app, "1 of 3 plants placed; 2 not.")
    button(app, "Ask nominatim").click().run()
    bench = loader.visitors().draft(app.session_state[state.OWNER])
    assert isinstance(bench, draft.Draft)
    assert bench.lookup is None or bench.lookup.wait(WAIT_S)
    app.run()
    assert sees(app, "3 of 3 plants placed.")
    assert len(service.requests) == 3


def test_forget_ends_a_lookup(service: NominatimServer) -> None:
    """Nobody is asked for a table that is gone."""
    app, lookup = asking(service)
    button(app, "Forget my table").click().run()
    assert lookup.is_cancelled
    service.released.set()
    assert lookup.wait(WAIT_S)
    assert len(service.requests) == 1


def test_towns_without_the_service(service: NominatimServer) -> None:
    """Who wants no address to leave the machine gets the towns at once."""
    app = upload(opened(YOURS), "works.csv", b"Name;Town;Country\nWorks;Cassino;Italy\n")
    assert sees(app, "0 of 1 plant placed; 1 not.")
    button(app, "Find towns on this machine").click().run()
    assert sees(app, "1 of 1 plant placed. 1 of the positions was looked up.")
    assert service.requests == []


def test_a_file_that_is_read_apart() -> None:
    """By a process of its own; a refusal comes back in the language of the page."""
    content = as_parquet(name=["Arese"], lat=[45.55], lon=[9.08])
    assert sees(upload(opened(YOURS), "werke.parquet", content), "1 of 1 plant placed")
    app = upload(opened(YOURS, lang="de"), "werke.parquet", content[:-20])
    assert [unescaped(box.value) for box in app.error] == [
        "werke.parquet ist beschädigt oder keine Parquet-Datei; speichern Sie die Datei neu."
    ]

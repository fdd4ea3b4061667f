"""A visitor's own table: on every page for its owner, on none for anybody else."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from atlas import catalog, screen, site, uploads
from tests.test_pages import MAP, PLANTS, YOURS, button, is_sound, names, opened, plant_layer, sees, unescaped

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
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No visitor has a table yet."""
    monkeypatch.setattr(catalog, "visitors", uploads.Uploads(sweeps=False))
    return


def tables(app: AppTest) -> list[str]:
    """What the table switch offers."""
    return [unescaped(option) for radio in app.sidebar.radio for option in radio.options]


def with_table(page: str = MAP) -> tuple[AppTest, catalog.Sheet]:
    """The app of a visitor who has a table of their own on show."""
    app = opened(YOURS)
    app.session_state["atlas-owner"] = "ada"
    app.run()
    sheet = catalog.keep_own("ada", "power plants", TABLE)
    app.run()
    app.sidebar.radio[0].set_value("yours").run()
    return (app if page == YOURS else app.switch_page(page).run()), sheet


def test_the_switch_has_your_table() -> None:
    """Beside ours, with its rows, for its owner; no other visitor has it."""
    app, _ = with_table()
    assert tables(app) == ["Five plants (5)", "All Alfa Romeo sites (19)", "Your table (40)"]
    assert tables(opened()) == ["Five plants (5)", "All Alfa Romeo sites (19)"]


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
    monkeypatch.setenv("ATLAS_PLANTS", str(screen.ASSETS.parent.parent / "data" / "plants.csv"))
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
    (link,) = app.sidebar.get("link_button")
    assert link.proto.url == f"/api/plants.csv?table={sheet.version}"
    assert sheet.version not in str(app.query_params)


def test_somebody_elses_link() -> None:
    """A friendly note, and our plants."""
    app = opened(table="yours", fuel="gas")
    assert is_sound(app)
    assert sees(app, "This link shows a visitor's own table, which only they can see")
    assert sees(app, "5 plants in 2 countries")


def test_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lost the table to others reads why, once, and sees our plants."""
    app, sheet = with_table()
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "1")
    catalog.visitors.enter("bob", is_here=lambda: True)
    catalog.visitors.keep("bob", "key", sheet, uploads.MB)
    app.run()
    assert is_sound(app)
    assert sees(app, "Your table was put aside, because this server's memory")
    assert sees(app, "5 plants in 2 countries")
    app.run()
    assert tables(app) == ["Five plants (5)", "All Alfa Romeo sites (19)"]


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
    (link,) = app.sidebar.get("link_button")
    assert link.proto.url == f"/api/plants.csv?table={sheet.version}&fuel=gas"

"""The site of an operator's own table."""

from pathlib import Path

import pytest

from tests.screen.conftest import Show
from tests.screen.page import (
    MAP,
    PLANTS,
    button,
    download,
    files,
    html,
    is_sound,
    names,
    opened,
    plant_layer,
    sees,
    texts,
    unescaped,
)
from tests.screen.tables import OPERATORS


def test_the_site_of_an_operators_table(show: Show) -> None:
    """Its name is the site's; three pages, its own filters, and not a word about Alfa Romeos."""
    show()
    for page, heading in ((MAP, "Power plants"), (PLANTS, "Plants")):
        app = opened(page)
        assert is_sound(app)
        links = [link.proto.label for link in app.sidebar.get("page_link")]
        assert links == ["Map", "Plants", "Distances", "Your plants"]
        assert unescaped(app.title[0].value) == heading
        assert ">Power plants · Plant atlas</p>" in html(app)
        assert [(group.key, group.label) for group in app.sidebar.button_group] == [
            ("country", "Country"),
            ("status", "Status"),
            ("fuel", "Fuel"),
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
    assert "Our &lt;b&gt;plants&lt;/b&gt; *today*</p>" in html(app)
    assert "<b>plants" not in html(app)


def test_the_figures_of_an_operators_table(show: Show) -> None:
    """How many are on the map; which are not is said in numbers, below the map."""
    show()
    app = opened()
    assert sees(app, "6 plants in 5 countries.")
    assert sees(app, "In the table, not on the map, as their position is not known: 1.")
    layer = plant_layer(app)
    assert layer["ids"] == ["b1", "c1", "d1", "e1", "g1"]
    assert list(filter(None, layer["statuses"])) == ["running", "closed", "not stated"]


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
    assert card[card.index("Capacity (MW)") + 1] == "1,500"
    assert card[card.index("Fuel") + 1] == "gas"
    assert card[card.index("Bursa") - 1] == "running", "above the name on the card"
    assert app.query_params["country"] == "Türkiye"


def test_filters_of_an_operators_table(show: Show) -> None:
    """Options with their counts, choosing, searching, nothing found and the way back."""
    show()
    app = opened()
    status, fuel = app.sidebar.button_group[1:]
    assert [unescaped(option) for option in fuel.options] == ["coal (3)", "gas (3)"]
    assert [unescaped(option) for option in status.options] == ["running (3)", "closed (2)", "not stated (1)"]
    fuel.select("gas").run()
    app.sidebar.button_group[1].select("not stated").run()
    assert names(app) == ["Erfurt"]
    assert sees(app, "1 plant with no status stated with fuel gas")
    app.sidebar.text_input[0].input("nothing like this").run()
    assert sees(app, "Nothing is wrong: the filters just leave no plant.")
    button(app, "Show all plants").click().run()
    assert len(names(app)) == 6


def test_a_range_of_an_operators_table(show: Show) -> None:
    """Two boxes beside the page; an empty one leaves its end open, and the button empties both."""
    show()
    app = opened(capacity_mw="1000..")
    least, most = app.sidebar.number_input
    assert [unescaped(box.label) for box in (least, most)] == ["Capacity (MW) from", "Capacity (MW) to"]
    assert (least.value, most.value) == (1000, None)
    shown = len(names(app))
    assert 0 < shown < 6
    least.set_value(None)
    most.set_value(999).run()
    assert app.query_params["capacity_mw"] == "..999"
    assert 0 < len(names(app)) < 6
    button(app, "Clear filters").click().run()
    assert len(names(app)) == 6
    assert [box.value for box in app.sidebar.number_input] == [None, None]


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
    assert app.query_params["model"] == "Tonale"
    assert len(names(app)) == 6


def test_cells_that_could_not_be_read(show: Show) -> None:
    """What is wrong in the table is said where it is looked after: on the Plants page, with its place."""
    show(OPERATORS.replace("capacity mw", "employees"))
    app = opened(PLANTS)
    assert is_sound(app)
    (box,) = app.expander
    assert box.label == "What could not be read in the table"
    assert [unescaped(one.value) for one in box.markdown] == [
        "Row 4, column employees: “12.5”: This is not a whole number; left empty.",
        "Row 6, column lat, lon: “91, 0”: This is no place on Earth; not used.",
    ]
    assert not opened(MAP).expander
    show("name\nUlsan\n")
    assert not opened(PLANTS).expander


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
    show(OPERATORS.replace("coal", "wind"))
    app.run()
    assert is_sound(app)
    assert names(app) == ["Cordoba", "Fes"]
    show(OPERATORS.replace("status", "shift").replace("c1,", "c2,"))
    app.run()
    assert is_sound(app)
    assert len(names(app)) == 6
    assert plant_layer(app)["selected"] == -1


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

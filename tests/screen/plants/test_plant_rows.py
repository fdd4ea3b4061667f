"""The shown plants as rows, below the map and page by page."""

import re

import pandas as pd

from atlas.screen import state
from atlas.screen.plants import plant_rows
from tests.screen.conftest import Show
from tests.screen.page import (
    PLANTS,
    button,
    download,
    html,
    is_sound,
    names,
    opened,
    pages_of,
    widget,
)
from tests.screen.tables import many


def test_rows_under_the_map_are_no_widget() -> None:
    """Nothing waits for a script to load; a row leads to its plant, with all filters."""
    app = opened(country="Italy", plant="melfi")
    assert not app.dataframe
    assert names(app) == ["Cassino Plant", "Pomigliano d'Arco Plant", "Melfi Plant", "Modena Plant"]
    assert '<a href="?country=Italy&amp;plant=modena">Modena Plant</a>' in html(app)
    assert re.findall(r'plant=melfi" aria-current="true">(.*?)<', html(app)) == ["Melfi Plant"]


def test_the_whole_table() -> None:
    """The Plants page shows every column that people read."""
    table = opened(PLANTS).dataframe[0].value
    assert table.shape[0] == 5
    assert {"name", "status", "models_now", "address", "latitude", "site_area_m2", "role"} <= set(
        table.columns
    )
    assert "plant_id" not in table.columns


def test_fifty_rows_under_the_map(show: Show) -> None:
    """More would be another page: the rest is counted, and where it is, is said."""
    show(many(1200))
    app = opened()
    assert is_sound(app)
    assert names(app) == [f"Plant {n:05}" for n in range(50)]
    assert pages_of(app) == ["The first 50 of 1,200 plants. The page Plants and the CSV have them all."]
    app.sidebar.text_input[0].input("plant 0001").run()
    assert (len(names(app)), pages_of(app)) == (11, [])


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
    widget(app, "selectbox", "Sort all rows by").select("Capacity (MW)").run()
    assert names(app)[0] == "Plant 01199"
    app.pagination[0].set_value(3).run()
    assert (names(app)[-1], len(names(app))) == ("Plant 00000", 200)
    assert (app.query_params["sort"], app.query_params["page"]) == ("capacity mw", "3")
    widget(app, "toggle", "Descending").set_value(True).run()
    assert names(app) == [f"Plant {n:05}" for n in range(500)]
    assert app.query_params["sort"] == "-capacity mw"
    assert "page" not in app.query_params
    again = opened(PLANTS, sort="-capacity mw", page="3")
    assert names(again) == [f"Plant {n:05}" for n in range(1000, 1200)]
    assert names(opened(PLANTS, sort="nonsense", page="99"))[0] == "Plant 00000"
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
    assert app.session_state[state.ROWS]["selection"]["rows"] == []
    app.pagination[0].set_value(3).run()
    assert app.session_state[state.ROWS]["selection"]["rows"] == [100]


def test_rows_travel_as_they_are_and_mixed_cells_are_left_to_streamlit() -> None:
    """Prepared once as Arrow; what Arrow has no type for stays a table of pandas."""
    rows = pd.DataFrame({"plant_id": ["a", "b"], "name": ["A", None], "employees": [4, 5]})
    sound = plant_rows.prepared(rows, ("name", "employees"))
    assert (sound.ids, sound.cells.to_pydict()) == (["a", "b"], {"name": ["A", None], "employees": [4, 5]})
    mixed = plant_rows.prepared(rows.assign(name=pd.Series(["A", 7], dtype=object)), ("name", "employees"))
    assert mixed.cells["name"].tolist() == ["A", 7]

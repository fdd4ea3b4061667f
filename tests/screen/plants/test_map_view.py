"""The map of a page: what it is told, and that it stands still."""

import pytest
from streamlit.testing.v1 import AppTest

from atlas.catalog import loader
from tests.screen.conftest import Show
from tests.screen.page import (
    DISTANCES,
    MAP,
    PLANTS,
    TIMELINE,
    arriving,
    button,
    download,
    html,
    is_sound,
    names,
    opened,
    pages_of,
    plant_layer,
    sees,
    sent_to_map,
)
from tests.screen.tables import many


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


@pytest.mark.parametrize(
    ("page", "query", "announces"),
    [
        (MAP, {}, True),
        (DISTANCES, {"from": "cassino"}, False),
        (TIMELINE, {"table": "sites", "model": "MiTo"}, False),
    ],
)
def test_only_the_page_map_runs_again_when_its_map_is_drawn(
    page: str, query: dict[str, str], announces: bool
) -> None:
    """Its table waits for the map. Elsewhere the run would only bring back what was chosen before."""
    assert plant_layer(arriving(page, **query).run())["announce"] is announces


def test_the_map_stands_still_for_a_year() -> None:
    """The area to fit is not a new one, and neither is the map."""
    app = opened(table="sites", year="1975")
    before, component = plant_fit(app), sent_to_map(app)["component"]
    app = app.sidebar.slider[0].set_value(2005).run()
    assert (plant_fit(app), sent_to_map(app)["component"]) == (before, component)


def plant_fit(app: AppTest) -> str:
    return str(plant_layer(app)["fit"]["key"])


def test_closed_sites_look_closed() -> None:
    """They have a mark and a line of the legend of their own; a site that stands has the full mark."""
    opened_catalog = loader.open_catalog()
    sheet = opened_catalog.sheet("sites")
    looks = {plant: sheet.category_of(sheet.index.row_of(plant) or 0) for plant in ("arese", "mirafiori")}
    assert looks == {"arese": 6, "mirafiori": 1}
    assert sheet.categories[6] == "Closed, built Alfa Romeos before"
    assert "Closed, built Alfa Romeos before" in html(opened(table="sites", plant="arese"))


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

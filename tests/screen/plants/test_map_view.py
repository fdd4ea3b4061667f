"""The map of a page: what it is told, and that it stands still."""

from streamlit.testing.v1 import AppTest

from atlas.catalog import loader
from atlas.screen import state
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
    assert plant_layer(app)["selected"] == 2
    after = sent_to_map(app)
    assert {name for name in before if before[name] != after[name]} == {"feature_group"}
    assert before["js_links"][0].startswith("../../assets/")
    assert len(after["feature_group"]) < 10_000


def test_a_year_is_fitted_and_the_map_stays() -> None:
    """Another year is another area; while the decades play, the map stands still."""
    app = opened(table="sites", year="1975")
    before, component = plant_fit(app), sent_to_map(app)["component"]
    app = app.sidebar.number_input[0].set_value(2005).run()
    assert plant_fit(app) != before
    assert sent_to_map(app)["component"] == component
    button(app, "Play the decades").click().run()
    playing = plant_fit(app)
    app.session_state[state.NEXT_YEAR] = 2010
    app.run()
    assert app.session_state[state.YEAR] == 2010
    assert plant_fit(app) == playing


def test_the_legend_filters() -> None:
    """It is told the chosen statuses, and what each would show; nothing in a year, which has one status."""
    assert plant_layer(opened(table="sites"))["legend"] == {"chosen": [], "counts": []}
    chosen = plant_layer(opened(table="sites", status="now", country="Italy"))["legend"]
    sheet = loader.open_catalog().sheet("sites")
    assert [sheet.categories[code] for code in chosen["chosen"]] == ["Builds Alfa Romeos now"]
    italy = sheet.codes[(sheet.table["country"] == "Italy").to_numpy()].tolist()
    assert chosen["counts"] == [italy.count(code) for code in range(len(sheet.categories))]
    assert "legend" not in plant_layer(opened(table="sites", year="1975"))


def test_a_line_of_the_legend_stands_for_all_words_of_its_meaning(show: Show) -> None:
    """Where a table has several words for one, they are chosen together, and ended together."""
    words = ("operating", "in service", "closed", "operating") * 2
    show("name,lat,lon,status\n" + "".join(f"Plant {n},4{n},9,{word}\n" for n, word in enumerate(words)))
    told = plant_layer(opened(status=["operating", "in service"]))["legend"]
    assert (len(told["chosen"]), sorted(filter(None, told["counts"]))) == (1, [2, 6])
    assert plant_layer(opened(status="operating"))["legend"]["chosen"] == []


def test_the_map_of_a_year() -> None:
    """It is told the models of that year by the number of the plant, and all plants of the other filters."""
    layer = plant_layer(opened(table="sites", year="1975", country="Italy"))
    year = layer["year"]
    assert (year["year"], year["words"]) == (1975, "Built Alfa Romeos in 1975")
    assert year["models"]["1"] == "Alfasud"
    everybody = plant_layer(opened(table="sites", country="Italy"))
    assert year["ghosts"] == everybody["mask"]
    assert "year" not in everybody


def test_the_first_view_is_of_the_plants_that_build_now() -> None:
    """Without filters; a filter shows all that it leaves, and other tables have no such plants."""
    fit = plant_layer(opened())["fit"]
    (south, west), (north, east) = fit["bounds"]
    assert 40 < south < north < 42
    assert 13 < west < east < 15
    assert fit["all"][0][1] < -99
    assert "all" not in plant_layer(opened(country="Italy"))["fit"]


def test_labels_have_the_models_of_today() -> None:
    """In the order of the points, without codes in brackets."""
    assert plant_layer(opened())["models"] == ["Giulia, Stelvio", "Tonale", "", "", ""]


def plant_fit(app: AppTest) -> str:
    return str(plant_layer(app)["fit"]["key"])


def test_closed_sites_look_closed() -> None:
    """They have a mark and a line of the legend of their own; a site that stands has the full mark."""
    opened_catalog = loader.open_catalog()
    sheet = opened_catalog.sheet("sites")
    looks = {plant: sheet.category_of(sheet.index.row_of(plant) or 0) for plant in ("arese", "mirafiori")}
    assert looks == {"arese": 6, "mirafiori": 1}
    assert sheet.categories[6] == "Closed"
    assert "Closed" in html(opened(table="sites", plant="arese"))


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
    assert len(names(app)) == 50
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

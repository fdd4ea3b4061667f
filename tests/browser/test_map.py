"""The map in a real browser: what it draws, how filters change it, how a plant is selected."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.visit import MAP, PHONE, STILL, WINDOWS, Start, Visit, centre, rows_of

# Lets each change of filters come while the map zooms. Another change may come while it zooms already;
# then no new zoom begins.
UPDATE_DURING_A_ZOOM = """() => {
    const update = AtlasPlants.update, state = AtlasPlants.states.get(map);
    AtlasPlants.update = (map, ...configs) => {
        const now = () => {
            window.cameDuringZoom = state.isZooming;
            update(map, ...configs);
        };
        if (state.isZooming) {
            now();
        } else {
            map.once("zoomanim", () => queueMicrotask(now));
            map.zoomIn();
        }
    };
}"""


# ---- what it draws -----------------------------------------------------------------------------------


def test_the_map_draws_five_plants_on_the_built_in_map(start: Start) -> None:
    """At first sight the map shows land, sea and five plants, and its text twin names all five."""
    visit = start("/")
    visit.shows(5)
    visit.has_base_map()
    words = "5 plants in 2 countries: Cassino Plant (Piedimonte San Germano), Pomigliano d'Arco Plant (Pomigliano d'Arco), Melfi Plant (Melfi), Modena Plant (Modena), Toluca Plant (Toluca)."  # noqa: E501
    expect(visit.map.get_by_role("region")).to_have_attribute("aria-label", f"Map. {words}")
    expect(visit.map.locator("[aria-live=polite]")).to_have_text(words)


def test_an_opening_is_one_run(start: Start) -> None:
    """Nothing that is drawn asks the script to run again, and the page has its links once."""
    visit = start("/")
    visit.shows(5)
    visit.has_base_map()
    visit.page.wait_for_load_state("networkidle")
    assert len(visit.settled().sent) == 1
    expect(visit.page.get_by_role("link", name="Timeline", exact=True)).to_have_count(1)
    expect(visit.table().locator("tbody tr")).to_have_count(5)


def test_the_base_map_comes_in_parts(start: Start) -> None:
    """At first the cells around the plants; small towns come close by, and the coarse land from afar."""
    visit = start("/")
    visit.has_base_map()
    visit.page.wait_for_load_state("networkidle")

    def asked(part: str) -> list[str]:
        return [url for url in visit.requests if url.endswith(part)]

    assert asked("/world.json")
    assert asked("/tiles/5/17/11.json")
    assert asked("-close.json") == asked("world-land.json") == []
    with visit.page.expect_response(lambda answer: answer.url.endswith("/tiles/5/17/11-close.json")):
        visit.look_at(41.49, 13.83, 10)
    with visit.page.expect_response(lambda answer: answer.url.endswith("/world-land.json")):
        visit.look_at(41.49, 13.83, 4)
    visit.has_base_map()


def test_the_map_wears_the_theme_of_the_page(start: Start) -> None:
    """The visitor's colour scheme reaches the map and its base map, at the start and when it changes."""
    visit = start("/", color_scheme="dark")
    for theme in ("dark", "light"):
        visit.wear(theme)
        expect(visit.map.locator("#map_div")).to_have_attribute("data-theme", theme)
        visit.has_base_map(theme)


# ---- filters -----------------------------------------------------------------------------------------


def test_a_filter_changes_the_plants_and_not_the_map(start: Start) -> None:
    """Choosing Italy keeps the map's page, shows four plants, fits the view to them and stands in the URL.

    The map's text twin says so.
    """
    visit = start("/")
    visit.shows(5)
    visit.mark()
    zoom = visit.view()[2]
    visit.pill("Italy (4)").click()
    visit.has_address("/?country=Italy")
    visit.shows(4)
    four = [[float(row["latitude"]), float(row["longitude"])] for row in rows_of(visit.url, "country=Italy")]
    assert len(four) == 4
    visit.wait("(places) => places.every((place) => map.getBounds().contains(place))", four)
    visit.wait("(before) => map.getZoom() < before", zoom)  # it was that of the plants that build now
    words = "Map. 4 plants in Italy: Cassino Plant (Piedimonte San Germano), Pomigliano d'Arco Plant (Pomigliano d'Arco), Melfi Plant (Melfi), Modena Plant (Modena)."  # noqa: E501
    expect(visit.map.get_by_role("region")).to_have_attribute("aria-label", words)
    assert visit.is_same_map()


def test_a_filter_is_fitted_even_while_the_map_zooms(start: Start) -> None:
    """Leaflet drops a change of view while it zooms; a filter chosen just then is fitted all the same."""
    visit = start("/")
    visit.shows(5)
    visit.look_at(45, 9, 5)
    visit.frame.evaluate(UPDATE_DURING_A_ZOOM)
    visit.pill("Mexico (1)").click()
    visit.shows(1)
    expect(visit.plant("toluca")).to_be_visible()
    assert visit.frame.evaluate("() => window.cameDuringZoom")


@WINDOWS
def test_models_stay_chosen_when_their_counts_change(start: Start, window: ViewportSize) -> None:
    """A model whose count falls to zero under another filter is still chosen after the next click."""
    models = "model=4C+%2F+4C+Spider&model=Tonale"
    visit = start(f"/?{models}", viewport=window)
    visit.shows(2)
    visit.pill("Builds Alfa Romeos now (1)").click()
    visit.has_address(f"/?status=now&{models}")
    visit.shows(1)
    visit.plant("pomigliano").click()
    visit.has_address(f"/?status=now&{models}&plant=pomigliano")
    visit.pill("Builds Alfa Romeos now (1)").click()
    visit.has_address(f"/?{models}&plant=pomigliano")
    visit.shows(2)


def test_moving_the_map_costs_no_rerun_and_no_request(start: Start) -> None:
    """Dragging and zooming sends nothing to the script and asks the server for nothing."""
    visit = start("/")
    visit.shows(5)
    expect(visit.table().locator("tbody tr")).to_have_count(5)
    visit.page.wait_for_load_state("networkidle")
    sent, asked = len(visit.sent), len(visit.requests)
    _, longitude, zoom = visit.view()
    middle = centre(visit.page.locator(MAP))
    visit.page.mouse.move(*middle)
    visit.page.mouse.down()
    visit.page.mouse.move(middle[0] - 150, middle[1] - 60, steps=6)
    visit.page.mouse.up()
    visit.wait("(before) => map.getCenter().lng > before + 1", longitude)
    visit.map.get_by_role("button", name="Zoom in").click()
    visit.wait(f"(before) => map.getZoom() > before && {STILL}", zoom)
    visit.page.mouse.move(*middle)
    visit.page.mouse.wheel(0, 120)
    visit.wait(f"(before) => map.getZoom() < before && {STILL}", zoom + 1)
    # Whatever the moves had sent would be on its way before the answer to this click.
    visit.pill("Mexico (1)").click()
    visit.has_address("/?country=Mexico")
    visit.settled()
    assert len(visit.sent) - sent == 1
    assert [url for url in visit.requests[asked:] if "/basemap/tiles/" not in url] == []


def test_filters_that_leave_nothing_say_so_and_lead_back(start: Start) -> None:
    """No plant: a friendly sentence, a map without markers, and a button that brings all five back."""
    visit = start("/?country=Mexico&status=now")
    visit.shows(0)
    visit.has_base_map()
    visit.mark()
    sentence = (
        "No plant in Mexico building Alfa Romeos now. Nothing is wrong: the filters just leave no plant."
    )
    expect(visit.page.get_by_text(sentence)).to_be_visible()
    visit.page.get_by_role("button", name="Show all plants").click()
    visit.has_address("/")
    visit.shows(5)
    expect(visit.page.get_by_text("Nothing is wrong")).to_have_count(0)
    assert visit.is_same_map()


# ---- selecting ---------------------------------------------------------------------------------------


@WINDOWS
def test_a_group_opens_and_a_plant_is_selected_by_a_click(start: Start, window: ViewportSize) -> None:
    """A click on a group zooms to its plants; on a plant selects it; the same plant again keeps it."""
    visit = start("/", viewport=window)
    visit.shows(5)
    visit.mark()
    visit.show_all()
    zoom = visit.view()[2]
    visit.map.locator(".atlas-group", has_text="4").click()
    visit.wait("(before) => map.getZoom() > before", zoom)
    expect(visit.map.locator(".atlas-group")).to_have_count(0)
    visit.shows(5)
    visit.plant("modena").click()
    visit.has_selected("modena", "Modena Plant")
    sent = len(visit.settled().sent)
    visit.plant("modena").click()
    # The answer to the filter comes after the answer to the second click.
    visit.pill("Italy (4)").click()
    visit.has_address("/?country=Italy&plant=modena")
    visit.has_selected("modena", "Modena Plant")
    assert len(visit.sent) == sent + 2
    assert visit.is_same_map()


@pytest.mark.parametrize(
    "choose",
    [lambda visit: visit.choose_row(5), lambda visit: visit.choose_in_box("Toluca Plant")],
    ids=["table row", "box"],
)
def test_a_plant_is_selected_without_the_map(start: Start, choose: Callable[[Visit], None]) -> None:
    """A table row, or the box over the card, selects a plant and brings it into view on the same map."""
    visit = start("/?plant=modena")
    visit.has_selected("modena", "Modena Plant")
    visit.mark()
    expect(visit.plant("toluca")).to_have_count(0)
    choose(visit)
    visit.has_selected("toluca", "Toluca Plant")
    visit.wait("() => map.getBounds().contains([19.2903, -99.6068])")
    assert visit.is_same_map()


def test_the_map_of_a_phone_is_whole(start: Start) -> None:
    """The frame is lower there, and so is the map: sources and legend are at its lower edge."""
    visit = start("/?table=sites", viewport=PHONE, has_touch=True, is_mobile=True)
    visit.shows(22)
    visit.map.locator(".atlas-legend summary").tap()
    for part in (".leaflet-control-attribution", ".atlas-legend li:last-child"):
        expect(visit.map.locator(part)).to_be_in_viewport(ratio=0.95)


def test_rows_are_cards_on_a_phone(start: Start) -> None:
    """Nothing is cut off: each cell stands below the one before, with the name of its column beside it."""
    visit = start("/", viewport=PHONE, has_touch=True, is_mobile=True)
    row = visit.table().locator("tbody tr", has_text="Cassino Plant")
    cells = row.locator("th, td").all()
    boxes = [box for cell in cells if (box := cell.bounding_box())]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})
    labels = "(row) => [...row.cells].slice(1).map((cell) => getComputedStyle(cell, '::before').content)"
    heads = visit.table().locator("thead th").all_inner_texts()[1:]
    assert row.evaluate(labels) == [f'"{head}"' for head in heads]
    row.tap()
    visit.has_selected("cassino", "Cassino Plant")


def test_the_legend_filters(start: Start) -> None:
    """A click on a status shows its plants alone; Enter adds another, and ends it; the focus stays."""
    visit = start("/?table=sites")
    visit.shows(22)
    visit.mark()
    legend = visit.map.get_by_role("list", name="Legend")
    legend.get_by_role("button", name="Builds Alfa Romeos now").click()
    visit.has_address("/?table=sites&status=now")
    visit.shows(4)
    pressed = legend.locator("[aria-pressed=true]")
    expect(pressed).to_have_text("Builds Alfa Romeos now4")
    expect(visit.pill("Builds Alfa Romeos now")).to_have_attribute("aria-pressed", "true")
    closed = legend.get_by_role("button", name="Closed")
    closed.focus()
    visit.page.keyboard.press("Enter")
    visit.has_address("/?table=sites&status=now&status=closed")
    visit.shows(15)
    expect(pressed).to_have_count(2)
    expect(closed).to_be_focused()
    visit.page.keyboard.press("Space")
    visit.has_address("/?table=sites&status=now")
    visit.shows(4)
    assert visit.is_same_map()


def test_a_plant_is_reached_and_selected_by_keyboard(start: Start) -> None:
    """Tab leads into the map to a plant that says name, town and status; Enter selects it, focus stays."""
    visit = start("/")
    visit.shows(5)
    visit.settled()
    visit.show_all()
    visit.page.get_by_role("link", name="Download 5 plants as CSV").focus()
    assert tab_to(visit, "toluca")
    focused = visit.map.locator(":focus")
    expect(focused).to_have_attribute("role", "button")
    expect(focused).to_have_attribute("aria-label", "Toluca Plant, Toluca, Mexico, No Alfa Romeo known")
    visit.page.keyboard.press("Enter")
    visit.has_selected("toluca", "Toluca Plant")
    expect(visit.plant("toluca")).to_be_focused()
    said = visit.map.get_by_role("log")
    expect(said).to_have_text("Selected: Toluca Plant")
    visit.page.keyboard.press("Escape")
    visit.has_address("/")
    expect(said).to_have_text("No plant is selected.")
    expect(visit.plant("toluca")).to_be_focused()


def test_layers_are_chosen_by_keyboard(start: Start) -> None:
    """Enter leads to the chosen layer, Escape back to the button."""
    visit = start("/")
    visit.shows(5)
    button = visit.map.get_by_role("button", name="Layers")
    button.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.map.get_by_role("radio").first).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(visit.map.get_by_role("radio").first).to_be_hidden()


def tab_to(visit: Visit, plant_id: str, most: int = 25) -> bool:
    """Press Tab until the plant's marker has the focus."""
    has_it = "(id) => document.hasFocus() && document.activeElement.dataset.plant === id"
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        if visit.frame.evaluate(has_it, plant_id):
            return True
    return False


# ---- online layers -----------------------------------------------------------------------------------


def test_an_online_layer_is_off_until_chosen_and_its_absence_is_told(start: Start) -> None:
    """Streets come only on request; without internet one line says so and the built-in map stays."""
    visit = start("/")
    visit.has_base_map()
    expect(visit.map.locator("img.leaflet-tile")).to_have_count(0)
    assert visit.complaints == []
    choose_layer(visit, "Streets (online)")
    notice = "Streets (online): no answer from the internet, so you see the built-in map."
    expect(visit.map.get_by_role("status")).to_have_text(notice)
    visit.has_base_map()
    choose_layer(visit, "Built-in map")
    expect(visit.map.get_by_role("status")).to_have_count(0)
    expect(visit.map.locator("img.leaflet-tile")).to_have_count(0)
    visit.has_base_map()
    asked = {
        urlsplit(text.removeprefix("request to ")).netloc for text in visit.complaints if "request to" in text
    }
    assert asked == {"tile.openstreetmap.org"}
    rest = {text for text in visit.complaints if "request to" not in text}
    assert rest == {"console: Failed to load resource: net::ERR_FAILED"}
    visit.complaints.clear()


def test_a_layer_in_a_link_is_offered_and_on_a_reload_is_there(start: Start) -> None:
    """A link alone asks no other server; who chose the layer has it again after a reload."""
    visit = start("/?layer=streets")
    visit.has_base_map()
    offer = visit.map.get_by_role("button", name="This link has the layer Streets (online) – show it")
    expect(offer).to_be_visible()
    assert visit.complaints == []
    offer.click()
    expect(offer).to_have_count(0)
    notice = "Streets (online): no answer from the internet, so you see the built-in map."
    expect(visit.map.get_by_role("status")).to_have_text(notice)
    visit.has_address("/?layer=streets")
    visit.page.reload()
    expect(visit.map.get_by_role("status")).to_have_text(notice)
    expect(offer).to_have_count(0)
    choose_layer(visit, "Built-in map")
    visit.has_address("/")
    visit.complaints.clear()


def choose_layer(visit: Visit, name: str) -> None:
    visit.map.locator(".leaflet-control-layers").hover()
    visit.map.get_by_label(name).check()

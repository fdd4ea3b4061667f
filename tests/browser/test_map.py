"""What a visitor sees, in a real browser against a running dashboard.

Every test gets a browser context of its own. Whatever it is about, it also fails when a page, in it,
writes an error to the console, throws, opens a dialog, or asks any server but its own.
"""

import csv
import io
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as WaitedTooLong

from atlas.site import PAGES
from tests.browser.dashboard import NoBrowser, copy_of_project, dashboard, launch

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
WAIT_MS = 30_000
DESKTOP = {"width": 1280, "height": 1300}
PHONE = {"width": 390, "height": 844}
ROW_PX = 35
ITALY_NOW = "country=Italy&status=now"

COUNT = """() => [...document.querySelectorAll(".atlas-plant, .atlas-group")]
    .reduce((sum, one) => sum + (one.dataset.plant ? 1 : Number(one.textContent)), 0)"""
STILL = "!document.querySelector('.leaflet-zoom-anim')"
VIEW = "() => [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
PAINTED = """(theme) => {
    const colour = (text) => parseInt(text.slice(1), 16);
    const { land, sea } = window.AtlasBasemap.themes[theme];
    const pixels = { [colour(land)]: 0, [colour(sea)]: 0 };
    let all = 0;
    for (const tile of document.querySelectorAll(".atlas-basemap-land canvas")) {
        const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
        all += data.length / 4;
        for (let i = 0; i < data.length; i += 4) {
            const found = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
            if (found in pixels) pixels[found] += 1;
        }
    }
    return all > 0 && Object.values(pixels).every((count) => count > all / 50);
}"""


@dataclass
class Visit:
    """One visitor: a page in a context of its own, and a record of what it did.

    `requests` are all addresses asked for, web sockets included; `sent` are the messages to the script,
    so each of them is a rerun; `complaints` are errors, dialogs and requests to other servers.
    """

    url: str
    page: Page
    requests: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def record(self) -> None:
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))
        self.page.on(
            "websocket", lambda socket: socket.on("framesent", lambda message: self.sent.append(message))
        )
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", lambda line: self._said(line.type, line.text))
        self.page.on(
            "dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss())
        )

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != urlsplit(self.url).netloc:
            self.complaints.append(f"request to {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(f"console: {text}")

    def open(self, path: str) -> "Visit":
        """Go to an address and wait until its script has run."""
        self.page.goto(self.url + path, wait_until="commit")
        expect(self.page.locator("h1, [data-testid=stAlert]").first).to_be_visible()
        return self.settled()

    def settled(self) -> "Visit":
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        return self

    @property
    def map(self) -> FrameLocator:
        return self.page.frame_locator(MAP)

    @property
    def frame(self) -> Frame:
        """The map's page, when its map and plants are there."""
        self.map.locator("#map_div[aria-label]").wait_for()
        found = self.page.locator(MAP).element_handle().content_frame()
        assert found
        return found

    def wait(self, what: str, arg: object = None) -> None:
        """Until a JavaScript function says true in the map's page."""
        self.frame.wait_for_function(what, arg=arg, polling=100)

    def shows(self, count: int) -> None:
        """Markers and the numbers on groups add up to `count`."""
        try:
            self.wait(f"(wanted) => ({COUNT})() === wanted", count)
        except WaitedTooLong:
            assert self.frame.evaluate(COUNT) == count

    def has_base_map(self, theme: str = "light") -> None:
        """The canvas of the base map shows land and sea, in the colours of the theme."""
        self.wait(PAINTED, theme)

    def mark(self) -> None:
        self.frame.evaluate("() => { window.mark = 'the same page'; }")

    def is_same_map(self) -> bool:
        """Whether the map's page has been there since `mark`."""
        return bool(self.frame.evaluate("() => window.mark === 'the same page'"))

    def view(self) -> list[float]:
        return list(self.frame.evaluate(VIEW))

    def look_at(self, latitude: float, longitude: float, zoom: int) -> None:
        place = [latitude, longitude, zoom]
        self.frame.evaluate(
            "([lat, lng, zoom]) => { map.setView([lat, lng], zoom, { animate: false }); }", place
        )

    def wear(self, theme: str) -> None:
        """Let the visitor's system ask for this theme, and wait until the page wears it."""
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        wears = "(theme) => getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(theme)"
        self.page.wait_for_function(wears, arg=theme)

    def plant(self, plant_id: str) -> Locator:
        return self.map.locator(f'.atlas-plant[data-plant="{plant_id}"]')

    def pill(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label)

    def has_address(self, path: str) -> None:
        expect(self.page).to_have_url(self.url + path)

    def has_selected(self, plant_id: str, name: str) -> None:
        """Address, card, table row and marker all say that this plant is the selected one."""
        expect(self.page).to_have_url(re.compile(rf"[?&]plant={plant_id}$"))
        expect(self.page.locator(".atlas-card h3")).to_have_text(name)
        expect(self.table().locator("tr[aria-selected=true] td").first).to_have_text(name)
        expect(self.plant(plant_id)).to_have_attribute("aria-current", "true")
        expect(self.map.locator("[aria-current]")).to_have_count(1)

    def table(self) -> Locator:
        return self.page.get_by_role("region", name="Plants shown")

    def go_to(self, title: str) -> None:
        """Click a page's link; first leave the last one, whose help would lie over it."""
        self.page.get_by_role("heading", level=1).hover()
        self.page.get_by_role("link", name=title, exact=True).click()

    def choose_row(self, number: int) -> None:
        """Click the box of the table's row `number` (1 is the first plant)."""
        self.table().click(position={"x": 16, "y": number * ROW_PX + ROW_PX // 2})

    def choose_in_box(self, name: str) -> None:
        self.page.get_by_role("combobox", name="Selected plant").click()
        self.page.get_by_role("option", name=name, exact=True).click()


Start = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        try:
            found = launch(playwright)
        except NoBrowser as error:
            loud = f"NOTHING OF THE PAGES IS TESTED. {error}"
            pytest.fail(loud) if os.environ.get("CI") == "true" else pytest.skip(loud)
        yield found
        found.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a dashboard of this checkout."""
    with dashboard() as url:
        yield url


@pytest.fixture
def start(browser: Browser, url: str) -> Iterator[Start]:
    """`start("/plants")`: a visit of that address, by default of the dashboard of this checkout."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def start(path: str, *, at: str = url, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(WAIT_MS)
        context.route(re.compile(rf"^https?://(?!{urlsplit(at).netloc}/)"), lambda route: route.abort())
        contexts.append(context)
        visit = Visit(at, context.new_page())
        visit.record()
        visits.append(visit)
        return visit.open(path)

    yield start
    for context in contexts:
        context.close()
    assert [complaint for visit in visits for complaint in visit.complaints] == []


# ---- loading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.title)
def test_a_page_asks_only_its_own_server_and_has_no_error(start: Start, row: Any) -> None:
    """Each page opens by its own address, without an error, and without a request to any other host."""
    visit = start(f"/{row.url_path}")
    visit.page.wait_for_load_state("networkidle")
    hosts = {
        urlsplit(url).netloc for url in visit.requests if urlsplit(url).scheme in ("http", "https", "ws")
    }
    assert hosts == {urlsplit(visit.url).netloc}
    assert any(url.startswith("ws://") for url in visit.requests)
    assert visit.complaints == []
    expect(visit.page.get_by_test_id("stAlert")).to_have_count(0)
    expect(visit.page.get_by_role("link", name=row.title, exact=True)).to_be_visible()


def test_the_map_draws_five_plants_on_the_built_in_map(start: Start) -> None:
    """At first sight the map shows land, sea and five plants, and its text twin names all five."""
    visit = start("/")
    visit.shows(5)
    visit.has_base_map()
    words = "5 plants in 2 countries: Cassino Plant (Piedimonte San Germano), Pomigliano d'Arco Plant (Pomigliano d'Arco), Melfi Plant (Melfi), Modena Plant (Modena), Toluca Plant (Toluca)."  # noqa: E501
    expect(visit.map.get_by_role("region")).to_have_attribute("aria-label", f"Map. {words}")
    expect(visit.map.locator("[aria-live=polite]")).to_have_text(words)


def test_the_map_wears_the_theme_of_the_page(start: Start) -> None:
    """The visitor's colour scheme reaches the map and its base map, at the start and when it changes."""
    visit = start("/", color_scheme="dark")
    for theme in ("dark", "light"):
        visit.wear(theme)
        expect(visit.map.locator("#map_div")).to_have_attribute("data-theme", theme)
        visit.has_base_map(theme)


def test_nothing_scrolls_sideways_on_a_phone(start: Start) -> None:
    """At a width of 390 pixels no page, and not the map, is wider than the screen, in either theme."""
    too_wide = """() => ["html", "[data-testid=stMain]"].map((name) => document.querySelector(name))
        .some((box) => box.scrollWidth > box.clientWidth)"""
    visit = start("/", viewport=PHONE)
    found = {}
    for row in PAGES:
        visit.open(f"/{row.url_path}")
        for theme in ("light", "dark"):
            visit.wear(theme)
            found[row.title, theme] = visit.page.evaluate(too_wide)
            if not row.url_path:
                visit.shows(5)
                wide = "() => document.documentElement.scrollWidth > innerWidth"
                found["the map itself", theme] = visit.frame.evaluate(wide)
    assert len(found) == 2 * len(PAGES) + 2
    assert [what for what, is_too_wide in found.items() if is_too_wide] == []


# ---- filters and the map -----------------------------------------------------------------------------


def test_a_filter_changes_the_plants_and_not_the_map(start: Start, url: str) -> None:
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
    four = [[float(row["latitude"]), float(row["longitude"])] for row in rows_of(url, "country=Italy")]
    assert len(four) == 4
    visit.wait("(places) => places.every((place) => map.getBounds().contains(place))", four)
    visit.wait("(before) => map.getZoom() > before", zoom)
    words = "Map. 4 plants in Italy: Cassino Plant (Piedimonte San Germano), Pomigliano d'Arco Plant (Pomigliano d'Arco), Melfi Plant (Melfi), Modena Plant (Modena)."  # noqa: E501
    expect(visit.map.get_by_role("region")).to_have_attribute("aria-label", words)
    assert visit.is_same_map()


def test_a_filter_is_fitted_even_while_the_map_zooms(start: Start) -> None:
    """Leaflet drops a change of view while it zooms; a filter chosen just then is fitted all the same."""
    visit = start("/")
    visit.shows(5)
    visit.look_at(45, 9, 5)
    visit.frame.evaluate("""() => {
        const update = AtlasPlants.update;
        AtlasPlants.update = (map, ...configs) => {
            map.once("zoomanim", () => requestAnimationFrame(() => update(map, ...configs)));
            map.zoomIn();
        };
    }""")
    visit.pill("Mexico (1)").click()
    visit.shows(1)
    expect(visit.plant("toluca")).to_be_visible()


def test_models_stay_chosen_when_their_counts_change(start: Start) -> None:
    """A model whose count falls to zero under another filter is still chosen after the next click."""
    models = "model=4C+%2F+4C+Spider&model=Tonale"
    visit = start(f"/?{models}")
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
    expect(visit.table().locator("canvas").first).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    sent, asked = len(visit.sent), len(visit.requests)
    _, longitude, zoom = visit.view()
    middle = centre(visit.page.locator(MAP))
    visit.page.mouse.move(*middle)
    visit.page.mouse.down()
    visit.page.mouse.move(middle[0] - 150, middle[1] - 60, steps=6)
    visit.page.mouse.up()
    visit.wait("(before) => map.getCenter().lng > before + 10", longitude)
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


def test_a_group_opens_and_a_plant_is_selected_by_a_click(start: Start) -> None:
    """A click on a group zooms to its plants; on a plant selects it; the same plant again keeps it."""
    visit = start("/")
    visit.shows(5)
    visit.mark()
    zoom = visit.view()[2]
    visit.map.locator(".atlas-group", has_text="4").click()
    visit.wait("(before) => map.getZoom() > before", zoom)
    expect(visit.map.locator(".atlas-group")).to_have_count(0)
    visit.shows(4)
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


# ---- addresses ---------------------------------------------------------------------------------------


def test_a_link_opens_filters_and_plant(start: Start) -> None:
    """An address with filters and a plant opens the map with exactly these."""
    visit = start(f"/?{ITALY_NOW}&plant=cassino")
    visit.has_address(f"/?{ITALY_NOW}&plant=cassino")
    visit.shows(2)
    visit.has_selected("cassino", "Cassino Plant")
    expect(visit.pill("Italy")).to_have_attribute("aria-pressed", "true")
    expect(visit.pill("Builds Alfa Romeos now")).to_have_attribute("aria-pressed", "true")
    expect(
        visit.page.get_by_role("heading", name="2 plants in Italy building Alfa Romeos now")
    ).to_be_visible()


def test_a_link_to_another_page_opens_its_filters(start: Start) -> None:
    """An address of the table with a filter shows the filtered table."""
    visit = start("/plants?country=Mexico")
    expect(visit.page.get_by_text("1 plant in Mexico.")).to_be_visible()
    expect(visit.table().locator("tbody tr")).to_have_count(1)
    expect(visit.table().locator("tbody td").first).to_have_text("Toluca Plant")
    visit.has_address("/plants?country=Mexico")


def test_a_wrong_value_in_a_link_is_named_and_left_out(start: Start) -> None:
    """A country that does not exist becomes a note and leaves the address; all plants are there.

    The note goes with the next filter, and the map stays the same.
    """
    visit = start("/?country=Atlantis")
    note = "Country: there is no “Atlantis” in this table; there is Italy, Mexico. It was left out."
    expect(visit.page.get_by_text(note)).to_be_visible()
    visit.has_address("/")
    visit.shows(5)
    visit.mark()
    visit.pill("Italy (4)").click()
    visit.shows(4)
    expect(visit.page.get_by_text(note)).to_have_count(0)
    assert visit.is_same_map()


def test_back_and_forward_restore_the_filters(start: Start) -> None:
    """The browser's back and forward buttons go through the filters that were chosen."""
    visit = start("/")
    visit.pill("Italy (4)").click()
    visit.has_address("/?country=Italy")
    visit.shows(4)
    visit.pill("Builds Alfa Romeos now (2)").click()
    visit.has_address(f"/?{ITALY_NOW}")
    visit.shows(2)
    visit.page.go_back()
    visit.shows(4)
    visit.has_address("/?country=Italy")
    expect(visit.pill("Builds Alfa Romeos now")).to_have_attribute("aria-pressed", "false")
    visit.page.go_back()
    visit.shows(5)
    visit.has_address("/")
    expect(visit.pill("Italy")).to_have_attribute("aria-pressed", "false")
    visit.page.go_forward()
    visit.shows(4)
    visit.page.go_forward()
    visit.shows(2)
    visit.has_address(f"/?{ITALY_NOW}")
    expect(visit.pill("Builds Alfa Romeos now")).to_have_attribute("aria-pressed", "true")


def test_other_pages_keep_filters_plant_and_view(start: Start) -> None:
    """Sidebar links carry filters and plant along, and the map comes back as it was left."""
    visit = start("/?country=Italy&plant=modena")
    visit.has_selected("modena", "Modena Plant")
    visit.look_at(45.2, 9.6, 7)
    left = visit.view()
    visit.go_to("Plants")
    visit.has_address("/plants?country=Italy&plant=modena")
    expect(visit.page.get_by_text("4 plants in Italy.")).to_be_visible()
    visit.go_to("Sources")
    visit.has_address("/sources?country=Italy&plant=modena")
    visit.go_to("Map")
    visit.has_address("/?country=Italy&plant=modena")
    visit.has_selected("modena", "Modena Plant")
    assert visit.view() == pytest.approx(left, abs=0.02)
    visit.has_base_map()


# ---- keyboard ----------------------------------------------------------------------------------------


def test_a_plant_is_reached_and_selected_by_keyboard(start: Start) -> None:
    """Tab leads into the map to a plant that says name, town and status; Enter selects it, focus stays."""
    visit = start("/")
    visit.shows(5)
    visit.settled()
    visit.page.get_by_role("button", name="Download 5 plants").focus()
    assert tab_to(visit, "toluca")
    focused = visit.map.locator(":focus")
    expect(focused).to_have_attribute("role", "button")
    expect(focused).to_have_attribute("aria-label", "Toluca Plant, Toluca, Mexico, No Alfa Romeo known")
    visit.page.keyboard.press("Enter")
    visit.has_selected("toluca", "Toluca Plant")
    expect(visit.plant("toluca")).to_be_focused()


# ---- files -------------------------------------------------------------------------------------------


def test_the_download_is_the_file_of_the_api(start: Start, url: str) -> None:
    """The menu gives the bytes of the API; the file's name tells table, filters and day; the page stays."""
    visit = start("/")
    assert downloaded(visit, 5, "CSV") == read(f"{url}/api/plants.csv")
    visit.pill("Italy (4)").click()
    visit.pill("Builds Alfa Romeos now (2)").click()
    name = "country-italy_status-now"
    assert downloaded(visit, 2, "GeoJSON", name) == read(f"{url}/api/plants.geojson?{ITALY_NOW}")
    assert [row["plant_id"] for row in rows_of(url, ITALY_NOW)] == ["cassino", "pomigliano"]
    assert visit.page.url == f"{url}/?{ITALY_NOW}"


def test_the_menu_has_the_addresses(start: Start, url: str) -> None:
    """Whole addresses to copy: that of the page, which opens the same view, and that of the API."""
    visit = start("/plants?q=fiat&table=sites")
    menu = open_menu(visit)
    expect(menu.get_by_test_id("stCode")).to_have_count(3)
    here, script, _ = menu.get_by_test_id("stCode").all()
    assert script.inner_text().strip() == f"{url}/api/plants.csv?table=sites&q=fiat"
    again = start(here.inner_text().strip().removeprefix(url))
    assert again.page.locator("h1").inner_text() == "Plants"
    expect(again.page.get_by_text("matching “fiat”").first).to_be_visible()


def test_the_tables_own_download_is_off(start: Start) -> None:
    """It would write cells that a spreadsheet runs; ours is the only way out."""
    visit = start("/plants")
    visit.page.get_by_test_id("stDataFrame").first.hover()
    toolbar = visit.page.get_by_test_id("stElementToolbar").first
    expect(toolbar.get_by_role("button", name="Search")).to_be_visible()
    expect(toolbar.get_by_role("button", name="Download")).to_have_count(0)


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


# ---- hostile and broken data -------------------------------------------------------------------------

COUNTRY = "<b>Ruritania</b> {{7*7}} *x* :red[y]"
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{{'abc'}}",
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
    '"back`tick"',
    r"C:\2019",
    "\"quotes\" 'and' more",
    "🏭 plant 🚗",
    "מפעל אלפא",
    "control\u0001character",
)


@pytest.fixture(scope="module")
def hostile_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with ten more plants, whose texts try to be anything but text.

    The last two share a spot.
    """
    copy = copy_of_project(tmp_path_factory.mktemp("hostile") / "copy")
    header, *known = read_table(copy / "data" / "plants.csv")
    taken = {row[header.index("address")] for row in known}
    free = [row[0] for row in read_table(copy / "data" / "places.csv")[1:] if row[0] not in taken]
    addresses = [*free[:9], free[8]]
    rows = []
    for number, (name, address) in enumerate(zip(HOSTILE, addresses, strict=True)):
        cells = {"plant_id": f"hostile-{number}", "address": address, "country": COUNTRY}
        cells |= dict.fromkeys(("name", "official_name", "town", "region", "owner", "role"), name)
        rows.append([cells.get(column, "") for column in header])
    write_table(copy / "data" / "plants.csv", [header, *rows, *known])
    return copy


@pytest.fixture(scope="module")
def hostile_url(hostile_copy: Path) -> Iterator[str]:
    with dashboard(hostile_copy) as url:
        yield url


def nothing_ran(visit: Visit, copy: Path) -> None:
    """No plant text became code: no file, no element, no name in a window, no error."""
    assert [*copy.rglob("pwned"), *Path.cwd().glob("pwned")] == []
    for frame in visit.page.frames:
        assert frame.evaluate("() => document.querySelectorAll('[onerror], img[src=x]').length") == 0
        assert frame.evaluate("() => 'pwned' in window") is False
    assert [url for url in visit.requests if urlsplit(url).path.endswith("/x")] == []
    assert visit.complaints == []


def test_hostile_names_are_text_on_map_card_table_and_boxes(
    start: Start, hostile_url: str, hostile_copy: Path
) -> None:
    """Plant text that means something to Jinja, JavaScript, HTML, CSV or Markdown is drawn as it is."""
    visit = start("/", at=hostile_url)
    visit.shows(15)
    visit.pill(f"{COUNTRY} (10)").click()
    visit.shows(10)
    expect(visit.page.get_by_role("heading", name=f"10 plants in {COUNTRY}", exact=True)).to_be_visible()
    expect(visit.table().locator("tbody tr td:first-child")).to_have_text(list(HOSTILE))
    label = visit.map.get_by_role("region").get_attribute("aria-label")
    assert all(f"{name} ({name})" in (label or "") for name in HOSTILE)
    visit.page.get_by_role("combobox", name="Selected plant").click()
    expect(visit.page.get_by_role("option")).to_have_text(list(HOSTILE))
    visit.page.keyboard.press("Escape")
    places = {row["plant_id"]: row for row in rows_of(hostile_url, "")}
    for number, name in list(enumerate(HOSTILE))[:8]:
        place = places[f"hostile-{number}"]
        visit.look_at(float(place["latitude"]), float(place["longitude"]), 12)
        visit.plant(f"hostile-{number}").click()
        visit.has_selected(f"hostile-{number}", name)
        expect(visit.map.locator(".atlas-label-selected")).to_have_text(name)
        expect(visit.map.locator(".atlas-tip strong")).to_have_text(name)
        expect(visit.page.get_by_role("combobox", name="Selected plant")).to_have_value(name)
    nothing_ran(visit, hostile_copy)


def test_hostile_names_are_text_side_by_side(start: Start, hostile_url: str, hostile_copy: Path) -> None:
    """The comparison of plants shows their names and facts as they are."""
    visit = start("/plants", at=hostile_url)
    box = visit.page.get_by_role("combobox", name="Plants to compare")
    for name in HOSTILE[:6]:
        box.click()
        visit.page.get_by_role("option", name=name, exact=True).click()
    visit.page.keyboard.press("Escape")
    table = visit.page.get_by_test_id("stTable")
    expect(table.locator("thead th + th")).to_have_text(list(HOSTILE[:6]))
    expect(table.locator("tr", has_text="Official name").locator("td")).to_have_text(list(HOSTILE[:6]))
    nothing_ran(visit, hostile_copy)


def test_plants_on_one_spot_open_a_list(start: Start, hostile_url: str, hostile_copy: Path) -> None:
    """Two plants on one spot: their group opens a list, focus on the first; Escape closes, Enter picks."""
    visit = start("/", at=hostile_url)
    place = next(row for row in rows_of(hostile_url, "") if row["plant_id"] == "hostile-9")
    visit.look_at(float(place["latitude"]), float(place["longitude"]), 12)
    group = visit.map.locator(".atlas-group")
    expect(group).to_have_text("2")
    group.click()
    names = visit.map.get_by_role("dialog").get_by_role("button")
    expect(names).to_have_text([HOSTILE[8], HOSTILE[9]])
    expect(names.first).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.map.get_by_role("dialog")).to_have_count(0)
    group.focus()
    visit.page.keyboard.press("Enter")
    expect(names.first).to_be_focused()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".atlas-card h3")).to_have_text(HOSTILE[9])
    expect(visit.map.get_by_role("dialog")).to_have_count(0)
    visit.has_address("/?plant=hostile-9")
    nothing_ran(visit, hostile_copy)


@pytest.fixture(scope="module")
def broken_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard whose table has a word where a number should be."""
    copy = copy_of_project(tmp_path_factory.mktemp("broken") / "copy")
    header, *rows = read_table(copy / "data" / "plants.csv")
    rows[1][header.index("employees")] = "a `lot` of *people*"
    write_table(copy / "data" / "plants.csv", [header, *rows])
    with dashboard(copy) as url:
        yield url


def test_broken_data_becomes_one_sentence(start: Start, broken_url: str) -> None:
    """A wrong cell is named by file, row, column and value, on each page and by the API, no traceback."""
    sentence = (
        "plants.csv, row 3, column employees: the value “a `lot` of *people*” "
        "must be a whole number; correct it or leave it empty."
    )
    visit = start("/", at=broken_url)
    for row in PAGES:
        visit.open(f"/{row.url_path}")
        expect(visit.page.get_by_role("alert")).to_have_text(re.compile(re.escape(sentence) + "$"))
        expect(visit.page.get_by_test_id("stException")).to_have_count(0)
        expect(visit.page.get_by_text("Traceback")).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(f"{broken_url}/api/plants.csv")
    assert json.load(refused.value)["error"] == sentence
    assert refused.value.code == 503


# ---- helpers -----------------------------------------------------------------------------------------


def read(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return bytes(answer.read())


def rows_of(at: str, query: str) -> list[dict[str, str]]:
    """The plants that the API gives for these filters."""
    return list(csv.DictReader(io.StringIO(read(f"{at}/api/plants.csv?{query}").decode())))


def read_table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def open_menu(visit: Visit) -> Locator:
    """The menu of files, opened."""
    visit.page.get_by_test_id("stPopoverButton").click()
    return visit.page.get_by_test_id("stPopoverBody")


def downloaded(visit: Visit, plants: int, label: str, filters: str = "all") -> bytes:
    """What the menu of so many plants gives in a format, under the name that says what it is."""
    before = datetime.now(UTC).date()
    expect(visit.page.get_by_test_id("stPopoverButton")).to_contain_text(f"Download {plants} plants")
    menu = open_menu(visit)
    with visit.page.expect_download() as waiting:
        menu.get_by_role("link", name=label, exact=True).click()
    visit.page.keyboard.press("Escape")
    days, ending = {before, datetime.now(UTC).date()}, label.lower()
    assert waiting.value.suggested_filename in {f"alfa-romeo-plants_{filters}_{day}.{ending}" for day in days}
    return Path(waiting.value.path()).read_bytes()


def write_table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def centre(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tab_to(visit: Visit, plant_id: str, most: int = 15) -> bool:
    """Press Tab until the plant's marker has the focus."""
    has_it = "(id) => document.hasFocus() && document.activeElement.dataset.plant === id"
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        if visit.frame.evaluate(has_it, plant_id):
            return True
    return False


def choose_layer(visit: Visit, name: str) -> None:
    visit.map.locator(".leaflet-control-layers").hover()
    visit.map.get_by_label(name).check()

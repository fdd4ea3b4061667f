"""A visitor of the dashboard in a real browser: what tests do and see on its pages."""

import csv
import io
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect
from playwright.sync_api import TimeoutError as WaitedTooLong

MAP = 'iframe[title="streamlit_folium.st_folium"]'
WAIT_MS = 30_000
DESKTOP = {"width": 1280, "height": 1300}
PHONE = {"width": 390, "height": 844}
# A small laptop's window cuts the map off at its lower edge.
WINDOWS = pytest.mark.parametrize(
    "window", [DESKTOP, {"width": 1366, "height": 650}], ids=["whole map", "map cut off"]
)

COUNT = """() => [...document.querySelectorAll(".atlas-plant, .atlas-group")]
    .reduce((sum, one) => sum + (one.dataset.plant ? 1 : Number(one.textContent)),
        parseInt(document.querySelector(".atlas-chip")?.textContent ?? "0"))"""
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
        self.page.goto(self.url + path, wait_until="domcontentloaded")
        # Until the live page stands, the first answer is in front of it and takes clicks and keys.
        expect(self.page.locator("#atlas-first")).to_have_count(0)
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
        """Markers, the numbers on groups and the plants that are said to be out of view add up to `count`."""
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
        expect(self.page.locator(".atlas-card h2")).to_have_text(name)
        expect(self.table().locator("tr:has([aria-current]) th")).to_have_text(name)
        expect(self.plant(plant_id)).to_have_attribute("aria-current", "true")
        expect(self.map.locator("[aria-current]")).to_have_count(1)

    def table(self) -> Locator:
        return self.page.get_by_role("region", name="Plants shown")

    def go_to(self, title: str) -> None:
        """Click a page's link; first leave the last one, whose help would lie over it."""
        self.page.get_by_role("heading", level=1).hover()
        self.page.get_by_role("link", name=title, exact=True).click()

    def choose_row(self, number: int) -> None:
        """Click the table's row `number` (1 is the first plant)."""
        self.table().locator("tbody tr").nth(number - 1).click()

    def choose_in_box(self, name: str) -> None:
        self.page.get_by_role("combobox", name="Selected plant").click()
        self.page.get_by_role("option", name=name, exact=True).click()

    def show_all(self) -> None:
        """Click the line that says what is out of view."""
        self.map.locator(".atlas-chip").click()
        expect(self.map.locator(".atlas-chip")).to_have_count(0)
        self.wait(STILL)


Start = Callable[..., Visit]


def read(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return bytes(answer.read())


def rows_of(at: str, query: str) -> list[dict[str, str]]:
    """The plants that the API gives for these filters."""
    return list(csv.DictReader(io.StringIO(read(f"{at}/api/plants.csv?{query}").decode())))


def open_menu(visit: Visit) -> Locator:
    """The menu of the other formats, opened."""
    menu = visit.page.locator("details.atlas-menu", has=visit.page.locator(".atlas-files"))
    menu.locator("summary").click()
    return menu


def centre(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

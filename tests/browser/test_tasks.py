"""What people come for, counted in clicks and keys on a laptop's screen: a way that becomes longer fails."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.visit import Start, Visit, read

LAPTOP: ViewportSize = {"width": 1366, "height": 650}
TWO_BAD_ROWS = """name,country,lat,lon,status
Bursa,Turkey,40.2,29.1,open
Gent,Belgium,151,3.8,closed
Kecskemet,Hungary,46.9,19.7,open
Graz,Austria,not known,15.4,closed
"""


@dataclass
class Hand:
    """What a visitor presses. Only what is in sight can be clicked: the page is never scrolled."""

    visit: Visit
    clicks: int = 0
    keys: int = 0

    def click(self, target: Locator) -> None:
        expect(target).to_be_in_viewport()
        target.click()
        self.clicks += 1

    def type(self, text: str) -> None:
        """Types into what has the focus, and Enter."""
        self.visit.page.keyboard.type(text, delay=20)
        self.visit.page.keyboard.press("Enter")
        self.keys += len(text) + 1

    def save(self, target: Locator) -> bytes:
        """The file that a click gives."""
        with self.visit.page.expect_download() as waiting:
            self.click(target)
        return Path(waiting.value.path()).read_bytes()

    def copy(self, label: str) -> str:
        """What a button beside a box of a menu puts into the clipboard."""
        page = self.visit.settled().page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        box = page.locator("label", has_text=label)
        self.click(box.get_by_role("button", name="Copy"))
        expect(box.get_by_role("button", name="Copied")).to_be_visible()
        return str(page.evaluate("navigator.clipboard.readText()"))

    def needed(self) -> tuple[int, int]:
        """Clicks and keys since the last task."""
        needed = self.clicks, self.keys
        self.clicks = self.keys = 0
        return needed


def test_giulia_italy_and_a_reload(start: Start) -> None:
    """The Giulia's plant without a click, Italy's plants as CSV in two; a reload keeps the filter."""
    visit = start("/", viewport=LAPTOP)
    hand = Hand(visit)
    expect(visit.page.get_by_role("button", name="Giulia, Stelvio: Cassino")).to_be_in_viewport()
    assert hand.needed() == (0, 0)
    hand.click(visit.pill("Italy (4)"))
    file = hand.save(visit.page.get_by_role("link", name="Download 4 plants as CSV"))
    assert file == read(f"{visit.url}/api/plants.csv?country=Italy")
    assert hand.needed() == (2, 0)
    visit.page.reload()
    expect(visit.pill("Italy (4)")).to_have_attribute("aria-pressed", "true")
    expect(visit.page.get_by_role("link", name="Download 4 plants as CSV")).to_be_visible()


def test_portello_and_what_leaves_its_page(start: Start) -> None:
    """Portello's years in two clicks; a link, a frame and the offline map in two each, all of Portello."""
    visit = start("/", viewport=LAPTOP)
    hand = Hand(visit)
    hand.click(visit.page.get_by_role("button", name="Show all 22 sites"))
    hand.click(visit.page.locator(".st-key-atlas-list").get_by_text("Portello Plant", exact=True))
    card = visit.page.locator(".atlas-card")
    expect(card.get_by_role("heading", name="Portello Plant")).to_be_in_viewport()
    expect(card.get_by_text(re.compile("1906–1986"))).to_be_in_viewport()
    assert hand.needed() == (2, 0)
    hand.click(visit.page.get_by_text("Share", exact=True))
    link = hand.copy("Link to this view")
    assert hand.needed() == (2, 0)
    visit.page.keyboard.press("Escape")
    hand.click(visit.page.get_by_text("Share", exact=True))
    frame = hand.copy("This map in your own web page")
    assert frame.startswith(f'<iframe src="{visit.url}/?embed=true&amp;table=sites')
    assert hand.needed() == (2, 0)
    hand.click(visit.page.get_by_label("Other formats"))
    offline = hand.save(visit.page.get_by_role("link", name="Offline map"))
    assert offline.startswith(b"<!doctype html>")
    assert hand.needed() == (2, 0)
    other = start(link.removeprefix(visit.url), viewport=LAPTOP)
    expect(other.page.locator(".atlas-card h2")).to_have_text("Portello Plant")


def test_distances_and_an_own_table(start: Start) -> None:
    """From Milan to each plant with two clicks and a word; the report of an own file with two."""
    visit = start("/", viewport=LAPTOP)
    hand = Hand(visit)
    hand.click(visit.page.get_by_role("link", name="Distances", exact=True))
    hand.click(visit.page.get_by_label("From a place or coordinates"))
    hand.type("Milan")
    expect(visit.page.get_by_text("Nearest to Milan")).to_be_in_viewport()
    assert hand.needed() == (2, 6)
    hand.click(visit.page.get_by_role("link", name="Your plants", exact=True))
    with visit.page.expect_file_chooser() as choosing:
        hand.click(visit.page.get_by_test_id("stFileUploader").first.locator("button").first)
    choosing.value.set_files({"name": "own.csv", "mimeType": "text/csv", "buffer": TWO_BAD_ROWS.encode()})
    for problem in ("1 row: no place on Earth", "1 row: half a position"):
        expect(visit.page.get_by_text(problem)).to_be_visible()
    assert hand.needed() == (2, 0)


def test_a_year_and_its_models(start: Start) -> None:
    """1975 with two clicks and the year: its plants and their models stand above the map."""
    visit = start("/", viewport=LAPTOP)
    hand = Hand(visit)
    hand.click(visit.page.get_by_role("button", name="Show all 22 sites"))
    expect(visit.page.get_by_role("link", name="Download 22 plants as CSV")).to_be_visible()
    visit.page.get_by_text("Building Alfa Romeos in").scroll_into_view_if_needed()
    hand.click(visit.page.get_by_text("Building Alfa Romeos in"))
    visit.page.get_by_label("Year, 1910 to 2026").fill("1975")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("heading", name="Where Alfa Romeos were made in 1975")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Pomigliano d'Arco (Alfasud)")).to_be_visible()
    assert hand.needed() == (2, 0)


NAMES = {"cassino": "Cassino Plant", "pomigliano": "Pomigliano d'Arco Plant"}


def shows(visit: Visit, address: str) -> None:
    """The page has the address, the plants that it says, and the card of the plant in it."""
    visit.has_address(address)
    plants = 2 if "status" in address else 4 if "country" in address else 5
    expect(visit.page.get_by_role("link", name=f"Download {plants} plants as CSV")).to_be_visible()
    plant = address.partition("plant=")[2]
    titles = [NAMES[plant]] if plant and address.startswith("/?") else []
    expect(visit.page.locator(".atlas-card h2")).to_have_text(titles)
    # The next step takes the filters along as the browser has them.
    for pill, parameter in ((r"^Italy \(", "country="), (r"^Builds Alfa Romeos now \(", "status=")):
        box = visit.page.get_by_label("Sidebar").get_by_role("button", name=re.compile(pill))
        expect(box).to_have_attribute("aria-pressed", str(parameter in address).lower())
    visit.settled()


def test_back_through_five_changes(start: Start) -> None:
    """Each step back is one change, exactly; as is each step forward."""
    visit = start("/", viewport=LAPTOP)
    hand = Hand(visit)
    addresses = ["/"]
    for target, address in (
        (visit.pill("Italy (4)"), "/?country=Italy"),
        (visit.pill("Builds Alfa Romeos now (2)"), "/?country=Italy&status=now"),
        (visit.plant("cassino"), "/?country=Italy&status=now&plant=cassino"),
        (visit.plant("pomigliano"), "/?country=Italy&status=now&plant=pomigliano"),
        (
            visit.page.get_by_role("link", name="Timeline", exact=True),
            "/timeline?country=Italy&status=now&plant=pomigliano",
        ),
    ):
        hand.click(target)
        shows(visit, address)
        addresses.append(address)
    assert hand.needed() == (5, 0)
    for address in reversed(addresses[:-1]):
        visit.page.go_back()
        shows(visit, address)
    for address in addresses[1:]:
        visit.page.go_forward()
        shows(visit, address)

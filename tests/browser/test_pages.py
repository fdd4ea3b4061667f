"""Every page in a real browser: it opens, asks nobody else, fits a phone, and keeps what was chosen."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from atlas.site import PAGES
from tests.browser.visit import PHONE, Start


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


def test_a_page_on_paper(start: Start) -> None:
    """The page alone: map, below it the whole card; no menu, no filters."""
    visit = start("/?table=sites&plant=portello", viewport={"width": 1366, "height": 650})
    visit.shows(22)
    visit.page.emulate_media(media="print")
    for gone in (".stSidebar", ".st-key-atlas-menus", ".stSelectbox"):
        expect(visit.page.locator(gone).first).to_be_hidden()
    place, card = (
        visit.page.locator(part).bounding_box() for part in (".st-key-atlas-place-map", ".st-key-atlas-card")
    )
    assert place
    assert card
    assert card["y"] >= place["y"] + place["height"]
    inner = visit.page.locator(".st-key-atlas-card").evaluate("(box) => box.scrollHeight - box.clientHeight")
    assert inner <= 1


SHIFTS = """() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) window.moved += shift.hadRecentInput ? 0 : shift.value;
    }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.mark.parametrize("window", [{"width": 1366, "height": 650}, PHONE], ids=["laptop", "phone"])
def test_nothing_jumps_while_a_page_loads(start: Start, window: Any) -> None:
    """The layout shift of each page stays under what browsers call good."""
    visit = start("/sources", viewport=window)
    visit.page.add_init_script(f"({SHIFTS})()")
    moved = {}
    for row in PAGES:
        visit.open(f"/{row.url_path}")
        visit.page.wait_for_load_state("networkidle")
        moved[row.title] = visit.page.evaluate("() => window.moved")
    assert {title: shift for title, shift in moved.items() if shift >= 0.1} == {}

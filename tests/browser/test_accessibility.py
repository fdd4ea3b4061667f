"""What keeps people out of a page, as far as axe-core can find it, on every page and in both themes."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ViewportSize, expect

from tests.browser.visit import MAP, PHONE, Start, Visit, open_menu

LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PAGES = [
    "/",
    "/?plant=cassino",
    "/?table=sites&year=1975&country=Italy",
    "/?q=nothing",
    "/plants",
    "/plants?plant=toluca&country=Mexico",
    "/timeline?table=sites&model=Giulia",
    "/distances",
    "/distances?from=cassino&unit=miles",
    "/your-plants",
    "/sources",
]
ON_PHONE = [
    "/",
    "/?plant=cassino",
    "/plants",
    "/timeline",
    "/distances?from=cassino",
    "/your-plants",
    "/sources",
]
TABLE = "name,country,lat,lon,status\nBursa,Turkey,40.2,29.1,open\nGent,Belgium,151,3.8,closed\n"
# Too low or too narrow for a finger: less than 24 px (WCAG 2.5.8). Links in a sentence are exempt, and the
# label of a box belongs to it.
SMALL = """() => {
    const kinds = "a[href], button, input, select, textarea, summary, [role=button], [role=tab]";
    const isInSentence = (one) => getComputedStyle(one).display === "inline"
        && one.parentElement.textContent.trim().length > one.textContent.trim().length;
    return [...document.querySelectorAll(kinds)].filter((one) => {
        const { width, height, left, right } = (one.closest("label") ?? one).getBoundingClientRect();
        const isSeen = width && height && right > 0 && left < innerWidth
            && one.checkVisibility({ visibilityProperty: true });
        return isSeen && Math.min(width, height) < 23.5 && !isInSentence(one);
    }).map((one) => `${one.outerHTML.slice(0, 160)}: ${JSON.stringify(one.getBoundingClientRect())}`);
}"""


def small_targets(visit: Visit) -> list[str]:
    """What a finger would miss on the page and in the map's frame."""
    return [f"{visit.page.url}: {one}" for frame in visit.page.frames for one in frame.evaluate(SMALL)]


def faults(visit: Visit) -> list[str]:
    """What axe-core calls serious or critical, and headings that leave out a level; the map's frame, too."""
    for frame in visit.page.frames:
        frame.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = visit.page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    return [
        f"{visit.page.url}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"
        for node in one["nodes"]
    ]


def look_at(visit: Visit, path: str) -> list[str]:
    """The faults of a page whose map, if it has one, is drawn."""
    visit.open(path)
    if visit.page.locator(MAP).count():
        assert visit.frame
    return faults(visit)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out(start: Start, theme: str) -> None:
    """All pages, with something chosen and with nothing found."""
    visit = start("/sources", viewport=LAPTOP, color_scheme=theme, reduced_motion="reduce")
    assert [fault for path in PAGES for fault in look_at(visit, path)] == []


def test_nobody_is_kept_out_on_a_phone(start: Start) -> None:
    """The same at 390 px, and a finger hits everything."""
    visit = start("/sources", viewport=PHONE, reduced_motion="reduce")
    assert [fault for path in ON_PHONE for fault in [*look_at(visit, path), *small_targets(visit)]] == []


def test_a_finger_hits_everything_in_menus(start: Start) -> None:
    """In the menu with pages and filters, in the one of formats, in that of links, and on the legend."""
    visit = start("/", viewport=PHONE, reduced_motion="reduce")
    visit.shows(5)
    visit.map.locator(".atlas-legend summary").click()
    open_menu(visit)
    found = small_targets(visit)
    visit.page.get_by_text("Share", exact=True).click()
    found += small_targets(visit)
    visit.page.get_by_role("button", name="Expand sidebar").click()
    expect(visit.page.locator("#stSidebar")).to_have_attribute("data-collapsed", "false")
    expect(visit.pill("Italy (4)")).to_be_in_viewport()
    assert found + small_targets(visit) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_of_menus_and_reports(start: Start, theme: str) -> None:
    """The menu of files, an own table with its report, and that table on the map."""
    visit = start("/your-plants", viewport=LAPTOP, color_scheme=theme, reduced_motion="reduce")
    visit.page.get_by_role("tab", name="Paste a table").click()
    visit.page.get_by_label("Cells copied from a spreadsheet").fill(TABLE)
    visit.page.get_by_role("button", name="Read it").click()
    expect(visit.page.get_by_role("heading", name="Report")).to_be_visible()
    found = faults(visit.settled())
    visit.page.get_by_role("button", name="Show my table on the map").click()
    assert visit.frame
    found += faults(visit.settled())
    open_menu(visit)
    assert found + faults(visit) == []


def test_the_map_has_a_name(start: Start) -> None:
    """Its frame is called by what it shows, not by the component that makes it."""
    visit = start("/")
    expect(visit.page.get_by_label("Map of the plants", exact=True)).to_be_visible()
    assert visit.frame

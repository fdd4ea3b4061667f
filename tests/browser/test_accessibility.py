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
    """The same at 390 px."""
    visit = start("/sources", viewport=PHONE, reduced_motion="reduce")
    assert [fault for path in ON_PHONE for fault in look_at(visit, path)] == []


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

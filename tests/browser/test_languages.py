"""Pages in other languages in a browser: what they say, that no text is cut off, and the way between them."""

from typing import Any

import pytest
from playwright.sync_api import expect

from atlas import language
from atlas.site import PAGES
from tests.browser.visit import DESKTOP, MAP, PHONE, Start

CUT_OFF = """() => [...document.querySelectorAll("h1, h2, h3, p, label, button, a, summary, legend")]
    .filter((box) => box.offsetParent)
    .filter((box) => box.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((box) => box.getAttribute("href") !== "#stMain") // seen when the keyboard comes to it
    .filter((box) => ["hidden", "clip"].includes(getComputedStyle(box).overflowX))
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => box.textContent.trim())"""
TOO_WIDE = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
    .some((box) => box.scrollWidth > box.clientWidth)"""


@pytest.mark.parametrize(
    ("code", "window"),
    [("de", PHONE), ("fr", PHONE), ("de", DESKTOP), ("fr", DESKTOP)],
    ids=["German, phone", "French, phone", "German, desktop", "French, desktop"],
)
def test_no_text_is_cut_off(start: Start, code: str, window: Any) -> None:
    """The longest words fit: nothing is clipped, nothing scrolls sideways, on any page."""
    visit = start(f"/?lang={code}", viewport=window)
    wrong = {}
    for row in PAGES:
        visit.open(f"/{row.url_path}?lang={code}")
        with language.spoken(code):
            title = language.gettext(row.title if row.url_path else "Where Alfa Romeos are made")
        expect(visit.page.get_by_role("heading", name=title, level=1)).to_be_visible()
        visit.page.wait_for_load_state("networkidle")
        wrong[title] = [*visit.page.evaluate(CUT_OFF), *(["page"] if visit.page.evaluate(TOO_WIDE) else [])]
    assert {title: texts for title, texts in wrong.items() if texts} == {}
    assert visit.complaints == []


@pytest.mark.parametrize("code", [code for code in language.languages() if code != "en"])
def test_a_click_speaks_another_language(start: Start, code: str) -> None:
    """Page, map and address change; the filters stay, and the visit goes on; back leads to English."""
    visit = start("/?country=Italy")
    visit.page.evaluate("() => { window.isSameVisit = true; }")
    visit.page.locator(f".atlas-languages a[hreflang={code}]").click()
    with language.spoken(code):
        title, legend = map(language.gettext, ("Where Alfa Romeos are made", "Legend"))
        plants = language.ngettext("Download {number} plant as CSV", "Download {number} plants as CSV", 4)
    expect(visit.page.get_by_role("heading", name=title)).to_be_visible()
    expect(visit.page.get_by_role("link", name=plants)).to_be_visible()
    expect(visit.page.locator(MAP)).to_have_count(1)  # the map of the other language has gone
    expect(visit.map.get_by_text(legend, exact=True)).to_be_visible()
    expect(visit.page.locator("html")).to_have_attribute("lang", code)
    assert visit.page.evaluate("() => window.isSameVisit") is True
    visit.has_address(f"/?country=Italy&lang={code}")
    visit.page.go_back()
    expect(visit.page.get_by_role("heading", name="Where Alfa Romeos are made")).to_be_visible()
    visit.has_address("/?country=Italy")
    assert visit.complaints == []


def test_the_browsers_own_language(start: Start) -> None:
    """Who asks for none gets what the browser prefers, also in the map; links do not carry it."""
    visit = start("/", locale="it-IT")
    expect(visit.page.get_by_role("heading", name="Dove si costruiscono le Alfa Romeo")).to_be_visible()
    expect(visit.map.get_by_text("Legenda", exact=True)).to_be_visible()
    visit.has_address("/")

"""The page Distances in a real browser: ask, see lines, go back, on a phone, in the dark."""

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.visit import PHONE, WINDOWS, Start, Visit

CHART = '[data-testid="stVegaLiteChart"] svg'
WAYS = """() => { const found = [];
    map.eachLayer((one) => one instanceof L.Polyline && !(one instanceof L.Circle) && found.push(one));
    return found.length ? found[0].getLatLngs().length : 0; }"""
READABLE = """(chart) => {
    const svg = document.querySelector(chart);
    const texts = svg ? [...svg.querySelectorAll("text")] : [];
    const page = getComputedStyle(document.querySelector(".stApp")).color;
    const isReadable = (text) => {
        const own = text.getBoundingClientRect();
        return own.right <= innerWidth + 1 && own.left >= 0 && getComputedStyle(text).fill === page;
    };
    return texts.length === 19 && texts.every(isReadable);
}"""


def ask(visit: Visit, text: str) -> None:
    box = visit.page.get_by_label("From a place or coordinates")
    box.fill(text)
    box.press("Enter")


def has_lines(visit: Visit, count: int) -> None:
    """So many ways go out from the start, on one map."""
    visit.wait(f"(wanted) => ({WAYS})() === wanted", count)


def test_typing_coordinates_draws_lines_on_the_same_map(start: Start) -> None:
    """Enter is enough: sentence, lines, start, table and address follow; back and forward go through them."""
    visit = start("/distances")
    visit.shows(5)
    visit.mark()
    ask(visit, "45.46, 9.19")
    expect(visit.page.get_by_text("Nearest to 45.46° N, 9.19° E: Modena Plant")).to_be_visible()
    has_lines(visit, 5)
    expect(visit.map.locator(".atlas-start").first).to_have_text("45.46° N, 9.19° E")
    visit.has_address("/distances?from=45.46%2C+9.19")
    visit.page.get_by_role("radio", name="miles").click()
    visit.has_address("/distances?from=45.46%2C+9.19&unit=miles")
    expect(visit.page.get_by_text(re.compile(r"Modena Plant \d+ miles"))).to_be_visible()
    assert visit.is_same_map()
    visit.page.go_back()
    expect(visit.page.get_by_text(re.compile(r"Modena Plant \d+ km, "))).to_be_visible()
    visit.page.go_back()
    expect(visit.page.get_by_text("How far the plants are")).to_be_visible()
    has_lines(visit, 0)
    expect(visit.page.get_by_label("From a place or coordinates")).to_have_value("")
    visit.page.go_forward()
    has_lines(visit, 5)
    expect(visit.page.get_by_label("From a place or coordinates")).to_have_value("45.46, 9.19")


def test_a_town_is_found_without_internet(start: Start) -> None:
    """The gazetteer answers; a reload shows the same."""
    visit = start("/distances")
    ask(visit, "Torino, Italy")
    nearest = visit.page.get_by_text(re.compile(r"^Nearest to (Turin|Torino): Modena Plant"))
    expect(nearest).to_be_visible()
    visit.page.reload()
    expect(nearest).to_be_visible()
    has_lines(visit, 5)


def test_a_filter_keeps_the_start(start: Start) -> None:
    """The lines follow the filter; links to other pages take the filter along and leave the start."""
    visit = start("/distances?from=cassino")
    has_lines(visit, 4)
    visit.pill("Mexico (1)").click()
    visit.has_address("/distances?country=Mexico&from=cassino")
    has_lines(visit, 1)
    visit.page.get_by_role("link", name="Plants", exact=True).click()
    visit.has_address("/plants?country=Mexico")


@WINDOWS
def test_from_a_card_and_on_by_a_click(start: Start, window: ViewportSize) -> None:
    """The card's link measures from its plant; a click on another plant offers to go on from there."""
    visit = start("/?plant=cassino", viewport=window)
    visit.page.get_by_role("link", name="Distances from here").click()
    visit.has_address("/distances?plant=cassino&from=cassino")
    expect(visit.map.locator(".atlas-start").first).to_have_text("From here")
    visit.plant("melfi").first.click()
    expect(visit.page.get_by_text("Selected: Melfi Plant, 170 km (106 miles)")).to_be_visible()
    visit.page.get_by_role("button", name="Measure from here").click()
    visit.has_address("/distances?plant=melfi&from=melfi")
    expect(visit.page.get_by_text("Nearest to Melfi Plant: ")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_readable_on_a_phone(start: Start, theme: str) -> None:
    """Nothing is cut off or wider than the page; the chart's text has the colour of the page's."""
    visit = start("/distances?from=cassino", viewport=PHONE, color_scheme=theme)
    has_lines(visit, 4)
    visit.page.wait_for_function(READABLE, arg=CHART)
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not visit.page.evaluate(wide)


def test_the_file_of_the_page(start: Start) -> None:
    """Its name tells page, start, table, filters and date; its rows are the table's."""
    visit = start("/distances?from=cassino&country=Italy")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Download 3 distances (CSV)").click()
    name = waiting.value.suggested_filename
    assert re.fullmatch(
        r"alfa-romeo-distances-from-cassino-plant-plants_country-italy_\d{4}-\d\d-\d\d\.csv", name
    )
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["plant_id", "pomigliano", "melfi", "modena"]

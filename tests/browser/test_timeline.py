"""The story of the plants in a real browser: the timeline, find my car, and the sources of a card."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visit import PHONE, Start, Visit

CHART = '[data-testid="stVegaLiteChart"] svg'
READABLE = """(chart) => {
    const svg = document.querySelector(chart);
    const texts = svg ? [...svg.querySelectorAll("text")] : [];
    const all = svg && svg.getBoundingClientRect();
    const isReadable = (text) => {
        const own = text.getBoundingClientRect();
        return own.left >= all.left - 1 && own.right <= all.right + 1 && own.right <= innerWidth
            && parseFloat(getComputedStyle(text).fontSize) >= 11 && !text.textContent.includes("…");
    };
    const page = getComputedStyle(document.querySelector(".stApp")).color;
    return texts.length > 80 && texts.every(isReadable)
        && getComputedStyle(svg.querySelector(".role-mark text")).fill === page;
}"""


def timeline(visit: Visit) -> Locator:
    """The first chart of the page, when it is drawn."""
    chart = visit.page.locator(CHART).first
    expect(chart).to_be_visible()
    return chart


def type_car(visit: Visit, text: str) -> None:
    box = visit.page.get_by_label("Type a model")
    box.fill(text)
    box.press("Enter")


def test_the_timeline_is_drawn(start: Start) -> None:
    """Models with their years, in a picture that says itself in words."""
    visit = start("/timeline")
    chart = timeline(visit)
    words = chart.locator("text").all_text_contents()
    assert {"Alfasud, 1972–1983", "Giulia (952), since 2016", "Cassino"} <= set(words)
    assert len([one for one in words if re.search(r"(since|\d–)", one)]) == 17
    expect(visit.page.locator('[aria-label^="17 models at 3 plants"]').first).to_be_attached()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_readable_on_a_phone(start: Start, theme: str) -> None:
    """No label is cut off or too small, the page does not scroll sideways, and text stands out."""
    visit = start("/timeline?table=sites", viewport=PHONE, color_scheme=theme)
    timeline(visit)
    # The chart is drawn again once it knows its width and its fonts.
    visit.page.wait_for_function(READABLE, arg=CHART)
    wide = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not visit.page.evaluate(wide)


def test_other_brands_and_all_sites(start: Start) -> None:
    """The switch and the button draw more; the address follows the table."""
    visit = start("/timeline")
    timeline(visit)
    visit.page.get_by_text("Other brands too").click()
    expect(visit.page.locator(CHART).first.get_by_text("Maserati Grecale, since 2022")).to_be_visible()
    visit.page.get_by_role("button", name="Show all 22 Alfa Romeo sites").click()
    visit.has_address("/timeline?table=sites&brands=all")
    expect(visit.page.locator(CHART).first.get_by_text("MiTo, 2008–2018")).to_be_visible()


def test_the_year_of_the_address_is_marked(start: Start) -> None:
    """A band with its number, and the sentence."""
    visit = start("/timeline?table=sites&year=1975")
    expect(timeline(visit).get_by_text("1975", exact=True)).to_be_visible()
    expect(visit.page.get_by_text("Arese: Giulia Sprint GT")).to_be_visible()


def test_a_click_on_a_bar_selects_its_plant(start: Start) -> None:
    """The address and the line below the chart say so."""
    visit = start("/timeline?table=sites")
    name = timeline(visit).get_by_text("Alfetta, 1972–1984")
    name.scroll_into_view_if_needed()
    box = name.bounding_box()
    assert box
    visit.page.mouse.click(box["x"] + 10, box["y"] + box["height"] + 4)
    visit.has_address("/timeline?table=sites&plant=arese")
    expect(visit.page.get_by_text("Selected: Arese Plant.")).to_be_visible()


def test_the_rows_of_a_chart_are_a_file(start: Start) -> None:
    """Its name tells page, table, filters and date; it has the rows of the chart."""
    visit = start("/timeline?country=Italy")
    expect(timeline(visit)).to_be_visible()
    visit.page.get_by_text("The models as a table").click()
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("button", name="Download 17 rows (CSV)").click()
    name = waiting.value.suggested_filename
    pattern = r"alfa-romeo-timeline-models-plants_country-italy_\d{4}-\d\d-\d\d\.csv"
    assert re.fullmatch(pattern, name)
    lines = waiting.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == 18
    assert lines[0] == "plant_id,plant,brand,model,start_year,end_year,years,note,source_url"


def test_find_my_car(start: Start) -> None:
    """Typing answers in a sentence, and address, list and chart follow; the way back is the browser's."""
    visit = start("/timeline")
    type_car(visit, "mito")
    expect(visit.page.get_by_text("The MiTo was built at Mirafiori (2008–2018).")).to_be_visible()
    visit.has_address("/timeline?table=sites&model=MiTo")
    bold = timeline(visit).locator("text[font-weight=bold]")
    expect(bold.get_by_text("MiTo, 2008–2018")).to_be_visible()
    # Both lists have the model ticked: nobody types faster than a browser gets that.
    expect(visit.page.get_by_label("Selected values").get_by_text("MiTo")).to_have_count(2)
    visit.settled()
    type_car(visit, "alfeta")
    expect(visit.page.get_by_text("No Alfa Romeo called “alfeta” is known here.")).to_be_visible()
    visit.page.get_by_role("button", name="Alfetta", exact=True).click()
    expect(visit.page.get_by_text("The Alfetta was built at Arese (1972–1984) and at Brits")).to_be_visible()
    visit.has_address("/timeline?table=sites&model=Alfetta")


def test_a_fact_is_opened_by_keyboard(start: Start) -> None:
    """Each mark can be reached with the tab key and opened; it names source, reading and as-of month."""
    visit = start("/?plant=cassino")
    mark = visit.page.locator(".atlas-fact > summary", has_text="1972")
    mark.focus()
    expect(mark).to_have_attribute("title", re.compile("^Source: .*confidence; checked up to February 2026$"))
    visit.page.keyboard.press("Enter")
    panel = visit.page.locator(".atlas-fact[open] .atlas-panel")
    expect(panel).to_contain_text(re.compile(r"confidence\."))
    expect(panel).to_contain_text("Checked up to February 2026.")
    visit.page.keyboard.press("Tab")
    expect(panel.get_by_role("link").first).to_be_focused()
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".atlas-fact[open]")).to_have_count(0)


def test_a_neighbour_is_selected(start: Start) -> None:
    """The card's neighbours are a click away."""
    visit = start("/?plant=cassino")
    visit.page.get_by_role("button", name=re.compile(r"Pomigliano d'Arco Plant, \d+ km")).click()
    visit.has_address("/?plant=pomigliano")
    expect(visit.page.locator(".atlas-card h2")).to_have_text("Pomigliano d'Arco Plant")


def test_a_claim_leads_to_its_plant(start: Start) -> None:
    """The link below a claim opens the plant's card, in the table that it stands in."""
    visit = start("/sources")
    visit.page.get_by_role("link", name="Portello Plant").first.click()
    expect(visit.page).to_have_url(f"{visit.url}/?table=sites&plant=portello")
    expect(visit.page.locator(".atlas-card h2")).to_have_text("Portello Plant")


def test_the_decades_are_played_on_one_map(start: Start) -> None:
    """Years pass, the plants on the map change, the map stays; it stops when told to, and at the end."""
    visit = start("/?table=sites&year=1960")
    visit.shows(2)
    visit.frame.evaluate("() => { window.same = true; }")
    visit.page.get_by_role("button", name="Play the decades").click()
    visit.page.wait_for_url("**year=1980**")
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.get_by_role("button", name="Play the decades")).to_be_visible()
    assert visit.frame.evaluate("() => window.same")
    year = re.search(r"year=(\d+)", visit.page.url)
    assert year
    assert int(year[1]) in (1980, 1990)

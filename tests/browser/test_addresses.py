"""Addresses in a real browser: a link opens what it says, back and forward go through what was chosen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visit import MAP, Start, centre

ITALY_NOW = "country=Italy&status=now"


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


def test_years_that_pass_are_one_entry_of_the_history(start: Start) -> None:
    """A year is typed or stepped through; the last is in the address, and Back leads to before the first."""
    visit = start("/?table=sites")
    visit.page.locator(".st-key-year label").click()
    visit.has_address("/?table=sites&year=2026")
    box = visit.page.get_by_role("spinbutton", name="Year, 1910 to 2026")
    box.fill("1975")
    box.press("Enter")
    visit.has_address("/?table=sites&year=1975")
    visit.page.get_by_test_id("stNumberInputStepUp").click()
    visit.has_address("/?table=sites&year=1976")
    visit.page.go_back()
    visit.has_address("/?table=sites")
    visit.shows(22)
    visit.page.go_forward()
    visit.has_address("/?table=sites&year=1976")
    expect(box).to_have_value("1976")


def test_the_address_says_where_a_visitor_looks(start: Start) -> None:
    """Once they moved the map; another browser opens there, and a filter, which fits the view, ends it."""
    visit = start("/")
    visit.shows(5)
    x, y = centre(visit.page.locator(MAP))
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 150, y - 60, steps=5)
    visit.page.mouse.up()
    expect(visit.page).to_have_url(re.compile(r"/\?at=-?[\d.]+,-?[\d.]+,\d+$"))
    latitude, longitude, zoom = visit.view()
    other = start(visit.page.url.removeprefix(visit.url))
    other.shows(5)
    assert other.view() == pytest.approx([latitude, longitude, zoom], abs=0.001)
    other.pill("Mexico (1)").click()
    other.has_address("/?country=Mexico")
    other.shows(1)


def test_a_place_in_the_address_that_is_none(start: Start) -> None:
    """The map shows its plants as if nothing had been said."""
    visit = start("/?at=north,pole,99")
    visit.shows(5)
    visit.has_address("/")

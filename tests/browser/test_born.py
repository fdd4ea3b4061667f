"""A visitor's car and the story on the Map page, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visit import PHONE, Start


@pytest.mark.parametrize("window", [None, PHONE], ids=["desktop", "phone"])
def test_a_typed_car_opens_its_plant(start: Start, window: dict[str, int] | None) -> None:
    """The address has the question, and no other page has; the answer has a picture to share."""
    visit = start("/", viewport=window) if window else start("/")
    box = visit.page.locator(".st-key-atlas-which input")
    box.click()
    box.type("giulia 1968")
    box.press("Enter")
    visit.has_address("/?table=sites&plant=arese&car=giulia+1968")
    answer = visit.page.locator(".st-key-atlas-born")
    expect(answer.get_by_text("A 1968 Giulia was built at Arese (1965–1978).")).to_be_visible()
    expect(visit.page.locator(".atlas-card h2")).to_have_text(re.compile("Arese Plant"))
    picture = answer.locator("img")
    assert not [request for request in visit.requests if "preview.png" in request and "car=" in request]
    answer.get_by_text("Share", exact=True).click()
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1200)
    visit.page.reload()
    expect(answer.get_by_text("A 1968 Giulia was built at Arese (1965–1978).")).to_be_visible()


def test_a_page_beside_the_map_has_no_car(start: Start) -> None:
    """Its address and rows are those of the table; back on the Map, the answer is there again."""
    visit = start("/?car=Junior")
    visit.page.get_by_role("link", name="Plants").first.click()
    visit.has_address("/plants?table=sites&plant=tychy")
    visit.page.get_by_role("link", name="Map").first.click()
    visit.has_address("/?table=sites&plant=tychy&car=Junior")
    expect(visit.page.get_by_text("The Junior has been built at Tychy since 2024.")).to_be_visible()


def test_the_story_by_keys(start: Start) -> None:
    """Arrows go on and back, Escape leaves; the browser's Back goes to the step before. The map stays."""
    visit = start("/")
    visit.shows(5)
    visit.mark()
    visit.page.get_by_role("button", name="The story in 7 steps").click()
    visit.has_address("/?table=sites&plant=portello&story=1")
    expect(visit.page.locator(".atlas-card h2")).to_have_text(re.compile("Portello Plant"))
    visit.page.keyboard.press("ArrowRight")
    visit.has_address("/?table=sites&plant=portello&story=2")
    visit.settled().page.keyboard.press("ArrowRight")
    visit.has_address("/?table=sites&plant=arese&story=3")
    expect(visit.page.locator(".atlas-card h2")).to_have_text(re.compile("Arese Plant"))
    visit.settled().page.keyboard.press("ArrowLeft")
    visit.has_address("/?table=sites&plant=portello&story=2")
    visit.page.go_back()
    visit.has_address("/?table=sites&plant=arese&story=3")
    expect(visit.page.get_by_role("heading", name="1965: Out of Milan")).to_be_visible()
    visit.settled().page.keyboard.press("Escape")
    visit.has_address("/")
    visit.shows(5)
    expect(visit.page.get_by_role("button", name="The story in 7 steps")).to_be_visible()

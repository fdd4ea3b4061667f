"""Pins, fact sheets and reports of mistakes, in a real browser."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.visit import Start

PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")


def test_a_pin_is_seen_and_stays(start: Start) -> None:
    """A sign on the mark and a word in its name; it stays after a reload and on the way to another page."""
    visit = start("/?plant=melfi&pin=modena")
    mark = visit.plant("melfi")
    expect(mark).to_be_visible()
    expect(mark.locator(".atlas-pin")).to_have_count(0)
    visit.page.get_by_role("button", name="Pin to compare").click()
    expect(mark.locator(".atlas-pin")).to_be_visible()
    expect(mark).to_have_accessible_name(re.compile(", pinned$"))
    assert parse_qs(urlsplit(visit.page.url).query)["pin"] == ["modena,melfi"]
    visit.page.reload()
    expect(mark.locator(".atlas-pin")).to_be_visible()
    visit.page.get_by_role("link", name="Compare 2 pinned plants").click()
    heads = visit.page.get_by_test_id("stTable").locator("thead th + th")
    expect(heads).to_have_text(["Modena Plant", "Melfi Plant"])
    assert visit.complaints == []


def test_unpinned_the_sign_goes(start: Start) -> None:
    """The mark keeps its place and loses the sign."""
    visit = start("/?plant=melfi&pin=melfi")
    mark = visit.plant("melfi")
    expect(mark.locator(".atlas-pin")).to_be_visible()
    visit.page.get_by_role("button", name="Unpin").click()
    expect(mark.locator(".atlas-pin")).to_have_count(0)
    expect(mark).not_to_have_accessible_name(re.compile("pinned"))


def test_a_fact_sheet_is_one_page(start: Start) -> None:
    """From the card; what a printer makes of it is a page of A4, and nothing is loaded from elsewhere."""
    visit = start("/?table=sites&plant=portello")
    with visit.page.expect_popup() as waiting:
        visit.page.get_by_role("link", name="Print fact sheet").click()
    sheet = waiting.value
    expect(sheet.get_by_role("heading", level=1)).to_contain_text("Portello Plant")
    expect(sheet.locator("body")).to_contain_text(f"{visit.url}/?table=sites&plant=portello")
    assert sheet.locator("img").evaluate("picture => picture.naturalWidth") == 700
    pdf = sheet.pdf(prefer_css_page_size=True)
    assert len(PAGE_OF_A_PDF.findall(pdf)) == 1
    assert re.findall(rb"/MediaBox\s*\[\s*0 0 59\d\S* 84\d\S*\s*\]", pdf)
    sheet.set_viewport_size({"width": 390, "height": 844})
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_report_is_ready_to_copy(start: Start) -> None:
    """Fact, source and address of the view; nothing is sent, as no address is set."""
    visit = start("/?plant=cassino")
    fact = visit.page.locator(".atlas-fact", has_text="2,200 (2025)")
    fact.locator("summary").click()
    fact.get_by_role("button", name="Report a mistake").click()
    report = fact.get_by_role("textbox", name="Your report")
    expect(report).to_be_focused()
    lines = report.input_value().split("\n")
    assert lines[:2] == ["Plant: Cassino Plant", "Fact: Employees: 2,200 (2025)"]
    assert lines[2].startswith("Source: Employees: ")
    assert "https://" in lines[2]
    assert lines[3] == f"Page: {visit.page.url}"
    fact.get_by_role("button", name="Copy").click()
    expect(fact.get_by_role("button", name="Copied")).to_be_visible()
    expect(fact.get_by_role("link", name="Send")).to_have_count(0)
    assert visit.complaints == []


def test_a_report_goes_where_the_operator_says(start: Start) -> None:
    """The link has what the visitor wrote, quoted for an address; before a click on it nobody is asked."""
    visit = start("/?plant=cassino")
    card = visit.page.locator("article.atlas-card")
    target = "https://example.org/new?title={title}&body={text}"
    card.evaluate("(card, target) => { card.dataset.corrections = target; }", target)
    fact = card.locator(".atlas-fact", has_text="2,200 (2025)")
    fact.locator("summary").click()
    fact.get_by_role("button", name="Report a mistake").click()
    fact.get_by_role("textbox", name="Your report").fill("It is 2,300 & more.")
    link = urlsplit(fact.get_by_role("link", name="Send").get_attribute("href") or "")
    assert parse_qs(link.query) == {
        "title": ["Correction: Cassino Plant, Employees: 2,200 (2025)"],
        "body": ["It is 2,300 & more."],
    }
    assert visit.complaints == []

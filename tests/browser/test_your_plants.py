"""A visitor's own table in a real browser: from the file to the map, and nobody else's."""

import re
import time
import urllib.error
import urllib.request

from playwright.sync_api import expect

from tests.browser.visit import PHONE, WAIT_MS, Start, Visit

ROWS, SWAPPED = 600, 5


def dirty() -> bytes:
    """A German spreadsheet's CSV: Windows-1252, semicolons, decimal commas, some coordinates exchanged."""
    lines = ["Werk;Land;Breite;Länge;Brennstoff"]
    for number in range(ROWS):
        pair = [f"{51 + number % 20 / 20:.4f}", f"{9 + number % 30 / 20:.4f}"]
        shown = reversed(pair) if number < SWAPPED else pair
        fuel = ("Kohle", "Gas", "Öl")[number % 3]
        lines.append(";".join([f"Werk Nr. {number}", "Deutschland", *shown, fuel]).replace(".", ","))
    return "\r\n".join(lines).encode("cp1252")


def bring(visit: Visit, name: str, content: bytes) -> None:
    visit.page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def on_the_map(visit: Visit, *, drawn: int = ROWS) -> str:
    """Shows the table on the map, with so many plants; the address of its points."""
    visit.page.get_by_role("button", name="Show my table on the map").click()
    expect(visit.page).to_have_url(re.compile(r"/\?table=yours$"))
    visit.shows(drawn)
    (address,) = [one for one in visit.requests if "/api/points/" in one and one.endswith(".bin")]
    return address


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_from_a_dirty_file_to_the_map_and_away(start: Start) -> None:
    """Upload, report, a fix, the map, a filter of its own; then forgotten, and its address leads nowhere."""
    visit = start("/your-plants")
    bring(visit, "werke.csv", dirty())
    page = visit.page
    expect(page.get_by_text(f"Text with {ROWS} rows and 5 columns: encoding cp1252")).to_be_visible()
    expect(page.get_by_text(f"{SWAPPED} rows: latitude and longitude exchanged")).to_be_visible()
    page.get_by_role("button", name="Exchange them").click()
    expect(page.get_by_text("Mended: latitude and longitude exchanged.")).to_be_visible()
    expect(page.get_by_text(f"{ROWS} of {ROWS} plants placed.")).to_be_visible()
    address = on_the_map(visit)
    assert status(address) == 200
    expect(page.get_by_role("heading", name="werke", exact=True)).to_be_visible()
    visit.pill("Gas (200)").click()
    visit.shows(200)
    expect(page).to_have_url(re.compile(r"/\?table=yours&brennstoff=Gas$"))
    assert not [one for one in visit.requests if "your" in one and address[-40:] in one]
    # Before it goes with the page, the browser asks; here the visitor stays.
    page.evaluate("() => { setTimeout(() => location.reload()); }")
    last_s = time.monotonic() + WAIT_MS / 1000
    while not visit.complaints and time.monotonic() < last_s:
        page.wait_for_timeout(50)
    assert visit.complaints == ["dialog: "]
    visit.complaints.clear()
    visit.go_to("Your plants")
    page.get_by_role("button", name="Forget my table").click()
    expect(page.locator("input[type=file]").first).to_be_attached()
    expect(page.get_by_text("Your table (")).to_have_count(0)
    expect(page.locator("[data-own-table]")).to_have_count(0)
    assert status(address) == 404


def test_a_file_that_another_process_gets(start: Start) -> None:
    """Streamlit shows "404" when pointed at; beside it stands what to do, and only then."""
    visit = start("/your-plants")
    words = visit.page.locator(".atlas-upload-failed")
    expect(words).to_be_hidden()
    visit.page.route("**/_stcore/upload_file/**", lambda route: route.fulfill(status=404))
    box = visit.page.locator("input[type=file]").first
    box.set_input_files({"name": "works.csv", "mimeType": "text/csv", "buffer": b"name\nWorks\n"})
    expect(words).to_contain_text("reload the page and choose the file again")
    expect(words).to_be_visible()
    assert all("404" in complaint or "upload" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_it_is_nobody_elses_and_ends_with_the_tab(start: Start) -> None:
    """Another visitor with the same link gets a note; when the tab is closed, the key is dead at once."""
    visit = start("/your-plants")
    bring(visit, "werke.csv", dirty())
    address = on_the_map(visit, drawn=ROWS - SWAPPED)
    other = start("/?table=yours")
    expect(other.page.get_by_text("This link shows a visitor's own table")).to_be_visible()
    other.shows(5)
    assert status(address) == 200
    visit.page.close()
    # The server hears of it a moment later.
    last_s = time.monotonic() + WAIT_MS / 1000
    while status(address) != 404 and time.monotonic() < last_s:
        other.page.wait_for_timeout(50)
    assert status(address) == 404


def test_a_refused_file_leaves_the_page_alive(start: Start) -> None:
    """One sentence; the next file is read."""
    visit = start("/your-plants")
    bring(visit, "broken.xlsx", b"PK\x03\x04" + bytes(200))
    expect(visit.page.get_by_test_id("stAlert").filter(has_text="broken.xlsx")).to_be_visible()
    bring(visit, "werke.csv", dirty())
    expect(visit.page.get_by_role("heading", name="Report")).to_be_visible()


def test_on_a_phone(start: Start) -> None:
    """Nothing is wider than the screen, with the table's report on it."""
    visit = start("/your-plants", viewport=PHONE)
    bring(visit, "werke.csv", dirty())
    expect(visit.page.get_by_role("heading", name="Use it")).to_be_visible()
    assert visit.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]

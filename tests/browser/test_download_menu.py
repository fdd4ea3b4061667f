"""The files of a selection, downloaded in a real browser."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visit import Start, Visit, open_menu, read, rows_of

ITALY_NOW = "country=Italy&status=now"


def downloaded(visit: Visit, plants: int, label: str, filters: str = "all") -> bytes:
    """What so many plants leave as in a format, under the name that says what it is; CSV with one click."""
    before = datetime.now(UTC).date()
    whole = visit.page.get_by_role("link", name=f"Download {plants} plants as CSV")
    expect(whole).to_be_visible()
    wanted = whole if label == "CSV" else open_menu(visit).get_by_role("link", name=label, exact=True)
    with visit.page.expect_download() as waiting:
        wanted.click()
    visit.page.keyboard.press("Escape")
    days, ending = {before, datetime.now(UTC).date()}, label.lower()
    assert waiting.value.suggested_filename in {f"alfa-romeo-plants_{filters}_{day}.{ending}" for day in days}
    return Path(waiting.value.path()).read_bytes()


def test_the_download_is_the_file_of_the_api(start: Start) -> None:
    """The menu gives the bytes of the API; the file's name tells table, filters and day; the page stays."""
    visit = start("/")
    assert downloaded(visit, 5, "CSV") == read(f"{visit.url}/api/plants.csv")
    visit.pill("Italy (4)").click()
    visit.pill("Builds Alfa Romeos now (2)").click()
    name = "country-italy_status-now"
    assert downloaded(visit, 2, "GeoJSON", name) == read(f"{visit.url}/api/plants.geojson?{ITALY_NOW}")
    assert [row["plant_id"] for row in rows_of(visit.url, ITALY_NOW)] == ["cassino", "pomigliano"]
    assert visit.page.url == f"{visit.url}/?{ITALY_NOW}"


def test_the_menus_have_the_addresses(start: Start) -> None:
    """Whole addresses to copy: that of the page, which opens the same view, a frame, and that of the API."""
    visit = start("/plants?q=fiat&table=sites")
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    here, frame, script = (box.input_value() for box in visit.page.locator(".atlas-menus textarea").all())
    assert script == f"{visit.url}/api/plants.csv?table=sites&q=fiat"
    assert frame.startswith(f'<iframe src="{visit.url}/?embed=true&amp;table=sites&amp;q=fiat"')
    visit.page.get_by_text("Share", exact=True).click()
    visit.page.get_by_role("button", name="Copy").first.click()
    expect(visit.page.get_by_role("button", name="Copied")).to_be_visible()
    assert visit.page.evaluate("navigator.clipboard.readText()") == here
    again = start(here.removeprefix(visit.url))
    assert again.page.locator("h1").inner_text() == "Plants"
    expect(again.page.locator(".stMain .atlas-lead", has_text="matching “fiat”")).to_be_visible()


def test_the_keyboard_goes_into_the_menu_and_out(start: Start) -> None:
    """Enter opens it, the next stop is its first file, Escape closes it and returns to its button."""
    visit = start("/plants")
    visit.page.get_by_role("link", name="Download 5 plants as CSV").focus()
    visit.page.keyboard.press("Tab")
    button = visit.page.get_by_label("Other formats")
    expect(button).to_be_focused()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("link", name="CSV", exact=True)).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(visit.page.get_by_role("link", name="CSV", exact=True)).to_be_hidden()


def test_the_tables_own_download_is_off(start: Start) -> None:
    """It would write cells that a spreadsheet runs; ours is the only way out."""
    visit = start("/plants")
    visit.page.get_by_test_id("stDataFrame").first.hover()
    toolbar = visit.page.get_by_test_id("stElementToolbar").first
    expect(toolbar.get_by_role("button", name="Search")).to_be_visible()
    expect(toolbar.get_by_role("button", name="Download")).to_have_count(0)

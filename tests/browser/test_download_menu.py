"""The files of a selection, downloaded in a real browser."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visit import Start, Visit, open_menu, read, rows_of

ITALY_NOW = "country=Italy&status=now"


def downloaded(visit: Visit, plants: int, label: str, filters: str = "all") -> bytes:
    """What the menu of so many plants gives in a format, under the name that says what it is."""
    before = datetime.now(UTC).date()
    expect(visit.page.get_by_test_id("stPopoverButton")).to_contain_text(f"Download {plants} plants")
    menu = open_menu(visit)
    with visit.page.expect_download() as waiting:
        menu.get_by_role("link", name=label, exact=True).click()
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


def test_the_menu_has_the_addresses(start: Start) -> None:
    """Whole addresses to copy: that of the page, which opens the same view, and that of the API."""
    visit = start("/plants?q=fiat&table=sites")
    menu = open_menu(visit)
    expect(menu.get_by_test_id("stCode")).to_have_count(3)
    here, script, _ = menu.get_by_test_id("stCode").all()
    assert script.inner_text().strip() == f"{visit.url}/api/plants.csv?table=sites&q=fiat"
    again = start(here.inner_text().strip().removeprefix(visit.url))
    assert again.page.locator("h1").inner_text() == "Plants"
    expect(again.page.get_by_text("matching “fiat”").first).to_be_visible()


def test_the_tables_own_download_is_off(start: Start) -> None:
    """It would write cells that a spreadsheet runs; ours is the only way out."""
    visit = start("/plants")
    visit.page.get_by_test_id("stDataFrame").first.hover()
    toolbar = visit.page.get_by_test_id("stElementToolbar").first
    expect(toolbar.get_by_role("button", name="Search")).to_be_visible()
    expect(toolbar.get_by_role("button", name="Download")).to_have_count(0)

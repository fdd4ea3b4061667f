"""Hostile and broken tables in a real browser: texts stay texts, a wrong cell becomes a sentence."""

import csv
import json
import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from atlas.site import PAGES
from tests.browser.dashboard import copy_of_project, dashboard
from tests.browser.visit import Start, Visit, read, rows_of

COUNTRY = "<b>Ruritania</b> {{7*7}} *x* :red[y]"
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{{'abc'}}",
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
    '"back`tick"',
    r"C:\2019",
    "\"quotes\" 'and' more",
    "🏭 plant 🚗",
    "מפעל אלפא",
    "control\u0001character",
)


@pytest.fixture(scope="module")
def hostile_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with ten more plants, whose texts try to be anything but text.

    The last two share a spot.
    """
    copy = copy_of_project(tmp_path_factory.mktemp("hostile") / "copy")
    header, *known = read_table(copy / "data" / "plants.csv")
    taken = {row[header.index("address")] for row in known}
    free = [row[0] for row in read_table(copy / "data" / "places.csv")[1:] if row[0] not in taken]
    addresses = [*free[:9], free[8]]
    rows = []
    for number, (name, address) in enumerate(zip(HOSTILE, addresses, strict=True)):
        cells = {"plant_id": f"hostile-{number}", "address": address, "country": COUNTRY}
        cells |= dict.fromkeys(("name", "official_name", "town", "region", "owner", "role"), name)
        rows.append([cells.get(column, "") for column in header])
    write_table(copy / "data" / "plants.csv", [header, *rows, *known])
    return copy


@pytest.fixture(scope="module")
def hostile_url(hostile_copy: Path) -> Iterator[str]:
    with dashboard(hostile_copy) as url:
        yield url


def nothing_ran(visit: Visit, copy: Path) -> None:
    """No plant text became code: no file, no element, no name in a window, no error."""
    assert [*copy.rglob("pwned"), *Path.cwd().glob("pwned")] == []
    for frame in visit.page.frames:
        assert frame.evaluate("() => document.querySelectorAll('[onerror], img[src=x]').length") == 0
        assert frame.evaluate("() => 'pwned' in window") is False
    assert [url for url in visit.requests if urlsplit(url).path.endswith("/x")] == []
    assert visit.complaints == []


def test_hostile_names_are_text_on_map_card_table_and_boxes(
    start: Start, hostile_url: str, hostile_copy: Path
) -> None:
    """Plant text that means something to Jinja, JavaScript, HTML, CSV or Markdown is drawn as it is."""
    visit = start("/", at=hostile_url)
    visit.shows(15)
    visit.pill(f"{COUNTRY} (10)").click()
    visit.shows(10)
    expect(visit.page.get_by_role("heading", name=f"10 plants in {COUNTRY}", exact=True)).to_be_visible()
    expect(visit.table().locator("tbody th")).to_have_text(list(HOSTILE))
    label = visit.map.get_by_role("region").get_attribute("aria-label")
    assert all(f"{name} ({name})" in (label or "") for name in HOSTILE)
    plants = visit.page.locator(".st-key-atlas-list")
    for name in HOSTILE:
        expect(plants.get_by_text(name, exact=True).first).to_be_visible()
    places = {row["plant_id"]: row for row in rows_of(hostile_url, "")}
    for number, name in list(enumerate(HOSTILE))[:8]:
        place = places[f"hostile-{number}"]
        visit.look_at(float(place["latitude"]), float(place["longitude"]), 12)
        visit.plant(f"hostile-{number}").click()
        visit.has_selected(f"hostile-{number}", name)
        expect(visit.map.locator(".atlas-label-selected")).to_have_text(name)
        expect(visit.map.locator(".atlas-tip strong")).to_have_text(name)
        expect(visit.page.get_by_role("combobox", name="Selected plant")).to_have_value(name)
    visit.page.get_by_role("combobox", name="Selected plant").click()
    expect(visit.page.get_by_role("option")).to_have_text(list(HOSTILE))
    visit.page.keyboard.press("Escape")
    nothing_ran(visit, hostile_copy)


def test_hostile_names_are_text_side_by_side(start: Start, hostile_url: str, hostile_copy: Path) -> None:
    """The comparison of plants shows their names and facts as they are."""
    visit = start("/plants", at=hostile_url)
    box = visit.page.get_by_role("combobox", name="Pinned plants")
    for name in HOSTILE[:6]:
        box.click()
        visit.page.get_by_role("option", name=name, exact=True).click()
    visit.page.keyboard.press("Escape")
    table = visit.page.get_by_test_id("stTable")
    expect(table.locator("thead th + th")).to_have_text(list(HOSTILE[:6]))
    expect(table.locator("tr", has_text="Official name").locator("td")).to_have_text(list(HOSTILE[:6]))
    nothing_ran(visit, hostile_copy)


def test_plants_on_one_spot_open_a_list(start: Start, hostile_url: str, hostile_copy: Path) -> None:
    """Two plants on one spot: their group opens a list, focus on the first; Escape closes, Enter picks."""
    visit = start("/", at=hostile_url)
    place = next(row for row in rows_of(hostile_url, "") if row["plant_id"] == "hostile-9")
    visit.look_at(float(place["latitude"]), float(place["longitude"]), 12)
    group = visit.map.locator(".atlas-group")
    expect(group).to_have_text("2")
    group.click()
    names = visit.map.get_by_role("dialog").get_by_role("button")
    expect(names).to_have_text([HOSTILE[8], HOSTILE[9]])
    expect(names.first).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.map.get_by_role("dialog")).to_have_count(0)
    group.focus()
    visit.page.keyboard.press("Enter")
    expect(names.first).to_be_focused()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".atlas-card h2")).to_have_text(HOSTILE[9])
    expect(visit.map.get_by_role("dialog")).to_have_count(0)
    visit.has_address("/?plant=hostile-9")
    nothing_ran(visit, hostile_copy)


@pytest.fixture(scope="module")
def broken_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard whose table has a word where a number should be."""
    copy = copy_of_project(tmp_path_factory.mktemp("broken") / "copy")
    header, *rows = read_table(copy / "data" / "plants.csv")
    rows[1][header.index("employees")] = "a `lot` of *people*"
    write_table(copy / "data" / "plants.csv", [header, *rows])
    with dashboard(copy) as url:
        yield url


def test_broken_data_becomes_one_sentence(start: Start, broken_url: str) -> None:
    """A wrong cell is named by file, row, column and value, on each page and by the API, no traceback."""
    sentence = (
        "plants.csv, row 3, column employees: the value “a `lot` of *people*” "
        "must be a whole number; correct it or leave it empty."
    )
    visit = start("/", at=broken_url)
    for row in PAGES:
        visit.open(f"/{row.url_path}")
        expect(visit.page.get_by_role("alert")).to_have_text(re.compile(re.escape(sentence) + "$"))
        expect(visit.page.get_by_test_id("stException")).to_have_count(0)
        expect(visit.page.get_by_text("Traceback")).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(f"{broken_url}/api/plants.csv")
    assert json.load(refused.value)["error"] == sentence
    assert refused.value.code == 503


def read_table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)

"""Offline: one HTML file with all that is shown and nothing that runs, opened from disk without a network."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import basemap, site
from atlas.catalog import loader, points
from atlas.drawing import browser_files, cards
from atlas.errors import SelectionError
from atlas.export import offline_map
from atlas.web import routes
from tests.browser.dashboard import installed_browser
from tests.conftest import HOSTILE

TODAY = date(2026, 11, 22)
VOID = {"meta", "link", "input"}
# What a CSV file cannot hold, or what an importer may trim.
NAMES = [name for name in HOSTILE if "\x00" not in name and name.strip() == name]


def write(**params: Any) -> bytes:
    """The offline map of what an address with these parameters shows."""
    opened = loader.open_catalog()
    asked = [(key, text) for key, texts in params.items() for text in np.atleast_1d(texts).tolist()]
    return offline_map.html(opened, routes.select(asked, opened).selection, here=site.current(), today=TODAY)


class Reader(HTMLParser):
    """What a browser finds in a file: its elements, the text of scripts and parts, all other text."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.parts: dict[str, bytes] = {}
        self.text = ""
        self.settings: dict[str, Any] = {}
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self.open[-1] if self.open else ("", {})
        if tag != "script":
            self.text += data if tag != "style" else ""
        elif "data-part" in attributes:
            self.parts[str(attributes["data-part"])] = gzip.decompress(base64.b64decode(data))
        elif attributes.get("id") == "atlas-settings":
            self.settings = json.loads(data)
        else:
            self.scripts.append(data)

    def attribute(self, tag: str, name: str, **having: str) -> str:
        found = [one for kind, one in self.elements if kind == tag and having.items() <= one.items()]
        return str(found[0][name])

    def column(self, name: str) -> list[Any]:
        names = [one["name"] for one in self.settings["columns"]]
        return list(json.loads(self.parts[f"column/{names.index(name)}"]))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's table that a test writes, named in ATLAS_PLANTS."""
    path = tmp_path / "power_plants.csv"
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return path


def write_hostile(path: Path) -> None:
    rows = {"name": NAMES, "latitude": np.linspace(-50, 60, len(NAMES)).round(3), "longitude": 10.0}
    texts = dict.fromkeys(("town", "owner", "role", "Own <b>column</b>"), NAMES)
    pd.DataFrame(rows | texts).to_csv(path, index=False)


# ---- what is in the file ---------------------------------------------------------------------------


def test_the_five_plants_stay_small() -> None:
    """Two megabytes fit on anything."""
    assert len(write()) < 2_000_000


def test_the_shown_rows_and_no_others() -> None:
    """Rows, typed, in the order of the table; the words say the selection and the day."""
    file = Reader(write(country="Italy", plant="modena"))
    assert file.column("plant_id") == ["cassino", "pomigliano", "melfi", "modena"]
    table = loader.open_catalog().sheet("plants").table.iloc[:4]
    assert file.column("opened_year") == table["opened_year"].tolist()
    assert file.column("latitude") == table["latitude"].tolist()
    assert file.column("status")[0] == "Builds Alfa Romeos now"
    assert (file.settings["plants"], file.settings["placed"], file.settings["selected"]) == (4, 4, 3)
    assert b"Toluca" not in b"".join(file.parts[name] for name in file.parts if "basemap" not in name)
    assert "4 plants in Italy: Cassino Plant" in file.text
    assert "Made on 22 November 2026; facts checked up to February 2026." in file.text
    for licence in ("MIT", "public domain", "CC BY 4.0", "BSD 2-Clause"):
        assert licence in file.text


def test_positions_are_those_of_the_live_map() -> None:
    """The same packed columns, of the shown plants only."""
    sheet = loader.open_catalog().sheet("plants")
    assert Reader(write()).parts["points"] == sheet.points.packed
    rows = sheet.table.iloc[[3, 4]]
    chosen = points.pack(rows, sheet.codes[[3, 4]]).packed
    assert points.chosen(sheet.points, np.array([3, 4])) == chosen


def test_the_cards_are_those_of_the_page() -> None:
    """With the source of every fact."""
    opened = loader.open_catalog()
    [card] = json.loads(Reader(write(q="maserati")).parts["cards"])
    plant = {str(key): value for key, value in opened.sheet("plants").table.iloc[3].items()}
    assert card == cards.plant_card(plant, opened.about_alfa)


def test_an_operators_table(own: Path) -> None:
    """Typed columns with labels; a plant without a position comes last; no card is ready."""
    own.write_text(
        "name,lat,lon,kind,capacity_mw,country\nB,,,x,1.5,Chile\nA,1,2,y,,Peru\nC,3,4,y,1200,Peru\n",
        encoding="utf-8",
    )
    file = Reader(write())
    assert file.column("name") == ["A", "C", "B"]
    assert file.column("latitude") == [1.0, 3.0, None]
    assert file.column("capacity_mw") == [None, 1200.0, 1.5]
    assert (file.settings["plants"], file.settings["placed"]) == (3, 2)
    kinds = {one["name"]: (one["label"], one["kind"]) for one in file.settings["columns"]}
    assert kinds["capacity_mw"] == ("Capacity mw", "amount")
    assert kinds["kind"] == ("Kind", "text")
    assert "cards" not in file.parts
    assert "MIT" not in file.text


def test_nothing_is_shown(own: Path) -> None:
    """No plant is no mistake."""
    own.write_text("name\nA\n", encoding="utf-8")
    file = Reader(write(q="nothing like this"))
    assert (file.settings["plants"], file.parts["points"], file.column("name")) == (0, b"", [])
    assert "No plant matching" in file.text


# ---- safety ----------------------------------------------------------------------------------------


def test_only_our_own_scripts_may_run() -> None:
    """The file's policy allows no traffic and just the scripts that stand in it."""
    file = Reader(write())
    policy = file.attribute("meta", "content", **{"http-equiv": "Content-Security-Policy"})
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in file.scripts]
    assert len(hashes) == 2
    assert policy == (
        "default-src 'none'; script-src " + " ".join(f"'sha256-{one}'" for one in hashes) + "; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_scripts_are_those_of_the_live_map() -> None:
    """One code path draws both."""
    [live, _] = Reader(write()).scripts
    shipped = browser_files.read("atlas.js").content.decode()
    assert live == re.sub(r"//# sourceMappingURL.*", "", shipped)


ENDS = ["a = '</script>';", "a = '<!--';", "a = '<script';", "a = '</SCRIPT';"]


@pytest.mark.parametrize("script", ENDS)
def test_no_script_ends_itself(script: str) -> None:
    """A word in a script that HTML would take for its end is written as an escape."""
    assert "<" not in offline_map._script(script)
    assert offline_map._script("if (a < b) {}\n//# sourceMappingURL=x.map\n") == "if (a < b) {}\n\n"


def test_no_name_becomes_an_element(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever plants, columns and the site are called, the file's elements stay the same."""
    own.write_text("name,latitude,longitude\nA,1,2\n", encoding="utf-8")
    plain = [tag for tag, _ in Reader(write()).elements if tag != "script"]
    write_hostile(own)
    monkeypatch.setenv("ATLAS_TITLE", "".join(NAMES) + "<!-- data -->")
    file = Reader(write(q="<"))
    assert [tag for tag, _ in file.elements if tag != "script"] == plain
    assert len(file.scripts) == 2
    assert file.column("owner") == [name for name in NAMES if "<" in name]


def test_json_may_stand_in_a_script(hostile: str) -> None:
    """It reads back as it was, and no letter of it means something to HTML."""
    written = offline_map._json([hostile])
    assert json.loads(written) == [hostile]
    assert re.search(r"[<\u2028\u2029]", written) is None


# ---- the base map ----------------------------------------------------------------------------------


def cell(latitude: float, longitude: float) -> str:
    packed = points.pack(pd.DataFrame({"latitude": [latitude], "longitude": [longitude]}), np.zeros(1, "u1"))
    x, y = np.frombuffer(packed.packed, "<u4", count=2) >> 27
    return f"basemap/tiles/5/{x}/{y}.json"


def test_the_map_around_the_plants_is_inside() -> None:
    """The world, and the finer map where the plants are; not that of the other side of the world."""
    file = Reader(write())
    held = {name for name in file.parts if name.startswith("basemap/")}
    assert {"basemap/world.json", cell(41.5, 13.8), cell(44.6, 10.9), cell(19.3, -99.6)} <= held
    assert cell(-33.9, 151.2) not in held
    for name in held:
        assert file.parts[name] == gzip.decompress(basemap.read(name.removeprefix("basemap/")))


def test_the_finer_map_keeps_to_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where plants stand comes first, then what is nearest."""
    packed = loader.open_catalog().sheet("plants").points.packed
    sizes = dict(basemap.cells().values())
    names = offline_map._map_files(packed, 5)
    assert (
        sum(sizes[name] for name in names[1:])
        <= offline_map.CELLS_BYTES + 5 * offline_map.CELLS_BYTES_A_PLANT
    )
    monkeypatch.setattr(offline_map, "CELLS_BYTES", sizes["tiles/5/17/11.json"])
    monkeypatch.setattr(offline_map, "CELLS_BYTES_A_PLANT", 0)
    assert offline_map._map_files(packed, 5)[:2] == ["world.json", "tiles/5/17/11.json"]


def test_the_nearest_cells_come_next() -> None:
    """Also across the 180th meridian, where the world turns around; never beyond its edges."""
    west = np.array([1 << 24, 1 << 31], "<u4")  # a little east of the meridian, on the equator
    order = offline_map._cells_by_worth(west)
    assert order[0] == (0, 16)
    assert {(31, 16), (1, 16), (0, 15)} <= set(order)
    assert all(0 <= x < 32 and 0 <= y < 32 for x, y in offline_map._cells_by_worth(np.zeros(2, "<u4")))
    assert offline_map._cells_by_worth(np.zeros(0, "<u4")) == []


# ---- the API ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=routes.routes()))


def test_the_api_sends_the_file(client: TestClient) -> None:
    """The same parameters as the CSV; to be saved, under a name that says what it is."""
    answer = client.get("/api/plants.html?country=Mexico")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    header = answer.headers["content-disposition"]
    name = r"alfa-romeo-plants_country-mexico_\d{4}-\d\d-\d\d\.html"
    assert re.fullmatch(rf'attachment; filename="{name}"', header)
    assert Reader(answer.content).column("plant_id") == ["toluca"]


def test_the_api_says_what_is_wrong(client: TestClient) -> None:
    """As for the CSV; it comes whole, so there are no pieces to ask for."""
    for query in ("country=Mars", "table=moons"):
        answer = client.get(f"/api/plants.html?{query}")
        assert (answer.status_code, answer.json()) == (400, client.get(f"/api/plants.csv?{query}").json())
    sentence = client.get("/api/plants.html?limit=2").json()["error"]
    assert sentence == (
        "There is no parameter “limit”; allowed are: table, country, status, model, year, q, plant."
    )


def test_too_many_plants(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is sent."""
    monkeypatch.setattr(offline_map, "MOST_PLANTS", 4)
    words = "An offline map holds 4 plants at most; these are 5. Narrow them down with the filters."
    with pytest.raises(SelectionError, match=re.escape(words)):
        write()
    assert client.get("/api/plants.html").json()["error"] == words
    assert client.get("/api/plants.html?country=Italy").status_code == 200


# ---- in a browser, from disk -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with installed_browser("NOTHING OF THE OFFLINE MAP IS TESTED.") as browser:
        yield browser


@dataclass
class Opened:
    """An offline map in a browser without a network; `asked` and `said` are what should not be."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def marks(self) -> list[str]:
        every = (
            "() => [...document.querySelectorAll('.atlas-plant, .atlas-group')].map((one) => one.ariaLabel)"
        )
        return sorted(self.page.evaluate(every))

    def names(self) -> list[str]:
        return self.page.locator("#atlas-table tbody td:first-child").all_text_contents()

    def search(self, words: str, found: str) -> None:
        self.page.fill("#atlas-search", words)
        self.page.get_by_role("heading", name=found, exact=True).wait_for()


@pytest.fixture
def opens(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """opens(file's content) -> the file opened from disk; it must ask for nothing and say nothing."""
    context = browser.new_context(offline=True, reduced_motion="reduce", color_scheme="light")
    opened = Opened(context.new_page())

    def open_file(content: bytes, width: int = 1280) -> Opened:
        path = tmp_path / "atlas offline.html"
        path.write_bytes(content)
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.said.append(dialog.message))
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.page.goto(path.as_uri())
        opened.page.locator("#atlas-table tbody").wait_for(state="attached")
        return opened

    yield open_file
    asked = [url for url in opened.asked if not url.startswith("data:")]
    opened.page.close()
    context.close()
    assert len(asked) == 1, "only the file itself"
    assert opened.said == []


@pytest.mark.browser
def test_map_card_search_and_list(opens: Any) -> None:
    """Everything works from a stick: marks, a click, a search, the list, both themes."""
    file = opens(write(country="Italy"))
    page = file.page
    page.locator("[data-plant=modena]").click()
    card = page.locator("#atlas-card .atlas-card")
    card.wait_for()
    assert card.get_attribute("data-plant") == "modena"
    assert "confidence" in str(card.locator("summary").first.get_attribute("title"))
    assert page.locator("#atlas-table tr[aria-selected=true]").inner_text().startswith("Modena Plant")

    file.search("POMIGLÍANO", "1 of 4 plants matching “POMIGLÍANO”")
    assert file.marks() == ["Pomigliano d'Arco Plant, Pomigliano d'Arco, Italy, Builds Alfa Romeos now"]
    page.get_by_role("button", name="Pomigliano d'Arco Plant").last.click()
    page.locator("#atlas-card [data-plant=pomigliano]").wait_for()
    page.locator(".atlas-plant[aria-current=true]").wait_for()
    file.search("nothing", "None of 4 plants matching “nothing”")
    assert file.marks() == []
    file.search("", "4 plants")
    assert len(file.names()) == 4

    assert page.locator(".atlas-legend li").count() == 3
    assert page.evaluate("() => document.querySelector('#atlas-map').dataset.theme") == "light"
    page.get_by_role("button", name="Switch to dark colours").click()
    assert page.evaluate("() => document.querySelector('#atlas-map').dataset.theme") == "dark"


# Ends when a part has been unpacked. Playwright's own way of waiting evaluates a text again and again, which
# the file's policy forbids.
UNPACKED = """async (name) => {
    for (let attempt = 0; attempt < 600; attempt++) {
        if (window.atlasOffline.unpacked().includes(name)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${name} has not been unpacked`);
}"""


@pytest.mark.browser
def test_the_base_map_comes_from_the_file(opens: Any) -> None:
    """Fine where the plants are; coarse, without a complaint, where the file has no more."""
    page = opens(write(country="Italy", plant="modena")).page
    land = "canvas.atlas-basemap-land, .atlas-basemap-land canvas"
    page.locator(land).first.wait_for(state="attached")
    page.evaluate(UNPACKED, "basemap/tiles/5/16/11.json")
    page.evaluate("() => { window.atlasOffline.map().setView([-33.9, 151.2], 8, { animate: false }); }")
    page.evaluate(UNPACKED, "basemap/tiles/5/29/19.json")


@pytest.mark.browser
def test_names_are_text_whatever_they_say(opens: Any, own: Path) -> None:
    """In list, label, tip and card; nothing runs."""
    write_hostile(own)
    file = opens(write())
    table = loader.open_catalog().sheet("plants").table
    assert file.names() == table["name"].tolist()
    mark = "<img src=x onerror=alert(1)>"
    file.search("onerror", f"1 of {len(NAMES)} plants matching “onerror”")
    file.page.get_by_role("button", name=mark, exact=True).last.click()
    file.page.locator("#atlas-card h3").wait_for()
    assert file.page.locator("#atlas-card h3").text_content() == mark
    assert file.page.locator("#atlas-card img, #atlas-map .atlas-label img").count() == 0
    file.page.locator(".atlas-plant").hover()
    assert mark in str(file.page.locator(".atlas-tip").text_content())


OWN = """name,lat,lon,accuracy_m,country,region,owner,opened_year,employees,power_mw,t,on,wikipedia_url,status
Alpha,41.5,13.75,1500,Italy,Lazio,Ω Energy,1972,12500,1234.56789,-12,yes,https://a.org/a,works
Beta,-33.4,-70.6,250,Chile,,,,,2000000,0.25,no,javascript:alert(1),closed
Gamma,,,,Peru,,O,2001,,,3,yes,,works
Delta,1,2,,Peru,,O,2001,0,,3,yes,,
Epsilon,1,3,,,,,,,,,,,works
Zeta,1,4,,,,,,,,,,,closed
"""


@pytest.mark.browser
def test_a_card_says_what_the_page_says(opens: Any, own: Path) -> None:
    """Numbers, units, position and links as on the page."""
    own.write_text(OWN, encoding="utf-8")
    page = opens(write()).page
    table = loader.open_catalog().sheet("plants").table
    parts = "(one) => [...one.children].map((part) => part.textContent)"
    lines = f"() => [...document.querySelectorAll('.atlas-facts > div')].map({parts})"
    for _, plant in table.iterrows():
        page.locator("#atlas-table").get_by_role("button", name=plant["name"], exact=True).click()
        page.locator("#atlas-card h3", has_text=plant["name"]).wait_for()
        expected = cards.any_facts({str(key): value for key, value in plant.items()})
        assert [tuple(one) for one in page.evaluate(lines)] == expected
        link = page.locator("#atlas-card a")
        assert link.count() == (plant["name"] == "Alpha")
        assert page.locator("#atlas-card .atlas-status").inner_text() == (plant["status"] or "not stated")
    assert "their position is not known: 1." in page.locator("#atlas-unplaced").inner_text()


@pytest.mark.browser
def test_a_phone_and_a_keyboard(opens: Any) -> None:
    """Nothing is wider than the screen; the list and the marks are reached by key."""
    page = opens(write(country="Italy"), width=390).page
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    mark = page.locator("[data-plant=melfi], .atlas-group").first
    mark.focus()
    page.keyboard.press("Enter")
    page.locator("#atlas-table button").last.focus()
    page.keyboard.press("Enter")
    page.locator("#atlas-card [data-plant=modena]").wait_for()
    assert page.evaluate("() => document.activeElement.id") == "atlas-card"


@pytest.mark.browser
def test_many_plants_come_in_steps(opens: Any, own: Path) -> None:
    """More than a screen of rows, and names of more plants than a live map keeps."""
    rows = [f"Plant {number},{40 + number / 10000},{number % 100 / 100}" for number in range(21_000)]
    own.write_text("\n".join(["name,lat,lon", *rows]), encoding="utf-8")
    file = opens(write())
    file.page.get_by_role("button", name="Show more (100 of 21,000)").click()
    file.page.get_by_role("button", name="Show more (200 of 21,000)").wait_for()
    assert len(file.names()) == 200
    file.search("plant 20999", "1 of 21,000 plants matching “plant 20999”")
    assert file.marks() == ["Plant 20999"]
    file.search("", "21,000 plants")
    assert len(file.names()) == 100


def test_the_selection_of_a_plant_that_is_not_shown() -> None:
    """It is not selected in the file either."""
    assert Reader(write(country="Mexico", plant="modena")).settings["selected"] == -1

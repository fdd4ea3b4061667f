"""The offline map in a real browser: opened from disk, without a network, it shows what the pages show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from atlas.catalog import loader
from atlas.drawing import cards
from tests.offline_file import NAMES, write, write_hostile


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
def opens(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """opens(file's content) -> the file opened from disk; it must ask for nothing and say nothing."""
    context = chromium.new_context(offline=True, reduced_motion="reduce", color_scheme="light")
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


def test_the_base_map_comes_from_the_file(opens: Any) -> None:
    """Fine where the plants are; coarse, without a complaint, where the file has no more."""
    page = opens(write(country="Italy", plant="modena")).page
    land = "canvas.atlas-basemap-land, .atlas-basemap-land canvas"
    page.locator(land).first.wait_for(state="attached")
    page.evaluate(UNPACKED, "basemap/tiles/5/16/11.json")
    page.evaluate("() => { window.atlasOffline.map().setView([-33.9, 151.2], 8, { animate: false }); }")
    page.evaluate(UNPACKED, "basemap/tiles/5/29/19.json")


def test_names_are_text_whatever_they_say(opens: Any, own_table: Path) -> None:
    """In list, label, tip and card; nothing runs."""
    write_hostile(own_table)
    file = opens(write())
    table = loader.open_catalog().sheet("plants").table
    assert file.names() == table["name"].tolist()
    mark = "<img src=x onerror=alert(1)>"
    file.search("onerror", f"1 of {len(NAMES)} plants matching “onerror”")
    file.page.get_by_role("button", name=mark, exact=True).last.click()
    file.page.locator("#atlas-card h2").wait_for()
    assert file.page.locator("#atlas-card h2").text_content() == mark
    assert file.page.locator("#atlas-card img, #atlas-map .atlas-label img").count() == 0
    file.page.locator(".atlas-plant").hover()
    assert mark in str(file.page.locator(".atlas-tip").text_content())


OWN = """name,lat,lon,accuracy_m,country,region,owner,opened_year,employees,power_mw,t,on,wikipedia_url,status
Alpha,41.5,13.75,1500,Italy,Lazio,Ω Energy,1972,12500,1234.56789,-12,yes,https://a.org/a,works
Beta,-33.4,-70.6,250,Chile,,,,,2000000,0.25,no,javascript:alert(1),closed
Gamma,,,,Peru,,O,2001,,,3,yes,,works
Delta,-12,-77,,Peru,,O,2001,0,,3,yes,,
Epsilon,1,3,,,,,,,,,,,works
Zeta,1,4,,,,,,,,,,,closed
"""


def test_a_card_says_what_the_page_says(opens: Any, own_table: Path) -> None:
    """Numbers, units, position and links as on the page."""
    own_table.write_text(OWN, encoding="utf-8")
    page = opens(write()).page
    table = loader.open_catalog().sheet("plants").table
    parts = "(one) => [...one.children].map((part) => part.textContent)"
    lines = f"() => [...document.querySelectorAll('.atlas-facts > div')].map({parts})"
    for _, plant in table.iterrows():
        page.locator("#atlas-table").get_by_role("button", name=plant["name"], exact=True).click()
        page.locator("#atlas-card h2", has_text=plant["name"]).wait_for()
        expected = cards.any_facts({str(key): value for key, value in plant.items()})
        assert [tuple(one) for one in page.evaluate(lines)] == expected
        link = page.locator("#atlas-card a")
        assert link.count() == (plant["name"] == "Alpha")
        assert page.locator("#atlas-card .atlas-status").inner_text() == (plant["status"] or "not stated")
    assert "their position is not known: 1." in page.locator("#atlas-unplaced").inner_text()


def test_a_guess_looks_like_a_guess(opens: Any, own_table: Path) -> None:
    """On the map, in the legend and on the card, as on the page."""
    own_table.write_text("name,town,region,country\nTaranto steel works,,,Italy\nB,Cassino,Lazio,Italy\n")
    opened = opens(write())
    page = opened.page
    assert opened.marks() == ["B, Cassino, Italy", "Taranto steel works, Italy, position: a guess"]
    assert page.locator(".atlas-legend li").all_inner_texts() == ["Position unsure\n1"]
    page.locator("#atlas-table").get_by_role("button", name="Taranto steel works", exact=True).click()
    page.locator("#atlas-card h2", has_text="Taranto").wait_for()
    assert "a guess: within about 39.4 km (gazetteer)" in page.locator("#atlas-card").inner_text()


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


def test_many_plants_come_in_steps(opens: Any, own_table: Path) -> None:
    """More than a screen of rows, and names of more plants than a live map keeps."""
    rows = [f"Plant {number},{40 + number / 10000},{number % 100 / 100}" for number in range(21_000)]
    own_table.write_text("\n".join(["name,lat,lon", *rows]), encoding="utf-8")
    file = opens(write())
    file.page.get_by_role("button", name="Show more (100 of 21,000)").click()
    file.page.get_by_role("button", name="Show more (200 of 21,000)").wait_for()
    assert len(file.names()) == 200
    file.search("plant 20999", "1 of 21,000 plants matching “plant 20999”")
    assert file.marks() == ["Plant 20999"]
    file.search("", "21,000 plants")
    assert len(file.names()) == 100

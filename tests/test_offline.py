"""Offline: one HTML file with all that is shown and nothing that runs, opened from disk without a network."""

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import basemap
from atlas.catalog import loader, points
from atlas.drawing import browser_files, cards
from atlas.errors import SelectionError
from atlas.export import offline_map
from atlas.web import routes
from tests.offline_file import NAMES, write, write_hostile

VOID = {"meta", "link", "input"}


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


def test_an_operators_table(own_table: Path) -> None:
    """Typed columns with labels; a plant without a position comes last; no card is ready."""
    own_table.write_text(
        "name,lat,lon,kind,capacity_mw,country\nB,,,x,1.5,Chile\nA,1,2,y,,Peru\nC,3,4,y,1200,Peru\n",
        encoding="utf-8",
    )
    file = Reader(write())
    assert file.column("name") == ["A", "C", "B"]
    assert file.column("latitude") == [1.0, 3.0, None]
    assert file.column("capacity_mw") == [None, 1200.0, 1.5]
    assert (file.settings["plants"], file.settings["placed"]) == (3, 2)
    kinds = {one["name"]: (one["label"], one["kind"]) for one in file.settings["columns"]}
    assert kinds["capacity_mw"] == ("Capacity (MW)", "amount")
    assert kinds["kind"] == ("Kind", "text")
    assert "cards" not in file.parts
    assert "MIT" not in file.text


def test_nothing_is_shown(own_table: Path) -> None:
    """No plant is no mistake."""
    own_table.write_text("name\nA\n", encoding="utf-8")
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


def test_no_name_becomes_an_element(own_table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever plants, columns and the site are called, the file's elements stay the same."""
    own_table.write_text("name,latitude,longitude\nA,1,2\n", encoding="utf-8")
    plain = [tag for tag, _ in Reader(write()).elements if tag != "script"]
    write_hostile(own_table)
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
        "There is no parameter “limit”; allowed are: table, country, status, model, year, q, plant, pin."
    )


def test_too_many_plants(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is sent."""
    monkeypatch.setattr(offline_map, "MOST_PLANTS", 4)
    words = "An offline map holds 4 plants at most; these are 5. Narrow them down with the filters."
    with pytest.raises(SelectionError, match=re.escape(words)):
        write()
    assert client.get("/api/plants.html").json()["error"] == words
    assert client.get("/api/plants.html?country=Italy").status_code == 200


def test_the_selection_of_a_plant_that_is_not_shown() -> None:
    """It is not selected in the file either."""
    assert Reader(write(country="Mexico", plant="modena")).settings["selected"] == -1

"""Routes: each address answers with the rows of the pages, the map's files or the health report."""

import csv
import gzip
import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.testclient import TestClient

from atlas import __version__
from atlas.catalog import loader, sheets, visitors
from atlas.drawing import browser_files, folium_map
from atlas.export import csv_file, formats
from atlas.web import requests, routes
from tests.web.server import FILES, Edit, Serve, large, problem, server

# --- plants.csv ---

ROWS = [
    ("", ["cassino", "pomigliano", "melfi", "modena", "toluca"]),
    ("?country=Italy&status=now", ["cassino", "pomigliano"]),
    ("?country=italy", ["cassino", "pomigliano", "melfi", "modena"]),
    ("?country=Italy&country=Mexico&status=none", ["melfi", "toluca"]),
    ("?model=Tonale", ["pomigliano"]),
    ("?q=maserati", ["modena"]),
    ("?q=", ["cassino", "pomigliano", "melfi", "modena", "toluca"]),
    ("?table=plants&plant=toluca", ["cassino", "pomigliano", "melfi", "modena", "toluca"]),
    ("?q=nothing+like+this", []),
    ("?country=Italy&pin=toluca,cassino", ["cassino", "pomigliano", "melfi", "modena"]),
    ("?country=Italy&pin=toluca,cassino&pinned=1", ["cassino", "toluca"]),
    ("?pinned=1", []),
    ("?q=%00%FF%F0%9F%9A%97", []),
]


@pytest.mark.parametrize(("query", "ids"), ROWS)
def test_the_rows_of_a_page_as_csv(client: TestClient, query: str, ids: list[str]) -> None:
    """The same parameters give the same rows, byte for byte the file of the menu."""
    answer = client.get(f"/api/plants.csv{query}")
    table = loader.open_catalog().sheet("plants").table
    assert answer.status_code == 200
    assert answer.content == csv_file.csv(table[table["plant_id"].isin(ids)])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "alfa-romeo-plants_all"),
        ("?country=Italy&status=now", "alfa-romeo-plants_country-italy_status-now"),
        ("?country=Italy&pin=toluca&pinned=1", "alfa-romeo-plants_all_pinned"),
        ("?q=%22%3B%0D%0AX-Evil%3A+1", "alfa-romeo-plants_search-x-evil-1"),
    ],
)
def test_the_file_has_a_name(client: TestClient, query: str, name: str) -> None:
    """Table, filters and day; what was typed cannot break out of the header."""
    answer = client.get(f"/api/plants.csv{query}")
    header = answer.headers["content-disposition"]
    assert re.fullmatch(rf'attachment; filename="{name}_\d{{4}}-\d\d-\d\d\.csv"', header)
    assert "x-evil" not in answer.headers


def test_broken_data(client: TestClient, broken: str) -> None:
    """Status 503 and the sentence about the cell."""
    answer = client.get("/api/plants.csv")
    assert problem(answer) == (503, broken)


def test_an_edited_table_is_served_at_once(
    client: TestClient, data_folder: Path, edit: Edit, serve: Serve
) -> None:
    """A correction is in the next answer without a restart."""
    serve(data_folder)
    assert "Cassino Works" not in client.get("/api/plants.csv").text
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    assert "Cassino Works" in client.get("/api/plants.csv").text


@pytest.mark.parametrize("path", ["nothing", "", "plants", "plants.csv/", "../api/x", "<b>", "x" * 200])
def test_an_unknown_path(client: TestClient, path: str) -> None:
    """Status 404 and a sentence that names what there is."""
    answer = client.get(f"/api/{path}")
    status, sentence = problem(answer)
    assert status == 404
    assert re.findall(r"/api/[\w.]+(?=,|\.$)", sentence) == [
        *(form.path for form in formats.FORMATS),
        "/api/preview.png",
        "/api/changes.atom",
        "/api/openapi.json",
        "/api/health",
    ]


# --- every format ---


@pytest.mark.parametrize("form", formats.FORMATS, ids=FILES)
def test_every_format(client: TestClient, form: formats.Format) -> None:
    """Each has an address, a media type, a name that tells table, filters and day, and its bytes."""
    answer = client.get(f"{form.path}?country=Italy&status=now")
    assert (answer.status_code, answer.headers["content-type"]) == (200, form.media_type)
    ending = form.file.removeprefix("plants.")
    name = rf"alfa-romeo-plants_country-italy_status-now_\d{{4}}-\d\d-\d\d\.{ending}"
    assert re.fullmatch(f'attachment; filename="{name}"', answer.headers["content-disposition"])
    assert answer.headers["x-total-count"] == "2"
    params = [("country", "Italy"), ("status", "now")]
    export = requests.exported(params, loader.open_catalog(), form)
    if form.file != "plants.xlsx":  # which holds the time of day
        assert answer.content == b"".join(form.parts(export))


@pytest.mark.parametrize("file", FILES)
def test_every_format_says_mistakes_alike(client: TestClient, file: str) -> None:
    """A wrong value is a sentence, never half a file."""
    status, sentence = problem(client.get(f"/api/{file}?country=Narnia"))
    assert (status, sentence.split(";")[0]) == (400, "Country: there is no “Narnia” in this table")


def test_sources_of_the_shown_facts(client: TestClient) -> None:
    """Rows of sources.csv about the shown plants: their cells, places, models and output, no one else's."""
    known = loader.open_catalog().about_alfa.sources
    rows = list(csv.DictReader(io.StringIO(client.get("/api/sources.csv?q=toluca").text)))
    assert {row["row_key"].split("|")[0] for row in rows} == {"toluca"}
    assert {row["table"] for row in rows} >= {"plants", "places", "production"}
    assert len(rows) == (known["row_key"].str.split("|").str[0] == "toluca").sum()
    assert list(rows[0]) == list(known.columns)


def test_an_operators_table_has_no_sources_of_ours(client: TestClient, own: sheets.Sheet) -> None:
    """Its own formats work, and the one that cannot says so."""
    assert problem(client.get("/api/sources.csv")) == (
        400,
        "Sources (CSV): there is none for this table, which is not ours.",
    )
    for form in formats.offered(about_alfa=False):
        assert client.get(f"{form.path}?fuel=gas").headers["x-total-count"] == "350"


def test_a_sheet_that_is_full(client: TestClient, own: sheets.Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Excel's limit is a sentence with the way out; a piece that fits is served."""
    small = replace(formats.FORMATS[1], most_rows=699)
    monkeypatch.setattr(formats, "FORMATS", (small,))
    full = server()
    assert problem(full.get("/api/plants.xlsx")) == (
        400,
        "Excel holds 699 plants at most, and this is 700. Choose CSV, or filter first.",
    )
    assert full.get("/api/plants.xlsx?limit=699").status_code == 200


def test_a_mark_for_excel(client: TestClient) -> None:
    """With `bom=1` the same file begins with the three bytes by which Excel knows UTF-8."""
    plain = client.get("/api/plants.csv").content
    assert client.get("/api/plants.csv?bom=0").content == plain
    assert client.get("/api/plants.csv?bom=1").content == b"\xef\xbb\xbf" + plain


# --- health ---


def test_health(client: TestClient) -> None:
    """Version, rows per table, files found, cache; nothing stored in between."""
    answer = client.get("/api/health")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {
        "status": "ok",
        "version": __version__,
        "rows": {key: len(one.table) for key, one in loader.open_catalog().sheets.items()},
        "assets": {"leaflet": True, "basemap": True},
        "cache_writable": True,
        "database": "SQLite",
        "problems": [],
    }


def test_health_with_broken_data(client: TestClient, broken: str) -> None:
    """Status 503, so that a load balancer notices, and the sentence."""
    answer = client.get("/api/health")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["rows"], answer.json()["problems"]) == (
        "broken",
        {},
        [broken],
    )


def test_health_with_a_cache_that_cannot_be_written(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in place of the cache folder is told; the plants can be seen all the same."""
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    report = client.get("/api/health").json()
    assert (report["cache_writable"], report["rows"]["plants"]) == (False, 5)


# --- points ---


def test_the_points_of_a_table(client: TestClient, own: sheets.Sheet) -> None:
    """The packed columns, to the byte, compressed for those who take it; a browser may keep them for ever."""
    url = f"/api/points/{own.version}.bin"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert (plain.status_code, packed.status_code) == (200, 200)
    assert plain.content == packed.content == own.points.packed
    assert (len(own.points), len(plain.content)) == (600, 9 * 600)
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) == len(own.points.gzipped)
    for answer in (plain, packed):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"


def test_the_page_names_the_addresses_that_answer(client: TestClient, own: sheets.Sheet) -> None:
    """What the map is told to fetch is there, seen from the page that it stands in."""
    fixed = folium_map.fixed_config(own)
    root = "http://testserver/component/map/index.html"
    assert client.get(urljoin(root, fixed["points_url"])).content == own.points.packed
    assert client.get(urljoin(root, fixed["names_url"]), params={"rows": "0"}).status_code == 200


def test_the_points_of_our_own_plants(client: TestClient) -> None:
    """Small tables have the address too."""
    sheet = loader.open_catalog().sheet("plants")
    assert client.get(f"/api/points/{sheet.version}.bin").content == sheet.points.packed


@pytest.mark.parametrize("version", ["0123456789abcdef", "x", "..%2fplants", "%00", "plants"])
@pytest.mark.parametrize("rest", [".bin", "/names?rows=0"])
def test_an_unknown_version(client: TestClient, version: str, rest: str) -> None:
    """Status 404 and what to do; nothing that a browser would keep."""
    answer = client.get(f"/api/points/{version}{rest}")
    assert answer.status_code == 404
    assert problem(answer)[1].startswith("There is no ")
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_an_old_version_is_gone(
    client: TestClient, own: sheets.Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edited table has another address; that of the old one says to load the page again."""
    new = large(tmp_path, monkeypatch, 701)
    for rest in (".bin", "/names?rows=0"):
        answer = client.get(f"/api/points/{own.version}{rest}")
        assert problem(answer) == (404, visitors.NOT_HERE)
        assert client.get(f"/api/points/{new.version}{rest}").status_code == 200


def test_points_of_broken_data(client: TestClient, broken: str) -> None:
    """Status 503 and the sentence about the cell."""
    for rest in (".bin", "/names?rows=0"):
        answer = client.get(f"/api/points/0123456789abcdef{rest}")
        assert problem(answer) == (503, broken)


def test_names_of_points(client: TestClient, own: sheets.Sheet) -> None:
    """Id, name, place and accuracy in the order asked for, also of one asked for twice."""
    answer = client.get(f"/api/points/{own.version}/names", params={"rows": "599,0,6,0"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    # The sixth row has no position, so that the seventh point is the eighth row.
    assert answer.json() == {
        "ids": ["p698", "p0", "p7", "p0"],
        "names": ["Plant 698, =1", "Plant 0, =1", "Plant 7, =1", "Plant 0, =1"],
        "places": ["", "Italy", "Peru", "Italy"],
        "accuracy_m": [698.0, 0.0, 7.0, 0.0],
    }


def test_accuracy_that_is_not_known(client: TestClient) -> None:
    """JSON has a word for it."""
    sheet = loader.open_catalog().sheet("plants")
    answer = client.get(f"/api/points/{sheet.version}/names?rows=4,3").json()
    assert (answer["ids"], answer["places"]) == (["toluca", "modena"], ["Toluca, Mexico", "Modena, Italy"])


def test_a_table_without_a_position(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No point: no byte, and no row to ask for."""
    (tmp_path / "names.csv").write_text("name\nUlsan\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "names.csv"))
    version = loader.open_catalog().sheet("plants").version
    assert client.get(f"/api/points/{version}.bin").content == b""
    assert client.get(f"/api/points/{version}/names?rows=0").status_code == 404


# --- an operator's table ---

OWN_ROWS = [
    ("", 700),
    ("?country=peru&fuel=GAS", 116),
    ("?country=not+stated&fuel=coal&fuel=gas", 233),
    ("?q=plant+699", 1),
    ("?table=plants&plant=p5", 700),
]


@pytest.mark.parametrize(("query", "count"), OWN_ROWS)
def test_parameters_of_an_operators_table(
    client: TestClient, own: sheets.Sheet, query: str, count: int
) -> None:
    """Its own columns are the parameters; the file is called as the site, not as ours."""
    answer = client.get(f"/api/plants.csv{query}")
    assert answer.status_code == 200
    assert len(list(csv.reader(io.StringIO(answer.text)))) == count + 1
    assert re.search(
        r'filename="atlas-plants_[a-z0-9_-]+_\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
    )


def test_a_broken_operators_table(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 503 and its sentence, whatever is asked for; the health report says so too."""
    (tmp_path / "t.csv").write_text("", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "t.csv"))
    sentence = "t.csv is empty: it needs a row for each plant."
    for path in ("/api/plants.csv", "/api/points/x.bin", "/api/points/x/names?rows=0"):
        answer = client.get(path)
        assert problem(answer) == (503, sentence)
    health = client.get("/api/health")
    assert (health.status_code, health.json()["status"], health.json()["problems"]) == (
        503,
        "broken",
        [sentence],
    )


def test_health_of_an_operators_table(client: TestClient, own: sheets.Sheet) -> None:
    """Its rows are counted; cells that could not be read do not make it unwell."""
    report = client.get("/api/health").json()
    assert (report["status"], report["rows"], report["problems"]) == ("ok", {"plants": 700}, [])


# --- assets ---

ASSETS = [
    ("atlas.js", "text/javascript; charset=utf-8", b"AtlasPlants"),
    ("basemap/world.json", "application/json", b"{"),
]


@pytest.mark.parametrize(("name", "media_type", "part"), ASSETS)
def test_a_browser_file(client: TestClient, name: str, media_type: str, part: bytes) -> None:
    """Compressed for those who take it, plain for the others: the same content."""
    url = f"/assets/{browser_files.version()}/{name}"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert (plain.status_code, plain.headers["content-type"]) == (200, media_type)
    assert part in plain.content
    assert packed.content == plain.content == gzip.decompress(browser_files.read(name).gzipped)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert (plain.headers["vary"], packed.headers["vary"]) == ("Accept-Encoding", "Accept-Encoding")
    assert int(packed.headers["content-length"]) == len(browser_files.read(name).gzipped)


def test_a_browser_that_refuses_gzip(client: TestClient) -> None:
    """ "gzip;q=0" means: anything but gzip."""
    answer = client.get("/assets/x/atlas.js", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in answer.headers


def test_only_the_present_version_is_kept_for_ever(client: TestClient) -> None:
    """The current address never changes its content; any other is asked about again."""
    for name, _, _ in ASSETS:
        current = client.get(f"/assets/{browser_files.version()}/{name}")
        old = client.get(f"/assets/0123456789abcdef/{name}")
        assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert old.headers["cache-control"] == "no-cache"
        assert old.content == current.content


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "",
        "atlas.js/",
        "ATLAS.JS",
        "atlas.css",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fdata%2fplants.csv",
        "basemap/..%2f..%2fplants.csv",
        "basemap/%2e%2e/plants.csv",
        "basemap/",
        "basemap/world.json.gz",
        "basemap//etc/passwd",
        "/etc/passwd",
        "images/",
        "atlas.js%00",
        "..%5c..%5catlas%5capi.py",
        "map.js",
        "map/map.js",
        "card.html",
    ],
)
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    """Names that are not listed, and tricks with paths, are 404 with a sentence."""
    answer = client.get(f"/assets/x/{name}")
    assert answer.status_code == 404
    assert problem(answer)[1].startswith("There is no browser file “")


def test_no_server_but_ours_is_named_in_our_files() -> None:
    """Scripts and styles fetch nothing from elsewhere: no import, no URL in a style, no fetched address."""
    style = browser_files.css()
    assert ".leaflet-pane" in style
    assert re.findall(r"@import", style) == []
    assert [
        url[:30] for url in re.findall(r"url\(['\"]?([^)]*)", style) if not url.startswith(("data:", "#"))
    ] == []
    script = browser_files.read("atlas.js").content.decode()
    assert re.findall(r"(?:fetch|import|src\s*=)\s*\(?\s*[\"'`](?:https?:)?//", script) == []


# --- all of them ---


def test_below_a_path() -> None:
    """With a prefix everything is below it and nothing beside it."""
    client = server("/atlas")
    assert client.get("/atlas/api/plants.csv?country=Mexico").text.count("\n") == 2
    assert client.get("/atlas/api/health").json()["status"] == "ok"
    assert client.get("/atlas/assets/x/atlas.js").status_code == 200
    assert client.get("/atlas/api/nothing").status_code == 404
    assert client.get("/api/plants.csv").status_code == 404


def test_every_route_stands_in_the_module() -> None:
    """Its first lines are the table of addresses; of the files of rows, their endings."""
    table = (routes.__doc__ or "").replace("<", "{").replace(">", "}")
    paths = [route.path for route in routes.routes() if route.path != "/api/{path:path}"]
    names = [path.removeprefix("/api/plants").replace("{name:path}", "...") for path in paths]
    assert [name for name in names if name not in table] == []


# ---- reading the table again -----------------------------------------------------------------------

KEY = "0123456789abcdef"
WITH_KEY = {"Authorization": f"Bearer {KEY}"}


def test_nobody_reads_the_table_again_without_a_setting(client: TestClient) -> None:
    """There is no key by default."""
    answer = client.post("/api/refresh", headers={"Authorization": "Bearer "})
    assert problem(answer) == (403, "Nobody may do this here: ATLAS_REFRESH_KEY is not set.")


@pytest.mark.parametrize("sent", ["", KEY, f"Basic {KEY}", f"Bearer {KEY}x", "Bearer", "Bearer é"])
def test_who_has_no_key(client: TestClient, monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    """Another key, none, or one that stands somewhere else."""
    monkeypatch.setenv("ATLAS_REFRESH_KEY", KEY)
    answer = client.post("/api/refresh", headers={"Authorization": sent.encode()})
    assert problem(answer) == (401, "Send the key in the header “Authorization: Bearer …”.")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_who_has_the_key(client: TestClient, own: sheets.Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is read again; the answer says what is on show then."""
    monkeypatch.setenv("ATLAS_REFRESH_KEY", KEY)
    answer = client.post("/api/refresh", headers=WITH_KEY)
    assert (answer.status_code, answer.json()) == (
        200,
        {"rows": 700, "version": own.version, "problems": len(own.notes)},
    )
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    monkeypatch.setenv("ATLAS_PLANTS", "sqlite:////nowhere/plants.db?table=plants")
    status, sentence = problem(client.post("/api/refresh", headers=WITH_KEY))
    assert (status, sentence.split(" (")[0]) == (503, "The database of ATLAS_PLANTS cannot be read")


def test_reading_does_nothing(client: TestClient) -> None:
    """No link and no picture in a page can set it off."""
    answer = client.get("/api/refresh")
    assert problem(answer) == (405, "This address does something: use POST.")
    assert answer.headers["allow"] == "POST, OPTIONS"


def test_health_names_no_folder(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does any other answer: where a server keeps its files is the operator's business."""
    folder = tmp_path / "secret place"
    folder.mkdir()
    monkeypatch.setenv("ATLAS_PLANTS", str(folder / "plants.csv"))
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(folder / "cache"))
    (folder / "cache").write_text("x", encoding="utf-8")
    answers = [client.get(path) for path in ("/api/health", "/api/plants.csv", "/api/preview.png")]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert [
        answer.text for answer in answers if "secret" in answer.text or str(tmp_path) in answer.text
    ] == []
    assert "The cache folder cache cannot be written" in answers[0].text
    assert "cannot be read (no such file or directory)" in answers[1].text


# --- fact sheet and feed ---


def test_a_fact_sheet(client: TestClient) -> None:
    """A page of its own with the server's address; the picture is in it."""
    answer = client.get("/sheet?table=sites&plant=portello")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Portello Plant: fact sheet</title>" in answer.text
    assert "http://testserver/?table=sites&amp;plant=portello" in answer.text
    assert 'src="data:image/png;base64,' in answer.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Which plant? Name one, as in /sheet?plant=cassino."),
        ("?plant=portello", "There is no plant “portello” in this table."),
    ],
)
def test_a_fact_sheet_of_no_plant(client: TestClient, query: str, sentence: str) -> None:
    """A sentence says what is missing."""
    assert problem(client.get(f"/sheet{query}")) == (400, sentence)


def test_a_feed_of_corrected_facts(client: TestClient) -> None:
    """As Atom, under the server's own address; asked again, it has not changed."""
    answer = client.get("/api/changes.atom")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml")
    assert 'href="http://testserver/api/changes.atom"' in answer.text
    again = client.get("/api/changes.atom", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

"""The API: the same rows as the pages, mistakes as sentences, files that a browser may keep."""

import csv
import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from atlas import __version__, api, bundle, catalog, exports, filters, maps, site

Edit = Callable[[str, str, str], None]
SHELL = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
PAGES = [row.url_path for row in site.PAGES]


def server(prefix: str = "") -> TestClient:
    """The API and the pages' first answer as dashboard.py puts them together, without Streamlit."""
    pages = api.page_routes(prefix, PAGES, SHELL, title=site.ALFA.title, words=site.ALFA.words)
    app = Starlette(routes=[*api.routes(prefix), *pages], middleware=[Middleware(api.SecurityHeaders)])
    return TestClient(app)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return server()


@pytest.fixture
def broken(data_folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> str:
    """The product's data has a wrong cell; the sentence about it."""
    edit("plants.csv", ",IT,", ",ITA,")
    monkeypatch.setattr(catalog, "DATA_FOLDER", data_folder)
    words = "the value “ITA” must be a two-letter country code such as IT."
    return f"plants.csv, row 2, column country_code: {words}"


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
    ("?q=%00%FF%F0%9F%9A%97", []),
]


@pytest.mark.parametrize(("query", "ids"), ROWS)
def test_the_rows_of_a_page_as_csv(client: TestClient, query: str, ids: list[str]) -> None:
    """The same parameters give the same rows, byte for byte the file of the download button."""
    answer = client.get(f"/api/plants.csv{query}")
    table = catalog.open_catalog().sheet("plants").table
    assert answer.status_code == 200
    assert answer.content == exports.csv(table[table["plant_id"].isin(ids)])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "alfa-romeo-plants_all"),
        ("?country=Italy&status=now", "alfa-romeo-plants_country-italy_status-now"),
        ("?q=%22%3B%0D%0AX-Evil%3A+1", "alfa-romeo-plants_search-x-evil-1"),
    ],
)
def test_the_file_has_a_name(client: TestClient, query: str, name: str) -> None:
    """Table, filters and day; what was typed cannot break out of the header."""
    answer = client.get(f"/api/plants.csv{query}")
    header = answer.headers["content-disposition"]
    assert re.fullmatch(rf'attachment; filename="{name}_\d{{4}}-\d\d-\d\d\.csv"', header)
    assert "x-evil" not in answer.headers


MISTAKES = [
    (
        "?planet=Mars",
        "There is no parameter “planet”; allowed are: table, country, status, model, year, q, plant.",
    ),
    ("?country=Narnia", "Country: there is no “Narnia” in this table; there is Italy, Mexico."),
    ("?country=Italy&country=Narnia", "Country: there is no “Narnia” in this table; there is Italy, Mexico."),
    ("?status=closed", "Status: there is no “closed” in this table; there is now, before, none."),
    ("?plant=portelo", "There is no plant “portelo” in this table."),
]


@pytest.mark.parametrize(("query", "sentence"), MISTAKES)
def test_a_mistake_is_a_sentence(client: TestClient, query: str, sentence: str) -> None:
    """Status 400 and one sentence that says what is allowed."""
    answer = client.get(f"/api/plants.csv{query}")
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})


@pytest.mark.parametrize("table", ["trains", "", "../plants"])
def test_an_unknown_table(client: TestClient, table: str) -> None:
    """The sentence names the tables that exist."""
    answer = client.get("/api/plants.csv", params={"table": table})
    known = ", ".join(catalog.open_catalog().sheets)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": f"There is no table “{table}”; there is {known}."},
    )


def test_broken_data(client: TestClient, broken: str) -> None:
    """Status 503 and the sentence about the cell."""
    answer = client.get("/api/plants.csv")
    assert (answer.status_code, answer.json()) == (503, {"error": broken})


def test_an_edited_table_is_served_at_once(
    client: TestClient, data_folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction is in the next answer without a restart."""
    monkeypatch.setattr(catalog, "DATA_FOLDER", data_folder)
    assert "Cassino Works" not in client.get("/api/plants.csv").text
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    assert "Cassino Works" in client.get("/api/plants.csv").text


@pytest.mark.parametrize("path", ["/api/plants.csv?country=Italy", "/api/health", "/assets/x/atlas.js"])
def test_head(client: TestClient, path: str) -> None:
    """HEAD gives the headers of GET and no body."""
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/plants.csv",
        "/api/health",
        "/api/nothing",
        "/api/points/x.bin",
        "/api/points/x/names",
        "/assets/x/atlas.js",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(client: TestClient, path: str, method: str) -> None:
    """Only reading is allowed."""
    answer = client.request(method, path)
    allowed = set(answer.headers["allow"].split(", "))
    assert (answer.status_code, allowed) == (405, {"GET", "HEAD"})


@pytest.mark.parametrize("path", ["nothing", "", "plants", "plants.csv/", "../api/x", "<b>", "x" * 200])
def test_an_unknown_path(client: TestClient, path: str) -> None:
    """Status 404 and a sentence that names what there is."""
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"].endswith("”; there is /api/plants.csv and /api/health.")


def test_other_sites_may_read(client: TestClient) -> None:
    """Rows and mistakes can be read by scripts of any site; the health report is for the operator."""
    assert client.get("/api/plants.csv").headers["access-control-allow-origin"] == "*"
    assert client.get("/api/plants.csv?x=1").headers["access-control-allow-origin"] == "*"


# --- health ---


def test_health(client: TestClient) -> None:
    """Version, rows per table, files found, cache; nothing stored in between."""
    answer = client.get("/api/health")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {
        "status": "ok",
        "version": __version__,
        "rows": {key: len(one.table) for key, one in catalog.open_catalog().sheets.items()},
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


def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> catalog.Sheet:
    """An operator's table of `size` plants, of which every seventh has no position."""
    path = tmp_path / "power_plants.csv"
    lines = [
        f'p{n},"Plant {n}, =1",{("Italy", "Peru", "")[n % 3]},{("gas", "coal")[n % 2]},'
        + (",," if n % 7 == 6 else f"{n % 170 - 85},{n % 360 - 180},{n}")
        for n in range(size)
    ]
    path.write_text("\n".join(["id,name,country,fuel,lat,lon,accuracy m", *lines]), encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return catalog.open_catalog().sheet("plants")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> catalog.Sheet:
    """An operator's table of 700 plants, of which 600 have a position."""
    return large(tmp_path, monkeypatch, 700)


def test_the_points_of_a_table(client: TestClient, own: catalog.Sheet) -> None:
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


def test_the_page_names_the_addresses_that_answer(client: TestClient, own: catalog.Sheet) -> None:
    """What the map is told to fetch is there, seen from the page that it stands in."""
    fixed = maps.fixed_config(own)
    root = "http://testserver/component/map/index.html"
    assert client.get(urljoin(root, fixed["points_url"])).content == own.points.packed
    assert client.get(urljoin(root, fixed["names_url"]), params={"rows": "0"}).status_code == 200


def test_the_points_of_our_own_plants(client: TestClient) -> None:
    """Small tables have the address too."""
    sheet = catalog.open_catalog().sheet("plants")
    assert client.get(f"/api/points/{sheet.version}.bin").content == sheet.points.packed


@pytest.mark.parametrize("version", ["0123456789abcdef", "x", "..%2fplants", "%00", "plants"])
@pytest.mark.parametrize("rest", [".bin", "/names?rows=0"])
def test_an_unknown_version(client: TestClient, version: str, rest: str) -> None:
    """Status 404 and what to do; nothing that a browser would keep."""
    answer = client.get(f"/api/points/{version}{rest}")
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_an_old_version_is_gone(
    client: TestClient, own: catalog.Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edited table has another address; that of the old one says to load the page again."""
    new = large(tmp_path, monkeypatch, 701)
    for rest in (".bin", "/names?rows=0"):
        answer = client.get(f"/api/points/{own.version}{rest}")
        assert (answer.status_code, answer.json()) == (
            404,
            {"error": "There is no such table version (any more). Reload the page."},
        )
        assert client.get(f"/api/points/{new.version}{rest}").status_code == 200


def test_points_of_broken_data(client: TestClient, broken: str) -> None:
    """Status 503 and the sentence about the cell."""
    for rest in (".bin", "/names?rows=0"):
        answer = client.get(f"/api/points/0123456789abcdef{rest}")
        assert (answer.status_code, answer.json()) == (503, {"error": broken})


def test_names_of_points(client: TestClient, own: catalog.Sheet) -> None:
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
    sheet = catalog.open_catalog().sheet("plants")
    answer = client.get(f"/api/points/{sheet.version}/names?rows=4,3").json()
    assert (answer["ids"], answer["places"]) == (["toluca", "modena"], ["Toluca, Mexico", "Modena, Italy"])


NO_ROWS = ["", "-1", "600", "0,600", "1.5", "a", "0,,1", "0,", " 0", "٣", "9" * 30, "0;1", "0 1"]


@pytest.mark.parametrize("rows", NO_ROWS)
def test_rows_that_are_none(client: TestClient, own: catalog.Sheet, rows: str) -> None:
    """Status 400 and what is allowed."""
    answer = client.get(f"/api/points/{own.version}/names", params={"rows": rows})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "“rows” must be numbers from 0 to 599, with commas between them."},
    )


def test_rows_left_out(client: TestClient, own: catalog.Sheet) -> None:
    """Without the parameter, the same sentence."""
    assert client.get(f"/api/points/{own.version}/names").status_code == 400


def test_many_names_at_once(client: TestClient, own: catalog.Sheet) -> None:
    """500 are answered; more are asked for in parts, so that nobody makes the server work for a million."""
    url = f"/api/points/{own.version}/names"
    assert len(client.get(url, params={"rows": ",".join(map(str, range(500)))}).json()["ids"]) == 500
    answer = client.get(url, params={"rows": ",".join(["0"] * 501)})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "“rows” may name 500 points at most; ask again for the others."},
    )


def test_a_table_without_a_position(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No point: no byte, and no row to ask for."""
    (tmp_path / "names.csv").write_text("name\nUlsan\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "names.csv"))
    version = catalog.open_catalog().sheet("plants").version
    assert client.get(f"/api/points/{version}.bin").content == b""
    assert client.get(f"/api/points/{version}/names?rows=0").status_code == 400


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
    client: TestClient, own: catalog.Sheet, query: str, count: int
) -> None:
    """Its own columns are the parameters; the file is called as the site, not as ours."""
    answer = client.get(f"/api/plants.csv{query}")
    assert answer.status_code == 200
    assert len(list(csv.reader(io.StringIO(answer.text)))) == count + 1
    assert re.search(
        r'filename="atlas-plants_[a-z0-9_-]+_\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
    )


OWN_MISTAKES = [
    ("?status=now", "There is no parameter “status”; allowed are: table, country, fuel, q, plant."),
    ("?fuel=wind", "Fuel: there is no “wind” in this table; there is coal, gas."),
    ("?plant=cassino", "There is no plant “cassino” in this table."),
    ("?table=sites", "There is no table “sites”; there is plants."),
]


@pytest.mark.parametrize(("query", "sentence"), OWN_MISTAKES)
def test_a_mistake_about_an_operators_table(
    client: TestClient, own: catalog.Sheet, query: str, sentence: str
) -> None:
    """Ours are no parameters of it."""
    answer = client.get(f"/api/plants.csv{query}")
    assert (answer.status_code, answer.json()) == (400, {"error": sentence})


def test_a_large_file_comes_in_parts(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 20,000 rows are sent as they are made: byte for byte the same file, with one header."""
    table = large(tmp_path, monkeypatch, 30_100).table
    whole, part = client.get("/api/plants.csv"), client.get("/api/plants.csv?fuel=gas&country=Italy")
    assert whole.content == exports.csv(table)
    assert part.content == exports.csv(table[(table["fuel"] == "gas") & (table["country"] == "Italy")])
    assert ["content-length" in answer.headers for answer in (whole, part)] == [False, True]
    assert whole.text.count("plant_id,name,") == 1
    for header in ("content-type", "access-control-allow-origin", "cache-control"):
        assert whole.headers[header] == part.headers[header]


def test_a_broken_operators_table(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 503 and its sentence, whatever is asked for; the health report says so too."""
    (tmp_path / "t.csv").write_text("title\nUlsan\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "t.csv"))
    sentence = "t.csv has no column called name, which every plant needs; it has: title."
    for path in ("/api/plants.csv", "/api/points/x.bin", "/api/points/x/names?rows=0"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (503, {"error": sentence})
    health = client.get("/api/health")
    assert (health.status_code, health.json()["status"], health.json()["problems"]) == (
        503,
        "broken",
        [sentence],
    )


def test_health_of_an_operators_table(client: TestClient, own: catalog.Sheet) -> None:
    """Its rows are counted; cells that could not be read do not make it unwell."""
    report = client.get("/api/health").json()
    assert (report["status"], report["rows"], report["problems"]) == ("ok", {"plants": 700}, [])


def test_an_operators_table_below_a_path(own: catalog.Sheet) -> None:
    """With a prefix, the points are below it too, and the page starts to fetch them there."""
    client = server("/atlas")
    url = f"/atlas/api/points/{own.version}.bin"
    assert client.get(url).content == own.points.packed
    assert client.get(f"/atlas/api/points/{own.version}/names?rows=0").json()["ids"] == ["p0"]
    assert client.get(url.removeprefix("/atlas")).status_code == 404
    assert f'["{url}", "/atlas/assets/{bundle.version()}/atlas.js"' in client.get("/atlas/").text


def test_a_small_table_is_not_fetched_early(client: TestClient) -> None:
    """Its points are in the page."""
    assert "/api/points/" not in client.get("/").text


def test_the_page_of_a_broken_table(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent all the same: the page itself says what is wrong."""
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "nowhere.csv"))
    answer = client.get("/")
    assert (answer.status_code, "[].forEach(" in answer.text) == (200, True)


# --- assets ---

ASSETS = [
    ("atlas.js", "text/javascript; charset=utf-8", b"AtlasPlants"),
    ("basemap/world.json", "application/json", b"{"),
]


@pytest.mark.parametrize(("name", "media_type", "part"), ASSETS)
def test_a_browser_file(client: TestClient, name: str, media_type: str, part: bytes) -> None:
    """Compressed for those who take it, plain for the others: the same content."""
    url = f"/assets/{bundle.version()}/{name}"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert (plain.status_code, plain.headers["content-type"]) == (200, media_type)
    assert part in plain.content
    assert packed.content == plain.content == gzip.decompress(bundle.read(name).gzipped)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert (plain.headers["vary"], packed.headers["vary"]) == ("Accept-Encoding", "Accept-Encoding")
    assert int(packed.headers["content-length"]) == len(bundle.read(name).gzipped)


def test_a_browser_that_refuses_gzip(client: TestClient) -> None:
    """ "gzip;q=0" means: anything but gzip."""
    answer = client.get("/assets/x/atlas.js", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in answer.headers


def test_only_the_present_version_is_kept_for_ever(client: TestClient) -> None:
    """The current address never changes its content; any other is asked about again."""
    for name, _, _ in ASSETS:
        current = client.get(f"/assets/{bundle.version()}/{name}")
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
        "card.html",
    ],
)
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    """Names that are not listed, and tricks with paths, are 404 with a sentence."""
    answer = client.get(f"/assets/x/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("There is no browser file “")


def test_no_server_but_ours_is_named_in_our_files() -> None:
    """Scripts and styles fetch nothing from elsewhere: no import, no URL in a style, no fetched address."""
    style = bundle.css()
    assert ".leaflet-pane" in style
    assert re.findall(r"@import", style) == []
    assert [
        url[:30] for url in re.findall(r"url\(['\"]?([^)]*)", style) if not url.startswith(("data:", "#"))
    ] == []
    script = bundle.read("atlas.js").content.decode()
    assert re.findall(r"(?:fetch|import|src\s*=)\s*\(?\s*[\"'`](?:https?:)?//", script) == []


# --- headers ---

EVERYTHING = [
    "/",
    "/sources",
    "/nothing",
    "/api/plants.csv",
    "/api/plants.csv?x=1",
    "/api/health",
    "/api/nothing",
    "/api/points/x.bin",
    "/api/points/x/names",
    "/assets/x/atlas.js",
    "/assets/x/nothing",
]


@pytest.mark.parametrize("path", EVERYTHING)
def test_every_answer_is_guarded(client: TestClient, path: str) -> None:
    """Nothing may come in but our own files and the optional layers, whatever is answered."""
    for answer in (client.get(path), client.post(path)):
        headers = answer.headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["connect-src"] == "'self'"
        assert policy["object-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'self'"
        assert re.findall(r"https?:\S+", policy["img-src"]) == [
            "https://server.arcgisonline.com",
            "https://tile.openstreetmap.org",
        ]
        assert [name for name, value in policy.items() if "http" in value] == ["img-src"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"


def test_hosts_of_layers() -> None:
    """Each host once, in order, always encrypted."""
    policy = api.security_headers(["https://b.org/{z}", "http://a.org:8080/x", "https://b.org/y"])
    assert "img-src 'self' data: blob: https://a.org https://b.org;" in policy["Content-Security-Policy"]


# --- pages ---


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_first_answer_of_a_page(prefix: str) -> None:
    """Every page: our title and description for readers and search engines, no address of anyone else."""
    client = server(prefix)
    for page in PAGES:
        answer = client.get(f"{prefix}/{page}?country=Italy")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        assert answer.text == api.page_html(SHELL, prefix, title=site.ALFA.title, words=site.ALFA.words)


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_page_itself(prefix: str) -> None:
    """Title, description and the address of the server, which is below the prefix."""
    page = api.page_html(SHELL, prefix, title=site.ALFA.title, words=site.ALFA.words)
    assert page.count("<title>") == 1
    assert f"<title>{site.ALFA.title}</title>" in page
    assert f'<meta name="description" content="{site.ALFA.words}">' in page
    assert f'BACKEND_BASE_URL: location.origin + "{prefix}/"' in page
    assert f'"{prefix}/assets/{bundle.version()}/atlas.js"' in page
    without_comments = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", without_comments) == []


def test_title_and_words_are_text(hostile: str) -> None:
    """Whatever the site is called, it is no markup."""
    page = api.page_html("<title>Streamlit</title>", "", title=hostile, words=hostile)
    assert page.count("<script>") == page.count("</script>") == 1
    assert re.findall(r"<img|onerror=alert\(1\)>(?!&)", page.replace("&gt;", "")) == []


def test_below_a_path() -> None:
    """With a prefix everything is below it and nothing beside it."""
    client = server("/atlas")
    assert client.get("/atlas/api/plants.csv?country=Mexico").text.count("\n") == 2
    assert client.get("/atlas/api/health").json()["status"] == "ok"
    assert client.get("/atlas/assets/x/atlas.js").status_code == 200
    assert client.get("/atlas/api/nothing").status_code == 404
    assert client.get("/api/plants.csv").status_code == 404


# --- select ---


def test_a_request_becomes_a_selection() -> None:
    """The API and the pages read an address alike."""
    params: list[tuple[str, str]] = [("country", "italy"), ("country", "Mexico"), ("plant", "toluca")]
    answer = api.select(params, catalog.open_catalog())
    assert answer.selection == filters.Selection("plants", (("country", ("Italy", "Mexico")),), "", "toluca")
    assert answer.sheet.key == "plants"


def test_the_error_is_json_everywhere(client: TestClient) -> None:
    """A script can rely on {"error": sentence}."""
    answers: list[Any] = [client.get(path) for path in ("/api/plants.csv?x=1", "/api/x", "/assets/x/y")]
    assert [list(answer.json()) for answer in answers] == [["error"]] * 3
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}

"""The API: the same rows as the pages, mistakes as sentences, files that a browser may keep."""

import csv
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import streamlit
from httpx2 import Response
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from atlas import __version__, paths, site
from atlas.catalog import filters, loader, sheets
from atlas.catalog.loader import Library
from atlas.drawing import browser_files, folium_map
from atlas.export import csv_file, formats
from atlas.web import link_card, responses, routes

Edit = Callable[[str, str, str], None]
Serve = Callable[[Path], Library]
SHELL = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
PAGES = [row.url_path for row in site.PAGES]


def server(prefix: str = "") -> TestClient:
    """The API and the pages' first answer as dashboard.py puts them together, without Streamlit."""
    pages = routes.page_routes(prefix, PAGES, SHELL, title=site.ALFA.title, words=site.ALFA.words)
    app = Starlette(routes=[*routes.routes(prefix), *pages], middleware=[Middleware(routes.SecurityHeaders)])
    return TestClient(app)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return server()


@pytest.fixture
def broken(data_folder: Path, edit: Edit, serve: Serve) -> str:
    """The product's data has a wrong cell; the sentence about it."""
    edit("plants.csv", ",IT,", ",ITA,")
    serve(data_folder)
    words = "the value “ITA” must be a two-letter country code such as IT."
    return f"plants.csv, row 2, column country_code: {words}"


def problem(answer: Response) -> tuple[int, str]:
    """Status and sentence of a mistake, which must be said as RFC 9457 says it."""
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert said == {
        "type": "about:blank",
        "title": HTTPStatus(answer.status_code).phrase,
        "status": answer.status_code,
        "detail": said["error"],
        "error": said["error"],
    }
    assert "Traceback" not in said["error"]
    return answer.status_code, said["error"]


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
        ("?q=%22%3B%0D%0AX-Evil%3A+1", "alfa-romeo-plants_search-x-evil-1"),
    ],
)
def test_the_file_has_a_name(client: TestClient, query: str, name: str) -> None:
    """Table, filters and day; what was typed cannot break out of the header."""
    answer = client.get(f"/api/plants.csv{query}")
    header = answer.headers["content-disposition"]
    assert re.fullmatch(rf'attachment; filename="{name}_\d{{4}}-\d\d-\d\d\.csv"', header)
    assert "x-evil" not in answer.headers


ALLOWED = ["table", "country", "status", "model", "year", "q", "plant", "limit", "offset", "bom"]
MISTAKES = [
    (
        "?planet=Mars",
        f"There is no parameter “planet”; allowed are: {', '.join(ALLOWED)}.",
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
    assert problem(answer) == (400, sentence)


@pytest.mark.parametrize("table", ["trains", "", "../plants"])
def test_an_unknown_table(client: TestClient, table: str) -> None:
    """The sentence names the tables that exist."""
    answer = client.get("/api/plants.csv", params={"table": table})
    known = ", ".join(loader.open_catalog().sheets)
    assert problem(answer) == (400, f"There is no table “{table}”; there is {known}.")


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
    assert problem(answer) == (405, "This address can only be read: use GET or HEAD.")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["nothing", "", "plants", "plants.csv/", "../api/x", "<b>", "x" * 200])
def test_an_unknown_path(client: TestClient, path: str) -> None:
    """Status 404 and a sentence that names what there is."""
    answer = client.get(f"/api/{path}")
    status, sentence = problem(answer)
    assert status == 404
    assert re.findall(r"/api/[\w.]+(?=,|\.$)", sentence) == [
        *(form.path for form in formats.FORMATS),
        "/api/preview.png",
        "/api/openapi.json",
        "/api/health",
    ]


def test_other_sites_may_read(client: TestClient) -> None:
    """Rows and mistakes can be read by scripts of any site; the health report is for the operator."""
    assert client.get("/api/plants.csv").headers["access-control-allow-origin"] == "*"
    assert client.get("/api/plants.csv?x=1").headers["access-control-allow-origin"] == "*"


# --- every format ---

FILES = [form.file for form in formats.FORMATS]


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
    export = routes.exported(params, loader.open_catalog(), form)
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


def test_what_only_a_page_understands(client: TestClient) -> None:
    """A page's address works as it is: how it looks does not matter."""
    page = "country=Italy&plant=modena&from=cassino&unit=miles&embed=true&embed_options=dark_theme&car=x"
    same = client.get("/api/plants.csv?country=Italy").content
    assert client.get(f"/api/plants.csv?{page}").content == same


# --- pieces ---


def piece(client: TestClient, query: str) -> tuple[list[str], dict[str, str]]:
    """Ids of a piece, and where its header Link leads."""
    answer = client.get(f"/api/plants.csv{query}")
    assert answer.headers["x-total-count"] == "5"
    ids = [row["plant_id"] for row in csv.DictReader(io.StringIO(answer.text))]
    found = re.findall(r'<([^>]*)>; rel="([\w-]+)"', answer.headers["link"])
    return ids, {relation: address for address, relation in found}


def test_a_table_in_pieces(client: TestClient) -> None:
    """Following "next" from the first piece gives every row once; "prev" leads back; the total is told."""
    ids, links = piece(client, "?limit=2")
    assert "prev" not in links
    assert links["first"] == "?limit=2&offset=0"
    assert links["last"] == "?limit=2&offset=4"
    seen = [ids]
    while "next" in links:
        ids, links = piece(client, links["next"])
        seen.append(ids)
    assert seen == [["cassino", "pomigliano"], ["melfi", "modena"], ["toluca"]]
    assert links["prev"] == "?limit=2&offset=2"


def test_a_piece_keeps_the_selection(client: TestClient) -> None:
    """Links hold the filters, escaped."""
    answer = client.get("/api/plants.json", params={"q": "a >b", "limit": 1, "table": "sites"})
    assert '<?q=a+%3Eb&table=sites&limit=1&offset=0>; rel="first"' in answer.headers["link"]


def test_without_a_limit_there_are_no_pieces(client: TestClient) -> None:
    """All rows come at once, as ever; the description is linked all the same."""
    assert piece(client, "?offset=3") == (["modena", "toluca"], {"service-desc": "openapi.json"})


def test_a_piece_behind_the_end(client: TestClient) -> None:
    """An empty table with its header, and links that lead back."""
    ids, links = piece(client, "?limit=2&offset=99")
    assert (ids, links["last"], "next" in links) == ([], "?limit=2&offset=4", False)


@pytest.mark.parametrize(("offset", "name"), [("", "rows-1-to-2"), ("&offset=4", "rows-5-to-5")])
def test_a_piece_says_so_in_its_name(client: TestClient, offset: str, name: str) -> None:
    """Two pieces of a table do not overwrite each other on a disk."""
    header = client.get(f"/api/plants.csv?limit=2{offset}").headers["content-disposition"]
    assert f"_all_{name}_" in header


WRONG = ["limit=0", "limit=-1", "limit=x", "limit=", "limit=1e3", "limit=1&limit=2", "offset=-1", "bom=2"]


@pytest.mark.parametrize("query", [*WRONG, "limit=99999999999", "offset=٣", "offset=1.5", "limit=%00"])
def test_pieces_that_are_none(client: TestClient, query: str) -> None:
    """A sentence that names the parameter and what it may be."""
    status, sentence = problem(client.get(f"/api/plants.csv?{query}"))
    assert (status, sentence.startswith(f"“{query.split('=')[0]}” must be one whole number")) == (400, True)


# --- what is kept, compressed, asked ---


@pytest.mark.parametrize("file", FILES)
def test_an_answer_that_has_not_changed(client: TestClient, file: str) -> None:
    """Its tag is answered with 304 and nothing else; the tag depends on format, selection and piece."""
    answer = client.get(f"/api/{file}?country=Italy")
    tag = answer.headers["etag"]
    assert answer.headers["cache-control"] == "no-cache"
    for known in (tag, f'"x", {tag}', "*", tag.removeprefix("W/")):
        again = client.get(f"/api/{file}?country=Italy", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    others = [f"/api/{file}?country=Mexico", f"/api/{file}", *(f"/api/{one}?country=Italy" for one in FILES)]
    others = [address for address in others if address != f"/api/{file}?country=Italy"]
    tags = {client.get(address).headers["etag"] for address in others}
    assert (len(tags), tag in tags) == (len(others), False)


def test_another_tag_is_another_answer(client: TestClient) -> None:
    """A tag that is not ours brings the file."""
    for known in ('"x"', 'W/"x"', "x", "", '"*"'):
        assert client.get("/api/plants.csv", headers={"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize(
    ("file", "path"), [("plants.csv", "plants.csv"), ("sources.csv", "sources.csv"), ("plants.csv", "api.py")]
)
def test_a_changed_table_has_another_tag(
    client: TestClient,
    data_folder: Path,
    edit: Edit,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    path: str,
) -> None:
    """One cell of the table, or of the table of sources, or our code."""
    serve(data_folder)
    before = client.get(f"/api/{file}").headers["etag"]
    if path == "api.py":
        monkeypatch.setattr(responses, "code_version", lambda: "another")
    else:
        edit(path, "Cassino Plant,", "Cassino Works,")
    assert client.get(f"/api/{file}", headers={"If-None-Match": before}).status_code == 200


def test_the_tag_covers_every_file_of_the_program() -> None:
    """Modules, scripts, styles and templates in any folder; what Python compiles of them is none."""
    files = set(responses.program_files())
    assert {paths.ATLAS / "errors.py", paths.ATLAS / "web" / "responses.py"} < files
    assert {paths.ASSETS / "map" / "plants.js", paths.ASSETS / "templates" / "card.html"} < files
    assert [path for path in files if path.suffix == ".pyc"] == []


@pytest.mark.parametrize("size", [5, 30_100])
def test_compressed(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """For those who take it, whether small or in parts: the same bytes, a fraction of the size."""
    if size > 5:
        large(tmp_path, monkeypatch, size)
    plain = client.get("/api/plants.csv", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", "/api/plants.csv", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 1.5
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"


def test_a_workbook_is_not_compressed_twice(client: TestClient) -> None:
    """It is a zip file already."""
    answer = client.get("/api/plants.xlsx", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.content[:2] == b"PK"


def test_head_of_a_large_file_makes_none(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its headers come without a row being written."""
    large(tmp_path, monkeypatch, 30_100)
    get = client.get("/api/plants.csv")
    monkeypatch.setattr(csv_file, "_csv_rows", None)
    head = client.head("/api/plants.csv")
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


@pytest.mark.parametrize("path", ["/api/plants.csv", "/api/openapi.json", "/api/points/x.bin", "/assets/x/y"])
def test_asking_before_reading(client: TestClient, path: str) -> None:
    """A browser may ask for another site whether it may read, and is told."""
    ask = {"Origin": "https://a.example", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(path, headers=ask)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "*"


def test_what_other_sites_may_see(client: TestClient) -> None:
    """Links, total, tag and name can be read by scripts; the health report stays the operator's."""
    told = client.get("/api/plants.csv").headers["access-control-expose-headers"].split(", ")
    assert told == ["Link", "X-Total-Count", "ETag", "Content-Disposition"]
    for method in ("GET", "OPTIONS"):
        assert "access-control-allow-origin" not in client.request(method, "/api/health").headers


# --- anything at all ---

NAMES = st.sampled_from(
    ["table", "country", "status", "model", "year", "q", "plant", "limit", "offset", "bom"]
)
VALUES = st.sampled_from(["plants", "sites", "Italy", "now", "2016", "1", "0", "cassino"]) | st.text(
    max_size=9
)


@settings(max_examples=150)
@given(
    st.sampled_from([*FILES, "openapi.json", "health", "points/x.bin", "points/x/names"]),
    st.lists(st.tuples(NAMES | st.text(max_size=6), VALUES), max_size=4),
    st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "BREW"]),
    st.dictionaries(
        st.sampled_from(["If-None-Match", "Accept-Encoding", "Origin", "Range"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    ),
)
def test_nothing_breaks_it(
    client: TestClient, file: str, params: list[tuple[str, str]], method: str, headers: dict[str, str]
) -> None:
    """Whatever is asked: an answer or a sentence, never a failure of the server."""
    answer = client.request(method, f"/api/{file}", params=params, headers=headers)
    if answer.status_code not in (200, 204, 304):
        assert answer.status_code in (400, 404, 405)
        assert method == "HEAD" or problem(answer)


@settings(max_examples=60)
@given(st.binary(max_size=30))
def test_no_query_breaks_it(client: TestClient, raw: bytes) -> None:
    """Bytes that are no text at all."""
    query = "".join(f"%{byte:02x}" if byte > 126 or byte < 33 else chr(byte) for byte in raw)
    assert client.get(f"/api/plants.json?{query.replace('#', '')}").status_code in (200, 400)


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


def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> sheets.Sheet:
    """An operator's table of `size` plants, of which every seventh has no position."""
    path = tmp_path / "power_plants.csv"
    lines = [
        f'p{n},"Plant {n}, =1",{("Italy", "Peru", "")[n % 3]},{("gas", "coal")[n % 2]},'
        + (",," if n % 7 == 6 else f"{n % 170 - 85},{n % 360 - 180},{n}")
        for n in range(size)
    ]
    path.write_text("\n".join(["id,name,country,fuel,lat,lon,accuracy m", *lines]), encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return loader.open_catalog().sheet("plants")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sheets.Sheet:
    """An operator's table of 700 plants, of which 600 have a position."""
    return large(tmp_path, monkeypatch, 700)


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
        assert problem(answer) == (404, "There is no such table version (any more). Reload the page.")
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


NO_ROWS = ["", "-1", "600", "0,600", "1.5", "a", "0,,1", "0,", " 0", "٣", "9" * 30, "0;1", "0 1"]


@pytest.mark.parametrize("rows", NO_ROWS)
def test_rows_that_are_none(client: TestClient, own: sheets.Sheet, rows: str) -> None:
    """Status 400 and what is allowed."""
    answer = client.get(f"/api/points/{own.version}/names", params={"rows": rows})
    assert problem(answer) == (400, "“rows” must be numbers from 0 to 599, with commas between them.")


def test_rows_left_out(client: TestClient, own: sheets.Sheet) -> None:
    """Without the parameter, the same sentence."""
    assert client.get(f"/api/points/{own.version}/names").status_code == 400


def test_many_names_at_once(client: TestClient, own: sheets.Sheet) -> None:
    """500 are answered; more are asked for in parts, so that nobody makes the server work for a million."""
    url = f"/api/points/{own.version}/names"
    assert len(client.get(url, params={"rows": ",".join(map(str, range(500)))}).json()["ids"]) == 500
    answer = client.get(url, params={"rows": ",".join(["0"] * 501)})
    assert problem(answer) == (400, "“rows” may name 500 points at most; ask again for the others.")


def test_a_table_without_a_position(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No point: no byte, and no row to ask for."""
    (tmp_path / "names.csv").write_text("name\nUlsan\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "names.csv"))
    version = loader.open_catalog().sheet("plants").version
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
    client: TestClient, own: sheets.Sheet, query: str, count: int
) -> None:
    """Its own columns are the parameters; the file is called as the site, not as ours."""
    answer = client.get(f"/api/plants.csv{query}")
    assert answer.status_code == 200
    assert len(list(csv.reader(io.StringIO(answer.text)))) == count + 1
    assert re.search(
        r'filename="atlas-plants_[a-z0-9_-]+_\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
    )


OWN_MISTAKES = [
    (
        "?status=now",
        "There is no parameter “status”; allowed are: table, country, fuel, q, plant, limit, offset, bom.",
    ),
    ("?fuel=wind", "Fuel: there is no “wind” in this table; there is coal, gas."),
    ("?plant=cassino", "There is no plant “cassino” in this table."),
    ("?table=sites", "There is no table “sites”; there is plants."),
]


@pytest.mark.parametrize(("query", "sentence"), OWN_MISTAKES)
def test_a_mistake_about_an_operators_table(
    client: TestClient, own: sheets.Sheet, query: str, sentence: str
) -> None:
    """Ours are no parameters of it."""
    answer = client.get(f"/api/plants.csv{query}")
    assert problem(answer) == (400, sentence)


def test_a_large_file_comes_in_parts(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 20,000 rows are sent as they are made: byte for byte the same file, with one header."""
    table = large(tmp_path, monkeypatch, 30_100).table
    whole, part = client.get("/api/plants.csv"), client.get("/api/plants.csv?fuel=gas&country=Italy")
    assert whole.content == csv_file.csv(table)
    assert part.content == csv_file.csv(table[(table["fuel"] == "gas") & (table["country"] == "Italy")])
    assert ["content-length" in answer.headers for answer in (whole, part)] == [False, True]
    assert whole.text.count("plant_id,name,") == 1
    for header in ("content-type", "access-control-allow-origin", "cache-control"):
        assert whole.headers[header] == part.headers[header]


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


def test_an_operators_table_below_a_path(own: sheets.Sheet) -> None:
    """With a prefix, the points are below it too, and the page starts to fetch them there."""
    client = server("/atlas")
    url = f"/atlas/api/points/{own.version}.bin"
    assert client.get(url).content == own.points.packed
    assert client.get(f"/atlas/api/points/{own.version}/names?rows=0").json()["ids"] == ["p0"]
    assert client.get(url.removeprefix("/atlas")).status_code == 404
    assert f'["{url}", "/atlas/assets/{browser_files.version()}/atlas.js"' in client.get("/atlas/").text


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
    policy = routes.security_headers(["https://b.org/{z}", "http://a.org:8080/x", "https://b.org/y"])
    assert "img-src 'self' data: blob: https://a.org https://b.org;" in policy["Content-Security-Policy"]


# --- pages ---


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_first_answer_of_a_page(prefix: str) -> None:
    """Every page: what it shows in words for readers and search engines (see test_preview.py)."""
    client = server(prefix)
    for page in PAGES:
        answer = client.get(f"{prefix}/{page}?country=Italy")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        root = f"http://testserver{prefix}"
        card = link_card.card(loader.open_catalog(), site.ALFA, page, [("country", "Italy")], root=root)
        words = {"title": card.title, "words": card.words, "tags": card.tags}
        assert answer.text == routes.page_html(SHELL, prefix, **words)


def test_a_page_without_tables_has_a_title(broken: str) -> None:
    """The page itself says what is wrong; its first answer is the site's."""
    page = server().get("/").text
    assert page == routes.page_html(SHELL, "", title=site.ALFA.title, words=site.ALFA.words)


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_page_itself(prefix: str) -> None:
    """Title, description and the address of the server, which is below the prefix."""
    page = routes.page_html(SHELL, prefix, title=site.ALFA.title, words=site.ALFA.words)
    assert page.count("<title>") == 1
    assert f"<title>{site.ALFA.title}</title>" in page
    assert f'<meta name="description" content="{site.ALFA.words}">' in page
    assert f'BACKEND_BASE_URL: location.origin + "{prefix}/"' in page
    assert f'"{prefix}/assets/{browser_files.version()}/atlas.js"' in page
    without_comments = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", without_comments) == []


def test_title_and_words_are_text(hostile: str) -> None:
    """Whatever the site is called, it is no markup."""
    page = routes.page_html("<title>Streamlit</title>", "", title=hostile, words=hostile)
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
    answer = routes.select(params, loader.open_catalog())
    assert answer.selection == filters.Selection("plants", (("country", ("Italy", "Mexico")),), "", "toluca")
    assert answer.sheet.key == "plants"


def test_the_error_is_json_everywhere(client: TestClient) -> None:
    """A script can rely on {"error": sentence}, whatever else is said."""
    responses: list[Any] = [client.get(path) for path in ("/api/plants.csv?x=1", "/api/x", "/assets/x/y")]
    assert [problem(answer)[0] for answer in responses] == [400, 404, 404]

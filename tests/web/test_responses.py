"""Responses: who may read them, what is kept, compressed and sent in pieces, and how problems look."""

import csv
import gzip
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from atlas import paths
from atlas.export import csv_file
from atlas.web import responses
from tests.web.server import FILES, Edit, Serve, large, problem


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


def test_other_sites_may_read(client: TestClient) -> None:
    """Rows and mistakes can be read by scripts of any site; the health report is for the operator."""
    assert client.get("/api/plants.csv").headers["access-control-allow-origin"] == "*"
    assert client.get("/api/plants.csv?x=1").headers["access-control-allow-origin"] == "*"


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


def test_the_error_is_json_everywhere(client: TestClient) -> None:
    """A script can rely on {"error": sentence}, whatever else is said."""
    responses: list[Any] = [client.get(path) for path in ("/api/plants.csv?x=1", "/api/x", "/assets/x/y")]
    assert [problem(answer)[0] for answer in responses] == [400, 404, 404]


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


def test_a_change_of_any_file_of_the_program_changes_every_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules, scripts, styles, templates in any folder, and a new file; not what Python compiles of them."""
    copy = tmp_path / "atlas"
    shutil.copytree(paths.ATLAS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(responses, "ATLAS", copy)
    monkeypatch.setattr(responses, "code_version", responses.code_version.__wrapped__)
    (copy / "web" / "__pycache__").mkdir()
    tags = [responses.etag("plants.csv")]
    (copy / "web" / "__pycache__" / "routes.cpython-311.pyc").write_bytes(b"compiled")
    assert responses.etag("plants.csv") == tags[0]
    first_files = {path.parent: path for path in reversed(responses.program_files())}
    folders = {folder.relative_to(copy).as_posix() for folder in first_files}
    assert {".", "web", "importing/files", "drawing/browser/map", "drawing/browser/templates"} < folders
    for path in first_files.values():
        path.write_bytes(path.read_bytes() + b"\n")
        tags.append(responses.etag("plants.csv"))
    (copy / "web" / "new.py").touch()
    tags.append(responses.etag("plants.csv"))
    assert len(set(tags)) == len(first_files) + 2


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

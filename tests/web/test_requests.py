"""Requests: parameters of an address become rows, or a sentence that says what is allowed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from atlas.catalog import filters, loader, sheets
from atlas.web import requests
from tests.web.server import FILES, problem


def test_a_request_becomes_a_selection() -> None:
    """The API and the pages read an address alike."""
    params: list[tuple[str, str]] = [("country", "italy"), ("country", "Mexico"), ("plant", "toluca")]
    answer = requests.select(params, loader.open_catalog())
    assert answer.selection == filters.Selection("plants", (("country", ("Italy", "Mexico")),), "", "toluca")
    assert answer.sheet.key == "plants"


ALLOWED_OF_FUEL = ["table", "country", "fuel", "q", "plant", "pin", "limit", "offset", "pinned", "bom"]
ALLOWED = [
    *("table", "country", "status", "model", "year", "q", "plant", "pin"),
    *("limit", "offset", "pinned", "bom"),
]


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


def test_what_only_a_page_understands(client: TestClient) -> None:
    """A page's address works as it is: how it looks does not matter."""
    page = "country=Italy&plant=modena&from=cassino&unit=miles&embed=true&embed_options=dark_theme&car=x"
    same = client.get("/api/plants.csv?country=Italy").content
    assert client.get(f"/api/plants.csv?{page}").content == same


WRONG = ["limit=0", "limit=-1", "limit=x", "limit=", "limit=1e3", "limit=1&limit=2", "offset=-1", "bom=2"]


@pytest.mark.parametrize("query", [*WRONG, "limit=99999999999", "offset=٣", "offset=1.5", "limit=%00"])
def test_pieces_that_are_none(client: TestClient, query: str) -> None:
    """A sentence that names the parameter and what it may be."""
    status, sentence = problem(client.get(f"/api/plants.csv?{query}"))
    assert (status, sentence.startswith(f"“{query.split('=')[0]}” must be one whole number")) == (400, True)


OWN_MISTAKES = [
    (
        "?status=now",
        f"There is no parameter “status”; allowed are: {', '.join(ALLOWED_OF_FUEL)}.",
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


NO_ROWS = ["", "-1", "1.5", "a", "0,,1", "0,", " 0", "٣", "9" * 30, "0;1", "0 1"]


@pytest.mark.parametrize("rows", NO_ROWS)
def test_rows_that_are_none(client: TestClient, own: sheets.Sheet, rows: str) -> None:
    """Status 400 and what is allowed."""
    answer = client.get(f"/api/points/{own.version}/names", params={"rows": rows})
    assert problem(answer) == (400, "“rows” must be numbers from 0 to 599, with commas between them.")


@pytest.mark.parametrize("rows", ["600", "0,600", "999999999"])
def test_points_that_do_not_exist(client: TestClient, own: sheets.Sheet, rows: str) -> None:
    """Status 404 and how many there are."""
    answer = client.get(f"/api/points/{own.version}/names", params={"rows": rows})
    words = "“rows” must be numbers from 0 to 599, with commas between them."
    assert problem(answer) == (404, words)


def test_rows_left_out(client: TestClient, own: sheets.Sheet) -> None:
    """Without the parameter, the same sentence."""
    assert client.get(f"/api/points/{own.version}/names").status_code == 400


def test_many_names_at_once(client: TestClient, own: sheets.Sheet) -> None:
    """500 are answered; more are asked for in parts, so that nobody makes the server work for a million."""
    url = f"/api/points/{own.version}/names"
    assert len(client.get(url, params={"rows": ",".join(map(str, range(500)))}).json()["ids"]) == 500
    answer = client.get(url, params={"rows": ",".join(["0"] * 501)})
    assert problem(answer) == (400, "“rows” may name 500 points at most; ask again for the others.")


NAMES = st.sampled_from(ALLOWED)


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

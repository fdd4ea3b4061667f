"""The API's description: valid, complete, and true, as every example in it is asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import site
from atlas.catalog import filters, loader
from atlas.export import formats
from atlas.web import openapi
from atlas.web import routes as routes_


def described(prefix: str = "") -> dict[str, Any]:
    client = TestClient(Starlette(routes=routes_.routes(prefix)))
    answer = client.get(f"{prefix}/api/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return described()


def test_it_is_a_description(ours: dict[str, Any]) -> None:
    """An independent validator accepts it as OpenAPI 3.1."""
    assert ours["openapi"] == openapi.VERSION
    validate(ours)


@pytest.mark.parametrize(
    "table", ["name\n", "name,country,fuel\na,Italy,gas\nb,Italy,gas\nc,Peru,coal\nd,Peru,coal\n"]
)
def test_an_operators_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """Its own filters are described, and no file that there is not; an empty table will do."""
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "t.csv"))
    own = described()
    validate(own)
    assert "/api/sources.csv" not in own["paths"]
    keys = [row.key for row in loader.open_catalog().sheet("plants").index.filters]
    assert [name for name in own["components"]["parameters"] if name in keys] == keys


def test_every_address_is_described(ours: dict[str, Any]) -> None:
    """The description has exactly the routes below /api, but for that of a visitor's own rows."""
    routes = {route.path for route in routes_.routes() if route.path.startswith("/api/")}
    assert set(ours["paths"]) == routes - {"/api/{path:path}", "/api/rejects/{key}.csv"}


@pytest.mark.parametrize("form", formats.FORMATS, ids=[form.file for form in formats.FORMATS])
def test_every_parameter_is_described(ours: dict[str, Any], form: formats.Format) -> None:
    """Each file names the parameters that its address takes, no more and no less."""
    named = [one["$ref"].split("/")[-1] for one in ours["paths"][form.path]["get"]["parameters"]]
    assert named == [
        *(filters.TABLE, *(row.key for row in filters.FILTERS), filters.PLANT, filters.PINS),
        *form.options,
    ]


def examples(found: dict[str, Any]) -> list[str]:
    """An address for each file and each parameter that it takes."""
    parameters = found["components"]["parameters"]
    asked = []
    for path in (form.path for form in formats.FORMATS):
        for reference in found["paths"][path]["get"]["parameters"]:
            parameter = parameters[reference["$ref"].split("/")[-1]]
            value = parameter["example"]
            asked.append(f"{path}?{parameter['name']}={value[0] if isinstance(value, list) else value}")
    return asked


def test_every_example_works(ours: dict[str, Any]) -> None:
    """What the description gives as an example is answered with the media type that it says."""
    client = TestClient(Starlette(routes=routes_.routes()))
    asked = examples(ours)
    assert len(asked) > 40
    for address in asked:
        answer = client.head(address)
        content = ours["paths"][address.split("?")[0]]["get"]["responses"]["200"]["content"]
        assert (address, answer.status_code, [answer.headers["content-type"]]) == (
            address,
            200,
            list(content),
        )


def test_the_schema_of_a_plant_is_that_of_the_rows(ours: dict[str, Any]) -> None:
    """Each column of a row has the type that the description says."""
    kinds = {"string": str, "integer": int, "number": float, "null": type(None)}
    columns = ours["components"]["schemas"]["Plant"]["properties"]
    rows = TestClient(Starlette(routes=routes_.routes())).get("/api/plants.json").json()["rows"]
    assert rows
    for row in rows:
        assert list(row) == [name for name in row if name in columns]
        wrong = [
            name
            for name, value in row.items()
            if type(value) not in [kinds[kind] for kind in columns[name]["type"]]
        ]
        assert wrong == []


def test_an_example_of_a_mistake_is_a_mistake(ours: dict[str, Any]) -> None:
    """The problem that the description shows is what is really answered."""
    answer = TestClient(Starlette(routes=routes_.routes())).get("/api/plants.csv?country=Narnia")
    assert answer.json() == ours["components"]["schemas"]["Problem"]["example"]


def test_below_a_path() -> None:
    """The description says where the server runs."""
    assert described("/atlas")["servers"] == [{"url": "/atlas"}]
    assert described()["servers"] == [{"url": "/"}]


def test_it_is_made_of_json() -> None:
    """It can be written to a file as it is."""
    found = openapi.describe(loader.open_catalog(), site.ALFA, server="/")
    assert json.loads(json.dumps(found)) == found

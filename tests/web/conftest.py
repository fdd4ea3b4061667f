"""What the tests of the web share: a client, broken data, an operator's table."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from atlas.catalog import sheets
from tests.web.server import Edit, Serve, large, server


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


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sheets.Sheet:
    """An operator's table of 700 plants, of which 600 have a position."""
    return large(tmp_path, monkeypatch, 700)

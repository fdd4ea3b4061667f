"""Empty databases: every test with `env` holds for SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from atlas.geocoding import database
from tests import postgres
from tests.nominatim import Clock


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with postgres.running() as url:
        yield url


@pytest.fixture
def emptied(server_url: str) -> str:
    """The address of a PostgreSQL in which no atlas has ever been."""
    opened = database.Database(database.address({"ATLAS_DATABASE_URL": server_url}, Path()))
    with opened.writing() as connection:
        tables = sql.MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
    return server_url


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def env(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Settings of an empty database."""
    own = {"ATLAS_CACHE_DIR": str(tmp_path / "own")}
    if request.param == "PostgreSQL":
        own["ATLAS_DATABASE_URL"] = request.getfixturevalue("emptied")
    return own


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000.0)

"""Empty databases and caches, and a geocoder on this machine.

Every test with `env` holds for SQLite and PostgreSQL.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sql

from atlas.geocoding import database
from atlas.geocoding.csv_cache import FileCache
from atlas.geocoding.service import Ask
from tests.geocoding.asking import FIVE, asker
from tests.nominatim import Clock, NominatimServer, place


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


@pytest.fixture
def server(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[NominatimServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with NominatimServer(clock) as server:
        server.places = {address: place(lat, lon) for _, _, address, lat, lon in FIVE}
        yield server


@pytest.fixture
def ask(server: NominatimServer, clock: Clock) -> Ask:
    return asker(server, clock)


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache(tmp_path / "cache" / "places.csv")

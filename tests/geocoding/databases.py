"""Databases for the tests of leases and store."""

from pathlib import Path

from atlas.geocoding import database
from tests.nominatim import Clock


class Waiting(Exception):
    """Somebody had to wait."""


def waits(_seconds: float) -> None:
    """Stands in for `time.sleep` where nobody should wait for real."""
    raise Waiting


def opened_by(env: dict[str, str], clock: Clock) -> database.Database:
    """The database that settings name, with a clock that only sleeping moves."""
    return database.Database(database.address(env, Path(env["ATLAS_CACHE_DIR"])), clock=clock)

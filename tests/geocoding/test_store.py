"""The shared places and turns: asked once over threads, processes and machines, whatever dies or breaks."""

import math
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sql

from atlas.errors import CacheError, ConfigurationError
from atlas.geocoding import database, resolve, service
from atlas.geocoding import store as store_
from atlas.geocoding.csv_cache import FileCache
from atlas.geocoding.leases import LEASE_S, Leases
from atlas.geocoding.place import Place
from atlas.geocoding.store import PlaceStore, open_store
from tests.geocoding.asking import DAY, HEADER, MELFI, never, one
from tests.geocoding.databases import Waiting, opened_by, waits
from tests.nominatim import Clock, NominatimServer, failed, garbled, place

ROOT = Path(__file__).parent.parent.parent
ATLANTIS = Place("Atlantis", math.nan, math.nan, math.nan, "nominatim", "", DAY)


def made(env: dict[str, str], clock: Clock, **seams: Any) -> PlaceStore:
    """A store that waits by `clock`; the `seams` are those of `Leases`."""
    opened = opened_by(env, clock)
    return PlaceStore(opened, Leases(opened, **{"sleep": clock.sleep} | seams))


def elsewhere(env: dict[str, str], clock: Clock, **seams: Any) -> PlaceStore:
    """The same store, as another machine sees it."""
    return made(env, clock, holder=lambda: "somebody else", **seams)


@pytest.fixture
def store(env: dict[str, str], clock: Clock) -> PlaceStore:
    return made(env, clock)


@pytest.fixture
def file(tmp_path: Path, clock: Clock) -> PlaceStore:
    """A store in SQLite."""
    return made({"ATLAS_CACHE_DIR": str(tmp_path / "own")}, clock)


# --- remembered ---


def test_what_is_put_is_found(store: PlaceStore, env: dict[str, str], clock: Clock) -> None:
    """Under its key, to the last digit, misses included, also after a restart; the younger answer stays."""
    store.put(replace(MELFI, latitude=1.0))
    store.put(MELFI)
    store.put(ATLANTIS)
    for again in (store, made(env, clock)):
        found = again.get_many(["melfi, italy", "atlantis", "nowhere"])
        assert repr(sorted(found.items())) == repr([("atlantis", ATLANTIS), ("melfi, italy", MELFI)])


def test_an_empty_store_is_no_error(store: PlaceStore, tmp_path: Path) -> None:
    """Reading, counting and asking for its version make nothing, not even the folder."""
    assert store.get_many(["melfi"]) == {}
    assert (store.status().places, store.status().misses, store.status().problem) == (0, 0, None)
    assert store.version() == store.version()
    assert list(tmp_path.iterdir()) == []


def test_more_keys_than_a_statement_takes(store: PlaceStore) -> None:
    """35,000 keys are a few questions to the database."""
    store.put(MELFI)
    keys = [f"place {number}" for number in range(35_000)]
    assert list(store.get_many([*keys, "melfi, italy"])) == ["melfi, italy"]


def test_the_version_tells_a_new_place(file: PlaceStore, clock: Clock) -> None:
    """It stays while nothing is learned (a lease is nothing) and changes with an answer."""
    file.put(MELFI)
    before = file.version()
    with file.claim("modena"), file.turn("nominatim", 1.0):
        assert file.version() == before
    clock.now += 1_000
    file.put(replace(MELFI, query="Modena"))
    assert file.version() != before


def test_a_miss_is_asked_again_after_thirty_days(store: PlaceStore) -> None:
    """And the new answer takes its place."""
    store.put(ATLANTIS)
    found = partial(replace, MELFI)
    for day, asked in ((date(2026, 3, 2), 0), (date(2026, 3, 3), 1), (date(2026, 3, 4), 0)):
        ask = lambda query: found(query=query)  # noqa: E731
        located = resolve.locate(one("Atlantis"), caches=[store], ask=ask, today=day)
        assert located.asked == asked
    assert store.get_many(["atlantis"])["atlantis"].found


def test_an_older_file_is_taken_over_once(tmp_path: Path) -> None:
    """A places.csv of an earlier version is read, taken over with the first answer, and left as it is."""
    file = made({"ATLAS_CACHE_DIR": str(tmp_path)}, Clock())
    old = tmp_path / "places.csv"
    FileCache(old).put(MELFI)
    content = old.read_bytes()
    assert (list(file.get_many(["melfi, italy"])), file.status().places) == (["melfi, italy"], 1)
    assert [path.name for path in tmp_path.iterdir()] == ["places.csv"]
    file.put(ATLANTIS)
    assert (file.status().places, file.status().misses, old.read_bytes()) == (1, 1, content)
    old.unlink()
    assert file.get_many(["melfi, italy"]) == {"melfi, italy": MELFI}


def test_a_broken_older_file_is_told(tmp_path: Path) -> None:
    """It is not passed over: its places would be asked for again. Nothing is taken over by halves."""
    file = made({"ATLAS_CACHE_DIR": str(tmp_path)}, Clock())
    (tmp_path / "places.csv").write_text("garbage\n", encoding="utf-8")
    for step in (file.ready, lambda: file.put(MELFI), lambda: file.get_many(["melfi"])):
        with pytest.raises(CacheError, match="has the header 'garbage'"):
            step()
    (tmp_path / "places.csv").write_text(HEADER, encoding="utf-8")
    file.put(MELFI)
    assert file.status().places == 1


# --- asked once, in turn ---


def test_a_claim_keeps_others_out(store: PlaceStore, env: dict[str, str], clock: Clock) -> None:
    """While one machine asks, another waits; when the first is done, the answer is there."""
    store.ready()
    other = elsewhere(env, clock, sleep=waits)
    with store.claim("melfi, italy") as news:
        assert news is None
        with pytest.raises(Waiting), other.claim("melfi, italy"):
            pass
        store.put(MELFI)
    with other.claim("melfi, italy") as news:
        assert news == MELFI
    with other.claim("melfi, italy", MELFI) as news:
        assert news is None


def test_who_waits_is_given_the_answer(env: dict[str, str], clock: Clock) -> None:
    """Another machine asks; this one looks again until the answer is there, and does not ask."""
    other = elsewhere(env, clock)
    other.ready()
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            other.put(MELFI)

    store = made(env, clock, sleep=sleep)
    with other.claim("melfi, italy"):
        located = resolve.locate(one("Melfi, Italy"), caches=[store], ask=never)
    assert (located.asked, located.from_cache, len(waited)) == (0, 1, 3)


def test_a_turn_without_delay_waits_for_nobody(file: PlaceStore, tmp_path: Path) -> None:
    """An own server without a limit is asked by all at once, and no database is needed for it."""
    with file.turn("nominatim", 0.0), file.turn("nominatim", 0.0):
        assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, pandas as pd
from atlas.geocoding import resolve, service
from atlas.geocoding.store import open_store
env = dict(part.split("=", 1) for part in sys.argv[1:])
store = open_store(env)
names = [f"Place {number}" for number in range(5)]
resolve.locate(pd.DataFrame({"plant_id": names, "name": names, "address": names}), caches=[store],
               ask=service.default_ask(store, env))
"""


def test_killed_in_mid_run(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 while the third answer is awaited: two are kept, and the next run asks for the other three."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    names = [f"Place {number}" for number in range(5)]
    with NominatimServer() as server:
        server.places = {name: place(41.0, 15.0) for name in names}
        env |= {"ATLAS_GEOCODER_URL": server.url, "ATLAS_GEOCODER_DELAY_S": "0.001"}
        server.answer = lambda query: (
            (server.hold(), server.search(query))[1] if query == names[1] else server.search(query)
        )
        arguments = [f"{name}={value}" for name, value in env.items()]
        with subprocess.Popen([sys.executable, "-c", KILLED, *arguments], cwd=ROOT) as asker:
            while len(server.requests) < 3:
                assert asker.poll() is None
                server.asked.wait(0.01)
            asker.send_signal(signal.SIGKILL)
        server.answer = server.search
        server.released.set()
        now = time.time() + LEASE_S
        store = made(env, Clock(now))
        table = pd.DataFrame({"plant_id": names, "name": names, "address": names})
        located = resolve.locate(table, caches=[store], ask=service.default_ask(store, env))
    assert (located.from_cache, located.asked, located.problem) == (2, 3, None)
    assert [request.query for request in server.requests] == [*names[:3], *names[2:]]


FAILURES: list[tuple[Callable[[str], tuple[int, bytes]], str]] = [
    (failed(429), "wants fewer requests (HTTP status 429)"),
    (failed(500), "failed (HTTP status 500)"),
    (garbled(b"<html>Welcome to the hotel</html>"), "gave an answer that makes no sense"),
    (garbled(b"[{}]"), "gave an answer that makes no sense"),
]


@pytest.mark.parametrize(("answer", "sentence"), FAILURES)
def test_a_failure_leaves_nothing_behind(
    file: PlaceStore, monkeypatch: pytest.MonkeyPatch, answer: Any, sentence: str
) -> None:
    """No answer, no lease: the next run goes on where this one stopped."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with NominatimServer() as server:
        ask = service.default_ask(file, {"ATLAS_GEOCODER_URL": server.url})
        server.answer = answer
        problem = resolve.locate(one("Melfi"), caches=[file], ask=ask).problem
        assert problem is not None
        assert sentence in problem
        assert (file.status().places, file.status().misses) == (0, 0)
        server.places, server.answer = {"Melfi": place(41.0, 15.0)}, server.search
        assert resolve.locate(one("Melfi"), caches=[file], ask=ask).asked == 1


# --- broken databases ---


@pytest.mark.parametrize("content", [b"garbage" * 1_000, b"SQLite format 3\x00" + b"\xff" * 8_000])
def test_a_damaged_file(file: PlaceStore, content: bytes) -> None:
    """The sentence names file and way out; nobody is asked, the file stays, others still answer."""
    path = file.database.path
    assert path is not None
    path.parent.mkdir()
    path.write_bytes(content)
    shipped = FileCache(path.with_name("shipped.csv"))
    shipped.put(MELFI)
    located = resolve.locate(
        pd.concat([one("Melfi, Italy"), one("Modena")]), caches=[shipped, file], ask=never
    )
    assert located.problem is not None
    assert located.problem.startswith(f"The place cache {path} is damaged (")
    assert located.problem.endswith("a new one is made, and what was in it is looked up again.")
    assert located.table["latitude"].notna().tolist() == [True, False]
    assert (path.read_bytes(), file.status().problem) == (content, located.problem)


def test_a_damaged_file_that_was_moved_away(file: PlaceStore) -> None:
    """The way out works in the running program: a new one is made."""
    path = file.database.path
    assert path is not None
    file.put(MELFI)
    path.rename(path.with_name("away"))
    for rest in path.parent.glob("places.sqlite-*"):
        rest.unlink()
    assert file.get_many(["melfi, italy"]) == {}
    file.put(ATLANTIS)
    assert (file.status().places, file.status().misses) == (0, 1)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """Nothing can be saved, so nobody is asked."""
    (tmp_path / "own").write_text("a file", encoding="utf-8")
    file = made({"ATLAS_CACHE_DIR": str(tmp_path / "own")}, Clock())
    located = resolve.locate(one("Melfi"), caches=[file], ask=never)
    assert located.problem == (
        f"The cache folder {tmp_path / 'own'} cannot be written (file exists). "
        "Set ATLAS_CACHE_DIR to a folder that can."
    )
    assert not file.status().writable


def test_a_folder_that_can_only_be_read(file: PlaceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is shown; what is not is not asked, since it could not be saved."""
    file.put(MELFI)
    file.database._engine.dispose()
    monkeypatch.setattr(database.os, "access", lambda *_: False)
    located = resolve.locate(pd.concat([one("Melfi, Italy"), one("Modena")]), caches=[file], ask=never)
    assert located.table["latitude"].notna().tolist() == [True, False]
    assert located.problem is not None
    assert "cannot be written (attempt to write a readonly database). Set ATLAS_CACHE_DIR" in located.problem


def test_a_full_disk(file: PlaceStore) -> None:
    """The answer that could not be saved is still shown, the others are whole, and there the run ends."""
    file.put(MELFI)
    with file.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
    asked = []

    def ask(query: str) -> Place:
        asked.append(query)
        return replace(MELFI, query=query, source_url="x" * 100_000)

    table = pd.concat([one(name) for name in ("Melfi, Italy", "Modena", "Fes")])
    located = resolve.locate(table, caches=[file], ask=ask)
    assert located.problem is not None
    assert "cannot be written (database or disk is full). Free some space there" in located.problem
    assert (asked, located.table["latitude"].notna().tolist()) == (["Modena"], [True, True, False])
    assert file.get_many(["melfi, italy", "modena"]) == {"melfi, italy": MELFI}


def test_a_folder_without_locks(file: PlaceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network drive that cannot lock is told as what it is."""

    def connect(_path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("locking protocol")

    monkeypatch.setattr(database, "_connect", connect)
    with pytest.raises(CacheError, match=r"\(locking protocol\).*network drive, set ATLAS_CACHE_DIR"):
        file.put(MELFI)


def test_a_file_that_stays_locked(file: PlaceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who writes for ever is waited for, then told."""
    monkeypatch.setattr(database, "BUSY_S", 0.01)
    file.put(MELFI)
    with sqlite3.connect(str(file.database.path), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CacheError, match=r"is in use and did not become free \(database is locked\)"):
            file.put(ATLANTIS)
        assert file.get_many(["melfi, italy"]) == {"melfi, italy": MELFI}
        other.execute("ROLLBACK")
    other.close()


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """One sentence with the server, without user and password; what is known elsewhere is shown."""
    env = {"ATLAS_CACHE_DIR": str(tmp_path), "ATLAS_DATABASE_URL": "postgresql://me:s3cret@127.0.0.1:1/atlas"}
    away = made(env, Clock())
    located = resolve.locate(one("Melfi"), caches=[away], ask=never)
    assert located.problem == (
        "The database 127.0.0.1:1/atlas cannot be used (connection refused). "
        "Check ATLAS_DATABASE_URL, the server and the network."
    )
    assert (away.status().kind, away.status().writable) == ("PostgreSQL", False)
    assert away.version() == away.version()
    assert list(tmp_path.iterdir()) == []


def test_nobody_waits_for_a_server_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and says nothing: after the first look, the version comes at once, and stays."""
    monkeypatch.setattr(database, "BUSY_S", 0.5)
    monkeypatch.setattr(store_, "LOOK_AT_SERVER_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me:s3cret@127.0.0.1:{silent.getsockname()[1]}/atlas"
        away = made({"ATLAS_CACHE_DIR": str(tmp_path), "ATLAS_DATABASE_URL": url}, Clock())
        before = away.version()
        began = time.monotonic()
        assert [away.version() for _ in range(100)] == [before] * 100
        assert time.monotonic() - began < 0.4


WRONG = [
    "mysql://me:s3cret@host/name",
    "postgresql://me:s3cret@host",
    "postgresql:///name",
    "s3cret",
    "postgresql://me:s3cret@host/name?application_name=x",
    "postgresql://me:s3cret@host:port/name",
]


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address(url: str) -> None:
    """The sentence says what it must be like, without the password."""
    with pytest.raises(ConfigurationError) as caught:
        open_store({"ATLAS_DATABASE_URL": url})
    assert str(caught.value).startswith("ATLAS_DATABASE_URL must be like postgresql://user:password@host")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_addresses(scheme: str) -> None:
    """Whatever driver an address names, ours is taken; the name shown has no password."""
    opened = open_store({"ATLAS_DATABASE_URL": f"{scheme}://me:s3cret@host:5/name?sslmode=require"})
    assert (opened.database.kind, opened.database.where) == ("PostgreSQL", "host:5/name")
    assert opened.database._plain.drivername == "postgresql+pg8000"
    assert sql.make_url(opened.database._plain).query == {}


def test_one_store_per_address(tmp_path: Path) -> None:
    """Pages that open it each time share its connections."""
    env = {"ATLAS_CACHE_DIR": str(tmp_path)}
    assert open_store(env) is open_store(env)

"""What goes wrong while the atlas serves: it says so in words, serves on, and is whole again afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests import postgres
from tests.browser.dashboard import ROOT, Running, copy_of_project, started
from tests.nominatim import Clock, NominatimServer, place
from tests.serving.test_proxy_slow import wait_until

IDLE_CONNECTIONS = 200
TOWNS = [f"Nowhere {number}" for number in range(40)]


def get(url: str) -> tuple[int, str]:
    """Status and text of an address; a server has five seconds."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def health(server: Running) -> tuple[str, str]:
    """What a server says of itself, in a word and in sentences."""
    report = json.loads(get(f"{server.url}/api/health")[1])
    return report["status"], " ".join(report["problems"])


def serves(server: Running) -> bool:
    """Whether the page and its rows come."""
    pages = [get(f"{server.url}{path}")[0] for path in ("/", "/plants?country=Italy", "/api/plants.csv")]
    return pages == [200, 200, 200]


@contextmanager
def locating(
    folder: Path, towns: Sequence[str], geocoder: NominatimServer, **settings: str
) -> Iterator["subprocess.Popen[str]"]:
    """A run of `python -m atlas locate` over towns that only the geocoder knows."""
    table = folder / "towns.csv"
    table.write_text("name,address\n" + "".join(f"{town},{town}\n" for town in towns))
    asked = {"ATLAS_GEOCODER_URL": geocoder.url, "ATLAS_GEOCODER_DELAY_S": "0", "no_proxy": "127.0.0.1"}
    command = [sys.executable, "-m", "atlas", "locate", str(table), "-o", str(folder / "placed.csv")]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **asked, **settings},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def geocoder() -> Iterator[NominatimServer]:
    """A geocoder that knows all of the towns."""
    with NominatimServer(Clock()) as server:
        for number, town in enumerate(TOWNS):
            server.places[town] = place(45 + number / 10, 9)
        yield server


# ---- files -----------------------------------------------------------------------------------------


def test_data_that_change_while_serving(tmp_path: Path) -> None:
    """An edit shows at once; a broken or missing file is a sentence, and the mended one is served again."""
    project = copy_of_project(tmp_path / "project")
    plants = project / "data" / "plants.csv"
    whole = plants.read_text(encoding="utf-8")
    with started(project) as server:
        server.await_answer()
        plants.write_text(whole.replace("Cassino Plant", "Cassino Works"), encoding="utf-8")
        assert "Cassino Works" in get(f"{server.url}/api/plants.csv")[1]
        plants.write_text(whole.replace(",IT,", ",ITA,", 1), encoding="utf-8")
        status, sentence = get(f"{server.url}/api/plants.csv")
        assert (status, "plants.csv, row 2, column country_code" in sentence) == (503, True)
        assert health(server)[0] == "broken"
        plants.unlink()
        assert (get(f"{server.url}/api/plants.csv")[0], get(server.url)[0]) == (503, 200)
        plants.write_text(whole, encoding="utf-8")
        assert (serves(server), health(server)) == (True, ("ok", ""))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB; where nobody may mount one, its tests are skipped with a loud line."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        message = "NOT TESTED: a full disk and one that can only be read; this user may not mount one"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full_or_read_only(small_disk: Path, geocoder: NominatimServer) -> None:
    """Positions cannot be saved: said once, in words; what is known is served, and nothing is damaged."""
    settings = {"ATLAS_CACHE_DIR": str(small_disk / "cache")}
    with started(**settings) as server:
        server.await_answer()
        with locating(small_disk.parent, TOWNS[:2], geocoder, **settings) as run:
            run.communicate(timeout=60)
            assert run.returncode == 0
        with (small_disk / "filler").open("wb", buffering=0) as filler:
            while _fits(filler.fileno()):
                pass
        with locating(small_disk.parent, TOWNS, geocoder, **settings) as run:
            said = run.communicate(timeout=60)[0]
        assert "2 of 40 rows have a place" in said
        assert "cannot be written (the disk is full)" in said
        assert ("Traceback" in said, serves(server)) == (False, True)
        (small_disk / "filler").unlink()
        with locating(small_disk.parent, TOWNS, geocoder, **settings) as run:
            assert "40 of 40 rows have a place" in run.communicate(timeout=60)[0]
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
        assert serves(server)
        assert "cannot be written" in health(server)[1]


def _fits(disk: int) -> bool:
    try:
        return os.write(disk, b"x" * 512) > 0
    except OSError:
        return False


def test_a_damaged_cache(tmp_path: Path) -> None:
    """The server starts and serves; health names the file to move away, and then all is well."""
    cache = tmp_path / "places.sqlite"
    cache.write_bytes(b"SQLite format 3\0" + b"damaged" * 1000)
    with started(ATLAS_CACHE_DIR=str(tmp_path)) as server:
        server.await_answer()
        assert serves(server)
        assert health(server)[0] == "degraded"
        assert f"The place cache {cache} is damaged" in health(server)[1]
        cache.rename(tmp_path / "moved")
        assert health(server) == ("ok", "")


# ---- the database ----------------------------------------------------------------------------------


def test_a_database_that_goes_and_comes(tmp_path: Path, geocoder: NominatimServer) -> None:
    """Stopped, frozen, started again, while serving and locating: nobody waits for it, nothing is lost."""
    with postgres.server() as database, started(ATLAS_DATABASE_URL=database.address) as server:
        server.await_answer()
        settings = {"ATLAS_DATABASE_URL": database.address, "ATLAS_CACHE_DIR": str(tmp_path / "unused")}
        geocoder.answer = lambda town: (time.sleep(0.1), geocoder.search(town))[1]
        with locating(tmp_path, TOWNS, geocoder, **settings) as run:
            wait_until(lambda: len(geocoder.requests) > 5)
            database.stop()
            said = run.communicate(timeout=60)[0]
        assert ("cannot be used (connection refused)" in said, "Traceback" in said) == (True, False)
        assert len(geocoder.requests) < len(TOWNS)
        began = time.monotonic()
        assert serves(server)
        assert time.monotonic() - began < 3
        assert health(server)[0] == "degraded"
        database.start()
        assert health(server) == ("ok", "")
        before = len(geocoder.requests)
        with locating(tmp_path, TOWNS[:4], geocoder, **settings) as run:
            assert "4 in the cache" in run.communicate(timeout=60)[0]
        assert len(geocoder.requests) == before
        with database.frozen():
            began = time.monotonic()
            for _ in range(3):
                assert serves(server)
                time.sleep(2)
            assert time.monotonic() - began < 10


# ---- connections -----------------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Running]:
    """A server with 200,000 plants."""
    path = tmp_path / "plants.csv"
    lines = [f"Plant {n} of a long row of plants,{n % 170 - 85},{n % 360 - 180}" for n in range(200_000)]
    path.write_text("\n".join(["name,lat,lon", *lines]))
    with started(ATLAS_PLANTS=str(path)) as server:
        server.await_answer()
        yield server


def test_idle_connections_and_an_end_in_mid_download(large: Running) -> None:
    """Two hundred that say nothing hold up nobody; SIGTERM lets a download end, and takes no one new."""
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", large.port)))
            for _ in range(IDLE_CONNECTIONS)
        ]
        for line in lines[::2]:
            line.sendall(b"GET /api/plants.csv HTTP/1.1\r\nHost:")  # and never says which
        began = time.monotonic()
        assert get(f"{large.url}/api/plants.csv?limit=3")[0] == 200
        assert time.monotonic() - began < 2
    with urllib.request.urlopen(f"{large.url}/api/plants.csv") as download:
        body = download.read(100_000)  # and takes no more for now: the rest does not fit between the two
        large.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert large.process.poll() is None
        with pytest.raises(OSError, match="refused"):
            get(large.url)
        body += download.read()
    assert body.count(b"\n") == 200_001
    assert large.process.wait(20) in (0, -signal.SIGTERM)

"""What every test gets: a cache folder of its own, no settings from outside, no network but this machine.

`hostile` as an argument runs a test once for each of `HOSTILE`: names that run, break or vanish wherever
text is taken for code.
"""

import logging
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import URL

from atlas import errors, language
from atlas.catalog import loader
from atlas.catalog.loader import Library
from atlas.catalog.visitors import Visitors
from atlas.geocoding import database
from atlas.geocoding import store as store_
from atlas.geocoding.leases import Leases
from tests import postgres, scheduling
from tests import pseudo_language as pseudo
from tests.nominatim import Clock, NominatimServer

SHIPPED = Path(__file__).parent.parent / "data"
HOSTILE = (
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{'abc'}}",
    "{# gone #}",
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "`backtick`",
    "C:\\2019",
    "back\\",
    "\\u007b\\n",
    "'single' \"double\"",
    "&lt;b&gt; &amp; <b>",
    "drawnItems_draw_control_div_1 map_div _abc alert(coords);",
    "[link](https://evil.example) **bold** :red[x] $x$",
    '=HYPERLINK("https://evil.example")',
    "NUL\x00 and \x1b escape",
    "line\nbreak\ttab\rreturn",
    "line\u2028and\u2029paragraph",
    "Fábrica 工場 🚗 👩\u200d🔧",
    "מפעל אלפא רומיאו",
    "null",
    "%s %(x)s {0} {name}",
)

settings.register_profile("atlas", max_examples=60, deadline=None, database=None, derandomize=True)
settings.load_profile("atlas")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=ascii)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks what the place of a test says: browser tests and slow tests."""
    if item.path.parent.name == "browser":
        item.add_marker("browser")
    if scheduling.is_slow(item.path.name):
        item.add_marker("slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow tests come last."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.Scheduler:
    """Where several processes run: tests that share something stay together."""
    config.option.loadscopereorder = False
    return scheduling.Scheduler(config, log)


@pytest.fixture(scope="session")
def empty_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder of all tests that save nothing; one for all, so that tables are read once."""
    return tmp_path_factory.mktemp("empty-cache")


@pytest.fixture(autouse=True)
def own_world(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> Iterator[None]:
    """No cached places and no settings from outside; a test that saves places takes a folder of its own."""
    for name in [name for name in os.environ if name.startswith("ATLAS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(empty_cache))
    yield
    assert list(empty_cache.iterdir()) == [], "a test left places for the next one"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to reach another machine fails."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wants to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of a PostgreSQL for tests, see `postgres`."""
    with postgres.running() as url:
        yield url


@pytest.fixture
def guarded(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """A log as a server of ours writes it; what was there before is put back."""
    before = logging.getLogRecordFactory(), sys.excepthook, threading.excepthook
    errors.keep_words_out_of_logs()
    errors.keep_words_out_of_logs()
    yield caplog
    logging.setLogRecordFactory(before[0])
    sys.excepthook, threading.excepthook = before[1:]


@pytest.fixture
def pseudo_language(monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of a language that has every text, see `tests.pseudo_language`; visitors may choose it."""
    real, known = language._catalogue, {**language.languages(), pseudo.CODE: "Pseudo"}
    catalogue = pseudo.PseudoCatalogue()
    monkeypatch.setattr(language, "_catalogue", lambda code: catalogue if code == pseudo.CODE else real(code))
    monkeypatch.setattr(language, "_texts_of_scripts", lambda _code: {})
    monkeypatch.setattr(language, "languages", lambda: known)
    return pseudo.CODE


@pytest.fixture
def hostile_names() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A copy of the shipped tables, to break."""
    folder = tmp_path / "data"
    folder.mkdir()
    for file in SHIPPED.glob("*.csv"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def own_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of an operator's table that a test writes, named in ATLAS_PLANTS."""
    path = tmp_path / "power_plants.csv"
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return path


@pytest.fixture
def edit(data_folder: Path) -> Callable[[str, str, str], None]:
    """edit(file, old, new): in the copy, the first `old` becomes `new`."""

    def replace(file: str, old: str, new: str) -> None:
        path = data_folder / file
        text = path.read_bytes().decode("utf-8")
        assert old in text, f"{file} has no {old!r} any more"
        path.write_bytes(text.replace(old, new, 1).encode("utf-8"))

    return replace


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Library]:
    """serve(folder): the server has a fresh library that shows the tables there, and no visitors yet."""

    def fresh(folder: Path) -> Library:
        library = Library(folder, visitors=Visitors(sweeps=False))
        monkeypatch.setattr(loader, "library", lambda: library)
        return library

    return fresh


@pytest.fixture
def nominatim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NominatimServer]:
    """The configured geocoder is a server on this machine, and waiting for it takes no time.

    Answers are saved in `tmp_path / "own"`.
    """
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "own"))
    clock = Clock()

    @lru_cache
    def store(address: URL) -> store_.PlaceStore:
        opened = database.Database(address, clock=clock)
        return store_.PlaceStore(opened, Leases(opened, sleep=clock.sleep))

    monkeypatch.setattr(store_, "_store", store)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with NominatimServer(clock) as server:
        monkeypatch.setenv("ATLAS_GEOCODER_URL", server.url)
        yield server

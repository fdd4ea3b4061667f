"""What every test gets: a cache folder of its own, no settings from outside, no network but this machine.

`hostile` as an argument runs a test once for each of `HOSTILE`: names that run, break or vanish wherever
text is taken for code.
"""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from atlas import catalog

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

settings.register_profile("atlas", deadline=None, database=None, derandomize=True)
settings.load_profile("atlas")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "hostile" in metafunc.fixturenames:
        metafunc.parametrize("hostile", HOSTILE, ids=ascii)


@pytest.fixture(autouse=True)
def own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty cache folder, no settings of the geocoder, nothing remembered from another test."""
    for name in ("GEOCODER", "GEOCODER_URL", "GEOCODER_KEY", "GEOCODER_USER_AGENT", "GEOCODER_DELAY_S"):
        monkeypatch.delenv(f"ATLAS_{name}", raising=False)
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path_factory.mktemp("own-cache")))
    catalog._load.cache_clear()
    yield
    catalog._load.cache_clear()


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to reach another machine fails."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wants to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


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
def edit(data_folder: Path) -> Callable[[str, str, str], None]:
    """edit(file, old, new): in the copy, the first `old` becomes `new`."""

    def replace(file: str, old: str, new: str) -> None:
        path = data_folder / file
        text = path.read_bytes().decode("utf-8")
        assert old in text, f"{file} has no {old!r} any more"
        path.write_bytes(text.replace(old, new, 1).encode("utf-8"))

    return replace

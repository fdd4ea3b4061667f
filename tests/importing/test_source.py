"""An operator's table from a path or a web address."""

import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from atlas import settings
from atlas.errors import DataError
from atlas.importing import source as source_
from tests.importing.plant_files import as_parquet, rows


def test_a_missing_file(tmp_path: Path) -> None:
    """The path and the way out."""
    path = tmp_path / "nowhere.csv"
    with pytest.raises(DataError) as caught:
        source_.load(str(path))
    shown = str(path) if len(str(path)) <= 60 else str(path)[:59] + "…"
    assert str(caught.value) == f"{shown} cannot be read (no such file or directory). Check the path."


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without Parquet files, seen from where the server stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plants.csv").mkdir()
    with pytest.raises(DataError) as caught:
        source_.load("plants.csv")
    assert str(caught.value) == "plants.csv has no Parquet files (.parquet). Check the path."


def test_a_path_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "~" is the home folder, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "plants.csv").write_text("name\nUlsan\n", encoding="utf-8")
    assert rows(source_.load("~/plants.csv"), "name") == [("Ulsan",)]


def two_sheets() -> bytes:
    """A workbook with plants of two years, and figures that are no plants first."""
    book = openpyxl.Workbook()
    book.active.title = "Totals"
    for line in (["Year", "MW"], [2023, 5], [2024, 6]):
        book.active.append(line)
    for year, name in ((2023, "Arese"), (2024, "Melfi")):
        sheet = book.create_sheet(f"Plants {year}")
        for line in (["Name", "Lat", "Lon"], [name, 41.5, 13.5]):
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_behind_the_name(tmp_path: Path) -> None:
    """ "#" and the sheet; without it the first sheet with plants."""
    path = tmp_path / "plants.xlsx"
    path.write_bytes(two_sheets())
    assert rows(source_.load(str(path)), "name") == [("Arese",)]
    assert rows(source_.load(f"{path}#Plants 2024"), "name") == [("Melfi",)]
    with pytest.raises(
        DataError, match=r"has no sheet “Plants 2025”; it has: Totals, Plants 2023, Plants 2024"
    ):
        source_.load(f"{path}#Plants 2025")


# --- from a web address ---


class Web:
    """A web server on 127.0.0.1; `files`: path -> content, all else is 404. `hold`: answers wait."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.released = threading.Event()
        self.released.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(web) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.released.wait(timeout=10)
                content = web.files.get(self.path.split("?")[0])
                try:
                    self.send_response(404 if content is None else 200)
                    self.send_header("Content-Length", str(len(content or b"")))
                    self.end_headers()
                    self.wfile.write(content or b"")
                except OSError:
                    return  # the client gave up waiting

            def log_message(self, *_: Any) -> None:
                """Silent."""

        return Handler


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Web()
    yield server
    server.stop()


def refused_address(address: str) -> str:
    with pytest.raises(DataError) as caught:
        source_.load(address)
    return str(caught.value)


def test_a_table_from_the_web(web: Web) -> None:
    """Both kinds of file, also where the address has more behind the name."""
    web.files = {
        "/my/plants.csv": b"name,lat,lon\nUlsan,35.5,129.4\n",
        "/plants.parquet": as_parquet(name=["Ulsan"], lat=[35.5], lon=[129.4]),
    }
    for path in ("/my/plants.csv", "/my/plants.csv?version=2#first", "/plants.parquet"):
        assert rows(source_.load(web.url + path), "name", "latitude") == [("Ulsan", 35.5)]
    assert web.asked == ["/my/plants.csv", "/my/plants.csv?version=2", "/plants.parquet"]


def test_an_address_without_a_table(web: Web) -> None:
    """The status says what the server answered."""
    assert refused_address(f"{web.url}/plants.csv") == (
        f"{web.url}/plants.csv answers with status 404, not with a table."
    )


def test_an_address_that_nobody_answers() -> None:
    """A server that is down is one sentence with the way out."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/plants.csv"
    assert refused_address(address) == f"{address} cannot be reached. Check the address and the network."


def test_a_server_that_keeps_silent(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(source_, "WAIT_S", 0.05)
    web.released.clear()
    address = f"{web.url}/plants.csv"
    assert refused_address(address) == f"{address} cannot be reached. Check the address and the network."


def test_a_web_page_in_place_of_a_table(web: Web) -> None:
    """A page that asks to sign in is no table, and what it is is said."""
    web.files = {"/plants.csv": b"<html>\n<body>Sign in</body>\n"}
    assert refused_address(f"{web.url}/plants.csv") == (
        "plants.csv is a web page or XML, not a table; download the table itself."
    )


def test_an_address_without_an_ending(web: Web) -> None:
    """What it is says the content."""
    web.files = {"/plants": b"name;lat;lon\nUlsan;35,5;129,4\n"}
    assert rows(source_.load(f"{web.url}/plants"), "name", "latitude") == [("Ulsan", 35.5)]


@pytest.mark.parametrize("path", ["/plants.csv?token=5", "/plants.xlsx?token=5"])
def test_secrets_in_an_address_stay_secret(path: str) -> None:
    """Name, password and token of an address are not shown to visitors."""
    with pytest.raises(DataError) as caught:
        source_.load(f"http://user:secret@127.0.0.1:9{path}")
    assert [word for word in ("user", "secret", "token") if word in str(caught.value)] == []
    assert str(caught.value).startswith(f"http://127.0.0.1:9{path.partition('?')[0]} ")


def test_the_home_of_nobody() -> None:
    """A path that begins with ~ and an unknown name is a path that does not exist."""
    with pytest.raises(DataError, match="cannot be read"):
        source_.load("~nosuchuser/plants.csv")


# --- what it is called ---

TITLES = [
    ("plants.csv", "plants"),
    ("/srv/power_plants-2024.parquet", "power plants 2024"),
    ("https://example.org/data/Car%20plants.csv?x=1#y", "Car plants"),
    ("https://example.org/data/car__plants.csv", "car plants"),
    ("___.csv", "plants"),
    ("/srv/car_plants/", "car plants"),
    ("/srv/car_plants/*.parquet", "car plants"),
    ("postgresql://me:s3cret@host/db?table=public.car_plants", "car plants"),
    ("postgresql://me:s3cret@host/cars?query=SELECT 1", "cars"),
    ("sqlite:////srv/car_plants.db?query=SELECT 1", "car plants"),
    ("postgresql://me:s3/cret@host", "plants"),
    ("postgresql://me:s3?cret@host/db?table=x", "plants"),
]


@pytest.mark.parametrize(("source", "title"), TITLES)
def test_a_table_is_called_as_its_file(source: str, title: str) -> None:
    """Without folders, suffix and underscores."""
    assert settings.title_of(source) == title

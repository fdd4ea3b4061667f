"""The command line: what `python -m atlas` prints, asks and returns."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from atlas import __version__, basemap
from atlas.__main__ import main
from atlas.alfa import tables
from atlas.cli import import_command, locate_command
from atlas.errors import DataError
from atlas.geocoding import store
from tests.nominatim import NominatimServer, place

Edit = Callable[[str, str, str], None]
Printed = pytest.CaptureFixture[str]
ROOT = Path(__file__).parent.parent
HEADER = "query,latitude,longitude,accuracy_m,geocoder,source_url,retrieved\n"


@pytest.fixture
def unknown(data_folder: Path, nominatim: NominatimServer) -> Path:
    """A data folder whose places.csv is only its header, and a geocoder that knows the five addresses."""
    (data_folder / "places.csv").write_text(HEADER, encoding="utf-8")
    for address in tables.load(data_folder).plants["address"]:
        nominatim.places[address] = place(41.0, 15.0)
    return data_folder


# --- check ---


def test_check_as_a_command(tmp_path: Path) -> None:
    """`python -m atlas check` says that all is in order and returns 0."""
    done = subprocess.run(
        [sys.executable, "-m", "atlas", "check"],
        cwd=ROOT,
        env={**os.environ, "ATLAS_CACHE_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "ok       Data: five plants, 5 of 5 placed on the map."
    assert lines[-1] == "Everything is in order."
    assert [line for line in lines[:-1] if not line.startswith("ok       ")] == []


def test_check_a_broken_table(data_folder: Path, edit: Edit, capsys: Printed) -> None:
    """A wrong cell: its sentence, status 1."""
    edit("claims.csv", ",supported,", ",true,")
    assert main(["--data", str(data_folder), "check"]) == 1
    printed = capsys.readouterr()
    assert (
        "problem  claims.csv, row 2, column verdict: the value “true” must be one of: supported, outdated, "
        "contradicted, not verifiable.\n"
    ) in printed.out
    assert printed.out.endswith("Something needs attention.\n")
    assert printed.err == ""


def test_check_without_data(tmp_path: Path, capsys: Printed) -> None:
    """No data folder: a sentence, status 1."""
    assert main(["--data", str(tmp_path / "nowhere"), "check"]) == 1
    assert f"problem  The data folder {tmp_path / 'nowhere'} cannot be read" in capsys.readouterr().out


def test_check_without_the_base_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    """No base map: a sentence, status 1."""
    monkeypatch.setattr(basemap, "read", partial(basemap.read, data=tmp_path))
    assert main(["check"]) == 1
    assert "problem  The base map's file " in capsys.readouterr().out


def test_check_with_a_file_as_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    """A cache folder that cannot be used is no traceback, and the plants are still found in order."""
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    assert main(["check"]) == 1
    printed = capsys.readouterr().out
    assert "Data: five plants, 5 of 5 placed on the map." in printed
    assert (
        f"problem  The cache folder {tmp_path / 'cache'} cannot be written. Set ATLAS_CACHE_DIR to" in printed
    )


# --- an operator's table ---


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's table: a plant with a position, and two addresses."""
    path = tmp_path / "power_plants.csv"
    path.write_text(
        "name,address,lat,lon\nUlsan,,35.5,129.4\nBursa,Nowhere Road 1,,\nPune,Nowhere Road 2,,\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return path


def test_check_an_operators_table(own: Path, capsys: Printed) -> None:
    """In place of ours: its name, how many are placed, status 0."""
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok       Data: power plants, 1 of 3 placed on the map."
    assert lines[-1] == "Everything is in order."
    assert {line[:9] for line in lines[:-1]} == {"ok       "}


def test_check_with_cells_that_could_not_be_read(own: Path, capsys: Printed) -> None:
    """Notes with row, column and value; the site works, so the status is 0."""
    own.write_text("name,lat,lon,employees\nUlsan,35.5,129.4,many\nBursa,91,200,5\n", encoding="utf-8")
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("note")] == [
        "note     Row 2, column employees: “many”: This is not a whole number; left empty.",
        "note     Row 3, column lat, lon: “91, 200”: This is no place on Earth; not used.",
    ]
    assert lines[-1] == "Everything is in order."


NEEDS = (
    "has no column with a name, an address, a town or a position, one of which every plant needs; "
    "it has: mw, fuel."
)
BROKEN = [
    ("mw,fuel\n5,gas\n", f"power_plants.csv {NEEDS}"),
    ("", "power_plants.csv is empty: it needs a row for each plant."),
    ("<html><body>", "power_plants.csv is a web page or XML, not a table; download the table itself."),
]


@pytest.mark.parametrize(("text", "sentence"), BROKEN)
def test_check_a_broken_operators_table(own: Path, text: str, sentence: str, capsys: Printed) -> None:
    """One sentence and status 1."""
    own.write_text(text, encoding="utf-8")
    assert main(["check"]) == 1
    printed = capsys.readouterr()
    problems = [line for line in printed.out.splitlines() if line.startswith("problem")]
    assert problems == [f"problem  {sentence}"]
    assert printed.out.endswith("Something needs attention.\n")
    assert printed.err == ""


def test_check_a_missing_operators_table_as_a_command(tmp_path: Path) -> None:
    """From a shell: status 1, the sentence, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "atlas", "check"],
        cwd=ROOT,
        env={**os.environ, "ATLAS_PLANTS": "nowhere.csv", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "problem  nowhere.csv cannot be read (no such file or directory). Check the path.\n" in done.stdout


def test_locate_an_operators_table(own: Path, nominatim: NominatimServer, capsys: Printed) -> None:
    """Its addresses are asked for, once; then they are on the map, and the table is as it was."""
    text = own.read_text(encoding="utf-8")
    nominatim.places = {"Nowhere Road 1": place(40.2, 29.1)}
    assert main(["locate"]) == 0
    assert [request.query for request in nominatim.requests] == ["Nowhere Road 1", "Nowhere Road 2"]
    assert capsys.readouterr() == (
        "2 of 3 plants have a place: 1 in the table, 1 by asking. No such place was found for Pune.\n",
        "",
    )
    assert main(["check"]) == 0
    assert "Data: power plants, 2 of 3 placed on the map." in capsys.readouterr().out
    assert len(nominatim.requests) == 2
    assert own.read_text(encoding="utf-8") == text


def test_locate_a_broken_operators_table(own: Path, nominatim: NominatimServer, capsys: Printed) -> None:
    """One sentence on standard error, status 1, nobody is asked."""
    own.write_text("mw,fuel\n5,gas\n", encoding="utf-8")
    assert main(["locate"]) == 1
    assert capsys.readouterr() == (
        "",
        f"power_plants.csv {NEEDS}\n",
    )
    assert nominatim.requests == []


# --- locate ---


def test_locate_with_the_shipped_places(nominatim: NominatimServer, capsys: Printed) -> None:
    """The shipped places answer for all five plants: no request."""
    assert main(["locate"]) == 0
    assert capsys.readouterr() == ("22 of 22 plants have a place: 22 in the cache.\n", "")
    assert nominatim.requests == []


def test_locate_asks_once(unknown: Path, nominatim: NominatimServer, tmp_path: Path, capsys: Printed) -> None:
    """An empty cache: one request for each plant and site. Again: none. Only sentences are printed."""
    command = ["--data", str(unknown), "locate", "--cache", str(tmp_path / "new" / "places.csv")]
    assert main(command) == 0
    assert len(nominatim.requests) == 22
    some = "Portello Plant, Arese Plant, Mirafiori Plant, Rivalta Plant, Tychy Plant and 12 more"
    missed = f"No such place was found for {some}"
    assert capsys.readouterr() == (f"5 of 22 plants have a place: 5 by asking. {missed}.\n", "")
    assert main(command) == 0
    assert len(nominatim.requests) == 22
    assert capsys.readouterr() == (f"5 of 22 plants have a place: 5 in the cache. {missed}.\n", "")
    assert (unknown / "places.csv").read_text(encoding="utf-8") == HEADER


def test_locate_fills_the_own_cache(unknown: Path, nominatim: NominatimServer) -> None:
    """Without --cache the answers go to the user's own folder, from which the pages read them."""
    assert main(["--data", str(unknown), "locate"]) == 0
    assert (own := store.open_store().status()).places + own.misses == 22
    assert main(["--data", str(unknown), "check"]) == 0
    assert len(nominatim.requests) == 22


def test_locate_refresh_asks_again(unknown: Path, nominatim: NominatimServer, capsys: Printed) -> None:
    """--refresh asks about known places too and says what moved."""
    main(["--data", str(unknown), "locate"])
    address = next(iter(nominatim.places))
    nominatim.places[address] = place(42.0, 15.0)
    capsys.readouterr()
    assert main(["--data", str(unknown), "locate", "--refresh"]) == 0
    assert len(nominatim.requests) == 2 * 22
    printed = capsys.readouterr()
    assert "Changed: Cassino Plant moved by 111," in printed.out
    assert printed.err == ""


def test_locate_without_a_server(unknown: Path, nominatim: NominatimServer, capsys: Printed) -> None:
    """A server that is down: one sentence with the way out, status 1, no traceback, nothing remembered."""
    nominatim.stop()
    assert main(["--data", str(unknown), "locate"]) == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "0 of 22 plants have a place. 22 were not looked up. "
        f"The geocoder nominatim at {nominatim.url} cannot be reached (connection refused). "
        "Check the network and ATLAS_GEOCODER_URL, or choose another service with ATLAS_GEOCODER.\n"
    )
    assert printed.err == ""
    assert (own := store.open_store().status()).places + own.misses == 0


def test_locate_a_place_that_does_not_exist(
    unknown: Path, nominatim: NominatimServer, capsys: Printed
) -> None:
    """An address that nobody knows is named; that is an answer, so the status is 0."""
    nominatim.places.popitem()
    assert main(["--data", str(unknown), "locate"]) == 0
    assert capsys.readouterr().out == (
        "4 of 22 plants have a place: 4 by asking. No such place was found for Toluca Plant, "
        "Portello Plant, Arese Plant, Mirafiori Plant, Rivalta Plant and 13 more.\n"
    )


def test_locate_where_nothing_can_be_saved(
    unknown: Path, nominatim: NominatimServer, tmp_path: Path, capsys: Printed
) -> None:
    """Nothing is asked that could not be saved: one sentence, status 1."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["--data", str(unknown), "locate", "--cache", str(tmp_path / "file" / "places.csv")]) == 1
    printed = capsys.readouterr()
    assert f"The cache folder {tmp_path / 'file'} cannot be written" in printed.out
    assert (printed.err, nominatim.requests) == ("", [])


def test_locate_interrupted(unknown: Path, nominatim: NominatimServer, capsys: Printed) -> None:
    """Ctrl-C after two answers: a sentence, status 1, and the next run asks for the others only."""
    answers = nominatim.places
    asked: list[str] = []

    def interrupt(query: str) -> tuple[int, bytes]:
        asked.append(query)
        return nominatim.search(query)

    nominatim.answer = interrupt
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tqdm.tqdm", Interrupting)
        assert main(["--data", str(unknown), "locate"]) == 1
    assert capsys.readouterr() == (
        "",
        "\nStopped. Every answer so far is saved; run the command again to go on.\n",
    )
    assert asked == list(answers)[:2]
    assert main(["--data", str(unknown), "locate"]) == 0
    assert asked[:5] == list(answers)
    assert len(asked) == len(set(asked)) == 22


class Interrupting:
    """A progress bar at which somebody presses Ctrl-C after two steps."""

    def __init__(self, **_: object) -> None:
        self.n = self.total = 0

    def __enter__(self) -> "Interrupting":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, steps: int) -> None:
        self.n += steps
        if self.n == 2:
            raise KeyboardInterrupt


def test_locate_broken_data(data_folder: Path, edit: Edit, capsys: Printed) -> None:
    """A wrong cell is one sentence on standard error, status 1."""
    edit("plants.csv", ",IT,", ",ITA,")
    assert main(["--data", str(data_folder), "locate"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "plants.csv, row 2, column country_code: the value “ITA” must be a two-letter country code "
        "such as IT.\n"
    )


def test_locate_with_a_wrong_setting(unknown: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> None:
    """A geocoder that does not exist is one sentence on standard error."""
    monkeypatch.setenv("ATLAS_GEOCODER", "nominatin")
    assert main(["--data", str(unknown), "locate"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("ATLAS_GEOCODER is 'nominatin'; did you mean nominatim?")


# --- locate a file ---

STRANGER = """id,Plant name,Country/Area,State/Province,City,note
00123,Modena Works,Italy,Emilia-Romagna,Modena,=1+1
00124,"Works, the ""old"" one",Italy,,Qqqqq, spaced\u0020
00124,Modena Works,Italy,Emilia-Romagna,Modena,"two
lines"
"""


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """A table of somebody else's, without positions."""
    path = tmp_path / "stranger.csv"
    path.write_text(STRANGER, encoding="utf-8")
    return path


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_locate_a_file_offline(stranger: Path, tmp_path: Path, capsys: Printed) -> None:
    """Every row and column stays as it is, five more stand behind them; no network, nothing remembered."""
    out = tmp_path / "out.csv"
    assert main(["locate", str(stranger), "-o", str(out)]) == 0
    before, after = cells(stranger), cells(out)
    assert [row[:6] for row in after] == before
    places = ["latitude", "longitude", "accuracy_m", "geocoder", "matched", "position_certainty"]
    assert after[0][6:] == places
    latitude, longitude, accuracy_m, geocoder, matched, certainty = after[1][6:]
    assert (round(float(latitude), 1), round(float(longitude), 1), geocoder) == (44.6, 10.9, "gazetteer")
    assert (float(accuracy_m) > 1_000, matched.startswith("Modena"), certainty) == (True, True, "sure")
    assert (after[2][6:], after[3][6:]) == ([""] * 6, after[1][6:])
    assert capsys.readouterr() == (
        '2 of 3 rows have a place: 2 in the gazetteer. No such place was found for Works, the "old" one.\n',
        "",
    )
    assert stranger.read_text(encoding="utf-8") == STRANGER
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "stranger.csv"]


DELIMITERS = [
    "name,town,country\nModena Works,Modena,Italy\n",
    "name;town;country\nModena, Works;Modena;Italy\n",
    "name|town|country\nModena, Works|Modena|Italy\n",
    "name\ttown\tcountry\nModena; Works\tModena\tItaly\n",
    "sep=;\nname;town;country\nModena, Works;Modena;Italy\n",
]


@pytest.mark.parametrize("text", DELIMITERS)
def test_locate_a_file_with_another_delimiter(tmp_path: Path, text: str) -> None:
    """Found out as `import` does; OUT has commas, each cell as it was."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text, encoding="utf-8")
    assert main(["locate", str(source), "-o", str(out)]) == 0
    header, row = cells(out)
    assert (header[:3], row[1:3], row[6]) == (["name", "town", "country"], ["Modena", "Italy"], "gazetteer")


def test_locate_a_file_by_asking(stranger: Path, nominatim: NominatimServer, tmp_path: Path) -> None:
    """A service is asked once per place, in words of all columns that say where it is."""
    query = "Modena, Emilia-Romagna, Italy"
    nominatim.places = {query: place(44.65, 10.94)}
    out = tmp_path / "out.csv"
    for _ in range(2):
        assert main(["locate", str(stranger), "-o", str(out)]) == 0
    assert [request.query for request in nominatim.requests] == [query, "Qqqqq, Italy"]
    assert cells(out)[1][6:] == ["44.65", "10.94", "100.0", "nominatim", query, ""]


def test_locate_a_file_that_is_interrupted(
    stranger: Path, nominatim: NominatimServer, tmp_path: Path, capsys: Printed
) -> None:
    """A server that fails half-way: OUT has what is known, status 1, and the next run goes on."""
    nominatim.answer = lambda query: nominatim.search(query) if "Modena" in query else (500, b"")
    nominatim.places = {"Modena, Emilia-Romagna, Italy": place(44.65, 10.94)}
    out = tmp_path / "out.csv"
    assert main(["locate", str(stranger), "-o", str(out)]) == 1
    assert "1 was not looked up. The geocoder nominatim at" in capsys.readouterr().out
    assert [row[9] for row in cells(out)[1:]] == ["nominatim", "", "nominatim"]
    nominatim.answer, nominatim.requests = nominatim.search, []
    assert main(["locate", str(stranger), "-o", str(out)]) == 0
    assert [request.query for request in nominatim.requests] == ["Qqqqq, Italy"]


def test_locate_a_few(stranger: Path, nominatim: NominatimServer, tmp_path: Path, capsys: Printed) -> None:
    """--most ends the run after so many questions."""
    assert main(["locate", str(stranger), "-o", str(tmp_path / "out.csv"), "--most", "1"]) == 1
    assert len(nominatim.requests) == 1
    assert "Stopped after 1 questions, as you wished; 1 are left for the next run." in capsys.readouterr().out


def test_locate_with_another_geocoder(stranger: Path, nominatim: NominatimServer, tmp_path: Path) -> None:
    """--geocoder wins over the environment."""
    arguments = ["locate", str(stranger), "-o", str(tmp_path / "out.csv"), "--geocoder", "gazetteer"]
    assert (main(arguments), nominatim.requests) == (0, [])
    assert cells(tmp_path / "out.csv")[1][9] == "gazetteer"


def test_locate_a_file_with_positions(tmp_path: Path) -> None:
    """Own columns of these names stay, their blanks are filled; what is no place is left as it is."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "latitude,name,longitude,town,country\n"
        "45.070,Torino,7.68,Turin,Italy\n,Modena,,Modena,Italy\n999,Wrong,7,Modena,Italy\n",
        encoding="utf-8",
    )
    assert main(["locate", str(source), "-o", str(out)]) == 0
    header, turin, modena, wrong = cells(out)
    added = ["accuracy_m", "geocoder", "matched", "position_certainty"]
    assert header == ["latitude", "name", "longitude", "town", "country", *added]
    assert turin == ["45.070", "Torino", "7.68", "Turin", "Italy", "", "given in the table", "", ""]
    assert (modena[0][:4], modena[2][:4], modena[6]) == ("44.6", "10.9", "gazetteer")
    assert wrong == ["999", "Wrong", "7", "Modena", "Italy", "", "", "", ""]


def test_locate_a_parquet_file(stranger: Path, tmp_path: Path) -> None:
    """Types stay; what was located once is not located again."""
    out = tmp_path / "out.parquet"
    again = tmp_path / "again.parquet"
    assert main(["locate", str(stranger), "-o", str(out)]) == 0
    assert main(["locate", str(out), "-o", str(again)]) == 0
    assert pd.read_parquet(again).equals(pd.read_parquet(out))
    assert pd.read_parquet(out)["latitude"].dtype == "float64"


def test_locate_never_overwrites_its_file(stranger: Path, capsys: Printed) -> None:
    """One sentence, status 1, the file as it was."""
    assert main(["locate", str(stranger), "-o", str(stranger)]) == 1
    assert capsys.readouterr().err == f"{stranger} is the file to read; choose another name for the result.\n"
    assert stranger.read_text(encoding="utf-8") == STRANGER


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("no/out.csv", "cannot be written (no such file or directory). Choose another folder"),
        ("stranger.csv/out.csv", "cannot be written (not a directory). Choose another folder"),
        ("out.doc", "must end in .csv or .parquet."),
        ("", "must end in .csv or .parquet."),
    ],
)
def test_locate_where_out_cannot_be(
    stranger: Path, tmp_path: Path, capsys: Printed, out: str, sentence: str
) -> None:
    """Said before anything is looked up."""
    assert main(["locate", str(stranger), "-o", str(tmp_path / out)]) == 1
    assert sentence in capsys.readouterr().err


def test_locate_on_a_full_disk(stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older OUT stays whole, and nothing half-written is left."""
    out = tmp_path / "out.csv"
    out.write_text("older", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(locate_command, "_write_csv", full)
    with pytest.raises(DataError, match="cannot be written"):
        locate_command.write(["a"], [], out)
    assert out.read_text(encoding="utf-8") == "older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "stranger.csv"]


BAD_FILES = [
    (b"", "is empty: its first row must hold the names of the columns."),
    (b"name,town\nA,B,C\n", "row 2, has more cells than the header has columns."),
    (b"PAR1 but not really", "cannot be read"),
]


@pytest.mark.parametrize(("content", "sentence"), BAD_FILES)
def test_locate_a_broken_file(tmp_path: Path, capsys: Printed, content: bytes, sentence: str) -> None:
    """One sentence, status 1, no OUT."""
    (tmp_path / "in.csv").write_bytes(content)
    assert main(["locate", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_locate_file_and_output_belong_together(stranger: Path, capsys: Printed) -> None:
    """One without the other is told how it goes."""
    assert main(["locate", str(stranger)]) == 1
    assert main(["locate", "-o", "out.csv"]) == 1
    assert capsys.readouterr().err.count("FILE and -o OUT belong together") == 2


# --- import ---

STRANGE = (
    "Stabilimento;Comune;Paese;Breite;Länge;Anno di apertura\n"
    "Cassino;Piedimonte;Italia;41,474;13,755;ca. 1972\n"
    "Altrove;Nessunluogo;Italia;;;\n"
    "Melfi;Melfi;Italia;15,712;40,987;1993\n"
)


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A table as an Italian spreadsheet saves it."""
    path = tmp_path / "strange.csv"
    path.write_bytes(STRANGE.encode("cp1252"))
    return path


def test_import_in_one_object(strange: Path, tmp_path: Path, capsys: Printed) -> None:
    """Table, report and mapping are written, one JSON object is printed, status 0."""
    out, report, kept = tmp_path / "out.csv", tmp_path / "report.csv", tmp_path / "mapping.json"
    files = ["-o", str(out), "--report", str(report), "--save-mapping", str(kept)]
    assert main(["import", str(strange), "--offline", "--json", *files]) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert printed.err == ""
    assert told == {
        "rows": 3,
        "placed": 2,
        "located": 0,
        "reported": 3,
        "detected": {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "header": True},
        "columns": {
            "name": "Stabilimento",
            "country": "Paese",
            "town": "Comune",
            "latitude": "Breite",
            "longitude": "Länge",
            "opened_year": "Anno di apertura",
        },
        "warnings": [],
    }
    assert [line.split(",")[0] for line in report.read_text("utf-8").splitlines()] == ["row", "2", "3", "4"]
    assert (
        out.read_text("utf-8").splitlines()[1].startswith("cassino,Cassino,Piedimonte,Italia,41.474,13.755")
    )
    assert main(["import", str(strange), "--mapping", str(kept), "-o", str(tmp_path / "out.parquet")]) == 0
    assert capsys.readouterr().out.startswith("2 of 3 plants placed; 1 not.\n")


def test_import_with_fixes(strange: Path, capsys: Printed) -> None:
    """--apply takes what is proposed."""
    assert main(["import", str(strange), "--apply", "swapped", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["placed"], told["reported"]) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.csv"], "nowhere.csv cannot be read (no such file or directory). Check the path."),
        (["{strange}", "-o", "out.doc"], "out.doc must end in .csv or .parquet."),
        (["{strange}", "--encoding", "klingon"], "There is no encoding “klingon”; try utf-8 or cp1252."),
        (["{strange}", "--apply", "magic"], "There is no problem called “magic”; there are: swapped, sign,"),
    ],
)
def test_import_refused(strange: Path, arguments: list[str], sentence: str, capsys: Printed) -> None:
    """One sentence on standard error, nothing on standard output, status 3."""
    assert main(["import", *(one.replace("{strange}", str(strange)) for one in arguments)]) == 3
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert printed.err.startswith(sentence)


# --- the rest ---


def test_all_fixes_are_those_that_cannot_harm() -> None:
    """None that leaves rows out, moves a point that is on the map, or draws one that cannot be right."""
    assert import_command.kinds("all") == [
        "degrees", "decimal", "wrapped", "projected", "zero", "unknown country", "year", "letters",
    ]  # fmt: skip
    assert import_command.kinds("sign, duplicate") == ["sign", "duplicate"]


def test_import_loads_no_library_in_vain(tmp_path: Path) -> None:
    """A table that states all positions needs no geocoder and no catalog, whose libraries take a second."""
    table, out = tmp_path / "plants.csv", tmp_path / "out.csv"
    table.write_text("name,lat,lon\nCassino,41.47,13.83\n")
    code = (
        "import sys; from atlas.__main__ import main; main(sys.argv[1:]);"
        "print(sorted({'pandera', 'sqlalchemy', 'geopy', 'streamlit'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "import", str(table), "-o", str(out)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.splitlines() == ["1 of 1 plant placed.", "[]"]
    assert out.read_text() == "plant_id,name,latitude,longitude\ncassino,Cassino,41.47,13.83\n"


def test_the_version(capsys: Printed) -> None:
    """--version prints the number and nothing else."""
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert (left.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")


@pytest.mark.parametrize("arguments", [[], ["fly"], ["check", "--fast"]])
def test_a_wrong_command(arguments: list[str], capsys: Printed) -> None:
    """A mistyped command shows how it is used, status 2."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m atlas")

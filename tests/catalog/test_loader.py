"""The catalog: loaded once, fresh when a file changes, placed without asking anyone."""

import os
import re
import socket
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from atlas import settings
from atlas.alfa import tables
from atlas.catalog import filters, loader, points, sheets
from atlas.catalog.loader import Library
from atlas.errors import DataError, SelectionError
from atlas.geocoding import store
from atlas.geocoding.place import Place
from atlas.importing import importer, table_reader
from tests.nominatim import Clock, NominatimServer

Edit = Callable[[str, str, str], None]
HEADER = "query,latitude,longitude,accuracy_m,geocoder,source_url,retrieved\n"
MODENA = "Viale Ciro Menotti 322, 41121 Modena MO, Italy"


@pytest.fixture
def copied(data_folder: Path) -> Library:
    """A library on a copy of the shipped tables."""
    return Library(data_folder)


def five(library: Library | None = None) -> sheets.Sheet:
    """The first table of a library, by default of the server's."""
    return (library or loader.library()).open().sheet("plants")


def test_the_shipped_plants_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """All five plants are placed at the first start without a single connection."""

    def refuse(_self: socket.socket, address: Any) -> None:
        raise AssertionError(f"connects to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    sheet = five()
    assert sheet.problem is None
    assert dict(zip(sheet.table["plant_id"], sheet.table["latitude"], strict=True)) == {
        "cassino": 41.474,
        "pomigliano": 40.9268,
        "melfi": 41.0758,
        "modena": 44.6495,
        "toluca": 19.2903,
    }
    assert sheet.points.rows.tolist() == [0, 1, 2, 3, 4]


def test_every_sheet_is_placed() -> None:
    """Whatever tables are on show: each plant has a position, a status and its row number."""
    opened = loader.open_catalog()
    assert sheets.DEFAULT_SHEET in opened.sheets
    for key, sheet in opened.sheets.items():
        assert (sheet.key, sheet.problem) == (key, None)
        assert sheet.table["latitude"].notna().all()
        assert sheet.table["status"].isin([*tables.STATUSES]).all()
        assert [sheet.index.row_of(one) for one in sheet.table["plant_id"]] == list(range(len(sheet.table)))


def test_an_unknown_sheet() -> None:
    """The sentence names the tables that exist."""
    opened = loader.open_catalog()
    with pytest.raises(SelectionError) as caught:
        opened.sheet("trains")
    assert str(caught.value) == f"There is no table “trains”; there is {', '.join(opened.sheets)}."


def test_names_cover_plants_and_sites() -> None:
    """Claims name plants and other sites alike."""
    names = tables.names(loader.open_catalog().about_alfa)
    assert len(names) == 22
    assert (names["toluca"], names["tychy"]) == ("Toluca Plant", "Tychy Plant")


def test_nothing_is_loaded_twice(copied: Library) -> None:
    """While no file changes, the same catalog is handed out."""
    assert copied.open() is copied.open()


def test_an_edited_file_shows_without_a_restart(copied: Library, edit: Edit) -> None:
    """A corrected name is there at the next visit, and the map knows that it is another content."""
    before = five(copied)
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    after = five(copied)
    assert (before.table["name"].tolist()[0], after.table["name"].tolist()[0]) == (
        "Cassino Plant",
        "Cassino Works",
    )
    assert before.version != after.version


def test_the_version_follows_the_content(copied: Library) -> None:
    """Another folder with the same rows has the same version."""
    assert five().version == five(copied).version


def test_an_end_year_changes_the_status(copied: Library, edit: Edit) -> None:
    """The end of a model is one cell; the plant's status follows by itself."""
    edit("production.csv", "Alfa Romeo,Tonale,2022,,", "Alfa Romeo,Tonale,2022,2025,")
    table = five(copied).table.set_index("plant_id")
    assert table.loc["pomigliano", "status"] == "before"


def test_a_mended_file_is_read_again(copied: Library, edit: Edit) -> None:
    """A mistake is said at once and forgotten as soon as it is corrected."""
    edit("plants.csv", ",1972,", ",x,")
    for _ in range(2):
        with pytest.raises(DataError, match="row 2, column opened_year"):
            five(copied)
    edit("plants.csv", ",x,", ",1972,")
    assert len(five(copied).table) == 5


def test_no_data_folder(tmp_path: Path) -> None:
    """A folder that is not there is one sentence with the way out."""
    folder = tmp_path / "nowhere"
    with pytest.raises(DataError) as caught:
        loader.open_catalog(folder)
    assert str(caught.value) == (
        f"The data folder {folder} cannot be read (no such file or directory). Restore it or its permissions."
    )


def test_a_file_in_place_of_the_data_folder(tmp_path: Path) -> None:
    """A folder that cannot be listed says why."""
    (tmp_path / "data").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot be read \(not a directory\)"):
        loader.open_catalog(tmp_path / "data")


def test_a_file_in_place_of_the_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder that cannot be used does not keep anybody from seeing the shipped plants."""
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    assert five().table["latitude"].notna().all()


def test_a_broken_cache_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged cache of the user's own is a sentence; the shipped places stay."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path))
    (tmp_path / "places.csv").write_text("garbage\n", encoding="utf-8")
    sheet = five()
    assert sheet.problem is not None
    assert sheet.problem.startswith(f"The geocode cache {tmp_path / 'places.csv'} has the header 'garbage'")
    assert sheet.table["latitude"].notna().all()


def test_no_shipped_places(data_folder: Path, copied: Library) -> None:
    """Without places.csv the plants are still listed, and the file is named."""
    (data_folder / "places.csv").unlink()
    sheet = five(copied)
    assert len(sheet.table) == 5
    assert sheet.problem is not None
    assert "places.csv that ships with the atlas is missing" in sheet.problem


def test_a_plant_without_a_position(copied: Library, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the geocoder "none", a new address stays in the table, unplaced, and is never drawn at 0, 0."""
    monkeypatch.setenv("ATLAS_GEOCODER", "none")
    edit("plants.csv", "Viale Ciro Menotti 322", "Via Nuova 1")
    sheet = five(copied)
    row = sheet.table.set_index("plant_id").loc["modena"]
    assert pd.isna(row["latitude"])
    assert pd.isna(row["longitude"])
    assert len(sheet.table) == 5
    assert sheet.points.rows.tolist() == [0, 1, 2, 4]


def test_a_new_address_is_found_without_asking(
    copied: Library, edit: Edit, nominatim: NominatimServer
) -> None:
    """A page looks an unknown address up in the gazetteer, whatever service is set, and asks nobody."""
    edit("plants.csv", "Menotti 322", "Menotti 323")
    sheet = five(copied)
    modena = sheet.table.iloc[3]
    assert (round(modena["latitude"]), round(modena["longitude"])) == (45, 11)
    assert (modena["geocoder"], sheet.problem, nominatim.requests) == ("gazetteer", None, [])


def test_an_answer_shows_on_the_next_visit(copied: Library, edit: Edit, nominatim: NominatimServer) -> None:
    """What was asked for meanwhile, by whomever, takes the gazetteer's place."""
    edit("plants.csv", "Menotti 322", "Menotti 323")
    assert five(copied).table["geocoder"].tolist()[3] == "gazetteer"
    new = Place(MODENA.replace("322", "323"), 44.65, 10.94, 100.0, "nominatim", "", date(2026, 2, 1))
    store.open_store().put(new)
    assert five(copied).table["latitude"].tolist()[3] == 44.65
    assert five(copied) is five(copied)


def test_a_wrong_setting_is_a_sentence(copied: Library, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A geocoder that does not exist is said when it is needed; the plants that are known stay."""
    monkeypatch.setenv("ATLAS_GEOCODER", "gogle")
    edit("plants.csv", "Menotti 322", "Menotti 323")
    sheet = five(copied)
    assert str(sheet.problem).startswith("ATLAS_GEOCODER is 'gogle'")
    assert sheet.table["latitude"].notna().sum() == 4


def test_without_any_geocoder(data_folder: Path, copied: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the geocoder "none" an unknown plant has no position, and a sentence says what to do."""
    monkeypatch.setenv("ATLAS_GEOCODER", "none")
    (data_folder / "places.csv").write_text(HEADER, encoding="utf-8")
    sheet = five(copied)
    assert sheet.problem == "5 plants have no position yet. Run: python -m atlas locate"
    assert sheet.table["latitude"].notna().sum() == 0


def test_statuses_of_alfa_romeo_plants() -> None:
    """The legend's words, and which of them each plant has."""
    sheet = five()
    assert (sheet.about_alfa, sheet.categories) == (
        True,
        tuple(tables.STATUSES[status] for status in ("now", "before", "none")),
    )
    words = [sheet.categories[sheet.category_of(row) or 0] for row in range(5)]
    assert words == [tables.STATUSES[status] for status in sheet.table["status"]]


def test_a_sheet_is_found_by_its_version(copied: Library, edit: Edit) -> None:
    """The content on show has an address; that of yesterday's content is gone."""
    before = five(copied).version
    assert copied.with_version(before) is five(copied)
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    assert copied.with_version(before) is None
    assert copied.with_version("") is None


# --- an operator's table ---

OWN = """id,name,country,fuel,status,capacity (MW),lat,lon,address
b1,Bursa,Türkiye,gas,running,100,40.2,29.1,
c1,Cordoba,Argentina,coal,closed,,-31.4,-64.2,
d1,Detroit,,gas,running,12.5,,,Nowhere Road 1
e1,Erfurt,Germany,gas,,7,51,11,
f1,Fes,Morocco,coal,closed,8,91,0,
g1,Graz,Austria,coal,running,9,47,15.4,
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's table `OWN`, named in ATLAS_PLANTS."""
    path = tmp_path / "power_plants.csv"
    path.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", f" {path} ")
    return path


def test_an_operators_table_is_the_only_one(own: Path) -> None:
    """It takes the place of ours: one sheet, called as its file, with the rows as they were."""
    opened = loader.open_catalog()
    assert (list(opened.sheets), opened.tables) == ([sheets.DEFAULT_SHEET], None)
    sheet = five()
    assert (sheet.title, sheet.about_alfa, sheet.problem) == ("power plants", False, None)
    assert sheet.table["plant_id"].tolist() == ["b1", "c1", "d1", "e1", "f1", "g1"]
    assert sheet.table["capacity (MW)"].tolist()[0] == 100
    assert settings.operators_table() == str(own)


def test_nothing_about_alfa_romeos(own: Path) -> None:
    """What only our tables have is a sentence."""
    with pytest.raises(SelectionError) as caught:
        _ = loader.open_catalog().about_alfa
    assert str(caught.value) == "This page is about Alfa Romeos; this server shows another table."


def test_filters_are_derived(own: Path) -> None:
    """From its own columns, with its own values."""
    index = five().index
    assert index.parameters == ("table", "country", "status", "fuel", "capacity_mw", "q", "plant", "pin")
    assert {key: options.values for key, options in index.options.items()} == {
        "country": ("Argentina", "Austria", "Germany", "Morocco", "Türkiye", "not stated"),
        "fuel": ("coal", "gas"),
        "status": ("running", "closed", "not stated"),
    }


def test_rows_without_a_position_are_counted(own: Path) -> None:
    """An empty and an impossible position: in the table, not on the map, and the latter is said."""
    sheet = five()
    assert sheet.points.rows.tolist() == [0, 1, 3, 5]
    assert sheet.results.of(filters.Selection("plants")).totals.unplaced == 2
    assert sheet.table["geocoder"].tolist() == [
        "given in the table",
        "given in the table",
        "",
        "given in the table",
        "",
        "given in the table",
    ]
    (note,) = sheet.notes
    assert note == "Row 6, column lat, lon: “91, 0”: This is no place on Earth; not used."


def test_a_status_of_its_own(own: Path) -> None:
    """The legend has the table's own words, in the look of what they mean."""
    sheet = five()
    assert sheet.categories == (*[""] * 7, "running", "", "", "", "closed", "", "not stated")
    assert [sheet.category_of(row) for row in range(6)] == [7, 11, 7, 13, 11, 7]
    assert [sheet.status_of(row) for row in range(4)] == ["running", "closed", "running", "not stated"]
    assert list(sheet.points.packed[-4:]) == [7, 11, 13, 7]


TRACKER = [
    "operating",
    "construction",
    "permitted",
    "announced",
    "shelved",
    "cancelled",
    "retired",
    "idle",
    "",
]
MEANT = [
    (TRACKER, [7, 8, 9, 9, 12, 12, 11, 10, 13], "Planned (announced, permitted)"),
    (["in Betrieb", "im Bau", "geplant", "stillgelegt", "verworfen"], [7, 8, 9, 11, 12], "geplant"),
    (["in funzione", "in costruzione", "autorizzato", "dismesso"], [7, 8, 9, 11], "autorizzato"),
    (["en exploitation", "en construction", "en projet", "hors service"], [7, 8, 9, 11], "en projet"),
    (["en servicio", "en construcción", "planificada", "cerrada"], [7, 8, 9, 11], "planificada"),
    (["open", "closed", "proposed"], [7, 11, 9], "proposed"),
]


@pytest.mark.parametrize(("cells", "codes", "planned"), MEANT)
def test_statuses_by_meaning(own: Path, cells: list[str], codes: list[int], planned: str) -> None:
    """The look of a status is that of its meaning in five languages, however many statuses there are."""
    lines = [f"p{n},{cell},1,{n}" for n, cell in enumerate(cells)]
    own.write_text("\n".join(["name,status,lat,lon", *lines]), encoding="utf-8")
    sheet = five()
    assert [sheet.category_of(row) for row in range(len(cells))] == codes
    assert [sheet.status_of(row) for row in range(len(cells))] == [cell or "not stated" for cell in cells]
    assert sheet.categories[9] == planned


STATUSES = [
    (["a", "b", "c", "d", "e", "f"] * 2, 6),
    (["a", "b", "c", "d", "e", ""] * 2, 6),
    (["a", "b", "c", "d", "e", "f", ""] * 2, 0),
    (["a", "b", "c", "d", "e", "f", "g"] * 2, 0),
    (["a"] * 12, 0),
    ([""] * 12, 0),
]


@pytest.mark.parametrize(("cells", "categories"), STATUSES)
def test_more_than_six_statuses_are_none(own: Path, cells: list[str], categories: int) -> None:
    """A legend that nobody can tell apart is left out: all plants look alike."""
    lines = [f"p{n},{cell},1,{n}" for n, cell in enumerate(cells)]
    own.write_text("\n".join(["name,status,lat,lon", *lines]), encoding="utf-8")
    sheet = five()
    assert len(sheet.categories) == categories
    assert sheet.status_of(0) == cells[0]
    if not categories:
        assert {sheet.category_of(row) for row in range(len(cells))} == {None}
        assert set(sheet.points.packed[-len(cells) :]) == {0}


def test_an_edited_table_shows_and_the_old_one_is_gone(own: Path) -> None:
    """The next visit sees the new content; the map's address of the old one is answered no more."""
    before = five()
    assert loader.with_version(before.version) is before
    own.write_text(OWN.replace("Bursa", "Bursa Works"), encoding="utf-8")
    after = five()
    assert after.table["name"].tolist()[0] == "Bursa Works"
    assert loader.with_version(before.version) is None
    assert loader.with_version(after.version) is after


CHANGES = [
    ("lat,lon", "lon,lat"),
    ("status", "shift"),
    ("country,fuel", "fuel,country"),
    ("running", "idle"),
    ("100", "101"),
    ("b1,", "b2,"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_the_version_tells_any_change(own: Path, old: str, new: str) -> None:
    """Also where only the names of columns change: browsers keep what an address gave them for ever."""
    before = five().version
    own.write_text(OWN.replace(old, new), encoding="utf-8")
    assert five().version != before


def test_the_same_content_has_the_same_version(own: Path, tmp_path: Path) -> None:
    """However often, and from wherever, it is read."""
    before = five().version
    own.write_text(OWN, encoding="utf-8")
    os.utime(own, (1, 1))
    assert five().version == before


def test_positions_from_the_own_cache(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that was looked up before is placed, as soon as the cache has it."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    assert five().points.rows.tolist() == [0, 1, 3, 5]
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "places.csv").write_text(
        f"{HEADER}Nowhere Road 1,42.3,-83.1,500,nominatim,,2026-02-01\n", encoding="utf-8"
    )
    sheet = five()
    row = sheet.table.iloc[2]
    assert (row["latitude"], row["longitude"], row["accuracy_m"], row["geocoder"]) == (
        42.3,
        -83.1,
        500.0,
        "nominatim",
    )
    assert sheet.points.rows.tolist() == [0, 1, 2, 3, 5]
    assert sheet.table["accuracy_m"].isna().tolist() == [True, True, False, True, True, True]


def test_positions_from_the_shipped_cache(own: Path) -> None:
    """A town that we know is known for every table."""
    own.write_text(f'name,address\nModena,"{MODENA}"\nOther,Nowhere Road 1\n', encoding="utf-8")
    sheet = five()
    assert sheet.table["latitude"].tolist()[0] == 44.6495
    assert sheet.points.rows.tolist() == [0]


def test_nobody_is_asked_about_an_operators_table(own: Path, nominatim: NominatimServer) -> None:
    """Addresses leave the machine only with `python -m atlas locate`."""
    sheet = five()
    assert (nominatim.requests, sheet.problem) == ([], None)
    assert sheet.points.rows.tolist() == [0, 1, 3, 5]


def test_a_table_with_places_of_its_own(own: Path) -> None:
    """How sure a position is, and how it was found, are taken from the table where it says so."""
    own.write_text(
        "name,lat,lon,accuracy_m,geocoder\nA,1,2,300,survey\nB,3,4,,\nC,,,5,guess\n", encoding="utf-8"
    )
    table = five().table
    assert table["accuracy_m"].fillna(-1).tolist() == [300.0, -1.0, -1.0]
    assert table["geocoder"].tolist() == ["survey", "", ""]


def test_the_points_of_an_operators_table(own: Path) -> None:
    """They lie where the table says."""
    sheet = five()
    assert sheet.points.packed == points.pack(sheet.table, np.array([7, 11, 7, 13, 11, 7], "u1")).packed


def test_a_broken_table_and_then_a_mended_one(own: Path) -> None:
    """A mistake is said at once and forgotten as soon as it is corrected."""
    own.write_text("mw,fuel\n5,gas\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(DataError, match=r"power_plants\.csv has no column with a name"):
            loader.open_catalog()
    own.write_text(OWN, encoding="utf-8")
    assert len(five().table) == 6


def test_no_operators_table_any_more(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the setting, ours is back."""
    assert not five().about_alfa
    monkeypatch.setenv("ATLAS_PLANTS", "  ")
    assert five().about_alfa


def test_country_codes(own: Path) -> None:
    """Countries are drawn out on the map as far as the table has codes."""
    assert five().country_codes == []
    own.write_text("name,Country Code\nA,IT\nB,\nC,IT\nD,BR\n", encoding="utf-8")
    assert five().country_codes == ["BR", "IT"]


def test_an_address_that_failed_rests() -> None:
    """Visitors do not wait, one after the other, for a server that is away."""
    asked: list[str] = []

    def away(address: str) -> importer.Imported:
        asked.append(address)
        raise DataError("It cannot be reached.")

    clock = Clock()
    library = Library(operators_table=lambda: "http://127.0.0.1:9/rests.csv", read=away, clock=clock)
    for _visitor in range(3):
        with pytest.raises(DataError, match="cannot be reached"):
            library.open()
    assert len(asked) == 1
    clock.sleep(table_reader.RETRY_FAILED_S + 1)
    with pytest.raises(DataError, match="cannot be reached"):
        library.open()
    assert len(asked) == 2


def test_an_address_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when more places are known, for which the table is placed again."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path))
    asked: list[str] = []

    def read(address: str) -> importer.Imported:
        asked.append(address)
        return importer.read(OWN.encode(), "own.csv")

    library = Library(operators_table=lambda: "https://example.org/own.csv", read=read)
    before = five(library)
    store.open_store().put(Place("Nowhere Road 1", 42.3, -83.1, 500.0, "nominatim", "", date(2026, 2, 1)))
    assert (five(library) is before, five(library).points.rows.tolist()) == (False, [0, 1, 2, 3, 5])
    assert asked == ["https://example.org/own.csv"]


def test_a_geocoder_that_was_away_is_tried_again(data_folder: Path, edit: Edit) -> None:
    """Not for every visitor, but after some minutes, and only while a plant has no position."""
    clock = Clock()
    library = Library(data_folder, clock=clock)
    sound = library.open()
    clock.sleep(loader.RETRY_S + 1)
    assert library.open() is sound
    (data_folder / "places.csv").unlink()
    before = library.open()
    assert library.open() is before
    clock.sleep(loader.RETRY_S + 1)
    assert library.open() is not before


def test_libraries_share_nothing(data_folder: Path) -> None:
    """Each has its own visitors; the server has one library."""
    one, other = Library(data_folder), Library(data_folder)
    one.visitors.enter("ada", is_here=lambda: True)
    own = pd.DataFrame({"plant_id": ["a"], "name": ["A"], "latitude": [1.0], "longitude": [2.0]})
    sheet = one.keep_own("ada", "Mine", own)
    assert (one.open().sheet(sheet.version), one.with_version(sheet.version)) == (sheet, sheet)
    assert other.with_version(sheet.version) is None
    with pytest.raises(SelectionError):
        other.open().sheet(sheet.version)
    assert loader.library() is loader.library()


# --- a table that is read again ---


class Served:
    """A server's table that a test changes; `asked`: how often it was read, `away`: it cannot be."""

    def __init__(self) -> None:
        self.text, self.asked, self.away = OWN, 0, False
        self.address = "postgresql://me:s3cret@127.0.0.1/db?table=own"
        self.clock = Clock()
        self.every_s: float | None = 60.0
        self.library = Library(
            operators_table=lambda: self.address,
            read=self.read,
            refresh_s=lambda: self.every_s,
            clock=self.clock,
        )

    def read(self, _address: str) -> importer.Imported:
        self.asked += 1
        if self.away:
            raise DataError("The database cannot be read.")
        return importer.read(self.text.encode(), "own.csv")

    def visit(self) -> sheets.Sheet:
        """What a visitor sees, after what that sets off has ended."""
        sheet = five(self.library)
        for thread in threading.enumerate():
            if thread.name == "refresh":
                thread.join()
        return sheet


@pytest.fixture
def served() -> Served:
    return Served()


def test_a_servers_table_is_read_again_when_due(served: Served) -> None:
    """Beside the visitors: who comes first still sees the old one, and waits for nothing."""
    before = served.visit()
    served.text = OWN.replace("Bursa", "Bursa Works")
    assert served.visit() is before
    served.clock.sleep(60)
    assert (served.visit(), served.asked) == (before, 2)
    assert (served.visit().table["name"].tolist()[0], served.asked) == ("Bursa Works", 2)
    assert served.visit().title == "own"


def test_the_same_table_stays(served: Served) -> None:
    """What was worked out for it stays, too."""
    before = served.visit()
    before.memory.of("card", 1, lambda: "kept", most=1)
    served.clock.sleep(60)
    served.visit()
    after = served.visit()
    assert (served.asked, after.table is before.table, after.memory is before.memory) == (2, True, True)


def test_without_an_interval_a_server_is_read_once(served: Served) -> None:
    """As long as nobody asks for more."""
    served.every_s = None
    served.visit()
    served.clock.sleep(1e6)
    served.visit()
    assert served.asked == 1
    served.text = OWN.replace("Bursa", "Bursa Works")
    assert served.library.refresh().sheet("plants").table["name"].tolist()[0] == "Bursa Works"


def test_the_last_good_table_stays_on_show(served: Served) -> None:
    """While its server is away; that is said, and over as soon as it is back."""
    before = served.visit()
    served.away = True
    served.clock.sleep(60)
    served.visit()
    stale = served.visit()
    assert (stale.table is before.table, stale.version) == (True, before.version)
    assert re.fullmatch(
        r"The database cannot be read\. What is on show was read at \d\d:\d\d UTC on \d+ \w+ \d{4}\.",
        str(stale.problem),
    )
    assert (served.visit(), served.asked) == (stale, 2), "the server rests before the next try"
    with pytest.raises(DataError, match=r"^The database cannot be read\.$"):
        served.library.refresh()
    served.clock.sleep(loader.RETRY_S + 1)
    assert served.visit().problem == stale.problem
    served.away = False
    served.clock.sleep(60)
    served.visit()
    assert (served.visit().problem, served.visit().table is before.table) == (None, True)


def test_a_server_that_was_never_there(served: Served) -> None:
    """Then there is nothing to show, and no visitor waits for it twice."""
    served.away = True
    for _visitor in range(3):
        with pytest.raises(DataError, match="cannot be read"):
            served.visit()
    assert served.asked == 1
    served.away = False
    served.clock.sleep(table_reader.RETRY_FAILED_S + 1)
    assert len(served.visit().table) == 6


def test_a_wrong_interval_keeps_nobody_from_the_table(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said by the check."""
    monkeypatch.setenv("ATLAS_REFRESH_S", "often")
    library = Library(operators_table=lambda: served.address, read=served.read, clock=served.clock)
    assert len(five(library).table) == 6
    assert len(five(library).table) == 6


def test_files_of_a_folder_show_their_changes(tmp_path: Path) -> None:
    """A file more, or less, is there at the next visit."""
    folder = tmp_path / "power plants"
    folder.mkdir()
    library = Library(operators_table=lambda: str(folder))
    for number, names in enumerate((["a"], ["a", "b"]), 1):
        pd.DataFrame({"name": [names[-1]]}).to_parquet(folder / f"{number}.parquet")
        assert five(library).table["name"].tolist() == names
    assert five(library).title == "power plants"
    (folder / "1.parquet").unlink()
    assert five(library).table["name"].tolist() == ["b"]

"""The catalog: loaded once, fresh when a file changes, placed without asking anyone."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from atlas import catalog
from atlas.errors import DataError, SelectionError
from tests.nominatim import NominatimServer, failed, place

Edit = Callable[[str, str, str], None]
HEADER = "query,latitude,longitude,accuracy_m,geocoder,source_url,retrieved\n"
MODENA = "Viale Ciro Menotti 322, 41121 Modena MO, Italy"


def five(folder: Path | None = None) -> catalog.Sheet:
    return catalog.open_catalog(folder).sheet("plants")


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
    opened = catalog.open_catalog()
    assert catalog.DEFAULT_SHEET in opened.sheets
    for key, sheet in opened.sheets.items():
        assert (sheet.key, sheet.problem) == (key, None)
        assert sheet.table["latitude"].notna().all()
        assert sheet.table["status"].isin(["now", "before", "none"]).all()
        assert [sheet.index.row_of[one] for one in sheet.table["plant_id"]] == list(range(len(sheet.table)))


def test_an_unknown_sheet() -> None:
    """The sentence names the tables that exist."""
    opened = catalog.open_catalog()
    with pytest.raises(SelectionError) as caught:
        opened.sheet("trains")
    assert str(caught.value) == f"There is no table “trains”; there is {', '.join(opened.sheets)}."


def test_names_cover_plants_and_sites() -> None:
    """Claims name plants and other sites alike."""
    names = catalog.names(catalog.open_catalog())
    assert len(names) == 19
    assert (names["toluca"], names["tychy"]) == ("Toluca Plant", "Tychy Plant")


def test_nothing_is_loaded_twice(data_folder: Path) -> None:
    """While no file changes, the same catalog is handed out."""
    assert catalog.open_catalog(data_folder) is catalog.open_catalog(data_folder)


def test_an_edited_file_shows_without_a_restart(data_folder: Path, edit: Edit) -> None:
    """A corrected name is there at the next visit, and the map knows that it is another content."""
    before = five(data_folder)
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    after = five(data_folder)
    assert (before.table["name"].tolist()[0], after.table["name"].tolist()[0]) == (
        "Cassino Plant",
        "Cassino Works",
    )
    assert before.version != after.version


def test_the_version_follows_the_content(data_folder: Path) -> None:
    """Another folder with the same rows has the same version."""
    assert five().version == five(data_folder).version


def test_an_end_year_changes_the_status(data_folder: Path, edit: Edit) -> None:
    """The end of a model is one cell; the plant's status follows by itself."""
    edit("production.csv", "Alfa Romeo,Tonale,2022,,", "Alfa Romeo,Tonale,2022,2025,")
    table = five(data_folder).table.set_index("plant_id")
    assert table.loc["pomigliano", "status"] == "before"


def test_a_mended_file_is_read_again(data_folder: Path, edit: Edit) -> None:
    """A mistake is said at once and forgotten as soon as it is corrected."""
    edit("plants.csv", ",1972,", ",x,")
    for _ in range(2):
        with pytest.raises(DataError, match="row 2, column opened_year"):
            five(data_folder)
    edit("plants.csv", ",x,", ",1972,")
    assert len(five(data_folder).table) == 5


def test_no_data_folder(tmp_path: Path) -> None:
    """A folder that is not there is one sentence with the way out."""
    folder = tmp_path / "nowhere"
    with pytest.raises(DataError) as caught:
        catalog.open_catalog(folder)
    assert str(caught.value) == (
        f"The data folder {folder} cannot be read (no such file or directory). Restore it or its permissions."
    )


def test_a_file_in_place_of_the_data_folder(tmp_path: Path) -> None:
    """A folder that cannot be listed says why."""
    (tmp_path / "data").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot be read \(not a directory\)"):
        catalog.open_catalog(tmp_path / "data")


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


def test_no_shipped_places(data_folder: Path) -> None:
    """Without places.csv the plants are still listed, and the file is named."""
    (data_folder / "places.csv").unlink()
    sheet = five(data_folder)
    assert len(sheet.table) == 5
    assert sheet.problem is not None
    assert "places.csv that ships with the atlas is missing" in sheet.problem


def test_a_plant_without_a_position(data_folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the geocoder "none", a new address stays in the table, unplaced, and is never drawn at 0, 0."""
    monkeypatch.setenv("ATLAS_GEOCODER", "none")
    edit("plants.csv", "Viale Ciro Menotti 322", "Via Nuova 1")
    sheet = five(data_folder)
    row = sheet.table.set_index("plant_id").loc["modena"]
    assert pd.isna(row["latitude"])
    assert pd.isna(row["longitude"])
    assert len(sheet.table) == 5
    assert sheet.points.rows.tolist() == [0, 1, 2, 4]


def test_a_new_address_is_asked_once(data_folder: Path, edit: Edit, nominatim: NominatimServer) -> None:
    """Five visitors at the same moment are one question, and the answer is remembered."""
    new = MODENA.replace("322", "323")
    nominatim.places = {new: place(44.65, 10.94)}
    edit("plants.csv", "Menotti 322", "Menotti 323")
    visitors = [threading.Thread(target=five, args=(data_folder,)) for _ in range(5)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert [request.query for request in nominatim.requests] == [new]
    assert five(data_folder).table["latitude"].tolist()[3] == 44.65
    edit("plants.csv", "Cassino Plant,", "Cassino Works,")
    assert five(data_folder).problem is None
    assert len(nominatim.requests) == 1


def test_a_geocoder_that_is_away(data_folder: Path, edit: Edit, nominatim: NominatimServer) -> None:
    """One sentence, the other plants are placed, and the next visitor does not ask again at once."""
    nominatim.answer = failed(503)
    edit("plants.csv", "Menotti 322", "Menotti 323")
    sheet = five(data_folder)
    asked = len(nominatim.requests)
    assert asked > 0
    assert sheet.problem is not None
    assert sheet.problem.startswith(f"The geocoder nominatim at {nominatim.url} failed (HTTP status 503).")
    assert sheet.table["latitude"].notna().tolist() == [True, True, True, False, True]
    assert five(data_folder) is sheet
    assert len(nominatim.requests) == asked


def test_a_wrong_setting_is_a_sentence(
    data_folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A geocoder that does not exist is said when it is needed; the plants that are known stay."""
    monkeypatch.setenv("ATLAS_GEOCODER", "gogle")
    edit("plants.csv", "Menotti 322", "Menotti 323")
    sheet = five(data_folder)
    assert str(sheet.problem).startswith("ATLAS_GEOCODER is 'gogle'")
    assert sheet.table["latitude"].notna().sum() == 4


def test_too_many_to_ask_at_a_start(data_folder: Path, nominatim: NominatimServer) -> None:
    """More than twenty unknown addresses are not asked about while a visitor waits."""
    (data_folder / "places.csv").write_text(HEADER, encoding="utf-8")
    path = data_folder / "plants.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    more = [lines[-1].replace("toluca,", f"toluca{n},").replace("60.5", f"{n}") for n in range(20)]
    path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
    sheet = five(data_folder)
    assert sheet.problem == "25 plants have no position yet. Run: python -m atlas locate"
    assert nominatim.requests == []

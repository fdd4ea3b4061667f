"""Checks: one report that says what is in order and what is not."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from atlas import basemap, settings
from atlas.catalog import loader
from atlas.web import health

Edit = Callable[[str, str, str], None]


def test_all_is_well() -> None:
    """The shipped data, the map's files, an empty cache and the default geocoder are in order."""
    report = health.run()
    assert (report.problems, report.is_sound) == ([], True)
    assert report.rows == {key: len(one.table) for key, one in loader.open_catalog().sheets.items()}
    assert report.rows["plants"] == 5
    assert report.assets == {"leaflet": True, "basemap": True}
    assert report.cache_writable
    assert "Data: five plants, 5 of 5 placed on the map." in report.findings
    own = settings.cache_folder() / "places.sqlite"
    assert f"Cache: 0 places of your own in SQLite, {own}." in report.findings
    assert "Geocoder: gazetteer, built in; nobody is asked." in report.findings


def test_checking_creates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check does not even make the cache folder."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "new"))
    assert health.run().is_sound
    assert list(tmp_path.iterdir()) == []


def test_a_broken_table(data_folder: Path, edit: Edit) -> None:
    """The problem is the sentence about the cell; everything else is looked at all the same."""
    edit("plants.csv", ",1972,", ",12.5,")
    report = health.run(data_folder)
    sentence = "the value “12.5” must be a whole number; correct it or leave it empty."
    assert report.problems == [f"plants.csv, row 2, column opened_year: {sentence}"]
    assert (report.rows, report.assets) == ({}, {"leaflet": True, "basemap": True})


def test_no_data(tmp_path: Path) -> None:
    """A missing folder is one problem."""
    report = health.run(tmp_path / "nowhere")
    assert len(report.problems) == 1
    assert report.problems[0].startswith(f"The data folder {tmp_path / 'nowhere'} cannot be read")


def test_no_base_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing base map is a problem that names the file and the way out."""
    monkeypatch.setattr(basemap, "read", partial(basemap.read, data=tmp_path))
    report = health.run()
    assert report.assets == {"leaflet": True, "basemap": False}
    way_out = (
        "restore the folder data/basemap from the repository or build it again with"
        " `python -m data.build basemap`."
    )
    file = tmp_path / "basemap" / "index.json.gz"
    assert report.problems == [f"The base map's file {file} cannot be read; {way_out}"]


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in place of the cache folder: the report says that nothing can be saved, and does not break."""
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path / "cache"))
    report = health.run()
    assert not report.cache_writable
    assert report.rows["plants"] == 5


def test_a_damaged_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache file that cannot be read is said once, with the way out."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path))
    (tmp_path / "places.csv").write_text("garbage\n", encoding="utf-8")
    report = health.run()
    assert len(report.problems) == 1
    assert report.problems[0].endswith("Correct the file, or delete it to start afresh.")


def test_own_places_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places found earlier are counted; a miss is none."""
    monkeypatch.setenv("ATLAS_CACHE_DIR", str(tmp_path))
    (tmp_path / "places.csv").write_text(
        "query,latitude,longitude,accuracy_m,geocoder,source_url,retrieved\n"
        "Rome,41.9,12.5,5000,nominatim,,2026-02-01\n"
        "Atlantis,,,,nominatim,,2026-02-01\n",
        encoding="utf-8",
    )
    assert f"Cache: 1 places of your own in SQLite, {tmp_path / 'places.sqlite'}." in health.run().findings


def test_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped geocoder is a problem, with a suggestion."""
    monkeypatch.setenv("ATLAS_GEOCODER", "nominatin")
    report = health.run()
    assert len(report.problems) == 1
    assert report.problems[0].startswith("ATLAS_GEOCODER is 'nominatin'; did you mean nominatim?")


def test_an_operators_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many of its plants are placed; cells that could not be read are notes, no problem."""
    (tmp_path / "Power_plants.csv").write_text("name,lat,lon\nA,1,2\nB,x,\n", encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "Power_plants.csv"))
    report = health.run()
    assert report.findings[0] == "Data: power plants, 1 of 2 placed on the map."
    assert report.notes == [
        "Row 3, column lat, lon: “x, ”: Latitude and longitude are not both there; not used."
    ]
    assert (report.problems, report.is_sound, report.can_serve) == ([], True, True)
    assert report.rows == {"plants": 2}


def test_a_broken_operators_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One problem, and no rows to serve."""
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "t.xlsx"))
    report = health.run()
    assert [problem.split(" cannot be read")[1] for problem in report.problems] == [
        " (no such file or directory). Check the path."
    ]
    assert (report.rows, report.notes, report.can_serve) == ({}, [], False)


def test_our_own_tables_have_no_notes() -> None:
    """Every cell of them is read."""
    assert health.run().notes == []

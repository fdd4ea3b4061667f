"""Tables: every wrong cell is one sentence that names file, row, column and value."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from atlas.alfa import schemas, tables
from atlas.errors import DataError

Edit = Callable[[str, str, str], None]
WHOLE = "must be a whole number; correct it or leave it empty."
LINK = "must be a web address that begins with http:// or https://."
COLUMNS = "The columns are listed in data/README.md."
RESTORE = "Restore it from the project (git checkout data/plants.csv)."

# file, what stands there, what is put in its place, then the place and the words that the reader is told
WRONG_CELLS = [
    ("plants", ",1972,", ",nineteen,", 2, "opened_year", f"the value “nineteen” {WHOLE}"),
    ("plants", ",1972,", ",12.5,", 2, "opened_year", f"the value “12.5” {WHOLE}"),
    ("plants", ",1972,", ",1e3,", 2, "opened_year", f"the value “1e3” {WHOLE}"),
    ("plants", ",1972,", ",1_972,", 2, "opened_year", f"the value “1_972” {WHOLE}"),
    ("plants", ",1972,", ", 1972 ,", 2, "opened_year", f"the value “ 1972 ” {WHOLE}"),
    ("plants", ",1972,", ",NA,", 2, "opened_year", f"the value “NA” {WHOLE}"),
    ("plants", ",1972,", ",inf,", 2, "opened_year", f"the value “inf” {WHOLE}"),
    (
        "plants",
        ",1972,",
        ",99999999999999999999,",
        2,
        "opened_year",
        f"the value “99999999999999999999” {WHOLE}",
    ),
    (
        "plants",
        ",1972,",
        ",1066,",
        2,
        "opened_year",
        "the value “1066” must be a whole number from 1850 to 2100.",
    ),
    (
        "plants",
        ",2214000,",
        ",-1,",
        3,
        "site_area_m2",
        "the value “-1” must be a whole number from 1 to 1000000000.",
    ),
    (
        "plants",
        "toluca,",
        "Toluca de Lerdo,",
        6,
        "plant_id",
        "the value “Toluca de Lerdo” must be an id of small letters, digits, _ and -.",
    ),
    ("plants", "cassino,", ",", 2, "plant_id", "the empty cell must be filled in."),
    (
        "plants",
        "melfi,",
        "cassino,",
        2,
        "plant_id",
        "the value “cassino” stands twice; it must be unique. (One more wrong cell.)",
    ),
    (
        "plants",
        "https://en.wikipedia.org/wiki/Maserati",
        "javascript:alert(1)",
        5,
        "wikipedia_url",
        f"the value “javascript:alert(1)” {LINK}",
    ),
    (
        "plants",
        "https://en.wikipedia.org/wiki/Maserati",
        "https://en.wikipedia.org/wiki/Mase rati",
        5,
        "wikipedia_url",
        f"the value “https://en.wikipedia.org/wiki/Mase rati” {LINK}",
    ),
    (
        "plants",
        ",MX,",
        ",MEX,",
        6,
        "country_code",
        "the value “MEX” must be a two-letter country code such as IT.",
    ),
    ("plants", "Cassino Plant,", ",", 2, "name", "the empty cell must be filled in."),
    ("sites", ",Thailand,TH,", ",,TH,", 15, "country", "the empty cell must be filled in."),
    (
        "sites",
        ",1986\n",
        ",86\n",
        2,
        "closed_year",
        "the value “86” must be a whole number from 1850 to 2100.",
    ),
    ("production", ",2010,2020,", ",,2020,", 2, "start_year", "the empty cell must be filled in."),
    (
        "production",
        "Giulietta (940)",
        "Giulietta; Giulia",
        2,
        "model",
        "the value “Giulietta; Giulia” must not hold a semicolon.",
    ),
    (
        "output",
        ",135263,exact,",
        ",135263,about,",
        2,
        "precision",
        "the value “about” must be one of: exact, rounded, derived.",
    ),
    ("output", ",135263,", ",135 263,", 2, "vehicles_built", f"the value “135 263” {WHOLE}"),
    (
        "claims",
        ",supported,",
        ",true,",
        2,
        "verdict",
        "the value “true” must be one of: supported, outdated, contradicted, not verifiable.",
    ),
    (
        "sources",
        "the article,high,",
        "the article,certain,",
        2,
        "confidence",
        "the value “certain” must be one of: high, medium, low.",
    ),
]
WRONG_HEADERS = [
    (",town,", ",", f"plants.csv lacks the column town. {COLUMNS}"),
    (",town,", ",city,", f"plants.csv lacks the column town. {COLUMNS}"),
    ("plant_id,name", "plant_id;name", f"plants.csv lacks the column plant_id. {COLUMNS}"),
    ("wikipedia_url\n", "wikipedia_url,mood\n", f"plants.csv has an unknown column mood. {COLUMNS}"),
    ("wikipedia_url\n", "wikipedia_url,town\n", f"plants.csv has an unknown column town.1. {COLUMNS}"),
]
WRONG_TOGETHER = [
    (
        "production",
        "cassino,Alfa",
        "casino,Alfa",
        2,
        "plant_id",
        "the value “casino” is no plant_id of plants.csv or sites.csv; correct it.",
    ),
    (
        "output",
        "cassino,2019",
        "casino,2019",
        3,
        "plant_id",
        "the value “casino” is no plant_id of plants.csv or sites.csv; correct it.",
    ),
    (
        "claims",
        "toluca tychy",
        "toluca tichy",
        11,
        "plant_ids",
        "the value “tichy” is no plant_id of plants.csv or sites.csv; correct it.",
    ),
    (
        "sites",
        ",1986\n",
        ",1886\n",
        2,
        "closed_year",
        "the value “1886” lies before opened_year 1906; correct one of them.",
    ),
    (
        "production",
        ",2010,2020,",
        ",2010,2009,",
        2,
        "end_year",
        "the value “2009” lies before start_year 2010; correct one of them.",
    ),
    (
        "sites",
        "portello,",
        "melfi,",
        2,
        "plant_id",
        "the value “melfi” stands in plants.csv too; ids must be unique over both files.",
    ),
]


def named(cases: list[tuple[str, str, str, int, str, str]]) -> list[str]:
    """Short names for the cases of a table."""
    return [f"{name} {column} {new!a}" for name, _, new, _, column, _ in cases]


def read(folder: Path, name: str) -> pd.DataFrame:
    return tables.read(folder / f"{name}.csv", schemas.SCHEMAS[name])


def rewrite(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column", "words"), WRONG_CELLS, ids=named(WRONG_CELLS)
)
def test_a_wrong_cell_is_one_sentence(
    data_folder: Path, edit: Edit, name: str, old: str, new: str, row: int, column: str, words: str
) -> None:
    """File, row as a spreadsheet shows it, column, value and the way out."""
    edit(f"{name}.csv", old, new)
    with pytest.raises(DataError) as caught:
        read(data_folder, name)
    assert str(caught.value) == f"{name}.csv, row {row}, column {column}: {words}"


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column", "words"), WRONG_TOGETHER, ids=named(WRONG_TOGETHER)
)
def test_files_that_do_not_fit_together(
    data_folder: Path, edit: Edit, name: str, old: str, new: str, row: int, column: str, words: str
) -> None:
    """An id that points nowhere, an id in two files, an end before its start."""
    edit(f"{name}.csv", old, new)
    with pytest.raises(DataError) as caught:
        tables.load(data_folder)
    assert str(caught.value) == f"{name}.csv, row {row}, column {column}: {words}"


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG_HEADERS)
def test_a_wrong_header(data_folder: Path, edit: Edit, old: str, new: str, sentence: str) -> None:
    """A column that is missing, misnamed, unknown or there twice is named."""
    edit("plants.csv", old, new)
    with pytest.raises(DataError) as caught:
        read(data_folder, "plants")
    assert str(caught.value) == sentence


def test_several_wrong_cells(data_folder: Path, edit: Edit) -> None:
    """The first wrong cell is quoted, the others are counted."""
    for old in (",1972,", ",1993,", ",1940,"):
        edit("plants.csv", old, ",x,")
    with pytest.raises(DataError, match=r"row 2, column opened_year: .* \(2 more wrong cells\.\)$"):
        read(data_folder, "plants")


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_a_missing_file(data_folder: Path, name: str) -> None:
    """A file that is not there is named, with the way to get it back."""
    (data_folder / f"{name}.csv").unlink()
    with pytest.raises(DataError) as caught:
        tables.load(data_folder)
    assert str(caught.value) == (
        f"{name}.csv is missing from the data folder. "
        f"Restore it from the project (git checkout data/{name}.csv)."
    )


def test_a_folder_in_place_of_a_file(data_folder: Path) -> None:
    """What cannot be read says why."""
    (data_folder / "plants.csv").unlink()
    (data_folder / "plants.csv").mkdir()
    with pytest.raises(DataError) as caught:
        tables.load(data_folder)
    assert str(caught.value) == f"plants.csv in the data folder cannot be read (is a directory). {RESTORE}"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_text_that_is_not_utf_8(data_folder: Path, encoding: str) -> None:
    """A file saved in another encoding is refused with the words of the save dialogue."""
    path = data_folder / "plants.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(DataError) as caught:
        read(data_folder, "plants")
    assert str(caught.value) == f"plants.csv is not UTF-8 text. Save it as “CSV UTF-8”. {RESTORE}"


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file(data_folder: Path, content: str) -> None:
    """A file without even a header is called empty."""
    (data_folder / "plants.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(data_folder, "plants")
    assert str(caught.value) == f"plants.csv is empty. {RESTORE}"


RAGGED: list[tuple[str, Callable[[list[str]], list[str]]]] = [
    ("one cell more in the last row", lambda lines: [*lines[:-1], lines[-1] + ",more"]),
    ("one cell more in the first row", lambda lines: [lines[0], lines[1] + ",more", *lines[2:]]),
    ("one cell more in every row", lambda lines: [lines[0], *(line + "," for line in lines[1:])]),
    ("two cells more in every row", lambda lines: [lines[0], *(line + ",," for line in lines[1:])]),
    ("a row of two cells", lambda lines: [*lines, "alpha,beta"]),
    ("a quote that never ends", lambda lines: [*lines, '"alpha']),
    ("semicolons", lambda lines: [line.replace(",", ";") for line in lines]),
    ("a blank row in between", lambda lines: [*lines[:3], "", *lines[3:]]),
]


@pytest.mark.parametrize(("_kind", "change"), RAGGED, ids=[kind for kind, _ in RAGGED])
def test_a_ragged_table(data_folder: Path, _kind: str, change: Callable[[list[str]], list[str]]) -> None:
    """Rows that do not fit the header are one sentence about this file, never shifted cells."""
    rewrite(data_folder / "plants.csv", change)
    with pytest.raises(DataError, match=r"^plants\.csv[ ,].*\.\)?$"):
        read(data_folder, "plants")


@pytest.mark.parametrize(("before", "newline"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")])
def test_as_excel_saves_it(data_folder: Path, before: str, newline: str) -> None:
    """A byte order mark and Windows line ends change nothing."""
    wanted = read(data_folder, "plants")
    path = data_folder / "plants.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes((before + text.replace("\n", newline)).encode("utf-8"))
    pd.testing.assert_frame_equal(read(data_folder, "plants"), wanted)


@pytest.mark.parametrize("name", ["null", "NA", "nan", "None", "-", "0", "True", "מפעל", "=1+1"])
def test_odd_names_stay_text(data_folder: Path, edit: Edit, name: str) -> None:
    """A plant may be called "null" or "NA": text is what is typed."""
    edit("plants.csv", "Cassino Plant,", f"{name},")
    assert read(data_folder, "plants")["name"].tolist()[0] == name


def test_empty_cells(data_folder: Path) -> None:
    """Empty text is "", an empty number is missing, never zero."""
    arese = read(data_folder, "sites").iloc[1]
    assert (arese["plant_id"], arese["opened_year"]) == ("arese", 1963)
    assert pd.isna(arese["employees"])
    termoli = read(data_folder, "sites").iloc[6]
    assert (termoli["plant_id"], termoli["wikipedia_url"]) == ("termoli", "")


def test_header_only_tables_are_empty_tables(data_folder: Path) -> None:
    """A table without rows is no mistake."""
    rewrite(data_folder / "output.csv", lambda lines: lines[:1])
    assert len(tables.load(data_folder).output) == 0


def test_the_cause_is_kept(data_folder: Path, edit: Edit) -> None:
    """The sentence is raised from what caused it, for the log."""
    edit("plants.csv", ",1972,", ",x,")
    with pytest.raises(DataError) as caught:
        read(data_folder, "plants")
    assert caught.value.__cause__ is not None


# --- status ---

PLANTS = pd.DataFrame({"plant_id": ["a", "b", "c", "d"], "name": list("ABCD")}, index=[9, 9, 3, 1])
RUNS = pd.DataFrame(
    [
        ("a", "Alfa Romeo", "Alfasud", 1972, 1983),
        ("a", "Alfa Romeo", "Tonale", 2022, pd.NA),
        ("a", "Alfa Romeo", "33", 1983, 1995),
        ("b", "Alfa Romeo", "4C", 2013, 2020),
        ("b", "Maserati", "Grecale", 2022, pd.NA),
        ("c", "Jeep", "Compass", 2020, pd.NA),
        ("c", "FNM (Alfa Romeo licence)", "JK", 1960, 1972),
        ("c", "alfa romeo", "typed small", 1960, pd.NA),
        ("x", "Alfa Romeo", "of nobody here", 2000, pd.NA),
    ],
    columns=["plant_id", "brand", "model", "start_year", "end_year"],
).astype({"start_year": "Int64", "end_year": "Int64"})


def test_status_comes_from_the_models() -> None:
    """Open end: now. Only ended runs: before. Other brands, licences or nothing: none."""
    joined = tables.with_status(PLANTS, RUNS)
    assert joined[["plant_id", "status", "models_now", "models_before"]].to_numpy().tolist() == [
        ["a", "now", "Tonale", "Alfasud; 33"],
        ["b", "before", "", "4C"],
        ["c", "none", "", ""],
        ["d", "none", "", ""],
    ]


def test_a_closed_site_is_closed() -> None:
    """Where it built Alfa Romeos and none is built now; a site without Alfa Romeos has none known."""
    closed = PLANTS.assign(closed_year=pd.array([2000, 2000, 2000, None], dtype="Int64"))
    joined = tables.with_status(closed, RUNS)
    assert joined["status"].tolist() == ["now", "closed", "none", "none"]
    codes, words = tables.categories(joined)
    assert codes.tolist() == [0, 6, 2, 2]
    assert [words[code] for code in codes] == [tables.STATUSES[status] for status in joined["status"]]
    assert {word for word in words if word} == {*tables.STATUSES.values()}


def test_status_without_any_run() -> None:
    """No production rows: no Alfa Romeo known anywhere."""
    assert tables.with_status(PLANTS, RUNS.iloc[:0])["status"].tolist() == ["none"] * 4
    assert tables.with_status(PLANTS.iloc[:0], RUNS)["status"].tolist() == []


def test_status_changes_no_argument() -> None:
    """Both tables are as they were."""
    plants, runs = PLANTS.copy(), RUNS.copy()
    tables.with_status(plants, runs)
    pd.testing.assert_frame_equal(plants, PLANTS)
    pd.testing.assert_frame_equal(runs, RUNS)


def test_every_status_has_words() -> None:
    """What is worked out can be said."""
    assert dict(tables.STATUSES) == {
        "now": "Builds Alfa Romeos now",
        "before": "Built Alfa Romeos before",
        "closed": "Closed",
        "none": "No Alfa Romeo known",
    }

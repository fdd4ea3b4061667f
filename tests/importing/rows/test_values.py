"""Columns of values: numbers, years and text, and cells that cannot be read."""

import pytest

from tests.importing.plant_files import Load, rows

# --- numbers and text ---


def test_columns_of_numbers(load: Load) -> None:
    """A column of numbers is one; codes with leading zeros, exponents and mixed columns stay text."""
    imported = load(
        "name,mw,cipher,size,mixed,tiny,phone\nA,12,007,-5,1,0.5,+39\nB,2.5,010,0,x,-0.25,+41\nC,,100,1,,,1\n"
    )
    table = imported.table
    kinds = {name: str(table[name].dtype) for name in ("mw", "size", "tiny")}
    assert kinds == {"mw": "float64", "size": "Int64", "tiny": "float64"}
    assert {name: str(table[name].dtype) for name in ("cipher", "mixed", "phone")} == dict.fromkeys(
        ("cipher", "mixed", "phone"), "str"
    )
    assert rows(imported, "mw", "cipher", "size", "mixed", "tiny", "phone") == [
        (12.0, "007", -5.0, "1", 0.5, "+39"),
        (2.5, "010", 0.0, "x", -0.25, "+41"),
        (None, "100", 1.0, "", None, "1"),
    ]


@pytest.mark.parametrize("cell", ["1e5", "0x10", "1_000", "inf", "nan", "1.", ".5", "--1", "١٢"])
def test_what_is_no_plain_number_stays_text(load: Load, cell: str) -> None:
    """Nothing is guessed: the cell is shown as it was typed."""
    assert rows(load(f'name,x\nA,"{cell}"\nB,1\n'), "x") == [(cell,), ("1",)]


def test_long_codes_keep_every_digit(load: Load) -> None:
    """A number that a computer would round is a code."""
    assert rows(load("name,x\nA,12345678901234567890\nB,1\n"), "x") == [("12345678901234567890",), ("1",)]


def test_an_empty_column_is_text(load: Load) -> None:
    """A column without a single cell is no number."""
    assert str(load("name,x\nA,\nB,\n").table["x"].dtype) == "str"


def test_ids_and_names_of_digits_are_text(load: Load) -> None:
    """A known column of text stays text, whatever stands in it."""
    imported = load("plant_id,name,town,owner,status\n1,500,11,12,13\n2,501,11,12,13\n")
    assert rows(imported, "plant_id", "name", "town", "owner", "status") == [
        ("1", "500", "11", "12", "13"),
        ("2", "501", "11", "12", "13"),
    ]


# --- cells that cannot be read ---

HALF = "Latitude and longitude are not both there; not used."
WHOLE = "This is not a whole number; left empty."
NOTES = [
    (
        "name,lat,lon\nA,1,2\nB,north,5\n",
        ["Row 3, column lat, lon: “north, 5”: This is no position; not used."],
    ),
    (
        "name,employees\nA,2200\nB,many\nC,12.5\nD,\n",
        [f"Row 3, column employees: “many”: {WHOLE} One more row like it."],
    ),
    (
        "name,Opened\nA,1968\nB,ca. 1970\nC,1970s\n",
        [
            (
                "Row 3, column Opened: “ca. 1970”: Not an exact year; the year in it was taken, the "
                "text is kept."
            ),
            "Row 4, column Opened: “1970s”: This is not a year; left empty, the text is kept.",
        ],
    ),
    (
        "name,accuracy_m\nA,inf\nB,-5\nC,5.5\nD,nan\n",
        ["Row 2, column accuracy_m: “inf”: This is not a distance; left empty. One more row like it."],
    ),
    ('name,site_area_m2\nA,"1,000"\nB,1e3\n', []),
    (f"name,employees\nA,{'x' * 100}\n", [f"Row 2, column employees: “{'x' * 59}…”: {WHOLE}"]),
]


@pytest.mark.parametrize(("text", "notes"), NOTES)
def test_numbers_that_are_none(load: Load, text: str, notes: list[str]) -> None:
    """The cell is empty, the row stays, and a sentence names row, column and value."""
    imported = load(text)
    assert imported.notes == notes
    assert len(imported.table) == text.count("\n") - 1


def test_what_is_left_of_a_bad_column(load: Load) -> None:
    """Its other cells are numbers all the same."""
    imported = load("name,employees,opened_year\nA,2200,1968.0\nB,many,1e3\nC,,MCMLXX\n")
    assert rows(imported, "employees", "opened_year") == [(2200, 1968), (None, None), (None, None)]


def test_thousands_of_bad_cells_are_one_sentence(load: Load) -> None:
    """They are counted, and the first is shown."""
    imported = load("name,employees\nA,1\n" + "B,many\n" * 1500)
    assert imported.notes == [
        "Row 3, column employees: “many”: This is not a whole number; left empty. 1,499 more rows like it."
    ]


NOWHERE = "This is no place on Earth; not used."
SWAPPED = "Latitude and longitude seem exchanged. No place on Earth; not used."
ZERO = "0, 0 stands for an unknown place; not used."
POSITIONS = [
    ("91,95", NOWHERE),
    ("-90.5,-190", NOWHERE),
    ("45,181", NOWHERE),
    ("129.4,35.5", SWAPPED),
    ("41474000,13755000", "The decimal point seems lost. No place on Earth; not used."),
    ("0,0", ZERO),
    ("0.0,-0.0", ZERO),
    ("5,", HALF),
    (",5", HALF),
]


@pytest.mark.parametrize(("cells", "words"), POSITIONS)
def test_positions_that_are_none(load: Load, cells: str, words: str) -> None:
    """Out of range, swapped, 0, 0 or half a position: said, kept in the table, never placed."""
    imported = load(f"name,lat,lon\nGood,35.5,129.4\nBad,{cells}\nAlso good,0,5\n")
    assert rows(imported, "name", "latitude", "longitude") == [
        ("Good", 35.5, 129.4),
        ("Bad", None, None),
        ("Also good", 0.0, 5.0),
    ]
    value = cells.replace(",", ", ")
    assert imported.notes == [f"Row 3, column lat, lon: “{value}”: {words}"]


def test_an_empty_position_is_no_mistake(load: Load) -> None:
    """Rows without coordinates are looked up by their address; there is nothing to say about them."""
    imported = load("name,lat,lon\nA,,\nB,35.5,129.4\n")
    assert imported.notes == []
    assert rows(imported, "latitude") == [(None,), (35.5,)]


def test_a_latitude_alone(load: Load) -> None:
    """Half a position is none, also where the whole column is missing."""
    imported = load("name,lat\nA,45\nB,46\n")
    assert imported.table[["latitude", "longitude"]].isna().all(axis=None)
    assert imported.notes == [f"Row 2, column lat: “45, ”: {HALF} One more row like it."]


def test_the_edges_of_the_world(load: Load) -> None:
    """The poles and the 180th meridian are places."""
    imported = load("name,lat,lon\nN,90,180\nS,-90,-180\n")
    assert (imported.notes, rows(imported, "latitude", "longitude")) == ([], [(90.0, 180.0), (-90.0, -180.0)])


def test_an_accuracy_below_zero(load: Load) -> None:
    """It is no distance: left empty, and said."""
    imported = load("name,accuracy_m\nA,-5\nB,5\n")
    assert rows(imported, "accuracy_m") == [(None,), (5.0,)]
    assert imported.notes == ["Row 2, column accuracy_m: “-5”: This is not a distance; left empty."]

"""`atlas/importing/files/`: rows wider than the header, quotes, years as columns."""

from atlas.importing.files import reader


def columns(content: str) -> dict[str, list[str]]:
    return reader.read(content.encode(), "t.csv").table.to_pydict()


def test_decimal_commas_without_quotes() -> None:
    """Two cells are a number where the header has one column for both."""
    table = columns("name,lat,lon,mw\nA,59,91,10,75,5\nB,60,39,5,32,7\n")
    assert table == {
        "name": ["A", "B"],
        "lat": ["59.91", "60.39"],
        "lon": ["10.75", "5.32"],
        "mw": ["5", "7"],
    }


def test_row_names_without_a_header() -> None:
    """Names are not shifted by a column."""
    assert columns("name,lat\n7,A,59.9\n8,B,60.1\n")["lat"] == ["59.9", "60.1"]


def test_rows_that_are_wider_for_no_reason_are_said() -> None:
    """The cells stay where they are, with a sentence."""
    raw = reader.read(b"name,town\nA,Oslo,x\nB,Bergen,y\n", "t.csv")
    size = "The rows have 3 cells, the header names 2 columns"
    assert raw.notes == (f"{size}; is a delimiter in the cells? The last columns have no name.",)


def test_quotes_of_other_programs() -> None:
    """A blank before a quote and a backslash before a quote are read."""
    assert columns('name, note\n"A", "x, y"\n')["note"] == ["x, y"]
    assert columns('"name","note"\n"A","a \\"b\\", c"\n')["note"] == ['a "b", c']


def test_years_as_columns() -> None:
    """One word and years are a header."""
    assert list(columns("Usine,2001,2002\nA,1,2\n")) == ["Usine", "2001", "2002"]

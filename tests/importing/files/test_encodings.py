"""`atlas/importing/files/encodings.py`: which encoding the bytes of a file are in."""

from atlas.importing.files import encodings


def test_one_line_of_an_old_encoding() -> None:
    """The other lines stay UTF-8, however few have accents."""
    text, name, notes = encodings.decode("Málaga\nOslo\n".encode() + "Luleå\n".encode("cp1252"))
    assert (text, name, len(notes)) == ("Málaga\nOslo\nLuleå\n", "utf-8", 1)

"""Text that is no table is refused with a sentence; short lists of plants are tables."""

import pytest

from atlas.errors import DataError
from atlas.importing import importer

NO_TABLES = {
    "prose": (
        "The plant at Arese was built in 1960. It closed in 2005.\n\nIts site holds a museum, and shops.\n",
        "is text, not a table",
    ),
    "prose1": (
        "Dear all, please find attached the list of plants that we discussed yesterday.",
        "is text, not a table",
    ),
    "prose_it": (
        "Lo stabilimento di Arese, aperto nel 1963, è chiuso.\nIl sito di Cassino produce oggi la Giulia.\n",
        "is text, not a table",
    ),
    "html": (
        "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>",
        "is a web page or XML",
    ),
    "html frag": ("<div class='x'><p>Access denied</p></div>\n<p>Hello</p>", "is a web page or XML"),
    "html2": ("\n\n<!-- comment -->\n<!DOCTYPE html><html></html>", "is a web page or XML"),
    "404": ("404: Not Found", "is a message (“404: Not Found”)"),
    "403": ("403 Forbidden\n\nYou don't have permission to access this resource.\n", "is a message"),
    "rate": ("Too many requests. Please try again later.", "is a message"),
    "lfs": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
        "is a pointer of Git LFS",
    ),
    "markdown": (
        "# Plants\n\nThis is a list of plants.\n\n- Arese\n- Pomigliano\n- Cassino\n",
        "is text, not a table",
    ),
    "log": (
        "2024-01-01 12:00:00 INFO starting server\n2024-01-01 12:00:01 ERROR no such file\n",
        "is text, not a table",
    ),
    "py": ("import os\nprint('hello')\nfor x in range(3):\n    print(x)\n", "is text, not a table"),
    "json obj": ('{"error": "not found", "status": 404}', "is JSON, but no GeoJSON"),
    "json obj2": ('{"data": {"plants": [{"name":"A","lat":1,"lon":2}]}}', "is JSON, but no GeoJSON"),
    "json arr num": ("[1,2,3]", "is JSON, but no GeoJSON"),
    "json arr str": ('["Torino","Milano"]', "is JSON, but no GeoJSON"),
    "json arr arr": ('[["name","lat","lon"],["A",1,2]]', "is JSON, but no GeoJSON"),
    "topojson": ('{"type":"Topology","objects":{}}', "is JSON, but no GeoJSON"),
}
TABLES = {
    "json wrapper": ('{"plants": [{"name":"A","lat":1,"lon":2},{"name":"B","lat":3,"lon":4}]}', 2),
    "json cols": ('{"name":["A","B"],"lat":[1,2],"lon":[3,4]}', 2),
    "names only": ("Torino\nMilano\nRoma\nNapoli\n", 4),
    "names with header": ("name\nTorino Mirafiori\nArese\n", 2),
    "addresses": (
        "Via Nuova 1, Torino, Italy\nViale Alfa Romeo 1, Arese, Italy\nVia Po 3, Melfi, Italy\n",
        3,
    ),
    "addresses header": (
        'address\n"Via Nuova 1, 10135 Torino, Italy"\n"Viale Alfa Romeo 1, 20020 Arese, Italy"\n',
        2,
    ),
    "town country": ("Torino, Italy\nParis, France\nBerlin, Germany\n", 3),
    "one row": ("name,town\nCassino plant,Cassino", 1),
    "notes col": (
        'name,notes\nCassino,"Built in 1972. It is large."\nArese,"Closed in 2005. It is empty."\n',
        2,
    ),
    "tsv1": ("Cassino Plant\tPiedimonte San Germano\tItaly\n", 1),
    "long names": (
        "name\nThe Old Works of the Steel Company at Port Talbot\nThe New Works near Newport in Wales\n",
        2,
    ),
    "rows no header": ("Cassino plant,Cassino,Italy\nArese plant,Arese,Italy\n", 2),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_refused(name: str) -> None:
    """In a sentence that says what it is, not read as a table of a column."""
    text, sentence = NO_TABLES[name]
    with pytest.raises(DataError) as refused:
        importer.read(text.encode(), "download.csv")
    assert str(refused.value).startswith(f"download.csv {sentence}")


@pytest.mark.parametrize("name", TABLES)
def test_a_small_table_is_read(name: str) -> None:
    """Names, addresses and notes hold commas, points and words, and are a table."""
    text, rows = TABLES[name]
    assert importer.read(text.encode(), "plants.txt").rows == rows

"""An operator's table from a database: what is read, and that nothing is ever changed or told."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
import shapely
import sqlalchemy as sql

from atlas.errors import DataError
from atlas.importing import database_table, source
from atlas.importing.files import raw_table
from tests.importing.plant_files import rows

COLUMNS = (
    "id integer, name text, country text, lat double precision, lon numeric(9, 4), opened date, "
    'seen timestamp, runs boolean, big numeric(30), tags jsonb, "Mixed; Case" text'
)
VALUES = (
    "(1, 'Arese', 'Italy', 45.55, 9.0789, '1963-01-01', '2020-01-02 03:04', true, 12345678901234567890123, "
    "'{\"a\": 1}', '12:30 %'), (2, 'Melfi', null, null, null, null, null, false, null, null, null)"
)


@pytest.fixture(scope="module")
def postgres_url(server_url: str) -> Iterator[str]:
    """A PostgreSQL with a table, and a view of the same rows in a schema of its own."""
    engine = sql.create_engine(server_url.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table plants ({COLUMNS})")
        connection.exec_driver_sql(f"insert into plants values {VALUES}")
        connection.exec_driver_sql("create sequence numbers")
        connection.exec_driver_sql(
            'create schema other create view "My Plants" as select * from public.plants'
        )
    yield server_url
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table plants cascade")
        connection.exec_driver_sql("drop sequence numbers")
        connection.exec_driver_sql("drop schema other")
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    with closing(sqlite3.connect(tmp_path / "car_plants.db")) as made:
        made.execute("create table plants (id integer, name text, lat real, lon real)")
        made.execute("insert into plants values (1, 'Arese', 45.55, 9.08), (2, 'Melfi', 41, 15.6)")
        made.commit()
    return f"sqlite:///{tmp_path}/car_plants.db"


def refused(address: str) -> str:
    with pytest.raises(DataError) as caught:
        source.load(address)
    assert caught.value.__cause__ is None, "a cause has the address in it"
    return str(caught.value)


# ---- what is read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["table=plants", "table=other.My Plants", "query=select * from plants;"])
def test_every_kind_of_cell(postgres_url: str, named: str) -> None:
    """Numbers are numbers, days are days, long ids keep their digits; the report goes as for files."""
    imported = source.load(f"{postgres_url}?{named}")
    table = imported.table
    assert rows(imported, "plant_id", "name", "country", "latitude", "longitude", "opened_year") == [
        ("1", "Arese", "Italy", 45.55, 9.0789, 1963),
        ("2", "Melfi", "", None, None, None),
    ]
    text = ["seen", "runs", "big", "tags", "Mixed; Case"]
    assert table[text].iloc[0].tolist() == [
        "2020-01-02 03:04:00", "true", "12345678901234567890123", '{"a": 1}', "12:30 %",
    ]  # fmt: skip
    assert imported.report[["row", "kind"]].to_numpy().tolist() == [[2, "position"]]
    assert imported.raw.detected.kind == "database"


def test_a_query_is_taken_as_it_stands(postgres_url: str) -> None:
    """Colons, casts and signs of SQL mean what they mean in SQL; the order is the query's."""
    text = (
        "select name, lat::text as lat, lon, '12:30' as t from plants where name like '%e%' order by 1 desc"
    )
    imported = source.load(f"{postgres_url}?query={quote(text)}")
    assert rows(imported, "name", "t") == [("Melfi", "12:30"), ("Arese", "12:30")]


def test_a_file_of_sqlite(sqlite_url: str) -> None:
    """The same, from a file."""
    imported = source.load(f"{sqlite_url}?table=plants")
    assert rows(imported, "name", "latitude", "longitude") == [("Arese", 45.55, 9.08), ("Melfi", 41.0, 15.6)]


def test_positions_as_wkb(tmp_path: Path) -> None:
    """As spatial databases give them: bytes, or their letters."""
    point = shapely.Point(9.08, 45.55)
    with closing(sqlite3.connect(tmp_path / "a.db")) as made:
        made.execute("create table plants (name text, geom blob, shape text)")
        made.execute("insert into plants values ('Arese', ?, '')", [shapely.to_wkb(point)])
        made.execute("create table others (name text, geom text)")
        letters = shapely.to_wkb(shapely.set_srid(point, 4326), hex=True, include_srid=True)
        made.execute("insert into others values ('Arese', ?)", [letters])
        made.commit()
    for table in ("plants", "others"):
        imported = source.load(f"sqlite:///{tmp_path}/a.db?table={table}")
        assert rows(imported, "latitude", "longitude") == [(45.55, 9.08)]


def test_parts_of_a_column_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever kinds of cells come in which part."""
    monkeypatch.setattr(database_table, "ROWS_A_PART", 1)
    with closing(sqlite3.connect(tmp_path / "a.db")) as made:
        made.execute("create table plants (name, mw, code, empty)")
        made.executemany(
            "insert into plants values (?, ?, ?, null)", [("a", 1, 7), ("b", 2.5, "x"), (None,) * 3]
        )
        made.commit()
    raw = database_table.read(f"sqlite:///{tmp_path}/a.db?table=plants")
    assert raw.table.to_pydict() == {
        "name": ["a", "b", None],
        "mw": [1.0, 2.5, None],
        "code": ["7", "x", None],
        "empty": [None] * 3,
    }


def test_too_many_rows_and_columns(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are those of files, for a table and for a query."""
    for limit, words in (("MOST_ROWS", "more than 1 rows"), ("MOST_COLUMNS", "more than 1 columns")):
        with monkeypatch.context() as patched:
            patched.setattr(raw_table, limit, 1)
            for named in ("table=plants", "query=select * from plants"):
                assert words in refused(f"{sqlite_url}?{named}")


# ---- what is never done ----------------------------------------------------------------------------

CHANGES = [
    ("with gone as (delete from plants returning *) select * from gone", "data-modifying statements"),
    ("select nextval('numbers') as name", "read-only transaction"),
    ("drop table plants", "must be one SELECT without a semicolon"),
    ("select 1 as name; drop table plants", "must be one SELECT without a semicolon"),
    ("selection of plants", "must be one SELECT without a semicolon"),
]


@pytest.mark.parametrize(("query", "words"), CHANGES)
def test_a_server_is_never_changed(postgres_url: str, query: str, words: str) -> None:
    """One SELECT, in a transaction that may only read."""
    assert words in refused(f"{postgres_url}?query={quote(query)}")
    assert len(source.load(f"{postgres_url}?table=plants").table) == 2


def test_a_file_is_never_changed(sqlite_url: str, tmp_path: Path) -> None:
    """Nor made where there is none."""
    before = (tmp_path / "car_plants.db").read_bytes()
    query = quote("with a as (select 1) insert into plants (name) values ('x') returning name")
    assert "readonly database" in refused(f"{sqlite_url}?query={query}")
    assert (tmp_path / "car_plants.db").read_bytes() == before
    assert "unable to open database file" in refused(f"sqlite:///{tmp_path}/none.db?table=plants")
    assert not (tmp_path / "none.db").exists()


# ---- what is said ----------------------------------------------------------------------------------

PORT = "127.0.0.1:9"
SECRETS = [
    (f"postgresql://someone:s3cret@{PORT}/x?table=plants", "cannot be read (connection refused)"),
    ("postgresql://someone:s3cret@nowhere.invalid/x?table=plants", "cannot be read ("),
    ("postgresql://someone:s3cret@127.0.0.1:port/x?table=plants", "names a database but not what"),
    ("postgresql://someone:s3cret@127.0.0.1/x", "names a database but not what to read of it"),
    ("postgresql://someone:s3cret@127.0.0.1/x?table=a&query=select 1", "not what to read of it"),
    (f"postgresql://someone:s3cret@{PORT}/x?table=a&colour=red", "has a parameter that the driver pg8000"),
    ("nosuch://someone:s3cret@127.0.0.1/x?table=plants", "No driver for “nosuch” is installed."),
    (
        "mysql+pymysql://someone:s3cret@127.0.0.1/x?table=plants",
        "No driver for “mysql+pymysql” is installed.",
    ),
]


@pytest.mark.parametrize(("address", "words"), SECRETS)
def test_secrets_stay_secret(address: str, words: str) -> None:
    """One sentence with the way out: without user, password and host."""
    said = refused(address)
    assert words in said
    assert [secret for secret in ("someone", "s3cret", "nowhere", "127.0.0.1") if secret in said] == []


def test_a_server_says_what_is_wrong(postgres_url: str) -> None:
    """In its words, without the query; also that it does not encrypt."""
    assert 'relation "trains" does not exist' in refused(f"{postgres_url}?table=trains")
    assert 'column "nothing" does not exist' in refused(f"{postgres_url}?query=select nothing, 42 as q")
    assert "42" not in refused(f"{postgres_url}?query=select nothing, 42 as q")
    assert "Server refuses SSL" in refused(f"{postgres_url}?table=plants&sslmode=verify-full")


def test_nothing_is_logged(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """An error of a server may hold a cell."""
    assert "Arese" in refused(f"{postgres_url}?query={quote('select name::integer from plants')}")
    assert caplog.text == ""

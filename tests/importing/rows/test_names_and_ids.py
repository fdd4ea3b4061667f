"""What plants are called, and ids that are unique."""

import re

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from atlas.importing.rows import names_and_ids
from tests.importing.plant_files import Load, rows


def test_given_ids_are_kept(load: Load) -> None:
    """Letter for letter: links and other files rely on them."""
    imported = load("id,name\nP 1,Ulsan\n工場,Bursa\n007,Pune\n")
    assert imported.table["plant_id"].tolist() == ["P 1", "工場", "007"]


def test_an_id_that_stands_twice(load: Load) -> None:
    """The second gets one of its own, and that is said."""
    imported = load("plant_id,name\na,A\nb,B\na,C\n")
    assert rows(imported, "plant_id", "name") == [("a", "A"), ("b", "B"), ("a-row-4", "C")]
    assert imported.notes == [
        "Row 4, column plant_id: “a”: This id stands twice; the row got one of its own."
    ]


def test_ids_with_gaps_are_made(load: Load) -> None:
    """Where not every plant has an id, all are made from the names."""
    assert load("plant_id,name\nx,A\n,B\n").table["plant_id"].tolist() == ["a", "b"]


MADE = [
    (["Ulsan", "Bursa"], ["ulsan", "bursa"]),
    (["Ulsan", "ulsan", "ULSAN "], ["ulsan", "ulsan-2", "ulsan-3"]),
    (["Fábrica São Paulo", "Fabrica Sao Paulo"], ["fabrica-sao-paulo", "fabrica-sao-paulo-2"]),
    (["工場", "מפעל", "!!!"], ["plant", "plant-2", "plant-3"]),
    (["Works #1 (old)", "--x--"], ["works-1-old", "x"]),
    (["Straße", "ﬁrm"], ["strasse", "firm"]),
    (["a", "a", "a 2"], ["a", "a-2", "a-2-row-3"]),
    (["x" * 100, "x" * 90], ["x" * 60, "x" * 60 + "-2"]),
]


@pytest.mark.parametrize(("names", "ids"), MADE)
def test_ids_made_from_names(load: Load, names: list[str], ids: list[str]) -> None:
    """Short, readable in an address, and the first of a name has it without a number."""
    assert load("name\n" + "\n".join(names) + "\n").table["plant_id"].tolist() == ids


def made_ids(names: list[str]) -> list[str]:
    ids: list[str] = names_and_ids.made_ids(pa.array(names, pa.large_string())).tolist()
    return ids


CONFUSING = st.lists(
    st.sampled_from(["a", "A", "á", "a 2", "a-2", "a 2 row 3", "a-2-row-4", "a row 1", "", "plant", "工場"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    max_size=25,
)


@examples(max_examples=25)
@given(CONFUSING, st.integers(0, 25))
@example(["a", "a", "a 2", "a 2 row 3"], 3)
@example(["a", "a", "a 2", "a 2 row 3", "a 2 row 3 row 4"], 3)
@example(["a", "a 2", "a", "a 2 row 3", "a"], 4)
def test_made_ids_are_always_unique(names: list[str], first: int) -> None:
    """Whatever the plants are called, also after our own numbering; a row added later changes no link."""
    ids = made_ids(names)
    assert len(set(ids)) == len(names)
    assert [one for one in ids if not re.fullmatch(r"[a-z0-9-]+", one)] == []
    assert made_ids(names[:first]) == ids[:first]


def test_ids_for_some_plants_only(load: Load) -> None:
    """All are made anew, and that is said, because links with the old ones lead nowhere."""
    imported = load("name,plant_id\nUlsan,u1\nBursa,\nTychy,\n")
    assert rows(imported, "plant_id") == [("ulsan",), ("bursa",), ("tychy",)]
    assert imported.notes == [
        "Row 3, column plant_id: Empty, so all ids are made from the names. One more row like it."
    ]

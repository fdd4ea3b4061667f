"""Text of cells: a whole column is folded as its texts are one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.text import fold, fold_all, shortened


@given(st.lists(st.text(max_size=8)))
def test_a_column_is_folded_as_its_texts(texts: list[str]) -> None:
    """Whatever the letters."""
    assert fold_all(pa.array(texts, pa.large_string())).to_pylist() == [fold(text) for text in texts]


def test_accents_and_capitals_do_not_matter() -> None:
    """As people search."""
    assert fold_all(pa.array(["Xerém", "MELFI", "Łódź"], pa.large_string())).to_pylist() == [
        "xerem",
        "melfi",
        "łodz",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("a" * 60, "a" * 60), ("a" * 61, "a" * 59 + "…"), ("<b>" * 40, ("<b>" * 40)[:59] + "…")],
)
def test_a_long_text_is_cut_and_says_so(text: str, expected: str) -> None:
    """Up to 60 characters a text stands as it is."""
    assert shortened(text) == expected


def test_the_length_can_be_chosen() -> None:
    """For a value in a table, for example."""
    assert shortened("abcdefghij", 8) == "abcdefg…"

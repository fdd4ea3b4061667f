"""Text of cells: a whole column is folded as its texts are one by one."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from atlas.text import fold, fold_all


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

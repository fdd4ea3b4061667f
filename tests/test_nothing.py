"""`atlas/nothing.py`: cells that say that nothing is known."""

import pyarrow as pa
import pytest

from atlas import nothing


@pytest.mark.parametrize(
    "cell", ["", "n/a", "N.A.", "keine Angabe", "sin información", "#REF!", "–", "…", "-9999"]
)
def test_words_for_nothing(cell: str) -> None:
    """A word, signs alone and the numbers of programs say that a value is not known."""
    assert nothing.is_nothing(cell)


@pytest.mark.parametrize("cell", ["Nona", "Nannestad", "0", "99", "No. 1", "Other Street 5", "Ø"])
def test_other_cells_are_values(cell: str) -> None:
    """A name that begins like such a word is a name."""
    assert not nothing.is_nothing(cell)


def test_a_column_of_codes_keeps_its_codes() -> None:
    """NA is Namibia, or Naples, among other codes of two letters, and nothing among words."""
    assert nothing.mask(pa.array(["IT", "NA", "NO", "-"])).tolist() == [False, False, False, True]
    assert nothing.mask(pa.array(["Turin", "NA", "NO", ""])).tolist() == [False, True, True, True]

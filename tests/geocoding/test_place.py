"""How a query is written and remembered."""

import pytest

from atlas.geocoding.place import key_of, tidy
from tests.geocoding.asking import HOSTILE


@pytest.mark.parametrize("text", [*HOSTILE, "İSTANBUL", "Straße, ﬁ", "K\u0301o", "a ,, b"])
def test_a_key_is_its_own_key(text: str) -> None:
    """Making a key or a tidy text again changes nothing."""
    assert (key_of(key_of(text)), tidy(tidy(text))) == (key_of(text), tidy(text))

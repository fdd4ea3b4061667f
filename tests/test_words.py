"""Words that sentences are made of."""

import pytest

from atlas import language, words


@pytest.mark.parametrize(
    ("noun", "number", "plural", "expected"),
    [
        ("row", 0, "", "0 rows"),
        ("row", 1, "", "1 row"),
        ("row", 1_200_000, "", "1,200,000 rows"),
        ("country", 1, "countries", "1 country"),
        ("country", 2, "countries", "2 countries"),
    ],
)
def test_a_number_with_its_noun(noun: str, number: int, plural: str, expected: str) -> None:
    """Thousands are grouped, and only one thing is in the singular."""
    assert words.count(noun, number, plural) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("a" * 60, "a" * 60), ("a" * 61, "a" * 59 + "…"), ("<b>" * 40, ("<b>" * 40)[:59] + "…")],
)
def test_a_long_text_is_cut_and_says_so(text: str, expected: str) -> None:
    """Up to 60 characters a text stands as it is."""
    assert words.shortened(text) == expected


def test_the_length_can_be_chosen() -> None:
    """For a value in a table, for example."""
    assert words.shortened("abcdefghij", 8) == "abcdefg…"


@pytest.mark.parametrize(
    ("several", "expected"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_several_words_in_a_sentence(several: list[str], expected: str) -> None:
    """Commas, and "and" before the last."""
    assert language.join(several) == expected

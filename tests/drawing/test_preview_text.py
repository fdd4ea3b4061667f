"""Text of the preview picture: letters that the font has, in lines that fit."""

import pytest

from atlas.drawing import preview_text

LETTERS = [
    ("Łódź", "Lodz"),
    ("Fábrica São", "Fabrica Sao"),
    ("工場", ""),
    ("a\nb", "a b"),
    ("“x” …", "“x” …"),
    ("1972–1984 — −5", "1972-1984 - -5"),
]


@pytest.mark.parametrize(("text", "plain"), LETTERS)
def test_letters_that_the_font_has(text: str, plain: str) -> None:
    """No boxes: accents go, what cannot be read in Latin letters is left out."""
    shown = preview_text.printable(text)
    assert shown in (text, plain)
    assert all(letter == " " or preview_text.has(letter) for letter in shown)


WIDTHS = [
    ("", 500, 1, []),
    ("Cassino Plant", 500, 1, ["Cassino Plant"]),
    ("Cassino Plant", 100, 2, ["Cassino", "Plant"]),
    ("Cassino Plant", 100, 1, ["Cassin…"]),
    ("Plants: Cassino, Melfi, Modena", 200, 1, ["Plants: Cassino…"]),
]


@pytest.mark.parametrize(("text", "width", "most", "lines"), WIDTHS)
def test_lines_that_fit(text: str, width: float, most: int, lines: list[str]) -> None:
    """Broken between words; what is left out is an ellipsis, with no comma before it."""
    broken = preview_text.lines(text, 23, width, most=most)
    assert broken == lines
    assert all(preview_text.font(23).getlength(line) <= width for line in broken)


def test_one_long_word_is_cut() -> None:
    """It fits as far as it goes, in a single line."""
    (line,) = preview_text.lines("x" * 1000, 23, 300, most=1)
    assert line.endswith("x…")
    assert preview_text.font(23).getlength(line) <= 300 < preview_text.font(23).getlength("x" + line)

"""The chart of distances between plants: each pair once, readable in both themes."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest

from atlas.drawing import look, matrix_chart

ROOT = Path(__file__).parent.parent.parent


def square(size: int) -> pd.DataFrame:
    """Distances between so many plants on a line, 10 km apart."""
    names = [f"Plant {number}" for number in range(size)]
    far = [[10 * abs(row - column) for column in range(size)] for row in range(size)]
    return pd.DataFrame(far, index=names, columns=names)


def test_each_pair_has_one_square() -> None:
    """In the row of one plant and the column with the number that stands before the other's name."""
    spec = matrix_chart.matrix(square(4), "km", words="near").to_dict()
    (pairs,) = spec["datasets"].values()
    assert [(pair["row"], pair["column"], pair["told"]) for pair in pairs] == [
        ("2 Plant 1", "1", "10"),
        ("3 Plant 2", "1", "20"),
        ("3 Plant 2", "2", "10"),
        ("4 Plant 3", "1", "30"),
        ("4 Plant 3", "2", "20"),
        ("4 Plant 3", "3", "10"),
    ]
    assert spec["description"] == "near"


def luminance(colour: tuple[float, ...]) -> float:
    """The relative luminance of a colour (WCAG 2.2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_distances_can_be_read_on_their_squares(theme: str) -> None:
    """The page's text has a contrast of 4.5 on the strongest and on the palest square, in both themes."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    page, text, mark = (
        tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        for colour in (
            settings[theme]["backgroundColor"],
            settings[theme]["textColor"],
            getattr(look.ANY.colour, theme),
        )
    )
    for strength in matrix_chart.STRENGTHS:
        mixed = tuple(strength * one + (1 - strength) * two for one, two in zip(mark, page, strict=True))
        darker, lighter = sorted((luminance(mixed), luminance(text)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5

"""`atlas/country_names.py`: names of countries as people and statistics write them."""

import pytest

from atlas import country_names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Iran, Islamic Rep.", "IR"),
        ("Korea, Dem. Rep.", "KP"),
        ("Congo (Brazzaville)", "CG"),
        ("Macau SAR (China)", "MO"),
        ("Swaziland (Eswatini)", "SZ"),
        ("Slovak Rep.", "SK"),
        ("Virgin Islands, British", "VG"),
        ("Puerto Rico, USA", "PR"),
        ("Reino Unido", "GB"),
        ("EL", "GR"),
        ("N. Korea", "KP"),
        ("New Mexico", ""),
        ("New Jersey", ""),
        ("Inner Mongolia", ""),
        ("State of Mexico", ""),
        ("Georgia, USA", ""),
    ],
)
def test_names(text: str, code: str) -> None:
    """Order, brackets and abbreviations do not matter; "New Mexico" is no country."""
    assert country_names.code_of(text) == code

"""Words that sentences are made of."""

from collections.abc import Sequence

import pandas as pd

from atlas.text import NOT_STATED


def accuracy_in_words(accuracy_m: float, geocoder: str) -> str:
    """Returns how sure a position is: "within about 1 km (estimate on the map)"."""
    how = f" ({geocoder})" if geocoder else ""
    if pd.isna(accuracy_m):
        return f"accuracy {NOT_STATED}{how}"
    size = f"{accuracy_m / 1000:g} km" if accuracy_m >= 1000 else f"{accuracy_m:.0f} m"
    return f"within about {size}{how}"


def short(text: str, most: int = 60) -> str:
    """Returns a text of at most `most` characters; "…" is the last of them if it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def join(words: Sequence[str]) -> str:
    """Returns "A", "A and B", "A, B and C"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def count(noun: str, number: int, plural: str = "") -> str:
    """Returns a number with its noun: "1 row", "1,200 rows", or `plural` where an "s" is not enough."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str, most: int = 60) -> str:
    """Returns a text of at most `most` characters for use in a sentence; "…" stands for what was cut."""
    return text if len(text) <= most else text[: most - 3] + "…"

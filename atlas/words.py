"""Words that sentences are made of."""

from collections.abc import Sequence

import pandas as pd

from atlas.text import NOT_STATED

CERTAINTIES = {
    "likely": "likely",
    "ambiguous": "one of several places of this name",
    "guess": "a guess",
}
"""What the values of the column `position_certainty` mean; nothing needs to be said of a sure position."""


def accuracy_in_words(accuracy_m: float, geocoder: str, certainty: object = "") -> str:
    """Returns how sure a position is: "a guess: within about 15 km (gazetteer)"."""
    doubt = CERTAINTIES.get(str(certainty), "")
    if doubt:
        return f"{doubt}: {accuracy_in_words(accuracy_m, geocoder)}"
    how = f" ({geocoder})" if geocoder else ""
    if pd.isna(accuracy_m):
        return f"accuracy {NOT_STATED}{how}"
    km = accuracy_m / 1000
    size = f"{km:,.0f} km" if km >= 100 else f"{km:g} km" if km >= 1 else f"{accuracy_m:.0f} m"
    return f"within about {size}{how}"


def short(text: str, most: int = 60) -> str:
    """Returns a text of at most `most` characters; "…" is the last of them if it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def join(words: Sequence[str], last: str = "and") -> str:
    """Returns "A", "A and B", "A, B and C"; `last` is the word before the last."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def count(noun: str, number: int, plural: str = "") -> str:
    """Returns a number with its noun: "1 row", "1,200 rows", or `plural` where an "s" is not enough."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str, most: int = 60) -> str:
    """Returns a text of at most `most` characters for use in a sentence; "…" stands for what was cut."""
    return text if len(text) <= most else text[: most - 3] + "…"

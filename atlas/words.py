"""Words that sentences are made of."""

from collections.abc import Sequence

import pandas as pd


def accuracy_in_words(accuracy_m: float, geocoder: str) -> str:
    """How sure a position is: "within about 1 km (estimate on the map)"."""
    how = f" ({geocoder})" if geocoder else ""
    if pd.isna(accuracy_m):
        return f"accuracy not stated{how}"
    size = f"{accuracy_m / 1000:g} km" if accuracy_m >= 1000 else f"{accuracy_m:.0f} m"
    return f"within about {size}{how}"


def short(text: str, most: int = 60) -> str:
    """Returns a text for a sentence: with "…" at its end where it is longer than `most`."""
    return text if len(text) <= most else text[: most - 1] + "…"


def join(words: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

"""Words that sentences are made of."""

import pandas as pd

from atlas.language import gettext, gettext_noop, number
from atlas.text import shortened

CERTAINTIES = {
    "likely": gettext_noop("likely"),
    "ambiguous": gettext_noop("one of several places of this name"),
    "guess": gettext_noop("a guess"),
}
"""What the values of the column `position_certainty` mean; nothing needs to be said of a sure position."""


def accuracy_in_words(accuracy_m: float, geocoder: str, certainty: object = "") -> str:
    """Returns how sure a position is: "a guess: within about 15 km (gazetteer)"."""
    if doubt := CERTAINTIES.get(str(certainty), ""):
        return f"{gettext(doubt)}: {accuracy_in_words(accuracy_m, geocoder)}"
    how = f" ({gettext(geocoder)})" if geocoder else ""
    if pd.isna(accuracy_m):
        return gettext("accuracy not stated") + how
    return gettext("within about {length}", length=length_in_words(accuracy_m)) + how


def length_in_words(metres: float) -> str:
    """Returns a length: "350 m", "1.5 km", "1,200 km"."""
    km = metres / 1000
    return f"{number(metres)} m" if km < 1 else f"{number(km, 0 if km >= 100 else 3)} km"


short = shortened


def count(noun: str, number: int, plural: str = "") -> str:
    """Returns a number with its noun: "1 row", "1,200 rows", or `plural` where an "s" is not enough."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

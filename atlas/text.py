"""Text of cells: folded for comparing, and whole columns of it as Arrow arrays.

`fold` is one of four ways to compare texts, each for its own purpose: `fold` for what people search and
filter, `geocoding.place.key_of` for queries (accents tell them apart), `geocoding.place_names.key` for place
names (nothing but letters and digits counts), `country_names.plain` for names of countries (words,
without "the" and with "and" for "&").
"""

import unicodedata
from itertools import filterfalse
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.language import gettext_noop

NOT_STATED = gettext_noop("not stated")
"""What an empty cell shows, and the value of a filter for such cells; pages translate it."""

Mask = npt.NDArray[np.bool_]


def shortened(text: str, most: int = 60) -> str:
    """Returns a text of at most `most` characters; "…" is the last of them if it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def fold(text: str) -> str:
    """Returns a text without accents and capitals, to compare it: "Xerém" -> "xerem"."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(filterfalse(unicodedata.combining, decomposed)).casefold()


def fold_all(texts: pa.Array) -> pa.Array:
    """Returns a column of texts, each folded; a million take less than a second."""
    is_plain = pc.string_is_ascii(texts)
    accented = np.flatnonzero(~is_plain.to_numpy(zero_copy_only=False))
    folded = pc.utf8_lower(texts)
    if not len(accented):
        return folded
    # Most texts are plain; only the others pay for the slow way.
    slow = pa.array([fold(text) for text in texts.take(pa.array(accented)).to_pylist()], pa.large_string())
    return pc.replace_with_mask(folded, pc.invert(is_plain), slow)


def as_arrow(cells: pd.Series) -> pa.Array:
    """Returns a text column as one Arrow array; missing cells are ""."""
    array: Any = pa.array(cells.array, from_pandas=True)
    chunk = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return pc.fill_null(chunk.cast(pa.large_string()), "")

"""Text of cells: folded for comparing, and whole columns of it as Arrow arrays.

`fold` is one of four ways to compare texts, each for its own purpose: `fold` for what people search and
filter, `geocoding.place.key_of` for queries (accents tell them apart), `geocoding.place_names.key` for place
names (nothing but letters and digits counts), `importing.countries.plain` for names of countries (words,
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

NOT_STATED = "not stated"

Mask = npt.NDArray[np.bool_]


def fold(text: str) -> str:
    """Returns a text without accents and capitals, to compare it: "Xerém" -> "xerem"."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(filterfalse(unicodedata.combining, decomposed)).casefold()


def as_arrow(cells: pd.Series) -> pa.Array:
    """Returns a text column as one Arrow array; missing cells are ""."""
    array: Any = pa.array(cells.array, from_pandas=True)
    chunk = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return pc.fill_null(chunk.cast(pa.large_string()), "")

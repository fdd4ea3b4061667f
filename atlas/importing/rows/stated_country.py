"""The country that each row states: codes of two letters, countries in words, and what no country is.

Touches nothing.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import country_names
from atlas.importing.problems import Problem
from atlas.importing.rows.step import FileCells, Step
from atlas.language import gettext, gettext_noop

KIND = "unknown country"
REWRITTEN = gettext_noop("Codes of countries were written as two capital letters.")
Codes = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class _Country:
    """A column that states countries: its texts, the code of each row ("": unknown), what is wrong."""

    texts: pd.Series
    codes: Codes
    wrong: Problem


def read(cells: FileCells, table: Mapping[str, pd.Series]) -> tuple[Codes, Step]:
    """Returns the code of each row, and the columns `country` and `country_code` as far as they change.

    A country in words counts more than a code.
    """
    stated = {
        role: _country(table[role], cells.column_of[role], take_similar=KIND in cells.fixes)
        for role in ("country_code", "country")
        if role in cells.column_of
    }
    codes = np.full(cells.rows, "", object)
    for country in stated.values():
        codes = np.where(country.codes != "", country.codes, codes)
    columns = {role: country.texts for role, country in stated.items()}
    notes = []
    if "country_code" in stated:
        own = stated["country_code"]
        is_rewritten = (own.codes != "") & (own.codes != own.texts.to_numpy(object))
        if is_rewritten.any():
            notes.append(gettext(REWRITTEN))
            columns["country_code"] = own.texts.mask(is_rewritten, own.codes)
        if "country" not in table:
            number, distinct = pd.factorize(own.codes)
            columns["country"] = _spread([country_names.name_of(code) for code in distinct], number)
    return codes, Step(columns, [country.wrong for country in stated.values()], notes)


def _country(texts: pd.Series, column: str, *, take_similar: bool) -> _Country:
    """Reads a column; `take_similar` writes the country most like an unknown text in its place."""
    number, factors = pd.factorize(texts)
    distinct: list[str] = list(factors)
    codes = [country_names.code_of(text) for text in distinct]
    similar = [
        _similar(text) if text and not code else "" for text, code in zip(distinct, codes, strict=True)
    ]
    if take_similar and any(similar):
        distinct = [name or text for name, text in zip(similar, distinct, strict=True)]
        codes = [country_names.code_of(text) for text in distinct]
        texts = _spread(distinct, number)
    unknown = np.array([bool(text) and not code for text, code in zip(distinct, codes, strict=True)], bool)
    rows = np.flatnonzero(unknown[number])
    wrong = Problem(
        rows,
        KIND,
        gettext("No country of this name is known."),
        column,
        [distinct[place] for place in number[rows]],
        [similar[place] for place in number[rows]],
    )
    return _Country(texts, np.array(codes, object)[number], wrong)


def _spread(texts: list[str], number: npt.NDArray[np.intp]) -> pd.Series:
    """Returns a column whose row i has the text `texts[number[i]]`."""
    return pd.Series(np.array(texts, object)[number], dtype="str")


def _similar(text: str) -> str:
    """Returns the country whose name is most like a text; "" where none is."""
    known = {plain: code for plain, code in country_names.known_names().items() if len(plain) > 3}
    near = difflib.get_close_matches(country_names.plain(text[:60]), known, n=1, cutoff=0.8)
    return country_names.name_of(known[near[0]]) if near else ""

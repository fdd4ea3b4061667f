"""What is wrong with the rows of a table: kinds of problems, the report row by row, and its sentences.

Touches nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.language import gettext, gettext_noop, ngettext, number
from atlas.place_columns import CERTAINTY, accuracy_in_words
from atlas.text import shortened

COLUMNS = ("row", "column", "value", "kind", "reason", "fix")
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Kind:
    """A kind of problem in English words, and what its fix does; "" where nothing can be proposed.

    `moves`: the fix leaves rows out or moves points that stand on the map, so it is never part of "all".
    """

    label: str
    fix: str = ""
    moves: bool = False


KINDS: Mapping[str, Kind] = {
    "swapped": Kind(
        gettext_noop("Latitude and longitude exchanged"), gettext_noop("Exchange them"), moves=True
    ),
    "sign": Kind(gettext_noop("Sign missing or wrong"), gettext_noop("Change the sign"), moves=True),
    "degrees": Kind(
        gettext_noop("Degrees, minutes and seconds"), gettext_noop("Read them as decimal degrees")
    ),
    "decimal": Kind(gettext_noop("Decimal point lost"), gettext_noop("Put it back")),
    "wrapped": Kind(
        gettext_noop("Longitude counted from 0 to 360"), gettext_noop("Count it from -180 to 180")
    ),
    "projected": Kind(gettext_noop("Metres of a projected system"), gettext_noop("Convert them to degrees")),
    "zero": Kind(gettext_noop("Position 0, 0"), gettext_noop("Take it for unknown")),
    "range": Kind(gettext_noop("No place on Earth")),
    "half": Kind(gettext_noop("Half a position")),
    "unreadable": Kind(gettext_noop("Position that is no number")),
    "country": Kind(
        gettext_noop("Outside its country"), gettext_noop("Draw all points as stated"), moves=True
    ),
    "unknown country": Kind(gettext_noop("Unknown country"), gettext_noop("Take the name most like it")),
    "duplicate": Kind(gettext_noop("Same plant again"), gettext_noop("Leave the later ones out"), moves=True),
    "about": Kind(gettext_noop("Year that is not exact")),
    "year": Kind(gettext_noop("Year that cannot be read"), gettext_noop("Take the year that stands in it")),
    "letters": Kind(gettext_noop("Letters decoded wrongly"), gettext_noop("Mend the letters")),
    "number": Kind(gettext_noop("No number")),
    "id": Kind(gettext_noop("Id that stands twice")),
    "cells": Kind(gettext_noop("More or fewer cells than columns")),
    "quotes": Kind(gettext_noop("Quote that never closes")),
    "position": Kind(gettext_noop("No position yet")),
    "unsure": Kind(gettext_noop("Position that is only a guess")),
}


@dataclass(frozen=True, eq=False)
class Problem:
    """A problem of some rows (places in the table, from 0), with a text for each of them or for all."""

    rows: Rows
    kind: str
    reason: str | Sequence[str]
    column: str = ""
    value: str | Sequence[str] = ""
    fix: str | Sequence[str] = ""


def report(found: Iterable[Problem], numbers: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Returns a line with `COLUMNS` for each problem of each row, by row; the index is the row's place.

    `numbers` are the numbers of the rows in the file.
    """
    parts = [_lines(problem, numbers) for problem in found if len(problem.rows)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in COLUMNS})
    whole = pd.DataFrame(
        {
            name: np.concatenate([part[name].to_numpy() for part in parts])
            if name == "row"
            else pd.Series(pd.api.types.union_categoricals([part[name] for part in parts]))
            for name in COLUMNS
        }
    )
    whole.index = pd.Index(np.concatenate([part.index.to_numpy() for part in parts]))
    return whole.sort_index(kind="stable")


def with_unsure(report: pd.DataFrame, placed: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Returns the report with the lines of `placed` rows whose looked-up place is unsure.

    `placed` are lines of the kind "position"; `places`, by place in the file, are what was found.
    """
    lines = placed[placed.index.isin(places.index)].astype({name: "str" for name in COLUMNS if name != "row"})
    if lines.empty:
        return report
    at = places.loc[lines.index]
    found = zip(at["matched"], at["accuracy_m"], at["geocoder"], at[CERTAINTY], strict=True)
    # Translators: {accuracy} is such as "a guess: within about 15 km (gazetteer)".
    reason = gettext("Taken for {place}; {accuracy}. Add its region or position.")
    reasons = [reason.format(place=where, accuracy=accuracy_in_words(*how)) for where, *how in found]
    told = lines.assign(kind="unsure", value=_cut(at["matched"].tolist()), reason=reasons, fix="")
    return pd.concat([report, told]).sort_index(kind="stable")


def _lines(problem: Problem, numbers: npt.NDArray[np.int64]) -> pd.DataFrame:
    cells = {
        "row": numbers[problem.rows],
        "column": problem.column,
        "value": _cut(problem.value),
        "kind": problem.kind,
        "reason": problem.reason,
        "fix": problem.fix,
    }
    lines = pd.DataFrame(cells, index=pd.Index(problem.rows))
    return lines.astype({name: "category" for name in COLUMNS if name != "row"})


def _cut(value: str | Sequence[str]) -> str | list[str]:
    if isinstance(value, str):
        return value
    return [shortened(text, 200) for text in value]


def sentences(report: pd.DataFrame) -> list[str]:
    """Returns a sentence for each kind of problem in each column: the first row, and how many more."""
    return [_sentence(part) for part in _groups(report)]


def _groups(report: pd.DataFrame) -> Iterator[pd.DataFrame]:
    lines = report[(report["kind"] != "position").to_numpy()]
    if len(lines):
        groups = lines.groupby(["kind", "column"], sort=False, observed=True)
        yield from sorted(
            (part for _, part in groups), key=lambda part: (part.index[0], part.iloc[0]["kind"])
        )


def _sentence(part: pd.DataFrame) -> str:
    first, more = part.iloc[0], len(part) - 1
    words = {"row": number(first["row"]), "reason": str(first["reason"])}
    column, value = str(first["column"]), shortened(str(first["value"]))
    if column and value:
        text = gettext("Row {row}, column {column}: “{value}”: {reason}", column=column, value=value, **words)
    elif column:
        text = gettext("Row {row}, column {column}: {reason}", column=column, **words)
    elif value:
        text = gettext("Row {row}: “{value}”: {reason}", value=value, **words)
    else:
        text = gettext("Row {row}: {reason}", **words)
    if not more:
        return text
    rest = ngettext("One more row like it.", "{number} more rows like it.", more)
    return f"{text} {rest}"


def counts(report: pd.DataFrame) -> dict[str, int]:
    """Returns how many lines of a report have each kind, in the order of `KINDS`."""
    rows = report["kind"].value_counts()
    return {kind: int(rows[kind]) for kind in KINDS if kind in rows.index and rows[kind]}


def fixable(report: pd.DataFrame) -> dict[str, int]:
    """Returns for how many lines of each kind a fix is proposed."""
    return counts(report[(report["fix"] != "").to_numpy()])

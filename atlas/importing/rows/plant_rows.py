"""Cells whose columns are known -> rows of a plant table, and the report on what is wrong with them.

`build` joins the steps: values, country, position, name, id, rows that stand twice. Each step gives columns,
problems and notes (see `step`). Touches nothing.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.importing import problems
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import Raw
from atlas.importing.problems import Problem
from atlas.importing.rows import duplicates, names_and_ids, numbers, positions, stated_country, values
from atlas.importing.rows.step import FileCells, Step

_PLACE_ROLES = ("latitude", "longitude", "coordinates")
_GERMAN = re.compile(r"breite|länge|laenge|koordinaten|lage", re.IGNORECASE)
_SAYS_WHY = ("swapped", "degrees", "decimal", "zero", "range", "half", "unreadable")


@dataclass(frozen=True, eq=False)
class Built:
    """A plant table with its report, sentences on the whole of it, role -> column of the table, and the place
    in the file of each row.
    """

    table: pd.DataFrame
    report: pd.DataFrame
    notes: list[str]
    roles: dict[str, str]
    places: npt.NDArray[np.intp]


def build(raw: Raw, column_roles: ColumnRoles, fixes: Collection[str]) -> Built:
    """Returns all rows of a file as plants; see `importer.build`."""
    cells = FileCells.of(raw, column_roles, fixes)
    steps = [Step({}, list(_oddities(raw)))]
    table: dict[str, pd.Series] = {}

    def take(step: Step) -> None:
        steps.append(step)
        table.update(step.columns)

    take(values.read(cells))
    codes, country = stated_country.read(cells, table)
    take(country)
    take(_position(cells, codes))
    take(names_and_ids.name(cells, table))
    take(names_and_ids.plant_id(cells, table))
    again = _duplicate(cells, table)
    found = [problem for step in steps for problem in step.problems] + [again]
    found.append(_unexplained(table["latitude"].to_numpy(), found))
    is_left_out = np.zeros(cells.rows, bool)
    is_left_out[again.rows] = "duplicate" in fixes
    places = np.flatnonzero(~is_left_out)
    whole = pd.DataFrame(table, index=pd.RangeIndex(cells.rows))
    return Built(
        whole.iloc[places].reset_index(drop=True) if is_left_out.any() else whole,
        problems.report(found, raw.numbers),
        [note for step in steps for note in step.notes],
        _roles(cells),
        places,
    )


def _oddities(raw: Raw) -> Iterator[Problem]:
    """What the reader of the file found wrong with whole rows."""
    for odd in raw.oddities:
        yield Problem(np.flatnonzero(raw.numbers == odd.row), odd.kind, odd.reason, value=odd.value)


def _roles(cells: FileCells) -> dict[str, str]:
    """Role -> column of the table; positions have no role any more, they are numbers now."""
    roles = {
        role: cells.names[column] for role, column in cells.column_of.items() if role not in _PLACE_ROLES
    }
    return roles | ({"name": "name"} if "name" in cells.column_of else {})


# ---- where -----------------------------------------------------------------------------------------


def _position(cells: FileCells, codes: stated_country.Codes) -> Step:
    """Returns latitude and longitude of each row; NaN where the file states none that can be used."""
    of = cells.column_of
    empty = pa.array([""] * cells.rows, pa.large_string())
    if "latitude" in of or "longitude" in of:
        named = [of[role] for role in ("latitude", "longitude") if role in of]
        latitude, longitude = (
            values.text_of(cells.raw.table.column(of[role])) if role in of else empty
            for role in ("latitude", "longitude")
        )
    elif "coordinates" in of:
        named = [of["coordinates"]]
        latitude, longitude = numbers.pairs(values.text_of(cells.raw.table.column(of["coordinates"])))
    else:
        nowhere = pd.Series(np.full(cells.rows, np.nan))
        return Step({"latitude": nowhere, "longitude": nowhere.copy()})
    east = _east(latitude, longitude, named)
    stated = positions.StatedPositions(latitude, longitude, ", ".join(named), cells.decimal, codes, east)
    return positions.check(stated, cells.fixes)


def _east(latitude: pa.Array, longitude: pa.Array, named: Sequence[str]) -> str:
    """What the letter O means in a file's degrees: east where W is used for west, or the header is German."""
    ends = {
        letter: pc.any(pc.match_substring_regex(longitude, rf"(?i){letter}\.?\s*$")).as_py()
        for letter in "EWO"
    }
    if ends["E"]:
        return "W"
    return "E" if ends["W"] or any(_GERMAN.search(name) for name in named) else "W"


def _unexplained(latitude: npt.NDArray[np.float64], found: Sequence[Problem]) -> Problem:
    """The rows without a position of which no problem says why."""
    explained = [problem.rows for problem in found if problem.kind in _SAYS_WHY]
    rows = np.setdiff1d(
        np.flatnonzero(np.isnan(latitude)), np.concatenate([*explained, np.array([], np.intp)])
    )
    return Problem(rows.astype(np.intp), "position", "No position yet.")


# ---- twice -----------------------------------------------------------------------------------------


def _duplicate(cells: FileCells, table: Mapping[str, pd.Series]) -> Problem:
    """The rows that repeat an earlier one."""
    where = pd.DataFrame({column: table[column] for column in ("name", "latitude", "longitude")})
    rows, earlier, metres = duplicates.find(where, names_and_ids.NO_NAME)
    is_left_out = "duplicate" in cells.fixes
    done = "Left out, as you asked: same" if is_left_out else "Same"
    reasons = [
        f"{done} name as row {row:,}, {distance:.0f} m away."
        for row, distance in zip(cells.raw.numbers[earlier], metres, strict=True)
    ]
    column = cells.column_of.get("name", "")
    fix = "" if is_left_out else "leave this row out"
    return Problem(rows, "duplicate", reasons, column, table["name"].iloc[rows].tolist(), fix)

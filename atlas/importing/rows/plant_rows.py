"""Cells whose columns are known -> rows of a plant table, and the report on what is wrong with them.

`build` joins the steps: values, country, position, name, id, rows that stand twice. Each step gives columns,
problems and notes (see `step`). Touches nothing.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import nothing
from atlas.importing import position_text, problems
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import Raw
from atlas.importing.problems import Problem
from atlas.importing.rows import (
    degree_columns,
    doubts,
    duplicates,
    names_and_ids,
    positions,
    stated_country,
    values,
    wrong_letters,
)
from atlas.importing.rows.step import FileCells, Step
from atlas.language import gettext, whole_numbers
from atlas.memory import give_back
from atlas.text import Mask

_PLACE_ROLES = ("latitude", "longitude", "coordinates")
_GERMAN = re.compile(r"breite|länge|laenge|koordinaten|lage", re.IGNORECASE)
_SAYS_WHY = ("swapped", "degrees", "decimal", "zero", "range", "half", "unreadable", "wrapped", "projected")


@dataclass(frozen=True, eq=False)
class Built:
    """A plant table with its report, sentences on the whole of it, role -> column of the table, the place in
    the file of each row, and which rows state a point that cannot be right.
    """

    table: pd.DataFrame
    report: pd.DataFrame
    notes: list[str]
    roles: dict[str, str]
    places: npt.NDArray[np.intp]
    wrong: Mask


def build(raw: Raw, column_roles: ColumnRoles, fixes: Collection[str]) -> Built:
    """Returns all rows of a file as plants; see `importer.build`."""
    raw, wrongly_decoded = wrong_letters.read(raw, fixes)
    cells = FileCells.of(raw, column_roles, fixes)
    steps = [Step({}, [*_oddities(raw), *wrongly_decoded])]
    table: dict[str, pd.Series] = {}

    def take(step: Step) -> None:
        steps.append(step)
        table.update(step.columns)
        give_back(cells.rows)

    take(values.read(cells))
    codes, country = stated_country.read(cells, table)
    take(country)
    position, wrong = _position(cells, codes)
    take(position)
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
        wrong[places],
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


def _position(cells: FileCells, codes: stated_country.Codes) -> tuple[Step, Mask]:
    """Returns latitude and longitude of each row (NaN where the file states none that can be used), and
    which rows state a point that cannot be right.
    """
    step = _stated_position(cells, codes)
    latitude, longitude = (step.columns[name].to_numpy("float64") for name in ("latitude", "longitude"))
    found, wrong = doubts.marked(step.problems, latitude, longitude, codes, cells.fixes)
    return replace(step, problems=found), wrong


def _stated_position(cells: FileCells, codes: stated_country.Codes) -> Step:
    of, named = cells.column_of, list[str]()
    empty = pa.array([""] * cells.rows, pa.large_string())
    latitude = longitude = empty
    if "latitude" in of or "longitude" in of:
        named = [of[role] for role in ("latitude", "longitude") if role in of]
        latitude, longitude = (
            values.text_of(cells.raw.table.column(of[role])) if role in of else empty
            for role in ("latitude", "longitude")
        )
        latitude, longitude = degree_columns.joined(cells, latitude, longitude)
    elif "coordinates" not in of:
        nowhere = pd.Series(np.full(cells.rows, np.nan))
        return Step({"latitude": nowhere, "longitude": nowhere.copy()})
    if "coordinates" in of:
        text = nothing.without(values.text_of(cells.raw.table.column(of["coordinates"])))
        halves = position_text.pairs(text, longitude_first=_is_longitude_first(of["coordinates"]))
        has_own = pc.not_equal(latitude, "") if named else pa.array(np.zeros(cells.rows, bool))
        latitude, longitude = (
            pc.if_else(has_own, own, half) for own, half in zip((latitude, longitude), halves, strict=True)
        )
        named = named or [of["coordinates"]]
    latitude, longitude = nothing.without(latitude), nothing.without(longitude)
    east = _east(latitude, longitude, named)
    system = degree_columns.system(cells, named)
    stated = positions.StatedPositions(
        latitude, longitude, ", ".join(named), cells.decimal, codes, east, system
    )
    return positions.check(stated, cells.fixes)


def _is_longitude_first(header: str) -> bool:
    return bool(re.search(r"^\W*(lon|lng|x\b).*?(lat|y\b)", header, re.IGNORECASE))


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
    return Problem(rows.astype(np.intp), "position", gettext("No position yet."))


# ---- twice -----------------------------------------------------------------------------------------


def _duplicate(cells: FileCells, table: Mapping[str, pd.Series]) -> Problem:
    """The rows that repeat an earlier one."""
    where = pd.DataFrame({column: table[column] for column in ("name", "latitude", "longitude")})
    rows, earlier, metres = duplicates.find(where, names_and_ids.NO_NAME)
    is_same = _say_the_same(cells, rows, earlier)
    rows, earlier, metres = rows[is_same], earlier[is_same], metres[is_same]
    is_left_out = "duplicate" in cells.fixes
    if is_left_out:
        reason = gettext("Left out, as you asked: same name as row {row}, {metres} m away.")
    else:
        reason = gettext("Same name as row {row}, {metres} m away.")
    reasons = [
        reason.format(row=row, metres=f"{distance:.0f}")
        for row, distance in zip(whole_numbers(cells.raw.numbers[earlier]), metres, strict=True)
    ]
    column = cells.column_of.get("name", "")
    fix = "" if is_left_out else gettext("leave this row out")
    return Problem(rows, "duplicate", reasons, column, table["name"].iloc[rows].tolist(), fix)


def _say_the_same(cells: FileCells, rows: npt.NDArray[np.intp], earlier: npt.NDArray[np.intp]) -> Mask:
    """Returns which rows say nothing that their earlier row does not: units of a plant differ somewhere."""
    same = np.ones(len(rows), bool)
    without = {cells.column_of.get(role) for role in ("plant_id", "name", *_PLACE_ROLES)}
    for column in set(cells.raw.table.column_names) - without if len(rows) else ():
        text = values.text_of(cells.raw.table.column(column))
        late, early = text.take(pa.array(rows)), text.take(pa.array(earlier))
        same &= pc.or_(pc.equal(late, early), pc.equal(late, "")).to_numpy(zero_copy_only=False)
    return same

"""What the steps from cells to plant rows share: the cells with their roles, and what a step gives.

Touches nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from atlas import columns
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import Raw
from atlas.importing.problems import Problem


@dataclass(frozen=True, eq=False)
class FileCells:
    """The cells of a file, what its columns are, and the kinds of problems whose fix is wanted.

    `column_of`: role -> column of the file. `names`: column of the file -> column of the table.
    """

    raw: Raw
    column_of: Mapping[str, str]
    names: Mapping[str, str]
    decimal: str
    fixes: Collection[str]

    @classmethod
    def of(cls, raw: Raw, roles: ColumnRoles, fixes: Collection[str]) -> "FileCells":
        names = _names(raw.table.column_names, roles.columns)
        return cls(raw, dict(roles.columns), names, roles.decimal or raw.detected.decimal, fixes)

    @property
    def rows(self) -> int:
        return len(self.raw.table)

    def has_role(self, column: str) -> bool:
        return column in self.column_of.values()


@dataclass(frozen=True, eq=False)
class Step:
    """What a step gives: columns of the table, problems of rows, sentences on the whole table."""

    columns: Mapping[str, pd.Series]
    problems: Sequence[Problem] = ()
    notes: Sequence[str] = ()


def _names(header: Sequence[str], column_of: Mapping[str, str]) -> dict[str, str]:
    """Column of the file -> column of the table: known columns by their role, others as they are."""
    known = {
        column: role
        for role, column in column_of.items()
        if role in columns.BY_NAME and role not in ("latitude", "longitude")
    }
    known |= {column: role for role, column in column_of.items() if role in ("latitude", "longitude")}
    taken = [*known.values(), "latitude", "longitude", "name", "plant_id"]
    names = dict(known)
    for column in header:
        if column not in names:
            names[column] = columns.distinct([*taken, column])[-1] if column in taken else column
            taken.append(names[column])
    return {column: names[column] for column in header}

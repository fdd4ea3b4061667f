"""The roles of a file's columns: guessed, changed by a person, kept in a small file.

    >>> ColumnRoles({"name": "Stabilimento"}).to_json()
    '{\\n  "columns": {\\n    "name": "Stabilimento"\\n  },\\n  "decimal": ""\\n}\\n'

Touches nothing.
"""

import json
from collections import abc
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow.types import is_dictionary

from atlas.errors import DataError
from atlas.importing.files.raw_table import DECIMALS, Raw
from atlas.importing.roles.guessing import ROLES, guess
from atlas.language import gettext
from atlas.text import shortened

ROWS_TO_GUESS = 20_000
NEEDED = ("name", "address", "town", "coordinates", "latitude", "postcode", "official_name")


@dataclass(frozen=True)
class ColumnRoles:
    """Role -> column of the file; `decimal`: the mark before decimals, "" for the mark that was found out."""

    columns: abc.Mapping[str, str] = field(default_factory=dict)
    decimal: str = ""

    def to_json(self) -> str:
        """Returns the roles as the text of a file."""
        return (
            json.dumps({"columns": dict(self.columns), "decimal": self.decimal}, indent=2, ensure_ascii=False)
            + "\n"
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> "ColumnRoles":
        """Reads what `to_json` wrote; raises `DataError`."""
        try:
            saved = json.loads(text)
            columns, decimal = saved["columns"], saved.get("decimal", "")
            is_sound = decimal in ("", *DECIMALS) and all(isinstance(name, str) for name in columns.values())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            shape = '{"columns": {"name": "…"}}'
            raise DataError(gettext("The mapping is none: it needs {shape}.", shape=shape)) from error
        unknown = [role for role in columns if role not in ROLES]
        if unknown:
            raise DataError(
                gettext(
                    "The mapping has an unknown role “{role}”; there are: {roles}.",
                    role=shortened(unknown[0]),
                    roles=", ".join(ROLES),
                )
            )
        if not is_sound:
            raise DataError(gettext("The mapping is none: roles lead to names of columns, decimal is . or ,"))
        return cls(dict(columns), decimal)


def of(raw: Raw) -> ColumnRoles:
    """Returns the roles that headers and cells make likely."""
    some = raw.table.slice(0, ROWS_TO_GUESS)
    # A slice of a dictionary has all of it, which may be a million texts.
    plain = [column.cast(column.type.value_type) if is_dictionary(column.type) else column for column in some]
    return ColumnRoles(guess(pa.table(plain, some.column_names).to_pandas()))


def check(mapping: ColumnRoles, raw: Raw) -> None:
    """Raises `DataError` for an unknown column, a column with two roles, and if none names the plants."""
    there = shortened(", ".join(raw.table.column_names), 200)
    taken: dict[str, str] = {}
    for role, column in mapping.columns.items():
        if column not in raw.table.column_names:
            raise DataError(
                gettext(
                    "{title} has no column “{column}” for {role}; it has: {columns}.",
                    title=raw.title,
                    column=shortened(column),
                    role=role,
                    columns=there,
                )
            )
        if column in taken:
            raise DataError(
                gettext(
                    "The column “{column}” can be {role} or {other}, not both.",
                    column=shortened(column),
                    role=taken[column],
                    other=role,
                )
            )
        taken[column] = role
    if not set(NEEDED) & set(mapping.columns):
        raise DataError(
            gettext(
                "{title} has no column with a name, an address, a town or a position, one of which every "
                "plant needs; it has: {columns}.",
                title=raw.title,
                columns=there,
            )
        )

"""Turns a stranger's file into a plant table and a report, row by row, of what is wrong with it.

    raw, roles = importer.opened(content, "plants.csv")        # cells, what was found out (raw.detected);
                                                               # role -> column; change it, keep it as a file
    imported = importer.build(raw, roles)                      # or all at once: importer.read(content, name)
    imported.summary                                           # "34,871 of 35,002 plants placed; 131 not"
    imported.report                                            # rows: row, column, value, kind, reason, fix
    imported.fixes                                             # {"swapped": 12, ...}: what can be applied
    imported = importer.apply(imported, ["swapped"])
    imported = importer.locate(imported, find)                 # positions for the rows that have none
    rejects.csv(imported)                                      # CSV of the rows with a problem; corrected:
    imported = rejects.add(imported, content, "rejects.csv")

No row is lost: rows of the file = rows with a position + reported rows without a position. Nothing changes
without a wish; a cell that cannot be read is left empty and reported. Touches nothing: an uploaded table is
never written anywhere.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.errors import DataError
from atlas.importing import column_roles, problems
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files import reader
from atlas.importing.files.raw_table import MOST_BYTES, FileOptions, Raw
from atlas.importing.rows import plant_rows
from atlas.language import gettext, ngettext, number
from atlas.place_columns import PROBLEM, STATED, is_unsure, with_places
from atlas.text import Mask, shortened

_POSITION = ("latitude", "longitude")
Find = Callable[[pd.DataFrame, dict[str, str]], pd.DataFrame]
"""A table and its roles -> the same rows with `latitude`, `longitude` and how they were found."""


@dataclass(frozen=True, eq=False)
class Imported:
    """A plant table with unique `plant_id` and numeric coordinates (NaN where a row states no usable
    position), and sentences on what could not be read.

    `report`: a line per problem (see `problems.COLUMNS`), its index the row's place in the file from 0; a
    row may have several, and may be placed all the same. `roles`: role -> column of `table`. `places`: the
    place in the file of each row of the table. `wrong`: which of them state a point that cannot be right (see
    `rows.doubts`). `located`: how many positions were looked up. `warnings`:
    the `notes` on the whole file.
    """

    table: pd.DataFrame
    notes: list[str]
    report: pd.DataFrame
    raw: Raw
    mapping: ColumnRoles
    roles: dict[str, str]
    places: npt.NDArray[np.intp]
    wrong: Mask
    applied: frozenset[str] = frozenset()
    located: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Data rows of the file."""
        return len(self.raw.table)

    @property
    def placed(self) -> int:
        """Rows with a position."""
        return int(self.table["latitude"].notna().sum())

    @property
    def reported(self) -> int:
        """Rows with a problem; every row without a position has one."""
        return int(self.report.index.nunique())

    @property
    def summary(self) -> str:
        """ "34,871 of 35,002 plants placed; 131 not"."""
        missing = self.rows - self.placed
        placed = number(self.placed)
        if not missing:
            return ngettext(
                "{placed} of {number} plant placed",
                "{placed} of {number} plants placed",
                self.rows,
                placed=placed,
            )
        return ngettext(
            "{placed} of {number} plant placed; {missing} not",
            "{placed} of {number} plants placed; {missing} not",
            self.rows,
            placed=placed,
            missing=number(missing),
        )

    @property
    def kinds(self) -> dict[str, int]:
        """Kind of problem -> rows, see `problems.KINDS`."""
        return problems.counts(self.report)

    @property
    def fixes(self) -> dict[str, int]:
        """Kind of problem -> rows for which a fix is proposed."""
        return problems.fixable(self.report)

    def as_json(self) -> dict[str, object]:
        """Returns what `python -m atlas import --json` prints."""
        detected = self.raw.detected
        return {
            "rows": self.rows,
            "placed": self.placed,
            "located": self.located,
            "reported": self.reported,
            "detected": {
                "encoding": detected.encoding,
                "delimiter": detected.delimiter,
                "decimal": detected.decimal,
                "header": detected.header,
                **({"sheet": detected.sheet} if detected.sheet else {}),
            },
            "columns": dict(self.mapping.columns),
            "warnings": self.warnings,
        }


# ---- the steps -------------------------------------------------------------------------------------


def open_file(content: bytes, file_name: str, *, options: FileOptions | None = None) -> Raw:
    """Returns the cells of a file; raises `DataError` if it is no table or too large (see `reader`)."""
    return reader.read(content, file_name, options=options)


def guess(raw: Raw) -> ColumnRoles:
    """Returns the role of each column, guessed from headers and cells."""
    return column_roles.of(raw)


def opened(
    content: bytes, file_name: str, *, options: FileOptions | None = None, most_bytes: int = MOST_BYTES
) -> tuple[Raw, ColumnRoles]:
    """Returns the cells of a file and the roles of its columns; raises `DataError`.

    Of a workbook whose likeliest sheet holds no plants, the first sheet that does is taken.
    """
    options = options or FileOptions()
    raw = reader.read(content, file_name, options=options, most_bytes=most_bytes)
    roles = guess(raw)
    try:
        column_roles.check(roles, raw)
    except DataError:
        others = [name for name in raw.detected.sheets if name != raw.detected.sheet]
        for name in [] if options.sheet else others:
            with suppress(DataError):
                other = reader.read(
                    content, file_name, options=replace(options, sheet=name), most_bytes=most_bytes
                )
                roles = guess(other)
                column_roles.check(roles, other)
                note = gettext(
                    "The sheet “{sheet}” was read; “{other}” has no column that names plants.",
                    sheet=name,
                    other=raw.detected.sheet,
                )
                return replace(other, notes=(*other.notes, note)), roles
        raise
    return raw, roles


def read(
    content: bytes,
    file_name: str,
    *,
    options: FileOptions | None = None,
    columns: ColumnRoles | None = None,
    apply: Collection[str] = (),
) -> Imported:
    """Does `open_file`, `guess` (unless `columns` are given) and `build` at once; raises `DataError`."""
    if not columns:
        return build(*opened(content, file_name, options=options), apply=apply)
    raw = open_file(content, file_name, options=options)
    if not raw.detected.header and not set(columns.columns.values()) <= set(raw.table.column_names):
        # The columns' names stand in the first row, though they look like a plant's cells.
        raw = open_file(content, file_name, options=replace(options or FileOptions(), header=True))
    return build(raw, columns, apply=apply)


def build(raw: Raw, columns: ColumnRoles, *, apply: Collection[str] = ()) -> Imported:
    """Returns the plant table of cells whose columns are known, and the report; raises `DataError`.

    `apply`: kinds of problems (see `problems.KINDS`) whose proposed fix is wanted.
    """
    column_roles.check(columns, raw)
    unknown = set(apply) - set(problems.KINDS)
    if unknown:
        raise DataError(
            gettext(
                "There is no problem called “{kind}”; there are: {kinds}.",
                kind=shortened(min(unknown)),
                kinds=", ".join(problems.KINDS),
            )
        )
    built = plant_rows.build(raw, columns, frozenset(apply))
    notes = [*raw.notes, *built.notes]
    return Imported(
        built.table,
        [*notes, *problems.sentences(built.report)],
        built.report,
        raw,
        columns,
        built.roles,
        built.places,
        built.wrong,
        frozenset(apply),
        warnings=notes,
    )


def apply(imported: Imported, kinds: Collection[str]) -> Imported:
    """Returns the table with the fixes of `kinds` applied, besides those applied before."""
    return build(imported.raw, imported.mapping, apply={*imported.applied, *kinds})


def said_again(
    imported: Imported, content: bytes, file_name: str, *, options: FileOptions | None = None
) -> Imported:
    """Returns the same table with notes and report in the current language; `content`: the file it is from.

    Corrected rows, applied fixes and positions that were looked up stay.
    """
    fresh, _ = opened(content, file_name, options=options)
    still = {odd.row for odd in imported.raw.oddities}
    oddities = tuple(odd for odd in fresh.oddities if odd.row in still)
    raw = replace(imported.raw, notes=fresh.notes, oddities=oddities)
    unsure = imported.report[(imported.report["kind"] == "unsure").to_numpy()]["value"].astype("str")
    matched = unsure.reindex(imported.places).fillna("").to_numpy(object)
    places = imported.table.assign(matched=pd.Series(matched, index=imported.table.index, dtype="str"))
    again = build(raw, imported.mapping, apply=imported.applied)
    return locate(again, lambda rows, _roles: places.loc[rows.index])


def locate(imported: Imported, find: Find) -> Imported:
    """Returns the table with positions for rows that have none, as far as `find` knows them.

    A position that may be somewhere else altogether is reported.
    """
    table = imported.table
    missing = np.flatnonzero(table["latitude"].isna().to_numpy())
    if not len(missing):
        return imported
    places = find(table.iloc[missing], imported.roles)
    is_placed = (places["latitude"].notna() & places["longitude"].notna()).to_numpy(bool)
    rows = missing[is_placed]
    if not len(rows):
        return imported
    placed = with_places(table, rows, places[is_placed])
    done = imported.report.index.isin(imported.places[rows])
    done &= (imported.report["kind"] == "position").to_numpy()
    unsure = places[is_placed & is_unsure(places)].set_axis(
        imported.places[missing[is_placed & is_unsure(places)]]
    )
    report = problems.with_unsure(imported.report[~done], imported.report[done], unsure)
    return replace(imported, table=placed, report=report, located=imported.located + len(rows))


def shown(imported: Imported) -> pd.DataFrame:
    """Returns the table as maps and pages show it: each row says what is wrong with it, and a point that
    cannot be right is a text beside the others, no position.
    """
    table, report = imported.table, imported.report
    reasons = report[(report["kind"] != "position").to_numpy()]["reason"].astype("str")
    if len(reasons):
        by_place = reasons.groupby(level=0).agg(" ".join)
        words = by_place.reindex(imported.places).fillna("").to_numpy(object)
        table = table.assign(**{PROBLEM: pd.Series(words, index=table.index, dtype="str")})
    wrong = imported.wrong
    if not wrong.any():
        return table
    points = [f"{lat:.10g}, {lon:.10g}" for lat, lon in table[list(_POSITION)].to_numpy("float64")]
    stated = pd.Series(np.where(wrong, points, ""), index=table.index, dtype="str")
    unplaced = {name: table[name].mask(wrong) for name in _POSITION}
    return table.assign(**unplaced, **{STATED: stated})

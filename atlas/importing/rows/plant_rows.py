"""Cells whose columns are known -> rows of a plant table, and findings on what is wrong with them.

Touches nothing.
"""

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import columns
from atlas.importing import countries
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import Raw
from atlas.importing.problems import Problems
from atlas.importing.rows import duplicates, numbers, positions
from atlas.text import as_arrow, fold

NO_NAME = "(no name)"
AS_WRITTEN = " as written"
YEARS = tuple(column.name for column in columns.COLUMNS if column.kind == "year")
WHOLE = tuple(
    column.name for column in columns.COLUMNS if column.kind == "number" and column.name != "accuracy_m"
)
_PLACE_ROLES = ("latitude", "longitude", "coordinates")
_WHOLE_TYPES = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
_GERMAN = re.compile(r"breite|länge|laenge|koordinaten|lage", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Built:
    """The table, its report, sentences on the whole of it, role -> column of the table, and the place in
    the file of each row.
    """

    table: pd.DataFrame
    report: pd.DataFrame
    notes: list[str]
    roles: dict[str, str]
    places: npt.NDArray[np.intp]


def build(raw: Raw, mapping: ColumnRoles, apply: Collection[str]) -> Built:
    """All rows of a file as plants; see `imports.build`."""
    return _Build(raw, mapping, apply).run()


class _Build:
    def __init__(self, raw: Raw, mapping: ColumnRoles, apply: Collection[str]) -> None:
        self._raw, self._apply = raw, apply
        self._column_of = dict(mapping.columns)
        self._decimal = mapping.decimal or raw.detected.decimal
        self._findings = Problems(raw.numbers)
        self._notes: list[str] = []
        self._names = _names(raw.table.column_names, self._column_of)

    def run(self) -> Built:
        self._say_oddities()
        cells = {self._names[name]: self._cells_of(name) for name in self._raw.table.column_names}
        cells |= self._years_as_written(cells)
        table = pd.DataFrame(cells, index=pd.RangeIndex(len(self._raw.table)))
        table, codes = self._with_country(table)
        latitude, longitude = self._positions(codes)
        table = table.assign(latitude=latitude, longitude=longitude)
        table = table.assign(name=self._plant_names(table))
        table = table.assign(plant_id=self._ids(table))
        roles = {
            role: self._names[column] for role, column in self._column_of.items() if role not in _PLACE_ROLES
        }
        roles |= {"name": "name"} if "name" in self._column_of else {}
        left_out = self._duplicates(table)
        nowhere = np.isnan(latitude)
        told = self._findings.frame()
        unsaid = np.setdiff1d(np.flatnonzero(nowhere), told.index[told["kind"].isin(_SAYS_WHY)].to_numpy())
        self._findings.add(unsaid, "position", "No position yet.")
        places = np.flatnonzero(~left_out)
        table = table.iloc[places].reset_index(drop=True) if left_out.any() else table
        return Built(table, self._findings.frame(), self._notes, roles, places)

    def _say_oddities(self) -> None:
        for odd in self._raw.oddities:
            rows = np.flatnonzero(self._raw.numbers == odd.row)
            self._findings.add(rows, odd.kind, odd.reason, value=odd.value)

    # ---- columns ---

    def _cells_of(self, column: str) -> pd.Series:
        cells, name = self._raw.table.column(column), self._names[column]
        is_role = column in self._column_of.values()
        if name in YEARS and is_role:
            return self._years(column)
        if name in WHOLE and is_role:
            return self._numbers(column, is_whole=True)
        if name == "accuracy_m" and is_role:
            return self._numbers(column, is_whole=False)
        if name in columns.BY_NAME or is_role or name.endswith(AS_WRITTEN):
            return pd.Series(text_of(cells).to_pandas(), dtype="str")
        return _extra(cells, self._decimal)

    def _numbers(self, column: str, *, is_whole: bool) -> pd.Series:
        text = text_of(self._raw.table.column(column))
        number = numbers.numbers(text, self._decimal)
        with np.errstate(invalid="ignore"):
            bad = ~np.isfinite(number) | (number < 0)
            if is_whole:
                bad |= (number != np.floor(number)) | (np.abs(number) > 2**53)
        rows = np.flatnonzero(bad & pc.not_equal(text, "").to_numpy(zero_copy_only=False))
        kind = "a whole number" if is_whole else "a distance"
        self._say(rows, "number", f"This is not {kind}; left empty.", column, text)
        number[bad] = np.nan
        return pd.Series(number, dtype="Int64" if is_whole else "float64")

    def _years(self, column: str) -> pd.Series:
        text = text_of(self._raw.table.column(column))
        year, about, meant = numbers.years(text)
        reason = "Not an exact year; the year in it was taken, the text is kept."
        self._say(np.flatnonzero(about), "about", reason, column, text)
        unread = np.isnan(year) & pc.not_equal(text, "").to_numpy(zero_copy_only=False)
        if "year" in self._apply:
            year = np.where(unread, meant, year)
            unread &= np.isnan(year)
        rows = np.flatnonzero(unread)
        fix = ["" if np.isnan(value) else f"{value:.0f}" for value in meant[rows]]
        self._say(rows, "year", "This is not a year; left empty, the text is kept.", column, text, fix)
        return pd.Series(year, dtype="Int64")

    def _years_as_written(self, cells: dict[str, pd.Series]) -> dict[str, pd.Series]:
        """The text of years that are more than a number."""
        kept = {}
        for column, name in self._names.items():
            if name in YEARS and column in self._column_of.values():
                text = text_of(self._raw.table.column(column))
                if pc.any(pc.invert(pc.match_substring_regex(text, r"^([0-9]{4}(\.0+)?)?$"))).as_py():
                    own = columns.distinct([*cells, f"{name}{AS_WRITTEN}"])[-1]
                    kept[own] = pd.Series(text.to_pandas(), dtype="str")
        return kept

    def _say(
        self, rows: npt.NDArray[np.intp], kind: str, reason: str, column: str, text: pa.Array, fix: Any = ""
    ) -> None:
        value = text.take(pa.array(rows)).to_pylist()
        self._findings.add(rows, kind, reason, column=column, value=value, fix=fix)

    # ---- where ---

    def _with_country(self, table: pd.DataFrame) -> tuple[pd.DataFrame, npt.NDArray[np.object_]]:
        """The table with countries in words and codes of two letters, and the code of each row."""
        codes = np.full(len(table), "", object)
        for role in ("country_code", "country"):
            if role not in self._column_of:
                continue
            column = self._column_of[role]
            number, texts = pd.factorize(table[role])
            known = np.array([countries.code_of(text) for text in texts] or [""], object)
            fixes = [
                _similar(text) if not code and text else "" for text, code in zip(texts, known, strict=False)
            ]
            wrong = np.array(
                [bool(text) and not code for text, code in zip(texts, known, strict=False)] or [False]
            )
            if "unknown country" in self._apply and any(fixes):
                better = [fix or text for text, fix in zip(texts, fixes, strict=True)]
                table = table.assign(**{role: pd.Series(np.array(better, object)[number], dtype="str")})
                known = np.array([countries.code_of(text) for text in better], object)
                wrong &= np.array([not fix for fix in fixes])
            rows = np.flatnonzero(wrong[number])
            value = [texts[place] for place in number[rows]]
            fix = [fixes[place] for place in number[rows]]
            self._findings.add(
                rows,
                "unknown country",
                "No country of this name is known.",
                column=column,
                value=value,
                fix=fix,
            )
            codes = np.where(known[number] != "", known[number], codes)
            if role == "country_code":
                table = self._with_codes(table, known[number])
        return table, codes

    def _with_codes(self, table: pd.DataFrame, codes: npt.NDArray[np.object_]) -> pd.DataFrame:
        """Codes of three letters become those of two; countries get names where only codes are there."""
        given = table["country_code"].to_numpy(object)
        changed = (codes != "") & (codes != given)
        if changed.any():
            self._notes.append("Codes of countries were written as two capital letters.")
            table = table.assign(country_code=pd.Series(np.where(changed, codes, given), dtype="str"))
        if "country" not in table:
            number, known = pd.factorize(codes)
            names = np.array([countries.name_of(code) for code in known] or [""], object)
            table = table.assign(country=pd.Series(names[number] if len(number) else [], dtype="str"))
        return table

    def _positions(self, codes: npt.NDArray[np.object_]) -> tuple[Any, Any]:
        of = self._column_of
        empty = pa.array([""] * len(self._raw.table), pa.large_string())
        if "latitude" in of or "longitude" in of:
            named = [of[role] for role in ("latitude", "longitude") if role in of]
            latitude, longitude = (
                text_of(self._raw.table.column(of[role])) if role in of else empty
                for role in ("latitude", "longitude")
            )
        elif "coordinates" in of:
            named = [of["coordinates"]]
            latitude, longitude = numbers.pairs(text_of(self._raw.table.column(of["coordinates"])))
        else:
            return np.full(len(empty), np.nan), np.full(len(empty), np.nan)
        east = _east(latitude, longitude, named)
        cells = positions.Cells(latitude, longitude, ", ".join(named), self._decimal, codes, east)
        return positions.check(cells, self._findings, self._apply)

    # ---- who ---

    def _plant_names(self, table: pd.DataFrame) -> pd.Series:
        """The name, else the address, the town, the id."""
        name = pd.Series("", index=table.index, dtype="str")
        for role in ("name", "official_name", "address", "town", "plant_id", "coordinates"):
            if role in self._column_of:
                cells = table[self._names[self._column_of[role]]].astype("str")
                name = name.mask((name == "").to_numpy(), cells)
                if role != "name" and "name" not in self._column_of and not self._notes:
                    self._notes.append(
                        f"No column is a name; plants are called by their {role.replace('_', ' ')}."
                    )
        return name.mask((name == "").to_numpy(), NO_NAME)

    def _ids(self, table: pd.DataFrame) -> pd.Series:
        """The file's own ids, if each plant has one; else ids made from the names: "ulsan", "ulsan-2"."""
        if "plant_id" not in self._column_of:
            return made_ids(_words(table))
        column = self._column_of["plant_id"]
        given = table["plant_id"].astype("str").fillna("")
        empty = np.flatnonzero((given == "").to_numpy())
        if len(empty):
            self._findings.add(empty, "id", "Empty, so all ids are made from the names.", column=column)
            return made_ids(_words(table))
        again = given.duplicated().to_numpy()
        if again.any():
            rows = np.flatnonzero(again)
            reason = "This id stands twice; the row got one of its own."
            self._findings.add(rows, "id", reason, column=column, value=given[again].tolist())
            row = "-row-" + pd.Series(self._raw.numbers, index=given.index).astype("str")
            while (taken := given.duplicated()).any():
                given = given.mask(taken, given + row)
        return given

    def _duplicates(self, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Says which rows stand there twice; returns those that are to be left out."""
        rows, earlier, metres = duplicates.find(table, NO_NAME)
        leave = "duplicate" in self._apply
        done = "Left out, as you asked: same" if leave else "Same"
        reasons = [
            f"{done} name as row {row:,}, {distance:.0f} m away."
            for row, distance in zip(self._raw.numbers[earlier], metres, strict=True)
        ]
        value = table["name"].iloc[rows].tolist()
        fix = "" if leave else "leave this row out"
        name = self._column_of.get("name", "")
        self._findings.add(rows, "duplicate", reasons, column=name, value=value, fix=fix)
        left_out = np.zeros(len(table), bool)
        left_out[rows] = leave
        return left_out


_SAYS_WHY = ("swapped", "degrees", "decimal", "zero", "range", "half", "unreadable")


def _names(header: list[str], column_of: dict[str, str]) -> dict[str, str]:
    """Column of the file -> column of the table: known ones by their role, others as they are."""
    role_of = {column: role for role, column in column_of.items()}
    known = {
        column: role
        for column, role in role_of.items()
        if role in columns.BY_NAME and role not in ("latitude", "longitude")
    }
    has_position = {role: column for role, column in column_of.items() if role in ("latitude", "longitude")}
    known |= {column: role for role, column in has_position.items()}
    taken = [*known.values(), "latitude", "longitude", "name", "plant_id"]
    names = dict(known)
    for column in header:
        if column not in names:
            names[column] = columns.distinct([*taken, column])[-1] if column in taken else column
            taken.append(names[column])
    return {column: names[column] for column in header}


def text_of(cells: pa.ChunkedArray) -> pa.Array:
    """Cells as text without blanks around it; empty ones are ""."""
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        cells = _as_strings(cells)
    chunk: Any = cells.combine_chunks()
    whole = pa.concat_arrays(chunk.chunks) if isinstance(chunk, pa.ChunkedArray) else chunk
    return pc.utf8_trim_whitespace(pc.fill_null(whole.cast(pa.large_string()), ""))


def _as_strings(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_floating(cells.type):
        # 1972.0 is 1972 for a person.
        number = cells.to_pandas().to_numpy("float64")
        whole = np.isfinite(number) & (np.abs(number) < 1e15) & (number == np.floor(number))
        texts = pc.if_else(
            pa.array(whole),
            pa.array(np.where(whole, number, 0).astype("int64")).cast(pa.large_string()),
            cells.cast(pa.float64()).cast(pa.large_string()),
        )
        return pc.if_else(pa.array(np.isfinite(number)), texts, pa.scalar(None, pa.large_string()))
    try:
        return cells.cast(pa.large_string())
    except pa.ArrowException:  # lists and the like
        texts = [None if value is None else str(value) for value in cells.to_pylist()]
        return pa.chunked_array([texts], pa.large_string())


def _extra(cells: pa.ChunkedArray, decimal: str) -> pd.Series:
    """A column of somebody else: numbers if all its cells are some, else text."""
    kind = cells.type
    if pa.types.is_integer(kind):
        exact = cells.cast(pa.int64()) if not pa.types.is_uint64(kind) else cells
        return pd.Series(exact.to_pandas(types_mapper=_WHOLE_TYPES.get))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pd.Series(cells.cast(pa.float64()).to_pandas(), dtype="float64")
    text = text_of(cells)
    number = numbers.typed(text, decimal)
    if number is None:
        return pd.Series(text.to_pandas(), dtype="str")
    return pd.Series(number.to_pandas(types_mapper=_WHOLE_TYPES.get))


def _similar(text: str) -> str:
    """The country whose name is most like a text; "" where none is."""
    known = {plain: code for plain, code in countries.known_names().items() if len(plain) > 3}
    near = difflib.get_close_matches(countries.plain(text[:60]), known, n=1, cutoff=0.8)
    return countries.name_of(known[near[0]]) if near else ""


def _east(latitude: pa.Array, longitude: pa.Array, named: list[str]) -> str:
    """What the letter O means in a file's degrees: east where W is used for west, or the header is German."""
    ends = {
        letter: pc.any(pc.match_substring_regex(longitude, rf"(?i){letter}\.?\s*$")).as_py()
        for letter in "EWO"
    }
    if ends["E"]:
        return "W"
    return "E" if ends["W"] or any(_GERMAN.search(name) for name in named) else "W"


def _words(table: pd.DataFrame) -> pa.Array:
    """The names from which ids are made; none from "(no name)"."""
    return as_arrow(table["name"].astype("str").replace(NO_NAME, ""))


def made_ids(names: pa.Array) -> pd.Series:
    """Ids from names, each once: "ulsan", "ulsan-2"."""
    is_plain = pc.string_is_ascii(names)
    accented = np.flatnonzero(~is_plain.to_numpy(zero_copy_only=False))
    folded = pa.array([fold(name) for name in names.take(pa.array(accented)).to_pylist()], pa.large_string())
    plain = (
        pc.replace_with_mask(pc.utf8_lower(names), pc.invert(is_plain), folded) if len(accented) else names
    )
    words = pc.replace_substring_regex(pc.utf8_lower(plain), "[^a-z0-9]+", "-")
    slugs = pd.Series(pc.utf8_slice_codeunits(pc.utf8_trim(words, "-"), 0, 60).to_pandas(), dtype="str")
    slugs = slugs.mask(slugs == "", "plant")
    again = slugs.groupby(slugs).cumcount()
    ids = slugs.mask(again > 0, slugs + "-" + (again + 1).astype("str"))
    # "ulsan-2" may also be a name; the row number settles what is left.
    row = "-row-" + pd.Series(range(1, len(ids) + 1)).astype("str")
    while (taken := ids.duplicated()).any():
        ids = ids.mask(taken, ids + row)
    return ids

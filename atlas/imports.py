"""A table from outside -> a plant table: what an operator names in `ATLAS_PLANTS`.

Reads a CSV or Parquet file, from a path or a web address, into the columns that the pages know (see
`columns`) and keeps all others as they are. Only `name` is required. A row is never dropped: what
cannot be read in it is left empty and said in a sentence that names row, column and value.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet
import requests

from atlas import columns, points
from atlas.errors import DataError
from atlas.filters import as_arrow, fold

WAIT_S = 30
MOST_SHOWN = 60
DELIMITERS = (",", ";", "\t")
_OTHER_NAMES = {
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "long": "longitude",
    "id": "plant_id",
}
_FLOATS = ("latitude", "longitude", "accuracy_m")
_WHOLE = tuple(column.name for column in columns.COLUMNS if column.kind in ("year", "number"))
_WHOLE_TYPES = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
_NUMBER = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?$"


@dataclass(frozen=True)
class Imported:
    """A plant table with unique `plant_id` and numeric coordinates (NaN where a row states none that
    can be used), and one sentence for each kind of cell that could not be read.
    """

    table: pd.DataFrame
    notes: list[str]


def load(source: str) -> Imported:
    """The table of a file or web address that ends in .csv or .parquet.

    Raises `DataError`: it cannot be reached or read, has no `name`, or has two plants with one id.
    """
    name = re.split(r"[?#]", source)[0] if is_address(source) else source
    readers = {".csv": _read_csv, ".parquet": _read_parquet}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        raise DataError(f"{_shown(source)} is no plant table: its name must end in .csv or .parquet.")
    title = Path(name).name
    content = _bytes(source)
    try:
        return _import(reader(content, title), title, first_row=2 if reader is _read_csv else 1)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # Arrow calls damaged files OSError
        reason = str(error).splitlines()[0].removeprefix("CSV parse error: ").rstrip(".")
        raise DataError(f"{title} is not a well-formed table: {_short(reason, 200)}.") from error


def title_of(source: str) -> str:
    """What to call a table on screen, from the name of its file: "power plants"."""
    name = Path(re.split(r"[?#]", source)[0] if is_address(source) else source).stem
    return re.sub(r"[\s_-]+", " ", unquote(name)).strip() or "plants"


# ---- reading ---------------------------------------------------------------------------------------


def is_address(source: str) -> bool:
    """Whether a source is a web address; else it is a path."""
    return source.startswith(("https://", "http://"))


def path_of(source: str) -> Path:
    """A path, also one that begins with ~; one whose user does not exist stays as it is."""
    try:
        return Path(source).expanduser()
    except RuntimeError:
        return Path(source)


def _shown(source: str) -> str:
    """A source for people: without the name, password and token that an address may hold."""
    if not is_address(source):
        return _short(source)
    parts = urlsplit(source)
    return _short(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _bytes(source: str) -> bytes:
    try:
        if is_address(source):
            answer = requests.get(source, timeout=WAIT_S)
            answer.raise_for_status()
            return answer.content
        return path_of(source).read_bytes()
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else "unknown"
        message = f"{_shown(source)} answers with status {status}, not with a table."
        raise DataError(message) from error
    except requests.RequestException as error:
        raise DataError(f"{_shown(source)} cannot be reached. Check the address and the network.") from error
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"{_short(source)} cannot be read ({reason}). Check the path.") from error


def _read_csv(raw: bytes, title: str) -> pa.Table:
    try:
        lines = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")
        first = lines.readline()
        delimiter = max(DELIMITERS, key=lambda one: (_has_name(first, one), first.count(one)))
        lines.seek(0)
        rows = csv.reader(lines, delimiter=delimiter)
        header = next(rows, [])
        if not any(cell.strip() for cell in header):
            raise DataError(f"{title} is empty: its first row must hold the names of the columns.")
        return arrow_csv.read_csv(
            io.BytesIO(raw if raw.endswith(b"\n") else raw + b"\n"),
            read_options=arrow_csv.ReadOptions(column_names=_distinct(header), skip_rows=rows.line_num),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            # Text first: a plant called "null" or "NA" is a name, "00123" a code.
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(_distinct(header), pa.large_string()), strings_can_be_null=False
            ),
        )
    except UnicodeDecodeError as error:
        raise DataError(f"{title} is not UTF-8 text. Save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise DataError(f"{title} is not a well-formed table: {error}.") from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise DataError(f"{title} is not UTF-8 text. Save it as “CSV UTF-8”.") from error
        raise


def _has_name(first: str, delimiter: str) -> bool:
    """Whether a first line, split so, names the column that every table has."""
    return "name" in (fold(cell).strip() for cell in next(csv.reader([first], delimiter=delimiter), []))


def _read_parquet(raw: bytes, _title: str) -> pa.Table:
    table = parquet.read_table(io.BytesIO(raw))
    return table.rename_columns(_distinct(table.column_names))


def _distinct(header: Sequence[str]) -> list[str]:
    named = [name.strip() or f"column {place}" for place, name in enumerate(header, start=1)]
    return columns.distinct(named)


# ---- making it a plant table -----------------------------------------------------------------------


def _import(raw: pa.Table, title: str, *, first_row: int) -> Imported:
    known = _known_names(raw.column_names)
    if "name" not in known.values():
        there = _short(", ".join(raw.column_names), 200)
        raise DataError(f"{title} has no column called name, which every plant needs; it has: {there}.")
    notes: list[str] = []
    cells = {
        known[name]: _column(raw.column(name), known[name], notes, first_row) for name in raw.column_names
    }
    table = pd.DataFrame(cells)
    latitude, longitude = _positions(table, notes, first_row)
    table = table.assign(latitude=latitude, longitude=longitude)
    return Imported(table.assign(name=_names(table), plant_id=_ids(table, title, notes, first_row)), notes)


def _known_names(header: Sequence[str]) -> dict[str, str]:
    """Column of the file -> column of the table: known ones whatever their case, others as they are."""
    names: dict[str, str] = {}
    for column in header:
        plain = re.sub(r"[^a-z0-9]+", "_", fold(column)).strip("_")
        wanted = plain if plain in columns.BY_NAME else _OTHER_NAMES.get(plain, column)
        # The exact spelling wins, then the first in the file; nobody's column is lost.
        names[column] = column if wanted in header or wanted in names.values() else wanted
    return names


def _column(cells: pa.ChunkedArray, name: str, notes: list[str], first_row: int) -> pd.Series:
    if name in _FLOATS or name in _WHOLE:
        return _numbers(cells, name, notes, first_row)
    if pa.types.is_integer(cells.type) and name not in columns.BY_NAME:
        exact = cells.cast(pa.int64()) if not pa.types.is_uint64(cells.type) else cells
        return pd.Series(exact.to_pandas(types_mapper=_WHOLE_TYPES.get))
    if _is_numeric(cells) and name not in columns.BY_NAME:
        return pd.Series(cells.cast(pa.float64()).to_pandas(), dtype="float64")
    text = _text(cells)
    looks_numeric = name not in columns.BY_NAME and bool(
        pc.all(pc.or_(pc.match_substring_regex(text, _NUMBER), pc.equal(text, ""))).as_py()
    )
    if looks_numeric and pc.any(pc.not_equal(text, "")).as_py():
        number = _to_float(text)
        is_whole = not pc.any(pc.match_substring(text, ".")).as_py()
        return pd.Series(number, dtype="Int64" if is_whole else "float64")
    return pd.Series(text.to_pandas(), dtype="str")


def _text(cells: pa.ChunkedArray) -> pa.Array:
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        try:
            cells = cells.cast(pa.large_string())
        except pa.ArrowException:  # lists and the like
            texts = [None if value is None else str(value) for value in cells.to_pylist()]
            cells = pa.chunked_array([texts], pa.large_string())
    chunk: Any = cells.combine_chunks()
    whole = pa.concat_arrays(chunk.chunks) if isinstance(chunk, pa.ChunkedArray) else chunk
    return pc.utf8_trim_whitespace(pc.fill_null(whole.cast(pa.large_string()), ""))


def _to_float(text: pa.Array) -> Any:
    number = pd.to_numeric(pd.Series(text.to_pandas()), errors="coerce")
    return number.to_numpy("float64", na_value=np.nan, copy=True)


def _is_numeric(cells: pa.ChunkedArray) -> bool:
    kind = cells.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _numbers(cells: pa.ChunkedArray, name: str, notes: list[str], first_row: int) -> pd.Series:
    """Numbers of a column; a cell that is none becomes empty, and a sentence says so."""
    if _is_numeric(cells):
        number = np.array(cells.cast(pa.float64(), safe=False).to_pandas(), "float64")
        filled = ~np.isnan(number)
    else:
        text = _text(cells)
        number = _to_float(text)
        filled = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    bad = ~np.isfinite(number)
    if name in _WHOLE and name not in _FLOATS:
        with np.errstate(invalid="ignore"):
            bad |= (number != np.floor(number)) | (np.abs(number) > 2**53)
    wrong = np.flatnonzero(bad & filled)
    if len(wrong):
        kind = "a number" if name in _FLOATS else "a whole number"
        example = _short(str(cells[int(wrong[0])].as_py()).strip())
        notes.append(_note(wrong, first_row, f", column {name}: “{example}” is not {kind}; left empty."))
    number[bad] = np.nan
    if name == "accuracy_m":
        below = np.flatnonzero(number < 0)
        if len(below):
            what = f", column {name}: {number[below[0]]:g} m is no distance; left empty."
            notes.append(_note(below, first_row, what))
        number[below] = np.nan
    return pd.Series(number, dtype="float64" if name in _FLOATS else "Int64")


def _positions(table: pd.DataFrame, notes: list[str], first_row: int) -> tuple[Any, Any]:
    """Latitude and longitude where a row states a place on Earth; a sentence on those that do not."""
    nothing = np.full(len(table), np.nan)
    latitude, longitude = (
        table[name].to_numpy("float64") if name in table else nothing for name in ("latitude", "longitude")
    )
    # Nobody builds a plant in the sea at 0, 0: it is what programs write for "unknown".
    unknown = (latitude == 0) & (longitude == 0)
    half = np.isnan(latitude) != np.isnan(longitude)
    usable = points.is_usable(latitude, longitude)
    stated = ~np.isnan(latitude) & ~np.isnan(longitude)
    kinds = (
        (half, "latitude and longitude are not both there; not on the map."),
        (unknown, "0, 0 stands for an unknown place; not on the map."),
        (stated & ~usable, "{}, {} is no place on Earth; not on the map."),
    )
    for found, words in kinds:
        rows = np.flatnonzero(found)
        if len(rows):
            said = words.format(f"{latitude[rows[0]]:g}", f"{longitude[rows[0]]:g}")
            notes.append(_note(rows, first_row, f": {said}"))
    good = usable & ~unknown
    return np.where(good, latitude, np.nan), np.where(good, longitude, np.nan)


def _names(table: pd.DataFrame) -> pd.Series:
    return table["name"].astype("str").mask(table["name"].astype("str") == "", "(no name)")


def _ids(table: pd.DataFrame, title: str, notes: list[str], first_row: int) -> pd.Series:
    """The file's own ids, if each plant has one; else ids made from the names: "ulsan", "ulsan-2"."""
    if "plant_id" in table:
        given = table["plant_id"].astype("str").fillna("")
        if (given != "").all():
            again = np.flatnonzero(given.duplicated())
            if len(again):
                message = (
                    f"{title}, row {again[0] + first_row:,}, column plant_id: “{_short(given[again[0]])}” "
                    "stands twice; give each plant its own, or remove the column and we make them."
                )
                raise DataError(message)
            return given
        empty = np.flatnonzero((given == "").to_numpy())
        what = ", column plant_id: empty, so all ids are made from the names."
        notes.append(_note(empty, first_row, what))
    return _made_ids(as_arrow(table["name"].astype("str")))


def _made_ids(names: pa.Array) -> pd.Series:
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


def _note(rows: npt.NDArray[np.intp], first_row: int, words: str) -> str:
    """A sentence about the first of some rows, and how many more there are."""
    more = len(rows) - 1
    rest = "" if not more else " One more row like it." if more == 1 else f" {more:,} more rows like it."
    return f"Row {rows[0] + first_row:,}{words}{rest}"


def _short(text: str, most: int = MOST_SHOWN) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

"""A file -> the same file with positions: what `python -m atlas locate FILE -o OUT` reads and writes.

Every row and every column stays, in order, each cell as it was ("00123" too); `chain.COLUMNS` stand behind
them. A column of such a name that the file has already is used: its filled cells stay as they are, its blank
cells are filled. A row whose own `latitude` or `longitude` is no position gets no position, since none of its
cells may change.

OUT appears in one step, whole or not at all. Its cells are the user's own: nothing is made harmless for
spreadsheets (the pages' own downloads do that).
"""

import csv
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

from atlas import columns
from atlas.errors import DataError
from atlas.geocoding import chain
from atlas.importing.files import csv_text, encodings, header_row, reader
from atlas.importing.roles import guessing

WRITES = (".csv", ".parquet")
_TEXT = {pa.string(): pd.StringDtype(na_value=np.nan), pa.large_string(): pd.StringDtype(na_value=np.nan)}


@dataclass(frozen=True, eq=False)
class Original:
    """A file as it is: its header and its columns; `table`: the same to look for positions in."""

    header: Sequence[str]
    cells: Sequence[pa.ChunkedArray]
    table: pd.DataFrame

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """Returns role -> column; a column with the exact name of an added column has that role."""
        exact = {name: name for name in chain.COLUMNS[:3] if name in self.table}
        guessed = guessing.guess(self.table).items()
        return {role: name for role, name in guessed if name not in exact.values()} | exact


def read(source: Path) -> Original:
    """Returns the file, its cells as text unless it is a Parquet file; raises `DataError`."""
    try:
        content = source.expanduser().read_bytes()
        raw = _read_parquet(content) if content.startswith(b"PAR1") else _read_other(content, source.name)
    except (OSError, RuntimeError, pa.ArrowException) as error:
        reason = (getattr(error, "strerror", None) or str(error).splitlines()[0]).rstrip(".").lower()
        raise DataError(f"{source} cannot be read ({reason}). Check the path.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{source.name} is not a well-formed CSV file in UTF-8: {error}.") from error
    names = columns.distinct(
        [name.strip() or f"column {place}" for place, name in enumerate(raw[0], start=1)]
    )
    return Original(*raw, pa.table(list(raw[1]), names).to_pandas(types_mapper=_TEXT.get))


def _read_parquet(content: bytes) -> tuple[Sequence[str], Sequence[pa.ChunkedArray]]:
    raw = parquet.read_table(io.BytesIO(content))
    return raw.column_names, raw.columns


def _read_other(content: bytes, title: str) -> tuple[Sequence[str], Sequence[pa.ChunkedArray]]:
    """Reads what the importer reads: text cell by cell as it is, workbooks and GeoJSON as tables."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"PK\x03\x04", b"{", b"[{", b"\xd0\xcf")):
        return _read_csv(content, title)
    table = reader.read(content, title).table
    return table.column_names, table.columns


def _read_csv(content: bytes, title: str) -> tuple[Sequence[str], Sequence[pa.ChunkedArray]]:
    text, _, _ = encodings.decode(content)
    delimiter, start = csv_text.find_delimiter(text)
    rows = [row for _, row in csv_text.Records(csv_text.straightened(text[start:], delimiter), delimiter)]
    if not rows:
        raise DataError(f"{title} is empty: its first row must hold the names of the columns.")
    above = max(0, header_row.find(rows[: header_row.SAMPLE]).skip_rows - 1)  # titles above the header
    header, *rows = rows[above:]
    wide = next((number for number, row in enumerate(rows, start=2) if len(row) > len(header)), 0)
    if wide:
        raise DataError(f"{title}, row {wide:,}, has more cells than the header has columns.")
    filled = zip(*(row + [""] * (len(header) - len(row)) for row in rows), strict=True)
    cells = [pa.chunked_array([pa.array(column, pa.large_string())]) for column in filled]
    return header, cells or [pa.chunked_array([[]], pa.large_string()) for _ in header]


def located(original: Original, places: pd.DataFrame) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Returns header and columns of OUT; `places`: `chain.COLUMNS` of the rows of the file."""
    header, cells = list(original.header), list(original.cells)
    is_left_alone = _has_wrong_position(original)
    for name in chain.COLUMNS:
        ours = [
            None if is_left or value != value or value == "" else value
            for is_left, value in zip(is_left_alone, places[name].tolist(), strict=True)
        ]
        if name in header:
            place = header.index(name)
            cells[place] = _filled(cells[place], _is_blank(original, name), ours)
        else:
            header.append(name)
            cells.append(_column(name, ours))
    return header, cells


def _has_wrong_position(original: Original) -> Any:
    """Returns which rows state a position that is none: half a position is not completed with ours."""
    is_stated = np.zeros(len(original.table), bool)
    for name in ("latitude", "longitude"):
        if name in original.header:
            is_stated |= ~_is_blank(original, name)
    return is_stated & np.isnan(chain.positions(original.table, original.roles)[0])


def check(source: Path, out: Path) -> None:
    """Raises `DataError` if OUT cannot be written, before anything is looked up."""
    if out.suffix.lower() not in WRITES:
        raise DataError(f"{out} must end in .csv or .parquet.")
    with suppress(OSError):
        if out.samefile(source):
            raise DataError(f"{out} is the file to read; choose another name for the result.")
    if out.is_dir():
        raise DataError(f"{out} is a folder; name a file in it.")
    try:
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise _unwritable(out, error) from error


def write(header: Sequence[str], cells: Sequence[pa.ChunkedArray], out: Path) -> None:
    """Writes OUT in one step; raises `DataError`, and then an old file is whole and no new file is there."""
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            "wb", dir=out.parent, prefix=".located-", suffix=".tmp", delete=False
        ) as file:
            temporary = Path(file.name)
            (_write_parquet if out.suffix.lower() == ".parquet" else _write_csv)(header, cells, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(out)
        temporary = None
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        if temporary:
            with suppress(OSError):
                temporary.unlink()


def _write_csv(header: Sequence[str], cells: Sequence[pa.ChunkedArray], file: IO[bytes]) -> None:
    with open(file.fileno(), "w", encoding="utf-8", newline="", closefd=False) as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*(column.to_pylist() for column in cells), strict=True))


def _write_parquet(header: Sequence[str], cells: Sequence[pa.ChunkedArray], file: IO[bytes]) -> None:
    parquet.write_table(pa.Table.from_arrays(list(cells), names=list(header)), file)


def _unwritable(out: Path, error: OSError) -> DataError:
    reason = (error.strerror or type(error).__name__).lower()
    return DataError(f"{out} cannot be written ({reason}). Choose another folder, or make room there.")


def _is_blank(original: Original, name: str) -> Any:
    cells = original.table[name]
    return (cells.isna() | (cells.astype("str").str.strip() == "")).to_numpy(bool)


def _column(name: str, ours: Sequence[Any]) -> pa.ChunkedArray:
    if name in chain.COLUMNS[3:]:
        return pa.chunked_array([pa.array([value or "" for value in ours], pa.large_string())])
    digits = 1 if name == "accuracy_m" else 7
    numbers = [None if value is None else round(value, digits) for value in ours]
    return pa.chunked_array([pa.array(numbers, pa.float64())])


def _filled(cells: pa.ChunkedArray, blank: Any, ours: Sequence[Any]) -> pa.ChunkedArray:
    """Returns a column of the file with our values where it is blank; text stays text."""
    is_text = pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)
    texts = [f"{value:.10g}" if isinstance(value, float) else value for value in ours] if is_text else ours
    rows = zip(cells.to_pylist(), texts, blank, strict=True)
    filled = [new if is_blank and new is not None else old for old, new, is_blank in rows]
    return pa.chunked_array([pa.array(filled, cells.type if is_text else None)])

"""Loads an operator's table from files, a web address or a database. Touches what is named, nothing else."""

import io
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import requests

from atlas.errors import DataError
from atlas.importing import database_table
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files import parquet_file, raw_table
from atlas.importing.files.raw_table import FileOptions, Raw
from atlas.importing.importer import Imported, build, guess, opened
from atlas.memory import give_back
from atlas.settings import is_address, is_database, is_remote, path_of, title_of, with_sheet
from atlas.text import shortened

WAIT_S = 30
MOST_OPERATORS_BYTES = 1_000_000_000
MOST_FILES = 1_000
PARQUET = ".parquet"


def load(source: str) -> Imported:
    """Returns the table of a file, a folder or pattern of Parquet files, a web address or a database.

    Raises `DataError`. Behind the name of a workbook "#" and a sheet may stand. An operator's own file may be
    larger than what a visitor may bring.
    """
    raw, roles = _read(source)
    give_back(len(raw.table))
    return build(raw, roles)


def _read(source: str) -> tuple[Raw, ColumnRoles]:
    if is_database(source):
        raw = database_table.read(source)
        return raw, guess(raw)
    if not is_address(source) and _is_many(path_of(source)):
        raw = _many(source)
        return raw, guess(raw)
    file, sheet = with_sheet(source)
    name = re.split(r"[?#]", file)[0] if is_address(file) else file
    return opened(
        _bytes(file), Path(name).name, options=FileOptions(sheet=sheet), most_bytes=MOST_OPERATORS_BYTES
    )


# ---- files -----------------------------------------------------------------------------------------


def files_of(source: str) -> list[Path]:
    """Returns the files that a source names, in the order of their paths; none for a server."""
    if is_remote(source):
        return []
    path = path_of(source)
    if not _is_many(path):
        return [path]
    folder, pattern = (path, f"**/*{PARQUET}") if path.is_dir() else (Path(path.anchor), _below(path))
    try:
        return sorted(islice((file for file in folder.glob(pattern) if file.is_file()), MOST_FILES + 1))
    except (OSError, ValueError, NotImplementedError):
        return []


def _is_many(path: Path) -> bool:
    """Whether a path is a folder or a pattern, not a file."""
    return path.is_dir() or (bool(set("*?[") & set(str(path))) and not path.exists())


def _below(path: Path) -> str:
    """Returns a pattern without its root: "srv/*.parquet"."""
    return str(path.relative_to(path.anchor))


def _many(source: str) -> Raw:
    """Returns the rows of all Parquet files of a folder or a pattern, one after the other."""
    files = files_of(source)
    if not files:
        raise DataError(f"{shortened(source)} has no Parquet files ({PARQUET}). Check the path.")
    if len(files) > MOST_FILES:
        raise DataError(f"{shortened(source)} has more than {MOST_FILES:,} files; put them into fewer.")
    others = [file.name for file in files if file.suffix.lower() != PARQUET]
    if others:
        raise DataError(f"{shortened(others[0])} is no Parquet file ({PARQUET}), as all of several must be.")
    return _joined(((file.name, _bytes(str(file))) for file in files), title_of(source), MOST_OPERATORS_BYTES)


def _joined(files: Iterable[tuple[str, bytes]], title: str, most_bytes: int) -> Raw:
    """Returns the rows of several files, given by name and content, as one table, numbered through.

    Raises `DataError` where one is no Parquet file, where two do not fit, and where all are too large.
    """
    raws: list[Raw] = []
    rows = size = 0
    for name, content in files:
        size += len(content)
        raw_table.check_size(size, title, most_bytes)
        try:
            raws.append(parquet_file.read(content, shortened(name), FileOptions()))
        except (pa.ArrowException, OSError) as error:  # Arrow calls damaged files OSError
            raise DataError(f"{shortened(name)} is damaged or no Parquet file; save it again.") from error
        rows += len(raws[-1].table)
        raw_table.check_rows(rows, title)
    table = _together(raws)
    columns = [table.column(name) for name in table.column_names]
    if sum(map(parquet_file.size_of, columns)) > parquet_file.MOST_UNPACKED:
        raise parquet_file.too_large(title)
    notes = [f"{raw.title}: {note}" for raw in raws for note in raw.notes]
    read_ = f"{len(raws):,} files were read, from {raws[0].title} to {raws[-1].title}."
    numbers = np.arange(1, len(table) + 1, dtype=np.int64)
    return Raw(title, table, numbers, raws[0].detected, (read_, *notes))


def _together(raws: list[Raw]) -> pa.Table:
    whole = _plain(raws[0].table)
    for raw in raws[1:]:
        try:
            whole = pa.concat_tables([whole, _plain(raw.table)], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise DataError(
                f"{raw.title} does not fit {raws[0].title}: a column of the same name holds another kind of "
                "cells. Save them with the same columns."
            ) from error
    return whole


def _plain(table: pa.Table) -> pa.Table:
    """Returns a table whose texts have one type, whatever file they come from."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) or parquet_file.is_text(field.type):
            kind = pa.large_binary() if parquet_file.holds_bytes(field.type) else pa.large_string()
            table = table.set_column(place, field.name, table.column(place).cast(kind))
    return table


def _shown(source: str) -> str:
    """Returns a source for people: without the name, password and token that an address may hold."""
    if not is_address(source):
        return shortened(source)
    parts = urlsplit(source)
    return shortened(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _bytes(source: str) -> bytes:
    try:
        if is_address(source):
            return _download(source)
        return path_of(source).read_bytes()
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else "unknown"
        message = f"{_shown(source)} answers with status {status}, not with a table."
        raise DataError(message) from error
    except requests.RequestException as error:
        raise DataError(f"{_shown(source)} cannot be reached. Check the address and the network.") from error
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "unknown reason").lower()
        raise DataError(f"{shortened(source)} cannot be read ({reason}). Check the path.") from error


def _download(address: str) -> bytes:
    with requests.get(address, timeout=WAIT_S, stream=True) as answer:
        answer.raise_for_status()
        content = io.BytesIO()
        for piece in answer.iter_content(1 << 20):
            content.write(piece)
            if content.tell() > MOST_OPERATORS_BYTES:
                raise DataError(f"{_shown(address)} is larger than {MOST_OPERATORS_BYTES / 1e6:,.0f} MB.")
        return content.getvalue()

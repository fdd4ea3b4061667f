"""Loads an operator's table from files, a web address or a database. Touches what is named, nothing else."""

import io
import re
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import requests

from atlas.errors import DataError
from atlas.importing import database_table
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files import parquet_file
from atlas.importing.files.raw_table import FileOptions, Raw
from atlas.importing.importer import Imported, build, guess, opened
from atlas.memory import give_back
from atlas.settings import is_address, is_database, is_remote, path_of, title_of, with_sheet
from atlas.words import short

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
        raise DataError(f"{short(source)} has no Parquet files ({PARQUET}). Check the path.")
    if len(files) > MOST_FILES:
        raise DataError(f"{short(source)} has more than {MOST_FILES:,} files; put them into fewer.")
    others = [file.name for file in files if file.suffix.lower() != PARQUET]
    if others:
        raise DataError(f"{short(others[0])} is no Parquet file ({PARQUET}), as all of several must be.")
    return parquet_file.joined(
        ((file.name, _bytes(str(file))) for file in files), title_of(source), MOST_OPERATORS_BYTES
    )


def _shown(source: str) -> str:
    """Returns a source for people: without the name, password and token that an address may hold."""
    if not is_address(source):
        return short(source)
    parts = urlsplit(source)
    return short(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


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
        raise DataError(f"{short(source)} cannot be read ({reason}). Check the path.") from error


def _download(address: str) -> bytes:
    with requests.get(address, timeout=WAIT_S, stream=True) as answer:
        answer.raise_for_status()
        content = io.BytesIO()
        for piece in answer.iter_content(1 << 20):
            content.write(piece)
            if content.tell() > MOST_OPERATORS_BYTES:
                raise DataError(f"{_shown(address)} is larger than {MOST_OPERATORS_BYTES / 1e6:,.0f} MB.")
        return content.getvalue()

"""Loads an operator's table from a file or a web address. Touches that file or address, nothing else."""

import io
import re
from pathlib import Path
from urllib.parse import urlsplit

import requests

from atlas.errors import DataError
from atlas.importing.files.raw_table import FileOptions
from atlas.importing.importer import Imported, build, opened
from atlas.memory import give_back
from atlas.settings import is_address, path_of, with_sheet
from atlas.text import shortened

WAIT_S = 30
MOST_OPERATORS_BYTES = 1_000_000_000


def load(source: str) -> Imported:
    """Returns the table of a file or web address; raises `DataError`.

    Behind the name of a workbook "#" and a sheet may stand. An operator's own file may be larger than what a
    visitor may bring.
    """
    file, sheet = with_sheet(source)
    name = re.split(r"[?#]", file)[0] if is_address(file) else file
    options = FileOptions(sheet=sheet)
    raw, roles = opened(_bytes(file), Path(name).name, options=options, most_bytes=MOST_OPERATORS_BYTES)
    give_back(len(raw.table))
    return build(raw, roles)


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

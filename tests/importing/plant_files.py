"""Plant tables as bytes, and their cells: for the tests of importing."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from atlas.importing import importer

Load = Callable[..., importer.Imported]
OWN = {"plant_id", "latitude", "longitude"}  # what every imported table has, whatever the file has


def as_parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def rows(imported: importer.Imported, *names: str) -> list[tuple[Any, ...]]:
    """Cells of some columns, line by line; an empty number is None."""
    table = imported.table[list(names)].astype(object)
    return list(table.where(table.notna(), None).itertuples(index=False, name=None))

"""Reads the cells of Parquet and GeoParquet; shapes become a point within them.

The shapes of GeoParquet are in its primary column, as WKB or as native points, in the coordinate reference
system that the file states, always east before north. Other files have shapes in a column of WKB with a usual
name. Limits hold before anything is unpacked: what a file says of its rows, values and bytes.
Touches nothing.
"""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from atlas import columns
from atlas.errors import DataError
from atlas.importing import position_text, systems
from atlas.importing.files import geo, header_row, raw_table
from atlas.language import gettext, number
from atlas.text import shortened

MOST_UNPACKED = 2_000_000_000
MOST_VALUES = 20_000_000
"""Values of a list in all rows together."""
LONGEST_CELL = 32_767
"""Letters of a list or structure as text, as many as a spreadsheet holds."""
ROWS_A_PART = 1_000
_NAMES = ("geometry", "geom", "wkb_geometry", "the_geom", "geo_shape")
_EXTENSIONS = (b"geoarrow.wkb", b"ogc.wkb")
_DAMAGED = (ValueError, IndexError, TypeError, KeyError, OverflowError, RecursionError, NotImplementedError)


@dataclass(frozen=True)
class Shapes:
    """The column of shapes of a file; `system`: their reference system, None for degrees of WGS 84.

    `is_stated`: whether the file says which system it is.
    """

    column: str
    system: Any = None
    is_stated: bool = True


def read(content: bytes, title: str, _options: raw_table.FileOptions) -> raw_table.Raw:
    """Returns all columns with their types; raises `DataError` for a file that is too large or damaged."""
    try:
        table, shapes = _unpacked(content, title)
        return _without_shapes(table, shapes, title)
    except _DAMAGED as error:
        raise DataError(
            gettext("{title} is damaged or no Parquet file; save it again.", title=title)
        ) from error


# ---- cells -----------------------------------------------------------------------------------------


def _unpacked(content: bytes, title: str) -> tuple[pa.Table, Shapes | None]:
    file = parquet.ParquetFile(io.BytesIO(content))
    _check(file.metadata, title)
    schema = file.schema_arrow
    shapes = _shapes(schema, title)
    # A text that stands in a million rows is stored once; unpacked it could fill the memory.
    repeated = [field.name for field in schema if is_text(field.type) or holds_bytes(field.type)]
    table = parquet.ParquetFile(io.BytesIO(content), read_dictionary=repeated).read()
    if sum(size_of(table.column(place)) for place in range(table.num_columns)) > MOST_UNPACKED:
        raise too_large(title)
    names = header_row.named([raw_table.restored_name(name) for name in table.column_names])
    renamed = columns.distinct(names)
    if shapes:
        shapes = replace(shapes, column=renamed[table.column_names.index(shapes.column)])
    return _flat(table.rename_columns(renamed), shapes.column if shapes else "", title), shapes


def _flat(table: pa.Table, but: str, title: str) -> pa.Table:
    """Returns a table with text in place of lists and structures, all but the column of shapes.

    Here, where memory has an end: a text that stands once in the file may stand in each of them.
    """
    size = 0
    for place, field in enumerate(table.schema):
        if not pa.types.is_nested(field.type) or field.name == but:
            continue
        texts: list[str | None] = []
        for start in range(0, len(table), ROWS_A_PART):
            cells = table.column(place).slice(start, ROWS_A_PART).to_pylist()
            texts += [None if cell is None else str(cell)[:LONGEST_CELL] for cell in cells]
            size += sum(len(text or "") for text in texts[start:])
            if size > MOST_UNPACKED:
                raise too_large(title)
        table = table.set_column(place, field.name, pa.array(texts, pa.large_string()))
    return table


def _check(about: parquet.FileMetaData, title: str) -> None:
    """Raises `DataError` for a file that says of itself that it is too large."""
    raw_table.check_rows(about.num_rows, title)
    if about.num_columns > raw_table.MOST_COLUMNS:
        raise raw_table.wider_than_most(title)
    groups = [about.row_group(place) for place in range(about.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > MOST_UNPACKED:
        raise too_large(title)
    for column in range(about.num_columns):
        if sum(group.column(column).num_values for group in groups) > MOST_VALUES:
            most = number(MOST_VALUES)
            raise DataError(
                gettext(
                    "{title} has lists with more than {number} values; leave them out.",
                    title=title,
                    number=most,
                )
            )


def too_large(title: str) -> DataError:
    """Returns the error about a file that unpacks to too much."""
    return DataError(
        gettext(
            "{title} unpacks to more than {number} MB; {limits} are read.",
            title=title,
            number=number(MOST_UNPACKED // 1_000_000),
            limits=raw_table.limits(),
        )
    )


def is_text(kind: pa.DataType) -> bool:
    """Returns whether cells are text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def holds_bytes(kind: pa.DataType) -> bool:
    """Returns whether cells are bytes, each its own or of a dictionary."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def size_of(cells: pa.ChunkedArray) -> int:
    """Returns the bytes of a column when each row has its own text."""
    if not pa.types.is_dictionary(cells.type):
        return int(cells.nbytes)
    total = 0
    for chunk in cells.chunks:
        values = chunk.dictionary
        has_length = is_text(values.type) or holds_bytes(values.type)
        sizes = (
            pc.binary_length(values).to_numpy(zero_copy_only=False) if has_length else np.full(len(values), 8)
        )
        codes = chunk.indices.drop_null().to_numpy(zero_copy_only=False)
        total += int(np.bincount(codes, minlength=len(values)).astype("float64") @ np.nan_to_num(sizes))
    return total


# ---- shapes ----------------------------------------------------------------------------------------


def _shapes(schema: pa.Schema, title: str) -> Shapes | None:
    """Returns which column has shapes, and in which system; None for a file without."""
    about = _json((schema.metadata or {}).get(b"geo"))
    primary = about.get("primary_column")
    if isinstance(primary, str) and primary in schema.names:
        stated = about.get("columns", {}).get(primary, {})
        encoding = str(stated.get("encoding", "WKB"))
        if encoding.casefold() not in ("wkb", "point"):
            raise DataError(
                gettext(
                    "{title} has its shapes in the encoding “{encoding}”; save them as WKB or points.",
                    title=title,
                    encoding=shortened(encoding, 40),
                )
            )
        system, is_stated = _system(stated, title)
        return Shapes(primary, system, is_stated)
    for field in schema:
        if (field.metadata or {}).get(b"ARROW:extension:name") in _EXTENSIONS:
            stated = _json(field.metadata.get(b"ARROW:extension:metadata"))
            return Shapes(field.name, *_system(stated, title))
    usual = [field.name for field in schema if field.name.lower() in _NAMES and holds_bytes(field.type)]
    return Shapes(usual[0]) if usual else None


def _json(text: bytes | None) -> Mapping[str, Any]:
    value = json.loads(text or b"{}")
    return value if isinstance(value, dict) else {}


def _system(stated: Mapping[str, Any], title: str) -> tuple[Any, bool]:
    """Returns the reference system that a column states, None for WGS 84, and whether it states any.

    A column without `crs` is in WGS 84 (GeoParquet 1.0); one with `null` says that nobody knows.
    """
    if "crs" not in stated:
        return None, True
    crs = stated["crs"]
    if crs is None:
        return None, False
    system = systems.of_json(crs) if isinstance(crs, dict) else systems.named(str(crs))
    if system is None:
        raise DataError(
            gettext(
                "{title} has its positions in {system}; save it in WGS 84 (EPSG:4326).",
                title=title,
                system=gettext("another system"),
            )
        )
    return (None if systems.is_wgs84(system) else system), True


def _without_shapes(table: pa.Table, shapes: Shapes | None, title: str) -> raw_table.Raw:
    """Returns the cells of a table; its column of shapes becomes latitude and longitude."""
    if shapes is None:
        numbers = np.arange(1, len(table) + 1, dtype=np.int64)
        return raw_table.Raw(title, table, numbers, raw_table.Detected("parquet", header_row=0))
    cells = {name: table.column(name) for name in table.column_names if name != shapes.column}
    latitude, longitude, notes = _points(table.column(shapes.column), shapes)
    return geo.with_points(cells, latitude, longitude, notes, title, "parquet")


def _points(cells: pa.ChunkedArray, shapes: Shapes) -> tuple[list[str], list[str], list[str]]:
    """Returns latitudes and longitudes as text ("" if missing), and sentences on the shapes."""
    x, y, is_shape, is_broken = _of_points(cells) if pa.types.is_struct(cells.type) else _of_wkb(cells)
    converted = 0
    if shapes.system is not None:
        y, x = systems.to_degrees(shapes.system, x, y)
        converted = 0 if shapes.system.is_geographic else int(np.isfinite(x).sum())
    notes = geo.shape_notes(converted, int(is_shape.sum()), int(is_broken.sum()))
    if not shapes.is_stated:
        notes.append(
            gettext("The file does not say which reference system its positions are in; read as degrees.")
        )
    return list(_degrees(y)), list(_degrees(x)), notes


def _degrees(numbers: npt.NDArray[np.float64]) -> Iterator[str]:
    return (repr(degrees) if degrees == degrees else "" for degrees in numbers.tolist())


_Found = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
"""x, y, which shapes are no points, which could not be read."""


def _of_points(cells: pa.ChunkedArray) -> _Found:
    whole = cells.combine_chunks()
    x, y = (pc.struct_field(whole, name).cast(pa.float64()) for name in ("x", "y"))
    none = np.zeros(len(whole), bool)
    return x.to_numpy(zero_copy_only=False), y.to_numpy(zero_copy_only=False), none, none


def _of_wkb(cells: pa.ChunkedArray) -> _Found:
    import shapely

    raw = cells.cast(pa.large_binary()).to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    is_missing = shapely.is_missing(shapes)
    is_broken = is_missing & np.array([bool(cell) for cell in raw], bool)
    is_there = ~is_missing & ~shapely.is_empty(shapes)
    is_shape = is_there & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    points = np.where(is_there & ~is_shape, shapes, None)
    x, y = shapely.get_x(points), shapely.get_y(points)
    for place in np.flatnonzero(is_shape):
        point = position_text.point_in(shapes[place])
        if point is None:
            is_shape[place] = False
        else:
            y[place], x[place] = float(point[0]), float(point[1])
    return x, y, is_shape, is_broken

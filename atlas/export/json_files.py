"""JSON and GeoJSON of the shown rows, in parts: for scripts, for QGIS and other maps.

Written column by column (see `arrow_text`), so that a million rows stream in the memory of one part.
"""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import arrow_text, columns
from atlas.export.export import POSITION, Export

# ---- JSON ------------------------------------------------------------------------------------------


def meta(export: Export) -> dict[str, Any]:
    """Returns what the rows show, how many there are, and what the columns mean."""
    described = [columns.of_cells(cells) for _, cells in export.table.items()]
    return {
        "title": export.site.title,
        "table": export.sheet.title,
        "shows": export.words,
        "total": export.total,
        "offset": export.options.offset,
        "count": len(export.rows),
        "date": export.today.isoformat(),
        "as_of": export.as_of or None,
        "licence": export.licence or None,
        "columns": [
            {"name": column.name, "label": column.label, "help": column.help} for column in described
        ],
    }


def write_json(export: Export) -> Iterator[bytes]:
    """Yields `{"meta": {...}, "rows": [{...}, ...]}`: numbers are numbers, and empty cells are null."""
    opening = f'{{"meta":{_json(meta(export))},"rows":['
    for _, part in export.parts():
        yield opening.encode() + _between(_objects(part), ",\n")
        opening = ",\n"
    yield b"]}\n"


def _objects(part: pd.DataFrame) -> pa.Array:
    """Returns each row as a JSON object."""
    names = [f"{'{' if place == 0 else ','}{_json(str(name))}:" for place, name in enumerate(part.columns)]
    values = [_json_column(part[name]) for name in part.columns]
    pieces = [piece for pair in zip(names, values, strict=True) for piece in pair]
    return arrow_text.joined(*pieces, "}")


def _json_column(cells: pd.Series) -> pa.Array:
    if arrow_text.is_number(cells):
        return arrow_text.json_numbers(cells)
    return arrow_text.json_cells(arrow_text.texts(cells))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ---- GeoJSON ---------------------------------------------------------------------------------------


def write_geojson(export: Export) -> Iterator[bytes]:
    """Yields a FeatureCollection (RFC 7946): a point each, longitude first; no position, no geometry.

    The position is in the geometry only; all other columns are properties, as in `write_json`.
    """
    about = meta(export)
    head = {"name": about["shows"], "title": about["title"], "date": about["date"]}
    head |= {name: about[name] for name in ("as_of", "licence") if about[name]}
    bounds = _bounds(export)
    opening = f'{{"type":"FeatureCollection",{_json(head)[1:-1]},'
    opening += (f'"bbox":{_json(bounds)},' if bounds else "") + '"features":['
    for _, part in export.parts():
        yield opening.encode() + _between(_features(part), ",\n")
        opening = ",\n"
    yield b"]}\n"


def _features(part: pd.DataFrame) -> pa.Array:
    properties = part.drop(columns=list(POSITION))
    latitude, longitude = (arrow_text.numbers(part[name]) for name in POSITION)
    point = arrow_text.joined('{"type":"Point","coordinates":[', longitude, ",", latitude, "]}")
    return arrow_text.joined(
        '{"type":"Feature","id":',
        arrow_text.json_cells(arrow_text.texts(part["plant_id"])),
        ',"geometry":',
        pc.fill_null(point, "null"),
        ',"properties":',
        _objects(properties),
        "}",
    )


def _bounds(export: Export) -> list[float] | None:
    """Returns west, south, east and north of the rows that leave; None where no row has a position."""
    placed = export.sheet.table[["longitude", "latitude"]].iloc[export.rows].dropna()
    return [*placed.min().tolist(), *placed.max().tolist()] if len(placed) else None


def _between(rows: pa.Array, comma: str) -> bytes:
    """Returns all rows with a text between them."""
    return arrow_text.together(arrow_text.joined(rows, comma))[: -len(comma)] if len(rows) else b""

"""Reads the cells of GeoJSON; shapes become a point within them.

Touches nothing.
"""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from atlas.errors import DataError
from atlas.importing import position_text, systems
from atlas.importing.files import raw_table
from atlas.language import gettext, ngettext
from atlas.text import shortened


def read_geojson(content: bytes, title: str, options: raw_table.FileOptions) -> raw_table.Raw:
    """Returns features as rows: their properties, and the point or a point within the shape.

    Raises `DataError`: no well-formed GeoJSON, or not in WGS 84.
    """
    try:
        document = _document(content.decode(options.encoding or "utf-8-sig"))
    except (ValueError, RecursionError, LookupError) as error:
        raise DataError(
            gettext("{title} is not well-formed GeoJSON; check that it is whole.", title=title)
        ) from error
    features = _features(document, title)
    raw_table.check_rows(len(features), title)
    system = _system(document, title)
    names: dict[str, None] = {}
    rows = []
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        row = properties if isinstance(properties, dict) else {}
        if isinstance(feature, dict) and "id" in feature and "id" not in row:
            row = {"id": feature["id"], **row}
        rows.append(row)
        names |= dict.fromkeys(map(str, row))
        if len(names) > raw_table.MOST_COLUMNS:
            raise raw_table.wider_than_most(title)
    cells = {name: pa.array([_text(row.get(name)) for row in rows], pa.large_string()) for name in names}
    latitude, longitude, notes = _points([_geometry(feature) for feature in features], system, title)
    return with_points(cells, latitude, longitude, notes, title, "geojson")


def _features(document: Any, title: str) -> list[Any]:
    if records := _records(document):
        return [{"properties": row, "geometry": None} for row in records]
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    features = document.get("features") if kind == "FeatureCollection" else None
    if not isinstance(features, list):
        raise DataError(
            gettext("{title} is JSON, but no GeoJSON with features and no list of records.", title=title)
        )
    return features


def _records(document: Any) -> list[Any]:
    """Returns records: of a list, of the only list in an object, or of an object of columns; else none."""
    if isinstance(document, dict) and "type" not in document:
        lists = [value for value in document.values() if isinstance(value, list) and value]
        if len(lists) == len(document) > 1 and len(set(map(len, lists))) == 1:
            return [dict(zip(document, row, strict=True)) for row in zip(*lists, strict=True)]
        document = lists[0] if len(lists) == 1 else None
    is_table = isinstance(document, list) and all(isinstance(row, dict) for row in document)
    return list(document) if is_table else []


def _document(text: str) -> Any:
    """Returns the JSON of a text; of a feature or a record a line (NDJSON) the list of them."""
    try:
        return json.loads(text)
    except ValueError:
        lines = [line.lstrip("\x1e") for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        rows = [json.loads(line) for line in lines]
        is_features = all(isinstance(row, dict) and row.get("type") == "Feature" for row in rows)
        return {"type": "FeatureCollection", "features": rows} if is_features else rows


def _system(holder: Any, title: str) -> Any:
    """Returns the projected system that a file or a geometry states; None for degrees.

    ETRS89, NAD83, GDA94 and the like are WGS 84 within two metres; raises `DataError` for an unknown system.
    """
    stated = holder.get("crs") if isinstance(holder, dict) else None
    if not stated:
        return None
    properties = stated.get("properties") if isinstance(stated, dict) else None
    details = properties if isinstance(properties, dict) else {}
    name = (
        str(details.get("name") or details.get("code") or details.get("href") or "")
        if details
        else str(stated)
    )
    system = systems.named(name)
    if system is None:
        raise DataError(
            gettext(
                "{title} has its positions in {system}; save it in WGS 84 (EPSG:4326).",
                title=title,
                system=shortened(name) or gettext("another system"),
            )
        )
    return None if system.is_geographic else system


def _geometry(feature: Any) -> Any:
    return feature.get("geometry") if isinstance(feature, dict) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    text = value if isinstance(value, str) else repr(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def _points(geometries: list[Any], system: Any, title: str) -> tuple[list[str], list[str], list[str]]:
    """Returns latitudes and longitudes as text ("" if missing), and sentences on shapes other than points."""
    latitude, longitude = [""] * len(geometries), [""] * len(geometries)
    shapes = broken = converted = 0
    for row, geometry in enumerate(geometries):
        if not isinstance(geometry, dict):
            continue
        own = _system(geometry, title) or system
        place = geometry.get("coordinates")
        if geometry.get("type") == "Point" and isinstance(place, list) and len(place) > 1 and not own:
            longitude[row], latitude[row] = _text(place[0]), _text(place[1])
            continue
        point = _within(json.dumps(_whole(geometry)), own)
        if point is None:
            broken += 1
        else:
            latitude[row], longitude[row] = point
            shapes += geometry.get("type") != "Point"
            converted += own is not None
    return latitude, longitude, shape_notes(converted, shapes, broken)


def shape_notes(converted: int, shapes: int, broken: int) -> list[str]:
    """Returns sentences on how many shapes were converted, are no points, and could not be read."""
    notes = []
    if converted:
        notes.append(
            ngettext(
                "{number} position in a projected system was converted to degrees.",
                "{number} positions in a projected system were converted to degrees.",
                converted,
            )
        )
    if shapes:
        notes.append(
            ngettext(
                "{number} shape is no point; it stands at a point within it.",
                "{number} shapes are no points; each stands at a point within it.",
                shapes,
            )
        )
    if broken:
        notes.append(
            ngettext(
                "{number} shape could not be read; its row has no position.",
                "{number} shapes could not be read; their rows have no position.",
                broken,
            )
        )
    return notes


def _whole(geometry: Any) -> Any:
    """Returns a geometry without members that are null."""
    if isinstance(geometry, dict) and isinstance(geometry.get("geometries"), list):
        members = [_whole(member) for member in geometry["geometries"] if isinstance(member, dict)]
        return {**geometry, "geometries": members}
    return geometry


def _within(geometry: str | bytes, system: Any = None) -> position_text.Pair | None:
    try:
        shape = shapely.from_geojson(geometry) if isinstance(geometry, str) else shapely.from_wkb(geometry)
        return position_text.point_in(shape, system)
    except (shapely.errors.ShapelyError, ValueError, TypeError, AttributeError):
        return None


def with_points(
    cells: dict[str, Any],
    latitude: list[str],
    longitude: list[str],
    notes: list[str],
    title: str,
    kind: str,
) -> raw_table.Raw:
    """Returns cells with the positions of shapes; with the properties' own if no shape has a position."""
    if any(latitude):
        own = {"latitude": latitude, "longitude": longitude}
        cells = {f"{name} (2)" if name in own else name: column for name, column in cells.items()}
        cells |= {name: pa.array(texts, pa.large_string()) for name, texts in own.items()}
    table = (
        pa.table(cells) if cells else pa.table({"name": pa.array([""] * len(latitude), pa.large_string())})
    )
    detected = raw_table.Detected(kind, encoding="utf-8" if kind == "geojson" else "", header_row=0)
    numbers = np.arange(1, len(table) + 1, dtype=np.int64)
    return raw_table.Raw(title, table, numbers, detected, tuple(notes))

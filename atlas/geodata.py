"""JSON, GeoJSON and KML of the shown rows, in parts: for scripts, for QGIS and the like, for Google Earth.

Written column by column (see `rowtext`), so that a million rows stream in the memory of one part. The
KML libraries that are kept up (simplekml, fastkml) build the whole file as objects first and are LGPL; the
part of KML that is needed here is a page of XML.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import columns, rowtext
from atlas.exports import Export

_STYLES = Path(__file__).parent / "assets" / "map" / "atlas.css"
_POSITION = ("latitude", "longitude")
# White, so that a style's colour shows; Google Earth has it, or fetches it from Google.
_ICON = "https://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"
_ANY = "any"


# ---- JSON ------------------------------------------------------------------------------------------


def meta(export: Export) -> dict[str, Any]:
    """What is to be known about the rows: what they show, how many there are, what the columns mean."""
    shown = [columns.of(str(name), _example(cells)) for name, cells in export.table.items()]
    return {
        "title": export.here.title,
        "table": export.sheet.title,
        "shows": export.words,
        "total": export.total,
        "offset": export.options.offset,
        "count": len(export.rows),
        "date": export.today.isoformat(),
        "as_of": export.as_of or None,
        "licence": export.licence or None,
        "columns": [{"name": one.name, "label": one.label, "help": one.help} for one in shown],
    }


def write_json(export: Export) -> Iterator[bytes]:
    """`{"meta": {...}, "rows": [{...}, ...]}`: numbers are numbers, and what is empty is null."""
    opening = f'{{"meta":{_json(meta(export))},"rows":['
    for _, part in export.parts():
        yield opening.encode() + _between(_objects(part), ",\n")
        opening = ",\n"
    yield b"]}\n"


def _objects(part: pd.DataFrame) -> pa.Array:
    """Each row as a JSON object."""
    names = [f"{'{' if place == 0 else ','}{_json(str(name))}:" for place, name in enumerate(part.columns)]
    values = [_json_column(part[name]) for name in part.columns]
    pieces = [piece for pair in zip(names, values, strict=True) for piece in pair]
    return rowtext.joined(*pieces, "}")


def _json_column(cells: pd.Series) -> pa.Array:
    if rowtext.is_number(cells):
        return rowtext.json_numbers(cells)
    return rowtext.json_cells(rowtext.texts(cells))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _example(cells: pd.Series) -> Any:
    """What kind of value a column of an operator's table has."""
    return 0 if rowtext.is_number(cells) else ""


# ---- GeoJSON ---------------------------------------------------------------------------------------


def write_geojson(export: Export) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946): a point each, longitude first; no position, no geometry.

    The position is in the geometry only; all other columns are properties, as in `write_json`.
    """
    about = meta(export)
    head = {"name": about["shows"], "title": about["title"], "date": about["date"]}
    known = {name: about[name] for name in ("as_of", "licence") if about[name]}
    bounds = _bounds(export)
    opening = f'{{"type":"FeatureCollection",{_json(head | known)[1:-1]},'
    opening += (f'"bbox":{_json(bounds)},' if bounds else "") + '"features":['
    for _, part in export.parts():
        yield opening.encode() + _between(_features(part), ",\n")
        opening = ",\n"
    yield b"]}\n"


def _features(part: pd.DataFrame) -> pa.Array:
    properties = part.drop(columns=list(_POSITION))
    latitude, longitude = (rowtext.numbers(part[name]) for name in _POSITION)
    point = rowtext.joined('{"type":"Point","coordinates":[', longitude, ",", latitude, "]}")
    return rowtext.joined(
        '{"type":"Feature","id":',
        rowtext.json_cells(rowtext.texts(part["plant_id"])),
        ',"geometry":',
        pc.fill_null(point, "null"),
        ',"properties":',
        _objects(properties),
        "}",
    )


def _bounds(export: Export) -> list[float] | None:
    """West, south, east, north of the rows that leave; None where none has a position."""
    placed = export.sheet.table[["longitude", "latitude"]].iloc[export.rows].dropna()
    return [*placed.min().tolist(), *placed.max().tolist()] if len(placed) else None


# ---- KML -------------------------------------------------------------------------------------------


def write_kml(export: Export) -> Iterator[bytes]:
    """KML 2.2: a placemark each, coloured by status as on our map, with all columns as typed data."""
    yield _kml_head(export).encode()
    styles = pa.array(_style_ids(export), pa.large_string())
    types = _kml_types(export.table)
    for rows, part in export.parts():
        codes = pa.array(export.sheet.codes[rows]) if export.sheet.categories else None
        style = styles.take(codes) if codes is not None else pa.array([_ANY] * len(rows), pa.large_string())
        yield rowtext.together(_placemarks(part, style, types))
    yield b"</Document></kml>\n"


def _kml_head(export: Export) -> str:
    lines = [f"{export.words}. {export.today.isoformat()}."]
    lines += [f"“Now” means {export.as_of}."] if export.as_of else []
    lines += [export.licence] if export.licence else []
    fields = [
        f'<SimpleField name="{rowtext.xml_text(name)}" type="{kind}"><displayName>'
        f"{rowtext.xml_text(columns.of(name).label)}</displayName></SimpleField>"
        for name, kind in _kml_types(export.table).items()
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{rowtext.xml_text(export.here.title)}</name>"
        f"<description>{rowtext.xml_text(rowtext.xml_text(' '.join(lines)))}</description>\n"
        + "".join(_style(one) for one in dict.fromkeys([*_style_ids(export), _ANY]))
        + f'<Schema id="plant" name="plant">{"".join(fields)}</Schema>\n'
    )


def _style_ids(export: Export) -> list[str]:
    """For each status of the table, what its style is called."""
    return [str(code) for code in range(len(export.sheet.categories))]


def _style(name: str) -> str:
    red, green, blue = re.findall("..", _colours()[name][1:])
    return (
        f'<Style id="status-{name}"><IconStyle><color>ff{blue}{green}{red}</color><scale>1.1</scale>'
        f"<Icon><href>{_ICON}</href></Icon></IconStyle></Style>\n"
    )


@cache
def _colours() -> Mapping[str, str]:
    """Status code or "any" -> colour of the map's light theme."""
    light = _STYLES.read_text(encoding="utf-8").split("}")[0]
    return dict(re.findall(r"--status-(\w+): (#[0-9a-f]{6})", light))


def _kml_types(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): _kml_type(cells) for name, cells in table.items() if name not in _POSITION}


def _kml_type(cells: pd.Series) -> str:
    if not rowtext.is_number(cells):
        return "string"
    if not pd.api.types.is_integer_dtype(cells):
        return "double"
    # An int of KML has 32 bits.
    return "int" if not len(cells.dropna()) or abs(cells).max() < 2**31 else "double"


def _placemarks(part: pd.DataFrame, style: pa.Array, types: Mapping[str, str]) -> pa.Array:
    latitude, longitude = (rowtext.numbers(part[name]) for name in _POSITION)
    point = rowtext.joined("<Point><coordinates>", longitude, ",", latitude, "</coordinates></Point>")
    return rowtext.joined(
        "<Placemark><name>",
        rowtext.xml_cells(rowtext.texts(part["name"])),
        "</name><styleUrl>#status-",
        style,
        '</styleUrl><ExtendedData><SchemaData schemaUrl="#plant">',
        *(_datum(part[name], name) for name in types),
        "</SchemaData></ExtendedData>",
        pc.fill_null(point, ""),
        "</Placemark>\n",
    )


def _datum(cells: pd.Series, name: str) -> pa.Array:
    """One column's element; nothing where a cell is empty."""
    if rowtext.is_number(cells):
        text = pc.fill_null(rowtext.numbers(cells), "")
    else:
        text = rowtext.xml_cells(rowtext.texts(cells))
    element = rowtext.joined(f'<SimpleData name="{rowtext.xml_text(name)}">', text, "</SimpleData>")
    return pc.if_else(pc.equal(text, ""), "", element)


def _between(rows: pa.Array, comma: str) -> bytes:
    """All rows with something between them, not behind the last."""
    return rowtext.together(rowtext.joined(rows, comma))[: -len(comma)] if len(rows) else b""

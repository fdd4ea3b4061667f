"""KML of the shown rows, in the map's colours, for Google Earth.

Written column by column, as JSON is. The maintained libraries (simplekml, fastkml) build the whole file as
objects first and are LGPL; the part of KML that is needed here is a page of XML.
"""

import re
from collections.abc import Iterator, Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import arrow_text, columns
from atlas.drawing import look
from atlas.export.export import POSITION, Export

# White, so that a style's colour shows; Google Earth has it, or fetches it from Google.
_ICON = "https://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"


def write_kml(export: Export) -> Iterator[bytes]:
    """Yields KML 2.2: a placemark each, coloured by status as on our map, with all columns as typed data."""
    yield _kml_head(export).encode()
    styles = pa.array([each.code for each in _looks(export)], pa.large_string())
    types = _kml_types(export.table)
    for rows, part in export.parts():
        any_style = pa.array([look.ANY.code] * len(rows), pa.large_string())
        style = styles.take(pa.array(export.sheet.codes[rows])) if export.sheet.categories else any_style
        yield arrow_text.together(_placemarks(part, style, types))
    yield b"</Document></kml>\n"


def _kml_head(export: Export) -> str:
    lines = [f"{export.words}. {export.today.isoformat()}."]
    lines += [f"“Now” means {export.as_of}."] if export.as_of else []
    lines += [export.licence] if export.licence else []
    fields = [
        f'<SimpleField name="{arrow_text.xml_text(name)}" type="{kind}"><displayName>'
        f"{arrow_text.xml_text(columns.of(name).label)}</displayName></SimpleField>"
        for name, kind in _kml_types(export.table).items()
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{arrow_text.xml_text(export.site.title)}</name>"
        f"<description>{arrow_text.xml_text(arrow_text.xml_text(' '.join(lines)))}</description>\n"
        + "".join(_style(each) for each in (*_used_looks(export), look.ANY))
        + f'<Schema id="plant" name="plant">{"".join(fields)}</Schema>\n'
    )


def _looks(export: Export) -> tuple[look.Look, ...]:
    """Returns the looks of the table's statuses, in their order, also those that it does not use."""
    return look.LOOKS[: len(export.sheet.categories)]


def _used_looks(export: Export) -> list[look.Look]:
    return [each for each, words in zip(_looks(export), export.sheet.categories, strict=True) if words]


def _style(each: look.Look) -> str:
    """Returns the style of a status: an icon in the colour of the map's light theme."""
    red, green, blue = re.findall("..", each.colour.light[1:])
    return (
        f'<Style id="status-{each.code}"><IconStyle><color>ff{blue}{green}{red}</color><scale>1.1</scale>'
        f"<Icon><href>{_ICON}</href></Icon></IconStyle></Style>\n"
    )


def _kml_types(table: pd.DataFrame) -> dict[str, str]:
    return {str(name): _kml_type(cells) for name, cells in table.items() if name not in POSITION}


def _kml_type(cells: pd.Series) -> str:
    if not arrow_text.is_number(cells):
        return "string"
    if not pd.api.types.is_integer_dtype(cells):
        return "double"
    # An int of KML has 32 bits.
    return "int" if not len(cells.dropna()) or abs(cells).max() < 2**31 else "double"


def _placemarks(part: pd.DataFrame, style: pa.Array, types: Mapping[str, str]) -> pa.Array:
    latitude, longitude = (arrow_text.numbers(part[name]) for name in POSITION)
    point = arrow_text.joined("<Point><coordinates>", longitude, ",", latitude, "</coordinates></Point>")
    return arrow_text.joined(
        "<Placemark><name>",
        arrow_text.xml_cells(arrow_text.texts(part["name"])),
        "</name><styleUrl>#status-",
        style,
        '</styleUrl><ExtendedData><SchemaData schemaUrl="#plant">',
        *(_datum(part[name], name) for name in types),
        "</SchemaData></ExtendedData>",
        pc.fill_null(point, ""),
        "</Placemark>\n",
    )


def _datum(cells: pd.Series, name: str) -> pa.Array:
    """Returns the elements of a column; "" where a cell is empty."""
    if arrow_text.is_number(cells):
        text = pc.fill_null(arrow_text.numbers(cells), "")
    else:
        text = arrow_text.xml_cells(arrow_text.texts(cells))
    element = arrow_text.joined(f'<SimpleData name="{arrow_text.xml_text(name)}">', text, "</SimpleData>")
    return pc.if_else(pc.equal(text, ""), "", element)

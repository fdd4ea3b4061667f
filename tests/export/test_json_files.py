"""JSON, GeoJSON and KML: other programs' readers find the very rows, typed, in their place."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from atlas import site
from atlas.catalog import filters
from atlas.export import export as export_
from atlas.export import json_files, kml_file, row_parts
from atlas.export.export import Export
from tests.export.test_csv_file import DAY, exported, sheet_of

K = "{http://www.opengis.net/kml/2.2}"
TYPED = pd.DataFrame(
    {
        "plant_id": ["a", "b"],
        "name": ["Ulsan", "Nowhere"],
        "latitude": [35.5, np.nan],
        "longitude": [-99.6, np.nan],
        "opened_year": pd.array([1968, pd.NA], dtype="Int64"),
        "share": [0.1 + 0.2, np.nan],
        "fuel": ["", "gas"],
    }
)


def as_json(export: Export) -> Any:
    return json.loads(b"".join(json_files.write_json(export)))


def as_geojson(export: Export) -> Any:
    return json.loads(b"".join(json_files.write_geojson(export)))


def as_kml(export: Export) -> ElementTree.Element:
    document = ElementTree.fromstring(b"".join(kml_file.write_kml(export))).find(f"{K}Document")
    assert document is not None
    return document


def records(export: Export) -> list[dict[str, Any]]:
    """The rows as Python has them; what is empty is None."""
    table = export.table.iloc[export.rows].astype("object")
    empty = table.isna() | (table == "")
    return [
        {str(name): value for name, value in row.items()}
        for row in table.mask(empty, None).to_dict("records")
    ]


def data(placemark: ElementTree.Element) -> dict[str, str]:
    return {str(one.get("name")): one.text or "" for one in placemark.iter(f"{K}SimpleData")}


def italy() -> Export:
    return replace(exported(), selection=filters.Selection("plants", (("country", ("Italy",)),)))


# --- JSON ---


def test_the_rows_as_json() -> None:
    """The shown rows with their types, and what is to be known about them."""
    found = as_json(italy())
    assert found["rows"] == records(italy())
    columns = found["meta"].pop("columns")
    assert found["meta"] == {
        "title": site.ALFA.title,
        "table": "Five plants",
        "shows": "4 plants in Italy",
        "total": 4,
        "offset": 0,
        "count": 4,
        "date": DAY.isoformat(),
        "as_of": "February 2026",
        "licence": export_.LICENCE,
    }
    assert [one["name"] for one in columns] == list(found["rows"][0])
    assert {"name": "site_area_m2", "label": "Site area (m²)", "help": "Area of the whole site."} in columns


def test_types_in_json() -> None:
    """Whole numbers have no point, floats every digit; what is missing is null."""
    one, other = as_json(exported(sheet_of(TYPED)))["rows"]
    assert (one["opened_year"], one["share"], one["fuel"]) == (1968, 0.1 + 0.2, None)
    assert isinstance(one["opened_year"], int)
    assert (other["opened_year"], other["share"], other["fuel"]) == (None, None, "gas")


def test_a_hostile_name_in_json(hostile: str) -> None:
    """Names of plants and of columns are read back as they are; nothing is made harmless that cannot run."""
    export = exported(sheet_of(pd.DataFrame({"name": [hostile], hostile: [1.5]})))
    (row,) = as_json(export)["rows"]
    assert (row["name"], row[hostile]) == (hostile, 1.5)
    (feature,) = as_geojson(export)["features"]
    assert (feature["properties"]["name"], feature["properties"][hostile]) == (hostile, 1.5)


# --- GeoJSON ---


def test_the_rows_as_geojson() -> None:
    """As RFC 7946 has it: longitude first, a box around all, the columns as properties."""
    found = as_geojson(italy())
    rows = records(italy())
    assert (found["type"], "crs" in found) == ("FeatureCollection", False)
    assert (found["name"], found["date"], found["as_of"]) == (
        "4 plants in Italy",
        DAY.isoformat(),
        "February 2026",
    )
    east = [row["longitude"] for row in rows]
    north = [row["latitude"] for row in rows]
    assert found["bbox"] == [min(east), min(north), max(east), max(north)]
    assert [one["geometry"] for one in found["features"]] == [
        {"type": "Point", "coordinates": list(pair)} for pair in zip(east, north, strict=True)
    ]
    assert [one["id"] for one in found["features"]] == [row["plant_id"] for row in rows]
    without = [{name: row[name] for name in row if name not in ("latitude", "longitude")} for row in rows]
    assert [one["properties"] for one in found["features"]] == without


def test_a_plant_without_a_position() -> None:
    """It has no geometry, and the box leaves it out; where none has one there is no box."""
    found = as_geojson(exported(sheet_of(TYPED)))
    assert [one["geometry"] for one in found["features"]] == [
        {"type": "Point", "coordinates": [-99.6, 35.5]},
        None,
    ]
    assert found["bbox"] == [-99.6, 35.5, -99.6, 35.5]
    assert "bbox" not in as_geojson(exported(sheet_of(TYPED.iloc[1:].reset_index(drop=True))))


# --- KML ---


def test_the_rows_as_kml() -> None:
    """A placemark each: name, place, style of its status, and every other column as data."""
    document = as_kml(italy())
    placemarks = document.findall(f"{K}Placemark")
    rows = records(italy())
    assert [one.findtext(f"{K}name") for one in placemarks] == [row["name"] for row in rows]
    places = [one.findtext(f"{K}Point/{K}coordinates") for one in placemarks]
    assert places == [f"{row['longitude']},{row['latitude']}" for row in rows]
    styles = [one.findtext(f"{K}styleUrl") for one in placemarks]
    assert styles == ["#status-0", "#status-0", "#status-2", "#status-1"]
    for row, placemark in zip(rows, placemarks, strict=True):
        stated = {name: str(value) for name, value in row.items() if value is not None}
        stated.pop("latitude"), stated.pop("longitude")
        assert data(placemark) == stated


def test_the_colours_are_those_of_the_map() -> None:
    """Each status has a style in the colour of the map's light theme, in KML's order of its parts."""
    document = as_kml(exported())
    colours = {one.get("id"): one.findtext(f"{K}IconStyle/{K}color") for one in document.findall(f"{K}Style")}
    assert colours == {
        "status-0": "ff2b12b3",
        "status-1": "ff7c6f0f",
        "status-2": "ff80726b",
        "status-any": "ff7a5833",
    }


def test_every_style_that_is_used_is_there() -> None:
    """Also those of closed sites."""
    known = exported().catalog
    document = as_kml(exported(known.sheet("sites")))
    used = {str(one.findtext(f"{K}styleUrl"))[1:] for one in document.findall(f"{K}Placemark")}
    assert "status-6" in used
    assert used <= {one.get("id") for one in document.findall(f"{K}Style")}


def test_types_in_kml() -> None:
    """The schema says what is a number; a label stands beside each name."""
    document = as_kml(exported(sheet_of(TYPED.assign(code=pd.array([2**40, 1], dtype="Int64")))))
    fields = {one.get("name"): one.get("type") for one in document.iter(f"{K}SimpleField")}
    assert fields == {
        "plant_id": "string",
        "name": "string",
        "opened_year": "int",
        "share": "double",
        "fuel": "string",
        "code": "double",
    }
    assert [one.findtext(f"{K}displayName") for one in document.iter(f"{K}SimpleField")][2] == "Opened"


def test_no_position_no_point() -> None:
    """It is in the list of Google Earth, not on its globe."""
    one, other = as_kml(exported(sheet_of(TYPED))).findall(f"{K}Placemark")
    assert one.findtext(f"{K}Point/{K}coordinates") == "-99.6,35.5"
    assert other.find(f"{K}Point") is None
    assert data(other) == {"plant_id": "b", "name": "Nowhere", "fuel": "gas"}


def test_a_hostile_name_in_kml(hostile: str) -> None:
    """It is text, in elements and attributes, but for control characters, which XML cannot hold."""
    export = exported(sheet_of(pd.DataFrame({"name": [hostile], hostile: ["x"]})))
    (placemark,) = as_kml(export).findall(f"{K}Placemark")
    wanted = re.sub(r"[\x00-\x08\x0e-\x1f]", "", hostile)
    assert placemark.findtext(f"{K}name") == wanted
    # A line's end in an attribute is a space to every reader of XML.
    attribute = re.sub(r"[\n\t]", " ", wanted)
    assert data(placemark)[attribute] == "x"


def test_words_about_it_are_no_markup(hostile: str) -> None:
    """Google Earth reads a description as HTML: what was searched for is escaped for it as well."""
    export = replace(exported(), selection=filters.Selection("plants", (), hostile.strip() or "x"))
    said = str(as_kml(export).findtext(f"{K}description"))
    assert "<" not in said


# --- all of them ---


@pytest.mark.parametrize("size", [0, 1, 10, 25])
def test_in_parts(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put together, the parts are one file with every row, however many there are."""
    monkeypatch.setattr(row_parts, "ROWS_A_PART", 10)
    export = exported(
        sheet_of(pd.DataFrame({"name": pd.Series([f"P {n}" for n in range(size)], dtype="str")}))
    )
    wanted = [f"p-{n}" for n in range(size)]
    assert [row["plant_id"] for row in as_json(export)["rows"]] == wanted
    assert [one["id"] for one in as_geojson(export)["features"]] == wanted
    assert [data(one)["plant_id"] for one in as_kml(export).findall(f"{K}Placemark")] == wanted
    assert len(list(json_files.write_json(export))) == max(1, -(-size // 10)) + 1


def test_a_piece() -> None:
    """`limit` and `offset` choose rows; the total is still told."""
    export = replace(exported(), options=export_.ExportOptions(limit=2, offset=1))
    found = as_json(export)
    assert [row["plant_id"] for row in found["rows"]] == ["pomigliano", "melfi"]
    assert (found["meta"]["total"], found["meta"]["offset"], found["meta"]["count"]) == (5, 1, 2)

"""The columns of a plant table for people: label, unit, kind and meaning.

From these rows come the tables on the pages, the comparison side by side and the order of an export.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Literal

import numpy as np
import pandas as pd

from atlas.text import NOT_STATED


@dataclass(frozen=True)
class Column:
    """A column: `label` holds the unit; `kind` decides how a value is shown ("amount": any number)."""

    name: str
    label: str
    kind: Literal["text", "year", "number", "amount", "degrees", "link", "status"]
    help: str


COLUMNS: tuple[Column, ...] = (
    Column("plant_id", "Id", "text", "Short name used in links and files."),
    Column("name", "Name", "text", "Name as in the article."),
    Column("official_name", "Official name", "text", "Name that the owner uses."),
    Column("status", "Status", "status", "Worked out from the models: now means that one has no end year."),
    Column(
        "distance_km", "Distance (km)", "amount", "As the crow flies, from the start of the page Distances."
    ),
    Column("distance_miles", "Distance (miles)", "amount", "The same in statute miles."),
    Column("models_now", "Alfa Romeos now", "text", "Models without an end year."),
    Column("models_before", "Alfa Romeos before", "text", "Models that ended."),
    Column("alfa_years", "Years of Alfa Romeos", "text", "Years in which any Alfa Romeo was built there."),
    Column("address", "Address", "text", "Postal address of the site."),
    Column("town", "Town", "text", "Municipality that the site stands in."),
    Column("region", "Region", "text", "Region or state."),
    Column("country", "Country", "text", "Country of the site."),
    Column("country_code", "Country code", "text", "ISO 3166-1 alpha-2."),
    Column("latitude", "Latitude (°)", "degrees", "WGS 84, decimal degrees, north is positive."),
    Column("longitude", "Longitude (°)", "degrees", "WGS 84, decimal degrees, east is positive."),
    Column(
        "accuracy_m",
        "Location accuracy (m)",
        "number",
        "How far the true middle of the works may be from the point.",
    ),
    Column("geocoder", "Location found by", "text", "How the position was found."),
    Column(
        "position_certainty",
        "Certainty of the location",
        "text",
        "Of a looked-up position: sure, likely, ambiguous (several places of this name) or a guess.",
    ),
    Column("opened_year", "Opened", "year", "Year in which production began."),
    Column("closed_year", "Closed", "year", "Year in which car production for Alfa Romeo ended."),
    Column("owner", "Owner", "text", "“(at the time)”: when Alfa Romeos were built there."),
    Column("site_area_m2", "Site area (m²)", "number", "Area of the whole site."),
    Column("employees", "Employees", "number", "People employed, in the year beside it."),
    Column("employees_year", "Employees in", "year", "Year of the number of employees."),
    Column("role", "Role", "text", "What the plant is to Alfa Romeo."),
    Column("wikipedia_url", "Wikipedia", "link", "Article about the plant."),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
SOURCE_LABELS: Mapping[str, str] = {
    "column": "Fact",
    "row_key": "Of",
    "value": "Value",
    "source_url": "Source",
    "read_from": "Read from",
    "confidence": "Confidence",
    "note": "Note",
}
ON_MAP_PAGE = (
    "name",
    "status",
    "models_now",
    "town",
    "country",
    "opened_year",
    "owner",
    "position_certainty",
)
MOST_ON_MAP_PAGE = 7
ON_DISTANCES_PAGE = ("name", "distance_km", "distance_miles", "town", "country", "status", "owner")
ON_PLANTS_PAGE = tuple(column.name for column in COLUMNS if column.name != "plant_id")


def present(names: tuple[str, ...], table: pd.DataFrame) -> list[str]:
    """Returns those of `names` that the table has, then its own further columns (a few on the Map page)."""
    shown = [name for name in names if name in table.columns]
    own = [str(name) for name in table.columns if name not in BY_NAME]
    return shown + (own if names is ON_PLANTS_PAGE else own[: max(0, MOST_ON_MAP_PAGE - len(shown))])


def of(name: str, value: Any = "") -> Column:
    """Returns the column called `name`; an unknown column is made of its name and a value."""
    if name in BY_NAME:
        return BY_NAME[name]
    label = name.replace("_", " ").strip()
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    label, help_text = label[:1].upper() + label[1:], f"The column {name}."
    if not is_number:
        return Column(name, label, "text", help_text)
    return Column(name, label, "year" if "year" in name.lower() else "amount", help_text)


def as_text(column: Column, value: Any) -> str:
    """Returns a cell for a person: "2,000,000", "1972", "41.4740"; "not stated" where it is empty."""
    if is_empty(value):
        return NOT_STATED
    if column.kind == "amount" and float(value) == int(value):
        return f"{int(value):,}"
    formats = {"year": "{:.0f}", "number": "{:,.0f}", "amount": "{:,.10g}", "degrees": "{:.4f}"}
    return formats.get(column.kind, "{}").format(value)


def is_empty(value: Any) -> bool:
    """Tells whether a cell states nothing."""
    return bool(pd.isna(value)) or value == ""


def distinct(names: Sequence[str]) -> list[str]:
    """Returns names, each once: the second "Plant" becomes "Plant (2)"."""
    taken: dict[str, None] = {}
    for name in names:
        spellings = chain([name], (f"{name} ({number})" for number in count(2)))
        taken[next(spelling for spelling in spellings if spelling not in taken)] = None
    return list(taken)

"""The columns of a plant table for people: label, unit, kind and meaning.

From these rows come the tables on the pages, the comparison side by side and the order of an export.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Literal

import numpy as np
import pandas as pd

from atlas import arrow_text
from atlas.text import NOT_STATED, fold


@dataclass(frozen=True)
class Column:
    """A column: `label` holds the unit; `kind` decides how a value is shown ("amount": any number with
    thousands, "plain": a number as it is written, such as a code). `if_empty` stands for an empty cell.
    """

    name: str
    label: str
    kind: Literal["text", "year", "number", "amount", "plain", "degrees", "link", "status"]
    help: str
    if_empty: str = NOT_STATED


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
    Column("import_problem", "Reported", "text", "What is wrong with the row of the file.", ""),
    Column(
        "stated_position", "Stated position", "text", "A point that cannot be right, as the file has it.", ""
    ),
    Column("wikipedia_url", "Wikipedia", "link", "Article about the plant."),
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNITS = {
    unit.lower(): unit
    for unit in _set(
        "W kW MW GW kWe MWe MWp kWp MWth Wh kWh MWh GWh TWh kV kVA MVA MVAr m km cm mm ft mi ha acres kg t "
        "kt Mt Gt t/a kt/a Mt/a tpa ttpa mtpa mtpy tpd bbl bpd boe bcm mcm l hl USD EUR GBP MUSD MEUR % "
        "m² m³ km² ppm min h"
    )
} | {"m2": "m²", "km2": "km²", "m3": "m³", "pct": "%", "percent": "%", "sqm": "m²", "sqkm": "km²"}
_AMOUNTS = _set(
    "capacity output production amount total sum area size surface population employees workers "
    "workforce jobs cost costs price value revenue sales investment power energy generation emissions "
    "emission volume weight mass length height width depth distance count quantity throughput "
    "consumption reserves resources units vehicles tonnes tons co2 inhabitants capacita potenza "
    "produzione superficie addetti dipendenti costo valore abitanti kapazitat leistung produktion "
    "flache mitarbeiter kosten wert anzahl menge erzeugung einwohner capacite puissance effectif cout "
    "valeur nombre quantite habitants capacidad potencia produccion empleados coste valor cantidad "
    "habitantes"
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
_FIRST = ("name", "models_now", "models_before", "alfa_years", "town", "country", "status", "closed_year")
ON_MAP_PAGE = (
    "name", "models_now", "alfa_years", "town", "country", "status", "closed_year", "import_problem",
    "position_certainty",
)  # fmt: skip
MOST_ON_MAP_PAGE = 7
ON_DISTANCES_PAGE = ("name", "distance_km", "distance_miles", "town", "country", "status", "owner")
ON_PLANTS_PAGE = tuple(dict.fromkeys((*_FIRST, *(column.name for column in COLUMNS[1:]))))
HIDDEN_AT_FIRST = ("official_name", "country_code", "latitude", "longitude")
"""Columns of the Plants page that its menu of columns brings on show."""


def present(names: tuple[str, ...], table: pd.DataFrame) -> list[str]:
    """Returns those of `names` that the table has, then its own further columns (a few on the Map page)."""
    shown = [name for name in names if name in table.columns]
    own = [str(name) for name in table.columns if name not in BY_NAME]
    return shown + (own if names is ON_PLANTS_PAGE else own[: max(0, MOST_ON_MAP_PAGE - len(shown))])


def of(name: str, value: Any = "") -> Column:
    """Returns the column called `name`; an unknown column is made of its name and a value."""
    if name in BY_NAME:
        return BY_NAME[name]
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    label, help_text = label_of(name), f"The column {name}."
    if not is_number:
        return Column(name, label, "text", help_text)
    return Column(name, label, "year" if "year" in name.lower() else _kind_of_number(name), help_text)


def of_cells(cells: pd.Series) -> Column:
    """Returns what is known about a column, from its name and the kind of its cells."""
    return of(str(cells.name), 0 if arrow_text.is_number(cells) else "")


def label_of(name: str) -> str:
    """Returns what to call a column of somebody else: "capacity_mw" -> "Capacity (MW)"."""
    if name in BY_NAME:
        return BY_NAME[name].label
    is_code = " " not in name.strip()
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name) if is_code else name
    words = re.sub(r"[_\s]+|-{2,}|(?<=[a-z])-(?=[a-z])" if is_code else r"[_\s]+|-{2,}", " ", text).split()
    if is_code and not text.startswith(" "):
        words = [word if word.isupper() and len(word) < 4 else word.lower() for word in words]
    unit = _UNITS.get(words[-1].lower().strip("[]()")) if len(words) > 1 else None
    if unit and "(" not in " ".join(words[:-1]):
        words[-1] = f"({unit})"
    label = " ".join(words)
    return label[:1].upper() + label[1:]


def _kind_of_number(name: str) -> Literal["amount", "plain"]:
    """Returns "amount" for what is measured or counted; years, codes and telephone numbers are not."""
    words = re.findall(r"[a-z0-9%]+", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")))
    is_amount = any(word in _AMOUNTS for word in words) or (len(words) > 1 and words[-1] in _UNITS)
    return "amount" if is_amount else "plain"


def as_text(column: Column, value: Any) -> str:
    """Returns a cell for a person: "2,000,000", "1972", "41.4740"; "not stated" where it is empty."""
    if is_empty(value):
        return column.if_empty
    is_whole = column.kind in ("amount", "plain") and float(value) == int(value)
    if is_whole:
        return f"{int(value):,}" if column.kind == "amount" else str(int(value))
    formats = {
        "year": "{:.0f}", "number": "{:,.0f}", "amount": "{:,.10g}", "plain": "{:.10g}", "degrees": "{:.4f}",
    }  # fmt: skip
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

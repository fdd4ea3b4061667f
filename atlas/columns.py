"""The columns of a plant table for people: label, unit, kind and meaning.

From these rows come the tables on the pages, the comparison side by side and the order of an export.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, count
from typing import Any, Literal

import numpy as np
import pandas as pd

from atlas import arrow_text, language
from atlas.language import gettext, gettext_noop
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
    Column("plant_id", gettext_noop("Id"), "text", gettext_noop("Short name used in links and files.")),
    Column("name", gettext_noop("Name"), "text", gettext_noop("Name as in the article.")),
    Column("official_name", gettext_noop("Official name"), "text", gettext_noop("Name that the owner uses.")),
    Column(
        "status",
        gettext_noop("Status"),
        "status",
        gettext_noop("Worked out from the models: now means that one has no end year."),
    ),
    Column(
        "distance_km",
        gettext_noop("Distance (km)"),
        "amount",
        gettext_noop("As the crow flies, from the start of the page Distances."),
    ),
    Column(
        "distance_miles",
        gettext_noop("Distance (miles)"),
        "amount",
        gettext_noop("The same in statute miles."),
    ),
    Column(
        "models_now", gettext_noop("Alfa Romeos now"), "text", gettext_noop("Models without an end year.")
    ),
    Column("models_before", gettext_noop("Alfa Romeos before"), "text", gettext_noop("Models that ended.")),
    Column(
        "alfa_years",
        gettext_noop("Years of Alfa Romeos"),
        "text",
        gettext_noop("Years in which any Alfa Romeo was built there."),
    ),
    Column("address", gettext_noop("Address"), "text", gettext_noop("Postal address of the site.")),
    Column("town", gettext_noop("Town"), "text", gettext_noop("Municipality that the site stands in.")),
    Column("region", gettext_noop("Region"), "text", gettext_noop("Region or state.")),
    Column("country", gettext_noop("Country"), "text", gettext_noop("Country of the site.")),
    Column("country_code", gettext_noop("Country code"), "text", gettext_noop("ISO 3166-1 alpha-2.")),
    Column(
        "latitude",
        gettext_noop("Latitude (°)"),
        "degrees",
        gettext_noop("WGS 84, decimal degrees, north is positive."),
    ),
    Column(
        "longitude",
        gettext_noop("Longitude (°)"),
        "degrees",
        gettext_noop("WGS 84, decimal degrees, east is positive."),
    ),
    Column(
        "accuracy_m",
        gettext_noop("Location accuracy (m)"),
        "number",
        gettext_noop("How far the true middle of the works may be from the point."),
    ),
    Column(
        "geocoder", gettext_noop("Location found by"), "text", gettext_noop("How the position was found.")
    ),
    Column(
        "position_certainty",
        gettext_noop("Certainty of the location"),
        "text",
        gettext_noop(
            "Of a looked-up position: sure, likely, ambiguous (several places of this name) or a guess."
        ),
    ),
    Column("opened_year", gettext_noop("Opened"), "year", gettext_noop("Year in which production began.")),
    Column(
        "closed_year",
        gettext_noop("Closed"),
        "year",
        gettext_noop("Year in which car production for Alfa Romeo ended."),
    ),
    Column(
        "owner",
        gettext_noop("Owner"),
        "text",
        gettext_noop("“(at the time)”: when Alfa Romeos were built there."),
    ),
    Column("site_area_m2", gettext_noop("Site area (m²)"), "number", gettext_noop("Area of the whole site.")),
    Column(
        "employees",
        gettext_noop("Employees"),
        "number",
        gettext_noop("People employed, in the year beside it."),
    ),
    Column(
        "employees_year",
        gettext_noop("Employees in"),
        "year",
        gettext_noop("Year of the number of employees."),
    ),
    Column("role", gettext_noop("Role"), "text", gettext_noop("What the plant is to Alfa Romeo.")),
    Column(
        "import_problem",
        gettext_noop("Reported"),
        "text",
        gettext_noop("What is wrong with the row of the file."),
        "",
    ),
    Column(
        "stated_position",
        gettext_noop("Stated position"),
        "text",
        gettext_noop("A point that cannot be right, as the file has it."),
        "",
    ),
    Column("wikipedia_url", gettext_noop("Wikipedia"), "link", gettext_noop("Article about the plant.")),
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
"""Name -> column with its words in English, for files; pages take `of`."""
SOURCE_LABELS: Mapping[str, str] = {
    "column": gettext_noop("Fact"),
    "row_key": gettext_noop("Of"),
    "value": gettext_noop("Value"),
    "source_url": gettext_noop("Source"),
    "read_from": gettext_noop("Read from"),
    "confidence": gettext_noop("Confidence"),
    "note": gettext_noop("Note"),
}
_FIRST = ("name", "models_now", "alfa_years", "town", "country", "status", "closed_year")
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
        return _spoken(name, language.current().code)
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    label, help_text = label_of(name), gettext("The column {name}.", name=name)
    if not is_number:
        return Column(name, label, "text", help_text)
    return Column(name, label, "year" if "year" in name.lower() else _kind_of_number(name), help_text)


@cache
def _spoken(name: str, _code: str) -> Column:
    """Returns a known column with its words in the current language, which has this code."""
    column = BY_NAME[name]
    return replace(
        column, label=gettext(column.label), help=gettext(column.help), if_empty=gettext(column.if_empty)
    )


def of_cells(cells: pd.Series) -> Column:
    """Returns what is known about a column, from its name and the kind of its cells."""
    return of(str(cells.name), 0 if arrow_text.is_number(cells) else "")


def label_of(name: str) -> str:
    """Returns what to call a column of somebody else: "capacity_mw" -> "Capacity (MW)"."""
    if name in BY_NAME:
        return of(name).label
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
    if column.kind == "degrees":
        return language.fixed(value, 4)
    if column.kind == "number":
        return language.number(round(value))
    if column.kind == "amount":
        return language.number(value, 9)
    return (
        f"{value:.0f}" if column.kind == "year" else _plain(value) if column.kind == "plain" else str(value)
    )


def _plain(value: Any) -> str:
    return str(int(value)) if float(value) == int(value) else f"{value:.10g}"


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

"""Facts -> HTML for a page: the plant card and the headline figures.

Templates live in `atlas/assets`; Jinja's automatic escaping is on for all of them, so plant text is
text. No Folium class is involved (see maps.py for why that matters).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from atlas import columns, figures, filters, tables

MOST_ROWS = 10
ROW_PX = 35
_FOLDER = Path(__file__).parent / "assets"


def plant_card(plant: Mapping[str, Any], production: pd.DataFrame) -> str:
    """The card of one Alfa Romeo plant (a row of a placed table with status) as HTML."""
    return template("card.html").render(
        plant=plant,
        status_words=tables.STATUSES[plant["status"]],
        category=list(tables.STATUSES).index(plant["status"]),
        facts=plant_facts(plant, production),
        link=_web_address(plant.get("wikipedia_url", "")),
    )


def any_card(plant: Mapping[str, Any], category: int | None, words: str = "") -> str:
    """The card of a plant of any table: every cell that is filled. `category`, `words`: its status."""
    return template("card.html").render(
        plant=plant,
        status_words=words,
        category=category,
        facts=any_facts(plant),
        link=_web_address(str(plant.get("wikipedia_url", ""))),
    )


def any_facts(plant: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Term and text of each filled cell: known columns first, then others under their own names."""
    shown_elsewhere = {"plant_id", "name", "official_name", "role", "wikipedia_url", "status"}
    place = {"town", "region", "country", "latitude", "longitude", "accuracy_m", "geocoder"}
    facts = [
        ("Town", ", ".join(str(plant[part]) for part in ("town", "region", "country") if plant.get(part))),
        ("Location", _location(plant)),
    ]
    names = [name for name in columns.BY_NAME if name in plant]
    names += [name for name in plant if name not in columns.BY_NAME]
    for name in names:
        if name not in shown_elsewhere | place:
            column = columns.of(name, plant[name])
            text = columns.as_text(column, plant[name])
            facts.append((column.label, "" if text == filters.NOT_STATED else text))
    return [(term, text) for term, text in facts if text]


def plant_facts(plant: Mapping[str, Any], production: pd.DataFrame) -> list[tuple[str, str]]:
    """Term and text of each line of the card; what is not known says so."""
    runs = figures.runs(production, plant["plant_id"], brand=tables.BRAND)
    now = "; ".join(f"{run.model}, {run.years}" for run in runs if run.end_year is None)
    before = "; ".join(f"{run.model}, {run.years}" for run in runs if run.end_year is not None)
    brands = figures.other_brands(production, plant["plant_id"])
    lines = [
        ("Alfa Romeos now", now or "none known"),
        ("Alfa Romeos before", before or "none known"),
        ("Other brands", figures.join(brands) if brands else "none known"),
        ("Town", ", ".join(plant[part] for part in ("town", "region", "country") if plant.get(part))),
        ("Address", plant.get("address", "")),
        ("Location", _location(plant)),
        ("Opened", _year(plant.get("opened_year"))),
        ("Closed", _year(plant.get("closed_year"))),
        ("Owner", plant.get("owner", "")),
        ("Site", _area(plant.get("site_area_m2"))),
        ("Employees", _employees(plant)),
    ]
    optional = ("Closed", "Address")
    return [(term, text or "not stated") for term, text in lines if text or term not in optional]


def headline(figure: figures.Totals, *, about_alfa: bool = True) -> str:
    """Headline figures as HTML."""
    placed = figure.plants - figure.unplaced
    now = (figure.building_now, f"building Alfa Romeos now ({tables.AS_OF})")
    pairs = [
        (figure.plants, "plant" if figure.plants == 1 else "plants"),
        (figure.countries, "country" if figure.countries == 1 else "countries"),
        now if about_alfa else (placed, "on the map"),
    ]
    pairs = [pair for pair in pairs if about_alfa or pair[1] != "countries" or pair[0]]
    items = Markup("").join(Markup("<div><b>{:,}</b> <span>{}</span></div>").format(*pair) for pair in pairs)
    return str(Markup('<div class="atlas-figures">{}</div>').format(items))


def rows(table: pd.DataFrame, names: Sequence[str], total: int) -> str:
    """The first of `total` rows of a readable table as HTML, as high as the widget that takes its place."""
    shown = table.iloc[:MOST_ROWS]
    known = [columns.of(name, shown[name].iloc[0]) for name in names]
    cells = [[columns.as_text(column, value) for value in shown[column.name].tolist()] for column in known]
    return template("rows.html").render(
        labels=[column.label for column in known],
        rows=list(zip(*cells, strict=True)),
        more=total - len(shown),
        height=min(total + 1, MOST_ROWS + 1) * ROW_PX + 2,
    )


def lead(sentence: str) -> str:
    """A sentence under a title as HTML."""
    return str(Markup('<p class="atlas-lead">{}</p>').format(escape(sentence)))


@cache
def template(name: str) -> Template:
    """A template of `atlas/assets`, with escaping on."""
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True).get_template(name)


def _web_address(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def _location(plant: Mapping[str, Any]) -> str:
    """Position and how sure it is."""
    if pd.isna(plant["latitude"]):
        return "not located"
    position = f"{plant['latitude']:.4f}, {plant['longitude']:.4f}"
    return f"{position}, {figures.accuracy_in_words(plant['accuracy_m'], plant['geocoder'])}"


def _year(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{int(value)}"


def _area(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{int(value):,} m² ({value / 10_000:,.1f} hectares)"


def _employees(plant: Mapping[str, Any]) -> str:
    count, year = plant.get("employees"), plant.get("employees_year")
    if count is None or pd.isna(count):
        return ""
    return f"{int(count):,}" + ("" if year is None or pd.isna(year) else f" ({int(year)})")

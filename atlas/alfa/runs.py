"""The models that a plant builds or built, the first sentence of the Map page, and facts with a source."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atlas import country_names
from atlas.alfa import schemas, tables
from atlas.language import gettext, join, ngettext, number
from atlas.text import fold

MAX_MODELS = 4
OPEN_END = schemas.LAST_YEAR + 1
NAMED_ALFA_ROMEO = 1920
"""The first year in which cars were built under this name; before, they were A.L.F.A.s."""


@dataclass(frozen=True)
class Run:
    """One model's time at a plant; `end_year` None: still built."""

    brand: str
    model: str
    start_year: int
    end_year: int | None

    @property
    def years(self) -> str:
        """Returns "since 2016", "1972" or "1972–1989"."""
        if self.end_year is None:
            return gettext("since {year}", year=str(self.start_year))
        return (
            str(self.start_year) if self.end_year == self.start_year else f"{self.start_year}–{self.end_year}"
        )


def runs_of(production: pd.DataFrame, plant_id: str, *, brand: str | None = None) -> list[Run]:
    """Returns the models of a plant, newest first; only those of `brand`, if it is given."""
    rows = production[production["plant_id"] == plant_id]
    rows = rows if brand is None else rows[rows["brand"] == brand]
    rows = rows.sort_values(["start_year", "model"], ascending=[False, True])
    ends = [None if pd.isna(year) else int(year) for year in rows["end_year"]]
    return [
        Run(brand, model, int(start), end)
        for brand, model, start, end in zip(
            rows["brand"], rows["model"], rows["start_year"], ends, strict=True
        )
    ]


def other_brands(production: pd.DataFrame, plant_id: str) -> list[str]:
    """Returns the brands other than Alfa Romeo at a plant, now or before, in the order of the table."""
    rows = production[(production["plant_id"] == plant_id) & (production["brand"] != tables.BRAND)]
    return list(dict.fromkeys(rows["brand"]))


# ---- who builds, now or in a year ------------------------------------------------------------------


@dataclass(frozen=True)
class Builder:
    """A plant that builds Alfa Romeos now or in a year: its short name, its country and those models."""

    plant_id: str
    plant: str
    country: str
    models: tuple[str, ...]

    @property
    def now_in_words(self) -> str:
        """Returns "Giulia, Stelvio: Cassino"."""
        return gettext("{models}: {plant}", models=self._few_models, plant=self.plant)

    @property
    def year_in_words(self) -> str:
        """Returns "Arese (Alfetta, Giulia and 4 more)"."""
        return f"{self.plant} ({self._few_models})"

    @property
    def _few_models(self) -> str:
        return _few(self.models)


def builders_now(plants: pd.DataFrame) -> list[Builder]:
    """Returns the plants, out of rows with status, that build Alfa Romeos now."""
    rows = plants[plants["models_now"].fillna("") != ""]
    return _builders(rows, {row.plant_id: row.models_now.split(tables.BETWEEN_MODELS) for row in _each(rows)})


def builders_in(plants: pd.DataFrame, production: pd.DataFrame, year: int) -> list[Builder]:
    """Returns the plants that built Alfa Romeos in a year, with the models of that year."""
    models = models_in(production, year)
    return _builders(plants[plants["plant_id"].isin(list(models))], models)


def models_in(production: pd.DataFrame, year: int) -> dict[str, list[str]]:
    """Returns plant_id -> the Alfa Romeos that it built in a year, in the order of the table."""
    ends = production["end_year"].fillna(tables.AS_OF_YEAR)
    is_built = (production["brand"] == tables.BRAND) & (production["start_year"] <= year) & (ends >= year)
    models: dict[str, list[str]] = {}
    for row in _each(production[is_built]):
        models.setdefault(row.plant_id, []).append(row.model)
    return models


def in_short(plants: pd.DataFrame, production: pd.DataFrame, year: int | None) -> dict[str, str]:
    """Returns plant_id -> "Giulia, Stelvio · since 2016", those that build now first, then by start.

    With a year the models are those of that year.
    """
    alfas = production[
        (production["brand"] == tables.BRAND) & production["plant_id"].isin(plants["plant_id"])
    ]
    models = models_in(production, year) if year else {}
    lines: dict[str, tuple[tuple[bool, int], str]] = {}
    for plant_id, rows in alfas.groupby("plant_id", sort=False):
        current = rows[rows["end_year"].isna()]
        counted = rows if current.empty else current
        named = models.get(str(plant_id), []) if year else counted["model"].tolist()
        years = "" if year else f" · {_span_of(counted)}"
        order = (current.empty, int(counted["start_year"].min()))
        lines[str(plant_id)] = (order, f"{_few(without_codes(named))}{years}")
    known = {plant_id: line for plant_id, (_, line) in sorted(lines.items(), key=lambda item: item[1][0])}
    none = gettext(tables.STATUSES["none"])
    return known | {plant_id: none for plant_id in plants["plant_id"] if plant_id not in known}


def elsewhere_now(builders: Sequence[Builder]) -> str:
    """Returns "The Junior is built at Tychy, Poland, and the Tonale at …: not among the article's five."."""
    if not builders:
        return ""
    parts = [
        ngettext(
            "the {models} is built at {plant}, {country}",
            "the {models} are built at {plant}, {country}",
            len(builder.models),
            models=join(builder.models),
            plant=builder.plant,
            country=country_names.in_language(builder.country),
        )
        for builder in builders
    ]
    sentence = gettext("{facts}: not among the article's five.", facts="; ".join(parts))
    return sentence[:1].upper() + sentence[1:]


def elsewhere_in(builders: Sequence[Builder], year: int) -> str:
    """Returns "In 1975 Alfa Romeos were also built at Arese and Brits: not among the article's five."."""
    if not builders:
        return ""
    places = join([builder.plant for builder in builders])
    return gettext(
        "In {year} Alfa Romeos were also built at {plants}: not among the article's five.",
        year=str(year),
        plants=places,
    )


def short_name(name: str) -> str:
    """Returns the name of a plant in a sentence: "Rayong Plant (General Motors)" -> "Rayong"."""
    return re.sub(r"\s*\([^)]*\)$", "", name).removesuffix(" Plant")


def without_codes(models: Sequence[str]) -> tuple[str, ...]:
    """Returns models as people call them, each once: "Giulia (952)" -> "Giulia"."""
    return tuple(dict.fromkeys(re.sub(r"\s*\([^)]*\)$", "", model) for model in models))


def with_years(production: pd.DataFrame) -> dict[str, str]:
    """Returns each Alfa Romeo with its years, those built now first: "Giulia (952)" -> "… – since 2016"."""
    runs = production[production["brand"] == tables.BRAND]
    years = runs.assign(end_year=runs["end_year"].fillna(OPEN_END)).groupby("model")
    spans = years.agg(first=("start_year", "min"), last=("end_year", "max")).reset_index()
    spans = spans.assign(_ended=spans["last"] != OPEN_END, _folded=spans["model"].map(fold))
    ordered = spans.sort_values(["_ended", "_folded"])
    return {
        row.model: f"{row.model} – {_run(row.first, None if row.last == OPEN_END else row.last).years}"
        for row in _each(ordered)
    }


def _builders(rows: pd.DataFrame, models: Mapping[str, Sequence[str]]) -> list[Builder]:
    return [
        Builder(row.plant_id, short_name(row.name), row.country, without_codes(models[row.plant_id]))
        for row in _each(rows)
    ]


def _few(models: Sequence[str]) -> str:
    names = ", ".join(models[:MAX_MODELS])
    if len(models) <= MAX_MODELS:
        return names
    return gettext("{names} and {number} more", names=names, number=number(len(models) - MAX_MODELS))


def _span_of(rows: pd.DataFrame) -> str:
    """Returns the years from the first start to the last end of runs: "since 2016", "1963–2000"."""
    last = None if rows["end_year"].isna().any() else int(rows["end_year"].max())
    return _run(rows["start_year"].min(), last).years


def _each(rows: pd.DataFrame) -> Any:
    return rows.itertuples(index=False)


def _run(start: int, end: int | None) -> Run:
    return Run("", "", int(start), None if end is None else int(end))


# ---- facts with a source ---------------------------------------------------------------------------


def facts_with_sources(sources: pd.DataFrame, plant_id: str) -> pd.DataFrame:
    """Returns the rows of `sources` about a plant: its cells, its position, its models and its output."""
    key = sources["row_key"]
    own = (sources["table"].isin(["plants", "sites", "places"])) & (key == plant_id)
    joined = sources["table"].isin(["production", "output"]) & key.str.startswith(f"{plant_id}|")
    return sources[own | joined].reset_index(drop=True)


def coverage(facts: pd.DataFrame) -> str:
    """Returns "65 of 66 facts have a source; 4 have low confidence."."""
    sourced = int((facts["read_from"] != "none").sum())
    low = int((facts["confidence"] == "low").sum())
    return ngettext(
        "{sourced} of {facts} facts have a source; {number} has low confidence.",
        "{sourced} of {facts} facts have a source; {number} have low confidence.",
        low,
        sourced=number(sourced),
        facts=number(len(facts)),
    )

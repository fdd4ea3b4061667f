"""The facts of a plant, each with its sources: a card shows them, the coverage counts them.

A `Fact` is one value in words with its rows of `sources.csv`. Words for "not known" are no facts and
have no sources (`sources` is None). Knows no HTML and no Streamlit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from atlas import country_names
from atlas.alfa import tables
from atlas.alfa.runs import Run, other_brands, runs_of
from atlas.columns import COLUMNS, SOURCE_LABELS, is_empty, label_of
from atlas.language import gettext, gettext_noop, join, number, pgettext
from atlas.place_columns import CERTAINTY, accuracy_in_words
from atlas.text import NOT_STATED

NO_SOURCE = "none"
Sources = Mapping[tuple[str, str, str], "Source"]
"""(table, row_key, column) -> the source of that cell."""


@dataclass(frozen=True)
class Source:
    """The source of a cell: `url` is "" where there is no page, `read_from` says how it was read."""

    url: str
    read_from: str
    confidence: str
    note: str

    @property
    def exists(self) -> bool:
        """Tells whether there is a source at all."""
        return self.read_from != NO_SOURCE

    @property
    def site(self) -> str:
        """Returns the name of the page's site: "it.wikipedia.org"."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def words(self) -> str:
        """Returns "it.wikipedia.org (copy of the page), medium confidence"; "no source, low confidence"."""
        how = f"{self.site} ({gettext(self.read_from)})" if self.site else gettext(self.read_from)
        return f"{how if self.exists else gettext('no source')}, {self.confidence_in_words}"

    @property
    def confidence_in_words(self) -> str:
        """Returns "medium confidence"."""
        words = {
            "high": gettext("high confidence"),
            "medium": gettext("medium confidence"),
            "low": gettext("low confidence"),
        }
        return words[self.confidence]


UNKNOWN = Source("", NO_SOURCE, "low", "")


@dataclass(frozen=True)
class Fact:
    """A fact in words. `sources`: pairs of a part of it and its source; None where nothing is stated."""

    text: str
    sources: tuple[tuple[str, Source], ...] | None = None

    @property
    def is_sourced(self) -> bool:
        """Tells whether every part of it has a source."""
        return bool(self.sources) and all(source.exists for _, source in self.sources or ())

    @property
    def gap(self) -> str:
        """Returns "no source", "no source for start and end", or "" where every part has a source."""
        missing = [what for what, source in self.sources or () if not source.exists]
        if not missing:
            return ""
        if len(missing) == len(self.sources or ()):
            return gettext("no source")
        return gettext("no source for {parts}", parts=join(list(map(gettext, missing))))

    @property
    def is_low(self) -> bool:
        """Tells whether the confidence in any part of it is low."""
        return any(source.confidence == "low" for _, source in self.sources or ())

    @property
    def grouped(self) -> list[tuple[str, Source]]:
        """Returns each source once, with the parts that it stands for: ("Start and end", …)."""
        about: dict[Source, list[str]] = {}
        for what, source in self.sources or ():
            about.setdefault(source, []).append(what)
        joined = [(join(list(map(gettext, whats))), source) for source, whats in about.items()]
        return [(words[:1].upper() + words[1:], source) for words, source in joined]

    @property
    def words(self) -> str:
        """Returns its sources in one line, for a tooltip."""
        known = gettext("checked up to {month}", month=tables.as_of())
        return f"{'; '.join(dict.fromkeys(source.words for _, source in self.grouped))}; {known}"


@dataclass(frozen=True)
class RunFact:
    """The time of a model at a plant, with its years as numbers (`end_year` None: still built)."""

    fact: Fact
    start_year: int
    end_year: int | None


@dataclass(frozen=True)
class OutputFact:
    """The vehicles that a plant built in a year, all brands together."""

    fact: Fact
    year: int
    vehicles: int
    precision: str


@dataclass(frozen=True)
class Line:
    """A line of a card: a term and its facts; `runs` where they are models of Alfa Romeo."""

    term: str
    facts: tuple[Fact, ...]
    runs: tuple[RunFact, ...] = ()

    @property
    def text(self) -> str:
        """Returns its facts in one text."""
        return "; ".join(fact.text for fact in self.facts)


def index(sources: pd.DataFrame) -> Sources:
    """Returns `sources.csv` as a mapping for look-ups."""
    names = ["table", "row_key", "column", "source_url", "read_from", "confidence", "note"]
    return {tuple(row[:3]): Source(*row[3:]) for row in sources[names].itertuples(index=False, name=None)}


def cell(sources: Sources, table: str, key: str, column: str) -> Source:
    """Returns the source of a cell; `UNKNOWN` for a cell without a row in `sources.csv`."""
    return sources.get((table, key, column), UNKNOWN)


def own(sources: Sources, plant_id: str, column: str) -> Source:
    """Returns the source of a cell of `plants.csv` or `sites.csv`, in which an id stands once."""
    source = sources.get(("plants", plant_id, column)) or sources.get(("sites", plant_id, column))
    return source or UNKNOWN


def lines(plant: Mapping[str, Any], production: pd.DataFrame, sources: Sources) -> list[Line]:
    """Returns the lines of the card of a plant (a row of a placed table), also those of unknown facts."""
    return [
        *_alfa_romeos(plant["plant_id"], production, sources),
        Line(gettext("Other brands"), _brands(plant["plant_id"], production, sources)),
        Line(gettext("Town"), (_own(plant, sources, _joined(plant, _PLACE), *_PLACE),)),
        *_optional(plant, sources, gettext("Address"), plant.get("address", ""), "address"),
        Line(gettext("Location"), (_location(plant, sources),)),
        Line(gettext("Opened"), (_own(plant, sources, _year(plant.get("opened_year")), "opened_year"),)),
        *_optional(plant, sources, gettext("Closed"), _year(plant.get("closed_year")), "closed_year"),
        Line(gettext("Owner"), (_own(plant, sources, plant.get("owner", ""), "owner"),)),
        Line(
            pgettext("of a plant", "Site"),
            (_own(plant, sources, _area(plant.get("site_area_m2")), "site_area_m2"),),
        ),
        Line(gettext("Employees"), (_own(plant, sources, _employees(plant), "employees", "employees_year"),)),
    ]


def title(plant: Mapping[str, Any], sources: Sources, column: str) -> Fact:
    """Returns name, official name or role as a fact; its text is "" where there is none."""
    text = str(plant.get(column) or "")
    text = gettext(text) if column == "role" else text
    return Fact(text, ((_WORDS[column], own(sources, plant["plant_id"], column)),))


def runs(plant_id: str, production: pd.DataFrame, sources: Sources) -> list[RunFact]:
    """Returns the Alfa Romeos of a plant, newest first."""
    return [
        RunFact(run_fact(plant_id, run, sources), run.start_year, run.end_year)
        for run in runs_of(production, plant_id, brand=tables.BRAND)
    ]


def run_fact(plant_id: str, run: Run, sources: Sources, text: str = "") -> Fact:
    """Returns a run as a fact: "Giulia (952), since 2016", or `text` for it."""
    key = f"{plant_id}|{run.brand}|{run.model}|{run.start_year}"
    whats = {
        "model": gettext_noop("model"),
        "start_year": gettext_noop("start"),
        "end_year": gettext_noop("end"),
    }
    parts = [name for name in whats if name != "end_year" or run.end_year is not None]
    sourced = tuple((whats[name], cell(sources, "production", key, name)) for name in parts)
    return Fact(text or f"{run.model}, {run.years}", sourced)


def output(plant_id: str, table: pd.DataFrame, sources: Sources) -> list[OutputFact]:
    """Returns the output of a plant by year; years without a figure are left out."""
    rows = table[table["plant_id"] == plant_id].sort_values("year")
    return [
        OutputFact(
            Fact(
                f"{year}: {number(int(vehicles))} ({precision_in_words(precision)})",
                ((gettext_noop("number"), cell(sources, "output", f"{plant_id}|{year}", "vehicles_built")),),
            ),
            int(year),
            int(vehicles),
            precision,
        )
        for year, vehicles, precision in zip(
            rows["year"], rows["vehicles_built"], rows["precision"], strict=True
        )
    ]


def all_of(plant: Mapping[str, Any], known: tables.Tables, sources: Sources) -> list[Fact]:
    """Returns every fact that the card of a plant shows."""
    titles = [title(plant, sources, name) for name in ("name", "official_name", "role")]
    shown = [fact for line in lines(plant, known.production, sources) for fact in line.facts]
    built = [year.fact for year in output(plant["plant_id"], known.output, sources)]
    return [fact for fact in [*titles, *shown, *built] if fact.text and fact.sources is not None]


def coverage(plants: pd.DataFrame, known: tables.Tables) -> str:
    """Returns how many of the facts on the cards of these plants have a source, in two sentences."""
    sources = index(known.sources)
    rows = plants.to_dict("records")
    facts = [fact for row in rows for fact in all_of({str(k): v for k, v in row.items()}, known, sources)]
    sourced = sum(fact.is_sourced for fact in facts)
    low = sum(fact.is_low for fact in facts)
    rest = len(facts) - sourced
    return gettext(
        "{sourced} of {facts} facts shown on the cards of {plants} plants have a source for every part. "
        "The other {rest} say “no source”, and {low} are marked as of low confidence.",
        sourced=number(sourced),
        facts=number(len(facts)),
        plants=number(len(rows)),
        rest=number(rest),
        low=number(low),
    )


_PLACE = ("town", "region", "country")


def _alfa_romeos(plant_id: str, production: pd.DataFrame, sources: Sources) -> list[Line]:
    every = runs(plant_id, production, sources)
    now = tuple(run for run in every if run.end_year is None)
    before = tuple(run for run in every if run.end_year is not None)
    return [
        Line(term, tuple(run.fact for run in some) or (Fact(gettext(tables.NONE_KNOWN)),), some)
        for term, some in ((label_of("models_now"), now), (label_of("models_before"), before))
    ]


def _brands(plant_id: str, production: pd.DataFrame, sources: Sources) -> tuple[Fact, ...]:
    """Returns the other brands of a plant as a fact; each has the source of its newest model."""
    brands = other_brands(production, plant_id)
    if not brands:
        return (Fact(gettext(tables.NONE_KNOWN)),)
    newest = {run.brand: run for run in reversed(runs_of(production, plant_id))}
    keys = {brand: f"{plant_id}|{brand}|{newest[brand].model}|{newest[brand].start_year}" for brand in brands}
    sourced = tuple((brand, cell(sources, "production", key, "model")) for brand, key in keys.items())
    return (Fact(join(brands), sourced),)


def _own(plant: Mapping[str, Any], sources: Sources, text: str, *columns: str) -> Fact:
    """Returns a fact made of cells of the plant's own row; "not stated" where they are empty."""
    if not text:
        return Fact(gettext(NOT_STATED))
    filled = [name for name in columns if not is_empty(plant.get(name))]
    return Fact(
        text, tuple((_WORDS.get(name, name), own(sources, plant["plant_id"], name)) for name in filled)
    )


_WORDS = {
    "opened_year": gettext_noop("year"),
    "closed_year": gettext_noop("year"),
    "site_area_m2": gettext_noop("area"),
    "employees_year": gettext_noop("year"),
    "name": gettext_noop("name"),
    "official_name": gettext_noop("official name"),
    "role": gettext_noop("role"),
    "town": gettext_noop("town"),
    "region": gettext_noop("region"),
    "country": gettext_noop("country"),
    "address": gettext_noop("address"),
    "owner": gettext_noop("owner"),
    "employees": gettext_noop("employees"),
    "latitude": gettext_noop("latitude"),
    "longitude": gettext_noop("longitude"),
}
"""What a cell is called in a sentence about its source."""


def precision_in_words(precision: str) -> str:
    """Returns how exact a figure is, in the current language."""
    words = {"exact": gettext("exact"), "rounded": gettext("rounded"), "derived": gettext("derived")}
    return words[precision]


def _optional(plant: Mapping[str, Any], sources: Sources, term: str, text: str, column: str) -> list[Line]:
    return [Line(term, (_own(plant, sources, text, column),))] if text else []


def _location(plant: Mapping[str, Any], sources: Sources) -> Fact:
    text = location(plant)
    if is_empty(plant["latitude"]):
        return Fact(text)
    key = plant["plant_id"]
    return Fact(text, tuple((name, cell(sources, "places", key, name)) for name in ("latitude", "longitude")))


def location(plant: Mapping[str, Any]) -> str:
    """Returns a plant's position, and how sure it is."""
    if is_empty(plant["latitude"]):
        return gettext("not located")
    position = f"{plant['latitude']:.4f}, {plant['longitude']:.4f}"
    return f"{position}, {accuracy_in_words(plant['accuracy_m'], plant['geocoder'], plant.get(CERTAINTY))}"


def _joined(plant: Mapping[str, Any], names: Sequence[str]) -> str:
    stated = {name: str(plant[name]) for name in names if plant.get(name)}
    if "country" in stated:
        stated["country"] = country_names.in_language(stated["country"])
    return ", ".join(stated.values())


def _year(value: Any) -> str:
    return "" if is_empty(value) else f"{int(value)}"


def _area(value: Any) -> str:
    if is_empty(value):
        return ""
    hectares = number(value / 10_000, 1)
    return gettext("{area} m² ({hectares} hectares)", area=number(int(value)), hectares=hectares)


def _employees(plant: Mapping[str, Any]) -> str:
    count, year = plant.get("employees"), _year(plant.get("employees_year"))
    return "" if count is None or is_empty(count) else number(int(count)) + (f" ({year})" if year else "")


def facts_for_people(facts: pd.DataFrame) -> pd.DataFrame:
    """Returns rows of `sources.csv` with labels in place of columns, and keys of rows in words."""
    labels = {column.name: label_of(column.name) for column in COLUMNS}
    own = {
        "start_year": gettext("Start"),
        "end_year": gettext("End"),
        "vehicles_built": gettext("Vehicles built"),
        "model": gettext("Model"),
    }
    fact = facts["column"].map(labels | own).fillna(facts["column"])
    about = facts["row_key"].str.split("|").map(lambda parts: ", ".join(parts[1:]))
    return facts.assign(column=fact, row_key=about)[list(SOURCE_LABELS)]

"""The facts of a plant, each with where it comes from: what a card shows and the coverage counts.

A `Fact` is one value in words with its rows of `sources.csv`. Words for "not known" are no facts and
have no sources (`sources` is None). Knows no HTML and no Streamlit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from atlas.alfa import tables
from atlas.alfa.runs import Run, other_brands, runs_of
from atlas.columns import COLUMNS, SOURCE_LABELS, is_empty
from atlas.text import NOT_STATED
from atlas.words import accuracy_in_words, join

NO_SOURCE = "none"
Sources = Mapping[tuple[str, str, str], "Source"]
"""(table, row_key, column) -> where that cell comes from."""


@dataclass(frozen=True)
class Source:
    """Where one cell comes from: `url` is "" where there is no page, `read_from` says how it was read."""

    url: str
    read_from: str
    confidence: str
    note: str

    @property
    def exists(self) -> bool:
        return self.read_from != NO_SOURCE

    @property
    def site(self) -> str:
        """The page's site as people say it: "it.wikipedia.org"."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def words(self) -> str:
        """ "it.wikipedia.org (copy of the page), medium confidence"; "no source, low confidence"."""
        how = f"{self.site} ({self.read_from})" if self.site else self.read_from
        return f"{how if self.exists else 'no source'}, {self.confidence} confidence"


UNKNOWN = Source("", NO_SOURCE, "low", "")


@dataclass(frozen=True)
class Fact:
    """One fact in words. `sources`: pairs of what they are for and a source; None where nothing is stated."""

    text: str
    sources: tuple[tuple[str, Source], ...] | None = None

    @property
    def is_sourced(self) -> bool:
        """Whether every part of it has a source."""
        return bool(self.sources) and all(source.exists for _, source in self.sources or ())

    @property
    def gap(self) -> str:
        """What has no source: "no source", "no source for start and end", or "" where all has."""
        missing = [what for what, source in self.sources or () if not source.exists]
        if not missing:
            return ""
        return "no source" if len(missing) == len(self.sources or ()) else f"no source for {join(missing)}"

    @property
    def is_low(self) -> bool:
        """Whether the confidence in any part of it is low."""
        return any(source.confidence == "low" for _, source in self.sources or ())

    @property
    def grouped(self) -> list[tuple[str, Source]]:
        """Each different source once, with all that it is for: ("Start and end", …)."""
        about: dict[Source, list[str]] = {}
        for what, source in self.sources or ():
            about.setdefault(source, []).append(what)
        joined = [(join(whats), source) for source, whats in about.items()]
        return [(words[:1].upper() + words[1:], source) for words, source in joined]

    @property
    def words(self) -> str:
        """Its sources in one line, for a pointer that rests on it."""
        known = f"checked up to {tables.AS_OF}"
        return f"{'; '.join(dict.fromkeys(source.words for _, source in self.grouped))}; {known}"


@dataclass(frozen=True)
class RunFact:
    """One model's time at a plant, with its years as numbers (`end_year` None: still built)."""

    fact: Fact
    start_year: int
    end_year: int | None


@dataclass(frozen=True)
class OutputFact:
    """What a plant built in a year, all brands together."""

    fact: Fact
    year: int
    vehicles: int
    precision: str


@dataclass(frozen=True)
class Line:
    """One line of a card: a term and its facts; `runs` where they are models of Alfa Romeo."""

    term: str
    facts: tuple[Fact, ...]
    runs: tuple[RunFact, ...] = ()

    @property
    def text(self) -> str:
        return "; ".join(fact.text for fact in self.facts)


def index(sources: pd.DataFrame) -> Sources:
    """`sources.csv` made ready for look-ups."""
    names = ["table", "row_key", "column", "source_url", "read_from", "confidence", "note"]
    return {tuple(row[:3]): Source(*row[3:]) for row in sources[names].itertuples(index=False, name=None)}


def cell(sources: Sources, table: str, key: str, column: str) -> Source:
    """The source of one cell; one without a row says that there is none."""
    return sources.get((table, key, column), UNKNOWN)


def own(sources: Sources, plant_id: str, column: str) -> Source:
    """The source of a cell of `plants.csv` or `sites.csv`, in which an id stands once."""
    found = sources.get(("plants", plant_id, column)) or sources.get(("sites", plant_id, column))
    return found or UNKNOWN


def lines(plant: Mapping[str, Any], production: pd.DataFrame, sources: Sources) -> list[Line]:
    """Each line of an Alfa Romeo plant's card (`plant`: a row of a placed table); what is unknown says so."""
    return [
        *_alfa_romeos(plant["plant_id"], production, sources),
        Line("Other brands", _brands(plant["plant_id"], production, sources)),
        Line("Town", (_own(plant, sources, _joined(plant, _PLACE), *_PLACE),)),
        *_optional(plant, sources, "Address", plant.get("address", ""), "address"),
        Line("Location", (_location(plant, sources),)),
        Line("Opened", (_own(plant, sources, _year(plant.get("opened_year")), "opened_year"),)),
        *_optional(plant, sources, "Closed", _year(plant.get("closed_year")), "closed_year"),
        Line("Owner", (_own(plant, sources, plant.get("owner", ""), "owner"),)),
        Line("Site", (_own(plant, sources, _area(plant.get("site_area_m2")), "site_area_m2"),)),
        Line("Employees", (_own(plant, sources, _employees(plant), "employees", "employees_year"),)),
    ]


def title(plant: Mapping[str, Any], sources: Sources, column: str) -> Fact:
    """Name, official name or role as a fact; its text is "" where there is none."""
    text = str(plant.get(column) or "")
    return Fact(text, ((column.replace("_", " "), own(sources, plant["plant_id"], column)),))


def runs(plant_id: str, production: pd.DataFrame, sources: Sources) -> list[RunFact]:
    """A plant's Alfa Romeos, newest first."""
    return [
        RunFact(run_fact(plant_id, run, sources), run.start_year, run.end_year)
        for run in runs_of(production, plant_id, brand=tables.BRAND)
    ]


def run_fact(plant_id: str, run: Run, sources: Sources, text: str = "") -> Fact:
    """One run as a fact: "Giulia (952), since 2016", or other words for it."""
    key = f"{plant_id}|{run.brand}|{run.model}|{run.start_year}"
    whats = {"model": "model", "start_year": "start", "end_year": "end"}
    parts = [name for name in whats if name != "end_year" or run.end_year is not None]
    found = tuple((whats[name], cell(sources, "production", key, name)) for name in parts)
    return Fact(text or f"{run.model}, {run.years}", found)


def output(plant_id: str, table: pd.DataFrame, sources: Sources) -> list[OutputFact]:
    """What a plant built per year, in the order of the years; years without a figure are not there."""
    rows = table[table["plant_id"] == plant_id].sort_values("year")
    return [
        OutputFact(
            Fact(
                f"{year}: {vehicles:,} ({precision})",
                (("number", cell(sources, "output", f"{plant_id}|{year}", "vehicles_built")),),
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
    """Every fact that the plant's card shows."""
    titles = [title(plant, sources, name) for name in ("name", "official_name", "role")]
    shown = [fact for line in lines(plant, known.production, sources) for fact in line.facts]
    built = [one.fact for one in output(plant["plant_id"], known.output, sources)]
    return [fact for fact in [*titles, *shown, *built] if fact.text and fact.sources is not None]


def coverage(plants: pd.DataFrame, known: tables.Tables) -> str:
    """How many of the facts on the cards of these plants have a source, in a sentence or two."""
    sources = index(known.sources)
    rows = plants.to_dict("records")
    facts = [fact for row in rows for fact in all_of({str(k): v for k, v in row.items()}, known, sources)]
    sourced = sum(fact.is_sourced for fact in facts)
    low = sum(fact.is_low for fact in facts)
    rest = len(facts) - sourced
    return (
        f"{sourced:,} of {len(facts):,} facts shown on the cards of {len(rows)} plants have a source for "
        f"every part. The other {rest:,} say “no source”, and {low:,} are marked as of low confidence."
    )


_PLACE = ("town", "region", "country")


def _alfa_romeos(plant_id: str, production: pd.DataFrame, sources: Sources) -> list[Line]:
    every = runs(plant_id, production, sources)
    now = tuple(run for run in every if run.end_year is None)
    before = tuple(run for run in every if run.end_year is not None)
    return [
        Line(term, tuple(run.fact for run in some) or (Fact(tables.NONE_KNOWN),), some)
        for term, some in (("Alfa Romeos now", now), ("Alfa Romeos before", before))
    ]


def _brands(plant_id: str, production: pd.DataFrame, sources: Sources) -> tuple[Fact, ...]:
    """Brands other than Alfa Romeo as one fact; each has its newest model's source."""
    brands = other_brands(production, plant_id)
    if not brands:
        return (Fact(tables.NONE_KNOWN),)
    newest = {run.brand: run for run in reversed(runs_of(production, plant_id))}
    keys = {brand: f"{plant_id}|{brand}|{newest[brand].model}|{newest[brand].start_year}" for brand in brands}
    found = tuple((brand, cell(sources, "production", key, "model")) for brand, key in keys.items())
    return (Fact(join(brands), found),)


def _own(plant: Mapping[str, Any], sources: Sources, text: str, *columns: str) -> Fact:
    """A fact made of cells of the plant's own row; "not stated" where they are empty."""
    if not text:
        return Fact(NOT_STATED)
    filled = [name for name in columns if not is_empty(plant.get(name))]
    return Fact(
        text, tuple((_WORDS.get(name, name), own(sources, plant["plant_id"], name)) for name in filled)
    )


_WORDS = {"opened_year": "year", "closed_year": "year", "site_area_m2": "area", "employees_year": "year"}


def _optional(plant: Mapping[str, Any], sources: Sources, term: str, text: str, column: str) -> list[Line]:
    return [Line(term, (_own(plant, sources, text, column),))] if text else []


def _location(plant: Mapping[str, Any], sources: Sources) -> Fact:
    text = location(plant)
    if is_empty(plant["latitude"]):
        return Fact(text)
    key = plant["plant_id"]
    return Fact(text, tuple((name, cell(sources, "places", key, name)) for name in ("latitude", "longitude")))


def location(plant: Mapping[str, Any]) -> str:
    """Position and how sure it is."""
    if is_empty(plant["latitude"]):
        return "not located"
    position = f"{plant['latitude']:.4f}, {plant['longitude']:.4f}"
    return f"{position}, {accuracy_in_words(plant['accuracy_m'], plant['geocoder'])}"


def _joined(plant: Mapping[str, Any], names: Sequence[str]) -> str:
    return ", ".join(str(plant[name]) for name in names if plant.get(name))


def _year(value: Any) -> str:
    return "" if is_empty(value) else f"{int(value)}"


def _area(value: Any) -> str:
    return "" if is_empty(value) else f"{int(value):,} m² ({value / 10_000:,.1f} hectares)"


def _employees(plant: Mapping[str, Any]) -> str:
    count, year = plant.get("employees"), _year(plant.get("employees_year"))
    return "" if is_empty(count) else f"{int(count):,}" + (f" ({year})" if year else "")


def facts_for_people(facts: pd.DataFrame) -> pd.DataFrame:
    """Rows of sources.csv with a fact's label in place of its column, and a row's key in words."""
    labels = {column.name: column.label for column in COLUMNS}
    own = {"start_year": "Start", "end_year": "End", "vehicles_built": "Vehicles built", "model": "Model"}
    fact = facts["column"].map(labels | own).fillna(facts["column"])
    about = facts["row_key"].str.split("|").map(lambda parts: ", ".join(parts[1:]))
    return facts.assign(column=fact, row_key=about)[list(SOURCE_LABELS)]

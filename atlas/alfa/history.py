"""The history of the plants: the models by place and time, and the vehicles that a plant built per year.

Everything comes from the rows of `production.csv` and `output.csv`, so that a new row shows everywhere.
Knows no Streamlit and no charts.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atlas.alfa import facts, tables
from atlas.alfa.runs import Run, short_name
from atlas.language import gettext, gettext_noop, join, ngettext, number
from atlas.text import fold

AS_OF_TIME = tables.AS_OF_YEAR + tables.AS_OF_MONTH.month / 12
"""The end of the as-of month as a year with a fraction: there, a run without an end year is drawn to end."""

OUTPUT_YEARS = range(2014, 2026)
MOST_FOUND = 6
MOST_NEAR = 3
_MAKER = ("alfa", "romeo")


# ---- runs ------------------------------------------------------------------------------------------


def runs(plants: pd.DataFrame, production: pd.DataFrame) -> pd.DataFrame:
    """Returns the runs at these plants in their order: Alfa Romeos first, then by start.

    Columns: `plant_id`, `plant` (short name), `brand`, `model`, `start_year`, `end_year`, `years` (words),
    `is_alfa`, `begins` and `ends` (years with fractions; an end year counts to its end), `is_open`
    (still built), `note`, `source_url`.
    """
    places = {plant_id: number for number, plant_id in enumerate(plants["plant_id"])}
    rows = production[production["plant_id"].isin(list(places))]
    is_open = rows["end_year"].isna()
    story = rows.assign(
        plant=rows["plant_id"].map(short_names(plants)),
        years=years_in_words(rows),
        is_alfa=rows["brand"] == tables.BRAND,
        begins=rows["start_year"].astype(float),
        ends=(rows["end_year"] + 1).astype("Float64").fillna(AS_OF_TIME).astype(float),
        is_open=is_open,
        _place=rows["plant_id"].map(places),
        _other=rows["brand"] != tables.BRAND,
    )
    ordered = story.sort_values(["_place", "_other", "start_year", "model"], kind="stable")
    return ordered.drop(columns=["_place", "_other"]).reset_index(drop=True)


def years_in_words(rows: pd.DataFrame) -> list[str]:
    """Returns the years of each run in the current language: "since 2016"."""
    return [_years(*pair) for pair in zip(rows["start_year"], rows["end_year"], strict=True)]


def short_names(plants: pd.DataFrame) -> dict[str, str]:
    """Returns plant_id -> its name in a sentence: "Rayong Plant (General Motors)" -> "Rayong"."""
    return {
        plant_id: short_name(name) for plant_id, name in zip(plants["plant_id"], plants["name"], strict=True)
    }


def in_words(story: pd.DataFrame, plants: pd.DataFrame) -> str:
    """Returns what a chart of the runs at these plants shows, for people who do not see it."""
    if story.empty:
        return gettext("No model is known to have been built at the plants shown.")
    newest = _models(story[story["is_open"]])
    first = story.iloc[int(story["begins"].argmin())]
    names = short_names(plants)
    without = [names[plant_id] for plant_id in plants["plant_id"] if plant_id not in set(story["plant_id"])]
    earliest = {"model": first["model"], "plant": first["plant"], "year": str(first["start_year"])}
    sentences = [
        ngettext("{number} model", "{number} models", _models(story)),
        ngettext("at {number} plant", "at {number} plants", story["plant_id"].nunique()),
    ]
    told = ngettext(
        "{models}, the earliest the {model} at {plant} in {year}; {number} is still built ({month}).",
        "{models}, the earliest the {model} at {plant} in {year}; {number} are still built ({month}).",
        newest,
        models=" ".join(sentences),
        month=tables.as_of(),
        **earliest,
    )
    if not without:
        return told
    none = gettext("None is known to have been built at {plants}.", plants=join(without))
    return f"{told} {none}"


def _models(story: pd.DataFrame) -> int:
    """Returns the number of models; one that is built at two plants counts once."""
    return len(story[["brand", "model"]].drop_duplicates())


def as_file(story: pd.DataFrame) -> pd.DataFrame:
    """Returns runs with the columns of a table or a file."""
    return story[
        ["plant_id", "plant", "brand", "model", "start_year", "end_year", "years", "note", "source_url"]
    ]


def _years(start: int, end: Any) -> str:
    return Run("", "", int(start), None if pd.isna(end) else int(end)).years


# ---- a model ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelHistory:
    """The places and years of a model: a sentence, and each run as a fact with its note."""

    model: str
    sentence: str
    runs: tuple[tuple[facts.Fact, str], ...]


def where_built(story: pd.DataFrame, model: str, sources: facts.Sources) -> ModelHistory:
    """Returns "The 156 was built at Pomigliano d'Arco (1997–2007) and at Rayong (2002–2004)." """
    rows = story[story["is_alfa"] & (story["model"] == model)].sort_values("start_year", kind="stable")
    ended = join([_at(row, _AT[0]) for row in rows[~rows["is_open"]].itertuples()])
    still = join([_at(row, _AT[1]) for row in rows[rows["is_open"]].itertuples()])
    both = gettext_noop("The {model} was built {ended}, and has been built {still}.")
    only_ended = gettext_noop("The {model} was built {ended}.")
    only_still = gettext_noop("The {model} has been built {still}.")
    message = both if ended and still else only_ended if ended else only_still
    sentence = gettext(message, model=model, ended=ended, still=still)
    return ModelHistory(model, sentence, runs_with_notes(rows, sources))


_AT = (gettext_noop("at {plant} ({years})"), gettext_noop("at {plant} {years}"))


def _at(row: Any, message: str) -> str:
    return gettext(message, plant=row.plant, years=row.years)


def runs_with_notes(rows: pd.DataFrame, sources: facts.Sources) -> tuple[tuple[facts.Fact, str], ...]:
    """Returns each of some runs as a fact, with its note."""
    return tuple((_run_as_fact(row, sources), str(row["note"])) for row in rows.to_dict("records"))


def _run_as_fact(row: Mapping[Any, Any], sources: facts.Sources) -> facts.Fact:
    end = None if pd.isna(row["end_year"]) else int(row["end_year"])
    run = Run(row["brand"], row["model"], int(row["start_year"]), end)
    return facts.run_fact(row["plant_id"], run, sources, f"{row['plant']}, {run.years}")


# ---- find a model ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelMatches:
    """The models that a text may mean: `models` fit best, `others` in part, `nearest` are spelled alike."""

    models: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def models(story: pd.DataFrame) -> list[str]:
    """Returns all Alfa Romeo models, each once, in alphabetical order."""
    return sorted(set(story.loc[story["is_alfa"], "model"]), key=fold)


def find(known: Sequence[str], text: str) -> ModelMatches:
    """Returns the models that a text names; accents, capitals, brackets and the maker's name do not matter.

    The best way of matching that finds anything counts: the whole name, then one of its parts ("GT" of
    "GT (937)"), then whole words, then beginnings of words, then letters anywhere.
    """
    words = _words(text)
    matches = _matches(known, words) if words else ModelMatches()
    meant = [word for word in words if word not in _MAKER]
    if not matches.models and meant != words:
        matches = _matches(known, meant) if meant else ModelMatches()
    if matches.models or not meant:
        return matches
    return ModelMatches(nearest=_nearest(known, "".join(meant)))


def _matches(known: Sequence[str], words: Sequence[str]) -> ModelMatches:
    joined = "".join(words)
    ways: tuple[Callable[[str], bool], ...] = (
        lambda model: joined == "".join(_words(model)),
        lambda model: joined in _aliases(model),
        lambda model: all(word in _words(model) for word in words),
        lambda model: all(any(own.startswith(word) for own in _words(model)) for word in words),
        lambda model: joined in "".join(_words(model)),
    )
    tiers = [[model for model in known if fits(model)] for fits in ways]
    best = next((tier for tier in tiers if tier), [])
    rest = [model for tier in tiers for model in tier if model not in best]
    return ModelMatches(tuple(best), tuple(dict.fromkeys(rest)))


def _nearest(known: Sequence[str], joined: str) -> tuple[str, ...]:
    spelled: dict[str, list[str]] = {}
    for model in known:
        for alias in _aliases(model):
            spelled.setdefault(alias, []).append(model)
    close = difflib.get_close_matches(joined, spelled, n=2 * MOST_NEAR, cutoff=0.7)
    return tuple(dict.fromkeys(model for alias in close for model in spelled[alias]))[:MOST_NEAR]


def _names(model: str) -> list[str]:
    """Returns the names in a cell: "4C / 4C Spider" -> "4C / 4C Spider", "4C", "4C Spider"."""
    names = [model, *model.split(" / ")]
    return list(dict.fromkeys([*names, *(re.split(r"[(,]", name)[0].strip() for name in names)]))


def _aliases(model: str) -> list[str]:
    """Returns the names in a cell, folded: "4C / 4C Spider" -> "4c4cspider", "4c", "4cspider"."""
    return list(dict.fromkeys("".join(_words(name)) for name in _names(model)))


def name_meant(model: str, text: str) -> str:
    """Returns the name in a cell that a text means, as the cell spells it, "" where it means none of them.

    >>> name_meant("Giulia (105) saloon", "alfa giulia")
    'Giulia'
    """
    words = _words(text)
    meant = ("".join(words), "".join(word for word in words if word not in _MAKER))
    return next((name for name in _names(model) if "".join(_words(name)) in meant), "")


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))


def nothing_found(text: str, matches: ModelMatches) -> str:
    """Returns a friendly sentence for a text that names no model."""
    sentence = gettext("No Alfa Romeo called “{text}” is known here.", text=text[:60])
    way_out = gettext("Did you mean one of these?") if matches.nearest else gettext("Pick one from the list.")
    return f"{sentence} {way_out}"


# ---- output ----------------------------------------------------------------------------------------


def output(plants: pd.DataFrame, built: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of `output.csv` for these plants, by plant and year, plus `plant` (short name)."""
    places = {plant_id: number for number, plant_id in enumerate(plants["plant_id"])}
    rows = built[built["plant_id"].isin(list(places))]
    named = rows.assign(plant=rows["plant_id"].map(short_names(plants)), _place=rows["plant_id"].map(places))
    ordered = named.sort_values(["_place", "year"]).reset_index(drop=True)
    columns = ["plant_id", "plant", "year", "vehicles_built", "precision", "note", "source_url"]
    return ordered[columns]


def output_in_words(rows: pd.DataFrame) -> str:
    """Returns what the charts of output show: "Cassino: 8 of 12 years, 19,364 vehicles in 2025." """
    parts = []
    for plant, some in rows.groupby("plant", sort=False):
        last = some.iloc[-1]
        about = "" if last["precision"] == "exact" else f" ({facts.precision_in_words(last['precision'])})"
        parts.append(
            gettext(
                "{plant}: {known} of {years} years, {vehicles} vehicles in {year}{precision}.",
                plant=str(plant),
                known=number(len(some)),
                years=number(len(OUTPUT_YEARS)),
                vehicles=number(int(last["vehicles_built"])),
                year=str(last["year"]),
                precision=about,
            )
        )
    return " ".join(parts)

"""Where a car was built: a model and a year in words of a visitor, answered in a sentence with its sources.

    >>> answer(story, plants, "Giulia 1968", sources).sentence
    'A 1968 Giulia was built at Arese (1965–1978).'

Everything comes from the runs (see `history.runs`). Knows no Streamlit and no HTML.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from atlas.alfa import facts, history
from atlas.alfa.runs import short_name, without_codes
from atlas.language import gettext, join, number

MOST_LETTERS = 80
MOST_OFFERED = 3
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class BornAnswer:
    """What is known of a car: a sentence, its runs with their sources, the plants, and what else was meant.

    `subject` is short enough for the title of a link: "Your 1975 Alfetta was born in Arese", "" where no
    plant is known. `offers` are texts to ask instead.
    """

    sentence: str
    subject: str = ""
    plant_ids: tuple[str, ...] = ()
    models: tuple[history.ModelHistory, ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Car:
    """A car as it was asked for, and the models that it may be."""

    text: str
    year: int | None
    found: history.ModelMatches


def answer(story: pd.DataFrame, plants: pd.DataFrame, text: str, sources: facts.Sources) -> BornAnswer:
    """Returns where the car that a text names was built; `story` are the runs at all `plants`."""
    known = history.models(story)
    car = _read(known, text[:MOST_LETTERS])
    if not car.found.models:
        return _unknown(car)
    asked = _Story(story[story["is_alfa"]], plants, sources)
    built = asked.in_year(car, car.year) if car.year else None
    if built is not None:
        return built
    if len(car.found.models) > history.MOST_FOUND:
        fitting = {"number": number(len(car.found.models)), "text": car.text}
        sentence = gettext("{number} models fit “{text}”. Type more of the name.", **fitting)
        return BornAnswer(sentence, offers=_with_year(car.found.models, car.year))
    return asked.outside(car, car.year) if car.year else asked.all_years(car)


def _read(known: Sequence[str], text: str) -> _Car:
    """Returns model and year of a text; a number that is a model's name, such as 1900, is no year alone."""
    text = " ".join(text.split())
    years = [] if any(history.name_meant(model, text) for model in known) else list(_YEAR.finditer(text))
    cars = []
    for year in reversed(years):
        rest = " ".join((text[: year.start()] + text[year.end() :]).split()).strip(" ,")
        cars.append(_Car(rest, int(year[0]), history.find(known, rest)))
    named = [car for car in cars if car.found.models] or [car for car in cars if car.found.nearest]
    return named[0] if named else _Car(text, None, history.find(known, text))


def _unknown(car: _Car) -> BornAnswer:
    if _YEAR.fullmatch(car.text):
        return BornAnswer(gettext("{year} is a year. Type the model with it.", year=car.text))
    return BornAnswer(
        history.nothing_found(car.text, car.found), offers=_with_year(car.found.nearest, car.year)
    )


def _with_year(models: Iterable[str], year: int | None) -> tuple[str, ...]:
    """Returns models as texts to ask for."""
    offered = tuple(models)[:MOST_OFFERED]
    return offered if year is None else tuple(f"{model} {year}" for model in offered)


@dataclass(frozen=True)
class _Story:
    """The runs of Alfa Romeos that answers are made of."""

    runs: pd.DataFrame
    plants: pd.DataFrame
    sources: facts.Sources = field(repr=False)

    def all_years(self, car: _Car) -> BornAnswer:
        """Returns all places and years of the models."""
        models = tuple(history.where_built(self.runs, model, self.sources) for model in car.found.models)
        rows = self._rows_of(car.found.models)
        name = next(iter(without_codes(car.found.models)))
        is_one = len(car.found.models) == 1
        return BornAnswer(
            " ".join(model.sentence for model in models),
            gettext("Where the {model} was born", model=name)
            if is_one
            else gettext("Where “{text}” was born", text=car.text),
            tuple(dict.fromkeys(rows["plant_id"])),
            models,
            _with_year(car.found.others, None) if is_one else (),
        )

    def in_year(self, car: _Car, year: int) -> BornAnswer | None:
        """Returns who built the models in that year, and others of that name; None where nobody is known."""
        namesakes = [model for model in car.found.others if history.name_meant(model, car.text)]
        rows = self._in_year([*car.found.models, *namesakes], year)
        if rows.empty or rows["model"].nunique() > history.MOST_FOUND:
            return None
        rows = rows.assign(called=[_called(model, car.text) for model in rows["model"]])
        cars = list(rows.groupby("called", sort=False))
        sentences = tuple(self._sentence(str(called), year, built) for called, built in cars)
        return BornAnswer(
            " ".join(sentences),
            self._subject(str(cars[0][0]), year, cars[0][1])
            if len(cars) == 1
            else gettext("Where a “{text}” of {year} was born", text=car.text, year=str(year)),
            tuple(dict.fromkeys(rows["plant_id"])),
            (history.ModelHistory(car.text, "", history.runs_with_notes(rows, self.sources)),),
        )

    def outside(self, car: _Car, year: int) -> BornAnswer:
        """Returns the years of the models, which that year is not among, and others that it may be."""
        every = self.all_years(car)
        others = self._in_year(car.found.others, year)["model"].drop_duplicates()
        called = _called(car.found.models[0], car.text)
        none = gettext("No {model} is known to have been built in {year}.", model=called, year=str(year))
        return BornAnswer(
            f"{none} {every.sentence}",
            every.subject,
            every.plant_ids,
            every.models,
            _with_year(others.tolist(), year),
        )

    def _rows_of(self, models: Sequence[str]) -> pd.DataFrame:
        return self.runs[self.runs["model"].isin(list(models))].sort_values("start_year", kind="stable")

    def _in_year(self, models: Sequence[str], year: int) -> pd.DataFrame:
        rows = self._rows_of(models)
        return rows[(rows["begins"] <= year) & (rows["ends"] > year)]

    def _sentence(self, called: str, year: int, rows: pd.DataFrame) -> str:
        """Returns "A 1965 Giulia was built at Portello (1962–1965) or at Arese (1965–1978): …"."""
        built = history.runs_with_notes(rows, self.sources)
        places = [
            gettext(
                "at {plant} ({years})",
                plant=str(row.plant),
                years=f"{row.years}, {fact.gap}" if fact.gap else str(row.years),
            )
            for row, (fact, _) in zip(rows.itertuples(), built, strict=True)
        ]
        told = {"year": str(year), "model": called, "places": join(places, "or")}
        if len(set(rows["plant_id"])) > 1:
            return gettext(
                "A {year} {model} was built {places}: more than one plant built it in {year}.", **told
            )
        return gettext("A {year} {model} was built {places}.", **told)

    def _subject(self, called: str, year: int, rows: pd.DataFrame) -> str:
        """Returns "Your 1975 Alfetta was born in Arese"; "in" where a plant is named like its town."""
        known = self.plants.set_index("plant_id")[["name", "town"]]
        places = []
        for plant_id in dict.fromkeys(rows["plant_id"]):
            name, town = known.loc[plant_id]
            name = short_name(name)
            in_town = name == town
            places.append(gettext("in {town}", town=name) if in_town else gettext("at {plant}", plant=name))
        car = {"year": str(year), "model": called}
        return gettext("Your {year} {model} was born {places}", **car, places=join(places, "or"))


def _called(model: str, text: str) -> str:
    """Returns what to call a model in a sentence; a name that begins with a number has the maker's before."""
    name = history.name_meant(model, text) or next(iter(without_codes([model])))
    return f"Alfa Romeo {name}" if name[:1].isdigit() else name

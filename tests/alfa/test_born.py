"""Where a car was born: a model and a year in a visitor's words, answered from the rows of production.csv."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from atlas.alfa import born, facts, history, tables

FOLDER = Path(__file__).parent.parent.parent / "data"
KNOWN = tables.load(FOLDER)
PLANTS = pd.concat([KNOWN.plants, KNOWN.sites], ignore_index=True)
STORY = history.runs(PLANTS, KNOWN.production)
SOURCES = facts.index(KNOWN.sources)
with (FOLDER / "production.csv").open(encoding="utf-8", newline="") as file:
    RUNS = [row for row in csv.DictReader(file) if row["brand"] == "Alfa Romeo"]


def ask(text: str) -> born.BornAnswer:
    return born.answer(STORY, PLANTS, text, SOURCES)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: "|".join(run[name] for name in ("plant_id", "model")))
def test_every_run_answers_for_its_first_and_last_year(run: dict[str, str]) -> None:
    """Model and year, in either order, name its plant; the year before does not, if none built it then."""
    for year in {int(run["start_year"]), int(run["end_year"] or tables.AS_OF_YEAR)}:
        for text in (f"{run['model']} {year}", f"{year} {run['model']}"):
            answer = ask(text)
            assert run["plant_id"] in answer.plant_ids
            assert f"{year}" in answer.sentence
            assert f" {year} " in answer.subject
    before = int(run["start_year"]) - 1
    built = {r["plant_id"] for r in RUNS if r["model"] == run["model"] and _is_built(r, before)}
    if not built and not any(
        _is_built(r, before) for r in RUNS if history.name_meant(r["model"], run["model"])
    ):
        assert "is known to have been built in" in ask(f"{run['model']} {before}").sentence


def _is_built(run: dict[str, str], year: int) -> bool:
    return int(run["start_year"]) <= year <= int(run["end_year"] or tables.AS_OF_YEAR)


ANSWERS = [
    ("Giulia 1968", "A 1968 Giulia was built at Arese (1965–1978).", ("arese",)),
    ("  alfa romeo GIULIA, 1968 ", "A 1968 Giulia was built at Arese (1965–1978).", ("arese",)),
    (
        "giulia 1965",
        (
            "A 1965 Giulia was built at Portello (1962–1965) or at Arese (1965–1978): "
            "more than one plant built it in 1965."
        ),
        ("portello", "arese"),
    ),
    (
        "33 1984",
        (
            "A 1984 Alfa Romeo 33 was built at Pomigliano d'Arco (1983–1995) or at Brits "
            "(1984–1985, no source for start): more than one plant built it in 1984."
        ),
        ("pomigliano", "brits"),
    ),
    ("Junior 2026", "A 2026 Junior was built at Tychy (since 2024).", ("tychy",)),
    ("GTV 1980", "A 1980 GTV was built at Arese (1974–1986).", ("arese",)),
    ("1900 1955", "A 1955 Alfa Romeo 1900 was built at Portello (1950–1959).", ("portello",)),
    (
        "Giulia 1990",
        (
            "No Giulia is known to have been built in 1990. The Giulia (105) saloon was built at Portello "
            "(1962–1965) and at Arese (1965–1978). The Giulia (952) has been built at Cassino since 2016."
        ),
        ("portello", "arese", "cassino"),
    ),
    ("1900", "The 1900 was built at Portello (1950–1959).", ("portello",)),
    ("2000 (Berlina)", "The 2000 (Berlina) was built at Arese (1971–1977).", ("arese",)),
    ("1975", "1975 is a year. Type the model with it.", ()),
    ("Ferrari 1990", "No Alfa Romeo called “Ferrari 1990” is known here. Pick one from the list.", ()),
]


@pytest.mark.parametrize(("text", "sentence", "plants"), ANSWERS, ids=lambda one: str(one)[:24])
def test_answers(text: str, sentence: str, plants: tuple[str, ...]) -> None:
    """One plant, several, a year without any, a model whose name is a number, and no model at all."""
    answer = ask(text)
    assert (answer.sentence, answer.plant_ids) == (sentence, plants)


SUBJECTS = [
    ("1975 Alfetta", "Your 1975 Alfetta was born in Arese or in Brits"),
    ("2008 Brera", "Your 2008 Brera was born at Pininfarina San Giorgio Canavese"),
    ("giuli 1960", "Where a “giuli” of 1960 was born"),
    ("Giulia", "Where “Giulia” was born"),
    ("Ferrari", ""),
]


@pytest.mark.parametrize(("text", "subject"), SUBJECTS)
def test_the_title_of_a_link(text: str, subject: str) -> None:
    """A plant with the name of its town is a place to be born in."""
    assert ask(text).subject == subject


def test_sources_stand_beside_the_sentence() -> None:
    """Each run as a fact with the sources of its model, start and end."""
    (model,) = ask("Giulia 1968").models
    ((fact, note),) = model.runs
    assert (fact.text, note) == ("Arese, 1965–1978", "other pages end it in 1977")
    assert [source.site for _, source in fact.grouped] == ["en.wikipedia.org"] * len(fact.grouped)


OFFERS = [
    ("Giulieta 1960", ("Giulietta (116) 1960", "Giulietta (750/101) 1960", "Giulietta (940) 1960")),
    ("Alfetta 1986", ("Alfetta GT / GTV / GTV6 1986",)),
    ("Giulia 1968", ()),
]


@pytest.mark.parametrize(("text", "offers"), OFFERS)
def test_other_cars_are_offered(text: str, offers: tuple[str, ...]) -> None:
    """Names that are spelled alike, and models that were built that year; each is an answer itself."""
    assert ask(text).offers == offers


def test_a_text_without_end_is_cut() -> None:
    """The answer quotes a part of it."""
    assert len(ask("x" * 10_000).sentence) < 200

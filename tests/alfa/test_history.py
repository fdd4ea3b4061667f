"""The story of the plants: runs, the sentence of a year, where a model was built, finding one, output."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from atlas.alfa import facts, history, runs, tables

FOLDER = Path(__file__).parent.parent.parent / "data"
KNOWN = tables.load(FOLDER)
PLANTS = pd.concat([KNOWN.plants, KNOWN.sites], ignore_index=True)
STORY = history.runs(PLANTS, KNOWN.production)
SOURCES = facts.index(KNOWN.sources)
MODELS = history.models(STORY)
with (FOLDER / "production.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
NAMES = {
    "cassino": "Cassino",
    "pomigliano": "Pomigliano d'Arco",
    "modena": "Modena",
    "arese": "Arese",
    "mirafiori": "Mirafiori",
    "tychy": "Tychy",
    "rho_touring": "Touring Superleggera",
    "brits": "Brits",
    "rayong_gm": "Rayong",
    "san_giorgio_canavese": "Pininfarina San Giorgio Canavese",
    "portello": "Portello",
    "autodelta": "Autodelta",
}


def small(*known: tuple[str, str, str, int, int | None]) -> pd.DataFrame:
    """Runs at the plants "a" (A Plant) and "b" (B Plant (engines))."""
    plants = pd.DataFrame({"plant_id": ["a", "b"], "name": ["A Plant", "B Plant (engines)"]})
    names = ["plant_id", "brand", "model", "start_year", "end_year"]
    rows = pd.DataFrame([(*run,) for run in known], columns=names).assign(note="", source_url="")
    return history.runs(plants, rows.astype({"start_year": "Int64", "end_year": "Int64"}))


# --- runs ---


def test_runs_stand_in_the_order_of_the_plants() -> None:
    """By plant as given, Alfa Romeos first, then by start; an end year counts to its end."""
    story = small(
        ("b", "Alfa Romeo", "33", 1983, 1995),
        ("a", "Fiat", "Panda", 1980, None),
        ("a", "Alfa Romeo", "Tonale", 2022, None),
        ("a", "Alfa Romeo", "Arna", 1983, 1983),
        ("x", "Alfa Romeo", "75", 1985, 1992),
    )
    assert story[["plant", "model", "years", "begins", "ends", "is_open"]].to_numpy().tolist() == [
        ["A", "Arna", "1983", 1983.0, 1984.0, False],
        ["A", "Tonale", "since 2022", 2022.0, history.AS_OF_TIME, True],
        ["A", "Panda", "since 1980", 1980.0, history.AS_OF_TIME, True],
        ["B", "33", "1983–1995", 1983.0, 1996.0, False],
    ]


def test_the_as_of_month_is_the_end_of_what_goes_on() -> None:
    """February is over after two twelfths of the year."""
    assert pytest.approx(2026 + 2 / 12) == history.AS_OF_TIME


def test_no_run_is_lost() -> None:
    """Each row of production.csv is on the timeline of all sites, once."""
    assert len(STORY) == len(ROWS)
    assert sorted(STORY["model"]) == sorted(row["model"] for row in ROWS)


def test_short_names_are_distinct() -> None:
    """Two plants never share the name that sentences use."""
    assert len(set(history.short_names(PLANTS).values())) == len(PLANTS)


def test_the_chart_in_words() -> None:
    """How many models at how many plants, the earliest, how many go on, and the plants without any."""
    story = small(
        ("a", "Alfa Romeo", "Arna", 1983, 1987),
        ("a", "Alfa Romeo", "Tonale", 2022, None),
        ("b", "Alfa Romeo", "Arna", 1985, 1986),
    )
    plants = pd.DataFrame({"plant_id": ["a", "b"], "name": ["A Plant", "B Plant (engines)"]})
    said = "the earliest the Arna at A in 1983; 1 is still built (February 2026)."
    assert history.in_words(story, plants) == f"2 models at 2 plants, {said}"
    assert history.in_words(story[story["plant_id"] == "a"], plants) == (
        f"2 models at 1 plant, {said} None is known to have been built at B."
    )
    nothing = "No model is known to have been built at the plants shown."
    assert history.in_words(story.iloc[:0], plants) == nothing


# --- where was it built, and when? ---

QUESTIONS = {
    "156": "156",
    "GT": "GT (937)",
    "mito": "MiTo",
    "4c": "4C / 4C Spider",
    "Junior": "Junior",
    "alfetta": "Alfetta",
    "33 stradale": "33 Stradale (1967)",
    "33 stradale 2023": "33 Stradale (2023)",
    "ALFASUD": "Alfasud",
    "giulietta 940": "Giulietta (940)",
    "Alfa Romeo Brera": "Brera",
    "Stelvio": "Stelvio (949)",
    "164": "164",
    "Tonale": "Tonale",
}


def expected(model: str) -> str:
    """The sentence, from the rows of production.csv alone."""
    rows = sorted(
        (row for row in ROWS if row["brand"] == "Alfa Romeo" and row["model"] == model),
        key=lambda row: row["start_year"],
    )
    ended = [f"at {NAMES[r['plant_id']]} ({r['start_year']}–{r['end_year']})" for r in rows if r["end_year"]]
    still = [f"at {NAMES[r['plant_id']]} since {r['start_year']}" for r in rows if not r["end_year"]]
    verbs = ([f"was built {' and '.join(ended)}"] if ended else []) + (
        [f"has been built {' and '.join(still)}"] if still else []
    )
    return f"The {model} {', and '.join(verbs)}."


@pytest.mark.parametrize(("text", "model"), QUESTIONS.items())
def test_where_was_my_car_built(text: str, model: str) -> None:
    """A text as people type it names the model, and the sentence says what the tables say."""
    assert history.find(MODELS, text).models[0] == model
    assert history.where_built(STORY, model, SOURCES).sentence == expected(model)


def test_the_sentence_of_the_156() -> None:
    """As a person would say it."""
    answer = history.where_built(STORY, "156", SOURCES)
    assert answer.sentence == "The 156 was built at Pomigliano d'Arco (1997–2007) and at Rayong (2002–2004)."
    assert [note for _, note in answer.runs] == [
        "saloon to 2005, Crosswagon Q4 to end 2007; first builds 1996",
        'from March 2002 for "a couple of years"; end year approximate',
    ]


def test_one_place_ended_and_one_goes_on() -> None:
    """Both are said in one sentence."""
    story = small(("a", "Alfa Romeo", "X", 2000, 2005), ("b", "Alfa Romeo", "X", 2010, None))
    told = history.where_built(story, "X", {})
    assert told.sentence == "The X was built at A (2000–2005), and has been built at B since 2010."


def test_each_run_has_its_sources() -> None:
    """For model, start and end; what has none says so."""
    for model in MODELS:
        for fact, _ in history.where_built(STORY, model, SOURCES).runs:
            assert {what for what, _ in fact.sources or ()} in ({"model", "start", "end"}, {"model", "start"})
            assert not any(source is facts.UNKNOWN for _, source in fact.sources or ())


# --- find a model ---

FOUND = [
    ("33", ("33",)),
    ("alfasud", ("Alfasud",)),
    ("gt", ("GT (937)",)),
    ("gtv", ("Alfetta GT / GTV / GTV6", "GTV / Spider (916)")),
    ("alfa 6", ("Alfa 6",)),
    ("  ALFA   ROMEO  Mi To ", ("MiTo",)),
    ("giulia", ("Giulia (105) saloon", "Giulia (952)")),
    ("2000", ("2000 (102) / 2600 (106)", "2000 (Berlina)")),
    ("stradale", ("33 Stradale (1967)", "33 Stradale (2023)")),
    ("giúlietta (940)", ("Giulietta (940)",)),
    ("lvio", ("Stelvio (949)",)),
    ("", ()),
    ("!?", ()),
    ("panda", ()),
]


@pytest.mark.parametrize(("text", "models"), FOUND)
def test_a_text_finds_models(text: str, models: tuple[str, ...]) -> None:
    """Accents, capitals, brackets, spaces and the maker's name do not matter; the best match wins."""
    assert history.find(MODELS, text).models == models


@pytest.mark.parametrize("model", MODELS)
def test_every_model_finds_itself(model: str) -> None:
    """Its whole name leads to it."""
    assert history.find(MODELS, model).models == (model,)


def test_what_fits_in_part_is_offered() -> None:
    """ "33" is the 33, and may be one of the others."""
    others = ("33 Giardinetta / Sport Wagon", "33 Stradale (1967)", "33 Stradale (2023)")
    assert history.find(MODELS, "33").others == others


@pytest.mark.parametrize(("text", "nearest"), [("alfeta", "Alfetta"), ("gulia", "Giulia (952)")])
def test_a_misspelt_name_has_neighbours(text: str, nearest: str) -> None:
    """Nothing is found, the names that are spelt alike are offered, in a friendly sentence."""
    found = history.find(MODELS, text)
    assert found.models == ()
    assert nearest in found.nearest
    assert history.nothing_found(text, found) == (
        f"No Alfa Romeo called “{text}” is known here. Did you mean one of these?"
    )


def test_nothing_like_it() -> None:
    """A way out all the same."""
    found = history.find(MODELS, "qqqq")
    assert found == history.ModelMatches()
    assert history.nothing_found("qqqq", found).endswith("Pick one from the list.")


def test_a_hostile_text_finds_nothing(hostile: str) -> None:
    """Whatever is typed is no pattern."""
    assert history.find(MODELS, hostile) == history.ModelMatches()


def test_a_new_row_shows_everywhere() -> None:
    """One row of production.csv is in the runs, the year, the list of models, the search and the sentence."""
    row = pd.DataFrame([["tychy", "Alfa Romeo", "Disco Volante II", 2025, pd.NA, "", ""]])
    added = pd.concat([KNOWN.production, row.set_axis(list(KNOWN.production.columns), axis=1)])
    production = added.astype(KNOWN.production.dtypes)
    story = history.runs(PLANTS, production)
    assert "Disco Volante II" in runs.models_in(production, 2025)["tychy"]
    assert history.find(history.models(story), "disco volante").models == ("Disco Volante II",)
    told = history.where_built(story, "Disco Volante II", SOURCES).sentence
    assert told == "The Disco Volante II has been built at Tychy since 2025."
    tychy = next(plant for plant in PLANTS.to_dict("records") if plant["plant_id"] == "tychy")
    placed = {**tychy, "latitude": 50.0, "longitude": 19.0, "accuracy_m": 1.0, "geocoder": ""}
    (now, *_) = facts.lines({str(key): value for key, value in placed.items()}, production, SOURCES)
    assert now.text == "Disco Volante II, since 2025; Junior, since 2024"
    assert not now.facts[0].is_sourced
    status = tables.with_status(PLANTS, production).set_index("plant_id")
    assert status.loc["tychy", "models_now"] == "Junior; Disco Volante II"


# --- output ---


def test_output_of_some_plants() -> None:
    """In the order of the plants and by year, with the short name; others are left out."""
    two = PLANTS[PLANTS["plant_id"].isin(["toluca", "modena"])]
    rows = history.output(two, KNOWN.output)
    assert rows["plant"].unique().tolist() == ["Modena", "Toluca"]
    assert rows["year"].tolist() == [2020, 2021, 2022, 2023, 2024, 2025, 2025]


def test_every_year_of_output_is_on_the_axis() -> None:
    """No figure falls off the charts."""
    assert set(KNOWN.output["year"]) <= set(history.OUTPUT_YEARS)


def test_output_in_words() -> None:
    """How many years have a figure, and the last one with how sure it is."""
    rows = history.output(PLANTS[PLANTS["plant_id"] == "cassino"], KNOWN.output)
    assert history.output_in_words(rows) == "Cassino: 8 of 12 years, 19,364 vehicles in 2025."
    assert history.output_in_words(rows[rows["year"] < 2024]) == (
        "Cassino: 6 of 12 years, 48,800 vehicles in 2023 (rounded)."
    )

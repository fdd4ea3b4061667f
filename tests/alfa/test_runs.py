"""Who builds Alfa Romeos, now and in a year, in words."""

import pandas as pd
import pytest

from atlas.alfa import runs, tables
from atlas.alfa.runs import Builder

PRODUCTION = pd.DataFrame(
    [
        ("a", "Alfa Romeo", "Giulia (952)", 2016, None),
        ("a", "Alfa Romeo", "Stelvio", 2017, None),
        ("a", "Fiat", "126", 1972, 1979),
        ("b", "Alfa Romeo", "Alfetta", 1972, 1984),
        ("b", "Alfa Romeo", "Giulia (105)", 1963, 1977),
        ("b", "Alfa Romeo", "Giulia (105) saloon", 1963, 1977),
    ],
    columns=["plant_id", "brand", "model", "start_year", "end_year"],
).astype({"start_year": "Int64", "end_year": "Int64"})
PLANTS = tables.with_status(
    pd.DataFrame(
        [("a", "Cassino Plant", "Italy"), ("b", "Arese Plant (old)", "Italy"), ("c", "Toluca", "Mexico")],
        columns=["plant_id", "name", "country"],
    ),
    PRODUCTION,
)
CASSINO = Builder("a", "Cassino", "Italy", ("Giulia", "Stelvio"))
YEARS = [
    (1963, [("b", ("Giulia", "Giulia (105) saloon"))]),
    (1977, [("b", ("Alfetta", "Giulia", "Giulia (105) saloon"))]),
    (1978, [("b", ("Alfetta",))]),
    (1990, []),
    (2016, [("a", ("Giulia",))]),
    (tables.AS_OF_YEAR, [("a", ("Giulia", "Stelvio"))]),
]


def test_who_builds_now() -> None:
    """Short names, and models without the code in brackets."""
    assert runs.builders_now(PLANTS) == [CASSINO]
    assert runs.builders_now(PLANTS.iloc[1:]) == []
    assert CASSINO.now_in_words == "Giulia, Stelvio: Cassino"


@pytest.mark.parametrize(("year", "expected"), YEARS, ids=[str(year) for year, _ in YEARS])
def test_who_built_in_a_year(year: int, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """An end year counts; a run without one goes on; cars of other brands are none."""
    found = runs.builders_in(PLANTS, PRODUCTION, year)
    assert [(builder.plant_id, builder.models) for builder in found] == expected


def test_many_models_are_counted() -> None:
    """A line names four of them."""
    builder = Builder("b", "Arese", "Italy", tuple("ABCDEF"))
    assert builder.year_in_words == "Arese (A, B, C, D and 2 more)"


def test_who_else_builds() -> None:
    """A sentence about plants that are not in the table, and none where there are none."""
    junior = Builder("t", "Tychy", "Poland", ("Junior",))
    assert runs.elsewhere_now([junior]) == (
        "The Junior is built at Tychy, Poland: not among the article's five."
    )
    assert runs.elsewhere_now([CASSINO, junior]) == (
        "The Giulia and Stelvio are built at Cassino, Italy; the Junior is built at Tychy, Poland: "
        "not among the article's five."
    )
    assert runs.elsewhere_in([CASSINO, junior], 1975) == (
        "In 1975 Alfa Romeos were also built at Cassino and Tychy: not among the article's five."
    )
    assert (runs.elsewhere_now([]), runs.elsewhere_in([], 1975)) == ("", "")


def test_models_with_their_years() -> None:
    """Those that are built now come first; no other brand is among them."""
    assert list(runs.with_years(PRODUCTION).values()) == [
        "Giulia (952) – since 2016",
        "Stelvio – since 2017",
        "Alfetta – 1972–1984",
        "Giulia (105) – 1963–1977",
        "Giulia (105) saloon – 1963–1977",
    ]


def test_plants_in_short() -> None:
    """Those that build now come first, with the models and years of now; those of no Alfa Romeo last."""
    assert list(runs.in_short(PLANTS, PRODUCTION, None).items()) == [
        ("a", "Giulia, Stelvio · since 2016"),
        ("b", "Alfetta, Giulia, Giulia (105) saloon · 1963–1984"),
        ("c", "No Alfa Romeo known"),
    ]
    assert runs.in_short(PLANTS.iloc[1:2], PRODUCTION, 1980) == {"b": "Alfetta"}

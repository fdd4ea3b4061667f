"""Figures and claims: the map in words, the story of a plant, and what became of the article's claims."""

from html.parser import HTMLParser

import pandas as pd
import pytest

from atlas.alfa import claims, runs
from atlas.alfa.runs import Run
from atlas.catalog import figures, filters
from atlas.catalog.figures import Totals
from atlas.catalog.filters import Selection
from atlas.drawing import cards
from atlas.language import join
from atlas.place_columns import accuracy_in_words

PLANTS = pd.DataFrame(
    {
        "plant_id": ["a", "b", "c"],
        "name": ["Cassino", "Modena", "Toluca"],
        "town": ["Piedimonte", "", ""],
        "country": ["Italy", "Italy", ""],
        "status": ["now", "now", "none"],
    }
)
PRODUCTION = pd.DataFrame(
    [
        ("a", "Alfa Romeo", "Giulia", 2016, pd.NA),
        ("a", "Fiat", "126", 1972, 1979),
        ("a", "Alfa Romeo", "Giulietta", 2010, 2020),
        ("a", "Fiat", "131", 1974, 1984),
        ("a", "Alfa Romeo", "Alfetta", 2016, 2016),
        ("b", "Maserati", "MC20", 2020, pd.NA),
    ],
    columns=["plant_id", "brand", "model", "start_year", "end_year"],
).astype({"start_year": "Int64", "end_year": "Int64"})
CLAIMS = pd.DataFrame(
    [
        ("c1", "Made in Milan", "supported", "Yes.", "a", "https://example.org/1"),
        ("c2", "Made in Toluca", "contradicted", "No.", "a c", ""),
        ("c3", "Owned by FCA", "outdated", "Once.", "", "https://example.org/3"),
        ("c4", "Made in Arese", "supported", "Yes.", "", ""),
    ],
    columns=["claim_id", "claim", "verdict", "evidence", "plant_ids", "source_url"],
)
NAMES = {"a": "Cassino", "c": "<b>Toluca</b>"}


def test_the_models_of_a_plant() -> None:
    """Newest first, same year by name; of one brand if asked; none for an unknown plant."""
    alfas = [
        Run("Alfa Romeo", "Alfetta", 2016, 2016),
        Run("Alfa Romeo", "Giulia", 2016, None),
        Run("Alfa Romeo", "Giulietta", 2010, 2020),
    ]
    assert runs.runs_of(PRODUCTION, "a", brand="Alfa Romeo") == alfas
    assert runs.runs_of(PRODUCTION, "a") == [
        *alfas,
        Run("Fiat", "131", 1974, 1984),
        Run("Fiat", "126", 1972, 1979),
    ]
    assert runs.runs_of(PRODUCTION, "x") == []
    assert [run.years for run in alfas] == ["2016", "since 2016", "2010–2020"]


def test_other_brands() -> None:
    """Each once, in the order of the table, without Alfa Romeo."""
    assert runs.other_brands(PRODUCTION, "a") == ["Fiat"]
    assert runs.other_brands(PRODUCTION, "b") == ["Maserati"]
    assert runs.other_brands(PRODUCTION, "x") == []


def in_words(shown: pd.DataFrame, selection: Selection, *, head: int = 200) -> str:
    """The map of these plants in words, of which the page knows the first `head`."""
    countries = shown.loc[shown["country"] != "", "country"].nunique()
    totals = Totals(len(shown), countries, building_now=0, unplaced=0)
    return figures.in_words(filters.FILTERS, selection, shown.iloc[:head], totals)


def test_the_map_in_words() -> None:
    """How many, where and which, for those who cannot see the map."""
    assert in_words(PLANTS, Selection("plants")) == (
        "3 plants in 1 country: Cassino (Piedimonte), Modena (Italy), Toluca."
    )


def test_the_map_in_words_for_few() -> None:
    """One plant, and none."""
    italy = Selection("plants", (("country", ("Italy",)),))
    assert in_words(PLANTS.iloc[:1], italy) == "1 plant in Italy: Cassino (Piedimonte)."
    assert in_words(PLANTS.iloc[:0], italy) == "No plant in Italy."


def test_the_map_in_words_for_many() -> None:
    """Twenty are named, the rest is counted."""
    many = pd.DataFrame(
        {
            "name": [f"P{n}" for n in range(1500)],
            "town": "T",
            "country": "C",
        }
    )
    named = ", ".join(f"P{n} (T)" for n in range(20))
    sentence = f"1,500 plants in 1 country: {named} and 1,480 more."
    assert in_words(many, Selection("plants")) == sentence
    assert in_words(many, Selection("plants"), head=20) == sentence


def test_the_map_in_words_for_another_table() -> None:
    """A table may lack towns and countries; its own filters speak."""
    table = pd.DataFrame({"name": ["A", "B"], "fuel": ["gas", "gas"]}).astype("str")
    rows = filters.rows_for(pd.DataFrame({"name": [*"abcd"], "fuel": ["gas", "coal"] * 2}).astype("str"))
    selection = Selection("plants", (("fuel", ("gas",)),))
    words = figures.in_words([row.spoken for row in rows], selection, table, Totals(2, 0, 0, 2))
    assert words == "2 plants with fuel gas: A, B."


def test_places_in_words() -> None:
    """Town and country as far as they are stated, and as far as the table has them."""
    places = pd.DataFrame({"town": ["Melfi", "", "Suva", ""], "country": ["Italy", "Italy", "", ""]})
    assert figures.places_in_words(places) == ["Melfi, Italy", "Italy", "Suva", ""]
    assert figures.places_in_words(places[["country"]]) == ["Italy", "Italy", "", ""]
    assert figures.places_in_words(places[[]]) == ["", "", "", ""]


ACCURACIES = [
    (300.0, "published coordinate", "within about 300 m (published coordinate)"),
    (1000.0, "estimate on the map", "within about 1 km (estimate on the map)"),
    (1500.0, "", "within about 1.5 km"),
    (5000.0, "nominatim", "within about 5 km (nominatim)"),
    (1_868_200.0, "gazetteer", "within about 1,868 km (gazetteer)"),
    (float("nan"), "given in the table", "accuracy not stated (given in the table)"),
    (float("nan"), "", "accuracy not stated"),
]


@pytest.mark.parametrize(("accuracy_m", "geocoder", "words"), ACCURACIES)
def test_how_sure_a_position_is(accuracy_m: float, geocoder: str, words: str) -> None:
    """Metres below a kilometre, kilometres above, and how it was found."""
    assert accuracy_in_words(accuracy_m, geocoder) == words


@pytest.mark.parametrize(
    ("certainty", "words"),
    [
        ("sure", "within about 15 km (gazetteer)"),
        ("likely", "likely: within about 15 km (gazetteer)"),
        ("ambiguous", "one of several places of this name: within about 15 km (gazetteer)"),
        ("guess", "a guess: within about 15 km (gazetteer)"),
        (None, "within about 15 km (gazetteer)"),
    ],
)
def test_a_doubtful_position_says_so_first(certainty: str | None, words: str) -> None:
    assert accuracy_in_words(15_000, "gazetteer", certainty) == words


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_words_are_joined(words: list[str], text: str) -> None:
    """As people write lists."""
    assert join(words) == text


def test_the_sources_of_a_plant() -> None:
    """Its own cells, position, models and output; not those of a plant whose id begins alike."""
    sources = pd.DataFrame(
        [
            ("plants", "a", "name", "web page", "high"),
            ("sites", "abc", "name", "web page", "high"),
            ("plants", "ab", "name", "web page", "high"),
            ("places", "a", "latitude", "none", "low"),
            ("production", "a|Fiat|126|1972", "model", "web page", "medium"),
            ("production", "ab|Fiat|126|1972", "model", "web page", "medium"),
            ("output", "a|2025", "vehicles_built", "web page", "high"),
            ("claims", "a", "verdict", "web page", "high"),
        ],
        columns=["table", "row_key", "column", "read_from", "confidence"],
    )
    facts = runs.facts_with_sources(sources, "a")
    assert facts["row_key"].tolist() == ["a", "a", "a|Fiat|126|1972", "a|2025"]
    assert facts["table"].tolist() == ["plants", "places", "production", "output"]
    assert runs.coverage(facts) == "3 of 4 facts have a source; 1 has low confidence."


# --- claims ---


class Texts(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_claims_are_counted() -> None:
    """Verdicts that occur, in their fixed order, with counts."""
    assert claims.options(CLAIMS) == ["supported", "outdated", "contradicted"]
    assert [claims.label(CLAIMS)(verdict) for verdict in claims.options(CLAIMS)] == [
        "Supported (2)",
        "Outdated (1)",
        "Contradicted (1)",
    ]
    assert claims.summary(CLAIMS) == (
        "Of 4 claims, 2 supported, 1 outdated and 1 contradicted. "
        "Each says why; all but the opinions link to a source."
    )


def test_claims_of_one_verdict() -> None:
    """The sentence holds when all claims have the same verdict."""
    assert claims.summary(CLAIMS.iloc[:1]).startswith("Of 1 claims, 1 supported.")


def test_no_claims() -> None:
    """A table without claims is no crash."""
    assert claims.options(CLAIMS.iloc[:0]) == []
    assert "0 claims" in claims.summary(CLAIMS.iloc[:0])


def test_the_claims_as_html() -> None:
    """Each claim with verdict, evidence, source and the plants it is about, by name."""
    page = Texts(cards.claims_as_html(CLAIMS, None, NAMES))
    assert page.tags.count("article") == 4
    assert page.links == ["https://example.org/1", "https://example.org/3"]
    assert "About: Cassino, <b>Toluca</b>" in page.text
    assert page.text.count("no source") == 2


def test_the_claims_of_a_verdict() -> None:
    """A chosen verdict shows only its claims."""
    page = Texts(cards.claims_as_html(CLAIMS, "supported", NAMES))
    assert page.tags.count("article") == 2
    assert "Owned by FCA" not in page.text


def test_a_hostile_claim_is_text(hostile: str) -> None:
    """Nothing in a claim, its evidence or a plant's name becomes a tag."""
    rows = CLAIMS.iloc[:1].assign(claim=hostile, evidence=hostile)
    page = Texts(cards.claims_as_html(rows, None, {"a": hostile}))
    plain = Texts(cards.claims_as_html(CLAIMS.iloc[:1], None, NAMES))
    assert page.tags == plain.tags
    assert page.text.count(hostile) == 3

"""What the tables claim, held against itself: plans are no production, sums add up, no word too many."""

import csv
import math
import re
from pathlib import Path

import pandas as pd
import pytest
from geopy.distance import geodesic

from atlas import site
from atlas.alfa import claims, facts, history, runs, tables
from atlas.geocoding import gazetteer

ROOT = Path(__file__).parent.parent.parent
KNOWN = tables.load(ROOT / "data")
STORY = history.runs(pd.concat([KNOWN.plants, KNOWN.sites], ignore_index=True), KNOWN.production)
MODELS = history.models(STORY)
SOURCES = facts.index(KNOWN.sources)
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


PRODUCTION, OUTPUT, CLAIMS, LISTED = (read(name) for name in ("production", "output", "claims", "sources"))
SITES = [*read("plants"), *read("sites")]
PLACES = {row["query"]: row for row in read("places")}
OPINIONS = {row["row_key"] for row in LISTED if row["table"] == "claims" and row["read_from"] == "none"}


def run_key(row: Row) -> str:
    return "|".join(row[name] for name in ("plant_id", "brand", "model", "start_year"))


def cells_of(row: Row) -> list[Row]:
    """The rows of sources.csv about a run."""
    return [source for source in LISTED if source["row_key"] == run_key(row)]


# --- runs ---

PLAN = re.compile(r"\b(announced|planned|expected|scheduled)\b(?! to)", re.IGNORECASE)


def test_a_plan_is_not_production() -> None:
    """What is said to be built still was not only announced, and no run begins after the as-of month."""
    still = [row for row in PRODUCTION if not row["end_year"]]
    notes = {run_key(row): [row["note"], *(cell["note"] for cell in cells_of(row))] for row in still}
    assert {key: said for key, said in notes.items() if any(PLAN.search(note) for note in said)} == {}
    late = [row for row in PRODUCTION if int(row["start_year"]) >= tables.AS_OF_YEAR]
    assert [row for row in late if not re.search(r"\b(Jan|Feb) 2026", row["note"])] == []


def test_no_cars_in_the_first_world_war() -> None:
    """No Alfa Romeo is listed for the years in which Portello made arms."""
    for year in range(1916, 1919):
        assert runs.models_in(KNOWN.production, year) == {}


def test_before_the_name_they_were_alfas() -> None:
    """Each car from before the name Alfa Romeo says in its note what it was called."""
    assert runs.models_in(KNOWN.production, 1912) == {"portello": ["24 HP", "15 HP"]}
    early = [r for r in PRODUCTION if r["brand"] == tables.BRAND and int(r["start_year"]) < 1920]
    assert len(early) == 6
    assert [row for row in early if "A.L.F.A. at the time" not in row["note"]] == []


def test_a_note_says_what_has_no_source() -> None:
    """ "General knowledge" stands in the note of a run exactly where one of its cells has no source."""
    told = {run_key(row) for row in PRODUCTION if "general knowledge" in row["note"]}
    assert told == {
        run_key(row) for row in PRODUCTION if any(c["read_from"] == "none" for c in cells_of(row))
    }


WHERE = {
    "156": "The 156 was built at Pomigliano d'Arco (1997–2007) and at Rayong (2002–2004).",
    "gt": "The GT (937) was built at Pomigliano d'Arco (2003–2010).",
    "mito": "The MiTo was built at Mirafiori (2008–2018).",
    "4c": "The 4C / 4C Spider was built at Modena (2013–2020).",
    "junior": "The Junior has been built at Tychy since 2024.",
    "alfetta": "The Alfetta was built at Arese (1972–1984) and at Brits (1973–1985).",
    "alfasud": "The Alfasud was built at Pomigliano d'Arco (1972–1983).",
    "giulietta 940": "The Giulietta (940) was built at Cassino (2010–2020).",
    "brera": "The Brera was built at Pininfarina San Giorgio Canavese (2005–2010).",
    "33 stradale": "The 33 Stradale (1967) was built at Autodelta (1967–1969).",
    "33 stradale 2023": "The 33 Stradale (2023) has been built at Touring Superleggera since 2024.",
    "montreal": "The Montreal was built at Arese (1971–1977).",
    "sz": "The SZ (ES-30) was built at Zagato (1989–1991).",
    "rz": "The RZ (ES-30) was built at Zagato (1992–1993).",
    "giulietta sprint": "The Giulietta Sprint (750/101) was built at Bertone Grugliasco (1954–1965).",
    "gtv 916": (
        "The GTV / Spider (916) was built at Arese (1995–2000) and at Pininfarina San Giorgio Canavese "
        "(2000–2005)."
    ),
    "6c 2500": "The 6C 2500 was built at Portello (1938–1952).",
}


@pytest.mark.parametrize(("text", "sentence"), WHERE.items())
def test_where_was_it_built(text: str, sentence: str) -> None:
    """What enthusiasts type is found, and answered from the tables."""
    assert history.where_built(STORY, history.find(MODELS, text).models[0], SOURCES).sentence == sentence


def test_two_cars_called_33_stradale() -> None:
    """The name alone offers both, by year."""
    assert history.find(MODELS, "33 Stradale").models == ("33 Stradale (1967)", "33 Stradale (2023)")


CHOSEN = [
    ("GTV and Spider (916): start", "arese|Alfa Romeo|GTV / Spider (916)|1995", "start_year"),
    ("Giulia (105): end", "arese|Alfa Romeo|Giulia (105) saloon|1965", "end_year"),
    ("2000 (Berlina): end", "arese|Alfa Romeo|2000 (Berlina)|1971", "end_year"),
    ("Montreal: start", "arese|Alfa Romeo|Montreal|1971", "start_year"),
    ("6C 2500: end", "portello|Alfa Romeo|6C 2500|1938", "end_year"),
    ("8C 2300 and 8C 2900: years", "portello|Alfa Romeo|8C 2900|1936", "start_year"),
    ("Portello: first cars", "portello|Darracq|8/10 HP and 14/16 HP|1906", "start_year"),
    ("Portello: cars after the First World War", "portello|Alfa Romeo|20-30 HP / ES|1920", "start_year"),
    ("SZ and RZ: years", "rho_zagato|Alfa Romeo|RZ (ES-30)|1992", "end_year"),
]


@pytest.mark.parametrize(("topic", "key", "column"), CHOSEN)
def test_the_year_we_chose_is_in_the_table(topic: str, key: str, column: str) -> None:
    """The year that a disagreement says we took is that of the run."""
    (chosen,) = [row["we_chose"] for row in read("disagreements") if row["topic"] == topic]
    (year,) = [row[column] for row in PRODUCTION if run_key(row) == key]
    assert year in chosen


# --- numbers ---


def test_the_parts_of_a_number_add_up() -> None:
    """Numbers of models in a note make the total, or the note says by how much they differ."""
    checked = 0
    for row in OUTPUT:
        parts = [int(n.replace(",", "")) for n in re.findall(r"\b(\d[\d,]*) [A-Z][a-z]+\b", row["note"])]
        if len(parts) > 1:
            more = re.search(r"together (\d+) more than the total", row["note"])
            assert sum(parts) - int(row["vehicles_built"]) == (int(more[1]) if more else 0), row
            checked += 1
    assert checked == 1


def test_a_sum_in_words_is_right() -> None:
    """ "36,564 … (19,364 + 17,200)": the parts make the number before them."""
    sums = [
        (whole, parts)
        for row in CLAIMS
        for whole, parts in re.findall(r"([\d,]+)[^()\d]*[^()]*\(([\d,]+(?: \+ [\d,]+)+)\)", row["evidence"])
    ]
    assert len(sums) == 1
    for whole, parts in sums:
        assert sum(int(part.replace(",", "")) for part in parts.split(" + ")) == int(whole.replace(",", ""))


def test_a_round_number_is_not_called_exact() -> None:
    """A number published as "about" or "over" is rounded."""
    exact = [row for row in OUTPUT if row["precision"] == "exact"]
    assert [row for row in exact if re.search(r"\b(about|over)\b", row["note"])] == []


# --- claims ---

ARTICLE = """
1910 a acronym alfa allure also an and anonima arco are artistry as aspect attention automobile
automobiles automobili automotive back beyond birthplace brand brands but by captivate car cars
cassino century chrysler company continues countries craftsmanship currently d dating dedication
design detail each elegant embodied engines english ensuring enthusiasts essence every evident
evolution excellence expanded extended fabbrica facilities facility factory fca fiat fine finest
for founded global group grown has here high historic history iconic impact in inception
initially is italian italy its just key known location lombard lombarda love luxury made
maintained manufacture manufactured manufacturer manufacturing melfi mexico milan models modena
most multiple name not of only operates other over owned passion perfection performance pivotal
plant played plays pomigliano portello powerful presence produce producing production public
quality remarkable renowned represents revered rich role romeo s since some specific spirit
standards strong symbolizes testament that the their these this timeless to today toluca
translates under vehicle vehicles vital was were where which with worldwide years
"""
"""The words of the article as far as it could be read, each once: its first part, and single sentences."""

NOT_READ = {f"c{number}" for number in range(24, 33)}
"""Claims about the end of the article, which could not be read again (see data/README.md)."""


def test_a_claim_is_in_the_words_of_the_article() -> None:
    """No word of a claim is ours."""
    known = set(ARTICLE.split())
    ours = {
        row["claim_id"]: set(re.findall(r"[a-z0-9]+", row["claim"].lower())) - known
        for row in CLAIMS
        if row["claim_id"] not in NOT_READ
    }
    assert {claim: words for claim, words in ours.items() if words} == {}


def test_evidence_has_a_page_unless_it_is_an_opinion() -> None:
    """A verdict without a page is "not verifiable", and sources.csv says that the claim is an opinion."""
    without = {row["claim_id"]: row["verdict"] for row in CLAIMS if not row["source_url"]}
    assert set(without) == OPINIONS
    assert set(without.values()) == {"not verifiable"}
    notes = [row["note"] for row in LISTED if row["table"] == "claims" and row["row_key"] in without]
    assert set(notes) == {"opinion; no source needed"}


def test_the_summary_says_no_more() -> None:
    """It promises no link for opinions."""
    assert claims.summary(KNOWN.claims) == (
        "Of 34 claims, 18 supported, 2 outdated, 8 contradicted and 6 not verifiable. "
        "Each says why; all but the opinions link to a source."
    )
    linked = KNOWN.claims[KNOWN.claims["source_url"] != ""]
    assert claims.summary(linked).endswith("Each says why; all link to a source.")


# --- places ---


OUTLYING_M = {"xerem_fnm": 22_000}
"""How far a district lies from the middle of its town, where that is farther than the town is large."""


@pytest.mark.parametrize("row", SITES, ids=[row["plant_id"] for row in SITES])
def test_a_point_is_near_its_town(row: Row) -> None:
    """Within its accuracy and the town's own size, unless a published coordinate says otherwise."""
    place = PLACES[row["address"]]
    here = float(place["latitude"]), float(place["longitude"])
    town = gazetteer.load().geocode(row["address"])
    assert town.raw["name"] == row["town"]
    away_m = geodesic(here, (town.latitude, town.longitude)).meters
    if place["geocoder"].startswith("town centre"):
        assert away_m < 100
        assert int(place["accuracy_m"]) >= 5000
    elif place["geocoder"] != "published coordinate":
        size_m = OUTLYING_M.get(row["plant_id"], town.raw["accuracy_m"])
        assert away_m <= int(place["accuracy_m"]) + size_m


@pytest.mark.parametrize(
    "row", [row for row in SITES if row["site_area_m2"]], ids=lambda row: row["plant_id"]
)
def test_accuracy_is_honest_for_large_works(row: Row) -> None:
    """The point may be any spot of the works, so its margin is no less than their radius."""
    radius = math.sqrt(int(row["site_area_m2"]) / math.pi)
    assert int(PLACES[row["address"]]["accuracy_m"]) >= radius


LEAST_M = {
    "hamlet": 1000,
    "district": 2000,
    "town": 5000,
    "municipality": 5000,
    "city": 10_000,
    "province": 30_000,
}
"""How small the margin of a point may be at least, by how much of the address is known."""


def test_a_vague_address_has_a_wide_margin() -> None:
    """Where sources.csv says "city only" of an address, the point is not called exact to a few kilometres."""
    vague = {
        row["row_key"]: re.findall(rf"\b({'|'.join(LEAST_M)}) only", row["note"])
        for row in LISTED
        if row["column"] == "address"
    }
    margins = {row["plant_id"]: int(PLACES[row["address"]]["accuracy_m"]) for row in SITES}
    assert sum(map(bool, vague.values())) == 9
    assert [key for key, kinds in vague.items() if any(margins[key] < LEAST_M[kind] for kind in kinds)] == []


def test_an_owner_is_somebody() -> None:
    """What became of the works stands in the role."""
    assert [r for r in SITES if re.search(r"redeveloped|abandoned|demolished|closed", r["owner"])] == []


# --- sentences ---


def test_no_sentence_promises_a_source_for_everything() -> None:
    """README, page description and share tags; some facts have none."""
    assert any(row["read_from"] == "none" for row in LISTED)
    for text in (site.ALFA.words, (ROOT / "README.md").read_text(encoding="utf-8")):
        assert re.search(r"(source|link)\w* (behind|for|to) (every|each)", text) is None


def test_the_readme_counts_the_sources() -> None:
    """The coverage in data/README.md is that of the table."""
    sourced = sum(row["read_from"] != "none" for row in LISTED)
    low = sum(row["confidence"] == "low" for row in LISTED)
    assert (
        f"{sourced} of the {len(LISTED)} values in `sources.csv` have a source. "
        f'The other {len(LISTED) - sourced} say "none", and {low} are of low confidence.'
    ) in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_a_source_is_a_page_that_says_it() -> None:
    """No difference between versions, no search, no mailing list."""
    poor = re.compile(r"DiffMobile|[?&]diff=|oldid=|/search\?|krusty-motorsports|msg\d+\.html")
    assert [row for row in LISTED if poor.search(row["source_url"])] == []

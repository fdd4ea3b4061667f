"""The tables that ship: every row of every file keeps what data/README.md promises."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from atlas.alfa import schemas, tables

FOLDER = Path(__file__).parent.parent.parent / "data"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


TABLES = {
    name: read(name)
    for name in (
        "plants",
        "sites",
        "places",
        "production",
        "output",
        "claims",
        "sources",
        "disagreements",
        "changes",
        "story",
    )
}
SITES = [*TABLES["plants"], *TABLES["sites"]]
IDS = [row["plant_id"] for row in SITES]
ID_OF_ADDRESS = {row["address"]: row["plant_id"] for row in SITES}
# south, north, west, east
COUNTRIES = {
    "Brazil": ("BR", (-33.8, 5.3, -74.0, -34.7)),
    "Italy": ("IT", (35.4, 47.1, 6.6, 18.6)),
    "Mexico": ("MX", (14.5, 32.8, -118.5, -86.7)),
    "Poland": ("PL", (49.0, 54.9, 14.1, 24.2)),
    "South Africa": ("ZA", (-34.9, -22.1, 16.4, 32.9)),
    "Thailand": ("TH", (5.6, 20.5, 97.3, 105.7)),
}
KEYS: dict[str, Callable[[Row], str]] = {
    "plants": lambda row: row["plant_id"],
    "sites": lambda row: row["plant_id"],
    "places": lambda row: ID_OF_ADDRESS[row["query"]],
    "production": lambda row: "|".join(row[name] for name in ("plant_id", "brand", "model", "start_year")),
    "output": lambda row: f"{row['plant_id']}|{row['year']}",
    "claims": lambda row: row["claim_id"],
}
SOURCED = {
    "plants": [name for name in TABLES["plants"][0] if name != "plant_id"],
    "sites": [name for name in TABLES["sites"][0] if name != "plant_id"],
    "places": ["latitude", "longitude"],
    "production": ["model", "start_year", "end_year"],
    "output": ["vehicles_built"],
    "claims": ["verdict"],
}
# table -> the column whose source the table itself shows
SHOWN_SOURCE = {"places": "latitude", "production": "model", "output": "vehicles_built", "claims": "verdict"}


def broken(name: str, rule: Callable[[Row], object]) -> list[str]:
    """File, row as a spreadsheet counts, and cells of every row that does not keep `rule`."""
    return [
        f"{name}.csv, row {number}: {row}"
        for number, row in enumerate(TABLES[name], start=2)
        if not rule(row)
    ]


def section(title: str) -> str:
    """The text of README.md below a heading."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def documented(title: str) -> dict[str, str]:
    """Column -> "may be empty?" as the section's first table has it."""
    first = section(title).split("| column |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", first, flags=re.MULTILINE)
    assert rows, title
    return dict(rows)


# --- what is there ---


def test_the_five_plants_of_the_article() -> None:
    """plants.csv holds exactly the article's five plants, in its order and by its names."""
    assert [(row["plant_id"], row["name"]) for row in TABLES["plants"]] == [
        ("cassino", "Cassino Plant"),
        ("pomigliano", "Pomigliano d'Arco Plant"),
        ("melfi", "Melfi Plant"),
        ("modena", "Modena Plant"),
        ("toluca", "Toluca Plant"),
    ]


def test_seventeen_other_sites() -> None:
    """Seventeen other sites, from Portello to Autodelta."""
    assert len(TABLES["sites"]) == 17
    assert {"portello", "arese", "mirafiori", "tychy", "rho_touring"} <= set(IDS)


def test_the_claims_and_their_verdicts() -> None:
    """34 claims, c01 to c34, with the verdicts that the Sources page counts."""
    assert [row["claim_id"] for row in TABLES["claims"]] == [f"c{number:02}" for number in range(1, 35)]
    assert Counter(row["verdict"] for row in TABLES["claims"]) == {
        "supported": 18,
        "outdated": 2,
        "contradicted": 8,
        "not verifiable": 6,
    }


def test_who_builds_alfa_romeos_today() -> None:
    """The status worked out from the models is the one that README.md tells."""
    known = tables.load(FOLDER)
    five = tables.with_status(known.plants, known.production)
    others = tables.with_status(known.sites, known.production)
    assert dict(zip(five["plant_id"], five["status"], strict=True)) == {
        "cassino": "now",
        "pomigliano": "now",
        "melfi": "none",
        "modena": "before",
        "toluca": "none",
    }
    assert others.loc[others["status"] == "now", "plant_id"].tolist() == ["tychy", "rho_touring"]
    assert others.loc[others["status"] == "none", "plant_id"].tolist() == ["termoli"]


def test_the_tables_load() -> None:
    """The program's own checks find nothing wrong, and lose no row."""
    known = tables.load(FOLDER)
    assert {name: len(getattr(known, name)) for name in schemas.SCHEMAS} == {
        name: len(TABLES[name]) for name in schemas.SCHEMAS
    }


@pytest.mark.parametrize("name", TABLES)
def test_cells_are_tidy(name: str) -> None:
    """No row is ragged, no cell begins or ends with white space, holds a line break or a formula."""
    assert broken(name, lambda row: None not in row and None not in row.values()) == []
    assert broken(name, lambda row: all(cell == cell.strip() for cell in row.values())) == []
    assert broken(name, lambda row: all(cell.isprintable() for cell in row.values())) == []
    assert broken(name, lambda row: not any(_runs(cell) for cell in row.values())) == []


def _runs(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula; -99.6 is a number."""
    return cell.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-\d+(\.\d+)?", cell)


# --- ids, years, countries, links ---


def test_ids_are_unique_and_exist() -> None:
    """A plant_id occurs once in plants and sites together; every other table names only such ids."""
    assert [plant for plant, count in Counter(IDS).items() if count > 1] == []
    assert broken("production", lambda row: row["plant_id"] in IDS) == []
    assert broken("output", lambda row: row["plant_id"] in IDS) == []
    assert broken("claims", lambda row: set(row["plant_ids"].split(" ")) - {""} <= set(IDS)) == []


@pytest.mark.parametrize("name", KEYS)
def test_no_row_stands_twice(name: str) -> None:
    """What names a row (README.md, row_key) names one row only."""
    keys = Counter(KEYS[name](row) for row in TABLES[name])
    assert [key for key, count in keys.items() if count > 1] == []


def test_years_are_in_order() -> None:
    """Nothing ends before it begins, and nothing lies in the future of the as-of date."""
    assert (
        broken(
            "sites",
            lambda r: not (r["opened_year"] and r["closed_year"]) or r["opened_year"] <= r["closed_year"],
        )
        == []
    )
    assert broken("production", lambda row: not row["end_year"] or row["start_year"] <= row["end_year"]) == []
    years = {
        "plants": ("opened_year", "employees_year"),
        "sites": ("opened_year", "employees_year", "closed_year"),
        "production": ("start_year", "end_year"),
        "output": ("year",),
    }
    for name, columns in years.items():
        assert broken(name, lambda row, columns=columns: all(_is_year(row[one]) for one in columns)) == []


def _is_year(cell: str) -> bool:
    return cell == "" or (re.fullmatch(r"\d{4}", cell) is not None and 1900 <= int(cell) <= 2026)


def test_country_and_code_agree() -> None:
    """The two letters are those of the country (ISO 3166-1)."""
    for name in ("plants", "sites"):
        assert broken(name, lambda row: row["country_code"] == COUNTRIES[row["country"]][0]) == []


def test_the_address_ends_with_the_country() -> None:
    """An address says its country, so that a geocoder looks in the right one."""
    for name in ("plants", "sites"):
        assert broken(name, lambda row: row["address"].endswith(f", {row['country']}")) == []


@pytest.mark.parametrize("name", TABLES)
def test_links_are_links(name: str) -> None:
    """Every link is empty or begins with http:// or https:// and names a host."""
    for column in ("source_url", "wikipedia_url"):
        if column in TABLES[name][0]:
            assert (
                broken(
                    name,
                    lambda row, column=column: (
                        not row[column] or re.fullmatch(r"https?://[\w.-]+\.\w+(/\S*)?", row[column])
                    ),
                )
                == []
            )


# --- places ---


def test_every_address_has_exactly_one_place() -> None:
    """places.csv answers for every address once and for nothing else: no request at the first start."""
    assert Counter(row["query"] for row in TABLES["places"]) == Counter(row["address"] for row in SITES)


def test_places_lie_in_their_country() -> None:
    """A plant's point is in the rough box around its country: no swapped or mistyped coordinates."""
    country = {row["address"]: row["country"] for row in SITES}

    def lies_inside(row: Row) -> bool:
        south, north, west, east = COUNTRIES[country[row["query"]]][1]
        return south <= float(row["latitude"]) <= north and west <= float(row["longitude"]) <= east

    assert broken("places", lies_inside) == []


def test_places_say_how_sure_they_are() -> None:
    """Accuracy is stated and fits the way in which the point was found; the day is a date."""
    metres = {
        "published coordinate": {400, 800, 900, 1000},
        "estimate on the map": {400, 1000, 2000},
        "town centre (GeoNames)": {5000, 7000, 10_000, 15_000},
    }
    assert broken("places", lambda row: int(row["accuracy_m"]) in metres[row["geocoder"]]) == []
    assert broken("places", lambda row: row["source_url"] or row["geocoder"].startswith("estimate")) == []
    assert broken("places", lambda row: date.fromisoformat(row["retrieved"]) <= date(2026, 11, 25)) == []


# --- the story ---


def test_the_story_goes_from_the_first_year_to_today() -> None:
    """Its steps are numbered from 1 without a gap, their years go on, and the last plant builds today."""
    steps = TABLES["story"]
    assert [row["step"] for row in steps] == [str(number) for number in range(1, 8)]
    years = [row["year"] for row in steps]
    assert (years[0], years) == ("1910", sorted(years))
    runs = [row for row in TABLES["production"] if row["plant_id"] == steps[-1]["plant_id"]]
    assert any(row["brand"] == "Alfa Romeo" and not row["end_year"] for row in runs)


def test_the_story_states_nothing_new() -> None:
    """The source of a step is one of the plant's, and its year one in which something is known of it."""
    urls = {(row["row_key"].split("|")[0], row["source_url"]) for row in TABLES["sources"]}
    assert broken("story", lambda row: (row["plant_id"], row["source_url"]) in urls) == []
    years = {(row["plant_id"], row["opened_year"]) for row in SITES}
    for row in TABLES["production"]:
        years |= {(row["plant_id"], row["start_year"]), (row["plant_id"], row["end_year"])}
    assert broken("story", lambda row: (row["plant_id"], row["year"]) in years) == []


# --- sources ---


@pytest.mark.parametrize("name", SOURCED)
def test_every_value_has_exactly_one_source(name: str) -> None:
    """Each filled cell has one row in sources.csv with the same value, and no row is about anything else."""
    cells = Counter(
        (KEYS[name](row), column, row[column])
        for row in TABLES[name]
        for column in SOURCED[name]
        if row[column]
    )
    sources = Counter(
        (row["row_key"], row["column"], row["value"]) for row in TABLES["sources"] if row["table"] == name
    )
    assert sources == cells


@pytest.mark.parametrize("name", SHOWN_SOURCE)
def test_a_table_shows_the_source_that_sources_csv_names(name: str) -> None:
    """source_url of a row is that of its value in sources.csv."""
    sources = {
        row["row_key"]: row["source_url"]
        for row in TABLES["sources"]
        if row["table"] == name and row["column"] == SHOWN_SOURCE[name]
    }
    assert broken(name, lambda row: row["source_url"] == sources[KEYS[name](row)]) == []


def test_how_a_source_was_read() -> None:
    """read_from has the six values of README.md; a page that was read has an address."""
    with_page = {"web page", "copy of the page", "web page + arithmetic", "offline package", "the article"}
    assert {row["read_from"] for row in TABLES["sources"]} == with_page | {"none"}
    assert broken("sources", lambda row: bool(row["source_url"]) == (row["read_from"] in with_page)) == []
    assert broken("sources", lambda row: row["confidence"] in ("high", "medium", "low")) == []


def test_alfa_romeos_at_the_five_plants_have_a_source() -> None:
    """As README.md promises: for the plant and for both years."""
    five = {row["plant_id"] for row in TABLES["plants"]}
    wanted = {
        KEYS["production"](row)
        for row in TABLES["production"]
        if row["plant_id"] in five and row["brand"] == "Alfa Romeo"
    }
    assert len(wanted) == 17
    rows = [row for row in TABLES["sources"] if row["row_key"] in wanted]
    assert [row for row in rows if not row["source_url"]] == []


# --- changes ---


def cell_of(change: dict[str, str]) -> str | None:
    """What the tables say now in the cell of a change; None where there is no such row."""
    keys = {"production": ("plant_id", "brand", "model", "start_year"), "output": ("plant_id", "year")}
    for row in TABLES[change["table"]]:
        names = keys.get(change["table"], ("claim_id",) if change["table"] == "claims" else ("plant_id",))
        key = ID_OF_ADDRESS[row["query"]] if change["table"] == "places" else "|".join(row[n] for n in names)
        if key == change["row_key"]:
            return row[change["column"]]
    return None


def test_the_last_change_of_a_cell_is_what_it_says() -> None:
    """A row that was taken out says nothing any more; a change changes something, and days ascend."""
    last = {(one["table"], one["row_key"], one["column"]): one for one in TABLES["changes"]}
    assert last
    assert [one for one in last.values() if (cell_of(one) or "") != one["after"]] == []
    assert [one for one in TABLES["changes"] if one["before"] == one["after"]] == []
    days = [one["date"] for one in TABLES["changes"]]
    assert days == sorted(days)


# --- disagreements ---


def test_a_disagreement_is_complete() -> None:
    """Each names plants that exist, has no empty cell, and ends its sentences."""
    assert broken("disagreements", lambda row: set(row["plant_ids"].split(" ")) <= set(IDS)) == []
    assert broken("disagreements", lambda row: all(row.values())) == []
    assert broken("disagreements", lambda row: row["sources_say"].endswith(".")) == []
    assert broken("disagreements", lambda row: row["we_chose"].endswith(".")) == []


def test_a_disagreement_stands_once() -> None:
    """No topic occurs twice."""
    topics = Counter(row["topic"] for row in TABLES["disagreements"])
    assert [topic for topic, count in topics.items() if count > 1] == []


CHOSEN = [
    ("Melfi: opening", "plants", "melfi", "opened_year"),
    ("Toluca: opening", "plants", "toluca", "opened_year"),
    ("Modena: opening", "plants", "modena", "opened_year"),
    ("Portello: closing", "sites", "portello", "closed_year"),
    ("Arese: closing", "sites", "arese", "closed_year"),
    ("Cassino: municipality", "plants", "cassino", "town"),
    ("Cassino: output in 2021", "output", "cassino|2021", "vehicles_built"),
    ("Melfi: output in 2019", "output", "melfi|2019", "vehicles_built"),
    ("Modena: output in 2023", "output", "modena|2023", "vehicles_built"),
    ("Toluca: employees", "plants", "toluca", "employees"),
    ("Toluca: end of the Fiat Freemont", "production", "toluca|Fiat|Freemont|2011", "end_year"),
    ("156: start", "production", "pomigliano|Alfa Romeo|156|1997", "start_year"),
    ("146: start", "production", "pomigliano|Alfa Romeo|146|1995", "start_year"),
]


@pytest.mark.parametrize(("topic", "table", "key", "column"), CHOSEN)
def test_what_we_chose_is_what_the_table_says(topic: str, table: str, key: str, column: str) -> None:
    """The value that a disagreement says we took stands in the table."""
    (chosen,) = [row["we_chose"] for row in TABLES["disagreements"] if row["topic"] == topic]
    (value,) = [row[column] for row in TABLES[table] if KEYS[table](row) == key]
    assert value in chosen.replace(",", "")


# --- README.md ---


def test_the_readme_counts_its_rows() -> None:
    """The first table of README.md tells how many rows each file has."""
    told = dict(re.findall(r"^\| `(\w+)\.csv` \| (\d+) \|", README, flags=re.MULTILINE))
    assert told == {name: str(len(rows)) for name, rows in TABLES.items()}


SECTIONS = {
    "plants": "plants.csv and sites.csv",
    "sites": "plants.csv and sites.csv",
    "places": "places.csv",
    "production": "production.csv",
    "output": "output.csv",
    "claims": "claims.csv",
    "sources": "sources.csv",
    "disagreements": "disagreements.csv",
    "changes": "changes.csv",
    "story": "story.csv",
}


@pytest.mark.parametrize("name", TABLES)
def test_the_readme_explains_every_column(name: str) -> None:
    """Each column, and none that is not there, has a line in the file's section."""
    only_in_sites = {"closed_year"} if name == "plants" else set()
    assert set(documented(SECTIONS[name])) - only_in_sites == set(TABLES[name][0])


@pytest.mark.parametrize("name", TABLES)
def test_what_may_not_be_empty_is_filled(name: str) -> None:
    """Where README.md says that a column is never empty, no cell is."""
    required = [column for column, empty in documented(SECTIONS[name]).items() if empty == "no"]
    assert broken(name, lambda row: all(row[column] for column in required if column in row)) == []


def test_employees_and_their_year_come_together() -> None:
    """A number of employees says its year, and no year stands alone."""
    for name in ("plants", "sites"):
        assert broken(name, lambda row: bool(row["employees"]) == bool(row["employees_year"])) == []


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_the_schema_knows_the_same_columns(name: str) -> None:
    """What the program reads is what the file has, in the same order."""
    assert list(schemas.SCHEMAS[name].columns) == list(TABLES[name][0])

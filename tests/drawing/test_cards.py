"""Cards: plant text is text, what is unknown says so, and only web addresses are links."""

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from atlas import columns
from atlas.alfa import facts, history, tables
from atlas.drawing import browser_files, cards

PRODUCTION = pd.DataFrame(
    [
        ("cas", "Alfa Romeo", "Giulietta (940)", 2010, 2020),
        ("cas", "Alfa Romeo", "Giulia (952)", 2016, pd.NA),
        ("cas", "Alfa Romeo", "Stelvio (949)", 2017, pd.NA),
        ("cas", "Maserati", "Grecale", 2022, pd.NA),
        ("cas", "Fiat", "126", 1972, 1979),
        ("cas", "Fiat", "131", 1974, 1984),
    ],
    columns=["plant_id", "brand", "model", "start_year", "end_year"],
).astype({"start_year": "Int64", "end_year": "Int64"})
OUTPUT = pd.DataFrame(
    [("cas", 2024, 26850, "exact"), ("cas", 2022, 55000, "rounded"), ("cas", 2021, 43800, "derived")],
    columns=["plant_id", "year", "vehicles_built", "precision"],
).assign(note="", source_url="")
SOURCES = pd.DataFrame(
    [
        ("plants", "cas", "opened_year", "https://www.example.org/opened", "web page", "high", "first car"),
        ("plants", "cas", "owner", "", "none", "low", "general knowledge"),
        ("plants", "cas", "employees", "https://example.org/a", "web page", "low", ""),
        ("plants", "cas", "employees_year", "https://example.org/a", "web page", "low", ""),
        (
            "production",
            "cas|Alfa Romeo|Giulia (952)|2016",
            "model",
            "https://example.org/g",
            "web page",
            "high",
            "",
        ),
        (
            "production",
            "cas|Alfa Romeo|Giulia (952)|2016",
            "start_year",
            "https://example.org/g",
            "web page",
            "high",
            "",
        ),
        ("output", "cas|2024", "vehicles_built", "https://example.org/2024", "web page", "high", ""),
    ],
    columns=["table", "row_key", "column", "source_url", "read_from", "confidence", "note"],
)


NO_SOURCES = SOURCES.iloc[:0]
FOLDER = Path(__file__).parent.parent.parent / "data"


def known(
    production: pd.DataFrame = PRODUCTION, output: pd.DataFrame = OUTPUT, sources: pd.DataFrame = SOURCES
) -> tables.Tables:
    """Tables of which a card reads three."""
    nothing = pd.DataFrame()
    return tables.Tables(nothing, nothing, production, output, nothing, sources, nothing, nothing, nothing)


CASSINO: dict[str, Any] = {
    "plant_id": "cas",
    "name": "Cassino Plant",
    "official_name": "Stabilimento di Cassino",
    "address": "Viale Agnelli",
    "town": "Piedimonte",
    "region": "Lazio",
    "country": "Italy",
    "opened_year": 1972,
    "owner": "Stellantis",
    "site_area_m2": 2_000_000,
    "employees": 2200,
    "employees_year": 2025,
    "role": "Main plant.",
    "wikipedia_url": "https://en.wikipedia.org/wiki/Cassino?a=1&b=2",
    "status": "now",
    "latitude": 41.474,
    "longitude": 13.755,
    "accuracy_m": 1000.0,
    "geocoder": "estimate on the map",
}
UNKNOWN: dict[str, Any] = {
    "plant_id": "new",
    "name": "New Plant",
    "official_name": "",
    "address": "",
    "town": "",
    "region": "",
    "country": "",
    "opened_year": pd.NA,
    "owner": "",
    "site_area_m2": pd.NA,
    "employees": pd.NA,
    "employees_year": pd.NA,
    "role": "",
    "wikipedia_url": "",
    "status": "none",
    "latitude": float("nan"),
    "longitude": float("nan"),
    "accuracy_m": float("nan"),
    "geocoder": "",
}


class Page(HTMLParser):
    """Tags with their attributes, and the text of each, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data


def lines(plant: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line.term, line.text) for line in facts.lines(plant, PRODUCTION, facts.index(SOURCES))]


def test_the_facts_of_a_plant() -> None:
    """Every line of the card, with units, newest model first."""
    assert lines(CASSINO) == [
        ("Alfa Romeos now", "Stelvio (949), since 2017; Giulia (952), since 2016"),
        ("Alfa Romeos before", "Giulietta (940), 2010–2020"),
        ("Other brands", "Maserati and Fiat"),
        ("Town", "Piedimonte, Lazio, Italy"),
        ("Address", "Viale Agnelli"),
        ("Location", "41.4740, 13.7550, within about 1 km (estimate on the map)"),
        ("Opened", "1972"),
        ("Owner", "Stellantis"),
        ("Site", "2,000,000 m² (200 hectares)"),
        ("Employees", "2,200 (2025)"),
    ]


def test_what_is_unknown_says_so() -> None:
    """No line is blank, and nothing is made up."""
    assert lines(UNKNOWN) == [
        ("Alfa Romeos now", "none known"),
        ("Alfa Romeos before", "none known"),
        ("Other brands", "none known"),
        ("Town", "not stated"),
        ("Location", "not located"),
        ("Opened", "not stated"),
        ("Owner", "not stated"),
        ("Site", "not stated"),
        ("Employees", "not stated"),
    ]


def test_a_closed_plant_says_when() -> None:
    """The year of closing has a line where there is one; employees may lack their year."""
    closed = dict(lines({**CASSINO, "closed_year": 1986, "employees_year": pd.NA}))
    assert (closed["Closed"], closed["Employees"]) == ("1986", "2,200")


def test_the_card_as_html() -> None:
    """Name, status, role and facts in their order; no id or code on show."""
    page = Page(cards.plant_card(CASSINO, known()))
    texts = [text.strip() for text in page.texts if text.strip()]
    wanted = [
        "Builds Alfa Romeos now",
        "Cassino Plant",
        "Stabilimento di Cassino",
        "Main plant.",
        "Alfa Romeos now",
        "Stelvio (949), since 2017",
        "Opened",
        "1972",
    ]
    assert sorted(wanted, key=texts.index) == wanted
    assert "https://en.wikipedia.org/wiki/Cassino?a=1&b=2" in page.links
    assert "now" not in texts


STATUS_MARKS = [
    ("now", "atlas-mark-0"),
    ("before", "atlas-mark-1"),
    ("none", "atlas-mark-2"),
    ("closed", "atlas-mark-6"),
]


@pytest.mark.parametrize(("status", "mark"), STATUS_MARKS)
def test_the_mark_is_that_of_the_map(status: str, mark: str) -> None:
    """Marks are numbered as the legend's words, and the page has a style for each."""
    assert f'"atlas-mark {mark}"' in cards.plant_card({**CASSINO, "status": status}, known())
    assert f".{mark} " in browser_files.page_css()


# --- where each fact comes from ---


def opened(html: str, text: str) -> tuple[str, str]:
    """The line of a fact and what it says when it is opened, without markup."""
    (found,) = [
        one
        for one in re.findall(r"<summary title=(.*?)</summary>(.*?)</details>", html, flags=re.DOTALL)
        if f">{text}<" in one[0]
    ]
    shown = [re.sub(r"<[^>]+>", "", part) for part in found]
    return " ".join(shown[0].split()), " ".join(shown[1].split())


def test_a_fact_says_where_it_comes_from() -> None:
    """Page, way of reading, confidence, note and as-of month; the page is a link."""
    html = cards.plant_card(CASSINO, known())
    pointed, panel = opened(html, "1972")
    assert pointed.startswith(
        '"Source: example.org (web page), high confidence; checked up to February 2026"'
    )
    assert panel == (
        "Year: example.org, web page; high confidence. Note: first car. Checked up to February 2026."
    )
    assert "https://www.example.org/opened" in Page(html).links


def test_a_fact_without_a_source_says_so() -> None:
    """Openly, in its line and when it is opened; the note stays."""
    pointed, panel = opened(cards.plant_card(CASSINO, known()), "Stellantis")
    assert "no source" in pointed.split(">", 1)[1]
    assert panel.startswith("Owner: no source was found; low confidence. Note: general knowledge.")


def test_a_part_without_a_source_is_named() -> None:
    """Where the page is known and the year is not, one note counts such models, and the panel says which."""
    partly = SOURCES.assign(read_from=SOURCES["read_from"].where(SOURCES["column"] != "start_year", "none"))
    html = cards.plant_card(CASSINO, known(sources=partly))
    assert "<em>" not in opened(html, "Giulia (952), since 2016")[0]
    assert "Start: no source was found" in opened(html, "Giulia (952), since 2016")[1]
    assert "3 of 3 models lack a source, at least in part." in html
    assert "2 of 3 models lack a source, at least in part." in cards.plant_card(CASSINO, known())


HEADS = [
    ({"closed_year": 1986}, "1972–1986, Piedimonte"),
    ({}, "Opened 1972, Piedimonte"),
    ({"opened_year": pd.NA, "closed_year": 1986, "town": ""}, "Closed 1986, Lazio"),
    ({"opened_year": pd.NA}, "Piedimonte"),
]


@pytest.mark.parametrize(("cells", "head"), HEADS)
def test_the_card_begins_with_years_and_town(cells: dict[str, Any], head: str) -> None:
    """What a visitor asks first; what is not known is left out."""
    assert f'<p class="atlas-head" dir="auto">{head}</p>' in cards.any_card({**CASSINO, **cells}, None)


def test_low_confidence_looks_different() -> None:
    """A dotted line, and the word when it is opened; what is sure has neither."""
    html = cards.plant_card(CASSINO, known())
    assert 'class="atlas-low">2,200 (2025)<' in html
    assert "Employees and year: example.org, web page; low confidence." in opened(html, "2,200 (2025)")[1]
    assert 'class="atlas-low">1972<' not in html


def test_sources_that_agree_are_said_once() -> None:
    """Model and start of one page are one line; each model has its own mark."""
    panel = opened(cards.plant_card(CASSINO, known()), "Giulia (952), since 2016")[1]
    assert panel.startswith("Model and start: example.org, web page; high confidence. Checked")


def test_what_is_not_known_has_no_mark() -> None:
    """ "none known" is no fact: nothing can be opened there."""
    html = cards.plant_card({**CASSINO, "plant_id": "new", "owner": ""}, known())
    assert "none known" in html
    assert "not stated" in html
    assert re.findall(r"<summary[^>]*><span[^>]*>(none known|not stated|not located)", html) == []


def test_bars_show_when_models_were_built() -> None:
    """From the first model's start to the as-of year; what is still built reaches the end."""
    html = cards.plant_card(CASSINO, known())
    bars = re.findall(
        r'<i style="margin-inline-start: ([\d.]+)%; width: ([\d.]+)%"( class="atlas-open")?', html
    )
    spans = [(float(start), round(float(start) + float(width)), bool(last)) for start, width, last in bars]
    assert spans == [(41.2, 100, True), (35.3, 100, True), (0.0, 65, False)]


def test_output_is_drawn_and_told() -> None:
    """A column for each year that has a figure, each precision with a look; gaps stay gaps; all in words."""
    html = cards.plant_card(CASSINO, known())
    looks = re.findall(r'<i class="atlas-(exact|rounded|derived)" style="height: ([\d.]+)%', html)
    assert looks == [("derived", "79.6"), ("rounded", "100.0"), ("exact", "48.8")]
    assert html.count('class="atlas-gap"') == len(history.OUTPUT_YEARS) - 3
    assert 'title="2023: no figure"' in html
    assert (
        'aria-label="Vehicles of all brands per year: 2021: 43,800 (derived); 2022: 55,000 (rounded); '
        '2024: 26,850 (exact)"'
    ) in html
    assert "number: example.org" in opened(html, "2024: 26,850 (exact)")[1].lower()


def test_a_plant_without_output_has_no_chart() -> None:
    """Nothing is drawn where nothing is known."""
    assert "Vehicles built" not in cards.plant_card(CASSINO, known(output=OUTPUT.iloc[:0]))


def test_every_fact_of_the_product_has_a_source_or_says_no_source() -> None:
    """On all cards that ship: as many panels as facts, each with a source or the words."""
    shipped = tables.load(FOLDER)
    plants = tables.with_status(pd.concat([shipped.plants, shipped.sites]), shipped.production)
    for plant in plants.to_dict("records"):
        placed = {**plant, "latitude": 45.0, "longitude": 9.0, "accuracy_m": 300.0, "geocoder": "x"}
        html = cards.plant_card({str(key): value for key, value in placed.items()}, shipped)
        every = facts.all_of(placed, shipped, facts.index(shipped.sources))
        same_name = placed["official_name"] == placed["name"]
        panels = re.findall(r'<div class="atlas-panel">(.*?)</div>', html, flags=re.DOTALL)
        assert len(panels) == len(every) - same_name, plant["plant_id"]
        assert [one for one in panels if "<a href" not in one and "no source" not in one] == [
            one for one in panels if "the article" in one and "<a href" not in one
        ]
        lacking = re.findall(r"(\d+) of \d+ models? lacks? a source", html)
        said = html.count("<em>no source") + sum(map(int, lacking))
        assert said == sum(bool(fact.gap) for fact in every)


def test_a_hostile_name_is_text_on_the_card(hostile: str) -> None:
    """Every text of a plant and its sources shows as it is: no tag, no attribute and no link comes of it."""
    texts = ("name", "official_name", "address", "town", "region", "country", "owner", "role", "plant_id")
    plant = {**CASSINO, **dict.fromkeys(texts, hostile), "official_name": hostile + "!", "wikipedia_url": ""}
    runs = PRODUCTION.assign(plant_id=hostile, model=hostile, brand=["Alfa Romeo"] * 3 + [hostile] * 3)
    notes = SOURCES.assign(row_key=hostile, note=hostile, read_from=hostile)
    page = Page(cards.plant_card(plant, known(runs, OUTPUT.assign(plant_id=hostile), notes)))
    plain = Page(cards.plant_card(CASSINO, known()))
    assert set(page.tags) <= set(plain.tags)
    assert page.attributes <= plain.attributes
    assert set(page.links) <= set(plain.links)
    shown = [text.removesuffix("\xa0").removesuffix(" ") for text in page.texts]
    assert hostile in shown
    assert f"{hostile}, since 2017" in shown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " https://x.org",
        "data:text/html,x",
        "//evil.example",
        "",
    ],
)
def test_only_web_addresses_are_links(address: str) -> None:
    """Anything but http:// and https:// is no link."""
    assert (
        Page(cards.plant_card({**CASSINO, "wikipedia_url": address}, known(sources=NO_SOURCES))).links == []
    )


def test_an_address_cannot_leave_its_attribute() -> None:
    """Quotes in an address stay inside the link."""
    address = 'https://x.org/"onmouseover="alert(1)'
    page = Page(cards.plant_card({**CASSINO, "wikipedia_url": address}, known(sources=NO_SOURCES)))
    assert page.links == [address]
    assert "onmouseover" not in page.attributes


def words(html: str) -> list[str]:
    """What is read, text by text."""
    return [text.strip() for text in Page(html).texts if text.strip()]


# --- the card of any plant ---

OWN: dict[str, Any] = {
    "plant_id": "b",
    "name": "Bursa",
    "official_name": "Bursa Works",
    "status": "running",
    "role": "Main plant.",
    "capacity_mw": 1_500.25,
    "fuel": "gas",
    "remark": "",
    "units": pd.NA,
    "town": "Bursa",
    "country": "Türkiye",
    "opened_year": 1972,
    "owner": "Nobody",
    "wikipedia_url": "https://example.org/x",
    "latitude": 40.2,
    "longitude": 29.1,
    "accuracy_m": float("nan"),
    "geocoder": "given in the table",
}


def test_the_facts_of_any_plant() -> None:
    """Each filled cell: where it is, known columns, then others under their own names; no empty line."""
    assert cards.any_facts(OWN) == [
        ("Town", "Bursa, Türkiye"),
        ("Location", "40.2000, 29.1000, accuracy not stated (given in the table)"),
        ("Opened", "1972"),
        ("Owner", "Nobody"),
        ("Capacity (MW)", "1,500.25"),
        ("Fuel", "gas"),
    ]


def test_a_plant_of_which_only_the_name_is_known() -> None:
    """It has a card, which says that its place is not known."""
    nothing = {
        "latitude": float("nan"),
        "longitude": float("nan"),
        "accuracy_m": float("nan"),
        "geocoder": "",
    }
    plant = {"plant_id": "b", "name": "Bursa", **nothing}
    assert cards.any_facts(plant) == [("Location", "not located")]
    assert words(cards.any_card(plant, None)) == ["Bursa", "Location", "not located"]


def test_the_card_of_any_plant() -> None:
    """Status with its mark, names, role, facts and one link."""
    html = cards.any_card(OWN, 4, "running")
    assert words(html)[:5] == ["running", "Bursa", "Opened 1972, Bursa", "Bursa Works", "Main plant."]
    assert '"atlas-mark atlas-mark-4"' in html
    assert Page(html).links == ["https://example.org/x"]
    assert "atlas-mark" not in cards.any_card(OWN, None)


def test_what_a_card_shows_elsewhere_are_columns() -> None:
    """Each is a column with a label, and fills no line of its own."""
    assert [name for name in cards.SHOWN_ELSEWHERE if name not in columns.BY_NAME] == []
    lines = dict(cards.any_facts(dict.fromkeys(cards.SHOWN_ELSEWHERE, 1.0)))
    assert list(lines) == ["Town", "Location"]


def test_a_hostile_name_is_text_on_any_card(hostile: str) -> None:
    """Names of columns, values, status: none is a tag, an attribute or a link."""
    numbers = {name: value for name, value in OWN.items() if not isinstance(value, str)}
    plant = {**dict.fromkeys(OWN, hostile), hostile: hostile, **numbers, "official_name": hostile + "!"}
    page, plain = Page(cards.any_card(plant, 1, hostile)), Page(cards.any_card({**OWN, "more": "x"}, 1, "x"))
    assert set(page.tags) <= set(plain.tags)
    assert page.attributes <= plain.attributes
    assert page.links == []
    facts = dict(cards.any_facts(plant))
    assert facts[columns.of(hostile).label] == hostile
    assert "".join(page.texts).count(hostile) >= 5
    assert [term for term in facts if term not in "".join(page.texts)] == []


# --- plain rows ---

ROWS = pd.DataFrame(
    {
        "plant_id": ["a", "b"],
        "name": ["Plant A", "Plant B"],
        "opened_year": pd.array([1972, pd.NA], dtype="Int64"),
        "size": [1234.5, float("nan")],
    }
)


def rows(table: pd.DataFrame, *names: str, categories: Sequence[int | None] = (), selected: str = "") -> str:
    return cards.rows(
        table,
        names,
        categories or [None] * len(table),
        address=lambda plant_id: f"?plant={plant_id}",
        selected=selected,
    )


def test_rows_as_people_read_them() -> None:
    """A head, a line for each plant; the name comes first and is a link."""
    page = rows(ROWS, "name", "opened_year")
    assert words(page) == [
        *("Name", "Opened", "Size"),
        *("Plant A", "1972", "1,234.5"),
        *("Plant B", "not stated", "not stated"),
    ]
    assert Page(page).links == ["?plant=a", "?plant=b"]


def test_rows_have_the_mark_of_their_status() -> None:
    """None where the status is not known."""
    page = rows(ROWS, "name", categories=[2, None])
    assert re.findall("atlas-mark-.", page) == ["atlas-mark-2"]


def test_the_selected_row_is_marked() -> None:
    """For eyes and for screen readers; no other is."""
    page = rows(ROWS, "name", selected="b")
    assert re.findall(r'<tr data-plant="b" class="atlas-chosen">.*aria-current="true">Plant B</a>', page)
    assert (page.count("atlas-chosen"), page.count("aria-current")) == (1, 1)
    assert "aria-current" not in rows(ROWS, "name")


def test_hostile_rows_are_text(hostile: str) -> None:
    """Cells, heads and ids alike."""
    table = pd.DataFrame({"plant_id": [hostile], "name": [hostile], hostile: [hostile]})
    page = Page(rows(table, "name"))
    assert "".join(page.texts).count(hostile) >= 2
    assert columns.of(hostile).label in "".join(page.texts)
    assert set(page.tags) <= {"div", "table", "thead", "tbody", "tr", "th", "td", "a"}


def test_heads_are_told_to_the_cards_of_a_phone(hostile: str) -> None:
    """As texts of CSS, which no head can end."""
    assert 'style="--label-1: &#34;Opened&#34;;--label-2: &#34;Size&#34;;"' in rows(
        ROWS, "name", "opened_year"
    )
    (style,) = re.findall(
        'style="([^"]*)"', rows(ROWS.rename(columns={"size": hostile}), "name", "opened_year")
    )
    assert re.fullmatch(r'(--label-\d: "([A-Za-z0-9 ]|\\[0-9a-f]+ )*";)+', unescape(style))


def test_a_hostile_lead(hostile: str) -> None:
    """A sentence with a plant's name in it is text."""
    page = Page(cards.lead(hostile))
    assert (page.tags, page.texts) == (["p"], [hostile])


PLACES = [
    ({"town": "Arese", "region": "Lombardy", "country": "Italy"}, ("Town", "Arese, Lombardy, Italy")),
    ({"town": "", "region": "Lombardy", "country": "Italy"}, ("Region", "Lombardy, Italy")),
    ({"country": "Brazil"}, ("Country", "Brazil")),
]


@pytest.mark.parametrize(("plant", "line"), PLACES)
def test_the_place_of_a_card(plant: dict[str, str], line: tuple[str, str]) -> None:
    """It is called after the smallest part that is known: a country is no town."""
    assert (
        cards.any_facts({**plant, "latitude": 1.0, "longitude": 2.0, "accuracy_m": 3.0, "geocoder": ""})[0]
        == line
    )


LINKS = cards.CardLinks("/sheet?plant=cas", "https://example.org/new?body={text}")


def test_a_card_of_a_live_page_leads_on() -> None:
    """To its fact sheet and to the place; each fact with sources has a button."""
    card = cards.plant_card(CASSINO | {"status": "now"}, known(), links=LINKS)
    assert 'href="/sheet?plant=cas"' in card
    assert "https://www.openstreetmap.org/?mlat=" in card
    assert 'data-corrections="https://example.org/new?body={text}"' in card
    assert (
        card.count('<button type="button" class="atlas-report">')
        == card.count('<div class="atlas-panel">')
        > 0
    )
    without = cards.plant_card(CASSINO | {"status": "now"}, known())
    assert [part in without for part in ("/sheet", "openstreetmap", "atlas-report", "corrections")] == [
        False
    ] * 4


POSITIONS: list[tuple[dict[str, Any], tuple[str, str] | None]] = [
    (
        {"latitude": 41.474, "longitude": -13.755, "accuracy_m": 1000.0},
        ("geo:41.47400,-13.75500", "#map=15/41.47400/-13.75500"),
    ),
    (
        {"latitude": 1, "longitude": 2, "accuracy_m": 1001.0},
        ("geo:1.00000,2.00000", "#map=12/1.00000/2.00000"),
    ),
    ({"latitude": 1, "longitude": 2, "accuracy_m": None}, ("geo:1.00000,2.00000", "#map=12/1.00000/2.00000")),
    ({"latitude": None, "longitude": None, "accuracy_m": None}, None),
    ({"name": "A"}, None),
]


@pytest.mark.parametrize(("plant", "expected"), POSITIONS)
def test_the_addresses_of_a_position(plant: dict[str, Any], expected: tuple[str, str] | None) -> None:
    """Nearer where the position is surer; none where there is none."""
    found = cards.position(plant)
    ends = (found.geo, "#" + found.openstreetmap.split("#")[1]) if found else None
    assert ends == expected

"""Facts -> HTML for a page: the plant card and the headline figures.

Templates live in `browser/templates`; Jinja's automatic escaping is on for all of them, so plant text is
text. No Folium class is involved (see maps.py for why that matters).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from atlas import columns
from atlas.alfa import facts, history, tables
from atlas.catalog import figures
from atlas.paths import ASSETS
from atlas.text import NOT_STATED

MOST_ROWS = 10
ROW_PX = 35
_FOLDERS = (ASSETS / "templates", ASSETS / "offline")


def plant_card(
    plant: Mapping[str, Any], known: tables.Tables, *, category: int | None = None, words: str = ""
) -> str:
    """The card of one Alfa Romeo plant (a row of a placed table with status) as HTML: its facts, each with
    its sources, the years of its models and what it built per year. `category`, `words`: its status.
    """
    sources = facts.index(known.sources)
    lines = facts.lines(plant, known.production, sources)
    built = facts.output(plant["plant_id"], known.output, sources)
    return template("card.html").render(
        plant=plant,
        status_words=words or tables.STATUSES[plant["status"]],
        category=list(tables.STATUSES).index(plant["status"]) if category is None else category,
        name=facts.title(plant, sources, "name"),
        official=facts.title(plant, sources, "official_name"),
        role=facts.title(plant, sources, "role"),
        lines=lines,
        scale=_scale([run for line in lines for run in line.runs]),
        built=built,
        columns=_columns(built),
        link=_web_address(plant.get("wikipedia_url", "")),
        as_of=tables.AS_OF,
    )


def any_card(plant: Mapping[str, Any], category: int | None, words: str = "") -> str:
    """The card of a plant of any table: every cell that is filled. `category`, `words`: its status."""
    name, official, role = (
        facts.Fact(str(plant.get(key) or "")) for key in ("name", "official_name", "role")
    )
    return template("card.html").render(
        plant=plant,
        status_words=words,
        category=category,
        name=name,
        official=official,
        role=role,
        lines=[facts.Line(term, (facts.Fact(text),)) for term, text in any_facts(plant)],
        link=_web_address(str(plant.get("wikipedia_url", ""))),
    )


def answers(told: Sequence[history.ModelHistory]) -> str:
    """Where models were built as HTML: sentences, and each run with its note and sources."""
    return template("answers.html").render(answers=told, as_of=tables.AS_OF)


@dataclass(frozen=True)
class Scale:
    """The years that the bars of a card's models span."""

    first: int
    last: int

    def start(self, run: facts.RunFact) -> float:
        """Where a bar begins, in percent of the scale."""
        return 100 * (run.start_year - self.first) / (self.last + 1 - self.first)

    def length(self, run: facts.RunFact) -> float:
        """How long a bar is, in percent; an end year counts to its end."""
        end = self.last if run.end_year is None else run.end_year
        return 100 * (end + 1 - run.start_year) / (self.last + 1 - self.first)


def _scale(runs: Sequence[facts.RunFact]) -> Scale | None:
    return Scale(min(run.start_year for run in runs), tables.AS_OF_YEAR) if runs else None


def _columns(built: Sequence[facts.OutputFact]) -> list[tuple[int, facts.OutputFact | None, float]]:
    """Year, fact (None: no figure) and height in percent, for each year of the chart of output."""
    by_year = {one.year: one for one in built}
    most = max((one.vehicles for one in built), default=0) or 1
    years = history.OUTPUT_YEARS
    return [
        (year, by_year.get(year), 100 * by_year[year].vehicles / most if year in by_year else 0)
        for year in years
    ]


def any_facts(plant: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Term and text of each filled cell: known columns first, then others under their own names."""
    shown_elsewhere = {"plant_id", "name", "official_name", "role", "wikipedia_url", "status"}
    place = {"town", "region", "country", "latitude", "longitude", "accuracy_m", "geocoder"}
    lines = [
        ("Town", ", ".join(str(plant[part]) for part in ("town", "region", "country") if plant.get(part))),
        ("Location", facts.location(plant)),
    ]
    names = [name for name in columns.BY_NAME if name in plant]
    names += [name for name in plant if name not in columns.BY_NAME]
    for name in names:
        if name not in shown_elsewhere | place:
            column = columns.of(name, plant[name])
            text = columns.as_text(column, plant[name])
            lines.append((column.label, "" if text == NOT_STATED else text))
    return [(term, text) for term, text in lines if text]


def headline(figure: figures.Totals, *, about_alfa: bool = True) -> str:
    """Headline figures as HTML."""
    placed = figure.plants - figure.unplaced
    now = (figure.building_now, f"building Alfa Romeos now ({tables.AS_OF})")
    pairs = [
        (figure.plants, "plant" if figure.plants == 1 else "plants"),
        (figure.countries, "country" if figure.countries == 1 else "countries"),
        now if about_alfa else (placed, "on the map"),
    ]
    pairs = [pair for pair in pairs if about_alfa or pair[1] != "countries" or pair[0]]
    items = Markup("").join(Markup("<div><b>{:,}</b> <span>{}</span></div>").format(*pair) for pair in pairs)
    return str(Markup('<div class="atlas-figures">{}</div>').format(items))


def rows(table: pd.DataFrame, names: Sequence[str], total: int) -> str:
    """The first of `total` rows of a readable table as HTML, as high as the widget that takes its place."""
    shown = table.iloc[:MOST_ROWS]
    known = [columns.of(name, shown[name].iloc[0]) for name in names]
    cells = [[columns.as_text(column, value) for value in shown[column.name].tolist()] for column in known]
    return template("rows.html").render(
        labels=[column.label for column in known],
        rows=list(zip(*cells, strict=True)),
        more=total - len(shown),
        height=min(total + 1, MOST_ROWS + 1) * ROW_PX + 2,
    )


def lead(sentence: str) -> str:
    """A sentence under a title as HTML."""
    return str(Markup('<p class="atlas-lead">{}</p>').format(escape(sentence)))


def embedded_line(words: str, address: str) -> str:
    """The line below an embedded map as HTML; the link opens the whole page in a tab of its own."""
    line = Markup('<p class="atlas-embedded"><span dir="auto" title="{0}">{0}</span>{1}</p>')
    link = Markup('<a href="{}" target="_blank" rel="noopener">Open the atlas</a>').format(address)
    return str(line.format(words, link))


@cache
def template(name: str) -> Template:
    """A template of `browser/templates`, found by its name, with escaping on."""
    return Environment(loader=FileSystemLoader(_FOLDERS), autoescape=True).get_template(name)


def _web_address(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def as_html(
    claims: pd.DataFrame,
    verdict: str | None,
    names: Mapping[str, str],
    links: Mapping[str, str] | None = None,
) -> str:
    """The claims (of one verdict, if given) as HTML; `names`: plant_id -> name, `links`: -> address."""
    rows = claims if verdict is None else claims[claims["verdict"] == verdict]
    return template("claims.html").render(claims=rows.to_dict("records"), names=names, links=links or {})


def disagreements_as_html(
    disagreements: pd.DataFrame, names: Mapping[str, str], links: Mapping[str, str]
) -> str:
    """What sources say differently, and which one the tables follow, as HTML."""
    rows = disagreements.to_dict("records")
    return template("disagreements.html").render(rows=rows, names=names, links=links)

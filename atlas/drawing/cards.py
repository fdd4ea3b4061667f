"""Writes pieces of pages as HTML: plant cards, first rows, answers, claims.

Templates are in `browser/templates`; Jinja escapes all that they print, so plant text is text. No Folium
class is involved (`folium_map` says why that matters).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup, escape

from atlas import columns, country_names, language
from atlas.alfa import born as born_
from atlas.alfa import claims, facts, history, runs, story, tables
from atlas.language import gettext
from atlas.paths import ASSETS
from atlas.place_columns import CERTAINTY, PLACE_COLUMNS
from atlas.site import PREVIEW_SIZE
from atlas.text import NOT_STATED

MOST_ROWS = 50
SURE_M = 1000
_AROUND_THE_FACTS = ("plant_id", "name", "official_name", "role", "wikipedia_url", "status")
_PLACE, _POSITION = ("town", "region", "country"), ("latitude", "longitude", *PLACE_COLUMNS[2:], CERTAINTY)
SHOWN_ELSEWHERE = (*_AROUND_THE_FACTS, *_PLACE, *_POSITION)
"""Columns that have no line of their own on a card; the offline file's script is given them, too."""
_FOLDERS = (ASSETS / "templates", ASSETS / "offline")


@dataclass(frozen=True)
class CardLinks:
    """Where a card leads: the plant's fact sheet, and the address that reports of mistakes go to (or "")."""

    fact_sheet: str
    corrections: str = ""


@dataclass(frozen=True)
class PositionLinks:
    """A plant's position as addresses: for map apps, and at OpenStreetMap."""

    geo: str
    openstreetmap: str


def position(plant: Mapping[str, Any]) -> PositionLinks | None:
    """Returns the addresses of a plant's position; the surer it is, the nearer they look."""
    latitude, longitude, accuracy_m = (plant.get(name) for name in ("latitude", "longitude", "accuracy_m"))
    if columns.is_empty(latitude) or columns.is_empty(longitude):
        return None
    at = f"{latitude:.5f}", f"{longitude:.5f}"
    zoom = 15 if not columns.is_empty(accuracy_m) and float(accuracy_m or 0) <= SURE_M else 12
    return PositionLinks(
        f"geo:{at[0]},{at[1]}",
        f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map={zoom}/{at[0]}/{at[1]}",
    )


def plant_card(
    plant: Mapping[str, Any],
    about_alfa: tables.Tables,
    *,
    category: int | None = None,
    words: str = "",
    links: CardLinks | None = None,
) -> str:
    """Returns the card of an Alfa Romeo plant as HTML: facts with their sources, its models, its output.

    `plant` is a row of a placed table with status. `category` and `words` are the code and the words of the
    status; by default those of `tables.STATUSES`. `links`: where a card leads on a live page.
    """
    sources = facts.index(about_alfa.sources)
    lines = facts.lines(plant, about_alfa.production, sources)
    runs_shown = [run for line in lines for run in line.runs]
    built = facts.output(plant["plant_id"], about_alfa.output, sources)
    return template("card.html").render(
        plant=plant,
        status_words=words or gettext(tables.STATUSES[plant["status"]]),
        category=tables.CODES[plant["status"]] if category is None else category,
        name=facts.title(plant, sources, "name"),
        official=facts.title(plant, sources, "official_name"),
        role=facts.title(plant, sources, "role"),
        lines=lines,
        head=head(plant),
        scale=_scale(runs_shown),
        models=len(runs_shown),
        lacking=sum(1 for run in runs_shown if run.fact.gap),
        built=built,
        columns=_columns(built),
        link=_web_address(plant.get("wikipedia_url", "")),
        position=position(plant),
        links=links,
        report_words=_report_words() if links else "",
        as_of=tables.as_of(),
    )


def any_card(
    plant: Mapping[str, Any], category: int | None, words: str = "", links: CardLinks | None = None
) -> str:
    """Returns the card of a plant of any table as HTML: every filled cell.

    `category` and `words` are the code and the words of its status.
    """
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
        head=head(plant),
        lines=[facts.Line(term, (facts.Fact(text),)) for term, text in any_facts(plant)],
        link=_web_address(str(plant.get("wikipedia_url", ""))),
        position=position(plant),
        links=links,
        report_words=_report_words() if links else "",
    )


def answers(found: Sequence[history.ModelHistory]) -> str:
    """Returns where models were built as HTML: sentences, and each run with its note and sources."""
    return template("answers.html").render(answers=found, as_of=tables.as_of())


def born(answer: born_.BornAnswer, *, link: str, picture: str) -> str:
    """Returns where a car was born as HTML: a sentence, its runs with sources, and what to share of it.

    `link` and `picture` are addresses; a browser asks for the picture when the part to share is opened.
    """
    return template("born.html").render(
        answer=answer, link=link, picture=picture, size=PREVIEW_SIZE, as_of=tables.as_of()
    )


def story_step(step: story.StoryStep, *, place: int, places: int) -> str:
    """Returns a step of the story as HTML: which of how many, its year and title, a sentence, its source."""
    return template("story.html").render(
        step=step, place=place, places=places, site=urlsplit(step.source_url).hostname
    )


def head(plant: Mapping[str, Any]) -> str:
    """Returns when a plant worked and where: "1906–1986, Milan"."""
    opened, closed = (_cell(plant, name) for name in ("opened_year", "closed_year"))
    years = f"{opened}–{closed}" if opened and closed else opened and gettext("Opened {year}", year=opened)
    place = next(filter(None, (_cell(plant, part) for part in _PLACE)), "")
    return ", ".join(filter(None, [years or (closed and gettext("Closed {year}", year=closed)), place]))


def _cell(plant: Mapping[str, Any], name: str) -> str:
    """Returns a cell as people read it, "" where it states nothing."""
    value = plant.get(name)
    if columns.is_empty(value):
        return ""
    return (
        country_names.in_language(str(value))
        if name == "country"
        else columns.as_text(columns.of(name), value)
    )


@dataclass(frozen=True)
class Scale:
    """The years that the bars of a card's models span."""

    first: int
    last: int

    def start(self, run: facts.RunFact) -> float:
        """Returns where a bar begins, in percent of the scale."""
        return 100 * (run.start_year - self.first) / (self.last + 1 - self.first)

    def length(self, run: facts.RunFact) -> float:
        """Returns how long a bar is, in percent; an end year counts to its end."""
        end = self.last if run.end_year is None else run.end_year
        return 100 * (end + 1 - run.start_year) / (self.last + 1 - self.first)


def _scale(runs: Sequence[facts.RunFact]) -> Scale | None:
    return Scale(min(run.start_year for run in runs), tables.AS_OF_YEAR) if runs else None


def _columns(built: Sequence[facts.OutputFact]) -> list[tuple[int, facts.OutputFact | None, float]]:
    """Returns year, fact (None: no figure) and height in percent for each year of the chart of output."""
    by_year = {fact.year: fact for fact in built}
    most = max((fact.vehicles for fact in built), default=0) or 1
    return [
        (year, by_year.get(year), 100 * by_year[year].vehicles / most if year in by_year else 0)
        for year in history.OUTPUT_YEARS
    ]


def any_facts(plant: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns term and text of each filled cell: known columns first, then others under their own names."""
    lines = [
        _place(plant),
        (gettext("Location"), facts.location(plant)),
    ]
    names = [name for name in columns.BY_NAME if name in plant]
    names += [name for name in plant if name not in columns.BY_NAME]
    for name in names:
        if name not in SHOWN_ELSEWHERE:
            column = columns.of(name, plant[name])
            text = columns.as_text(column, plant[name])
            lines.append((column.label, "" if text == gettext(NOT_STATED) else text))
    return [(term, text) for term, text in lines if text]


def _place(plant: Mapping[str, Any]) -> tuple[str, str]:
    """Returns "Town" and the town with what lies around it, or the term of what is known: "Country"."""
    parts = [part for part in _PLACE if plant.get(part)]
    term = columns.label_of(parts[0]) if parts else ""
    return term, ", ".join(_cell(plant, part) for part in parts)


@dataclass(frozen=True)
class PlantRow:
    """A plant in a table of HTML: the address that selects it, the code of its status, its other cells."""

    plant_id: str
    name: str
    address: str
    category: int | None
    cells: Sequence[str]


def rows(
    shown: pd.DataFrame,
    names: tuple[str, ...],
    categories: Iterable[int | None],
    *,
    address: Callable[[str], str],
    selected: str = "",
) -> str:
    """Returns readable rows as HTML, with the columns that they have of `names`; each links to its plant.

    `address` makes a plant's id the address that selects it; `categories` are the codes of the statuses.
    """
    present = [name for name in columns.present(names, shown) if name != "name"]
    drawn = [columns.of_cells(shown[name]) for name in present]
    cells = [[columns.as_text(column, value) for value in shown[column.name].tolist()] for column in drawn]
    ids, lines = shown["plant_id"].tolist(), zip(*cells, strict=True) if cells else [()] * len(shown)
    plants = [
        PlantRow(plant_id, name, address(plant_id), category, line)
        for plant_id, name, category, line in zip(ids, shown["name"].tolist(), categories, lines, strict=True)
    ]
    labels = [column.label for column in drawn]
    return template("rows.html").render(
        labels=labels, label_styles=[_css_string(label) for label in labels], plants=plants, selected=selected
    )


def _css_string(text: str) -> str:
    """Returns a text as CSS writes it: all but letters, digits and spaces as numbers, so nothing ends it."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda match: f"\\{ord(match.group()):x} ", text) + '"'


def lead(sentence: str) -> str:
    """Returns a sentence under a title as HTML."""
    return str(Markup('<p class="atlas-lead">{}</p>').format(escape(sentence)))


def languages(address: Callable[[str], str]) -> str:
    """Returns links to a view in each language as HTML; `address` gives that of a language's code."""
    return template("languages.html").render(
        languages=[(code, name, address(code)) for code, name in language.languages().items()],
        current=language.current().code,
    )


def builders(found: Sequence[runs.Builder]) -> str:
    """Returns plants with all of their models as an HTML list: "Arese: Alfetta, Giulia"."""
    line = Markup("<li><b>{}</b>: {}</li>")
    lines = Markup("").join(line.format(one.plant, ", ".join(one.models)) for one in found)
    return str(Markup('<ul class="atlas-builders">{}</ul>').format(lines))


def embedded_line(words: str, address: str) -> str:
    """Returns the line below an embedded map as HTML; its link opens the whole page in a new tab."""
    line = Markup('<p class="atlas-embedded"><span dir="auto" title="{0}">{0}</span>{1}</p>')
    link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(
        address, gettext("Open the atlas")
    )
    return str(line.format(words, link))


@cache
def template(name: str) -> Template:
    """Returns a template of `browser/templates` or `browser/offline` by its name, with escaping on."""
    environment = Environment(loader=FileSystemLoader(_FOLDERS), autoescape=True)
    environment.globals |= {
        "gettext": language.gettext,
        "ngettext": language.ngettext,
        "number": language.number,
        "in_english": _in_english,
        "in_words": claims.in_words,
    }
    return environment.get_template(name)


def _report_words() -> str:
    """Returns what `page/report.js` says, as JSON."""
    # Translators: a report of a mistake, with a line for each of plant, fact, source and page.
    report = gettext(
        "Plant: {plant}\nFact: {fact}\nSource: {source}\nPage: {page}\n\n"
        "What is wrong, and how do you know?\n"
    )
    words = {
        "report": report,
        "title": gettext("Correction: {plant}, {fact}"),
        "label": gettext("Your report"),
        "copy": gettext("Copy"),
        "copied": gettext("Copied"),
        "send": gettext("Send"),
    }
    return json.dumps(words, ensure_ascii=False)


def _in_english(text: str) -> Markup:
    """Returns the attribute of an element whose text has no translation, for screen readers."""
    return Markup() if language.is_translated(text) else Markup(' lang="en"')


def _web_address(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""


def claims_as_html(
    rows: pd.DataFrame,
    verdict: str | None,
    names: Mapping[str, str],
    links: Mapping[str, str] | None = None,
) -> str:
    """Returns the claims (of a verdict, if given) as HTML; `names` and `links` are by plant_id."""
    shown = rows if verdict is None else rows[rows["verdict"] == verdict]
    return template("claims.html").render(claims=shown.to_dict("records"), names=names, links=links or {})


def disagreements_as_html(
    disagreements: pd.DataFrame, names: Mapping[str, str], links: Mapping[str, str]
) -> str:
    """Returns as HTML what sources say differently, and which of them the tables follow."""
    rows = disagreements.to_dict("records")
    return template("disagreements.html").render(rows=rows, names=names, links=links)

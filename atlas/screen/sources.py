"""The page Sources: the verdicts to choose from, how many facts have a source, and rows of sources.csv."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from atlas import columns
from atlas.alfa import claims, facts, tables
from atlas.language import gettext, gettext_noop
from atlas.screen import address, page_parts, state
from atlas.screen.view import View

TAB, VERDICT = "tab", "verdict"
"""Parameters of the page's address."""
TABS = {
    "claims": gettext_noop("The article, checked"),
    "facts": gettext_noop("Facts and sources"),
    "disagreements": gettext_noop("Where sources disagree"),
    "data": gettext_noop("Data and privacy"),
    "scripts": gettext_noop("For scripts"),
}


def draw_tabs(view: View) -> Sequence[Any]:
    """Draws the tabs and returns them; the address holds which one is open."""
    labels = _labels()
    first = next(iter(labels.values()))
    state.put(state.SOURCES_TABS, labels.get(view.page_parameters.get(TAB, ""), first))
    return st.tabs(list(labels.values()), key=state.SOURCES_TABS, on_change=_tab_opened)


def _labels() -> dict[str, str]:
    return {key: gettext(label) for key, label in TABS.items()}


def _tab_opened() -> None:
    address.speak()
    keys = {label: key for key, label in _labels().items()}
    key = keys.get(st.session_state[state.SOURCES_TABS], next(iter(TABS)))
    address.set_page_parameters(**{TAB: "" if key == next(iter(TABS)) else key})


def choose_verdict(view: View, rows: pd.DataFrame) -> str | None:
    """Draws the verdicts with the number of claims of each, and returns the one that the address holds."""
    verdicts = claims.options(rows)
    asked = view.page_parameters.get(VERDICT, "")
    state.put(state.VERDICT, asked if asked in verdicts else None)
    return st.pills(
        gettext("Verdict"),
        verdicts,
        format_func=claims.label(rows),
        key=state.VERDICT,
        on_change=address.on_choice(
            state.VERDICT, lambda verdict: address.set_page_parameters(**{VERDICT: verdict or ""})
        ),
    )


def coverage(view: View) -> str:
    """Returns how many of the facts on all cards have a source, in a sentence or two."""
    sites, about_alfa = view.all_sites, view.catalog.about_alfa
    return sites.memory.of("coverage", "", lambda: facts.coverage(sites.table, about_alfa), most=1)


def about_the_data() -> list[str]:
    """Returns what "now" means, what limits the data have, under which licences, and privacy, as Markdown."""
    article = "[Where is Alfa Romeo made?](https://carglassadvisor.com/where-is-alfa-romeo-made/)"
    return [
        gettext(
            "**What “now” means.** Facts were checked up to {month}, mostly in stored copies of public "
            "pages. Newer news is not in. What was corrected, and what it said before, is in "
            "[a feed]({feed}).",
            month=tables.as_of(),
            feed=f"{page_parts.server_path()}/api/changes.atom",
        ),
        gettext(
            "**Limits.** Positions are as sure as each card says: some come from a published coordinate, "
            "others are our own estimates on a map or the centre of a town. The article is {article}; its "
            "first part was read again in November 2026, its questions and answers at the end were not. "
            "Model years that no page confirmed are marked *low* confidence and have no link.",
            article=article,
        ),
        gettext(
            "**Licences.** Code and our tables: MIT. Base map: Natural Earth, public domain. Towns: GeoNames "
            "and SimpleMaps, CC BY 4.0. Optional online layers: © OpenStreetMap contributors; Esri and its "
            "sources."
        ),
        gettext(
            "**Privacy.** This page asks nobody on the internet for anything: fonts, map and data come from "
            "this server. Only if you turn on an online layer of the map does your browser ask that layer's "
            "server for pictures, which tells it your address. Nothing about your visit is counted or passed "
            "on."
        ),
    ]


def source_columns() -> dict[str, Any]:
    """Returns the column settings for rows of sources.csv."""
    labels = {name: gettext(label) for name, label in columns.SOURCE_LABELS.items()}
    settings = {name: st.column_config.TextColumn(label) for name, label in labels.items()}
    return {**settings, "source_url": source_link()}


def source_link() -> Any:
    """Returns the settings of a column with links to sources, which shows their sites."""
    return st.column_config.LinkColumn(gettext("Source"), display_text=r"^https?://(?:www\.)?([^/]+)")

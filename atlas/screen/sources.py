"""The page Sources: the verdicts to choose from, how many facts have a source, and rows of sources.csv."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from atlas import columns
from atlas.alfa import claims, facts
from atlas.screen import address, state
from atlas.screen.view import View

TAB, VERDICT = "tab", "verdict"
"""Parameters of the page's address."""
TABS = {
    "claims": "The article, checked",
    "facts": "Facts and sources",
    "disagreements": "Where sources disagree",
    "data": "Data and privacy",
    "scripts": "For scripts",
}


def draw_tabs(view: View) -> Sequence[Any]:
    """Draws the tabs and returns them; the address holds which one is open."""
    first = next(iter(TABS.values()))
    state.put(state.SOURCES_TABS, TABS.get(view.page_parameters.get(TAB, ""), first))
    return st.tabs(list(TABS.values()), key=state.SOURCES_TABS, on_change=_tab_opened)


def _tab_opened() -> None:
    keys = {label: key for key, label in TABS.items()}
    key = keys[st.session_state[state.SOURCES_TABS]]
    address.set_page_parameters(**{TAB: "" if key == next(iter(TABS)) else key})


def choose_verdict(view: View, rows: pd.DataFrame) -> str | None:
    """Draws the verdicts with the number of claims of each, and returns the one that the address holds."""
    verdicts = claims.options(rows)
    asked = view.page_parameters.get(VERDICT, "")
    state.put(state.VERDICT, asked if asked in verdicts else None)
    return st.pills(
        "Verdict",
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


def source_columns() -> dict[str, Any]:
    """Returns the column settings for rows of sources.csv."""
    labels = {name: st.column_config.TextColumn(label) for name, label in columns.SOURCE_LABELS.items()}
    return {**labels, "source_url": source_link()}


def source_link() -> Any:
    """Returns the settings of a column with links to sources, which shows their sites."""
    return st.column_config.LinkColumn("Source", display_text=r"^https?://(?:www\.)?([^/]+)")

"""The page Sources: the verdicts to choose from, how many facts have a source, and rows of sources.csv."""

from typing import Any

import pandas as pd
import streamlit as st

from atlas import columns
from atlas.alfa import claims, facts
from atlas.screen import state
from atlas.screen.view import View


def choose_verdict(rows: pd.DataFrame) -> str | None:
    """Draws the verdicts with the number of claims of each, and returns the chosen one."""
    label = claims.label(rows)
    return st.pills("Verdict", claims.options(rows), format_func=label, key=state.VERDICT)


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

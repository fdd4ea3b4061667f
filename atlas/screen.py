"""The frame around every page: URL <-> widgets <-> selection, navigation, filters, export, errors.

With `parts`, the only room that knows Streamlit.


The URL is the state. At the start of a run the URL is read if it changed from outside (a link, the
back button); widgets keep their values in `st.session_state` under the filter's key; before the
page is drawn the selection is written back to the URL. Streamlit's own `bind="query-params"` is not
used: it puts an option's *label* in the URL, and our labels carry counts that change ("Italy (4)").
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from atlas import cards, catalog, exports, figures, filters
from atlas.errors import AtlasError
from atlas.site import PAGES, TITLE, PageRow

ASSETS = Path(__file__).parent / "assets"
MAX_PILLS = 6

_URL, _NOTES, _SHEET, _PLANT = "atlas-url", "atlas-notes", "atlas-sheet", "atlas-plant"
# Set by every widget that changes the selection: this run's URL may then be older than the widgets.
_TOUCHED = "atlas-touched"
_REPLACED, _PAGE = "atlas-replaced", "atlas-page"
LATE_S = 1.0


@dataclass(frozen=True)
class View:
    """What every page gets: the catalog, the sheet on show, the selection and its rows."""

    known: catalog.Catalog
    sheet: catalog.Sheet
    selection: filters.Selection
    mask: filters.Mask
    shown: pd.DataFrame
    totals: figures.Totals


# A run of the script has a thread, and so a context, of its own; the session would keep the rows alive.
_view: ContextVar[View] = ContextVar("view")


# ---- the frame -------------------------------------------------------------------------------------


def run_frame() -> None:
    """Navigation, filters and export around the page that the URL names; errors become a sentence."""
    pages = {row.script: _page(row) for row in PAGES}
    page = st.navigation(list(pages.values()), position="hidden")
    title = TITLE if not page.url_path else f"{page.title} · {TITLE}"
    st.set_page_config(page_title=title, page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(ASSETS / "page.css")
    try:
        view = _read_view(pages, page.url_path)
        _view.set(view)
        page.run()
    except AtlasError as error:
        show_error(error)


def view() -> View:
    """The view that the frame made for this run; for pages."""
    return _view.get()


def show_error(error: AtlasError) -> None:
    """The one place where an error is shown."""
    st.error(plain(str(error)), icon=":material/error:")


def _page(row: PageRow) -> Any:
    # Without an icon: Streamlit would fetch it from the internet for the browser's tab.
    return st.Page(row.script, title=row.title, url_path=row.url_path or None, default=not row.url_path)


def _read_view(pages: dict[str, Any], page: str) -> View:
    opened = catalog.open_catalog()
    url = {key: st.query_params.get_all(key) for key in filters.PARAMETERS if key in st.query_params}
    touched = st.session_state.pop(_TOUCHED, False)
    if url != st.session_state.get(_URL) and not touched and not _is_late(url, page):
        _take_over(url, opened)
    sheet = opened.sheets[st.session_state[_SHEET]]
    with st.sidebar:
        st.html(f"<h2 style='margin:0;padding:0;font-size:1.25rem'>{TITLE}</h2>")
        navigation, controls = st.container(gap="xxsmall"), st.container()
        with controls:
            selection = _choose(sheet)
        parameters = filters.query(selection, default_table=catalog.DEFAULT_SHEET)
        with navigation:
            for row in PAGES:
                st.page_link(
                    pages[row.script], icon=row.icon, help=row.help, width="stretch", query_params=parameters
                )
        shown_mask = filters.mask(sheet.index, selection)
        shown = sheet.table[shown_mask]
        _export_button(selection, shown)
    _write_url(parameters, url)
    return View(opened, sheet, selection, shown_mask, shown, figures.totals(shown))


def _is_late(url: dict[str, list[str]], page: str) -> bool:
    """Whether a link to another page was followed before it could hold the address that ours replaced.

    A search word is committed by the very click on such a link.
    """
    switched = st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page
    replaced, when_s = st.session_state.get(_REPLACED, (None, 0.0))
    return bool(switched and url == replaced and time.monotonic() - when_s < LATE_S)


def _take_over(url: dict[str, list[str]], opened: catalog.Catalog) -> None:
    """A URL from outside becomes the state; what it names and does not exist becomes a note."""
    notes = []
    key = next(iter(url.get(filters.TABLE, ())), catalog.DEFAULT_SHEET)
    if key not in opened.sheets:
        notes.append(f"There is no table “{key[:60]}”.")
        key = catalog.DEFAULT_SHEET
    sheet = opened.sheets[key]
    selection, problems = filters.parse(url, sheet.index, table=key)
    st.session_state[_SHEET] = key
    st.session_state[_PLANT] = selection.plant
    for row in filters.FILTERS:
        st.session_state[row.key] = (
            selection.q if row.key == filters.SEARCH else list(selection.values(row.key))
        )
    st.session_state[_NOTES] = [*notes, *problems]


def _write_url(parameters: dict[str, list[str]], url: dict[str, list[str]]) -> None:
    if parameters != url:
        others = {
            key: st.query_params.get_all(key) for key in st.query_params if key not in filters.PARAMETERS
        }
        st.query_params.from_dict({**others, **parameters})
        st.session_state[_REPLACED] = (url, time.monotonic())
    st.session_state[_URL] = parameters


# ---- filters ---------------------------------------------------------------------------------------


def _choose(sheet: catalog.Sheet) -> filters.Selection:
    for row in filters.FILTERS:
        if row.key in sheet.index.options:
            _relabel(row, sheet.index.options[row.key].values)
    before = _gather(sheet)
    counts = filters.counts(sheet.index, before)
    for row in filters.FILTERS:
        if row.key == filters.SEARCH:
            st.text_input(
                row.label,
                key=row.key,
                placeholder="Name, town, owner, model",
                help=row.help,
                on_change=_touch,
            )
        elif row.key in sheet.index.options:
            _choice(row, counts[row.key])
    selection = _gather(sheet)
    st.button(
        "Clear filters",
        key="atlas-clear",
        icon=":material/filter_alt_off:",
        on_click=clear_filters,
        disabled=not selection.is_filtered,
        width="stretch",
    )
    return selection


def _relabel(row: filters.Filter, values: tuple[str, ...]) -> None:
    """Streamlit's multiselect names a choice by its label; one with an older count is still that choice."""
    chosen = list(st.session_state.get(row.key) or [])
    by_label = {row.label_of(value): value for value in values}
    known = [value if value in values else by_label.get(str(value).rpartition(" (")[0]) for value in chosen]
    if known != chosen:
        st.session_state[row.key] = [value for value in known if value is not None]


def _choice(row: filters.Filter, counts: dict[str, int]) -> None:
    options = list(counts)

    def label(value: str) -> str:
        return plain(f"{row.label_of(value)} ({counts.get(value, 0):,})")

    if len(options) <= MAX_PILLS:
        st.pills(
            row.label,
            options,
            selection_mode="multi",
            format_func=label,
            key=row.key,
            help=row.help,
            on_change=_touch,
        )
        return
    st.multiselect(
        row.label,
        options,
        format_func=lambda value: f"{row.label_of(value)} ({counts.get(value, 0):,})",
        key=row.key,
        help=row.help,
        placeholder="Any",
        on_change=_touch,
    )


def _gather(sheet: catalog.Sheet) -> filters.Selection:
    """Widgets' values -> selection; the one place where they are read."""
    chosen = [
        (row.key, tuple(st.session_state.get(row.key) or ()))
        for row in filters.FILTERS
        if row.key in sheet.index.options
    ]
    words = " ".join((st.session_state.get(filters.SEARCH) or "").split())
    plant = st.session_state.get(_PLANT, "")
    return filters.Selection(
        sheet.key,
        tuple((key, values) for key, values in chosen if values),
        words,
        plant if plant in sheet.index.row_of else "",
    )


def clear_filters() -> None:
    """Callback: show everything again; the selected plant stays."""
    for row in filters.FILTERS:
        st.session_state[row.key] = "" if row.key == filters.SEARCH else []
    _touch()


def keep_widgets() -> None:
    """Callback: in this run the widgets count, not the address that the run brings."""
    st.session_state[_TOUCHED] = True


def _touch() -> None:
    keep_widgets()
    st.session_state[_NOTES] = []


def _export_button(selection: filters.Selection, shown: pd.DataFrame) -> None:
    today = datetime.now(UTC).date()
    st.download_button(
        f"Download {_count(len(shown), 'plant')} (CSV)",
        data=lambda: exports.csv(shown),
        file_name=exports.file_name(selection, today, "csv"),
        mime="text/csv",
        key="atlas-csv",
        icon=":material/download:",
        on_click="ignore",
        disabled=shown.empty,
        width="stretch",
    )


# ---- for pages ---------------------------------------------------------------------------------


def heading(title: str, current: View, lead: str = "") -> None:
    """Title, one sentence, what is shown, and notes about values that were left out."""
    st.title(title, anchor=False)
    st.html(cards.lead(lead)) if lead else None
    # In a container of their own: elements after them keep their place, or the map would be loaded anew.
    with st.container():
        for note in st.session_state.get(_NOTES, []):
            st.info(plain(f"{note} It was left out."), icon=":material/info:")
        if current.sheet.problem:
            st.warning(plain(current.sheet.problem), icon=":material/warning:")


def empty_result(current: View) -> None:
    """A friendly sentence and a way back where the filters leave nothing; else nothing at all."""
    place = st.container()
    if not current.shown.empty:
        return
    words = filters.describe(current.selection, 0, 0)
    with place, st.container(border=True):
        st.markdown(f"**{plain(words)}.** Nothing is wrong: the filters just leave no plant.")
        st.button("Show all plants", key="atlas-back", icon=":material/undo:", on_click=clear_filters)


def select(plant: str) -> None:
    """Callback: this plant is the selected one; "" for none."""
    st.session_state[_PLANT] = plant
    _touch()


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_MARKDOWN = str.maketrans({character: "\\" + character for character in r"\`*_{}[]()<>#+-.!|~$:&"})


def plain(text: str) -> str:
    """Text for places where Streamlit reads Markdown: shown as it is."""
    return text.translate(_MARKDOWN)

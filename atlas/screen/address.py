"""The address and the widgets: which of the two says what is selected, and how one becomes the other.

The URL is the state. Streamlit keeps the values of widgets in the session, so each run meets the selection
twice: in the address that the browser sent and in the widgets. `decide` says which of them counts.
`url_to_widgets` and `widgets_to_selection` translate, and `write` makes the address that of the selection.

Streamlit's own `bind="query-params"` is not used: it puts an option's *label* in the URL, and our labels
carry counts that change ("Italy (4)").
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from atlas import language, site
from atlas.alfa import tables
from atlas.catalog import filters, sheets
from atlas.catalog.index import range_of, range_text
from atlas.catalog.selection import parse
from atlas.language import gettext, gettext_noop
from atlas.screen import state

LATE_S = 1.0
"""How long a link may still hold the address from before a search word, which its very click commits."""
SOMEBODYS_TABLE = gettext_noop(
    "This link shows a visitor's own table, which only they can see, and only until the page is reloaded or "
    "closed, or the server starts again. If it was yours, bring it again on the page Your plants."
)
OLD_PINS = "compare"
"""The parameter of older links that named plants to compare."""
Winner = Literal["address", "widgets"]


@dataclass(frozen=True)
class PageAddress:
    """An address as a page reads it: its path, the parameters of the selection, and the page's own."""

    path: str
    selection: Mapping[str, Sequence[str]]
    page_parameters: Mapping[str, str]


@dataclass(frozen=True)
class Remembered:
    """What the session knows of earlier runs: the address that the last run left behind (None before the
    first), and the newest selection in an address that a run replaced, with the time when it did.
    """

    left: PageAddress | None = None
    replaced: Mapping[str, Sequence[str]] | None = None
    replaced_s: float = 0.0

    def after(self, arrived: PageAddress, left: PageAddress, *, now_s: float) -> "Remembered":
        """Returns what is remembered after a run to which one address came and which left another."""
        if left.selection == arrived.selection:
            return Remembered(left, self.replaced, self.replaced_s)
        return Remembered(left, arrived.selection, now_s)


@dataclass(frozen=True)
class Winners:
    """Who says what is selected, and who says the page's own parameters."""

    selection: Winner
    page_parameters: Winner


def decide(remembered: Remembered, arriving: PageAddress, *, touched: bool, now_s: float) -> Winners:
    """Returns whether the arriving address counts or the widgets do.

    An address counts when it is not the one that the last run left: the visitor followed a link or went
    back. It does not when a widget was `touched` for this run, as the browser sent it before the answer; nor
    when it comes with a link to another page that could not yet know what a widget had just changed.
    """
    left = remembered.left
    if left is None:
        return Winners("address", "address")
    is_other_page = arriving.path != left.path
    is_late = (
        is_other_page and arriving.selection == remembered.replaced and now_s - remembered.replaced_s < LATE_S
    )
    is_new = arriving.selection != left.selection
    has_new_parameters = arriving.page_parameters != left.page_parameters
    return Winners(
        "address" if is_new and not touched and not is_late else "widgets",
        "address" if is_other_page or (has_new_parameters and not touched) else "widgets",
    )


# ---- the language ----------------------------------------------------------------------------------


def speak() -> None:
    """Speaks the language of the address, else the browser's; callbacks that say something begin so."""
    asked = st.query_params.get(language.PARAMETER)
    language.use(language.choose(asked, st.context.headers.get("Accept-Language") or st.context.locale or ""))


# ---- reading and writing ---------------------------------------------------------------------------


def read(page: site.PageRow, catalog: sheets.Catalog) -> PageAddress:
    """Returns the browser's address, as far as its table and its page know the parameters."""
    tables_asked = st.query_params.get_all(filters.TABLE)
    sheet = catalog.sheets.get(tables_asked[0] if tables_asked else sheets.DEFAULT_SHEET)
    sheet = sheet or catalog.sheets[sheets.DEFAULT_SHEET]
    asked = {key: st.query_params.get_all(key) for key in sheet.index.parameters if key in st.query_params}
    if OLD_PINS in st.query_params and OLD_PINS not in asked:
        asked.setdefault(filters.PINS, st.query_params.get_all(OLD_PINS))
    return PageAddress(
        page.url_path,
        asked,
        {key: st.query_params[key] for key in page.parameters if key in st.query_params},
    )


def write(page: site.PageRow, sheet: sheets.Sheet, arrived: PageAddress, left: PageAddress) -> None:
    """Puts the address that a run leaves behind into the browser, beside parameters that are not ours."""
    if left == arrived:
        return
    ours = (*sheet.index.parameters, *page.parameters, OLD_PINS)
    others = {key: st.query_params.get_all(key) for key in st.query_params if key not in ours}
    st.query_params.from_dict({**others, **left.selection, **left.page_parameters})


def keep_page_parameters(page: site.PageRow, values: Mapping[str, str]) -> None:
    """Remembers the page's own parameters, also for the way back to it."""
    st.session_state[state.PAGE_PARAMETERS] = {
        **st.session_state.get(state.PAGE_PARAMETERS, {}),
        page.url_path: dict(values),
    }


def page_parameters(page: site.PageRow) -> dict[str, str]:
    """Returns the page's own parameters that have a value."""
    values: Mapping[str, str] = st.session_state.get(state.PAGE_PARAMETERS, {}).get(page.url_path, {})
    return {key: values[key].strip() for key in values if key in page.parameters and values[key].strip()}


# ---- URL to widgets to selection -------------------------------------------------------------------


def url_to_widgets(parameters: Mapping[str, Sequence[str]], catalog: sheets.Catalog) -> None:
    """Sets table, plant and filters as an address says, and leaves a note about each unknown value."""
    notes = []
    key = next(iter(parameters.get(filters.TABLE, ())), sheets.DEFAULT_SHEET)
    if key not in catalog.sheets:
        unknown = gettext("There is no table “{table}”. It was left out.", table=key[:60])
        notes.append(gettext(SOMEBODYS_TABLE) if key == sheets.YOURS else unknown)
        key = sheets.DEFAULT_SHEET
    sheet = catalog.sheets[key]
    selection, problems = parse(parameters, sheet.index, table=key)
    st.session_state[state.SHEET] = key
    st.session_state[state.PLANT] = selection.plant
    st.session_state[state.PINS] = selection.pins
    for row in sheet.index.filters:
        _fill(row, selection)
    left_out = gettext("It was left out.")
    st.session_state[state.NOTES] = [*notes, *(f"{problem} {left_out}" for problem in problems)]


def widgets_to_selection(sheet: sheets.Sheet) -> filters.Selection:
    """Returns what the widgets select; the only place where the filters' widgets are read."""
    choices = [row for row in sheet.index.filters if row.kind != "search"]
    chosen = [(row.key, _range(row) if row.kind == "range" else _values(row)) for row in choices]
    words = " ".join((st.session_state.get(filters.SEARCH) or "").split())
    plant = st.session_state.get(state.PLANT, "")
    return filters.Selection(
        sheet.key,
        tuple((key, values) for key, values in chosen if values),
        words,
        plant if sheet.index.row_of(plant) is not None else "",
        tuple(pin for pin in st.session_state.get(state.PINS, ()) if sheet.index.row_of(pin) is not None),
    )


def _fill(row: filters.Filter, selection: filters.Selection) -> None:
    """Gives the widgets of a filter the values of a selection."""
    values = list(selection.values(row.key))
    if row.kind == "search":
        st.session_state[row.key] = selection.q
    elif row.kind == "years":
        st.session_state[row.key] = bool(values)
        st.session_state[state.PLAYING] = False
        if values:
            st.session_state[state.YEAR] = int(values[0])
    elif row.kind == "range":
        ends = range_of(values[0]) if values else None
        for side, end in zip((state.LEAST, state.MOST), ends or (-math.inf, math.inf), strict=True):
            st.session_state[f"{row.key}-{side}"] = end if math.isfinite(end) else None
    else:
        st.session_state[row.key] = values


def _range(row: filters.Filter) -> tuple[str, ...]:
    """Returns the range that the two boxes of a filter hold; none where both are empty."""
    least, most = (st.session_state.get(f"{row.key}-{side}") for side in (state.LEAST, state.MOST))
    if least is None and most is None:
        return ()
    return (range_text(-math.inf if least is None else least, math.inf if most is None else most),)


def _values(row: filters.Filter) -> tuple[str, ...]:
    """Returns the values that the widgets of a filter hold."""
    value = st.session_state.get(row.key)
    if row.kind == "years":
        return (str(st.session_state.get(state.YEAR, tables.AS_OF_YEAR)),) if value else ()
    return tuple(value or ())


# ---- callbacks of widgets --------------------------------------------------------------------------


def keep_widgets() -> None:
    """Callback: lets the widgets count in this run, not the address that came with it."""
    st.session_state[state.TOUCHED] = True


def on_choice(key: str, act: Callable[[Any], None]) -> Callable[[], None]:
    """Returns a callback that acts on what was chosen in a widget, unless the value is an old one."""

    def chosen() -> None:
        if state.is_old(key):
            keep_widgets()
        else:
            act(st.session_state[key])

    return chosen


def touch() -> None:
    """Callback: as `keep_widgets`, and what was said about an earlier address is out of date."""
    keep_widgets()
    st.session_state[state.NOTES] = []


def select(plant: str) -> None:
    """Callback: selects a plant, "" for none."""
    st.session_state[state.PLANT] = plant
    touch()


def pin(plants: Sequence[str]) -> None:
    """Callback: these are the pinned plants."""
    st.session_state[state.PINS] = tuple(plants)
    touch()


def clear_filters(rows: Sequence[filters.Filter]) -> None:
    """Callback: shows everything again; the selected plant stays."""
    for row in rows:
        _fill(row, filters.Selection(""))
    touch()


def set_page_parameters(**values: str) -> None:
    """Callback: changes some of the own parameters of the page that is open, "" for the default."""
    remembered: Remembered = st.session_state[state.REMEMBERED]
    path = remembered.left.path if remembered.left else ""
    pages = st.session_state.get(state.PAGE_PARAMETERS, {})
    st.session_state[state.PAGE_PARAMETERS] = {**pages, path: {**pages.get(path, {}), **values}}
    touch()

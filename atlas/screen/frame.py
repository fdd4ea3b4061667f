"""The frame around every page: URL <-> widgets <-> selection, navigation, filters, export, errors.

With `parts`, `story` and `yours`, the only room that knows Streamlit.

The URL is the state. At the start of a run the URL is read if it changed from outside (a link, the
back button); widgets keep their values in `st.session_state` under the filter's key; before the
page is drawn the selection is written back to the URL. Streamlit's own `bind="query-params"` is not
used: it puts an option's *label* in the URL, and our labels carry counts that change ("Italy (4)").

A visitor's own table is called "yours" in the URL; the session alone knows the key that it lies behind.
"""

import gc
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import escape
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from atlas import site
from atlas.alfa import tables
from atlas.catalog import figures, filters, loader, sheets
from atlas.catalog.results import Result
from atlas.catalog.selection import describe, parse, query
from atlas.drawing import browser_files, cards
from atlas.errors import AtlasError
from atlas.paths import ASSETS
from atlas.screen import download_menu

MAX_PILLS = 6
SECONDS_A_DECADE = 1.5

_URL, _NOTES, _SHEET, _PLANT = "atlas-url", "atlas-notes", "atlas-sheet", "atlas-plant"
_TABLE = "atlas-table-switch"
# Set by every widget that changes the selection: this run's URL may then be older than the widgets.
_TOUCHED = "atlas-touched"
# The slider's year, the year that playing goes to next, and whether it plays.
_YEAR, _NEXT, _PLAYED = "atlas-year", "atlas-next-year", "atlas-playing"
_REPLACED, _PAGE = "atlas-replaced", "atlas-page"
# What the page's address holds besides the selection, and when it was last read: page and values.
_OWN, _OWN_URL = "atlas-own", "atlas-own-url"
LATE_S = 1.0
_OWNER = "atlas-owner"  # under this name the session owns a table (see `uploads`)
SOMEBODYS = (
    "This link shows a visitor's own table, which only they can see, in the session they opened it in. "
    "If it was yours, upload it again."
)


@dataclass(frozen=True)
class View:
    """What every page gets: the catalog, the sheet on show, the selection and what it shows.

    `own` are the parameters that only this page has (see `site.PageRow`).
    """

    known: sheets.Catalog
    sheet: sheets.Sheet
    selection: filters.Selection
    result: Result
    own: Mapping[str, str]

    @property
    def totals(self) -> figures.Totals:
        return self.result.totals

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The selection as parameters of an address."""
        return query(self.selection, default_table=sheets.DEFAULT_SHEET)

    @property
    def file_parameters(self) -> dict[str, list[str]]:
        """The selection as parameters of the API, where a visitor's own table has its secret name.

        For links to files only: it must not get into the address of a page, which people pass on.
        """
        return self.parameters | ({filters.TABLE: [self.sheet.version]} if self.sheet.is_private else {})

    @property
    def heading(self) -> str:
        """What the table on show is called."""
        return self.sheet.title if self.sheet.is_private else site.current().heading

    @property
    def words(self) -> str:
        """What is shown: "4 plants in Italy"."""
        return describe(self.sheet.index.filters, self.selection, self.totals.plants, self.totals.countries)


# A run of the script has a thread, and so a context, of its own; the session would keep the rows alive.
_view: ContextVar[View] = ContextVar("view")


# ---- the frame -------------------------------------------------------------------------------------


def run_frame() -> None:
    """Navigation, filters and export around the page that the URL names; errors become a sentence."""
    here = site.current()
    embedded = bool(st.context.is_embedded)
    _enter()
    pages = {row.script: _page(row, embedded=embedded) for row in here.pages}
    page = st.navigation(list(pages.values()), position="hidden")
    title = here.title if not page.url_path else f"{page.title} · {here.title}"
    st.set_page_config(page_title=title, page_icon=str(ASSETS / "page" / "icon.svg"), layout="wide")
    st.html(f"<style>{browser_files.page_css()}</style>")
    try:
        view = _read_view(next(row for row in here.pages if row.url_path == page.url_path))
        _view.set(view)
        if embedded and not page.url_path:
            st.html(ASSETS / "page" / "embed.css")
            page.run()
            return
        with st.sidebar:
            _draw_navigation(here, pages, view)
            controls = st.container()
        # The page before the filters: their widgets must not hold up the map.
        if _fits(here, page.url_path, view):
            page.run()
        else:
            _about_alfa_alone(page.title, view)
    except AtlasError as error:
        show_error(error)
        return
    with controls:
        _choose_table(view.known)
        _draw_filters(view)
        download_menu.draw(
            view.sheet,
            view.file_parameters,
            plants=view.totals.plants,
            page=page.url_path,
            words=view.words,
        )
    # What is frozen stays for ever, and a visitor's table must not.
    if not loader.visitors().size:
        _settle(page.url_path)


@cache
def _settle(_page: str) -> None:
    """Once a page has been drawn, what it brought into memory is there to stay.

    Streamlit collects garbage after every run, which looks at each object of every library and takes a
    tenth of a second. What is frozen is not looked at again.
    """
    gc.collect()
    gc.freeze()


def _fits(here: site.Site, url_path: str, view: View) -> bool:
    """Whether a page makes sense for the table on show."""
    row = next(row for row in here.pages if row.url_path == url_path)
    return row.for_any_table or view.sheet.about_alfa


def _about_alfa_alone(title: str, view: View) -> None:
    """Instead of a page that a table of other plants would leave empty."""
    heading(title, view)
    with st.container(border=True):
        st.markdown(f"This page is about Alfa Romeos, and {plain(_title(view.sheet))} is on show.")
        ours = view.known.sheets[sheets.DEFAULT_SHEET]
        st.button(
            plain(f"Show {ours.title[:1].lower() + ours.title[1:]}"),
            key="atlas-ours",
            icon=":material/undo:",
            on_click=choose,
            kwargs={"table": sheets.DEFAULT_SHEET},
        )


def view() -> View:
    """The view that the frame made for this run; for pages."""
    return _view.get()


def show_error(error: AtlasError) -> None:
    """The one place where an error is shown."""
    st.error(plain(str(error)), icon=":material/error:")


# ---- a table of one's own --------------------------------------------------------------------------


def owner() -> str:
    """The name under which this session owns a table; the session is registered with the first call."""
    if _OWNER not in st.session_state:
        st.session_state[_OWNER] = secrets.token_urlsafe(32)
        _enter()
    return str(st.session_state[_OWNER])


def show_own() -> None:
    """Callback: the visitor's own table comes on show, without filters."""
    _take_over({filters.TABLE: [sheets.YOURS]}, _opened())
    keep_widgets()


def forget_own() -> None:
    """Callback: the visitor's own table and all that was made of it are gone."""
    loader.visitors().forget(owner())
    if st.session_state.get(_SHEET) == sheets.YOURS:
        _take_over({}, _opened())
    keep_widgets()


def _enter() -> None:
    """Says that the session is there, if it owns anything; a table that had to go is told about."""
    if _OWNER in st.session_state:
        context = get_script_run_ctx()
        session = context.session_id if context else ""
        loader.visitors().enter(st.session_state[_OWNER], is_here=_presence(session))


def _presence(session: str) -> Callable[[], bool]:
    """Whether a session is connected to its browser."""
    return partial(_is_connected, session)


def _is_connected(session: str) -> bool:
    # Without a server, as in tests, nobody can go.
    return not Runtime.exists() or bool(Runtime.instance().is_active_session(session))


def _opened() -> sheets.Catalog:
    """What this session can look at."""
    own = loader.visitors().mine(st.session_state[_OWNER]) if _OWNER in st.session_state else None
    return loader.open_catalog().with_own(own)


def _title(sheet: sheets.Sheet) -> str:
    """What a table is called in the switch."""
    return "Your table" if sheet.is_private else sheet.title


# ---- the address -----------------------------------------------------------------------------------


def _page(row: site.PageRow, *, embedded: bool) -> Any:
    script = row.script if row.url_path or not embedded else site.EMBEDDED_SCRIPT
    # Without an icon: Streamlit would fetch it from the internet for the browser's tab.
    return st.Page(script, title=row.title, url_path=row.url_path or None, default=not row.url_path)


def _read_view(page: site.PageRow) -> View:
    opened = _opened()
    url = _read_url(opened)
    _step()
    touched = st.session_state.pop(_TOUCHED, False)
    own_url = {key: st.query_params[key] for key in page.parameters if key in st.query_params}
    own = _read_own(page, own_url, touched=touched)
    if url != st.session_state.get(_URL) and not touched and not _is_late(url, page.url_path):
        _take_over(url, opened)
    elif st.session_state[_SHEET] not in opened.sheets:
        _take_over({}, opened)
    if farewell := loader.visitors().farewell(st.session_state.get(_OWNER, "")):
        st.session_state[_NOTES] = [farewell]
    sheet = opened.sheets[st.session_state[_SHEET]]
    for row in sheet.index.filters:
        if row.kind in ("choice", "choices"):
            _relabel(row, sheet.index.options[row.key].values)
    selection = _gather(sheet)
    view = View(opened, sheet, selection, sheet.results.of(selection), own)
    if (view.parameters, own) != (url, own_url):
        known = (*sheet.index.parameters, *page.parameters)
        others = {key: st.query_params.get_all(key) for key in st.query_params if key not in known}
        st.query_params.from_dict({**others, **view.parameters, **own})
    if view.parameters != url:
        st.session_state[_REPLACED] = (url, time.monotonic())
    st.session_state[_URL], st.session_state[_OWN_URL] = view.parameters, (page.url_path, own)
    return view


def _draw_navigation(here: site.Site, pages: dict[str, Any], view: View) -> None:
    st.html(f"<h2 style='margin:0;padding:0;font-size:1.25rem'>{escape(here.title)}</h2>")
    with st.container(gap="xxsmall"):
        for row in here.pages:
            st.page_link(
                pages[row.script],
                icon=row.icon,
                help=row.help,
                width="stretch",
                query_params=view.parameters,
            )


def _read_url(opened: sheets.Catalog) -> dict[str, list[str]]:
    """The parameters of the address that its table knows."""
    asked = st.query_params.get_all(filters.TABLE)
    sheet = opened.sheets.get(asked[0] if asked else sheets.DEFAULT_SHEET)
    sheet = sheet or opened.sheets[sheets.DEFAULT_SHEET]
    return {key: st.query_params.get_all(key) for key in sheet.index.parameters if key in st.query_params}


def _read_own(page: site.PageRow, url: dict[str, str], *, touched: bool) -> dict[str, str]:
    """The page's own parameters: those of the address, unless a widget has just changed them."""
    seen_page, seen = st.session_state.get(_OWN_URL, (None, {}))
    if seen_page != page.url_path or (not touched and url != seen):
        st.session_state[_OWN] = url
    own: dict[str, str] = {key: value.strip() for key, value in st.session_state[_OWN].items()}
    return {key: value for key, value in own.items() if value}


def _step() -> None:
    """What playing decided between two runs; before the slider is drawn, as its value is then fixed."""
    year = st.session_state.pop(_NEXT, None)
    if year is not None:
        st.session_state[_YEAR] = year
        st.session_state[_PLAYED] = year < tables.AS_OF_YEAR
        st.session_state[_TOUCHED] = True


def _is_late(url: dict[str, list[str]], page: str) -> bool:
    """Whether a link to another page was followed before it could hold the address that ours replaced.

    A search word is committed by the very click on such a link.
    """
    switched = st.session_state.get(_PAGE, page) != page
    st.session_state[_PAGE] = page
    replaced, when_s = st.session_state.get(_REPLACED, (None, 0.0))
    return bool(switched and url == replaced and time.monotonic() - when_s < LATE_S)


def _take_over(url: dict[str, list[str]], opened: sheets.Catalog) -> None:
    """A URL from outside becomes the state; what it names and does not exist becomes a note."""
    notes = []
    key = next(iter(url.get(filters.TABLE, ())), sheets.DEFAULT_SHEET)
    if key not in opened.sheets:
        notes.append(
            SOMEBODYS if key == sheets.YOURS else f"There is no table “{key[:60]}”. It was left out."
        )
        key = sheets.DEFAULT_SHEET
    sheet = opened.sheets[key]
    selection, problems = parse(url, sheet.index, table=key)
    st.session_state[_SHEET] = key
    st.session_state[_PLANT] = selection.plant
    for row in sheet.index.filters:
        _set(row, selection)
    st.session_state[_NOTES] = [*notes, *(f"{problem} It was left out." for problem in problems)]


def choose(*, table: str | None = None, **choices: tuple[str, ...]) -> None:
    """Callback: another table, other values of filters; all else stays as far as the table knows it."""
    opened = _opened()
    sheet = opened.sheets.get(st.session_state[_SHEET], opened.sheets[sheets.DEFAULT_SHEET])
    wanted = query(_gather(sheet), default_table="")
    wanted |= {filters.TABLE: [table or sheet.key]} | {key: list(values) for key, values in choices.items()}
    _take_over(wanted, opened)
    keep_widgets()


def _set(row: filters.Filter, selection: filters.Selection) -> None:
    """The selection's values become those of the filter's widgets."""
    values = list(selection.values(row.key))
    if row.kind == "search":
        st.session_state[row.key] = selection.q
    elif row.kind == "years":
        st.session_state[row.key] = bool(values)
        st.session_state[_PLAYED] = False
        if values:
            st.session_state[_YEAR] = int(values[0])
    else:
        st.session_state[row.key] = values


def _chosen(row: filters.Filter) -> tuple[str, ...]:
    """The values that a filter's widgets hold."""
    value = st.session_state.get(row.key)
    if row.kind == "years":
        return (str(st.session_state.get(_YEAR, tables.AS_OF_YEAR)),) if value else ()
    return tuple(value or ())


# ---- filters ---------------------------------------------------------------------------------------


def _choose_table(opened: sheets.Catalog) -> None:
    if len(opened.sheets) < 2:
        return
    if st.session_state.get(_TABLE) != st.session_state[_SHEET]:
        st.session_state[_TABLE] = st.session_state[_SHEET]
    # Text only: a session holds what its widgets hold, and must not hold a visitor's table.
    labels = {key: plain(f"{_title(sheet)} ({len(sheet.table):,})") for key, sheet in opened.sheets.items()}
    st.radio(
        "Table",
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key=_TABLE,
        on_change=lambda: choose(table=st.session_state[_TABLE]),
    )


def _draw_filters(view: View) -> None:
    sheet, counts = view.sheet, view.result.counts
    for row in sheet.index.filters:
        if row.key == filters.SEARCH:
            st.text_input(
                row.label,
                key=row.key,
                placeholder="Name, town, owner, model" if sheet.about_alfa else "Name, town, …",
                help=row.help,
                on_change=_touch,
            )
        elif row.kind == "years":
            _year(row, sheet.index.options[row.key].values)
        else:
            _choice(row, counts[row.key])
    st.button(
        "Clear filters",
        key="atlas-clear",
        icon=":material/filter_alt_off:",
        on_click=clear_filters,
        args=(sheet.index.filters,),
        disabled=not view.selection.is_filtered,
        width="stretch",
    )


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
            plain(row.label),
            options,
            selection_mode="multi",
            format_func=label,
            key=row.key,
            help=plain(row.help),
            on_change=_touch,
        )
        return
    st.multiselect(
        plain(row.label),
        options,
        format_func=lambda value: f"{row.label_of(value)} ({counts.get(value, 0):,})",
        key=row.key,
        help=plain(row.help),
        placeholder="Any",
        on_change=_touch,
    )


def _year(row: filters.Filter, years: tuple[str, ...]) -> None:
    """A switch, and under it a slider with a button that plays the decades."""
    is_on = st.toggle(row.label, key=row.key, help=row.help, on_change=_touch)
    with st.container():
        if not is_on:
            return
        st.session_state.setdefault(_YEAR, int(years[-1]))
        st.slider(
            row.label,
            int(years[0]),
            int(years[-1]),
            key=_YEAR,
            label_visibility="collapsed",
            on_change=_stop_playing,
        )
        playing = st.session_state.get(_PLAYED, False)
        st.button(
            "Stop" if playing else "Play the decades",
            key="atlas-play",
            icon=":material/stop:" if playing else ":material/play_arrow:",
            on_click=_stop_playing if playing else _start_playing,
            args=() if playing else (int(years[0]), int(years[-1])),
            width="stretch",
        )
        if playing:
            _play(int(years[-1]))


def _start_playing(first: int, last: int) -> None:
    if st.session_state[_YEAR] >= last:
        st.session_state[_YEAR] = first
    st.session_state[_PLAYED] = True
    _touch()


def _stop_playing() -> None:
    st.session_state[_PLAYED] = False
    _touch()


@st.fragment(run_every=SECONDS_A_DECADE)
def _play(last: int) -> None:
    """One decade on, each time that the browser asks; not in the run that draws the button."""
    if st.session_state.get(_PLAYED) == "waiting":
        st.session_state[_NEXT] = min((st.session_state[_YEAR] // 10 + 1) * 10, last)
        st.rerun()
    st.session_state[_PLAYED] = "waiting"


def _gather(sheet: sheets.Sheet) -> filters.Selection:
    """Widgets' values -> selection; the one place where they are read."""
    chosen = [(row.key, _chosen(row)) for row in sheet.index.filters if row.key in sheet.index.options]
    words = " ".join((st.session_state.get(filters.SEARCH) or "").split())
    plant = st.session_state.get(_PLANT, "")
    return filters.Selection(
        sheet.key,
        tuple((key, values) for key, values in chosen if values),
        words,
        plant if sheet.index.row_of(plant) is not None else "",
    )


def clear_filters(rows: Sequence[filters.Filter]) -> None:
    """Callback: show everything again; the selected plant stays."""
    for row in rows:
        _set(row, filters.Selection(""))
    _touch()


def set_own(**values: str) -> None:
    """Callback: other values of the page's own parameters; "" for the default."""
    st.session_state[_OWN] = {**st.session_state.get(_OWN, {}), **values}
    _touch()


def keep_widgets() -> None:
    """Callback: in this run the widgets count, not the address that the run brings."""
    st.session_state[_TOUCHED] = True


def _touch() -> None:
    keep_widgets()
    st.session_state[_NOTES] = []


# ---- for pages ---------------------------------------------------------------------------------


def heading(title: str, current: View, lead: str = "") -> None:
    """Title, one sentence, what is shown, and notes about values that were left out."""
    st.title(plain(title), anchor=False)
    st.html(cards.lead(lead)) if lead else None
    # In a container of their own: elements after them keep their place, or the map would be loaded anew.
    with st.container():
        for note in st.session_state.get(_NOTES, []):
            st.info(plain(note), icon=":material/info:")
        if current.sheet.problem:
            st.warning(plain(current.sheet.problem), icon=":material/warning:")


def embedded_line(current: View) -> None:
    """What an embedded map shows, in one line with the way to the whole page of the same selection."""
    row = current.sheet.index.row_of(current.selection.plant)
    chosen = [] if row is None else [f"Selected: {current.sheet.table['name'].iloc[row]}."]
    notes = [f"{note} It was left out." for note in st.session_state.get(_NOTES, [])]
    words = " ".join([current.words + ".", *chosen, *notes])
    st.html(cards.embedded_line(words, f"{_root()}/?{urlencode(current.parameters, doseq=True)}"))


def empty_result(current: View) -> None:
    """A friendly sentence and a way back where the filters leave nothing; else nothing at all."""
    place = st.container()
    if not current.result.is_empty:
        return
    with place, st.container(border=True):
        st.markdown(f"**{plain(current.words)}.** Nothing is wrong: the filters just leave no plant.")
        st.button(
            "Show all plants",
            key="atlas-back",
            icon=":material/undo:",
            on_click=clear_filters,
            args=(current.sheet.index.filters,),
        )


def unread_cells(current: View) -> None:
    """What could not be read in an operator's table, for those who look after it."""
    if current.sheet.notes:
        with st.expander("What could not be read in the table"):
            for note in current.sheet.notes:
                st.markdown(plain(note))


def select(plant: str) -> None:
    """Callback: this plant is the selected one; "" for none."""
    st.session_state[_PLANT] = plant
    _touch()


def _root() -> str:
    """The path that the server runs below: "" or "/atlas"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_MARKDOWN = str.maketrans({character: "\\" + character for character in r"\`*_{}[]()<>#+-.!|~$:&"})


def plain(text: str) -> str:
    """Text for places where Streamlit reads Markdown: shown as it is."""
    return text.translate(_MARKDOWN)

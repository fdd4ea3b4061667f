"""The page Your plants: a file, its columns, what is wrong with it, its positions, and the way to the map.

The session keeps nothing of a table but the name of its owner. What is worked on is a `Draft` that lies in
the server's `visitors` under that name, is counted there, and goes with the session. So callbacks and
fragments get the owner's name, never a draft.
"""

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

import streamlit as st
from markupsafe import escape

from atlas.catalog import draft_words, loader
from atlas.catalog.draft import PASTED, Draft, FileOptions, opened, sample
from atlas.errors import AtlasError
from atlas.geocoding import service
from atlas.importing.roles import guessing
from atlas.language import gettext, gettext_noop, ngettext, number
from atlas.screen import address, own_draft, own_table, state
from atlas.screen.page_parts import plain, server_path, show_error

ENDINGS = ["csv", "tsv", "txt", "xlsx", "geojson", "json", "parquet"]
LEAD = gettext_noop(
    "Bring a table of plants and see it on every page: CSV, Excel, GeoJSON or Parquet, at most 50 MB and "
    "1,000,000 rows. It needs a name or an address for each plant, no more."
)
PRIVACY = gettext_noop(
    "**Your table stays yours.** It lives in this server's memory, for this visit only: nothing of it is "
    "written to disk or to a log, and no other visitor can reach it. It is gone when you forget it, reload "
    "or close this page. Addresses are looked up on this machine unless you ask for more."
)
NOT_TAKEN = gettext_noop(
    "The file was not taken; point at it to see why. Where that is a number such as 404, the server was "
    "started again meanwhile: reload the page and choose the file again."
)
NO_COLUMN = "–"
ROWS_SHOWN = 500
WATCH_S = 1.0
COLUMNS_A_ROW = 3
PLACE_ROLES = ("address", "town", "region", "country", "latitude", "longitude")
FIRST_ROLES = ("name", *PLACE_ROLES, "opened_year", "status")
# Translators: the choice in a box of options: find the encoding (the decimal mark ...) out from the file.
FOUND_OUT = gettext_noop("Found out")
DELIMITERS = {
    "": FOUND_OUT,
    ",": gettext_noop("Comma ,"),
    ";": gettext_noop("Semicolon ;"),
    "\t": gettext_noop("Tab"),
    "|": gettext_noop("Bar |"),
}
DECIMALS = {"": FOUND_OUT, ".": gettext_noop("Point: 41.5"), ",": gettext_noop("Comma: 41,5")}
HEADERS: dict[bool | None, str] = {None: FOUND_OUT, True: gettext_noop("Yes"), False: gettext_noop("No")}
UNICODE = ("utf-8", "utf-16")
OLDER_ENCODINGS = ("cp1252", "iso8859-15", "cp1250", "cp1251", "mac_roman", "shift_jis", "gb18030")
ENCODINGS = {name: name or FOUND_OUT for name in ("", *UNICODE, *OLDER_ENCODINGS)}
Value = TypeVar("Value")


def draw() -> None:
    """Draws the page: one step after the other, as far as the visitor is."""
    owner = own_table.owner()
    draft = own_draft.in_language(owner)
    if own_draft.is_lost(draft):
        st.info(gettext(own_draft.GONE), icon=":material/info:")
    if draft is None:
        _choose_file(owner)
        with st.container(border=True):
            st.markdown(f":material/lock: {gettext(PRIVACY)}")
        return
    _file_step(owner, draft)
    _columns_step(owner, draft)
    _report_step(owner, draft)
    _positions_step(owner, draft)
    _use_step(owner, draft)
    st.caption(gettext(PRIVACY))


# ---- the file --------------------------------------------------------------------------------------


def _choose_file(owner: str) -> None:
    """Draws the first step: a file, or a text that was copied; and what was wrong with the last one."""
    on_file, on_text = st.tabs([gettext("Choose a file"), gettext("Paste a table")])
    with on_file:
        file = st.file_uploader(
            gettext("Your file"),
            type=ENDINGS,
            key=own_draft.round_key(state.FILE),
            label_visibility="collapsed",
        )
        # Hidden unless the box shows a file that was not taken (page.css).
        st.html(f"<p class='atlas-upload-failed' role='status'>{escape(gettext(NOT_TAKEN))}</p>")
    with on_text:
        text = st.text_area(
            gettext("Cells copied from a spreadsheet, or lines of a CSV file"),
            key=own_draft.round_key(state.PASTED_TEXT),
            height=180,
            placeholder=gettext("Plant;Town;Country\nCassino Plant;Piedimonte San Germano;Italy"),
        )
        is_pasted = st.button(
            gettext("Read it"), key=state.READ_PASTED_BUTTON, icon=":material/content_paste:"
        )
    _say_problem()
    st.download_button(
        gettext("Download a sample to try"),
        data=sample,
        file_name="sample-plants.csv",
        mime="text/csv",
        key=state.SAMPLE_BUTTON,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    if file is not None:
        name = gettext("Reading {name} …", name=file.name)
        _read(owner, file.getvalue(), file.name, name)
    elif is_pasted:
        _read(owner, text.encode("utf-8"), gettext(PASTED), gettext("Reading what you pasted …"))


def _read(owner: str, content: bytes, file_name: str, words: str) -> None:
    """Reads and checks a file, says how far it is, and draws the page anew."""
    with st.status(plain(words)) as status:
        make = partial(opened, content, file_name, say=lambda words: status.update(label=plain(words)))
        own_draft.keep(owner, make, len(content))
    own_draft.rerun()


def _say_problem() -> None:
    if problem := st.session_state.get(state.UPLOAD_PROBLEM):
        st.error(plain(problem), icon=":material/error:")


def _file_step(owner: str, draft: Draft) -> None:
    """Draws what was found out about the file, and how it could be read otherwise."""
    st.header(plain(draft.title), anchor=False)
    st.markdown(plain(draft_words.file_in_words(draft)))
    _say_problem()
    for note in draft.imported.warnings:
        st.caption(plain(note))
    with st.container(horizontal=True):
        st.button(
            gettext("Forget my table"),
            key=state.FORGET_BUTTON,
            icon=":material/delete:",
            on_click=own_draft.forget,
            help=gettext("At once: the file, the table and its addresses are gone."),
        )
        with st.popover(gettext("Read it differently"), icon=":material/tune:"):
            _reading_options(owner, draft)


def _reading_options(owner: str, draft: Draft) -> None:
    """Draws a form in which a visitor can say what was found out about the file."""
    options, detected = draft.options, draft.detected
    with st.form(state.READING_OPTIONS, border=False):
        encoding = delimiter = decimal = sheet = ""
        if detected.kind == "csv":
            encodings = {name: name or gettext(words) for name, words in ENCODINGS.items()}
            encoding = _pick(gettext("Encoding"), encodings, options.encoding)
            delimiter = _pick(gettext("Cells are divided by"), _translated(DELIMITERS), options.delimiter)
        if detected.sheets:
            sheet = _pick(gettext("Sheet"), {name: name for name in detected.sheets}, detected.sheet)
        decimal = _pick(gettext("Decimal mark"), _translated(DECIMALS), options.decimal)
        header = _pick(gettext("The first row names the columns"), _translated(HEADERS), options.header)
        if st.form_submit_button(gettext("Read again"), icon=":material/refresh:"):
            wanted = FileOptions(encoding, delimiter, decimal, header, sheet)
            own_draft.keep_and_rerun(owner, partial(draft.read_as, wanted), gettext("Reading again …"))


def _translated(words: Mapping[Value, str]) -> dict[Value, str]:
    return {value: gettext(text) for value, text in words.items()}


def _pick(label: str, words: Mapping[Value, str], chosen: Value) -> Value:
    """Draws a box with the values of `words`, each in its words, and returns the picked value."""
    values = list(words)
    index = values.index(chosen) if chosen in values else 0
    return st.selectbox(label, values, index=index, format_func=lambda value: words[value])


# ---- columns ---------------------------------------------------------------------------------------


def _columns_step(owner: str, draft: Draft) -> None:
    """Draws which column is what, beside the first rows, and a form to change it."""
    st.header(gettext("Columns"), anchor=False)
    st.markdown(plain(draft_words.columns_in_words(draft)))
    rows = draft_words.preview(draft)
    st.dataframe(rows, hide_index=True, placeholder="", alt=gettext("The first rows of the file"))
    with st.expander(gettext("Change what the columns are"), icon=":material/view_column:"):
        _choose_columns(owner, draft)
        _columns_file(owner, draft)


def _choose_columns(owner: str, draft: Draft) -> None:
    roles = [*FIRST_ROLES, *(role for role in guessing.ROLES if role not in FIRST_ROLES)]
    options = {"": NO_COLUMN} | {name: name for name in draft.columns}
    with st.form(state.COLUMNS, border=False):
        chosen = {}
        for start in range(0, len(roles), COLUMNS_A_ROW):
            for role, place in zip(roles[start:], st.columns(COLUMNS_A_ROW), strict=False):
                with place:
                    label = gettext(guessing.ROLES[role].label)
                    chosen[role] = _pick(label, options, draft.roles.get(role, ""))
        if st.form_submit_button(gettext("Use these columns"), icon=":material/check:"):
            wanted = {role: column for role, column in chosen.items() if column}
            own_draft.keep_and_rerun(
                owner, partial(draft.with_roles, wanted), gettext("Checking the rows again …")
            )


def _columns_file(owner: str, draft: Draft) -> None:
    """Draws the choice of columns as a small file, for the next table like this one."""
    st.download_button(
        gettext("Save this choice as a file"),
        data=draft.mapping_file(),
        file_name="columns.json",
        mime="application/json",
        key=state.SAVE_COLUMNS_BUTTON,
        icon=":material/download:",
        on_click="ignore",
    )
    key = own_draft.round_key(state.COLUMNS_FILE)
    file = st.file_uploader(gettext("Or use a choice that you saved"), type=["json"], key=key)
    if file is not None:
        make = partial(draft.with_mapping_file, file.getvalue())
        own_draft.keep_and_rerun(owner, make, gettext("Checking the rows again …"))


# ---- report ----------------------------------------------------------------------------------------


def _report_step(owner: str, draft: Draft) -> None:
    """Draws how many plants are placed, what is wrong with the others, and what can be done about it."""
    st.header(gettext("Report"), anchor=False)
    st.markdown(f"**{plain(draft_words.summary(draft))}**")
    for remark in draft_words.remarks(draft):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{state.REMARK}-{remark.key}"):
            st.markdown(plain(remark.words), width="stretch")
            if remark.fix:
                st.button(
                    remark.fix,
                    key=f"{state.FIX_BUTTON}-{remark.key}",
                    icon=":material/auto_fix_high:",
                    on_click=_fix,
                    args=(owner, remark.key),
                )
    if mended := draft_words.mended(draft):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(gettext("Mended: {problems}.", problems=", ".join(mended))))
            st.button(
                gettext("Undo"),
                key=state.UNDO_FIX_BUTTON,
                type="tertiary",
                on_click=own_draft.change,
                args=(owner, Draft.unfixed),
            )
    if draft.imported.reported:
        _problem_rows(draft)
        _rejects(owner, draft)


def _fix(owner: str, kind: str) -> None:
    """Callback: mends one kind of problem as proposed."""
    own_draft.change(owner, lambda draft: draft.fixed(kind))


def _problem_rows(draft: Draft) -> None:
    lines = len(draft.imported.report)
    title = ngettext(
        "See the {number} row, one by one", "See the {number} rows, one by one", draft.imported.reported
    )
    with st.expander(title, icon=":material/table_rows:"):
        rows = draft_words.problems(draft, ROWS_SHOWN)
        st.dataframe(rows, hide_index=True, placeholder="", alt=gettext("Rows with a problem"))
        if lines > ROWS_SHOWN:
            st.caption(
                gettext(
                    "The first {shown} of {number} remarks; “Download rejects” has them all.",
                    shown=number(ROWS_SHOWN),
                    number=number(lines),
                )
            )


def _rejects(owner: str, draft: Draft) -> None:
    """Draws the rows with a problem as a file, and a box for the corrected rows."""
    with st.expander(gettext("Correct rows in a spreadsheet"), icon=":material/edit:"):
        st.markdown(gettext("Download the rows with a problem, correct them, and add them again."))
        st.link_button(
            gettext("Download rejects (CSV)"),
            f"{server_path()}/api/rejects/{draft.key}.csv",
            icon=":material/download:",
        )
        file = st.file_uploader(
            gettext("Corrected rows"), type=ENDINGS, key=own_draft.round_key(state.CORRECTED_FILE)
        )
        if file is not None:
            make = partial(draft.with_corrected, file.getvalue(), file.name)
            own_draft.keep_and_rerun(owner, make, gettext("Adding the corrected rows …"))


# ---- positions -------------------------------------------------------------------------------------


def _positions_step(owner: str, draft: Draft) -> None:
    """Draws how many rows have no position, and what can be done about them."""
    if not draft.missing and draft.lookup is None:
        return
    st.header(gettext("Positions"), anchor=False)
    if draft.problem:
        st.warning(plain(draft.problem), icon=":material/warning:")
    if draft.lookup is not None:
        _watch(owner)
        return
    geocoder = service.settings()
    st.markdown(plain(draft_words.missing_in_words(draft, geocoder)))
    if name := draft_words.network_service(geocoder):
        _offer_services(owner, name)


def _offer_services(owner: str, name: str) -> None:
    with st.container(horizontal=True):
        st.button(
            gettext("Find towns on this machine"),
            key=state.TOWNS_BUTTON,
            icon=":material/location_city:",
            help=gettext("At once, and no address leaves this machine."),
            on_click=own_draft.change,
            args=(owner, Draft.found_here),
        )
        st.button(
            plain(gettext("Ask {service}", service=name)),
            key=state.ASK_BUTTON,
            icon=":material/travel_explore:",
            help=gettext(
                "Sends the addresses of these plants to that service. What was found is remembered, so you "
                "can stop and go on later."
            ),
            on_click=own_draft.change,
            args=(owner, Draft.looking_up),
        )


# A fragment of its own: the page is not run again for each step.
@st.fragment(run_every=WATCH_S)
def _watch(owner: str) -> None:
    """Draws how far a lookup is; at its end, takes its result and draws the page anew."""
    address.speak()
    draft = own_draft.of(owner)
    if draft is None or draft.lookup is None:
        return
    if draft.lookup.is_done:
        own_draft.keep(owner, draft.looked_up)
        st.rerun()
        return
    done, total = draft.lookup.progress
    st.progress(done / total if total else 0.0, plain(draft_words.progress_in_words(draft)))
    st.button(
        gettext("Cancel"), key=state.CANCEL_BUTTON, icon=":material/stop:", on_click=_cancel, args=(owner,)
    )


def _cancel(owner: str) -> None:
    """Callback: ends the lookup; what it found stays."""
    draft = own_draft.of(owner)
    if draft is not None and draft.lookup is not None:
        draft.lookup.cancel()


# ---- use -------------------------------------------------------------------------------------------


def _use_step(owner: str, draft: Draft) -> None:
    """Draws the last step: the table comes on show, and the map opens."""
    st.header(gettext("Use it"), anchor=False)
    st.markdown(gettext("The table switch beside every page gets **Your table**; nobody else sees it."))
    if st.button(
        gettext("Show my table on the map"), key=state.USE_BUTTON, type="primary", icon=":material/map:"
    ):
        try:
            with st.spinner(gettext("Preparing the map …")), own_draft.WORKPLACE.turn(draft.size):
                loader.keep_own(owner, draft.title, draft.shown, notes=tuple(draft.imported.notes))
        except AtlasError as error:
            show_error(error)
            return
        own_table.show()
        st.switch_page("world_map.py")

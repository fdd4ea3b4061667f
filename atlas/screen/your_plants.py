"""The page Your plants: a file, its columns, what is wrong with it, its positions, and the way to the map.

The session keeps nothing of a table but the name of its owner. What is worked on is a `Draft` that lies in
the server's `visitors` under that name, is counted there, and goes with the session. So callbacks and
fragments get the owner's name, never a draft.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import streamlit as st

from atlas.catalog import draft_words, loader
from atlas.catalog.draft import PASTED, Draft, FileOptions, opened, sample
from atlas.errors import AtlasError
from atlas.geocoding import service
from atlas.importing.roles import guessing
from atlas.memory import Workplace
from atlas.screen import internals, own_table, state
from atlas.screen.page_parts import plain, server_path, show_error
from atlas.words import count

ENDINGS = ["csv", "tsv", "txt", "xlsx", "geojson", "json", "parquet"]
LEAD = (
    "Bring a table of plants and see it on every page: CSV, Excel, GeoJSON or Parquet, at most 50 MB and "
    "1,000,000 rows. It needs a name or an address for each plant, no more."
)
PRIVACY = (
    "**Your table stays yours.** It lives in this server's memory, for this visit only: nothing of it is "
    "written to disk or to a log, and no other visitor can reach it. It is gone when you forget it, reload "
    "or close this page. Addresses are looked up on this machine unless you ask for more."
)
NO_COLUMN = "–"
ROWS_SHOWN = 500
WATCH_S = 1.0
WORKPLACE = Workplace()
COLUMNS_A_ROW = 3
PLACE_ROLES = ("address", "town", "region", "country", "latitude", "longitude")
FIRST_ROLES = ("name", *PLACE_ROLES, "opened_year", "status")
FOUND_OUT = "Found out"
DELIMITERS = {"": FOUND_OUT, ",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
DECIMALS = {"": FOUND_OUT, ".": "Point: 41.5", ",": "Comma: 41,5"}
HEADERS: dict[bool | None, str] = {None: FOUND_OUT, True: "Yes", False: "No"}
UNICODE = ("utf-8", "utf-16")
OLDER_ENCODINGS = ("cp1252", "iso8859-15", "cp1250", "cp1251", "mac_roman", "shift_jis", "gb18030")
ENCODINGS = {name: name or FOUND_OUT for name in ("", *UNICODE, *OLDER_ENCODINGS)}
Value = TypeVar("Value")


def draw() -> None:
    """Draws the page: one step after the other, as far as the visitor is."""
    owner = own_table.owner()
    draft = _draft(owner)
    if draft is None:
        _choose_file(owner)
        with st.container(border=True):
            st.markdown(f":material/lock: {PRIVACY}")
        return
    _file_step(owner, draft)
    _columns_step(owner, draft)
    _report_step(owner, draft)
    _positions_step(owner, draft)
    _use_step(owner, draft)
    st.caption(PRIVACY)


# ---- the draft -------------------------------------------------------------------------------------


def _draft(owner: str) -> Draft | None:
    """Returns what the visitor works on, None before there is a file."""
    draft = loader.visitors().draft(owner)
    return draft if isinstance(draft, Draft) else None


def _keep(owner: str, make: Callable[[], Draft], size: int = 0) -> None:
    """Puts the draft that `make` gives in place of the visitor's; a refusal is said beside the file.

    `size`: the bytes of a file that is new; few large ones are worked on at the same time.
    """
    st.session_state[state.UPLOAD_PROBLEM] = ""
    before = _draft(owner)
    try:
        with WORKPLACE.turn(max(size, before.size if before else 0)):
            draft = make()
        loader.visitors().hold(owner, draft, draft.size)
    except AtlasError as error:
        st.session_state[state.UPLOAD_PROBLEM] = str(error)


def _change(owner: str, change: Callable[[Draft], Draft]) -> None:
    """Callback: replaces the visitor's draft, if there still is one, by a changed draft."""
    draft = _draft(owner)
    if draft is not None:
        _keep(owner, partial(change, draft))


def _keep_and_rerun(owner: str, make: Callable[[], Draft], words: str) -> None:
    """Makes a draft while a spinner turns, and draws the page anew."""
    with st.spinner(words):
        _keep(owner, make)
    _rerun()


def _rerun() -> None:
    """Draws the page anew, with empty boxes for files: from here on, the draft has the only copy."""
    internals.drop_uploaded_files()
    st.session_state[state.UPLOAD_ROUND] = st.session_state.get(state.UPLOAD_ROUND, 0) + 1
    st.rerun()


def _round_key(key: str) -> str:
    """Returns the key of a box for a file or a text, which is another, empty box after each file."""
    return f"{key}-{st.session_state.get(state.UPLOAD_ROUND, 0)}"


# ---- the file --------------------------------------------------------------------------------------


def _choose_file(owner: str) -> None:
    """Draws the first step: a file, or a text that was copied; and what was wrong with the last one."""
    on_file, on_text = st.tabs(["Choose a file", "Paste a table"])
    with on_file:
        file = st.file_uploader(
            "Your file", type=ENDINGS, key=_round_key(state.FILE), label_visibility="collapsed"
        )
    with on_text:
        text = st.text_area(
            "Cells copied from a spreadsheet, or lines of a CSV file",
            key=_round_key(state.PASTED_TEXT),
            height=180,
            placeholder="Plant;Town;Country\nCassino Plant;Piedimonte San Germano;Italy",
        )
        is_pasted = st.button("Read it", key=state.READ_PASTED_BUTTON, icon=":material/content_paste:")
    _say_problem()
    st.download_button(
        "Download a sample to try",
        data=sample,
        file_name="sample-plants.csv",
        mime="text/csv",
        key=state.SAMPLE_BUTTON,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    if file is not None:
        _read(owner, file.getvalue(), file.name, file.name)
    elif is_pasted:
        _read(owner, text.encode("utf-8"), PASTED, "what you pasted")


def _read(owner: str, content: bytes, file_name: str, name: str) -> None:
    """Reads and checks a file, says how far it is, and draws the page anew."""
    with st.status(plain(f"Reading {name} …")) as status:
        make = partial(opened, content, file_name, say=lambda words: status.update(label=plain(words)))
        _keep(owner, make, len(content))
    _rerun()


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
            "Forget my table",
            key=state.FORGET_BUTTON,
            icon=":material/delete:",
            on_click=_forget,
            help="At once: the file, the table and its addresses are gone.",
        )
        with st.popover("Read it differently", icon=":material/tune:"):
            _reading_options(owner, draft)


def _forget() -> None:
    """Callback: nothing is left of file and table."""
    internals.drop_uploaded_files()
    own_table.forget()


def _reading_options(owner: str, draft: Draft) -> None:
    """Draws a form in which a visitor can say what was found out about the file."""
    options, detected = draft.options, draft.detected
    with st.form(state.READING_OPTIONS, border=False):
        encoding = delimiter = decimal = sheet = ""
        if detected.kind == "csv":
            encoding = _pick("Encoding", ENCODINGS, options.encoding)
            delimiter = _pick("Cells are divided by", DELIMITERS, options.delimiter)
        if detected.sheets:
            sheet = _pick("Sheet", {name: name for name in detected.sheets}, detected.sheet)
        decimal = _pick("Decimal mark", DECIMALS, options.decimal)
        header = _pick("The first row names the columns", HEADERS, options.header)
        if st.form_submit_button("Read again", icon=":material/refresh:"):
            wanted = FileOptions(encoding, delimiter, decimal, header, sheet)
            _keep_and_rerun(owner, partial(draft.read_as, wanted), "Reading again …")


def _pick(label: str, words: Mapping[Value, str], chosen: Value) -> Value:
    """Draws a box with the values of `words`, each in its words, and returns the picked value."""
    values = list(words)
    index = values.index(chosen) if chosen in values else 0
    return st.selectbox(label, values, index=index, format_func=lambda value: words[value])


# ---- columns ---------------------------------------------------------------------------------------


def _columns_step(owner: str, draft: Draft) -> None:
    """Draws which column is what, beside the first rows, and a form to change it."""
    st.header("Columns", anchor=False)
    st.markdown(plain(draft_words.columns_in_words(draft)))
    rows = draft_words.preview(draft)
    st.dataframe(rows, hide_index=True, placeholder="", alt="The first rows of the file")
    with st.expander("Change what the columns are", icon=":material/view_column:"):
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
                    chosen[role] = _pick(guessing.ROLES[role].label, options, draft.roles.get(role, ""))
        if st.form_submit_button("Use these columns", icon=":material/check:"):
            wanted = {role: column for role, column in chosen.items() if column}
            _keep_and_rerun(owner, partial(draft.with_roles, wanted), "Checking the rows again …")


def _columns_file(owner: str, draft: Draft) -> None:
    """Draws the choice of columns as a small file, for the next table like this one."""
    st.download_button(
        "Save this choice as a file",
        data=draft.mapping_file(),
        file_name="columns.json",
        mime="application/json",
        key=state.SAVE_COLUMNS_BUTTON,
        icon=":material/download:",
        on_click="ignore",
    )
    key = _round_key(state.COLUMNS_FILE)
    file = st.file_uploader("Or use a choice that you saved", type=["json"], key=key)
    if file is not None:
        make = partial(draft.with_mapping_file, file.getvalue())
        _keep_and_rerun(owner, make, "Checking the rows again …")


# ---- report ----------------------------------------------------------------------------------------


def _report_step(owner: str, draft: Draft) -> None:
    """Draws how many plants are placed, what is wrong with the others, and what can be done about it."""
    st.header("Report", anchor=False)
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
            st.caption(plain(f"Mended: {', '.join(mended)}."))
            st.button(
                "Undo",
                key=state.UNDO_FIX_BUTTON,
                type="tertiary",
                on_click=_change,
                args=(owner, Draft.unfixed),
            )
    if draft.imported.reported:
        _problem_rows(draft)
        _rejects(owner, draft)


def _fix(owner: str, kind: str) -> None:
    """Callback: mends one kind of problem as proposed."""
    _change(owner, lambda draft: draft.fixed(kind))


def _problem_rows(draft: Draft) -> None:
    lines = len(draft.imported.report)
    title = f"See the {count('row', draft.imported.reported)}, one by one"
    with st.expander(title, icon=":material/table_rows:"):
        rows = draft_words.problems(draft, ROWS_SHOWN)
        st.dataframe(rows, hide_index=True, placeholder="", alt="Rows with a problem")
        if lines > ROWS_SHOWN:
            st.caption(f"The first {ROWS_SHOWN} of {lines:,} remarks; “Download rejects” has them all.")


def _rejects(owner: str, draft: Draft) -> None:
    """Draws the rows with a problem as a file, and a box for the corrected rows."""
    with st.expander("Correct rows in a spreadsheet", icon=":material/edit:"):
        st.markdown("Download the rows with a problem, correct them, and add them again.")
        st.link_button(
            "Download rejects (CSV)",
            f"{server_path()}/api/rejects/{draft.key}.csv",
            icon=":material/download:",
        )
        file = st.file_uploader("Corrected rows", type=ENDINGS, key=_round_key(state.CORRECTED_FILE))
        if file is not None:
            make = partial(draft.with_corrected, file.getvalue(), file.name)
            _keep_and_rerun(owner, make, "Adding the corrected rows …")


# ---- positions -------------------------------------------------------------------------------------


def _positions_step(owner: str, draft: Draft) -> None:
    """Draws how many rows have no position, and what can be done about them."""
    if not draft.missing and draft.lookup is None:
        return
    st.header("Positions", anchor=False)
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
            "Find towns on this machine",
            key=state.TOWNS_BUTTON,
            icon=":material/location_city:",
            help="At once, and no address leaves this machine.",
            on_click=_change,
            args=(owner, Draft.found_here),
        )
        st.button(
            plain(f"Ask {name}"),
            key=state.ASK_BUTTON,
            icon=":material/travel_explore:",
            help="Sends the addresses of these plants to that service. What was found is remembered, "
            "so you can stop and go on later.",
            on_click=_change,
            args=(owner, Draft.looking_up),
        )


# A fragment of its own: the page is not run again for each step.
@st.fragment(run_every=WATCH_S)
def _watch(owner: str) -> None:
    """Draws how far a lookup is; at its end, takes its result and draws the page anew."""
    draft = _draft(owner)
    if draft is None or draft.lookup is None:
        return
    if draft.lookup.is_done:
        _keep(owner, draft.looked_up)
        st.rerun()
        return
    done, total = draft.lookup.progress
    st.progress(done / total if total else 0.0, plain(draft_words.progress_in_words(draft)))
    st.button("Cancel", key=state.CANCEL_BUTTON, icon=":material/stop:", on_click=_cancel, args=(owner,))


def _cancel(owner: str) -> None:
    """Callback: ends the lookup; what it found stays."""
    draft = _draft(owner)
    if draft is not None and draft.lookup is not None:
        draft.lookup.cancel()


# ---- use -------------------------------------------------------------------------------------------


def _use_step(owner: str, draft: Draft) -> None:
    """Draws the last step: the table comes on show, and the map opens."""
    st.header("Use it", anchor=False)
    st.markdown("The table switch beside every page gets **Your table**; nobody else sees it.")
    if st.button("Show my table on the map", key=state.USE_BUTTON, type="primary", icon=":material/map:"):
        try:
            with st.spinner("Preparing the map …"), WORKPLACE.turn(draft.size):
                loader.keep_own(owner, draft.title, draft.shown, notes=tuple(draft.imported.notes))
        except AtlasError as error:
            show_error(error)
            return
        own_table.show()
        st.switch_page("world_map.py")

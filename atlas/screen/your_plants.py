"""What the page Your plants is made of: a file, its columns, what is wrong with it, its places, the map.

Knows Streamlit, like `parts`; apart from it so that only this page loads the libraries that read files.
The session keeps nothing of a table but its name in the server's `visitors`: whatever is
worked on is a `Draft` that lies there, counted, and goes with the session.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from atlas.catalog import draft_words, loader
from atlas.catalog.draft import PASTED, Draft, Options, opened, sample
from atlas.errors import AtlasError
from atlas.geocoding import service
from atlas.importing.roles import guessing
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
NONE = "–"
ROWS_SHOWN = 500
WATCH_S = 1.0
COLUMNS_A_ROW = 3
FIRST_ROLES = (
    "name",
    "address",
    "town",
    "region",
    "country",
    "latitude",
    "longitude",
    "opened_year",
    "status",
)
DELIMITERS = {"": "Found out", ",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
DECIMALS = {"": "Found out", ".": "Point: 41.5", ",": "Comma: 41,5"}
HEADERS: dict[bool | None, str] = {None: "Found out", True: "Yes", False: "No"}
ENCODINGS = (
    "",
    "utf-8",
    "utf-16",
    "cp1252",
    "iso8859-15",
    "cp1250",
    "cp1251",
    "mac_roman",
    "shift_jis",
    "gb18030",
)


def draw() -> None:
    """The page: one step after the other, as far as the visitor is."""
    owner = own_table.owner()
    draft = _draft(owner)
    if draft is None:
        _choose_file(owner)
        with st.container(border=True):
            st.markdown(f":material/lock: {PRIVACY}")
        return
    _say_file(owner, draft)
    _columns(owner, draft)
    _report(owner, draft)
    _locate(owner, draft)
    _use(owner, draft)
    st.caption(PRIVACY)


def _draft(owner: str) -> Draft | None:
    held = loader.visitors().draft(owner)
    return held if isinstance(held, Draft) else None


# ---- the file --------------------------------------------------------------------------------------


def _choose_file(owner: str) -> None:
    """The first step: a file, or a text that was copied; what was wrong with the last one."""
    turn = st.session_state.setdefault(state.UPLOAD_ROUND, 0)
    on_file, on_text = st.tabs(["Choose a file", "Paste a table"])
    with on_file:
        file = st.file_uploader(
            "Your file",
            type=ENDINGS,
            key=f"{state.FILE}-{turn}",
            label_visibility="collapsed",
        )
    with on_text:
        st.text_area(
            "Cells copied from a spreadsheet, or lines of a CSV file",
            key=f"{state.PASTED_TEXT}-{turn}",
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
        _read(owner, partial(opened, file.getvalue(), file.name), file.name)
    elif is_pasted:
        text = st.session_state[f"{state.PASTED_TEXT}-{turn}"]
        _read(owner, partial(opened, text.encode("utf-8"), PASTED), "what you pasted")


def _forget() -> None:
    """Callback: nothing is left of file and table."""
    internals.drop_uploaded_files()
    own_table.forget()


def _read(owner: str, make: Callable[..., Draft], name: str) -> None:
    """Reads and checks, says how far it is, and draws the page anew with what came of it."""
    with st.status(plain(f"Reading {name} …")) as status:
        _keep(owner, partial(make, say=lambda words: status.update(label=plain(words))))
    internals.drop_uploaded_files()
    st.session_state[state.UPLOAD_ROUND] = st.session_state.get(state.UPLOAD_ROUND, 0) + 1
    st.rerun()


def _keep(owner: str, make: Callable[[], Draft]) -> None:
    """The draft that `make` gives is the visitor's from now on; a refusal is said beside the file."""
    st.session_state[state.UPLOAD_PROBLEM] = ""
    try:
        draft = make()
        loader.visitors().hold(owner, draft, draft.size)
    except AtlasError as error:
        st.session_state[state.UPLOAD_PROBLEM] = str(error)


def _say_problem() -> None:
    if problem := st.session_state.get(state.UPLOAD_PROBLEM):
        st.error(plain(problem), icon=":material/error:")


def _say_file(owner: str, draft: Draft) -> None:
    """What the file is, as found out; and how it could be read otherwise."""
    st.subheader(plain(draft.title), anchor=False)
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
            _options(owner, draft)


def _options(owner: str, draft: Draft) -> None:
    """What was found out about the file can be said instead."""
    told, found = draft.options, draft.detected
    with st.form(state.READING_OPTIONS, border=False):
        encoding = delimiter = decimal = sheet = ""
        if found.kind == "csv":
            encoding = _pick("Encoding", {one: one or "Found out" for one in ENCODINGS}, told.encoding)
            delimiter = _pick("Cells are divided by", DELIMITERS, told.delimiter)
        if found.sheets:
            sheet = _pick("Sheet", {one: one for one in found.sheets}, found.sheet)
        decimal = _pick("Decimal mark", DECIMALS, told.decimal)
        header = _pick("The first row names the columns", HEADERS, told.header)
        if st.form_submit_button("Read again", icon=":material/refresh:"):
            wanted = Options(encoding, delimiter, decimal, header, sheet)
            _again(owner, partial(draft.read_as, wanted), "Reading again …")


def _pick(label: str, words: Any, chosen: Any) -> Any:
    values = list(words)
    index = values.index(chosen) if chosen in values else 0
    return st.selectbox(label, values, index=index, format_func=lambda one: words[one])


def _again(owner: str, make: Callable[[], Draft], words: str) -> None:
    with st.spinner(words):
        _keep(owner, make)
    internals.drop_uploaded_files()
    st.rerun()


# ---- columns ---------------------------------------------------------------------------------------


def _columns(owner: str, draft: Draft) -> None:
    """Which column is what: as guessed, beside the first rows, and changed where it is wrong."""
    st.subheader("Columns", anchor=False)
    st.markdown(plain(draft_words.columns_in_words(draft)))
    st.dataframe(
        draft_words.preview(draft), hide_index=True, placeholder="", alt="The first rows of the file"
    )
    with st.expander("Change what the columns are", icon=":material/view_column:"):
        _choose_columns(owner, draft)
        _mapping_file(owner, draft)


def _choose_columns(owner: str, draft: Draft) -> None:
    every = [*FIRST_ROLES, *(role for role in guessing.ROLES if role not in FIRST_ROLES)]
    options = ["", *draft.columns]
    with st.form(state.COLUMNS, border=False):
        chosen = {}
        for start in range(0, len(every), COLUMNS_A_ROW):
            for role, place in zip(every[start:], st.columns(COLUMNS_A_ROW), strict=False):
                now = draft.roles.get(role, "")
                chosen[role] = place.selectbox(
                    guessing.ROLES[role].label,
                    options,
                    index=options.index(now) if now in options else 0,
                    format_func=lambda name: name or NONE,
                )
        if st.form_submit_button("Use these columns", icon=":material/check:"):
            wanted = {role: column for role, column in chosen.items() if column}
            _again(owner, partial(draft.with_roles, wanted), "Checking the rows again …")


def _mapping_file(owner: str, draft: Draft) -> None:
    """The choice as a small file, for the next table like this one."""
    turn = st.session_state.setdefault(state.UPLOAD_ROUND, 0)
    st.download_button(
        "Save this choice as a file",
        data=draft.mapping_file(),
        file_name="columns.json",
        mime="application/json",
        key=state.SAVE_COLUMNS_BUTTON,
        icon=":material/download:",
        on_click="ignore",
    )
    file = st.file_uploader(
        "Or use a choice that you saved", type=["json"], key=f"{state.COLUMNS_FILE}-{turn}"
    )
    if file is not None:
        st.session_state[state.UPLOAD_ROUND] = turn + 1
        _again(owner, partial(draft.with_mapping_file, file.getvalue()), "Checking the rows again …")


# ---- report ----------------------------------------------------------------------------------------


def _report(owner: str, draft: Draft) -> None:
    """How many plants are placed, what is wrong with the others, and what can be done about it."""
    st.subheader("Report", anchor=False)
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
    if draft_words.mended(draft):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(f"Mended: {', '.join(draft_words.mended(draft))}."))
            st.button("Undo", key=state.UNDO_FIX_BUTTON, type="tertiary", on_click=_unfix, args=(owner,))
    if draft.imported.reported:
        _rows(draft)
        _rejects(owner, draft)


def _rows(draft: Draft) -> None:
    lines = len(draft.imported.report)
    title = f"See the {count('row', draft.imported.reported)}, one by one"
    with st.expander(title, icon=":material/table_rows:"):
        st.dataframe(
            draft_words.problems(draft, ROWS_SHOWN),
            hide_index=True,
            placeholder="",
            alt="Rows with a problem",
        )
        if lines > ROWS_SHOWN:
            st.caption(f"The first {ROWS_SHOWN} of {lines:,} remarks; “Download rejects” has them all.")


def _fix(owner: str, kind: str) -> None:
    """Callback: what is proposed for one kind of problem is done."""
    draft = _draft(owner)
    if draft is not None:
        _keep(owner, partial(draft.fixed, kind))


def _unfix(owner: str) -> None:
    """Callback: the table is as it was read."""
    draft = _draft(owner)
    if draft is not None:
        _keep(owner, draft.unfixed)


def _rejects(owner: str, draft: Draft) -> None:
    """The rows with a problem as a file; corrected, they come back."""
    turn = st.session_state.setdefault(state.UPLOAD_ROUND, 0)
    with st.expander("Correct rows in a spreadsheet", icon=":material/edit:"):
        st.markdown("Download the rows with a problem, correct them, and add them again.")
        st.link_button(
            "Download rejects (CSV)",
            f"{server_path()}/api/rejects/{draft.key}.csv",
            icon=":material/download:",
        )
        file = st.file_uploader("Corrected rows", type=ENDINGS, key=f"{state.CORRECTED_FILE}-{turn}")
        if file is not None:
            st.session_state[state.UPLOAD_ROUND] = turn + 1
            more = partial(draft.with_corrected, file.getvalue(), file.name)
            _again(owner, more, "Adding the corrected rows …")


# ---- places ----------------------------------------------------------------------------------------


def _locate(owner: str, draft: Draft) -> None:
    """Rows without a position: what can be done about them, and how far it is."""
    if not draft.missing and draft.lookup is None:
        return
    st.subheader("Positions", anchor=False)
    if draft.problem:
        st.warning(plain(draft.problem), icon=":material/warning:")
    if draft.lookup is not None:
        _watch(owner)
        return
    chosen = service.settings()
    asked = draft_words.network_service(chosen)
    st.markdown(plain(draft_words.missing_in_words(draft, chosen)))
    if asked:
        with st.container(horizontal=True):
            st.button(
                "Find towns on this machine",
                key=state.TOWNS_BUTTON,
                icon=":material/location_city:",
                help="At once, and no address leaves this machine.",
                on_click=_find_here,
                args=(owner,),
            )
            st.button(
                plain(f"Ask {asked}"),
                key=state.ASK_BUTTON,
                icon=":material/travel_explore:",
                help="Sends the addresses of these plants to that service. What was found is remembered, "
                "so you can stop and go on later.",
                on_click=_ask,
                args=(owner,),
            )


def _find_here(owner: str) -> None:
    """Callback: towns from the gazetteer."""
    draft = _draft(owner)
    if draft is not None:
        _keep(owner, draft.found_here)


def _ask(owner: str) -> None:
    """Callback: starts the lookup beside the page."""
    draft = _draft(owner)
    if draft is not None:
        _keep(owner, draft.looking_up)


# A fragment of its own: the page is not run again for each step. It knows the owner's name, no table.
@st.fragment(run_every=WATCH_S)
def _watch(owner: str) -> None:
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
    draft = _draft(owner)
    if draft is not None and draft.lookup is not None:
        draft.lookup.cancel()


# ---- use -------------------------------------------------------------------------------------------


def _use(owner: str, draft: Draft) -> None:
    """The last step: the table comes on show, and the map opens."""
    st.subheader("Use it", anchor=False)
    st.markdown("The table switch beside every page gets **Your table**; nobody else sees it.")
    if st.button("Show my table on the map", key=state.USE_BUTTON, type="primary", icon=":material/map:"):
        try:
            with st.spinner("Preparing the map …"):
                loader.keep_own(owner, draft.title, draft.imported.table, notes=tuple(draft.imported.notes))
        except AtlasError as error:
            show_error(error)
            return
        own_table.show()
        st.switch_page("world_map.py")

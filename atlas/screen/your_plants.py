"""What the page Your plants is made of: a file, its columns, what is wrong with it, its places, the map.

Knows Streamlit, like `parts`; apart from it so that only this page loads the libraries that read files.
The session keeps nothing of a table but its name in `catalog.visitors` (see `uploads`): whatever is
worked on is a `Bench` that lies there, counted, and goes with the session.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from atlas.catalog import loader, sheets
from atlas.catalog.draft import PASTED, Bench, FileOptions, opened, sample
from atlas.errors import AtlasError
from atlas.importing.roles import guessing
from atlas.screen import download_menu, frame

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
_ROUND, _PROBLEM, _MAPPING = "atlas-upload-round", "atlas-upload-problem", "atlas-mapping"
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
    owner = frame.owner()
    bench = _bench(owner)
    if bench is None:
        _choose_file(owner)
        with st.container(border=True):
            st.markdown(f":material/lock: {PRIVACY}")
        return
    _say_file(owner, bench)
    _columns(owner, bench)
    _report(owner, bench)
    _locate(owner, bench)
    _use(owner, bench)
    st.caption(PRIVACY)


def _bench(owner: str) -> Bench | None:
    draft = sheets.visitors.draft(owner)
    return draft if isinstance(draft, Bench) else None


# ---- the file --------------------------------------------------------------------------------------


def _choose_file(owner: str) -> None:
    """The first step: a file, or a text that was copied; what was wrong with the last one."""
    turn = st.session_state.setdefault(_ROUND, 0)
    on_file, on_text = st.tabs(["Choose a file", "Paste a table"])
    with on_file:
        file = st.file_uploader(
            "Your file",
            type=ENDINGS,
            key=f"atlas-file-{turn}",
            label_visibility="collapsed",
        )
    with on_text:
        st.text_area(
            "Cells copied from a spreadsheet, or lines of a CSV file",
            key=f"atlas-paste-{turn}",
            height=180,
            placeholder="Plant;Town;Country\nCassino Plant;Piedimonte San Germano;Italy",
        )
        is_pasted = st.button("Read it", key="atlas-read-paste", icon=":material/content_paste:")
    _say_problem()
    st.download_button(
        "Download a sample to try",
        data=sample,
        file_name="sample-plants.csv",
        mime="text/csv",
        key="atlas-sample",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    if file is not None:
        _read(owner, partial(opened, file.getvalue(), file.name), file.name)
    elif is_pasted:
        text = st.session_state[f"atlas-paste-{turn}"]
        _read(owner, partial(opened, text.encode("utf-8"), PASTED), "what you pasted")


def _give_back() -> None:
    """Streamlit keeps what was uploaded until the session ends; ours is the only copy from here on."""
    context = get_script_run_ctx()
    if context:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def _forget() -> None:
    """Callback: nothing is left of file and table."""
    _give_back()
    frame.forget_own()


def _read(owner: str, make: Callable[..., Bench], name: str) -> None:
    """Reads and checks, says how far it is, and draws the page anew with what came of it."""
    with st.status(frame.plain(f"Reading {name} …")) as status:
        _keep(owner, partial(make, say=lambda words: status.update(label=frame.plain(words))))
    _give_back()
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.rerun()


def _keep(owner: str, make: Callable[[], Bench]) -> None:
    """The bench that `make` gives is the visitor's from now on; a refusal is said beside the file."""
    st.session_state[_PROBLEM] = ""
    try:
        bench = make()
        sheets.visitors.hold(owner, bench, bench.size)
    except AtlasError as error:
        st.session_state[_PROBLEM] = str(error)


def _say_problem() -> None:
    if problem := st.session_state.get(_PROBLEM):
        st.error(frame.plain(problem), icon=":material/error:")


def _say_file(owner: str, bench: Bench) -> None:
    """What the file is, as found out; and how it could be read otherwise."""
    st.subheader(frame.plain(bench.title), anchor=False)
    st.markdown(frame.plain(bench.detected_in_words))
    _say_problem()
    for note in bench.imported.warnings:
        st.caption(frame.plain(note))
    with st.container(horizontal=True):
        st.button(
            "Forget my table",
            key="atlas-forget",
            icon=":material/delete:",
            on_click=_forget,
            help="At once: the file, the table and its addresses are gone.",
        )
        with st.popover("Read it differently", icon=":material/tune:"):
            _options(owner, bench)


def _options(owner: str, bench: Bench) -> None:
    """What was found out about the file can be said instead."""
    told, found = bench.options, bench.detected
    with st.form("atlas-options", border=False):
        encoding = delimiter = decimal = sheet = ""
        if found.kind == "csv":
            encoding = _pick("Encoding", {one: one or "Found out" for one in ENCODINGS}, told.encoding)
            delimiter = _pick("Cells are divided by", DELIMITERS, told.delimiter)
        if found.sheets:
            sheet = _pick("Sheet", {one: one for one in found.sheets}, found.sheet)
        decimal = _pick("Decimal mark", DECIMALS, told.decimal)
        header = _pick("The first row names the columns", HEADERS, told.header)
        if st.form_submit_button("Read again", icon=":material/refresh:"):
            wanted = FileOptions(encoding, delimiter, decimal, header, sheet)
            _again(owner, partial(bench.read_as, wanted), "Reading again …")


def _pick(label: str, words: Any, chosen: Any) -> Any:
    values = list(words)
    index = values.index(chosen) if chosen in values else 0
    return st.selectbox(label, values, index=index, format_func=lambda one: words[one])


def _again(owner: str, make: Callable[[], Bench], words: str) -> None:
    with st.spinner(words):
        _keep(owner, make)
    _give_back()
    st.rerun()


# ---- columns ---------------------------------------------------------------------------------------


def _columns(owner: str, bench: Bench) -> None:
    """Which column is what: as guessed, beside the first rows, and changed where it is wrong."""
    st.subheader("Columns", anchor=False)
    st.markdown(frame.plain(bench.columns_in_words))
    st.dataframe(bench.preview, hide_index=True, placeholder="", alt="The first rows of the file")
    with st.expander("Change what the columns are", icon=":material/view_column:"):
        _choose_columns(owner, bench)
        _mapping_file(owner, bench)


def _choose_columns(owner: str, bench: Bench) -> None:
    every = [*FIRST_ROLES, *(role for role in guessing.ROLES if role not in FIRST_ROLES)]
    options = ["", *bench.columns]
    with st.form("atlas-columns", border=False):
        chosen = {}
        for start in range(0, len(every), COLUMNS_A_ROW):
            for role, place in zip(every[start:], st.columns(COLUMNS_A_ROW), strict=False):
                now = bench.roles.get(role, "")
                chosen[role] = place.selectbox(
                    guessing.ROLES[role].label,
                    options,
                    index=options.index(now) if now in options else 0,
                    format_func=lambda name: name or NONE,
                )
        if st.form_submit_button("Use these columns", icon=":material/check:"):
            wanted = {role: column for role, column in chosen.items() if column}
            _again(owner, partial(bench.with_roles, wanted), "Checking the rows again …")


def _mapping_file(owner: str, bench: Bench) -> None:
    """The choice as a small file, for the next table like this one."""
    turn = st.session_state.setdefault(_ROUND, 0)
    st.download_button(
        "Save this choice as a file",
        data=bench.mapping_file(),
        file_name="columns.json",
        mime="application/json",
        key="atlas-mapping-save",
        icon=":material/download:",
        on_click="ignore",
    )
    file = st.file_uploader("Or use a choice that you saved", type=["json"], key=f"{_MAPPING}-{turn}")
    if file is not None:
        st.session_state[_ROUND] = turn + 1
        _again(owner, partial(bench.with_mapping_file, file.getvalue()), "Checking the rows again …")


# ---- report ----------------------------------------------------------------------------------------


def _report(owner: str, bench: Bench) -> None:
    """How many plants are placed, what is wrong with the others, and what can be done about it."""
    st.subheader("Report", anchor=False)
    st.markdown(f"**{frame.plain(bench.summary)}**")
    for remark in bench.remarks:
        with st.container(horizontal=True, vertical_alignment="center", key=f"atlas-remark-{remark.key}"):
            st.markdown(frame.plain(remark.words), width="stretch")
            if remark.fix:
                st.button(
                    remark.fix,
                    key=f"atlas-fix-{remark.key}",
                    icon=":material/auto_fix_high:",
                    on_click=_fix,
                    args=(owner, remark.key),
                )
    if bench.mended:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(frame.plain(f"Mended: {', '.join(bench.mended)}."))
            st.button("Undo", key="atlas-unfix", type="tertiary", on_click=_unfix, args=(owner,))
    if bench.imported.reported:
        _rows(bench)
        _rejects(owner, bench)


def _rows(bench: Bench) -> None:
    lines = len(bench.imported.report)
    title = f"See the {_count(bench.imported.reported, 'row')}, one by one"
    with st.expander(title, icon=":material/table_rows:"):
        st.dataframe(bench.problems(ROWS_SHOWN), hide_index=True, placeholder="", alt="Rows with a problem")
        if lines > ROWS_SHOWN:
            st.caption(f"The first {ROWS_SHOWN} of {lines:,} remarks; “Download rejects” has them all.")


def _fix(owner: str, kind: str) -> None:
    """Callback: what is proposed for one kind of problem is done."""
    bench = _bench(owner)
    if bench is not None:
        _keep(owner, partial(bench.fixed, kind))


def _unfix(owner: str) -> None:
    """Callback: the table is as it was read."""
    bench = _bench(owner)
    if bench is not None:
        _keep(owner, bench.unfixed)


def _rejects(owner: str, bench: Bench) -> None:
    """The rows with a problem as a file; corrected, they come back."""
    turn = st.session_state.setdefault(_ROUND, 0)
    with st.expander("Correct rows in a spreadsheet", icon=":material/edit:"):
        st.markdown("Download the rows with a problem, correct them, and add them again.")
        st.link_button(
            "Download rejects (CSV)",
            f"{download_menu.base_path()}/api/rejects/{bench.key}.csv",
            icon=":material/download:",
        )
        file = st.file_uploader("Corrected rows", type=ENDINGS, key=f"atlas-corrected-{turn}")
        if file is not None:
            st.session_state[_ROUND] = turn + 1
            more = partial(bench.with_corrected, file.getvalue(), file.name)
            _again(owner, more, "Adding the corrected rows …")


# ---- places ----------------------------------------------------------------------------------------


def _locate(owner: str, bench: Bench) -> None:
    """Rows without a position: what can be done about them, and how far it is."""
    if not bench.missing and bench.lookup is None:
        return
    st.subheader("Positions", anchor=False)
    if bench.problem:
        st.warning(frame.plain(bench.problem), icon=":material/warning:")
    if bench.lookup is not None:
        _watch(owner)
        return
    st.markdown(frame.plain(bench.missing_in_words))
    if bench.service:
        with st.container(horizontal=True):
            st.button(
                "Find towns on this machine",
                key="atlas-towns",
                icon=":material/location_city:",
                help="At once, and no address leaves this machine.",
                on_click=_find_here,
                args=(owner,),
            )
            st.button(
                frame.plain(f"Ask {bench.service}"),
                key="atlas-ask",
                icon=":material/travel_explore:",
                help="Sends the addresses of these plants to that service. What was found is remembered, "
                "so you can stop and go on later.",
                on_click=_ask,
                args=(owner,),
            )


def _find_here(owner: str) -> None:
    """Callback: towns from the gazetteer."""
    bench = _bench(owner)
    if bench is not None:
        _keep(owner, bench.found_here)


def _ask(owner: str) -> None:
    """Callback: starts the lookup beside the page."""
    bench = _bench(owner)
    if bench is not None:
        _keep(owner, bench.looking_up)


# A fragment of its own: the page is not run again for each step. It knows the owner's name, no table.
@st.fragment(run_every=WATCH_S)
def _watch(owner: str) -> None:
    bench = _bench(owner)
    if bench is None or bench.lookup is None:
        return
    if bench.lookup.is_done:
        _keep(owner, bench.looked_up)
        st.rerun()
        return
    done, total = bench.lookup.progress
    st.progress(done / total if total else 0.0, frame.plain(bench.progress_in_words))
    st.button("Cancel", key="atlas-cancel", icon=":material/stop:", on_click=_cancel, args=(owner,))


def _cancel(owner: str) -> None:
    bench = _bench(owner)
    if bench is not None and bench.lookup is not None:
        bench.lookup.cancel()


# ---- use -------------------------------------------------------------------------------------------


def _use(owner: str, bench: Bench) -> None:
    """The last step: the table comes on show, and the map opens."""
    st.subheader("Use it", anchor=False)
    st.markdown("The table switch beside every page gets **Your table**; nobody else sees it.")
    if st.button("Show my table on the map", key="atlas-use", type="primary", icon=":material/map:"):
        try:
            with st.spinner("Preparing the map …"):
                loader.keep_own(owner, bench.title, bench.imported.table, notes=tuple(bench.imported.notes))
        except AtlasError as error:
            frame.show_error(error)
            return
        frame.show_own()
        st.switch_page("world_map.py")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

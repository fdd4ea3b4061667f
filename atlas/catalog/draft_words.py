"""What the page Your plants says of a draft: sentences, and small tables for people. Touches nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from atlas.catalog.draft import Draft
from atlas.geocoding import service
from atlas.geocoding.service import GeocoderSettings
from atlas.importing.files.raw_table import Detected
from atlas.importing.problems import KINDS
from atlas.importing.roles import guessing
from atlas.language import gettext, gettext_noop, ngettext, number, pgettext, within_sentence
from atlas.text import shortened

PREVIEW_ROWS, PREVIEW_COLUMNS, LONGEST_CELL, MOST_NAMED = 5, 40, 200, 8
_DELIMITERS = {
    ",": gettext_noop("divided by comma"),
    ";": gettext_noop("divided by semicolon"),
    "\t": gettext_noop("divided by tab"),
    "|": gettext_noop("divided by bar"),
}
_NAMES_OF_FORMATS = {"excel": "Excel", "geojson": "GeoJSON", "parquet": "Parquet"}
_REPORT = {
    "row": gettext_noop("Row"),
    "column": gettext_noop("Column"),
    "value": gettext_noop("Value"),
    "kind": gettext_noop("Problem"),
    "reason": gettext_noop("Reason"),
    "fix": gettext_noop("Proposed"),
}


@dataclass(frozen=True)
class Remark:
    """A kind of problem in `words`; `fix` is on the button that mends it, "" where nothing can."""

    key: str
    words: str
    fix: str


# ---- the file and its columns ----------------------------------------------------------------------


def file_in_words(draft: Draft) -> str:
    """Returns "Text with 8 rows and 2 columns: encoding utf-8, divided by comma, …"."""
    detected = draft.detected
    size = {
        "rows": ngettext("{number} row", "{number} rows", draft.imported.rows),
        "columns": ngettext("{number} column", "{number} columns", len(draft.columns)),
        # Translators: a text file, as in "Text with 8 rows and 7 columns."
        "format": _NAMES_OF_FORMATS.get(detected.kind) or pgettext("file", "Text"),
    }
    details = ", ".join(_details(detected))
    if not details:
        return gettext("{format} with {rows} and {columns}.", **size)
    # Translators: {details} are such as "encoding utf-8, divided by comma, decimal point".
    return gettext("{format} with {rows} and {columns}: {details}.", details=details, **size)


def _details(detected: Detected) -> Iterator[str]:
    if detected.encoding:
        yield gettext("encoding {encoding}", encoding=detected.encoding)
    if detected.delimiter in _DELIMITERS:
        yield gettext(_DELIMITERS[detected.delimiter])
    elif detected.delimiter:
        yield gettext("divided by {mark}", mark=detected.delimiter)
    if detected.sheet:
        yield gettext("sheet “{sheet}”", sheet=detected.sheet)
    if detected.kind not in ("parquet", "geojson"):
        yield gettext("decimal comma") if detected.decimal == "," else gettext("decimal point")
    if detected.header_row:
        yield gettext("the names of the columns in row {row}", row=number(detected.header_row))


def columns_in_words(draft: Draft) -> str:
    """Returns which columns have a role, and which are kept as they are."""
    roles = ", ".join(
        f"{gettext(guessing.ROLES[role].label)}: {_quoted(name)}" for role, name in draft.roles.items()
    )
    others = [_quoted(name) for name in draft.columns if name not in draft.roles.values()]
    if not others:
        return f"{roles}."
    names, more = ", ".join(others[:MOST_NAMED]), len(others) - MOST_NAMED
    if more <= 0:
        kept = gettext("Kept as they are: {names}.", names=names)
        return f"{roles}. {kept}"
    rest = ngettext(
        "Kept as they are: {names} and {number} more.",
        "Kept as they are: {names} and {number} more.",
        more,
        names=names,
    )
    return f"{roles}. {rest}"


def preview(draft: Draft) -> pd.DataFrame:
    """Returns the first rows of the file, as text."""
    head = draft.imported.raw.table.slice(0, PREVIEW_ROWS).select(draft.columns[:PREVIEW_COLUMNS])
    columns = {name: head.column(name).to_pylist() for name in head.column_names}
    texts = {
        name: [str(cell)[:LONGEST_CELL] if cell is not None else "" for cell in cells]
        for name, cells in columns.items()
    }
    return pd.DataFrame(texts, dtype="str")


# ---- the report ------------------------------------------------------------------------------------


def summary(draft: Draft) -> str:
    """Returns "34,871 of 35,002 plants placed; 131 not. 2,012 of the positions were looked up."."""
    located = draft.imported.located
    wrong = int(draft.imported.wrong.sum())
    sentences = [f"{draft.imported.summary}."]
    if located:
        sentences.append(
            ngettext(
                "{number} of the positions was looked up.",
                "{number} of the positions were looked up.",
                located,
            )
        )
    if wrong:
        sentences.append(
            ngettext(
                "{number} of the points is too far from the stated country and not drawn.",
                "{number} of the points are too far from the stated country and not drawn.",
                wrong,
            )
        )
    return " ".join(sentences)


def remarks(draft: Draft) -> list[Remark]:
    """Returns what is wrong, kind by kind, the kinds that can be mended first."""
    fixes = draft.imported.fixes
    every = [
        Remark(
            kind,
            ngettext(
                "{number} row: {problem}",
                "{number} rows: {problem}",
                rows,
                problem=within_sentence(gettext(KINDS[kind].label)),
            ),
            gettext(KINDS[kind].fix) if kind in fixes and KINDS[kind].fix else "",
        )
        for kind, rows in draft.imported.kinds.items()
    ]
    return sorted(every, key=lambda remark: not remark.fix)


def mended(draft: Draft) -> list[str]:
    """Returns the kinds of problems that were mended, in words."""
    return [within_sentence(gettext(KINDS[kind].label)) for kind in KINDS if kind in draft.imported.applied]


def problems(draft: Draft, most: int) -> pd.DataFrame:
    """Returns the first lines of the report, with columns for people."""
    lines = draft.imported.report.head(most)
    labels = {kind: gettext(KINDS[kind].label) for kind in lines["kind"].unique()}
    named = lines.assign(kind=[labels[kind] for kind in lines["kind"]])[list(_REPORT)]
    texts = named.astype({name: "str" for name in _REPORT if name != "row"})
    return texts.set_axis([gettext(label) for label in _REPORT.values()], axis="columns")


# ---- places ----------------------------------------------------------------------------------------


def network_service(chosen: GeocoderSettings) -> str:
    """Returns the service on the network that may be asked; "" for none."""
    return "" if chosen.service in ("none", service.GAZETTEER) else chosen.service


def missing_in_words(draft: Draft, chosen: GeocoderSettings) -> str:
    """Returns how many rows have no position, and what can be done about it."""
    sentences = [
        ngettext("{number} plant without a position.", "{number} plants without a position.", draft.missing)
    ]
    if not network_service(chosen):
        unknown = gettext("They stay in the table, not on the map, until a town or an address is known.")
        return " ".join([*sentences, unknown])
    sentences.append(
        gettext(
            "Asking {service} for all of them takes about {duration}.",
            service=chosen.service,
            duration=service.in_words(draft.missing * chosen.delay_s),
        )
    )
    if chosen.is_public:
        sentences.append(
            gettext(
                "This server shares {server} with all the world, so at most {number} addresses are asked in "
                "one run.",
                server=chosen.domain.split("/")[0],
                number=number(service.MOST_PUBLIC),
            )
        )
    sentences.append(gettext("What it answers is kept on this server, so that nobody has to ask twice."))
    return " ".join(sentences)


def progress_in_words(draft: Draft) -> str:
    """Returns "120 of 400 addresses asked, about 5 min left."; "" where no lookup runs."""
    if draft.lookup is None:
        return ""
    done, total = draft.lookup.progress
    if draft.lookup.is_cancelled:
        return gettext("Stopping after this address …")
    if not total:
        return gettext("Looking at what is known …")
    left_s = draft.lookup.left_s()
    if left_s is None:
        return ngettext(
            "{done} of {number} address asked.",
            "{done} of {number} addresses asked.",
            total,
            done=number(done),
        )
    return ngettext(
        "{done} of {number} address asked, about {time} left.",
        "{done} of {number} addresses asked, about {time} left.",
        total,
        done=number(done),
        time=service.in_words(left_s),
    )


def _quoted(name: str) -> str:
    return f"“{shortened(name, 40)}”"

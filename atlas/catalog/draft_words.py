"""What the page Your plants says of a draft: sentences, and small tables for people. Touches nothing."""

from dataclasses import dataclass

import pandas as pd

from atlas.catalog.draft import Draft
from atlas.geocoding import service
from atlas.geocoding.service import GeocoderSettings
from atlas.importing.problems import KINDS
from atlas.importing.roles import guessing
from atlas.words import count

PREVIEW_ROWS, PREVIEW_COLUMNS, LONGEST_CELL, MOST_NAMED = 5, 40, 200, 8
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FORMATS = {"csv": "Text", "excel": "Excel", "geojson": "GeoJSON", "parquet": "Parquet"}
_REPORT = {
    "row": "Row",
    "column": "Column",
    "value": "Value",
    "kind": "Problem",
    "reason": "Reason",
    "fix": "Proposed",
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
    mark = "comma" if detected.decimal == "," else "point"
    parts = [
        f"encoding {detected.encoding}" if detected.encoding else "",
        f"divided by {_DELIMITERS.get(detected.delimiter, detected.delimiter)}" if detected.delimiter else "",
        f"sheet “{detected.sheet}”" if detected.sheet else "",
        "" if detected.kind in ("parquet", "geojson") else f"decimal {mark}",
        f"the names of the columns in row {detected.header_row:,}" if detected.header_row else "",
    ]
    size = f"{count('row', draft.imported.rows)} and {count('column', len(draft.columns))}"
    details = ", ".join(part for part in parts if part)
    return f"{_FORMATS.get(detected.kind, 'Table')} with {size}{': ' if details else ''}{details}."


def columns_in_words(draft: Draft) -> str:
    """Returns which columns have a role, and which are kept as they are."""
    roles = ", ".join(f"{guessing.ROLES[role].label}: {_quoted(name)}" for role, name in draft.roles.items())
    others = [_quoted(name) for name in draft.columns if name not in draft.roles.values()]
    more = f" and {len(others) - MOST_NAMED:,} more" if len(others) > MOST_NAMED else ""
    rest = f" Kept as they are: {', '.join(others[:MOST_NAMED])}{more}." if others else ""
    return f"{roles}.{rest}"


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
    how = f" {located:,} of the positions {'was' if located == 1 else 'were'} looked up." if located else ""
    wrong = int(draft.imported.wrong.sum())
    points = f"{wrong:,} of the points {'is' if wrong == 1 else 'are'}"
    not_drawn = f" {points} too far from the stated country and not drawn." if wrong else ""
    return f"{draft.imported.summary}.{how}{not_drawn}"


def remarks(draft: Draft) -> list[Remark]:
    """Returns what is wrong, kind by kind, the kinds that can be mended first."""
    fixes = draft.imported.fixes
    every = [
        Remark(
            kind,
            f"{count('row', rows)}: {_lower(KINDS[kind].label)}",
            KINDS[kind].fix if kind in fixes else "",
        )
        for kind, rows in draft.imported.kinds.items()
    ]
    return sorted(every, key=lambda remark: not remark.fix)


def mended(draft: Draft) -> list[str]:
    """Returns the kinds of problems that were mended, in words."""
    return [_lower(KINDS[kind].label) for kind in KINDS if kind in draft.imported.applied]


def problems(draft: Draft, most: int) -> pd.DataFrame:
    """Returns the first lines of the report, with columns for people."""
    lines = draft.imported.report.head(most)
    named = lines.assign(kind=[KINDS[kind].label for kind in lines["kind"]]).rename(columns=_REPORT)
    return named[list(_REPORT.values())].astype({name: "str" for name in _REPORT.values() if name != "Row"})


# ---- places ----------------------------------------------------------------------------------------


def network_service(chosen: GeocoderSettings) -> str:
    """Returns the service on the network that may be asked; "" for none."""
    return "" if chosen.service in ("none", service.GAZETTEER) else chosen.service


def missing_in_words(draft: Draft, chosen: GeocoderSettings) -> str:
    """Returns how many rows have no position, and what can be done about it."""
    missing = f"{count('plant', draft.missing)} without a position."
    if not network_service(chosen):
        return f"{missing} They stay in the table, not on the map, until a town or an address is known."
    duration = service.in_words(draft.missing * chosen.delay_s)
    limit = (
        f" This server shares {chosen.domain.split('/')[0]} with all the world, so at most "
        f"{service.MOST_PUBLIC} addresses are asked in one run."
        if chosen.is_public
        else ""
    )
    memory = " What it answers is kept on this server, so that nobody has to ask twice."
    return f"{missing} Asking {chosen.service} for all of them takes about {duration}.{limit}{memory}"


def progress_in_words(draft: Draft) -> str:
    """Returns "120 of 400 addresses asked, about 5 min left."; "" where no lookup runs."""
    if draft.lookup is None:
        return ""
    done, total = draft.lookup.progress
    if draft.lookup.is_cancelled:
        return "Stopping after this address …"
    left_s = draft.lookup.left_s()
    rest = "" if left_s is None else f", about {service.in_words(left_s)} left"
    return f"{done:,} of {total:,} addresses asked{rest}." if total else "Looking at what is known …"


def _quoted(name: str) -> str:
    return f"“{name if len(name) <= 40 else name[:39] + '…'}”"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]

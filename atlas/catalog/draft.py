"""A visitor's file on its way to a table: read, its columns known, its rows checked and placed.

A `Bench` is one state of that work; each step gives a new one, which the page puts in the place of the old
(see `uploads`). It says about itself what the page shows. Rows without a position are looked up on this
machine with each step, as that asks nobody; a service on the network is asked only by `looking_up`.
Touches the caches of places; writes nothing of a table anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import pandas as pd

from atlas import settings
from atlas.catalog import loader, visitors
from atlas.errors import DataError
from atlas.geocoding import chain, service
from atlas.geocoding.background import Lookup
from atlas.importing import column_roles, importer, rejects
from atlas.importing.files import raw_table
from atlas.importing.files.raw_table import Detected, FileOptions
from atlas.importing.problems import KINDS
from atlas.importing.roles import guessing
from atlas.paths import ATLAS

__all__ = ["Bench", "FileOptions", "opened", "sample"]

PASTED = "pasted table"
SAMPLE = ATLAS / "importing" / "sample-plants.csv"
PREVIEW_ROWS, PREVIEW_COLUMNS, LONGEST_CELL, MOST_NAMED = 5, 40, 200, 8
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_KINDS = {"csv": "Text", "excel": "Excel", "geojson": "GeoJSON", "parquet": "Parquet"}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Remark:
    """A kind of problem: what the page says of it; `fix` is on the button that mends it, "" if none can."""

    key: str
    words: str
    fix: str


@dataclass(frozen=True, eq=False)
class Bench:
    """One state of the work on a file: `content` as it came, read as `options` say, and `imported`.

    `lookup` runs or has run beside the page; `problem` is what the last one ended with.
    """

    key: str
    name: str
    content: bytes
    options: FileOptions
    imported: importer.Imported
    lookup: "Lookup[_Found] | None" = None
    problem: str = ""

    def close(self) -> None:
        """Ends a lookup that still runs."""
        if self.lookup is not None:
            self.lookup.cancel()

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        tables = loader.size_of(self.imported.table) + loader.size_of(self.imported.report)
        return len(self.content) + int(self.imported.raw.table.nbytes) + tables

    # ---- the file ----

    @property
    def title(self) -> str:
        """What to call the table: "power plants"."""
        return settings.title_of(self.name)

    @property
    def detected(self) -> Detected:
        return self.imported.raw.detected

    @property
    def detected_in_words(self) -> str:
        """What the file is: "Text with 8 rows and 2 columns: encoding utf-8, divided by comma, …"."""
        found = self.detected
        decimal = "" if found.kind in ("parquet", "geojson") else f"decimal {_mark(found.decimal)}"
        parts = [
            f"encoding {found.encoding}" if found.encoding else "",
            f"divided by {_DELIMITERS.get(found.delimiter, found.delimiter)}" if found.delimiter else "",
            f"sheet “{found.sheet}”" if found.sheet else "",
            decimal,
            f"the names of the columns in row {found.header_row:,}" if found.header_row else "",
        ]
        size = f"{_count(self.imported.rows, 'row')} and {_count(len(self.columns), 'column')}"
        said = ", ".join(part for part in parts if part)
        return f"{_KINDS.get(found.kind, 'Table')} with {size}{': ' if said else ''}{said}."

    def read_as(self, options: FileOptions) -> "Bench":
        """The same file, read as a person says; raises `DataError`."""
        raw = importer.open_file(self.content, self.name, options=options)
        return replace(self, options=options, **_built(raw, importer.guess(raw)))

    # ---- columns ----

    @property
    def columns(self) -> list[str]:
        """The file's columns."""
        return [str(name) for name in self.imported.raw.table.column_names]

    @property
    def roles(self) -> Mapping[str, str]:
        """Role -> column of the file."""
        return self.imported.mapping.columns

    @property
    def columns_in_words(self) -> str:
        """Which columns are known, and which are kept as they are."""
        known = ", ".join(
            f"{guessing.ROLES[role].label}: {_quoted(name)}" for role, name in self.roles.items()
        )
        others = [_quoted(name) for name in self.columns if name not in self.roles.values()]
        more = f" and {len(others) - MOST_NAMED:,} more" if len(others) > MOST_NAMED else ""
        kept = f" Kept as they are: {', '.join(others[:MOST_NAMED])}{more}." if others else ""
        return f"{known}.{kept}"

    @cached_property
    def preview(self) -> pd.DataFrame:
        """The first rows, as text."""
        head = self.imported.raw.table.slice(0, PREVIEW_ROWS).select(self.columns[:PREVIEW_COLUMNS])
        cells = {
            name: [
                str(cell)[:LONGEST_CELL] if cell is not None else "" for cell in head.column(name).to_pylist()
            ]
            for name in head.column_names
        }
        return pd.DataFrame(cells, dtype="str")

    def with_roles(self, wanted: Mapping[str, str]) -> "Bench":
        """Other columns; raises `DataError`."""
        chosen = column_roles.ColumnRoles(dict(wanted), self.imported.mapping.decimal)
        return replace(self, **_built(self.imported.raw, chosen, self.imported.applied))

    def mapping_file(self) -> str:
        """The choice of columns, to use again."""
        return self.imported.mapping.to_json()

    def with_mapping_file(self, content: bytes) -> "Bench":
        """The choice of columns as it was saved; raises `DataError`."""
        saved = column_roles.ColumnRoles.from_json(content)
        raw, options = self.imported.raw, self.options
        if saved.decimal and saved.decimal != self.detected.decimal:
            options = replace(options, decimal=saved.decimal)
            raw = importer.open_file(self.content, self.name, options=options)
        return replace(self, options=options, **_built(raw, saved, self.imported.applied))

    # ---- report ----

    @property
    def summary(self) -> str:
        """ "34,871 of 35,002 plants placed; 131 not. 2,012 of the positions were looked up."."""
        found = self.imported.located
        how = f" {found:,} of the positions {'was' if found == 1 else 'were'} looked up." if found else ""
        return f"{self.imported.summary}.{how}"

    @property
    def remarks(self) -> list[Remark]:
        """What is wrong, kind by kind, the kinds that can be mended first."""
        fixes = self.imported.fixes
        told = [
            Remark(
                kind,
                f"{_count(count, 'row')}: {_lower(KINDS[kind].label)}",
                KINDS[kind].fix if kind in fixes else "",
            )
            for kind, count in self.imported.kinds.items()
        ]
        return sorted(told, key=lambda remark: not remark.fix)

    @property
    def mended(self) -> list[str]:
        """The kinds of problems that were mended, in words."""
        return [_lower(KINDS[kind].label) for kind in KINDS if kind in self.imported.applied]

    def problems(self, most: int) -> pd.DataFrame:
        """The first lines of the report, for people."""
        lines = self.imported.report.head(most)
        told = lines.assign(kind=[KINDS[kind].label for kind in lines["kind"]])
        return told.rename(columns=_REPORT)[list(_REPORT.values())].astype(
            {name: "str" for name in _REPORT.values() if name != "Row"}
        )

    def fixed(self, kind: str) -> "Bench":
        """What is proposed for a kind of problem is done."""
        mended = importer.apply(self.imported, [kind])
        return replace(self, imported=_placed(mended), lookup=None, problem="")

    def unfixed(self) -> "Bench":
        """The table as it was read, with nothing mended."""
        return replace(self, **_built(self.imported.raw, self.imported.mapping))

    def rejects(self) -> bytes:
        """The rows with a problem as CSV, to correct."""
        return rejects.csv(self.imported)

    def with_corrected(self, content: bytes, file_name: str) -> "Bench":
        """The table with corrected rows in their places; raises `DataError`."""
        more = rejects.add(self.imported, content, file_name)
        return replace(self, imported=_placed(more), lookup=None, problem="")

    # ---- places ----

    @property
    def missing(self) -> int:
        """Rows without a position."""
        return int(self.imported.table["latitude"].isna().sum())

    @property
    def service(self) -> str:
        """The service on the network that this server may ask; "" for none."""
        chosen = service.settings()
        return "" if chosen.service in ("none", service.GAZETTEER) else chosen.service

    @property
    def missing_in_words(self) -> str:
        """How many rows have no position, and what can be done about it."""
        chosen = service.settings()
        told = f"{_count(self.missing, 'plant')} without a position."
        if not self.service:
            return f"{told} They stay in the table, not on the map, until a town or an address is known."
        took = service.in_words(self.missing * chosen.delay_s)
        limit = (
            f" This server shares {chosen.domain.split('/')[0]} with all the world, so at most "
            f"{service.MOST_PUBLIC} addresses are asked in one run."
            if chosen.is_public
            else ""
        )
        kept = " What it answers is kept on this server, so that nobody has to ask twice."
        return f"{told} Asking {self.service} for all of them takes about {took}.{limit}{kept}"

    def found_here(self) -> "Bench":
        """Towns looked up in the gazetteer on this machine."""
        return replace(self, imported=_placed(self.imported, with_gazetteer=True), lookup=None)

    def looking_up(self) -> "Bench":
        """The service is being asked, beside the page."""
        asked = chain.configured(loader.DATA_FOLDER)
        return replace(self, lookup=Lookup(partial(_find, self.imported, asked)), problem="")

    def looked_up(self) -> "Bench":
        """What a lookup that is done found is in the table."""
        if self.lookup is None:
            return self
        found = self.lookup.result
        imported = found.imported if found else self.imported
        problem = self.lookup.problem or (found.problem if found else "")
        return replace(self, imported=imported, lookup=None, problem=problem)

    @property
    def progress_in_words(self) -> str:
        """ "120 of 400 addresses asked, about 5 min left."."""
        if self.lookup is None:
            return ""
        done, total = self.lookup.progress
        if self.lookup.is_cancelled:
            return "Stopping after this address …"
        left = self.lookup.left_s()
        rest = "" if left is None else f", about {service.in_words(left)} left"
        return f"{done:,} of {total:,} addresses asked{rest}." if total else "Looking at what is known …"


@dataclass(frozen=True, eq=False)
class _Found:
    """What a lookup came to; `problem` is a sentence where it ended early."""

    imported: importer.Imported
    problem: str


_REPORT = {
    "row": "Row",
    "column": "Column",
    "value": "Value",
    "kind": "Problem",
    "reason": "Reason",
    "fix": "Proposed",
}


def sample() -> bytes:
    """A small file with the usual mistakes, to try."""
    return SAMPLE.read_bytes()


def opened(content: bytes, file_name: str, *, say: Say = lambda _: None) -> Bench:
    """The bench of a file: read, columns guessed, rows checked and placed; raises `DataError`."""
    if not content.strip():
        raise DataError(f"{file_name} is empty; it needs a row for each plant.")
    raw = importer.open_file(content, file_name)
    say(f"Checking {_count(raw.table.num_rows, 'row')} …")
    return Bench(visitors.new_key(), file_name, content, FileOptions(), **_built(raw, importer.guess(raw)))


def _built(
    raw: raw_table.Raw, columns: column_roles.ColumnRoles, applied: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What changes in a bench with its table."""
    return {
        "imported": _placed(importer.build(raw, columns, apply=applied)),
        "lookup": None,
        "problem": "",
    }


def _placed(imported: importer.Imported, *, with_gazetteer: bool = False) -> importer.Imported:
    """The table with places that are known on this machine.

    Where a service is set up, towns wait until they are asked for: they would hide its better answers.
    """
    known = chain.offline(loader.DATA_FOLDER)
    if not with_gazetteer and service.settings().service != service.GAZETTEER:
        known = replace(known, towns=None)
    return importer.locate(imported, lambda table, roles: chain.locate_table(table, roles, known).table)


def _find(
    imported: importer.Imported,
    asked: chain.Chain,
    *,
    on_progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> _Found:
    problems: list[str] = []

    def find(table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
        located = chain.locate_table(table, roles, asked, on_progress=on_progress, cancelled=cancelled)
        problems.append(located.problem or "")
        return located.table

    placed = importer.locate(imported, find)
    return _Found(placed, " ".join(filter(None, problems)))


def _mark(decimal: str) -> str:
    return "comma" if decimal == "," else "point"


def _quoted(name: str) -> str:
    return f"“{name if len(name) <= 40 else name[:39] + '…'}”"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

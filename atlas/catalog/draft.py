"""A visitor's file on its way to a table: read, its columns known, its rows checked and placed.

A `Draft` is one state of that work. Each step returns a new draft, which the page puts in the place of the
old one (see `visitors`); what the page says of a draft is in `draft_words`. Each step looks rows without a
position up on this machine, as that asks nobody; only `looking_up` asks a service on the network.
Touches the caches of places; writes nothing of a table anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from atlas import settings
from atlas.catalog.sheets import size_of
from atlas.catalog.visitors import new_key
from atlas.errors import DataError
from atlas.geocoding import chain, service
from atlas.geocoding.background import Lookup
from atlas.importing import importer, rejects
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files.raw_table import Detected, FileOptions
from atlas.importing.importer import Imported
from atlas.language import current, gettext, gettext_noop, ngettext
from atlas.paths import ATLAS, DATA

__all__ = ["Draft", "FileOptions", "opened", "sample"]

PASTED = gettext_noop("pasted table")
SAMPLE = ATLAS / "importing" / "sample-plants.csv"
Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class LookedUp:
    """The result of a lookup; `problem` is a sentence where it ended early."""

    imported: Imported
    problem: str


@dataclass(frozen=True, eq=False)
class Draft:
    """One state of the work on a file: `content` as it came, read with `options`, and `imported`.

    `folder` has the places that ship. `lookup` runs or has run beside the page; `problem` is the sentence
    that the last one ended with. `key` opens the draft over HTTP. `spoken`: the code of the language in which
    its report is.
    """

    name: str
    content: bytes
    imported: Imported
    options: FileOptions
    folder: Path = DATA
    lookup: Lookup[LookedUp] | None = None
    problem: str = ""
    key: str = field(default_factory=new_key)
    spoken: str = field(default_factory=lambda: current().code)

    @property
    def title(self) -> str:
        """Returns a title for the table: "power plants"."""
        return settings.title_of(self.name)

    @property
    def size(self) -> int:
        """Returns the bytes in memory, about."""
        tables = size_of(self.imported.table) + size_of(self.imported.report)
        return len(self.content) + int(self.imported.raw.table.nbytes) + tables

    @property
    def detected(self) -> Detected:
        """Returns what the file is, as found out."""
        return self.imported.raw.detected

    @property
    def columns(self) -> list[str]:
        """Returns the names of the file's columns."""
        return [str(name) for name in self.imported.raw.table.column_names]

    @property
    def roles(self) -> Mapping[str, str]:
        """Returns role -> column of the file."""
        return self.imported.mapping.columns

    @property
    def missing(self) -> int:
        """Returns the number of rows without a position."""
        return int(self.imported.table["latitude"].isna().sum())

    @property
    def shown(self) -> pd.DataFrame:
        """Returns the table as the pages show it, without points that cannot be right."""
        return importer.shown(self.imported)

    def close(self) -> None:
        """Ends a lookup that still runs."""
        if self.lookup is not None:
            self.lookup.cancel()

    def rejects(self) -> bytes:
        """Returns the rows with a problem as CSV, to correct."""
        return rejects.csv(self.imported)

    def mapping_file(self) -> str:
        """Returns the choice of columns as JSON, to use again."""
        return self.imported.mapping.to_json()

    # ---- steps: each returns a new draft, or raises `DataError` ----

    def read_as(self, options: FileOptions) -> "Draft":
        """Reads the file again, with other options."""
        raw = importer.open_file(self.content, self.name, options=options)
        return replace(self._with(importer.build(raw, importer.guess(raw))), options=options)

    def with_roles(self, wanted: Mapping[str, str]) -> "Draft":
        """Takes other columns; `wanted`: role -> column of the file."""
        roles = ColumnRoles(dict(wanted), self.imported.mapping.decimal)
        return self._with(importer.build(self.imported.raw, roles, apply=self.imported.applied))

    def with_mapping_file(self, content: bytes) -> "Draft":
        """Takes the choice of columns that was saved in a file, and its decimal mark."""
        roles = ColumnRoles.from_json(content)
        raw, options = self.imported.raw, self.options
        if roles.decimal and roles.decimal != self.detected.decimal:
            options = replace(options, decimal=roles.decimal)
            raw = importer.open_file(self.content, self.name, options=options)
        built = importer.build(raw, roles, apply=self.imported.applied)
        return replace(self._with(built), options=options)

    def fixed(self, kind: str) -> "Draft":
        """Applies the fix that is proposed for a kind of problem."""
        return self._with(importer.apply(self.imported, [kind]))

    def unfixed(self) -> "Draft":
        """Takes all fixes back."""
        return self._with(importer.build(self.imported.raw, self.imported.mapping))

    def with_corrected(self, content: bytes, file_name: str) -> "Draft":
        """Puts the corrected rows of a file in their places."""
        return self._with(rejects.add(self.imported, content, file_name))

    def found_here(self) -> "Draft":
        """Looks towns up in the gazetteer on this machine."""
        return replace(self, imported=_placed(self.imported, chain.offline(self.folder)), lookup=None)

    def looking_up(self) -> "Draft":
        """Begins to ask the configured service, beside the page."""
        work = partial(_find, self.imported, chain.configured(self.folder))
        return replace(self, lookup=Lookup(work), problem="")

    def looked_up(self) -> "Draft":
        """Takes over what a lookup that is done found."""
        if self.lookup is None:
            return self
        result = self.lookup.result or LookedUp(self.imported, "")
        problem = self.lookup.problem or result.problem
        return replace(self, imported=result.imported, lookup=None, problem=problem)

    def in_language(self) -> "Draft":
        """Says the report in the current language; nothing else changes."""
        if self.spoken == current().code or self.lookup is not None:
            return self
        imported = importer.said_again(self.imported, self.content, self.name, options=self.options)
        return replace(self, imported=imported, spoken=current().code)

    def _with(self, imported: Imported) -> "Draft":
        """Returns the draft with another table, placed as far as this machine knows."""
        placed = _placed(imported, _known(self.folder))
        return replace(self, imported=placed, lookup=None, problem="", spoken=current().code)


def sample() -> bytes:
    """Returns a small file with the usual mistakes, to try."""
    return SAMPLE.read_bytes()


def opened(content: bytes, file_name: str, *, folder: Path = DATA, say: Say = lambda _: None) -> Draft:
    """Returns the draft of a file: read, columns guessed, rows checked and placed; raises `DataError`."""
    if not content.strip():
        raise DataError(gettext("{title} is empty: it needs a row for each plant.", title=file_name))
    raw, roles = importer.opened(content, file_name)
    say(ngettext("Checking {number} row …", "Checking {number} rows …", raw.table.num_rows))
    imported = importer.build(raw, roles)
    return Draft(file_name, content, _placed(imported, _known(folder)), FileOptions(), folder)


def _known(folder: Path) -> chain.Chain:
    """Returns the chain of what is known on this machine.

    Where a service is set up, it is without towns until a visitor wants them: they would hide its better
    answers.
    """
    known = chain.offline(folder)
    return known if service.settings().service == service.GAZETTEER else replace(known, towns=None)


def _placed(imported: Imported, known: chain.Chain) -> Imported:
    return importer.locate(imported, chain.Finder(known))


def _find(
    imported: Imported,
    asked: chain.Chain,
    *,
    on_progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> LookedUp:
    find = chain.Finder(asked, on_progress, cancelled)
    placed = importer.locate(imported, find)
    return LookedUp(placed, find.problem)

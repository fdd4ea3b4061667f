"""Brings the catalogues of languages up to date with the texts of code, templates, scripts and tables.

    python -m data.build languages          every catalogue of atlas/languages
    python -m data.build languages pt       adds Portuguese, too

A new message is empty, a message that is gone is left out, a changed one is a new one: nothing is guessed.
"""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from atlas import basemap

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "atlas" / "languages"
_KEYWORDS = {"gettext": None, "gettext_noop": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_JINJA = "jinja2.ext:babel_extract"
_WAYS = {".py": "python", ".js": "javascript", ".html": _JINJA}
_CREATED = datetime(2026, 11, 29, tzinfo=UTC)  # the date of an extraction would change every catalogue
_HEADER = "# Translations of the Alfa Romeo plant atlas; see docs/translating.md."
FACTS = {
    "plants": ("role",),
    "sites": ("role",),
    "claims": ("claim", "evidence"),
    "story": ("title", "sentence"),
    "disagreements": ("topic", "sources_say", "we_chose"),
    "sources": ("read_from",),
    "places": ("geocoder",),
}
"""Table -> its columns of sentences that pages show in the visitor's language."""


def messages() -> Catalog:
    """Returns every message of the project, with the files that it stands in."""
    catalog = Catalog(charset="utf-8", creation_date=_CREATED)
    for path, (_line, message, comments, context) in _from_sources():
        catalog.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    for path, text in chain(_from_tables(), _from_seas()):
        catalog.add(text, locations=[(path, 0)])
    return catalog


def _from_sources() -> Iterator[tuple[str, Any]]:
    sources = [*(ROOT / "atlas").rglob("*"), *(ROOT / "pages").glob("*")]
    for path in sorted(path for path in sources if path.suffix in _WAYS):
        found = extract_from_file(
            _WAYS[path.suffix],
            path,
            keywords=_KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        yield from ((path.relative_to(ROOT).as_posix(), message) for message in found)


def _from_tables() -> Iterator[tuple[str, str]]:
    for table, columns in FACTS.items():
        path = ROOT / "data" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from ((path.relative_to(ROOT).as_posix(), row[name]) for name in columns if row[name])


def _from_seas() -> Iterator[tuple[str, str]]:
    """Yields the names of seas, which basemap.js writes; those of countries it knows from the browser."""
    world = json.loads(gzip.decompress(basemap.read("world.json")))
    yield from (("atlas/drawing/browser/map/basemap.js", " ".join(sea["lines"])) for sea in world["seas"])


def updated(code: str, found: Catalog) -> Catalog:
    """Returns the catalogue of a language with exactly the messages `found`, and the translations it has."""
    path = FOLDER / f"{code}.po"
    catalog = Catalog(code, header_comment=_HEADER, project="Alfa Romeo plant atlas", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=code)
    catalog.update(found, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id and not all(_strings(message)):
            message.flags.discard("fuzzy")  # of a message that became a plural, and has no text yet
    return catalog


def write(code: str, found: Catalog) -> None:
    """Writes the updated catalogue of a language."""
    catalog = updated(code, found)
    with (FOLDER / f"{code}.po").open("wb") as file:
        write_po(file, catalog, width=110, sort_output=False, include_lineno=False, omit_header=False)


def build(codes: Sequence[str]) -> None:
    """Writes all catalogues, those of `codes` included, and says how much each of them lacks."""
    found = messages()
    for code in sorted({path.stem for path in FOLDER.glob("*.po")} | set(codes)):
        write(code, found)
        print(f"{code}: {missing(updated(code, found))} of {len(found)} messages without a translation")


def missing(catalog: Catalog) -> int:
    """Returns how many messages of a catalogue have no translation."""
    return sum(1 for message in catalog if message.id and not all(_strings(message)))


def _strings(message: Any) -> Sequence[str]:
    return message.string if isinstance(message.string, (tuple, list)) else (message.string or "",)

"""Writes the fact sheet of a plant: one page to print, as HTML of its own that needs nothing else.

Figures come with units and dates, each fact with the numbers of its sources, which stand at the end. A QR
code leads back to the plant.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import segno

from atlas import language
from atlas.alfa import facts, tables
from atlas.drawing import cards
from atlas.language import gettext

QR_MODULE_PX = 3


@dataclass(frozen=True)
class SheetFact:
    """A fact with the numbers of its sources; `gap` says what lacks one: "no source for start"."""

    text: str
    numbers: tuple[int, ...]
    gap: str


class _SourceList:
    """Pages in the order in which facts first name them; each has one number."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def cite(self, fact: facts.Fact) -> SheetFact:
        """Returns a fact with the numbers of its sources, as far as it has some."""
        named = [(source.url, source.read_from) for _, source in fact.sources or () if source.exists]
        for page in named:
            self.numbers.setdefault(page, len(self.numbers) + 1)
        return SheetFact(fact.text, tuple(sorted({self.numbers[page] for page in named})), fact.gap)


def html(
    plant: Mapping[str, Any], known: tables.Tables | None, *, words: str, address: str, picture: bytes | None
) -> str:
    """Returns the sheet of a plant. `known`: our tables, None for a plant of any other table.

    `words`: its status. `address`: where it is shown, "" for a table that only its owner sees. `picture`: a
    map of it as PNG, None without a position.
    """
    cited = _SourceList()
    content = _alfa_parts(plant, known, cited.cite) if known else _any_parts(plant)
    return cards.template("fact_sheet.html").render(
        **content,
        language=language.current().code,
        status=words,
        head=cards.head(plant),
        as_of=tables.as_of() if known else "",
        sources=[(number, *page) for page, number in cited.numbers.items()],
        address=address,
        code=_qr_code(address) if address else "",
        picture=base64.b64encode(picture).decode() if picture else "",
        position=cards.position(plant),
    )


def _alfa_parts(
    plant: Mapping[str, Any], known: tables.Tables, cite: Callable[[facts.Fact], SheetFact]
) -> dict[str, Any]:
    sources = facts.index(known.sources)
    lines = facts.lines(plant, known.production, sources)
    return {
        "name": cite(facts.title(plant, sources, "name")),
        "official": cite(facts.title(plant, sources, "official_name")),
        "role": cite(facts.title(plant, sources, "role")),
        "lines": [(line.term, [cite(fact) for fact in line.facts]) for line in lines if not line.runs],
        "models": [(line.term, [cite(fact) for fact in line.facts]) for line in lines if line.runs],
        "built": [cite(year.fact) for year in facts.output(plant["plant_id"], known.output, sources)],
    }


def _any_parts(plant: Mapping[str, Any]) -> dict[str, Any]:
    name, official, role = (
        SheetFact(str(plant.get(key) or ""), (), "") for key in ("name", "official_name", "role")
    )
    lines = [(term, [SheetFact(text, (), "")]) for term, text in cards.any_facts(plant)]
    return {"name": name, "official": official, "role": role, "lines": lines, "models": [], "built": []}


def _qr_code(address: str) -> str:
    """Returns an address as a QR code, an SVG to stand in HTML."""
    code = segno.make(address, error="m", micro=False)
    return str(
        code.svg_inline(
            scale=QR_MODULE_PX, border=2, omitsize=True, title=gettext("QR code of the address below")
        )
    )

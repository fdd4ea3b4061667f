"""The feed of corrected facts is what RFC 4287 asks for."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
import pandas as pd

from atlas.alfa import schemas, tables
from atlas.export import changes_feed
from atlas.paths import DATA
from atlas.site import ALFA

ATOM = "{http://www.w3.org/2005/Atom}"
ROOT = "https://atlas.example.org/x"
KNOWN = tables.load(DATA)


def feed(known: tables.Tables = KNOWN) -> Element:
    """The feed as a parser reads it."""
    parsed: Element = defusedxml.ElementTree.fromstring(changes_feed.atom(known, ALFA, root=ROOT))
    return parsed


def text(element: Element, name: str) -> str:
    """The text of the one child with this name."""
    (child,) = element.findall(ATOM + name)
    return child.text or ""


def links(element: Element) -> dict[str, str]:
    """Relation -> address."""
    return {link.attrib["rel"]: link.attrib["href"] for link in element.findall(f"{ATOM}link")}


def test_it_has_what_it_must_have() -> None:
    """Id, title and time of feed and entries, once each; an author; its own address; all addresses whole."""
    found = feed()
    entries = found.findall(f"{ATOM}entry")
    assert found.tag == f"{ATOM}feed"
    assert len(entries) == len(KNOWN.changes)
    for element in [found, *entries]:
        assert urlsplit(text(element, "id")).scheme == "urn"
        assert text(element, "title")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo is not None
        assert all(urlsplit(address).netloc for address in links(element).values())
    assert len({text(entry, "id") for entry in [found, *entries]}) == len(entries) + 1
    assert found.findtext(f"{ATOM}author/{ATOM}name") == "Alfa Romeo plant atlas"
    assert links(found) == {"self": f"{ROOT}/api/changes.atom", "alternate": f"{ROOT}/"}
    assert text(found, "updated") == max(text(entry, "updated") for entry in entries)


def test_an_entry_leads_to_its_plant_and_source() -> None:
    """The plant on the map, the claims where it is about no plant; text is text."""
    rows = [
        ("2026-11-25", "sites", "arese", "owner", "<b>A & B</b>", "C", "https://example.org/?a=1&b=2"),
        ("2026-11-25", "claims", "c32", "verdict", "outdated", "supported", ""),
    ]
    table = pd.DataFrame(rows, columns=list(schemas.SCHEMAS["changes"].columns), dtype="str")
    arese, claim = feed(replace(KNOWN, changes=table)).findall(f"{ATOM}entry")
    assert links(arese) == {
        "alternate": f"{ROOT}/?table=sites&plant=arese",
        "related": "https://example.org/?a=1&b=2",
    }
    assert text(arese, "content") == "Arese Plant: Owner is now C. Before, it was <b>A & B</b>."
    assert links(claim) == {"alternate": f"{ROOT}/sources"}


def test_without_a_change_it_is_still_a_feed() -> None:
    """It has no entry, and the time that it must have."""
    found = feed(replace(KNOWN, changes=KNOWN.changes.iloc[:0]))
    assert (len(found.findall(f"{ATOM}entry")), text(found, "updated")) == (0, "1970-01-01T00:00:00Z")

"""The corrected facts as a feed (Atom, RFC 4287), so that people and programs hear of them."""

import uuid
from urllib.parse import urlencode

from atlas.alfa import changes, tables
from atlas.catalog import filters, sheets
from atlas.drawing import cards
from atlas.site import Site

PATH = "/api/changes.atom"
MEDIA_TYPE = "application/atom+xml"
EPOCH = "1970-01-01"
"""The day of a feed without a change: it must name one."""


def atom(known: tables.Tables, site: Site, *, root: str) -> bytes:
    """Returns the feed; `root`: the server's address for others."""
    told = changes.newest_first(known)
    entries = [(change, _page(root, change)) for change in told]
    text = cards.template("changes.xml").render(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, f"{root}{PATH}").urn,
        site=site,
        address=f"{root}{PATH}",
        root=f"{root}/",
        updated=told[0].changed if told else EPOCH,
        entries=entries,
    )
    return text.encode()


def _page(root: str, change: changes.Change) -> str:
    """Returns the address of the plant that a change is about, else of the claims."""
    if not change.plant_id:
        return f"{root}/sources"
    query = urlencode({filters.TABLE: sheets.ALL_SITES, filters.PLANT: change.plant_id})
    return f"{root}/?{query}"

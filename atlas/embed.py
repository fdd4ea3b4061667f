"""The atlas in a frame of another site: who may show it, and the lines of HTML that do.

`ATLAS_FRAME_ANCESTORS` names the sites; by default only our own pages may. The value becomes a part of
the Content-Security-Policy of every answer, so nothing but known forms is let through.

    >>> snippet("https://atlas.example.org/", {"country": ["Italy"]}, title="4 plants in Italy")
    '<iframe src="https://atlas.example.org/?embed=true&amp;country=Italy" title="4 plants in Italy" …'
"""

import os
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from atlas.errors import ConfigurationError

VARIABLE = "ATLAS_FRAME_ANCESTORS"
OURSELVES, NOBODY = "'self'", "'none'"
WIDTH, HEIGHT_PX = "100%", 520
_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?/?", re.IGNORECASE)


def frame_ancestors(environ: Mapping[str, str] = os.environ) -> str:
    """Who may show our pages in a frame, as Content-Security-Policy says it.

    Raises `ConfigurationError` for anything that is neither `self`, `none`, `*` nor the address of a site.
    """
    words = environ.get(VARIABLE, "").replace(",", " ").split()
    if not words:
        return OURSELVES
    sources = [_source(word) for word in words]
    if len(sources) > 1 and NOBODY in sources:
        raise ConfigurationError(
            f"{VARIABLE} says none and names sites as well. Leave none out, or the sites."
        )
    return " ".join(dict.fromkeys(sources))


def safe_frame_ancestors(environ: Mapping[str, str] = os.environ) -> str:
    """`frame_ancestors`; only our own pages where the value is wrong (`python -m atlas check` says it)."""
    try:
        return frame_ancestors(environ)
    except ConfigurationError:
        return OURSELVES


def snippet(site: str, parameters: Mapping[str, Sequence[str]], *, title: str) -> str:
    """HTML that shows the map of a selection in another page: `site` is the atlas's own address."""
    query = urlencode({"embed": "true", **parameters}, doseq=True)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border: 0"></iframe>'
    )
    return str(frame.format(f"{site.rstrip('/')}/?{query}", title, WIDTH, HEIGHT_PX))


def _source(word: str) -> str:
    name = word.strip("'\"").lower()
    if name in ("self", "none"):
        return f"'{name}'"
    if name == "*" or _SITE.fullmatch(word):
        return name.rstrip("/")
    raise ConfigurationError(
        f"{VARIABLE} has “{word[:60]}”; write self, none, * or sites such as https://example.org"
        " or https://*.example.org:8443, with spaces between them."
    )

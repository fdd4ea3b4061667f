"""The atlas in a frame of another site: who may show it, and the lines of HTML that do.

`ATLAS_FRAME_ANCESTORS` names the sites; by default only our own pages may. The value becomes a part of
the Content-Security-Policy of every answer, so nothing but known forms is let through.

    >>> snippet("https://atlas.example.org/", {"country": ["Italy"]}, title="4 plants in Italy")
    '<iframe src="https://atlas.example.org/?embed=true&amp;country=Italy" title="4 plants in Italy" …'
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

WIDTH, HEIGHT_PX = "100%", 520


def snippet(site: str, parameters: Mapping[str, Sequence[str]], *, title: str) -> str:
    """HTML that shows the map of a selection in another page: `site` is the atlas's own address."""
    query = urlencode({"embed": "true", **parameters}, doseq=True)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border: 0"></iframe>'
    )
    return str(frame.format(f"{site.rstrip('/')}/?{query}", title, WIDTH, HEIGHT_PX))

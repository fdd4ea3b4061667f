"""The atlas in a frame of another site: who may show it, and the lines of HTML that do.

`ATLAS_FRAME_ANCESTORS` names the sites; by default only our own pages may. The value becomes a part of
the Content-Security-Policy of every answer, so nothing but known forms is let through.

    >>> snippet("https://atlas.example.org/", {"country": ["Italy"]}, title="4 plants in Italy")
    '<iframe src="https://atlas.example.org/?embed=true&amp;country=Italy" title="4 plants in Italy" …'
"""

"""The map alone, in a frame of another site: `/?embed=true`."""

from atlas.screen import page_parts
from atlas.screen.plants import map_view
from atlas.screen.view import current_view

view = current_view()
map_view.draw_map(view, fills=True)
page_parts.embedded_line(view)

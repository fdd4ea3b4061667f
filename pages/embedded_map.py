"""The map alone, in a frame of another site: `/?embed=true`."""

from atlas.screen import frame, map_view

view = frame.view()
map_view.draw_map(view, fills=True)
frame.embedded_line(view)

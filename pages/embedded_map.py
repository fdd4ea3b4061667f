"""The map alone, in a frame of another site: `/?embed=true`."""

from atlas import parts, screen

view = screen.view()
parts.draw_map(view, fills=True)
screen.embedded_line(view)

"""Your plants: bring a table, be told what is wrong with it, see it on every page."""

from atlas.screen import frame, your_plants

view = frame.view()
frame.heading("Your plants", view, your_plants.LEAD)
your_plants.draw()

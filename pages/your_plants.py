"""Your plants: bring a table, be told what is wrong with it, see it on every page."""

from atlas import screen, yours

view = screen.view()
screen.heading("Your plants", view, yours.LEAD)
yours.draw()

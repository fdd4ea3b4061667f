"""Your plants: bring a table, be told what is wrong with it, see it on every page."""

from atlas.language import gettext
from atlas.screen import page_parts, your_plants
from atlas.screen.view import current_view

page_parts.heading(gettext("Your plants"), current_view(), gettext(your_plants.LEAD), has_rows=False)
your_plants.draw()

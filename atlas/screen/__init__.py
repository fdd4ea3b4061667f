"""The pages: the only package that knows Streamlit, with a module for each page, named as the page.

Others use: frame, view, page_parts, internals, plants.map_view, plants.plant_card,
plants.plant_rows, plants.pickers, plants.answer, plants.which_alfa, download_menu, timeline,
distances, your_plants, sources.
May import: export and below.
"""

"""The pages: the only package that knows Streamlit, with a module for each page, named as the page.

Others use: frame, view, state, page_parts, download_menu, sources, timeline, distances,
your_plants, plants.map_view, plants.plant_card, plants.plant_rows, plants.pickers.
May import: export and below.
"""

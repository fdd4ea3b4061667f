"""What a choice looks like: map, charts, cards, preview picture. Knows no Streamlit and no HTTP.

Others use: folium_map, charts, cards, answer, preview_picture, look, browser_files.
May import: catalog and below.
"""

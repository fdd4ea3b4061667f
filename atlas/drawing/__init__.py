"""What a choice looks like: map, charts, cards, preview picture. Knows no Streamlit and no HTTP.

Others use: folium_map, charts, matrix_chart, cards, answer, told, preview_picture, fact_sheet, look,
 browser_files.
May import: catalog and below.
"""

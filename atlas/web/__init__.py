"""HTTP beside and before the pages: files, map data, health, page heads, first answers, Streamlit's files.

Others use: routes, page_head, requests, security, health, packed_files, streamlit_files, icon_font,
own_process.
May import: export and below.
"""

"""HTTP beside the pages: files, map data, health, page heads.

Others use: routes, page_head, security, health, packed_files, streamlit_files.
May import: export and below.
"""

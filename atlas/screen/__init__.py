"""The pages: the only package that knows Streamlit, with a module for each page, named as the page.

Others use: frame, view, map_view.
May import: export and below.
"""

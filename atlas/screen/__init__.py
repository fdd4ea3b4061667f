"""The pages: the only package that knows Streamlit, with a module for each page, named as the page.

Public face: `frame`, `view`, `page_parts`, `plants` and the module of each page.

May import: every other package but `web` and `cli`.
"""

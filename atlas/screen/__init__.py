"""The pages: the only package that knows Streamlit, with a module for each page, named as the page.

Others use: frame, view, page_parts, plants, and the module of each page.
May import: export and below.
"""

"""Cells of a file become plant rows: values, countries, positions, names, ids, and what is wrong with them."""

"""Cells of a file become plant rows: values, countries, positions, names and ids, and what is wrong."""

"""A stranger's file becomes plant rows and a report on every problem; no row is lost.

Others use `importer`, `rejects`, `problems`, `column_roles`, `source`, `roles` and the types of
`files.raw_table`. Inside: `files` (bytes to cells), `roles` (what a column is), `rows` (cells to plant
rows). May import: the modules directly in `atlas`.
"""

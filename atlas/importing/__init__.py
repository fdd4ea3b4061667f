"""A stranger's file becomes plant rows and a report on every problem; no row is lost.

Others use: importer, source, rejects, problems, column_roles, roles.guessing, files.raw_table,
files.csv_text.
May import: the ground floor.
"""

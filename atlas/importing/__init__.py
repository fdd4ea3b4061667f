"""A stranger's file becomes plant rows and a report on every problem; no row is lost.

Others use: importer, source, table_reader, rejects, problems, column_roles, roles.guessing,
roles.status_words, files.raw_table, files.csv_text, files.encodings, files.header_row, files.reader.
Inside: `files` (bytes to cells), `roles` (what a column is), `rows` (cells to plant rows).
May import: the ground floor.
"""

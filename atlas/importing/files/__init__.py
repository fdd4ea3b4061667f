"""A file's bytes become a raw table of text cells: CSV, Excel, GeoJSON, Parquet.

`reader.read` is the way in, `raw_table.Raw` what comes out. May import: `roles`, `countries`.
"""

"""A file's bytes become a raw table of text cells: CSV, Excel, GeoJSON, Parquet."""

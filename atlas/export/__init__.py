"""A choice leaves as a file.

Others use: export, formats, csv_file, row_parts, changes_feed.
May import: drawing and below.
"""

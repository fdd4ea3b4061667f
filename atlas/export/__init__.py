"""A choice leaves as a file.

Others use: export, formats, csv_file.
May import: drawing and below.
"""

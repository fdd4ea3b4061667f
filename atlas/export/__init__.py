"""A choice leaves as a file.

Others use: export, formats.
May import: drawing and below.
"""

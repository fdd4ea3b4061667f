"""HTTP beside the pages: files, map data, health, page heads.

Others use: routes, health.
May import: export and below.
"""

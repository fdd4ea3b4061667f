"""The tables on show, what can be chosen of them, and what a choice shows.

Others use: sheets, loader, filters, index, selection, results, readable, points,
figures, distances, start_places, visitors, draft, draft_words.
May import: alfa, geocoding, importing.
"""

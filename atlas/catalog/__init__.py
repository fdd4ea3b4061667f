"""The tables on show, what can be chosen of them, and what a choice shows.

Others use: loader, sheets, filters, selection, results, figures, distances, start_places, points, readable,
draft, draft_words.
May import: alfa, geocoding, importing and below.
"""

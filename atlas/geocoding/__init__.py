"""An address becomes a place; the only package that may ask the network.

Others use: chain, service, resolve, csv_cache, store, gazetteer, background.
May import: the ground floor.
"""

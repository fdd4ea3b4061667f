"""The plants of a selection on a page, as map, card, rows and pickers.

They always agree: all of them read the selection, and write it through `address.select`.
"""

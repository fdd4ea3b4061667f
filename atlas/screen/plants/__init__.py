"""The plants of a selection on a page: map, card, rows and pickers.

They always agree, because all of them read the selection and write it through `address.select`.

May import: what `atlas.screen` may, and its modules up to `page_parts`.
"""

"""An address becomes a place; the only package that may ask the network.

Others use `chain` (places whole tables), `service.settings`, `store.open_store`, `gazetteer.load`,
`resolve.describe` and `background.Lookup`. May import: the modules directly in `atlas`.
"""

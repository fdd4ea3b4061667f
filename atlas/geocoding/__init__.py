"""An address becomes a place; the only package that may ask the network."""

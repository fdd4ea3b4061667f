"""The Alfa Romeo plant atlas: plant tables -> placed tables -> selections -> map, files and API."""

__version__ = "1.0.0"

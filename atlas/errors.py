"""Everything that can go wrong on purpose.

One base error and a handful of children. Each carries one sentence for a person: what is wrong
(file, row, column, value) and the way out. They are raised low, `from` their cause, and shown in
one place: a box on the page, a line on standard error, an `{"error": ...}` from the API.
"""


class AtlasError(Exception):
    """Base of all errors that the atlas raises on purpose; `str(error)` is a sentence for people."""


class DataError(AtlasError):
    """A file of the product or of an operator is missing, unreadable or has a wrong cell."""


class SelectionError(AtlasError):
    """A filter, parameter or value that does not exist was asked for."""


class NotHere(SelectionError):
    """What is one visitor's own was asked for and is gone, or lies with another process of the server."""


class ConfigurationError(AtlasError):
    """An environment variable has a value that cannot be used."""


class GeocoderUnavailable(AtlasError):
    """The geocoder gave no answer: no network, refused, out of quota, or garbage. Never "no such place"."""


class CacheError(AtlasError):
    """The geocode cache cannot be read or written."""

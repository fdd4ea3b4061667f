"""A choice leaves as a file."""

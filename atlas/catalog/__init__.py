"""The tables on show, what can be chosen of them, and what a choice shows."""

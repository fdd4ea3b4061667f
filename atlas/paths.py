"""Where the product's own files lie."""

from pathlib import Path

ATLAS = Path(__file__).parent
DATA = ATLAS.parent / "data"
ASSETS = ATLAS / "assets"
"""What a browser or a template gets: scripts, styles, pieces of HTML."""

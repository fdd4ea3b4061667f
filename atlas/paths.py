"""Where the product's own files are, and whether a folder can be written."""

import os
import tempfile
from pathlib import Path

ATLAS = Path(__file__).parent
DATA = ATLAS.parent / "data"
ASSETS = ATLAS / "drawing" / "browser"
"""Scripts, styles and pieces of HTML for browsers and templates."""


def is_writable(folder: Path) -> bool:
    """Returns whether a file can be made there; does not make a folder that is missing."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if nearest != folder:
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

"""Where the product's own files lie."""

import os
import tempfile
from pathlib import Path

ATLAS = Path(__file__).parent
DATA = ATLAS.parent / "data"
ASSETS = ATLAS / "drawing" / "browser"
"""What a browser or a template gets: scripts, styles, pieces of HTML."""


def is_writable(folder: Path) -> bool:
    """Whether a file could be made there; a folder that does not exist yet is not made."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if nearest != folder:
        return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

"""Which tests stay in one process where several run (`pytest -n auto`), and which come last.

pytest-xdist's own groups (`--dist loadgroup`) are of no effect with pytest 9.2, so the scheduler is ours.
"""

from xdist.scheduler import LoadScopeScheduling

# Their tests share a browser and a dashboard, or a PostgreSQL.
SHARING = ("tests/browser/", "tests/geocoding/")


def is_slow(file: str) -> bool:
    """Whether the tests of a file take more than ten seconds; they come last."""
    return file.endswith("_slow.py")


def group(test: str) -> str:
    """What the tests that stay in one process with this one have in common: a folder, else their file."""
    file = test.split("::", 1)[0]
    return next((folder for folder in SHARING if file.startswith(folder) and not is_slow(file)), file)


class Scheduler(LoadScopeScheduling):
    """Hands out groups of tests, in the order of the files."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)

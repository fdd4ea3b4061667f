"""Reads a stranger's file in a process of its own, which has an end to its memory and its time.

A few kilobytes can unpack to more than any machine has, and one call of a library can keep all other visitors
waiting. So files that are large, or packed, are read beside the server: it only takes the finished cells.
What the process would say is thrown away, as it may hold cells. Memory is bounded where the system can do
that (Linux), time everywhere. Touches nothing but that process.
"""

import io
import os
import pickle
import subprocess
import sys
import time
import zipfile
from contextlib import suppress

from atlas.errors import DataError
from atlas.importing.files.raw_table import FileOptions, Raw
from atlas.language import Spoken, current, gettext, number, use
from atlas.paths import ATLAS
from atlas.text import shortened

MOST_MEMORY = 4_000_000_000
MOST_S = 300.0
SOON_S = 5.0
"""A process that ends so early without an answer is tried once more."""
LARGE_TEXT, LARGE_UNPACKED = 2_000_000, 10_000_000
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def is_needed(content: bytes, file_name: str) -> bool:
    """Returns whether a file is large, or may become large when it is unpacked."""
    if content.startswith(b"PAR1") or file_name.lower().endswith(".parquet"):
        return True
    if content.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
            return sum(part.file_size for part in parts) > LARGE_UNPACKED
    return len(content) > LARGE_TEXT


def read(content: bytes, file_name: str, options: FileOptions) -> Raw:
    """Returns the cells of a file as `reader.read` does; raises `DataError`, also where it takes too much."""
    title = shortened(file_name) or gettext("The table")
    asked = pickle.dumps((content, file_name, options, MOST_MEMORY, current().code))
    begun = time.monotonic()
    try:
        done = _run(asked)
        if done.returncode and time.monotonic() - begun < SOON_S:
            done = _run(asked)  # a machine that is out of memory for a moment ends processes, too
    except subprocess.TimeoutExpired:
        raise DataError(
            gettext(
                "{title} takes longer than {number} seconds to read. Use a smaller file.",
                title=title,
                number=number(MOST_S, 2),
            )
        ) from None
    if done.returncode:
        raise DataError(
            gettext(
                "{title} needs more than {number} GB of memory, or is damaged. Use a smaller file, or save "
                "it again.",
                title=title,
                number=number(MOST_MEMORY / 1e9, 1),
            )
        )
    answer = pickle.loads(done.stdout)  # noqa: S301  # from ourselves
    if isinstance(answer, Raw):
        return answer
    raise DataError(answer)


def _run(asked: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  # ourselves, with no argument from outside
        [sys.executable, "-m", __name__],
        input=asked,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=MOST_S,
        env={**os.environ, **_ONE_THREAD, "PYTHONPATH": str(ATLAS.parent)},
        check=False,
    )


def main() -> None:
    """Reads the file on standard input, and writes its cells, or why there are none, to standard output."""
    from atlas.importing.files import reader

    content, file_name, options, most_memory, code = pickle.load(sys.stdin.buffer)  # noqa: S301  # from ourselves
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most_memory, most_memory))
    use(Spoken(code))
    try:
        answer: Raw | str = reader.read_here(content, file_name, options=options)
    except DataError as error:
        answer = str(error)
    pickle.dump(answer, sys.stdout.buffer, protocol=5)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing is left to do; threads of libraries that end may crash


if __name__ == "__main__":
    main()

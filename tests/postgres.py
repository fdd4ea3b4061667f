"""A PostgreSQL on 127.0.0.1 for tests, with a data folder of its own that goes with it.

Where no PostgreSQL is installed its tests are skipped with a loud line; with CI=true that is a failure.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WAIT_S = 60


@contextmanager
def running() -> Iterator[str]:
    """Its address, for ATLAS_DATABASE_URL."""
    programs = _programs()
    if programs is None:
        message = "no PostgreSQL is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(f"NOT TESTED: {message}", stacklevel=1)
        pytest.skip(message)
    user = "postgres" if hasattr(os, "getuid") and os.getuid() == 0 else None  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    if user:
        shutil.chown(folder, user)
    try:
        yield from _serve(programs, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    return next((Path(path).parent for path in reversed(found) if path), None)


def _serve(programs: Path, folder: Path, user: str | None) -> Iterator[str]:
    data = folder / "data"
    make = ["--pgdata", data, "--auth", "trust", "--username", "atlas", "--no-sync", "--encoding", "UTF8"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user, "cwd": folder}
    subprocess.run([programs / "initdb", *make], check=True, **quiet)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off"]
    flags = [part for option in options for part in ("-c", option)]
    server = subprocess.Popen([programs / "postgres", "-D", data, *flags], **quiet)
    try:
        _await(programs, port, server)
        yield f"postgresql://atlas@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # SIGTERM would wait until everybody has left
        try:
            server.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            server.kill()


def _await(programs: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + WAIT_S
    while subprocess.run(
        [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
    ).returncode:
        assert server.poll() is None, "PostgreSQL did not start"
        assert time.monotonic() < until, "PostgreSQL did not become ready"
        time.sleep(0.05)

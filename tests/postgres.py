"""A PostgreSQL on 127.0.0.1 for tests, with a data folder of its own that goes with it: `running`, `server`.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

WAIT_S = 60


@dataclass
class Server:
    """A PostgreSQL that can be stopped, started again and frozen; its data stay."""

    programs: Path
    folder: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Its address, for ATLAS_DATABASE_URL."""
        return f"postgresql://atlas@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "fsync=off"]
        flags = [part for option in options for part in ("-c", option)]
        program = [self.programs / "postgres", "-D", self.folder / "data", *flags]
        self._process = subprocess.Popen(program, **_as_its_user(self.folder))
        until = time.monotonic() + WAIT_S
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            assert self._process.poll() is None, "PostgreSQL did not start"
            assert time.monotonic() < until, "PostgreSQL did not become ready"
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)  # SIGTERM would wait until everybody has left
        try:
            self._process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Lets it take connections and say nothing, as behind a network that loses everything."""
        assert self._process
        family = [psutil.Process(self._process.pid)]
        family += family[0].children(recursive=True)
        for process in family:
            process.suspend()
        try:
            yield
        finally:
            for process in family:
                process.resume()


@contextmanager
def running() -> Iterator[str]:
    """Its address, for ATLAS_DATABASE_URL."""
    with server() as started:
        yield started.address


@contextmanager
def server() -> Iterator[Server]:
    """A server that has been started."""
    programs = _programs()
    if programs is None:
        message = "no PostgreSQL is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(f"NOT TESTED: {message}", stacklevel=1)
        pytest.skip(message)
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgres-"))
    if user := _as_its_user(folder)["user"]:
        shutil.chown(folder, user)
    made = Server(programs, folder, _free_port())
    try:
        make = ["--auth", "trust", "--username", "atlas", "--no-sync", "--encoding", "UTF8"]
        program = [programs / "initdb", "--pgdata", folder / "data", *make]
        subprocess.run(program, check=True, **_as_its_user(folder))
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_its_user(folder: Path) -> dict[str, Any]:
    """How its programs are started: quietly, and not as root, which they refuse."""
    user = "postgres" if hasattr(os, "getuid") and os.getuid() == 0 else None
    return {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": user, "cwd": folder}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _programs() -> Path | None:
    found = [shutil.which("initdb"), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    return next((Path(path).parent for path in reversed(found) if path), None)

"""A dashboard to look at: `dashboard`, `started`, `copy_of_project`.

Starts `streamlit run dashboard.py` as a process of its own on a free port, waits until it answers,
and ends it with all its children. Touches the network of this machine only.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START_S, STOP_S = 60, 5


@dataclass
class Running:
    """A dashboard that was started: its port, its address without a slash, its process and its log."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def await_answer(self) -> None:
        """Waits until it answers; raises `RuntimeError` with its log if it ends or takes too long."""
        _wait_for(self.process, self.url, self.log)

    def kill(self) -> None:
        """Ends it as a crash does (kill -9)."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def started(folder: Path = ROOT, port: int = 0, **settings: str) -> Iterator[Running]:
    """Starts the checkout in `folder` with these environment variables, and does not wait for it.

    Settings from outside are left out and the cache is empty, so that nothing of the user's own is touched.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        log = Path(work) / "log"
        process = _start(folder, port, log, {"ATLAS_CACHE_DIR": str(Path(work) / "cache"), **settings})
        try:
            yield Running(port, process, log)
        finally:
            _stop(process)


@contextmanager
def dashboard(folder: Path = ROOT, **settings: str) -> Iterator[str]:
    """Runs a dashboard as `started` starts it; gives its address, without a slash."""
    with started(folder, **settings) as running:
        running.await_answer()
        yield running.url


def copy_of_project(target: Path) -> Path:
    """A copy of this checkout, with files not yet committed, without virtual environments and caches."""
    return Path(shutil.copytree(ROOT, target, ignore=_not_project))


def _start(folder: Path, port: int, log: Path, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
    own = {**settings, "PYTHONDONTWRITEBYTECODE": "1"}
    others = {
        name: text for name, text in os.environ.items() if not name.startswith(("STREAMLIT_", "ATLAS_"))
    }
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)],
            cwd=folder,
            env={**others, **own},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_for(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    last = time.monotonic() + START_S
    while time.monotonic() < last:
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            if _answers(f"{url}/api/health"):
                return
        else:
            raise RuntimeError(f"The dashboard ended at its start:\n{log.read_text(errors='replace')}")
    raise RuntimeError(f"The dashboard gave no answer in {START_S} s:\n{log.read_text(errors='replace')}")


def _answers(url: str) -> bool:
    """Whether the server answers; one with broken data does so with status 503."""
    try:
        urllib.request.urlopen(url, timeout=START_S).close()
    except urllib.error.HTTPError as error:
        return error.code == 503
    except OSError:
        return False
    return True


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends the process and its children; by force where asking is not enough."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(STOP_S)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _not_project(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if (name.startswith(".") and name != ".streamlit")
        or name == "__pycache__"
        or (Path(folder) / name / "pyvenv.cfg").exists()
    }

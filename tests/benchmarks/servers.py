"""The servers under test: each a process of its own on a free port, watched from outside, always ended.

`running` starts them all, waits until each answers and ends them with their children, also after an error
or Ctrl-C. Touches this machine only; no server inherits settings from the environment.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

START_S, STOP_S = 180, 5
MB = 1_000_000

STREAMLIT_OPTIONS = (
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--server.address=127.0.0.1",
    "--browser.gatherUsageStats=false",
    "--browser.serverAddress=localhost",
)


class NoServer(Exception):
    """A server did not start; says which and what it wrote last."""


@dataclass(frozen=True)
class Command:
    """How one server is started: `{port}` in `arguments` becomes its port; `ready` is a path that answers."""

    key: str
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/"


@dataclass
class Server:
    """A running server; times and sizes are those of its process and all children."""

    key: str
    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def cpu_s(self) -> float:
        """Processor time used so far, in seconds."""
        times = [process.cpu_times() for process in self._family()]
        return float(sum(time.user + time.system for time in times))

    def memory_mb(self) -> float:
        """Resident memory now, in MB."""
        return float(sum(process.memory_info().rss for process in self._family()) / MB)

    def threads(self) -> int:
        """Threads now."""
        return sum(process.num_threads() for process in self._family())

    def open_files(self) -> int:
        """Open files and connections now; 0 where the system does not tell."""
        return sum(process.num_fds() for process in self._family() if hasattr(process, "num_fds"))

    def peak_memory_mb(self) -> float:
        """The most resident memory so far, in MB; where the system does not tell, what it is now."""
        peaks = [_high_water_mark(process.pid) for process in self._family()]
        return sum(peaks) / MB if all(peaks) else self.memory_mb()

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


def streamlit(
    key: str,
    script: Path,
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    ready: str = "/_stcore/health",
) -> Command:
    """`streamlit run` of a script, with the options that all our servers share."""
    arguments = (sys.executable, "-m", "streamlit", "run", str(script), "--server.port={port}")
    return Command(key, (*arguments, *STREAMLIT_OPTIONS), folder, environment or {}, ready)


@contextmanager
def running(commands: Sequence[Command], logs: Path) -> Iterator[dict[str, Server]]:
    """All servers, started together and idle; their last words are in `logs`."""
    logs.mkdir(parents=True, exist_ok=True)
    servers: dict[str, Server] = {}
    try:
        for command in commands:
            servers[command.key] = _start(command, logs / f"{command.key}.log")
        for command in commands:
            _wait_for(servers[command.key], command.ready)
        yield servers
    finally:
        _stop([server.process for server in servers.values()])


def _start(command: Command, log: Path) -> Server:
    port = _free_port()
    outside = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("STREAMLIT_", "ATLAS_", "DATASETTE_"))
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [part.replace("{port}", str(port)) for part in command.arguments],
            cwd=command.folder,
            env={**outside, **command.environment, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(command.key, f"http://127.0.0.1:{port}", process, log)


def _wait_for(server: Server, path: str) -> None:
    last = time.monotonic() + START_S
    while time.monotonic() < last:
        if server.process.poll() is not None:
            raise NoServer(f"The server {server.key} ended at its start:\n{_last_words(server.log)}")
        if _answers(server.url + path):
            return
        time.sleep(0.1)
    raise NoServer(f"The server {server.key} gave no answer in {START_S} s:\n{_last_words(server.log)}")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=START_S).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def _stop(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ends the processes and their children: asks all, then forces those that stay."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.poll() is None:
                _signal(process, how)
        last = time.monotonic() + STOP_S
        for process in processes:
            try:
                process.wait(max(0.0, last - time.monotonic()))
            except subprocess.TimeoutExpired:
                continue


def _signal(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    try:
        os.killpg(process.pid, how)  # every server leads a group of its own
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _high_water_mark(pid: int) -> int:
    """Bytes; 0 where the system keeps no such mark."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)

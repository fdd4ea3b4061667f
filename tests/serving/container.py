"""Makes the container of `.container/Containerfile` and sees it serve: `python -m tests.serving.container`.

With Docker or Podman the image is built and run. Where there is no such engine, the same steps are taken in
fresh Debian roots that debootstrap makes, by root only: each FROM is a root, each RUN happens in it, COPY
takes only what the ignore file leaves, and the last line runs as the container's user on a root file system
that cannot be written. Takes a few minutes and asks Debian's and Python's package servers.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CONTAINERFILE = ROOT / ".container" / "Containerfile"
IGNORE = ROOT / ".container" / "Containerfile.dockerignore"
DEBIAN = "http://deb.debian.org/debian"
PORT, WAIT_S = 8501, 120
PROGRAMS = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
OWN_CERTIFICATES = os.environ.get("PIP_CERT", "")
"""Those of a network that reads what passes; pip needs them there, too."""


class NotTested(Exception):
    """This machine has neither an engine nor what is needed without one; says what is missing."""


@dataclass
class Image:
    """What the steps made: a root, and how to run in it."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    user: str = "0"
    folder: str = "/"
    health: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def steps(text: str) -> list[tuple[str, str]]:
    """The instructions of a container file, each with what stands behind it."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def copied(text: str = "") -> list[str]:
    """The paths of the project that the container file copies."""
    found = [
        shlex.split(rest)[:-1] for name, rest in steps(text or CONTAINERFILE.read_text()) if name == "COPY"
    ]
    return [path for paths in found if not paths[0].startswith("--from") for path in paths]


def engine() -> str | None:
    """Docker or Podman, where one of them works."""
    for name in ("docker", "podman"):
        if (
            shutil.which(name)
            and not subprocess.run([name, "info"], check=False, capture_output=True).returncode
        ):
            return name
    return None


def main() -> int:
    try:
        with in_engine(name) if (name := engine()) else in_debian_roots() as how:
            print(f"{how}: {look()}", flush=True)
    except NotTested as missing:
        print(f"NOT TESTED: the container; {missing}", file=sys.stderr)
        return 2
    return 0


def look() -> str:
    """What the running container answers; raises an error where that is not what it should."""
    health, last = {}, time.monotonic() + WAIT_S
    while not health:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health", timeout=10) as answer:
                health = json.load(answer)
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.2)
    assert (health["status"], health["cache_writable"]) == ("ok", True), health
    sizes = []
    for path in ("/", "/plants", "/api/plants.xlsx", "/component/streamlit_folium.st_folium/index.html"):
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=30) as answer:
            sizes.append(f"{path} {len(answer.read()):,} bytes")
    return f"health {health['status']}; {', '.join(sizes)}"


# ---- with an engine --------------------------------------------------------------------------------


@contextmanager
def in_engine(name: str) -> Iterator[str]:
    """Builds the image and runs it as the compose file does."""
    image = "alfa-romeo-plant-atlas-test"
    subprocess.run([name, "build", "-f", CONTAINERFILE, "-t", image, "."], cwd=ROOT, check=True)
    limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"]
    run = [name, "run", "--rm", "--detach", "-p", f"127.0.0.1:{PORT}:{PORT}", *limits, image]
    made = subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield name
    finally:
        subprocess.run([name, "stop", made], check=True, capture_output=True)


# ---- without ---------------------------------------------------------------------------------------


@contextmanager
def in_debian_roots() -> Iterator[str]:
    """Takes the steps in fresh Debian roots, and runs what they made."""
    debootstrap = shutil.which("debootstrap")
    if os.getuid() != 0 or not debootstrap:
        raise NotTested("it needs Docker or Podman, or to be root and to have debootstrap")
    with socket.socket() as taken:
        if taken.connect_ex(("127.0.0.1", PORT)) == 0:
            raise NotTested(f"another program uses port {PORT}")
    with tempfile.TemporaryDirectory(prefix="atlas-container-") as folder:
        base, context = Path(folder) / "base", Path(folder) / "context"
        subprocess.run([debootstrap, "--variant=minbase", "bookworm", base, DEBIAN], check=True)
        copy_context(context)
        image = build(CONTAINERFILE.read_text(), base, context, Path(folder))
        size = subprocess.run(["du", "-sm", image.root], check=True, capture_output=True, text=True)
        with served(image):
            yield f"in Debian roots, {size.stdout.split()[0]} MB"


def copy_context(target: Path) -> None:
    """Copies what the ignore file leaves of the project."""
    lines = [line for line in IGNORE.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        if line.startswith("!"):
            source = ROOT / line[1:]
            (target / line[1:]).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, target / line[1:])
        elif line.startswith("**/"):
            for path in list(target.rglob(line[3:])):
                shutil.rmtree(path)
        elif line != "*":
            shutil.rmtree(target / line)


def build(text: str, base: Path, context: Path, folder: Path) -> Image:
    """Takes each step; the last stage is the image."""
    stages: dict[str, Image] = {}
    image = Image(base)
    for name, rest in steps(text):
        print(f"{name} {rest}", flush=True)
        if name == "FROM":
            stage = rest.split(" AS ")[-1]
            image = stages[stage] = Image(folder / f"stage-{len(stages)}")
            subprocess.run(["cp", "-a", base, image.root], check=True)
            shutil.copy("/etc/resolv.conf", image.root / "etc" / "resolv.conf")
            if OWN_CERTIFICATES:
                shutil.copy(OWN_CERTIFICATES, image.root / "etc" / "own.pem")
        elif name == "RUN":
            inside(image, ["/bin/sh", "-c", rest], check=True)
        elif name == "COPY":
            _copy(shlex.split(rest), image, stages, context)
        else:
            _note(name, rest, image)
    return image


def _copy(words: list[str], image: Image, stages: Mapping[str, Image], context: Path) -> None:
    source = context
    if words[0].startswith("--from="):
        source = stages[words.pop(0).removeprefix("--from=")].root
    *paths, target = words
    for path in paths:
        found, place = source / path.lstrip("/"), image.root / target.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True)
        else:
            (place if target.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(found, place)


def _note(name: str, rest: str, image: Image) -> None:
    """Keeps what an instruction says about running."""
    if name == "ENV":
        image.env |= dict(word.split("=", 1) for word in shlex.split(rest))
    elif name == "USER":
        image.user = rest
    elif name == "WORKDIR":
        image.folder = rest
    elif name == "HEALTHCHECK":
        image.health = json.loads(rest[rest.index("[") :])
    elif name == "CMD":
        image.command = json.loads(rest)
    elif name not in ("VOLUME", "EXPOSE", "STOPSIGNAL"):
        raise NotImplementedError(f"the container file has a step that is not known here: {name}")


def inside(
    image: Image, command: list[str], *, check: bool = False, quiet: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    """Runs a command in a root, as its user and with its environment only."""
    env = {"PIP_CERT": "/etc/own.pem"} if OWN_CERTIFICATES else {}
    return subprocess.run(
        _chroot(image, command), check=check, capture_output=quiet, env={**PROGRAMS, **image.env, **env}
    )


def _chroot(image: Image, command: list[str]) -> list[str]:
    change = f"cd {shlex.quote(image.folder)} && exec {shlex.join(command)}"
    who = [] if image.user == "0" else [f"--userspec={image.user}:{image.user}"]
    return ["chroot", *who, str(image.root), "/bin/sh", "-c", change]


@contextmanager
def served(image: Image) -> Iterator[None]:
    """Runs the image's command on a root file system that cannot be written, but for /tmp and the cache."""
    with ExitStack() as stack:
        mount(stack, image.root, "--bind", image.root)
        for path in ("tmp", image.env["ATLAS_CACHE_DIR"].lstrip("/"), "dev"):
            mount(stack, image.root / path, "-t", "tmpfs", "-o", "mode=1777", "tmpfs")
        subprocess.run(["mount", "-o", "remount,bind,ro", image.root], check=True)
        for name, number in (("null", "3"), ("urandom", "9")):
            subprocess.run(["mknod", "-m", "666", image.root / "dev" / name, "c", "1", number], check=True)
        written = inside(
            image, ["/bin/sh", "-c", "touch /atlas/x || touch /opt/atlas/x || touch /x"], quiet=True
        )
        assert written.returncode, "the root file system can be written"
        process = subprocess.Popen(_chroot(image, image.command), env={**PROGRAMS, **image.env})
        stack.callback(process.wait)
        stack.callback(process.kill)
        yield
        assert inside(image, image.health, quiet=True).returncode == 0, (
            "the health check fails while it serves"
        )
        process.terminate()
        process.wait(30)
        assert inside(image, image.health, quiet=True).returncode, (
            "the health check succeeds when nothing serves"
        )


def mount(stack: ExitStack, place: Path, *how: str | Path) -> None:
    """Mounts something until the stack ends."""
    subprocess.run(["mount", *how, place], check=True)
    stack.callback(subprocess.run, ["umount", "--lazy", place], check=True)


if __name__ == "__main__":
    sys.exit(main())

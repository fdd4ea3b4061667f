"""An nginx in front of replicas, as docs/serving.md says to set it up: `recipe`, `running`.

The recipe is read out of the docs; only addresses, ports and folders of this machine are put in. Where no
nginx is installed its tests are skipped with a loud line; with CI=true that is a failure.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from ssl import CERT_NONE, create_default_context

import pytest

from tests.browser.dashboard import free_port

ROOT = Path(__file__).parent.parent.parent
SERVING = ROOT / "docs" / "serving.md"
WAIT_S = 20
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;{user}
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types; access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/atlas.conf;
}}
"""


def block(title: str, text: str = "") -> str:
    """The code block below a heading of docs/serving.md, "### nginx" for example."""
    text = text or SERVING.read_text(encoding="utf-8")
    section = re.split(r"^##", text.split(f"\n{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"```\w*\n(.*?)```", section, re.DOTALL)[0]


def put_in(text: str, values: Mapping[str, str]) -> str:
    """`text` with each key of `values` replaced; each must stand in it."""
    for old, new in values.items():
        assert old in text, f"the recipe in docs/serving.md has no “{old}” any more"
        text = text.replace(old, new)
    return text


@contextmanager
def running(
    ports: Sequence[int], recipe: str, door: str = "", files: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serves replicas on these ports as the recipe says; gives the address, without a slash.

    `door`: what stands in door.conf. `files`: more files beside it, by name.
    """
    program = _program()
    folder = Path(tempfile.mkdtemp(prefix="atlas-nginx-"))
    folder.chmod(0o755)
    port = free_port()
    local = {
        "atlas-1:8501": f"127.0.0.1:{ports[0]}",
        "atlas-2:8501": f"127.0.0.1:{ports[-1]}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "atlas.example.org": "localhost",
        "/etc/nginx/atlas/": f"{folder}/",
        "/var/cache/nginx/atlas": f"{folder}/cache",
    }
    make_certificate(folder)
    for name, content in {**(files or {}), "atlas.conf": put_in(recipe, local)}.items():
        (folder / name).write_text(content)
    if door:
        (folder / "door.conf").write_text(door.replace("/etc/nginx/atlas/", f"{folder}/"))
    user = " user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        url = f"https://localhost:{port}"
        _await(process, url, folder / "error.log")
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT_S)
        shutil.rmtree(folder, ignore_errors=True)


def make_certificate(folder: Path) -> None:
    """Writes a certificate for this machine that nobody else trusts."""
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "certificate.pem"]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)


def trusting() -> urllib.request.OpenerDirector:
    """A client that trusts that certificate and follows no proxy."""
    context = create_default_context()
    context.check_hostname, context.verify_mode = False, CERT_NONE
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )


def _program() -> str:
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found and shutil.which("openssl"):
        return found
    message = "no nginx, or no openssl, is installed (Debian: apt-get install nginx-light openssl)"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    warnings.warn(f"NOT TESTED: {message}", stacklevel=1)
    pytest.skip(message)


def _await(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    last = time.monotonic() + WAIT_S
    while time.monotonic() < last:
        assert process.poll() is None, f"nginx did not start:\n{log.read_text(errors='replace')}"
        try:
            trusting().open(url, timeout=WAIT_S).close()
            return
        except urllib.error.HTTPError:
            return  # it asks for a password
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nginx gave no answer in {WAIT_S} s:\n{log.read_text(errors='replace')}")
